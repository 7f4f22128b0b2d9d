"""A replay streams: it takes little memory and is not disturbed by what is appended meanwhile."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import pytest

from ledger.log import Log
from ledger.record import Arrival, arrival_of
from ledger.store import BATCH
from ledger.verify import verify
from tests.store.samples import remark, some

MEGABYTE = 1 << 20


def _filled(log: Log, count: int, padding: int) -> None:
    template = arrival_of(remark("x" * padding))
    for start in range(0, count, 5000):
        log.append(
            [
                Arrival(template.type, template.data + b" " * (number % 50), (f"crew:{number}",))
                for number in range(start, min(start + 5000, count))
            ]
        )


def _peak(work: Callable[[], int]) -> tuple[int, int]:
    work()  # the first call fills caches of statements, which stay
    tracemalloc.start()
    try:
        return work(), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _replayed(log: Log) -> int:
    return sum(1 for _ in log.read())


@pytest.mark.slow
def test_a_replay_takes_little_memory(log: Log) -> None:
    """12,000 records of 2 kB pass through a few megabytes, not through twenty-four."""
    _filled(log, 12_000, 2000)
    count, peak = _peak(lambda: _replayed(log))
    assert 12_000 == count
    assert peak < 12 * MEGABYTE


@pytest.mark.slow
def test_memory_does_not_grow_with_the_log(log: Log) -> None:
    """40,000 records take no more memory to replay than 8,000."""
    _filled(log, 8_000, 500)
    _, small = _peak(lambda: _replayed(log))
    _filled(log, 32_000, 500)
    count, large = _peak(lambda: _replayed(log))
    assert 40_000 == count
    assert large < small * 1.2


def test_appending_during_a_read(log: Log) -> None:
    """Records that come in during a read neither break it nor show where an end was given."""
    size = 2 * BATCH + 10
    log.append(some(size))
    until, onward, narrow = list[int](), list[int](), list[int]()
    reads = (
        (log.read(until=size), until),
        (log.read(), onward),
        (log.read(until=size, tags=["stage:SS1"]), narrow),
    )
    for records, seen in reads:
        seen.append(next(records).position)
    log.append(some(100))
    for records, seen in reads:
        seen += [record.position for record in records]
    assert list(range(1, size + 1)) == until
    assert list(range(1, size + 101)) == onward
    assert list(range(2, size + 1, 2)) == narrow


def test_a_read_that_is_left_holds_nothing(log: Log) -> None:
    """A read that nobody finishes keeps no lock: others append, and the log verifies."""
    log.append(some(BATCH + 1))
    left = log.read()
    next(left)
    assert BATCH + 2 == log.append([remark("meanwhile")])
    assert [] == verify(log).findings
    left.close()  # type: ignore[attr-defined]


def test_the_library_reads_up_to_the_head(log: Log) -> None:
    """What the library calls a read ends at the head of the moment at which it began."""
    log.append(some(BATCH + 5))
    response = log.recorder.read()
    log.append(some(5))
    assert BATCH + 5 == response.head
    assert list(range(1, BATCH + 6)) == [each.position for each in response]
