"""The store behaves like a plain list, whatever is done to it in whatever order."""

from __future__ import annotations

import itertools
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBQueryItem
from eventsourcing.persistence import IntegrityError
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ledger.database import open_engine
from ledger.errors import Conflict
from ledger.intake.batch import take_in
from ledger.log import Log
from ledger.record import Arrival, arrival_of
from ledger.store import ArrivingEvent
from ledger.verify import verify
from ledger.vocabulary import Occurrence
from tests.conftest import Ticking
from tests.examples import share_of
from tests.store.samples import line, naive_root, remark, some, withdrew

TYPES = ("RemarkMade", "CrewWithdrew", "StageClosed")
TAGS = ("crew:1", "crew:2", "stage:SS1", "stage:SS2")
KEYS = ("1", "2", "3")

spoken = st.builds(
    lambda makes, number, stage: (makes, number, stage),
    st.sampled_from(["RemarkMade", "CrewWithdrew"]),
    st.sampled_from(["1", "2"]),
    st.sampled_from(["", "SS1", "SS2"]),
)
items = st.builds(
    lambda types, tags: DCBQueryItem(types=types, tags=tags),
    st.lists(st.sampled_from(TYPES), max_size=2, unique=True),
    st.lists(st.sampled_from(TAGS), max_size=2, unique=True),
)
queries = st.none() | st.lists(items, max_size=3).map(lambda given: DCBQuery(items=given))
writers = st.integers(0, 1)
anywhere = st.integers(0, 12)
"""How far behind the end of the log something is; beyond its beginning means position 0."""


def matches(query: DCBQuery | None, arrival: Arrival) -> bool:
    """What a query means: any of its items, each by its types and all of its tags."""
    if query is None or not query.items:
        return True
    return any(
        (not item.types or arrival.type in item.types) and set(item.tags) <= set(arrival.tags)
        for item in query.items
    )


class StoreMachine(RuleBasedStateMachine):
    """Two logs on one rally, two connections, and beside them the list of what was appended."""

    url: str
    rallies = itertools.count(1)

    def __init__(self) -> None:
        super().__init__()
        self.rally = f"rally {next(self.rallies)}"
        self.clock = Ticking()
        self.words = itertools.count(1)
        self.model: list[Arrival] = []
        self.leaves: list[bytes] = []
        self.root = (naive_root([]), 0)
        self.under_key: dict[str, str] = {}
        self.folder = tempfile.TemporaryDirectory()
        self._open()

    def _open(self) -> None:
        self.engines = [open_engine(self.url) for _ in range(2)]
        self.logs = [Log(engine, self.rally, self.clock, "main") for engine in self.engines]
        self.read_to = [-1, -1]

    def _close(self) -> None:
        for engine in self.engines:
            engine.dispose()

    def _said(self, spoken: Sequence[tuple[str, str, str]]) -> list[Occurrence]:
        return [
            remark(f"remark {next(self.words)}", number, stage)
            if kind == "RemarkMade"
            else withdrew(number, stage)
            for kind, number, stage in spoken
        ]

    def _grew(self, said: Sequence[Occurrence]) -> None:
        """Take into the list what the log said that it kept, and its leaves as they are stored."""
        before = len(self.model)
        self.model += [arrival_of(each) for each in said]
        self.leaves += [record.leaf for record in self.logs[0].read(after=before)]
        assert len(self.model) == len(self.leaves)

    def _behind(self, back: int) -> int:
        return max(0, len(self.model) - back)

    # -- what is done ----------------------------------------------------------------------------

    @rule(writer=writers, given=st.lists(spoken, min_size=1, max_size=5))
    def append(self, writer: int, given: list[tuple[str, str, str]]) -> None:
        said = self._said(given)
        assert len(self.model) + len(said) == self.logs[writer].append(said)
        self._grew(said)

    @rule(writer=writers, count=st.sampled_from([100, 256, 300]))
    @precondition(lambda self: len(self.model) < 700)
    def append_many(self, writer: int, count: int) -> None:
        said = some(count)
        assert len(self.model) + count == self.logs[writer].append(said)
        self._grew(said)

    @rule(writer=writers, given=spoken, query=queries, back=anywhere)
    def append_on_condition(
        self, writer: int, given: tuple[str, str, str], query: DCBQuery | None, back: int
    ) -> None:
        said, after = self._said([given]), self._behind(back)
        (arrival,) = (arrival_of(each) for each in said)
        event = ArrivingEvent(arrival.type, arrival.data, list(arrival.tags), arrival)
        condition = DCBAppendCondition(query or DCBQuery(), after)
        recorder = self.logs[writer].recorder
        if any(matches(query, each) for each in self.model[after:]):
            with pytest.raises(IntegrityError):
                recorder.append([event], condition)
        else:
            assert len(self.model) + 1 == recorder.append([event], condition)
            self._grew(said)

    @rule(writer=writers, given=spoken, off=st.integers(-2, 2))
    def append_at_position(self, writer: int, given: tuple[str, str, str], off: int) -> None:
        said, expect = self._said([given]), len(self.model) + off
        if off:
            with pytest.raises(Conflict) as conflict:
                self.logs[writer].append(said, expect=expect)
            assert len(self.model) == conflict.value.position
        else:
            assert expect + 1 == self.logs[writer].append(said, expect=expect)
            self._grew(said)

    @rule(
        writer=writers,
        given=st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from("ab")), max_size=5),
    )
    def take_in_lines(self, writer: int, given: list[tuple[str, str]]) -> None:
        lines = [line(key, text) for key, text in given]
        fresh, known, differing = [], 0, 0
        for each, (key, text) in zip(lines, given, strict=True):
            if key not in self.under_key:
                self.under_key[key] = text
                fresh.append(each.occurrence)
            elif self.under_key[key] == text:
                known += 1
            else:
                differing += 1
        report = take_in(self.logs[writer], lines, Path(self.folder.name) / "quarantine.jsonl")
        assert (len(fresh), known) == (report.appended, report.already_known)
        assert differing == len(report.conflicts)
        self._grew(fresh)

    @rule()
    def reopen(self) -> None:
        self._close()
        self._open()

    # -- what is asked ---------------------------------------------------------------------------

    @rule(writer=writers, query=queries, back=anywhere, limit=st.none() | st.integers(0, 6))
    def ask(self, writer: int, query: DCBQuery | None, back: int, limit: int | None) -> None:
        after = self._behind(back)
        expected = [
            (position, each.type, each.data, list(each.tags))
            for position, each in enumerate(self.model, 1)
            if position > after and matches(query, each)
        ][:limit]
        response = self.logs[writer].recorder.read(query, after=after, limit=limit)
        found = [(e.position, e.event.type, e.event.data, e.event.tags) for e in response]
        assert expected == found
        end = len(self.model) or None
        assert (end if limit is None else expected[-1][0] if expected else None) == response.head

    @rule(writer=writers, back=st.integers(0, 800))
    def ask_for_a_root(self, writer: int, back: int) -> None:
        size = self._behind(back)
        assert naive_root(self.leaves[:size]).hex() == self.logs[writer].root_at(size)

    @invariant()
    def every_log_is_the_list(self) -> None:
        """Its head after every step; each record, once anything came since it was read."""
        size = len(self.model)
        if self.root[1] != size:
            self.root = naive_root(self.leaves), size
        for writer, log in enumerate(self.logs):
            assert (size, self.root[0]) == (log.head().size, log.head().root())
            if self.read_to[writer] == size:
                continue
            records = list(log.read())
            assert list(range(1, size + 1)) == [each.position for each in records]
            assert [each.data for each in self.model] == [each.data for each in records]
            assert self.leaves == [each.leaf for each in records]
            self.read_to[writer] = size

    def teardown(self) -> None:
        try:
            # Nothing is left of the rally's name in the occurrences: they belong to "test".
            strange = {flaw.message for flaw in verify(self.logs[0]).findings}
            assert strange <= {"It belongs to test."}
        finally:
            self._close()
            self.folder.cleanup()


def _run(url: str, examples: int, steps: int) -> None:
    machine: Any = type("Machine", (StoreMachine,), {"url": url})
    run_state_machine_as_test(
        machine, settings=settings(max_examples=examples, stateful_step_count=steps)
    )


def test_the_store_is_a_list(url: str) -> None:
    """Random sequences of appends, conditions, intakes, reads and reopenings, on both databases."""
    _run(url, 4 if "://" not in url else 2, 15)


@pytest.mark.slow
def test_the_store_is_a_list_for_longer(url: str) -> None:
    """The same, longer sequences and many more: a hundred and forty with RALLY_EXAMPLES=1."""
    _run(url, share_of(100 if "://" not in url else 40), 40)


def test_the_root_at_every_size(log: Log) -> None:
    """The root at every earlier size, from tiles and a few leaves, is the one of RFC 6962."""
    sizes = (1, 2, 253, 1, 255, 10)  # ends before, at and behind the edges of tiles
    for size in sizes:
        log.append(some(size))
    leaves = [record.leaf for record in log.read()]
    assert sum(sizes) == len(leaves)
    for size in range(len(leaves) + 1):
        assert naive_root(leaves[:size]).hex() == log.root_at(size)
    assert [(0, 0), (0, 1)] == [row[:2] for row in sorted(log.recorder.as_stored().tiles())]


@pytest.mark.slow
def test_the_root_of_a_long_log(log: Log) -> None:
    """Beyond 65,536 records a second level of tiles begins; roots and the proof still hold."""
    for _ in range(7):
        log.append(some(10_000))
    leaves = [record.leaf for record in log.read()]
    for size in (65_535, 65_536, 65_537, 65_791, 65_792, 65_793, 69_999, 70_000):
        assert naive_root(leaves[:size]).hex() == log.root_at(size)
    assert {0: 273, 1: 1} == Counter(row[0] for row in log.recorder.as_stored().tiles())
    assert [] == verify(log).findings


def test_an_event_of_the_library_without_data(engine: sa.Engine, log: Log) -> None:
    """To the recorder data is opaque: bytes of any kind come back as they were given."""
    data = [b"", b"\x00\xff", bytes(range(256))]
    last = log.recorder.append([DCBEvent(type="any", data=each, tags=["a", "a"]) for each in data])
    assert len(data) == last
    assert data == [each.event.data for each in log.recorder.read()]
    assert len(data) == len(list(log.recorder.as_stored().tags()))
