"""Tables of CSV as offices write them: comma or semicolon, any order of columns, any line ends.

A text that was made inert, since a spreadsheet would compute it, is read as it was.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, Protocol

from ledger.cells import meant
from ledger.errors import Unreadable
from ledger.intake.lines import BadLine


class TableRow(NamedTuple):
    """A row with the place where it stands, as it stands, and its cells by column.

    `places` names the cells of a sheet as it shows them (D15); lines of CSV have no such names.
    """

    where: str
    raw: str
    cells: dict[str, str]
    places: Mapping[str, str] = {}

    def place_of(self, complaint: str) -> str:
        """Where the row stands and, in a sheet, the cell whose column or value is complained of."""
        for column, place in self.places.items():
            value = self.cells.get(column)
            if f"column {column!r}" in complaint or (value and repr(value) in complaint):
                return f"{self.where}, cell {place}"
        return self.where


class Rows(Protocol):
    """A table of any format: its rows, and the columns that are not known."""

    @property
    def where(self) -> str:
        """The file, and the sheet in it."""

    @property
    def unknown(self) -> list[str]:
        """The columns that nobody reads."""

    def rows(self) -> Iterator[TableRow | BadLine]:
        """The rows behind the header."""


class Table(NamedTuple):
    """A file of CSV: its lines, how they are cut, and which columns are known."""

    where: str
    lines: list[str]
    delimiter: str
    header: list[str]
    known: tuple[str, ...]
    unknown: list[str]

    def rows(self) -> Iterator[TableRow | BadLine]:
        """The rows behind the header, each with the line on which it begins."""
        reader = csv.reader(self.lines, delimiter=self.delimiter, strict=True)
        next(reader)
        while True:
            begins = reader.line_num
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield BadLine(
                    f"{self.where}:{begins + 1}",
                    self._raw(begins, reader.line_num),
                    f"A quote is opened and not closed before line {reader.line_num} ends."
                    if "unexpected end" in str(error)
                    else f"Not a line of CSV: {error}.",
                )
                continue
            if not any(cells):
                continue
            yield self._cells(
                f"{self.where}:{begins + 1}", self._raw(begins, reader.line_num), cells
            )

    def _raw(self, begins: int, ends: int) -> str:
        return "".join(self.lines[begins:ends]).rstrip("\r\n")

    def _cells(self, where: str, raw: str, cells: list[str]) -> TableRow | BadLine:
        if len(cells) != len(self.header):
            reason = f"It has {len(cells)} cells; the header has {len(self.header)}."
            return BadLine(where, raw, reason)
        if not raw.isprintable() and any("\ud800" <= each <= "\udfff" for each in raw):
            return BadLine(where, raw, "It is not UTF-8.")
        named = dict(zip(self.header, (meant(cell.strip()) for cell in cells), strict=True))
        return TableRow(where, raw, {name: named.get(name, "") for name in self.known})


def open_table(path: Path, columns: tuple[str, ...], needed: tuple[str, ...]) -> Table | None:
    """Open a file of CSV; None if it is not there.

    Raises:
        Unreadable: it is empty, or a needed column is missing.
    """
    try:
        text = path.read_bytes().decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Unreadable(f"{path} can't be read: {error.strerror}.") from None
    lines = io.StringIO(text, newline="").readlines()
    if not lines:
        raise Unreadable(f"{path} is empty.", hint=f"Its columns are {', '.join(columns)}.")
    delimiter = ";" if lines[0].count(";") > lines[0].count(",") else ","
    try:
        header = [meant(name.strip()) for name in next(csv.reader(lines[:1], delimiter=delimiter))]
    except csv.Error as error:
        raise Unreadable(f"{path}:1: not a line of CSV: {error}.") from None
    must_be_whole(f"{path}:1", header, needed)
    unknown = [name for name in header if name and name not in columns]
    return Table(str(path), lines, delimiter, header, columns, unknown)


def must_be_whole(where: str, header: list[str], needed: tuple[str, ...]) -> None:
    """Refuse a header without a needed column, or with a column that stands there twice."""
    missing = [name for name in needed if name not in header]
    if missing:
        raise Unreadable(
            f"{where}: the column {missing[0]!r} is missing.", hint=f"Needed: {', '.join(needed)}."
        )
    twice = [name for name, count in Counter(header).items() if count > 1 and name]
    if twice:
        raise Unreadable(f"{where}: the column {twice[0]!r} stands there twice.")
