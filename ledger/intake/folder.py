"""Which file of a folder holds which table: NAME.csv, or a sheet of any workbook beside it.

A sheet is the table whose name it bears, in any case of letters. A workbook that bears the name of
a table itself needs no such sheet: its first one is that table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from typing import NamedTuple

from ledger.errors import Unreadable, Usage
from ledger.intake.lines import Note
from ledger.intake.table import Rows, open_table
from ledger.intake.workbook import Workbook


class Columns(NamedTuple):
    """The columns that a table may have, and those that it must."""

    known: tuple[str, ...]
    needed: tuple[str, ...]


def find_tables(folder: Path, wanted: Mapping[str, Columns]) -> tuple[dict[str, Rows], list[Note]]:
    """The tables of a folder by name, and what in it is none.

    Raises:
        Unreadable: a table stands in two places, a needed column is missing, or a file is broken.
    """
    found: dict[str, Rows] = {}
    notes: list[Note] = []
    for name, columns in wanted.items():
        if lines := open_table(folder / f"{name}.csv", columns.known, columns.needed):
            found[name] = lines
    for path in _workbooks(folder):
        book = Workbook(path)
        for sheet, name in _named(book, set(wanted)).items():
            if not name:
                notes.append(Note(f"{path}: sheet {sheet}", "It bears no table's name: not read."))
                continue
            table = book.table(sheet, wanted[name].known, wanted[name].needed)
            if name in found:
                raise Unreadable(
                    f"The table {name} stands in two places: {found[name].where} and "
                    f"{table.where}.",
                    hint="Keep one of them in the folder.",
                )
            found[name] = table
    return found, notes


def whole_tables(
    folder: Path, named: Sequence[str], tables: Mapping[str, Rows], wanted: Sequence[str]
) -> dict[str, str]:
    """The tables that are meant by names of files or tables, and where each stands.

    Raises:
        Usage: a name is that of no table, and of no file in which one stands.
    """
    places = {name: str(folder / f"{name}.csv") for name in wanted}
    places |= {name: table.where for name, table in tables.items()}
    found: dict[str, str] = {}
    for each in named:
        file = PurePath(each).name
        meant = [
            name
            for name, where in places.items()
            if each == name or PurePath(where.partition(": sheet ")[0]).name == file
        ]
        if not meant:
            raise Usage(
                f"{each!r} can't be whole: it is no table of the sheets.",
                hint=f"Tables: {', '.join(wanted)}; or a file that holds some, as penalties.csv.",
            )
        found |= {name: places[name] for name in meant}
    return found


def _workbooks(folder: Path) -> Iterator[Path]:
    """The workbooks of a folder, without the locks that lie beside those that are open."""
    for path in sorted(folder.iterdir()):
        if path.suffix.casefold() == ".xlsx" and not path.name.startswith(("~$", ".")):
            yield path


def _named(book: Workbook, tables: set[str]) -> dict[str, str]:
    """The table that each sheet is; empty for one that is none."""
    named = {sheet: sheet.strip().casefold() for sheet in book.names}
    named = {sheet: name if name in tables else "" for sheet, name in named.items()}
    own = book.path.stem.casefold()
    if own in tables and not any(named.values()):
        named[book.names[0]] = own
    return named
