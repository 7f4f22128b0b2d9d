"""Appends a record whenever it is told to, and tells what it took; run with any version's Python.

It says only what every version understands, and gives keys where there are any.
"""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from eventsourcing.dcb.domain import Selector

from ledger.log import Act, Ledger, Log, selector
from ledger.times import Instant
from ledger.vocabulary import OfficialAppointed, PassingRecorded, RallyConstituted, RemarkMade

NOW = 1_469_000_000_000
RALLY, AT = "bench", Instant(NOW, 480)
WARM = 20


def main(kind: str, url: str) -> None:
    """Print how many statements an append says; for each line then its seconds and those of CPU."""
    ledger = Ledger(url, itertools.count(NOW).__next__)
    name = f"{RALLY}-{time.time_ns()}"  # a log of its own, also where the database is kept
    log = ledger.log(name)
    log.append(
        [RallyConstituted(rally=name, recorded_at=AT, by="A", role="secretary", title="Bench")]
    )
    work = {"append": _appends, "act": _acts}[kind](log)
    numbers = itertools.count()
    for _ in range(WARM):
        work(next(numbers))
    said = _statements(log.recorder.engine, lambda: work(next(numbers)))
    print(said, flush=True)
    for _ in sys.stdin:
        since, begun = time.perf_counter(), time.process_time()
        work(next(numbers))
        print(time.perf_counter() - since, time.process_time() - begun, flush=True)


def _appends(log: Log) -> Callable[[int], object]:
    def append(number: int) -> object:
        passing = PassingRecorded(
            rally=log.rally, recorded_at=AT, by="finish", role="timekeeper", number=str(number),
            stage="SS1", point="ASS", fact_at=Instant(NOW + number, 480),
        )  # fmt: skip
        return log.append([passing])

    return append


def _acts(log: Log) -> Callable[[int], object]:
    keyed: Callable[[Any], Log] | None = getattr(log, "keyed", None)

    def act(number: int) -> object:
        said = RemarkMade(
            rally=log.rally, recorded_at=AT, by="Ann", role="secretary", text=f"remark {number}"
        )
        under = log
        if keyed:
            from ledger.keys import Key

            under = keyed(Key(f"{number:016x}"))
        return under.act(lambda: Note(said))

    return act


class Note(Act):
    """Somebody notes something; it rests on the rally and on who holds the office."""

    def __init__(self, said: RemarkMade) -> None:
        self.said = said

    def consistency_boundary(self) -> list[Selector]:
        """What it rests on."""
        office = selector([OfficialAppointed], f"office:{self.said.role}")
        return [selector([RallyConstituted]), office]

    def execute(self) -> None:
        """Put it on record."""
        self.decide(self.said)


def _statements(engine: sa.Engine, work: Callable[[], object]) -> int:
    """How many statements the database is told in the course of the work."""
    if engine.dialect.name == "sqlite":
        heard: list[str] = []
        with engine.connect() as connection:
            raw: Any = connection.connection.dbapi_connection
        raw.set_trace_callback(heard.append)  # the one connection that the pool gives again
        work()
        raw.set_trace_callback(None)
        return len(heard)
    with engine.connect() as connection:
        raw = connection.connection.dbapi_connection
    before, cursor = [], type(raw.cursor())
    usual, many = cursor.execute, cursor.executemany

    def execute(self: Any, *given: Any, **named: Any) -> Any:
        before.append(given[0])
        return usual(self, *given, **named)

    def executemany(self: Any, *given: Any, **named: Any) -> Any:
        before.append(given[0])
        return many(self, *given, **named)

    cursor.execute, cursor.executemany = execute, executemany
    try:
        work()
    finally:
        cursor.execute, cursor.executemany = usual, many
    return len(before)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
