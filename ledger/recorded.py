"""When each part of the log was recorded: so a time leads to a position at once.

A time on the clock means the last record before the first that was recorded later. Sites record out
of order, so the times do not grow with the positions, and no order of an index finds that first
one. For each full tile of the log the latest and the earliest time of each site stand here instead:
few rows lead to the tile, and few records of it to the position. They are derived from the records,
`verify` compares them, and what is not covered yet is looked through: an older ledger gets them as
soon as it is written.

A clock may have been wrong for a while. A record that was made by a clock well ahead of that of a
later one is left aside, for the later clock is the one that was put right. A record alone that lies
well before those on both sides of it is no clock put right: it is the one that is wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import chain, islice
from typing import Any, NamedTuple

import sqlalchemy as sa

from ledger import schema
from ledger.merkle import TILE_HEIGHT

SOME = 500
_record, _until, _from = schema.record.c, schema.recorded_until, schema.recorded_from
_ONE, _HOW_MANY = (
    sa.literal_column(str(number), sa.BigInteger()) for number in (1, 1 << TILE_HEIGHT)
)
_TILE = (_record.position - _ONE) // _HOW_MANY
_ANY = sa.true()
_Those = sa.ColumnElement[bool]


def note(connection: sa.Connection, rally: str, size: int) -> None:
    """Take in the tiles that a log of that size has filled."""
    full = size >> TILE_HEIGHT << TILE_HEIGHT
    for table, extreme in ((_until, sa.func.max), (_from, sa.func.min)):
        schema.ensure(connection, table)
        found = (
            sa.select(_record.rally, _record.site, _TILE, extreme(_record.recorded_at))
            .where(_record.rally == rally, _record.position > _covered(connection, rally, table))
            .where(_record.position <= full)
            .group_by(_record.rally, _record.site, _TILE)
        )
        columns = ["rally", "site", "tile", "recorded_at"]
        connection.execute(sa.insert(table).from_select(columns, found))


def _covered(connection: sa.Connection, rally: str, table: sa.Table) -> int:
    """How many records the tiles that were taken in hold."""
    query = sa.select(sa.func.max(table.c.tile)).where(table.c.rally == rally)
    last: int | None = connection.scalar(query)
    return 0 if last is None else last + 1 << TILE_HEIGHT


class Times:
    """The times at which some sites recorded the first records of a log, so many of them."""

    def __init__(
        self, connection: sa.Connection, rally: str, sites: Collection[str], size: int
    ) -> None:
        self._connection = connection
        self._rally = rally
        self._sites = sites
        self._size = size
        self._covered = {
            table: min(
                _covered(connection, rally, table) if schema.has(connection, table) else 0,
                size >> TILE_HEIGHT << TILE_HEIGHT,
            )
            for table in (_until, _from)
        }

    def first_after(self, ms: int, apart_ms: int) -> int | None:
        """The position of the first record that was recorded later (UTC ms) by a clock that counts.

        One that lies `apart_ms` and more ahead of a later one does not count.
        """
        begin = self._last_by(ms - apart_ms, apart_ms)
        aside: _Aside | None = None
        for position, recorded_at in self._after(ms, begin):  # what lies before it is left aside
            if aside and position < aside.until and recorded_at >= aside.recorded_at:
                continue
            last = self._last_by(recorded_at - apart_ms, apart_ms)
            if last <= position:
                return position
            aside = _Aside(last, recorded_at)
        return None

    def _after(self, ms: int, after: int) -> Iterator[tuple[int, int]]:
        """The records behind a position that were recorded later, in their order."""
        return self._forwards(after, _record.recorded_at > ms, _until.c.recorded_at > ms)

    def _last_by(self, ms: int, apart_ms: int) -> int:
        """The position of the last record that was recorded by then; 0 where there is none.

        One that is by a wrong clock itself does not count.
        """
        by_then = _record.recorded_at <= ms, _from.c.recorded_at <= ms
        for position, recorded_at in self._backwards(self._size + 1, *by_then):
            if not self._behind_both(position, recorded_at, apart_ms):
                return position
        return 0

    def _behind_both(self, position: int, recorded_at: int, apart_ms: int) -> bool:
        """Whether a record lies well before the one that it follows and the one that follows it.

        Of the last record those are the two before it: of two alone nobody can tell which one is
        wrong, and the later one holds.
        """
        after = islice(self._forwards(position, _ANY, _ANY, 1), 1)
        before = self._backwards(position, _ANY, _ANY, 2)
        beside = [*islice(chain(after, before), 2)]
        return len(beside) == 2 and all(each - apart_ms >= recorded_at for _, each in beside)

    def _forwards(
        self, after: int, those: _Those, in_tiles: _Those, some: int = SOME
    ) -> Iterator[tuple[int, int]]:
        """Those records behind a position, in their order; they are in such tiles."""
        covered = self._covered[_until]
        query = self._tiles(_until, sa.func.min).where(in_tiles)
        while after < covered:
            tile: int | None = self._connection.scalar(
                query.where(_until.c.tile >= after >> TILE_HEIGHT)
            )
            if tile is None or tile << TILE_HEIGHT >= covered:
                after = covered
                break
            end = tile + 1 << TILE_HEIGHT
            yield from self._rows(max(after, tile << TILE_HEIGHT), end, those)
            after = end
        while rows := self._rows(after, self._size, those, limit=some):
            yield from rows
            after = rows[-1][0]

    def _backwards(
        self, before: int, those: _Those, in_tiles: _Those, some: int = SOME
    ) -> Iterator[tuple[int, int]]:
        """Those records before a position, the last first."""
        covered = self._covered[_from]
        while before > covered + 1:
            rows = self._rows(covered, before - 1, those, limit=some, newest=True)
            yield from rows
            before = rows[-1][0] if len(rows) == some else covered + 1
        query = self._tiles(_from, sa.func.max).where(in_tiles)
        while before > 1:
            tile: int | None = self._connection.scalar(
                query.where(_from.c.tile <= before - 2 >> TILE_HEIGHT)
            )
            if tile is None:
                return
            first = tile << TILE_HEIGHT
            end = min(before - 1, first + (1 << TILE_HEIGHT))
            yield from self._rows(first, end, those, newest=True)
            before = first + 1

    def _tiles(self, table: sa.Table, extreme: Any) -> sa.Select[Any]:
        columns = table.c
        found = sa.select(extreme(columns.tile))
        return found.where(columns.rally == self._rally, columns.site.in_(self._sites))

    def _rows(
        self,
        after: int,
        until: int,
        those: _Those,
        limit: int | None = None,
        *,
        newest: bool = False,
    ) -> list[tuple[int, int]]:
        """Positions and times of what these sites recorded there, as far as the log is asked."""
        found = sa.select(_record.position, _record.recorded_at).where(
            _record.rally == self._rally,
            _record.site.in_(self._sites),
            _record.recorded_at.is_not(None),
            # One bound at each end: of several, a database may look the records up by the wider.
            _record.position > after,
            _record.position <= min(until, self._size),
            those,
        )
        order = _record.position.desc() if newest else _record.position
        rows = self._connection.execute(found.order_by(order).limit(limit))
        return [(row[0], row[1]) for row in rows]


class _Aside(NamedTuple):
    """What was recorded before that position, at that time or later, is left aside."""

    until: int
    recorded_at: int
