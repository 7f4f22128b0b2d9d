"""Appends: single ones as an official's act makes them, and batches; durable, every one."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from eventsourcing.dcb.domain import Tagged
from eventsourcing.dcb.persistence import DCBEventStore

from ledger.commands.record import RecordOccurrence
from ledger.log import Ledger, Log, OccurrenceMapper
from ledger.merkle import TILE_HEIGHT, Frontier
from ledger.vocabulary import Occurrence
from projections.desk.judging import judge
from tests.bench.ledgers import now
from tests.bench.rivals import ABSENT, OWN, RIVALS, SQLALCHEMY, Rival, Streams
from tests.bench.rounds import Rounds, Work, in_turn, timed
from tests.bench.table import Line, Target

HERE, BARE = "here", "bare"
SINGLE, BATCH = 0.5, 3.0
Part = Sequence[Occurrence]
Row = tuple[Any, ...]
Writes = list[tuple[str, list[Row]]]
"""What one transaction writes: statements and their rows."""
BARELY = "sqlite3, the same rows in the same tables"


class Ours:
    """A new log."""

    def __init__(self, file: Path, rally: str) -> None:
        self.file = file
        self.log: Log = Ledger(str(file), now).log(rally)

    def append_each(self, occurrences: Part) -> None:
        """Append one by one, each unless somebody appended what bears on it: as an act does."""
        store = DCBEventStore(OccurrenceMapper(), self.log.recorder)
        head = self.log.head().size
        for each in occurrences:
            bearing = RecordOccurrence(each, judge).consistency_boundary()
            head = store.append([Tagged(each.tags(), each)], bearing, head)

    def append(self, occurrences: Part) -> None:
        """Append all of them at once."""
        self.log.append(occurrences)


class Bare:
    """The same tables, written with the driver alone, as durably."""

    def __init__(self, file: Path, like: Ours) -> None:
        Ledger(str(file), now).close()
        self._connection = sqlite3.connect(file, isolation_level=None)
        self._connection.execute("PRAGMA synchronous=FULL")
        (mode,) = self._connection.execute("PRAGMA journal_mode").fetchone()
        assert mode == "wal"
        self._like = sqlite3.connect(like.file)
        self._frontier = Frontier()
        self._connection.execute(
            "INSERT INTO log_head (rally, site, size, frontier, received_at) "
            "VALUES (?, 'main', 0, x'', 0)",
            (like.log.rally,),
        )

    def next(self, size: int) -> list[Writes]:
        """What the other one wrote for each of its next records: statements and their rows."""
        found = self._like.execute(
            "SELECT * FROM record WHERE position > ? ORDER BY position LIMIT ?",
            (self._frontier.size, size),
        ).fetchall()
        return [self._writes(row) for row in found]

    def _writes(self, row: Row) -> Writes:
        rally, position, kind, received_at, tags, leaf = (row[each] for each in _PLACES)
        full = self._frontier.append(leaf)
        head = (self._frontier.size, self._frontier.to_bytes(), received_at, rally)
        told = [(rally, tag, kind, position) for tag in dict.fromkeys(json.loads(tags))]
        tiles = [(rally, *tile) for tile in full]
        return [(_RECORD, [row]), (_TAG, told), (_TILE, tiles), (_HEAD, [head])]

    def transaction(self, writes: Writes) -> None:
        """Write in one transaction that stays."""
        execute, executemany = self._connection.execute, self._connection.executemany
        execute("BEGIN IMMEDIATE")
        for statement, rows in writes:
            if len(rows) == 1:
                execute(statement, rows[0])
            elif rows:
                executemany(statement, rows)
        execute("COMMIT")

    def must_be_the_same(self) -> None:
        """Check that it holds what the other one holds: else nothing was compared."""
        for table in ("record", "record_tag", "tile", "log_head"):
            query = f"SELECT * FROM {table} ORDER BY 1, 2, 3, 4"
            same = (
                self._connection.execute(query).fetchall() == self._like.execute(query).fetchall()
            )
            assert same, f"the tables {table} differ"


_PLACES = (0, 1, 3, 7, 12, 14)
_RECORD = f"INSERT INTO record VALUES ({', '.join('?' * 15)})"
_TAG = "INSERT INTO record_tag VALUES (?, ?, ?, ?)"
_TILE = "INSERT INTO tile VALUES (?, ?, ?, ?)"
_HEAD = "UPDATE log_head SET size = ?, frontier = ?, received_at = ? WHERE rally = ?"
assert TILE_HEIGHT == 8


class Field:
    """All who append the same occurrences, each to a file of its own."""

    def __init__(self, folder: Path, rally: str) -> None:
        folder.mkdir()
        self.ours = Ours(folder / "here.db", rally)
        self.bare = Bare(folder / "bare.db", self.ours)
        self.rivals: dict[str, tuple[Rival, Streams]] = {
            name: (opened(folder / f"{name}.db"), Streams()) for name, opened in RIVALS.items()
        }


def appends(log: Log, folder: Path, rounds: int, each: int, batch: int) -> Iterator[Line]:
    """Single appends and batches, of occurrences from the middle of a log.

    Of a short log in as many rounds as it has parts for, and at least in one.
    """
    size, part = log.head().size, max(each, batch)
    rounds = max(1, min(rounds, size // part - 1))
    needed = (rounds + 1) * part
    start = max(0, size // 2 - needed)
    source = (record.occurrence() for record in log.read(after=start))
    occurrences = list(islice(source, needed))
    found = _race(
        Field(folder / "single", log.rally), _parts(occurrences, each, rounds), alone=True
    )
    yield from _lines("a durable append", found, SINGLE, None)
    found = _race(
        Field(folder / "batch", log.rally), _parts(occurrences, batch, rounds), alone=False
    )
    yield from _lines(f"batches of {batch:,}", found, None, BATCH)


def _parts(occurrences: Part, size: int, rounds: int) -> list[Part]:
    """What is appended in each round, and before the first one."""
    return [occurrences[each * size : (each + 1) * size] for each in range(rounds + 1)]


def _race(field: Field, parts: Sequence[Part], *, alone: bool) -> Rounds:
    """Rates of all of them in rounds: each record alone, or all of a part at once.

    Everybody appends the first part before it counts; the bare one writes what was written here a
    round earlier.
    """
    works: dict[str, Work] = {HERE: _here(field.ours, parts, alone=alone)}
    for name, (rival, streams) in field.rivals.items():
        works[name] = _there(rival, streams, parts, alone=alone)
    for work in works.values():
        work()
    bare = _barely(field.bare, parts, alone=alone)
    found = in_turn(len(parts) - 1, {**works, BARE: bare})
    bare()
    field.bare.must_be_the_same()
    return found


def _here(ours: Ours, parts: Iterable[Part], *, alone: bool) -> Work:
    left = iter(parts)
    append = ours.append_each if alone else ours.append

    def turn() -> float:
        some = next(left)
        return _rate(len(some), lambda: append(some))

    return turn


def _there(rival: Rival, streams: Streams, parts: Iterable[Part], *, alone: bool) -> Work:
    left = iter(parts)

    def turn() -> float:
        events = streams.events(next(left))
        several = [[event] for event in events] if alone else [events]
        return _rate(len(events), lambda: _each(rival.append, several))

    return turn


def _barely(bare: Bare, parts: Iterable[Part], *, alone: bool) -> Work:
    left = iter(parts)

    def turn() -> float:
        count = len(next(left))
        writes = bare.next(count)
        several = writes if alone else [_at_once(writes)]
        return _rate(count, lambda: _each(bare.transaction, several))

    return turn


def _at_once(writes: Sequence[Writes]) -> Writes:
    """What several transactions write, as one."""
    together: dict[str, list[Row]] = {}
    for each in writes:
        for statement, rows in each:
            together.setdefault(statement, []).extend(rows)
    together[_HEAD] = together[_HEAD][-1:]
    return list(together.items())


def _each(work: Callable[[Any], None], several: Iterable[Any]) -> None:
    for one in several:
        work(one)


def _rate(count: int, work: Callable[[], object]) -> float:
    with timed() as watch:
        work()
    return count / watch.seconds


def _lines(
    what: str, found: Rounds, of_bare: float | None, of_sqlalchemy: float | None
) -> Iterator[Line]:
    targets = {BARE: of_bare, SQLALCHEMY: of_sqlalchemy}
    for name in (BARE, SQLALCHEMY, OWN):
        bound = targets.get(name)
        target = None if bound is None else Target(bound)
        against = BARELY if name == BARE else f"{name}, with its mapper"
        if name not in found.figures:
            yield Line(what, None, "records/s", against, target=target, note=ABSENT)
            continue
        ratio, spread = found.ratio(HERE, name)
        here, there = found.median(HERE), found.median(name)
        note = "with tags, a condition and hashes" if of_bare and name == BARE else ""
        yield Line(what, here, "records/s", against, there, ratio, spread, target, note)
