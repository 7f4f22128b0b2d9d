"""A long log is taken in without holding it: from a file, a pipe or standard input."""

from __future__ import annotations

import gc
import os
import threading
import tracemalloc
from collections.abc import Iterable
from pathlib import Path

import pytest

from ledger.errors import Unreadable
from ledger.intake.jsonl import Arrived, export, read_jsonl, take_in_jsonl
from ledger.intake.long import lines_in
from ledger.log import Ledger
from tests.conftest import Rally, Ticking
from tests.laws.simulated import simulated

RECORDS = 12_000


@pytest.fixture(scope="module")
def long_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The export of a long log."""
    folder = tmp_path_factory.mktemp("long")
    ledger = Ledger(str(folder / "rally.db"), Ticking())
    log = ledger.log("synthetic")
    log.append([each.occurrence for each in simulated(40, 8, 6, records=RECORDS)])
    file = folder / "log.jsonl"
    file.write_text("".join(f"{line}\n" for line in export(log)), encoding="utf-8")
    ledger.close()
    return file


def taken_in(ledger: Ledger, lines: Iterable[bytes]) -> int:
    """Take all of it in; the most memory that was held meanwhile, in bytes.

    What nobody holds any more is collected as Python does it by itself, and is not counted.
    """
    as_it_was = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    tracemalloc.start()
    try:
        came = [each for each in read_jsonl("log", lines) if isinstance(each, Arrived)]
        take_in_jsonl(ledger, came)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        gc.set_threshold(*as_it_was)


@pytest.mark.slow
def test_less_is_held_than_the_file(long_log: Path, tmp_path: Path) -> None:
    """To restore it, and to find it known already, takes less memory than its file has bytes."""
    size = long_log.stat().st_size
    ledger = Ledger(str(tmp_path / "rally.db"), Ticking())
    for _ in ("restored", "known"):
        held = taken_in(ledger, lines_in(long_log))
        assert held < size, f"{held / size:.2f} of the file"
    assert RECORDS == ledger.log("synthetic").head().size
    assert export_of(ledger) == long_log.read_text(encoding="utf-8").splitlines()
    ledger.close()


def export_of(ledger: Ledger) -> list[str]:
    """The lines of an export."""
    return list(export(ledger.log("synthetic")))


def test_a_pipe_is_read_once(rally: Rally, tmp_path: Path) -> None:
    """A stream is put aside; what comes of it is what comes of the file."""
    if not hasattr(os, "mkfifo"):
        pytest.skip("there are no pipes in folders here")
    assert 0 == rally("demo").code
    assert 0 == rally("export", "jsonl", "log.jsonl").code
    os.mkfifo(tmp_path / "pipe")
    data = b"\xef\xbb\xbf" + (tmp_path / "log.jsonl").read_bytes()
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(data,))
    writer.start()
    said = rally("--ledger", "other.db", "import", "jsonl", "pipe")
    writer.join()
    assert 0 == said.code, said
    assert 0 == rally("--ledger", "other.db", "export", "jsonl", "again.jsonl").code
    assert data[3:] == (tmp_path / "again.jsonl").read_bytes()


def test_a_line_that_is_no_record_is_not_held(
    rally: Rally, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of another kind may be one line of any length."""
    monkeypatch.setattr("ledger.intake.long.LONGEST", 1 << 20)
    (tmp_path / "zeros.jsonl").write_bytes(b"{}\n" + b"0" * (3 << 20))
    said = rally("import", "jsonl", "zeros.jsonl")
    assert 5 == said.code
    assert "Error: zeros.jsonl:2 is longer than 1 MB.\n" in said.err


@pytest.mark.slow
def test_a_file_that_changes_while_it_is_read(long_log: Path, tmp_path: Path) -> None:
    """What was looked at is what is appended, or nothing is."""
    file = tmp_path / "log.jsonl"
    file.write_bytes(long_log.read_bytes())
    came = [each for each in read_jsonl("log", lines_in(file)) if isinstance(each, Arrived)]
    lines = file.read_bytes().splitlines(keepends=True)
    lines[7], lines[8] = lines[8], lines[7]
    file.write_bytes(b"".join(lines))
    ledger = Ledger(str(tmp_path / "rally.db"), Ticking())
    with pytest.raises(Unreadable, match=r"log:8 was changed meanwhile\."):
        take_in_jsonl(ledger, came)
    assert 0 == ledger.log("synthetic").head().size
    ledger.close()
