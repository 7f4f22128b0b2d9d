"""How it stood as decided by a time: for those who have to know what was in force when.

A rally that is entered afterwards, in one evening, knows nothing at any position of its log of what
was known when; and what had happened by a time leaves out what was quashed later. Decisions enter
here at the time they were taken, and facts at theirs.
"""

from __future__ import annotations

from typing import Any

import pytest

from ledger.times import parse_instant
from ledger.vocabulary.publication import StartSlot
from projections.explain.why import why
from projections.results.standings import Scope
from projections.rules.rulebook import if_known
from projections.state.rally import RallyState
from tests.scenarios.test_case_files import a_rule_amended_after_the_fact
from tests.spec import Case, at, effect, entered_afterwards

PENALTY = effect("PenaltyGiven", amount_ms="0:10:00")


def typed_in(case: Case) -> Case:
    """The same, put on record afterwards, one after the other."""
    case.records = entered_afterwards(case.records)
    return case


@pytest.fixture
def three() -> Case:
    """Three cars on one stage that ended at noon: 101, then 102, then 103."""
    case = Case("cross-country")
    case.enter("101", "102", "103")
    case.times("SS1", at("12:00"), _101="3:00:00", _102="3:05:00", _103="3:20:00")
    return case


ON_THE_ROAD = ["1 101 3:00:00", "2 102 3:05:00", "3 103 3:20:00"]
PENALISED = ["1 102 3:05:00", "2 101 3:10:00", "3 103 3:20:00"]


def penalised(case: Case, decision: int = 7, taken: str = "20:15", **said: Any) -> str:
    """The stewards give 101 ten minutes for what was done at eleven."""
    when = parse_instant(at(taken))
    fields = {"number": "101", "stage": "SS1", "effects": [PENALTY], **said}
    return case.decide(decision, at("11:00"), decided_at=when, **fields)


@pytest.mark.parametrize("afterwards", [False, True])
def test_the_decision_of_the_evening_about_the_morning(three: Case, *, afterwards: bool) -> None:
    """Before it was taken the board stands as it did; what had happened by then already has it."""
    penalised(three)
    case = typed_in(three) if afterwards else three

    assert ON_THE_ROAD == case.overall(decided_by=at("20:14"))
    assert PENALISED == case.overall(decided_by=at("20:15"))
    assert PENALISED == case.overall(effective_at=at("20:14"))
    assert [] == case.overall(decided_by=at("10:00"))
    assert [] == case.register(decided_by=at("20:14"))
    assert ["stewards-7 in force"] == case.register(decided_by=at("20:15"))
    assert ["101 SS1 0:10:00 , in force"] == case.penalties(decided_by=at("20:15"))


def test_a_decision_that_does_not_say_when_it_was_taken(three: Case) -> None:
    """No more is known than that it was taken by the time it was recorded."""
    three.decide(7, at("11:00"), number="101", stage="SS1", effects=[PENALTY], recorded=at("21:00"))

    assert ON_THE_ROAD == three.overall(decided_by=at("20:59"))
    assert PENALISED == three.overall(decided_by=at("21:00"))


def test_a_decision_that_does_not_say_when_the_fact_was(three: Case) -> None:
    """It counts from when it was taken, however late it was typed in."""
    taken = parse_instant(at("20:15"))
    three.decide(7, number="101", stage="SS1", effects=[PENALTY], decided_at=taken)

    case = typed_in(three)
    assert ON_THE_ROAD == case.overall(decided_by=at("20:14"))
    assert PENALISED == case.overall(decided_by=at("20:15"))


@pytest.mark.parametrize("afterwards", [False, True])
def test_quashed_two_months_later_2019(*, afterwards: bool) -> None:
    """Twelfth by the decision of the eleventh of July; fifth before it, and again after the court.

    The appeal of twenty past nine suspends it in between, where the rulebook says so.
    """
    case = a_rule_amended_after_the_fact()
    decision = next(i for i, each in case.records if each.type_name() == "DecisionIssued")
    case.record("AppealIntentionNotified", "2016-07-11T09:20+03:00", target=decision, number="5")
    case.record(
        "CourtDecisionIssued",
        "2016-09-10T12:00+03:00",
        target=decision,
        case="2/2016",
        outcome="quashed",
    )
    if afterwards:
        typed_in(case)

    def of_five(day: str) -> str:
        rows = case.overall(decided_by=f"2016-{day}+03:00")
        return next(each for each in rows if " 5 " in each[:5])

    assert "5 5 3:20:00" == of_five("07-11T08:59")
    assert "12 5 6:20:00" == of_five("07-11T09:00") == of_five("07-11T09:19")
    assert "5 5 3:20:00" == of_five("07-11T09:20") == of_five("09-10T12:00")
    status = {
        "07-11T08:59": [],
        "07-11T09:10": ["stewards-7 in force"],
        "09-10T11:59": ["stewards-7 execution suspended"],
        "09-10T12:00": ["stewards-7 quashed", "court-2/2016 in force"],
    }
    for day, told in status.items():
        assert told == case.register(decided_by=f"2016-{day}+03:00")
    # What had happened by then is another question: what was quashed never counted.
    effective = case.overall(effective_at="2016-07-11T09:10+03:00")
    assert "5 5 3:20:00" in effective


def test_it_stands_until_a_court_quashes_it(three: Case) -> None:
    """An appeal that suspends nothing changes nothing; the court does when it decides."""
    case = three
    decision = penalised(case, immediate=True)
    case.record("AppealIntentionNotified", at("20:30"), target=decision, number="101")
    given = parse_instant("2016-09-10T12:00+03:00")
    said: dict[str, Any] = {"target": decision, "outcome": "quashed", "decided_at": given}
    case.record("CourtDecisionIssued", recorded="2016-10-01T09:00+03:00", **said)

    assert PENALISED == case.overall(decided_by="2016-09-10T11:59+03:00")
    assert ON_THE_ROAD == case.overall(decided_by="2016-09-10T12:00+03:00")
    assert ON_THE_ROAD == case.overall(effective_at="2016-09-10T11:59+03:00")


def test_rescinded_superseded_and_withdrawn_when_that_was_done(three: Case) -> None:
    """Each step counts from when it was taken, and what it undoes until then."""
    case = three
    first = penalised(case, 7, "18:00")
    milder = effect("PenaltyGiven", amount_ms="0:04:00")
    second = penalised(case, 8, "19:00", supersedes=first, effects=[milder])
    case.record("DecisionRescinded", at("20:00"), target=second)

    def stewards(time: str) -> list[str]:
        return case.register(decided_by=at(time))

    assert ["stewards-7 in force"] == stewards("18:30")
    assert PENALISED == case.overall(decided_by=at("18:30"))
    assert ["stewards-7 superseded by stewards-8", "stewards-8 in force"] == stewards("19:30")
    assert "1 101 3:04:00" == case.overall(decided_by=at("19:30"))[0]
    assert ["stewards-7 in force", "stewards-8 rescinded"] == stewards("20:00")

    alone = case.record("PenaltyGiven", at("13:00"), number="102", stage="SS1", amount_ms="1:00:00")
    case.record("PenaltyWithdrawn", at("17:00"), target=alone)
    assert "3 102 4:05:00" in case.overall(decided_by=at("16:59"))
    assert "2 102 3:05:00" in case.overall(decided_by=at("17:00"))
    assert "1 102 3:05:00" in case.overall(effective_at=at("16:59"))


def test_a_suspended_sanction_counts_from_when_it_was_activated(three: Case) -> None:
    """What was suspended on condition does nothing until somebody found that it came about."""
    case = three
    later = effect("PenaltyGiven", condition="good behaviour", amount_ms="0:10:00")
    decision = penalised(case, effects=[later])
    case.record("SuspensionActivated", "2016-07-11T10:00+03:00", target=decision)

    assert ON_THE_ROAD == case.overall(decided_by="2016-07-11T09:59+03:00")
    assert PENALISED == case.overall(decided_by="2016-07-11T10:00+03:00")


def test_a_bulletin_holds_from_when_it_was_issued(three: Case) -> None:
    """One that reaches back is not in force before it is there."""
    case = three
    case.record(
        "BulletinIssued",
        at("18:00"),
        bulletin="4",
        effective_at=parse_instant(at("08:00")),
        parameters={"appeals.intention_ms": 60_000},
    )
    assert 60_000 != _allowed(case.state(decided_by=at("17:59")))
    assert 60_000 == _allowed(case.state(decided_by=at("18:00")))
    assert 60_000 == _allowed(case.state(effective_at=at("17:59")))


def _allowed(state: RallyState) -> object:
    rules = state.facts.regulations.at(parse_instant(at("12:00")).ms)
    return if_known(rules.number, "appeals.intention_ms")


def test_the_first_regulations_hold_from_the_beginning() -> None:
    """Whenever they were adopted; those that replace them hold from when they were."""
    case = Case("cross-country")
    case.record("RegulationsAdopted", at("18:00"), rulebook="other", parameters={})
    assert "cross-country" == case.state(decided_by=at("17:59")).rulebook.name
    assert "other" == case.state(decided_by=at("18:00")).rulebook.name
    case.record("Voided", target=case.records[1][0])
    assert "other" == case.state(decided_by=at("17:59")).rulebook.name


def test_a_ruling_on_sources_is_made_and_a_clock_was_wrong_all_along() -> None:
    """A declaration that a source is not to be used counts from when it was made.

    That a clock was ten minutes fast is knowledge, as a correction is: it was so all the time.
    """
    case = Case("cross-country")
    case.enter("101")
    started = case.record("StageStarted", at("08:00"), "official", number="101", stage="SS1")
    case.record("PassingRecorded", at("11:00"), "gps", number="101", stage="SS1")
    case.record("PassingRecorded", at("11:20"), "beam", number="101", stage="SS1")
    case.record("SourceDeclaredUnreliable", at("18:00"), kind="beam", stage="SS1")
    assert ["1 101 3:20:00"] == case.stage("SS1", decided_by=at("17:59"))
    assert ["1 101 3:00:00"] == case.stage("SS1", decided_by=at("18:00"))
    assert ["1 101 3:00:00"] == case.stage("SS1", effective_at=at("17:59"))

    case.record("ClockOffsetDeclared", at("19:00"), kind="beam", stage="SS1", ahead_ms="0:10:00")
    assert ["1 101 3:10:00"] == case.stage("SS1", decided_by=at("17:59"))
    told = why(case.state(decided_by=at("17:59")), "101", Scope("stage", stage="SS1")).addends[0]
    assert "ClockOffsetDeclared" in [each.type for each in told.records]
    corrected = {"fact_at": (parse_instant(at("08:05")).ms, 180)}
    case.record("Corrected", at("20:00"), target=started, changes=corrected)
    assert ["1 101 3:05:00"] == case.stage("SS1", decided_by=at("17:59"))
    assert ["1 101 2:55:00"] == case.stage("SS1", decided_by=at("18:00"))


def test_a_retirement_that_was_retracted_and_a_sheet_that_was_taken_down(three: Case) -> None:
    """Out from the report to the retraction; a document hangs until it is withdrawn."""
    case = three
    out = case.record("RetirementReported", at("13:00"), number="103", stage="SS2")
    case.record("RetirementRetracted", at("15:00"), target=out)
    assert ["103 retired SS2"] == case.retired(decided_by=at("14:59"))
    assert [] == case.retired(decided_by=at("15:00"))
    assert [] == case.retired(effective_at=at("14:59"))

    slots = [StartSlot(place, number) for place, number in enumerate(("102", "101"), 1)]
    posted: dict[str, Any] = {"stage": "SS2", "slots": slots, "document": "30"}
    order = case.record("StartOrderPublished", at("18:00"), **posted)
    case.record("PublicationWithdrawn", at("20:00"), target=order)
    assert ["1 101", "2 102", "3 103"] == case.start_order("SS2", decided_by=at("17:59"))
    assert ["1 102", "2 101"] == case.start_order("SS2", decided_by=at("19:59"))
    assert ["1 101", "2 102", "3 103"] == case.start_order("SS2", decided_by=at("20:00"))
