"""Columns: the values of all crews on one stage, to be picked out at a moment.

Most stages are either not begun at a moment or over for good; only while one is under way, or being
amended, are its cells looked through one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from projections.state.timing import StageValue
from projections.timeline.cells import Cell
from projections.timeline.versions import FOREVER


class Column:
    """The cells of one stage, by number."""

    def __init__(self, cells: Iterable[tuple[str, list[Cell]]]) -> None:
        self._cells = [
            (cell.since, cell.until, cell.from_ms, cell.to_ms, number, cell.content.value)
            for number, several in cells
            for cell in several
            if cell.content.value is not None
        ]
        self._begun = min((cell[0] for cell in self._cells), default=FOREVER)
        self._begun_ms = min((cell[2] for cell in self._cells), default=FOREVER)
        self._over = max((end for cell in self._cells for end in _ends(*cell[:2])), default=0)
        self._over_ms = max((end for cell in self._cells for end in _ends(*cell[2:4])), default=0)

    def at(self, position: int, instant: int) -> Mapping[str, StageValue]:
        """The values that stand at a moment, by number."""
        if position < self._begun or instant < self._begun_ms:
            return {}
        if position >= self._over and instant >= self._over_ms:
            return self._final
        return {
            number: value
            for since, until, from_ms, to_ms, number, value in self._cells
            if since <= position < until and from_ms <= instant < to_ms
        }

    @cached_property
    def _final(self) -> dict[str, StageValue]:
        """The values that stand for good."""
        return {cell[4]: cell[5] for cell in self._cells if cell[1] >= FOREVER <= cell[3]}

    @cached_property
    def slowest(self) -> list[tuple[int, str]]:
        """The times that ever stood with their crews, the longest first."""
        return sorted({(cell[5].time_ms, cell[4]) for cell in self._cells}, reverse=True)


def _ends(first: int, last: int) -> tuple[int, ...]:
    """Where something begins and ends, leaving out what never ends."""
    return (first,) if last >= FOREVER else (first, last)
