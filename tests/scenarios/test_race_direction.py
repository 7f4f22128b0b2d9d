"""Race direction: stages cancelled, shortened and reinstated, and the times that follow."""

from __future__ import annotations

from typing import Any

import pytest

from projections.explain.why import why
from projections.results.penalties import penalties
from projections.results.standings import Scope
from projections.results.time_card import time_card
from tests.spec import Case


@pytest.fixture
def case() -> Case:
    """Two cars and a motorcycle; everybody has driven SS1 and SS2."""
    case = Case()
    case.enter("101", "102")
    case.enter("1", category="moto")
    case.times("SS1", _101="1:00:00", _102="1:00:10", _1="1:10:00")
    case.times("SS2", _101="2:05:00", _102="2:00:00", _1="2:10:00")
    return case


def test_a_cancelled_stage_leaves_the_gaps_as_they_were(case: Case) -> None:
    """Given two stages, when the second is cancelled, then the overall is that after the first."""
    case.record("StageCancelled", stage="SS2", reason="sandstorm")

    assert case.overall() == ["1 101 1:00:00", "2 102 1:00:10", "3 1 1:10:00"]
    assert case.overall("SS1") == case.overall("SS2")
    assert case.stage("SS2") == []


def test_a_stage_is_cancelled_for_motorcycles_alone(case: Case) -> None:
    """The overall of the cars counts the stage, that of the motorcycles does not."""
    case.record("StageCancelled", stage="SS2", categories=("moto",))

    assert case.overall(category="cars") == ["1 102 3:00:10", "2 101 3:05:00"]
    assert case.overall(category="moto") == ["1 1 1:10:00"]
    assert case.stage("SS2", category="moto") == []


def test_a_cancellation_is_revoked(case: Case) -> None:
    """When the cancellation falls, the stage counts again as it was run."""
    before = case.overall()
    case.record("StageCancelled", "2016-07-20T02:00+08:00", stage="SS2")
    case.record("StageReinstated", "2016-07-20T10:00+08:00", stage="SS2")

    assert before == case.overall()
    known = len(case.records) - 1
    assert case.overall(known_at=known) == ["1 101 1:00:00", "2 102 1:00:10", "3 1 1:10:00"]
    at_five = case.overall(effective_at="2016-07-20T05:00+08:00")
    assert at_five == ["1 101 1:00:00", "2 102 1:00:10", "3 1 1:10:00"]


def test_a_revoked_cancellation_and_who_had_not_finished() -> None:
    """SS2 is cancelled and 101 leads; it is restored, and who had not finished it is penalised."""
    case = Case("cross-country")
    case.enter("101", "102")
    case.times("SS1", "2016-07-09T12:00+03:00", _101="1:00:00", _102="1:10:00")
    case.times("SS2", "2016-07-10T12:00+03:00", _102="2:00:00")
    case.record("StageNotFinished", "2016-07-10T14:00+03:00", number="101", stage="SS2")
    case.record("StageCancelled", "2016-07-10T15:00+03:00", stage="SS2", reason="too few finished")
    known = len(case.records)
    case.record("StageReinstated", "2016-07-10T20:00+03:00", stage="SS2")

    assert ["1 101 1:00:00", "2 102 1:10:00"] == case.overall(known_at=known)
    assert ["1 101 1:00:00", "2 102 1:10:00"] == case.overall(effective_at="2016-07-10T18:00+03:00")
    assert ["1 102 3:10:00", "2 101 11:00:00"] == case.overall()


@pytest.fixture
def long_stage() -> Case:
    """SS2 over 400 km with CP1, CP2 at km 200, CP3 and a speed zone behind it; four cars."""
    case = Case("cross-country")
    case.enter("101", "102", "103", "104")
    case.plan("SS2", special_m=400_000)
    for order, point in enumerate(("CP1", "CP2", "CP3"), 1):
        where: dict[str, Any] = {"point": point, "order": order, "at_m": order * 100_000}
        case.record("WaypointPlaced", stage="SS2", **where)
    case.record("ZonePlaced", stage="SS2", zone="DZ9", kind="speed", from_m=250_000, to_m=260_000)
    case.times("SS1", "2016-07-09T12:00+03:00", _101="1:00", _102="1:00", _103="1:00", _104="1:00")
    at_cp2 = {"101": "2:00:00", "102": "2:01:00", "103": "1:59:00"}
    for number, elapsed in at_cp2.items():
        seen = {"number": number, "stage": "SS2", "point": "CP2", "elapsed_ms": elapsed}
        case.record("PassingRecorded", "2016-07-10T12:00+03:00", **seen)
    return case


def test_a_point_of_the_same_name_on_another_stage_changes_nothing(long_stage: Case) -> None:
    """CP1 comes last on SS3: on SS2, which ends at CP2, it stays before the finish."""
    case, finish = long_stage, "2016-07-10T16:00+03:00"
    for order, point in enumerate(("CP2", "CP3", "CP1"), 1):
        case.record("WaypointPlaced", stage="SS3", point=point, order=order)
    case.times("SS2", finish, _101="4:00:00")
    for point, amount in (("CP1", "0:15:00"), ("CP3", "1:00:00")):
        given = {"number": "101", "stage": "SS2", "point": point, "amount_ms": amount}
        case.record("PenaltyGiven", finish, kind="missed", **given)
    case.record("StageShortened", "2016-07-10T18:00+03:00", stage="SS2", point="CP2")

    assert [
        "101 SS2 0:15:00 missed, in force",
        "101 SS2 1:00:00 missed, beyond the finish",
    ] == case.penalties()


def test_a_stage_is_shortened_to_a_point_after_the_fact(long_stage: Case) -> None:
    """The times at CP2 replace those of the finish, in the evening and for good.

    Penalties for what lies beyond CP2 fall away, those before it stay. Who retired beyond it is a
    finisher of the stage; who did not come to CP2 has no time until one is allocated.
    """
    case, finish = long_stage, "2016-07-10T16:00+03:00"
    case.times("SS2", finish, _101="4:00:00", _102="3:50:00")
    for number, point, amount in (
        ("101", "CP1", "0:15:00"),
        ("101", "CP3", "1:00:00"),
        ("102", "DZ9", "0:02:00"),
    ):
        given = {"number": number, "stage": "SS2", "point": point, "amount_ms": amount}
        case.record("PenaltyGiven", finish, kind="missed", **given)
    case.record(
        "RetirementReported",
        "2016-07-10T14:00+03:00",
        number="103",
        stage="SS2",
        point="CP2",
        cause="mechanical",
    )
    assert ["1 102 3:52:00", "2 101 5:15:00"] == case.stage("SS2")
    known = len(case.records)
    case.record("StageShortened", "2016-07-10T18:00+03:00", stage="SS2", point="CP2")

    assert ["1 103 1:59:00", "2 102 2:01:00", "3 101 2:15:00"] == case.stage("SS2")
    assert ["1 103 2:00:00", "2 102 2:02:00", "3 101 2:16:00"] == case.overall("SS2")
    assert ["103 retired SS2", "104 running SS2"] == case.unclassified()
    assert [
        "101 SS2 0:15:00 missed, in force",
        "101 SS2 1:00:00 missed, beyond the finish",
        "102 SS2 0:02:00 missed, beyond the finish",
    ] == case.penalties()
    for cut in ({"known_at": known}, {"effective_at": "2016-07-10T17:00+03:00"}):
        assert ["1 102 3:52:00", "2 101 5:15:00"] == case.stage("SS2", **cut)
    case.record(
        "StageTimeRecorded", number="104", stage="SS2", elapsed_ms="2:30:00", basis="notional"
    )
    assert "4 104 2:30:00" == case.stage("SS2")[3]
    case.record("StageReinstated", "2016-07-10T20:00+03:00", stage="SS2")
    assert ["1 104 2:30:00", "2 102 3:52:00", "3 101 5:15:00"] == case.stage("SS2")


def test_one_stage_two_methods(long_stage: Case) -> None:
    """Motorcycles: who finished keeps the time, the others get their average; cars: time at CP2."""
    case = long_stage
    case.enter("1", "2", category="moto")
    case.times("SS2", "2016-07-10T14:00+03:00", _1="4:00:00", _101="3:30:00")
    case.record("PassingRecorded", number="2", stage="SS2", point="CP2", elapsed_ms="1:50:00.001")
    known = len(case.records)
    stopped = {"stage": "SS2", "point": "CP2"}
    case.record("StageStopped", method="own-average", categories=["moto"], **stopped)
    case.record("StageStopped", method="last-common-point", categories=["cars"], **stopped)

    assert ["1 2 3:40:00", "2 1 4:00:00"] == case.stage("SS2", category="moto")
    assert ("own-average",) == case.flags("2", "SS2")
    assert ["1 103 1:59:00", "2 101 2:00:00", "3 102 2:01:00"] == case.stage("SS2", category="cars")
    assert ["1 1 4:00:00"] == case.stage("SS2", category="moto", known_at=known)
    assert ["1 101 3:30:00"] == case.stage("SS2", category="cars", known_at=known)


@pytest.mark.parametrize("said", [{"special_m": 300_000}, {}])
def test_an_average_over_what_was_left_of_a_stage(long_stage: Case, said: dict[str, Any]) -> None:
    """Shortened to 300 km from CP1 on, then stopped at CP2: 100 km in 1:10:00 are 3:30:00.

    The act says how long that is, or the points do: 400 km less the 100 before CP1.
    """
    case = long_stage
    case.record("PassingRecorded", number="101", stage="SS2", point="CP1", elapsed_ms="0:50:00")
    case.record("StageShortened", stage="SS2", start_point="CP1", **said)
    case.record("StageStopped", stage="SS2", method="own-average", point="CP2")

    assert ["1 101 3:30:00"] == case.stage("SS2")


def test_a_stage_that_begins_later_than_planned(long_stage: Case) -> None:
    """The first hundred kilometres are flooded: time runs from CP1, and what was before is void."""
    case = long_stage
    for number, elapsed in (("101", "0:50:00"), ("102", "1:00:00")):
        seen = {"number": number, "stage": "SS2", "elapsed_ms": elapsed}
        case.record("PassingRecorded", "2016-07-10T11:00+03:00", point="CP1", **seen)
        seen["elapsed_ms"] = "4:00:00"
        case.record("PassingRecorded", "2016-07-10T14:00+03:00", **seen)
    case.record("ZonePlaced", stage="SS2", zone="DZ1", kind="speed", from_m=50_000, to_m=60_000)
    case.record("PenaltyGiven", number="101", stage="SS2", amount_ms="0:10:00", point="DZ1")
    case.record("StageShortened", stage="SS2", start_point="CP1")

    assert ["1 102 3:00:00", "2 101 3:10:00"] == case.stage("SS2")
    assert ["101 SS2 0:10:00 , before the start"] == case.penalties()


def test_road_penalties_of_a_cancelled_stage() -> None:
    """Those of the stage fall away; those of the road stay, unless the act says otherwise."""
    case = Case("cross-country")
    case.enter("101", "102")
    case.times("SS1", _101="1:00:00", _102="1:00:10")
    case.times("SS2", _101="1:00:00", _102="1:00:00")
    for amount, where in (("0:01:00", "stage"), ("0:00:05", "road"), ("0:00:02", "overall")):
        case.record("PenaltyGiven", number="101", stage="SS2", amount_ms=amount, applies_to=where)
    assert ["1 102 2:00:10", "2 101 2:01:07"] == case.overall()
    cancelled = case.record("StageCancelled", stage="SS2")
    assert ["1 101 1:00:07", "2 102 1:00:10"] == case.overall()
    case.record("Corrected", target=cancelled, changes={"road_penalties": "void"})

    assert ["1 101 1:00:02", "2 102 1:00:10"] == case.overall()


@pytest.fixture
def chile() -> Case:
    """Three crews had driven SS1 when it was interrupted; 33 and 18 had not. Timed in tenths."""
    case = Case("wrc-2019")
    case.enter("1", "8", "17", "18", "33")
    case.record("StageInterrupted", "2024-09-27T09:30-03:00", stage="SS1")
    case.times("SS1", "2024-09-27T09:00-03:00", _1="0:10:00.0", _8="0:10:05.0", _17="0:10:10.0")
    for stage, day in (("SS2", "27"), ("SS3", "28")):
        case.times(
            stage,
            f"2024-09-{day}T15:00-03:00",
            _1="0:10:00.0",
            _8="0:10:20.0",
            _17="0:10:20.0",
            _18="0:10:20.0",
            _33="0:09:55.2",
        )
    return case


def _notional(case: Case, at: str, time: str) -> None:
    for number in ("18", "33"):
        given = {"number": number, "stage": "SS1", "elapsed_ms": time, "basis": "notional"}
        case.record("StageTimeRecorded", f"2024-09-{at}-03:00", **given)


def test_notional_times_are_allocated_and_revised(chile: Case) -> None:
    """The slowest time first; revised a day later, it turns 0.4 s behind into 3.0 s ahead."""
    case = chile
    case.record("StageStopped", "2024-09-27T09:40-03:00", stage="SS1", method="notional")
    assert ["18 unclassified SS1", "33 unclassified SS1"] == case.unclassified()
    _notional(case, "27T12:00", "0:10:10.0")
    known = len(case.records)
    assert ["1 1 0:30:00", "2 33 0:30:00.4"] == case.overall()[:2]
    _notional(case, "28T18:00", "0:10:06.6")

    assert ["1 33 0:29:57", "2 1 0:30:00"] == case.overall()[:2]
    assert ("notional",) == case.flags("33")
    assert ["1 1 0:30:00", "2 33 0:30:00.4"] == case.overall(known_at=known)[:2]
    in_between = case.overall(effective_at="2024-09-28T16:00-03:00")
    assert ["1 1 0:30:00", "2 33 0:30:00.4"] == in_between[:2]
    # Who has a time of its own keeps it: nothing was allocated to the three who had finished.
    assert ["1 1 0:10:00", "2 8 0:10:05"] == case.stage("SS1")[:2]


def test_a_stage_cancelled_after_some_had_finished(chile: Case) -> None:
    """All void: the three times count for nothing, and nobody lacks one; restored, they count."""
    chile.record("StageCancelled", "2024-09-27T10:00-03:00", stage="SS1")

    assert [] == chile.stage("SS1")
    assert ["1 33 0:19:50.4", "2 1 0:20:00"] == chile.overall()[:2]
    assert ["1 1 0:10:00", "2 8 0:10:05", "3 17 0:10:10"] == chile.overall(
        effective_at="2024-09-27T09:30-03:00"
    )


def test_a_notional_time_stands_over_a_measured_one(case: Case) -> None:
    """A crew held up by an interruption is given a notional time; it is marked."""
    case.record(
        "StageTimeRecorded", number="101", stage="SS2", elapsed_ms="1:59:00", basis="notional"
    )

    assert case.stage("SS2", category="cars") == ["1 101 1:59:00", "2 102 2:00:00"]
    assert case.flags("101", "SS2") == ("notional",)


def test_penalties_of_the_overall_alone_leave_the_stage_result(case: Case) -> None:
    """A penalty that applies to the overall changes the overall and not the stage (2022)."""
    case.record(
        "PenaltyGiven", number="102", stage="SS2", amount_ms="0:10:00", applies_to="overall"
    )

    assert case.stage("SS2", category="cars") == ["1 102 2:00:00", "2 101 2:05:00"]
    assert case.overall(category="cars") == ["1 101 3:05:00", "2 102 3:10:10"]


def test_who_opens_the_road_after_a_penalty() -> None:
    """A penalty of the stage sends its winner back in the next start order.

    One of the overall alone, or one that is said not to count for it, does not; ties start by race
    number. The order that was posted before a penalty was known stays.
    """
    case = Case("cross-country")
    case.enter("101", "102", "103", "104")
    case.times("SS1", _101="1:00:30", _102="1:00:00", _103="1:00:30", _104="1:01:00")
    assert ["1 102", "2 101", "3 103", "4 104"] == case.start_order("SS2")
    given = {"number": "102", "stage": "SS1", "amount_ms": "0:10:00"}
    case.record("PenaltyGiven", applies_to="overall", **given)
    case.record("PenaltyGiven", in_start_order=False, **given)
    assert ["1 102", "2 101", "3 103", "4 104"] == case.start_order("SS2")
    slots = [{"place": n, "number": c} for n, c in enumerate(("102", "101", "103", "104"), 1)]
    posted = case.record("StartOrderPublished", stage="SS2", slots=slots)
    case.record("PenaltyGiven", **given)

    assert ["1 102", "2 101", "3 103", "4 104"] == case.start_order("SS2")
    case.record("PublicationWithdrawn", target=posted)
    assert ["1 101", "2 103", "3 104", "4 102"] == case.start_order("SS2")


def test_after_a_cancelled_stage_the_one_before_decides_who_starts_first() -> None:
    """SS2 is cancelled for the cars: they start SS3 by SS1, the motorcycles by SS2."""
    case = Case("cross-country")
    case.enter("101", "102")
    case.enter("1", "2", category="moto")
    case.times("SS1", _101="1:00:00", _102="1:01:00", _1="1:00:00", _2="1:01:00")
    case.times("SS2", _101="1:01:00", _102="1:00:00", _1="1:01:00", _2="1:00:00")
    case.record("StageCancelled", stage="SS2", categories=["cars"])

    assert ["1 101", "2 102"] == case.start_order("SS3", "cars")
    assert ["1 2", "2 1"] == case.start_order("SS3", "moto")


def test_a_penalty_is_withdrawn(case: Case) -> None:
    """A withdrawn penalty counts as never given, and stays readable in the log."""
    before = case.overall()
    penalty = case.record("PenaltyGiven", number="102", stage="SS2", amount_ms="1:00:00")
    assert before != case.overall()
    case.record("PenaltyWithdrawn", target=penalty, number="102")

    assert before == case.overall()
    assert before != case.overall(known_at=len(case.records) - 1)


def test_times_are_cut_before_they_are_added() -> None:
    """Two times of 10.09 s count 10.0 s each where the rules count tenths: 20.0 s, not 20.1."""
    case = Case("wrc-2019")
    case.enter("101")
    case.times("SS1", _101="0:00:10.090")
    case.times("SS2", _101="0:00:10.090")

    assert case.overall() == ["1 101 0:00:20"]


def test_a_penalty_at_a_control_counts_in_its_stage() -> None:
    """TC2 counts in SS2; service control TC2A after SS2 counts in SS3."""
    case = Case("wrc-2019")
    case.enter("101")
    case.times("SS1", _101="0:10:00")
    case.times("SS2", _101="0:10:00")
    case.record("PenaltyGiven", number="101", control="TC2", amount_ms="0:00:10")
    case.record("PenaltyGiven", number="101", control="TC2A", amount_ms="0:01:00")

    assert case.overall("SS2") == ["1 101 0:20:10"]
    assert case.overall() == ["1 101 0:21:10"]


def test_a_penalty_at_the_first_control_counts_from_the_start() -> None:
    """TC0 lies before SS1: a crew that is late there carries the penalty in every overall."""
    case = Case("wrc-2019")
    case.enter("101")
    case.times("SS1", _101="0:10:00")
    case.record("PenaltyGiven", number="101", control="TC0", amount_ms="0:00:10")

    assert ["1 101 0:10:10"] == case.overall("SS1")
    assert ["1 101 0:10:10"] == case.overall()


def test_a_stage_scheduled_twice_has_one_answer(case: Case) -> None:
    """SS2 was first put down under the number of SS3: each record is of the stage that it names.

    SS2 is cancelled; its penalty falls with it and that on SS3 stands, in every list and sum.
    """
    first = "1970-01-01T08:00+08:00"
    case.record("StageScheduled", stage="SS2", order=3, recorded=first)
    case.times("SS3", _101="1:00:00", _102="1:00:00", _1="1:00:00")
    for number, stage in (("101", "SS2"), ("102", "SS3")):
        case.record("PenaltyGiven", number=number, stage=stage, amount_ms="0:02:00")
    assert case.stage("SS2") == ["1 102 2:00:00", "2 101 2:07:00", "3 1 2:10:00"]
    case.record("StageCancelled", stage="SS2")

    assert case.penalties() == ["101 SS2 0:02:00 , stage cancelled", "102 SS3 0:02:00 , in force"]
    assert [row.number for row in penalties(case.state(), stage="SS2").rows] == ["101"]
    assert case.stage("SS3") == ["1 1 1:00:00", "1 101 1:00:00", "3 102 1:02:00"]
    for number, stages, total_ms in (("101", [], 3_600_000), ("102", ["SS3"], 3_720_000)):
        of_ss3 = why(case.state(), number, Scope("stage", stage="SS3"))
        assert of_ss3.total_ms == total_ms
        assert [each.stage for each in of_ss3.addends if each.kind == "penalty"] == stages
        assert [s.stage for s in time_card(case.state(), number).stages if s.penalty_ms] == stages
