"""A backup is the ledger as it was at one moment, proved; against a kept root all else shows."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import threading
from pathlib import Path

import pytest

from ledger.log import Ledger
from ledger.verify import verify
from tests.command_line.conftest import answer, behind_its_back
from tests.conftest import Rally, Ticking
from tests.store.samples import RALLY, constituted, remark

ANN = ("--by", "Ann", "--role", "secretary")


@pytest.mark.slow
def test_a_backup_while_others_write(rally: Rally, tmp_path: Path) -> None:
    """Whatever is appended meanwhile: the copy is a beginning of the log, with the root it had."""
    ledger = Ledger(str(tmp_path / "rally.db"), Ticking())
    ledger.log(RALLY).append([constituted()])
    stop = threading.Event()

    def write() -> None:
        other = Ledger(str(tmp_path / "rally.db"), Ticking())
        number = 0
        while not stop.is_set():
            number += 1
            other.log(RALLY).append([remark(f"{number} {part}") for part in range(7)])
        other.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = [answer(rally, "backup", f"copy{number}.db") for number in range(5)]
    finally:
        stop.set()
        writer.join()
    sizes = [each["rallies"][0]["size"] for each in made]
    assert sizes == sorted(sizes)
    assert sizes[0] < ledger.log(RALLY).head().size
    for number, each in enumerate(made):
        (copied,) = each["rallies"]
        assert ledger.log(RALLY).root_at(copied["size"]) == copied["root"]
        assert 1 == copied["size"] % 7  # never a part of what was appended at once
        again = Ledger(str(tmp_path / f"copy{number}.db"), Ticking(), new=False)
        proof = verify(again.log(RALLY))
        assert (copied["size"], copied["root"]) == (proof.size, proof.root)
        assert proof.ok
        again.log(RALLY).append([remark("It goes on from the backup.")])
        again.close()
        assert 0o600 == (tmp_path / f"copy{number}.db").stat().st_mode & 0o777
    ledger.close()
    assert not [each for each in tmp_path.iterdir() if each.name.startswith(".new-")]


def test_everything_is_in_it(silk_way: Rally, tmp_path: Path) -> None:
    """Every rally, the name of the site, private values; and the answers are the same bytes."""
    silk_way("site", "paddock")
    silk_way("record", "RemarkMade", "text=x", "private.phone=1", *ANN, "--rally", "silk-way-2016")
    assert 0 == silk_way("new", "x-2026", "--title", "X", "--timezone", "+03:00", *ANN).code
    said = silk_way("backup", "copy.db")
    assert (0, "") == (said.code, said.err)
    assert "copy.db: " in said.out
    assert "2 rallies, proved.\n" in said.out
    both = [("--ledger", name) for name in ("rally.db", "copy.db")]
    for words in (
        ("standings", "--rally", "silk-way-2016", "--json"),
        ("log", "--rally", "x-2026", "--json"),
        ("export", "jsonl", "--with-private", "--rally", "silk-way-2016"),
        ("site", "--rally", "x-2026"),
    ):
        first, second = (silk_way(*ledger, *words) for ledger in both)
        assert first == second


def test_nothing_is_overwritten_and_nothing_is_left(
    silk_way: Rally, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is there stays; what fails leaves neither a part nor what lies beside it."""
    (tmp_path / "notes.txt").write_text("mine")
    held = sorted(each.name for each in tmp_path.iterdir())
    said = silk_way("backup", "notes.txt")
    assert 1 == said.code
    assert "Error: notes.txt is there already: a backup overwrites nothing.\n" in said.err
    assert "mine" == (tmp_path / "notes.txt").read_text()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        said = silk_way("backup", "copy.db")
    assert 5 == said.code
    assert "Error: copy.db can't be written: No space left on device.\n" in said.err
    said = silk_way("backup", "no/such/copy.db")
    assert 5 == said.code
    assert "can't be written: No such file or directory." in said.err
    assert 5 == silk_way("--ledger", "none.db", "backup", "copy.db").code
    assert held == sorted(each.name for each in tmp_path.iterdir())


def test_a_damaged_ledger_has_no_backup(silk_way: Rally, tmp_path: Path) -> None:
    """A copy that does not verify would be found when it is needed; it is said now."""
    statement = ("UPDATE record SET data = X'7B7D' WHERE position = 9", ())
    behind_its_back(tmp_path / "rally.db", statement)
    said = silk_way("backup", "copy.db")
    assert 3 == said.code
    assert "does not verify, and no backup was made." in said.err
    assert not (tmp_path / "copy.db").exists()


# -- roots that somebody kept ----------------------------------------------------------------------


def test_a_kept_root_is_compared(silk_way: Rally) -> None:
    """It fits, whether in full or by its first digits, at the end or before it."""
    document = answer(silk_way, "verify")
    size, root = document["size"], document["root"]
    then = answer(silk_way, "standings", "--known-at", "100")["basis"]["root"]
    for typed, at in (
        (root, size),
        (f"{root}@{size}", size),
        (f"{root[:10].upper()}@#{size}", size),
        (f"{then}@100", 100),
        (f"{then[:12]}@100", 100),
    ):
        said = silk_way("verify", "--root", typed)
        assert 0 == said.code, said
        assert f"The root at #{at} is the one that was kept.\n" in said.out
    kept = answer(silk_way, "verify", "--root", f"{then}@100")["kept"]
    assert {"position": 100, "root": then, "fits": True} == kept


def test_a_log_that_was_cut_off_or_written_anew_shows(silk_way: Rally, tmp_path: Path) -> None:
    """Both verify by themselves; exit code 3 against a root that was kept, and the reason."""
    whole = answer(silk_way, "verify")
    size, root = whole["size"], whole["root"]
    lines = silk_way("export", "jsonl").out.splitlines()
    (tmp_path / "cut.jsonl").write_text("\n".join(lines[:100]))
    assert 0 == silk_way("--ledger", "cut.db", "import", "jsonl", "cut.jsonl").code
    assert 0 == silk_way("--ledger", "cut.db", "verify").code
    said = silk_way("--ledger", "cut.db", "verify", "--root", f"{root}@{size}")
    assert 3 == said.code
    assert f"The log ends at #100, and a root of #{size} was kept: what came after is gone" in (
        said.out
    )
    for words in (ANN, ("--by", "Eve", "--role", "secretary")):
        silk_way("--ledger", "cut.db", "record", "RemarkMade", "text=resealed", *words)
    forked = answer(silk_way, "--ledger", "cut.db", "verify")["size"]
    here = answer(silk_way, "standings", "--known-at", str(forked))["basis"]["root"]
    said = silk_way("--ledger", "cut.db", "verify", "--root", f"{here}@{forked}")
    assert 3 == said.code
    assert f"The root at #{forked} is " in said.out
    assert f"and {here[:16]} was kept: this is not the history that was there." in said.out
    said = silk_way("--ledger", "cut.db", "verify", "--root", root, "--json")
    assert 3 == said.code
    assert '"fits": false' in said.out


def test_a_log_whose_last_part_was_deleted_shows(rally: Rally, tmp_path: Path) -> None:
    """Without its write-ahead log a ledger is an earlier one: it verifies, but not the root."""
    ledger = Ledger(str(tmp_path / "open.db"), Ticking())
    log = ledger.log(RALLY)
    log.append([constituted(), remark("It was put into the file.")])
    with sqlite3.connect(tmp_path / "open.db") as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    log.append([remark("It stands in the write-ahead log.")])
    kept = f"{log.head().root().hex()}@3"
    shutil.copyfile(tmp_path / "open.db", tmp_path / "rally.db")
    ledger.close()
    assert 2 == answer(rally, "verify")["size"]
    said = rally("verify", "--root", kept)
    assert 3 == said.code
    assert "The log ends at #2, and a root of #3 was kept" in said.out


@pytest.mark.parametrize("typed", ["", "root", "5d0e8cf1a", "5d0e8cf1a2@", "5d0e8cf1a2@-1", "gg"])
def test_what_is_no_root_is_refused(silk_way: Rally, typed: str) -> None:
    """With what it looks like."""
    said = silk_way("verify", "--root", typed)
    assert 2 == said.code
    assert f"Error: {typed!r} is no root that was kept.\nHint: Write HEX@POSITION" in said.err
