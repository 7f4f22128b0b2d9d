"""What is appended at once is written in several parts: it is one append all the same."""

from __future__ import annotations

import msgspec
import pytest

from ledger.appending import SOME
from ledger.errors import Conflict
from ledger.log import Log
from ledger.record import arrival_of
from ledger.store import Recorder
from ledger.verify import verify
from tests.store.samples import naive_root, some

COUNT = 2 * SOME + 30


def test_a_batch_is_numbered_throughout(log: Log) -> None:
    """Positions and the numbers of the site go on from part to part, and the tree is one."""
    log.append(some(3))
    head = log.append(some(3 + COUNT)[3:])
    records = list(log.read())
    assert [each.position for each in records] == list(range(1, head + 1))
    assert [each.header.site_position for each in records] == list(range(1, head + 1))
    assert log.head().root() == naive_root([each.leaf for each in records])
    assert not verify(log).findings


def test_a_batch_that_fails_in_a_later_part_leaves_nothing(recorder: Recorder) -> None:
    """What the database refuses takes with it what was written before it."""
    arrivals = [arrival_of(each) for each in some(COUNT)]
    recorder.append_arrivals(arrivals[:3])
    before = recorder.head()
    nothing = msgspec.structs.replace(arrivals[-1], schema=None)
    with pytest.raises(Conflict):
        recorder.append_arrivals([*arrivals[3:-1], nothing])
    assert recorder.head() == before
    assert len(list(recorder.records())) == before.size
    assert recorder.append_arrivals(arrivals[3:]).size == COUNT
