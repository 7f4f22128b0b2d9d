"""Where openings are kept, and how they are erased so that no trace of them is left in the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from ledger import schema
from ledger.amendments import voided_ids
from ledger.grouping import grouped
from ledger.openings import Opening, erased_by, opens
from ledger.powers import BEARING, Powers
from ledger.prepared import Prepared
from ledger.vocabulary import ActAdopted, Occurrence, OpeningErased, decode

SOME = 500
_ERASING: tuple[type[Occurrence], ...] = (OpeningErased, *BEARING)
ERASING = frozenset(each.type_name() for each in _ERASING)
"""What may erase openings when it arrives: an erasure, or what tells that one has its effect."""
_ERASURE = Prepared(
    sa.select(schema.record.c.position)
    .where(
        schema.record.c.rally == sa.bindparam("rally"),
        schema.record.c.type == sa.literal_column(f"'{OpeningErased.type_name()}'", sa.Text()),
    )
    .limit(sa.literal_column("1"))
)
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
    """Erase every opening that is erased for this ledger; answers how many."""
    found = erased(connection, rally)
    gone = found.keys() & {row[0] for row in stored(connection, rally)} if found else set()
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
    """The commitments that are erased for this ledger, each with the id of what erased it.

    That says it who may, where the value was recorded, at the site that writes here, or at the one
    that began the log; what was said elsewhere counts once it is adopted at one of these.
    """
    # Most acts are signed, and in most logs nothing is erased: that is told at once.
    if not _ERASURE.run(connection, rally=rally):
        return {}
    rows = _told(connection, rally, [OpeningErased])
    erasures = {identity: said for identity, (said, _) in rows.items()}
    named = {each.target for each in erasures.values() if isinstance(each, OpeningErased)}
    targets = _targets(connection, rally, named)
    rows |= _told(connection, rally, BEARING)
    told = {identity: said for identity, (said, _) in rows.items()}
    idle = Powers({**targets, **told}).idle
    void, own = voided_ids(told, idle), _own_sites(connection, rally)
    adopting = grouped(
        (said.target, identity)
        for identity, said in told.items()
        if isinstance(said, ActAdopted) and identity not in void
    )

    def is_for_us(identity: str, about: Occurrence) -> bool:
        said, site = rows[identity]
        return said.site == about.site or (said.site or site) in own

    return erased_by(
        (
            (identity, said)
            for identity, said in erasures.items()
            if isinstance(said, OpeningErased) and identity not in idle and said.target in targets
            if any(
                is_for_us(each, targets[said.target])
                for each in (identity, *adopting.get(identity, ()))
            )
        ),
        targets,
    )


def _told(
    connection: sa.Connection, rally: str, kinds: Iterable[type[Occurrence]]
) -> dict[str, tuple[Occurrence, str]]:
    """The occurrences of these types by id, in the order of the log, each with its site."""
    columns = schema.record.c
    rows = connection.execute(
        sa.select(columns.id, columns.data, columns.site)
        .where(columns.rally == rally, columns.type.in_([each.type_name() for each in kinds]))
        .order_by(columns.position)
    )
    return {row[0]: (decode(bytes(row[1])), row[2]) for row in rows}


def _own_sites(connection: sa.Connection, rally: str) -> set[str]:
    """The site that writes this log, and the one that began it."""
    head, columns = schema.log_head.c, schema.record.c
    began = sa.select(columns.site).where(columns.rally == rally, columns.position == 1)
    writes = sa.select(head.site).where(head.rally == rally)
    return {*connection.scalars(began), *connection.scalars(writes)}


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
