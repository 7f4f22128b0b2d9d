"""Tables of CSV as offices write them: any separator, order of columns, encoding, line ends.

The separator is what the first line `sep=;` says, else the one that cuts the header into columns
that are known. A line that begins with "# " is a comment. A text that was made inert, since a
spreadsheet would compute it, is read as it was.
"""

from __future__ import annotations

import contextlib
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple, Protocol

from ledger.cells import meant
from ledger.errors import Unreadable
from ledger.files import bytes_of, why
from ledger.intake.lines import BadLine

SEPARATORS = (",", ";", "\t", "|")
_SAID = re.compile(r'"?sep=(.?)(.*)', re.IGNORECASE)
_WIDE = (
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


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

    @property
    def notes(self) -> Sequence[str]:
        """What a person should know of it: what was hidden and read all the same."""

    def rows(self) -> Iterator[TableRow | BadLine]:
        """The rows behind the header."""


class Table(NamedTuple):
    """A file of CSV: its lines, of which the header `begins` it, and which columns are known."""

    where: str
    lines: list[str]
    begins: int
    delimiter: str
    header: list[str]
    known: tuple[str, ...]
    unknown: list[str]
    above: Sequence[str] = ()
    """The lines above the header."""

    @property
    def notes(self) -> list[str]:
        """What stands in it and is read by nobody."""
        untitled = [index for index, name in enumerate(self.header) if not name]
        filled: set[int] = set()
        with contextlib.suppress(csv.Error):  # that is told of the line itself
            behind = islice(self.lines, self.begins + 1, None) if untitled else ()
            for row in csv.reader(behind, delimiter=self.delimiter):
                filled.update(i for i in untitled if i < len(row) and row[i].strip())
        return not_read(self.above, [f"{index + 1}" for index in sorted(filled)])

    def rows(self) -> Iterator[TableRow | BadLine]:
        """The rows behind the header, each with the line on which it begins."""
        lines = islice(self.lines, self.begins, None)
        reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
        next(reader)
        while True:
            begins = self.begins + reader.line_num
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                ends = self.begins + reader.line_num
                yield BadLine(
                    f"{self.where}:{begins + 1}",
                    self._raw(begins, ends),
                    f"A quote is opened and not closed before line {ends} ends."
                    if "unexpected end" in str(error)
                    else f"Not a line of CSV: {error}.",
                )
                continue
            if not any(cells) or is_comment(cells[0]):
                continue
            raw = self._raw(begins, self.begins + reader.line_num)
            yield self._cells(f"{self.where}:{begins + 1}", raw, cells)

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
        text = text_of(path)
    except FileNotFoundError:
        return None
    lines = io.StringIO(text, newline="").readlines()
    said = _said(path, lines[0]) if lines else None
    begins = 1 if said else 0
    while begins < len(lines) and _says_nothing(lines[begins]):
        begins += 1
    if begins == len(lines):
        raise Unreadable(f"{path} is empty.", hint=f"Its columns are {', '.join(columns)}.")
    separators = (said,) if said else SEPARATORS
    first, begins = begins, _header_at(lines, begins, separators, needed)
    where = f"{path}:{begins + 1}"
    cut = _cut(lines[begins], separators)
    if not cut:
        raise Unreadable(
            f"{where}: not a line of CSV.", hint="Is a quote opened in it and not closed?"
        )
    delimiter = max(cut, key=lambda each: (len({*columns} & {*cut[each]}), len(cut[each])))
    header = cut[delimiter]
    must_be_whole(where, header, needed)
    unknown = [name for name in header if name and name not in columns]
    above = [
        each.strip().rstrip(delimiter) for each in lines[first:begins] if not _says_nothing(each)
    ]
    return Table(str(path), lines, begins, delimiter, header, columns, unknown, above)


def _header_at(
    lines: Sequence[str], first: int, separators: Sequence[str], needed: Sequence[str]
) -> int:
    """The line that is the header: the first with every needed column, else the first at all."""
    for index in range(first, len(lines)):
        cut = _cut(lines[index], separators)
        if any({*needed} <= {*each} for each in cut.values()):
            return index
    return first


def _cut(line: str, separators: Sequence[str]) -> dict[str, list[str]]:
    """The titles of a line as each separator cuts it, that does."""
    found = {}
    for each in separators:
        with contextlib.suppress(csv.Error):
            found[each] = _header(line, each)
    return found


def not_read(above: Sequence[str], untitled: Sequence[str]) -> list[str]:
    """What is told of lines above the header and of columns without a title that hold something."""
    told = [f"It stands above the header and was not read: {each!r}." for each in above]
    if untitled:
        which = " and ".join(untitled)
        column = "column" if len(untitled) == 1 else "columns"
        has = "has no title" if len(untitled) == 1 else "have no titles"
        told.append(f"The {column} {which} {has}: what stands there was not read.")
    return told


def text_of(path: Path) -> str:
    """The text of a file in UTF-8, UTF-16 or UTF-32; bytes that are no UTF-8 stay apart in it.

    Raises:
        FileNotFoundError. Unreadable: it can't be read, or is not what it begins as.
    """
    try:
        data = bytes_of(path)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Unreadable(f"{path} can't be read: {why(error)}.") from None
    encoding = next((name for mark, name in _WIDE if data.startswith(mark)), "")
    if not encoding and 0 in data[:2]:  # a table begins with plain letters
        encoding = "utf-16-be" if data[0] == 0 else "utf-16-le"
    if not encoding:
        return data.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"{path} begins as {encoding.upper()}, but is none at byte {error.start}.",
            hint="It may be cut off. Save it as UTF-8.",
        ) from None


def is_comment(cell: str) -> bool:
    """Whether a line whose first cell this is says nothing to the reader, only to people."""
    return cell.lstrip().startswith("# ")


def _says_nothing(line: str) -> bool:
    return not line.strip("".join(SEPARATORS) + " \r\n") or is_comment(line.lstrip().lstrip('"'))


def _said(path: Path, first: str) -> str | None:
    """The separator that the first line says, as spreadsheets write and read it; None: no word."""
    found = _SAID.match(first)
    if found is None:
        return None
    separator, rest = found.groups()
    if separator not in SEPARATORS or rest.strip("".join(SEPARATORS) + '" \r'):
        raise Unreadable(
            f"{path}:1: {first.strip()!r} names no separator that can be read.",
            hint="It may be a comma, a semicolon, a tab or |.",
        )
    return separator


def _header(line: str, delimiter: str) -> list[str]:
    cells = next(csv.reader([line], delimiter=delimiter, strict=True))
    return [meant(name.strip()) for name in cells]


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
