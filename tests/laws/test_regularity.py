"""Laws of regularity: what differences cost, jokers, and a section at any moment of its log."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.times import parse_instant
from projections.explain.why import why
from projections.results.standings import Scope, standings
from projections.rules.regularity import Price, Rate, cost, differences, left_out, read
from projections.timeline.timeline import Timeline
from tests.examples import examples
from tests.laws.answers import sites, state_of
from tests.laws.test_timeline import classified, replayed
from tests.looked import some_of
from tests.scenarios.test_regularity import FROM_START, drive, section
from tests.spec import Case, at

MS = st.integers(-7_200_000, 7_200_000)
RATES = st.builds(Rate, st.integers(0, 5_000), st.integers(100, 60_000))
PRICES = st.builds(
    Price,
    RATES,
    RATES,
    st.integers(0, 600_000),
    st.booleans(),
    st.integers(0, 5_000),
    st.none() | st.integers(0, 300_000),
)
COSTS = st.lists(st.integers(0, 300_000), max_size=12)


@examples(200)
@given(PRICES, MS, MS)
def test_moving_towards_the_ideal_never_costs_more(price: Price, one: int, other: int) -> None:
    """Of two differences on one side the smaller costs no more; none costs nothing."""
    nearer, further = sorted((abs(one), abs(other)))
    for side in (1, -1):
        assert cost(price, side * nearer) <= cost(price, side * further)
    assert 0 == cost(price, 0)


@examples(200)
@given(COSTS, st.integers(0, 12))
def test_a_joker_never_makes_it_worse(costs: list[int], jokers: int) -> None:
    """Each more leaves out no less, and never more points than there are jokers."""

    def total(count: int) -> int:
        out = left_out(costs, count)
        assert len(out) <= count
        return sum(each for place, each in enumerate(costs) if place not in out)

    assert total(jokers + 1) <= total(jokers) <= total(0) == sum(costs)
    assert total(jokers) == sum(sorted(costs)[: max(len(costs) - jokers, 0)])


@examples(100)
@given(PRICES, st.lists(st.tuples(st.integers(0, 7_200_000), st.none() | MS), max_size=8))
def test_who_is_at_every_ideal_time_has_nothing(
    price: Price, points: list[tuple[int, int | None]]
) -> None:
    """From wherever differences are counted; from the point before they add up to the last one."""
    ideals = [ideal for ideal, _ in points]
    assert {0} >= {cost(price, each) for each in differences(price, ideals, ideals)}
    seen = [None if late is None else ideal + late for ideal, late in points]
    by_steps = differences(price._replace(from_before=True), ideals, seen)
    passed = [late for _, late in points if late is not None]
    assert sum(each for each in by_steps if each is not None) == (passed[-1] if passed else 0)


def test_a_price_is_read_as_it_is_worded() -> None:
    """Whole and tenths of seconds; in any order of its parts."""
    text = "from the start; missed 120 s; free within 1 s; early 2 s per 1 s; late 0.1 s per 0.5 s"
    expected = Price(Rate(100, 500), Rate(2_000, 1_000), 120_000, False, 1_000, None)
    assert expected == read(text)


@st.composite
def sections(draw: st.DrawFn) -> Case:
    """A section that crews drive, of which passings and points are amended."""
    jokers = draw(st.integers(0, 2), label="jokers")
    rules: dict[str, Any] = {"regularity__price": FROM_START, "regularity__jokers": jokers}
    rules["regularity__jokers_over"] = draw(st.sampled_from(["rally", "each-section"]))
    rules["regularity__unfinished"] = draw(st.sampled_from(["points-missed", "as-any-stage"]))
    case = Case("cross-country", **rules, timing__last_point_is_finish=True)
    case.plan("SS1", kind="regularity")
    if draw(st.booleans(), label="it is planned when it begins"):
        # Then only passings at points that matter are looked at.
        for stage in ("SS1", "SS2", "SS3"):
            begins = parse_instant(at("10:00"))
            case.plan(stage, first_start_at=[begins.ms, begins.offset])
    minutes = st.integers(0, 45)
    placed = []
    for order in range(1, draw(st.integers(2, 4), label="points")):
        ideal = 600_000 * order
        point: dict[str, Any] = {"point": f"R{order}", "order": order, "kind": "secret"}
        placed.append(case.record("WaypointPlaced", stage="SS1", ideal_ms=ideal, **point))
    case.record("WaypointPlaced", stage="SS1", point="END", order=9, kind="ass")
    case.enter("101", "102")
    for number in ("101", "102"):
        points = draw(st.lists(st.sampled_from(["R1", "R2", "R3", "END"]), max_size=5))
        drive(case, number)
        for each in points:
            time = at(f"10:{draw(minutes):02}:{draw(minutes):02}")
            there: dict[str, Any] = {"number": number, "stage": "SS1", "point": each}
            seen = case.record("PassingRecorded", time, source="beam", **there)
            if draw(st.integers(0, 3)) == 0:
                moved = draw(st.sampled_from(["R1", "R2", "END"]))
                case.record("Corrected", target=seen, changes={"point": moved})
    if draw(st.booleans(), label="another ideal time"):
        case.record("Corrected", target=placed[0], changes={"ideal_ms": 660_000})
    if draw(st.booleans(), label="shortened"):
        case.record("StageShortened", at("10:30"), stage="SS1", point="R1")
    if draw(st.booleans(), label="a credit"):
        back: dict[str, Any] = {"number": "101", "stage": "SS1", "amount_ms": 5_000}
        case.record("TimeCreditGranted", at("10:20"), **back)
    if draw(st.booleans(), label="held up"):
        point = draw(st.sampled_from(["R1", "R2"]))
        later: dict[str, Any] = {"stage": "SS1", "control": point, "amount_ms": 90_000}
        granted = case.record("DelayAllowanceGranted", at("10:15"), number="102", **later)
        if draw(st.booleans()):
            case.record("Corrected", target=granted, changes={"number": "101"})
    if draw(st.booleans(), label="left"):
        case.record("StageNotFinished", at("10:50"), number="101", stage="SS1")
    if draw(st.booleans(), label="closed"):
        closed = case.record("StageClosed", at("11:00"), stage="SS1")
        if draw(st.integers(0, 3)) == 0:
            case.record("Voided", target=closed)
    return case


@examples(60)
@given(sections(), st.data())
def test_a_section_at_any_moment_is_what_a_replay_says(case: Case, data: st.DataObject) -> None:
    """Looked up in a timeline or replayed, and whatever the order in which records arrived."""
    told = [each for _, each in case.records]
    rules, rest = told[:2], told[2:]
    rally = [*rules, *data.draw(st.permutations(rest), label="order")]
    position = data.draw(st.integers(2, len(rally)), label="position")
    with sites() as opened:
        log = opened.log("main", rally)
        timeline = Timeline(log)
        timeline.carry(data.draw(st.integers(1, len(rally)), label="begun"))
        timeline.carry(len(rally))
        for at_record in {position, len(rally)}:
            found = classified(timeline.at(at_record, None))
            assert found == replayed(rally, at_record, None)
    assert classified(state_of(told)) == classified(state_of(rally))


@pytest.mark.parametrize("first_start", [False, True])
def test_a_closing_and_an_allowance_reach_a_timeline_that_was_made_before(
    *, first_start: bool
) -> None:
    """At every position, as a replay says it: also where only passings that matter are held."""
    case = section()
    if first_start:
        begins = parse_instant(at("10:00"))
        case.plan("SS1", first_start_at=[begins.ms, begins.offset])
    drive(case, "101", R1="10:10:00", R2="10:22:05", R3="10:32:00", END="10:33")
    drive(case, "102", R1="10:10:07")
    begun = len(case.records)
    later: dict[str, Any] = {"stage": "SS1", "control": "R2", "amount_ms": 120_000}
    case.record("DelayAllowanceGranted", at("10:15"), number="101", **later)
    closed = case.record("StageClosed", at("11:00"), stage="SS1")
    case.record("Voided", target=closed)
    case.record("StageClosed", at("12:00"), stage="SS1")
    rally = [each for _, each in case.records]
    with sites() as opened:
        log = opened.log("main", rally)
        timeline = Timeline(log)
        for until in range(begun, len(rally) + 1):
            timeline.carry(until)
            assert classified(timeline.at(until, None)) == replayed(rally, until, None)
    assert ["1 101 0:00:05", "2 102 0:02:07"] == case.stage("SS1")


@examples(60)
@given(sections())
def test_the_points_sum_to_what_counts(case: Case) -> None:
    """Each addend of `why` is the sum of its parts, and nothing is left unexplained."""
    state = case.state()
    of_the_stage, overall = Scope("stage", stage="SS1"), Scope()
    told = [
        (row, scope) for scope in (of_the_stage, overall) for row in standings(state, scope).rows
    ]
    for row, scope in some_of(told):
        answer = why(state, row.number, scope)
        assert row.total_ms == answer.total_ms == sum(each.ms for each in answer.addends)
        for each in answer.addends:
            assert each.ms == sum(part.ms for part in each.parts)
            assert "not explained" not in {part.what for part in each.parts}
