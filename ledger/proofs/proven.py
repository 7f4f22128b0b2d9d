"""By when others had seen a checkpoint, and a record in it: as a policy counts them.

A proof that is kept in a log shows by its own bytes that a record was there before witnesses
signed; where it stands in which copy of the log plays no part, so all copies agree. What is not
shown, for whatever reason, is None here: who relies on it has to do without.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from ledger.errors import LedgerError, Tampered
from ledger.proofs.checkpoints import Checkpoint, read_checkpoint
from ledger.proofs.disclosed import disclosed
from ledger.proofs.papers import RecordProof, read_proof
from ledger.proofs.policy import Policy, read_policy
from ledger.proofs.signatures import is_signed_by, signature_of
from ledger.proofs.spelling import bytes_of
from ledger.proofs.stamps import read_stamp
from ledger.vocabulary import CheckpointKept, Occurrence, ProofKept, TimeStampTaken

_SECOND_MS = 1_000
_REMEMBERED = 1 << 12


def proven_by(
    said: ProofKept, policy: str, others: Iterable[Occurrence] = (), authorities: Iterable[str] = ()
) -> int | None:
    """The instant in UTC milliseconds before which a record was there, as its proof shows.

    It is the end of the second in which the last of those signed whom the policy asks for, or what
    a time-stamp of one of the authorities says; None where the proof does not hold, or nobody says
    so of its checkpoint. `others` are what else is on record: the signatures and stamps of one
    checkpoint count wherever they are kept.
    """
    shown, others = _shown(said.target, said.proof), [*others]
    if shown is None:
        return None
    more = (_kept(each.checkpoint) for each in others if isinstance(each, CheckpointKept))
    at_s = witnessed_at_s(policy, [shown, *(each for each in more if each)])
    at_ms = [] if at_s is None else [at_s * _SECOND_MS + _SECOND_MS - 1]
    stamps = [each for each in others if isinstance(each, TimeStampTaken)]
    for authority in authorities:
        at_ms += (at for each in stamps if (at := _stamped_ms(shown, each, authority)) is not None)
    return min(at_ms, default=None)


def _stamped_ms(shown: Checkpoint, said: TimeStampTaken, authority: str) -> int | None:
    """When an authority saw a checkpoint, at the latest; None where a stamp does not say so.

    Who signed it plays no part: its root could not be made without what lies under it.
    """
    of = _kept(said.of)
    return _latest_ms(said.of, said.token, authority) if of and of[:3] == shown[:3] else None


@lru_cache(_REMEMBERED)
def _latest_ms(of: str, token: str, authority: str) -> int | None:
    try:
        stamp = read_stamp(bytes_of(token, "The token"))
    except LedgerError:
        return None
    return stamp.latest_ms if stamp.shows(of.encode(), authority) else None


def witnessed_at_s(policy: str, notes: Iterable[Checkpoint]) -> int | None:
    """When the first of these checkpoints was witnessed (s since 1970), as a policy asks for it.

    `notes` may hold it several times, with different signatures; others are left out.
    """
    first, *others = notes
    same = {each.to_bytes() for each in (first, *others) if each[:3] == first[:3]}
    return _witnessed(policy, tuple(sorted(same)))


@lru_cache(_REMEMBERED)
def _witnessed(policy: str, files: tuple[bytes, ...]) -> int | None:
    try:
        asked = read_policy(policy.encode(), "The policy")
    except LedgerError:
        return None
    notes = [read_checkpoint(each) for each in files]
    own = [each for each in asked.logs if each.name == notes[0].origin]
    if asked.logs and not any(is_signed_by(key, each) for key in own for each in notes):
        return None
    cosigned = set[str]()
    for at_s, name in sorted(_seen(asked, notes)):
        cosigned.add(name)
        if asked.witnessed(cosigned):
            return at_s
    return None


def _seen(policy: Policy, notes: Iterable[Checkpoint]) -> Iterator[tuple[int, str]]:
    """When which witness signed, of the signatures that hold."""
    for note in notes:
        for name, key in policy.witnesses.items():
            try:
                found = signature_of(key, note)
            except Tampered:
                continue
            if found and not found.unchecked and found.at_s is not None:
                yield found.at_s, name


@lru_cache(_REMEMBERED)
def _shown(target: str, proof: str) -> Checkpoint | None:
    """The checkpoint in which a proof shows a record; None where it shows nothing of the kind."""
    try:
        found = read_proof(proof.encode(), "The proof")
        if not isinstance(found, RecordProof) or disclosed(found, "the proof").record.id != target:
            return None
    except (LedgerError, UnicodeEncodeError):
        return None
    return found.checkpoint


@lru_cache(_REMEMBERED)
def _kept(checkpoint: str) -> Checkpoint | None:
    """The checkpoint that a text is; None where it is none."""
    try:
        return read_checkpoint(checkpoint.encode())
    except (LedgerError, UnicodeEncodeError):
        return None
