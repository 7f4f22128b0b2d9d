"""What contradicts itself is told: out and yet timed, planned twice, times that are none.

Each case is told whichever of its records came first, and lifted by what an official does about it.
"""

from __future__ import annotations

from typing import Any

import pytest

from projections.control.anomalies import anomalies
from projections.control.check import check
from projections.control.outstanding import outstanding
from projections.results.finishers import finishers
from projections.results.penalties import penalties
from projections.results.standings import Scope, standings
from projections.results.time_card import time_card
from projections.state.rally import RallyState
from tests.spec import Case

Record = tuple[str, dict[str, Any]]
NUMBER = "103"


def out(kind: str, **fields: Any) -> Record:
    """A status of crew 103."""
    return kind, {"number": NUMBER, **fields}


def timed(stage: str) -> Record:
    """A time of crew 103, of which no clock tells when it was."""
    return "StageTimeRecorded", {"number": NUMBER, "stage": stage, "elapsed_ms": 3_600_000}


def passed(stage: str, point: str = "CP1") -> Record:
    """Crew 103 was seen at a point, after so long."""
    return "PassingRecorded", {"number": NUMBER, "stage": stage, "point": point, "elapsed_ms": 90}


def started(stage: str) -> Record:
    """Crew 103 started a stage; when, nobody wrote down."""
    return "StageStarted", {"number": NUMBER, "stage": stage}


RETIRED, KEPT, RULED_OUT = (
    "seen-after-retirement",
    "seen-without-start",
    "seen-after-disqualification",
)
CONTRADICTIONS = {
    "retired, a time on the next stage": (
        out("RetirementReported", stage="SS2"),
        timed("SS3"),
        (RETIRED, "SS3"),
    ),
    "retired, a time on that stage": (
        out("RetirementReported", stage="SS2"),
        timed("SS2"),
        (RETIRED, "SS2"),
    ),
    "may restart, and did not": (
        out("RetirementReported", stage="SS1", definitive=False),
        passed("SS3"),
        (RETIRED, "SS3"),
    ),
    "withdrawn, a start on a later stage": (
        out("CrewWithdrew", stage="SS1"),
        started("SS2"),
        (RETIRED, "SS2"),
    ),
    "retired, a false start on the next stage": (
        out("RetirementReported", stage="SS1"),
        ("FalseStartObserved", {"number": NUMBER, "stage": "SS2", "by_ms": 500}),
        (RETIRED, "SS2"),
    ),
    "not started, a false start there": (
        out("CrewNotStarted", stage="SS2"),
        ("FalseStartObserved", {"number": NUMBER, "stage": "SS2"}),
        (KEPT, "SS2"),
    ),
    "unfit, a time later": (
        out("FitnessDecided", fit=False, stage="SS1"),
        timed("SS2"),
        (RETIRED, "SS2"),
    ),
    "not started, a passing on that stage": (
        out("CrewNotStarted", stage="SS2"),
        passed("SS2"),
        (KEPT, "SS2"),
    ),
    "not started, a time later": (out("CrewNotStarted", stage="SS2"), timed("SS3"), (KEPT, "SS3")),
    "not started the rally, a start": (out("CrewNotStarted"), started("SS1"), (KEPT, "SS1")),
    "refused, a start": (out("StartRefused"), started("SS1"), (KEPT, "SS1")),
    "not finished, a finish": (
        out("StageNotFinished", stage="SS2"),
        passed("SS2", ""),
        ("finished-after-all", "SS2"),
    ),
    "disqualified from SS1 on, a time on SS3": (
        out("CrewDisqualified", stage="SS1"),
        timed("SS3"),
        (RULED_OUT, "SS3"),
    ),
}


def told(state: RallyState) -> list[tuple[str, str]]:
    """The kinds and stages of what contradicts itself about crew 103."""
    return [(each.kind, each.stage) for each in anomalies(state) if each.number == NUMBER]


def with_points() -> Case:
    """Two crews; every stage has a point on the way."""
    case = Case()
    case.enter("101", NUMBER)
    for stage in ("SS1", "SS2", "SS3"):
        case.record("WaypointPlaced", stage=stage, point="CP1", order=1)
        case.record("WaypointPlaced", stage=stage, point="ASS", order=2)
    return case


@pytest.mark.parametrize("name", CONTRADICTIONS)
@pytest.mark.parametrize("status_first", [True, False])
def test_out_and_yet_on_the_road(name: str, status_first: bool) -> None:
    """By the order of the stages, without any instant, whichever was entered first."""
    status, seen, wanted = CONTRADICTIONS[name]
    case = with_points()
    kinds = []
    for kind, fields in (status, seen) if status_first else (seen, status):
        assert [] == told(case.state()), "one alone contradicts nothing"
        kinds.append(kind)
        case.record(kind, **fields)
    assert [wanted] == told(case.state())
    assert wanted in [(each.kind, each.stage) for each in check(case.state())]
    case.record("Voided", target=case.records[-2][0])
    assert [] == told(case.state()), "it is lifted by what takes one of them away"
    assert len(kinds) == 2


@pytest.mark.parametrize(
    "lifting",
    [
        ("CrewRestarted", {"number": NUMBER, "stage": "SS3"}),
        ("RestartDecided", {"number": NUMBER, "stage": "SS3", "granted": True}),
    ],
)
def test_a_restart_lifts_it_from_its_stage_on(lifting: Record) -> None:
    """On SS3 it is in again; a time on SS2 would still not fit."""
    case = with_points()
    case.record("RetirementReported", number=NUMBER, stage="SS1", definitive=False)
    case.record("StageTimeRecorded", number=NUMBER, stage="SS3", elapsed_ms=3_600_000)
    assert [(RETIRED, "SS3")] == told(case.state())
    kind, fields = lifting
    case.record(kind, **fields)
    assert [] == told(case.state())
    case.record("StageTimeRecorded", number=NUMBER, stage="SS2", elapsed_ms=3_600_000)
    assert [(RETIRED, "SS2")] == told(case.state())


def test_withdrawn_before_the_start_and_yet_timed() -> None:
    """A withdrawal that names no stage contradicts what is recorded of later stages alone."""
    case = with_points()
    case.record("CrewWithdrew", number=NUMBER)
    case.times("SS1", _103="1:00:00")
    assert [(RETIRED, "SS1")] == told(case.state())

    case = with_points()
    case.times("SS1", _103="1:00:00")
    case.record("CrewWithdrew", number=NUMBER)
    assert [] == told(case.state())
    case.times("SS2", _103="1:00:00")
    assert [(RETIRED, "SS2")] == told(case.state())


def test_what_fits_is_not_told() -> None:
    """Finished before it retired there; over the maximum time; a time allocated to who is back."""
    case = with_points()
    case.record("PassingRecorded", "2016-07-10T11:00+03:00", number=NUMBER, stage="SS1")
    case.record("RetirementReported", "2016-07-10T12:00+03:00", number=NUMBER, stage="SS1")
    assert [] == told(case.state())

    case = with_points()
    case.times("SS1", _103="11:00:00")
    case.record("StageNotFinished", number=NUMBER, stage="SS1", kind="overtime")
    assert [] == told(case.state())

    case = with_points()
    case.record("RetirementReported", number=NUMBER, stage="SS1", definitive=False)
    basis: dict[str, Any] = {"elapsed_ms": 3_600_000, "basis": "notional"}
    case.record("StageTimeRecorded", number=NUMBER, stage="SS1", **basis)
    assert [] == told(case.state())


def test_a_quashed_disqualification_lifts_it() -> None:
    """The court takes the decision away, and with it the contradiction."""
    case = with_points()
    effect = {"act": "CrewDisqualified", "fields": {"number": NUMBER, "stage": "SS1"}}
    decision = case.decide(1, number=NUMBER, stage="SS1", effects=[effect])
    case.times("SS2", _103="1:00:00")
    assert [(RULED_OUT, "SS2")] == told(case.state())
    case.record("CourtDecisionIssued", target=decision, outcome="quashed")
    assert [] == told(case.state())


# -- the plan, the entries and the times ---------------------------------------------------------


def kinds(case: Case) -> set[str]:
    """What `check` finds, but for stages that were not run."""
    return {each.kind for each in check(case.state())} - {"stage-not-run"}


TC: dict[str, Any] = {"control": "TC1", "stage": "SS1", "order": 2}
TWICE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "ControlScheduled": ({**TC, "due_at": None}, {**TC, "location": "Bivouac"}),
    "WaypointPlaced": (
        {"stage": "SS1", "point": "X", "order": 3},
        {"stage": "SS1", "point": "X", "order": 4},
    ),
    "ZonePlaced": (
        {"stage": "SS1", "zone": "Z1", "kind": "speed", "limit_kmh": 30},
        {"stage": "SS1", "zone": "Z1", "kind": "speed", "limit_kmh": 50},
    ),
}


@pytest.mark.parametrize("kind", TWICE)
def test_planned_twice_in_different_ways(kind: str) -> None:
    """A control, point or zone of one name; what says the same twice is no news."""
    one, other = TWICE[kind]
    case = with_points()
    case.record(kind, **one)
    case.record(kind, **one)
    assert set() == kinds(case)
    case.record(kind, **other)
    assert {"planned-twice"} == kinds(case)


def test_a_target_with_nothing_to_count_from() -> None:
    """The first control of a stage; one that names a control which is none; a changed target."""
    case = with_points()
    case.record("ControlScheduled", **TC, target_ms=600_000)
    assert ["target-from-nothing"] == [each.kind for each in anomalies(case.state())]
    case.record("ControlScheduled", control="ASS1", stage="SS1", kind="ass", order=1)
    assert [] == list(anomalies(case.state()))
    case.record("ControlScheduled", control="TC2", order=3, from_control="TC9", target_ms=1)
    found = anomalies(case.state())
    assert [("target-from-nothing", True)] == [(e.kind, "TC9" in e.message) for e in found]
    case.record("TargetTimeChanged", control="ASS1", target_ms=60_000)
    assert 2 == len(anomalies(case.state()))


def test_points_whose_distance_falls() -> None:
    """A point behind another one is not nearer to the start; nor is one for a category."""
    case = with_points()
    case.record("WaypointPlaced", stage="SS1", point="WP3", order=3, at_m=120_000)
    case.record("WaypointPlaced", stage="SS1", point="WP4", order=4, at_m=130_000)
    assert set() == kinds(case)
    nearer: dict[str, Any] = {"category": "trucks", "at_m": 12_500}
    case.record("WaypointPlaced", stage="SS1", point="WP5", order=5, **nearer)
    (found,) = anomalies(case.state())
    assert ("falling-distance", "SS1") == (found.kind, found.stage)
    assert "from km 130 at WP4 to km 12.5 at WP5" in found.message


def test_the_same_person_in_two_crews() -> None:
    """However it is spelled; not where one of them did not start, nor a word that is no name."""
    case = Case()
    case.enter("101", driver="Vera Sand", codrivers=("Kim Rock",))
    case.enter("102", driver="Lin Gobi", codrivers=("kim  ROCK",))
    (found,) = anomalies(case.state())
    assert ("person-twice", "102") == (found.kind, found.number)
    case.record("CrewMemberReplaced", number="102", leaves="kim  ROCK", joins="Ana Dune")
    assert set() == kinds(case)
    case.record("CrewMemberReplaced", number="102", leaves="Ana Dune", joins="Vera Sand")
    assert {"person-twice"} == kinds(case)
    case.record("CrewWithdrew", number="102")
    assert set() == kinds(case)
    case.enter("201", "202", "203", driver="to be announced")
    assert set() == kinds(case)


def test_a_tie_ruling_on_crews_that_are_not_level() -> None:
    """It is told while they are level in no classification."""
    case = with_points()
    case.times("SS1", _101="1:00:00", _103="1:00:01")
    case.record("TieBreakDisapplied", numbers=("101", NUMBER))
    assert ["tie-not-level"] == [each.kind for each in anomalies(case.state())]
    case.times("SS2", _101="1:00:00", _103="0:59:59")
    assert [] == list(anomalies(case.state()))


def test_times_that_are_none() -> None:
    """0:00:00; and seen on the road with neither instant nor duration."""
    case = with_points()
    case.times("SS1", _101="0:00:00")
    assert {"impossible-time"} == kinds(case)
    case = with_points()
    case.record("PassingRecorded", number="101", stage="SS1", point="CP1", elapsed_ms=0)
    assert {"impossible-time"} == kinds(case)
    case = with_points()
    case.record("PassingRecorded", number="101", stage="SS1", point="CP1")
    assert {"no-time"} == kinds(case)
    case = with_points()
    case.record("WaypointPlaced", stage="SS1", point="DSS", order=0, kind="dss")
    case.record("PassingRecorded", number="101", stage="SS1", point="DSS", elapsed_ms=0)
    assert set() == kinds(case), "at the start time begins to run"


def test_a_slow_outlier() -> None:
    """A slip in the hours is told; a breakdown, and two crews alone, are not."""
    case = Case()
    case.enter("101", "102", NUMBER, "104")

    def slow() -> list[tuple[str, str]]:
        found = (each for each in check(case.state()) if each.kind == "implausible-time")
        return [(each.stage, each.number) for each in found]

    case.times("SS1", _101="3:10:00", _102="3:20:00", _103="13:25:00")
    assert [("SS1", NUMBER)] == slow()
    case.times("SS2", _101="3:10:00", _102="3:20:00", _103="6:25:00")
    case.times("SS3", _101="3:10:00", _102="13:20:00")
    assert [("SS1", NUMBER)] == slow()
    case.times("SS1", _104="13:30:00")
    assert [("SS1", NUMBER), ("SS1", "104")] == slow(), "one hides no other"


# -- answers -------------------------------------------------------------------------------------


def test_crews_for_whom_a_stage_was_cancelled() -> None:
    """They are cancelled on it, not running; who left before it has left; it may come back."""
    case = Case()
    case.enter("101", "102")
    case.enter("501", "502", category="trucks")
    case.times("SS1", _101="1:00:00", _102="1:01:00", _501="2:00:00", _502="2:00:00")
    case.times("SS2", _101="1:00:00")
    case.record("RetirementReported", number="502", stage="SS1")
    cancelled: dict[str, Any] = {"stage": "SS2", "categories": ("trucks",), "reason": "sandstorm"}
    case.record("StageCancelled", **cancelled)

    def of_the_stage() -> dict[str, str]:
        rows = standings(case.state(), Scope("stage", stage="SS2")).unclassified
        return {row.number: row.status for row in rows}

    assert {"102": "running", "501": "cancelled", "502": "retired"} == of_the_stage()
    row = standings(case.state(), Scope("stage", stage="SS2", category="trucks")).unclassified[0]
    assert ("SS2", "SS2 was cancelled for trucks: sandstorm") == (row.stage, row.reason)
    assert {"102": "running", "502": "retired"} == {
        row.number: row.status for row in standings(case.state()).unclassified
    }
    total = finishers(case.state()).total
    assert (4, 4, 1) == (total.entered, total.starters, total.retired)
    assert 4 == total.retired + total.running + total.finishers + total.unclassified
    case.record("StageReinstated", stage="SS2", categories=("trucks",))
    assert {"102": "running", "501": "running", "502": "retired"} == of_the_stage()


def test_a_penalty_names_the_article_of_its_decision() -> None:
    """In the list of penalties; on the card its status stands apart from early and late."""
    case = Case()
    case.enter("101")
    case.times("SS1", _101="1:00:00")
    effect = {"act": "PenaltyGiven", "fields": {"amount_ms": 300_000}}
    about = {"number": "101", "stage": "SS1", "infringement": "article 12.3"}
    decision = case.decide(1, **about, effects=[effect])
    assert ["article 12.3"] == [row.article for row in penalties(case.state()).rows]
    case.record("CourtDecisionIssued", target=decision, outcome="quashed")
    assert ["article 12.3"] == [row.article for row in penalties(case.state()).rows]
    (line,) = (x for x in time_card(case.state(), "101").stages[0].lines if x.what == "penalty")
    assert ("", "quashed", 0) == (line.verdict, line.status, line.penalty_ms)


def test_race_control_waits_for_crews_at_controls() -> None:
    """Whoever left the finish is to come to the next control: when, and until it is seen there."""
    case = Case("cross-country")
    case.enter("101", "102", "103")
    for order, (control, kind) in enumerate((("ASS1", "ass"), ("TC1", ""), ("TC1A", "")), 1):
        target: dict[str, Any] = {"target_ms": 2_400_000} if control == "TC1" else {}
        case.record(
            "ControlScheduled", control=control, stage="SS1", kind=kind, order=order, **target
        )

    def on_the_day(kind: str, at: str, **fields: Any) -> None:
        case.record(kind, f"2016-07-09T{at}+03:00", **fields)

    def awaited() -> list[tuple[str, str, str | None]]:
        rows = outstanding(case.state()).awaited
        return [(each.control, each.number, each.due_at) for each in rows]

    for number in ("101", "102", "103"):
        on_the_day("StageStarted", "08:00", number=number, stage="SS1")
    assert [] == awaited()
    on_the_day("PassingRecorded", "10:01:30", number="101", stage="SS1")
    on_the_day("PassingRecorded", "10:02:30", number="102", stage="SS1")
    second = ("TC1", "102", "2016-07-09T10:42:00+03:00")
    assert [("TC1", "101", "2016-07-09T10:41:00+03:00"), second] == awaited()
    on_the_day("ControlPassed", "10:41:10", number="101", control="TC1")
    assert [second] == awaited(), "no time is set for TC1A, and nobody was read there"
    on_the_day("ControlPassed", "10:42:10", number="102", control="TC1A")
    assert [("TC1A", "101", None)] == awaited()
    on_the_day("StageStarted", "12:00", number="101", stage="SS2")
    assert [] == awaited()
    assert ["TC1", "TC1A"] == [each.what[0] for each in outstanding(case.state(), "SS1").missing]


def test_who_retired_is_not_waited_for_at_a_control() -> None:
    """Nor is anybody once the stage is closed."""
    case = Case("cross-country")
    case.enter("101", "102")
    case.record("ControlScheduled", control="ASS1", stage="SS1", kind="ass", order=1)
    case.record("ControlScheduled", control="TC1", stage="SS1", order=2, target_ms=60_000)
    for number in ("101", "102"):
        begun = {"number": number, "stage": "SS1"}
        case.record("StageStarted", "2016-07-09T08:00+03:00", **begun)
        case.record("PassingRecorded", "2016-07-09T10:00+03:00", **begun)
    assert ["101", "102"] == [each.number for each in outstanding(case.state()).awaited]
    case.record("RetirementReported", "2016-07-09T10:30+03:00", number="101", stage="SS1")
    assert ["102"] == [each.number for each in outstanding(case.state()).awaited]
    case.record("StageClosed", stage="SS1")
    assert () == outstanding(case.state(), "SS1").awaited
