"""Full replay: every record read, decoded, folded; and what reads the same bytes beside it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from ledger.log import Log
from ledger.record import Record
from ledger.vocabulary import decode
from projections.timeline.sift import Sift
from projections.timeline.timeline import Timeline
from tests.bench.rivals import ABSENT, OWN, RIVALS, SQLALCHEMY, Streams
from tests.bench.rounds import in_turn, timed
from tests.bench.table import Line, Target

WHOLE, SORTED, DECODED = "whole", "sorted", "decoded"
TYPED, UNTYPED = "typed", "untyped"
AT_LEAST = 0.6
APPENDED_AT_ONCE = 5_000


def replays(log: Log, file: Path, rounds: int) -> Iterator[Line]:
    """Full replay against bare loops over the same bytes."""
    size = log.head().size
    found = in_turn(
        rounds,
        {
            WHOLE: lambda: _carried(log, size),
            SORTED: lambda: _sifted(log, size),
            TYPED: lambda: _bare(file, log.rally, decode),
            UNTYPED: lambda: _bare(file, log.rally, msgspec.json.decode),
        },
    )
    loops = {
        TYPED: "sqlite3 + msgspec, every field checked",
        UNTYPED: "sqlite3 + msgspec, nothing checked",
    }
    works = {
        WHOLE: ("full replay: read, decode, fold", "to a timeline that answers any moment"),
        SORTED: (
            "read and sort alone",
            "of passings on the way only stage and point are decoded; nothing is folded",
        ),
    }
    for work, (what, note) in works.items():
        for loop, against in loops.items():
            ratio, spread = found.ratio(work, loop)
            asked = Target(AT_LEAST) if (work, loop) == (WHOLE, TYPED) else None
            here, there = found.median(work), found.median(loop)
            yield Line(what, here, "records/s", against, there, ratio, spread, asked, note)


def replays_of_rivals(log: Log, folder: Path, sample: int, rounds: int) -> Iterator[Line]:
    """Full replay of the beginning of a log, against recorders of the library."""
    size = min(sample, log.head().size)
    works: dict[str, Callable[[], float]] = {
        WHOLE: lambda: _carried(log, size),
        DECODED: lambda: _decoded(log, size),
    }
    for name, opened in RIVALS.items():
        rival, streams = opened(folder / f"{name}.replayed.db"), Streams()
        occurrences = (each.occurrence() for each in log.read(until=size))
        while some := list(islice(occurrences, APPENDED_AT_ONCE)):
            rival.append(streams.events(some))
        works[name] = lambda rival=rival: _rate(rival.replay)  # type: ignore[misc]
    found = in_turn(rounds, works)
    whats = {
        WHOLE: ("full replay: read, decode, fold", "there nothing is folded"),
        DECODED: ("read and decode alone", "here every field is checked"),
    }
    for work, (what, note) in whats.items():
        for name in (OWN, SQLALCHEMY):
            if name not in RIVALS:
                yield Line(what, None, "records/s", name, note=ABSENT)
                continue
            ratio, spread = found.ratio(work, name)
            yield Line(
                what,
                found.median(work),
                "records/s",
                f"{name}, with its mapper",
                found.median(name),
                ratio,
                spread,
                note=f"the first {size:,} records; {note}",
            )


def _rate(work: Callable[[], int]) -> float:
    with timed() as watch:
        count = work()
    return count / watch.seconds


def _carried(log: Log, size: int) -> float:
    def work() -> int:
        Timeline(log).carry(size)
        return size

    return _rate(work)


def _sifted(log: Log, size: int) -> float:
    def work() -> int:
        Sift().take(log.scan.rows(0, size))
        return size

    return _rate(work)


def _decoded(log: Log, size: int) -> float:
    def work() -> int:
        return sum(1 for _ in map(Record.occurrence, log.read(until=size)))

    return _rate(work)


def _bare(file: Path, rally: str, decoded: Callable[[bytes], Any]) -> float:
    query = "SELECT data FROM record WHERE rally = ? ORDER BY position"

    def work() -> int:
        count = 0
        connection = sqlite3.connect(file)
        for (data,) in connection.execute(query, (rally,)):
            decoded(data)
            count += 1
        connection.close()
        return count

    return _rate(work)
