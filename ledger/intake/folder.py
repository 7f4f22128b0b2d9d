"""Which file of a folder holds which table: NAME.csv, or a sheet of any workbook beside it.

A file bears its table's name in any case of letters, and ends in .csv, .tsv, .tab or .txt; how it
is written, it tells itself. A sheet is the table whose name it bears. A workbook that bears the
name of a table itself needs no such sheet: its first one is that table. What looks like a table
and is none is told.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath

from ledger.errors import Unreadable, Usage
from ledger.intake.lines import Note
from ledger.intake.sheet_tables import Sheet
from ledger.intake.table import Rows, open_table
from ledger.intake.workbook import Workbook

TEXTS = (".csv", ".tsv", ".tab", ".txt")
"""How tables of text end: the last is what spreadsheets call Unicode text."""
NOT_READ = (".xls", ".xlsm", ".xlsb", ".ods", ".numbers")
"""Other forms of tables, which are told where they lie."""


def find_tables(folder: Path, wanted: Mapping[str, Sheet]) -> tuple[dict[str, Rows], list[Note]]:
    """The tables of a folder by name, and what in it is none.

    Raises:
        Unreadable: a table stands in two places, a needed column is missing, or a file is broken.
    """
    found: dict[str, Rows] = {}
    notes: list[Note] = []

    def take(name: str, table: Rows) -> None:
        if name in found:
            raise Unreadable(
                f"The table {name} stands in two places: {found[name].where} and {table.where}.",
                hint="Keep one of them in the folder.",
            )
        found[name] = table

    for path in _files(folder):
        name, suffix = path.stem.strip().casefold(), path.suffix.casefold()
        if name in wanted and suffix in TEXTS:
            if table := open_table(path, wanted[name].known, wanted[name].needed):
                take(name, table)
        elif suffix in NOT_READ or (suffix in TEXTS and (suffix != ".txt" or _near(name, wanted))):
            notes.append(Note(str(path), _not_read(name, suffix, wanted)))
    for path in (each for each in _files(folder) if each.suffix.casefold() == ".xlsx"):
        book = Workbook(path)
        for sheet, name in _named(book, set(wanted)).items():
            if not name:
                hidden = " It is hidden." if book.hidden(sheet) else ""
                said = f"It bears no table's name: not read.{hidden}"
                notes.append(Note(f"{path}: sheet {sheet}", said))
            else:
                take(name, book.table(sheet, wanted[name].known, wanted[name].needed))
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


def _files(folder: Path) -> list[Path]:
    """The files of a folder, without what lies hidden, or as a lock beside one that is open."""
    return [
        each
        for each in sorted(folder.iterdir())
        if each.is_file() and not each.name.startswith(("~$", "."))
    ]


def _not_read(name: str, suffix: str, wanted: Mapping[str, Sheet]) -> str:
    """Why a file that may hold a table is not read."""
    if suffix in NOT_READ:
        return f"Files {suffix} are not read: save it as .xlsx or CSV."
    near = _near(name, wanted)
    meant = f"did you mean {near[0]}{suffix}?" if near else f"there are {', '.join(wanted)}."
    return f"It bears no table's name: not read; {meant}"


def _near(name: str, wanted: Mapping[str, Sheet]) -> list[str]:
    return difflib.get_close_matches(name, wanted, n=1)


def _named(book: Workbook, tables: set[str]) -> dict[str, str]:
    """The table that each sheet is; empty for one that is none."""
    named = {sheet: sheet.strip().casefold() for sheet in book.names}
    named = {sheet: name if name in tables else "" for sheet, name in named.items()}
    own = book.path.stem.casefold()
    if own in tables and not any(named.values()):
        named[book.names[0]] = own
    return named
