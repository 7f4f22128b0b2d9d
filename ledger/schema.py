"""The tables of a ledger, the same on SQLite and PostgreSQL, and the triggers that guard them."""

from __future__ import annotations

import functools
from collections.abc import Iterator

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    create_mock_engine,
    inspect,
    text,
)
from sqlalchemy.schema import DDLElement

from ledger.prepared import Prepared

metadata = MetaData()

log_head = Table(
    "log_head",
    metadata,
    Column("rally", Text, primary_key=True),
    Column("site", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
    Column("received_at", BigInteger, nullable=False),
)

record = Table(
    "record",
    metadata,
    Column("rally", Text, primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("schema", Integer, nullable=False),
    Column("fact_at", BigInteger),
    Column("recorded_at", BigInteger),
    Column("received_at", BigInteger, nullable=False),
    Column("site", Text, nullable=False),
    Column("site_position", BigInteger, nullable=False),
    Column("source", Text),
    Column("source_seq", Text),
    Column("tags", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Index("record_by_id", "rally", "id"),
    Index("record_by_type", "rally", "type", "position"),
    Index("record_by_source", "rally", "source", "source_seq"),
    Index("record_by_site", "rally", "site", "site_position"),
)

record_tag = Table(
    "record_tag",
    metadata,
    Column("rally", Text, primary_key=True),
    Column("tag", Text, primary_key=True),
    Column("type", Text, primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

tile = Table(
    "tile",
    metadata,
    Column("rally", Text, primary_key=True),
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("index", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

FIRST = (log_head.name, record.name, record_tag.name, tile.name)
"""The tables that every ledger has. Those below came later: an older ledger lacks them at first."""

setting = Table(
    "setting",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
provenance = Table(
    "provenance",
    metadata,
    Column("rally", Text, primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("site", Text, primary_key=True),
    Column("site_position", BigInteger, primary_key=True, autoincrement=False),
    Column("known_from", BigInteger, nullable=False),
)
opening = Table(
    "opening",
    metadata,
    Column("rally", Text, primary_key=True),
    Column("commitment", Text, primary_key=True),
    Column("salt", LargeBinary, nullable=False),
    Column("value", LargeBinary, nullable=False),
)
derived = Table(
    "derived",
    metadata,
    Column("rally", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)
"""What was computed from the log to be quick. It may be deleted at any time."""


def _times(name: str) -> Table:
    """One time for each site that recorded something in a tile of the log."""
    return Table(
        name,
        metadata,
        Column("rally", Text, primary_key=True),
        Column("tile", BigInteger, primary_key=True, autoincrement=False),
        Column("site", Text, primary_key=True),
        Column("recorded_at", BigInteger),
    )


recorded_until, recorded_from = _times("recorded_until"), _times("recorded_from")
"""The latest and the earliest time at which a site recorded something in a tile; derived too."""

IMMUTABLE = (record.name, record_tag.name, tile.name)
_REFUSAL = "records are never changed or deleted: append a correction or a void"


def trigger_names(dialect: str) -> set[str]:
    """The triggers that must be present for the ledger to be append-only."""
    acts = ("update", "delete", "truncate") if dialect == "postgresql" else ("update", "delete")
    return {f"{name}_refuses_{act}" for name in IMMUTABLE for act in acts}


def create(connection: Connection) -> None:
    """Make the tables and triggers of a new ledger."""
    dialect = connection.dialect
    for statement in _tables(f"{dialect.name}+{dialect.driver}"):
        connection.exec_driver_sql(statement)
    guard(connection)


def guard(connection: Connection) -> None:
    """Make the triggers that refuse to change or delete a record."""
    for statement in _triggers(connection.dialect.name):
        connection.exec_driver_sql(statement)


@functools.cache
def _tables(dialect: str) -> tuple[str, ...]:
    """What makes the tables: put in words once, as that takes longer than to carry it out."""
    made: list[str] = []

    def write(statement: DDLElement, *_: object) -> None:
        made.append(str(statement.compile(dialect=writing.dialect)))

    writing = create_mock_engine(f"{dialect}://", write)
    metadata.create_all(writing, checkfirst=False)
    return tuple(made)


def _triggers(dialect: str) -> Iterator[str]:
    """What makes the triggers."""
    if dialect == "postgresql":
        yield (
            "CREATE OR REPLACE FUNCTION ledger_refuses() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
        )
        for name in IMMUTABLE:
            for act, scope in (("update", "ROW"), ("delete", "ROW"), ("truncate", "STATEMENT")):
                yield (
                    f"CREATE TRIGGER {name}_refuses_{act} BEFORE {act} ON {name} "
                    f"FOR EACH {scope} EXECUTE FUNCTION ledger_refuses()"
                )
    else:
        for name in IMMUTABLE:
            for act in ("update", "delete"):
                yield (
                    f"CREATE TRIGGER {name}_refuses_{act} BEFORE {act} ON {name} "
                    f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
                )


def has(connection: Connection, table: Table) -> bool:
    """Whether the ledger has one of the tables that came later."""
    query = _ON_A_SERVER if connection.dialect.name == "postgresql" else _IN_A_FILE
    return any(found is not None for (found,) in query.run(connection, name=table.name))


_ON_A_SERVER = Prepared(text("SELECT to_regclass(:name)"))
_IN_A_FILE = Prepared(text("SELECT name FROM sqlite_master WHERE type = 'table' AND name = :name"))


def tables(connection: Connection) -> set[str]:
    """The names of the tables that the database has, of whatever program."""
    if connection.dialect.name == "postgresql":
        return set(inspect(connection).get_table_names())
    # Asked at every start of a command: SQLAlchemy takes longer to look through a database.
    names = {name for (name,) in _ALL_IN_A_FILE.run(connection)}
    return {name for name in names if not name.startswith("sqlite_")}  # its own


_ALL_IN_A_FILE = Prepared(text("SELECT name FROM sqlite_master WHERE type = 'table'"))


def ensure(connection: Connection, table: Table) -> None:
    """Make one of the tables that came later, where it is missing."""
    table.create(connection, checkfirst=True)


def present_triggers(connection: Connection) -> set[str]:
    """The names of the triggers that the database has now (and that are switched on)."""
    query = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
        if connection.dialect.name == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    return set(connection.execute(text(query)).scalars())
