"""Protests, the clock that runs for them, and what lies on the desk at moments along a case."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.times import parse_instant
from projections.desk.docket import docket
from tests.scenarios.test_publications import publish
from tests.spec import Case, at, effect

POSTED = at("18:00")


@pytest.fixture
def case() -> Case:
    """Two cars; the provisional classification after SS1 is posted at six in the evening."""
    case = Case("cross-country")
    case.enter("101", "102")
    case.times("SS1", at("14:00"), _101="1:00:00", _102="1:01:00")
    case.record("StageClosed", at("16:00"), stage="SS1")
    publish(case, "30", "provisional", recorded=POSTED, after="SS1")
    return case


def protest(case: Case, time: str, **said: Any) -> str:
    """102 protests against what hangs on the board."""
    board = next(i for i, each in case.records if each.type_name() == "ClassificationPublished")
    given: dict[str, Any] = {"number": "102", "target": board, "fee_paid": True, **said}
    return case.record("ProtestLodged", at(time), **given)


def test_the_window_runs_from_the_posting(case: Case) -> None:
    """Half an hour; with nothing lodged it may become final when that is over, and not before."""
    until = "protests may be lodged until 2016-07-10T18:30:00+03:00"
    for time in ("18:20", "18:30"):
        assert [f"30 until 18:30 {until}"] == case.clocks(at(time))
    assert ["30 until 18:30 may become final"] == case.clocks(at("18:31"))


def test_a_protest_keeps_it_from_becoming_final(case: Case) -> None:
    """Open, admitted, and then rejected: only then it may become final."""
    lodged = protest(case, "18:20")
    waits = "30 until 18:30 the protest of 102 against document 30 is lodged"
    assert [waits] == case.clocks(at("19:00"))
    case.record("ProtestDecided", at("19:10"), target=lodged, outcome="admitted")
    assert [waits.replace("lodged", "admitted")] == case.clocks(at("19:20"))
    case.record("ProtestDecided", at("20:00"), target=lodged, outcome="rejected")

    assert ["30 until 18:30 may become final"] == case.clocks(at("20:10"))


def test_a_protest_against_a_crew_keeps_all_open_in_which_it_stands(case: Case) -> None:
    """Against the result of the stage: who is moved there is moved in the overall."""
    publish(case, "31", "provisional", recorded=POSTED, stage="SS1")
    stage = case.records[-1][0]
    protest(case, "18:20", target=stage)
    waits = "the protest of 102 against document 31 is lodged"
    assert "30 until 18:30 may become final" in case.clocks(at("19:00"))
    assert f"31 until 18:30 {waits}" in case.clocks(at("19:00"))
    protest(case, "18:21", target=stage, against="101")
    assert f"30 until 18:30 {waits}" in case.clocks(at("19:00"))
    protest(case, "18:22", target=stage, against="777")
    assert f"30 until 18:30 {waits}" in case.clocks(at("19:00"))


@pytest.mark.parametrize("outcome", ["upheld", "rejected", "inadmissible"])
def test_how_a_protest_ends(case: Case, outcome: str) -> None:
    """Each of the three outcomes closes it, and so does its withdrawal."""
    lodged = protest(case, "18:20")
    known = len(case.records)
    case.record("ProtestDecided", at("19:00"), target=lodged, outcome=outcome)
    assert [f"protest of 102 {outcome}"] == case.docket()
    assert ["protest of 102 lodged"] == case.docket(known_at=known)
    assert ["protest of 102 lodged"] == case.docket(effective_at=at("18:45"))
    withdrawn = protest(case, "18:25")
    case.record("ProtestWithdrawn", at("18:50"), target=withdrawn)

    assert "protest of 102 withdrawn" in case.docket()
    assert "30 until 18:30 may become final" in case.clocks(at("19:10"))


def test_a_late_protest_is_on_record_and_found_inadmissible(case: Case) -> None:
    """Lodged at 18:31: it is taken in, it is late, and somebody has to say so."""
    lodged = protest(case, "18:31")
    late = "it was lodged too late"
    assert [f"protest of 102 lodged, {late}"] == case.docket()
    has = "due protest against document 30: has to be admitted or found inadmissible"
    assert f"{has} ({late})" in case.due(at("18:40"))
    case.record("ProtestDecided", at("19:00"), target=lodged, outcome="inadmissible")

    assert [f"protest of 102 inadmissible, {late}"] == case.docket()
    assert ["30 until 18:30 may become final"] == case.clocks(at("19:10"))


def test_the_last_minute_of_the_window(case: Case) -> None:
    """On the stroke of half past six it is in time."""
    protest(case, "18:30")
    assert ["protest of 102 lodged"] == case.docket()


def test_a_protest_against_the_stewards_is_inadmissible(case: Case) -> None:
    """They do not review what they decided through a protest; the clerk's decisions are another."""
    for series in ("clerk", "stewards"):
        said = case.decide(1, at("12:00"), series, number="101", effects=[effect("Reprimand")])
        case.record("DecisionNotified", at("18:00"), target=said)
        case.record("ProtestLodged", at("18:10"), target=said, number="101")

    never = "the stewards do not review their decisions through a protest"
    assert ["protest of 101 lodged", f"protest of 101 lodged, {never}"] == [
        line for line in case.docket() if line.startswith("protest")
    ]


def test_a_newer_classification_takes_the_clock(case: Case) -> None:
    """Amended after a decision: the first can no more become final, and a new half hour runs."""
    hour = [effect("PenaltyGiven", amount_ms="1:00:00")]
    said = case.decide(1, at("13:00"), number="101", effects=hour)
    case.record("DecisionNotified", at("18:25"), target=said)
    publish(case, "31", "amended", recorded=at("19:00"), after="SS1")

    assert [
        "30 until 18:30 a newer classification of the same scope was posted",
        "31 until 19:30 may become final",
    ] == case.clocks(at("19:31"))


def test_a_final_classification_has_no_clock(case: Case) -> None:
    """Nothing runs from an unofficial or a final one."""
    publish(case, "31", "final", recorded=at("19:00"), after="SS1")

    assert "31 it is final already" in case.clocks(at("22:00"))


def test_what_else_keeps_a_classification_open(case: Case) -> None:
    """A report on which nobody decided, an open appeal, and results under investigation."""
    report = case.record("ReportFiled", at("18:05"), number="101", fact="Overtook in a zone.")
    assert ["30 until 18:30 nobody has decided on the report on crew 101"] == (
        case.clocks(at("19:00"))
    )
    said = case.decide(1, at("13:00"), number="101", matter=[report], effects=[effect("Fine")])
    told = "stewards-1 has to be notified: it may still be appealed against"
    assert [f"30 until 18:30 {told}"] == case.clocks(at("19:00"))
    case.record("DecisionNotified", at("17:40"), target=said)
    until = "2016-07-10T18:40:00+03:00"
    runs = f"an appeal against stewards-1 may be announced until {until}"
    assert [f"30 until 18:30 {runs}"] == case.clocks(at("18:35"))
    assert ["30 until 18:30 may become final"] == case.clocks(at("18:41"))
    appeal = case.record("AppealIntentionNotified", at("18:40"), target=said, number="101")
    assert ["30 until 18:30 the appeal of 101 against stewards-1 is announced"] == (
        case.clocks(at("19:10"))
    )
    case.record("AppealWithdrawn", at("19:20"), target=appeal)
    case.record("ResultsQualified", at("19:30"), number="102", kind="under-investigation")
    assert ["30 until 18:30 the results of crew 102 are under investigation"] == (
        case.clocks(at("20:00"))
    )
    cleared: dict[str, Any] = {"number": "102", "kind": "under-investigation", "ended": True}
    case.record("ResultsQualified", at("21:00"), **cleared)

    assert ["30 until 18:30 may become final"] == case.clocks(at("21:10"))


def test_the_results_of_all_stand_subject_to_an_appeal(case: Case) -> None:
    """A reservation that names no crew is on every line of the overall, until it is ended."""
    case.record("ResultsQualified", at("19:30"), kind="subject-to-appeal")
    assert ("subject-to-appeal",) == case.flags("101") == case.flags("102")
    case.record("ResultsQualified", at("20:00"), kind="under-investigation", number="102")
    assert ("subject-to-appeal",) == case.flags("101")
    assert ("subject-to-appeal", "under-investigation") == case.flags("102")
    case.record("ResultsQualified", at("21:00"), kind="subject-to-appeal", ended=True)
    assert () == case.flags("101")
    assert ("under-investigation",) == case.flags("102")


def test_a_decision_that_fell_leaves_the_report_undecided(case: Case) -> None:
    """The report was decided on; the decision was taken back, and the report waits again."""
    report = case.record("ReportFiled", at("18:05"), number="101", fact="Overtook in a zone.")
    said = case.decide(1, at("13:00"), number="101", matter=[report])
    case.record("DecisionRescinded", at("18:20"), target=said)

    assert ["30 until 18:30 nobody has decided on the report on crew 101"] == (
        case.clocks(at("19:00"))
    )


def test_a_decision_on_the_summons_decides_what_led_to_it(case: Case) -> None:
    """A report, a summons about it, a hearing about that: the decision need not name them all."""
    report = case.record("ReportFiled", at("18:05"), number="101", fact="Overtook in a zone.")
    summons = case.record("SummonsIssued", at("18:10"), number="101", matter=[report])
    heard = case.record("HearingHeld", at("18:20"), number="101", matter=[summons])
    said = case.decide(1, at("13:00"), number="101", matter=[heard], appealable=False)

    assert ["30 until 18:30 may become final"] == case.clocks(at("19:00"))
    case.record("DecisionRescinded", at("18:40"), target=said)
    waits = "nobody has decided on the"
    both = f"{waits} report on crew 101; {waits} summons on crew 101"
    assert [f"30 until 18:30 {both}"] == case.clocks(at("19:00"))


def test_what_a_decision_settled_is_settled_by_its_heir(case: Case) -> None:
    """The first decision is superseded, then taken back: the second has decided the case."""
    report = case.record("ReportFiled", at("18:05"), number="101", fact="Overtook in a zone.")
    first = case.decide(1, at("13:00"), number="101", matter=[report], appealable=False)
    heir = case.decide(2, at("13:10"), number="101", supersedes=first, appealable=False)
    case.record("DecisionRescinded", at("18:20"), target=first)
    assert ["30 until 18:30 may become final"] == case.clocks(at("19:00"))

    case.record("DecisionRescinded", at("18:25"), target=heir)
    assert ["30 until 18:30 nobody has decided on the report on crew 101"] == (
        case.clocks(at("19:00"))
    )


def test_what_nobody_may_contest_need_not_be_notified_first(case: Case) -> None:
    """Not open to appeal: no time has to run; one of the clerk may still be protested against."""
    fine: dict[str, Any] = {"number": "101", "effects": [effect("Fine")], "appealable": False}
    case.decide(1, at("13:00"), **fine)
    assert ["30 until 18:30 may become final"] == case.clocks(at("19:00"))
    case.decide(1, at("13:10"), series="clerk", **fine)
    told = "clerk-1 has to be notified: it may still be protested against"
    assert [f"30 until 18:30 {told}"] == case.clocks(at("19:00"))


def test_a_matter_ended_when_the_decision_was_taken(case: Case) -> None:
    """Not when it was put on record, nor when the fact was."""
    report = case.record("ReportFiled", at("18:05"), number="101", fact="Overtook in a zone.")
    taken = parse_instant(at("18:30"))
    case.decide(1, at("13:00"), number="101", matter=[report], decided_at=taken)

    row = next(each for each in docket(case.state()).others if each.kind == "report")
    assert taken.iso() == row.ended_at


def test_a_late_petition_for_a_review(case: Case) -> None:
    """Four days after the end of the competition it is over; it is on record, and late."""
    said = case.decide(1, at("13:00"), number="101", effects=[effect("Reprimand")])
    case.record("DecisionNotified", at("14:15"), target=said)
    case.record("CompetitionEnded", at("18:15"))
    late = "it was petitioned for too late"
    for day, why_not in (("14T18:15", ""), ("14T18:16", f", {late}")):
        petition = {"target": said, "number": "101", "new_element": day}
        case.record("ReviewPetitioned", f"2016-07-{day}+03:00", **petition)
        assert f"review of 101 lodged{why_not}" in case.docket()
    waits = "due petition for a review of stewards-1: has to be admitted or rejected"
    assert f"{waits} ({late})" in case.due("2016-07-14T19:00+03:00")


def test_what_concerns_other_crews_keeps_nothing_open(case: Case) -> None:
    """A report on a truck does not hold up the classification in which it does not stand."""
    case.enter("501", category="trucks")
    case.record("ReportFiled", at("18:05"), number="501", fact="Overtook in a zone.")

    assert ["30 until 18:30 may become final"] == case.clocks(at("19:00"))


def test_what_lies_on_the_desk_along_a_case(case: Case) -> None:
    """What is due at ten to six, at seven, at half past seven and four days later."""
    one: dict[str, Any] = {
        "number": "101",
        "effects": [effect("PenaltyGiven", amount_ms="0:10:00")],
    }
    said = case.decide(1, at("13:00"), **one)
    assert [
        "due stewards-1: has to be notified",
        "18:30 ahead document 30: protests may be lodged",
    ] == case.due(at("18:10"))
    case.record("DecisionNotified", at("18:15"), target=said)
    case.record("CompetitionEnded", at("18:15"))
    assert [
        "18:30 ahead document 30: protests may be lodged",
        "19:15 ahead stewards-1: an appeal may be announced",
        "07-14 18:15 ahead stewards-1: a review may be petitioned for",
    ] == case.due(at("18:20"))
    assert "stewards-1 19:15 the time to announce an appeal ends" == case.docket(at("18:20"))[0]
    assert (
        "stewards-1 07-14 18:15 the time to petition for a review ends"
        == (case.docket(at("19:20"))[0])
    )
    appeal = case.record("AppealIntentionNotified", at("19:10"), target=said, number="101")
    confirm = "07-14 19:10 ahead appeal against stewards-1: has to be confirmed"
    assert confirm in case.due(at("19:30"))
    case.record("AppealConfirmed", "2016-07-12T12:00+03:00", target=appeal)

    assert ["due appeal against stewards-1: is before the court"] == [
        line for line in case.due("2016-07-20T12:00+03:00") if "appeal against" in line
    ]


def test_a_hearing_is_set_and_held(case: Case) -> None:
    """It waits on the list until it is held, about the same matter."""
    report = case.record("ReportFiled", at("18:05"), number="101", fact="Overtook in a zone.")
    hearing: dict[str, Any] = {
        "number": "101",
        "hearing_at": parse_instant(at("20:00")),
        "matter": [report],
    }
    case.record("SummonsIssued", at("18:10"), **hearing)
    assert "20:00 ahead crew 101: a hearing is set" in case.due(at("19:00"))
    assert "20:00 over crew 101: a hearing is set" in case.due(at("21:00"))
    case.record("HearingHeld", at("20:05"), number="101", matter=[report])

    assert not [line for line in case.due(at("21:00")) if "hearing" in line]


def test_a_document_waits_for_its_signature_and_its_posting(case: Case) -> None:
    """Drawn up, signed, posted: it leaves the list when it hangs on the board."""
    drawn: dict[str, Any] = {"subject": "classification", "kind": "provisional"}
    draft = case.record("DocumentDrawnUp", at("19:00"), scope={"kind": "overall"}, **drawn)
    papers = [line for line in case.due(at("19:10")) if "has to be signed" in line]
    assert 1 == len(papers)
    case.record("DocumentSigned", at("19:05"), target=draft, by="Ann")
    assert [line for line in case.due(at("19:10")) if "is signed, and not posted" in line]
    posted: dict[str, Any] = {"document": "31", "kind": "provisional", "scope": {"kind": "overall"}}
    case.record("ClassificationPublished", at("19:20"), position=3, drawn_up=draft, **posted)

    assert not [line for line in case.due(at("19:30")) if "signed" in line]


@pytest.mark.parametrize(
    ("does", "waits"),
    [
        (effect("PenaltyGiven", amount_ms="0:01:00", number="102"), True),
        (effect("TieBreakDisapplied", numbers=("102", "777")), True),
        (effect("StageCancelled", stage="SS1"), True),
        (effect("PenaltyGiven", amount_ms="0:01:00", number="777"), False),
    ],
)
def test_an_appeal_waits_for_all_whom_its_decision_concerns(
    case: Case, does: dict[str, Any], waits: bool
) -> None:
    """The decision is on 888, who is in no classification; what it does may move others."""
    said = case.decide(1, at("12:00"), number="888", effects=[does])
    case.record("DecisionNotified", at("18:01"), target=said)
    case.record("AppealIntentionNotified", at("18:10"), target=said, number="888")

    (clock,) = case.clocks(at("19:00"))
    assert waits is ("the appeal of 888" in clock)


def test_nothing_becomes_due_by_asking(case: Case) -> None:
    """Without a moment the lists tell no end of any time, and the results know of none."""
    said = case.decide(1, at("13:00"), number="101", effects=[effect("Fine")])
    case.record("DecisionNotified", at("18:15"), target=said)

    assert not [line for line in case.due() if " over " in line]
    assert ["30 until 18:30"] == case.clocks()
    assert case.overall() == case.overall(effective_at="2030-01-01T00:00+03:00")
