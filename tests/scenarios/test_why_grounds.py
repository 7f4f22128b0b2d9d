"""Why, and by which rule: what is cited is what was applied, also where another says the same."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.times import parse_instant
from tests.scenarios.test_why import addends, of, records, rules
from tests.spec import Case, at

HOUR = 3_600_000
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
    assert ["overall.unfinished_stage_limit = 0 by regulations silk-way-2016"] == rules(found)


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


def on_time_after_a_change(change: str) -> Case:
    """An hour by the plan, two by a change; 101 starts at eight and needs an hour and a half."""
    case = Case(overall__unfinished_stage="not-classified")
    case.enter("101")
    case.plan("SS1", max_time_ms="1:00:00")
    case.record("TargetTimeChanged", at(change), stage="SS1", max_time_ms="2:00:00")
    case.record("StageStarted", at("08:00"), number="101", stage="SS1")
    case.times("SS1", at("10:00"), _101="1:30:00")
    return case


def test_within_a_maximum_time_that_was_raised() -> None:
    """The time counts by that change alone: it is told with it, and a needless one is not."""
    case = on_time_after_a_change("07:00")
    told = records(of(case, "101").addends[0].records)
    assert "#8 the maximum time" in told
    case.record("TargetTimeChanged", at("07:30"), stage="SS1", max_time_ms="3:00:00")
    told = records(of(case, "101").addends[0].records)
    assert not any("the maximum time" in each for each in told)


@pytest.mark.parametrize(
    ("change", "ahead", "kind"), [("08:30", HOUR, "time"), ("07:30", -HOUR, "missing")]
)
def test_a_clock_that_moves_a_change_of_the_maximum_is_told(
    change: str, ahead: int, kind: str
) -> None:
    """By the clocks of that half hour it was made after the start, and truly before; or otherwise.

    It says which maximum time held, of a time that is over it and of one that is not.
    """
    case = on_time_after_a_change(change)
    since, until = (parse_instant(at(change[:3] + minute)) for minute in ("20", "45"))
    clock: dict[str, Any] = {"ahead_ms": ahead, "since_at": since, "until_at": until}
    case.record("ClockOffsetDeclared", **clock)
    found = of(case, "101").addends[0]
    assert kind == found.kind
    assert "#11 the clock" in records(found.records)


def test_a_time_over_the_maximum_that_counts_names_the_rule() -> None:
    """The regulations ignore the maximum time, and say so."""
    case = Case(overall__max_time="ignored")
    case.enter("101")
    case.plan("SS1", max_time_ms="1:00:00")
    case.times("SS1", _101="1:00:01")
    found = of(case, "101")

    assert ["1:00:01 time on SS1 #8"] == [each.replace(" #3 #7", "") for each in addends(found)]
    assert ["overall.max_time = ignored by regulations silk-way-2016"] == rules(found)


def test_a_time_over_the_maximum_tells_what_made_it() -> None:
    """An opening bonus of ten seconds does not save 101: the rule that gave it is told, too."""
    rates: dict[str, Any] = {"bonus__opening_ms_per_km": (100,)}
    case = Case(**rates, overall__unfinished_stage="not-classified")
    case.enter("101")
    case.plan("SS1", max_time_ms="1:00:00", special_m=100_000)
    case.record("RouteOpened", number="101", stage="SS1", rank=1, distance_m=100_000)
    case.times("SS1", _101="1:00:11")
    found = of(case, "101")

    assert ["0:00:00 over the maximum time of SS1 (no value)"] == [
        each.replace(" #3 #7 #8 #9", "") for each in addends(found)
    ]
    assert ("its time was 1:00:01",) == found.addends[0].notes
    assert ["overall.max_time = unfinished", "bonus.opening_ms_per_km = (100,)"] == [
        each.partition(" by ")[0] for each in rules(found) if "unfinished_stage" not in each
    ]


# -- where a stage ends --------------------------------------------------------------------------


def timed_at_a_point(tolerance_ms: int) -> Case:
    """102 was timed a second after it was seen at WP1; 101 was seen there, and has no more."""
    case = Case("cross-country", timing__tolerance_ms=tolerance_ms)
    case.enter("101", "102")
    case.record("WaypointPlaced", stage="SS1", point="WP1", order=1)
    for number, elapsed in (("101", "1:00:00"), ("102", "1:01:00")):
        seen = {"number": number, "stage": "SS1", "point": "WP1", "elapsed_ms": elapsed}
        case.record("PassingRecorded", **seen)
    case.times("SS1", _102="1:01:01")
    return case


def test_a_finish_that_the_tolerance_shows_or_does_not_show_names_it() -> None:
    """To the second the times do not agree, and 101 has none; within two seconds they would."""
    found = of(timed_at_a_point(0), "101")
    assert ["timing.tolerance_ms = 0 by regulations cross-country"] == rules(found)

    found = of(timed_at_a_point(2000), "101")
    assert ["1:00:00 time on SS1"] == [each.partition(" #")[0] for each in addends(found)]
    assert "timing.tolerance_ms = 2000 by regulations cross-country" in rules(found)


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


def test_a_published_start_that_was_also_the_actual_one() -> None:
    """101 started to the second as published: its time runs from the published start."""
    case = timed_by_a_beam()
    slots = [{"place": 1, "number": "101", "due_at": parse_instant(at("10:00:00"))}]
    case.record("StartOrderPublished", at("07:00"), stage="SS1", slots=slots)
    case.record("StageDelayed", at("10:30"), stage="SS1", by_ms="0:30:00")
    found = of(case, "101")

    assert ["#8 counts", "#7 the start", "#9 the official start"] == records(
        found.addends[0].records
    )


def test_a_source_that_is_not_believed_names_who_said_so() -> None:
    """The beam was declared unreliable, so the hand counts: no order of sources is asked."""
    case = timed_by_a_beam()
    crew = {"number": "101", "stage": "SS1"}
    case.record("PassingRecorded", at("11:00:30"), "hand", **crew)
    assert "timing.sources" in rules(of(case, "101"))[0]
    case.record("SourceDeclaredUnreliable", kind="beam")
    found = of(case, "101")

    assert ["1:00:30 time on SS1 #7 #9 #10"] == addends(found)
    assert [
        "#9 counts",
        "#7 the start",
        "(#8 its source was declared unreliable)",
        "#10 declares a source unreliable",
    ] == records(found.addends[0].records)
    assert [] == rules(found)


def test_two_records_of_a_start_of_which_the_better_source_counts() -> None:
    """The marshals wrote ten o'clock, the beam a second less: the order of sources decides."""
    case = timed_by_a_beam(timing__tolerance_ms=60_000)
    case.record("StageStarted", at("09:59:59"), "beam", number="101", stage="SS1")
    found = of(case, "101")

    assert ["1:00:08 time on SS1 #8 #9"] == addends(found)
    assert "timing.sources" in rules(found)[0]


def test_a_passing_at_the_last_point_that_is_no_finish() -> None:
    """101 was seen at the last point, which is no finish by the rule: it lacks a time by that."""
    case = Case("cross-country", timing__last_point_is_finish=False)
    case.enter("101", "102")
    case.record("WaypointPlaced", stage="SS1", point="ASS", order=1, kind="ass")
    case.record("PassingRecorded", number="101", stage="SS1", point="ASS", elapsed_ms="1:00:00")
    case.times("SS1", _102="1:10:00")
    found = of(case, "101")

    assert "0:00:00 no time on SS1 (no value)" == addends(found)[0]
    assert ["timing.last_point_is_finish = False by regulations cross-country"] == rules(found)


# -- what race direction made of it --------------------------------------------------------------


def test_a_road_penalty_of_a_cancelled_stage_by_the_act_or_by_the_rule() -> None:
    """Void by the rule; kept by the rule; void as the act says, where no rule is asked."""
    voided = "cancellation.road_penalties = void by regulations silk-way-2016"
    kept = "cancellation.road_penalties = keep by regulations silk-way-2016"
    for by_rule, by_act, status, expected in (
        ("void", "", "stage cancelled", [voided]),
        ("keep", "", "in force", [kept]),
        ("keep", "void", "stage cancelled", []),
        ("void", "keep", "in force", []),
    ):
        case = Case(cancellation__road_penalties=by_rule)
        case.enter("101")
        case.times("SS1", _101="1:00:00")
        crew = {"number": "101", "stage": "SS1"}
        case.record("PenaltyGiven", amount_ms="0:01:00", applies_to="road", **crew)
        case.record("StageCancelled", stage="SS1", road_penalties=by_act)
        penalty = of(case, "101").addends[1]

        assert (status, expected) == (penalty.status, rules(of(case, "101"), 1))
        told = ["#8", "#9 stage cancelled"] if status == "stage cancelled" else ["#8"]
        assert told == records(penalty.records)


def test_a_penalty_beyond_the_finish_names_the_act_that_moved_it() -> None:
    """Shortened to CP2, then stopped at CP1: the stop is why the penalty at CP2 falls away."""
    case = Case("cross-country", shortening__penalties_beyond="dropped")
    case.enter("101")
    crew = {"number": "101", "stage": "SS1"}
    for order, point in enumerate(("CP1", "CP2", "CP3", "ASS"), 1):
        case.record("WaypointPlaced", stage="SS1", point=point, order=order)
        case.record("PassingRecorded", source="gps", point=point, elapsed_ms="1:00:00", **crew)
    case.record("PenaltyGiven", **crew, amount_ms="0:15:00", point="CP2")
    case.record("StageShortened", stage="SS1", point="CP2")
    assert "shortening.penalties_beyond" not in " ".join(rules(of(case, "101"), 1))
    case.record("StageStopped", stage="SS1", point="CP1", method="last-common-point")
    penalty = of(case, "101").addends[1]

    assert ["#15", "#17 beyond the finish"] == records(penalty.records)
    kept = Case("cross-country", shortening__penalties_beyond="kept")
    kept.records[2:] = case.records[2:]
    assert "0:15:00 penalty on SS1 #15" == addends(of(kept, "101"))[1]
    assert ["shortening.penalties_beyond = kept by regulations cross-country"] == rules(
        of(kept, "101"), 1
    )


def test_a_reinstatement_before_the_cancellation_revokes_nothing() -> None:
    """It came first, so the stage is cancelled by the act alone."""
    case = Case()
    case.enter("101")
    case.times("SS1", _101="1:00:00")
    case.record("StageReinstated", at("08:00"), stage="SS1")
    case.record("StageCancelled", at("09:00"), stage="SS1")
    found = of(case, "101")

    assert ["(#8 no longer stands)", "#9"] == records(found.addends[0].records)


# -- penalties -----------------------------------------------------------------------------------


def test_the_rules_and_records_of_a_penalty_at_a_control() -> None:
    """Late at TC1: by the rate, counted from when it left the start, with an allowance."""
    case = Case("cross-country", controls__penalties="computed")
    case.enter("101")
    case.record("ControlScheduled", control="TC0", stage="SS1", order=1, kind="time-control")
    case.record(
        "ControlScheduled",
        control="TC1",
        stage="SS1",
        order=2,
        kind="time-control",
        target_ms="1:00:00",
    )
    case.record("TargetTimeChanged", at("06:00"), control="TC1", target_ms="0:40:00")
    case.record("TargetTimeChanged", at("09:30"), control="TC1", target_ms="0:30:00")
    case.record("DelayAllowanceGranted", number="101", control="TC1", amount_ms="0:05:00")
    for control, time, source in (
        ("TC0", "09:00", "beam"),
        ("TC1", "09:50", "beam"),
        ("TC1", "09:47", "hand"),
    ):
        case.record("ControlPassed", at(time), source, number="101", control=control, stage="SS1")
    case.record("ClockOffsetDeclared", kind="beam", ahead_ms=60_000)
    (penalty,) = of(case, "101").addends

    assert "penalty: late at TC1" == penalty.what
    assert [
        "#13",
        "#12 when it was due",
        "#9 when it was due",
        "#11 allows for it",
        "(#14 does not count beside it)",
        "#15 the clock",
    ] == records(penalty.records)
    assert [
        "controls.late_ms_per_minute",
        "controls.precision_ms",
        "controls.penalties",
        "timing.sources",
    ] == [each.parameter for each in penalty.rules]


def test_a_second_false_start_names_the_first() -> None:
    """It costs what a second one costs, as there was one before."""
    case = Case("cross-country", controls__penalties="computed", start__false_start_ms=(1000, 9000))
    case.enter("101")
    for stage in ("SS1", "SS2"):
        case.record("FalseStartObserved", number="101", stage=stage)
    found = of(case, "101")

    assert [["#7"], ["#8", "#7 a false start before it"]] == [
        records(each.records) for each in found.addends
    ]


def test_an_order_suspends_where_no_appeal_does() -> None:
    """Suspended by order the rule on appeals is not asked; kept by the rule, it is named."""
    ten = [{"act": "PenaltyGiven", "fields": {"amount_ms": 600_000}}]
    for suspensive, ordered, expected in (
        (True, False, ["appeals.suspensive = True by regulations cross-country"]),
        (False, False, ["appeals.suspensive = False by regulations cross-country"]),
        (False, True, []),
        (True, True, []),
    ):
        case = Case("cross-country", appeals__suspensive=suspensive)
        case.enter("102")
        case.times("SS1", at("10:00"), _102="1:00:00")
        crew: dict[str, Any] = {"number": "102", "stage": "SS1", "recorded": at("14:00")}
        decision = case.decide(1, at("11:00"), ruling="ten minutes", effects=ten, **crew)
        case.record("DecisionNotified", at("14:01"), target=decision, how="hearing")
        case.record("AppealIntentionNotified", at("14:30"), target=decision, number="102")
        if ordered:
            case.record("ExecutionSuspended", at("15:00"), target=decision)

        assert expected == rules(of(case, "102"), 1)
