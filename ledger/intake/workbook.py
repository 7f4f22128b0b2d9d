"""Tables in workbooks: the sheets that offices keep as .xlsx, read as if they were CSV.

A workbook is a packed folder of XML, so its size is bounded before anything is unpacked. A time is
read as it is meant however the cell stores it; a number has no decimals that nobody typed. A cell
that holds an error, a formula that was never computed, or that is merged with another, is not taken
for an empty one: an empty point is the finish and an empty category means all. What is hidden is
read as if it were not, and told.
"""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ledger.cells import meant
from ledger.errors import LedgerError, Unreadable
from ledger.intake.lines import BadLine
from ledger.intake.table import TableRow, is_comment, must_be_whole, not_read
from ledger.times import format_duration

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook as OpenBook

LARGEST_PACKED = 50 << 20
LARGEST_UNPACKED = 200 << 20
MOST_ROWS, MOST_COLUMNS = 1 << 20, 1000
_OLD_FORMAT = b"\xd0\xcf\x11\xe0"
_ANEW = "Save it as .xlsx without a password, or as CSV."


class Cell(NamedTuple):
    """A cell as text, and why it can't be read if it can't."""

    text: str
    trouble: str = ""


class Looks(NamedTuple):
    """How a sheet looks: which rows and columns it hides, and which cells are merged.

    Columns are counted from 0, rows as the sheet counts them. The merged ones are by row: from the
    first column to the last, and the cell that shows.
    """

    hidden: bool
    rows: frozenset[int]
    columns: frozenset[int]
    merged: Mapping[int, Sequence[tuple[int, int, str]]]

    def covered(self, row: int, column: int) -> str:
        """The cell that shows in place of this one; empty where none does."""
        for first, last, shows in self.merged.get(row, ()):
            if first <= column <= last and shows != f"{_letters(column)}{row}":
                return shows
        return ""


class SheetTable(NamedTuple):
    """A sheet of a workbook: its rows behind the header, and which columns are known."""

    where: str
    rows_behind: list[tuple[int, list[Cell]]]
    header: list[str]
    known: tuple[str, ...]
    unknown: list[str]
    looks: Looks
    above: Sequence[str] = ()
    """The rows above the header."""

    @property
    def notes(self) -> list[str]:
        """What is hidden of it and was read all the same; what is read by nobody."""
        untitled = [
            _letters(index)
            for index, name in enumerate(self.header)
            if not name and any(c[index].text for _, c in self.rows_behind if index < len(c))
        ]
        rows = [number for number, _ in self.rows_behind if number in self.looks.rows]
        columns = [
            f"{name!r} ({_letters(index)})"
            for index, name in enumerate(self.header)
            if index in self.looks.columns and name in self.known
        ]
        told = [
            ("The sheet is hidden; it was read.", self.looks.hidden),
            (f"Hidden and read all the same: {_runs(rows)}.", rows),
            (f"Hidden and read all the same: the column {', '.join(columns)}.", columns),
        ]
        return [*not_read(self.above, untitled), *(note for note, applies in told if applies)]

    def rows(self) -> Iterator[TableRow | BadLine]:
        """The rows behind the header, each with the number that the sheet shows beside it."""
        for number, cells in self.rows_behind:
            yield self._row(number, cells)

    def _row(self, number: int, cells: list[Cell]) -> TableRow | BadLine:
        where, raw = f"{self.where}, row {number}", _as_csv(cell.text for cell in cells)
        for index, cell in enumerate(cells):
            if cell.trouble:
                place = f"{where}, cell {_letters(index)}{number}"
                return BadLine(place, raw, cell.trouble)
        if len(cells) > len(self.header):
            reason = f"It has {len(cells)} cells; the header has {len(self.header)}."
            return BadLine(where, raw, reason)
        texts = [cell.text for cell in cells] + [""] * (len(self.header) - len(cells))
        for index, (name, text) in enumerate(zip(self.header, texts, strict=True)):
            if name in self.known and not text and (shows := self.looks.covered(number, index)):
                reason = f"It is merged with {shows}, so it says nothing itself: split and fill it."
                return BadLine(f"{where}, cell {_letters(index)}{number}", raw, reason)
        named = dict(zip(self.header, texts, strict=True))
        places = {name: f"{_letters(i)}{number}" for i, name in enumerate(self.header)}
        return TableRow(where, raw, {name: named.get(name, "") for name in self.known}, places)


class Workbook:
    """The sheets of a workbook by their names, read as far as somebody wrote in them."""

    def __init__(self, path: Path) -> None:
        _must_be_safe(path)
        self.path = path
        self._sheets, self._looks = _sheets(path)
        self.names = list(self._sheets)
        if not self.names:
            hint = "Save it as a plain .xlsx, not as Strict Open XML."
            raise Unreadable(f"{path} holds no sheet that can be read.", hint=hint)

    def hidden(self, name: str) -> bool:
        """Whether the workbook hides a sheet from the person who opens it."""
        return self._looks[name].hidden

    def table(self, name: str, columns: tuple[str, ...], needed: tuple[str, ...]) -> SheetTable:
        """A sheet as a table: the header is the first row with every needed column, else the first.

        Raises:
            Unreadable: it is empty, or a needed column is missing or stands there twice.
        """
        where, rows = f"{self.path}: sheet {name}", self._sheets[name]
        if not rows:
            raise Unreadable(f"{where} is empty.", hint=f"Its columns are {', '.join(columns)}.")
        titled = [{title.text for title in titles} for _, titles in rows]
        begins = next((i for i, each in enumerate(titled) if {*needed} <= each), 0)
        number, titles = rows[begins]
        header = [title.text for title in titles]
        must_be_whole(f"{where}, row {number}", header, needed)
        unknown = [title for title in header if title and title not in columns]
        above = [_as_csv(c.text for c in cells if c.text) for _, cells in rows[:begins]]
        behind = rows[begins + 1 :]
        return SheetTable(where, behind, header, columns, unknown, self._looks[name], above)


def _must_be_safe(path: Path) -> None:
    """Refuse what is no workbook, is locked, or would unpack to more than an office ever writes."""
    try:
        with path.open("rb") as file:
            begins = file.read(len(_OLD_FORMAT))
        packed = path.stat().st_size
    except OSError as error:
        raise Unreadable(f"{path} can't be read: {error.strerror}.") from None
    if begins == _OLD_FORMAT:
        raise Unreadable(f"{path} is protected by a password, or an old .xls.", hint=_ANEW)
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise Unreadable(f"{path} is not a workbook.", hint=_ANEW) from None
    if any(part.flag_bits & 1 for part in parts):
        raise Unreadable(f"{path} is protected by a password.", hint=_ANEW)
    # What is unpacked never exceeds these sizes: the archive is read no further than it says.
    unpacked = sum(part.file_size for part in parts)
    if packed > LARGEST_PACKED or unpacked > LARGEST_UNPACKED:
        raise Unreadable(
            f"{path} is too large to unpack safely ({unpacked >> 20} MB).",
            hint=f"Up to {LARGEST_UNPACKED >> 20} MB are read. Split it, or save it as CSV.",
        )


def _sheets(path: Path) -> tuple[dict[str, list[tuple[int, list[Cell]]]], dict[str, Looks]]:
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that no table needs
            values = load_workbook(path, read_only=True, data_only=True)
            formulas = load_workbook(path, read_only=True)
            try:
                names = [sheet.title for sheet in values.worksheets]
                rows = {name: list(_rows(values, formulas, name)) for name in names}
                looks = {name: _looks(formulas[name], rows[name]) for name in names}
                return rows, looks
            finally:
                values.close()
                formulas.close()
    except LedgerError as error:
        raise Unreadable(f"{path}: {error.message}", hint=error.hint) from None
    except Exception as error:  # noqa: BLE001 - the library lets through whatever it stumbles over
        first: BaseException = error
        while cause := first.__cause__ or first.__context__:
            first = cause
        reason = " ".join(str(first).split())[:200] or type(first).__name__
        raise Unreadable(f"{path} can't be read as a workbook: {reason}.", hint=_ANEW) from None


def _rows(values: OpenBook, formulas: OpenBook, name: str) -> Iterator[tuple[int, list[Cell]]]:
    """The rows of a sheet that hold anything, numbered as the sheet shows them."""
    shown, meant = values[name], formulas[name]
    for sheet in (shown, meant):
        sheet.reset_dimensions()  # programs write what they like there
    both = zip(shown.iter_rows(), meant.iter_rows(), strict=True)
    for number, (row, said) in enumerate(both, 1):
        if number > MOST_ROWS or len(row) > MOST_COLUMNS:
            raise Unreadable(
                f"sheet {name} is no table: it goes on beyond row {number}.", hint=_ANEW
            )
        cells = [_cell(*pair) for pair in zip(row, said, strict=True)]
        while cells and not cells[-1].text and not cells[-1].trouble:
            cells.pop()
        if cells and not is_comment(cells[0].text):
            yield number, cells


def _looks(sheet: Any, rows: Sequence[tuple[int, Any]]) -> Looks:
    """How a sheet looks; what the library, which reads row by row, passes over."""
    from openpyxl.utils import range_boundaries
    from openpyxl.xml.functions import iterparse

    numbers = frozenset(number for number, _ in rows)
    hidden_rows: set[int] = set()
    hidden_columns: set[int] = set()
    merged: dict[int, list[tuple[int, int, str]]] = {}
    row = 0
    with sheet._get_source() as source:  # noqa: SLF001 - there is no other way to its part
        for _, element in iterparse(source):
            said, tag = element.attrib, element.tag.rpartition("}")[2]
            hidden = said.get("hidden") in ("1", "true")
            if tag == "row":
                row = int(said.get("r", row + 1))
                if hidden and row in numbers:
                    hidden_rows.add(row)
            elif tag == "col" and hidden:
                last = min(int(said["max"]), MOST_COLUMNS)
                hidden_columns.update(range(int(said["min"]) - 1, last))
            elif tag == "mergeCell":
                left, top, right, bottom = (each or 0 for each in range_boundaries(said["ref"]))
                span = (left - 1, (right or MOST_COLUMNS) - 1, f"{_letters(left - 1)}{top}")
                for number in range(top, min(bottom or MOST_ROWS, max(numbers, default=0)) + 1):
                    merged.setdefault(number, []).append(span)
            if tag in ("row", "col", "mergeCell"):
                element.clear()
    state = sheet.sheet_state != "visible"
    return Looks(state, frozenset(hidden_rows), frozenset(hidden_columns), merged)


def _cell(shown: Any, meant: Any) -> Cell:
    from openpyxl.styles.numbers import is_datetime

    if shown.data_type == "e":
        return Cell(str(shown.value), f"It holds the error {shown.value}.")
    if shown.value is None and shown.data_type == "n" and meant.data_type == "f":
        return Cell("", "It holds a formula that was never computed: open the workbook, save it.")
    if is_datetime(shown.number_format or "") == "date" and _elapsed(shown.value) is None:
        return Cell(_text(shown.value).removesuffix("T00:00:00"))  # a day, and no moment of it
    return Cell(_text(shown.value))


_NO_TIME = {1900: date(1899, 12, 31), 1904: date(1904, 1, 1)}
"""From when workbooks count days: a date of those years is a time of more than a day."""


def _text(value: Any) -> str:
    """A value as it would stand in CSV."""
    elapsed = _elapsed(value)
    if elapsed is not None:
        ms = elapsed // timedelta(milliseconds=1)
        return format_duration(ms)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.15g}"  # as exact as spreadsheets are: 80.1, never 80.09999999999999
    if isinstance(value, datetime):
        return value.isoformat()
    return "" if value is None else meant(str(value).strip())  # it may have been CSV before


def _elapsed(value: Any) -> timedelta | None:
    """The time that a cell holds, in whichever way it is stored; None where it holds none."""
    if isinstance(value, time):
        return timedelta(0, value.second, value.microsecond, 0, value.minute, value.hour)
    if isinstance(value, datetime) and value.year in _NO_TIME:
        days = value.date() - _NO_TIME[value.year]
        return days + (_elapsed(value.time()) or timedelta())
    return value if isinstance(value, timedelta) else None


def _runs(numbers: Sequence[int]) -> str:
    """Rows in words: "row 3", "rows 3, 5 to 9"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    told = [f"{run[0]} to {run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs]
    return f"{'row' if len(numbers) == 1 else 'rows'} {', '.join(told)}"


def _letters(index: int) -> str:
    """The letters above a column: A, B, … Z, AA."""
    letters = ""
    while index >= 0:
        index, letter = index // 26 - 1, index % 26
        letters = chr(ord("A") + letter) + letters
    return letters


def _as_csv(cells: Iterator[str] | Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()
