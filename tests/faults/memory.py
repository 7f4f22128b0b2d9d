"""A log in memory behind the interface of the store, that breaks off where it is told to.

It writes what the store writes and nothing else: no SQL, no index, one list. Where a process would
die before its commit, or behind it and before anybody hears of it, it raises.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from eventsourcing.dcb.api import DCBAppendCondition, DCBQuery, DCBQueryItem

from ledger.appending import Head
from ledger.errors import Conflict
from ledger.log import Log
from ledger.merkle import Frontier
from ledger.openings import Opening
from ledger.provenance import Known
from ledger.record import Arrival, Header, Origin, Record
from ledger.store import Recorder
from ledger.times import Clock

Crash = Callable[[str], None]
"""Asked `before` a commit and `behind` it; raises Crashed where the process is to die."""


_NOWHERE = sa.create_engine("sqlite://")


class Crashed(Exception):
    """The process died there."""


class Memory(Recorder):
    """The log of one rally in memory."""

    def __init__(self, rally: str, site: str, clock: Clock, crash: Crash) -> None:
        super().__init__(_NOWHERE, rally, clock, site)
        self._here, self._crash = site, crash
        self._rows: list[tuple[str, Record]] = []
        self._places: dict[str, int] = {}
        self._beside: dict[int, list[Origin]] = {}
        self._frontier = Frontier()

    def head(self) -> Head:
        """The end of the log as it is now."""
        size = len(self._rows)
        received = self._rows[-1][1].header.received_at if self._rows else 0
        return Head(self._here, size, received, self._frontier.to_bytes())

    def append_arrivals(
        self,
        arrivals: Sequence[Arrival],
        condition: DCBAppendCondition | None = None,
        *,
        expect: int | None = None,
        verbatim: bool = False,
        origins: Sequence[tuple[str, Sequence[Origin]]] = (),
        **_: Any,
    ) -> Head:
        """Append at once, or not at all."""
        if expect is not None and expect != len(self._rows):
            raise Conflict("somebody appended first", position=len(self._rows))
        if condition is not None:
            found = self.records(condition.fail_if_events_match, after=condition.after or 0)
            if next(found, None) is not None:
                raise Conflict("somebody appended what bears on it")
        made = self._made(arrivals, verbatim)
        self._crash("before")
        for kind, record in made:
            self._rows.append((kind, record))
            self._places.setdefault(record.id, record.position)
            self._frontier.append(record.leaf)
        for identity, more in origins:
            self._beside.setdefault(self._places[identity], []).extend(more)
        self._crash("behind")
        return self.head()

    def _made(self, arrivals: Sequence[Arrival], verbatim: bool) -> list[tuple[str, Record]]:
        made = []
        received = self.head().received_at
        own = max(
            itertools.chain(
                (
                    number
                    for _, each in self._rows
                    for site, number in self._origins(each)
                    if site == self._here
                ),
                (0,),
            )
        )
        for position, each in enumerate(arrivals, len(self._rows) + 1):
            given = each.received_at if verbatim else None
            received = max(received, self._clock() if given is None else given)
            site, number = each.origin or (self._here, own + 1)
            own = max(own, number) if site == self._here else own
            header = Header(self.rally, position, each.id, received, site, number, each.tags)
            made.append((each.type, Record(header, each.data, header.leaf())))
        return made

    def _origins(self, record: Record) -> Iterable[Origin]:
        return (*record.origins, *self._beside.get(record.position, ()))

    def records(
        self,
        query: DCBQuery | None = None,
        *,
        after: int = 0,
        until: int | None = None,
        limit: int | None = None,
    ) -> Iterator[tuple[str, Record]]:
        """Types and records in the order of positions."""
        found = (row for row in self._rows[after:until] if _matches(query, *row))
        return itertools.islice(found, limit)

    def newest(
        self, types: Sequence[str], tags: Sequence[str], after: int, until: int, limit: int
    ) -> list[Record]:
        """The last records of these types with these tags, the newest first."""
        narrow = DCBQuery([DCBQueryItem(list(types), list(tags))]) if types or tags else None
        found = [row for _, row in self.records(narrow, after=after, until=until)]
        return found[::-1][:limit]

    def known_ids(self, ids: Iterable[str]) -> set[str]:
        """Which of these occurrences the log holds."""
        return {each for each in ids if each in self._places}

    def known(self, ids: Iterable[str]) -> dict[str, Known]:
        """The same with their places and sites."""
        found = {}
        for each in self.known_ids(ids):
            record = self._rows[self._places[each] - 1][1]
            found[each] = Known(record.position, frozenset(self._origins(record)))
        return found

    def further_origins(self, after: int, until: int | None) -> dict[int, tuple[Origin, ...]]:
        """Where else records come from."""
        return {at: tuple(more) for at, more in self._beside.items() if after < at <= (until or at)}

    def further_origins_at(
        self, positions: Sequence[int], until: int
    ) -> dict[int, tuple[Origin, ...]]:
        """The same of a few records."""
        found = self.further_origins(0, until)
        return {at: found[at] for at in positions if at in found}

    def openings(self) -> dict[str, Opening]:
        """None: nothing private is kept here."""
        return {}


def _matches(query: DCBQuery | None, kind: str, record: Record) -> bool:
    if query is None or not query.items:
        return True
    tags = set(record.header.tags)
    return any(
        (not item.types or kind in item.types) and set(item.tags) <= tags for item in query.items
    )


class MemoryLog(Log):
    """A log over a memory."""

    def __init__(self, memory: Memory, clock: Clock) -> None:
        self.rally, self.clock, self.recorder = memory.rally, clock, memory


class MemoryLedger:
    """A ledger with one log: what takes in deliveries asks no more of it."""

    def __init__(self, log: MemoryLog, site: str) -> None:
        self._log, self._site = log, site

    def log(self, _rally: str, _site: str | None = None) -> MemoryLog:
        """Its log."""
        return self._log

    def site(self) -> str:
        """Who writes it."""
        return self._site
