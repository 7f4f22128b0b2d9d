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
from tests.examples import share_of

KILLS = share_of(100)
"""A hundred where RALLY_EXAMPLES is 1."""
LINES = 4
"""So many are typed ahead of each kill."""
RECORDED = re.compile(r"#\d+ recorded")
pytestmark = pytest.mark.slow


def test_every_acknowledged_line_is_there_and_no_other(loop: Rally, tmp_path: Path) -> None:
    """Killed at any moment many times, the desk loses the line in hand at most, and whole."""
    assert loop("log").out
    ledger, dice = tmp_path / "rally.db", random.Random("a battery")
    typed, there = 0, list[int]()
    some_lost = some_kept = 0
    for _ in range(KILLS):
        sent = range(typed, typed := typed + LINES)
        acknowledged = killed(ledger, sent, dice.randrange(LINES), dice.uniform(0, 1.5))
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


def killed(ledger: Path, sent: range, heard_of: int, on: float) -> int:
    """How many of these lines a desk acknowledged until it was killed.

    That is once it has acknowledged some, and has gone on for a part of what it took for a line:
    on a machine that is slow it is killed no earlier in its work than on one that is quick.
    """
    lines, mine = PROCESSES.Pipe(duplex=False)
    told, theirs = PROCESSES.Pipe(duplex=False)
    desk = PROCESSES.Process(target=sit, args=(str(ledger), "SS1 finish elapsed", lines, theirs))
    desk.start()
    theirs.close()
    assert told.recv() == READY
    for each in sent:
        mine.send(f"{101 + each % 12} {elapsed(each)}\n")
    begun, acknowledged = time.monotonic(), 0
    while acknowledged < heard_of:
        acknowledged += bool(RECORDED.search(told.recv()))
    time.sleep(on * (time.monotonic() - begun) / max(heard_of, 1))
    desk.kill()
    desk.join()
    return acknowledged + sum(bool(RECORDED.search(each)) for each in heard(told))


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
