"""The road: starts, controls and neutralisations, and what lateness costs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.spec import Case, at, due


@pytest.fixture
def case() -> Case:
    """Two cars; SS1 with a control before it, one after it, and forty minutes to the next."""
    case = Case("cross-country")
    case.enter("101", "102")
    plan: dict[str, Any] = {"stage": "SS1"}
    case.record("ControlScheduled", control="DSS1", kind="dss", order=1, **plan)
    case.record("ControlScheduled", control="ASS1", kind="ass", order=2, **plan)
    case.record("ControlScheduled", control="TC1", kind="tc", order=3, target_ms="0:40:00", **plan)
    return case


def drive(case: Case, number: str = "101", arrives: str = "12:00:30") -> None:
    """A crew starts SS1 at ten and arrives two hours and half a minute later."""
    case.record("StageStarted", at("10:00"), number=number, stage="SS1", due_at=due("10:00"))
    case.record("PassingRecorded", at(arrives), number=number, stage="SS1")


def test_a_late_start_costs_minutes_and_keeps_the_official_start(case: Case) -> None:
    """Twelve minutes late: the time runs from ten all the same, and twelve minutes are added."""
    case.record("StageStarted", at("10:12"), number="101", stage="SS1", due_at=due("10:00"))
    case.record("PassingRecorded", at("12:30"), number="101", stage="SS1")

    assert ["1 101 2:30:00"] == case.stage("SS1")
    assert ["101 SS1 0:12:00 late-start, in force"] == case.penalties()
    assert ["1 101 2:42:00"] == case.overall()


def test_a_moment_after_the_signal_is_no_late_start(case: Case) -> None:
    """The beam sees a car seven tenths after the full minute: control clocks show no seconds."""
    case.record("StageStarted", at("10:00:00.700"), number="101", stage="SS1", due_at=due("10:00"))
    case.record("PassingRecorded", at("12:00"), number="101", stage="SS1")

    assert ([], ["1 101 2:00:00"]) == (case.penalties(), case.overall())


def test_a_start_by_the_published_order(case: Case) -> None:
    """Nobody saw the crew start: its time runs from the posted start, put back by a delay."""
    slots = [{"place": 1, "number": "101", "due_at": [due("10:00").ms, 180]}]
    case.record("StartOrderPublished", at("07:00"), stage="SS1", slots=slots)
    known = len(case.records)
    case.record("StageDelayed", at("09:00"), stage="SS1", by_ms="1:00:00", reason="fog")
    case.record("PassingRecorded", at("13:00"), number="101", stage="SS1")

    assert ["1 101 11:00:00"] == case.start_order("SS1")
    assert ["1 101 10:00:00"] == case.start_order("SS1", known_at=known)
    assert ["1 101 2:00:00"] == case.stage("SS1")
    assert ["1 101 10:00:00"] == case.start_order("SS1", effective_at=at("08:00"))


def test_a_false_start_costs_more_each_time(case: Case) -> None:
    """Ten seconds, then a minute; two marshals who saw the same one have seen one."""
    case.times("SS1", _101="2:00:00")
    case.times("SS2", _101="2:00:00")
    for _ in range(2):
        case.record("FalseStartObserved", at("10:00"), number="101", stage="SS1", by_ms=1500)
    case.record("FalseStartObserved", "2016-07-11T10:00+03:00", number="101", stage="SS2")

    assert [
        "101 SS1 0:00:10 false-start, in force",
        "101 SS2 0:01:00 false-start, in force",
    ] == case.penalties()
    assert (["1 101 2:00:10"], ["1 101 2:01:00"]) == (case.stage("SS1"), case.stage("SS2"))


@pytest.mark.parametrize(
    ("arrives", "charged"),
    [
        ("12:40:59", []),  # the whole minute in which it is due
        ("12:39:59", ["101 SS1 0:01:00 early, in force"]),
        ("12:42:10", ["101 SS1 0:02:00 late, in force"]),
        ("13:10:59", ["101 SS1 0:30:00 late, in force"]),
        ("13:11:00", ["101 SS1 1:00:00 not-visited, in force"]),
    ],
)
def test_early_late_and_not_visited(case: Case, arrives: str, charged: list[str]) -> None:
    """From the finish at 12:00:30, forty minutes run from 12:00: due in the minute 12:40."""
    drive(case)
    case.record("ControlPassed", at(arrives), number="101", control="TC1")

    assert charged == case.penalties()
    assert "1 101 2:00:30" == case.stage("SS1")[0]


def test_a_delay_allowance_and_an_extended_target(case: Case) -> None:
    """Held up at a fuel stop: ten minutes are allowed, and only what is more is late.

    The time allowed is extended at 12:30: it works for who leaves the finish after that.
    """
    case.enter("103")
    drive(case)
    drive(case, "102", "12:31:00")
    drive(case, "103")
    case.record("ControlPassed", at("12:48"), number="103", control="TC1")
    allowed = {"number": "103", "control": "TC1", "amount_ms": "0:10:00"}
    case.record("DelayAllowanceGranted", at("12:20"), **allowed)
    case.record("ControlPassed", at("12:52"), number="101", control="TC1")
    case.record("ControlPassed", at("13:30"), number="102", control="TC1")
    known = len(case.records)
    case.record(
        "DelayAllowanceGranted", at("12:20"), number="101", control="TC1", amount_ms="0:10:00"
    )
    case.record("TargetTimeChanged", at("12:30"), stage="SS1", control="TC1", target_ms="1:00:00")

    assert ["101 SS1 0:02:00 late, in force", "102 SS1 0:01:00 early, in force"] == case.penalties()
    assert ["101 SS1 0:12:00 late, in force", "102 SS1 0:19:00 late, in force"] == case.penalties(
        known_at=known
    )


def test_the_start_is_not_judged_twice(case: Case) -> None:
    """The marshal at the start notes the crew as well: five minutes late are five, not ten."""
    case.record("StageStarted", at("10:05"), number="101", stage="SS1", due_at=due("10:00"))
    case.record("ControlPassed", at("10:05"), number="101", control="DSS1", due_at=due("10:00"))

    assert ["101 SS1 0:05:00 late-start, in force"] == case.penalties()


def test_a_clock_of_a_control_that_was_wrong(case: Case) -> None:
    """The clock of TC1 is three minutes fast: by the true time, nobody was late there."""
    drive(case)
    case.record("ControlPassed", at("12:43"), "hand", number="101", control="TC1", site="tc-1")
    assert ["101 SS1 0:03:00 late, in force"] == case.penalties()
    case.record("ClockOffsetDeclared", of_site="tc-1", ahead_ms=180_000)

    assert [] == case.penalties()


def test_which_reading_of_a_control_counts(case: Case) -> None:
    """The transponder by the rules; by a ruling, and then by another, the card: it was not late."""
    drive(case)
    where = {"number": "101", "control": "TC1"}
    seen = case.record("ControlPassed", at("12:43"), "transponder", **where)
    card = case.record("ControlPassed", at("12:40"), "time-card", **where)
    assert ["101 SS1 0:03:00 late, in force"] == case.penalties()
    case.record("TimeDetermined", at("18:00"), target=seen, number="101")
    case.record("TimeDetermined", at("19:00"), target=card, number="101")

    assert [] == case.penalties()
    assert ["101 SS1 0:03:00 late, in force"] == case.penalties(known_at=len(case.records) - 1)


def test_a_neutralisation_is_no_part_of_the_time(case: Case) -> None:
    """Fifteen minutes are imposed for cars, ten for motorcycles; staying longer costs the rest."""
    case.enter("1", category="moto")
    for minutes, category in ((15, "cars"), (10, "moto")):
        case.record(
            "ZonePlaced",
            stage="SS1",
            zone="N1",
            kind="neutralisation",
            imposed_ms=minutes * 60_000,
            categories=[category],
        )
    for number in ("101", "1"):
        drive(case, number, "12:00")
        where = {"number": number, "stage": "SS1", "zone": "N1"}
        case.record("NeutralisationPassed", at("11:00"), side="entered", **where)
        case.record("NeutralisationPassed", at("11:20"), side="left", **where)

    assert ["1 101 1:45:00", "2 1 1:50:00"] == case.stage("SS1")


def test_a_stage_over_the_maximum_time(case: Case) -> None:
    """Two hours are allowed; extended at eleven, it works for who starts after that."""
    case.plan("SS1", max_time_ms="2:00:00")
    for number, start, finish in (("101", "10:00", "12:30"), ("102", "11:30", "14:00")):
        begun: dict[str, Any] = {"number": number, "stage": "SS1", "due_at": due(start)}
        case.record("StageStarted", at(start), **begun)
        case.record("PassingRecorded", at(finish), number=number, stage="SS1")
    case.record("TargetTimeChanged", at("11:00"), stage="SS1", max_time_ms="3:00:00")

    assert ["1 102 2:30:00", "2 101 10:00:00"] == case.stage("SS1")
    assert ("fixed-penalty",) == case.flags("101", "SS1")


def from_the(what: str, at_start: str = "") -> Case:
    """Two cars; lateness counts from the minute or the second, at starts perhaps otherwise."""
    rules = {"start__lateness_from": at_start} if at_start else {}
    case = Case("cross-country", controls__lateness_from=what, **rules)
    case.enter("101", "102")
    where: dict[str, Any] = {"stage": "SS1", "target_ms": "0:40:00"}
    case.record("ControlScheduled", control="TC0", order=1, stage="SS1")
    case.record("ControlScheduled", control="TC1", order=2, **where)
    return case


@pytest.mark.parametrize(
    ("what", "arrives", "penalty"),
    [
        ("minute", "10:40:59", []),
        ("minute", "10:42:10", ["101 SS1 0:02:00 late, in force"]),
        ("second", "10:40:00.900", []),
        ("second", "10:40:01", ["101 SS1 0:01:00 late, in force"]),
        ("second", "10:42:00", ["101 SS1 0:02:00 late, in force"]),
        ("second", "10:42:10", ["101 SS1 0:03:00 late, in force"]),
        ("second", "10:39:30", ["101 SS1 0:01:00 early, in force"]),
        ("second", "11:10:00", ["101 SS1 0:30:00 late, in force"]),
        ("second", "11:10:01", ["101 SS1 1:00:00 not-visited, in force"]),
    ],
)
def test_each_minute_or_fraction_counts_from_the_minute_or_the_second(
    what: str, arrives: str, penalty: list[str]
) -> None:
    """Due at 10:40, forty minutes after the minute in which it left: as the rulebook says."""
    case = from_the(what)
    case.record("ControlPassed", at("10:00:40"), number="101", control="TC0")
    case.record("ControlPassed", at(arrives), number="101", control="TC1")

    assert penalty == [each for each in case.penalties() if "SS1" in each]


def test_lateness_at_a_start_counts_from_the_second_where_the_rules_say_so() -> None:
    """24 seconds late: nothing by the minute, one minute by the second, also for starts alone."""
    for what, at_start, penalties in (
        ("minute", "", []),
        ("second", "", ["101 SS1 0:01:00 late-start, in force"]),
        ("minute", "second", ["101 SS1 0:01:00 late-start, in force"]),
        ("second", "minute", []),
    ):
        case = from_the(what, at_start)
        started = at("10:00:24")
        case.record("StageStarted", started, number="101", stage="SS1", due_at=due("10:00"))
        assert penalties == case.penalties()


def test_sources_at_a_control_that_differ_by_seconds_where_those_count() -> None:
    """The card and the marshal differ by 40 seconds: told only where that may cost a minute."""
    for what, told in (("minute", []), ("second", ["sources-differ"])):
        case = from_the(what)
        for kind, when in (("time-card", "10:40:05"), ("hand", "10:40:45")):
            case.record("ControlPassed", at(when), kind, number="101", control="TC1")
        assert told == case.anomalies()


def test_controls_of_a_kind_in_capitals_are_the_start_and_the_finish() -> None:
    """What a crew is due at TC1 counts from its finish, as with small letters."""
    case = Case("cross-country")
    case.enter("101")
    for order, (control, kind) in enumerate((("DSS1", "DSS"), ("ASS1", "Ass"), ("TC1", "TC")), 1):
        target = {"target_ms": "0:40:00"} if control == "TC1" else {}
        case.record(
            "ControlScheduled", control=control, stage="SS1", kind=kind, order=order, **target
        )
    drive(case, arrives="12:00:30")
    case.record("ControlPassed", at("12:50"), number="101", control="TC1")

    assert ["101 SS1 0:10:00 late, in force"] == case.penalties()
    assert [] == case.anomalies()
