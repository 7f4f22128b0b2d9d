"""Scenarios: times that fit neither the splits, nor the field, nor the place; doubles at splits."""

from __future__ import annotations

import pytest

from ledger.times import format_duration
from projections.control.check import check
from projections.control.implausible import implausible_times
from tests.spec import Case

MINUTE = 60_000
CREWS = tuple(str(number) for number in range(101, 109))
PACE = dict(zip(CREWS, (100, 101, 103, 104, 106, 107, 109, 112), strict=True))
"""How fast each crew is, in percent of the first."""


LENGTHS = {"SS1": 70, "SS2": 60, "SS3": 90, "SS4": 65, "SS5": 80}
"""The stages, with the minutes in which the first crew drives them."""


def driven(wrong: dict[str, int], *, splits: bool = True, stages: int = 5) -> Case:
    """Eight crews drive up to five stages; `wrong` is added to their times on SS2."""
    case = Case("cross-country")
    case.enter(*CREWS)
    for order in (4, 5):
        case.record("StageScheduled", stage=f"SS{order}", order=order)
    ran = ["SS2", *(each for each in LENGTHS if each != "SS2")][:stages]
    for stage in ran:
        case.record("WaypointPlaced", stage=stage, point="CP1", order=1)
        for place, number in enumerate(CREWS):
            # Nobody is a clock: on every part some are up to half a minute slower than they are.
            drift = [(place * part * int(stage[2:]) * 7 % 11) * 3_000 for part in (1, 3)]
            half = LENGTHS[stage] * MINUTE * PACE[number] // 200
            if splits:
                where = {"stage": stage, "point": "CP1"}
                elapsed = format_duration(half + drift[0])
                case.record("PassingRecorded", number=number, elapsed_ms=elapsed, **where)
            more = wrong.get(number, 0) if stage == "SS2" else 0
            case.times(stage, **{f"_{number}": format_duration(2 * half + sum(drift) + more)})
    return case


def told(case: Case) -> list[tuple[str, str]]:
    """The crews and stages of which a time is told."""
    return [(each.number, each.stage) for each in implausible_times(case.state())]


@pytest.mark.parametrize("splits", [True, False])
@pytest.mark.parametrize("minutes", [-10, 10])
@pytest.mark.parametrize("number", ["101", "104", "108"])
def test_a_time_that_is_wrong_by_ten_minutes(splits: bool, minutes: int, number: str) -> None:
    """With its split times and without, too fast or too slow; also where it moves nobody.

    The first of all is no less first for ten minutes too few, nor the last less last.
    """
    assert [(number, "SS2")] == told(driven({number: minutes * MINUTE}, splits=splits))


def test_what_is_told_of_it() -> None:
    """What it does not fit: its split, the field, its place; each with the figures."""
    (found,) = implausible_times(driven({"101": 10 * MINUTE}).state())

    assert "implausible-time" == found.kind
    for told_of in (
        "The time of crew 101 on SS2, 1:10:00, does not fit its split time at CP1 (0:40:00 from ",
        "the field (about 1:00:",
        "its place (1 there, 8 at the finish).",
    ):
        assert told_of in found.message


def test_a_field_that_drove_as_it_does_is_no_news() -> None:
    """Nobody is told of, with splits and without, on the first stage and later."""
    for splits in (True, False):
        assert [] == told(driven({}, splits=splits))
        assert [] == told(driven({}, splits=splits, stages=1))


def test_time_that_was_lost_before_the_split_is_no_error() -> None:
    """A crew that stood for an hour before CP1 is slow, and its time fits that."""
    case = driven({"104": 60 * MINUTE})
    found = next(
        identity
        for identity, said in case.records
        if (getattr(said, "number", ""), getattr(said, "stage", "")) == ("104", "SS2")
        and getattr(said, "point", "") == "CP1"
    )
    case.record("Corrected", target=found, changes={"elapsed_ms": 92 * MINUTE})

    assert [] == told(case)


def test_few_crews_and_allocated_times_tell_nothing() -> None:
    """Of four crews nobody says how far they may lie apart; an allocated time is no clock's."""
    case = Case("cross-country")
    case.enter("101", "102", "103", "104")
    case.times("SS1", _101="1:00:00", _102="1:01:00", _103="1:02:00", _104="1:12:00")
    assert [] == told(case)
    case = driven({})
    fields = {"stage": "SS2", "number": "104", "elapsed_ms": "3:00:00"}
    case.record("StageTimeRecorded", basis="notional", **fields)
    assert [] == told(case)


def test_a_slip_on_the_only_stage_is_told_by_the_pace_at_the_split() -> None:
    """Crews of very different pace: who was a third slower at CP1 may be so to the finish."""

    def on_one_stage(wrong: dict[int, int]) -> list[tuple[str, str]]:
        case = Case("cross-country")
        numbers = [str(201 + place) for place in range(12)]
        case.enter(*numbers)
        case.record("WaypointPlaced", stage="SS1", point="CP1", order=1)
        for place, number in enumerate(numbers):
            half = 30 * MINUTE + place * MINUTE + place * 7 % 5 * 1_000
            where = {"stage": "SS1", "point": "CP1", "elapsed_ms": format_duration(half)}
            case.record("PassingRecorded", number=number, **where)
            time = 2 * half + place * 11 % 7 * 3_000 + wrong.get(place, 0)
            case.times("SS1", **{f"_{number}": format_duration(time)})
        return told(case)

    assert [] == on_one_stage({})
    for place in (0, 3, 8):
        assert [(str(201 + place), "SS1")] == on_one_stage({place: 10 * MINUTE}), place


def test_a_time_that_was_allotted_to_several_is_no_slip() -> None:
    """Three crews on one time to the thousandth have what race control gave them."""
    for late in (["104"], ["104", "105", "106"]):
        case = driven({})
        own = [
            identity
            for identity, said in case.records
            if getattr(said, "stage", "") == "SS2"
            and getattr(said, "number", "") in late
            and not getattr(said, "point", "")
        ]
        for identity in own:
            case.record("Corrected", target=identity, changes={"elapsed_ms": 180 * MINUTE})
        assert ([("104", "SS2")] if len(late) == 1 else []) == told(case)


def test_a_time_is_told_once() -> None:
    """A slip in the hours: by what it does not fit, and not also as far over the others."""
    case = driven({"104": 600 * MINUTE})
    (found,) = (each for each in check(case.state()) if each.number == "104")

    assert ("implausible-time", "SS2") == (found.kind, found.stage)
    assert "its split time at CP1" in found.message


def test_a_slow_time_that_fits_its_split_is_no_slip() -> None:
    """Far over all others, as it was at the split: the clocks of two points agree on it."""
    case = driven({"104": 300 * MINUTE})
    found = next(
        identity
        for identity, said in case.records
        if (getattr(said, "number", ""), getattr(said, "stage", "")) == ("104", "SS2")
        and getattr(said, "point", "") == "CP1"
    )
    case.record("Corrected", target=found, changes={"elapsed_ms": 332 * MINUTE})

    assert [] == told(case)


# -- doubles -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["", "wpm", "ass"])
def test_differing_doubles_at_the_last_point(kind: str) -> None:
    """Told once, whether the point is the finish, may be it, or is a split."""
    case = Case("cross-country")
    case.enter("101")
    case.record("WaypointPlaced", stage="SS1", point="WP1", order=1, kind=kind)
    for source, elapsed in (("beam", "1:00:00"), ("gps", "1:05:00")):
        where = {"stage": "SS1", "point": "WP1", "elapsed_ms": elapsed}
        case.record("PassingRecorded", "", source, number="101", **where)
    if kind != "ass":
        case.times("SS1", _101="2:00:00")

    assert ["sources-differ"] == case.anomalies()


def test_differing_doubles_at_the_planned_finish_of_a_shortened_stage() -> None:
    """The stage ended at CP1; that two clocks differ at the ASS is told all the same."""
    case = Case("cross-country")
    case.enter("101")
    for order, (point, kind) in enumerate((("CP1", ""), ("ASS", "ass")), 1):
        case.record("WaypointPlaced", stage="SS1", point=point, order=order, kind=kind)
    for point, elapsed in (("CP1", "1:00:00"), ("ASS", "2:00:00"), ("ASS", "2:05:00")):
        where = {"stage": "SS1", "point": point, "elapsed_ms": elapsed}
        case.record("PassingRecorded", number="101", **where)
    case.record("StageShortened", stage="SS1", point="CP1")

    assert ["sources-differ"] == case.anomalies()
    case.record("StageNotFinished", number="101", stage="SS1")
    assert ["sources-differ"] == case.anomalies()
