"""What came of checkpoints and proofs that were handed over, in lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from cli.office.handed import Judged, Outcome, Witnessed, key_of, when_signed
from ledger.proofs.complete import Complete
from ledger.proofs.papers import GrowthProof
from ledger.vocabulary.base import many


def words_of(outcome: Outcome, *, against_a_log: bool) -> Iterator[str]:
    """What was found, in lines for people, the findings apart."""
    if outcome.record:
        record = outcome.record.record
        said = record.occurrence()
        received = record.received(said.recorded_at.offset)
        proven = f"#{record.position} of {record.header.rally}. {said.words()}"
        yield f"{_how_far(outcome)}: {proven}"
        yield (
            f"It says that {said.by or 'nobody named'} recorded it at {said.recorded_at.iso()}; "
            f"received at {received.iso()}; id {record.short_id}."
        )
    if outcome.complete:
        yield from _of_all(outcome.complete, outcome)
    for each in outcome.judged:
        yield from _of_one(each, against_a_log=against_a_log)
    if isinstance(outcome.proof, GrowthProof) and outcome.grown:
        new = outcome.proof.checkpoint
        yield f"The log of {new.words} begins with its first {outcome.proof.old} records."
    told_already = {each.whose.unchecked for each in outcome.judged}
    for unchecked in outcome.unchecked:
        if unchecked.why not in told_already:
            yield f"Not checked: {unchecked.what}. {unchecked.why}"


def _of_all(found: Complete, outcome: Outcome) -> Iterator[str]:
    """What is shown where nothing was left out, and how much is not shown."""
    subject, size = found.subject, outcome.judged[0].checkpoint.size
    named = " and ".join(found.numbers)
    crew = f"crew {named}" if len(found.numbers) > 1 else subject.words
    counts = f"{many(len(found.own), 'record')} of its own, {len(found.others)} more"
    whole = "not all are shown" if found.blinded else "complete"
    yield f"{_how_far(outcome)}: {crew} up to #{size}, {whole}: {counts}."
    for each in found.own:
        said = each.occurrence()
        yield f"  #{each.position} {said.recorded_at.iso()} {said.words()}"
    if found.others:
        at = ", ".join(_runs([each.position for each in found.others]))
        yield f"More that bears on it, by being about these or about everybody: {at}."
    if found.withheld:
        yield f"{found.withheld} withheld: by their headers they are about others."
    if found.blinded:
        yield f"{found.blinded} blinded: of them only the hashes are there."
    if outcome.attested and outcome.attested.cosigned:
        yield f"All tags are attested by {_signed_by(outcome.attested)}."


def _runs(positions: Sequence[int]) -> Iterator[str]:
    """Positions in their order, those that follow each other as "#1 to #17"."""
    for _, run in groupby(enumerate(positions), lambda each: each[1] - each[0]):
        first, *more = [position for _, position in run]
        yield f"#{first} to #{more[-1]}" if more else f"#{first}"


def _how_far(outcome: Outcome) -> str:
    """How far what a proof shows is proven: by who is trusted, or by the file alone."""
    if outcome.findings:
        return "Not proven"
    return "Proven" if outcome.judged[0].whose.by else "If its checkpoint is right"


def _of_one(each: Judged, *, against_a_log: bool) -> Iterator[str]:
    fits = " It is one of this log." if against_a_log and not each.complaints else ""
    yield f"{each.file}: {each.checkpoint.words} of {each.checkpoint.origin}.{fits}"
    whose = each.whose
    if whose.by:
        yield f"It is signed by {key_of(whose)}, which is trusted."
    elif whose.unchecked and not each.complaints:
        yield f"It is consistent in itself; whose it is was not checked. {whose.unchecked}"
    if each.witnessed:
        signed = _signed_by(each.witnessed)
        if each.witnessed.enough:
            yield f"It is witnessed ({each.witnessed.asked}): {signed}."
        else:
            by = f" Signed by {signed}." if signed else ""
            yield f"It is not witnessed: the policy asks for {each.witnessed.asked}.{by}"


def _signed_by(witnessed: Witnessed) -> str:
    return ", ".join(f"{each.by.name} ({when_signed(each)})" for each in witnessed.cosigned)
