"""A ledger is kept somewhere, a quarantine file holds something, and a table computes nothing."""

from __future__ import annotations

import csv
import errno
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.cells import inert, meant
from ledger.errors import Conflict, Unavailable
from ledger.intake.quarantine import Problem, keeping
from tests.command_line.conftest import Quarantined, answer
from tests.command_line.sheets import SHEETS, with_change, with_line, write_sheets
from tests.conftest import Rally
from tests.examples import examples

# -- ledgers that are nowhere ----------------------------------------------------------------------

NOWHERE = (
    ":memory:",
    "sqlite://",
    "sqlite:///",
    "sqlite:///:memory:",
    "sqlite+pysqlite://",
    "sqlite+pysqlite:///:memory:",
    "sqlite:///file::memory:?uri=true",
    "sqlite:///file::memory:?cache=shared&uri=true",
    "sqlite:///file:gone?mode=memory&cache=shared&uri=true",
    "sqlite:///file:gone.db?mode=memory&immutable=1&uri=true",
    "sqlite:///file:/gone?vfs=memdb&uri=true",
    "sqlite:///file:?uri=true",
    "file::memory:",
    "file::memory:?cache=shared",
    "file:gone.db?mode=memory",
    "sqlite:///gone.db?mode=memory",
    "sqlite:///file:gone.db?mode=memory",
    "sqlite:///?mode=memory&uri=true",
    "sqlite:///file:gone.db",
    "sqlite://host/gone.db",
    "sqlite+aiosqlite:///gone.db",
)


@pytest.mark.parametrize("ledger", NOWHERE)
@pytest.mark.parametrize("asked", ["option", "environment"])
def test_a_ledger_that_is_nowhere_is_refused(
    rally: Rally, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ledger: str, asked: str
) -> None:
    """Its log would be gone when the command ends; whatever would write it, or read it."""
    write_sheets(tmp_path / "sheets")
    before = sorted(tmp_path.iterdir())
    named: tuple[str, ...] = ("--ledger", ledger)
    if asked == "environment":
        monkeypatch.setenv("RALLY_LEDGER", ledger)
        named = ()
    for words in (("import", "sheets", "sheets"), ("demo",), ("site", "finish"), ("standings",)):
        said = rally(*named, *words)
        assert (5, "") == (said.code, said.out), said
        assert said.err.startswith("Error: "), said
        assert ledger in said.err.splitlines()[0]
        assert "Warning" not in said.err
    assert before == sorted(tmp_path.iterdir())


def test_a_ledger_by_a_url_is_somewhere(rally: Rally, tmp_path: Path) -> None:
    """A file is one, whichever way it is named."""
    write_sheets(tmp_path / "sheets")
    for name in ("one.db", "sqlite:///two.db", "sqlite:///file:three.db?uri=true", "file four.db"):
        assert 28 == answer(rally, "--ledger", name, "import", "sheets", "sheets")["appended"]
        assert 28 == answer(rally, "--ledger", name, "standings")["basis"]["position"]
    assert {"one.db", "two.db", "three.db", "file four.db"} <= {
        each.name for each in tmp_path.iterdir()
    }


# -- tables that compute nothing -------------------------------------------------------------------

COMPUTED = ("=1+1", "+1", "-2", "@SUM(A1)", "\t=1", " =1", "\n=1", "\uff1d1", "'=1", "''+1", "-")
PLAIN = ("", "Aino", "1=1", "'t Hoen", "'", "''", "O'Neil - Racing", "a\tb", "–1")


@pytest.mark.parametrize("text", [*COMPUTED, *PLAIN])
def test_a_text_that_would_be_computed_is_inert(text: str) -> None:
    """Those alone, and each is read as it was."""
    written = inert(text)
    assert (f"'{text}" if text in COMPUTED else text) == written
    assert text == meant(written)


@examples(500)
@given(st.text(st.sampled_from("'=+-@ \t\r\na1\uff1d"), max_size=6))
def test_what_is_made_inert_is_read_as_it_was(text: str) -> None:
    """Any text; and what is written never begins as a formula does."""
    assert text == meant(inert(text))
    assert inert(text).strip()[:1] not in {*"=+-@\uff1d"} - {""}


FORMULA = '=HYPERLINK("http://x.example","Reis")'


def test_every_table_is_inert_and_a_sheet_reads_it(rally: Rally, tmp_path: Path) -> None:
    """What a crew calls itself is a text in every table, and in a sheet made of one."""
    rows = list(csv.reader(SHEETS["entries.csv"].splitlines()))
    rows[1][1], rows[1][8], rows[2][8] = FORMULA, "@Team", "+7 Racing"
    with (tmp_path / "entries.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    write_sheets(tmp_path / "sheets", {"entries.csv": (tmp_path / "entries.csv").read_bytes()})
    assert 0 == rally("import", "sheets", "sheets").code
    tables: tuple[tuple[str, ...], ...] = (
        ("standings",),
        ("retirements",),
        ("finishers",),
        ("penalties",),
        ("teams",),
        ("anomalies",),
        ("log",),
        ("start-order", "SS2"),
        ("history",),
        ("diff", "#20", "#28"),
        ("what-if", "--without", "#25"),
        ("late",),
        ("chart", "gaps"),
        ("outstanding",),
    )
    seen = ""
    for words in tables:
        said = rally(*words, "--csv")
        seen += said.out
        assert 0 <= said.code <= 1, said
        for row in csv.reader(said.out.splitlines()):
            assert not [cell for cell in row if cell[:1] in {*"=@\t"} - {""}], (words, row)
            assert not [cell for cell in row if cell[:1] in {*"+-"} and not _a_number(cell)], row
    assert "'=HYPERLINK" in seen
    assert FORMULA == answer(rally, "standings")["rows"][0]["driver"]

    header, *found = csv.reader(rally("standings", "--csv").out.splitlines())
    columns = ["number", "driver", "category", "team", "vehicle"]
    again = [[row[header.index(name)] for name in columns] for row in found]
    with (tmp_path / "sheets" / "entries.csv").open("w", newline="") as file:
        csv.writer(file).writerows([columns, *again])
    taken = answer(rally, "--ledger", "other.db", "import", "sheets", "sheets")
    assert 0 == taken["quarantined"]
    names = {row["driver"]: row["team"] for row in answer(rally, "standings")["rows"]}
    other = answer(rally, "--ledger", "other.db", "standings")["rows"]
    assert names == {row["driver"]: row["team"] for row in other}


def _a_number(cell: str) -> bool:
    return cell[1:].replace(".", "", 1).isdecimal()


# -- the quarantine --------------------------------------------------------------------------------


def test_quarantined_is_what_is_in_the_file(
    dune: Rally, tmp_path: Path, quarantined: Quarantined
) -> None:
    """What can't be read and what differs; a clean delivery has no file."""
    said = answer(dune, "import", "sheets", "sheets")
    assert (0, None) == (said["quarantined"], said["quarantine_file"])
    assert not (tmp_path / "rally.db.quarantine.jsonl").exists()
    write_sheets(tmp_path / "sheets", with_line("times.csv", "SS1,101,soon"))
    write_sheets(tmp_path / "more", with_change("penalties.csv", "0:02", "0:03"))
    (tmp_path / "more" / "penalties.csv").replace(tmp_path / "sheets" / "penalties.csv")
    for _ in range(2):
        said = answer(dune, "import", "sheets", "sheets", code=5)
        assert (2, 1, 1) == tuple(said[name] for name in ("quarantined", "conflicts", "unreadable"))
        assert 2 == len(quarantined())
    corrected = ("--as-corrections", "--reason", "sheet 2")
    assert 1 == answer(dune, "import", "sheets", "sheets", *corrected, code=5)["quarantined"]


@pytest.mark.parametrize("name", ["two.db", "sqlite:///two.db", "sqlite:///file:two.db?uri=true"])
def test_the_quarantine_lies_beside_the_ledger(rally: Rally, tmp_path: Path, name: str) -> None:
    """In whichever way the ledger is named."""
    write_sheets(tmp_path / "sheets", with_line("times.csv", "SS1,101,soon"))
    said = answer(rally, "--ledger", name, "import", "sheets", "sheets", code=5)
    assert "two.db.quarantine.jsonl" == said["quarantine_file"]
    assert (tmp_path / "two.db.quarantine.jsonl").exists()
    assert 5 == rally("--ledger", ".", "import", "sheets", "sheets").code


PROBLEM = Problem("times.csv:3", "SS1,101,soon", "It is short.", "unreadable")


def test_no_file_remains_where_nothing_was_kept(tmp_path: Path) -> None:
    """Of a delivery that could not be appended nothing is kept; what was kept before stays."""
    file = tmp_path / "rally.db.quarantine.jsonl"
    with keeping(file, []) as kept:
        assert kept is None
    with pytest.raises(Conflict), keeping(file, [PROBLEM]):
        raise Conflict("Somebody appended first.")
    assert not file.exists()
    with keeping(file, [PROBLEM]):
        pass
    before = file.read_bytes()
    another = PROBLEM._replace(where="times.csv:4")
    with pytest.raises(Conflict, match="first"), keeping(file, [PROBLEM, another]):
        raise Conflict("Somebody appended first.")
    assert before == file.read_bytes()


def test_no_file_remains_where_there_is_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty file would say that something was kept."""
    file, opened = tmp_path / "q.jsonl", os.open

    def full(path: Path, flags: int, *more: int) -> int:
        os.close(opened(path, flags, *more))
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "open", full)
    with pytest.raises(Unavailable, match="No space left"), keeping(file, [PROBLEM]):
        raise AssertionError("nothing is done where nothing can be kept")
    assert not file.exists()
