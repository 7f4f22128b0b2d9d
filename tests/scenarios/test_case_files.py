"""Four cases as they stand in the files of stewards and courts, read at both cuts.

What the log held at a moment, and how the rally stood then with what is known today, are two
questions; each case is one where the answers differ.
"""

from __future__ import annotations

from typing import Any

import pytest

from ledger.times import parse_instant
from ledger.vocabulary import StartSlot
from tests.scenarios.test_publications import board, moved, position, publish
from tests.spec import Case, at, effect

OVERALL_ONLY: dict[str, Any] = {"applies_to": "overall", "in_start_order": False}


def test_penalties_in_a_neutralisation_2022() -> None:
    """What was done in a neutralisation counts for the overall, and for nothing on the stage.

    Given two riders who take a way around in the neutralised part, when the stewards penalise them
    in the evening, then the stage stays as it was run and tomorrow's start order with it, while
    in the overall they fall behind. Asked how it stood before noon, nobody had done anything yet.
    """
    case = Case("cross-country")
    case.enter("1", "7", "42", category="moto")
    case.times("SS1", "2016-07-09T14:00+03:00", _7="3:00:00", _42="3:02:00", _1="3:05:00")
    case.times("SS2", at("13:00"), _42="2:00:00", _7="2:01:00", _1="2:02:00")
    slots = [StartSlot(place, number) for place, number in enumerate(("42", "7", "1"), 1)]
    case.record("StartOrderPublished", at("18:00"), stage="SS3", slots=slots, document="30")
    posted = len(case.records)
    for decision, number in ((1, "7"), (2, "42")):
        penalty = effect("PenaltyGiven", amount_ms="0:10:00", **OVERALL_ONLY)
        case.decide(
            decision,
            at("12:30"),
            number=number,
            stage="SS2",
            decided_at=parse_instant(at("20:00")),
            fact="Left the track in the neutralised part.",
            effects=[penalty],
        )

    run = ["1 42 2:00:00", "2 7 2:01:00", "3 1 2:02:00"]
    assert run == case.stage("SS2") == case.stage("SS2", known_at=posted)
    as_published = ["1 42", "2 7", "3 1"]
    assert as_published == case.start_order("SS3") == case.start_order("SS3", known_at=posted)
    assert ["1 7 5:01:00", "2 42 5:02:00", "3 1 5:07:00"] == case.overall(known_at=posted)
    assert ["1 1 5:07:00", "2 7 5:11:00", "3 42 5:12:00"] == case.overall()
    assert ["1 7 3:00:00", "2 42 3:02:00", "3 1 3:05:00"] == case.overall(effective_at=at("12:00"))
    assert ["1 1 5:07:00", "2 7 5:11:00", "3 42 5:12:00"] == case.overall(effective_at=at("14:00"))
    assert ["stewards-1 in force", "stewards-2 in force"] == case.register()


def test_the_start_order_that_nobody_has_published_2022() -> None:
    """Also a start order that is drawn up after the decision leaves out what is not for it."""
    case = Case("cross-country")
    case.enter("7", "42", category="moto")
    case.times("SS1", "2016-07-09T14:00+03:00", _7="3:00:00", _42="3:02:00")
    for decision, counted in ((1, False), (2, True)):
        penalty = effect("PenaltyGiven", amount_ms="0:10:00", in_start_order=counted)
        case.decide(decision, at("12:30"), number="7", stage="SS1", effects=[penalty])
        expected = ["1 42", "2 7"] if counted else ["1 7", "2 42"]
        assert expected == case.start_order("SS2")
        assert "1 42 3:02:00" == case.stage("SS1")[0]


@pytest.fixture
def benavides() -> Case:
    """Benavides, who is the fifth rider here."""
    return a_rule_amended_after_the_fact()


def a_rule_amended_after_the_fact() -> Case:
    """Twelve riders; the fifth loses three hours for notes that he carried, and is twelfth.

    The article was amended by bulletin on the evening of that day, after the fact.
    """
    case = Case("cross-country")
    riders = [str(number) for number in range(1, 13)]
    case.enter(*riders, category="moto")
    times = {f"_{number}": f"3:{4 * int(number):02}:00" for number in riders}
    case.times("SS1", "2016-07-10T14:00+03:00", **times)
    case.record(
        "BulletinIssued",
        at("20:00"),
        bulletin="4",
        parameters={"appeals.intention_ms": 1_800_000},
        reason="Notes are forbidden from now on.",
    )
    decision = case.decide(
        7,
        at("10:00"),
        number="5",
        stage="SS1",
        decided_at=parse_instant("2016-07-11T09:00+03:00"),
        infringement="Art. 24.1 as amended by bulletin 4",
        effects=[effect("PenaltyGiven", amount_ms="3:00:00", kind="notes")],
    )
    case.record("DecisionNotified", "2016-07-11T09:00+03:00", target=decision, how="hand")
    return case


def test_a_rule_amended_after_the_fact_2019(benavides: Case) -> None:
    """Twelfth in January; quashed by the court in March, and fifth from the beginning.

    The log as it was in January keeps showing the twelfth place, and so does the classification
    that was published then: today's is another because of the appeal, and then of the court.
    """
    case = benavides
    known = len(case.records)
    publish(case, "90", "final", recorded="2016-07-11T18:00+03:00")
    decision = next(i for i, each in case.records if each.type_name() == "DecisionIssued")
    intention = "2016-07-11T09:20+03:00"
    appeal = case.record("AppealIntentionNotified", intention, target=decision, number="5")
    case.record("AppealConfirmed", "2016-07-13T09:00+03:00", target=appeal)
    before = len(case.records)
    court = case.record(
        "CourtDecisionIssued",
        "2016-09-10T12:00+03:00",
        target=decision,
        court="Court of appeal",
        case="2/2016",
        outcome="quashed",
        ruling="The article was not yet in force when the fact happened.",
    )

    assert "12 5 6:20:00" == case.overall(known_at=known)[-1]
    assert "5 5 3:20:00" == case.overall()[4]
    assert "5 5 3:20:00" == case.overall(effective_at="2016-07-12T12:00+03:00")[4]
    # The appeal suspended it from twenty past nine on: also that is told at both cuts.
    assert "5 5 3:20:00" == case.overall(known_at=before)[4]
    nine: dict[str, Any] = {"known_at": before, "effective_at": "2016-07-11T09:10+03:00"}
    assert "12 5 6:20:00" == case.overall(**nine)[-1]
    assert ["stewards-7 in force"] == case.register(known_at=known)
    assert ["stewards-7 execution suspended"] == case.register(known_at=before)
    assert ["stewards-7 quashed", "court-2/2016 in force"] == case.register()
    assert ["5 SS1 3:00:00 notes, quashed"] == case.penalties()
    assert ["90 final in force, drifted"] == board(case)
    appealed, quashed = position(case, appeal), position(case, court)
    assert f"5 12 → 5 because #{appealed} #{quashed}" == moved(case, "90")[0]


def test_the_rules_of_procedure_are_those_of_the_notification_2019(benavides: Case) -> None:
    """The bulletin also halved the time for appeals: for what was notified after it, not before."""
    case = benavides
    before = case.decide(8, at("11:00"), number="6", effects=[effect("Fine", amount=100)])
    case.record("DecisionNotified", at("19:00"), target=before)

    assert [
        "stewards-7 07-11 09:30 the time to announce an appeal ends",
        "stewards-8 20:00 the time to announce an appeal ends",
    ] == case.docket()


@pytest.fixture
def notional() -> tuple[Case, str, str]:
    """SS1 is stopped; the clerk allocates a notional time to 2, and a shorter one after SS3."""
    case = Case("cross-country")
    case.enter("1", "2")
    case.times("SS1", "2016-07-10T10:00+03:00", _1="0:12:00")
    allocated = {"number": "2", "stage": "SS1", "series": "clerk"}
    time: dict[str, Any] = {"act": "StageTimeRecorded", "basis": "notional"}
    first = case.decide(1, at("10:30"), effects=[effect(**time, elapsed_ms="0:12:06")], **allocated)
    case.times("SS2", at("12:00"), _1="0:10:00", _2="0:09:57")
    case.times("SS3", at("14:00"), _1="0:10:00", _2="0:10:03")
    revised = case.decide(
        2,
        at("10:30"),
        decided_at=parse_instant(at("15:00")),
        supersedes=first,
        effects=[effect(**time, elapsed_ms="0:11:51")],
        **allocated,
    )
    case.record("DecisionNotified", at("15:00"), target=revised, how="electronic")
    return case, first, revised


def test_notional_times_revised_2024(notional: tuple[Case, str, str]) -> None:
    """The lead changes after SS3 by a time of SS1; the board before it showed what it showed."""
    case, *_ = notional
    known = len(case.records) - 2

    assert ["1 1 0:32:00", "2 2 0:32:06"] == case.overall(known_at=known)
    assert ["1 2 0:31:51", "2 1 0:32:00"] == case.overall()
    assert ["1 2 0:11:51", "2 1 0:12:00"] == case.stage("SS1")
    # As it is known today, 2 led from the morning on.
    assert "1 2" == case.overall(effective_at=at("11:00"))[0][:3]
    assert "1 1" == case.overall(effective_at=at("11:00"), known_at=known)[0][:3]
    assert ["clerk-1 superseded by clerk-2", "clerk-2 in force"] == case.register()
    assert ["clerk-1 in force"] == case.register(known_at=known)


def test_a_protest_against_the_revised_times_2024(notional: tuple[Case, str, str]) -> None:
    """A decision of the clerk may be protested against: admissible, heard, and rejected."""
    case, _, revised = notional
    standings = case.overall()
    lodged: dict[str, Any] = {
        "number": "1",
        "grounds": "The first time was right.",
        "fee_paid": True,
    }
    protest = case.record("ProtestLodged", at("15:20"), target=revised, **lodged)
    assert [
        "clerk-1",
        "clerk-2 15:30 the time to protest ends",
        "protest of 1 lodged",
    ] == case.docket()[:3]
    case.record("ProtestDecided", at("16:00"), target=protest, outcome="admitted")
    assert "protest of 1 admitted" in case.docket()
    said = case.decide(1, at("15:20"), matter=[protest], ruling="The protest is rejected.")
    case.record("ProtestDecided", at("17:00"), target=protest, outcome="rejected", decision=said)

    assert "protest of 1 rejected" in case.docket()
    assert standings == case.overall()
    assert "protest of 1 admitted" in case.docket(effective_at=at("16:30"))
    assert ["clerk-1 superseded by clerk-2", "clerk-2 in force", "stewards-1 in force"] == (
        case.register()
    )


def test_a_protest_that_is_upheld_leads_to_a_new_decision_2024(
    notional: tuple[Case, str, str],
) -> None:
    """Had it been upheld, the stewards' decision would have put the first times back."""
    case, _, revised = notional
    protest = case.record("ProtestLodged", at("15:20"), target=revised, number="1")
    back = effect("StageTimeRecorded", basis="notional", elapsed_ms="0:12:06")
    anew = case.decide(
        1,
        at("10:30"),
        number="2",
        stage="SS1",
        supersedes=revised,
        matter=[protest],
        effects=[back],
    )
    case.record("ProtestDecided", at("17:00"), target=protest, outcome="upheld", decision=anew)

    assert "1 1" == case.overall()[0][:3]
    assert "clerk-2 superseded by stewards-1" in case.register()


@pytest.fixture
def safari() -> Case:
    """Two cars level but for SS2, on which A was held up; the clerk cancels it, and A leads."""
    case = Case("cross-country")
    case.enter("A", "B")
    case.times("SS1", "2016-07-09T12:00+03:00", _A="1:00:00", _B="1:02:00")
    case.times("SS2", at("12:00"), _A="2:10:00", _B="2:00:00")
    cancelled = effect("StageCancelled", stage="SS2")
    case.decide(1, at("13:00"), "clerk", effects=[cancelled], ruling="SS2 is cancelled.")
    return case


def test_a_cancellation_revoked_and_a_shared_win(safari: Case) -> None:
    """Cancelled: A leads. Revoked, with penalties: B leads. Penalties eased: level, and both win.

    The rules for ties would let B follow A, who was faster on SS1; the stewards disapply them.
    """
    case = safari
    cancelled = case.records[-1][0]
    moments = [len(case.records)]
    penalty = effect("PenaltyGiven", number="B", stage="SS2", amount_ms="0:05:00")
    revoked = case.decide(1, at("13:00"), effects=[penalty], supersedes=cancelled)
    moments.append(len(case.records))
    eased = effect("PenaltyGiven", number="B", stage="SS2", amount_ms="0:08:00")
    case.decide(2, at("13:00"), effects=[eased], supersedes=revoked)
    moments.append(len(case.records))
    shared = effect("TieBreakDisapplied", numbers=("A", "B"))
    case.decide(3, at("20:00"), effects=[shared], ruling="Both are winners.")

    cancelled_first, revoked_then, level = (case.overall(known_at=each) for each in moments)
    assert ["1 A 1:00:00", "2 B 1:02:00"] == cancelled_first
    assert ["1 B 3:07:00", "2 A 3:10:00"] == revoked_then
    assert ["1 A 3:10:00", "2 B 3:10:00"] == level
    assert ["1 A 3:10:00", "1 B 3:10:00"] == case.overall()
    assert ["1 A 3:10:00", "2 B 3:10:00"] == case.overall(effective_at=at("19:00"))
    assert ["1 A 3:10:00", "1 B 3:10:00"] == case.overall(effective_at=at("20:00"))
    assert [
        "clerk-1 superseded by stewards-1",
        "stewards-1 superseded by stewards-2",
        "stewards-2 in force",
        "stewards-3 in force",
    ] == case.register()


def test_a_revoked_cancellation_is_as_if_the_stage_was_never_cancelled(safari: Case) -> None:
    """Also between the cancellation and its revocation, as it is known today."""
    case = safari
    known = len(case.records)
    case.record("DecisionRescinded", at("18:00"), target=case.records[-1][0])

    noon = {"effective_at": at("14:00")}
    assert ["1 A 1:00:00", "2 B 1:02:00"] == case.overall(known_at=known, **noon)
    assert ["1 B 3:02:00", "2 A 3:10:00"] == case.overall(**noon) == case.overall()
    assert ["clerk-1 rescinded"] == case.register()
