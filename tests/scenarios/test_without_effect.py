"""Effects that are in force and do nothing: the dry run, the register and the check say why."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.vocabulary import DecisionIssued
from projections.comparing.preview import preview
from projections.control.check import check
from projections.desk.decisions import decisions
from tests.spec import Case, at, effect


@pytest.fixture
def case() -> Case:
    """Three cars, level with nobody after two stages; SS3 is still to come."""
    case = Case("cross-country", controls__penalties="given")
    case.enter("101", "102", "103")
    case.times("SS1", "2016-07-09T14:00+03:00", _101="1:00:00", _102="1:01:00", _103="1:02:00")
    case.times("SS2", at("14:00"), _101="1:00:00", _102="1:04:00", _103="1:05:00")
    return case


def why(case: Case) -> list[str]:
    """Why effects do nothing, by the register; the dry run and the check say the same."""
    state = case.state()
    register = [
        f"{row.series}-{row.decision}: {each.no_effect.why}"
        for row in decisions(state).rows
        for each in row.effects
        if each.no_effect is not None
    ]
    checked = [each.message for each in check(state) if each.kind == "no-effect"]
    assert len(register) == len(checked)
    assert all(any(f"because {r.partition(': ')[2]}." in c for c in checked) for r in register)
    identity, last = case.records.pop()
    if isinstance(last, DecisionIssued):
        tried = preview(case.state().facts, last)
        name = f"{last.series}-{last.decision}"
        mine = [each for each in register if each.startswith(f"{name}:")]
        assert mine == [f"{name}: {each.why}" for each in tried.without_effect]
    case.records.append((identity, last))
    return register


def test_a_time_that_a_higher_instance_outranks(case: Case) -> None:
    """The stewards allocated an hour; what the clerk decides about it later does nothing."""
    an_hour = effect("StageTimeRecorded", elapsed_ms="1:00:00", basis="notional")
    two = effect("StageTimeRecorded", elapsed_ms="2:00:00", basis="notional")
    case.decide(1, number="101", stage="SS2", effects=[an_hour])
    assert [] == why(case)
    case.decide(1, series="clerk", number="101", stage="SS2", effects=[two])
    assert ["clerk-1: stewards-1 counts instead"] == why(case)


def test_a_ruling_on_what_tells_no_time(case: Case) -> None:
    """That the entry of a crew counts says nothing about any time."""
    case.decide(1, effects=[effect("TimeDetermined", target=case.records[1][0])])
    assert ["stewards-1: that record tells no time"] == why(case)


def test_a_record_that_was_ruled_to_count_and_an_allocation_by_decision(case: Case) -> None:
    """The clerk rules that the record of SS2 counts; the stewards allocated a time."""
    record = case.records[-3][0]
    an_hour = effect("StageTimeRecorded", elapsed_ms="1:00:00", basis="notional")
    case.decide(1, number="101", stage="SS2", effects=[an_hour])
    case.decide(1, series="clerk", effects=[effect("TimeDetermined", target=record)])
    assert ["clerk-1: stewards-1 counts instead"] == why(case)


def test_a_credit_of_nothing(case: Case) -> None:
    """There is no time of 101 on SS3; on SS2 the time was allocated, and includes it."""
    credit = effect("TimeCreditGranted", amount_ms="0:01:00")
    case.decide(1, number="101", stage="SS3", effects=[credit])
    assert ["stewards-1: crew 101 has no time on SS3 that it could come off"] == why(case)
    case.record(
        "StageTimeRecorded", number="101", stage="SS2", elapsed_ms="1:00:00", basis="notional"
    )
    allocated = case.records[-1][0]
    case.decide(2, number="101", stage="SS2", effects=[credit])
    told = f"record {allocated[:10]} allocates the time, which includes it"
    assert f"stewards-2: {told}" in why(case)


def test_a_disqualification_of_who_is_disqualified_already(case: Case) -> None:
    """From SS1 on, and again from SS2 on: the later one adds nothing."""
    case.decide(1, number="101", stage="SS1", effects=[effect("CrewDisqualified")])
    case.decide(2, number="101", stage="SS2", effects=[effect("CrewDisqualified")])
    assert ["stewards-2: stewards-1 disqualifies it from SS1 on"] == why(case)


def test_the_same_of_a_crew_that_goes_on_outside(case: Case) -> None:
    """In the whole rally, and again from SS2 on."""
    case.decide(1, number="101", effects=[effect("MovedOutsideClassification")])
    case.decide(2, number="101", stage="SS2", effects=[effect("MovedOutsideClassification")])
    assert ["stewards-2: stewards-1 moves it outside in the whole rally"] == why(case)


def test_a_penalty_that_was_withdrawn(case: Case) -> None:
    """By another decision; to withdraw it once more does nothing either."""
    five = effect("PenaltyGiven", amount_ms="0:05:00")
    one = case.decide(1, number="101", stage="SS2", effects=[five])
    case.decide(2, number="101", effects=[effect("PenaltyWithdrawn", target=one)])
    case.decide(3, number="101", effects=[effect("PenaltyWithdrawn", target=one)])
    assert [
        "stewards-1: stewards-2 withdrew it",
        "stewards-3: stewards-2 took it back already",
    ] == why(case)


def test_a_place_in_a_start_order_that_hangs_on_the_board(case: Case) -> None:
    """It was published; only an amendment changes it."""
    slots = [{"place": place, "number": n} for place, n in enumerate(("101", "102", "103"), 1)]
    case.record("StartOrderPublished", stage="SS3", slots=slots, document="7")
    case.decide(1, number="103", stage="SS3", effects=[effect("CrewRepositioned", place=1)])
    (told,) = why(case)
    assert told.startswith("stewards-1: document 7 published the start order of SS3 before")
    case.record("StartOrderAmended", number="103", stage="SS3", place=1)
    assert [] == why(case)


def test_a_cancellation_that_was_revoked_and_a_shortening_under_a_stop(case: Case) -> None:
    """What race direction made of a stage: one act after the other."""
    case.decide(1, stage="SS1", effects=[effect("StageCancelled")])
    case.decide(2, stage="SS1", effects=[effect("StageReinstated")])
    case.decide(3, stage="SS1", effects=[effect("StageReinstated")])
    case.decide(4, stage="SS2", effects=[effect("StageShortened", point="CP2")])
    stopped = effect("StageStopped", point="CP1", method="last-common-point")
    case.decide(5, stage="SS2", effects=[stopped])
    assert [
        "stewards-1: stewards-2 reinstates SS1",
        "stewards-3: nothing is left to revoke on SS1",
        "stewards-4: stewards-5 made CP1 the finish",
    ] == why(case)


def test_a_cancellation_that_was_revoked_in_the_place_of_a_shortening(case: Case) -> None:
    """Without it the reinstatement would have revoked the shortening: it is not without effect."""
    case.decide(1, stage="SS1", effects=[effect("StageShortened", point="CP2")])
    case.decide(2, stage="SS1", effects=[effect("StageCancelled")])
    case.decide(3, stage="SS1", effects=[effect("StageReinstated")])
    assert [] == why(case)


def test_what_nothing_is_there_for(case: Case) -> None:
    """No tie, no restart to refuse, no control, no crew, nothing to choose."""
    case.decide(1, effects=[effect("TieBreakDisapplied", numbers=("101", "102"))])
    case.decide(2, number="101", stage="SS2", effects=[effect("RestartDecided", granted=False)])
    late = effect("DelayAllowanceGranted", number="101", control="TC9", amount_ms="0:05:00")
    case.decide(3, effects=[late])
    case.decide(4, number="777", effects=[effect("CrewDisqualified")])
    case.decide(5, effects=[effect("TimeDetermined", target="ab" * 32)])
    assert [
        "stewards-1: crews 101 and 102 are level nowhere",
        "stewards-2: no retirement of crew 101 before it is on record",
        "stewards-3: no control TC9 is scheduled",
        "stewards-4: no crew 777 is entered",
        "stewards-5: there is no such record",
    ] == why(case)


@pytest.mark.parametrize(
    "said",
    [
        effect("PenaltyGiven", amount_ms="0:05:00"),
        effect("Reprimand"),
        effect("Fine", amount=500, currency="EUR"),
        effect("TimeCreditGranted", amount_ms="0:00:00"),
    ],
)
def test_what_is_moot_or_has_its_effect_is_not_told(case: Case, said: dict[str, Any]) -> None:
    """A crew that is out, a stage that is cancelled, a reprimand, a fine, a credit of zero."""
    case.decide(1, number="101", stage="SS2", effects=[said])
    assert [] == why(case)
    case.record("StageCancelled", at("18:00"), stage="SS2")
    assert [] == why(case)
