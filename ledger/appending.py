"""What one append writes, within one transaction.

The head row of a log is locked first, so positions have no gaps and their order is the order of
commits. Records, tags, tile hashes and the new head are then written, all of them or nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa
from eventsourcing.dcb.api import DCBAppendCondition

from ledger import schema
from ledger.errors import Conflict
from ledger.in_front import spared
from ledger.merkle import Frontier
from ledger.prepared import Prepared, Values, insert_into
from ledger.record import Arrival, Header
from ledger.selection import RALLY, Shape, matching, shape_of, values_of
from ledger.times import Clock
from ledger.vocabulary import canonical

SOME = 500
"""So many records are made and then written, so that they are still at hand."""
_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a log: the site that writes it, its size, its last time and its tree."""

    site: str
    size: int
    received_at: int
    frontier: bytes

    def root(self) -> bytes:
        """The root hash of the whole log."""
        return Frontier.from_bytes(self.size, self.frontier).root()


_head = schema.log_head.c
_OF_HEAD = sa.select(_head.site, _head.size, _head.received_at, _head.frontier).where(
    _head.rally == RALLY
)
_READ, _LOCK = Prepared(_OF_HEAD), Prepared(_OF_HEAD.with_for_update())
_GROW = Prepared(
    sa.update(schema.log_head)
    .where(_head.rally == RALLY)
    .values(
        size=sa.bindparam("new_size"),
        frontier=sa.bindparam("new_frontier"),
        received_at=sa.bindparam("new_received_at"),
    )
)
_RECORDS, _TAGS, _TILES = map(insert_into, (schema.record, schema.record_tag, schema.tile))


def head_of(connection: sa.Connection, rally: str, *, lock: bool = False) -> Head | None:
    """The end of a log, if there is one; locked until the end of the transaction if need be."""
    for site, size, received_at, frontier in (_LOCK if lock else _READ).run(
        connection, rally=rally
    ):
        return Head(site, size, received_at, bytes(frontier))
    return None


def locked_head(
    connection: sa.Connection, rally: str, new: Callable[[sa.Connection], Head]
) -> Head:
    """The end of a log, locked; it is made first, also when two processes do so at once."""
    if head := head_of(connection, rally, lock=True):
        return head
    begun = new(connection)
    row = {
        "rally": rally,
        "site": begun.site,
        "size": begun.size,
        "frontier": begun.frontier,
        "received_at": begun.received_at,
    }
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert

        connection.execute(insert(schema.log_head).values(row).on_conflict_do_nothing())
    else:
        connection.execute(sa.insert(schema.log_head).values(row))
    return head_of(connection, rally, lock=True) or begun


def must_end_at(head: Head, expect: int | None) -> None:
    """Check that a log ends where an act was taken, where one position is expected.

    Raises:
        Conflict: somebody appended first.
    """
    if expect is not None and head.size != expect:
        raise Conflict(
            f"The log is at #{head.size}, not at #{expect}: somebody appended first.",
            hint="Look at what was added and decide anew.",
            position=head.size,
        )


@functools.lru_cache(maxsize=256)
def _first_of(shape: Shape) -> Prepared:
    return Prepared(matching(shape, until=False).limit(1))


def check(connection: sa.Connection, rally: str, condition: DCBAppendCondition) -> None:
    """Check that nobody appended what an act must not have missed.

    Raises:
        Conflict: somebody did.
    """
    query = condition.fail_if_events_match
    found = _first_of(shape_of(query))
    values = {**values_of(query), "rally": rally, "after": condition.after or 0}
    for (taken,) in found.run(connection, **values):
        raise Conflict(
            f"Somebody appended #{taken} first, and it bears on this act.",
            hint="Look at it and decide anew.",
            position=taken,
        )


def write(
    connection: sa.Connection,
    rally: str,
    head: Head,
    own: int,
    arrivals: Sequence[Arrival],
    clock: Clock,
    *,
    verbatim: bool,
) -> Head:
    """Write records behind a locked head; answers the new one.

    `own` is the last number of the site that writes here. With `verbatim`, records keep the times
    of receipt that they come with.
    """
    without = spared(arrivals)
    for start in range(0, len(arrivals), SOME):
        some = [
            (each, without.get(place, _NOTHING))
            for place, each in enumerate(arrivals[start : start + SOME], start)
        ]
        written = _made(rally, head, own, some, clock, verbatim)
        _RECORDS.run_each(connection, written.records)
        _TAGS.run_each(connection, written.tags)
        _TILES.run_each(connection, written.tiles)
        head, own = written.head, written.own
    _GROW.run(
        connection,
        rally=rally,
        new_size=head.size,
        new_frontier=head.frontier,
        new_received_at=head.received_at,
    )
    return head


class _Written(NamedTuple):
    """Rows to be written, and what the log then ends with."""

    records: list[Values]
    tags: list[Values]
    tiles: list[Values]
    head: Head
    own: int


def _made(
    rally: str,
    head: Head,
    own: int,
    arrivals: Sequence[tuple[Arrival, Set[str]]],
    clock: Clock,
    verbatim: bool,
) -> _Written:
    """The rows of what arrives, each with the tags that the index is spared."""
    received_at = head.received_at
    leaves: list[bytes] = []
    records: list[Values] = []
    tags: list[Values] = []
    for position, (arrival, without) in enumerate(arrivals, head.size + 1):
        given = arrival.received_at if verbatim else None
        received_at = max(received_at, clock() if given is None else given)
        site, number = arrival.origin or (head.site, own + 1)
        if site == head.site:
            own = max(own, number)
        header = Header(rally, position, arrival.id, received_at, site, number, arrival.tags)
        leaf = header.leaf()
        leaves.append(leaf)
        records.append(_row(header, arrival, leaf))
        kind = arrival.type
        indexed = [tag for tag in dict.fromkeys(arrival.tags) if tag not in without]
        tags += [(rally, tag, kind, position) for tag in indexed]
    frontier = Frontier.from_bytes(head.size, head.frontier)
    tiles: list[Values] = [(rally, *tile) for tile in frontier.extend(leaves)]
    grown = Head(head.site, frontier.size, received_at, frontier.to_bytes())
    return _Written(records, tags, tiles, grown, own)


def _row(header: Header, arrival: Arrival, leaf: bytes) -> Values:
    """A row of the table of records, in the order of its columns."""
    return (
        header.rally,
        header.position,
        header.id,
        arrival.type,
        arrival.schema,
        arrival.fact_at,
        arrival.recorded_at,
        header.received_at,
        header.site,
        header.site_position,
        arrival.source,
        arrival.source_seq,
        canonical(header.tags).decode(),
        arrival.data,
        leaf,
    )
