"""Ctrl-C at each step of a command that writes: one truth is told, and it is the one of the log."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite as Dialect

from tests.command_line.conftest import size
from tests.conftest import Rally, Said

ANN = ("--by", "Ann", "--role", "timekeeper")
REMARK = ("record", "RemarkMade", "text=fog", *ANN)
Commit = Callable[[Any, Any], None]


def breaks(*_: object, **__: object) -> None:
    """Somebody presses Ctrl-C."""
    raise KeyboardInterrupt


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """What becomes of the next commit: it raises an error, when it was kept or before."""
    usual: Commit = Dialect.do_commit

    def set_up(error: BaseException, *, kept: bool, times: int = 1, after: int = 0) -> None:
        coming = iter([*[None] * after, *[error] * times])

        def commit(self: Any, connection: Any) -> None:
            trouble = next(coming, None)
            if kept or trouble is None:
                usual(self, connection)
            if trouble is not None:
                raise trouble

        monkeypatch.setattr(Dialect, "do_commit", commit)

    return set_up


def test_while_it_is_written(dune: Rally, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the commit: nothing was appended."""
    before = size(dune)
    with monkeypatch.context() as patched:
        patched.setattr("ledger.store.write", breaks)
        said = dune(*REMARK)
    assert 130 == said.code
    assert said.err.endswith("Interrupted; nothing was appended.\n")
    assert before == size(dune)


@pytest.mark.parametrize("kept", [False, True])
def test_in_the_commit(dune: Rally, commits: Callable[..., None], *, kept: bool) -> None:
    """It is looked up: either it is there, or it is not."""
    before = size(dune)
    commits(KeyboardInterrupt(), kept=kept)
    said = dune(*REMARK)
    assert 130 == said.code
    told = re.search(r"Interrupted, but it was appended: #(\d+) [0-9a-f]{10}\.\n$", said.err)
    assert kept == bool(told)
    assert kept != said.err.endswith("Interrupted; nothing was appended.\n")
    assert before + kept == size(dune)
    if told:
        assert before + 1 == int(told[1])


def test_after_the_commit(dune: Rally, monkeypatch: pytest.MonkeyPatch) -> None:
    """While is told what it moved: it was appended."""
    before = size(dune)
    with monkeypatch.context() as patched:
        patched.setattr("cli.office.recording.around", breaks)
        said = dune(*REMARK)
    assert 130 == said.code
    assert re.search(rf"Interrupted; #{before + 1} [0-9a-f]{{10}} was appended\.\n$", said.err)
    assert before + 1 == size(dune)


def test_an_import_in_the_commit(dune: Rally, commits: Callable[..., None]) -> None:
    """All of a delivery is there, and so it is said."""
    assert 0 == dune("export", "jsonl", "log.jsonl").code
    commits(KeyboardInterrupt(), kept=True, after=1)  # the tables of the new ledger are made first
    said = dune("--ledger", "other.db", "import", "jsonl", "log.jsonl")
    assert 130 == said.code
    assert "Interrupted, but it was appended: #1 to #28 " in said.err
    assert '"size": 28' in dune("--ledger", "other.db", "verify", "--json").out


def test_an_error_after_the_commit(dune: Rally, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server goes away while is told what an act moved: that it was appended is said, too."""

    def fails(*_: object) -> None:
        from ledger.errors import Unavailable

        raise Unavailable("The ledger can't be used.", hint="Is the server running?")

    before = size(dune)
    with monkeypatch.context() as patched:
        patched.setattr("cli.office.recording.around", fails)
        said = dune(*REMARK)
    assert 5 == said.code
    hint = rf"Hint: Is the server running\? #{before + 1} [0-9a-f]{{10}} was appended\.\n$"
    assert re.search(hint, said.err)


def test_a_read(dune: Rally, monkeypatch: pytest.MonkeyPatch) -> None:
    """A read appends nothing, and says so."""
    monkeypatch.setattr("ledger.log.Log.read", breaks)
    assert Said(130, "", "\nInterrupted; nothing was appended.\n") == dune("standings")


def test_before_anything_can_be_said(dune: Rally, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the words have a way out: it is told all the same."""
    before = size(dune)
    with monkeypatch.context() as patched:
        patched.setattr("cli.terminal.Outlet.__init__", breaks)
        said = dune(*REMARK)
    assert Said(130, "", "Interrupted; nothing was appended.\n") == said
    assert before == size(dune)


@pytest.mark.parametrize("times", [1, 2])
def test_a_disk_that_fails(dune: Rally, commits: Callable[..., None], times: int) -> None:
    """A commit that fails is looked up; where that fails as well, nothing is claimed."""
    before = size(dune)
    commits(sqlite3.OperationalError("disk I/O error"), kept=False, times=times)
    said = dune(*REMARK)
    assert 5 == said.code
    assert ("It may have been appended as" in said.err) == (times > 1)
    assert ("Nothing was appended" in said.err) == (times == 1)
    assert before == size(dune)
