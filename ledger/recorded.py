"""Until when each part of the log had been recorded: so a time leads to a position at once.

A time on the clock means the last record before the first that was recorded later. Sites record out
of order, so the times do not grow with the positions, and no order of an index finds that first
one. For each full tile of the log the latest time of each site stands here instead: few rows lead
to the tile, and few records of it to the position. It is derived from the records, `verify`
compares it with them, and what is not covered yet is looked through: an older ledger gets it as
soon as it is written.
"""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from ledger import schema
from ledger.merkle import TILE_HEIGHT

_record, _until = schema.record.c, schema.recorded_until.c
_ONE, _HOW_MANY = (
    sa.literal_column(str(number), sa.BigInteger()) for number in (1, 1 << TILE_HEIGHT)
)
_TILE = (_record.position - _ONE) // _HOW_MANY


def note(connection: sa.Connection, rally: str, size: int) -> None:
    """Take in the tiles that a log of that size has filled."""
    schema.ensure(connection, schema.recorded_until)
    full = size >> TILE_HEIGHT << TILE_HEIGHT
    latest = (
        sa.select(_record.rally, _record.site, _TILE, sa.func.max(_record.recorded_at))
        .where(_record.rally == rally, _record.position > _covered(connection, rally))
        .where(_record.position <= full)
        .group_by(_record.rally, _record.site, _TILE)
    )
    columns = ["rally", "site", "tile", "recorded_at"]
    connection.execute(sa.insert(schema.recorded_until).from_select(columns, latest))


def first_after(
    connection: sa.Connection, rally: str, ms: int, sites: Collection[str]
) -> int | None:
    """The position of the first record that one of these sites recorded later (UTC ms)."""
    first, last = 0, None
    if schema.has(connection, schema.recorded_until):
        covered = _covered(connection, rally)  # first, for others fill tiles meanwhile
        tile: int | None = connection.scalar(
            sa.select(sa.func.min(_until.tile)).where(
                _until.rally == rally, _until.site.in_(sites), _until.recorded_at > ms
            )
        )
        first = covered if tile is None else tile << TILE_HEIGHT
        last = None if tile is None else first + (1 << TILE_HEIGHT)
    query = sa.select(sa.func.min(_record.position)).where(
        _record.rally == rally,
        _record.position > first,
        _record.site.in_(sites),
        _record.recorded_at > ms,
    )
    found: int | None = connection.scalar(
        query if last is None else query.where(_record.position <= last)
    )
    return found


def _covered(connection: sa.Connection, rally: str) -> int:
    """How many records the tiles that were taken in hold."""
    query = sa.select(sa.func.max(_until.tile)).where(_until.rally == rally)
    last: int | None = connection.scalar(query)
    return 0 if last is None else last + 1 << TILE_HEIGHT
