"""Notes: the decisions, penalties and acts of race direction that a classification rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from ledger import naming
from ledger.vocabulary import (
    PLACING,
    CrewDisqualified,
    DecisionIssued,
    MovedOutsideClassification,
    Occurrence,
    StageCancelled,
    StageReinstated,
    StageShortened,
    StageStopped,
    TimeCreditGranted,
)
from projections.results.standings import Scope, span_of
from projections.state.charges import Charge
from projections.state.entries import by_number
from projections.state.rally import RallyState
from projections.state.recorded import Fact
from projections.state.road import COMPUTED
from projections.state.rulings import SUSPENDED
from projections.state.totals import Span, counting, since_of

ACTS: tuple[type[Occurrence], ...] = (
    StageCancelled,
    StageReinstated,
    StageShortened,
    StageStopped,
    TimeCreditGranted,
    *PLACING,
    CrewDisqualified,
    MovedOutsideClassification,
)
"""What moves a classification besides times and penalties, and is said under it."""
OUT = CrewDisqualified, MovedOutsideClassification


class Given(msgspec.Struct, frozen=True):
    """A penalty that was given: how much, for what, and by which decision or document.

    `status` is empty where it counts, else what keeps it from counting.
    """

    number: str
    stage: str
    amount_ms: int
    why: str
    by: str
    status: str
    position: int


class Computed(msgspec.Struct, frozen=True):
    """The penalties of a crew that follow from its times by the rulebook."""

    number: str
    amount_ms: int
    count: int


class Act(msgspec.Struct, frozen=True):
    """An act of race direction or of the stewards, in words."""

    words: str
    by: str
    position: int


class Notes(msgspec.Struct, frozen=True):
    """What stands under a classification."""

    given: tuple[Given, ...]
    computed: tuple[Computed, ...]
    acts: tuple[Act, ...]


def notes(state: RallyState, scope: Scope, numbers: Sequence[str]) -> Notes:
    """The notes to a classification with these crews, as far as is known in a state.

    Raises:
        NotFound: there is no such stage.
    """
    over = span_of(state, scope)
    own: set[str] = set(numbers)
    charges = [each for each in state.charges if each.number in own]
    charges.sort(key=lambda each: (by_number(each.number), each.order or 0, each.positions))
    counted = [each for each in charges if _counts(state, scope, each, over)]
    given = [each for each in counted if each.basis != COMPUTED]
    return Notes(
        tuple(_given(state, each) for each in given),
        tuple(_computed([each for each in counted if each.basis == COMPUTED and each.in_force])),
        tuple(_acts(state, scope, own, over)),
    )


def _counts(state: RallyState, scope: Scope, charge: Charge, over: Span) -> bool:
    """Whether a penalty is in the totals, or would be if its execution were not suspended."""
    if not charge.in_force and charge.status != SUSPENDED:
        return False
    if scope.kind == "stage":
        of_it = charge.stage == scope.stage and charge.applies_to == "stage"
        return of_it and charge.counts_in(scope.ranking)
    return bool(counting([charge], since_of(state, charge.number, over), over.until))


def _given(state: RallyState, charge: Charge) -> Given:
    decided = state.facts.rulings.all.get(charge.ids[0])
    by, why = f"Document {charge.document}" if charge.document else "", charge.reason
    if decided is not None:
        said = decided.fact.value
        by = said.title + (f", document {said.document}" if said.document else "")
        why = getattr(said, "infringement", "") or getattr(said, "fact", "") or said.ruling
    elif charge.article:
        why = f"{charge.article}: {why}" if why else charge.article
    return Given(
        charge.number,
        charge.stage,
        charge.amount_ms,
        why or charge.kind.replace("-", " "),
        by,
        "" if charge.in_force else charge.status,
        charge.positions[0],
    )


def _computed(charges: Sequence[Charge]) -> Iterator[Computed]:
    for number in dict.fromkeys(each.number for each in charges):
        own = [each.amount_ms for each in charges if each.number == number]
        yield Computed(number, sum(own), len(own))


def _acts(state: RallyState, scope: Scope, own: set[str], over: Span) -> Iterator[Act]:
    facts: list[Fact[Occurrence]] = [
        fact for kind in ACTS for fact in state.facts.standing(kind) if kind in ACTS
    ]
    for fact in sorted(facts, key=Fact.order):
        if _concerns(state, scope, fact.value, own, over):
            decided = state.facts.rulings.all.get(fact.id)
            by = decided.fact.value.title if decided else ""
            if decided and isinstance(decided.fact.value, DecisionIssued):
                document = decided.fact.value.document
                by += f", document {document}" if document else ""
            yield Act(fact.value.words(), by, fact.position)


def _concerns(state: RallyState, scope: Scope, said: Occurrence, own: set[str], over: Span) -> bool:
    """Whether an act bears on these crews, by this stage."""
    crews = {*naming.own(said, "crew")}
    categories = {state.category(each) for each in own}
    order = state.orders.get(getattr(said, "stage", ""))
    if crews and not own.intersection(crews):
        return False
    named = getattr(said, "categories", ())
    if named and not categories.intersection(named):
        return False
    if scope.kind == "stage" and not crews:
        return getattr(said, "stage", "") == scope.stage
    if order is None:
        return True
    # Who was put out before a range is out of that too; nothing else of before bears on it.
    begun = order > over.behind or isinstance(said, OUT)
    return begun and (over.until is None or order <= over.until)
