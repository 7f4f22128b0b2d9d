"""Race control: who is out, what is missing, what looks wrong, one crew on a page, the teams."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given

from ledger.amendments import KEYS_AGAIN
from ledger.errors import LedgerError, NotFound
from ledger.times import parse_instant
from projections.control.check import HINTS, check, one_slip
from projections.control.outstanding import outstanding
from projections.desk.incidents import incidents
from projections.results.crew import CrewPage, crew
from projections.results.standings import Scope, standings
from projections.results.teams import teams
from projections.rules.templates import template
from projections.state.rally import RallyState
from tests.examples import examples
from tests.laws.answers import state_of
from tests.laws.rallies import Rally, rallies
from tests.spec import Case

CONTROLLED: dict[str, Any] = {
    "timing__sources_wanted": 2,
    "controls__penalties": "given",
    "teams__counting": 2,
    "check__fastest_kmh": 180,
    "check__far_ahead_percent": 20,
    "start__false_start_ms": (10_000,),
}
"""The rules that race control needs, on top of those of the Silk Way."""


def told(case: Case, kind: str, /, at: str = "", **fields: Any) -> str:
    """Something that is put on record when it happens, on the first day; answers its id."""
    moment = f"2016-07-09T{at}+03:00" if at else ""
    return case.record(kind, moment, recorded=moment, **fields)


@pytest.fixture
def case() -> Case:
    """Four cars, 130 km with two points on SS1; 101 drove it, 102 and 103 started, 104 did not."""
    case = Case(**CONTROLLED)
    case.enter("101", "102", "103", "104")
    for order, point in enumerate(("CP1", "CP2", "ASS"), 1):
        case.record("WaypointPlaced", stage="SS1", point=point, order=order, at_m=order * 40_000)
    for minute, number in enumerate(("101", "102", "103")):
        told(case, "StageStarted", f"08:0{minute}", number=number, stage="SS1", source="beam")
    for at, point in (("08:40:10", "CP1"), ("09:20:20", "CP2"), ("10:00:30", "")):
        told(case, "PassingRecorded", at, number="101", stage="SS1", point=point, source="gps")
    told(case, "PassingRecorded", "08:45:07", number="102", stage="SS1", point="CP1", source="gps")
    return case


# -- outstanding ---------------------------------------------------------------------------------


def test_who_is_still_out_and_where_each_was_last_seen(case: Case) -> None:
    """Started or expected, and not known to be off the stage; at any moment of the night."""
    assert ["SS1 102 CP1 gps", "SS1 103 start beam", "SS1 104"] == case.still_out()
    early = case.still_out(effective_at="2016-07-09T08:01:30+03:00")
    assert ["SS1 101 start beam", "SS1 102 start beam", "SS1 103", "SS1 104"] == early

    told(case, "NeutralisationPassed", "08:50", number="103", stage="SS1", zone="N1", side="left")
    told(
        case, "IncidentReported", "09:30:00", number="102", stage="SS1", kind="stuck", place="km 52"
    )
    told(case, "IncidentReported", "09:59:00", number="102", stage="SS1", kind="overdue")
    told(case, "CrewNotStarted", "09:00", number="104", stage="SS1")
    assert ["SS1 102 km 52", "SS1 103 N1"] == case.still_out()
    row = outstanding(case.state()).still_out[0]
    assert ("2016-07-09T09:30:00+03:00", True) == (row.last_seen_at, row.started)
    assert "SS1 crews-out 102 103" in case.blockers()
    told(case, "StageNotFinished", "19:00", number="103", stage="SS1", kind="overtime")
    assert ["SS1 102 km 52"] == case.still_out()


def test_who_is_off_the_stage(case: Case) -> None:
    """A crew is off it when it finished, left the rally, or was seen behind the finish or later."""
    told(case, "StageStarted", "09:00", number="104", stage="SS1")
    for order, (control, kind) in enumerate((("DSS1", "dss"), ("ASS1", "ass"), ("TC1", "")), 1):
        case.record("ControlScheduled", control=control, stage="SS1", kind=kind, order=order)
    told(case, "ControlPassed", "08:02", number="103", control="DSS1")
    told(case, "ControlPassed", "10:40", number="102", control="TC1", stage="SS1")
    assert ["SS1 103 DSS1", "SS1 104 start"] == case.still_out()
    told(case, "StageStarted", "14:00", number="103", stage="SS2")
    out = told(case, "RetirementReported", "11:00", number="104", stage="SS1")
    assert ["SS2 101", "SS2 102", "SS2 103 start"] == case.still_out()
    told(case, "RetirementRetracted", "11:30", target=out, number="104")
    assert "SS1 104 start" in case.still_out()
    assert ["SS1 104 start"] == case.still_out("SS1")


def test_a_cancellation_brings_nobody_home(case: Case) -> None:
    """Who was on the stage is still to be found; who never started is not waited for any more."""
    told(case, "StageCancelled", "09:00", stage="SS1", reason="sandstorm")
    assert ["SS1 102 CP1 gps", "SS1 103 start beam"] == case.still_out()
    told(case, "StageClosed", "20:00", stage="SS1")
    assert ([], []) == (case.still_out(), case.still_out("SS1"))


def test_a_crew_is_expected_again_from_the_stage_of_its_restart(case: Case) -> None:
    """Retired on SS1 and back on SS3: nobody waits for it on SS2, everybody does on SS3."""
    rules = ("overall.unfinished_stage", "overall.not_started_stage")
    parameters = dict.fromkeys(rules, "not-classified")
    told(case, "BulletinIssued", "07:00", bulletin="1", parameters=parameters)
    told(case, "RetirementReported", "11:00", number="103", stage="SS1", definitive=False)
    told(case, "CrewRestarted", "20:00", number="103", stage="SS3")
    for stage in ("SS2", "SS3"):
        told(case, "StageOpened", "21:00", stage=stage)

    assert "SS3 103" in case.still_out("SS3")
    assert ["SS2 101", "SS2 102", "SS2 104"] == case.still_out("SS2")
    assert [] == [each for each in case.missing() if "finish" in each]


def test_which_controls_and_sheets_are_missing(case: Case) -> None:
    """Places that crews must have come by which were seen further on; missed points are known."""
    assert [] == case.missing()
    told(case, "PassingRecorded", "10:10:10", number="102", stage="SS1")
    assert ["SS1 point CP2 of 102"] == case.missing()
    told(case, "WaypointMissed", "18:00", number="102", stage="SS1", point="CP2")
    assert [] == case.missing()

    for order, (control, kind) in enumerate(
        (("TC0", ""), ("DSS1", "dss"), ("PC1", ""), ("PC2", ""), ("ASS1", "ass")), 1
    ):
        case.record("ControlScheduled", control=control, stage="SS1", kind=kind, order=order)
    assert [] == case.missing(), "where no control was read, there is nothing to miss"
    told(case, "ControlPassed", "07:50", number="101", control="TC0")
    assert ["SS1 control TC0 of 102 103", "SS1 control PC1 PC2 of 101 102"] == case.missing()


def test_times_that_are_missing(case: Case) -> None:
    """A category without any time; a finish or a start that nobody wrote down."""
    case.enter("501", "502", category="trucks")
    for number in ("501", "502", "103"):
        told(case, "StageStarted", "14:00", number=number, stage="SS2")
    told(case, "PassingRecorded", "11:00:00", number="104", stage="SS1", source="hand")

    missing = ["SS1 finish of 103", "SS1 start of 104", "SS1 times of 501 502"]
    assert missing == sorted(each for each in case.missing("SS1") if " point " not in each)
    assert {"SS1 finish-missing 103", "SS1 times-missing 501 502"} <= set(case.blockers("SS1"))
    told(case, "StageStarted", "16:00", number="103", stage="SS3")
    assert ["SS2 finish of 103"] == case.missing("SS2")
    told(case, "StageCancelled", "15:00", stage="SS1", categories=("trucks",))
    assert "SS1 times of 501 502" not in case.missing("SS1")


def test_the_last_point_is_the_finish_only_where_the_rules_say_so() -> None:
    """103 passed the last point and was not seen to finish: it has a time by one rule alone.

    By the other it is outstanding until it is known to be off the stage, and its finish until then
    and after; once the stage is closed, it is unclassified.
    """
    for is_finish in (True, False):
        case = Case(**CONTROLLED, timing__last_point_is_finish=is_finish)
        case.enter("102", "103")
        case.record("WaypointPlaced", stage="SS1", point="ASS", order=1, kind="ass")
        for number, points in (("102", ("ASS", "")), ("103", ("ASS",))):
            told(case, "StageStarted", "08:00", number=number, stage="SS1")
            for at, point in zip(("10:00:00", "10:00:10"), points, strict=False):
                told(case, "PassingRecorded", at, number=number, stage="SS1", point=point)
        if is_finish:
            assert ([], [], 2) == (case.still_out(), case.missing(), case.counts().running)
            continue
        assert ["103 running SS1"] == case.unclassified()
        assert ["SS1 103 ASS"] == case.still_out()
        assert ["SS1 finish of 103"] == case.missing()
        told(case, "StageStarted", "12:00", number="103", stage="SS2")
        assert ["SS1 finish of 103"] == case.missing("SS1")
        assert [] == case.still_out("SS1")
        told(case, "StageClosed", "13:00", stage="SS1")
        assert (["103 unclassified SS1"], []) == (case.unclassified(), case.missing("SS1"))


def test_times_that_rest_on_one_kind_of_source(case: Case) -> None:
    """Two records of one kind are one; a time that was allocated rests on a decision."""
    assert [("101", ("gps",), 2)] == single(case)
    told(case, "PassingRecorded", "10:00:30", number="101", stage="SS1", source="gps", seq="7")
    assert [("101", ("gps",), 2)] == single(case)
    told(case, "PassingRecorded", "10:00:31", number="101", stage="SS1", source="hand")
    assert [] == single(case)
    case.record(
        "StageTimeRecorded", number="102", stage="SS1", elapsed_ms="2:00:00", basis="notional"
    )
    assert [] == single(case)


def single(case: Case) -> list[tuple[str, tuple[str, ...], int]]:
    """Whose times rest on too few kinds of sources."""
    rows = outstanding(case.state()).single_source
    return [(row.number, row.sources, row.wanted) for row in rows]


def test_what_keeps_a_result_back(case: Case) -> None:
    """Each has to be settled before the classification of the stage is published."""
    told(case, "StageTimeRecorded", "10:20", number="102", stage="SS1", elapsed_ms="2:19:00")
    for number in ("103", "104"):
        told(case, "RetirementReported", "11:00", number=number, stage="SS1")
    assert [] == case.blockers()
    told(case, "PassingRecorded", "10:00:20", number="101", stage="SS1", source="hand")
    typed = told(case, "PassingRecorded", "10:20", number="999", stage="SS1")
    told(case, "StageInterrupted", "10:30", stage="SS1")
    told(case, "FitnessDecided", "11:00", number="102", stage="SS1", fit=False)
    missed = told(case, "WaypointMissed", "18:00", number="102", stage="SS1", point="CP2")
    tip = case.record("StageTimeRecorded", number="101", stage="SS2", elapsed_ms="1:00:00")
    for time in ("1:01:00", "1:02:00"):
        changes = {"elapsed_ms": int(time[2:4]) * 60_000 + 3_600_000}
        case.record("Corrected", target=tip, number="101", stage="SS2", changes=changes)

    assert [
        "SS1 sources-differ 101",
        "SS1 unknown-crew 999",
        "SS1 interrupted",
        "SS1 unfit 102",
        "SS1 undecided 102",
    ] == case.blockers("SS1")
    assert "SS2 fork 101" in case.blockers("SS2")
    case.record("Voided", target=typed)
    case.record("PenaltyGiven", number="102", amount_ms="0:20:00", stage="SS1", evidence=(missed,))
    told(case, "StageResumed", "10:50", stage="SS1")
    assert ["SS1 sources-differ 101", "SS1 unfit 102"] == case.blockers("SS1")


def test_a_stop_by_notional_times_waits_for_them(case: Case) -> None:
    """Who was held up needs a time; with it, nothing is outstanding of this crew."""
    told(case, "StageStopped", "09:30", stage="SS1", method="notional")
    case.record("TimesCarriedIn", number="104", stage="SS1", total_ms="2:30:00")
    assert "SS1 no-notional-time 102 103" in case.blockers()
    for number in ("102", "103"):
        case.record(
            "StageTimeRecorded", number=number, stage="SS1", elapsed_ms="2:00:00", basis="notional"
        )
    assert ([], []) == (case.still_out(), case.blockers())


def test_what_the_rules_do_not_say_is_said() -> None:
    """Without a rule the rest is answered, and what can't be told is named."""
    case = Case()
    parameters = dict(template("silk-way-2016").parameters)
    del parameters["timing.sources_wanted"]
    case.record("RegulationsAdopted", rulebook="silent", parameters=parameters)
    case.enter("101", "102")
    case.times("SS1", _101="1:00:00")
    found = outstanding(case.state())

    assert ["102"] == [each.number for each in found.still_out]
    assert [each for each in found.untold if "timing.sources_wanted" in each]


# -- incidents -----------------------------------------------------------------------------------


def test_what_was_decided_on_an_observation(case: Case) -> None:
    """A penalty that names it, or for the same crew, stage and place; not one withdrawn."""
    missed = told(case, "WaypointMissed", "18:00", number="101", stage="SS1", point="CP2")
    told(case, "SpeedZoneRead", "18:05", number="101", stage="SS1", zone="Z1", impulses=3)
    told(case, "SpeedZoneRead", "18:06", number="102", stage="SS1", zone="Z1")
    told(case, "IncidentReported", "09:00", number="102", kind="stop-to-assist", stage="SS1")
    open_ones = ["102 stop-to-assist", "101 waypoint-missed open", "101 speed-zone open"]
    assert open_ones == case.incidents()
    penalty = {"number": "101", "amount_ms": "0:20:00"}
    given = case.record("PenaltyGiven", **penalty, stage="SS1", point="CP1", evidence=(missed,))
    case.record("PenaltyGiven", **penalty, stage="SS2", point="Z1")
    assert "101 speed-zone open" in case.incidents(), "of another stage"
    case.record("PenaltyGiven", **penalty, stage="SS1", point="Z1")
    case.record("TimeCreditGranted", number="102", stage="SS1", amount_ms="0:05:00")
    assert [
        "102 stop-to-assist decided",
        "101 waypoint-missed decided",
        "101 speed-zone decided",
    ] == case.incidents()
    case.record("PenaltyWithdrawn", target=given)
    assert ["101 waypoint-missed open decided"] == case.incidents(kind="waypoint-missed")
    assert ["102 stop-to-assist decided"] == case.incidents(number="102", stage="SS1")


def test_false_starts_checks_and_doctors(case: Case) -> None:
    """A computed penalty decides; a check is settled by one that is passed, unfit by clearing."""
    told(case, "FalseStartObserved", "08:00", number="101", stage="SS1")
    told(case, "CheckHeld", "06:00", number="102", kind="scrutineering", passed=False)
    told(case, "FitnessDecided", "12:00", number="103", fit=False)
    assert ["102 check-failed open", "101 false-start open", "103 unfit"] == case.incidents()
    told(case, "CheckHeld", "07:00", number="102", kind="scrutineering", passed=True)
    told(case, "FitnessDecided", "20:00", number="103", fit=True)
    told(
        case, "BulletinIssued", "05:00", bulletin="1", parameters={"controls.penalties": "computed"}
    )
    late = {"start.late_ms_per_minute": 60_000}
    told(case, "BulletinIssued", "05:01", bulletin="2", parameters=late)

    decided = ["102 check-failed decided", "101 false-start decided", "103 unfit decided"]
    assert decided == case.incidents()


# -- check ---------------------------------------------------------------------------------------


def sound() -> Case:
    """A rally in which all is well: two cars with stage times of two sources."""
    case = Case(**CONTROLLED)
    case.enter("101", "102")
    for order, point in enumerate(("CP1", "ASS"), 1):
        case.record("WaypointPlaced", stage="SS1", point=point, order=order)
    case.record("ZonePlaced", stage="SS1", zone="N1", kind="neutralisation")
    for number, minute in (("101", "00"), ("102", "02")):
        told(case, "StageStarted", f"08:{minute}", number=number, stage="SS1")
        told(case, "PassingRecorded", f"08:3{minute}"[:5], number=number, stage="SS1", point="CP1")
        told(case, "PassingRecorded", f"09:{minute}:10", number=number, stage="SS1")
    return case


ON_SS1 = {"number": "101", "stage": "SS1"}
LATER = "2016-07-09T12:00:00+03:00"
WRONG: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "before-the-start": [("PassingRecorded", {"at": "07:59:10", **ON_SS1, "point": "CP1"})],
    "bulletin-twice": [("BulletinIssued", {"bulletin": "3"})] * 2,
    "far-ahead": [
        ("StageTimeRecorded", {"number": "102", "stage": "SS2", "elapsed_ms": "1:00:00"}),
        ("StageTimeRecorded", {"number": "101", "stage": "SS2", "elapsed_ms": "0:40:00"}),
    ],
    "half-neutralisation": [
        ("NeutralisationPassed", {"at": "08:20", **ON_SS1, "zone": "N1", "side": "entered"})
    ],
    "impossible-time": [
        ("StageTimeRecorded", {"number": "101", "stage": "SS2", "elapsed_ms": "0:00:00"})
    ],
    "missed-and-passed": [("WaypointMissed", {"at": "18:00", **ON_SS1, "point": "CP1"})],
    "mistyped-number": [("PassingRecorded", {"at": "15:00:10", "number": "110", "stage": "SS2"})],
    "no-driver": [("CrewEntered", {"number": "7", "driver": " "})],
    "no-points": [("PassingRecorded", {"at": "15:00:10", **ON_SS1, "stage": "SS2", "point": "X"})],
    "penalty-twice": [
        ("PenaltyGiven", {"at": "18:00", **ON_SS1, "amount_ms": "0:01:00", "by": name})
        for name in ("Ann", "Bob")
    ],
    "recorded-before-fact": [
        ("IncidentReported", {"number": "101", "kind": "stuck", "fact_at": LATER, "at": ""})
    ],
    "restart-refused": [
        ("RetirementReported", {"at": "10:00", **ON_SS1, "definitive": False}),
        ("RestartDecided", {"at": "19:00", "number": "101", "granted": False}),
        ("CrewRestarted", {"at": "20:00", "number": "101"}),
    ],
    "restarted-unfit": [
        ("FitnessDecided", {"at": "10:00", "number": "101", "fit": False}),
        ("CrewRestarted", {"at": "20:00", "number": "101"}),
    ],
    "retroactive-bulletin": [
        ("BulletinIssued", {"at": "13:00", "bulletin": "4", "effective_at": parse_instant(LATER)})
    ],
    "same-time-twice": [
        ("PassingRecorded", {"at": "15:00:10", "number": number, "stage": "SS2", "source": "beam"})
        for number in ("101", "102")
    ],
    "too-fast": [
        ("StageScheduled", {"stage": "SS9", "order": 9, "special_m": 200_000}),
        ("StageTimeRecorded", {"number": "101", "stage": "SS9", "elapsed_ms": "1:00:00"}),
    ],
    "undecided-report": [("SpeedZoneRead", {**ON_SS1, "zone": "N1", "impulses": 2})],
    "undefined-parameter": [("RegulationsAdopted", {"rulebook": "none", "parameters": {}})],
    "unknown-category": [
        ("BulletinIssued", {"bulletin": "5", "parameters": {"points.scales": ("SS1: 9, in carz",)}})
    ],
    "unknown-crew": [("TieBreakDisapplied", {"numbers": ("101", "110")})],
    "unknown-person": [("CrewMemberReplaced", {"number": "101", "leaves": "Nobody", "joins": "A"})],
    "unknown-stage": [
        ("BulletinIssued", {"bulletin": "5", "parameters": {"start_order.rule": ("SS7 to SS9",)}})
    ],
    "unknown-zone": [("SpeedZoneRead", {**ON_SS1, "zone": "Z9"})],
}


def test_a_sound_rally_has_no_findings() -> None:
    """Nothing is made up where all is well."""
    assert [] == sound().checked()


@pytest.mark.parametrize("kind", WRONG)
def test_what_looks_wrong_is_found(kind: str) -> None:
    """Each kind with the record to begin with and what to do; once it is voided, all is well."""
    case = sound()
    begun = len(case.records)
    wrong = []
    for minute, (what, fields) in enumerate(WRONG[kind]):
        given = dict(fields)
        at = given.pop("at", "")
        if "fact_at" in given or not at:
            happened = given.pop("fact_at", "")
            recorded = f"2016-07-09T07:0{minute}+03:00"
            wrong.append(case.record(what, happened, recorded=recorded, **given))
        else:
            wrong.append(told(case, what, at, **given))
    found = [each for each in check(case.state()) if each.kind == kind]

    assert found, case.checked()
    for each in found:
        assert each.hint == HINTS[kind]
        assert each.message.endswith(".")
        if kind != "undefined-parameter":
            assert each.position == max(each.positions, key=lambda at: put_on_record(case, at))
            assert max(each.positions) > begun
    for identity in reversed(dict.fromkeys(wrong)):
        case.record("Voided", target=identity)
    assert kind not in case.checked()


def put_on_record(case: Case, position: int) -> tuple[int, str]:
    """When a record was made, and its id."""
    identity, said = case.records[position - 1]
    return said.recorded_at.ms, identity


def test_whom_nobody_saw_start_was_to_start_by_the_order_that_was_posted() -> None:
    """A finish before that is told; one behind it, or of whom no order has in it, is not."""
    case = sound()
    due_at = parse_instant("2016-07-09T16:00:00+03:00")
    slots = [{"place": 1, "number": "101", "due_at": due_at}]
    case.record("StartOrderPublished", stage="SS2", slots=slots)
    told(case, "PassingRecorded", "15:59:00", number="101", stage="SS2")

    def found() -> list[str]:
        found = [each for each in check(case.state()) if each.kind == "before-the-start"]
        return [each.message for each in found]

    assert ["0:01:00 before the start of crew 101: Crew 101 passed the finish on SS2."] == found()
    told(case, "PassingRecorded", "15:59:00", number="102", stage="SS2")
    told(case, "PassingRecorded", "16:59:00", number="101", stage="SS2", point="CP1")
    assert 1 == len(found())


def test_a_number_that_is_one_slip_off(case: Case) -> None:
    """A time of 130 is likely that of 103, which lacks one; nothing is suggested for 999."""
    for number in ("130", "999"):
        told(case, "PassingRecorded", "10:30:00", number=number, stage="SS1")

    def found() -> list[str]:
        return [each.message for each in check(case.state()) if each.kind == "mistyped-number"]

    assert ["Crew 130 is not entered, and crew 103 has no time on SS1."] == found()
    slips = [("102", "103"), ("12", "102"), ("1022", "102"), ("120", "102")]
    assert all(one_slip(*each) for each in slips)
    assert not any(one_slip(*each) for each in [("102", "102"), ("201", "102"), ("1", "102")])
    told(case, "PassingRecorded", "10:07:00", number="101", stage="SS1", source="hand")
    alike = "Crew 101 has two times that differ, and crew 102 or 103 or 104 has no time on SS1."
    assert 1 == found().count(alike)  # of both records, once


def test_every_kind_of_finding_has_a_hint() -> None:
    """An official is never left alone with one; no hint is for a kind that does not exist."""
    root = Path(__file__).resolve().parents[2]
    made = r'(?:Anomaly|Finding|Registered|Out)\(\s*"([a-z-]+)"'
    kinds = {"undefined-parameter", "unreadable", KEYS_AGAIN}
    for path in (
        "projections/control/anomalies.py",
        "projections/control/check.py",
        "projections/control/out.py",
        "projections/control/licences.py",
        "projections/control/plan.py",
        "projections/control/implausible.py",
        "projections/control/doubtful_finish.py",
        "projections/control/alike.py",
        "projections/control/confusable.py",
        "projections/control/misnamed.py",
        "projections/control/two_roots.py",
        "projections/state/contradictions.py",
        "ledger/amendments.py",
    ):
        text = (root / path).read_text(encoding="utf-8")
        assert "_dangling(" in text or "dangling" in text or re.search(made, text)
        kinds |= set(re.findall(made, text))
    assert kinds == set(HINTS)
    assert all(hint.endswith(".") for hint in HINTS.values())


# -- one crew ------------------------------------------------------------------------------------


def test_a_crew_on_one_page(case: Case) -> None:
    """As it stands now: renumbered, a member replaced, moved to another class, and its history."""
    case.enter("105", driver="Ana", codrivers=("Bea",), trophies=("w2rc",), team="North")
    told(case, "CheckHeld", "06:00", number="105", kind="administrative", passed=True)
    told(case, "NumberReallocated", "07:00", number="105", new_number="115")
    told(case, "CrewMemberReplaced", "07:10", number="115", leaves="Bea", joins="Cleo")
    told(case, "CrewMemberReplaced", "07:15", number="115", leaves="Cleo", joins="Dana")
    told(case, "CrewReclassified", "07:20", number="115", group="T2")
    told(case, "StageTimeRecorded", "10:30", number="115", stage="SS1", elapsed_ms="1:59:00")
    case.record("PenaltyGiven", number="115", stage="SS1", amount_ms="0:02:00", reason="speed")
    report = told(case, "RetirementReported", "12:00", number="115", stage="SS2")
    told(case, "RetirementRetracted", "13:00", target=report)
    told(case, "IncidentReported", "12:00", number="115", kind="puncture", stage="SS2")
    page = crew(case.state(), "115")

    assert ("Ana", ("Dana",), "T2", ("105",)) == (
        page.driver,
        page.codrivers,
        page.group,
        page.earlier_numbers,
    )
    assert ("running", 2, 2, 121 * 60_000) == (
        page.status,
        page.place,
        page.category_place,
        page.total_ms,
    )
    assert ["CheckHeld"] == [each.kind for each in page.checks]
    assert ["puncture"] == [each.kind for each in page.incidents]
    assert [120_000] == [each.amount_ms for each in page.penalties]
    assert [
        ("CrewEntered", True),
        ("NumberReallocated", True),
        ("CrewMemberReplaced", True),
        ("CrewMemberReplaced", True),
        ("CrewReclassified", True),
        ("RetirementReported", False),
        ("RetirementRetracted", True),
    ] == [(each.kind, each.stands) for each in page.history]
    assert "unknown-person" not in case.anomalies()
    with pytest.raises(NotFound) as absent:
        crew(case.state(), "105")
    assert "115" in absent.value.hint


def test_the_stages_of_a_crew(case: Case) -> None:
    """Value, penalties and places of each stage, and the place after it; out is said."""
    case.enter("1", category="moto")
    told(case, "StageTimeRecorded", "10:00", number="1", stage="SS1", elapsed_ms="1:50:00")
    case.times("SS2", _101="1:00:00", _1="2:00:00")
    told(case, "StageCancelled", "12:00", stage="SS3")
    told(case, "RetirementReported", "12:00", number="102", stage="SS1", reason="engine")
    page = crew(case.state(), "101")

    first, second, third = page.stages
    assert ("2016-07-09T08:00:00+03:00", 2, 1, 7_230_000) == (
        first.start_at,
        first.place,
        first.category_place,
        first.time_ms,
    )
    assert (1, 1, 1) == (second.place, second.overall_place, second.overall_category_place)
    assert second.overall_ms == 7_230_000 + 3_600_000
    assert ("cancelled", None, 1) == (third.status, third.place, third.overall_place)
    out = crew(case.state(), "102")
    assert ("retired", "SS1", "engine") == (out.status, out.status_stage, out.status_reason)
    assert "retired" == out.stages[0].status


@examples(25)
@given(rallies(adopted=None))
def test_every_crew_of_any_rally_has_its_page(rally: Rally) -> None:
    """Whatever was recorded, and in whatever order it arrived: one page, or a rule missing."""
    assert pages(state_of(rally)) == pages(state_of(list(reversed(rally))))


def pages(state: RallyState) -> list[Any]:
    """The page of every crew without positions, which differ from log to log."""
    found = []
    for number in sorted(state.facts.crews):
        try:
            page: CrewPage | str = crew(state, number)
        except LedgerError as error:
            page = error.message
        told = msgspec.json.encode(page).decode()
        found.append(re.sub(r'"positions?":(\[[\d,]*\]|\d+)', "", told))
    return found


# -- teams ---------------------------------------------------------------------------------------


def test_the_best_crews_of_a_team_count() -> None:
    """The two best of each team; equal sums share a place, a short team is not classified."""
    case = Case(**CONTROLLED)
    for numbers, team in ((("1", "2", "3"), "North"), (("4", "5"), "South"), (("6", "7"), "East")):
        case.enter(*numbers, team=team)
    case.enter("8", team="Lone", category="trucks")
    case.enter("9")
    case.times("SS1", _1="1:00:00", _2="3:00:00", _3="1:10:00", _4="1:05:00", _5="1:05:00")
    case.times("SS1", _6="1:00:00", _8="1:00:00", _9="0:50:00")
    case.times("SS2", _1="1:00:00", _2="1:00:00", _3="1:00:00", _4="1:00:00", _5="1:00:01")

    after = teams(case.state(), Scope(after="SS1"))
    assert [(1, "North", 7_800_000, ("1", "3")), (1, "South", 7_800_000, ("4", "5"))] == [
        (row.place, row.team, row.total_ms, tuple(c.number for c in row.crews))
        for row in after.rows
    ]
    assert [("East", "1 of 2 crews classified"), ("Lone", "1 of 2 crews entered")] == [
        (each.team, each.reason) for each in after.unclassified
    ]
    now = teams(case.state())
    assert [("North", 0), ("South", 1_000)] == [(row.team, row.gap_ms) for row in now.rows]
    assert [] == list(teams(case.state(), Scope(category="trucks")).rows)


def test_standings_of_a_group_a_team_and_a_trophy() -> None:
    """Any filter is a classification of its own; a name that no crew bears is a slip."""
    case = Case()
    case.enter("1", group="T1", team="North", trophies=("w2rc", "rookie"))
    case.enter("2", group="T2", team="North")
    case.times("SS1", _1="1:10:00", _2="1:00:00")

    for scope in (Scope(group="T1"), Scope(trophy="rookie"), Scope(team="North", group="T1")):
        assert [("1", 1)] == [(r.number, r.place) for r in standings(case.state(), scope).rows]
    for slip in (Scope(group="T9"), Scope(team="East"), Scope(trophy="joker")):
        with pytest.raises(NotFound):
            standings(case.state(), slip)


def test_a_read_out_beyond_the_new_finish_awaits_nobody() -> None:
    """A waypoint was missed behind the point at which the stage came to end: no decision is due."""
    case = Case("cross-country")
    case.enter("101")
    for order, point in enumerate(("CP1", "WP2", "ASS"), 1):
        case.record("WaypointPlaced", stage="SS1", point=point, order=order)
    case.record("WaypointMissed", number="101", stage="SS1", point="WP2")
    assert [True] == [each.open for each in incidents(case.state())]
    case.record("StageShortened", stage="SS1", point="CP1")

    assert [False] == [each.open for each in incidents(case.state())]


def test_a_control_behind_the_finish_is_still_ahead() -> None:
    """Who came to the finish and is on the way to the next control lacks nothing yet."""
    case = Case("cross-country")
    case.enter("101", "102")
    for order, (control, kind) in enumerate((("ASS1", "ass"), ("TC1", "time-control")), 1):
        case.record("ControlScheduled", control=control, stage="SS1", kind=kind, order=order)
    case.times("SS1", "2016-07-10T10:00+03:00", _101="1:00:00", _102="1:10:00")
    case.record("ControlPassed", "2016-07-10T10:30+03:00", number="101", control="TC1")
    assert [] == [line for line in case.missing("SS1") if "TC1" in line]
    case.times("SS2", "2016-07-11T10:00+03:00", _102="1:00:00")

    assert [True] == ["102" in line for line in case.missing("SS1") if "TC1" in line]
