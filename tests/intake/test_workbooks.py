"""Sheets as workbooks: the same facts as CSV gives, from whichever program they come."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import Unreadable
from ledger.intake import workbook
from ledger.intake.workbook import Workbook
from ledger.times import parse_duration
from tests.command_line.conftest import answer, size
from tests.command_line.sheets import RALLY_TOML, RECORDS, SHEETS, write_sheets
from tests.conftest import Rally
from tests.intake.workbooks import Formula, Writer, by_hand, shared_strings, since_1904

TABLES = ("entries", "waypoints", "times", "penalties", "status", "direction")
WRITERS = (shared_strings, since_1904, by_hand)


def natural(text: str) -> Any:
    """What a person who fills in a sheet makes of a cell: a number, a time, a date or a text."""
    if re.fullmatch(r"\d+", text):
        return float(text)
    if re.fullmatch(r"\d+:\d\d:\d\d", text):
        return timedelta(milliseconds=parse_duration(text))
    if re.fullmatch(r"\d{4}-\d\d-\d\dT.*", text):
        return datetime.fromisoformat(text).replace(tzinfo=None)
    return text or None


def dune() -> dict[str, list[list[Any]]]:
    """The tables of the Dune Rally as sheets."""
    read = {name: csv.reader(io.StringIO(SHEETS[f"{name}.csv"])) for name in TABLES}
    return {name: [[natural(cell) for cell in row] for row in rows] for name, rows in read.items()}


def write(folder: Path, writer: Writer, sheets: dict[str, Any], name: str = "rally.xlsx") -> None:
    """A folder of sheets with one workbook and no CSV."""
    folder.mkdir(exist_ok=True)
    (folder / "rally.toml").write_text(RALLY_TOML, encoding="utf-8")
    for table in TABLES:
        (folder / f"{table}.csv").unlink(missing_ok=True)
    writer(folder / name, sheets)


@pytest.mark.parametrize("writer", WRITERS)
def test_a_workbook_says_what_csv_said(dune_rally: Rally, tmp_path: Path, writer: Writer) -> None:
    """Each line is known already: the keys and the values are the same, to the millisecond."""
    write(tmp_path / "sheets", writer, dune())
    document = answer(dune_rally, "import", "sheets", "sheets")
    told = {key: document[key] for key in ("appended", "already_known", "conflicts", "quarantined")}
    assert {"appended": 0, "already_known": RECORDS, "conflicts": 0, "quarantined": 0} == told


@pytest.fixture
def dune_rally(rally: Rally, tmp_path: Path) -> Rally:
    """The command on a ledger that took in the CSV of the Dune Rally."""
    write_sheets(tmp_path / "sheets")
    assert 0 == rally("import", "sheets", "sheets").code
    return rally


@pytest.mark.parametrize("writer", WRITERS)
def test_cells_read_as_they_are_meant(tmp_path: Path, writer: Writer) -> None:
    """Times in every way of storing them, numbers without invented decimals, cached formulas."""
    long = timedelta(hours=30, minutes=2, seconds=3)
    row = {
        "a time": (timedelta(hours=4, minutes=57, seconds=46), "4:57:46"),
        "over a day": (long, "30:02:03"),
        "thousandths": (timedelta(milliseconds=422_345), "0:07:02.345"),
        "a moment": (datetime.fromisoformat("2016-07-20 12:30:05"), "2016-07-20T12:30:05"),
        "a number": (102.0, "102"),
        "a kilometre": (80.1, "80.1"),
        "a text": (" 4:57:46 ", "4:57:46"),
        "computed": (Formula("=1+1", "SS2"), "SS2"),
        "empty": (None, ""),
        "ümlaut": ("Łódź 北京 & <b>", "Łódź 北京 & <b>"),
    }
    path = tmp_path / "any.xlsx"
    writer(path, {"times": [[], list(row), [value for value, _ in row.values()]]})
    table = Workbook(path).table("times", tuple(row), ())
    (read,) = table.rows()
    assert {name: text for name, (_, text) in row.items()} == read.cells  # type: ignore[union-attr]
    assert f"{path}: sheet times, row 3" == read.where


def test_a_time_without_the_brackets_in_its_format(tmp_path: Path) -> None:
    """Spreadsheets show 30 hours as 6:00 then, and store a date of the first year they know."""
    import xlsxwriter

    for epoch in (False, True):
        with xlsxwriter.Workbook(tmp_path / "t.xlsx", {"date_1904": epoch}) as book:
            clock = book.add_format({"num_format": "hh:mm:ss"})
            sheet = book.add_worksheet("times")
            sheet.write_row(0, 0, ["a", "b", "c"])
            sheet.write_datetime(1, 0, time(4, 57, 46), clock)
            sheet.write_number(1, 1, 1.25, clock)
            sheet.write_number(1, 2, 1, clock)
        (read,) = Workbook(tmp_path / "t.xlsx").table("times", ("a", "b", "c"), ()).rows()
        assert {"a": "4:57:46", "b": "30:00:00", "c": "24:00:00"} == read.cells  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("cells", "place", "reason"),
    [
        (["SS1", 101, None, "soon", None, "gps"], ", cell D3", "'soon' is not a time"),
        (["SS1", 101, None, 0.25, None, "gps"], ", cell D3", "'0.25' is not a time"),
        ([None, 101, None, "2:00:00"], ", cell A3", "The column 'stage' is empty."),
        (["SS1", 101, Formula("=NA()", "#N/A"), "2:00:00"], ", cell C3", "It holds the error #N/A"),
        (["SS1", 101, Formula("=B3"), "2:00:00"], ", cell C3", "a formula that was never computed"),
        (["SS1", 101, None, None, None, "gps", "?"], "", "It has 7 cells; the header has 6."),
    ],
)
def test_a_bad_row_is_named_to_the_cell(
    rally: Rally, tmp_path: Path, cells: list[Any], place: str, reason: str
) -> None:
    """Kept in the quarantine with sheet, row and cell; an error is no empty cell; the rest stands.

    An empty point is the finish: a lookup that failed must never become a finish time.
    """
    sheets = {**dune(), "times": [*dune()["times"][:1], ["SS1", 101, "ASS", "2:00:00"], cells]}
    write(tmp_path / "sheets", by_hand, sheets)
    said = rally("import", "sheets", "sheets")
    where = f"{Path('sheets') / 'rally.xlsx'}: sheet times, row 3{place}: "
    assert 5 == said.code
    assert said.err.startswith(where), said.err
    assert reason in said.err.splitlines()[0]
    assert RECORDS - 13 + 1 == size(rally)


def test_which_sheet_is_which_table(rally: Rally, tmp_path: Path) -> None:
    """By its name in any case; a workbook of a table's name needs none; a lock is no workbook."""
    folder = write_sheets(tmp_path / "sheets", {"times.csv": None, "status.csv": None})
    tables = dune()
    shared_strings(folder / "Times.XLSX", {"Sheet1": tables["times"], "Notes": [["ask Bo"]]})
    shared_strings(folder / "others.xlsx", {" STATUS": tables["status"], "plan": []})
    (folder / "~$others.xlsx").write_bytes(b"lock")
    said = rally("import", "sheets", "sheets")
    unread = "It bears no table's name: not read."
    assert (0, RECORDS) == (said.code, size(rally))
    assert f"{Path('sheets') / 'Times.XLSX'}: sheet Notes: {unread}" in said.err
    assert f"{Path('sheets') / 'others.xlsx'}: sheet plan: {unread}" in said.err

    shared_strings(folder / "more.xlsx", {"entries": tables["entries"]})
    said = rally("import", "sheets", "sheets")
    csv_file, book = Path("sheets") / "entries.csv", Path("sheets") / "more.xlsx"
    assert 5 == said.code
    assert (
        f"Error: The table entries stands in two places: {csv_file} and {book}: sheet entries.\n"
        "Hint: Keep one of them in the folder.\n" == said.err
    )


def bomb(path: Path) -> None:
    """A workbook whose sheet unpacks to more than is read."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 3_000_000)


def rewritten(path: Path, old: bytes, new: bytes) -> None:
    """A workbook in which something is changed in every part."""
    by_hand(path, {"times": [["stage"]]})
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data.replace(old, new))


def entities(path: Path) -> None:
    """A workbook whose sheet defines entities that grow."""
    begins = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    rewritten(path, b"<worksheet", begins + b"<worksheet")


def strict(path: Path) -> None:
    """A workbook in the strict dialect of the format."""
    relations = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    rewritten(path, relations, b"http://purl.oclc.org/ooxml/officeDocument/relationships")


def far_down(path: Path) -> None:
    """A sheet with a row number that no spreadsheet has."""
    rewritten(path, b'r="1"', b'r="2000000000"')


def locked(path: Path) -> None:
    """A zip archive whose parts are encrypted, as its header says."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", b"x")
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: path.write_bytes(b"stage,number\n"), "is not a workbook."),
        (lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0rest"), "is protected by a password, or"),
        (locked, "is protected by a password."),
        (bomb, "is too large to unpack safely (2 MB)."),
        (entities, "can't be read as a workbook: EntitiesForbidden"),
        (strict, "holds no sheet that can be read."),
        (far_down, "sheet times is no table: it goes on beyond row"),
        (lambda path: zipfile.ZipFile(path, "w").close(), "can't be read as a workbook:"),
        (lambda path: by_hand(path, {"times": []}), "sheet times is empty."),
        (
            lambda path: by_hand(path, {"times": [["stage", "no"]]}),
            "sheet times, row 1: the column 'number' is missing.",
        ),
        (
            lambda path: by_hand(path, {"times": [["stage", "number", "stage"]]}),
            "sheet times, row 1: the column 'stage' stands there twice.",
        ),
    ],
)
def test_what_is_no_workbook_is_refused(
    tmp_path: Path, make: Any, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each with a reason and what to do; nothing is unpacked beyond its bound."""
    monkeypatch.setattr(workbook, "LARGEST_UNPACKED", 2 << 20)
    monkeypatch.setattr(workbook, "MOST_ROWS", 1000)
    path = tmp_path / "times.xlsx"
    make(path)
    with pytest.raises(Unreadable) as refused:
        Workbook(path).table("times", ("stage", "number"), ("stage", "number"))
    assert refused.value.message.startswith(str(path))
    assert reason in refused.value.message


def test_a_table_that_was_saved_as_a_workbook(
    rally: Rally, dune_rally: Rally, tmp_path: Path
) -> None:
    """What CSV made inert is read as it was, also when a spreadsheet stored it as a workbook."""
    tables = dune()
    column = tables["entries"][0].index("team")
    for text in ("=1+1", "'=1+1"):
        tables["entries"][1][column] = text
        write(tmp_path / "sheets", by_hand, tables)
        how = ("--as-corrections", "--reason", "renamed")
        said = answer(rally, "import", "sheets", "sheets", *how)
        assert int(text == "=1+1") == said["appended"]
    assert "=1+1" == answer(rally, "standings")["rows"][0]["team"]
