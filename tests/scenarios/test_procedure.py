"""Procedure: deadlines by instance and kind, what an appeal suspends, who lodged what with whom."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.errors import Refused
from ledger.times import parse_instant
from projections.control.check import check
from projections.desk.docket import DocketRow, docket
from projections.desk.judging import judge
from tests.spec import Case, at, effect

HOUR = effect("PenaltyGiven", amount_ms="1:00:00")
GIVEN = ["1 102 2:05:00", "2 101 3:00:00"]
"""The overall with the penalty of an hour."""
NOT_GIVEN = ["1 101 2:00:00", "2 102 2:05:00"]
"""The overall without it."""
NINETY_SIX = "96 h from end-of-competition; stewards may extend by 24 h"
KNOWN = "1 h from the first of notification, posting"
CODE: dict[str, Any] = {
    "reviews__time": NINETY_SIX,
    "appeals__to_stewards": "30 min from the first of notification, posting",
    "appeals__to_court": KNOWN,
    "appeals__to_international_court": "7 days from notification",
    "appeals__confirm_to_stewards": "not needed",
    "appeals__confirm_to_court": "96 h from announcement",
    "appeals__confirm_to_international_court": "not needed",
    "appeals__suspends": (
        "any decision of clerk: never",
        "any decision of stewards: after the competition",
    ),
}


def decided(series: str = "stewards", **said: Any) -> tuple[Case, str]:
    """101 is given an hour for a fact at noon, at five; it is notified at six in the evening."""
    rules = {**CODE, **said.pop("rules", {})}
    case = Case("cross-country", **rules)
    case.enter("101", "102")
    case.times("SS1", "2016-07-09T14:00+03:00", _101="1:00:00", _102="1:01:00")
    case.times("SS2", at("14:00"), _101="1:00:00", _102="1:04:00")
    said = {"number": "101", "stage": "SS2", "effects": [HOUR], **said}
    taken = parse_instant(at("17:00"))
    decision = case.decide(1, at("12:00"), series=series, decided_at=taken, **said)
    case.record("DecisionNotified", at("18:00"), target=decision, how="hand")
    return case, decision


def row(case: Case, name: str = "stewards-1") -> DocketRow:
    """What the docket says of a decision."""
    return next(each for each in docket(case.state()).rows if each.decision == name)


def runs(case: Case, kind: str, name: str = "stewards-1") -> tuple[Any, ...]:
    """How a time runs: by which instant, since when, how long, until when, by which rule."""
    found = next(each for each in row(case, name).deadlines if each.kind == kind)
    return found.began_by, found.began_at, found.amount, found.until, found.parameter


def lodged(case: Case, kind: str) -> str:
    """Whether the last of a kind is admissible, and why not."""
    every = docket(case.state())
    rows = [*(m for each in every.rows for m in each.matters), *every.others]
    found = [each for each in rows if each.kind == kind][-1]
    return found.why_not or found.remark or "admissible"


# -- when a time begins ----------------------------------------------------------------------------


def test_a_review_runs_from_the_end_of_the_competition() -> None:
    """Code 2024, art. 14: 96 hours; a petition weeks after a decision of the first day is in time.

    From the notification it was called late. Until the end is on record the time has not begun.
    """
    case, decision = decided()
    petition = {"target": decision, "new_element": "a film"}
    case.record("ReviewPetitioned", "2016-07-20T12:00+03:00", **petition)
    assert "admissible" == lodged(case, "review")
    assert ("", None, "96 h", None, "reviews.time") == runs(case, "review")
    case.record("CompetitionEnded", "2016-07-17T14:00+03:00")
    assert "admissible" == lodged(case, "review")
    # 96 hours later, by the clocks of the rally
    assert "2016-07-21T19:00:00+08:00" == runs(case, "review")[3]
    assert "2016-07-21T14:00:00+03:00" == row(case).review_until
    assert "the competition ended" == runs(case, "review")[0]
    case.record("ReviewPetitioned", "2016-07-21T14:00:01+03:00", **petition)
    assert "it was petitioned for too late" == lodged(case, "review")


def test_a_review_in_seven_days_of_the_decision() -> None:
    """Motorsport UK since 28 March 2024: seven days of the calendar from the date of the decision.

    https://www.motorsportuk.org/regulation-updates-right-of-review-c-14/
    """
    case, decision = decided(rules={"reviews__time": "7 days from decision"})
    # taken at 22:00 of the tenth by the clocks of the rally, to the end of the seventeenth there
    told = ("the decision was taken", "2016-07-10T22:00:00+08:00", "7 days")
    assert (*told, "2016-07-17T23:59:59.999+08:00", "reviews.time") == runs(case, "review")
    petition = {"target": decision, "new_element": "a film"}
    case.record("ReviewPetitioned", "2016-07-17T23:59+08:00", **petition)
    assert "admissible" == lodged(case, "review")
    case.record("ReviewPetitioned", "2016-07-18T00:00+08:00", **petition)
    assert "it was petitioned for too late" == lodged(case, "review")


def test_the_version_in_force_when_it_became_known() -> None:
    """Fourteen days from the decision until 2023, 96 hours from the end of the competition since.

    https://gpfans.com/en/f1-news/1009918/fia-f1-2024-rule-change-reviews-fines-fireworks
    """
    case, decision = decided(rules={"reviews__time": "14 days from decision"})
    case.record("CompetitionEnded", "2016-07-10T21:00+03:00")
    bulletin: dict[str, Any] = {"bulletin": "2024", "parameters": {"reviews.time": NINETY_SIX}}
    case.record("BulletinIssued", "2016-07-10T20:00+03:00", **bulletin)
    later = case.decide(2, at("20:30"), number="102", stage="SS2", effects=[effect("Fine")])
    case.record("DecisionNotified", at("20:45"), target=later)

    assert "2016-07-24T23:59:59.999+08:00" == runs(case, "review")[3]
    assert "2016-07-15T02:00:00+08:00" == runs(case, "review", "stewards-2")[3]
    petition = {"new_element": "a film"}
    for target, expected in ((decision, "admissible"), (later, "it was petitioned for too late")):
        case.record("ReviewPetitioned", "2016-07-20T12:00+03:00", target=target, **petition)
        assert expected == lodged(case, "review")


def test_a_bulletin_in_the_words_of_before_holds_for_every_decision() -> None:
    """Who sets one time for all sets it for each: what was worded before is displaced by it."""
    case, decision = decided()
    minutes: dict[str, Any] = {"appeals.intention_ms": 600_000}
    case.record("BulletinIssued", at("10:00"), bulletin="1", parameters=minutes)
    assert "2016-07-10T18:10:00+03:00" == row(case).appeal_until
    case.record("AppealIntentionNotified", at("18:30"), target=decision, number="101")
    assert "it was announced too late" == lodged(case, "appeal")


def test_the_earliest_of_several_instants() -> None:
    """NCR 2026, chapter 2, appendix 3, art. 1.16 (page 70): in writing or posted, the earliest."""
    case, decision = decided()
    posted: dict[str, Any] = {"document": "9", "title": "Decision 1", "kind": "decision"}
    case.record("DocumentPosted", at("17:20"), about=decision, **posted)
    until = "2016-07-10T23:20:00+08:00"
    began = ("the decision was posted", "2016-07-10T22:20:00+08:00", "1 h")
    assert (*began, until, "appeals.to_court") == runs(case, "appeal")


def test_a_limit_before_the_prizes_are_given() -> None:
    """NCR 2026, appendix 10, art. 1.17 (page 98): not less than four days before the ceremony."""
    rule = "7 days from decision; not later than 4 days before prize-giving"
    case, _ = decided(rules={"reviews__time": rule})
    case.record("PrizeGivingSet", at("08:00"), prizes_at=parse_instant("2016-07-18T20:00+08:00"))
    assert "2016-07-14T23:59:59.999+08:00" == runs(case, "review")[3]
    assert row(case).deadlines[1].limited


# -- who may extend it -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "until", "why_not"),
    [
        ({}, "2016-07-22T14:00:00+03:00", ""),
        (
            {"until_at": "2016-07-22T14:01+03:00"},
            "2016-07-21T14:00:00+03:00",
            "by reviews.time it may be extended by 24 h at most",
        ),
        (
            {"role": "court"},
            "2016-07-21T14:00:00+03:00",
            "by reviews.time it is for stewards to extend it",
        ),
        (
            {"deadline": "appeal"},
            "2016-07-21T14:00:00+03:00",
            "by appeals.to_court nobody may extend it",
        ),
    ],
)
def test_an_extension(said: dict[str, Any], until: str, why_not: str) -> None:
    """Code 2024, art. 14: the stewards may extend the 96 hours, by 24 at most; else nothing comes
    of it, and the docket says why."""
    case, decision = decided()
    case.record("CompetitionEnded", "2016-07-17T14:00+03:00")
    extended = {"role": "stewards", "deadline": "review", "until_at": "2016-07-22T14:00+03:00"}
    extended |= said
    extended["until_at"] = parse_instant(extended["until_at"])  # type: ignore[assignment]
    case.record("DeadlineExtended", "2016-07-21T10:00+03:00", target=decision, **extended)
    assert until == row(case).review_until
    (told,) = [each for time in row(case).deadlines for each in time.extensions]
    assert why_not == told.why_not


def test_an_extension_of_a_time_that_has_not_begun() -> None:
    """From what instant on would it be so much longer? Nobody knows."""
    case, decision = decided()
    until: dict[str, Any] = {"deadline": "review", "until_at": parse_instant(at("23:00"))}
    case.record("DeadlineExtended", at("19:00"), target=decision, role="stewards", **until)
    (told,) = [each for time in row(case).deadlines for each in time.extensions]
    assert ("the time has not begun", None) == (told.why_not, row(case).review_until)


def test_an_appeal_in_an_extended_time_suspends() -> None:
    """What is in time by the extension is in time, with all that hangs on it."""
    rules = {
        "appeals__to_court": f"{KNOWN}; stewards may extend by 2 h",
        "appeals__suspends": ("any decision of anybody: at once",),
    }
    case, decision = decided(rules=rules)
    case.record("AppealIntentionNotified", at("20:30"), target=decision, number="101")
    assert GIVEN == case.overall()
    longer: dict[str, Any] = {"deadline": "appeal", "until_at": parse_instant(at("21:00"))}
    case.record("DeadlineExtended", at("18:50"), target=decision, role="stewards", **longer)
    assert NOT_GIVEN == case.overall()


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ({}, ""),
        ({"role": "court"}, "by reviews.time it is for stewards to extend it"),
        ({"until_at": "2016-07-21T13:00+03:00"}, "the time lasts as long without it"),
        ({"until_at": "2016-07-23T14:00+03:00"}, "it may be extended by 24 h at most"),
    ],
)
def test_an_extension_that_would_have_no_effect_is_refused(
    said: dict[str, Any], refused: str
) -> None:
    """Typed at the desk it is refused, with why; what arrives from elsewhere is told."""
    case, decision = decided()
    case.record("CompetitionEnded", "2016-07-17T14:00+03:00")
    fields = {"role": "stewards", "until_at": "2016-07-22T14:00+03:00", **said}
    until: dict[str, Any] = {**fields, "until_at": parse_instant(fields["until_at"])}
    held = dict(case.records)
    case.record("DeadlineExtended", target=decision, deadline="review", **until)
    if not refused:
        judge(held, case.records[-1][1])
        return
    with pytest.raises(Refused, match=refused):
        judge(held, case.records[-1][1])


# -- what an appeal suspends -----------------------------------------------------------------------


def test_the_effect_changes_when_the_competition_ends() -> None:
    """NCR 2026, chapter 2, appendix 3, art. 1.19-1.20 (page 70).

    During the event nothing is suspended; from its end on, notice of intention against a decision
    of the stewards suspends it, until the court has disposed of it. Both sides of the instant.
    """
    case, decision = decided()
    appeal = case.record("AppealIntentionNotified", at("18:30"), target=decision, number="101")
    case.record("AppealConfirmed", at("19:00"), target=appeal)
    assert GIVEN == case.overall()
    (matter,) = row(case).matters
    assert (False, "appeals.suspends") == (matter.suspensive, matter.suspends_by)
    case.record("CompetitionEnded", at("21:00"))
    assert row(case).matters[0].suspensive
    court: dict[str, Any] = {"target": decision, "appeal": appeal, "outcome": "upheld"}
    assert NOT_GIVEN == case.overall()
    known = len(case.records)
    case.record("CourtDecisionIssued", "2016-08-01T12:00+03:00", **court)

    assert GIVEN == case.overall()
    assert NOT_GIVEN == case.overall(known_at=known)
    assert GIVEN == case.overall(known_at=known - 1)
    assert GIVEN == case.overall(effective_at=at("20:59:59"))
    assert NOT_GIVEN == case.overall(effective_at=at("21:00"))
    assert NOT_GIVEN == case.overall(decided_by="2016-08-01T11:59+03:00")
    assert GIVEN == case.overall(decided_by=at("20:59"))


def test_a_decision_of_the_clerk_is_not_suspended() -> None:
    """NCR 2026, art. 1.19: neither during the event nor after it."""
    case, decision = decided("clerk")
    case.record("AppealIntentionNotified", at("18:20"), target=decision, number="101")
    case.record("CompetitionEnded", at("21:00"))
    assert GIVEN == case.overall()
    assert ["clerk-1 in force"] == case.register()


def test_boards_that_kept_the_penalty_while_the_appeal_ran() -> None:
    """Dakar 2019: the penalty stood in January, and was lifted when the court decided in March."""
    never = {"appeals__suspends": ("any decision of anybody: never",)}
    case, decision = decided(rules=never)
    case.record("AppealIntentionNotified", at("18:30"), target=decision, number="101")
    case.record("CompetitionEnded", at("21:00"))
    assert GIVEN == case.overall()
    case.record("CourtDecisionIssued", "2016-09-01T12:00+03:00", target=decision, outcome="quashed")
    assert NOT_GIVEN == case.overall()
    assert GIVEN == case.overall(decided_by="2016-08-31T12:00+03:00")


def test_by_kind_of_sanction() -> None:
    """A fine is paid later, the hour counts at once: each effect has a status of its own."""
    lines = ("Fine of stewards: at once", "any decision of anybody: never")
    case, decision = decided(rules={"appeals__suspends": lines}, effects=[HOUR, effect("Fine")])
    case.record("AppealIntentionNotified", at("18:30"), target=decision, number="101")
    assert ["stewards-1 PenaltyGiven in force", "stewards-1 Fine execution suspended"] == (
        case.effects()
    )
    assert GIVEN == case.overall()


def test_where_the_rules_say_nothing_nothing_is_suspended() -> None:
    """And the docket says which rule is missing."""
    case = Case("wrc-2019", appeals__to_court=KNOWN, appeals__confirm_to_court="not needed")
    case.enter("101", "102")
    case.times("SS2", at("14:00"), _101="1:00:00", _102="1:04:00")
    decision = case.decide(1, at("12:00"), number="101", stage="SS2", effects=[HOUR])
    case.record("DecisionNotified", at("18:00"), target=decision)
    held = dict(case.records)
    case.record("AppealIntentionNotified", at("18:30"), target=decision, number="101")
    judge(held, case.records[-1][1])  # nothing stands against putting it on record
    assert ["stewards-1 in force"] == case.register()
    assert "appeals.suspends" in row(case).undefined


# -- instances -------------------------------------------------------------------------------------


def before_courts(**said: Any) -> tuple[Case, str]:
    """A national court upholds the decision in August; that is notified two days later."""
    case, decision = decided(**said)
    case.record("AppealIntentionNotified", at("18:30"), target=decision, number="101")
    heard = {"target": decision, "outcome": "upheld", "court": "National Court", "case": "7"}
    court = case.record("CourtDecisionIssued", "2016-08-01T12:00+03:00", **heard)
    case.record("DecisionNotified", "2016-08-03T09:00+03:00", target=court)
    return case, court


def test_an_appeal_to_the_international_court_has_a_time_of_its_own() -> None:
    """Seven days, where that before the national court was an hour; and it need not be confirmed.

    Judged by the hour of the stewards, an appeal of the fourth day was called late.
    """
    case, court = before_courts()
    told = ("the decision was notified", "2016-08-03T14:00:00+08:00", "7 days")
    until = "2016-08-10T23:59:59.999+08:00"
    rule = "appeals.to_international_court"
    assert (*told, until, rule) == runs(case, "appeal", "court-7")
    appeal = {"target": court, "number": "101"}
    case.record("AppealIntentionNotified", "2016-08-07T10:00+03:00", **appeal)
    assert "admissible" == lodged(case, "appeal")
    assert "due appeal against court-7: is before the court" in case.due("2016-08-08T10:00+03:00")
    case.record("AppealIntentionNotified", "2016-08-11T10:00+03:00", **appeal)
    assert "it was announced too late" == lodged(case, "appeal")


@pytest.mark.parametrize("named", [True, False])
def test_above_the_international_court_there_is_none(named: bool) -> None:
    """Known by its name, in the rules; else by the court below whose decision it decided about."""
    rules = {"courts__international": ("International Court of Appeal",)} if named else {}
    case, court = before_courts(rules=rules)
    name = "international court of appeal" if named else "Another court"
    target = row(case).id if named else court  # a direct appeal, where it is known by its name
    heard = {"outcome": "upheld", "court": name, "case": "2016-04"}
    last = case.record("CourtDecisionIssued", "2016-09-16T12:00+03:00", target=target, **heard)
    case.record("AppealIntentionNotified", "2016-09-17T12:00+03:00", target=last, number="101")
    assert "the decision is not open to appeal" == lodged(case, "appeal")
    assert not row(case, "court-2016-04").appealable


def test_an_appeal_to_the_stewards_ends_with_their_decision() -> None:
    """It goes from the clerk to the stewards, needs no confirmation, and no court decides it."""
    case, decision = decided("clerk")
    appeal = case.record("AppealIntentionNotified", at("18:20"), target=decision, number="101")
    assert "due appeal against clerk-1: is before the stewards" in case.due(at("19:00"))
    assert "appeal of 101 lodged" in case.docket()
    case.decide(1, at("19:30"), number="101", stage="SS2", matter=[appeal], supersedes=decision)
    assert "appeal of 101 decided" in case.docket()
    assert NOT_GIVEN == case.overall()


# -- with whom it is lodged ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("elsewhere", "told"),
    [
        ("inadmissible", "it was lodged with the marshal, not with the stewards or secretary"),
        ("admitted", "it was lodged with the marshal, not with the stewards or secretary"),
        (None, "it was lodged with the marshal, not with the stewards or secretary"),
    ],
)
def test_an_intention_told_to_the_wrong_official(elsewhere: str | None, told: str) -> None:
    """It is on record as such, and counts as the rules say.

    National Court, 2025: notice given to a person at the circuit who was not the one to give it to
    (Revolution, March 2025, page 41): https://ebooks.motorsportuk.org/03-2025-revolution-march
    """
    rules: dict[str, Any] = {
        "appeals__lodged_with_court": ("stewards", "secretary"),
        "appeals__suspends": ("any decision of anybody: at once",),
    }
    if elsewhere:
        rules["lodging__elsewhere"] = elsewhere
    case, decision = decided(rules=rules)
    notice = {"target": decision, "number": "101", "lodged_with": "marshal", "means": "oral"}
    case.record("AppealIntentionNotified", at("18:30"), **notice)
    assert told == lodged(case, "appeal")
    assert (GIVEN if elsewhere == "inadmissible" else NOT_GIVEN) == case.overall()


def test_a_federation_appeals_against_a_rejected_protest() -> None:
    """Dubai 2014: a federation appealed; it is a party of its own, and no crew."""
    case, decision = decided()
    party = {"party": "federation", "competitor": "Federation of the country", "number": ""}
    case.record("AppealIntentionNotified", at("18:30"), target=decision, **party)
    (matter,) = row(case).matters
    assert ("federation", "Federation of the country", "") == (
        matter.party,
        matter.competitor,
        matter.number,
    )
    words = case.records[-1][1].words()
    assert words.startswith("Federation of the country (federation) gave notice of an appeal")


# -- public cases, their dates and figures as published; the times of crews are made up ------------


def test_dakar_2016_before_two_courts() -> None:
    """Decision 12.4 of 12 January: confirmed by the court of the FFSA on 2 March, appealed against
    by the DMSB for X-raid on 29 March, which the international court found admissible.

    By the hour of the stewards that appeal was called late.
    https://www.fia.com/news/international-court-appeal-hearing-may-27-2016-0
    """
    for rules, expected in (
        ({"appeals__intention_ms": 3_600_000}, "it was announced too late"),
        ({}, "admissible"),
    ):
        case = Case("cross-country", **rules)
        case.enter("300", team="X-raid")
        case.enter("302", team="Peugeot")
        decision = case.decide("12.4", "2016-01-11T12:00-03:00", number="302", appealable=True)
        case.record("DecisionNotified", "2016-01-12T21:00-03:00", target=decision)
        first = {"target": decision, "number": "300", "competitor": "X-raid"}
        case.record("AppealIntentionNotified", "2016-01-12T21:30-03:00", **first)
        heard = {"target": decision, "outcome": "upheld", "court": "National Court of Appeal, FFSA"}
        given: dict[str, Any] = {"decided_at": parse_instant("2016-03-02T12:00+01:00")}
        court = case.record("CourtDecisionIssued", "2016-03-02T12:00+01:00", **heard, **given)
        case.record("DecisionNotified", "2016-03-02T18:00+01:00", target=court)
        party = {"party": "federation", "competitor": "DMSB"}
        case.record("AppealIntentionNotified", "2016-03-29T12:00+02:00", target=court, **party)
        every = [m for each in docket(case.state()).rows for m in each.matters]
        assert expected == (every[-1].why_not or "admissible")


def test_mexico_2018_the_penalty_stood_while_the_appeal_ran() -> None:
    """Ten seconds by decision 7 of 11 March; the court heard the appeal on 4 May.

    https://docslib.org/doc/11142080/ica-of-the-federation-internationale-de-l
    """
    case = Case("wrc-2019", appeals__confirm_to_court="96 h from announcement")
    case.enter("1", "2")
    case.times("SS1", "2018-03-09T12:00-06:00", _1="1:00:00", _2="1:00:05")
    ten = effect("PenaltyGiven", amount_ms="0:00:10")
    decision = case.decide(7, "2018-03-11T13:00-06:00", number="1", stage="SS1", effects=[ten])
    case.record("DecisionNotified", "2018-03-11T16:00-06:00", target=decision)
    case.record("AppealIntentionNotified", "2018-03-11T16:40-06:00", target=decision, number="1")
    stood = ["1 2 1:00:05", "2 1 1:00:10"]
    assert stood == case.overall()
    assert "appeals.suspends" in row(case, "stewards-7").undefined
    case.record("CompetitionEnded", "2018-03-11T20:00-06:00")
    court = {"target": decision, "outcome": "quashed", "court": "International Court of Appeal"}
    case.record("CourtDecisionIssued", "2018-05-04T12:00+02:00", **court)
    assert stood == case.overall(decided_by="2018-05-04T11:59+02:00")
    assert ["1 1 1:00:00", "2 2 1:00:05"] == case.overall()


def test_dubai_2014_the_court_imposes_thirty_seconds() -> None:
    """Case ICA-2014-04: a federation appeals on 2 December against the rejection of a protest on
    29 November; the court sets that aside and gives car 2 thirty seconds.

    https://fia.com/news/international-court-appeal-decision-hearing-4-december
    """
    rules = {"courts__international": ("International Court of Appeal",)}
    case = Case("wrc-2019", appeals__to_court="7 days from decision", **rules)
    case.enter("1", "2")
    case.times("SS1", "2014-11-28T12:00+04:00", _1="1:00:20", _2="1:00:00")
    rejected: dict[str, Any] = {"decided_at": parse_instant("2014-11-29T20:00+04:00")}
    decision = case.decide(1, "2014-11-28T12:00+04:00", number="2", stage="SS1", **rejected)
    case.record("DecisionNotified", "2014-11-29T20:30+04:00", target=decision)
    qmmf = {"party": "federation", "competitor": "QMMF"}
    appeal = case.record(
        "AppealIntentionNotified", "2014-12-02T12:00+03:00", target=decision, **qmmf
    )
    assert "admissible" == lodged(case, "appeal")
    thirty = effect("PenaltyGiven", amount_ms="0:00:30", number="2", stage="SS1")
    court: dict[str, Any] = {"court": "International Court of Appeal", "case": "ICA-2014-04"}
    court |= {"effects": [thirty]}
    case.record(
        "CourtDecisionIssued",
        "2014-12-04T18:00+01:00",
        target=decision,
        appeal=appeal,
        outcome="varied",
        **court,
    )
    assert ["1 1 1:00:20", "2 2 1:00:30"] == case.overall()
    assert ["1 2 1:00:00", "2 1 1:00:20"] == case.overall(decided_by="2014-12-04T17:00+01:00")
    assert not row(case, "court-ICA-2014-04").appealable


def test_an_appeal_of_which_no_rule_says_until_when_it_could_be_lodged() -> None:
    """It is on record, `check` names the page that is wanted; a rule of then settles it."""
    case = Case("ncr-2026")
    case.enter("101", "102")
    decision = case.decide(1, at("12:00"), number="101", stage="SS2", effects=[HOUR])
    case.record("DecisionNotified", at("18:00"), target=decision, how="hand")
    case.record("AppealIntentionNotified", at("18:10"), target=decision, number="101")

    def told() -> list[str]:
        return [each.message for each in check(case.state()) if each.kind == "time-not-known"]

    assert (
        "It is not known whether it is in time: the regulations ncr-2026 do not define "
        "appeals.to_court; the page wanted is Motorsport UK National Competition Rules 2026, "
        "ed. 11, ch. 2 app. 6 and 7, p. 77–82. Crew 101 gave notice of an appeal" in told()[0]
    )
    assert ("not defined", None) == runs(case, "appeal")[2:4]
    (appeal,) = row(case).matters
    assert (True, "no rule says until when (appeals.to_court)") == (
        appeal.admissible,
        appeal.remark,
    )
    regulations = {"appeals.to_court": "5 min from notification"}
    case.record("BulletinIssued", at("08:00"), bulletin="1", parameters=regulations)
    (appeal,) = row(case).matters
    assert ([], False, "it was announced too late") == (told(), appeal.admissible, appeal.why_not)


def test_a_document_may_say_itself_until_when_where_no_rule_does() -> None:
    """A protest against it is in time or not by what it says: nothing is unknown of it."""
    case = Case("ncr-2026")
    case.enter("101", "102")
    posted: dict[str, Any] = {
        "document": "1",
        "kind": "provisional",
        "scope": {"kind": "overall"},
        "rows": [],
    }
    made: dict[str, Any] = {"position": 3, "root": "ab" * 32, "rulebook": "ncr-2026", "edition": 2}
    until = parse_instant(at("15:30"))
    document = case.record(
        "ClassificationPublished",
        at("15:00"),
        **posted,
        **made,
        digest="ab" * 32,
        unclassified=[],
        protests_until_at=until,
    )
    for when in ("15:20", "15:40"):
        case.record("ProtestLodged", at(when), target=document, number="101", grounds="x")
    lodged = docket(case.state()).others
    assert [("", ""), ("it was lodged too late", "")] == [(e.why_not, e.remark) for e in lodged]
    assert not any(each.kind == "time-not-known" for each in check(case.state()))
