"""What an open office has read of a log: decoded once, and carried forward by what is appended.

A process that does one act reads what that one needs, and nothing else. Where many are done one
after another, as at an entry desk, the plan and the readings of the same stage are read again and
again: here they are kept as they were recorded. What others append meanwhile is read when it is
next asked, whatever process it came from.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

from ledger.log import Log
from ledger.record import Record
from ledger.vocabulary import TYPES, Occurrence
from projections.explain.records import READINGS
from projections.state.facts import Fold

READ = tuple(kind.type_name() for kind in READINGS)
NO_READINGS = tuple(name for name in TYPES if name not in READ)
"""What is no reading: the plan, what officials did and decided, and what amends any of it."""


class Some(NamedTuple):
    """A part of a log: the records of these types, with that tag; without any, all of them."""

    types: tuple[str, ...] = ()
    tag: str = ""

    def holds(self, told: Told) -> bool:
        """Whether a record is one of them."""
        of_type = not self.types or told.said.type_name() in self.types
        return of_type and (not self.tag or self.tag in told.record.header.tags)


EVERYTHING = Some()


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
        self._until = 0
        self._parts: dict[Some, list[Told]] = {}

    def folded(
        self, log: Log, until: int, parts: Iterable[Some], hides: Hides | None = None
    ) -> Fold:
        """The fold over parts of a log up to a position: a record that is in several is one.

        What it `hides`, of all that is told there, is left out.
        """
        also = log.recorder.further_origins(0, until)
        fold = Fold()
        told = [each for some in parts for each in self.told(log, until, some)]
        hidden = hides([(each.record.id, each.said) for each in told]) if hides else ()
        for record, said in told:
            if record.id not in hidden:
                at = record.position
                origins = (record.header.site, record.header.site_position), *also.get(at, ())
                fold.take(record.id, at, said, origins)
        return fold

    def told(self, log: Log, until: int, some: Some) -> Iterator[Told]:
        """A part of a log up to a position, in its order."""
        return takewhile(lambda each: each.record.position <= until, self._read(log, some, until))

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
                self._parts[some] = list(map(_told, found))
            return self._parts[some]


def _told(record: Record) -> Told:
    return Told(record, record.occurrence())
