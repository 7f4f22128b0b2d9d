"""Agreements: where the official times of all crews show a stage to end, along log and rally.

Where the plan does not say which point is the finish, the value of a crew rests on the others in
one thing alone: with which point their official times agree. What a crew's own times tell of that
is kept like its value, and counted together here.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING

import msgspec

from ledger.grouping import grouped
from projections.state.ends import Counts, Tells, shown_end
from projections.timeline.versions import FOREVER

if TYPE_CHECKING:
    from projections.timeline.cells import Cell

Steps = tuple[tuple[int, str], ...]
"""The points that are the finish, each from an instant on (UTC ms); "" is none."""


class Agreements(msgspec.Struct, frozen=True, array_like=True):
    """Where one stage ends: by category, from each position on at which that became another.

    `untold` are the parts of the log in which a rule was lacking by which times are compared.
    """

    ends: dict[str, list[tuple[int, Steps]]] = {}
    untold: list[tuple[int, int]] = []

    def at(self, category: str, position: int, instant: int) -> str:
        """The point that is the finish for a category at a moment; "" where none is shown to be."""
        for since, steps in reversed(self.ends.get(category, ())):
            if since <= position:
                place = bisect_right(steps, instant, key=itemgetter(0))
                return steps[place - 1][1] if place else ""
        return ""

    @property
    def positions(self) -> set[int]:
        """The positions at which something changes."""
        return {since for several in self.ends.values() for since, _ in several}

    @property
    def instants(self) -> set[int]:
        """The instants at which something changes."""
        told = (steps for several in self.ends.values() for _, steps in several)
        return {instant for steps in told for instant, _ in steps}

    @property
    def points(self) -> set[str]:
        """The points that are ever the finish."""
        told = (steps for several in self.ends.values() for _, steps in several)
        return {point for steps in told for _, point in steps}


NOT_AGREED = Agreements()


def agreements(before: Agreements, cells: Iterable[Cell], after: int) -> Agreements:
    """What these cells of all crews come to.

    `before` is what was known of the stage up to the position `after`: that stays as it is.
    """
    cells = list(cells)
    told = grouped((e.category, (each, e)) for each in cells for e in each.content.tells)
    found: dict[str, list[tuple[int, Steps]]] = {}
    for category in sorted({*before.ends, *told}):
        held = [each for each in before.ends.get(category, ()) if each[0] <= after]
        for step, now in _along(told.get(category, ()), after):
            if now != (held[-1][1] if held else ()):
                held.append((step, now))
        if held:
            found[category] = held
    untold = {(each.since, each.until) for each in cells if each.content.undefined}
    return Agreements(found, sorted(untold))


def _along(told: Sequence[tuple[Cell, Tells]], after: int) -> Iterator[tuple[int, Steps]]:
    """The finishes at each position behind one at which they may change."""
    shown = {each.point for _, each in told if each.agrees}
    changes: dict[int, list[tuple[Cell, Tells, int]]] = defaultdict(list)
    for cell, tells in told:
        if tells.point in shown:  # most points are before the finish, and no time agrees with them
            changes[cell.since].append((cell, tells, 1))
            changes[cell.until].append((cell, tells, -1))
    counted = _Counted()
    for step in sorted(each for each in changes if each < FOREVER):
        for cell, tells, by in changes[step]:
            counted.count(tells, cell.from_ms, cell.to_ms, by)
        if step > after:
            yield step, counted.steps()


class _Counted:
    """What times tell at one position, over the time of the rally."""

    def __init__(self) -> None:
        self._ticks = [-FOREVER - 1]
        self._counts: list[Counts] = [{}]
        self._points = [""]

    def count(self, tells: Tells, from_ms: int, to_ms: int, by: int) -> None:
        """Count in or out what is told from one instant to another."""
        first = self._part(from_ms)
        last = self._part(to_ms) if to_ms <= FOREVER else len(self._ticks)
        for place in range(first, last):
            counts = self._counts[place]
            tells.add_to(counts, by)
            self._points[place] = shown_end(counts)

    def _part(self, instant: int) -> int:
        """The place of the part that begins at an instant."""
        place = bisect_left(self._ticks, instant)
        if place == len(self._ticks) or self._ticks[place] != instant:
            self._ticks.insert(place, instant)
            self._counts.insert(place, dict(self._counts[place - 1]))
            self._points.insert(place, self._points[place - 1])
        return place

    def steps(self) -> Steps:
        """The finishes, each from where another one is it."""
        found: list[tuple[int, str]] = []
        before = ""
        for instant, point in zip(self._ticks, self._points, strict=True):
            if point != before:
                found.append((instant, point))
                before = point
        return tuple(found)
