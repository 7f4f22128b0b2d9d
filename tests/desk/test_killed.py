"""A battery is pulled: every line that was acknowledged is there, and no other."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from ledger.vocabulary import PassingRecorded
from tests.conftest import Rally
from tests.desk.sitting import PROCESSES, READY, session_at, sit

KILLS = 100
LINES = 4
"""So many are typed ahead of each kill."""
pytestmark = pytest.mark.slow


def test_every_acknowledged_line_is_there_and_no_other(loop: Rally, tmp_path: Path) -> None:
    """Killed at any moment a hundred times, the desk loses the line in hand at most, and whole."""
    assert loop("log").out
    ledger, dice = tmp_path / "rally.db", random.Random("a battery")
    typed, there = 0, list[int]()
    some_lost = some_kept = 0
    for _ in range(KILLS):
        sent = range(typed, typed := typed + LINES)
        acknowledged = killed(ledger, sent, dice.uniform(0, 0.3))
        found = recorded(ledger)
        new, there = found[len(there) :], found
        kept = [each for each in sent if 1000 * (3600 + each) in new]
        assert new == [1000 * (3600 + each) for each in kept], "each once, in the order typed"
        assert kept == [*sent[: len(kept)]]
        assert acknowledged <= len(kept) <= acknowledged + 1
        some_kept += bool(kept)
        some_lost += len(kept) < LINES
    assert min(some_kept, some_lost) > KILLS / 10, (some_kept, some_lost)


def elapsed(line: int) -> str:
    """The time that a line tells: each another one."""
    seconds = 3600 + line
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def killed(ledger: Path, sent: range, after_s: float) -> int:
    """How many of these lines a desk acknowledged until it was killed."""
    lines, mine = PROCESSES.Pipe(duplex=False)
    told, theirs = PROCESSES.Pipe(duplex=False)
    desk = PROCESSES.Process(target=sit, args=(str(ledger), "SS1 finish elapsed", lines, theirs))
    desk.start()
    theirs.close()
    assert told.recv() == READY
    for each in sent:
        mine.send(f"{101 + each % 12} {elapsed(each)}\n")
    time.sleep(after_s)
    desk.kill()
    desk.join()
    return sum(bool(re.search(r"#\d+ recorded", each)) for each in heard(told))


def heard(told: Connection) -> Iterator[str]:
    """What is still in a pipe of which the other end is gone."""
    while True:
        try:
            yield told.recv()
        except (EOFError, OSError):
            return


def recorded(ledger: Path) -> list[int]:
    """The times that are on record, in the order of the log (ms)."""
    log = session_at(str(ledger), "SS1 finish", "Bo").seat.log
    said = (each.occurrence() for each in log.read(types=[PassingRecorded.type_name()]))
    return [each.elapsed_ms or 0 for each in said if isinstance(each, PassingRecorded)]
