"""What a database finds wrong with its own files: an index that no longer says what its table says.

The proof reads every record, yet an answer is looked up by an index, and a damaged one leaves out
what it should find. SQLite compares each index with its table; so does PostgreSQL's amcheck, and
where that is not installed each index is read in its order and compared with a reading without it.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from ledger import amcheck, schema
from ledger.database import open_engine, shown, told_plainly
from ledger.errors import Unreadable

FIRST_FEW = 20
_SOMEBODY_ELSES = "sqlite_"


def damage(engine: sa.Engine) -> list[str]:
    """What is wrong with the files of a ledger: its tables, its indexes, how they are declared."""
    return _of_sqlite(engine) if engine.dialect.name == "sqlite" else amcheck.damage(engine)


def _of_sqlite(engine: sa.Engine) -> list[str]:
    with told_plainly(shown(engine.url)), engine.connect() as connection:
        cursor = connection.connection.cursor()
        try:
            found = [str(row[0]) for row in cursor.execute(f"PRAGMA integrity_check({FIRST_FEW})")]
            damaged = [_plain(each) for each in found if each != "ok"]
            declared, wanted = _declared(cursor), _as_made_here()
        except (sqlite3.DatabaseError, UnicodeError) as error:
            return [f"The file is damaged: {error}."]
    for name, what in declared.items():
        if name not in wanted:
            damaged.append(f"{name} is no part of a ledger.")
        elif what != wanted[name]:
            damaged.append(f"{name} is not declared as a ledger declares it.")
    return damaged


def _plain(said: str) -> str:
    return f"The file is damaged: {' '.join(said.split())}."


def _declared(cursor: Any) -> dict[str, Any]:
    """How tables, indexes and triggers are declared, by name."""
    rows = cursor.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
    return {
        str(name): (kind, table, _columns(cursor, kind, name) or " ".join(str(words).split()))
        for kind, name, table, words in rows
        if not str(name).startswith(_SOMEBODY_ELSES)
    }


def _columns(cursor: Any, kind: str, name: str) -> list[Any]:
    # The words in which a table was made may differ between versions; what they mean may not.
    return [row for each in _MEANING.get(kind, ()) for row in cursor.execute(each, (name,))]


_MEANING = {
    "table": (
        "SELECT * FROM pragma_table_xinfo(?)",
        "SELECT name, \"unique\", partial FROM pragma_index_list(?) WHERE origin = 'pk'",
    ),
    "index": ("SELECT * FROM pragma_index_xinfo(?)",),
}


def _as_made_here() -> dict[str, Any]:
    new = sa.create_engine("sqlite://")
    try:
        with new.begin() as connection:
            schema.create(connection)
            return _declared(connection.connection.cursor())
    finally:
        new.dispose()


@contextlib.contextmanager
def sound_copy(engine: sa.Engine) -> Iterator[sa.Engine]:
    """A copy of a damaged SQLite ledger, read without its indexes, which the copy has anew.

    Raises:
        Unreadable: not even its tables can be read.
    """
    with TemporaryDirectory(prefix="rally-") as folder:
        copy = Path(folder, "copy.db")
        made = open_engine(str(copy))
        try:
            with contextlib.closing(sqlite3.connect(copy, uri=True, isolation_level=None)) as into:
                into.execute("ATTACH ? AS damaged", (_as_uri(engine),))
                copy_rows(into, "damaged", "main")
            yield made
        finally:
            made.dispose()


def _as_uri(engine: sa.Engine) -> str:
    database = engine.url.database or ""
    if database.startswith("file:"):
        asked = "&".join(f"{name}={value}" for name, value in engine.url.query.items())
        return f"{database}?{asked}"
    return f"file:{quote(str(Path(database).resolve()))}"


def copy_rows(connection: sqlite3.Connection, source: str, target: str) -> None:
    """Copy every row of the tables of a ledger into those of a new one, without any index.

    Raises:
        Unreadable: a table can't be read.
    """
    for table in schema.metadata.sorted_tables:
        columns = ", ".join(f'"{each.name}"' for each in table.c)
        try:
            if connection.execute(_HAS.format(source), (table.name,)).fetchone():
                connection.execute(_COPY.format(target, source, table.name, columns))
        except sqlite3.DatabaseError as error:
            raise Unreadable(
                f"The table {table.name} can't be read: {error}.",
                hint="Restore a backup, or import an export of the log.",
            ) from None


_HAS = "SELECT 1 FROM {}.sqlite_master WHERE type = 'table' AND name = ?"
_COPY = "INSERT INTO {0}.{2} ({3}) SELECT {3} FROM {1}.{2} NOT INDEXED"
