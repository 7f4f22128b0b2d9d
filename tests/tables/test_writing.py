"""A folder of tables is written whole or not at all; the same log gives the same bytes."""

from __future__ import annotations

import errno
import glob
import os
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from cli.office.view import View
from cli.tables.export import export
from ledger.log import Ledger
from tests.command_line.conftest import answer
from tests.command_line.conftest import dune as dune  # noqa: PLC0414 # a fixture
from tests.command_line.conftest import silk_way as silk_way  # noqa: PLC0414 # a fixture
from tests.command_line.test_transcripts import seen, shown
from tests.conftest import NOW, Rally
from tests.looked import some_of
from tests.store.samples import RALLY, constituted, remark
from tests.tables.conftest import queried

ANN = ("--by", "Ann", "--role", "secretary")
FORMS = ("sqlite", "parquet")
HOSTILE = (
    *("=1+1", "+1", "-1", "@x", "<script>", "a\u202eb", "'; DROP TABLE log; --", '"\\'),
    *("a\x00b", "\n\t", "🏁", "x" * 4000, "שלום", "null", "1", "[]"),
)


def held(folder: Path) -> dict[str, bytes]:
    """The bytes of each file of a folder."""
    return {each.name: each.read_bytes() for each in folder.iterdir()}


def test_what_is_told(silk_way: Rally, tmp_path: Path) -> None:
    """Which tables there are, how many rows each has, and on what they rest."""
    expected = """
        out: 11 tables of the log up to #192, root xxxxxxxxxx; datapackage.json explains them.
        Table                   Rows  File
        basis                      1  tables.sqlite
        log                      192  tables.sqlite
        stages                    15  tables.sqlite
        standings                471  tables.sqlite
        road_standings           297  tables.sqlite
        without_standings          0  tables.sqlite
        without_road_standings     0  tables.sqlite
        crews                     24  tables.sqlite
        decisions                  1  tables.sqlite
        penalties                  1  tables.sqlite
        points                     0  tables.sqlite
    """
    assert shown(expected) == seen(silk_way, "export", "tables", "out")
    told = answer(silk_way, "export", "tables", "parquet", "--format", "parquet")
    assert ("parquet", "parquet", 192) == (
        told["format"],
        told["folder"],
        told["basis"]["position"],
    )
    assert {"name": "crews", "file": "crews.parquet", "rows": 24} in told["tables"]


@pytest.mark.parametrize("form", FORMS)
def test_the_same_log_gives_the_same_bytes(dune: Rally, tmp_path: Path, form: str) -> None:
    """Twice, and again up to the same record when more was appended; for its owner alone."""
    words = ("export", "tables", "--format", form)
    assert 0 == dune(*words, "one").code
    assert 0 == dune(*words, "two").code
    assert held(tmp_path / "one") == held(tmp_path / "two")
    assert 0 == dune("record", "RemarkMade", "text=later", *ANN).code
    assert 0 == dune(*words, "three", "--known-at", "#28").code
    assert held(tmp_path / "one") == held(tmp_path / "three")
    assert 0 == dune(*words, "four").code
    assert held(tmp_path / "one") != held(tmp_path / "four")
    assert 0o700 == (tmp_path / "one").stat().st_mode & 0o777
    for each in some_of((tmp_path / "one").iterdir()):
        assert 0o600 == each.stat().st_mode & 0o777


def test_who_waits_is_told_how_far_it_is(dune: Rally, tmp_path: Path) -> None:
    """How many moments of the standings were looked at, one after another, on both axes."""
    told: list[int] = []
    ledger = Ledger("rally.db", lambda: NOW)
    seen = View(ledger.log("dune-2016"))
    made = export(seen, tmp_path / "out", "sqlite", told.append)
    ledger.close()
    assert list(range(1, len(told) + 1)) == told
    assert len(told) > made.basis.position // 2


def full(*_: Any) -> None:
    """What the system says of a full disk."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("form", FORMS)
def test_a_full_disk_leaves_nothing(
    dune: Rally, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """Neither a part of the folder nor what was begun beside it; with room it is there."""
    before = sorted(each.name for each in tmp_path.iterdir())
    words = ("export", "tables", "out", "--format", form)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        said = dune(*words)
    assert 5 == said.code
    assert "Error: out can't be written: No space left on device.\nHint: Make room" in said.err
    assert before == sorted(each.name for each in tmp_path.iterdir())
    assert 0 == dune(*words).code


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
@pytest.mark.parametrize(("form", "name"), [("sqlite", "tables.sqlite"), ("parquet", ".rows")])
def test_a_disk_that_fills_while_rows_are_written(
    dune: Rally, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, name: str
) -> None:
    """What the database or the file itself complains of is told, and nothing is left."""
    usual, before = Path.mkdir, sorted(each.name for each in tmp_path.iterdir())

    def on_a_full_disk(folder: Path, *how: Any, **named: Any) -> None:
        usual(folder, *how, **named)
        if folder.name.startswith(".new-"):
            (folder / name).symlink_to("/dev/full")

    monkeypatch.setattr(Path, "mkdir", on_a_full_disk)
    said = dune("export", "tables", "out", "--format", form)
    assert 5 == said.code
    assert said.err.startswith("Error: out can't be written: ")
    assert before == sorted(each.name for each in tmp_path.iterdir())


def test_what_is_there_is_not_overwritten(dune: Rally, tmp_path: Path) -> None:
    """A folder, an empty one, a file; and where it can't be, it says why."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("mine")
    for name in some_of(("folder", "file", ".")):
        said = dune("export", "tables", name)
        assert 1 == said.code
        assert f"Error: {name} is there already: an export overwrites nothing.\n" in said.err
    assert "mine" == (tmp_path / "file").read_text()
    said = dune("export", "tables", "nowhere/out")
    assert 5 == said.code
    assert "nowhere/out can't be written: No such file or directory." in said.err
    said = dune("export", "tables", "file/out")
    assert 5 == said.code
    assert "file/out can't be written: Not a directory." in said.err


def test_without_the_extra(dune: Rally, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parquet says what is missing, before anything is computed; SQLite works all the same."""
    monkeypatch.setitem(sys.modules, "duckdb", None)
    said = dune("export", "tables", "out", "--format", "parquet")
    assert 5 == said.code
    assert "Error: Parquet is written by DuckDB, which is not installed.\n" in said.err
    assert "pip install '.[tables]'" in said.err
    assert not (tmp_path / "out").exists()
    assert 0 == dune("export", "tables", "out").code


def test_texts_are_what_was_recorded(rally: Rally, ledger: Ledger, tmp_path: Path) -> None:
    """No apostrophe, nothing spelled out: a cell of a table is a text, and no formula."""
    folder = "a[1]*'?"  # to some programs a pattern
    ledger.log(RALLY).append([constituted(), *map(remark, HOSTILE)])
    expected = [f"Remark: {each}" for each in HOSTILE]
    assert 0 == rally("export", "tables", folder).code
    query = "SELECT words FROM log WHERE type = 'RemarkMade' ORDER BY position"
    assert expected == [each["words"] for each in queried(tmp_path / folder, query)]
    assert 0 == rally("export", "tables", f"{folder}p", "--format", "parquet").code
    with duckdb.connect(":memory:") as database:
        file = glob.escape(str(tmp_path / f"{folder}p" / "log.parquet"))
        query = "SELECT words FROM read_parquet(?) WHERE type = 'RemarkMade' ORDER BY position"
        assert expected == [each for (each,) in database.execute(query, [file]).fetchall()]


def test_private_values_stay(dune: Rally, tmp_path: Path) -> None:
    """The commitment is in the record; the value is in no file."""
    private = ("record", "RemarkMade", "text=x", "private.phone=5550199", *ANN)
    assert 0 == dune(*private).code
    for form in FORMS:
        assert 0 == dune("export", "tables", form, "--format", form).code
        for data in some_of(held(tmp_path / form).values()):
            assert b"5550199" not in data
    (row,) = queried(tmp_path / "sqlite", "SELECT occurrence FROM log WHERE position = 29")
    assert '"phone"' in row["occurrence"]


def test_an_empty_log_and_one_of_several(rally: Rally, tmp_path: Path) -> None:
    """Before the first record there are tables without rows; of several rallies one is named."""
    assert 0 == rally("demo").code
    assert 0 == rally("export", "tables", "none", "--known-at", "1^").code
    for table in some_of(("log", "standings", "road_standings", "crews", "stages")):
        assert [] == queried(tmp_path / "none", f"SELECT * FROM {table}")
    assert 0 == rally("new", "x-2026", "--title", "X", "--timezone", "+03:00", *ANN).code
    said = rally("export", "tables", "out")
    assert 2 == said.code
    assert "The ledger holds 2 rallies." in said.err
    assert 0 == rally("export", "tables", "out", "--rally", "x-2026").code
    (row,) = queried(tmp_path / "out", "SELECT title, rally FROM basis")
    assert {"title": "X", "rally": "x-2026"} == row
