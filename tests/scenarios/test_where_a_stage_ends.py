"""Scenarios: which point is the finish of a stage, and what passings at the others give."""

from __future__ import annotations

from typing import Any

import pytest

from tests.spec import Case


def seen(case: Case, number: str, point: str, elapsed: str, stage: str = "SS1") -> None:
    """A crew was seen at a point so long after its start."""
    case.record("PassingRecorded", number=number, stage=stage, point=point, elapsed_ms=elapsed)


def placed(case: Case, point: str, order: int, stage: str = "SS1", **more: Any) -> None:
    """A point is on the plan of a stage."""
    case.record("WaypointPlaced", stage=stage, point=point, order=order, **more)


@pytest.fixture
def case() -> Case:
    """Three crews of which nothing is known yet; points may be the finish."""
    case = Case("cross-country")
    case.enter("101", "102", "103")
    return case


def test_a_masked_waypoint_gives_no_time_and_no_lead(case: Case) -> None:
    """At km 20 of 200 who was seen there leads nothing, whatever else is placed; nor once out."""
    case.plan("SS1", special_m=200_000)
    placed(case, "WP1", 1, at_m=20_000)
    case.times("SS1", _102="2:00:00", _103="2:10:00")
    seen(case, "101", "WP1", "0:12:00")

    assert ["1 102 2:00:00", "2 103 2:10:00"] == case.overall()
    case.record("RetirementReported", number="101", stage="SS1")
    assert ["1 102 2:00:00", "2 103 2:10:00"] == case.overall()
    assert ["101 retired SS1"] == case.unclassified()


def test_a_point_that_nothing_calls_the_finish_is_told_and_gives_no_time(case: Case) -> None:
    """No kind, no length and no official time: three passings, one line about them."""
    placed(case, "WP1", 1)
    placed(case, "WP2", 2)
    for number, elapsed in (("101", "1:00:00"), ("102", "1:01:00"), ("103", "1:02:00")):
        seen(case, number, "WP2", elapsed)

    assert [] == case.overall()
    assert ["finish-unknown"] == case.anomalies()


def test_the_finish_by_its_kind_whatever_is_placed_behind_it(case: Case) -> None:
    """A waypoint behind the ASS, a service point at the same kilometre: the finish stays."""
    placed(case, "CP1", 1)
    placed(case, "ASS", 2, kind="ass")
    seen(case, "101", "ASS", "1:00:00")
    seen(case, "102", "CP1", "0:30:00")
    before = case.overall()
    placed(case, "TC", 3)
    placed(case, "WP4", 4, kind="wpm")
    seen(case, "102", "TC", "0:40:00")

    assert ["1 101 1:00:00"] == before == case.overall()


def test_the_finish_at_the_length_of_the_stage(case: Case) -> None:
    """The road book begins at km 10 of the day, so the stage of 200 km ends at km 210."""
    case.plan("SS1", special_m=200_000)
    placed(case, "DSS", 1, at_m=10_000, kind="dss")
    placed(case, "CP1", 2, at_m=200_000)
    placed(case, "END", 3, at_m=210_000)
    placed(case, "TC", 4, at_m=230_000)
    for point, elapsed in (("CP1", "1:50:00"), ("END", "2:00:00"), ("TC", "2:20:00")):
        seen(case, "101", point, elapsed)
    seen(case, "102", "CP1", "1:00:00")

    assert ["1 101 2:00:00"] == case.overall()
    placed(case, "RZ", 5, at_m=210_000, kind="refuelling")
    seen(case, "102", "RZ", "1:10:00")
    assert ["1 101 2:00:00"] == case.overall()


def test_the_finish_that_official_times_show(case: Case) -> None:
    """101 and 102 have official times: they are those at WP3, where 103 was seen as well."""
    for order in (1, 2, 3, 4):
        placed(case, f"WP{order}", order)
    for number, minute in (("101", 0), ("102", 1), ("103", 2)):
        for order in (1, 2, 3):
            seen(case, number, f"WP{order}", f"{order}:{minute:02}:00")
    assert [] == case.overall()
    case.times("SS1", _101="3:00:00", _102="3:01:00")

    assert ["1 101 3:00:00", "2 102 3:01:00", "3 103 3:02:00"] == case.overall()
    assert [] == case.anomalies()
    seen(case, "103", "WP4", "3:20:00")
    assert ["1 101 3:00:00", "2 102 3:01:00", "3 103 3:02:00"] == case.overall()


def test_official_times_that_go_on_beyond_a_point_show_that_it_is_no_finish(case: Case) -> None:
    """The official time of 101 was taken down at WP1 by mistake: it makes no finish of that."""
    placed(case, "WP1", 1)
    for number in ("101", "102", "103"):
        seen(case, number, "WP1", "0:20:00")
    case.enter("104")
    seen(case, "104", "WP1", "0:19:00")
    case.times("SS1", _101="0:20:00", _102="2:00:00", _103="2:10:00")

    assert ["1 101 0:20:00", "2 102 2:00:00", "3 103 2:10:00"] == case.overall()


def test_an_allocated_time_shows_no_finish(case: Case) -> None:
    """What was allocated or assumed is of no clock, so it tells nothing of any point."""
    placed(case, "WP1", 1)
    seen(case, "101", "WP1", "1:00:00")
    seen(case, "102", "WP1", "1:01:00")
    fields = {"stage": "SS1", "number": "101", "elapsed_ms": "1:00:00"}
    case.record("StageTimeRecorded", basis="notional", **fields)

    assert ["1 101 1:00:00"] == case.overall()


def test_each_category_has_its_own_finish(case: Case) -> None:
    """The trucks turn off at km 80; what is placed for all does not end their stage."""
    case.enter("501", category="trucks")
    placed(case, "ASS", 3, kind="ass")
    placed(case, "T80", 2, category="trucks", kind="ass")
    placed(case, "T90", 4, category="trucks")
    for number in ("101", "501"):
        for point, elapsed in (("T80", "1:00:00"), ("ASS", "2:00:00"), ("T90", "3:00:00")):
            seen(case, number, point, elapsed)

    assert ["1 501 1:00:00", "2 101 2:00:00"] == case.overall()


def test_what_official_times_of_cars_show_is_nothing_to_trucks(case: Case) -> None:
    """The point where cars finish may be one among others for trucks."""
    case.enter("501", category="trucks")
    placed(case, "WP1", 1)
    for number in ("101", "102", "501"):
        seen(case, number, "WP1", "1:00:00")
    case.times("SS1", _101="1:00:00")

    assert ["1 101 1:00:00", "1 102 1:00:00"] == case.overall()
    assert ["finish-unknown"] == case.anomalies()


def test_a_stage_that_was_shortened_ends_where_that_says(case: Case) -> None:
    """Whatever the plan makes the finish, and also where it tells none."""
    for stage, kind in (("SS1", "ass"), ("SS2", "")):
        placed(case, "CP1", 1, stage)
        placed(case, "ASS", 2, stage, kind=kind)
        seen(case, "101", "CP1", "1:00:00", stage)
        seen(case, "101", "ASS", "2:00:00", stage)
        case.record("StageShortened", stage=stage, point="CP1")

    assert ["1 101 2:00:00"] == case.overall()
    assert [] == case.anomalies()


def test_no_point_is_the_finish_where_the_rules_say_so() -> None:
    """Split points lie before the flying finish, whatever they are called."""
    case = Case("cross-country", timing__last_point_is_finish=False)
    case.enter("101")
    placed(case, "ASS", 1, kind="ass")
    seen(case, "101", "ASS", "1:00:00")

    assert [] == case.overall()
    assert [] == case.anomalies()


@pytest.mark.parametrize(
    ("length_m", "at_m"),
    [
        (210_000, 209_960),
        (210_000, 210_040),
        (205_200, 205_160),
        (205_250, 205_246),
        (205_250, 205_250),
    ],
)
def test_the_finish_lies_at_the_length_as_finely_as_that_is_given(
    case: Case, length_m: int, at_m: int
) -> None:
    """The road book gives hundredths of a kilometre, the itinerary often whole ones."""
    case.plan("SS1", special_m=length_m)
    placed(case, "CP1", 1, at_m=120_000)
    placed(case, "END", 2, at_m=at_m)
    placed(case, "TC", 3, at_m=at_m + 20_000)
    for point, elapsed in (("CP1", "1:00:00"), ("END", "2:00:00"), ("TC", "2:20:00")):
        seen(case, "101", point, elapsed)

    assert ["1 101 2:00:00"] == case.overall()
    assert [] == case.anomalies()


@pytest.mark.parametrize(("length_m", "at_m"), [(210_000, 209_400), (210_500, 210_040)])
def test_a_point_before_the_length_as_that_is_given_is_no_finish(
    case: Case, length_m: int, at_m: int
) -> None:
    """210.5 km are not 210.04: that point lies before the finish, which is not placed."""
    case.plan("SS1", special_m=length_m)
    placed(case, "WP9", 1, at_m=at_m)
    seen(case, "101", "WP9", "2:00:00")

    assert [] == case.overall()
    assert ["finish-unknown"] == case.anomalies()


def test_of_several_points_at_a_rounded_length_official_times_show_the_finish(case: Case) -> None:
    """Km 209.6 and 209.9 of 210: none gives a time, and that is told, until times agree."""
    case.plan("SS1", special_m=210_000)
    placed(case, "WP8", 1, at_m=209_600)
    placed(case, "WP9", 2, at_m=209_900)
    placed(case, "TC", 3, at_m=230_000, kind="time-control")
    for number, minute in (("101", 0), ("102", 1)):
        seen(case, number, "WP8", f"1:59:{minute:02}")
        seen(case, number, "WP9", f"2:00:{minute:02}")
    assert [] == case.overall()
    assert ["finish-unknown"] == case.anomalies()

    case.times("SS1", _101="2:00:00")
    assert ["1 101 2:00:00", "2 102 2:00:01"] == case.overall()
    assert [] == case.anomalies()


def test_what_lies_at_the_length_to_the_metre_comes_before_what_lies_near_it(case: Case) -> None:
    """Km 209.96 is no finish where another point is at km 210."""
    case.plan("SS1", special_m=210_000)
    placed(case, "WP9", 1, at_m=209_960)
    placed(case, "END", 2, at_m=210_000)
    seen(case, "101", "WP9", "1:59:00")
    seen(case, "101", "END", "2:00:00")

    assert ["1 101 2:00:00"] == case.overall()


def test_a_length_that_counts_from_the_road_section_is_told(case: Case) -> None:
    """The start is at km 5, the last point at km 205, and the length is 205 km: that is it."""
    case.plan("SS1", special_m=205_000)
    placed(case, "DSS", 1, at_m=5_000, kind="DSS")
    placed(case, "CP1", 2, at_m=100_000)
    placed(case, "END", 3, at_m=205_000)
    seen(case, "101", "CP1", "1:00:00")
    seen(case, "101", "END", "2:00:00")

    assert ["1 101 2:00:00"] == case.overall()
    length = (
        "The length of SS1, 205 km, fits END if it counts from the start of the road section; "
        "from that of the selective section it is 200 km to there."
    )
    assert [length] == case.anomalies_told()

    placed(case, "ASS", 4, at_m=210_000)
    seen(case, "101", "ASS", "2:05:00")
    assert ["1 101 2:05:00"] == case.overall()
    assert [] == case.anomalies()


@pytest.mark.parametrize("kind", ["ASS", "Ass", "ass"])
def test_a_kind_is_read_in_capitals_too(case: Case, kind: str) -> None:
    """As road books print it."""
    placed(case, "FIN", 1, kind=kind)
    placed(case, "WP9", 2)
    seen(case, "101", "FIN", "1:00:00")

    assert ["1 101 1:00:00"] == case.overall()


def test_two_finishes_of_one_stage_are_told_with_who_has_no_time_by_it(case: Case) -> None:
    """The first of them was the finish, the second was placed by mistake."""
    placed(case, "FIN", 1, kind="ass")
    seen(case, "101", "FIN", "1:00:00")
    assert [] == case.anomalies()
    placed(case, "ASS", 2, kind="ASS")

    assert [] == case.overall()
    several = "SS1 has 2 points of the kind ass, FIN and ASS; the last, ASS, is the finish"
    lacking = "and the passing of crew 101 at FIN gives no time"
    assert [f"{several}, {lacking}."] == case.anomalies_told()
    seen(case, "101", "ASS", "1:10:00")
    assert [f"{several}."] == case.anomalies_told()


def test_a_finish_of_its_own_for_a_category_is_no_second_one(case: Case) -> None:
    """What is placed for trucks comes before what is placed for all."""
    placed(case, "ASS", 2, kind="ass")
    placed(case, "T80", 1, category="trucks", kind="ass")

    assert [] == case.anomalies()
