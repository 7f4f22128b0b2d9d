"""What an open office has read of a log: decoded once, and carried forward by what is appended.

A process that does one act reads what that one needs, and nothing else. Where many are done one
after another, as at an entry desk, the plan and the readings of the same stage are read again and
again: here they are kept as they were recorded. What others append meanwhile is read when it is
next asked, whatever process it came from.
"""

from __future__ import annotations

import bisect
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from ledger.log import Log
from ledger.record import Record, occurrence_at
from ledger.vocabulary import TYPES, ControlPassed, Occurrence
from projections.state.facts import Facts, Fold
from projections.state.rally import RallyState
from projections.state.recorded import READINGS

READ = tuple(kind.type_name() for kind in READINGS)
NO_READINGS = tuple(name for name in TYPES if name not in READ)
"""What is no reading: the plan, what officials did and decided, and what amends any of it."""


MOST = 8
"""So many parts of a log are held as facts: an official sits at one place, and looks at some."""


class Some(NamedTuple):
    """A part of a log: the records of these types, with that tag; without any, all of them.

    None is of a control in `but`.
    """

    types: tuple[str, ...] = ()
    tag: str = ""
    but: frozenset[str] = frozenset()

    def holds(self, told: Told) -> bool:
        """Whether a record is one of them."""
        of_type = not self.types or told.said.type_name() in self.types
        tagged = not self.tag or self.tag in told.record.header.tags
        return of_type and tagged and getattr(told.said, "control", "") not in self.but


EVERYTHING = Some()


def on_stages(stages: Iterable[str], elsewhere: Iterable[str]) -> tuple[Some, ...]:
    """What is no reading, and the readings on some stages.

    At a control no stage need be named, nor the one that is planned: the readings at controls are
    among them that are not planned `elsewhere`.
    """
    at_controls = Some((ControlPassed.type_name(),), but=frozenset(elsewhere))
    return Some(NO_READINGS), at_controls, *(Some(READ, f"stage:{each}") for each in stages)


class Told(NamedTuple):
    """A record, and what it says."""

    record: Record
    said: Occurrence


Hides = Callable[[Sequence[tuple[str, Occurrence]]], frozenset[str]]
"""Which of these records, by id, somebody may not see."""


class Held:
    """The parts of a log that were asked for, as far as the log was read; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._folding = threading.Lock()
        self._until = 0
        self._parts: dict[Some, list[Told]] = {}
        self._linked: dict[int, tuple[str, Occurrence]] = {}
        self._folds: dict[tuple[tuple[Some, ...], bool], tuple[Fold, int]] = {}
        self._last: tuple[int, RallyState] | None = None

    def stood(self, position: int) -> RallyState | None:
        """How it stood at a position, where the last act had left it there; None otherwise."""
        last = self._last
        return last[1] if last and last[0] == position else None

    def stands(self, position: int, state: RallyState) -> None:
        """Hold how it stands behind an act, for the next one: it begins where this one ended."""
        self._last = position, state

    def folded(
        self,
        log: Log,
        until: int,
        parts: Sequence[Some],
        also: Iterable[Some] = (),
        hides: Hides | None = None,
    ) -> Fold:
        """The fold over parts of a log up to a position: a record that is in several is one.

        The one over `parts` is held for who asks next, but for what is `also` in this one. What it
        `hides`, of all that is told there, is left out.
        """
        if hides is None:
            with self._folding:
                fold = self._held(log, until, (*parts,)).copy()
            self._take(fold, log, 0, until, also)
            return fold
        told = (each for some in (*parts, *also) for each in self.told(log, until, some))
        hidden = hides([(each.record.id, each.said) for each in told])
        fold = Fold()
        self._take(fold, log, 0, until, (*parts, *also), hidden)
        return fold

    def facts(
        self, log: Log, until: int, parts: tuple[Some, ...], linked: Iterable[int] = ()
    ) -> Facts:
        """What stands of parts of a log up to a position: what was settled before is joined.

        `linked` are the positions of what something amends, or what tells one line again: it may
        have been of another part, or come to be.
        """
        with self._folding:
            return self._held(log, until, parts, linked).facts()

    def _held(
        self, log: Log, until: int, parts: tuple[Some, ...], linked: Iterable[int] | None = None
    ) -> Fold:
        """The fold over parts of a log up to a position, carried forward since it was asked last.

        What stands of it is joined to what stood.
        """
        key = parts, linked is not None
        fold, after = self._folds.pop(key, (Fold(), 0))
        if after > until:  # others asked of a later position: theirs is held
            self._folds[key] = fold, after
            fold, after = Fold(), 0
        self._take(fold, log, after, until, parts)
        for identity, at in self._read_linked(log, (e for e in linked or () if e <= until)):
            fold.take(identity, at, self._linked[at][1])
        fold.facts()
        if key not in self._folds:
            self._folds[key] = fold, until
        while len(self._folds) > MOST:
            del self._folds[next(iter(self._folds))]
        return fold

    def _take(
        self,
        fold: Fold,
        log: Log,
        after: int,
        until: int,
        parts: Iterable[Some],
        hidden: Collection[str] = (),
    ) -> None:
        also = log.recorder.further_origins(after, until)
        for some in parts:
            for record, said in self._between(log, after, until, some):
                if record.id in hidden:
                    continue
                at = record.position
                origins = (record.header.site, record.header.site_position), *also.get(at, ())
                fold.take(record.id, at, said, origins)

    def _read_linked(self, log: Log, positions: Iterable[int]) -> Iterator[tuple[str, int]]:
        """The ids and positions of the records at some positions, each read once."""
        asked = set(positions)
        for row in log.scan.at(sorted(asked - self._linked.keys())):
            self._linked[row.position] = row.id, occurrence_at(row.position, row.data)
        for position in sorted(asked):
            yield self._linked[position][0], position

    def told(self, log: Log, until: int, some: Some) -> Iterator[Told]:
        """A part of a log up to a position, in its order."""
        return self._between(log, 0, until, some)

    def _between(self, log: Log, after: int, until: int, some: Some) -> Iterator[Told]:
        """A part of a log behind a position and up to another, in its order."""
        held = self._read(log, some, until)
        first, end = (
            bisect.bisect_right(held, each, key=lambda told: told.record.position)
            for each in (after, until)
        )
        return islice(held, first, end)

    def _read(self, log: Log, some: Some, until: int) -> Sequence[Told]:
        """A part as it is now; it may have records behind the position."""
        with self._lock:
            if self._until < until:
                new = map(_told, log.read(after=self._until, until=until) if self._parts else ())
                for told in new:
                    for each, held in self._parts.items():
                        if each.holds(told):
                            held.append(told)
                self._until = until
            if some not in self._parts:
                tags = [some.tag] if some.tag else []
                found = log.read(until=self._until, types=some.types, tags=tags)
                self._parts[some] = [each for each in map(_told, found) if some.holds(each)]
            return self._parts[some]


def _told(record: Record) -> Told:
    return Told(record, record.occurrence())
