"""Queries of the library as SQL: the positions of what matches.

An item of a query is looked up by its first tag on the index of tags, which narrows it at once; the
items are joined afterwards. One condition over all items would read the whole log. How a statement
is built depends on the shape of a query alone, so that it is composed once for all of that shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from eventsourcing.dcb.api import DCBQuery

from ledger.schema import record, record_tag

Shape = tuple[tuple[int, int], ...]
"""Of each item of a query, how many types and how many tags it names."""
RALLY: sa.BindParameter[str] = sa.bindparam("rally", type_=sa.Text())
AFTER: sa.BindParameter[int] = sa.bindparam("after", type_=sa.BigInteger())
LIMIT: sa.BindParameter[int] = sa.bindparam("limit", type_=sa.Integer())
UNTIL: sa.BindParameter[int] = sa.bindparam("until", type_=sa.BigInteger())


def shape_of(query: DCBQuery | None) -> Shape:
    """The shape of a query; that of a query for everything is empty."""
    return tuple((len(each.types), len(each.tags)) for each in query.items) if query else ()


def values_of(query: DCBQuery | None) -> dict[str, str]:
    """The types and tags that a query names, as parameters of what its shape gives."""
    found: dict[str, str] = {}
    for item, each in enumerate(query.items if query else ()):
        for number, kind in enumerate(each.types):
            found[f"type_{item}_{number}"] = kind
        for number, tag in enumerate(each.tags):
            found[f"tag_{item}_{number}"] = tag
    return found


def matching(shape: Shape, *, until: bool) -> sa.Select[Any]:
    """The positions of what matches at least one item of a query of that shape.

    Beside what the query names, its parameters are RALLY, AFTER and, where it ends, UNTIL.
    """
    if not shape:
        every = sa.select(record.c.position).where(record.c.rally == RALLY)
        return ended(every, record.c.position, until=until)
    parts = [
        ended(*_item(item, types, tags), until=until) for item, (types, tags) in enumerate(shape)
    ]
    if len(parts) == 1:
        return parts[0]
    return sa.select(sa.union(*parts).subquery().c.position)


def _item(item: int, types: int, tags: int) -> tuple[sa.Select[Any], sa.ColumnElement[int]]:
    kinds = _parameters("type", item, types)
    if not tags:
        found = sa.select(record.c.position).where(record.c.rally == RALLY)
        if kinds:
            found = found.where(record.c.type.in_(kinds))
        return found, record.c.position
    first, *others = (record_tag.alias() for _ in range(tags))
    tag, *further = _parameters("tag", item, tags)
    found = sa.select(first.c.position).where(first.c.rally == RALLY, first.c.tag == tag)
    if kinds:
        found = found.where(first.c.type.in_(kinds))
    for other, another in zip(others, further, strict=True):
        found = found.where(
            sa.exists().where(
                other.c.rally == RALLY,
                other.c.tag == another,
                other.c.type == first.c.type,
                other.c.position == first.c.position,
            )
        )
    return found, first.c.position


def _parameters(name: str, item: int, count: int) -> Sequence[sa.BindParameter[str]]:
    return [sa.bindparam(f"{name}_{item}_{each}", type_=sa.Text()) for each in range(count)]


def ended(query: sa.Select[Any], position: sa.ColumnElement[int], *, until: bool) -> sa.Select[Any]:
    """Only what comes behind AFTER and, where it ends, not behind UNTIL."""
    query = query.where(position > AFTER)
    return query.where(position <= UNTIL) if until else query


def within(
    query: sa.Select[Any], position: sa.ColumnElement[int], after: int, until: int | None
) -> sa.Select[Any]:
    """Only what comes after one position and, where it is given, not after another."""
    query = query.where(position > after)
    return query if until is None else query.where(position <= until)
