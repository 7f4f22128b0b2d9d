"""Start orders: who is in them, what an amendment and a delay move, and what contradicts itself."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.vocabulary import StartSlot
from projections.results.start_order import start_order
from tests.spec import Case, at, due


@pytest.fixture
def case() -> Case:
    """Three cars drove SS1 the day before, in the order of their numbers."""
    case = Case("cross-country")
    case.enter("101", "102", "103")
    case.times("SS1", "2016-07-09T16:00+03:00", _101="1:00:00", _102="1:01:00", _103="1:02:00")
    return case


def publish(case: Case) -> None:
    """The order of SS2 is posted at six: 08:00, 08:03, 08:06."""
    slots = [
        StartSlot(place, number, due(time))
        for place, (number, time) in enumerate(
            (("101", "08:00"), ("102", "08:03"), ("103", "08:06")), 1
        )
    ]
    given: dict[str, Any] = {"stage": "SS2", "category": "cars", "slots": slots}
    case.record("StartOrderPublished", at("06:00"), **given)


def dues(case: Case) -> dict[str, str]:
    """When each crew is to start SS2, as hour and minute."""
    lists = case.state().timing
    found = {number: lists.due("SS2", number) for number in ("101", "102", "103", "104")}
    return {number: each.iso()[11:16] for number, each in found.items() if each}


def test_only_crews_that_are_in_stand_in_a_start_order(case: Case) -> None:
    """Who retired overnight, or will not start, is not called to the start."""
    assert ["1 101", "2 102", "3 103"] == case.start_order("SS2")
    case.record("RetirementReported", "2016-07-09T22:00+03:00", number="101")
    assert ["1 102", "2 103"] == case.start_order("SS2")
    case.record("CrewNotStarted", at("07:40"), number="103", stage="SS2")
    assert ["1 102"] == case.start_order("SS2")
    case.record("FitnessDecided", at("07:45"), number="102", stage="SS2", fit=False)

    assert [] == case.start_order("SS2")


def test_nobody_is_called_to_a_stage_that_is_cancelled_for_him(case: Case) -> None:
    """The trucks have no SS2: no place in its order, no half hour kept for them; and back again."""
    case.enter("501", category="trucks")
    case.record("StageTimeRecorded", at("09:30"), number="501", stage="SS1", elapsed_ms="1:30:00")
    assert ["1 101", "2 102", "3 103", "1 501"] == case.start_order("SS2")
    trucks: dict[str, Any] = {"stage": "SS2", "categories": ["trucks"]}
    case.record("StageCancelled", at("06:30"), **trucks)
    cars, none = start_order(case.state(), "SS2").groups
    assert ["101", "102", "103"] == [row.number for row in cars.rows]
    assert ("cancelled", ()) == (none.basis, none.rows)
    case.record("StageStarted", at("08:30"), number="501", stage="SS2")
    assert ["1 101", "2 102", "3 103", "1 501"] == case.start_order(
        "SS2"
    )  # it started all the same
    case.record("StageReinstated", at("08:40"), **trucks)
    case.record("StageCancelled", at("08:50"), stage="SS2")

    assert ["1 501"] == case.start_order("SS2")


def test_a_delay_moves_those_who_wait(case: Case) -> None:
    """Half an hour's delay, ordered when the first car has started, moves the other two."""
    publish(case)
    case.record("StageStarted", at("08:00"), number="101", stage="SS2")
    case.record("PassingRecorded", at("10:00"), number="101", stage="SS2")
    case.record("StageDelayed", at("08:01"), stage="SS2", by_ms="0:30:00")

    assert {"101": "08:00", "102": "08:33", "103": "08:36"} == dues(case)
    assert ["1 101 2:00:00"] == case.stage("SS2")


def test_a_time_written_after_the_delay_is_the_time(case: Case) -> None:
    """An amendment made when the delay was known is not delayed once more."""
    publish(case)
    case.record("StageDelayed", at("07:00"), stage="SS2", by_ms="0:30:00")
    case.record("StartOrderAmended", at("07:30"), number="103", stage="SS2", due_at=due("08:45"))

    assert {"101": "08:30", "102": "08:33", "103": "08:45"} == dues(case)


def test_a_late_entry_goes_into_a_published_order(case: Case) -> None:
    """A crew that was let in overnight starts at the end; one taken out may come back."""
    publish(case)
    case.enter("104")
    case.record("StartOrderAmended", at("07:00"), number="104", stage="SS2", due_at=due("08:09"))
    assert ["1 101", "2 102", "3 103", "4 104"] == [line[:5] for line in case.start_order("SS2")]
    case.record("StartOrderAmended", at("07:10"), number="102", stage="SS2", starts=False)
    assert ["1 101", "2 103", "3 104"] == [line[:5] for line in case.start_order("SS2")]
    case.record("StartOrderAmended", at("07:20"), number="102", stage="SS2", place=2)

    assert ["1 101", "2 102", "3 103", "4 104"] == [line[:5] for line in case.start_order("SS2")]
    assert "08:09" == dues(case)["104"]


def test_times_follow_the_places(case: Case) -> None:
    """Whoever is moved starts at the time of the place, and those whom it moves on at theirs.

    A delay that was ordered before moves the place as it would have moved the crew.
    """
    publish(case)
    case.record("StageDelayed", at("06:30"), stage="SS2", by_ms="0:30:00")
    case.record("StartOrderAmended", at("07:00"), number="101", stage="SS2", place=3)

    assert {"102": "08:30", "103": "08:33", "101": "08:36"} == dues(case)
    case.record("StartOrderAmended", at("07:10"), number="102", stage="SS2", place=2)
    assert {"103": "08:30", "102": "08:33", "101": "08:36"} == dues(case)
    # The last that was said of a crew counts: its own time, then again that of the place.
    case.record("StartOrderAmended", at("07:20"), number="102", stage="SS2", due_at=due("09:00"))
    assert {"103": "08:30", "102": "09:00", "101": "08:36"} == dues(case)
    case.record("StartOrderAmended", at("07:30"), number="102", stage="SS2", place=2)
    assert {"103": "08:30", "102": "08:33", "101": "08:36"} == dues(case)


def test_whoever_is_taken_out_leaves_a_time_free(case: Case) -> None:
    """Nobody is called earlier for it; who is let in takes it, else the places behind move on."""
    publish(case)
    case.enter("104")
    case.record("StartOrderAmended", at("07:00"), number="102", stage="SS2", starts=False)
    assert {"101": "08:00", "103": "08:06"} == dues(case)
    case.record("StartOrderAmended", at("07:10"), number="104", stage="SS2", place=2)
    assert {"101": "08:00", "104": "08:03", "103": "08:06"} == dues(case)
    case.record("StartOrderAmended", at("07:20"), number="102", stage="SS2", place=1)
    expected = {"102": "08:00", "101": "08:03", "104": "08:06", "103": "08:09"}
    assert expected == dues(case)


def test_why_a_crew_starts_when_it_does(case: Case) -> None:
    """The order, and the amendment that moved it on, though it is about another crew."""
    publish(case)
    moved = case.record("StartOrderAmended", at("07:00"), number="103", stage="SS2", place=1)
    timing = case.state().timing
    assert moved in timing.due_by("SS2", "101")
    assert moved in timing.due_by("SS2", "103")


def test_what_can_move_no_start_order_is_said(case: Case) -> None:
    """Amended before it was published, or repositioned after: neither works in silence."""
    case.record("StartOrderAmended", at("05:00"), number="103", stage="SS2", place=1)
    publish(case)
    case.record("CrewRepositioned", at("07:00"), number="103", stage="SS2", place=1)

    assert {"amendment-without-order", "repositioned-too-late"} <= set(case.anomalies())


def test_starts_points_and_controls_that_sources_tell_differently(case: Case) -> None:
    """Each is listed, the result is under verification, and a ruling settles it."""
    case.record("WaypointPlaced", stage="SS2", point="CP1", order=1)
    case.record("WaypointPlaced", stage="SS2", point="ASS", order=2)
    seen: dict[str, Any] = {"number": "101", "stage": "SS2"}
    case.record("StageStarted", at("08:00"), "gps", **seen)
    start = case.record("StageStarted", at("08:02"), "hand", **seen)
    case.record("PassingRecorded", at("09:00"), "beam", point="CP1", **seen)
    case.record("PassingRecorded", at("09:10"), "gps", point="CP1", **seen)
    case.record("PassingRecorded", at("10:00"), "beam", **seen)
    case.record("ControlPassed", at("11:00"), "hand", control="TC2", **seen)
    case.record("ControlPassed", at("11:08"), "time-card", control="TC2", **seen)
    assert 3 == case.anomalies().count("sources-differ")
    assert ("under-verification",) == case.flags("101", "SS2")
    case.record("TimeDetermined", target=start, **seen)

    assert 2 == case.anomalies().count("sources-differ")
    assert (["1 101 1:58:00"], ()) == (case.stage("SS2"), case.flags("101", "SS2"))


def test_a_control_without_any_record_is_missed_when_the_stage_is_closed(case: Case) -> None:
    """Two crews were read at the control after the stage, the third was not: nobody forgets it."""
    case.record("ControlScheduled", control="TC1", stage="SS1", kind="time-control", order=1)
    for number in ("101", "103"):
        case.record("ControlPassed", "2016-07-09T17:00+03:00", number=number, control="TC1")
    assert "control-without-record" not in case.anomalies()
    case.record("StageClosed", "2016-07-09T18:00+03:00", stage="SS1")

    assert ["control-without-record"] == case.anomalies()


def test_a_stage_that_nobody_ran_or_cancelled(case: Case) -> None:
    """SS3 is run and SS2 is forgotten: somebody has to say what became of it."""
    case.times("SS3", "2016-07-11T16:00+03:00", _101="1:00:00")
    assert ["stage-not-run"] == case.anomalies()
    case.record("StageCancelled", at("06:00"), stage="SS2")

    assert [] == case.anomalies()


def test_the_road_follows_the_arrival_not_the_classification(case: Case) -> None:
    """Shortening SS2 afterwards moves no control: the crew came to the finish when it did."""
    case.record("WaypointPlaced", stage="SS2", point="CP1", order=1)
    case.record("WaypointPlaced", stage="SS2", point="ASS", order=2)
    case.record("ControlScheduled", control="ASS2", stage="SS2", kind="ass", order=1)
    target: dict[str, Any] = {"kind": "time-control", "order": 2, "target_ms": "1:00:00"}
    case.record("ControlScheduled", control="TC2", stage="SS2", **target)
    case.record("StageStarted", at("08:00"), number="101", stage="SS2")
    case.record("PassingRecorded", at("09:00"), number="101", stage="SS2", point="CP1")
    case.record("PassingRecorded", at("10:00"), number="101", stage="SS2")
    case.record("ControlPassed", at("11:02"), number="101", control="TC2")
    assert ["101 SS2 0:02:00 late, in force"] == case.penalties()
    case.record("StageShortened", at("12:00"), stage="SS2", point="CP1")

    assert ["1 101 1:00:00"] == case.stage("SS2")
    assert ["101 SS2 0:02:00 late, in force"] == case.penalties()


def test_one_overtime_too_many_is_for_good(case: Case) -> None:
    """Over the maximum time of one stage more than the rules allow: the crew is out."""
    strict = Case("cross-country", overall__unfinished_stage_limit=1)
    strict.enter("101", "102")
    for order in (1, 2):
        strict.plan(f"SS{order}", max_time_ms="2:00:00")
    strict.times("SS1", _101="1:00:00", _102="2:30:00")
    strict.times("SS2", _101="1:00:00", _102="2:30:00")
    strict.times("SS3", _101="1:00:00", _102="1:00:00")

    assert ["1 101 1:00:00", "2 102 10:00:00"] == strict.overall("SS1")
    assert ["1 101 2:00:00"] == strict.overall("SS2")
    assert ["102 retired SS2"] == strict.unclassified()


def test_an_allocated_time_is_no_overtime(case: Case) -> None:
    """A notional time is a ruling: the maximum time of the stage does not judge it."""
    case.plan("SS2", max_time_ms="1:00:00")
    case.times("SS2", _101="0:50:00")
    given: dict[str, Any] = {"number": "102", "stage": "SS2", "basis": "notional"}
    case.record("StageTimeRecorded", elapsed_ms="1:05:00", **given)

    assert ["1 101 0:50:00", "2 102 1:05:00"] == case.stage("SS2")


def test_unfit_without_a_stage_and_back(case: Case) -> None:
    """The doctors stop a crew on SS2, whose name they don't give; cleared, it runs SS3."""
    case.record("StageStarted", at("08:00"), number="101", stage="SS2")
    case.times("SS2", at("11:00"), _102="2:00:00")
    case.record("FitnessDecided", at("09:00"), number="101", fit=False)
    case.record("FitnessDecided", at("20:00"), number="101", fit=True)
    case.times("SS3", "2016-07-11T16:00+03:00", _101="1:00:00", _102="1:00:00")

    assert ["1 102 4:01:00", "2 101 12:00:00"] == case.overall()


def test_whoever_the_stage_is_cancelled_for_does_not_start_it(case: Case) -> None:
    """The trucks are in no order of SS2, but one of them had started; the cars start as ever."""
    case.enter("501", "502", category="trucks")
    case.record("StageStarted", at("05:55"), number="502", stage="SS2")
    before = [
        (group.category, len(group.rows)) for group in start_order(case.state(), "SS2").groups
    ]
    assert [("cars", 3), ("trucks", 2)] == sorted(before)
    case.record("StageCancelled", at("06:00"), stage="SS2", categories=("trucks",))
    orders = {each.category: each for each in start_order(case.state(), "SS2").groups}

    assert ["101", "102", "103"] == [row.number for row in orders["cars"].rows]
    assert ["502"] == [row.number for row in orders["trucks"].rows]
    assert 2 == len(start_order(case.state(), "SS3").groups[-1].rows)


def test_a_stage_that_is_cancelled_for_all_has_no_order(case: Case) -> None:
    """It says why."""
    case.record("StageCancelled", at("06:00"), stage="SS2")
    (group,) = start_order(case.state(), "SS2").groups
    assert ((), "cancelled") == (group.rows, group.basis)
