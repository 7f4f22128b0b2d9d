"""Tables as Parquet, a file for each, as DuckDB writes it.

DuckDB comes with the extra `tables`: it needs nothing else, and reads what it wrote.
"""

from __future__ import annotations

import glob
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from cli.tables.table import JSON, Column, Filled, Kind, Row, Table, Written
from ledger.errors import Unavailable, how_to_install
from ledger.vocabulary import canonical

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_TYPES: dict[Kind, str] = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "texts": "VARCHAR[]",
    "integers": "BIGINT[]",
    "object": "VARCHAR",
    "objects": "VARCHAR",
}
_ALONE: dict[str, str | bool | int | float | list[str]] = {
    "threads": 1,
    "autoinstall_known_extensions": False,
    "temp_directory": "",
}
"""In the order of the rows; nothing is fetched, and nothing written elsewhere."""
_ROWS = ".rows"
"""Rows on their way into a table, a line of JSON each: a long log is never held whole."""


def must_be_there() -> None:
    """Refuse before anything is computed where the extra is not installed.

    Raises:
        Unavailable: it is not.
    """
    try:
        import duckdb  # noqa: F401
    except ImportError:
        raise Unavailable(
            "Parquet is written by DuckDB, which is not installed.",
            hint=f"{how_to_install('tables')} Or leave out --format: SQLite needs nothing more.",
        ) from None


def write(tables: Iterable[Filled], folder: Path) -> Iterator[Written]:
    """Write the tables into a folder; tells of each as it is done.

    Raises:
        Unavailable: DuckDB is not installed. OSError: they can't be written.
    """
    must_be_there()
    import duckdb

    try:
        with duckdb.connect(":memory:", config={**_ALONE}) as database:
            for table, rows in tables:
                name = f"{table.name}.parquet"
                yield Written(table, name, _fill(database, table, rows, folder / name))
    except duckdb.Error as error:
        raise OSError(str(error)) from None


def _fill(database: DuckDBPyConnection, table: Table, rows: Iterable[Row], file: Path) -> int:
    lines = file.with_name(_ROWS)
    count, longest = 0, 1
    with lines.open("wb") as out:
        for row in rows:
            line = msgspec.json.encode({e.name: _cell(e, row[e.name]) for e in table.columns})
            count, longest = count + 1, max(longest, len(line))
            out.write(line + b"\n")
    columns = {each.name: _TYPES[each.kind] for each in table.columns}
    read = database.read_json(
        glob.escape(str(lines)),
        format="newline_delimited",
        columns=columns,
        maximum_object_size=2 * longest + 1024,
    )
    read.project(", ".join(map(_selected, table.columns))).to_parquet(str(file), compression="zstd")
    lines.unlink()
    return count


def _selected(column: Column) -> str:
    """A column as it is written: what is JSON says so."""
    name = f'"{column.name}"'
    return f"CAST({name} AS JSON) AS {name}" if column.kind in JSON else name


def _cell(column: Column, value: Any) -> Any:
    return canonical(value).decode() if column.kind in JSON and value is not None else value
