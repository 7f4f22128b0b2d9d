"""Scans: records as plain rows, for what reads very many of them, and what is derived from them.

Nothing is decoded or checked here; the proof (`verify`) looks at everything. What is derived may be
deleted at any time: it is only there to be quick.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

import sqlalchemy as sa

from ledger import schema
from ledger.database import told_plainly, writing
from ledger.errors import Unavailable

BATCH = 10_000
SOME = 500


class Row(NamedTuple):
    """A record as it is stored: its position, the type and id of its occurrence, and its bytes."""

    position: int
    type: str
    id: str
    data: bytes


_COLUMNS = [schema.record.c[name] for name in Row._fields]
_record = schema.record.c


class Scan:
    """The rows of one rally's log."""

    def __init__(
        self,
        engine: sa.Engine,
        rally: str,
        reading: Callable[[], contextlib.AbstractContextManager[None]],
    ) -> None:
        self._engine = engine
        self._rally = rally
        self._reading = reading
        self._in_rally = schema.record.c.rally == rally

    def rows(self, after: int, until: int) -> Iterator[tuple[int, str, str, bytes]]:
        """The rows after one position and up to another, in their order; a batch at a time."""
        query = sa.select(*_COLUMNS).where(
            self._in_rally,
            _record.position > sa.bindparam("first"),
            _record.position <= sa.bindparam("last"),
        )
        query = query.order_by(_record.position)
        with self._reading(), self._engine.connect() as connection:
            for first in range(after, until, BATCH):
                bounds = {"first": first, "last": min(first + BATCH, until)}
                # Rows as the driver gives them: wrapping each would take longer than reading it.
                cursor = connection.execute(query, bounds).cursor
                yield from cursor.fetchall()

    def at(self, positions: Iterable[int]) -> Iterator[Row]:
        """The rows at these positions."""
        return self._where(_record.position.in_, positions)

    def with_ids(self, ids: Iterable[str]) -> Iterator[Row]:
        """The rows of these occurrences, those that the log holds."""
        return self._where(_record.id.in_, ids)

    def _where(
        self, those: Callable[[list[Any]], sa.ColumnElement[bool]], keys: Iterable[Any]
    ) -> Iterator[Row]:
        for some in _some(keys):
            query = sa.select(*_COLUMNS).where(self._in_rally, those(some))
            with self._reading(), self._engine.connect() as connection:
                found = connection.execute(query).all()
            for position, kind, identity, data in sorted(found):
                yield Row(position, kind, identity, bytes(data))

    def tagged(
        self, tags: Collection[str], types: Collection[str], until: int, after: int = 0
    ) -> list[Row]:
        """The rows of these types with all of these tags."""
        first, *others = tags
        tag = schema.record_tag.c
        found = sa.select(tag.position).where(tag.rally == self._rally, tag.tag == first)
        found = found.where(tag.position <= until, tag.position > after, tag.type.in_(types))
        for other in others:
            also = schema.record_tag.alias().c
            found = found.where(
                sa.exists().where(
                    also.rally == self._rally,
                    also.tag == other,
                    also.type == tag.type,
                    also.position == tag.position,
                )
            )
        query = sa.select(*_COLUMNS).where(self._in_rally, _record.position.in_(found))
        with self._reading(), self._engine.connect() as connection:
            rows = connection.execute(query.order_by(_record.position)).all()
        return [
            Row(position, kind, identity, bytes(data)) for position, kind, identity, data in rows
        ]

    def last_tagged(self, tag: str) -> int | None:
        """The position of the last record with a tag."""
        columns = schema.record_tag.c
        query = sa.select(sa.func.max(columns.position))
        query = query.where(columns.rally == self._rally, columns.tag == tag)
        with self._reading(), self._engine.connect() as connection:
            found: int | None = connection.scalar(query)
        return found

    def first_recorded_after(self, ms: int, sites: Collection[str]) -> int | None:
        """The position of the first record that one of these sites recorded later (UTC ms)."""
        query = sa.select(sa.func.min(_record.position)).where(
            self._in_rally, _record.site.in_(sites), _record.recorded_at > ms
        )
        with self._reading(), self._engine.connect() as connection:
            found: int | None = connection.scalar(query)
        return found

    def lines_told_again(self, after: int) -> list[list[int]]:
        """The positions of each line of a source that the log holds several times.

        Only lines of which a record stands after that position.
        """
        return self._several((_record.source, _record.source_seq), after)

    def recorded_again(self, after: int) -> list[list[int]]:
        """The positions of each occurrence that the log holds several times; likewise."""
        return self._several((_record.id,), after)

    def _several(self, columns: tuple[sa.Column[str], ...], after: int) -> list[list[int]]:
        *others, last = columns
        held = sa.select(*columns).where(self._in_rally, last.is_not(None))
        query = (
            held.where(_record.position > after)
            if after
            else (held.group_by(*columns).having(sa.func.count() > 1))
        )
        found: dict[tuple[str, ...], list[int]] = defaultdict(list)
        with self._reading(), self._engine.connect() as connection:
            wanted: dict[tuple[str, ...], list[str]] = defaultdict(list)
            for row in connection.execute(query).all():
                wanted[tuple(row[:-1])].append(row[-1])
            for of, keys in wanted.items():
                same = [column == value for column, value in zip(others, of, strict=True)]
                for some in _some(keys):
                    where = sa.select(_record.position, last).where(self._in_rally, *same)
                    for position, key in connection.execute(where.where(last.in_(some))).all():
                        found[*of, key].append(position)
        return [sorted(positions) for positions in found.values() if len(positions) > 1]

    # -- what is derived -------------------------------------------------------------------------

    def load(self, name: str) -> bytes | None:
        """What was derived under this name, if it was kept."""
        columns = schema.derived.c
        with self._reading(), self._engine.connect() as connection:
            if not schema.has(connection, schema.derived):
                return None
            query = sa.select(columns.data)
            found = connection.scalar(
                query.where(columns.rally == self._rally, columns.name == name)
            )
        return None if found is None else bytes(found)

    def save(self, name: str, data: bytes | None) -> bool:
        """Keep what was derived, or drop it; False where this ledger can't be written."""
        columns = schema.derived.c
        mine = sa.and_(columns.rally == self._rally, columns.name == name)
        try:
            with told_plainly(str(self._engine.url)), writing(self._engine) as connection:
                schema.ensure(connection, schema.derived)
                connection.execute(sa.delete(schema.derived).where(mine))
                if data is not None:
                    row = {"rally": self._rally, "name": name, "data": data}
                    connection.execute(sa.insert(schema.derived).values(row))
        except Unavailable:
            return False
        return True


def _some(keys: Iterable[Any]) -> Iterator[list[Any]]:
    """As many keys at a time as one query may name."""
    left = iter(keys)
    while some := list(islice(left, SOME)):
        yield some
