"""Proofs out of a log, for whoever has none: of a record, of growth, that nothing was left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cli.office.checkpoints import data_of, read, stated, told
from cli.office.kept import not_of
from cli.office.keys import Signing
from cli.office.naming import HINT, record_named
from cli.office.trusting import offered_beside
from cli.office.view import View
from ledger.completeness import Kind, Subject, beside, may_name_beside
from ledger.errors import Refused, Tampered, Unreadable, Usage
from ledger.files import LARGEST
from ledger.proofs.checkpoints import Checkpoint
from ledger.proofs.complete import CompleteProof, complete, proving, subject_of
from ledger.proofs.disclosed import disclosing
from ledger.proofs.ed25519 import PublicKey
from ledger.proofs.notes import read_note
from ledger.proofs.papers import GrowthProof, RecordProof
from ledger.record import Record
from ledger.vocabulary import CourtDecisionIssued, DecisionIssued
from ledger.vocabulary.base import many


class Up(NamedTuple):
    """Up to where something is proven: a checkpoint of the log, and its key if it is at hand."""

    checkpoint: Checkpoint
    key: PublicKey | None


class Proven(NamedTuple):
    """A proof that was made, and of what it is."""

    proof: RecordProof | GrowthProof | CompleteProof
    about: dict[str, Any]

    def json(self) -> dict[str, Any]:
        """It as one JSON document."""
        text = self.proof.to_bytes().decode()
        return {**told(self.proof.checkpoint), **self.about, "proof": text}


def up_to(seen: View, file: Path | None, key: Callable[[], Signing]) -> Up:
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
    record, size = _record(seen, reference, up), up.checkpoint.size
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


class Revealed(NamedTuple):
    """What a proof that nothing was left out shows to whoever gets it, beside what it is about."""

    disclosed: int
    withheld: int
    blinded: int

    @property
    def words(self) -> str:
        """It in words, for who is about to hand it over."""
        said = f"It discloses {many(self.disclosed, 'record')} in full"
        if self.withheld:
            said += (
                f", and the headers of {self.withheld} more: when each was received, from which "
                "site, and which crews, stages, offices and records it is about (--blind shows "
                "their hashes alone)"
            )
        if self.blinded:
            said += f"; of {self.blinded} more only hashes"
        return f"{said}."


def of_a_subject(
    seen: View, kind: Kind, reference: str, up: Up, attested: Sequence[Path], *, blind: bool
) -> tuple[Proven, Revealed]:
    """The proof that nothing was left out for a crew, a decision or a stage, up to a checkpoint.

    Raises:
        NotFound: there is no such decision. Refused: the record is none, or the file would be too
        large. Tampered: what is attested is not this log. Usage: nothing can be called so.
    """
    log, size = seen.log, up.checkpoint.size
    subject = _subject(seen, kind, reference, up)
    named = {
        each.id: labels
        for each in log.read(types=may_name_beside(), until=size)
        if (labels := beside(each.occurrence(), each.header.tags))
    }
    records = [*log.read(until=size)]
    again = log.scan.lines_told_again(0)
    proof = proving(up.checkpoint, subject, records, named, again, up.key, blind=blind)
    for file in attested:
        proof = _attested(proof, file)
    data = proof.to_bytes()
    if len(data) > LARGEST:
        raise Refused(
            f"The proof has {len(data)} bytes, and none of more than {LARGEST} is read.",
            hint="Prove it up to an earlier checkpoint, or blind what is withheld: --blind.",
        )
    found = complete(proof, "the proof")
    shown = len(found.own) + len(found.others)
    return Proven(proof, found.json()), Revealed(shown, found.withheld, found.blinded)


def _record(seen: View, reference: str, up: Up) -> Record:
    """The record that is meant, which has to stand before the checkpoint."""
    record = record_named(seen.log, reference, seen.position)
    if record.position > up.checkpoint.size:
        raise Refused(
            f"#{record.position} came behind the checkpoint {up.checkpoint.words}.",
            hint="Prove it up to a later one, or leave out --checkpoint and sign one now.",
        )
    return record


def _subject(seen: View, kind: Kind, reference: str, up: Up) -> Subject:
    if kind == "decision":
        record = _record(seen, reference, up)
        if not isinstance(record.occurrence(), (DecisionIssued, CourtDecisionIssued)):
            raise Refused(f"#{record.position} is no decision.", hint=HINT)
        reference = record.id
    try:
        return subject_of(kind, reference, "The proof")
    except Unreadable as error:
        raise Usage(error.message) from None


def _attested(proof: CompleteProof, file: Path) -> CompleteProof:
    """The proof with what a witness attests of the log up to there."""
    note = read_note(data_of(file), str(file))
    if any(each.blinded for each in proof.lines):
        raise Refused("What is blinded nobody can attest.", hint="Leave out --blind or --attested.")
    if note.text != proof.derived.text:
        raise Tampered(
            f"{file} attests another thing than that the tags of {proof.checkpoint.words} are "
            "those of its records.",
            hint="`rally witness attest` makes it, for the same checkpoint.",
        )
    signed = proof.derived
    for each in note.signatures:
        signed = signed.signed(each)
    return proof._replace(attested=signed.signatures)


def _own(seen: View, file: Path) -> Checkpoint:
    """The checkpoint in a file, which has to be one of this log."""
    checkpoint = read(file)
    if amiss := not_of(seen.log, checkpoint):
        raise Tampered(
            f"{file} is no checkpoint of this log, and nothing of it can be proven. {amiss}",
            hint="Two checkpoints of one origin that do not fit are a fork: keep both.",
        )
    return checkpoint
