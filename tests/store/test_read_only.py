"""Who may only read a ledger reads all that is in it, or is told why not; and leaves no trace."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from ledger.errors import Changing, Unreadable, Usage
from ledger.log import Ledger, Log
from ledger.read_only import reading_engine
from tests.conftest import Ticking
from tests.somebody_else import said, shared_folder, starting
from tests.store.conftest import NewUrl, databases
from tests.store.samples import RALLY, constituted, remark


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder into which others may look."""
    with shared_folder() as shared:
        yield shared


def begun(folder: Path) -> tuple[Ledger, Log]:
    """A ledger that others may read, closed once, and now open again for who writes it."""
    file = folder / "rally.db"
    first = Ledger(str(file), Ticking())
    appended(first.log(RALLY))
    first.close()
    file.chmod(0o644)
    ledger = Ledger(str(file), Ticking())
    return ledger, ledger.log(RALLY)


def appended(log: Log) -> None:
    """One record more."""
    size = log.head().size
    log.append([remark(f"It is #{size + 1}.") if size else constituted()])


def size(folder: Path, file: str) -> int:
    """How many records somebody else finds."""
    code, out, err = said(folder, "--ledger", file, "verify", "--json")
    assert 0 == code, err
    found: int = json.loads(out)["size"]
    return found


def test_what_is_pending_is_read_also_through_a_link(folder: Path) -> None:
    """The last records stand in the write-ahead log beside the file, not beside the link."""
    ledger, log = begun(folder)
    appended(log)
    (folder / "link.db").symlink_to(folder / "rally.db")
    before = sorted(each.name for each in folder.iterdir())
    assert before == ["link.db", "rally.db", "rally.db-shm", "rally.db-wal"]
    assert [2, 2] == [size(folder, file) for file in ("rally.db", "link.db")]
    assert before == sorted(each.name for each in folder.iterdir())
    ledger.close()
    appended(Ledger(str(folder / "link.db"), Ticking()).log(RALLY))


def test_a_ledger_that_is_closed_is_read_and_nothing_is_left(folder: Path) -> None:
    """Even where the folder can be written: files of the reader would keep the writer out."""
    ledger, _ = begun(folder)
    ledger.close()
    folder.chmod(0o777)
    assert 1 == size(folder, "rally.db")
    assert ["rally.db"] == [each.name for each in folder.iterdir()]


@pytest.mark.slow
def test_following_shows_what_comes(folder: Path) -> None:
    """Whether the ledger was open or closed when it began, and each time that it is opened anew."""
    ledger, _ = begun(folder)
    ledger.close()
    follower = starting(folder, "--ledger", "rally.db", "follow", "--json", "--since", "#1")
    assert follower.stdout
    try:
        for expected in (2, 3, 4):
            ledger = Ledger(str(folder / "rally.db"), Ticking())
            appended(ledger.log(RALLY))
            if expected % 2:
                ledger.close()  # the next one is appended after the log was put into the file
            line = follower.stdout.readline()
            assert line, follower.communicate()[1]
            assert expected == json.loads(line)["position"]
            ledger.close()
    finally:
        follower.terminate()
        follower.wait()


@pytest.mark.slow
def test_what_can_not_be_read_is_said(folder: Path) -> None:
    """Pending records without the third file, or that are not for others: never the old state."""
    ledger, log = begun(folder)
    appended(log)
    copy = folder / "copy"
    copy.mkdir()
    for name in ("rally.db", "rally.db-wal"):
        shutil.copyfile(folder / name, copy / name)
        (copy / name).chmod(0o644)
    code, _, err = said(copy, "--ledger", "rally.db", "standings")
    assert 5 == code
    assert "rally.db can't be written, and its last records stand in rally.db-wal, " in err
    assert "Hint: Copy all of its files to a folder of your own and open the copy.\n" in err
    (folder / "rally.db-wal").chmod(0o600)
    code, _, err = said(folder, "--ledger", "rally.db", "standings")
    assert 5 == code
    assert "stand in rally.db-wal, and rally.db-wal can't be read.\n" in err
    ledger.close()


def test_a_file_written_while_it_is_read_is_no_answer(tmp_path: Path) -> None:
    """What is read of a file that somebody writes meanwhile may be of two states."""
    file = tmp_path / "rally.db"
    ledger = Ledger(str(file), Ticking())
    appended(ledger.log(RALLY))
    ledger.close()
    reading = reading_engine(file)
    connection = reading.connect()
    connection.exec_driver_sql("SELECT count(*) FROM record")
    os.utime(file, ns=(1, 1))
    with pytest.raises(Changing, match="was written while it was being read"):
        connection.close()
    with reading.connect() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM record")


def test_reading_makes_no_ledger(new_url: NewUrl) -> None:
    """Neither of an empty file nor of an empty database; what writes begins one there."""
    url = new_url()
    if "://" not in url:
        Path(url).touch()
    with pytest.raises(Unreadable, match=r"There is no ledger in .+: it is empty\."):
        Ledger(url, Ticking(), new=False)
    if "://" not in url:
        assert b"" == Path(url).read_bytes()
    else:
        engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
        assert [] == sa.inspect(engine).get_table_names()
        engine.dispose()
    ledger = Ledger(url, Ticking())
    appended(ledger.log(RALLY))
    ledger.close()
    assert 1 == Ledger(url, Ticking(), new=False).log(RALLY).head().size


def test_a_ledger_without_a_write_ahead_log_is_read_as_it_is(tmp_path: Path) -> None:
    """A read leaves the file as it was to the byte; what writes asks for such a log first."""
    file = tmp_path / "rally.db"
    ledger = Ledger(str(file), Ticking())
    appended(ledger.log(RALLY))
    ledger.close()
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    connection.close()
    before = file.read_bytes()
    ledger = Ledger(str(file), Ticking(), new=False)
    log = ledger.log(RALLY)
    assert 1 == log.head().size
    assert before == file.read_bytes()
    appended(log)
    with sqlite3.connect(file) as connection:
        assert ("wal",) == connection.execute("PRAGMA journal_mode").fetchone()
    connection.close()
    ledger.close()


def test_a_new_ledger_is_private(tmp_path: Path) -> None:
    """And so are the files that SQLite keeps beside it, whatever is usual."""
    usual = os.umask(0)
    try:
        ledger = Ledger(str(tmp_path / "rally.db"), Ticking())
        appended(ledger.log(RALLY))
        modes = {each.name: each.stat().st_mode & 0o777 for each in tmp_path.iterdir()}
        ledger.close()
    finally:
        os.umask(usual)
    assert {"rally.db": 0o600, "rally.db-shm": 0o600, "rally.db-wal": 0o600} == modes


def test_a_server_backs_up_itself(postgresql: str, tmp_path: Path) -> None:
    """What to use is said, and no file is made."""
    with databases(postgresql) as new:
        ledger = Ledger(new(), Ticking())
        with pytest.raises(Usage, match="is backed up by its server") as refused:
            ledger.copy_to(tmp_path / "copy.db")
        ledger.close()
    assert "pg_basebackup" in refused.value.hint
    assert [] == list(tmp_path.iterdir())
