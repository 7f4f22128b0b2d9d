"""What is stored, as it is stored: for the proof, which believes nothing that it has not checked.

A value may be of any kind and a text may be no UTF-8; nothing here breaks off for that.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from ledger import provenance, schema, withheld
from ledger.database import named_site, shown, told_plainly
from ledger.selection import within

BATCH = 2000


class Stored:
    """The rows of one rally's log, unread."""

    def __init__(self, engine: sa.Engine, rally: str) -> None:
        self.engine = engine
        self.rally = rally

    @contextlib.contextmanager
    def _connection(self) -> Iterator[sa.Connection]:
        """A connection that gives text which is no UTF-8 as bytes instead of breaking off."""
        with told_plainly(shown(self.engine.url)), self.engine.connect() as connection:
            raw: Any = connection.connection.dbapi_connection
            lenient = connection.dialect.name == "sqlite"
            if lenient:
                raw.text_factory = _text_or_bytes
            try:
                yield connection
            finally:
                if lenient:
                    raw.text_factory = str

    def head(self) -> sa.Row[Any] | None:
        """The end of the log as it is stored, if there is one."""
        with self._connection() as connection:
            query = sa.select(*_raw(schema.log_head)).where(schema.log_head.c.rally == self.rally)
            return connection.execute(query).one_or_none()

    def records(self, until: int | None = None) -> Iterator[sa.Row[Any]]:
        """Every stored column of every record, in the order of positions."""
        last = 0
        while True:
            found = sa.select(*_raw(schema.record)).where(schema.record.c.rally == self.rally)
            found = within(found, schema.record.c.position, last, until)
            with self._connection() as connection:
                rows = connection.execute(
                    found.order_by(schema.record.c.position).limit(BATCH)
                ).all()
            if not rows:
                return
            yield from rows
            last = rows[-1].position

    def tags(self, until: int | None = None) -> Iterator[tuple[int, str, str]]:
        """The index of tags, in the order of positions: position, tag, type."""
        columns = schema.record_tag.c
        found = sa.select(columns.position, columns.tag, columns.type)
        found = within(found.where(columns.rally == self.rally), columns.position, 0, until)
        with self._connection() as connection:
            rows = connection.execution_options(yield_per=BATCH).execute(
                found.order_by(columns.position)
            )
            for row in rows:
                yield row[0], row[1], row[2]

    def times(self, columns: sa.Table) -> set[tuple[int, str, int]]:
        """The latest or earliest times of the tiles that are covered: tile, site, time."""
        found = sa.select(*_raw(columns)).where(columns.c.rally == self.rally)
        with self._connection() as connection:
            if not schema.has(connection, columns):
                return set()
            return {tuple(row)[1:] for row in connection.execute(found)}

    def tiles(self) -> list[tuple[int, int, bytes]]:
        """The tile hashes: level, index, hash."""
        found = sa.select(*_raw(schema.tile)).where(schema.tile.c.rally == self.rally)
        with self._connection() as connection:
            return [tuple(row)[1:] for row in connection.execute(found)]

    def rows_outside(self) -> int:
        """How many records and tags stand at no position of the log, at this very moment."""
        head = schema.log_head.c
        size = sa.select(head.size).where(head.rally == self.rally).scalar_subquery()
        counts = []
        for table in (schema.record, schema.record_tag):
            position = table.c.position
            outside = (position > sa.func.coalesce(size, 0)) | (position < 1)
            found = sa.select(sa.func.count()).where(table.c.rally == self.rally, outside)
            counts.append(found.scalar_subquery())
        with self._connection() as connection:
            return int(connection.execute(sa.select(counts[0] + counts[1])).scalar_one())

    def openings(self) -> list[tuple[Any, Any, Any]]:
        """The openings as they are stored: commitment, salt, value."""
        with self._connection() as connection:
            return withheld.stored(connection, self.rally)

    def named_site(self) -> Any:
        """The name that was given to the ledger as a site, whatever it is."""
        with self._connection() as connection:
            return named_site(connection)

    def provenance_amiss(self) -> bool:
        """Whether what is noted of where else records come from was altered."""
        with self._connection() as connection:
            return provenance.amiss(connection, self.rally)

    def missing_triggers(self) -> set[str]:
        """The guards of append-only tables that the database lacks."""
        with told_plainly(shown(self.engine.url)), self.engine.connect() as connection:
            wanted = schema.trigger_names(self.engine.dialect.name)
            return wanted - schema.present_triggers(connection)


def _raw(table: sa.Table) -> list[sa.ColumnElement[Any]]:
    """The columns of a table, with their values as the driver gives them."""
    return [sa.type_coerce(each, sa.types.NULLTYPE).label(each.name) for each in table.c]


def _text_or_bytes(stored: bytes) -> str | bytes:
    try:
        return stored.decode()
    except UnicodeDecodeError:
        return stored
