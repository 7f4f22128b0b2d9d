"""Who takes part: retirements and their retraction, restarts, disqualification, the counts."""

from __future__ import annotations

from typing import Any

import pytest

from projections.explain.why import why
from projections.results.crew import crew
from projections.results.retirements import retirements
from tests.spec import Case


@pytest.fixture
def case() -> Case:
    """Three cars have driven SS1."""
    case = Case()
    case.enter("101", "102", "103")
    case.times("SS1", "2016-07-09T16:00+03:00", _101="1:00:00", _102="1:01:00", _103="1:02:00")
    return case


def test_a_retirement_that_was_retracted(case: Case) -> None:
    """A crew reported out arrives in the night: it never retired, and it was listed until then."""
    report = case.record(
        "RetirementReported", "2016-07-10T12:00+03:00", number="103", stage="SS2", reason="rolled"
    )
    assert case.retired() == ["103 retired SS2"]
    assert case.counts().retired == 1
    case.record("RetirementRetracted", "2016-07-11T08:00+03:00", target=report, number="103")
    case.times("SS2", "2016-07-10T23:50+03:00", _101="2:00:00", _102="2:00:00", _103="5:00:00")

    assert case.retired() == []
    assert case.overall() == ["1 101 3:00:00", "2 102 3:01:00", "3 103 6:02:00"]
    assert case.retired(known_at=len(case.records) - 4) == ["103 retired SS2"]
    assert case.retired(effective_at="2016-07-10T18:00+03:00") == []


def test_a_definitive_retirement_keeps_earlier_results(case: Case) -> None:
    """A crew that retires in SS2 stays in the overall after SS1."""
    case.times("SS2", _101="2:00:00", _102="2:00:00")
    case.record("RetirementReported", number="103", stage="SS2")

    assert case.overall("SS1") == ["1 101 1:00:00", "2 102 1:01:00", "3 103 1:02:00"]
    assert case.overall("SS2") == ["1 101 3:00:00", "2 102 3:01:00"]
    assert case.unclassified() == ["103 retired SS2"]


def test_an_unfinished_stage_costs_what_the_rules_say_once(case: Case) -> None:
    """Not finishing SS2 and restarting costs fifty hours; a second time is one too many."""
    case.times("SS2", _101="2:00:00", _102="2:00:00")
    case.record(
        "RetirementReported", "2016-07-10T12:00+03:00", number="103", stage="SS2", definitive=False
    )
    case.record("CrewRestarted", "2016-07-11T08:00+03:00", number="103", stage="SS3")
    assert case.overall() == ["1 101 3:00:00", "2 102 3:01:00", "3 103 51:02:00"]
    case.times("SS3", _101="1:00:00", _102="1:00:00")
    case.record(
        "RetirementReported", "2016-07-11T12:00+03:00", number="103", stage="SS3", definitive=False
    )
    case.record("CrewRestarted", "2016-07-12T08:00+03:00", number="103")

    assert case.overall() == ["1 101 4:00:00", "2 102 4:01:00"]
    assert case.retired() == ["103 retired SS3"]
    assert case.counts().retired == 1
    assert case.overall(effective_at="2016-07-12T07:00+03:00")[2:] == []
    assert case.overall("SS2")[2:] == ["3 103 51:02:00"]


def test_a_crew_may_rejoin_twice() -> None:
    """Where the rules allow two, the third stage that is not finished is one too many."""
    case = Case("cross-country", overall__unfinished_stage_limit=2)
    case.enter("101", "102")
    for day, stage in ((9, "SS1"), (10, "SS2"), (11, "SS3")):
        assert ["102 retired SS3"] != case.retired()
        case.times(stage, f"2016-07-{day:02}T12:00+03:00", _101="1:00:00")
        left = {"number": "102", "stage": stage, "kind": "overtime"}
        case.record("StageNotFinished", f"2016-07-{day:02}T20:00+03:00", **left)

    assert ["1 101 2:00:00", "2 102 20:00:00"] == case.overall("SS2")
    assert ["1 101 3:00:00"] == case.overall()
    assert ["102 retired SS3"] == case.retired()
    assert 1 == case.counts().retired


def test_a_crew_that_skipped_a_stage() -> None:
    """Out on SS1 and back for SS3: SS1 was not finished, SS2 not started; each has its cost."""
    case = Case("cross-country", ties__chain=())
    case.enter("101", "102")
    for day, stage in ((9, "SS1"), (10, "SS2")):
        case.times(stage, f"2016-07-{day:02}T12:00+03:00", _101="1:00:00")
    left: dict[str, Any] = {"number": "102", "stage": "SS1", "definitive": False}
    case.record("RetirementReported", "2016-07-09T14:00+03:00", **left)
    case.record("RestartRequested", "2016-07-10T16:00+03:00", number="102", stage="SS3")
    assert (["1 101 2:00:00"], ["102 retired SS1"]) == (case.overall(), case.retired())
    case.record("RestartDecided", "2016-07-10T18:00+03:00", number="102", granted=True)
    assert ["1 101 2:00:00"] == case.overall()
    case.record("CrewRestarted", "2016-07-11T08:00+03:00", number="102", stage="SS3")
    assert ["1 101 2:00:00", "2 102 21:00:00"] == case.overall()
    case.record("RestartDecided", "2016-07-11T09:00+03:00", number="102", granted=False)

    assert (["1 101 2:00:00"], ["102 retired SS1"]) == (case.overall(), case.retired())


def test_unfit_and_cleared() -> None:
    """The doctors stop a crew in SS2: it is out until they clear it and it starts again."""
    case = Case("cross-country")
    case.enter("101", "102")
    case.times("SS1", "2016-07-09T12:00+03:00", _101="1:00:00", _102="1:01:00")
    case.times("SS2", "2016-07-10T12:00+03:00", _101="1:00:00")
    unfit: dict[str, Any] = {"number": "102", "stage": "SS2", "fit": False}
    case.record("FitnessDecided", "2016-07-10T11:00+03:00", **unfit)
    assert (["1 101 2:00:00"], ["102 retired SS2"]) == (case.overall(), case.retired())
    case.record("FitnessDecided", "2016-07-11T07:00+03:00", number="102", fit=True)
    assert ["1 101 2:00:00", "2 102 11:01:00"] == case.overall()

    assert ["1 101 2:00:00"] == case.overall(effective_at="2016-07-10T20:00+03:00")


def test_outside_the_classification() -> None:
    """With its joker a crew goes on: it has results of stages, and no place in the overall."""
    case = Case("cross-country")
    case.enter("101", "102")
    case.times("SS1", _101="1:00:00", _102="0:59:00")
    case.times("SS2", _101="1:00:00", _102="0:59:00")
    case.record("MovedOutsideClassification", number="102", stage="SS2", kind="joker")

    assert ["1 102 0:59:00", "2 101 1:00:00"] == case.overall("SS1")
    assert ["1 101 2:00:00"] == case.overall()
    assert ["1 102 0:59:00", "2 101 1:00:00"] == case.stage("SS2")
    assert ("outside",) == case.flags("102", "SS2")
    assert (["102 outside SS2"], 1) == (case.unclassified(), case.counts().unclassified)


def test_disqualified_from_an_earlier_stage(case: Case) -> None:
    """A disqualification with effect from SS2 leaves the overall after SS1 as it was."""
    case.times("SS2", _101="2:00:00", _102="2:10:00", _103="2:20:00")
    case.times("SS3", _101="2:00:00", _102="2:10:00", _103="2:20:00")
    slots = [{"place": n, "number": number} for n, number in enumerate(("101", "102", "103"), 1)]
    case.record("StartOrderPublished", stage="SS3", slots=slots)
    retired = {"number": "101", "stage": "SS3"}
    case.record("RetirementReported", "2016-07-11T18:00+03:00", **retired)
    assert (case.counts().retired, case.counts().disqualified) == (1, 0)
    pronounced = {"number": "101", "stage": "SS2", "reason": "outside assistance"}
    case.record("CrewDisqualified", "2016-07-11T20:00+03:00", **pronounced)

    assert case.overall("SS1") == ["1 101 1:00:00", "2 102 1:01:00", "3 103 1:02:00"]
    assert case.overall("SS2") == ["1 102 3:11:00", "2 103 3:22:00"]
    assert case.stage("SS3") == ["1 102 2:10:00", "2 103 2:20:00"]
    assert case.retired() == ["101 disqualified SS2"]
    assert (case.counts().retired, case.counts().disqualified) == (0, 1)
    assert case.start_order("SS3") == ["1 101", "2 102", "3 103"]
    assert case.retired(effective_at="2016-07-11T19:00+03:00") == ["101 retired SS3"]
    assert case.overall("SS2", known_at=len(case.records) - 1)[0] == "1 101 3:00:00"


def test_the_counts_at_the_end(case: Case) -> None:
    """Finishers have a value for the last stage; who never started is no starter."""
    case.enter("104", "105", "106")
    case.record("CrewNotStarted", number="104")
    case.record("CrewWithdrew", number="105")
    case.record("StartRefused", number="106")
    case.times("SS2", _101="2:00:00", _102="2:10:00")
    case.record("RetirementReported", number="103", stage="SS2")
    case.times("SS3", _101="2:00:00")
    counts = case.counts()
    assert (
        counts.entered,
        counts.withdrawn,
        counts.refused,
        counts.not_started,
        counts.starters,
    ) == (6, 1, 1, 1, 3)
    assert (counts.finishers, counts.running, counts.retired, counts.unclassified) == (1, 1, 1, 0)
    case.record("StageClosed", stage="SS3")

    assert (case.counts().finishers, case.counts().running, case.counts().unclassified) == (1, 0, 1)


def test_a_crew_seen_after_its_retirement(case: Case) -> None:
    """A later passing is recorded like any other, and shows as an anomaly; nothing is dropped."""
    case.record("RetirementReported", "2016-07-10T12:00+03:00", number="103", stage="SS2")
    case.record("PassingRecorded", "2016-07-10T15:00+03:00", number="103", stage="SS2", point="CP1")

    assert "seen-after-retirement" in case.anomalies()
    assert case.retired() == ["103 retired SS2"]


def test_retired_by_mistake(case: Case) -> None:
    """Reported out in SS2, it drives SS3: its time is questioned, not lost, and has no place yet.

    Once the report is retracted, it counts like any other.
    """
    case.times("SS2", "2016-07-10T12:00+03:00", _101="2:00:00", _103="2:10:00")
    out = {"number": "103", "stage": "SS2"}
    report = case.record("RetirementReported", "2016-07-10T13:00+03:00", **out)
    case.times("SS3", "2016-07-11T12:00+03:00", _101="2:00:00", _103="1:50:00")
    assert ["1 101 2:00:00"] == case.stage("SS3")
    assert "seen-after-retirement" in case.anomalies()
    assert ("SS3", "103") in case.state().values
    case.record("RetirementRetracted", "2016-07-11T20:00+03:00", target=report, number="103")

    assert ["1 103 1:50:00", "2 101 2:00:00"] == case.stage("SS3")
    assert ["1 101 5:00:00", "2 103 5:02:00"] == case.overall()
    assert [] == case.anomalies()


def test_times_carried_in_open_the_ledger_in_mid_rally() -> None:
    """A crew carried in after SS2 has no place before; later stages are added to it."""
    case = Case()
    case.enter("101", "102")
    case.record("TimesCarriedIn", number="101", stage="SS2", total_ms="12:00:00")
    case.record("TimesCarriedIn", number="102", stage="SS2", total_ms="12:01:00")
    case.times("SS3", _101="1:02:00", _102="1:00:00")

    assert case.overall("SS1") == []
    assert case.overall("SS2") == ["1 101 12:00:00", "2 102 12:01:00"]
    assert case.overall() == ["1 102 13:01:00", "2 101 13:02:00"]


def test_a_retirement_without_a_place_keeps_what_was_achieved(case: Case) -> None:
    """A report that names no stage takes effect after the last stage that the crew finished."""
    case.record("RetirementReported", "2016-07-09T20:00+03:00", number="101")

    assert ["1 101 1:00:00", "2 102 1:01:00", "3 103 1:02:00"] == case.overall("SS1")
    case.times("SS2", _102="2:00:00", _103="2:00:00")
    assert ["1 102 3:01:00", "2 103 3:02:00"] == case.overall()


def test_a_restart_after_a_definitive_retirement_is_shown(case: Case) -> None:
    """Only a retraction undoes it; the restart is kept, and an official is told."""
    case.record("RetirementReported", number="101", stage="SS2")
    case.record("CrewRestarted", number="101", stage="SS3")

    assert ["restarted-after-retirement"] == case.anomalies()


def test_a_crew_that_ran_although_it_was_refused(case: Case) -> None:
    """The refusal and the times contradict each other: both stay, and it is shown."""
    case.record("StartRefused", number="101")

    assert ["seen-without-start"] == case.anomalies()
    assert 0 == case.counts().refused


def test_without_regulations_what_can_be_told_is_told() -> None:
    """A log without regulations has anomalies like any other; the missing rule is one of them."""
    case = Case()
    case.records.pop(1)
    case.enter("101")
    case.times("SS1", _101="1:00:00", _999="1:00:00")

    assert {"undefined-parameter", "unknown-crew"} == set(case.anomalies())


def test_a_crew_whose_final_total_was_carried_in_is_a_finisher() -> None:
    """Where a source gives only the final classification, who is in it did finish."""
    case = Case()
    case.enter("101", "102")
    case.record("TimesCarriedIn", number="101", stage="SS3", total_ms="36:15:18")
    case.record("TimesCarriedIn", number="102", stage="SS2", total_ms="24:00:00")

    assert (1, 1) == (case.counts().finishers, case.counts().running)


def test_a_crew_refused_and_disqualified_is_disqualified(case: Case) -> None:
    """Whatever else is on record of it, a disqualified crew is that in every list and sum."""
    case.enter("104", "105")
    case.record("StartRefused", number="104", reason="no roll cage")
    case.record("CrewDisqualified", number="104", reason="forged papers")
    case.record("CrewNotStarted", number="105")
    counts = case.counts()

    assert ["104 disqualified", "105 not-started"] == case.retired()
    assert ["104 disqualified", "105 not-started"] == case.unclassified()
    assert (counts.disqualified, counts.refused, counts.not_started) == (1, 0, 1)
    assert (counts.entered, counts.starters) == (5, 4)
    page, told = crew(case.state(), "104"), why(case.state(), "104").status
    assert (page.status, page.status_reason) == ("disqualified", "forged papers")
    assert told.words == (
        "Crew 104 is disqualified: forged papers. Also on record, and gave way: refused."
    )
    assert case.start_order("SS2") == ["1 101", "2 102", "3 103"]


def test_a_disqualification_needs_no_rule() -> None:
    """The rules may leave who retired in the overall; who is disqualified is out by the word."""
    case = Case(overall__removed_by=())
    case.enter("101", "102")
    case.times("SS1", _101="1:00:00", _102="1:01:00")
    case.record("CrewDisqualified", number="101", stage="SS1")

    assert (["1 102 1:01:00"], ["101 disqualified SS1"]) == (case.overall(), case.retired())
    assert (case.counts().disqualified, case.counts().running) == (1, 1)


def test_a_crew_that_went_on_outside_and_retired() -> None:
    """Outside from SS2 on it retires in SS3: from then on it is retired, and was outside before."""
    case = Case("cross-country")
    case.enter("101", "102")
    for day, stage in ((9, "SS1"), (10, "SS2")):
        case.times(stage, f"2016-07-{day:02}T12:00+03:00", _101="1:00:00", _102="0:59:00")
    case.times("SS3", "2016-07-11T12:00+03:00", _101="1:00:00")
    case.record("MovedOutsideClassification", number="102", stage="SS2", kind="joker")
    case.record("RetirementReported", "2016-07-11T12:00+03:00", number="102", stage="SS3")

    assert ["102 outside SS2"] == case.unclassified("SS2")
    assert ["102 retired SS3"] == case.unclassified() == case.retired()
    assert (case.counts().retired, case.counts().unclassified) == (1, 0)
    assert "retired" == crew(case.state(), "102").status


def test_a_crew_that_came_back_outside(case: Case) -> None:
    """It retired in SS2 and goes on from SS3 outside the classification: it is outside now."""
    left: dict[str, Any] = {"number": "103", "stage": "SS2", "definitive": False}
    case.times("SS2", "2016-07-10T12:00+03:00", _101="2:00:00", _102="2:00:00")
    case.record("RetirementReported", "2016-07-10T12:00+03:00", **left)
    case.record("CrewRestarted", "2016-07-11T08:00+03:00", number="103", stage="SS3")
    case.record("MovedOutsideClassification", number="103", stage="SS2", kind="joker")

    assert ["103 retired SS2"] == case.unclassified("SS2")
    assert ["103 outside SS2"] == case.unclassified()
    assert (case.counts().retired, case.counts().unclassified) == (0, 1)
    assert [True] == [row.restarted for row in retirements(case.state())]


def test_over_the_maximum_time_once_too_often_is_listed() -> None:
    """The stages that were too slow are as many as the rules allow, and one more: it is retired."""
    case = Case("cross-country", overall__unfinished_stage_limit=1, overall__max_time="unfinished")
    case.enter("101", "102")
    for stage in ("SS1", "SS2"):
        case.plan(stage, max_time_ms="2:00:00")
        case.times(stage, _101="1:00:00", _102="3:00:00")

    assert ["102 retired SS2"] == case.retired() == case.unclassified()
    assert 1 == case.counts().retired
    assert ["1 101"] == case.start_order("SS3")


def test_a_retirement_at_a_control_behind_the_plan() -> None:
    """SS7 is not in the plan yet, the control before it is: the crew is retired in list and sum."""
    case = Case("wrc-2019")
    case.enter("101", "102")
    case.times("SS1", _101="1:00:00", _102="1:01:00")
    case.record("RetirementReported", number="102", control="TC7")

    assert (["102 retired"], ["102 retired"]) == (case.retired(), case.unclassified())
    assert 1 == case.counts().retired


def test_a_crew_is_not_at_the_start_before_it_is_back() -> None:
    """Out on SS1, back for SS3: the order of SS2 is without it, also when all is known."""
    case = Case("cross-country", ties__chain=())
    case.enter("101", "102")
    case.times("SS1", "2016-07-09T12:00+03:00", _101="1:00:00")
    left: dict[str, Any] = {"number": "102", "stage": "SS1", "definitive": False}
    case.record("RetirementReported", "2016-07-09T14:00+03:00", **left)
    case.record("CrewRestarted", "2016-07-11T08:00+03:00", number="102", stage="SS3")

    assert ["1 101"] == case.start_order("SS2")
    assert ["1 101", "2 102"] == [" ".join(r.split()[:2]) for r in case.start_order("SS3")]
