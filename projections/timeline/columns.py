"""Columns: the values and penalties of all crews on one stage, to be picked out at a moment.

Most stages are either not begun at a moment or over for good; only while one is under way, or being
amended, are its cells looked through one by one.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from sys import intern

from projections.state.charges import Charge
from projections.state.tallies import NOBODY, OnStage
from projections.timeline.cells import Cell
from projections.timeline.versions import FOREVER, bounds


class Column:
    """The cells of one stage, by number."""

    def __init__(self, cells: Iterable[tuple[str, list[Cell]]]) -> None:
        every = [(intern(number), cell) for number, several in cells for cell in several]
        self.undefined = [each for each in every if each[1].content.undefined]
        self.started = [each for each in every if each[1].content.official_ms is not None]
        self._cells = [
            (cell.since, cell.until, cell.from_ms, cell.to_ms, number, cell.content.value)
            for number, cell in every
            if cell.content.value is not None
        ]
        self._begun, self._over = bounds([cell[0:2] for cell in self._cells])
        self._begun_ms, self._over_ms = bounds([cell[2:4] for cell in self._cells])
        self._charging = [cell for _, cell in every if cell.content.charges]
        _, self._charged = bounds([(each.since, each.until) for each in self._charging])
        _, self._charged_ms = bounds([(each.from_ms, each.to_ms) for each in self._charging])

    def at(self, position: int, instant: int) -> OnStage:
        """The values that stand at a moment, by number."""
        if position < self._begun or instant < self._begun_ms:
            return NOBODY
        if position >= self._over and instant >= self._over_ms:
            return self._final
        found = OnStage(
            {
                number: value
                for since, until, from_ms, to_ms, number, value in self._cells
                if since <= position < until and from_ms <= instant < to_ms
            }
        )
        found.flags = {
            number: flags
            for number in self._flagged
            if (value := found.get(number)) is not None and (flags := value.flags())
        }
        return found

    def charged(self, position: int, instant: int) -> list[Charge]:
        """The penalties that stand at a moment; few crews have any."""
        if position >= self._charged and instant >= self._charged_ms:
            return self._charged_for_good
        return [
            charge
            for cell in self._charging
            if cell.holds(position, instant)
            for charge in cell.content.charges
        ]

    @cached_property
    def _charged_for_good(self) -> list[Charge]:
        """The penalties that stand for good."""
        last = FOREVER - 1
        return [
            e for cell in self._charging if cell.holds(last, last) for e in cell.content.charges
        ]

    @cached_property
    def _final(self) -> OnStage:
        """The values that stand for good."""
        return OnStage((cell[4], cell[5]) for cell in self._cells if cell[1] >= FOREVER <= cell[3])

    @cached_property
    def _flagged(self) -> frozenset[str]:
        """The crews that ever had a value of which a reader should know something: mostly few."""
        return frozenset(number for *_, number, value in self._cells if value.flags())

    @cached_property
    def slowest(self) -> list[tuple[int, str]]:
        """The times that ever stood with their crews, the longest first."""
        return sorted({(cell[5].time_ms, cell[4]) for cell in self._cells}, reverse=True)
