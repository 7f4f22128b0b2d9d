"""What was acknowledged stays: through killed processes and through full disks."""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa

from ledger.database import open_engine
from ledger.errors import Unavailable
from ledger.log import Log
from ledger.verify import verify
from tests.conftest import NOW
from tests.examples import share_of
from tests.store.samples import RALLY, remark
from tests.store.workers import NEW_PROCESSES, appends_until_full, appends_until_killed, at_once


def _live_and_die(url: str, life: int, seconds: float) -> list[tuple[int, list[str]]]:
    """Let a process append and kill it; answer what it had acknowledged by then."""
    ours, theirs = NEW_PROCESSES.Pipe(duplex=False)
    process = NEW_PROCESSES.Process(
        target=appends_until_killed, args=(theirs, url, life), daemon=True
    )
    process.start()
    theirs.close()
    acknowledged: list[tuple[int, list[str]]] = []
    dies_at = float("inf")
    try:
        while time.monotonic() < dies_at:
            assert ours.poll(60), "the process does not append"
            acknowledged.append(ours.recv())
            dies_at = min(dies_at, time.monotonic() + seconds)
    finally:
        process.kill()
        process.join()
    try:
        while True:
            acknowledged.append(ours.recv())
    except (EOFError, OSError):
        return acknowledged


def _survives(url: str, log: Log, lives: int) -> None:
    chance = random.Random(16)
    acknowledged: list[tuple[int, list[str]]] = []
    for life in range(lives):
        acknowledged += _live_and_die(url, life, chance.uniform(0.05, 0.4))
        assert [] == verify(log).findings
    records = list(log.read())
    assert list(range(1, len(records) + 1)) == [record.position for record in records]
    for last, ids in acknowledged:
        assert ids == [record.id for record in records[last - len(ids) : last]]
    batches = Counter(_batch(record.occurrence().words()) for record in records)
    for (life, each), size in batches.items():
        assert (4 if each % 2 else 1) == size, f"batch {each} of life {life} is not whole"
    assert 0 <= len(batches) - len(acknowledged) <= lives
    assert len(records) + 1 == log.append([remark("life goes on")])


def _batch(words: str) -> tuple[int, int]:
    """The life and batch of "Remark: life 2, batch 17, part 3"."""
    life, batch, _ = words.removeprefix("Remark: life ").split(", ")
    return int(life), int(batch.removeprefix("batch "))


def test_killed_while_appending(url: str, log: Log) -> None:
    """Processes killed in the midst of appending: nothing acknowledged is lost, nothing is half."""
    _survives(url, log, 3)


@pytest.mark.slow
def test_killed_many_times(url: str, log: Log) -> None:
    """The same over and over on one ledger: thirty times with RALLY_EXAMPLES=1."""
    _survives(url, log, share_of(30))


def test_a_full_disk(tmp_path: Path) -> None:
    """A database that may not grow: a clear error, nothing half-written; it goes on with room."""
    engine = open_engine(str(tmp_path / "full.db"))
    limit = 60

    @sa.event.listens_for(engine, "connect")
    def _limited(connection: object, _: object) -> None:
        getattr(connection, "execute")(f"PRAGMA max_page_count={limit}")  # noqa: B009

    engine.dispose()
    log = Log(engine, RALLY, lambda: NOW, "main")
    kept = 0
    refusal = None
    while refusal is None:
        try:
            kept = log.append([remark(f"{kept}.{part} " + "x" * 900) for part in range(10)])
        except Unavailable as error:
            refusal = error
    assert "full" in refusal.message
    assert "Make room" in refusal.hint
    assert 0 < kept
    assert kept == log.head().size == len(list(log.read()))
    assert [] == verify(log).findings
    limit = 10_000
    engine.dispose()
    assert kept + 1 == log.append([remark("there is room again")])
    assert [] == verify(log).findings
    engine.dispose()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
def test_a_file_that_may_not_grow(tmp_path: Path) -> None:
    """The operating system refuses to write in the midst of an append: the same holds."""
    url = str(tmp_path / "full.db")
    kept = 0
    for largest in (200_000, 400_000):
        ((kept, kind, said),) = at_once(appends_until_full, [(url, largest)])
        assert "Unavailable" == kind
        assert "Make room and try again" in said
        assert 0 < kept
        engine = open_engine(url)
        log = Log(engine, RALLY, lambda: NOW, "main")
        assert kept == log.head().size == len(list(log.read()))
        assert [] == verify(log).findings
        assert kept + 1 == log.append([remark(f"there is room beyond {largest}")])
        engine.dispose()
