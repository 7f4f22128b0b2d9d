"""Scans: records as plain rows, for what reads very many of them, and what is derived from them.

Nothing is decoded or checked here; the proof (`verify`) looks at everything. What is derived may be
deleted at any time: it is only there to be quick.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

import sqlalchemy as sa

from ledger import recorded, schema
from ledger.authority import AMENDING
from ledger.database import shown, told_plainly, writing
from ledger.errors import Unavailable
from ledger.newest import span_of
from ledger.prepared import Prepared, PreparedForSome
from ledger.record import occurrence_at
from ledger.vocabulary import ActsSigned, Occurrence, ProofKept

BATCH = 10_000


class Scanned(NamedTuple):
    """A record as it is stored: its position, the type and id of its occurrence, and its bytes."""

    position: int
    type: str
    id: str
    data: bytes


_COLUMNS = [schema.record.c[name] for name in Scanned._fields]
_record = schema.record.c
_HERE = _record.rally == sa.bindparam("rally")

_AT = PreparedForSome(lambda keys: sa.select(*_COLUMNS).where(_HERE, _record.position.in_(keys)))
# Of types alone the index of them would tell, and SQLite would go through all of it.
_ABOUT = PreparedForSome(
    lambda keys: sa.select(_record.position, _record.received_at, _record.type).where(
        _HERE, _record.position.in_(keys)
    )
)
_WITH_IDS = PreparedForSome(lambda keys: sa.select(*_COLUMNS).where(_HERE, _record.id.in_(keys)))


def _referring(kinds: Sequence[type[Occurrence]]) -> PreparedForSome:
    """Rows of these types by what they refer to."""
    types = [sa.literal_column(f"'{each.type_name()}'", sa.Text()) for each in kinds]
    return PreparedForSome(
        lambda keys: sa.select(*_COLUMNS).where(
            _HERE,
            _record.position.in_(
                sa.select(schema.record_tag.c.position).where(
                    schema.record_tag.c.rally == sa.bindparam("rally"),
                    schema.record_tag.c.tag.in_(keys),
                    schema.record_tag.c.type.in_(types),
                )
            ),
        )
    )


_AMENDING, _SIGNING = _referring(AMENDING), _referring((ActsSigned, ProofKept))


def _of_lines(keys: Sequence[tuple[Any, Any]]) -> sa.ClauseElement:
    """The rows of these lines, each named by its source and the key that it has there."""
    named = (sa.select(name.label("source"), key.label("source_seq")) for name, key in keys)
    # Asked for what is in several selects at once, SQLite would look through the whole log.
    lines = sa.select(sa.union_all(*named).subquery())
    key = sa.tuple_(_record.source, _record.source_seq)
    return sa.select(*_COLUMNS).where(_HERE, key.in_(lines))


_LINES_OF = PreparedForSome(_of_lines, width=2)
_ROWS = Prepared(
    sa.select(*_COLUMNS)
    .where(
        _HERE, _record.position > sa.bindparam("first"), _record.position <= sa.bindparam("last")
    )
    .order_by(_record.position)
)


_WHEN = Prepared(
    sa.select(_record.site, _record.received_at, _record.data).where(
        _HERE, _record.position == sa.bindparam("position")
    )
)


_KEPT = Prepared(
    sa.select(schema.derived.c.data).where(
        schema.derived.c.rally == sa.bindparam("rally"),
        schema.derived.c.name == sa.bindparam("name"),
    )
)


def _types(count: int) -> list[sa.BindParameter[str]]:
    return [sa.bindparam(f"type_{place}") for place in range(count)]


@lru_cache
def _positions(types: int) -> Prepared:
    """The positions of the records of so many types, in their order."""
    of_them = sa.select(_record.position).where(
        _HERE,
        _record.type.in_(_types(types)),
        _record.position > sa.bindparam("after"),
        _record.position <= sa.bindparam("until"),
    )
    return Prepared(of_them.order_by(_record.position))


@lru_cache
def _of_types(types: int) -> Prepared:
    """The rows of so many types."""
    # Asked for their order, SQLite would go through the whole log in it.
    return Prepared(
        sa.select(*_COLUMNS).where(
            _HERE, _record.type.in_(_types(types)), _record.position <= sa.bindparam("until")
        )
    )


@lru_cache
def _tagged(tags: int, types: int) -> Prepared:
    """The rows of so many types with so many tags."""
    tag = schema.record_tag.c
    found = sa.select(tag.position).where(
        tag.rally == sa.bindparam("rally"),
        tag.tag == sa.bindparam("tag_0"),
        tag.position <= sa.bindparam("until"),
        tag.position > sa.bindparam("after"),
        tag.type.in_(_types(types)),
    )
    for place in range(1, tags):
        also = schema.record_tag.alias().c
        found = found.where(
            sa.exists().where(
                also.rally == sa.bindparam("rally"),
                also.tag == sa.bindparam(f"tag_{place}"),
                also.type == tag.type,
                also.position == tag.position,
            )
        )
    query = sa.select(*_COLUMNS).where(_HERE, _record.position.in_(found))
    return Prepared(query.order_by(_record.position))


class _Several(NamedTuple):
    """What finds the records that are the same in some columns."""

    anywhere: Prepared
    with_one_after: Prepared


def _several(*columns: sa.Column[str]) -> _Several:
    held = sa.select(*columns).where(_HERE, columns[-1].is_not(None))

    def same(those: sa.SelectBase) -> Prepared:
        # Named as a list, and not joined: SQLite would begin with the whole log.
        key = columns[0] if len(columns) == 1 else sa.tuple_(*columns)
        return Prepared(sa.select(_record.position, *columns).where(_HERE, key.in_(those)))

    return _Several(
        same(held.group_by(*columns).having(sa.func.count() > sa.literal_column("1"))),
        same(held.where(_record.position > sa.bindparam("after"))),
    )


_LINES = _several(_record.source, _record.source_seq)
_RECORDED = _several(_record.id)


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

    def rows(self, after: int, until: int) -> Iterator[tuple[int, str, str, bytes]]:
        """The rows after one position and up to another, in their order; a batch at a time."""
        with self._reading(), self._engine.connect() as connection:
            for first in range(after, until, BATCH):
                # Rows as the driver gives them: wrapping each would take longer than reading it.
                yield from _ROWS.run(
                    connection, rally=self._rally, first=first, last=min(first + BATCH, until)
                )

    def at(self, positions: Iterable[int]) -> Iterator[Scanned]:
        """The rows at these positions."""
        return self._of(_AT, [*positions])

    def received(self, positions: Iterable[int]) -> list[tuple[int, int]]:
        """When the records at these positions were received (UTC ms)."""
        return [(position, ms) for position, ms, _ in self._about(positions)]

    def types_at(self, positions: Iterable[int]) -> list[tuple[int, str]]:
        """The types of the records at these positions."""
        return [(position, kind) for position, _, kind in self._about(positions)]

    def _about(self, positions: Iterable[int]) -> Iterator[tuple[Any, ...]]:
        with self._reading(), self._engine.connect() as connection:
            yield from chain.from_iterable(_ABOUT.run(connection, [*positions], rally=self._rally))

    def with_ids(self, ids: Iterable[str]) -> Iterator[Scanned]:
        """The rows of these occurrences, those that the log holds."""
        return self._of(_WITH_IDS, [*ids])

    def of_types(self, types: Collection[str], until: int) -> list[Scanned]:
        """The rows of these types."""
        named = {f"type_{place}": kind for place, kind in enumerate(types)}
        with self._reading(), self._engine.connect() as connection:
            found = _of_types(len(types)).run(connection, rally=self._rally, until=until, **named)
        return sorted(map(_row, found))

    def amending(self, ids: Iterable[str]) -> Iterator[Scanned]:
        """The rows of what amends or adopts these occurrences."""
        return self._of(_AMENDING, [f"ref:{each}" for each in ids])

    def signing(self, ids: Iterable[str]) -> Iterator[Scanned]:
        """The rows of signatures over these records, and of proofs that they were there."""
        return self._of(_SIGNING, [f"ref:{each}" for each in ids])

    def of_lines(self, lines: Iterable[tuple[str, str]]) -> Iterator[Scanned]:
        """The rows that tell these lines: by the name of a source, and its own key."""
        return self._of(_LINES_OF, [*lines])

    def _of(self, query: PreparedForSome, keys: Sequence[Any]) -> Iterator[Scanned]:
        if keys:
            with self._reading(), self._engine.connect() as connection:
                for found in query.run(connection, keys, rally=self._rally):
                    yield from sorted(map(_row, found))

    def tagged(
        self, tags: Sequence[str], types: Collection[str], until: int, after: int = 0
    ) -> list[Scanned]:
        """The rows of these types with all of these tags."""
        named = {f"tag_{place}": tag for place, tag in enumerate(tags)}
        named |= {f"type_{place}": kind for place, kind in enumerate(types)}
        query = _tagged(len(tags), len(types))
        with self._reading(), self._engine.connect() as connection:
            found = query.run(connection, rally=self._rally, until=until, after=after, **named)
        return [_row(each) for each in found]

    def span(self, tag: str, until: int) -> tuple[int, int] | None:
        """The positions of the first and the last record with a tag, up to a position."""
        with self._reading(), self._engine.connect() as connection:
            return span_of(connection, self._rally, tag, until)

    def first_of_each(self, label: str, types: Collection[str], until: int) -> dict[str, int]:
        """The position of the first record of these types with each tag that begins so.

        Up to a position.
        """
        columns = schema.record_tag.c
        query = sa.select(columns.tag, sa.func.min(columns.position)).where(
            columns.rally == self._rally,
            columns.tag >= label,
            columns.tag < f"{label}\U0010ffff",
            columns.type.in_(types),
            columns.position <= until,
        )
        with self._reading(), self._engine.connect() as connection:
            found = connection.execute(query.group_by(columns.tag)).all()
        return {str(tag): int(first) for tag, first in found}

    def positions(self, types: Collection[str], after: int, until: int) -> list[int]:
        """The positions of the records of these types, in their order."""
        if not types:
            return []
        named = {f"type_{place}": kind for place, kind in enumerate(types)}
        query = _positions(len(types))
        with self._reading(), self._engine.connect() as connection:
            rows = query.run(connection, rally=self._rally, after=after, until=until, **named)
        return [position for (position,) in rows]

    def first_recorded_after(
        self, ms: int, sites: Collection[str], until: int, apart_ms: int
    ) -> int | None:
        """The position of the first record that one of these sites recorded later (UTC ms).

        Up to a position; one that lies `apart_ms` and more ahead of a later one is left aside.
        """
        with self._reading(), self._engine.connect() as connection:
            times = recorded.Times(connection, self._rally, sites, until)
            return times.first_after(ms, apart_ms)

    def clocks_at(self, position: int, site: str) -> tuple[int, ...]:
        """What the clock of a site may have shown when it appended a record (UTC ms).

        It was received then, and recorded, unless it was handed over by somebody else. Nothing
        where there is no record, or its time is assumed: no clock stands behind it.
        """
        with self._reading(), self._engine.connect() as connection:
            rows = _WHEN.run(connection, rally=self._rally, position=position)
        for here, received_at, data in rows:
            said = occurrence_at(position, data)
            if not said.recorded_assumed:
                return (received_at, said.recorded_at.ms) if here == site else (received_at,)
        return ()

    def lines_told_again(self, after: int) -> list[list[int]]:
        """The positions of each line of a source that the log holds several times.

        Only lines of which a record stands after that position.
        """
        return self._again(_LINES, after)

    def recorded_again(self, after: int) -> list[list[int]]:
        """The positions of each occurrence that the log holds several times; likewise."""
        return self._again(_RECORDED, after)

    def _again(self, several: _Several, after: int) -> list[list[int]]:
        query = several.with_one_after if after else several.anywhere
        found: dict[tuple[str, ...], list[int]] = defaultdict(list)
        with self._reading(), self._engine.connect() as connection:
            for position, *same in query.run(connection, rally=self._rally, after=after):
                found[tuple(same)].append(position)
        return [sorted(positions) for positions in found.values() if len(positions) > 1]

    # -- what is derived -------------------------------------------------------------------------

    def load(self, name: str) -> bytes | None:
        """What was derived under this name, if it was kept."""
        with self._reading(), self._engine.connect() as connection:
            if not schema.has(connection, schema.derived):
                return None
            rows = _KEPT.run(connection, rally=self._rally, name=name)
        return next((bytes(data) for (data,) in rows), None)

    def save(self, name: str, data: bytes | None) -> bool:
        """Keep what was derived, or drop it; False where this ledger can't be written."""
        columns = schema.derived.c
        mine = sa.and_(columns.rally == self._rally, columns.name == name)
        try:
            with told_plainly(shown(self._engine.url)), writing(self._engine) as connection:
                schema.ensure(connection, schema.derived)
                connection.execute(sa.delete(schema.derived).where(mine))
                if data is not None:
                    row = {"rally": self._rally, "name": name, "data": data}
                    connection.execute(sa.insert(schema.derived).values(row))
        except Unavailable:
            return False
        return True


def _row(row: Sequence[Any]) -> Scanned:
    position, kind, identity, data = row
    return Scanned(position, kind, identity, bytes(data))
