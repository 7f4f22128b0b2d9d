"""Appeals: in time or not, what they suspend until when, and what courts make of decisions."""

from __future__ import annotations

from typing import Any

import pytest

from projections.desk.decisions import decisions
from tests.spec import Case, at, effect

HOUR = effect("PenaltyGiven", amount_ms="1:00:00")
GIVEN = ["1 102 2:05:00", "2 101 3:00:00"]
"""The overall with the penalty of an hour."""
NOT_GIVEN = ["1 101 2:00:00", "2 102 2:05:00"]
"""The overall without it."""
DECIDED, FILED, CONFIRMED, COURT = at("18:00"), at("18:58"), at("21:00"), "2016-09-01T12:00+03:00"


def decided(**said: Any) -> tuple[Case, str]:
    """101 is given an hour for a fact at noon; it is notified at six in the evening."""
    rules = said.pop("rules", {})
    case = Case("cross-country", **rules)
    case.enter("101", "102")
    case.times("SS1", "2016-07-09T14:00+03:00", _101="1:00:00", _102="1:01:00")
    case.times("SS2", at("14:00"), _101="1:00:00", _102="1:04:00")
    said = {"number": "101", "stage": "SS2", "effects": [HOUR], **said}
    decision = case.decide(1, at("12:00"), **said)
    case.record("DecisionNotified", DECIDED, target=decision, how="hand")
    return case, decision


@pytest.fixture
def appealed() -> tuple[Case, str, str]:
    """101 announces an appeal at 58 minutes."""
    case, decision = decided()
    appeal = case.record("AppealIntentionNotified", FILED, target=decision, number="101")
    return case, decision, appeal


def appeal_of(case: Case, **cut: Any) -> str:
    """What the docket says of the appeal."""
    return next(line for line in case.docket(**cut) if line.startswith("appeal"))


def test_an_appeal_in_time_suspends_the_decision(appealed: tuple[Case, str, str]) -> None:
    """From its announcement on, and not before: that the penalty stood until then stays true."""
    case, *_ = appealed

    assert NOT_GIVEN == case.overall()
    assert GIVEN == case.overall(known_at=len(case.records) - 1)
    assert GIVEN == case.overall(effective_at=at("18:57"))
    assert NOT_GIVEN == case.overall(effective_at=FILED)
    assert ["stewards-1 execution suspended"] == case.register()
    assert ["101 SS2 1:00:00 , execution suspended"] == case.penalties()
    assert ("penalty-suspended",) == case.flags("101") == case.flags("101", "SS2")
    assert () == case.flags("102")


def test_an_appeal_lapses(appealed: tuple[Case, str, str]) -> None:
    """Nobody confirms it within the limit: that is found, and the penalty is in force again."""
    case, _, appeal = appealed
    ahead = "07-14 18:58 ahead appeal against stewards-1: has to be confirmed"
    assert ahead in case.due(at("20:00"))
    over = "07-14 18:58 over appeal against stewards-1: was not confirmed"
    assert over in case.due("2016-07-14T19:00+03:00")
    assert NOT_GIVEN == case.overall()  # the time is over, and nothing has changed by itself
    case.record("AppealLapsed", "2016-07-14T19:10+03:00", target=appeal)

    assert GIVEN == case.overall()
    assert NOT_GIVEN == case.overall(effective_at="2016-07-14T19:00+03:00")
    assert NOT_GIVEN == case.overall(known_at=len(case.records) - 1)
    assert GIVEN == case.overall(effective_at=at("18:30"))
    assert "appeal of 101 lapsed" == appeal_of(case)
    assert ["stewards-1 in force"] == case.register()
    assert () == case.flags("101")


def test_a_lapse_before_its_time_is_none(appealed: tuple[Case, str, str]) -> None:
    """Who finds a lapse while the time to confirm still runs has found nothing."""
    case, _, appeal = appealed
    case.record("AppealLapsed", at("22:00"), target=appeal)

    assert NOT_GIVEN == case.overall()
    assert "appeal of 101 announced" == appeal_of(case)


def test_a_confirmed_appeal_does_not_lapse(appealed: tuple[Case, str, str]) -> None:
    """It was confirmed in time: whatever is found later, it waits for the court."""
    case, _, appeal = appealed
    case.record("AppealConfirmed", CONFIRMED, target=appeal)
    case.record("AppealLapsed", "2016-07-20T12:00+03:00", target=appeal)

    assert NOT_GIVEN == case.overall()
    assert "appeal of 101 confirmed" == appeal_of(case)
    assert "due appeal against stewards-1: is before the court" in case.due(
        "2016-07-20T13:00+03:00"
    )


def test_a_confirmation_that_comes_too_late(appealed: tuple[Case, str, str]) -> None:
    """It is on record, and late; the suspension lasts until somebody finds the lapse."""
    case, _, appeal = appealed
    case.record("AppealConfirmed", "2016-07-14T19:00+03:00", target=appeal)
    late = "due appeal against stewards-1: is before the court (it was confirmed too late)"
    assert late in case.due("2016-07-14T20:00+03:00")
    assert NOT_GIVEN == case.overall()
    case.record("AppealLapsed", "2016-07-14T20:00+03:00", target=appeal)

    assert GIVEN == case.overall()


def test_the_docket_tells_what_ends_next(appealed: tuple[Case, str, str]) -> None:
    """Who appealed need not do so again, but confirm; against what was quashed nothing runs."""
    case, decision, _ = appealed
    known = len(case.records) - 1
    announce = "stewards-1 19:00 the time to announce an appeal ends"
    assert announce == case.docket(at("18:10"), known_at=known)[0]
    assert announce not in case.docket(at("18:59"))
    case.record("CompetitionEnded", at("18:00"))
    assert "stewards-1 07-14 18:00 the time to petition for a review ends" in case.docket()
    confirm = "stewards-1 07-14 18:58 an announced appeal has to be confirmed"
    assert confirm in case.docket("2016-07-14T18:30+03:00")
    case.record("CourtDecisionIssued", at("23:00"), target=decision, outcome="quashed")

    assert "stewards-1" in case.docket()
    assert not [line for line in case.due() if "stewards-1" in line]


def test_an_appeal_that_is_withdrawn(appealed: tuple[Case, str, str]) -> None:
    """The suspension ends with the withdrawal."""
    case, _, appeal = appealed
    case.record("AppealWithdrawn", CONFIRMED, target=appeal)

    assert GIVEN == case.overall()
    assert NOT_GIVEN == case.overall(effective_at=at("20:00"))
    assert "appeal of 101 withdrawn" == appeal_of(case)


def test_an_inadmissible_appeal() -> None:
    """Announced after sixty-one minutes: it is on record, suspends nothing, and is found late."""
    case, decision = decided()
    appeal = case.record("AppealIntentionNotified", at("19:01"), target=decision, number="101")

    assert GIVEN == case.overall() == case.overall(effective_at=at("20:00"))
    assert "appeal of 101 announced, it was announced too late" == appeal_of(case)
    waits = "due appeal against stewards-1: is inadmissible: it was announced too late"
    assert waits in case.due(at("20:00"))
    case.record("AppealLapsed", at("20:30"), target=appeal)
    assert "appeal of 101 lapsed, it was announced too late" == appeal_of(case)
    assert ["stewards-1 in force"] == case.register()
    assert () == case.flags("101")


def test_to_the_minute_in_time() -> None:
    """The last instant of the hour is in time."""
    case, decision = decided()
    case.record("AppealIntentionNotified", at("19:00"), target=decision, number="101")

    assert NOT_GIVEN == case.overall()


def test_what_is_posted_first_is_notified_by_that() -> None:
    """The time runs from the notice board, where the decision hung there before it was handed."""
    case, decision = decided()
    posted: dict[str, Any] = {
        "document": "12",
        "title": "Decision 1",
        "kind": "decision",
        "about": decision,
    }
    case.record("DocumentPosted", at("17:30"), **posted)
    case.record("AppealIntentionNotified", at("18:45"), target=decision, number="101")

    assert GIVEN == case.overall()


def test_nobody_was_told_so_no_time_runs() -> None:
    """An appeal against a decision that was never notified is in time."""
    case, decision = decided()
    told = case.records[-1][0]
    case.record("Voided", at("18:10"), target=told)
    assert "due stewards-1: has to be notified" in case.due(at("23:00"))
    case.record("AppealIntentionNotified", at("23:30"), target=decision, number="101")

    assert NOT_GIVEN == case.overall()


@pytest.mark.parametrize(
    ("said", "why_not"),
    [
        ({"immediate": True}, ""),
        ({"rules": {"appeals__suspensive": False}}, ""),
        ({"appealable": False}, ", the decision is not open to appeal"),
        (
            {"rules": {"appeals__not_appealable": ("PenaltyGiven",)}},
            ", the decision is not open to appeal",
        ),
    ],
)
def test_appeals_that_suspend_nothing(said: dict[str, Any], why_not: str) -> None:
    """Immediately enforceable, not suspensive by the rules, or against what is not appealable."""
    case, decision = decided(**said)
    case.record("AppealIntentionNotified", FILED, target=decision, number="101")

    assert GIVEN == case.overall()
    assert ["stewards-1 in force"] == case.register()
    assert f"appeal of 101 announced{why_not}" == appeal_of(case)
    opens = "19:00 ahead stewards-1: an appeal may be announced"
    assert (opens in case.due(at("18:30"))) == (not why_not)


def test_one_effect_that_is_appealable_is_enough() -> None:
    """No appeal against a penalty of time alone; with a disqualification beside it, there is."""
    out = effect("CrewDisqualified")
    closed = {"appeals__not_appealable": ("PenaltyGiven",)}
    case, decision = decided(rules=closed, effects=[HOUR, out])
    assert ["1 102 2:05:00"] == case.overall()
    case.record("AppealIntentionNotified", FILED, target=decision, number="101")

    assert NOT_GIVEN == case.overall()


def test_execution_is_suspended_and_resumed_by_order() -> None:
    """Where the rules don't suspend, the stewards may; what they suspended, they resume."""
    case, decision = decided(immediate=True)
    case.record("ExecutionSuspended", at("19:00"), target=decision)
    assert NOT_GIVEN == case.overall()
    case.record("ExecutionResumed", at("21:00"), target=decision)

    assert GIVEN == case.overall()
    assert NOT_GIVEN == case.overall(effective_at=at("20:00"))
    assert GIVEN == case.overall(effective_at=at("18:30"))


def test_an_order_outlasts_the_appeal(appealed: tuple[Case, str, str]) -> None:
    """Suspended by order as well: when the court has upheld the decision, somebody has to resume.

    Until that is on record nothing changes by itself, and the list of the desk says what waits.
    """
    case, decision, _ = appealed
    waits = "due stewards-1: is suspended, and no appeal is open"
    case.record("ExecutionSuspended", at("19:30"), target=decision)
    assert waits not in case.due(at("20:00"))
    case.record("CourtDecisionIssued", COURT, target=decision, outcome="upheld")
    assert NOT_GIVEN == case.overall()
    assert waits in case.due(COURT)
    case.record("ExecutionResumed", COURT, target=decision)

    assert GIVEN == case.overall()
    assert waits not in case.due(COURT)


def test_execution_is_resumed_in_spite_of_an_appeal(appealed: tuple[Case, str, str]) -> None:
    """An order to carry it out all the same ends the suspension by the appeals before it."""
    case, decision, _ = appealed
    case.record("ExecutionResumed", at("20:00"), target=decision)
    assert GIVEN == case.overall()
    assert NOT_GIVEN == case.overall(effective_at=at("19:30"))
    case.record("ExecutionSuspended", at("21:00"), target=decision)

    assert NOT_GIVEN == case.overall()


def test_the_court_quashes(appealed: tuple[Case, str, str]) -> None:
    """From the beginning: also at seven in the evening nothing had been decided, as known today."""
    case, decision, appeal = appealed
    case.record("AppealConfirmed", CONFIRMED, target=appeal)
    known = len(case.records)
    case.record("CourtDecisionIssued", COURT, target=decision, outcome="quashed", court="Court")

    assert NOT_GIVEN == case.overall()
    assert NOT_GIVEN == case.overall(effective_at=at("18:30"))
    assert GIVEN == case.overall(effective_at=at("18:30"), known_at=known)
    assert ["stewards-1 quashed", "court in force"] == case.register()
    assert "appeal of 101 quashed" == appeal_of(case)
    assert "appeal of 101 confirmed" == appeal_of(case, known_at=known)
    assert () == case.flags("101")


def test_the_court_varies(appealed: tuple[Case, str, str]) -> None:
    """One hour becomes ten minutes, from the time of the fact on."""
    case, decision, _ = appealed
    ten = effect("PenaltyGiven", amount_ms="0:10:00")
    varied: dict[str, Any] = {
        "target": decision,
        "outcome": "varied",
        "case": "3/2016",
        "effects": [ten],
    }
    case.record("CourtDecisionIssued", COURT, **varied)

    assert ["1 102 2:05:00", "2 101 2:10:00"] == case.overall()
    assert ["1 102 2:05:00", "2 101 2:10:00"] == case.overall(effective_at=at("18:30"))
    assert ["1 101 1:00:00", "2 102 1:01:00"] == case.overall(effective_at=at("11:00"))
    assert ["stewards-1 varied", "court-3/2016 in force"] == case.register()
    assert ["101 SS2 1:00:00 , varied", "101 SS2 0:10:00 , in force"] == case.penalties()


def test_the_court_varies_a_decision_that_superseded_another() -> None:
    """What it replaced stays replaced; only if it is quashed, the first decision is back."""
    case, first = decided()
    two = effect("PenaltyGiven", amount_ms="2:00:00")
    anew: dict[str, Any] = {"number": "101", "stage": "SS2", "effects": [two]}
    second = case.decide(2, at("12:00"), supersedes=first, **anew)
    ten = effect("PenaltyGiven", amount_ms="0:10:00")
    varied: dict[str, Any] = {"target": second, "outcome": "varied", "effects": [ten]}
    court = case.record("CourtDecisionIssued", COURT, **varied)

    assert "2 101 2:10:00" == case.overall()[1]
    assert ["stewards-1 superseded by stewards-2", "stewards-2 varied", "court in force"] == (
        case.register()
    )
    case.record("Corrected", COURT, target=court, changes={"outcome": "quashed"})
    assert ["stewards-1 in force", "stewards-2 quashed", "court in force"] == case.register()


def test_a_court_puts_the_last_place_in_the_place_of_exclusion() -> None:
    """Disqualified on Sunday; the court upholds the breach, and finds a penalty enough."""
    case, decision = decided(effects=[effect("CrewDisqualified")], immediate=True)
    assert ["1 102 2:05:00"] == case.overall()
    last = effect("PenaltyGiven", amount_ms="10:00:00", applies_to="overall")
    court: dict[str, Any] = {"target": decision, "outcome": "varied", "effects": [last]}
    case.record("CourtDecisionIssued", COURT, **court)

    assert ["1 102 2:05:00", "2 101 12:00:00"] == case.overall()
    assert [] == case.unclassified()


@pytest.mark.parametrize("outcome", ["upheld", "inadmissible", "no-jurisdiction"])
def test_the_court_leaves_it_as_it_is(appealed: tuple[Case, str, str], outcome: str) -> None:
    """The suspension lasts until the court has decided."""
    case, decision, _ = appealed
    case.record("CourtDecisionIssued", COURT, target=decision, outcome=outcome)

    assert GIVEN == case.overall()
    assert NOT_GIVEN == case.overall(effective_at="2016-08-31T12:00+03:00")
    assert GIVEN == case.overall(effective_at=COURT)
    assert f"appeal of 101 {outcome}" == appeal_of(case)


@pytest.mark.parametrize("outcome", ["upheld", "inadmissible", "no-jurisdiction"])
@pytest.mark.parametrize("overturned", ["quashed", "varied"])
def test_what_leaves_a_decision_as_it_is_revives_none(
    appealed: tuple[Case, str, str], overturned: str, outcome: str
) -> None:
    """Quashed or varied on the appeal of one; that of another ends without anything for it."""
    case, decision, appeal = appealed
    ten = [effect("PenaltyGiven", amount_ms="0:10:00")] if overturned == "varied" else []
    case.record(
        "CourtDecisionIssued",
        COURT,
        target=decision,
        outcome=overturned,
        appeal=appeal,
        effects=ten,
        case="1",
    )
    before = case.overall()
    case.record("CourtDecisionIssued", COURT, target=decision, outcome=outcome, case="2")

    assert before == case.overall()
    assert f"stewards-1 {overturned}" == case.register()[0]


def test_a_court_decides_when_it_decides(appealed: tuple[Case, str, str]) -> None:
    """It may be put on record with the time of the fact; the suspension lasts until the ruling."""
    case, decision, _ = appealed
    september = [1472720400000, 180]  # 1 September, noon
    ruling: dict[str, Any] = {"target": decision, "outcome": "upheld", "decided_at": september}
    case.record("CourtDecisionIssued", at("12:00"), **ruling)

    assert GIVEN == case.overall()
    assert NOT_GIVEN == case.overall(effective_at="2016-08-31T12:00+03:00")


def test_one_of_two_appeals_ends(appealed: tuple[Case, str, str]) -> None:
    """The other still suspends; a court that names no appeal decides them all."""
    case, decision, appeal = appealed
    other = {"target": decision, "number": "102"}
    case.record("AppealIntentionNotified", at("18:59"), **other)
    known = len(case.records)
    rejected: dict[str, Any] = {"target": decision, "outcome": "inadmissible"}
    case.record("CourtDecisionIssued", COURT, appeal=appeal, **rejected)
    assert NOT_GIVEN == case.overall()
    assert NOT_GIVEN == case.overall(known_at=known)
    case.record("CourtDecisionIssued", COURT, **rejected)

    assert GIVEN == case.overall()


def test_a_higher_court_quashes_the_court(appealed: tuple[Case, str, str]) -> None:
    """What the first court put in its place falls, and the decision of the stewards is back."""
    case, decision, _ = appealed
    ten = effect("PenaltyGiven", amount_ms="0:10:00")
    varied: dict[str, Any] = {
        "target": decision,
        "outcome": "varied",
        "effects": [ten],
        "court": "National",
    }
    national = case.record("CourtDecisionIssued", COURT, **varied)
    higher = {"target": national, "court": "International", "case": "2"}
    known = len(case.records)
    case.record("CourtDecisionIssued", "2016-10-01T12:00+03:00", outcome="quashed", **higher)

    assert ["1 102 2:05:00", "2 101 2:10:00"] == case.overall(known_at=known)
    assert GIVEN == case.overall()
    assert ["stewards-1 in force", "court quashed", "court-2 in force"] == case.register()


def test_an_appeal_against_the_court(appealed: tuple[Case, str, str]) -> None:
    """Quashed on 1 September; whoever appeals against that suspends it, until the higher court."""
    case, decision, _ = appealed
    quashed = {"target": decision, "outcome": "quashed", "case": "1"}
    national = case.record("CourtDecisionIssued", COURT, **quashed)
    case.record("DecisionNotified", COURT, target=national, how="electronic")
    assert NOT_GIVEN == case.overall()
    intention = "2016-09-01T12:30+03:00"
    case.record("AppealIntentionNotified", intention, target=national, competitor="The federation")
    assert GIVEN == case.overall()
    assert ["stewards-1 in force", "court-1 execution suspended"] == case.register()
    assert "appeal of The federation lodged" in case.docket()
    upheld = {"target": national, "outcome": "upheld", "case": "2"}
    case.record("CourtDecisionIssued", "2016-10-01T12:00+03:00", **upheld)

    assert NOT_GIVEN == case.overall()
    assert ["stewards-1 quashed", "court-1 in force", "court-2 in force"] == case.register()


def test_the_register_tells_the_whole_case(appealed: tuple[Case, str, str]) -> None:
    """Every step stands with the decision, in the order in which it was recorded."""
    case, decision, appeal = appealed
    case.record("DecisionAcknowledged", at("18:05"), target=decision, number="101")
    case.record("AppealConfirmed", CONFIRMED, target=appeal)
    court = case.record("CourtDecisionIssued", COURT, target=decision, outcome="quashed")
    case.record("ExhibitBound", COURT, target=court, digest="a" * 64, title="Judgement")
    row = decisions(case.state()).rows[0]

    assert [
        "DecisionNotified",
        "AppealIntentionNotified",
        "DecisionAcknowledged",
        "AppealConfirmed",
        "CourtDecisionIssued",
        "ExhibitBound",
    ] == [each.type for each in row.steps]
    assert ("2016-07-10T18:00:00+03:00", "2016-07-10T18:05:00+03:00") == (
        row.notified_at,
        row.acknowledged_at,
    )
    assert (len(case.records) - 1,) == row.positions


def test_a_higher_court_varies_again(appealed: tuple[Case, str, str]) -> None:
    """The effects of the last court count, from the time of the fact on."""
    case, decision, _ = appealed
    amounts, target, when = ("0:10:00", "0:20:00"), decision, COURT
    for amount in amounts:
        effects = [effect("PenaltyGiven", amount_ms=amount)]
        said: dict[str, Any] = {
            "target": target,
            "outcome": "varied",
            "effects": effects,
            "case": amount,
        }
        target = case.record("CourtDecisionIssued", when, **said)
        when = "2016-10-01T12:00+03:00"

    assert ["1 102 2:05:00", "2 101 2:20:00"] == case.overall()
    assert ["1 102 2:05:00", "2 101 2:20:00"] == case.overall(effective_at=at("15:00"))


def test_a_higher_court_varies_what_the_first_upheld(appealed: tuple[Case, str, str]) -> None:
    """The penalty of the stewards does not stand beside what the higher court puts in its place."""
    case, decision, _ = appealed
    upheld = {"target": decision, "outcome": "upheld", "case": "1"}
    national = case.record("CourtDecisionIssued", COURT, **upheld)
    varied: dict[str, Any] = {"target": national, "outcome": "varied", "case": "2"}
    effects = [effect("PenaltyGiven", amount_ms="0:20:00")]
    case.record("CourtDecisionIssued", "2016-10-01T12:00+03:00", effects=effects, **varied)

    assert ["1 102 2:05:00", "2 101 2:20:00"] == case.overall()
    assert ["stewards-1 varied", "court-1 varied", "court-2 in force"] == case.register()


def test_the_last_of_two_rulings_on_one_decision_counts(appealed: tuple[Case, str, str]) -> None:
    """Upheld first, quashed on a rehearing."""
    case, decision, _ = appealed
    case.record("CourtDecisionIssued", COURT, target=decision, outcome="upheld")
    assert GIVEN == case.overall()
    later = "2016-10-01T12:00+03:00"
    case.record("CourtDecisionIssued", later, target=decision, outcome="quashed")

    assert NOT_GIVEN == case.overall()


def test_courts_that_are_corrected_into_a_circle(appealed: tuple[Case, str, str]) -> None:
    """Two rulings that name each other are nonsense, and still there is an answer."""
    case, decision, _ = appealed
    ten = effect("PenaltyGiven", amount_ms="0:10:00")
    said: dict[str, Any] = {"outcome": "varied", "effects": [ten]}
    one = case.record("CourtDecisionIssued", COURT, target=decision, **said)
    two = case.record("CourtDecisionIssued", COURT, target=one, **said)
    case.record("Corrected", COURT, target=one, changes={"target": two})

    assert 2 == len(case.overall())
    assert 3 == len(case.register())
