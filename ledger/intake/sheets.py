"""Timing sheets: the folder of files that a results office has.

`rally.toml` names the rally and its stages; the tables beside it are workbooks (.xlsx) or CSV, in
whichever encoding and with whichever separator, the columns in any order. A folder may be imported
again after lines were added, or as a workbook what was CSV before: each line has a key of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ledger.errors import LedgerError, Unreadable
from ledger.files import is_folder
from ledger.intake.comparing import differences
from ledger.intake.folder import find_tables, whole_tables
from ledger.intake.lines import BadLine, Delivery, Line, Note, Templates, Whole
from ledger.intake.rally_toml import SOURCE, Rally, described, envelope, read_toml
from ledger.intake.sheet_tables import SHEETS, Sheet, owner, penalty_held
from ledger.intake.table import Rows, TableRow
from ledger.spelling import entered
from ledger.times import Instant
from ledger.vocabulary import TYPES, CrewEntered, Source


class Seen(NamedTuple):
    """What was read of a table: how often each key stands in it, and the first line of each."""

    often: Counter[str]
    first: dict[str, Line]


def read_sheets(
    folder: Path, templates: Templates, recorded_at: Instant, whole: Sequence[str] = ()
) -> tuple[str, Delivery]:
    """The code of the rally in a folder of sheets, and what its files say.

    Tables that are `whole`, here or in rally.toml, say all there is: what they no longer hold was
    withdrawn.

    Raises:
        Unreadable: no folder, no rally.toml, or a file that lacks a needed column.
        Usage: what is said to be whole is no table.
    """
    if not is_folder(folder):
        raise Unreadable(f"There is no folder {folder}.", hint="Name the folder of the sheets.")
    description = read_toml(folder / "rally.toml")
    rally, lines = described(folder, description, templates, recorded_at)
    wanted = {sheet.name: sheet for sheet in SHEETS}
    tables, notes = find_tables(folder, wanted)
    if penalties := tables.get("penalties"):
        _add_up(penalties, rally.penalties)
    named = whole_tables(folder, _whole(folder, description, whole), tables, list(wanted))
    return rally.code, _deliver(rally, [*lines, *notes], tables, named)


def _whole(folder: Path, said: dict[str, Any], asked: Sequence[str]) -> list[str]:
    """The names of the tables that are whole."""
    listed = said.get("whole", [])
    if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
        raise Unreadable(
            f"{folder / 'rally.toml'}: 'whole' is no list of files.",
            hint='Write whole = ["penalties.csv"].',
        )
    return [*listed, *asked]


def _add_up(table: Rows, penalties: dict[tuple[str, str], int | None]) -> None:
    """The penalties of each crew on each stage; None where one of them can't be read."""
    for row in table.rows():
        if isinstance(row, BadLine):
            continue
        whose = owner(row.cells)
        before = penalties.get(whose, 0)
        try:
            held = penalty_held(row.cells)
        except LedgerError:
            penalties[whose] = None
        else:
            penalties[whose] = None if before is None else before + held


def _deliver(
    rally: Rally, lines: list[Line | Note], tables: Mapping[str, Rows], whole: Mapping[str, str]
) -> Delivery:
    yield from lines
    counted: Counter[str] = Counter()
    for sheet in SHEETS:
        table = tables.get(sheet.name)
        if table is None:
            continue
        for unknown in table.unknown:
            yield Note(table.where, f"The column {unknown!r} is not known and was not read.")
        yield from (Note(table.where, note) for note in table.notes)
        seen = Seen(Counter(), {})
        for row in table.rows():
            counted[sheet.name] += 1
            yield row if isinstance(row, BadLine) else _line(rally, sheet, row, seen)
        if not counted[sheet.name] and sheet.name not in whole:
            yield Note(table.where, "It has no rows yet.")
    for name, where in whole.items():
        covers = Whole(where, SOURCE, (f"{name}/",))
        if name not in tables:
            covers = covers._replace(lacking="It is missing")
        elif not counted[name]:
            covers = covers._replace(lacking="It has no rows", no_rows=True)
        yield covers


def _line(rally: Rally, sheet: Sheet, row: TableRow, seen: Seen) -> Line | BadLine:
    try:
        for column in sheet.needed:
            if not row.cells[column]:
                raise Unreadable(f"The column {column!r} is empty.")
        kind, fields, key = sheet.read(rally, row.cells)
        seq = f"{sheet.name}/{key}"
        seen.often[seq] += 1
        if sheet.repeats and seen.often[seq] > 1:
            seq = f"{seq}/{seen.often[seq]}"
        said = {name: fields.pop(name, "") for name in ("standing", "note")}
        source = Source(kind=fields.pop("source", "sheet"), name=SOURCE, seq=seq, **said)
        occurrence = entered(
            TYPES[kind], {**envelope(rally.code, rally.recorded_at, source), **fields}
        )
        line = Line(row.where, row.raw, occurrence)
        _must_be_in_one_category(seen.first.setdefault(seq, line), line)
    except LedgerError as error:
        return BadLine(row.place_of(error.message), row.raw, error.message)
    except ValueError as error:
        return BadLine(row.where, row.raw, f"{error}.")
    return line


def _must_be_in_one_category(first: Line, line: Line) -> None:
    """Refuse a crew that stands in the entries once more, in another category, group or class.

    It differs from what is on record, but nothing is to be corrected: both are meant.
    """
    one, other = first.occurrence, line.occurrence
    if isinstance(one, CrewEntered) and isinstance(other, CrewEntered):
        differ = differences(one, other, None).keys() - {"trophies"}
        if differ and differ <= {"category", "group", "class"}:
            raise Unreadable(
                f"Crew {other.number} stands at {first.where} already, with another "
                f"{', '.join(sorted(differ))}. It runs in one: the other rankings that it runs in "
                "are trophies."
            )
