"""Scenarios: riders who were held at different points when a stage was stopped."""

from __future__ import annotations

from itertools import permutations
from typing import Any

from tests.spec import Case

ACTS: tuple[dict[str, Any], ...] = (
    {"method": "last-common-point", "point": "CP2", "numbers": ("101",)},
    {"method": "own-average", "point": "CP1", "numbers": ("102", "103")},
    {"method": "notional"},
)


def held(*acts: dict[str, Any]) -> Case:
    """101 was held behind CP2, 102 and 103 behind CP1; 104 and 105 had finished by then."""
    case = Case("cross-country", timing__counted_precision_ms=1)
    case.plan("SS1", special_m=120_000)
    case.enter("101", "102", "103", "104", "105")
    for order, (point, at_m) in enumerate((("CP1", 40_000), ("CP2", 80_000), ("ASS", 120_000)), 1):
        case.record("WaypointPlaced", stage="SS1", point=point, order=order, at_m=at_m)
    passed = {
        "101": ("0:30:00", "1:01:00"),
        "102": ("0:31:00",),
        "103": ("0:32:00",),
        "104": ("0:33:00", "1:03:00", "1:40:00"),
        "105": ("0:34:00", "1:04:00", "1:41:00"),
    }
    for number, times in passed.items():
        for point, elapsed in zip(("CP1", "CP2", "ASS"), times, strict=False):
            where = {"stage": "SS1", "point": point, "elapsed_ms": elapsed}
            case.record("PassingRecorded", number=number, **where)
    for act in acts:
        case.record("StageStopped", stage="SS1", **act)
    return case


def test_groups_that_were_stopped_at_different_points() -> None:
    """Each group has its own end, in whatever order the acts are recorded."""
    expected = ["1 101 1:01:00", "2 102 1:33:00", "3 103 1:36:00", "4 104 1:40:00", "5 105 1:41:00"]
    for acts in permutations(ACTS):
        assert expected == held(*acts).overall()
    assert ["1 104 1:40:00", "2 105 1:41:00"] == held().overall()


def test_a_stop_for_some_crews_does_nothing_to_the_others() -> None:
    """Nobody else gets a time, or loses the one that was set."""
    case = held(ACTS[0])
    assert ["1 101 1:01:00", "2 104 1:40:00", "3 105 1:41:00"] == case.overall()
    assert ["102 running SS1", "103 running SS1"] == case.unclassified()


def test_a_reinstatement_revokes_every_stop() -> None:
    """The stage counts again as it was run, for the groups as well."""
    case = held(*ACTS)
    case.record("StageReinstated", stage="SS1")
    assert ["1 104 1:40:00", "2 105 1:41:00"] == case.overall()


def test_a_stage_that_was_shortened_for_some_crews() -> None:
    """Those ran to CP2; for everybody else it ends where it ended."""
    case = held()
    case.record("StageShortened", stage="SS1", point="CP2", numbers=("101", "104"))
    assert ["1 101 1:01:00", "2 104 1:03:00", "3 105 1:41:00"] == case.overall()


def test_points_beyond_the_end_of_a_group_are_not_missing() -> None:
    """102 was to run to CP1 alone, so it is not awaited at CP2; 106 is, which finished."""
    case = held()
    case.enter("106")
    case.record("StageShortened", stage="SS1", point="CP1", numbers=("102",))
    case.times("SS1", _106="1:50:00")
    missing = [each for each in case.missing() if " point " in each]
    assert ["SS1 point CP1 CP2 of 106"] == missing or [
        "SS1 point CP1 of 106",
        "SS1 point CP2 of 106",
    ] == missing


def test_a_number_that_was_given_to_another_crew_is_followed() -> None:
    """101 becomes 201: the stop is for the crew, not for the number."""
    case = held(*ACTS)
    case.record("NumberReallocated", number="101", new_number="201")
    assert "1 201 1:01:00" == case.overall()[0]
