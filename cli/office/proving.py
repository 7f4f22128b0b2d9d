"""Proofs out of a log, for whoever has none: of one record, and that the log only grew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from cli.office.checkpoints import read, stated, told
from cli.office.kept import not_of
from cli.office.naming import record_named
from cli.office.trusting import offered_beside
from cli.office.view import View
from ledger.errors import Refused, Tampered
from ledger.proofs.checkpoints import Checkpoint
from ledger.proofs.disclosed import disclosing
from ledger.proofs.ed25519 import PublicKey, Signer
from ledger.proofs.papers import GrowthProof, RecordProof


class Up(NamedTuple):
    """Up to where something is proven: a checkpoint of the log, and its key if it is at hand."""

    checkpoint: Checkpoint
    key: PublicKey | None


class Proven(NamedTuple):
    """A proof that was made, and of what it is."""

    proof: RecordProof | GrowthProof
    about: dict[str, Any]

    def json(self) -> dict[str, Any]:
        """It as one JSON document."""
        text = self.proof.to_bytes().decode()
        return {**told(self.proof.checkpoint), **self.about, "proof": text}


def up_to(seen: View, file: Path | None, key: Callable[[], Signer]) -> Up:
    """Up to a checkpoint that was signed before; without one, up to the cut, signed now.

    Raises:
        Tampered: the checkpoint is none of this log.
    """
    if file is None:
        made = stated(seen, key())
        return Up(made.checkpoint, made.key)
    checkpoint = _own(seen, file)
    return Up(checkpoint, next(iter(offered_beside(file)), None))


def of_a_record(seen: View, reference: str, up: Up) -> Proven:
    """The proof that a record stands where it does, with what it says.

    Private values are not in it: the log itself holds what stands for them, and no more.

    Raises:
        NotFound: there is no such record. Refused: it came behind the checkpoint.
    """
    record, size = record_named(seen.log, reference, seen.position), up.checkpoint.size
    if record.position > size:
        raise Refused(
            f"#{record.position} came behind the checkpoint {up.checkpoint.words}.",
            hint="Prove it up to a later one, or leave out --checkpoint and sign one now.",
        )
    hashes = tuple(seen.log.inclusion(record.position, size))
    extra = disclosing(record, up.key)
    proof = RecordProof(up.checkpoint, record.position - 1, hashes, extra)
    return Proven(proof, {"position": record.position, "id": record.id})


def of_growth(seen: View, since: Path, up: Up) -> Proven:
    """The proof that the log of one checkpoint begins with that of an earlier one.

    Raises:
        Tampered: the earlier one is none of this log. Refused: it is the later one.
    """
    old, new = _own(seen, since), up.checkpoint
    if old.size > new.size:
        raise Refused(
            f"{since} is {old.words}, and the proof would lead to {new.words}.",
            hint="Give the earlier one with --since.",
        )
    proof = GrowthProof(new, old.size, tuple(seen.log.consistency(old.size, new.size)))
    return Proven(proof, {"since": told(old)})


def _own(seen: View, file: Path) -> Checkpoint:
    """The checkpoint in a file, which has to be one of this log."""
    checkpoint = read(file)
    if amiss := not_of(seen.log, checkpoint):
        raise Tampered(
            f"{file} is no checkpoint of this log, and nothing of it can be proven. {amiss}",
            hint="Two checkpoints of one origin that do not fit are a fork: keep both.",
        )
    return checkpoint
