"""Regularity sections: ideal times at secret points, what differences cost, and jokers.

The price of the code of Motorsport UK for historic road rallies (NCR 2026, ed. 11, p. 464 and 453):
a second for a second early or late, timed from control to control, a minute for one not visited.
"""

from __future__ import annotations

from typing import Any

import pytest

from projections.desk.decisions import decisions
from projections.explain.why import why
from projections.results.standings import Scope
from tests.spec import Case, at, effect

CLOCKS: dict[str, Any] = {"source": "beam"}
BY_THE_CODE = "late 1 s per 1 s; early 1 s per 1 s; missed 60 s; from the point before"
FROM_START = "late 1 s per 1 s; early 2 s per 1 s; at most 30 s; missed 60 s; from the start"


def section(price: str = FROM_START, jokers: int = 0, **changed: Any) -> Case:
    """A section with ideal times of ten, twenty and thirty minutes, and a finish behind them."""
    rules = {"regularity__price": price, "regularity__jokers": jokers}
    case = Case("cross-country", **{**rules, "timing__last_point_is_finish": True, **changed})
    case.plan("SS1", kind="regularity")
    for order, ideal in ((1, "0:10:00"), (2, "0:20:00"), (3, "0:30:00")):
        point: dict[str, Any] = {"point": f"R{order}", "order": order, "kind": "secret"}
        case.record("WaypointPlaced", stage="SS1", ideal_ms=ideal, **point)
    case.record("WaypointPlaced", stage="SS1", point="END", order=4, kind="ass")
    case.enter("101", "102", "103")
    return case


def drive(case: Case, number: str, stage: str = "SS1", **passings: str) -> None:
    """A crew starts at ten and passes these points at these times; END is the finish."""
    case.record("StageStarted", at("10:00:00"), number=number, stage=stage)
    for point, time in passings.items():
        case.record("PassingRecorded", at(time), number=number, stage=stage, point=point, **CLOCKS)


def addends(case: Case, number: str, stage: str = "SS1") -> list[str]:
    """The parts of a crew's result on the section: "5000 R1: ideal …"."""
    (addend,) = why(case.state(), number, Scope("stage", stage=stage)).addends
    return [f"{part.ms} {part.what}" for part in addend.parts]


def test_early_costs_more_than_late_and_a_missed_point_most() -> None:
    """Who is at every ideal time has nothing; the others what their differences cost, in order."""
    case = section()
    drive(case, "101", R1="10:10:00", R2="10:20:00", R3="10:30:00", END="10:31")
    drive(case, "102", R1="10:10:07", R2="10:19:56", R3="10:30:00", END="10:31")
    drive(case, "103", R1="10:10:00", R3="10:31:00", END="10:32")

    assert ["1 101 0:00:00", "2 102 0:00:15", "3 103 0:01:30"] == case.stage("SS1")
    assert ("regularity",) == case.flags("102", "SS1")


def test_each_point_is_an_addend_of_why() -> None:
    """Ideal, measured, difference, price; a missed point; and the joker that leaves it out."""
    case = section(jokers=1)
    drive(case, "102", R1="10:10:07", R2="10:19:56", END="10:31")

    assert ["1 102 0:00:15"] == case.stage("SS1")
    assert [
        "7000 R1: ideal 0:10:00.0, measured 0:10:07.0, 0:00:07.0 late",
        "8000 R2: ideal 0:20:00.0, measured 0:19:56.0, 0:00:04.0 early",
        "60000 R3: ideal 0:30:00.0, not passed",
        "-60000 joker: R3 is left out",
    ] == addends(case, "102")
    answer = why(case.state(), "102", Scope("stage", stage="SS1"))
    assert 15_000 == answer.total_ms
    assert {"regularity.price", "regularity.jokers"} <= {
        rule.parameter for each in answer.addends for rule in each.rules
    }


def test_it_counts_in_the_overall_with_the_other_stages() -> None:
    """What the section costs is added to the times of selective sections."""
    case = section()
    drive(case, "101", R1="10:10:00", R2="10:20:00", R3="10:30:00", END="10:31")
    drive(case, "102", R1="10:10:20", R2="10:20:00", R3="10:30:00", END="10:31")
    case.times("SS2", at("14:00"), _101="1:00:10", _102="1:00:00")
    assert ["1 101 1:00:10", "2 102 1:00:20"] == case.overall()


def test_from_control_to_control_by_the_code() -> None:
    """NCR 2026: who is 20 s late at one control, and on time from there, is 20 s late in all."""
    case = section(BY_THE_CODE)
    drive(case, "101", R1="10:10:20", R2="10:20:20", R3="10:30:20", END="10:31")
    assert ["1 101 0:00:20"] == case.stage("SS1")
    case = section(BY_THE_CODE.replace("from the point before", "from the start"))
    drive(case, "101", R1="10:10:20", R2="10:20:20", R3="10:30:20", END="10:31")
    assert ["1 101 0:01:00"] == case.stage("SS1")


def test_ideal_times_follow_from_averages() -> None:
    """45 km/h for 9 km, then 30 km/h: 12 minutes, and 4 more for the next 2 km."""
    case = Case("cross-country", regularity__price=FROM_START, timing__last_point_is_finish=True)
    case.plan("SS1", kind="regularity")
    for point, order, at_m, kind, average in (
        ("R1", 1, 6_000, "secret", None),
        ("CHANGE", 2, 9_000, "", 45_000),
        ("R2", 3, 11_000, "secret", None),
        ("END", 4, 20_000, "ass", 30_000),
    ):
        placed: dict[str, Any] = {"order": order, "at_m": at_m, "kind": kind}
        if average:
            placed["average_m_per_h"] = average
        case.record("WaypointPlaced", stage="SS1", point=point, **placed)
    case.enter("101")
    drive(case, "101", R1="10:08:00", R2="10:16:03", END="10:40")
    assert [
        "0 R1: ideal 0:08:00.0, measured 0:08:00.0, on time",
        "3000 R2: ideal 0:16:00.0, measured 0:16:03.0, 0:00:03.0 late",
    ] == addends(case, "101")


def test_a_clock_that_was_wrong_is_put_right_as_for_any_passing() -> None:
    """The transponder at R1 was seven seconds ahead; a passing at R3 was of another crew."""
    case = section()
    drive(case, "101", R2="10:20:00", R3="10:30:00", END="10:31")
    drive(case, "102", R2="10:20:00", END="10:31")
    for number in ("101", "102"):
        there: dict[str, Any] = {"number": number, "stage": "SS1", "point": "R1"}
        case.record("PassingRecorded", at("10:10:07"), source="transponder", **there)
    last: dict[str, Any] = {"number": "102", "stage": "SS1", "point": "R3"}
    wrong = case.record("PassingRecorded", at("10:30:05"), source="beam", **last)
    assert ["1 101 0:00:07", "2 102 0:00:12"] == case.stage("SS1")
    case.record("ClockOffsetDeclared", kind="transponder", ahead_ms=7_000)
    case.record("Corrected", target=wrong, changes={"number": "103"})
    assert ["1 101 0:00:00", "2 102 0:01:00"] == case.stage("SS1")


def test_before_the_end_of_the_section_there_is_no_result() -> None:
    """A point that is not passed yet is not missed; the stewards may allocate a penalty."""
    case = section()
    drive(case, "101", R1="10:10:07")
    assert [] == case.stage("SS1")
    case.record(
        "StageTimeRecorded", number="101", stage="SS1", elapsed_ms="0:00:45", basis="notional"
    )
    assert ["1 101 0:00:45"] == case.stage("SS1")


def test_once_the_section_is_closed_who_did_not_finish_has_missed_the_rest() -> None:
    """102 broke down behind R1, and nobody reported it; 103 was seen nowhere, and has nothing."""
    case = section()
    drive(case, "101", R1="10:10:00", R2="10:20:00", R3="10:30:00", END="10:31")
    drive(case, "102", R1="10:10:07")
    drive(case, "103")
    assert ["1 101 0:00:00"] == case.stage("SS1")
    case.record("StageClosed", at("12:00"), stage="SS1")
    assert ["1 101 0:00:00", "2 102 0:02:07"] == case.stage("SS1")
    assert "60000 R3: ideal 0:30:00.0, not passed" == addends(case, "102")[2]
    assert ["1 101 0:00:00"] == case.stage("SS1", effective_at=at("11:00"))


@pytest.mark.parametrize(
    ("rule", "result"),
    [
        ({}, ["1 101 0:00:00"]),
        ({"regularity__unfinished": "as-any-stage"}, ["1 101 0:00:00"]),
        ({"regularity__unfinished": "points-missed"}, ["1 101 0:00:00", "2 102 0:02:07"]),
        ({"overall__unfinished_stage": "fixed-penalty"}, ["1 101 0:00:00", "2 102 1:00:00"]),
    ],
)
@pytest.mark.parametrize("told", ["StageNotFinished", "RetirementReported"])
def test_who_is_reported_to_have_left_it_is_judged_as_the_rules_say(
    told: str, rule: dict[str, str], result: list[str]
) -> None:
    """As on any stage that was left out, or by the points that it missed; it goes on at noon."""
    fixed: dict[str, Any] = {
        "overall__unfinished_stage_ms": 3_600_000,
        "overall__unfinished_stage_limit": 5,
    }
    left_out = {"overall__unfinished_stage": "not-classified", **fixed}
    case = section(**{**left_out, **rule})
    drive(case, "101", R1="10:10:00", R2="10:20:00", R3="10:30:00", END="10:31")
    drive(case, "102", R1="10:10:07")
    said: dict[str, Any] = {"definitive": False} if told == "RetirementReported" else {}
    case.record(told, at("10:40"), number="102", stage="SS1", **said)
    case.record("CrewRestarted", at("13:00"), number="102", stage="SS2")
    waits = rule.get("regularity__unfinished") == "points-missed"
    assert (result if not waits else ["1 101 0:00:00"]) == case.stage("SS1")
    case.record("StageClosed", at("12:00"), stage="SS1")
    assert result == case.stage("SS1")
    case.times("SS2", at("14:00"), _101="1:00:00", _102="1:00:00")
    assert len(result) == len(case.overall())


def test_a_crew_that_was_held_up_may_be_later_from_there_on() -> None:
    """Two minutes at a level crossing before R2: its ideal times are later there and at R3."""
    case = section()
    drive(case, "101", R1="10:10:00", R2="10:22:05", R3="10:32:00", END="10:33")
    drive(case, "102", R1="10:10:00", R2="10:22:05", R3="10:32:00", END="10:33")
    held_up = {"stage": "SS1", "control": "R2", "amount_ms": "0:02:00"}
    granted = case.record("DelayAllowanceGranted", number="101", **held_up)
    allowed = "0:02:00.0 of it allowed from here on"
    assert ["1 101 0:00:05", "2 102 0:01:00"] == case.stage("SS1")
    assert [
        "0 R1: ideal 0:10:00.0, measured 0:10:00.0, on time",
        f"5000 R2: ideal 0:22:00.0, {allowed}, measured 0:22:05.0, 0:00:05.0 late",
        "0 R3: ideal 0:32:00.0, measured 0:32:00.0, on time",
    ] == addends(case, "101")
    case.record("Voided", target=granted)
    assert ["1 101 0:01:00", "1 102 0:01:00"] == case.stage("SS1")
    ruling = effect("DelayAllowanceGranted", number="102", **held_up)
    case.decide(1, number="102", stage="SS1", effects=[ruling])
    assert "1 102 0:00:05" == case.stage("SS1")[0]
    assert [None] == [each.no_effect for each in decisions(case.state()).rows[0].effects]


def test_what_was_neutralised_is_not_late() -> None:
    """Five minutes in a neutralisation before R2 come off its times from there on."""
    case = section()
    drive(case, "101", R1="10:10:00", R2="10:25:00", R3="10:35:02", END="10:36")
    case.record("ZonePlaced", stage="SS1", zone="N1", kind="neutralisation")
    for side, time in (("entered", "10:12:00"), ("left", "10:17:00")):
        there: dict[str, Any] = {"number": "101", "stage": "SS1", "zone": "N1", "side": side}
        case.record("NeutralisationPassed", at(time), **there)
    assert ["1 101 0:00:02"] == case.stage("SS1")


def two_sections(**rules: Any) -> Case:
    """SS1 and SS2 with a point at ten minutes and one at twenty; then a finish."""
    case = Case("cross-country", regularity__price=FROM_START, **rules)
    for stage in ("SS1", "SS2"):
        case.plan(stage, kind="regularity")
        for order, ideal in ((1, "0:10:00"), (2, "0:20:00")):
            point: dict[str, Any] = {"point": f"R{order}", "order": order, "kind": "secret"}
            case.record("WaypointPlaced", stage=stage, ideal_ms=ideal, **point)
    case.enter("101", "102")
    drive(case, "101", R1="10:10:20", R2="10:20:15")
    drive(case, "101", "SS2", R1="10:10:01", R2="10:20:02")
    drive(case, "102", R1="10:10:09", R2="10:20:00")
    drive(case, "102", "SS2", R1="10:10:08", R2="10:20:00")
    return case


def test_jokers_over_the_rally_are_the_dearest_of_all_sections() -> None:
    """101 leaves out 20 and 15 s of one section; one each would leave it 15 + 1 and 102 nothing."""
    case = two_sections(regularity__jokers=2, regularity__jokers_over="rally")
    assert ["1 102 0:00:09", "2 101 0:00:35"] == case.stage("SS1")
    assert ["1 102 0:00:00", "2 101 0:00:03"] == case.overall()
    answer = why(case.state(), "101", Scope())
    jokers = [(each.ms, each.what) for each in answer.addends if each.kind == "joker"]
    assert [
        (-20_000, "joker: R1 of SS1 is left out"),
        (-15_000, "joker: R2 of SS1 is left out"),
    ] == jokers
    assert 3_000 == answer.total_ms == sum(each.ms for each in answer.addends)
    by_section = two_sections(regularity__jokers=1)
    assert ["1 102 0:00:00", "2 101 0:00:16"] == by_section.overall()


def test_a_joker_takes_off_no_more_than_the_section_adds() -> None:
    """101 was given back 30 of its 35 s on SS1: what is left of that is five."""
    case = two_sections(regularity__jokers=1, regularity__jokers_over="rally")
    back: dict[str, Any] = {"number": "101", "stage": "SS1", "amount_ms": "0:00:30"}
    case.record("TimeCreditGranted", kind="delay", **back)
    assert "1 101 0:00:03" == case.overall()[0]


def test_time_given_back_comes_off_what_it_costs() -> None:
    """A crew that was held up gets back what that cost it, and no more than it had."""
    case = section()
    drive(case, "101", R1="10:10:20", R2="10:20:00", R3="10:30:00", END="10:31")
    case.record("TimeCreditGranted", number="101", stage="SS1", amount_ms="0:00:15", kind="delay")
    assert ["1 101 0:00:05"] == case.stage("SS1")
    case.record("TimeCreditGranted", number="101", stage="SS1", amount_ms="0:00:30", kind="delay")
    assert ["1 101 0:00:00"] == case.stage("SS1")
    assert "25000 no less than nothing" == addends(case, "101")[-1]


def test_points_beyond_where_it_was_stopped_are_no_part_of_it() -> None:
    """The section is shortened to R2: nobody has missed R3."""
    case = section()
    drive(case, "101", R1="10:10:05", R2="10:20:05", END="10:31")
    assert ["1 101 0:01:10"] == case.stage("SS1")
    case.record("StageShortened", stage="SS1", point="R2")
    assert ["1 101 0:00:10"] == case.stage("SS1")


def test_without_a_price_the_regulations_are_asked_for_one() -> None:
    """Nothing is guessed: who needs it is told which rule is lacking."""
    case = Case("cross-country")
    case.plan("SS1", kind="regularity")
    placed: dict[str, Any] = {"point": "R1", "order": 1, "kind": "secret"}
    case.record("WaypointPlaced", stage="SS1", ideal_ms="0:10:00", **placed)
    case.enter("101")
    drive(case, "101", R1="10:10:07")
    with pytest.raises(Exception, match=r"do not define regularity\.price"):
        case.stage("SS1")


def test_another_stage_with_such_points_is_timed_as_ever() -> None:
    """Only a stage of the kind has ideal times: on a selective one the time counts."""
    case = section()
    for order in (1, 2):
        point: dict[str, Any] = {"point": f"R{order}", "order": order, "kind": "secret"}
        case.record("WaypointPlaced", stage="SS2", ideal_ms="0:10:00", **point)
    case.times("SS2", at("14:00"), _101="1:00:10")
    assert ["1 101 1:00:10"] == case.stage("SS2")
