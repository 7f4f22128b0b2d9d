"""Where a stage ends by its plan: the point that is its finish, and those that may prove to be it.

A point is the finish because the plan says so: by its kind, or because it lies where the stage is
over. Where the plan says neither of a point, only the official times of the stage can tell, which
have no point: the finish is where they agree with the passings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from ledger.vocabulary import WaypointPlaced

KILOMETRE = 1000
"""In these the length of a stage is given, with as many decimals as somebody cared to give."""


class PlannedEnd(NamedTuple):
    """The finish of a stage by its plan, "" where it tells none.

    `perhaps` are then the points that may be it, in their order. `of_the_road` says that the length
    of the stage was taken to begin where the road section does, and not at its start.
    """

    point: str = ""
    perhaps: tuple[str, ...] = ()
    of_the_road: bool = False


NO_END = PlannedEnd()
Counts = dict[tuple[int, str], tuple[int, int]]
"""By place and point, how many official times agree with the passings there, and how many more
crews were timed to go on beyond it."""


class Tells(NamedTuple):
    """What the official time of a crew tells of a point that may be the finish.

    It agrees with the passing there, or the crew went on beyond it; a time that was over well
    before the passing tells nothing. `place` is that of the point among those that may be the
    finish for the category; `apart_ms` by how much the time is more than that of the passing;
    `positions` are those of the two records.
    """

    category: str
    point: str
    place: int
    apart_ms: int
    positions: tuple[int, ...]
    agrees: bool = False

    def within(self, tolerance: int) -> Tells:
        """The same where times agree that lie no more apart than this."""
        return self._replace(agrees=abs(self.apart_ms) <= tolerance)

    def add_to(self, counts: Counts, by: int = 1) -> None:
        """Count it in, or, by -1, out again."""
        key = self.place, self.point
        agreeing, beyond = counts.get(key, (0, 0))
        went_on = not self.agrees and self.apart_ms > 0
        counts[key] = agreeing + by * self.agrees, beyond + by * went_on


def shown_end(counts: Counts) -> str:
    """The point that official times show to be the finish; "" where they show none.

    That is the one where most of them agree with the passing of their crew, and the last of such;
    not where more crews were timed to go on beyond it.
    """
    several = [
        (agreeing, place, point)
        for (place, point), (agreeing, beyond) in counts.items()
        if agreeing >= max(beyond, 1)
    ]
    return max(several)[2] if several else ""


def shown_ends(told: Iterable[Tells]) -> set[str]:
    """The points that the same times would show to be the finish by any tolerance there may be."""
    counts: Counts = {}
    by_distance = defaultdict[int, list[Tells]](list, {0: []})
    for each in told:
        each.within(NEVER).add_to(counts)
        by_distance[abs(each.apart_ms)].append(each)
    found = set()
    for distance, several in sorted(by_distance.items()):
        for each in several:
            each.within(NEVER).add_to(counts, -1)
            each.within(distance).add_to(counts)
        found.add(shown_end(counts))
    return found


NEVER = -1
"""The tolerance within which no times agree."""


def end_of(placed: Iterable[WaypointPlaced], category: str, length_m: int | None) -> PlannedEnd:
    """The finish of a stage of that length (metres) for a category, given all of its points.

    That is the last point of the kind `ass`, else the last at the length of the stage, else the
    only one there as finely as the length is given: km 209.96 of 210. The length counts from the
    start of the selective section; where no point lies there, from that of the road section. What
    is placed for the category comes before what is placed for all.
    """
    own, general = (_placed_for(placed, each) for each in (category, ""))
    if ends := finishes(own) or finishes(general):
        return PlannedEnd(ends[-1].point)
    codes = {each.point for each in own}
    every = sorted([*own, *(each for each in general if each.point not in codes)], key=_place)
    begins = begin_m(every)
    for since in dict.fromkeys((begins, 0)) if length_m else ():
        end = _at_length(own, since, length_m or 0) or _at_length(general, since, length_m or 0)
        if end is not None:
            return end._replace(of_the_road=since != begins)
    perhaps = [each for each in every if not each.kind and (each.at_m is None or not length_m)]
    return PlannedEnd("", tuple(each.point for each in perhaps))


def finishes(placed: Iterable[WaypointPlaced]) -> list[WaypointPlaced]:
    """The points of these that are finishes by their kind, in their order."""
    return sorted((each for each in placed if each.is_finish), key=_place)


def _at_length(placed: list[WaypointPlaced], since: int, length_m: int) -> PlannedEnd | None:
    """The end by the points at the length of a stage that begins there; None without any."""
    away = {each.point: each.at_m - since - length_m for each in placed if each.at_m is not None}
    # What has a kind is something else, unless nothing besides it lies there.
    there = [each for each in placed if away.get(each.point) == 0]
    if ends := [each for each in there if not each.kind] or there:
        return PlannedEnd(ends[-1].point)
    given = given_to_m(length_m)
    near = [
        each.point
        for each in placed
        if not each.kind and -given <= 2 * away.get(each.point, given) < given
    ]
    if len(near) < 2:
        return PlannedEnd(near[0]) if near else None
    return PlannedEnd("", tuple(near))


def given_to_m(length_m: int) -> int:
    """How finely a length is given, in metres: whole kilometres, or decimals of one."""
    unit = KILOMETRE
    while length_m % unit:
        unit //= 10
    return unit


def begin_m(placed: Iterable[WaypointPlaced]) -> int:
    """Where the selective section begins, in the metres of the road book."""
    return min((each.at_m for each in placed if each.is_start and each.at_m is not None), default=0)


def ends_of_all(
    placed: Collection[WaypointPlaced], lengths_m: Iterable[int | None]
) -> Iterator[PlannedEnd]:
    """The finishes for every category, at each of these lengths."""
    categories = {"", *(each.category for each in placed)}
    for length in lengths_m:
        for category in categories:
            yield end_of(placed, category, length)


def _placed_for(placed: Iterable[WaypointPlaced], category: str) -> list[WaypointPlaced]:
    """The points that are placed for a category, in their order; of one name the last placed."""
    by_point = {each.point: each for each in placed if each.category == category}
    return sorted(by_point.values(), key=_place)


def _place(placed: WaypointPlaced) -> tuple[int, str]:
    return placed.order, placed.point
