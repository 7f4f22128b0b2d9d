"""A new record: how long until the timeline holds it, and until the standings show it."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator

from ledger.log import Log
from ledger.times import Instant
from ledger.vocabulary import Occurrence, PassingRecorded, Source, StageScheduled
from projections.results.standings import Standings, standings
from projections.timeline.timeline import Timeline
from tests.bench.moments import Subject
from tests.bench.rounds import timed
from tests.bench.table import Line, Target

WORK_MS = 5
SECOND = 1000
Made = Callable[[str, int], Occurrence]
"""A record about a crew; the number makes each of them another one."""


def arrivals(large: Subject, count: int) -> Iterator[Line]:
    """Append to the log, record by record, and carry the timeline forward."""
    timeline, log = large.timeline, large.timeline.log
    before = standings(timeline.at(log.head().size))
    crews = [row.number for row in before.rows] or ["1"]
    stage, point = _last_stage(timeline)
    recorded = Instant(large.span.last, 180)

    def passing(number: str, serial: int, where: str) -> Occurrence:
        return PassingRecorded(
            rally=log.rally,
            number=number,
            stage=stage,
            point=where,
            fact_at=Instant(large.span.last + serial * SECOND, 180),
            recorded_at=recorded,
            source=Source(kind="official", name="bench", seq=f"{number}-{where}-{serial}"),
        )

    kinds: dict[str, Made] = {
        "a finish": lambda number, serial: passing(number, serial, ""),
        "a waypoint on the way": lambda number, serial: passing(number, serial, point),
    }
    for kind, made in kinds.items():
        carried, shown, moved = [], [], 0
        for serial in range(1, count + 1):
            now = made(crews[serial % len(crews)], serial)
            taken = _appended(log, timeline, now)
            carried.append(taken[0])
            shown.append(taken[1])
            moved += taken[2] != before
            before = taken[2]
        target = Target(WORK_MS, at_most=True)
        note = f"{count} records; {moved} of them changed the standings"
        yield _line(f"{kind} appended: until the timeline holds it", carried, target, note)
        yield _line(f"{kind} appended: until the standings are there", shown)


def _line(what: str, taken: list[float], target: Target | None = None, note: str = "") -> Line:
    spread = min(taken), max(taken)
    median = statistics.median(taken)
    return Line(what, median, "ms", spread=spread, target=target, note=note)


def _appended(log: Log, timeline: Timeline, now: Occurrence) -> tuple[float, float, Standings]:
    """How long it takes from the append until it is held, until it shows; and what shows."""
    head = log.append([now])
    with timed() as shown:
        with timed() as carried:
            timeline.carry(head)
        after = standings(timeline.at(head))
    return carried.ms, shown.ms, after


def _last_stage(timeline: Timeline) -> tuple[str, str]:
    """The last stage that was planned, and a point on the way."""
    facts = timeline.at(timeline.log.head().size).facts
    stages = sorted(facts.of(StageScheduled), key=lambda fact: fact.value.order)
    return stages[-1].value.stage, "WP1"
