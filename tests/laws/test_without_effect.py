"""Laws of what is in force and does nothing: it is told, and what is told moves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import LedgerError
from ledger.vocabulary import (
    CrewDisqualified,
    DecisionIssued,
    Effect,
    MovedOutsideClassification,
    PenaltyGiven,
)
from projections.desk.without_effect import without_effect
from projections.results.standings import standings
from projections.results.start_order import start_order
from projections.state.facts import Facts
from projections.state.rally import RallyState
from projections.state.totals import since_of
from tests.examples import examples
from tests.laws.answers import Answers, classified, folded, without_history
from tests.laws.rallies import Rally, identity, observations, participation, rallies
from tests.laws.test_decisions import _bare, cuts
from tests.laws.words import decisions, either, penalties
from tests.looked import some_of, when

ACTS = [
    Effect("PenaltyGiven", {"amount_ms": 60_000}),
    Effect("PenaltyGiven", {"amount_ms": 60_000, "applies_to": "overall", "point": "WP1"}),
    Effect("TimeCreditGranted", {"amount_ms": 60_000, "kind": "delay"}),
    Effect("StageTimeRecorded", {"elapsed_ms": 3_701_000, "basis": "notional"}),
    Effect("StageTimeRecorded", {"elapsed_ms": 3_702_000, "basis": "measured"}),
    Effect("CrewDisqualified", {}),
    Effect("CrewDisqualified", {"stage": "SS2"}),
    Effect("MovedOutsideClassification", {}),
    Effect("MovedOutsideClassification", {"stage": "SS2"}),
    Effect("RestartDecided", {"granted": False}),
    Effect("RestartDecided", {"granted": True}),
    Effect("CrewRepositioned", {"place": 1, "stage": "SS2"}),
    Effect("CrewRepositioned", {"place": 2, "stage": "SS2"}),
    Effect("StageCancelled", {"stage": "SS1"}),
    Effect("StageCancelled", {"stage": "SS2"}),
    Effect("StageReinstated", {"stage": "SS1"}),
    Effect("StageShortened", {"stage": "SS1", "point": "WP1"}),
    Effect("StageShortened", {"stage": "SS1", "point": "WP2"}),
    Effect("StageStopped", {"stage": "SS1", "point": "WP1", "method": "last-common-point"}),
    Effect("StageStopped", {"stage": "SS1", "point": "WP1", "method": "own-average"}),
    Effect("TargetTimeChanged", {"stage": "SS1", "max_time_ms": 3_000_000}),
    Effect("TieBreakDisapplied", {"numbers": ("1", "2")}),
]
TAKING = ("TimeDetermined", "PenaltyWithdrawn", "TimeCreditRevoked", "RetirementRetracted")


@st.composite
def judged(draw: st.DrawFn) -> Rally:
    """A rally with decisions of all instances on few crews and stages, so that they meet."""
    about = either(observations, participation, penalties)
    rally = draw(rallies(about=about, most=10, timed=True))
    several: Rally = []
    for number in range(draw(st.integers(1, 4))):
        said: DecisionIssued = draw(decisions)
        crew, stage = draw(st.sampled_from(["1", "2"])), draw(st.sampled_from(["SS1", "SS2"]))
        chosen = draw(st.lists(st.sampled_from(ACTS), min_size=1, max_size=2))
        target = identity(draw(st.sampled_from(rally)))
        if draw(st.booleans()):
            chosen.append(Effect(draw(st.sampled_from(TAKING)), {"target": target}))
        effects = {"effects": tuple(chosen), "supersedes": "", "number": crew, "stage": stage}
        several.append(msgspec.structs.replace(said, decision=number + 10, **effects))
    return [*rally, *several]


def values(facts: Facts) -> Answers:
    """Times, statuses, places and start orders, without what says on which record they rest."""
    state = RallyState(facts)
    found: Answers = {}
    asked = {"classified": classified}
    asked |= {
        stage: lambda state, stage=stage: start_order(state, stage)  # type: ignore[misc]
        for stage in facts.stages
    }
    for name, ask in asked.items():
        try:
            found[name] = _bare(without_history(msgspec.to_builtins(ask(state))))
        except LedgerError as error:
            found[name] = error.kind
    return found


def taken_out(rally: Rally, cut: int | None, effects: set[tuple[str, int]]) -> Facts:
    """The facts as they are without some effects, by decision and place; the rest stands.

    They are folded anew: nobody else has them, and nothing was made of them yet.
    """
    facts = folded(rally).facts(cut)
    vars(facts.rulings)["all"] = {
        decision: ruling._replace(
            effects=tuple(e for at, e in enumerate(ruling.effects) if (decision, at) not in effects)
        )
        for decision, ruling in facts.rulings.all.items()
    }
    return facts


@examples(150)
@given(judged(), cuts)
def test_what_is_told_as_without_effect_moves_nothing(rally: Rally, cut: int | None) -> None:
    """Neither a time nor a status, a place or a start order is another one without it."""
    whole = folded(rally)
    before = values(whole.facts(cut))
    for each in some_of(without_effect(RallyState(whole.facts(cut)))):
        after = values(taken_out(rally, cut, {(each.decision.id, each.place)}))
        assert before == after, (each.brought, each.defeat)


RIVALS = (CrewDisqualified, MovedOutsideClassification)
SIMPLE = (PenaltyGiven, *RIVALS)


@examples(100)
@given(judged(), cuts)
def test_what_is_in_force_and_not_told_moves_something(rally: Rally, cut: int | None) -> None:
    """Taken out together with what says the same of the crew; where the crew has a place at all."""
    whole = folded(rally)
    told = {(e.decision.id, e.place) for e in without_effect(RallyState(whole.facts(cut)))}
    alone = [each for each in rally if not isinstance(each, RIVALS)]
    for identity_, place, fact in _in_force(whole.facts(cut)):
        if (identity_, place) in told or not isinstance(fact.value, SIMPLE):
            continue
        rivals = {
            (other, at)
            for other, at, each in _in_force(folded(alone).facts(cut))
            if isinstance(each.value, RIVALS)
        }
        kept = taken_out(alone, cut, rivals - {(identity_, place)})
        out = taken_out(alone, cut, rivals | {(identity_, place)})
        row = _row(out, fact.value.number)
        if when(row is not None and not _is_moot(out, fact.value)):
            assert row != _row(kept, fact.value.number), fact.value


def _in_force(facts: Facts) -> Iterator[tuple[str, int, Any]]:
    """The effects in force that had happened, with their decisions and places."""
    for ruling in [*facts.rulings.all.values()]:
        for place, each in enumerate(ruling.effects):
            if each.counts and each.fact is not None and facts.rulings.has_begun(each.fact):
                yield ruling.fact.id, place, each.fact


def _row(facts: Facts, number: str) -> Any:
    """The line of a crew in the overall; None where it has none."""
    try:
        rows = standings(RallyState(facts)).rows
    except LedgerError:
        return None
    return next(((e.time_ms, e.penalty_ms, e.flags) for e in rows if e.number == number), None)


def _is_moot(facts: Facts, said: Any) -> bool:
    """Whether it is about a part of the rally that does not count."""
    state = RallyState(facts)
    if isinstance(said, PenaltyGiven):
        order = state.orders.get(said.stage)
        return state.cancelled(said.stage, state.category(said.number)) or (
            order is not None and order <= since_of(state, said.number)
        )
    by = state.rulebook.texts("overall.removed_by")
    return isinstance(said, CrewDisqualified) and "disqualification" not in by
