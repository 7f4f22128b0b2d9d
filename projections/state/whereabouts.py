"""Whereabouts: where crews were seen on a stage, who takes part in it, and who is still out.

A crew is out until its finish is known, or it was seen later, or somebody reported that it left.
That a stage was stopped or cancelled brings nobody home.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Set
from functools import cached_property
from typing import NamedTuple

from ledger.grouping import sets_of
from ledger.times import Instant
from ledger.vocabulary import (
    CrewRestarted,
    IncidentReported,
    NeutralisationPassed,
    Occurrence,
    PassingRecorded,
    StageOpened,
    StageScheduled,
    StageStarted,
    StageTimeRecorded,
)
from projections.state.course import LAST_POINT
from projections.state.participation import takes_part
from projections.state.rally import RallyState
from projections.state.recorded import Fact
from projections.state.tallies import NOBODY

START, FINISH = "start", "finish"
_AT_THE_END = 1 << 62
_NOWHERE: frozenset[str] = frozenset()


class Sighting(NamedTuple):
    """A crew was seen at a place of a stage: when (UTC ms, where that is known), by which source.

    `along` says how far along the stage the place is; it orders what has no instant.
    """

    at_ms: int | None
    along: int
    id: str
    place: str
    offset: int
    source: str
    position: int

    def order(self) -> tuple[int, int, str]:
        """The order in which a crew was seen; what has no instant comes before what has one."""
        return -_AT_THE_END if self.at_ms is None else self.at_ms, self.along, self.id

    @property
    def at(self) -> Instant | None:
        """When, with the offset that was shown."""
        return None if self.at_ms is None else Instant(self.at_ms, self.offset)


class Whereabouts:
    """Where the crews of a rally are at one cut."""

    def __init__(self, state: RallyState) -> None:
        self.state = state
        self._lacking: dict[str, list[str]] = {}
        self._out: dict[str, list[str]] = {}

    # -- where they were seen --------------------------------------------------------------------

    @cached_property
    def seen(self) -> dict[tuple[str, str], list[Sighting]]:
        """Every sighting of a crew on a stage, by (stage, number), in the order of the road."""
        found: dict[tuple[str, str], list[Sighting]] = defaultdict(list)
        facts, clocks = self.state.facts, self.state.timing.clocks
        for start in clocks.sighted(facts.of(StageStarted)):
            self._learn(found, start.fact, START, -1, start.true_ms)
        for passing in clocks.sighted(facts.of(PassingRecorded)):
            said = passing.fact.value
            at_ms = self._instant(said, passing.true_ms, said.elapsed_ms)
            self._learn(found, passing.fact, said.point or FINISH, self._along(said), at_ms)
        for time in clocks.sighted(facts.of(StageTimeRecorded)):
            at_ms = self._instant(time.fact.value, time.true_ms, time.fact.value.elapsed_ms)
            self._learn(found, time.fact, FINISH, _AT_THE_END, at_ms)
        for zone in clocks.sighted(facts.of(NeutralisationPassed)):
            self._learn(found, zone.fact, zone.fact.value.zone, 0, zone.true_ms)
        for control in self.state.road.seen.values():
            self._learn(found, control.fact, control.fact.value.control, 0, control.true_ms)
        for incident in facts.of(IncidentReported):
            told = incident.value
            if told.kind != "overdue" and told.fact_at is not None:
                place = told.place or ("" if told.at_m is None else f"km {told.at_m / 1000:g}")
                self._learn(found, incident, place or told.kind, 0, told.fact_at.ms)
        for group in found.values():
            group.sort(key=Sighting.order)
        return found

    def _learn(
        self,
        found: dict[tuple[str, str], list[Sighting]],
        fact: Fact[Occurrence],
        place: str,
        along: int,
        at_ms: int | None,
    ) -> None:
        said = fact.value
        stage = getattr(said, "stage", "") or self._stage_of(getattr(said, "control", ""))
        offset = said.happened.offset
        assumed = said.fact_assumed and at_ms is not None and at_ms == fact.instant
        sighting = Sighting(
            None if assumed else at_ms,
            along,
            fact.id,
            place,
            offset,
            said.source.kind,
            fact.position,
        )
        found[stage, getattr(said, "number", "")].append(sighting)

    def _stage_of(self, control: str) -> str:
        return self.state.stage_at("", control).stage

    def _along(self, said: PassingRecorded) -> int:
        placed = self.state.point(said.stage, self.state.category(said.number), said.point)
        return placed.order if placed else 0 if said.point else _AT_THE_END

    def _instant(
        self, said: PassingRecorded | StageTimeRecorded, true_ms: int | None, elapsed: int | None
    ) -> int | None:
        """When a crew was at a point: as the clock told, else so long after its start."""
        start = self.state.timing.starts.get((said.stage, said.number))
        if elapsed is not None and start is not None and (true_ms is None or said.fact_assumed):
            return start.official_ms + elapsed
        return true_ms

    def last_seen(self, stage: str, number: str) -> Sighting | None:
        """The last sighting of a crew on a stage."""
        sightings = self.seen.get((stage, number))
        return sightings[-1] if sightings else None

    @cached_property
    def _furthest(self) -> dict[str, int]:
        """The number of the last stage on which each crew was seen."""
        found: dict[str, int] = {}
        again = [
            (each.value.stage, each.value.number) for each in self.state.facts.of(CrewRestarted)
        ]
        for stage, number in (*self.seen, *again):
            order = self.state.orders.get(stage)
            if order is not None:
                found[number] = max(found.get(number, order), order)
        return found

    # -- who takes part --------------------------------------------------------------------------

    @cached_property
    def begun(self) -> list[StageScheduled]:
        """The stages that were opened or on which somebody was seen, in their order."""
        codes = {each.value.stage for each in self.state.facts.of(StageOpened)}
        codes |= {stage for stage, _ in self.seen}
        return [stage for stage in self.state.stages if stage.stage in codes]

    def takes_part(self, stage: StageScheduled, number: str) -> bool:
        """Whether a crew is in the rally on a stage, as far as anybody reported."""
        left = (stage.stage, number) in self.state.unfinished.not_finished
        return not left and takes_part(self.state, number, stage.order)

    def lacking(self, stage: StageScheduled) -> list[str]:
        """The crews that take part in a stage and have no value for it."""
        if stage.stage not in self._lacking:
            crews = self.state.facts.crews
            self._lacking[stage.stage] = [each for each in crews if self.lacks(stage, each)]
        return self._lacking[stage.stage]

    def lacks(self, stage: StageScheduled, number: str) -> bool:
        """Whether a crew takes part in a stage and has no value for it."""
        return (
            number not in self.state.on_stages.get(stage.stage, NOBODY)
            and self.state.carried_until(number) < stage.order
            and not self.state.cancelled(stage.stage, self.state.facts.crews[number].value.category)
            and self.takes_part(stage, number)
        )

    # -- who is still out ------------------------------------------------------------------------

    def finished(self, stage: str, number: str) -> bool:
        """Whether a finish of a crew is on record, from which its time could be taken."""
        points = self.points_passed(stage, number)
        return bool(points) and not points.isdisjoint(self.state.timing.finish(stage, number))

    def arrived(self, stage: str, number: str) -> bool:
        """Whether a crew was seen where the stage ends by the plan, or came to end."""
        if not (points := self.points_passed(stage, number)):
            return False
        category = self.state.category(number)
        shortened = self.state.direction(stage, category, number).shortened
        ends = {
            *self.state.timing.planned_finish(stage, category),
            *([shortened.value.point] if shortened else []),
        }
        return not points.isdisjoint(ends)

    def at_last_point(self, stage: str, number: str) -> bool:
        """Whether a crew was seen where a stage ends, or else at its last point, or behind that."""
        if not (points := self.points_passed(stage, number)):
            return False
        category = self.state.category(number)
        last = self.perhaps_the_end(stage, category) or self.state.last_point(stage, category)
        return bool(last) and any(
            point == last or self.state.side(stage, category, point, last) > 0
            for point in self.state.points_of(stage, category)
            if point in points
        )

    def perhaps_the_end(self, stage: str, category: str) -> str:
        """The point where a stage ends; where none is known to, the last one, if it may be that."""
        last = self.state.last_point(stage, category)
        may = last and self.state.rules_of(stage).flag(LAST_POINT)
        return self.state.timing.end(stage, category) or (last if may else "")

    @cached_property
    def passed(self) -> set[tuple[str, str, str]]:
        """Who was at which point, by (stage, number, point); "" is the finish."""
        facts, sighted = self.state.facts, self.state.timing.clocks.sighted
        passings = (each.fact.value for each in sighted(facts.of(PassingRecorded)))
        times = (each.fact.value for each in sighted(facts.of(StageTimeRecorded)))
        return {
            *((said.stage, said.number, said.point) for said in passings),
            *((said.stage, said.number, "") for said in times),
        }

    def points_passed(self, stage: str, number: str) -> Set[str]:
        """The points of a stage at which a crew was; "" is the finish."""
        return self._points_passed.get((stage, number), _NOWHERE)

    @cached_property
    def _points_passed(self) -> dict[tuple[str, str], set[str]]:
        return sets_of(((stage, number), point) for stage, number, point in self.passed)

    @cached_property
    def clocked(self) -> set[tuple[str, str]]:
        """Who passed a point of which stage by a clock alone, by (stage, number)."""
        passings = (each.value for each in self.state.facts.of(PassingRecorded))
        return {(said.stage, said.number) for said in passings if said.elapsed_ms is None}

    def seen_later(self, stage: StageScheduled, number: str) -> bool:
        """Whether a crew was seen on a later stage."""
        return self._furthest.get(number, -1) > stage.order

    def home(self, stage: StageScheduled, number: str) -> bool:
        """Whether a crew came off a stage: it arrived, or was seen behind the finish or later."""
        if self.arrived(stage.stage, number) or self.seen_later(stage, number):
            return True
        if self.state.carried_until(number) >= stage.order:
            return True
        behind = self._behind_the_finish.get(stage.stage, ())
        return any((number, control) in self.state.road.seen for control in behind)

    @cached_property
    def _behind_the_finish(self) -> dict[str, list[str]]:
        """The controls of each stage from its arrival on."""
        found: dict[str, list[str]] = {}
        for code, control in self.state.controls.items():
            if control.is_finish or control.stage in found:
                found.setdefault(control.stage, []).append(code)
        return found

    def still_out(self, stage: StageScheduled) -> list[str]:
        """The crews that started a stage, or are expected on it, and are not known to be off it."""
        if stage.stage in self.state.closed:
            return []
        if stage.stage not in self._out:
            self._out[stage.stage] = [
                number
                for number, crew in self.state.facts.crews.items()
                if not self.home(stage, number)
                and self.takes_part(stage, number)
                and (
                    (stage.stage, number) in self.seen
                    or not self.state.cancelled(stage.stage, crew.value.category)
                )
            ]
        return self._out[stage.stage]
