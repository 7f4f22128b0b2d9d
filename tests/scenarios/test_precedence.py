"""Which of several records on one thing counts: a ruling outranks a report, whatever its time."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from ledger.times import parse_instant
from tests.spec import Case, at, effect

NOON, AFTERNOON, EVENING, NIGHT = (at(f"{hour}:00") for hour in (12, 16, 20, 23))


def notional(time: str, **crew: str) -> dict[str, Any]:
    """A notional time of 101 on SS2."""
    told = {"number": "101", "stage": "SS2", **crew}
    return effect("StageTimeRecorded", elapsed_ms=time, basis="notional", **told)


@pytest.fixture
def case() -> Case:
    """Two cars on three stages; on SS2 the timekeepers allocated a notional time to 101."""
    case = Case("cross-country", controls__penalties="given", overall__max_time="unfinished")
    case.enter("101", "102", "103")
    case.times("SS1", "2016-07-09T14:00+03:00", _101="1:00:00", _102="1:01:00", _103="1:02:00")
    case.times("SS2", at("14:00"), _102="1:04:00", _103="1:05:00")
    return case


def allocate(case: Case, time: str, when: str) -> None:
    """The timekeepers allocate a notional time to 101 on SS2."""
    case.record(
        "StageTimeRecorded", when, number="101", stage="SS2", elapsed_ms=time, basis="notional"
    )


def test_a_decision_revises_an_allocation_of_a_later_fact_time(case: Case) -> None:
    """The fact of the decision was at noon, the allocation is dated in the afternoon."""
    allocate(case, "2:00:00", AFTERNOON)
    case.decide(1, NOON, effects=[notional("1:00:00")], decided_at=parse_instant(EVENING))

    assert ["1 101 1:00:00", "2 102 1:04:00", "3 103 1:05:00"] == case.stage("SS2")


def test_under_a_cut_it_enters_at_its_fact_time_and_is_then_judged_the_same(case: Case) -> None:
    """At 13:00 it stands alone; at 17:00 the allocation had happened, too, and it still counts."""
    allocate(case, "2:00:00", AFTERNOON)
    case.decide(1, at("15:00"), effects=[notional("1:00:00")], decided_at=parse_instant(EVENING))

    assert ["1 102 1:04:00", "2 103 1:05:00"] == case.stage("SS2", effective_at=at("14:30"))
    for hour in ("15:30", "16:30", "23:00"):
        assert "1 101 1:00:00" in case.stage("SS2", effective_at=at(hour)), hour


def test_a_decided_time_outranks_a_report_that_the_stage_was_not_finished(case: Case) -> None:
    """A marshal reported that 101 gave the stage up; the stewards found that it had not."""
    case.record("StageNotFinished", AFTERNOON, number="101", stage="SS2")
    said = case.decide(1, NOON, effects=[notional("1:00:00")])

    assert "1 101 1:00:00" in case.stage("SS2")
    case.record("DecisionRescinded", EVENING, target=said)
    assert not any("101 1:00:00" in each for each in case.stage("SS2"))


def test_a_record_that_a_decision_chooses_outranks_an_allocation(case: Case) -> None:
    """They rule that the time of the marshal counts, not the notional one."""
    allocate(case, "2:00:00", AFTERNOON)
    marshal = case.record(
        "StageTimeRecorded", at("14:00"), "marshal", number="101", stage="SS2", elapsed_ms="1:00:00"
    )
    case.decide(1, NOON, effects=[effect("TimeDetermined", target=marshal)])

    assert "1 101 1:00:00" in case.stage("SS2")


def _rulings(case: Case) -> list[tuple[str, dict[str, Any]]]:
    """Four rulings on one time: of the clerk, twice of the stewards, and of a court."""
    clerk: dict[str, Any] = {"series": "clerk", "decision": 1, "effects": [notional("1:00:01")]}
    early: dict[str, Any] = {"series": "stewards", "decision": 1, "effects": [notional("1:00:02")]}
    late: dict[str, Any] = {"series": "stewards", "decision": 2, "effects": [notional("1:00:03")]}
    night, evening = parse_instant(NIGHT), parse_instant(EVENING)
    return [
        ("DecisionIssued", clerk | {"decided_at": night}),
        ("DecisionIssued", early | {"decided_at": evening}),
        ("DecisionIssued", late | {"decided_at": night}),
    ]


def test_the_higher_instance_counts_then_the_later_decision(case: Case) -> None:
    """In whatever order and with whatever fact times they are put on record."""
    rulings = _rulings(case)
    about = case.decide(7, NOON, number="102", stage="SS1", effects=[effect("Reprimand")])
    court: dict[str, Any] = {"target": about, "outcome": "varied", "effects": [notional("1:00:04")]}
    head = len(case.records)
    for order in permutations(range(3)):
        for place, index in enumerate(order):
            kind, said = rulings[index]
            case.record(kind, at(f"{10 + place}:00"), recorded=NIGHT, **said)
        assert "1 101 1:00:03" in case.stage("SS2"), order
        case.record("CourtDecisionIssued", at("08:00"), recorded=NIGHT, **court)
        assert "1 101 1:00:04" in case.stage("SS2"), order
        del case.records[head:]


def test_the_same_of_acts_on_a_stage(case: Case) -> None:
    """The stewards cancel SS2; that the clerk reinstates it later, alone, leaves it cancelled."""
    case.decide(1, NOON, stage="SS2", effects=[effect("StageCancelled")])
    case.record("StageReinstated", AFTERNOON, stage="SS2", role="clerk-of-the-course")
    assert [] == case.stage("SS2")

    case.decide(2, at("09:00"), stage="SS2", effects=[effect("StageReinstated")])
    assert ["1 102 1:04:00", "2 103 1:05:00"] == case.stage("SS2")


def test_the_same_of_a_place_in_the_start_order(case: Case) -> None:
    """Race direction puts 103 second; the stewards had put it first, about an earlier fact."""
    case.decide(1, NOON, number="103", stage="SS3", effects=[effect("CrewRepositioned", place=1)])
    case.record("CrewRepositioned", AFTERNOON, number="103", stage="SS3", place=2)

    assert "1 103 repositioned" == case.start_order("SS3")[0]


def test_the_same_of_a_restart(case: Case) -> None:
    """The clerk recorded that 101 may restart; the stewards, about an earlier fact, refused it."""
    case.record("RetirementReported", at("11:00"), number="101", stage="SS2", definitive=False)
    refused = effect("RestartDecided", granted=False)
    said = case.decide(1, NOON, number="101", stage="SS2", effects=[refused])
    case.record("RestartDecided", AFTERNOON, number="101", stage="SS2", granted=True)
    case.record("CrewRestarted", EVENING, number="101", stage="SS3")
    case.times("SS3", NIGHT, _101="1:00:00", _102="1:00:00", _103="1:00:00")
    assert ["101 retired SS2"] == case.unclassified()

    case.record("DecisionRescinded", NIGHT, target=said)
    assert [] == case.unclassified()


def test_the_same_of_the_time_that_is_allowed(case: Case) -> None:
    """The stewards allow two hours on SS2; race direction wrote one hour, dated later."""
    more = effect("TargetTimeChanged", max_time_ms="2:00:00")
    case.decide(1, at("07:00"), stage="SS2", effects=[more])
    case.record("TargetTimeChanged", at("08:00"), stage="SS2", max_time_ms="1:00:00")
    for number in ("102", "103"):
        case.record(
            "StageStarted", at("12:00"), number=number, stage="SS2", due_at=parse_instant(NOON)
        )

    assert ["1 102 1:04:00", "2 103 1:05:00"] == case.stage("SS2")
