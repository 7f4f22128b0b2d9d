"""Where openings are kept, and how they are erased so that no trace of them is left in the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from ledger import schema
from ledger.openings import Opening, erased_by, opens
from ledger.vocabulary import Occurrence, OpeningErased, decode

SOME = 500
_MARK = b'"private":{'
"""Stands in the bytes of an occurrence that has private values."""


def stored(connection: sa.Connection, rally: str) -> list[tuple[Any, Any, Any]]:
    """The openings of a rally exactly as they are stored: commitment, salt, value."""
    if not schema.has(connection, schema.opening):
        return []
    names = ("commitment", "salt", "value")
    columns = [sa.type_coerce(schema.opening.c[name], sa.types.NULLTYPE) for name in names]
    rows = connection.execute(sa.select(*columns).where(schema.opening.c.rally == rally))
    return [(row[0], row[1], row[2]) for row in rows]


def held(connection: sa.Connection, rally: str) -> dict[str, Opening]:
    """Every opening of a rally that this ledger keeps, by its commitment; only those that open."""
    return {
        commitment: Opening(bytes(salt), bytes(value).decode())
        for commitment, salt, value in sorted(
            stored(connection, rally), key=lambda row: str(row[0])
        )
        if opens(commitment, salt, value)
    }


def keep(connection: sa.Connection, rally: str, openings: Iterable[Opening]) -> None:
    """Keep openings beside the records that they belong to, unless they were erased for good."""
    schema.ensure(connection, schema.opening)
    past = {row[0] for row in stored(connection, rally)} | erased(connection, rally).keys()
    rows = {each.commitment: _row(rally, each) for each in openings if each.commitment not in past}
    if rows:
        connection.execute(sa.insert(schema.opening), list(rows.values()))


def _row(rally: str, opening: Opening) -> dict[str, Any]:
    return {
        "rally": rally,
        "commitment": opening.commitment,
        "salt": opening.salt,
        "value": opening.value.encode(),
    }


def erase(connection: sa.Connection, rally: str) -> int:
    """Erase every opening that an occurrence of the log says is erased; answers how many."""
    gone = {row[0] for row in stored(connection, rally)} & erased(connection, rally).keys()
    if not gone:
        return 0
    table, columns = schema.opening, schema.opening.c
    if connection.dialect.name == "sqlite":
        # SQLite overwrites the pages that it gives up, but in those that it keeps, copies of rows
        # that once lay elsewhere may remain. So all pages are given up and the rest is put back.
        rows = [dict(row) for row in connection.execute(sa.select(table)).mappings()]
        connection.execute(sa.delete(table))
        rest = [row for row in rows if row["rally"] != rally or row["commitment"] not in gone]
        if rest:
            connection.execute(sa.insert(table), rest)
    else:
        connection.execute(
            sa.delete(table).where(columns.rally == rally, columns.commitment.in_(sorted(gone)))
        )
    return len(gone)


def erased(connection: sa.Connection, rally: str) -> dict[str, str]:
    """The commitments that the log says are erased, each with the id of what erased it."""
    columns = schema.record.c
    rows = connection.execute(
        sa.select(columns.id, columns.data)
        .where(columns.rally == rally, columns.type == OpeningErased.type_name())
        .order_by(columns.position)
    )
    found = ((row[0], decode(bytes(row[1]))) for row in rows)
    erasures = [(identity, said) for identity, said in found if isinstance(said, OpeningErased)]
    return erased_by(erasures, _targets(connection, rally, {each.target for _, each in erasures}))


def _targets(connection: sa.Connection, rally: str, ids: set[str]) -> dict[str, Occurrence]:
    columns, wanted = schema.record.c, sorted(ids)
    found: dict[str, Occurrence] = {}
    for start in range(0, len(wanted), SOME):
        some = wanted[start : start + SOME]
        query = sa.select(columns.id, columns.data).where(
            columns.rally == rally, columns.id.in_(some)
        )
        found |= {row[0]: decode(bytes(row[1])) for row in connection.execute(query)}
    return found


def commitments(data: bytes) -> Iterator[str]:
    """The commitments that stand in the bytes of an occurrence."""
    if _MARK in data:
        yield from decode(data).private.values()
