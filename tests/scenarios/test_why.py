"""Why: the tree from a total to its records, for everything that can befall a time or a crew."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.errors import NotFound
from ledger.log import Ledger
from ledger.times import format_duration, parse_instant
from ledger.vocabulary import PassingRecorded
from projections.explain.grounds import Grounds
from projections.explain.records import facts_about
from projections.explain.told import Addend, Evidence, Why
from projections.explain.why import explain, why
from projections.results.standings import Scope
from projections.results.time_card import time_card
from projections.timeline.asked import about_crew
from projections.timeline.timeline import Timeline
from tests.spec import RALLY, Case, at


def of(case: Case, number: str, after: str | None = None, stage: str | None = None) -> Why:
    """Why a crew stands as it does in the overall, after a stage, or on one."""
    scope = Scope("stage", stage=stage) if stage else Scope(after=after)
    return why(case.state(), number, scope)


def addends(found: Why) -> list[str]:
    """The summands in a few words: "1:00:00 time on SS1 #8", with what is not in force."""
    assert found.total_ms == sum(each.ms for each in found.addends)
    return [_addend(each) for each in found.addends]


def _addend(each: Addend) -> str:
    status = "" if each.status == "in force" else f"({each.status})"
    at = (f"#{position}" for position in each.positions)
    return " ".join((_time(each.ms), each.what, *([status] if status else []), *at))


def parts(found: Why, index: int = 0) -> list[str]:
    """What one summand is made of: "-0:05:00 given back for assistance"."""
    return [f"{_time(part.ms)} {part.what}" for part in found.addends[index].parts]


def records(several: tuple[Evidence, ...]) -> list[str]:
    """The records in a few words: "#8 counts", in brackets where they have no effect."""
    return [
        f"#{each.position} {each.why}".strip()
        if each.counts
        else f"(#{each.position} {each.why})".replace(" )", ")")
        for each in several
    ]


def rules(found: Why, index: int = 0) -> list[str]:
    """The rules behind one summand: "timing.counted_precision_ms = 1000 by regulations x"."""
    return [
        f"{rule.parameter} = {rule.value} by {rule.set_by}" for rule in found.addends[index].rules
    ]


def _time(ms: int) -> str:
    return format_duration(ms, 1 if ms % 1000 else 1000)


# -- times --------------------------------------------------------------------------------------


def test_a_corrected_time_shows_what_stood_before() -> None:
    """4:57:46 was keyed as 4:47:46: what stood before, who corrected it, when and why."""
    case = Case()
    case.enter("102")
    wrong = case.record(
        "StageTimeRecorded",
        number="102",
        stage="SS1",
        elapsed_ms="4:47:46",
        by="Li",
        role="marshal",
    )
    case.record(
        "Corrected",
        target=wrong,
        changes={"elapsed_ms": 17_866_000},
        by="Ann",
        role="timekeeper",
        reason="mistyped",
        recorded=at("18:20:00"),
    )
    found = of(case, "102")

    assert ["4:57:46 time on SS1 #7 #8"] == addends(found)
    (record,) = found.addends[0].records
    assert ("Crew 102 SS1: 4:57:46 (measured).", "Li", "marshal", True) == (
        record.words,
        record.by,
        record.role,
        record.counts,
    )
    (struck,) = record.struck
    assert (7, "elapsed_ms = 4:47:46", 8, "elapsed_ms = 4:57:46") == (
        struck.position,
        struck.said,
        struck.struck_by,
        struck.now,
    )
    assert ("Ann", "timekeeper", "mistyped", at("18:20:00"), True) == (
        struck.by,
        struck.role,
        struck.reason,
        struck.recorded_at,
        struck.stands,
    )
    before = why(case.state(known_at=7), "102")
    assert ["4:47:46 time on SS1 #7"] == addends(before)
    assert () == before.addends[0].records[0].struck


def test_a_voided_correction_is_told_and_has_no_effect() -> None:
    """Two corrections, the second voided: the first counts, all three stand under the record."""
    case = Case()
    case.enter("102")
    time = case.record("StageTimeRecorded", number="102", stage="SS1", elapsed_ms="1:00:00")
    first = case.record("Corrected", target=time, changes={"elapsed_ms": 3_660_000})
    second = case.record("Corrected", target=first, changes={"elapsed_ms": 7_200_000})
    case.record("Voided", target=second, reason="another crew")
    found = of(case, "102")

    assert ["1:01:00 time on SS1 #7 #8 #10"] == addends(found)
    assert [
        (7, "elapsed_ms = 1:00:00", 8, True),
        (8, "elapsed_ms = 1:01:00", 9, False),
        (9, case.records[8][1].words(), 10, True),
    ] == [(s.position, s.said, s.struck_by, s.stands) for s in found.addends[0].records[0].struck]


def test_corrections_one_after_another_and_side_by_side() -> None:
    """Each says what stood before it; of two side by side the later one counts."""
    case = Case()
    case.enter("102")
    time = case.record("StageTimeRecorded", number="102", stage="SS1", elapsed_ms="1:00:00")
    tip = time
    for elapsed_ms in (3_660_000, 3_720_000, 3_780_000):
        tip = case.record("Corrected", target=tip, changes={"elapsed_ms": elapsed_ms})
    case.record("Corrected", target=time, changes={"elapsed_ms": 7_200_000})
    found = of(case, "102")

    assert ["2:00:00 time on SS1 #7 #11"] == addends(found)
    assert [
        ("elapsed_ms = 1:00:00", 8, False),
        ("elapsed_ms = 1:01:00", 9, False),
        ("elapsed_ms = 1:02:00", 10, False),
        ("elapsed_ms = 1:00:00", 11, True),
    ] == [(s.said, s.struck_by, s.stands) for s in found.addends[0].records[0].struck]


def test_what_is_void_is_told_in_the_order_of_recording() -> None:
    """Not in the order of arrival, and not before it had happened."""
    case = Case()
    case.enter("101")
    crew = {"number": "101", "stage": "SS1"}
    case.times("SS1", at("09:00"), _101="1:00:00")
    for minute in ("12:20", "12:10"):
        fact = {"at": at(minute), "recorded": at(minute)}
        wrong = case.record("PenaltyGiven", amount_ms="0:01:00", reason=minute, **fact, **crew)
        case.record("Voided", target=wrong)

    assert ["12:10", "12:20"] == [each.what[-5:] for each in of(case, "101").addends[1:]]
    noon = at("12:15:00")
    found = explain(Grounds(case.state(effective_at=noon)), "101", Scope())
    assert ["12:10"] == [each.what[-5:] for each in found.addends[1:]]


def test_a_withdrawal_may_name_a_copy_of_the_penalty() -> None:
    """One line of a source taken in twice: whichever copy the withdrawal names, it struck it."""
    case = Case()
    case.enter("101")
    case.times("SS1", _101="1:00:00")
    given: dict[str, Any] = {"number": "101", "stage": "SS1", "amount_ms": "0:05:00", "seq": "p/1"}
    copies = [case.record("PenaltyGiven", **given) for _ in range(2)]
    case.record("PenaltyWithdrawn", target=max(copies), reason="appeal")
    (record,) = of(case, "101").addends[1].records

    assert (min(copies), "appeal") == (record.id, record.struck[0].reason)


def test_a_record_under_a_number_that_was_given_up() -> None:
    """What was recorded of 102, and voided, is told of 202, as the crew is called now."""
    case = Case()
    case.enter("102")
    case.times("SS1", at("12:00"), _102="1:00:00")
    wrong = case.record("PenaltyGiven", at("13:00"), number="102", stage="SS1", amount_ms="0:05:00")
    case.record("Voided", target=wrong)
    case.record("NumberReallocated", at("20:00"), number="102", new_number="202")

    assert [
        "1:00:00 time on SS1 #7",
        "0:00:00 Crew 102 penalised 0:05:00 on SS1 (voided)",
    ] == addends(of(case, "202"))


def test_a_voided_time_is_told_where_it_is_missing() -> None:
    """The finish noted as 102's was 120's: the one lacks it and is told so, the other has it."""
    case = Case()
    case.enter("102", "120")
    case.times("SS1", _102="1:00:00", _120="1:00:10")
    noted = case.record("PassingRecorded", number="102", stage="SS2", elapsed_ms="2:00:00")
    other = case.record("StageTimeRecorded", number="102", stage="SS2", elapsed_ms="3:00:00")
    case.record("Corrected", target=noted, changes={"number": "120"})
    case.record("Voided", target=other, reason="the marshal's guess")
    found = of(case, "102", "SS2")

    assert not found.classified
    assert ["1:00:00 time on SS1 #8", "0:00:00 no time on SS2 (no value)"] == addends(found)
    assert ["(#10 reassigned to crew 120 on SS2)", "(#11 voided)"] == records(
        found.addends[1].records
    )
    assert ["#10 counts"] == records(of(case, "120", "SS2").addends[1].records)


def test_the_time_on_the_clock_and_what_comes_off() -> None:
    """Start and finish by the clock, a neutralisation, a credit, and the cut to whole seconds."""
    case = Case("cross-country")
    case.enter("101", "102")
    crew = {"number": "101", "stage": "SS1"}
    case.record("StageStarted", at("10:00:00"), "beam", **crew)
    for side, time in (("entered", "11:00"), ("left", "11:10")):
        case.record("NeutralisationPassed", at(time), zone="N1", side=side, **crew)
    case.record("PassingRecorded", "2016-07-10T13:04:11.700+03:00", "beam", **crew)
    helped = {"amount_ms": "0:14:13", "helped": "102", **crew}
    case.record("TimeCreditGranted", at("20:00"), **helped)
    revoked = case.record("TimeCreditGranted", at("20:01"), **helped)
    case.record("TimeCreditRevoked", at("20:02"), target=revoked, number="101", reason="twice")
    found = of(case, "101")

    assert ["2:39:58 time on SS1 #8 #9 #10 #11 #12"] == addends(found)
    assert [
        "3:04:11.700 on the clock",
        "-0:10:00 neutralisation",
        "-0:14:13 given back for assistance",
        "-0:00:00.700 cut to 0:00:01 h",
    ] == parts(found)
    assert [
        "#11 counts",
        "#8 the start",
        "#9 neutralisation",
        "#10 neutralisation",
        "#12 given back for assistance",
        "(#13 revoked)",
    ] == records(found.addends[0].records)
    assert ["timing.counted_precision_ms = 1000 by regulations cross-country"] == rules(found)
    assert "twice" == found.addends[0].records[-1].struck[0].reason


def test_of_several_sources_one_counts_and_the_clock_was_wrong() -> None:
    """Beam before hand by the order of sources; the beam was seven seconds ahead."""
    case = Case("cross-country", timing__tolerance_ms=1000)
    case.enter("101")
    crew = {"number": "101", "stage": "SS1"}
    case.record("StageStarted", at("10:00:00"), "marshal", **crew)
    case.record("PassingRecorded", at("11:00:07"), "beam", **crew)
    hand = case.record("PassingRecorded", at("11:00:30"), "hand", **crew)
    case.record("ClockOffsetDeclared", kind="beam", stage="SS1", ahead_ms=7000)
    found = of(case, "101")

    assert ["1:00:00 time on SS1 #7 #8 #10"] == addends(found)
    assert [
        "#8 counts before the others",
        "#7 the start",
        "#10 the clock",
        "(#9 does not count beside it)",
    ] == records(found.addends[0].records)
    assert ["timing.sources", "timing.tolerance_ms"] == [
        rule.parameter for rule in found.addends[0].rules
    ]
    assert ("under verification: its records differ, 0:00:30 apart",) == found.addends[0].notes
    case.record("TimeDetermined", target=hand, **crew)
    ruled = of(case, "101")
    assert ["1:00:30 time on SS1 #7 #9 #11"] == addends(ruled)
    assert "#9 counts by a ruling" == records(ruled.addends[0].records)[0]
    assert [] == rules(ruled)


def test_the_official_start_of_a_published_order() -> None:
    """The time runs from the published start, put back by a delay; it ends at the last point."""
    case = Case("cross-country")
    case.enter("101")
    case.record("WaypointPlaced", stage="SS1", point="ASS", order=1, kind="ass")
    slots = [{"place": 1, "number": "101", "due_at": parse_instant(at("10:00"))}]
    case.record("StartOrderPublished", at("07:00"), stage="SS1", slots=slots)
    case.record("StageDelayed", at("08:00"), stage="SS1", by_ms="0:30:00")
    crew = {"number": "101", "stage": "SS1"}
    case.record("StageStarted", at("10:31"), "beam", **crew)
    case.record("PassingRecorded", at("12:30"), "beam", point="ASS", **crew)
    found = of(case, "101", stage="SS1")

    assert ["2:00:00 time on SS1 #8 #9 #10 #11"] == [
        line for line in addends(found) if "late" not in line
    ]
    assert ["2:00:00 on the clock at ASS"] == parts(found)
    assert [
        "#11 counts",
        "#10 the start",
        "#8 the official start",
        "#9 the official start",
    ] == records(found.addends[0].records)
    assert ["timing.last_point_is_finish = True by regulations cross-country"] == rules(found)


def test_what_opening_the_route_earns() -> None:
    """A bonus by the kilometre, by the rule; a site whose clock was ahead."""
    case = Case("cross-country", bonus__opening_ms_per_km=(1500,), timing__site_clock="applied")
    case.enter("101")
    crew = {"number": "101", "stage": "SS1"}
    case.record("StageStarted", at("10:00:00"), "marshal", **crew)
    case.record("PassingRecorded", at("12:00:03"), "marshal", site="finish", **crew)
    case.record("ClockOffsetDeclared", of_site="finish", ahead_ms=3000)
    case.record("RouteOpened", rank=1, distance_m=20_000, **crew)
    found = of(case, "101")

    assert ["1:59:30 time on SS1 #7 #8 #9 #10"] == addends(found)
    assert ["2:00:00 on the clock", "-0:00:30 for opening the route"] == parts(found)
    assert ["bonus.opening_ms_per_km", "timing.site_clock"] == [
        rule.parameter for rule in found.addends[0].rules
    ]


def test_a_stage_may_be_timed_finer_than_the_total() -> None:
    """Tenths in the result of the stage, by its plan; whole seconds in the total, by the rule."""
    case = Case()
    case.enter("101")
    case.plan("SS1", precision_ms=100)
    case.record("StageTimeRecorded", number="101", stage="SS1", elapsed_ms=3_600_450)

    assert ["1:00:00.450 time recorded", "-0:00:00.450 cut to 0:00:01 h"] == parts(of(case, "101"))
    found = of(case, "101", stage="SS1")
    assert ["1:00:00.400 time on SS1 #3 #7 #8"] == addends(found)
    assert "-0:00:00.050 cut to 0:00:00.100 h" == parts(found)[1]
    assert ["#8 counts", "#3 the precision of the stage"] == records(found.addends[0].records)
    assert [] == rules(found)


def test_a_credit_of_more_than_the_whole_time() -> None:
    """A total never falls below what the others make it."""
    case = Case()
    case.enter("101")
    case.times("SS1", _101="0:10:00")
    case.record("TimeCreditGranted", number="101", stage="SS1", amount_ms="0:14:13")

    assert [
        "0:10:00 time recorded",
        "-0:14:13 given back for assistance",
        "0:04:13 no less than nothing",
    ] == parts(of(case, "101"))


def test_the_rule_is_that_of_the_day_of_the_stage() -> None:
    """Tenths count from the second day on, by a bulletin: each stage names what it was cut by."""
    case = Case()
    case.enter("101")
    case.times("SS1", "2016-07-09T12:00+03:00", _101="1:00:00.250")
    case.times("SS2", at("12:00"), _101="1:00:00.250")
    case.record(
        "BulletinIssued",
        bulletin="7",
        effective_at=parse_instant(at("06:00")),
        parameters={"timing.counted_precision_ms": 100},
    )
    found = of(case, "101")

    assert ["1:00:00 time on SS1 #7", "1:00:00.200 time on SS2 #8"] == addends(found)
    assert "timing.counted_precision_ms = 1000 by regulations silk-way-2016" == rules(found, 0)[0]
    assert "timing.counted_precision_ms = 100 by bulletin 7" == rules(found, 1)[0]


def test_a_time_that_is_stretched_to_the_whole_stage() -> None:
    """Stopped at CP2, classified by own average: an hour for 100 km is three for the 300."""
    case = Case("cross-country")
    case.enter("101")
    case.plan("SS1", special_m=300_000)
    case.record("WaypointPlaced", stage="SS1", point="CP2", order=1, at_m=100_000)
    case.record("WaypointPlaced", stage="SS1", point="ASS", order=2, at_m=300_000)
    crew = {"number": "101", "stage": "SS1"}
    case.record("PassingRecorded", source="gps", point="CP2", elapsed_ms="1:00:00", **crew)
    case.record("StageStopped", stage="SS1", method="own-average", point="CP2")
    case.record("TimeCreditGranted", amount_ms="0:10:00", kind="delay", **crew)
    found = of(case, "101")

    assert ["2:50:00 time on SS1 (stopped) #10 #11 #12"] == addends(found)
    assert [
        "1:00:00 on the clock at CP2",
        "2:00:00 stretched to the whole stage",
        "-0:10:00 given back for a delay",
    ] == parts(found)


def test_a_total_that_was_carried_in() -> None:
    """It stands for everything up to its stage, the penalties of those stages too."""
    case = Case()
    case.enter("101")
    case.times("SS1", _101="1:00:00")
    case.record("PenaltyGiven", number="101", stage="SS1", amount_ms="0:05:00")
    case.record("TimesCarriedIn", number="101", stage="SS1", total_ms="0:50:00")
    case.record("TimesCarriedIn", number="101", stage="SS2", total_ms="2:00:00")
    case.times("SS3", _101="1:30:00")
    found = of(case, "101")

    assert ["2:00:00 carried in after SS2 #10", "1:30:00 time on SS3 #11"] == [
        line for line in addends(found) if "penalty" not in line
    ]
    assert ["0:00:00 penalty of 0:05:00 on SS1 (in the carried-in total) #8"] == [
        line for line in addends(found) if "penalty" in line
    ]
    assert ["#10 stands for everything up to it", "(#9 a later one takes over)"] == records(
        next(each for each in found.addends if each.kind == "carried-in").records
    )


# -- what race direction made of a stage ---------------------------------------------------------


def test_a_cancelled_stage_adds_nothing_and_says_by_whose_act() -> None:
    """SS2 cancelled for cars: nothing for them, with the act; reinstated, the times count again."""
    case = Case()
    case.enter("101")
    case.enter("1", category="moto")
    case.times("SS1", _101="1:00:00", _1="1:00:00")
    case.times("SS2", _101="2:00:00", _1="2:00:00")
    case.record("StageCancelled", stage="SS2", categories=["cars"], reason="sandstorm")
    road = {"number": "101", "stage": "SS2", "amount_ms": "0:01:00"}
    case.record("PenaltyGiven", **road, applies_to="road", reason="speeding")
    case.record("PenaltyGiven", **road, reason="waypoint")
    found = of(case, "101")

    assert [
        "1:00:00 time on SS1 #8",
        "0:00:00 SS2 cancelled (cancelled) #12",
        "0:01:00 penalty on SS2: speeding #13",
        "0:00:00 penalty of 0:01:00 on SS2: waypoint (stage cancelled) #12 #14",
    ] == addends(found)
    assert "sandstorm" in found.addends[1].records[0].words
    assert "2:00:00 time on SS2 #11" == addends(of(case, "1"))[1]
    case.record("StageReinstated", stage="SS2")
    again = of(case, "101")
    assert "2:00:00 time on SS2 #10 #15" == addends(again)[1]
    assert ["#10 counts", "(#12 no longer stands)", "#15 reinstates it"] == records(
        again.addends[1].records
    )


def test_a_shortened_stage_begins_and_ends_where_the_act_says() -> None:
    """From CP1 to CP2; the penalty for what lies behind CP2 falls away, by the rule and the act."""
    case = Case("cross-country", shortening__penalties_beyond="dropped")
    case.enter("101")
    for order, point in enumerate(("CP1", "CP2", "CP3", "ASS"), 1):
        case.record("WaypointPlaced", stage="SS1", point=point, order=order)
    crew = {"number": "101", "stage": "SS1"}
    for point, time in (("CP1", "0:30:00"), ("CP2", "1:40:00"), ("ASS", "3:00:00")):
        case.record("PassingRecorded", source="gps", point=point, elapsed_ms=time, **crew)
    case.record("PenaltyGiven", **crew, amount_ms="0:15:00", point="CP3", article="12.3")
    case.record("StageShortened", stage="SS1", point="CP2", start_point="CP1")
    found = of(case, "101")

    assert [
        "1:10:00 time on SS1 (shortened) #11 #12 #15",
        "0:00:00 penalty of 0:15:00 on SS1 (beyond the finish) #14 #15",
    ] == addends(found)
    assert ["1:40:00 on the clock at CP2", "-0:30:00 to CP1, where time begins"] == parts(found)
    assert "12.3" == found.addends[1].article
    assert ["shortening.penalties_beyond = dropped by regulations cross-country"] == rules(found, 1)


# -- penalties -----------------------------------------------------------------------------------


def test_penalties_withdrawn_and_voided_stand_with_nothing() -> None:
    """The one that counts, the one withdrawn, the one never to have been entered; the evidence."""
    case = Case()
    case.enter("101")
    case.times("SS1", _101="1:00:00")
    crew = {"number": "101", "stage": "SS1"}
    missed = case.record("WaypointMissed", point="WP4", **crew)
    given: dict[str, Any] = {"amount_ms": "2:00:00", "evidence": [missed], "reason": "WP4", **crew}
    case.record("PenaltyGiven", **given, by="Cleo", role="clerk-of-the-course", article="21.2")
    back = case.record("PenaltyGiven", amount_ms="0:02:00", reason="speeding", **crew)
    case.record("PenaltyWithdrawn", target=back, number="101", reason="wrong car")
    never = case.record("PenaltyGiven", amount_ms="0:03:00", **crew)
    case.record("Voided", target=never, number="101", reason="entered twice")
    found = of(case, "101")

    assert [
        "1:00:00 time on SS1 #7",
        "2:00:00 penalty on SS1: WP4 #8 #9",
        "0:00:00 penalty of 0:02:00 on SS1: speeding (withdrawn) #10 #11",
        "0:00:00 Crew 101 penalised 0:03:00 on SS1 (voided)",
    ] == addends(found)
    assert ("21.2", "Cleo") == (found.addends[1].article, found.addends[1].records[0].by)
    assert ["#9", "#8 what it rests on"] == records(found.addends[1].records)
    assert ["wrong car", "entered twice"] == [
        each.records[0].struck[0].reason for each in found.addends[2:]
    ]


def test_a_penalty_of_the_overall_has_no_part_in_the_stage() -> None:
    """It is told with the result of the stage, adds nothing there, and all in the overall."""
    case = Case()
    case.enter("101")
    case.times("SS1", _101="1:00:00")
    case.record(
        "PenaltyGiven", number="101", stage="SS1", amount_ms="0:10:00", applies_to="overall"
    )

    assert "0:10:00 penalty on SS1 #8" == addends(of(case, "101"))[1]
    assert (
        "0:00:00 penalty of 0:10:00 on SS1 (counts in the overall only) #8"
        == (addends(of(case, "101", stage="SS1"))[1])
    )


def test_a_computed_penalty_names_the_rule_of_its_day() -> None:
    """Late at TC1 by the regulations, at TC2 by the bulletin of the second day."""
    case = Case("cross-country", controls__penalties="computed", controls__late_ms_per_minute=1000)
    case.enter("101")
    case.times("SS1", at("09:00"), _101="1:00:00")
    case.record(
        "BulletinIssued",
        bulletin="3",
        effective_at=parse_instant(at("12:00")),
        parameters={"controls.late_ms_per_minute": 60_000},
        provenance={"controls.late_ms_per_minute": "Bulletin 3, article 2"},
    )
    for control, time in (("TC1", "10"), ("TC2", "15")):
        passed: dict[str, Any] = {"number": "101", "control": control, "stage": "SS1"}
        due = parse_instant(at(f"{time}:00"))
        case.record("ControlPassed", at(f"{time}:02:30"), due_at=due, **passed)
    found = of(case, "101")

    assert [
        "1:00:00 time on SS1 #7",
        "0:00:02 penalty: late at TC1 #9",
        "0:02:00 penalty: late at TC2 #10",
    ] == addends(found)
    assert "controls.late_ms_per_minute = 1000 by regulations cross-country" == rules(found, 1)[0]
    assert "controls.late_ms_per_minute = 60000 by bulletin 3" == rules(found, 2)[0]
    rule = found.addends[2].rules[0]
    assert (8, "Bulletin 3, article 2", False) == (rule.position, rule.provenance, rule.assumed)
    assert ("due 20:00:00, there at 20:02:30",) == found.addends[2].notes


# -- stages that were left out -------------------------------------------------------------------


def test_what_an_unfinished_stage_costs() -> None:
    """A crew that retired from SS1 and came back: the maximum time and the fixed penalty."""
    case = Case(
        overall__unfinished_stage="max-time-plus-penalty", overall__unfinished_stage_ms=3_600_000
    )
    case.enter("101", "102")
    case.plan("SS1", max_time_ms="9:00:00")
    case.times("SS1", at("12:00"), _102="1:00:00")
    case.record("RetirementReported", at("13:00"), number="101", stage="SS1", definitive=False)
    case.record("CrewRestarted", at("14:00"), number="101", stage="SS2")
    found = of(case, "101")

    assert ["10:00:00 SS1 not finished #3 #10"] == [
        line.replace(" #8", "") for line in addends(found)
    ]
    assert ["9:00:00 the maximum time", "1:00:00 fixed penalty"] == parts(found)
    assert (
        "overall.unfinished_stage = max-time-plus-penalty by regulations silk-way-2016"
        == (rules(found)[0])
    )


def test_what_a_stage_costs_that_was_not_started() -> None:
    """Out on SS1, back on SS3: SS1 was not finished, SS2 not started, each by its own rule."""
    case = Case(
        overall__unfinished_stage_limit=2,
        overall__not_started_stage="fixed-penalty",
        overall__not_started_stage_ms=180_000_000,
    )
    case.enter("101", "102")
    for stage, time in (("SS1", "12:00"), ("SS2", "15:00")):
        case.times(stage, at(time), _102="1:00:00")
    case.record("RetirementReported", at("11:00"), number="101", stage="SS1", definitive=False)
    case.record("CrewRestarted", at("18:00"), number="101", stage="SS3")
    found = of(case, "101")

    assert ["50:00:00 SS1 not finished #10", "50:00:00 SS2 not started #10"] == addends(found)
    assert [
        "overall.unfinished_stage = fixed-penalty by regulations silk-way-2016",
        "overall.not_started_stage = fixed-penalty by regulations silk-way-2016",
    ] == [rules(found, 0)[0], rules(found, 1)[0]]


def test_over_the_maximum_time() -> None:
    """Its own time does not count; what it ran and what it might have run stand under the stage."""
    case = Case(overall__unfinished_stage="not-classified")
    case.enter("101")
    case.plan("SS1", max_time_ms="1:00:00")
    case.times("SS1", _101="1:00:01")
    found = of(case, "101")

    assert (False, "unclassified") == (found.classified, found.status.name)
    assert ["#8 over the maximum time", "#3 the maximum time"] == records(found.addends[0].records)
    assert "overall.max_time = unfinished by regulations silk-way-2016" == rules(found)[0]


# -- places --------------------------------------------------------------------------------------


def test_a_place_is_told_by_its_neighbours() -> None:
    """Among all crews and in the category, by how much."""
    case = Case()
    case.enter("104", "102", "110")
    case.enter("1", category="moto")
    case.times("SS1", _104="1:00:00", _1="1:00:01", _102="1:02:51", _110="1:04:03")
    found = of(case, "102")

    assert [
        "3rd: 0:02:50 behind 1, 0:01:12 ahead of 110.",
        "2nd: 0:02:51 behind 104, 0:01:12 ahead of 110.",
    ] == [place.words for place in found.places]
    assert [(None, 3, 4), ("cars", 2, 3)] == [(p.category, p.place, p.of) for p in found.places]
    assert "1st: 0:00:01 ahead of 1." == of(case, "104").places[0].words
    assert "1st: nobody else is classified." == of(case, "1").places[1].words


def test_a_tie_is_broken_by_a_stage_shared_without_a_rule_and_shared_by_a_ruling() -> None:
    """Level after two stages: by the time on SS1; not at all; or shared as the stewards ruled."""
    for chain, words in (
        (("stage-times",), "The total is that of 102; ahead by the time on SS1: 1:00:00 against"),
        ((), "1st: level with 102. The total is that of 102; nothing breaks the tie."),
    ):
        case = Case(ties__chain=chain)
        case.enter("102", "101")
        case.times("SS1", _101="1:00:00", _102="1:00:10")
        case.times("SS2", _101="1:00:10", _102="1:00:00")
        (place,) = of(case, "101").places
        assert words in place.words
        assert ["ties.chain"] == [rule.parameter for rule in place.ties[0].rules]
    case = Case(ties__chain=("stage-times",))
    case.enter("102", "101")
    case.times("SS1", _101="1:00:00", _102="1:00:10")
    case.times("SS2", _101="1:00:10", _102="1:00:00")
    words = of(case, "102").places[0].words
    assert words.startswith("2nd: 0:00:00 behind 101. The total is that of 101; behind by the time")
    case.record("TieBreakDisapplied", numbers=["101", "102"])
    (tie,) = of(case, "102").places[0].ties
    assert "The total is that of 101; by a ruling they share the place." == tie.words
    assert ["#12"] == records(tie.records)


# -- status --------------------------------------------------------------------------------------


def test_why_a_crew_is_not_retired() -> None:
    """Its retirement was reported by mistake: the report, and its retraction with the reason."""
    case = Case()
    case.enter("100", "101")
    case.times("SS1", at("12:00"), _101="1:00:00")
    report = case.record("RetirementReported", at("13:00"), number="100", stage="SS1")
    retired = of(case, "100").status
    assert "Crew 100 is retired on SS1." == retired.words
    assert ["#9 out for good from SS1 on"] == records(retired.records)
    assert ["overall.removed_by"] == [rule.parameter for rule in retired.rules]
    case.record("RetirementRetracted", target=report, number="100", reason="he came in at night")
    status = of(case, "100").status

    assert (
        "Crew 100 is running on SS1. It is not retired: the report was retracted " in status.words
    )
    assert ["(#9 retracted)"] == records(status.records)
    (struck,) = status.records[0].struck
    assert (10, "taken back", "he came in at night") == (
        struck.struck_by,
        struck.now,
        struck.reason,
    )
    case.record("Voided", target=case.records[9][0], reason="it was true")
    assert "Crew 100 is retired on SS1." == of(case, "100").status.words


def test_what_a_status_rests_on() -> None:
    """Restarted, disqualified from a stage, outside, not started: each with its record."""
    case = Case()
    case.enter("101", "102", "103", "104")
    case.times("SS1", at("12:00"), _101="1:00:00", _102="1:00:00", _103="1:00:00")
    case.record("RetirementReported", at("13:00"), number="101", stage="SS2", definitive=False)
    case.record("CrewRestarted", at("14:00"), number="101", stage="SS3")
    case.record("CrewDisqualified", at("15:00"), number="102", stage="SS2", reason="engine")
    case.record("MovedOutsideClassification", at("16:00"), number="103", stage="SS2", kind="joker")
    case.record("CrewNotStarted", at("09:00"), number="104")

    status = of(case, "101").status
    assert ["#13 came back", "#14 takes part again"] == records(status.records)
    status = of(case, "102").status
    assert "Crew 102 is disqualified on SS2: engine." == status.words
    assert ["#15 from SS2 on"] == records(status.records)
    left = of(case, "101", "SS1").status
    assert "(#13 has its effect only from SS2 on)" == records(left.records)[0]
    before = of(case, "102", "SS1")
    assert (True, ["(#15 from SS2 on)"]) == (before.classified, records(before.status.records))
    assert ("outside", ["#16 from SS2 on"]) == (
        of(case, "103").status.name,
        records(of(case, "103").status.records),
    )
    absent = of(case, "104")
    assert ("not-started", ["#17 did not start the rally"], []) == (
        absent.status.name,
        records(absent.status.records),
        addends(absent),
    )


def test_a_crew_that_is_not_in_the_list_is_explained_up_to_where_it_left() -> None:
    """What it had so far; the stage that it lacks; nothing of the stages after it was out."""
    case = Case()
    case.enter("101", "102")
    case.times("SS1", at("12:00"), _101="1:00:00", _102="1:00:00")
    case.record("RetirementReported", at("13:00"), number="101", stage="SS2", reason="gearbox")
    case.times("SS2", at("14:00"), _102="1:00:00")
    case.times("SS3", at("15:00"), _102="1:00:00")
    found = of(case, "101")

    assert (False, None, 3_600_000) == (found.classified, found.place, found.total_ms)
    assert "Crew 101 is retired on SS2: gearbox." == found.status.words
    assert ["1:00:00 time on SS1 #8", "0:00:00 no time on SS2 (no value)"] == addends(found)


# -- of a long log -------------------------------------------------------------------------------


def test_the_records_about_a_crew_may_bear_the_number_of_another(ledger: Ledger) -> None:
    """Reassigned to it, told of it under a line of a source used again, or named as evidence.

    Of a long log only what is about the crew is read: it is explained as by a full replay.
    """
    case = Case()
    case.enter("101", "102", "103")
    noted = case.record("PassingRecorded", number="101", stage="SS1", elapsed_ms="1:00:00")
    case.record("Corrected", target=noted, changes={"number": "102"})
    for number in ("101", "103"):
        line = {"number": number, "stage": "SS2", "elapsed_ms": "2:00:00", "seq": "t/1"}
        case.record("StageTimeRecorded", **line)
    seen = case.record("PassingRecorded", number="101", stage="SS2", point="CP1")
    given: dict[str, Any] = {"amount_ms": "0:10:00", "evidence": [seen]}
    case.record("PenaltyGiven", number="102", stage="SS1", **given)
    log = ledger.log(RALLY)
    log.append([occurrence for _, occurrence in case.records])
    timeline = Timeline(log)
    timeline.carry(len(case.records))

    for until in range(6, len(case.records) + 1):
        for number in case.state(known_at=until).facts.crews:
            facts = facts_about(log, number, until, None)
            found = explain(Grounds(timeline.at(until), facts), number, Scope())
            assert why(case.state(known_at=until), number) == found
    assert ["#9 counts"] == records(of(case, "102", "SS1").addends[0].records)
    assert ["#12 counts"] == records(of(case, "103").addends[1].records)


def test_of_a_stage_with_a_time_the_passings_along_it_are_not_read(ledger: Ledger) -> None:
    """Of one without, of one that is not timed, and of what was put right they are.

    101 and 103 drove all stages, 102 left SS4 behind WP2; SS6 is not timed.
    """
    case = Case()
    case.enter("101", "102", "103")
    stages = ("SS4", "SS5", "SS6")
    for order, stage in enumerate(stages, 4):
        plan: dict[str, Any] = {
            "special_m": 300_000,
            "first_start_at": parse_instant(at(f"1{order}:00")),
        }
        case.record("StageScheduled", stage=stage, order=order, timed=stage != "SS6", **plan)
        for place, point in enumerate(("WP1", "WP2", "ASS"), 1):
            placed: dict[str, Any] = {"point": point, "order": place, "at_m": place * 100_000}
            case.record("WaypointPlaced", stage=stage, **placed)
    for hour, stage in enumerate(stages, 14):
        for number in ("101", "102", "103"):
            at_stage = {"number": number, "stage": stage}
            case.record("StageStarted", at(f"{hour}:00"), **at_stage)
            for minute, point in enumerate(("WP1", "WP2", "ASS"), 20):
                if (number, stage, point) != ("102", "SS4", "ASS"):
                    case.record("PassingRecorded", at(f"{hour}:{minute}"), point=point, **at_stage)
    along = {"number": "101", "stage": "SS5", "point": "WP1"}
    wrong = case.record("PassingRecorded", at("15:18"), **along)
    case.record("Corrected", target=wrong, changes={"number": "103"})
    void = case.record("PassingRecorded", at("15:19"), **along)
    case.record("Voided", target=void)
    for clock in ("15:16", "15:17"):
        case.record("PassingRecorded", at(clock), source="gps", seq="t/1", **along)
    log = ledger.log(RALLY)
    log.append([occurrence for _, occurrence in case.records])
    timeline, full, until = Timeline(log), case.state(), len(case.records)

    for number in ("101", "102", "103"):
        about = about_crew(timeline, number, until)
        assert explain(Grounds(about), number, Scope()) == why(full, number)
        assert explain(Grounds(about), number, Scope(after="SS4")) == why(
            full, number, Scope(after="SS4")
        )
        card = about_crew(timeline, number, until, on_the_way=True)
        assert time_card(card, number) == time_card(full, number)
        read = [each.value for each in about.facts.of(PassingRecorded)]
        whole = {(each.stage, each.point) for each in read if each.number == number}
        along_it = {stage for stage, point in whole if point == "WP2"}
        assert ({"SS4", "SS6"} if number == "102" else {"SS6"}) == along_it


def test_no_such_crew() -> None:
    """A slip is answered with the numbers that look like it."""
    case = Case()
    case.enter("101", "102")
    with pytest.raises(NotFound) as slip:
        of(case, "1022")
    assert "102" in slip.value.hint
