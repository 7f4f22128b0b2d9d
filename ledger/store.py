"""The recorder: where records are kept, on SQLite or PostgreSQL, behind `eventsourcing.dcb`.

An append locks the head row of its log, so positions have no gaps and their order is the order of
commits: no reader can ever skip a record. Records, tags, tile hashes and the new head are written
in one transaction or not at all. Reads go in batches and never hold a transaction open.
"""

from __future__ import annotations

import contextlib
import functools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

import msgspec
import sqlalchemy as sa
from eventsourcing.dcb.api import (
    DCBAppendCondition,
    DCBEvent,
    DCBQuery,
    DCBReadResponse,
    DCBRecorder,
    DCBSequencedEvent,
    DCBSubscription,
)
from eventsourcing.dcb.domain import Selector
from eventsourcing.persistence import IntegrityError, ProgrammingError

from ledger import provenance, recorded, schema, withheld
from ledger.appending import Head, check, head_of, locked_head, must_end_at, write
from ledger.bearing import Bearing
from ledger.database import expect_many, leaves_no_trace, named_site, shown, told_plainly, writing
from ledger.errors import Conflict, Tampered
from ledger.keys import Delivery, Key, must_be_new, must_say_the_same
from ledger.merkle import TILE_HEIGHT, frontier_at
from ledger.newest import newest_positions
from ledger.openings import Opening
from ledger.prepared import Prepared, PreparedForSome
from ledger.proofs.tree import Subtree
from ledger.record import DEFAULT_SITE, Arrival, Header, Origin, Record
from ledger.selection import LIMIT, RALLY, Shape, ended, matching, shape_of, values_of
from ledger.signatory import Signatory
from ledger.stored import Stored
from ledger.times import Clock
from ledger.unclear import Attempt, must_be_there
from ledger.vocabulary import KeyRegistered
from ledger.watch import NOBODY, Watch

Found = TypeVar("Found")
BATCH = 2000
MANY = 1000
POLL_SECONDS = 0.05


class Recorder(DCBRecorder):
    """The log of one rally in a ledger.

    `site` names who writes here, for a log that does not exist yet; without it the name that was
    given to the ledger holds. An existing log keeps its own. Where there is a `signatory`, it signs
    what is appended.
    """

    signatory: Signatory | None = None

    def __init__(
        self, engine: sa.Engine, rally: str, clock: Clock, site: str = "", watch: Watch = NOBODY
    ) -> None:
        self.engine = engine
        self.rally = rally
        self._watch = watch
        self._clock = clock
        self._new_site = site
        self._further = False
        self._in_rally = schema.record.c.rally == rally
        self.bearing = Bearing(self)

    def reading(self) -> contextlib.AbstractContextManager[None]:
        """Where the database complains, it is told plainly."""
        return told_plainly(shown(self.engine.url))

    # -- the interface of eventsourcing.dcb ------------------------------------------------------

    def read(
        self, query: DCBQuery | None = None, *, after: int | None = None, limit: int | None = None
    ) -> DCBReadResponse:
        """The events that match, in the order of their positions, up to the head at this moment."""
        head = self.head().size or None
        rows = self.records(query, after=after or 0, until=head or 0, limit=limit)
        events = (
            DCBSequencedEvent(
                DCBEvent(type=kind, data=found.data, tags=list(found.header.tags)), found.position
            )
            for kind, found in rows
        )
        if limit is None:
            return _ReadResponse(events, head)
        few = list(events)
        return _ReadResponse(iter(few), few[-1].position if few else None)

    def append(
        self, events: Sequence[DCBEvent], condition: DCBAppendCondition | None = None
    ) -> int:
        """Append events at once, unless the condition finds that somebody was there first."""
        if not events:
            raise ProgrammingError("Should be at least one event. Avoid this elsewhere")
        arrivals = [
            event.arrival
            if isinstance(event, ArrivingEvent)
            else Arrival(type=event.type, data=event.data, tags=tuple(event.tags))
            for event in events
        ]
        openings = [
            each for event in events if isinstance(event, ArrivingEvent) for each in event.openings
        ]
        first = events[0]
        key = first.key if isinstance(first, ArrivingEvent) else None
        try:
            return self.append_arrivals(arrivals, condition, openings=openings, key=key).size
        except Conflict as conflict:
            raise IntegrityError(condition) from conflict

    def subscribe(
        self, query: DCBQuery | None = None, *, after: int | None = None
    ) -> DCBSubscription[Recorder]:
        """The events that match, waiting for more at the head; correct without any notification."""
        return _PollingSubscription(self, query, after)

    # -- what a ledger needs beside it -----------------------------------------------------------

    @property
    def signs_with(self) -> str:
        """The fingerprint of the key that signs what is appended; "" where none does."""
        return self.signatory.fingerprint if self.signatory else ""

    def _signed(self, arrivals: Sequence[Arrival]) -> Sequence[Arrival]:
        """What is appended, behind the signatures over what of it is new."""
        if self.signatory is None:
            return arrivals
        registered = Selector(types=[KeyRegistered], tags=[f"key:{self.signs_with}"])
        said = self.bearing.told([registered], self.head())
        known = {each.signs_for for each in said.values() if isinstance(each, KeyRegistered)}
        return [*self.signatory.over(arrivals, known), *arrivals]

    def head(self) -> Head:
        """The end of the log as it is now; an empty one for a rally that is not there yet."""
        with self.reading(), self.engine.connect() as connection:
            return head_of(connection, self.rally) or self._new_head(connection)

    def _new_head(self, connection: sa.Connection) -> Head:
        return Head(self._new_site or named_site(connection) or DEFAULT_SITE, 0, 0, b"")

    def append_arrivals(
        self,
        arrivals: Sequence[Arrival],
        condition: DCBAppendCondition | None = None,
        *,
        expect: int | None = None,
        verbatim: bool = False,
        openings: Sequence[Opening] = (),
        origins: Sequence[tuple[str, Sequence[Origin]]] = (),
        key: Key | None = None,
        delivery: Delivery | None = None,
    ) -> Head:
        """Append in one transaction and answer the new head.

        `verbatim` restores a log: the times of receipt that the arrivals carry are kept. `openings`
        are those of private values of the log, and `origins` tells by id where else occurrences of
        it were recorded; both are kept beside it. What says that openings are erased erases them.
        Under a `key` that something has already nothing is appended, nor is another `delivery`.

        When the commit fails or is broken off, the ledger is asked what became of it, and what is
        there is answered like any other.

        Raises:
            Conflict: the condition matches, or the log is not at the expected position.
            KeyTaken: the key is not new.
            Unavailable: nothing was appended. Unclear: what was appended can't be told.
            Interrupted: the commit was broken off; the message says what became of it.
        """
        beside = Beside(openings, origins, key, delivery)
        arrivals = self._signed(arrivals)
        with self.reading():
            try:
                head, erased = self._append_once(arrivals, condition, expect, verbatim, beside)
            except sa.exc.IntegrityError as error:
                raise Conflict(
                    f"The log of {self.rally} already holds this: {error.orig}.",
                    hint="Read it again and decide anew.",
                ) from None
        if erased:
            leaves_no_trace(self.engine)
        return head

    def _append_once(
        self,
        arrivals: Sequence[Arrival],
        condition: DCBAppendCondition | None,
        expect: int | None,
        verbatim: bool,
        beside: Beside,
    ) -> tuple[Head, int]:
        attempt = None  # until everything is written, nothing can be kept
        try:
            with writing(self.engine) as connection:
                head = locked_head(connection, self.rally, self._new_head)
                if beside.key:
                    must_be_new(connection, self.rally, beside.key)
                if beside.delivery:
                    must_say_the_same(connection, self.rally, beside.delivery)
                must_end_at(head, expect)
                # Behind the end of a log that is locked there is nothing that could match.
                if condition is not None and (condition.after or 0) < head.size:
                    check(connection, self.rally, condition)
                if len(arrivals) >= MANY:
                    expect_many(connection)
                grown = self._write(connection, head, arrivals, verbatim)
                erased = self._write_beside(connection, grown, arrivals, beside)
                called = beside.key.text if beside.key else ""
                attempt = Attempt(self.rally, head.size, arrivals, called)
            self._kept(attempt)
        except (Exception, KeyboardInterrupt) as error:
            if attempt is None:
                raise
            must_be_there(self.engine, attempt, error)
            self._kept(attempt)
        return grown, erased

    def _kept(self, attempt: Attempt) -> None:
        if attempt.arrivals:
            last = attempt.after + len(attempt.arrivals)
            self._watch.kept(attempt.after + 1, last, attempt.id)

    def _write(
        self, connection: sa.Connection, head: Head, arrivals: Sequence[Arrival], verbatim: bool
    ) -> Head:
        further = self._has_further(connection)
        own = provenance.last_number(connection, self.rally, head.site, further=further)
        grown = write(connection, self.rally, head, own, arrivals, self._clock, verbatim=verbatim)
        if grown.size >> TILE_HEIGHT > head.size >> TILE_HEIGHT:
            recorded.note(connection, self.rally, grown.size)
        return grown

    def _write_beside(
        self, connection: sa.Connection, head: Head, arrivals: Sequence[Arrival], beside: Beside
    ) -> int:
        """Keep what belongs to the log but is no part of it; answers how many it erased."""
        if beside.origins:
            provenance.note(connection, self.rally, beside.origins, head.size)
        erases = not withheld.ERASING.isdisjoint(each.type for each in arrivals)
        erased = withheld.erase(connection, self.rally) if erases else 0
        if beside.openings:
            withheld.keep(connection, self.rally, beside.openings)
        return erased

    def records(
        self,
        query: DCBQuery | None = None,
        *,
        after: int = 0,
        until: int | None = None,
        limit: int | None = None,
    ) -> Iterator[tuple[str, Record]]:
        """Types and records in the order of positions, in batches, never all at once."""
        found, values = _reading(shape_of(query), until=until is not None), values_of(query)
        last, left = after, limit
        while left is None or left > 0:
            size = BATCH if left is None else min(BATCH, left)
            with self.reading(), self.engine.connect() as connection:
                rows = found.run(
                    connection, **values, rally=self.rally, after=last, until=until, limit=size
                )
            for row in rows:
                yield row[1], self._record(*row)
            if len(rows) < size:
                return
            last, left = rows[-1][0], None if left is None else left - len(rows)

    def newest(
        self, types: Sequence[str], tags: Sequence[str], after: int, until: int, limit: int
    ) -> list[Record]:
        """The last records of these types with these tags, the newest first."""
        with self.reading(), self.engine.connect() as connection:
            wanted = newest_positions(connection, self.rally, types, tags, (after, until), limit)
            parts = _AT.run(connection, wanted, rally=self.rally)
            found = {row[0]: self._record(*row) for part in parts for row in part}
        return [found[position] for position in wanted]

    def _record(
        self,
        position: int,
        _type: str,
        identity: str,
        received_at: int,
        site: str,
        site_position: int,
        tags: str,
        data: bytes,
        leaf: bytes,
    ) -> Record:
        kinds = type(received_at), type(site), type(site_position), type(data), type(leaf)
        with contextlib.suppress(msgspec.MsgspecError, TypeError, UnicodeError):
            told = _TAGS.decode(tags)
            if kinds == _KINDS:
                header = Header(
                    self.rally, position, identity, received_at, site, site_position, told
                )
                return Record(header, data, leaf)
        raise Tampered(
            f"The record #{position} of {self.rally} is damaged.",
            hint="`rally verify` looks where.",
        )

    def with_ids(self, prefix: str, limit: int = 3) -> list[Record]:
        """The records whose id begins so."""
        above = prefix + "g"  # behind every hex digit
        with self.reading(), self.engine.connect() as connection:
            rows = _WITH_IDS.run(
                connection, rally=self.rally, prefix=prefix, above=above, limit=limit
            )
        return [self._record(*row) for row in rows]

    def known_ids(self, ids: Iterable[str]) -> set[str]:
        """Which of these occurrences the log already holds."""
        wanted, known = list(ids), set[str]()
        with self.reading(), self.engine.connect() as connection:
            for start in range(0, len(wanted), 500):
                some = wanted[start : start + 500]
                found = sa.select(schema.record.c.id).where(schema.record.c.id.in_(some))
                known.update(connection.scalars(found.where(self._in_rally)))
        return known

    def known(self, ids: Iterable[str]) -> dict[str, provenance.Known]:
        """Which of these occurrences the log holds, at which position and from which sites."""
        with self.reading(), self.engine.connect() as connection:
            return provenance.known(connection, self.rally, ids, self._further_of(connection))

    def further_origins(self, after: int, until: int | None) -> dict[int, tuple[Origin, ...]]:
        """Where else records come from, by position, as it was known at a position."""
        with self.reading(), self.engine.connect() as connection:
            return self._further_of(connection, after, until)

    def _further_of(
        self, connection: sa.Connection, after: int = 0, until: int | None = None
    ) -> dict[int, tuple[Origin, ...]]:
        if not self._has_further(connection):
            return {}
        return provenance.further(connection, self.rally, after, until)

    def further_origins_at(
        self, positions: Sequence[int], until: int
    ) -> dict[int, tuple[Origin, ...]]:
        """The same of a few records."""
        with self.reading(), self.engine.connect() as connection:
            if not positions or not self._has_further(connection):
                return {}
            return provenance.further_at(connection, self.rally, positions, until)

    def _has_further(self, connection: sa.Connection) -> bool:
        """Whether the ledger has a table of where else records come from."""
        # Once it is there, the table stays; asking for it each time would slow down every act.
        self._further = self._further or schema.has(connection, schema.provenance)
        return self._further

    def openings(self) -> dict[str, Opening]:
        """The openings of private values that this ledger keeps, by their commitments."""
        with self.reading(), self.engine.connect() as connection:
            return withheld.held(connection, self.rally)

    def erased(self) -> dict[str, str]:
        """The commitments whose openings are erased, each with the id of what erased it."""
        with self.reading(), self.engine.connect() as connection:
            return withheld.erased(connection, self.rally)

    def leaves_no_trace(self) -> bool:
        """Whether nothing of what was erased is left in files that this ledger writes."""
        return leaves_no_trace(self.engine)

    def from_source(self, name: str) -> list[tuple[str, bytes]]:
        """Everything a source delivered so far, by its own keys, in the order of positions."""
        with self.reading(), self.engine.connect() as connection:
            rows = _FROM_SOURCE.run(connection, rally=self.rally, name=name)
        return [(own, bytes(data)) for own, data in rows]

    def root_at(self, size: int) -> bytes:
        """The root hash that the log had at that size, from the tiles and the last few leaves.

        Raises:
            Tampered: records or hashes of that part are missing.
        """
        return self.from_tiles(lambda subtree: subtree(0, size))

    def from_tiles(self, made: Callable[[Subtree], Found]) -> Found:
        """What is made of roots of parts of the log, each looked up in the tiles.

        Raises:
            Tampered: records or hashes of those parts are missing.
        """
        with self.reading(), self.engine.connect() as connection:

            def subtree(first: int, size: int) -> bytes:
                tiles = functools.partial(self._tiles, connection)
                leaves = functools.partial(self._leaves, connection)
                return frontier_at(size, tiles, leaves, first).root()

            try:
                return made(subtree)
            except ValueError as error:
                raise Tampered(
                    f"The log of {self.rally} was altered: {error}.",
                    hint="`rally verify` looks where.",
                ) from None

    def _tiles(self, connection: sa.Connection, level: int, first: int, end: int) -> list[bytes]:
        rows = _TILES.run(connection, rally=self.rally, level=level, first=first, end=end)
        return [bytes(each) for (each,) in rows]

    def _leaves(self, connection: sa.Connection, first: int, end: int) -> list[bytes]:
        rows = _LEAVES.run(connection, rally=self.rally, first=first, end=end)
        return [bytes(each) for (each,) in rows]

    def as_stored(self) -> Stored:
        """What the proof looks at: everything as it is stored, of whatever kind."""
        return Stored(self.engine, self.rally)


_TAGS = msgspec.json.Decoder(tuple[str, ...])
_KINDS = (int, str, int, bytes, bytes)
_READ = [
    schema.record.c[name]
    for name in (
        "position",
        "type",
        "id",
        "received_at",
        "site",
        "site_position",
        "tags",
        "data",
        "leaf",
    )
]


_FIRST: sa.BindParameter[int] = sa.bindparam("first")
_END: sa.BindParameter[int] = sa.bindparam("end")
_tile = schema.tile.c
_TILES = Prepared(
    sa.select(_tile.hash)
    .where(
        _tile.rally == RALLY,
        _tile.level == sa.bindparam("level"),
        _tile.index >= _FIRST,
        _tile.index < _END,
    )
    .order_by(_tile.index)
)
_LEAVES = Prepared(
    sa.select(schema.record.c.leaf)
    .where(
        schema.record.c.rally == RALLY,
        schema.record.c.position > _FIRST,
        schema.record.c.position <= _END,
    )
    .order_by(schema.record.c.position)
)
_WITH_IDS = Prepared(
    sa.select(*_READ)
    .where(
        schema.record.c.rally == RALLY,
        schema.record.c.id >= sa.bindparam("prefix"),
        schema.record.c.id < sa.bindparam("above"),
    )
    .order_by(schema.record.c.position)
    .limit(LIMIT)
)
_FROM_SOURCE = Prepared(
    sa.select(schema.record.c.source_seq, schema.record.c.data)
    .where(schema.record.c.rally == RALLY, schema.record.c.source == sa.bindparam("name"))
    .order_by(schema.record.c.position)
)
_AT = PreparedForSome(
    lambda keys: sa.select(*_READ).where(
        schema.record.c.rally == RALLY, schema.record.c.position.in_(keys)
    )
)


@functools.lru_cache(maxsize=256)
def _reading(shape: Shape, *, until: bool) -> Prepared:
    """The records that a query of that shape asks for, the first ones, as many as LIMIT says."""
    position = schema.record.c.position
    found = sa.select(*_READ).where(schema.record.c.rally == RALLY)
    if shape:
        wanted = matching(shape, until=until).subquery()
        found = found.where(position.in_(sa.select(wanted.c.position)))
    else:
        found = ended(found, position, until=until)
    return Prepared(found.order_by(position).limit(LIMIT))


@dataclass
class ArrivingEvent(DCBEvent):
    """An event of the library that carries what the index of the ledger needs."""

    arrival: Arrival = field(default_factory=lambda: Arrival("", b"", ()))
    openings: Sequence[Opening] = ()
    key: Key | None = None


class Beside(NamedTuple):
    """What is kept beside a log: openings of its private values, and where else it was recorded.

    `key` is that of the act, or `delivery` what the delivery is called.
    """

    openings: Sequence[Opening]
    origins: Sequence[tuple[str, Sequence[Origin]]]
    key: Key | None = None
    delivery: Delivery | None = None


class _ReadResponse(DCBReadResponse):
    def __init__(self, events: Iterator[DCBSequencedEvent], head: int | None) -> None:
        self._events = events
        self._head = head

    @property
    def head(self) -> int | None:
        return self._head

    def __next__(self) -> DCBSequencedEvent:
        return next(self._events)


class _PollingSubscription(DCBSubscription[Recorder]):
    """Looks for new records at the head, again and again, resuming exactly where it stopped."""

    def __init__(self, recorder: Recorder, query: DCBQuery | None, after: int | None) -> None:
        super().__init__(recorder, query, after)
        self._fetched: Iterator[DCBSequencedEvent] = iter(())

    def __next__(self) -> DCBSequencedEvent:
        while not self._has_been_stopped:
            for event in self._fetched:
                self._last_position = event.position
                return event
            found = list(self._recorder.read(self._query, after=self._last_position, limit=BATCH))
            if not found:
                time.sleep(POLL_SECONDS)
            self._fetched = iter(found)
        raise StopIteration
