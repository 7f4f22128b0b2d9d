"""Tables as one SQLite database: typed, with their keys, and the words of each column in its DDL.

Texts are what was recorded. None is put behind an apostrophe, as in CSV: a cell of a database holds
a text and no formula, whoever opens it, and another text would be a wrong value.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from cli.tables.table import SEVERAL, Column, Filled, Kind, Row, Table, Written
from ledger.vocabulary import canonical

FILE = "tables.sqlite"
_TYPES: dict[Kind, str] = {
    "text": "TEXT",
    "integer": "INTEGER",
    "number": "REAL",
    "boolean": "BOOLEAN",
}
"""Several values and JSON are a text of JSON, for which SQLite has its functions."""


def must_be_there() -> None:
    """SQLite comes with Python."""


def write(tables: Iterable[Filled], folder: Path) -> Iterator[Written]:
    """Write the tables into a folder; tells of each as it is done.

    Raises:
        OSError: they can't be written.
    """
    try:
        with closing(sqlite3.connect(folder / FILE, isolation_level=None)) as database:
            # Nobody else has the file yet, and one that is not whole is thrown away.
            database.execute("PRAGMA journal_mode = OFF")
            database.execute("PRAGMA synchronous = OFF")
            database.execute("BEGIN")
            for table, rows in tables:
                yield Written(table, FILE, _fill(database, table, rows))
            database.execute("COMMIT")
    except sqlite3.Error as error:
        raise OSError(str(error)) from None


def _fill(database: sqlite3.Connection, table: Table, rows: Iterable[Row]) -> int:
    database.execute(_definition(table))
    marks = ", ".join("?" * len(table.columns))
    into = f'INSERT INTO "{table.name}" VALUES ({marks})'  # noqa: S608 # the names are ours
    cells = (tuple(_cell(each, row[each.name]) for each in table.columns) for row in rows)
    return max(0, database.executemany(into, cells).rowcount)


def _definition(table: Table) -> str:
    """How the table is made, with what it and each column mean as comments."""
    keys = [f"PRIMARY KEY ({', '.join(map(_quoted, table.key))})"]
    keys += [
        f"FOREIGN KEY ({_quoted(e.column)}) REFERENCES {_quoted(e.table)} ({_quoted(e.names)})"
        for e in table.references
    ]
    lines = [f"  {_column(each)}, -- {each.explained}" for each in table.columns]
    return "\n".join(
        [
            f"CREATE TABLE {_quoted(table.name)} ( -- {table.words}",
            *lines,
            ",\n".join(f"  {each}" for each in keys),
            ")",
        ]
    )


def _column(column: Column) -> str:
    null = " NOT NULL" if column.needed else ""
    return f"{_quoted(column.name)} {_TYPES.get(column.kind, 'TEXT')}{null}"


def _quoted(name: str) -> str:
    return f'"{name}"'


def _cell(column: Column, value: Any) -> Any:
    if value is None or column.kind not in SEVERAL:
        return value
    return canonical(value).decode()
