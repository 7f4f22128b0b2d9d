"""The witness of somebody who does not trust a log: set up, and asked to sign what goes on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cli.office.checkpoints import data_of, read, told
from cli.office.keys import Passphrase, opened
from cli.office.trusting import offered_beside, trusted
from ledger.errors import Unreadable
from ledger.log import Log
from ledger.openings import Randomness
from ledger.proofs.checkpoints import Checkpoint
from ledger.proofs.complete import derived
from ledger.proofs.ed25519 import new_key
from ledger.proofs.notes import Note
from ledger.proofs.papers import GrowthProof, read_proof
from ledger.proofs.vkeys import VerifierKey
from ledger.proofs.witness import Witness, new_witness, witness_in
from ledger.times import Instant


class Cosigned(NamedTuple):
    """A checkpoint that a witness has signed, and what it had seen of the log before."""

    checkpoint: Checkpoint
    before: Checkpoint | None
    by: VerifierKey

    def json(self) -> dict[str, Any]:
        """It as one JSON document."""
        return {
            **told(self.checkpoint),
            "seen_before": told(self.before) if self.before else None,
            "witness": self.by.text,
            "checkpoint": self.checkpoint.to_bytes().decode(),
        }


def founded(
    folder: Path, name: str, key: Path | None, ask: Passphrase, randomness: Randomness
) -> Witness:
    """The folder of a new witness, with a key of its own.

    Raises:
        Usage: nobody can be called so. Refused: there is something already.
    """
    own = new_key(randomness) if key is None else opened(key, ask)
    return new_witness(folder, name, own)


def cosign(
    folder: Path,
    checkpoint: Path,
    proof: Path | None,
    trust: Sequence[str],
    now: Instant,
    ask: Passphrase,
) -> Cosigned:
    """A checkpoint signed by a witness, if it goes on from what the witness saw last.

    Raises:
        Refused: the log is new and no key is trusted, or a proof is needed.
        Tampered: it does not fit what was seen.
    """
    witness = witness_in(folder, lambda: ask(str(folder)))
    new = read(checkpoint)
    growth = None if proof is None else _growth(proof)
    seen = witness.seen(new.origin)

    def keys() -> list[VerifierKey]:
        return trusted(trust).keys(new.origin, offered_beside(checkpoint))

    made = witness.cosign(new, growth, now.ms // 1000, keys)
    return Cosigned(made, seen.checkpoint if seen else None, witness.vkey)


class Attested(NamedTuple):
    """What a witness attests of a log whose records it has looked at, one by one."""

    note: Note
    checkpoint: Checkpoint
    by: VerifierKey

    def json(self) -> dict[str, Any]:
        """It as one JSON document."""
        note = self.note.to_bytes().decode()
        return {**told(self.checkpoint), "witness": self.by.text, "attestation": note}


def attest(folder: Path, checkpoint: Path, log: Log, now: Instant, ask: Passphrase) -> Attested:
    """That the tags of all records up to a checkpoint were derived, by a witness with the log.

    Raises:
        Tampered: they are not those of the contents, or the log is another one.
    """
    witness, end = witness_in(folder, lambda: ask(str(folder))), read(checkpoint)
    text = derived(end, log.read(until=end.size))
    return Attested(witness.attest(text, now.ms // 1000), end, witness.vkey)


def _growth(file: Path) -> GrowthProof:
    found = read_proof(data_of(file), str(file))
    if not isinstance(found, GrowthProof):
        raise Unreadable(
            f"{file} is the proof of a record.", hint="`rally prove --since` makes one of growth."
        )
    return found
