"""The rules that changed with an edition, and on whom each can bear."""

from __future__ import annotations

import pytest

from projections.editions import CHANGES, NOBODY, bearing
from projections.state.rally import EDITION
from tests.scenarios.test_publications import publish
from tests.spec import Case, at, effect

EVERYBODY = ("", "101", "102", "103")
NOTIONAL = {"elapsed_ms": "1:58:00", "basis": "notional"}


def of_edition_2(case: Case, read: str = "standings") -> dict[str, tuple[str, ...]]:
    """What changed since edition 2 and bears on a case, by the first words, and on which crews."""
    found = bearing(case.state().facts, 2, read)
    assert all(each.edition == 3 for each in found)
    return {" ".join(each.title.split()[:2]): each.crews for each in found}


@pytest.fixture
def case() -> Case:
    """Three cars have driven SS1 and SS2."""
    case = Case()
    case.enter("101", "102", "103")
    for stage in ("SS1", "SS2"):
        case.times(stage, at("12:00"), _101="2:00:00", _102="2:01:00", _103="2:02:00")
    return case


def test_nothing_bears_on_a_rally_without_incidents(case: Case) -> None:
    """Times, a penalty, a retirement, a decision: what counts by today's rules counted then."""
    case.record("PenaltyGiven", at("13:00"), number="101", stage="SS1", amount_ms="0:01:00")
    case.record("RetirementReported", at("14:00"), number="103", stage="SS3")
    case.decide(1, at("13:00"), number="102", effects=[effect("PenaltyGiven", amount_ms="0:01:00")])
    assert {} == of_edition_2(case)


def test_a_ruling_beside_something_else(case: Case) -> None:
    """It bears on the crew of which an allocation, a report or a measurement tells as well."""
    ruled = effect("StageTimeRecorded", **NOTIONAL)
    case.decide(1, at("12:00"), number="102", stage="SS3", effects=[ruled])
    assert {} == of_edition_2(case)
    case.record("StageNotFinished", at("13:00"), number="103", stage="SS3")
    assert {} == of_edition_2(case)
    case.record("StageNotFinished", at("13:00"), number="102", stage="SS3")
    assert {"A ruling": ("102",)} == of_edition_2(case)


def test_a_ruling_on_a_stage_bears_on_everybody(case: Case) -> None:
    """A cancellation that was decided, and a reinstatement beside it."""
    case.decide(1, at("12:00"), stage="SS1", effects=[effect("StageCancelled", stage="SS1")])
    for_some = {"A row": EVERYBODY, "Crews for": EVERYBODY, "In the": EVERYBODY}
    assert for_some == of_edition_2(case)
    case.record("StageReinstated", at("13:00"), stage="SS1")
    assert {"A ruling": EVERYBODY, **for_some} == of_edition_2(case)


def test_two_fates(case: Case) -> None:
    """One crew is out in two ways, another twice in the same."""
    for number in ("101", "102", "102"):
        case.record("RetirementReported", at("14:00"), number=number, stage="SS3")
    assert {} == of_edition_2(case)
    case.record("MovedOutsideClassification", at("14:00"), number="101", stage="SS3")
    assert {"A crew": ("101",)} == of_edition_2(case)
    case.record("CrewNotStarted", number="103", stage="SS3")
    assert {"A crew": ("101",)} == of_edition_2(case)
    case.times("SS3", at("12:00"), _103="2:00:00")
    assert {"A crew": ("101", "103")} == of_edition_2(case)


def test_the_plan(case: Case) -> None:
    """A stage that is planned twice, two of one number, and one that is not planned."""
    case.record("StageScheduled", stage="SS3", order=4)
    assert {"A stage": EVERYBODY} == of_edition_2(case)
    case.record("PenaltyGiven", at("13:00"), number="101", stage="SS9", amount_ms="0:01:00")
    assert {"A stage": EVERYBODY, "What names": EVERYBODY} == of_edition_2(case)
    other = Case()
    other.record("StageScheduled", stage="SS4", order=3)
    assert {"What names": (NOBODY,)} == of_edition_2(other)


def test_one_key_of_a_source_for_several_crews(case: Case) -> None:
    """It bears on everybody; another telling of one thing does not."""
    for number, time in (("101", "1:00:00"), ("101", "1:00:01")):
        case.record("StageTimeRecorded", seq="7", number=number, stage="SS3", elapsed_ms=time)
    assert {} == of_edition_2(case)
    case.record("StageTimeRecorded", seq="7", number="102", stage="SS3", elapsed_ms="1:00:02")
    assert {"Readings of": EVERYBODY} == of_edition_2(case)


def test_what_moves_no_classification(case: Case) -> None:
    """Tariffs that are equal, clocks declared twice, papers: each bears on what it can alter."""
    equal = dict.fromkeys(("overall.unfinished_stage_ms", "overall.not_started_stage_ms"), 60_000)
    case.record("BulletinIssued", bulletin="1", parameters=equal)
    assert {"A crew": EVERYBODY} == of_edition_2(case, "outstanding")
    assert {} == of_edition_2(case, "why") == of_edition_2(case, "docket")
    case.record("StageNotFinished", at("13:00"), number="103", stage="SS3")
    for ahead in (1000, 2000):
        case.record("ClockOffsetDeclared", site="finish", ahead_ms=ahead)
    credit = effect("TimeCreditGranted", amount_ms="0:01:00", stage="SS1", helped="101")
    decision = case.decide(1, at("12:00"), number="102", effects=[credit])
    case.record("DocumentPosted", document="1", title="Decision", kind="decision", about=decision)
    case.record("AppealIntentionNotified", target=decision, number="102")
    case.record("DecisionRescinded", target=decision)
    case.record("CourtDecisionIssued", target=decision, outcome="quashed")
    case.record("ReviewPetitioned", target=decision, competitor="FIA")
    papers = {
        "A clock": EVERYBODY,
        "A decision": ("101",),
        "An appeal": (NOBODY,),
        "A matter": (NOBODY,),
        "A petition": (NOBODY,),
        "The sheet": (NOBODY,),
    }
    grounds = {"The rule": ("103",), "Of several": EVERYBODY, "A clock": EVERYBODY}
    assert grounds == of_edition_2(case, "why")
    assert papers == of_edition_2(case, "docket")
    assert {"A clock": EVERYBODY} == of_edition_2(case, "history")


def test_ties_where_a_time_may_be_lacking(case: Case) -> None:
    """Something has to break ties, and somebody to have no time of its own on a stage."""
    case.record("BulletinIssued", bulletin="1", parameters={"ties.chain": ("stage-times",)})
    assert {} == of_edition_2(case)
    case.record("StageTimeRecorded", at("14:00"), number="103", stage="SS3", **NOTIONAL)
    assert {"In a": EVERYBODY} == of_edition_2(case)
    carried = Case("cross-country")
    carried.enter("101", "102", "103")
    assert {} == of_edition_2(carried)
    carried.record("TimesCarriedIn", number="103", stage="SS1", total_ms="1:00:00")
    assert EVERYBODY == of_edition_2(carried)["In a"]


def test_a_stage_that_was_shortened(case: Case) -> None:
    """It bears on all: on what is stretched to its length, and on who was too fast on it."""
    case.decide(1, at("12:00"), effects=[effect("StageShortened", stage="SS2", point="CP1")])
    assert {"How long": EVERYBODY} == of_edition_2(case)
    assert "How long" in of_edition_2(case, "check")


def test_what_may_become_final(case: Case) -> None:
    """Once a classification hangs on the board, its clock and what is due may be told otherwise."""
    assert {} == of_edition_2(case, "protest-clock")
    publish(case, "30", "provisional", recorded=at("18:00"), after="SS1")
    for read in ("protest-clock", "due"):
        assert {"A classification": ("",)} == of_edition_2(case, read)
    assert {} == of_edition_2(case)


def test_several_courts_about_one_decision(case: Case) -> None:
    """One that left it as it was may have revived what another had quashed."""
    said = case.decide(1, at("13:00"), number="102", effects=[effect("Fine")])
    for number, outcome in enumerate(("quashed", "upheld")):
        assert {} == of_edition_2(case)
        court = {"target": said, "outcome": outcome, "case": f"{number}"}
        case.record("CourtDecisionIssued", at("20:00"), **court)
    assert {"A court": EVERYBODY} == of_edition_2(case)


def test_editions_of_which_nothing_is_told(case: Case) -> None:
    """What edition 2 changed is not on the list: by edition 1 everything may be another."""
    assert max(CHANGES) == EDITION
    assert [(2, EVERYBODY)] == [(e.edition, e.crews) for e in bearing(case.state().facts, 1)]
    assert () == bearing(case.state().facts, EDITION)


def test_kinds_in_capitals_and_what_is_told_newly(case: Case) -> None:
    """It bears on everybody where a kind is written so; what look alike is told of any plan."""
    told = {"A crew", "Acts of", "Categories, classes", "Codes of", "Every status", "A time"}
    told |= {"Stages and"}
    assert told == of_edition_2(case, "check").keys()
    case.record("WaypointPlaced", stage="SS1", point="ASS", order=1, kind="ass")
    told |= {"Several finishes", "The finish"}
    assert told == of_edition_2(case, "check").keys()
    assert {"The finish": EVERYBODY} == of_edition_2(case)
    case.record("ControlScheduled", control="TC1", stage="SS1", order=1, kind="DSS")
    assert {"The finish": EVERYBODY, "A kind": EVERYBODY} == of_edition_2(case)
    case.record("ClockOffsetDeclared", site="finish", ahead_ms=1000)
    case.decide(1, at("12:00"), number="102", effects=[effect("Fine")])
    told |= {"A kind", "A clock", "An effect"}
    assert told == of_edition_2(case, "check").keys()


def test_moments_that_were_told_by_clocks_of_another_zone(case: Case) -> None:
    """It bears on what is said of the crew at controls, where the rally goes by other clocks."""
    before = of_edition_2(case, "why")
    case.record("ControlPassed", "2016-07-20T12:00+08:00", number="101", control="TC1")
    assert before == of_edition_2(case, "why")
    case.record("ControlPassed", "2016-07-20T04:00+00:00", number="102", control="TC1")
    assert {**before, "When a": ("102",)} == of_edition_2(case, "why")
