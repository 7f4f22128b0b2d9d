"""What came of checkpoints and proofs that were handed over, in lines for people."""

from __future__ import annotations

from collections.abc import Iterator

from cli.office.handed import Judged, Outcome, key_of, when_signed
from ledger.proofs.papers import GrowthProof


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
    for each in outcome.judged:
        yield from _of_one(each, against_a_log=against_a_log)
    if isinstance(outcome.proof, GrowthProof) and outcome.grown:
        new = outcome.proof.checkpoint
        yield f"The log of {new.words} begins with its first {outcome.proof.old} records."
    told_already = {each.whose.unchecked for each in outcome.judged}
    for unchecked in outcome.unchecked:
        if unchecked.why not in told_already:
            yield f"Not checked: {unchecked.what}. {unchecked.why}"


def _how_far(outcome: Outcome) -> str:
    """How far the record of a proof is proven: by who is trusted, or by the file alone."""
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
        signed = ", ".join(f"{e.by.name} ({when_signed(e)})" for e in each.witnessed.cosigned)
        if each.witnessed.enough:
            yield f"It is witnessed ({each.witnessed.asked}): {signed}."
        else:
            by = f" Signed by {signed}." if signed else ""
            yield f"It is not witnessed: the policy asks for {each.witnessed.asked}.{by}"
