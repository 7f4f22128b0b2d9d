"""The road of a synthetic rally: when each crew starts, how fast it is and how far it comes."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ledger.samples.simulation.entries import CATEGORIES, Crew
from ledger.samples.simulation.fates import Fate, at_least_some
from ledger.samples.simulation.itinerary import CANCELLED, SHORTENED, Stage, Trouble
from ledger.samples.simulation.plan import HOUR, MINUTE, SECOND, Plan, dice
from ledger.times import parse_duration
from ledger.vocabulary.rally import ParameterValue

FIRST_START = 5 * HOUR + 30 * MINUTE
LONGEST_LANE = 9 * HOUR
FINISHING = frozenset({"finishes", "rumoured", "disqualified"})
LATE_START, MISHAP, MISSED = 100, 400, 40
"""How often a crew starts late, loses time, misses a point, in ten thousand."""


@dataclass(slots=True)
class Run:
    """A crew on a stage.

    `driven` is what the whole selective section takes it; `until` when it was last on it, if it did
    not reach the finish; `seen` how many points it passed; `missed` the point it drove past.
    """

    crew: Crew
    fate: Fate
    due: int
    start: int
    driven: int
    until: int | None = None
    seen: int = 0
    missed: int | None = None

    @property
    def finish(self) -> int:
        """When it is at the finish, or would have been."""
        return self.start + self.driven

    def at(self, stage: Stage, point: int) -> int:
        """When it passes a point. Between those that report live the pace is not quite even."""
        even = self.start + self.driven * stage.at_m[point] // stage.length_m
        if point == stage.split or point == len(stage.points) - 1:
            return even
        room = self.driven // (len(stage.points) * 10) + 1
        return even + (point * 7919 + self.crew.index * 104_729) % (2 * room) - room


class Road:
    """A stage as it is run: who is on it, and what race direction makes of it while it is run."""

    def __init__(
        self,
        plan: Plan,
        stage: Stage,
        trouble: Trouble | None,
        order: Iterable[Crew],
        fates: Mapping[int, Fate],
    ) -> None:
        self.stage = stage
        self.trouble = trouble
        self._plan = plan
        self._rng = dice(plan, f"road {stage.order}")
        running = [crew for crew in order if fates.get(crew.index, "absent") not in _AWAY]
        self.runs = [
            self._run(crew, fates[crew.index], due) for crew, due in self._start_order(running)
        ]
        self.acted_at = self._direct()
        for run in self.runs:
            run.seen = self._seen(run)
            inner = min(run.seen, len(stage.points) - 1)
            if inner and self._roll(MISSED):
                missed = self._rng.randrange(inner)
                run.missed = None if missed == stage.split else missed

    def result(self) -> list[Crew]:
        """The crews in the order in which they start the next stage: by this one's result."""
        done = sorted(self.runs, key=lambda r: (r.until is not None, r.finish - r.due))
        return [run.crew for run in done]

    def _roll(self, in_ten_thousand: int) -> bool:
        return self._rng.randrange(10_000) < at_least_some(self._plan, in_ten_thousand)

    def _start_order(self, crews: list[Crew]) -> Iterator[tuple[Crew, int]]:
        """Each lane starts its categories one after the other, at the intervals of the rules."""
        place = {category.name: index for index, category in enumerate(CATEGORIES)}
        intervals = self._plan.regulations.adopted.parameters.get("start_order.intervals", ())
        for lane in sorted({crew.category.lane for crew in crews}):
            starting = [crew for crew in crews if crew.category.lane == lane]
            starting.sort(key=lambda crew: place[crew.category.name])
            gaps = list(gaps_of(intervals, len(starting)))
            whole = max(sum(gaps), 1)
            due = self.stage.midnight + FIRST_START + lane * 10 * MINUTE
            passed = 0
            for crew, gap in zip(starting, gaps, strict=True):
                squeezed = passed * min(LONGEST_LANE, whole) // whole
                yield crew, due + squeezed // SECOND * SECOND
                passed += gap

    def _run(self, crew: Crew, fate: Fate, due: int) -> Run:
        rng = self._rng
        best = self.stage.length_m * 3600 // crew.category.kmh
        slower = crew.slower + sum(rng.randrange(40) for _ in range(2))
        driven = best * (1000 + slower) // 1000 + rng.randrange(SECOND)
        start = due + rng.randrange(60, 480) * SECOND if self._roll(LATE_START) else due
        if self._roll(MISHAP):
            driven += rng.randrange(3, 50) * MINUTE
        run = Run(crew, fate, due, start, driven)
        if fate not in FINISHING:
            run.until = start + driven * rng.randrange(5, 95) // 100
        return run

    def _direct(self) -> int | None:
        """When race direction steps in on a stage that is cancelled or shortened, and with whom."""
        stage, trouble = self.stage, self.trouble
        if trouble is None or trouble.kind not in {CANCELLED, SHORTENED}:
            return None
        about = [
            run
            for run in self.runs
            if not trouble.categories or run.crew.category.name in trouble.categories
        ]
        ends = sorted(run.finish for run in about)
        if not ends:
            return stage.midnight + FIRST_START - 20 * MINUTE
        part = 4 if trouble.kind == CANCELLED else 6
        acted_at = ends[len(ends) * part // 10] // SECOND * SECOND + 5 * SECOND
        if trouble.kind == CANCELLED:
            gone = {id(run) for run in about if run.start > acted_at}
            self.runs = [run for run in self.runs if id(run) not in gone]
            for run in about:
                run.until = run.until if run.finish <= acted_at else acted_at
        elif stage.split is not None:
            for run in about:
                passed = run.at(stage, stage.split)
                run.until = passed + 1 if run.until is None and passed > acted_at else run.until
        return acted_at

    def _seen(self, run: Run) -> int:
        if run.until is None:
            return len(self.stage.points)
        if run.until <= run.start:
            return 0
        metres = (run.until - run.start) * self.stage.length_m // run.driven
        return min(bisect_right(self.stage.at_m, metres), len(self.stage.points) - 1)


_AWAY = frozenset({"absent", "not-started", "withdrawn", "refused"})
_INTERVAL = re.compile(r"(\d+|rest) x (\d+:\d\d:\d\d)")


def gaps_of(intervals: ParameterValue, count: int) -> Iterator[int]:
    """How long after each of so many crews the next one starts, as the regulations say."""
    listed = intervals if isinstance(intervals, tuple) else ()
    told = [_INTERVAL.fullmatch(str(each)) for each in listed]
    gaps = [
        (count if each[1] == "rest" else int(each[1]), parse_duration(each[2]))
        for each in told
        if each
    ]
    last = gaps[-1][1] if gaps else MINUTE
    given = (gap for many, gap in gaps for _ in range(many))
    for _ in range(count):
        yield next(given, last)
