"""Laws of classifications: places, gaps, totals and their parts."""

from __future__ import annotations

import itertools

from hypothesis import assume, given
from hypothesis import strategies as st

from ledger.times import truncate
from ledger.vocabulary import (
    ControlScheduled,
    CrewDisqualified,
    CrewNotStarted,
    CrewRestarted,
    CrewWithdrew,
    PenaltyGiven,
    RetirementReported,
    StageCancelled,
    StageReinstated,
    StageShortened,
    TimesCarriedIn,
)
from projections.results.standings import Row, Scope, span_of, standings
from projections.state.rally import RallyState
from projections.state.recorded import Fact
from tests.examples import examples
from tests.laws.answers import answers_of, categories_of, scopes_of, state_of, values
from tests.laws.rallies import Rally, clocks, observations, rallies, stage_acts, unique
from tests.laws.words import STAGES, cancellations, carried_in, either, of, penalties, times_taken
from tests.looked import some_of, when

raced = either(
    times_taken, penalties, penalties, cancellations, stage_acts, observations, carried_in, clocks
)
"""What happens in a rally in which most crews have a time."""


@examples(50)
@given(rallies(about=raced, most=8, timed=True))
def test_places_are_a_total_preorder(rally: Rally) -> None:
    """Rows stand in the order of their totals; equal totals share a place (1, 1, 3).

    Where the rules break ties by stage times, crews of equal totals may have places of their own.
    """
    state = state_of(rally)

    for scope in some_of(scopes_of(state)):
        rows = standings(state, scope).rows
        breaks_ties = scope.stage is None and state.tie_chain(span_of(state, scope).until)
        assert [0] * min(1, len(rows)) == [row.gap_ms for row in rows[:1]]
        assert sorted(row.total_ms for row in rows) == [row.total_ms for row in rows]
        assert len({row.number for row in rows}) == len(rows)
        better = [sum(other.total_ms < row.total_ms for other in rows) for row in rows]
        for index, row in enumerate(rows):
            assert row.total_ms - rows[0].total_ms == row.gap_ms
            assert row.total_ms - rows[max(0, index - 1)].total_ms == row.interval_ms
            assert row.gap_ms >= 0 <= row.interval_ms
            if breaks_ties:
                assert better[index] + 1 <= row.place <= index + 1
            else:
                assert better[index] + 1 == row.place


def _cancelled(state: RallyState, stage: str, category: str) -> bool:
    """Whether the last cancellation or reinstatement that concerns a category cancels the stage."""
    acts: list[Fact[StageCancelled] | Fact[StageReinstated]] = [
        *state.facts.of(StageCancelled),
        *state.facts.of(StageReinstated),
    ]
    concerning = [
        (act.order()[0], act.order()[1], isinstance(act.value, StageReinstated))
        for act in acts
        if stage == act.value.stage
        and (not act.value.categories or category in act.value.categories)
    ]
    return bool(concerning) and not max(concerning)[2]


def _parts(
    state: RallyState, number: str, until: int | None, behind: int | None = None
) -> tuple[int, int]:
    """The time and the penalties of a classified crew, added up from the parts."""
    category, orders = state.facts.crews[number].value.category, state.orders
    reached = [order for order in orders.values() if until is None or order <= until]
    carried = [
        (orders[fact.value.stage], fact.value.total_ms)
        for fact in (state.carried.get(number, ()) if behind is None else ())
        if orders[fact.value.stage] in reached
    ]
    opened_at = max((order for order, _ in carried), default=behind or 0)
    time_ms = [total for order, total in carried if order == opened_at][-1:]
    for (stage, crew), value in state.values.items():
        counted = opened_at < orders[stage] in reached and state.facts.stages[stage].value.timed
        if crew == number and counted and not _cancelled(state, stage, category):
            time_ms.append(value.counted_ms)
    penalty_ms = sum(
        each.amount_ms
        for each in state.charges
        if (each.number, each.status) == (number, "in force")
        and (until is None if each.order is None else opened_at < each.order)
        and (each.order is None or until is None or each.order <= until)
    )
    return sum(time_ms), penalty_ms


@examples(90)
@given(rallies(about=either(carried_in, penalties, raced), most=8, timed=True))
def test_a_total_is_the_sum_of_its_parts(rally: Rally) -> None:
    """A total is what was carried in, the counted stage times and the penalties: nothing else."""
    state = state_of(rally)

    for after in (None, *state.orders):
        until = None if after is None else state.orders[after]
        for row in some_of(standings(state, Scope(after=after)).rows):
            assert _parts(state, row.number, until) == (row.time_ms, row.penalty_ms)
            assert row.time_ms + row.penalty_ms == row.total_ms


def _ranges(state: RallyState) -> list[tuple[Scope, int | None]]:
    """Every range of stages, with the number of the stage before it; None from the first on.

    Several stages may bear one number, and none of them is before the others.
    """
    several = [each.stage for each in state.stages]
    orders = [each.order for each in state.stages]
    before = [max((o for o in orders if o < order), default=None) for order in orders]
    return [
        (Scope("range", first=code, last=last), before[index])
        for index, code in enumerate(several)
        for last in several[index:]
    ]


@examples(60)
@given(rallies(about=either(carried_in, penalties, raced), most=8, timed=True))
def test_a_range_sums_its_own_stages_and_penalties(rally: Rally) -> None:
    """What lies before it has no part in it, also what was carried in; nor what comes later."""
    state = state_of(rally)

    for scope, behind in some_of(_ranges(state)):
        until = state.orders[scope.until or ""]
        for row in some_of(standings(state, scope).rows):
            assert _parts(state, row.number, until, behind) == (row.time_ms, row.penalty_ms)


@examples(60)
@given(rallies(about=either(carried_in, penalties, raced), most=8, timed=True))
def test_a_range_from_the_first_stage_on_is_the_overall(rally: Rally) -> None:
    """In rows, in who is not in it and why; up to every stage."""
    state = state_of(rally)

    for stage in some_of(state.stages):
        scope = Scope("range", first=state.stages[0].stage, last=stage.stage)
        found, overall = standings(state, scope), standings(state, Scope(after=stage.stage))
        assert (overall.rows, overall.unclassified) == (found.rows, found.unclassified)


@examples(60)
@given(rallies(about=raced, most=8, timed=True), st.data())
def test_ranges_one_after_another_sum_to_the_overall(rally: Rally, data: st.DataObject) -> None:
    """For whom all of them count: the overall parted in two, times and penalties apart."""
    state = state_of(rally)
    codes = [each.stage for each in state.stages if each.order in {*state.orders.values()}]
    assume(len(codes) > 1 and len({*state.orders.values()}) == len(codes))
    parted = data.draw(st.integers(1, len(codes) - 1), label="the first stage of the second")
    halves = [(codes[0], codes[parted - 1]), (codes[parted], codes[-1])]
    early, late = (standings(state, Scope("range", first=a, last=b)) for a, b in halves)
    overall = standings(state, Scope(after=codes[-1]))

    for row in some_of(overall.rows):
        both = [part.row(row.number) for part in (early, late)]
        told = [(each.time_ms, each.penalty_ms) for each in both if each]
        if when(row.number not in state.carried and len(told) == len(both)):
            assert (row.time_ms, row.penalty_ms) == tuple(map(sum, zip(*told, strict=True)))


@examples(50)
@given(rallies(about=raced, most=8, timed=True))
def test_a_stage_result_is_its_time_and_its_penalties(rally: Rally) -> None:
    """A stage result is the time, cut to the stage's precision, and the penalties on the stage."""
    state = state_of(rally)

    for stage in state.stages:
        for row in some_of(standings(state, Scope("stage", stage=stage.stage)).rows):
            taken = state.values[stage.stage, row.number].time_ms
            finest = stage.precision_ms or state.rulebook.number("timing.counted_precision_ms")
            owed = [
                each.amount_ms
                for each in state.charges
                if (row.number, "stage", stage.stage, "in force")
                == (each.number, each.applies_to, each.stage, each.status)
            ]
            assert truncate(taken, finest) == row.time_ms
            assert sum(owed) == row.penalty_ms
            assert row.time_ms + row.penalty_ms == row.total_ms


@examples(50)
@given(rallies(about=raced, most=8, timed=True))
def test_a_category_keeps_the_order_of_the_overall(rally: Rally) -> None:
    """The standings of a category are those of the overall with the other crews left out."""
    state = state_of(rally)

    for after in (None, *state.orders):
        overall = standings(state, Scope(after=after)).rows
        for category in some_of(categories_of(state)):
            own = standings(state, Scope(after=after, category=category)).rows
            among = [row for row in overall if row.category == category]
            assert [(row.number, row.total_ms) for row in among] == [
                (row.number, row.total_ms) for row in own
            ]
            for (before, row), (own_before, own_row) in zip(
                itertools.pairwise(among), itertools.pairwise(own), strict=True
            ):
                assert (before.place == row.place) == (own_before.place == own_row.place)


@examples(70)
@given(rallies(about=raced, most=8, timed=True), penalties)
def test_a_penalty_never_improves_ones_place(rally: Rally, penalty: PenaltyGiven) -> None:
    """A crew that is penalised once more stands where it stood or further behind, never better."""
    before, after = state_of(rally), state_of(unique([*rally, penalty]))

    for scope in some_of(scopes_of(before)):
        stood = {row.number: row for row in standings(before, scope).rows}
        stands = {row.number: row for row in standings(after, scope).rows}
        assert stood.keys() == stands.keys()
        if penalty.number in stood:
            assert stood[penalty.number].place <= stands[penalty.number].place
            assert stood[penalty.number].total_ms <= stands[penalty.number].total_ms
        for number in stood.keys() - {penalty.number}:
            assert stood[number].total_ms == stands[number].total_ms


LEFT_OUT = (
    ControlScheduled,
    CrewDisqualified,
    CrewNotStarted,
    CrewRestarted,
    CrewWithdrew,
    RetirementReported,
    TimesCarriedIn,
)
"""What a cancelled stage does not undo.

Who retired, restarted, was absent or was disqualified there stays so, and a total that was carried
in as of it counts as published. A control that the itinerary gives to the stage says where a
penalty counts. None of these ask if the stage counts.
"""


def _without_decisions_on(rally: Rally, stage: str) -> Rally:
    return [
        each
        for each in rally
        if not (isinstance(each, LEFT_OUT) and stage == getattr(each, "stage", ""))
        and not (isinstance(each, PenaltyGiven) and _outlasts(each))
    ]


def _outlasts(penalty: PenaltyGiven) -> bool:
    """Whether a penalty stays although its stage is cancelled: it is of the overall alone.

    One that is given at a control counts where the rulebook puts that, planned or not.
    """
    return penalty.applies_to == "overall" or bool(penalty.control)


def _order_and_totals(rows: tuple[Row, ...]) -> list[tuple[int, str, int, int]]:
    return [(row.place, row.number, row.time_ms, row.total_ms) for row in rows]


@examples(60)
@given(rallies(about=raced, most=8, timed=True, amended=False, twice=False), st.data())
def test_a_cancelled_stage_adds_what_one_never_scheduled_adds(
    rally: Rally, data: st.DataObject
) -> None:
    """A stage that is cancelled for all leaves the overall as if it had never been scheduled.

    Participation, totals carried in and penalties of the overall are left out: they outlast it.
    """
    stage = data.draw(st.sampled_from(STAGES), label="cancelled")
    kept = [
        each
        for each in _without_decisions_on(rally, stage)
        if not isinstance(each, (StageReinstated, StageCancelled)) or each.stage != stage
    ]
    cancellation = data.draw(of(StageCancelled, stage=stage, road_penalties="void"))
    cancelled = state_of(unique([*kept, cancellation]))
    never = state_of([each for each in kept if stage != getattr(each, "stage", "")])
    assume(stage in cancelled.orders)

    for category in (None, *categories_of(never)):
        scope = Scope(category=category)
        assert _order_and_totals(standings(never, scope).rows) == _order_and_totals(
            standings(cancelled, scope).rows
        )


@examples(60)
@given(rallies(about=either(raced, observations), most=8, timed=True, twice=False), st.data())
def test_cancelling_and_reinstating_is_nothing(rally: Rally, data: st.DataObject) -> None:
    """A stage that is cancelled and then reinstated counts as it was run.

    Not one that had been shortened or cancelled before: the reinstatement revokes that as well.
    """
    stage = data.draw(st.sampled_from(STAGES), label="stage")
    acts = (StageCancelled, StageShortened, StageReinstated)
    kept = [each for each in rally if not isinstance(each, acts) or each.stage != stage]
    among = data.draw(st.sampled_from([(), ("moto",), ("moto", "car")]), label="categories")
    cancelled = data.draw(of(StageCancelled, stage=stage, categories=among))
    reinstated = data.draw(
        of(
            StageReinstated,
            stage=stage,
            categories=among,
            fact_at=st.just(cancelled.fact_at or cancelled.recorded_at),
            recorded_at=cancelled.recorded_at,
        )
    )
    assume(not any(getattr(each, "changes", {}).get("stage") for each in kept))

    assert values(answers_of(kept)) == values(answers_of([*kept, cancelled, reinstated]))


@examples(35)
@given(rallies(about=raced, most=8, timed=True), st.data())
def test_a_cancellation_for_one_category_leaves_the_others_alone(
    rally: Rally, data: st.DataObject
) -> None:
    """A stage that is cancelled for the motorcycles changes no classification of the cars.

    Where somebody else ran it: a stage on which only motorcycles have times was not run by then.
    """
    stage = data.draw(st.sampled_from(STAGES[:2]), label="stage")
    cancellation = data.draw(of(StageCancelled, stage=stage, categories=("moto",)))
    before, after = state_of(rally), state_of(unique([*rally, cancellation]))
    others = {each: before.category(each) for each in before.facts.crews}
    assume(
        any(
            others[number] != "moto" and not _cancelled(before, stage, others[number])
            for code, number in before.values
            if code == stage
        )
    )

    for scope in scopes_of(before):
        if when(scope.category not in (None, "moto")):
            assert standings(before, scope) == standings(after, scope)
