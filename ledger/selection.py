"""Queries of the library as SQL: the positions of what matches.

An item of a query is looked up by its first tag on the index of tags, which narrows it at once; the
items are joined afterwards. One condition over all items would read the whole log.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from eventsourcing.dcb.api import DCBQuery, DCBQueryItem

from ledger.schema import record, record_tag


def matching(
    rally: str, query: DCBQuery | None, after: int, until: int | None = None
) -> sa.Select[tuple[int]]:
    """The positions of what matches at least one item of a query, after one and until another."""
    if query is None or not query.items:
        every = sa.select(record.c.position).where(record.c.rally == rally)
        return within(every, record.c.position, after, until)
    parts = [within(*_item(rally, item), after, until) for item in query.items]
    if len(parts) == 1:
        return parts[0]
    return sa.select(sa.union(*parts).subquery().c.position)


def _item(rally: str, item: DCBQueryItem) -> tuple[sa.Select[tuple[int]], sa.ColumnElement[int]]:
    if not item.tags:
        found = sa.select(record.c.position).where(record.c.rally == rally)
        if item.types:
            found = found.where(record.c.type.in_(item.types))
        return found, record.c.position
    first, *others = (record_tag.alias() for _ in item.tags)
    found = sa.select(first.c.position).where(first.c.rally == rally, first.c.tag == item.tags[0])
    if item.types:
        found = found.where(first.c.type.in_(item.types))
    for other, tag in zip(others, item.tags[1:], strict=True):
        found = found.where(
            sa.exists().where(
                other.c.rally == rally,
                other.c.tag == tag,
                other.c.type == first.c.type,
                other.c.position == first.c.position,
            )
        )
    return found, first.c.position


def within(
    query: sa.Select[Any], position: sa.ColumnElement[int], after: int, until: int | None
) -> sa.Select[Any]:
    """Only what comes after one position and, where it is given, not after another."""
    query = query.where(position > after)
    return query if until is None else query.where(position <= until)
