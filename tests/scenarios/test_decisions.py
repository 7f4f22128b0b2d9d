"""Decisions of the clerk and the stewards, and what becomes of them before any court."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.times import parse_instant
from projections.desk.decisions import decisions
from tests.spec import Case, at, effect

TEN = effect("PenaltyGiven", amount_ms="0:10:00")
EVENING = at("20:00")


@pytest.fixture
def case() -> Case:
    """Two cars, five minutes apart after two stages."""
    case = Case("cross-country")
    case.enter("101", "102")
    case.times("SS1", "2016-07-09T14:00+03:00", _101="1:00:00", _102="1:01:00")
    case.times("SS2", at("14:00"), _101="1:00:00", _102="1:04:00")
    return case


def test_a_decision_counts_as_its_acts_do(case: Case) -> None:
    """A penalty, a credit and a fine by one decision, from the time of the fact on."""
    credit = effect("TimeCreditGranted", number="102", stage="SS1", amount_ms="0:00:40")
    fine = effect("Fine", amount=500, currency="EUR")
    case.decide(1, at("12:00"), number="101", stage="SS2", effects=[TEN, credit, fine])

    assert ["1 102 2:04:20", "2 101 2:10:00"] == case.overall()
    assert ["1 101 1:00:00", "2 102 1:01:00"] == case.overall(effective_at=at("11:59"))
    assert ["1 102 1:04:00", "2 101 1:10:00"] == case.stage("SS2")
    assert ["1 101 2:00:00", "2 102 2:05:00"] == case.overall(known_at=len(case.records) - 1)
    assert [
        "stewards-1 PenaltyGiven in force",
        "stewards-1 TimeCreditGranted in force",
        "stewards-1 Fine in force",
    ] == case.effects()


def test_one_decision_for_several_crews(case: Case) -> None:
    """SS3 is stopped: one decision allocates times to both, and penalises one of them twice."""
    allocated = [
        effect("StageTimeRecorded", number=number, elapsed_ms=elapsed, basis="notional")
        for number, elapsed in (("101", "2:00:00"), ("102", "1:50:00"))
    ]
    twice = [
        effect("PenaltyGiven", number="102", amount_ms=amount, kind=kind)
        for amount, kind in (("0:01:00", "speed"), ("0:02:00", "waypoint"))
    ]
    said = case.decide(1, at("16:00"), "clerk", stage="SS3", effects=[*allocated, *twice])

    assert ["1 102 1:53:00", "2 101 2:00:00"] == case.stage("SS3")
    assert ["1 102 3:58:00", "2 101 4:00:00"] == case.overall()
    assert ["102 SS3 0:01:00 speed, in force", "102 SS3 0:02:00 waypoint, in force"] == (
        case.penalties()
    )
    case.record("DecisionRescinded", EVENING, target=said)
    assert [] == case.stage("SS3")
    assert ["102 SS3 0:01:00 speed, rescinded", "102 SS3 0:02:00 waypoint, rescinded"] == (
        case.penalties()
    )


def test_a_decision_whose_fact_has_no_time_counts_from_its_record_on(case: Case) -> None:
    """Where nobody says when the fact was, it had happened when the decision was put on record."""
    crew: dict[str, Any] = {"number": "101", "stage": "SS2", "effects": [TEN]}
    case.decide(1, recorded=at("18:00"), **crew)

    assert ["1 101 2:00:00", "2 102 2:05:00"] == case.overall(effective_at=at("17:00"))
    assert ["1 102 2:05:00", "2 101 2:10:00"] == case.overall(effective_at=at("18:00"))


def test_an_effect_that_cannot_take_place_stands_in_the_register(case: Case) -> None:
    """What another program wrote and nobody can carry out is shown, and moves nobody."""
    odd = [effect("PenaltyGiven", nonsense=1), effect("Banishment"), effect("PenaltyGiven")]
    case.decide(1, at("12:00"), number="101", effects=odd)

    assert ["1 101 2:00:00", "2 102 2:05:00"] == case.overall()
    assert [
        "stewards-1 PenaltyGiven without effect",
        "stewards-1 Banishment without effect",
        "stewards-1 PenaltyGiven without effect",
    ] == case.effects()


@pytest.fixture
def reviewed(case: Case) -> tuple[Case, str, str]:
    """102 was given back forty seconds by decision 5; 101 petitions for a review of it."""
    credit = effect("TimeCreditGranted", amount_ms="0:00:40", kind="delay")
    five = case.decide(5, at("12:00"), number="102", stage="SS2", effects=[credit])
    case.record("DecisionNotified", at("18:00"), target=five)
    new: dict[str, Any] = {"new_element": "a film from the helicopter", "deposit_paid": True}
    petition = case.record("ReviewPetitioned", EVENING, target=five, number="101", **new)
    return case, five, petition


def test_a_review_that_leaves_the_decision_unaltered(reviewed: tuple[Case, str, str]) -> None:
    """Decision 9 says that 5 remains: nobody moves, and the petition is closed."""
    case, _, petition = reviewed
    assert "review of 101 lodged" in case.docket()
    case.record("ReviewDecided", at("20:30"), target=petition, outcome="admitted")
    assert "review of 101 admitted" in case.docket()
    nine = case.decide(9, at("12:00"), matter=[petition], ruling="Decision 5 remains, unaltered.")
    case.record("ReviewDecided", at("21:00"), target=petition, outcome="unaltered", decision=nine)

    assert ["1 101 2:00:00", "2 102 2:04:20"] == case.overall()
    assert "review of 101 unaltered" in case.docket()
    assert "review of 101 admitted" in case.docket(effective_at=at("20:45"))
    assert "review of 101 lodged" in case.docket(effective_at=at("20:15"))
    assert ["stewards-5 in force", "stewards-9 in force"] == case.register()
    assert not [
        line for line in case.due(at("22:00")) if "review of" in line and "petition" in line
    ]


def test_a_review_that_replaces_ten_minutes_by_a_fine(case: Case) -> None:
    """Decision 9 supersedes 5 from the beginning: the penalty counts as never given."""
    five = case.decide(5, at("12:00"), number="101", stage="SS2", effects=[TEN])
    known = len(case.records)
    fine = [effect("Fine", amount=1000, currency="EUR")]
    case.decide(9, at("12:00"), number="101", stage="SS2", supersedes=five, effects=fine)

    assert ["1 102 2:05:00", "2 101 2:10:00"] == case.overall(known_at=known)
    assert ["1 101 2:00:00", "2 102 2:05:00"] == case.overall()
    assert "1 101 2:00:00" == case.overall(effective_at=at("15:00"))[0]
    assert ["stewards-5 superseded by stewards-9", "stewards-9 in force"] == case.register()
    assert ["101 SS2 0:10:00, superseded"] == [p.replace(" ,", ",") for p in case.penalties()]


def test_a_decision_that_supersedes_from_a_stage_on(case: Case) -> None:
    """What it did before that stage stands; from there on the new decision holds."""
    both = [effect("PenaltyGiven", amount_ms="0:10:00", stage=each) for each in ("SS1", "SS2")]
    road = effect("PenaltyGiven", amount_ms="0:01:00", applies_to="overall")
    one = case.decide(1, at("12:00"), number="101", effects=[*both, road])
    assert "2 101 2:21:00" == case.overall()[1]
    two = [effect("PenaltyGiven", amount_ms="0:02:00", stage="SS2")]
    new: dict[str, Any] = {
        "supersedes": one,
        "supersedes_from": "SS2",
        "number": "101",
        "effects": two,
    }
    case.decide(2, at("12:00"), **new)

    assert ["1 102 2:05:00", "2 101 2:12:00"] == case.overall()
    assert [
        "stewards-1 PenaltyGiven in force",
        "stewards-1 PenaltyGiven superseded",
        "stewards-1 PenaltyGiven superseded",
        "stewards-2 PenaltyGiven in force",
    ] == case.effects()


def test_a_suspended_sanction_is_not_brought_to_life_by_a_superseding(case: Case) -> None:
    """What lies before the stage stands as it stood: on its condition, or kept back by an order."""
    earlier = effect("PenaltyGiven", condition="no second time", stage="SS1", amount_ms="0:10:00")
    one = case.decide(1, at("12:00"), number="101", effects=[earlier])
    case.decide(2, at("12:00"), supersedes=one, supersedes_from="SS2")
    assert ["stewards-1 PenaltyGiven suspended on condition"] == case.effects()

    kept = effect("PenaltyGiven", stage="SS1", amount_ms="0:10:00")
    three = case.decide(3, at("12:00"), number="101", effects=[kept])
    case.record("ExecutionSuspended", EVENING, target=three)
    case.decide(4, at("12:00"), supersedes=three, supersedes_from="SS2")

    assert "stewards-3 PenaltyGiven execution suspended" in case.effects()
    assert ["1 101 2:00:00", "2 102 2:05:00"] == case.overall()


def test_two_decisions_claim_to_supersede_one(case: Case) -> None:
    """A fork: decision 3 stands until a ruling says which of the two takes its place.

    Neither of them does anything before, and the one that was not chosen never does.
    """
    three = case.decide(3, at("12:00"), number="101", stage="SS2", effects=[TEN])
    crew: dict[str, Any] = {"number": "101", "stage": "SS2", "supersedes": three}
    one_hour = effect("PenaltyGiven", amount_ms="1:00:00")
    seven = case.decide(7, at("12:00"), effects=[one_hour], **crew)
    alone = len(case.records)
    case.decide(8, at("12:00"), effects=[effect("Reprimand")], **crew)
    forked = len(case.records)

    assert "2 101 3:00:00" == case.overall(known_at=alone)[1]
    assert ["1 102 2:05:00", "2 101 2:10:00"] == case.overall()
    assert ["stewards-3 in force", "stewards-7 contested", "stewards-8 contested"] == (
        case.register()
    )
    claim = "claims to supersede stewards-3, and is not the only one"
    assert [f"due stewards-{n}: {claim}" for n in (7, 8)] == [
        line for line in case.due() if "claims" in line
    ]
    ruling = case.record("SupersedingDetermined", EVENING, target=three, heir=seven)

    assert "2 101 3:00:00" == case.overall()[1]
    assert "2 101 3:00:00" == case.overall(effective_at=at("15:00"))[1]
    assert "2 101 2:10:00" == case.overall(known_at=forked)[1]
    assert [
        "stewards-3 superseded by stewards-7",
        "stewards-7 in force",
        "stewards-8 set aside",
    ] == case.register()
    case.record("Corrected", at("21:00"), target=ruling, changes={"heir": ""})
    assert ["stewards-3 in force", "stewards-7 set aside", "stewards-8 set aside"] == (
        case.register()
    )
    assert not [line for line in case.due() if "claims" in line]


def test_a_fork_ends_when_one_claim_falls(case: Case) -> None:
    """Of two decisions that claim a third, one is rescinded: the other supersedes it."""
    three = case.decide(3, at("12:00"), number="101", stage="SS2", effects=[TEN])
    heirs = [case.decide(n, at("12:00"), supersedes=three) for n in (7, 8)]
    case.record("DecisionRescinded", EVENING, target=heirs[0])

    assert ["1 101 2:00:00", "2 102 2:05:00"] == case.overall()
    assert [
        "stewards-3 superseded by stewards-8",
        "stewards-7 rescinded",
        "stewards-8 in force",
    ] == case.register()


def test_who_falls_gives_back_what_it_superseded(case: Case) -> None:
    """The new decision is rescinded: the old one is in force again, as it was."""
    one = case.decide(1, at("12:00"), number="101", stage="SS2", effects=[TEN])
    two = case.decide(2, at("12:00"), supersedes=one)
    assert "1 101 2:00:00" == case.overall()[0]
    case.record("DecisionRescinded", EVENING, target=two)

    assert "2 101 2:10:00" == case.overall()[1]
    assert ["stewards-1 in force", "stewards-2 rescinded"] == case.register()


@pytest.fixture
def suspended(case: Case) -> tuple[Case, str]:
    """101 is disqualified on condition: no second breach of the kind before the twelfth."""
    condition = "no further breach of a similar nature"
    until = "2016-07-12T00:00+03:00"
    out = effect("CrewDisqualified", condition=condition, until=until)
    first = case.decide(1, "2016-07-09T12:00+03:00", number="101", effects=[out])
    return case, first


def test_a_suspended_disqualification_is_activated(suspended: tuple[Case, str]) -> None:
    """A second breach on SS2: out from there on, by a decision of its own that found it."""
    case, first = suspended
    assert ["stewards-1 CrewDisqualified suspended on condition"] == case.effects()
    ahead = "07-12 00:00 ahead stewards-1: the suspended sanction lapses"
    assert ahead in case.due(at("12:00"))
    known = len(case.records)
    breach = case.decide(2, at("13:00"), number="101", stage="SS2", fact="Again.")
    activated: dict[str, Any] = {
        "target": first,
        "number": "101",
        "stage": "SS2",
        "decision": breach,
    }
    case.record("SuspensionActivated", EVENING, **activated)

    assert ["1 102 2:05:00"] == case.overall()
    assert ["101 disqualified SS2"] == case.unclassified()
    assert ["1 101 1:00:00", "2 102 1:01:00"] == case.overall("SS1")
    assert "1 101 2:00:00" == case.overall(known_at=known)[0]
    assert "1 101 2:00:00" == case.overall(effective_at=at("19:00"))[0]
    assert ["1 102 2:05:00"] == case.overall(effective_at=EVENING)
    assert ["stewards-1 CrewDisqualified in force"] == case.effects()


def test_the_finding_falls_and_the_activation_with_it(suspended: tuple[Case, str]) -> None:
    """A court quashes the decision that found the second breach: the sanction waits again."""
    case, first = suspended
    breach = case.decide(2, at("13:00"), number="101", stage="SS2")
    found: dict[str, Any] = {"target": first, "number": "101", "stage": "SS2", "decision": breach}
    case.record("SuspensionActivated", EVENING, **found)
    known = len(case.records)
    case.record("CourtDecisionIssued", at("22:00"), target=breach, outcome="quashed")

    assert ["1 102 2:05:00"] == case.overall(known_at=known)
    assert ["1 101 2:00:00", "2 102 2:05:00"] == case.overall()
    assert ["stewards-1 CrewDisqualified suspended on condition"] == case.effects()


def test_a_suspended_sanction_lapses(suspended: tuple[Case, str]) -> None:
    """Its time is over: that is put on record, and nothing can activate it any more."""
    case, first = suspended
    over = "07-12 00:00 over stewards-1: the suspended sanction lapses"
    assert over in case.due("2016-07-12T08:00+03:00")
    case.record("SuspensionLapsed", "2016-07-12T08:00+03:00", target=first)

    assert ["stewards-1 CrewDisqualified suspension lapsed"] == case.effects()
    assert not [line for line in case.due("2016-07-12T09:00+03:00") if "lapses" in line]
    assert ["1 101 2:00:00", "2 102 2:05:00"] == case.overall()


def test_what_lapsed_without_a_date_is_not_activated_any_more(case: Case) -> None:
    """A sanction on a condition without an end: whoever lifts it, lifts it for good."""
    out = effect("CrewDisqualified", condition="no further breach")
    first = case.decide(1, "2016-07-09T12:00+03:00", number="101", effects=[out])
    case.record("SuspensionLapsed", at("10:00"), target=first)
    case.record("SuspensionActivated", at("12:00"), target=first)

    assert ["stewards-1 CrewDisqualified suspension lapsed"] == case.effects()
    assert "1 101 2:00:00" == case.overall()[0]


def test_a_lapse_that_is_found_too_early_is_none(suspended: tuple[Case, str]) -> None:
    """The time still runs: the finding stands on record, and a later one counts."""
    case, first = suspended
    case.record("SuspensionLapsed", at("10:00"), target=first)
    assert ["stewards-1 CrewDisqualified suspended on condition"] == case.effects()
    case.record("SuspensionLapsed", "2016-07-12T10:00+03:00", target=first)

    assert ["stewards-1 CrewDisqualified suspension lapsed"] == case.effects()


def test_an_activation_that_comes_too_late_is_none(suspended: tuple[Case, str]) -> None:
    """The breach of the thirteenth does not bring about what ended with the twelfth."""
    case, first = suspended
    case.record("SuspensionActivated", "2016-07-13T12:00+03:00", target=first)

    assert ["stewards-1 CrewDisqualified suspension lapsed"] == case.effects()
    assert ["1 101 2:00:00", "2 102 2:05:00"] == case.overall()


def test_a_stop_to_assist_and_the_stage_winner(case: Case) -> None:
    """A credit by decision makes 102 the winner of SS2 in the evening; then it is revoked."""
    help_: dict[str, Any] = {"amount_ms": "0:14:13", "kind": "assistance", "helped": "101"}
    credit = effect("TimeCreditGranted", **help_)
    one = case.decide(1, at("13:00"), "clerk", number="102", stage="SS2", effects=[credit])
    granted = len(case.records)
    case.decide(2, at("13:00"), "clerk", supersedes=one, ruling="Nobody was helped.")

    assert ["1 101 1:00:00", "2 102 1:04:00"] == case.stage("SS2")
    assert ["1 102 0:49:47", "2 101 1:00:00"] == case.stage("SS2", known_at=granted)
    assert ["1 101 1:00:00", "2 102 1:04:00"] == case.stage("SS2", effective_at=EVENING)
    assert ["clerk-1 superseded by clerk-2", "clerk-2 in force"] == case.register()


def test_a_credit_that_was_recorded_alone_is_revoked_by_decision(case: Case) -> None:
    """The revocation is an effect: it works from the beginning, and falls with the decision."""
    given = {"number": "102", "stage": "SS2", "amount_ms": "0:14:13"}
    credit = case.record("TimeCreditGranted", at("16:00"), **given)
    assert "1 102 0:49:47" == case.stage("SS2")[0]
    revoked = effect("TimeCreditRevoked", target=credit)
    decision = case.decide(1, EVENING, effects=[revoked], number="102")
    assert "1 101 1:00:00" == case.stage("SS2")[0]
    assert "1 101 1:00:00" == case.stage("SS2", effective_at=at("19:00"))[0]
    case.record("DecisionRescinded", at("21:00"), target=decision)

    assert "1 102 0:49:47" == case.stage("SS2")[0]


def test_a_dead_heat_by_decision(case: Case) -> None:
    """Level at the end: the rules for ties put 101 first; by decision the two share the win."""
    five = effect("PenaltyGiven", amount_ms="0:05:00", applies_to="overall")
    case.decide(1, at("12:00"), number="101", effects=[five])
    assert ["1 101 2:05:00", "2 102 2:05:00"] == case.overall()
    shared = effect("TieBreakDisapplied", numbers=("101", "102"))
    decision = case.decide(2, EVENING, effects=[shared])
    assert ["1 101 2:05:00", "1 102 2:05:00"] == case.overall()
    assert ["1 101 2:05:00", "2 102 2:05:00"] == case.overall(effective_at=at("19:00"))
    case.record("CourtDecisionIssued", at("22:00"), target=decision, outcome="quashed")

    assert ["1 101 2:05:00", "2 102 2:05:00"] == case.overall()


def test_a_rule_amended_during_the_rally_and_the_decisions_by_it() -> None:
    """An appeal is open for an hour; from Sunday noon on, half an hour: by when it was notified.

    Both decisions are appealed against after forty minutes: one in time, the other too late.
    """
    case = Case("cross-country")
    case.enter("101", "102")
    case.times("SS1", "2016-07-09T14:00+03:00", _101="1:00:00", _102="1:01:00")
    rules = {"appeals.intention_ms": 1_800_000}
    case.record("BulletinIssued", at("12:00"), bulletin="3", parameters=rules)
    for decision, (number, hour) in enumerate((("101", "11"), ("102", "13")), 1):
        said = case.decide(decision, at("10:00"), number=number, stage="SS1", effects=[TEN])
        case.record("DecisionNotified", at(f"{hour}:00"), target=said)
        appeal = {"target": said, "number": number}
        case.record("AppealIntentionNotified", at(f"{hour}:40"), **appeal)

    assert ["appeal of 101 announced", "appeal of 102 announced, it was announced too late"] == [
        line for line in case.docket() if line.startswith("appeal")
    ]
    assert ["1 101 1:00:00", "2 102 1:11:00"] == case.overall()


def test_what_the_signers_saw_stays_in_the_register(case: Case) -> None:
    """A decision keeps the basis that was on the screen, whatever is known later."""
    moves = [{"number": "101", "place": [1, 2], "total_ms": [7_200_000, 7_800_000]}]
    seen: dict[str, Any] = {
        "position": len(case.records),
        "rulebook": "cross-country",
        "moves": moves,
    }
    case.decide(1, at("12:00"), number="101", stage="SS2", effects=[TEN], seen=seen)
    case.record("StageCancelled", EVENING, stage="SS2")
    case.record("ExhibitBound", target=case.records[-2][0], digest="a" * 64, title="Photo")
    (row,) = decisions(case.state()).rows

    assert row.seen is not None
    assert (seen["position"], "cross-country", (1, 2)) == (
        row.seen.position,
        row.seen.rulebook,
        row.seen.moves[0].place,
    )
    assert ("Photo",) == row.exhibits
    assert parse_instant(at("12:00")).iso() == row.fact_at
