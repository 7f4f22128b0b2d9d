"""A day of a synthetic rally: all that reaches race control of one stage, until the next night.

Starts, the split and the finish are reported live. Time cards and trackers come in when the crews
are in the bivouac, some of them a day later or two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from ledger.samples.simulation.cards import Stop, stops_of
from ledger.samples.simulation.desk import ALONE, LINE_MS, Bundle, Desk, Link, shown
from ledger.samples.simulation.fates import at_least_some
from ledger.samples.simulation.itinerary import CLOCK, UNRELIABLE
from ledger.samples.simulation.plan import DAY, HOUR, MINUTE, SECOND, Plan, dice
from ledger.samples.simulation.road import Road, Run
from ledger.vocabulary import (
    ControlPassed,
    DecisionIssued,
    Occurrence,
    PassingRecorded,
    Source,
    StageStarted,
)

AHEAD_MS = 7 * SECOND
FALSE_FOR, MARGIN = 30 * MINUTE, 5 * MINUTE
SECOND_SOURCE, WATCH = 5_000, 7_000
"""In ten thousand finishes: how many a second source saw, and how many of these a watch."""
LATE_CARD, LATE_TRACKER = 300, 400
"""In ten thousand: what is handed in a day late."""


class SecondSource(NamedTuple):
    """A second record of a finish: of which kind, what it shows, and when it is typed in."""

    kind: str
    shows: int
    at: int


class Day:
    """The records of one stage as they come in, planned: few are made before they arrive."""

    def __init__(self, plan: Plan, desk: Desk, road: Road) -> None:
        self.plan = plan
        self.desk = desk
        self.road = road
        self.stage = road.stage
        self.runs = road.runs
        self.rng = dice(plan, f"day {road.stage.order}")
        self.judges = dice(plan, f"stewards {road.stage.order}")
        self.bundles: list[Bundle] = []
        self.seconds: dict[int, SecondSource] = {}
        """What else saw a crew at the finish, by the index of the crew."""
        self.arrivals: dict[int, int] = {}
        """When each crew's tracker is read out, by the index of the crew."""
        self.slips: dict[tuple[int, int], int] = {}
        """By how much the tracker of a crew shows a wrong time at a point."""
        kind = road.trouble.kind if road.trouble else ""
        self.ahead_ms = AHEAD_MS if kind == CLOCK else 0
        ends = sorted(run.finish for run in self.runs if run.until is None)
        middle = ends[len(ends) // 2] if ends else 0
        self.unreliable = (middle, middle + FALSE_FOR) if kind == UNRELIABLE else None

    @property
    def count(self) -> int:
        """How many records it has."""
        return sum(each.records for each in self.bundles)

    def hour(self, hour: int, minute: int = 0) -> int:
        """An hour of this day by the clocks of the rally; 30 is six in the morning after it."""
        return self.stage.midnight + hour * HOUR + minute * MINUTE

    def within(self, first: int, last: int) -> int:
        """Some second between two hours of the day."""
        return self.hour(first) + self.rng.randrange((last - first) * 3600) * SECOND

    def roll(self, in_ten_thousand: int) -> bool:
        """Whether something happens that happens so often; more often in a small rally."""
        return self.rng.randrange(10_000) < at_least_some(self.plan, in_ten_thousand)

    def add(
        self,
        at: int,
        make: Callable[[], Iterator[Occurrence]] | Callable[[], tuple[Occurrence, ...]],
        count: int = 1,
        site: str = "",
    ) -> None:
        """Plan records that are put on record at an instant, and arrive just after it."""
        self.bundles.append(Bundle(at + LINE_MS, count, make, site))

    def about(self, run: Run) -> dict[str, Any]:
        """The crew and the stage, as what is said about them names both."""
        return {"number": run.crew.number, "stage": self.stage.code}

    def act(
        self,
        kind: type[Occurrence],
        at: int,
        office: str,
        fact: int | None = None,
        link: Link = ALONE,
        /,
        **said: Any,
    ) -> None:
        """Plan an official's act, put on record at an instant; `fact` is when it happened."""
        self.add(at, partial(self._acted, kind, at, office, fact, link, said))

    def _acted(
        self,
        kind: type[Occurrence],
        at: int,
        office: str,
        fact: int | None,
        link: Link,
        said: dict[str, Any],
    ) -> tuple[Occurrence, ...]:
        ids = {
            name: (self.desk.id_of(key),) if name == "evidence" else self.desk.id_of(key)
            for name, key in link._asdict().items()
            if key and name != "key"
        }
        if kind is DecisionIssued:
            said = {**said, "decision": self.desk.next_number(said["series"])}
        acted = self.desk.act(kind, at, office, fact, **said, **ids)
        return (self.desk.remember(link.key, acted) if link.key else acted,)

    def on_the_road(self) -> None:
        """Plan what is seen of every crew: start, split, finish, time card, tracker."""
        homes = sorted(self.runs, key=self._home)
        step = min(20 * SECOND, 3 * HOUR // max(len(homes), 1))
        for place, run in enumerate(homes):
            self._live(run)
            home = max(self._home(run), self.hour(19) + place * step)
            self._second_source(run)
            self._time_card(run, home)
            self._tracker(run, home)

    # -- live ------------------------------------------------------------------------------------

    def _home(self, run: Run) -> int:
        """When a crew is in the bivouac; who did not reach the finish comes later."""
        if run.until is None:
            return run.finish + self.stage.liaison_ms
        return run.until + 3 * HOUR

    def _live(self, run: Run) -> None:
        self.add(run.start + SECOND, partial(self._start, run))
        split = self.stage.split
        if split is not None and run.seen > split:
            at = run.at(self.stage, split)
            self.add(at + 3 * SECOND, partial(self._point, run, split, at))
        if run.until is None:
            self.add(run.finish + SECOND, partial(self._finish, run))

    def doubted(self, run: Run) -> bool:
        """Whether a crew finished while, or just before or after, the beam was false."""
        if self.unreliable is None:
            return False
        return self.unreliable[0] - MARGIN <= run.finish <= self.unreliable[1] + MARGIN

    def _start(self, run: Run) -> tuple[Occurrence, ...]:
        stage = self.stage.code
        source = Source(
            kind="beam", name=f"start-{stage}-{run.crew.category.lane}", seq=run.crew.number
        )
        return (
            self.desk.read(
                StageStarted,
                run.start + SECOND,
                run.start,
                source,
                number=run.crew.number,
                stage=stage,
                due_at=shown(run.due),
            ),
        )

    def _point(self, run: Run, point: int, at: int) -> tuple[Occurrence, ...]:
        stage = self.stage
        source = Source(
            kind="beam", name=f"beam-{stage.code}-{stage.points[point]}", seq=run.crew.number
        )
        return (self._passing(run, point, at + 3 * SECOND, at, source),)

    def _finish(self, run: Run) -> tuple[Occurrence, ...]:
        return (self.finish(run, run.finish + SECOND),)

    def finish(self, run: Run, recorded: int, site: str = "") -> Occurrence:
        """The crew at the finish, as the beam there shows it; the same line at whatever site."""
        at = run.finish + self.ahead_ms
        if self.unreliable and self.unreliable[0] <= run.finish < self.unreliable[1]:
            at -= (60 + run.crew.index * 37 % 120) * SECOND
        source = Source(kind="beam", name=self.finish_beam, seq=run.crew.number)
        occurrence = self._passing(run, -1, recorded, at, source, site)
        return self.desk.remember(("beam", self.stage.code, run.crew.number), occurrence)

    @property
    def finish_beam(self) -> str:
        """The name of the device at the finish."""
        return f"beam-{self.stage.code}-finish"

    def _passing(
        self, run: Run, point: int, recorded: int, at: int, source: Source, site: str = ""
    ) -> Occurrence:
        return self.desk.read(
            PassingRecorded,
            recorded,
            at,
            source,
            number=run.crew.number,
            stage=self.stage.code,
            point=self.stage.points[point],
            site=site,
        )

    # -- in the bivouac --------------------------------------------------------------------------

    def _second_source(self, run: Run) -> None:
        """A watch or the time card for half of the finishes; for all that a false beam saw."""
        if run.until is not None:
            return
        doubted = self.doubted(run)
        if not (doubted or self.rng.randrange(10_000) < SECOND_SOURCE):
            return
        if doubted or self.rng.randrange(10_000) < WATCH:
            apart = self.rng.randrange(-900, 900)
            if self.rng.randrange(12) == 0:
                apart = self.rng.randrange(1_200, 4_000)
            kind, shows, at = "hand", run.finish + apart, self.within(18, 22)
        else:
            kind, shows, at = "time-card", run.finish // SECOND * SECOND, self.within(20, 23)
            if self.rng.randrange(5) == 0:
                at = self.within(31, 37)
        at = max(at, run.finish + 10 * MINUTE)
        second = SecondSource(kind, shows, at)
        self.seconds[run.crew.index] = second
        self.add(at, partial(self._second, run, second))

    def _second(self, run: Run, said: SecondSource) -> tuple[Occurrence, ...]:
        slip = self.slips.get((run.crew.index, -1), 0)
        source = Source(kind=said.kind, name=f"{said.kind}-{self.stage.code}", seq=run.crew.number)
        seen = self._passing(run, -1, said.at, said.shows + slip, source)
        return (self.desk.remember((said.kind, self.stage.code, run.crew.number), seen),)

    def _time_card(self, run: Run, home: int) -> None:
        late = self.rng.randrange(10_000) < LATE_CARD
        at = home + (11 * HOUR if late else self.rng.randrange(10, 60) * MINUTE)
        planned = [(0, run.due - self.stage.liaison_ms - 10 * MINUTE)]
        if run.until is None:
            planned.append((1, run.finish + self.stage.liaison_ms))
        stops = stops_of(self.plan, self.stage.order, run, planned)
        at = max([at, *(each.at + MINUTE for each in stops)])
        if stops:
            self.add(at, partial(self._card, run, at, stops), len(stops))

    def _card(self, run: Run, at: int, stops: list[Stop]) -> Iterator[Occurrence]:
        for which, passed, due in stops:
            control = self.stage.controls[which]
            source = Source(kind="time-card", name=f"card-{run.crew.number}", seq=control)
            yield self.desk.read(
                ControlPassed,
                at,
                passed // MINUTE * MINUTE,
                source,
                number=run.crew.number,
                control=control,
                stage=self.stage.code,
                due_at=None if due is None else shown(due // MINUTE * MINUTE),
            )

    def _tracker(self, run: Run, home: int) -> None:
        points = [point for point in range(run.seen) if self.on_tracker(run, point)]
        at = home + self.rng.randrange(5, 30) * MINUTE
        if self.rng.randrange(10_000) < LATE_TRACKER:
            at = self.within(33, 43) + self.rng.choice((0, 0, 0, DAY))
        self.arrivals[run.crew.index] = at
        if points:
            self.add(at, partial(self._read_out, run, points, at), len(points))

    def on_tracker(self, run: Run, point: int) -> bool:
        """Whether a tracker tells of a point: not of what reports live, nor of what it missed."""
        live = point == self.stage.split or point == len(self.stage.points) - 1
        return not live and point != run.missed

    def _read_out(self, run: Run, points: list[int], at: int) -> Iterator[Occurrence]:
        stage, number = self.stage, run.crew.number
        name, read_at = f"tracker-{number}", shown(at)
        for point in points:
            shows = run.at(stage, point) // SECOND * SECOND
            slip = self.slips.get((run.crew.index, point), 0)
            seen = PassingRecorded(
                rally=self.plan.rally,
                recorded_at=read_at,
                fact_at=shown(shows + slip),
                source=Source(kind="gps", name=name, seq=f"{stage.code}-{stage.points[point]}"),
                number=number,
                stage=stage.code,
                point=stage.points[point],
            )
            if (run.crew.index, point) in self.slips:
                self.desk.remember(("gps", stage.code, number, stage.points[point]), seen)
            yield seen
