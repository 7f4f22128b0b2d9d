"""Why, and by which rule: what is cited is what was applied, also where another says the same."""

from __future__ import annotations

from typing import Any

from ledger.times import parse_instant
from tests.scenarios.test_why import addends, of, records, rules
from tests.spec import Case, at

BY_DOCTORS = {"number": "101", "stage": "SS1"}


# -- stages that were left out -------------------------------------------------------------------


def kept_from_the_start(**changed: Any) -> Case:
    """The doctors keep 101 from starting SS1 and let it go on with SS2; 102 runs both."""
    tariffs: dict[str, Any] = {
        "overall__unfinished_stage": "fixed-penalty",
        "overall__unfinished_stage_ms": 36_000_000,
        "overall__not_started_stage": "fixed-penalty",
        "overall__not_started_stage_ms": 36_000_000,
        "overall__unfinished_stage_limit": 2,
    }
    case = Case(**(tariffs | changed))
    case.enter("101", "102")
    case.record("FitnessDecided", at("07:00"), fit=False, **BY_DOCTORS)
    case.record("StageStarted", at("08:00"), number="102", stage="SS1")
    case.times("SS1", at("10:00"), _102="1:00:00")
    case.record("FitnessDecided", at("11:00"), fit=True, **(BY_DOCTORS | {"stage": "SS2"}))
    case.times("SS2", at("14:00"), _101="1:00:00", _102="1:00:00")
    return case


def test_of_two_equal_tariffs_the_one_that_was_charged() -> None:
    """Not to finish and not to start both cost ten hours: 101 is charged for not starting."""
    found = of(kept_from_the_start(), "101")

    assert "10:00:00 SS1 not started #8" == addends(found)[0]
    assert [
        "overall.not_started_stage = fixed-penalty by regulations silk-way-2016",
        "overall.not_started_stage_ms = 36000000 by regulations silk-way-2016",
        "overall.unfinished_stage_limit = 2 by regulations silk-way-2016",
    ] == rules(found)
    dearer = kept_from_the_start(overall__not_started_stage_ms=39_600_000)
    assert "11:00:00 SS1 not started #8" == addends(of(dearer, "101"))[0]
    other = kept_from_the_start(overall__unfinished_stage_ms=39_600_000)
    assert addends(found) == addends(of(other, "101"))


def test_of_two_equal_tariffs_the_bulletin_that_set_the_one() -> None:
    """Bulletin 4 makes not starting as dear as not finishing: 101 is charged by the bulletin."""
    case = kept_from_the_start(overall__not_started_stage_ms=3_600_000)
    case.record(
        "BulletinIssued",
        bulletin="4",
        effective_at=parse_instant(at("06:00")),
        parameters={"overall.not_started_stage_ms": 36_000_000},
    )
    case.record(
        "BulletinIssued",
        bulletin="5",
        effective_at=parse_instant(at("12:00")),
        parameters={"overall.not_started_stage_ms": 36_000_000},
    )
    found = of(case, "101")

    assert "10:00:00 SS1 not started #8" == addends(found)[0]
    assert "overall.not_started_stage_ms = 36000000 by bulletin 4" == rules(found)[1]


def test_a_stage_one_too_many_names_the_limit() -> None:
    """No stage may be left out: what 101 lacks is told by the rule that would have let it."""
    found = of(kept_from_the_start(overall__unfinished_stage_limit=0), "101")

    assert not found.classified
    assert [
        "overall.not_started_stage = fixed-penalty by regulations silk-way-2016",
        "overall.unfinished_stage_limit = 0 by regulations silk-way-2016",
    ] == rules(found)


def test_of_two_equal_maximum_times_the_one_that_held() -> None:
    """An hour by the first change, an hour again by one after the start: the first one held."""
    case = Case(overall__unfinished_stage="not-classified")
    case.enter("101")
    for time in ("07:00", "09:00"):
        said = {"stage": "SS1", "max_time_ms": "1:00:00"}
        case.record("TargetTimeChanged", at(time), **said)
    case.record("StageStarted", at("08:00"), number="101", stage="SS1")
    case.times("SS1", at("10:00"), _101="1:00:01")
    found = of(case, "101")

    told = records(found.addends[0].records)
    assert ["#10 over the maximum time", "#7 the maximum time"] == told[:2]


def test_a_time_over_the_maximum_that_counts_names_the_rule() -> None:
    """The regulations ignore the maximum time, and say so."""
    case = Case(overall__max_time="ignored")
    case.enter("101")
    case.plan("SS1", max_time_ms="1:00:00")
    case.times("SS1", _101="1:00:01")
    found = of(case, "101")

    assert ["1:00:01 time on SS1 #8"] == [each.replace(" #3 #7", "") for each in addends(found)]
    assert ["overall.max_time = ignored by regulations silk-way-2016"] == rules(found)


# -- clocks --------------------------------------------------------------------------------------


def timed_by_a_beam(*declared: dict[str, Any], **changed: Any) -> Case:
    """101 starts SS1 at ten by the marshals and is at the finish at 11:00:07 by a beam."""
    case = Case("cross-country", **changed)
    case.enter("101")
    crew = {"number": "101", "stage": "SS1"}
    case.record("StageStarted", at("10:00:00"), "marshal", **crew)
    case.record("PassingRecorded", at("11:00:07"), "beam", site="finish", **crew)
    for each in declared:
        case.record("ClockOffsetDeclared", ahead_ms=7000, **each)
    return case


def test_of_two_equal_offsets_the_one_that_was_applied() -> None:
    """All beams were seven seconds ahead, so was that of SS1: the one that names SS1 applies."""
    case = timed_by_a_beam({"kind": "beam", "stage": "SS1"}, {"kind": "beam"})
    found = of(case, "101")

    assert ["1:00:00 time on SS1 #7 #8 #9"] == addends(found)
    assert ["#8 counts", "#7 the start", "#9 the clock"] == records(found.addends[0].records)


def test_an_offset_of_nothing_that_was_applied() -> None:
    """The beams were ahead, that of SS1 was right all the same: this is what its time rests on."""
    case = timed_by_a_beam({"kind": "beam"})
    case.record("ClockOffsetDeclared", kind="beam", stage="SS1", ahead_ms=0)
    found = of(case, "101")

    assert ["1:00:07 time on SS1 #7 #8 #10"] == addends(found)


def test_an_offset_that_is_only_noted_names_the_rule() -> None:
    """The clock of the finish was ahead; the regulations note that and move no time."""
    found = of(timed_by_a_beam({"of_site": "finish"}, timing__site_clock="noted"), "101")

    assert ["1:00:07 time on SS1 #7 #8"] == addends(found)
    assert "(#9 is noted only)" in records(found.addends[0].records)
    assert ["timing.site_clock = noted by regulations cross-country"] == rules(found)
