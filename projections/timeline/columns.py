"""Columns: the values and penalties of all crews on one stage, to be picked out at a moment.

Most stages are either not begun at a moment or over for good. While one is under way, or being
amended, what stood at a position is told from the nearest one before it at which all was kept: an
answer takes no longer where times were amended again and again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, chain
from operator import itemgetter
from sys import intern
from typing import TYPE_CHECKING, Generic, TypeVar

from projections.state.charged import Charged
from projections.state.charges import Charge
from projections.state.few import Few
from projections.state.tallies import NOBODY, OnStage
from projections.state.timing import StageValue
from projections.timeline.cells import Cell
from projections.timeline.versions import FOREVER, bounds

if TYPE_CHECKING:
    from projections.timeline.held import OnOneStage

Key = TypeVar("Key", bound=Hashable)
Held = TypeVar("Held")
LEAST = 32
"""So many changes may be made again, however few things stand at once."""
MOST_BETWEEN = 8
"""Of so many stretches between changes it is kept what stood."""


class Standing(Generic[Key, Held]):
    """What stands at each position of a log, given from where until where each thing did.

    All is kept after a quarter as many changes as things ever stood at once: that takes about as
    much space as the changes do.
    """

    def __init__(self, parts: Sequence[tuple[int, int, Key, Held]]) -> None:
        begun = [(since, True, key, held) for since, _, key, held in parts]
        ended = [(until, False, key, held) for _, until, key, held in parts if until < FOREVER]
        self._changes = sorted([*begun, *ended], key=itemgetter(0, 1))  # at one position ends first
        self._positions = [each[0] for each in self._changes]
        at_once = accumulate(1 if begins else -1 for _, begins, *_ in self._changes)
        self._every = max(LEAST, max(at_once, default=0) // 4)
        self._kept: list[dict[Key, Held]] = [{}]
        for since in range(0, len(self._changes) - self._every + 1, self._every):
            kept = self._kept[-1].copy()
            self._make(kept, since, since + self._every)
            self._kept.append(kept)

    def at(self, position: int) -> dict[Key, Held]:
        """What stands at a position."""
        return self.after(self.made(position))

    def made(self, position: int) -> int:
        """How many changes were made at a position: between two of them the same stands."""
        return bisect_right(self._positions, position)

    def after(self, made: int) -> dict[Key, Held]:
        """What stands after so many changes."""
        kept = made // self._every
        found = self._kept[kept].copy()
        self._make(found, kept * self._every, made)
        return found

    def _make(self, found: dict[Key, Held], since: int, until: int) -> None:
        """Make some of the changes."""
        for _, begins, key, held in self._changes[since:until]:
            if begins:
                found[key] = held
            else:
                del found[key]


Part = tuple[int, int, int, int, Key, Held]
"""From which position until which, from when until when (UTC ms), of what, and what."""


class Layer(Generic[Key, Held]):
    """What is held of the crews on a stage, of each key one thing at a moment at most."""

    def __init__(self, parts: Sequence[Part[Key, Held]]) -> None:
        self._parts = parts
        _, self._over_ms = bounds([part[2:4] for part in parts])

    def at(self, position: int, instant: int) -> dict[Key, Held]:
        """What is held at a moment, by key."""
        if instant >= self._over_ms:
            return self._in_the_end.at(position)
        known = self._over_time.at(position).values()
        return {key: held for since, to, key, held in known if since <= instant < to}

    def changes(self, position: int, instant: int) -> int | None:
        """How many changes led to what is held at a moment; None where the time tells it, too."""
        return self._in_the_end.made(position) if instant >= self._over_ms else None

    @cached_property
    def _over_time(self) -> Standing[int, tuple[int, int, Key, Held]]:
        """What is held at each position of the log, over the time of the rally."""
        parts = enumerate(self._parts)
        return Standing([(part[0], part[1], place, part[2:]) for place, part in parts])

    @cached_property
    def _in_the_end(self) -> Standing[Key, Held]:
        """What is held at each position for good as far as the time of the rally goes."""
        return Standing([(e[0], e[1], e[4], e[5]) for e in self._parts if e[3] >= FOREVER])


Of = tuple[str, Cell]
"""A cell with the race number that it is of."""


class Column:
    """The cells of one stage, by number: each kind of answer makes ready what it looks through."""

    def __init__(self, cells: OnOneStage) -> None:
        self._of = cells
        self._between: Few[int, OnStage] = Few(MOST_BETWEEN)
        """What stands between two changes, of those that were looked at last."""
        self._charged_between: Few[int, Charged] = Few(MOST_BETWEEN)
        """The penalties that do, likewise."""

    def at(self, position: int, instant: int) -> OnStage:
        """The values that stand at a moment, by number."""
        extent = self._of.extent
        if not extent.has_begun(position, instant):
            return NOBODY
        if extent.is_over(position, instant):
            return self._final
        # A stage that was run is amended now and then: nearly all moments lie between the same two.
        changes = self._counted_ms.changes(position, instant)
        if changes is None:
            return self._made(position, instant)
        return self._between.of(changes, lambda: self._made(position, instant))

    def _made(self, position: int, instant: int) -> OnStage:
        found = OnStage(
            lambda: self._values.at(position, instant), self._counted_ms.at(position, instant)
        )
        found.flags = self._flags.at(position, instant)
        found.at_most_ms = self._at_most_ms
        return found

    @cached_property
    def _at_most_ms(self) -> int:
        """What no time ever was longer than: those that stand need not be looked through."""
        return max([value.time_ms for *_, value in self._parts], default=0)

    @cached_property
    def _final(self) -> OnStage:
        """The values that stand for good."""
        of = _by_crew(self._of.lasting)
        values = {n: value for n, cell in of if (value := cell.content.value) is not None}
        return OnStage(lambda: values)

    @cached_property
    def _every(self) -> list[Of]:
        return [*_by_crew(self._of.passed), *_by_crew(self._of.lasting)]

    @cached_property
    def _parts(self) -> list[Part[str, StageValue]]:
        return [
            (cell.since, cell.until, cell.from_ms, cell.to_ms, number, cell.content.value)
            for number, cell in self._every
            if cell.content.value is not None
        ]

    @cached_property
    def _values(self) -> Layer[str, StageValue]:
        return Layer(self._parts)

    @cached_property
    def _counted_ms(self) -> Layer[str, int]:
        """What the values add to totals, which is asked of all of them again and again."""
        return Layer([(*each[0:5], each[5].counted_ms) for each in self._parts])

    @cached_property
    def _flags(self) -> Layer[str, list[str]]:
        """What a reader should know of the values: mostly of few."""
        return Layer([(*each[0:5], flags) for each in self._parts if (flags := each[5].flags())])

    @cached_property
    def started(self) -> list[Of]:
        """The cells that tell an official start."""
        return [each for each in self._every if each[1].content.official_ms is not None]

    @cached_property
    def undefined(self) -> list[Cell]:
        """The cells for which a rule is lacking: mostly none."""
        if not self._of.extent.undefined:
            return []
        return [cell for _, cell in self._every if cell.content.undefined]

    def charged(self, position: int, instant: int) -> Charged:
        """The penalties that stand at a moment; few crews have any."""
        if self._of.extent.is_over(position, instant):
            return self._charged_for_good
        changes = self._charges.changes(position, instant)
        if changes is None:
            return self._charged_at(position, instant)
        return self._charged_between.of(changes, lambda: self._charged_at(position, instant))

    def _charged_at(self, position: int, instant: int) -> Charged:
        return Charged(chain.from_iterable(self._charges.at(position, instant).values()))

    @cached_property
    def _charges(self) -> Layer[int, tuple[Charge, ...]]:
        """By the place of the cell: a crew has several on a stage."""
        charging = [cell for _, cell in self._every if cell.content.charges]
        return Layer(
            [
                (cell.since, cell.until, cell.from_ms, cell.to_ms, place, cell.content.charges)
                for place, cell in enumerate(charging)
            ]
        )

    @cached_property
    def _charged_for_good(self) -> Charged:
        """The penalties that stand for good."""
        lasting = _by_crew(self._of.lasting)
        return Charged(charge for _, cell in lasting for charge in cell.content.charges)


def _by_crew(cells: Mapping[str, list[Cell]]) -> Iterator[Of]:
    return ((intern(number), cell) for number, several in cells.items() for cell in several)
