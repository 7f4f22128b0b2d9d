"""Where a stage ends by its plan: the point that is its finish, and those that may prove to be it.

A point is the finish because the plan says so: by its kind, or because it lies where the stage is
over. Where the plan says neither of a point, only the official times of the stage can tell, which
have no point: the finish is where they agree with the passings.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from ledger.vocabulary import WaypointPlaced

START, FINISH = "dss", "ass"
"""The kinds of the points where a selective section starts and ends."""


class PlannedEnd(NamedTuple):
    """The finish of a stage by its plan, "" where it tells none.

    `perhaps` are then the points of which nothing says what they are, in their order.
    """

    point: str = ""
    perhaps: tuple[str, ...] = ()


NO_END = PlannedEnd()


def end_of(placed: Iterable[WaypointPlaced], category: str, length_m: int | None) -> PlannedEnd:
    """The finish of a stage of that length (metres) for a category, given all of its points.

    That is the last point of the kind `ass`, else the last at the length of the stage. What is
    placed for the category comes before what is placed for all.
    """
    own, general = _by_point(placed, category), _by_point(placed, "")
    for several in (own, general):
        if ends := [each for each in several.values() if each.kind == FINISH]:
            return PlannedEnd(_last(ends))
    every = {**general, **own}
    begins = begin_m(every.values())
    for several in (own, general) if length_m else ():
        ends = [e for e in several.values() if e.at_m is not None and e.at_m - begins == length_m]
        if ends:
            # What has a kind is something else, unless nothing besides it lies there.
            return PlannedEnd(_last([each for each in ends if not each.kind] or ends))
    perhaps = [
        each for each in every.values() if not each.kind and (each.at_m is None or not length_m)
    ]
    return PlannedEnd("", tuple(each.point for each in sorted(perhaps, key=_place)))


def begin_m(placed: Iterable[WaypointPlaced]) -> int:
    """Where the selective section begins, in the metres of the road book."""
    starts = [each.at_m for each in placed if each.kind == START and each.at_m is not None]
    return min(starts, default=0)


def ever_ends(placed: Collection[WaypointPlaced], lengths_m: Iterable[int | None]) -> Iterator[str]:
    """The points that are the finish for some category, at one of these lengths."""
    categories = {"", *(each.category for each in placed)}
    for length in {None, *lengths_m}:
        for category in categories:
            yield end_of(placed, category, length).point


def _by_point(placed: Iterable[WaypointPlaced], category: str) -> dict[str, WaypointPlaced]:
    return {each.point: each for each in placed if each.category == category}


def _place(placed: WaypointPlaced) -> tuple[int, str]:
    return placed.order, placed.point


def _last(several: Iterable[WaypointPlaced]) -> str:
    return max(several, key=_place).point
