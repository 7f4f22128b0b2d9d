"""What PostgreSQL finds wrong with its files: by amcheck, or by reading each index in its order.

An index that was damaged may lack a row or keep it in a wrong place. `amcheck` compares an index
with its table, and looks through the pages of a table. Where it is not installed, or may not be
asked, each index is read in its order and compared with its table, sorted without any index.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import sqlalchemy as sa

from ledger import schema
from ledger.database import shown, told_plainly

BATCH = 2000


class _Index(NamedTuple):
    name: str
    table: str
    columns: str
    valid: bool


def damage(engine: sa.Engine) -> list[str]:
    """What is wrong with the tables of a ledger and their indexes, and what can't be looked at."""
    with told_plainly(shown(engine.url)), engine.connect() as connection:
        where = connection.scalar(sa.text(_INSTALLED))
        tables = [each.name for each in schema.metadata.sorted_tables]
        rows = connection.execute(sa.text(_INDEXES), {"tables": tables})
        indexes = [_Index(*row) for row in rows]
    found = []
    for index in indexes:
        if not index.valid:
            found.append(f"The index {index.name} is marked as invalid.")
            continue
        said = _asked(engine, _OF_INDEX.format(where), index.name) if where else None
        said = _compared(engine, index) if said is None else said
        found += [f"The index {index.name}: {each}." for each in said]
    for name in sorted({each.table for each in indexes}):
        said = _asked(engine, _OF_TABLE.format(where), name) if where else None
        found += [f"The table {name}: {each}." for each in said or ()]
    return found


_INSTALLED = (
    "SELECT quote_ident(nspname) FROM pg_extension e "
    "JOIN pg_namespace n ON n.oid = e.extnamespace WHERE extname = 'amcheck'"
)
_INDEXES = (
    "SELECT i.indexrelid::regclass::text, t.relname, (SELECT string_agg(pg_get_indexdef("
    "i.indexrelid, k, true), ', ' ORDER BY k) FROM generate_series(1, i.indnatts) k), "
    "i.indisvalid AND i.indisready FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid "
    "WHERE t.relname = ANY(:tables) AND pg_table_is_visible(t.oid) ORDER BY 1"
)
_OF_INDEX = "SELECT NULL FROM {}.bt_index_check(CAST(:name AS regclass), true)"
_OF_TABLE = "SELECT msg FROM {}.verify_heapam(CAST(:name AS regclass))"
_NOT_ALLOWED = ("42501", "42883")
"""The states of SQL in which somebody may not ask, or there is nothing to be asked."""


def _asked(engine: sa.Engine, question: str, name: str) -> list[str] | None:
    """What amcheck finds; None where it may not be asked."""
    try:
        with engine.connect() as connection:
            rows = connection.execute(sa.text(question), {"name": name}).scalars()
            return [each for each in rows if each is not None]
    except sa.exc.DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") in _NOT_ALLOWED:
            return None
        return [str(error.orig).strip().split("\n")[0]]


_BY_INDEX = ("seqscan", "bitmapscan", "sort", "incremental_sort")
_IN_ORDER = "SELECT {0} FROM {1} ORDER BY {0}"
_WITHOUT = ("indexscan", "indexonlyscan", "bitmapscan")
_WAYS = tuple(dict.fromkeys((*_BY_INDEX, *_WITHOUT)))


def _compared(engine: sa.Engine, index: _Index) -> list[str]:
    """An index read in its order beside its table, sorted: whether they are the same.

    Both are read as they were at one moment, since others may append meanwhile.
    """
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            by_index, planned = _read(connection, index, _BY_INDEX)
            if index.name not in planned:
                return ["it can't be compared with its table; install the extension amcheck"]
            without, _ = _read(connection, index, _WITHOUT)
    except sa.exc.DBAPIError as error:
        return [str(error.orig).strip().split("\n")[0]]
    return [] if by_index == without else ["it does not say what its table says"]


def _read(connection: sa.Connection, index: _Index, without: tuple[str, ...]) -> tuple[bytes, str]:
    """A digest of the columns of an index in their order, and how they were read."""
    query = _IN_ORDER.format(index.columns, index.table)
    digest = hashlib.sha256()
    for each in _WAYS:
        way = "off" if each in without else "on"
        connection.exec_driver_sql(f"SET LOCAL enable_{each} = {way}")
    plan = connection.exec_driver_sql(f"EXPLAIN {query}").scalars().all()
    for row in connection.exec_driver_sql(query, execution_options={"yield_per": BATCH}):
        digest.update(repr(tuple(row)).encode())
    return digest.digest(), "\n".join(plan)
