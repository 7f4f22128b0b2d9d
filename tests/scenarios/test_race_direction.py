"""Race direction: stages cancelled, shortened and reinstated, and the times that follow."""

from __future__ import annotations

import pytest

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


def test_a_stage_is_shortened_to_a_point_after_the_fact(case: Case) -> None:
    """The times at the point replace those of the finish; who did not pass it has no time."""
    for number, elapsed in (("101", "0:40:00"), ("102", "0:45:00")):
        case.record("PassingRecorded", number=number, stage="SS2", point="CP2", elapsed_ms=elapsed)
    case.record("WaypointPlaced", stage="SS2", point="CP2", order=2)
    case.record("StageShortened", stage="SS2", point="CP2", categories=("cars",))

    assert case.stage("SS2", category="cars") == ["1 101 0:40:00", "2 102 0:45:00"]
    assert case.stage("SS2", category="moto") == ["1 1 2:10:00"]
    assert case.overall(category="cars") == ["1 101 1:40:00", "2 102 1:45:10"]


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
