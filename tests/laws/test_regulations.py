"""Laws of regulations, numbers and decisions: what is decided later changes nothing before."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import assume, example, given
from hypothesis import strategies as st

from ledger.times import Instant
from ledger.vocabulary import (
    BulletinIssued,
    CrewDisqualified,
    CrewEntered,
    MovedOutsideClassification,
    NumberReallocated,
    Occurrence,
    PenaltyGiven,
    PenaltyWithdrawn,
    RegulationsAdopted,
    StageCancelled,
    StageReinstated,
    StageScheduled,
    StageShortened,
    StageStopped,
)
from projections.results.penalties import penalties as penalties_list
from projections.results.standings import Scope, standings
from projections.results.start_order import start_order
from projections.rules.templates import template
from projections.state.rally import RallyState
from tests.examples import examples
from tests.laws.answers import Answers, answers_of, classified, state_of, values
from tests.laws.rallies import (
    Rally,
    clocks,
    identity,
    observations,
    participation,
    rallies,
    stage_acts,
)
from tests.laws.words import (
    CODE,
    MINUTE,
    STAGES,
    START,
    bulletins,
    carried_in,
    categories,
    either,
    instants,
    of,
    one_of,
    penalties,
    times_taken,
)
from tests.looked import some_of, when

sport = either(times_taken, observations, penalties, stage_acts, participation, carried_in, clocks)
"""Anything that happens to crews that keep their numbers, under rules that stay."""
AFTERWARDS = Instant(START + 999 * MINUTE, 480)


@examples(80)
@given(rallies(about=sport, most=8, amended=False, timed=True), bulletins)
def test_a_bulletin_changes_nothing_that_happened_before_it(
    rally: Rally, bulletin: BulletinIssued
) -> None:
    """The rules for a fact are those of its time: a later amendment changes no result before it."""
    later = msgspec.structs.replace(bulletin, fact_at=AFTERWARDS, effective_at=None, from_stage="")
    before, after = state_of(rally), state_of([*rally, later])

    assert classified(before) == classified(after)
    assert before.charges == after.charges


@examples(80)
@given(
    rallies(about=sport, most=8, amended=False, timed=True), bulletins, st.sampled_from(STAGES[1:])
)
def test_a_bulletin_from_a_stage_on_leaves_the_stages_before(
    rally: Rally, bulletin: BulletinIssued, stage: str
) -> None:
    """An amendment that holds from a stage on changes no overall and no result before it."""
    bulletin = msgspec.structs.replace(bulletin, from_stage=stage)
    before, after = state_of(rally), state_of([*rally, bulletin])
    assume(stage in before.orders)

    for code, order in before.orders.items():
        if when(order < before.orders[stage]):
            for scope in (Scope(after=code), Scope("stage", stage=code)):
                assert standings(before, scope) == standings(after, scope)


@examples(60)
@given(rallies(about=sport, most=8, amended=False, twice=False, timed=True))
def test_a_new_number_changes_only_the_number(rally: Rally) -> None:
    """All that was recorded of a crew goes with it when it is given another number."""
    crews = [each.number for each in rally if isinstance(each, CrewEntered)]
    number, new = max(crews, key=int), "103"  # the same place in the order of numbers
    rally = [each for each in rally if not _names_another(each, int(number))]
    given_anew = NumberReallocated(
        rally=CODE, recorded_at=AFTERWARDS, number=number, new_number=new
    )
    before, after = state_of(rally), state_of([*rally, given_anew])

    assert _renamed(_all_of(before), number, new) == _all_of(after)


def _names_another(said: Occurrence, most: int) -> bool:
    """Whether it is about a crew that is not entered, under a number above all others."""
    named = [getattr(said, "number", "") or "0", *getattr(said, "numbers", ())]
    return max(int(each) for each in named) > most


def _all_of(state: RallyState) -> Answers:
    found = classified(state)
    found["start order"] = [
        msgspec.to_builtins(start_order(state, each.stage)) for each in state.stages
    ]
    found["penalties"] = msgspec.to_builtins(penalties_list(state))
    return found


def _renamed(value: Any, number: str, new: str) -> Any:
    if isinstance(value, dict):
        return {
            name: new if name == "number" and each == number else _renamed(each, number, new)
            for name, each in value.items()
        }
    if isinstance(value, (list, tuple)):
        return type(value)(_renamed(each, number, new) for each in value)
    return value


@examples(70)
@given(rallies(about=sport, most=8, timed=True), penalties)
def test_a_quashed_penalty_was_never_given(rally: Rally, penalty: PenaltyGiven) -> None:
    """A penalty that is withdrawn changes no result; it stays in the list with its status."""
    assume(penalty not in rally)
    back = PenaltyWithdrawn(rally=CODE, recorded_at=AFTERWARDS, target=identity(penalty))
    quashed = state_of([*rally, penalty, back])

    assert classified(state_of(rally)) == classified(quashed)
    (charge,) = [each for each in quashed.charges if identity(penalty) in each.ids]
    assert ("withdrawn", False) == (charge.status, charge.in_force)


_EARLY: dict[str, Any] = {"rally": CODE, "recorded_at": Instant(START, 480)}
SCHEDULED_TWICE: Rally = [
    CrewEntered(**_EARLY, number="1", driver="Driver 1"),
    RegulationsAdopted(
        **_EARLY, rulebook="silk-way-2016", parameters=template("silk-way-2016").parameters
    ),
    *(StageScheduled(**_EARLY, stage=f"SS{order}", order=order) for order in (1, 3)),
    StageScheduled(**_EARLY, stage="SS2", order=3),
    StageScheduled(rally=CODE, recorded_at=AFTERWARDS, stage="SS2", order=2),
    PenaltyGiven(**_EARLY, number="1", stage="SS2", amount_ms=60_000),
    StageCancelled(**_EARLY, stage="SS2"),
]
"""SS2 under the number of SS3, and once more under its own; it was cancelled, with a penalty."""


BY_RACE_DIRECTION = {"in force", "stage cancelled", "beyond the finish", "before the start"}
"""What acts on its stage make of a penalty that was not taken back, nor fell with its decision."""


@examples(70)
@given(rallies(about=either(sport, penalties, stage_acts), most=10, timed=True))
@example(SCHEDULED_TWICE)
def test_penalties_foot_across(rally: Rally) -> None:
    """What the list says counts is what the standings add; penalties that fell away add nothing."""
    state = state_of(rally)
    listed = penalties_list(state)
    overall = {row.number: row.penalty_ms for row in standings(state).rows}

    for foot in listed.crossfoot:
        assert foot.agrees
        assert overall[foot.number] == foot.penalty_ms
    for row in listed.rows:
        assert not row.counts or row.status == "in force"
        if row.stage and row.applies_to == "stage" and row.status in BY_RACE_DIRECTION:
            cancelled = state.cancelled(row.stage, state.category(row.number))
            assert cancelled == (row.status == "stage cancelled")
    assert {n for n, penalty_ms in overall.items() if penalty_ms} <= {
        row.number for row in listed.rows if row.counts or row.amount_ms == 0
    }


@examples(60)
@given(rallies(about=sport, most=8, twice=False, timed=True), st.data())
def test_an_act_on_a_stage_that_is_revoked_never_was(rally: Rally, data: st.DataObject) -> None:
    """A stop or a shortening that is revoked leaves the stage as it was run."""
    stage = data.draw(st.sampled_from(STAGES), label="stage")
    among = data.draw(categories, label="categories")
    drawn = data.draw(one_of(StageShortened, StageStopped), label="act")
    act = msgspec.structs.replace(drawn, stage=stage, categories=among)
    kept = [each for each in rally if not isinstance(each, _ACTS) or each.stage != stage]
    assume(not any(getattr(each, "changes", {}).get("stage") for each in kept))
    back = StageReinstated(rally=CODE, recorded_at=AFTERWARDS, stage=stage, categories=among)

    assert values(answers_of(kept)) == values(answers_of([*kept, act, back]))


_ACTS = (StageCancelled, StageShortened, StageStopped, StageReinstated)


@examples(50)
@given(
    rallies(about=sport, most=6, twice=False, amended=False, timed=True),
    of(CrewDisqualified, number="1", stage=st.sampled_from(STAGES), fact_at=instants)
    | of(MovedOutsideClassification, number="1", stage=st.sampled_from(STAGES), fact_at=instants),
)
def test_leaving_from_a_stage_on_leaves_the_stages_before(
    rally: Rally, left: CrewDisqualified | MovedOutsideClassification
) -> None:
    """Who is disqualified, or outside the classification, from a stage on has its place before it.

    From that stage on the others keep their order, and who is outside is in no overall.
    """
    before, after = state_of(rally), state_of([*rally, left])
    assume(left.stage in before.orders)

    for code, order in some_of(before.orders.items()):
        scope = Scope(after=code)
        one, other = standings(before, scope), standings(after, scope)
        if order < before.orders[left.stage]:
            assert (one.rows, one.unclassified) == (other.rows, other.unclassified)
        else:
            places = [[r.number for r in each.rows if r.number != "1"] for each in (one, other)]
            assert places[0] == places[1]
            if isinstance(left, MovedOutsideClassification):
                assert "1" not in [row.number for row in other.rows]
