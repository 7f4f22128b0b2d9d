"""The ends of what matches, its newest records above all, found without looking at the others.

The index of tags has the positions of each type of a tag in their order, that of types those of a
type: so the last few of each are at hand, and the newest of all are among them. Asked for the order
of several at once, a database would put all of them in order first.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from ledger.prepared import Prepared
from ledger.schema import record, record_tag
from ledger.selection import AFTER, LIMIT, RALLY, UNTIL

_tag, _TAG = record_tag.c, sa.bindparam("tag", type_=sa.Text())


def _first_type(behind: sa.ColumnElement[str] | None = None) -> Any:
    query = sa.select(sa.func.min(_tag.type)).where(_tag.rally == RALLY, _tag.tag == _TAG)
    return query if behind is None else query.where(_tag.type > behind).scalar_subquery()


def _types() -> Prepared:
    found = _first_type().cte("found", recursive=True)
    kind = found.c[0]
    found = found.union_all(sa.select(_first_type(kind)).where(kind.is_not(None)))
    return Prepared(sa.select(found.c[0]).where(found.c[0].is_not(None)))


_TYPES_OF_A_TAG = _types()
"""The types of the records with a tag, each looked up behind the one before."""


@lru_cache(maxsize=256)
def _newest(tags: int, types: int) -> Prepared:
    """The last LIMIT positions behind AFTER, up to UNTIL, of so many types with so many tags."""
    several = [_of_a_type(tags, f"type_{place}") for place in range(types)]
    every = sa.union_all(*several).subquery() if several else _of_all().subquery()
    return Prepared(sa.select(every.c.position).order_by(every.c.position.desc()).limit(LIMIT))


def _of_all() -> sa.Select[Any]:
    position = record.c.position
    query = sa.select(position).where(record.c.rally == RALLY, position > AFTER)
    return query.where(position <= UNTIL).order_by(position.desc()).limit(LIMIT)


def _of_a_type(tags: int, kind: str) -> sa.Select[Any]:
    """The last ones of a type."""
    names = [sa.bindparam(f"tag_{place}", type_=sa.Text()) for place in range(tags)]
    wanted: sa.BindParameter[str] = sa.bindparam(kind, type_=sa.Text())
    first: Any = record_tag.alias().c if names else record.c
    query = sa.select(first.position).where(
        first.rally == RALLY, first.type == wanted, first.position > AFTER, first.position <= UNTIL
    )
    if names:
        query = query.where(first.tag == names[0])
    for name in names[1:]:
        other = record_tag.alias().c
        same = (other.rally == RALLY, other.tag == name, other.type == wanted)
        # None is newer than the last that has the other tag: so what lies behind it is passed over.
        last = sa.select(sa.func.max(other.position)).where(*same, other.position <= UNTIL)
        query = query.where(
            first.position <= last.scalar_subquery(),
            sa.exists().where(*same, other.position == first.position),
        )
    found = query.order_by(first.position.desc()).limit(LIMIT).subquery()
    return sa.select(found.c.position)


@lru_cache
def _ends(types: int) -> Prepared:
    """The first and the last position with a tag up to UNTIL, of each of so many types."""
    several = []
    for place in range(types):
        same = (_tag.rally == RALLY, _tag.tag == _TAG, _tag.position <= UNTIL)
        of = (*same, _tag.type == sa.bindparam(f"type_{place}", type_=sa.Text()))
        # Each by itself: for both at once, all of them would be looked at.
        ends = (sa.func.min(_tag.position), sa.func.max(_tag.position))
        several.append(sa.select(*(sa.select(e).where(*of).scalar_subquery() for e in ends)))
    return Prepared(sa.union_all(*several))


def span_of(connection: sa.Connection, rally: str, tag: str, until: int) -> tuple[int, int] | None:
    """The positions of the first and the last record with a tag, up to a position."""
    types = _types_of(connection, rally, tag)
    if not types:
        return None
    named = {f"type_{place}": kind for place, kind in enumerate(types)}
    rows = _ends(len(types)).run(connection, rally=rally, tag=tag, until=until, **named)
    found = [row for row in rows if row[0] is not None]
    return (min(row[0] for row in found), max(row[1] for row in found)) if found else None


def _types_of(connection: sa.Connection, rally: str, tag: str) -> list[str]:
    return [kind for (kind,) in _TYPES_OF_A_TAG.run(connection, rally=rally, tag=tag)]


def newest_positions(
    connection: sa.Connection,
    rally: str,
    types: Sequence[str],
    tags: Sequence[str],
    bounds: tuple[int, int],
    limit: int,
) -> list[int]:
    """The positions of the last records of these types, with all these tags, the newest first.

    `bounds` are the position behind which they lie, and the one up to which they do.
    """
    if tags and not types:
        types = _types_of(connection, rally, tags[0])
        if not types:
            return []
    named = {f"tag_{place}": tag for place, tag in enumerate(tags)}
    named |= {f"type_{place}": kind for place, kind in enumerate(types)}
    after, until = bounds
    rows = _newest(len(tags), len(types)).run(
        connection, rally=rally, after=after, until=until, limit=limit, **named
    )
    return [position for (position,) in rows]
