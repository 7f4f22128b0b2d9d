"""The course: the plan of the rally at a cut, what race direction made of it, and who came back.

It is what the times rest on; it knows nothing of them itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple, get_args

from ledger.grouping import grouped
from ledger.times import instant_of
from ledger.vocabulary import (
    ControlScheduled,
    CrewEntered,
    CrewNotStarted,
    CrewReclassified,
    CrewRestarted,
    CrewWithdrew,
    FitnessDecided,
    Occurrence,
    PassingRecorded,
    RetirementReported,
    StageCancelled,
    StageClosed,
    StageNotFinished,
    StageOpened,
    StageReinstated,
    StageScheduled,
    StageShortened,
    StageStarted,
    StageStopped,
    StageTimeRecorded,
    WaypointPlaced,
    ZonePlaced,
)
from ledger.vocabulary.rally import REGULARITY
from projections.rules.regularity import Ideal, ideals
from projections.rules.regulations import Applied
from projections.rules.rulebook import Rulebook
from projections.rules.tariffs import COEFFICIENTS, read_coefficient
from projections.state.ends import NO_END, PlannedEnd, begin_m, end_of
from projections.state.entries import as_it_stands
from projections.state.facts import Facts
from projections.state.held import NotHeld
from projections.state.recorded import Fact, stages_of

PRECISION = "timing.counted_precision_ms"
Leaving = RetirementReported | CrewWithdrew | CrewNotStarted | StageNotFinished | FitnessDecided
"""What takes a crew that started out of the rally or of a stage."""
Act = StageCancelled | StageShortened | StageStopped | StageReinstated
ACTS: tuple[type[Act], ...] = get_args(Act)


class Precision(NamedTuple):
    """What a time is cut down to, in milliseconds: by the plan of its stage, or by the rules."""

    ms: int
    planned: bool


class Direction(NamedTuple):
    """What race direction made of a stage for a category, as it stands."""

    cancelled: Fact[StageCancelled] | None = None
    shortened: Fact[StageShortened] | None = None
    stopped: Fact[StageStopped] | None = None

    @property
    def ended_by(self) -> Fact[StageShortened] | Fact[StageStopped] | None:
        """The act by which another point is the finish for everybody."""
        if self.stopped and self.stopped.value.method == "last-common-point":
            return self.stopped
        return self.shortened

    @property
    def finish_point(self) -> str:
        """The point that is the finish for everybody; "" where it is the planned one."""
        return self.ended_by.value.point if self.ended_by else ""

    @property
    def start_point(self) -> str:
        """The point from which time runs; "" where it is the start."""
        return self.shortened.value.start_point if self.shortened else ""


class AtStage(NamedTuple):
    """A stage by its number and code; "" where the plan has no stage of the number."""

    order: int | None = None
    stage: str = ""


NEUTRALISED = "neutralisation"
"""A zone of this kind is no part of the time; and what comes off a time for one."""
LAST_POINT = "timing.last_point_is_finish"
"""The parameter that says whether a point of a stage can be its finish."""
_AS_PLANNED = Direction()
NO_STAGE = AtStage()
_NOT_YET = 1 << 62


_BEHIND_ALL = 1 << 40
"""Behind every stage: what is of no stage counts in the overall of everything alone."""


def _lies_between_points(said: ZonePlaced) -> bool:
    return said.kind == NEUTRALISED and bool(said.from_point and said.to_point)


class Course:
    """Facts at one cut and the regulations, with the stages, the acts on them and the restarts."""

    def __init__(
        self,
        facts: Facts,
        begun: Callable[[Course], dict[str, int]] | None = None,
        agreed: Callable[[str, str], str] | None = None,
    ) -> None:
        self.facts = facts
        self._begun = begun
        """When each stage begins, where that is told and does not follow from these facts."""
        self._agreed = agreed
        """Where official times show a stage to end, for a category, where that is told as well."""
        self.regulations = facts.regulations
        self._directed: dict[tuple[str, str, str], Direction] = {}
        self._rules: dict[str, Rulebook] = {}
        self._precisions: dict[str, Precision] = {}
        self._coefficients: dict[tuple[str, str], int] = {}
        self._ends: dict[tuple[str, str], PlannedEnd] = {}
        self._reported: dict[str, AtStage] = {}

    @property
    def is_a_part(self) -> bool:
        """Whether it is of some crews only, so that what rests on others has to be told to it."""
        return self._begun is not None

    def told_end(self, stage: str, category: str) -> str:
        """The point that the times of all crews show to be the finish, as it is told to a part.

        Raises:
            NotHeld: it is not.
        """
        if self._agreed is None:
            raise NotHeld("What the times of other crews show", self.facts.holds)
        return self._agreed(stage, category)

    # -- the regulations -------------------------------------------------------------------------

    @cached_property
    def rulebook(self) -> Rulebook:
        """The regulations with every amendment: those of what has no time of its own."""
        return self.regulations.latest()

    def rules_of(self, stage: str) -> Rulebook:
        """The regulations for what happens on a stage: those in force when it begins.

        For one that has not begun, as far as anybody knows, those are the latest.
        """
        if not self.regulations.changes:
            return self.rulebook
        if stage not in self._rules:
            begins = self.begins.get(stage, _NOT_YET)
            self._rules[stage] = self.regulations.at(begins, self.orders.get(stage))
        return self._rules[stage]

    def rules_for(self, fact: Fact[Occurrence], order: int | None = None) -> Rulebook:
        """The regulations for a fact, in force when it happened."""
        return self.regulations.at(fact.instant, order)

    def applied_on(self, stage: str, *parameters: str) -> tuple[Applied, ...]:
        """These rules, as `rules_of` reads them: the grounds of what was judged on a stage."""
        begins, order = self.begins.get(stage, _NOT_YET), self.orders.get(stage)
        return tuple(Applied(each, begins, order) for each in parameters)

    def applied_to(
        self, fact: Fact[Occurrence], order: int | None, *parameters: str
    ) -> tuple[Applied, ...]:
        """These rules, as `rules_for` reads them: the grounds of what was judged of a fact."""
        return tuple(Applied(each, fact.order()[0], order) for each in parameters)

    def precision(self, stage: str) -> Precision:
        """What a time on a stage is cut to in a total: the coarser of what the two say."""
        if stage not in self._precisions:
            by_plan, by_rule = self.precision_of_result(stage), self._precision_by_rule(stage)
            self._precisions[stage] = by_plan if by_plan.ms > by_rule else Precision(by_rule, False)
        return self._precisions[stage]

    def precision_of_result(self, stage: str) -> Precision:
        """What it is cut to in the result of the stage: by its plan, where that says so."""
        planned = self.facts.stages[stage].value.precision_ms
        return Precision(planned or self._precision_by_rule(stage), bool(planned))

    def coefficient(self, stage: str, number: str) -> int:
        """How many times a time of a crew on a stage counts in a total, by the kind of the stage.

        Once, where the rules say nothing.
        """
        rules = self.rules_of(stage)
        if not rules.defines(COEFFICIENTS):  # as mostly
            return 1
        key = stage, self.category(number)
        if key not in self._coefficients:
            kind = self.facts.stages[stage].value.kind
            lines = map(read_coefficient, rules.texts(COEFFICIENTS))
            fits = (each.times for each in lines if each.is_for(kind, key[1]))
            self._coefficients[key] = next(fits, 1)
        return self._coefficients[key]

    def _precision_by_rule(self, stage: str) -> int:
        return self.rules_of(stage).number(PRECISION)

    @cached_property
    def begins(self) -> dict[str, int]:
        """When each stage begins, as far as is known: it was opened, started, planned, or run."""
        if self._begun is not None:
            return self._begun(self)
        starts = self.facts.of(StageStarted)
        started = [(each.value.stage, official_start(each.value)) for each in starts]
        timed: list[Fact[StageTimeRecorded | PassingRecorded]] = [
            *self.facts.of(StageTimeRecorded),
            *self.facts.of(PassingRecorded),
        ]
        return self.begins_by(started, [(each.value.stage, each.instant) for each in timed])

    def begins_by(
        self, started: Iterable[tuple[str, int | None]], timed: Iterable[tuple[str, int | None]]
    ) -> dict[str, int]:
        """When each stage begins, given what is known of its starts and of times in it (UTC ms)."""
        known: dict[str, tuple[int, int]] = {}
        told = (
            ((each.value.stage, each.instant) for each in self.facts.of(StageOpened)),
            started,
            ((stage.stage, self.planned_start(stage)) for stage in self.stages),
            timed,
        )
        for certainty, several in enumerate(told):
            for stage, instant in several:
                if instant is not None:
                    known[stage] = min(known.get(stage, (certainty, instant)), (certainty, instant))
        return {stage: instant for stage, (_, instant) in known.items()}

    def planned_start(self, stage: StageScheduled) -> int | None:
        """The first start of a stage by the itinerary, else the beginning of its day (UTC ms)."""
        if stage.first_start_at:
            return stage.first_start_at.ms
        zone = self.facts.rally.time_zone if self.facts.rally else None
        try:
            day = date.fromisoformat(stage.date)
        except ValueError:
            return None
        if zone is None:
            return None
        return instant_of(datetime(day.year, day.month, day.day, tzinfo=zone)).ms

    # -- the plan --------------------------------------------------------------------------------

    @cached_property
    def stages(self) -> list[StageScheduled]:
        """The stages in their order."""
        return [each.value for each in self.facts.stages.values()]

    @cached_property
    def orders(self) -> dict[str, int]:
        """The order of each stage by its code."""
        return {stage.stage: stage.order for stage in self.stages}

    @cached_property
    def codes(self) -> dict[int | None, str]:
        """The code of each stage by its number; of several with one number the last.

        For what is told by a number alone; what names a stage is asked for that (`stage_at`).
        """
        return {order: code for code, order in self.orders.items()}

    @cached_property
    def points(self) -> dict[tuple[str, str, str], WaypointPlaced]:
        """The points by (stage, category, point); those for all under category ""."""
        return {
            (each.value.stage, each.value.category, each.value.point): each.value
            for each in self.facts.of(WaypointPlaced)
        }

    def point(self, stage: str, category: str, point: str) -> WaypointPlaced | None:
        """A point of a stage as it is for a category."""
        placed = self._points_on(stage)
        return placed.get((category, point)) or placed.get(("", point))

    def points_of(self, stage: str, category: str) -> set[str]:
        """The points of a stage for a category, by their codes."""
        return {point for of, point in self._points_on(stage) if of in ("", category)}

    def _points_on(self, stage: str) -> dict[tuple[str, str], WaypointPlaced]:
        """The points of a stage by (category, point)."""
        return self._placed.get(stage, {})

    def section(self, stage: str, category: str) -> list[Ideal]:
        """The points of a regularity stage at which a category is timed, with their ideal times.

        None on any other stage.
        """
        key = stage, category
        if key not in self._sections:
            planned = self.facts.stages.get(stage)
            placed = self._points_on(stage)
            own = {point for of, point in placed if of and of == category}
            several = [
                each
                for (of, point), each in placed.items()
                if of == category or (not of and point not in own)
            ]
            timed = planned is not None and planned.value.kind == REGULARITY
            self._sections[key] = ideals(several, begin_m(several)) if timed else []
        return self._sections[key]

    @cached_property
    def _sections(self) -> dict[tuple[str, str], list[Ideal]]:
        return {}

    @cached_property
    def _placed(self) -> dict[str, dict[tuple[str, str], WaypointPlaced]]:
        """The points by (category, point), stage by stage."""
        return self.facts.following(_placed, WaypointPlaced)

    @cached_property
    def _zones(self) -> dict[str, dict[str, list[Fact[ZonePlaced]]]]:
        """The zones of each stage, by their names."""
        placed = grouped((each.value.stage, each) for each in self.facts.of(ZonePlaced))
        return {
            stage: grouped((each.value.zone, each) for each in several)
            for stage, several in placed.items()
        }

    def zone(self, stage: str, category: str, zone: str) -> Fact[ZonePlaced] | None:
        """A zone of a stage as it is for a category: the one placed for it, else for all."""
        placed = [
            each
            for each in self._zones.get(stage, {}).get(zone, ())
            if not each.value.categories or category in each.value.categories
        ]
        return max(reversed(placed), key=lambda each: bool(each.value.categories), default=None)

    def left_out(self, stage: str, category: str) -> list[Fact[ZonePlaced]]:
        """The neutralisations of a stage that lie between two points, for a category."""
        named = (self.zone(stage, category, each) for each in self._between_points.get(stage, ()))
        return [each for each in named if each and _lies_between_points(each.value)]

    @cached_property
    def _between_points(self) -> dict[str, list[str]]:
        """The names of those neutralisations, stage by stage."""
        placed = (each.value for each in self.facts.of(ZonePlaced))
        named = sorted({(e.stage, e.zone) for e in placed if _lies_between_points(e)})
        return grouped(named)

    def side(self, stage: str, category: str, what: str, point: str) -> int:
        """Where a point or zone lies: 1 behind that point, -1 before it, 0 where nothing tells."""
        mark = self.point(stage, category, point) if point else None
        if mark is None:
            return 0
        at = self.point(stage, category, what)
        if at is not None:
            return (at.order > mark.order) - (at.order < mark.order)
        placed = self.zone(stage, category, what)
        zone = placed.value if placed else None
        if zone is None or zone.from_m is None or mark.at_m is None:
            return 0
        ends = zone.from_m if zone.to_m is None else zone.to_m
        return (zone.from_m >= mark.at_m) - (ends <= mark.at_m)

    def last_point(self, stage: str, category: str) -> str:
        """The last point placed on a stage for a category, be it the finish or not; "" for none."""
        placed = [each for each in self._points_on(stage).values() if each.category == category]
        placed = placed or [e for e in self._points_on(stage).values() if not e.category]
        return max(((each.order, each.point) for each in placed), default=(0, ""))[1]

    def planned_end(self, stage: str, category: str) -> PlannedEnd:
        """The point that the plan makes the finish of a stage for a category, or what may be it.

        Whether a point can be the finish at all is for the rules to say.
        """
        key = stage, category
        if key not in self._ends:
            planned, placed = self.facts.stages.get(stage), self._points_on(stage)
            length = planned.value.special_m if planned else None
            self._ends[key] = end_of(placed.values(), category, length) if placed else NO_END
        return self._ends[key]

    def metres_to(self, stage: str, category: str, point: str) -> int | None:
        """How far a point is from the start of the selective section; None if it isn't known."""
        placed = self.point(stage, category, point)
        if placed is None or placed.at_m is None:
            return None
        both = (e for e in self._points_on(stage).values() if e.category in ("", category))
        return placed.at_m - begin_m(both)

    @cached_property
    def controls(self) -> dict[str, ControlScheduled]:
        """The controls by code, in the order of the itinerary."""
        return self.facts.following(_itinerary, ControlScheduled, StageScheduled)

    @cached_property
    def control_places(self) -> dict[str, int]:
        """The place of each control in the itinerary."""
        return {control: place for place, control in enumerate(self.controls)}

    @cached_property
    def control_before(self) -> dict[str, str]:
        """The control from which the target time of each runs; "" for none.

        That is the one that it names, else the one before it on its stage.
        """
        found: dict[str, str] = {}
        last: dict[str, str] = {}
        for code, planned in self.controls.items():
            found[code] = planned.from_control or last.get(planned.stage, "")
            last[planned.stage] = code
        return found

    def order_at(self, stage: str, control: str, instant: int | None = None) -> int | None:
        """The number of the stage in which something at a stage or control counts."""
        return self.stage_at(stage, control, instant).order

    def stage_at(self, stage: str, control: str, instant: int | None = None) -> AtStage:
        """The stage in which something at a stage or control counts.

        What names a stage is of that one, also where several bear its number. A control before the
        first stage belongs to that. The regulations are those of its instant (UTC ms); without one,
        the latest.
        """
        if not stage and (planned := self.controls.get(control)):
            stage = planned.stage
        if stage:
            return self._at_stages.get(stage, NO_STAGE)
        if not control:
            return NO_STAGE
        rules = self.rulebook if instant is None else self.regulations.at(instant)
        order = rules.controls().stage_order(control, min(self.orders.values(), default=None))
        return AtStage(order, self.codes.get(order, ""))

    @cached_property
    def _at_stages(self) -> dict[str, AtStage]:
        return {code: AtStage(order, code) for code, order in self.orders.items()}

    def category(self, number: str) -> str:
        """The category whose route a crew drives; empty for one that is not entered."""
        return self.facts.crews.driven_in.get(number, "")

    def entry_on(self, number: str, order: int | None) -> CrewEntered:
        """The entry of a crew as it stood on the stage of that number; without one, as it stands.

        Raises:
            KeyError: no such crew is entered.
        """
        crews = self.facts.crews
        if order is None or number not in crews.moves:
            return crews[number].value
        moves = [each.value for each in crews.moves[number] if self.moves_from(each.value) <= order]
        return as_it_stands(crews.entered_as[number], moves)

    def entries_on(self, order: int | None) -> Mapping[str, CrewEntered]:
        """The entries of all crews as they stood there, in the order of their numbers."""
        entries = self.facts.crews.entries
        if order is None or not self.facts.crews.moves:
            return entries
        return {number: self.entry_on(number, order) for number in entries}

    def categories_on(self, order: int | None) -> frozenset[str]:
        """The categories that crews were in on the stage of that number; without one, as now."""
        if order is None or not self.facts.crews.moves:
            return self.facts.crews.categories
        return frozenset(each.category for each in self.entries_on(order).values())

    def moves_from(self, said: CrewReclassified) -> int:
        """The number of the stage from which on a crew is moved; of none that is planned, the last.

        Of an instant, it is the first stage that starts then or later by the plan.
        """
        if said.stage:
            return self.orders.get(said.stage, _BEHIND_ALL)
        since = said.since_at.ms if said.since_at else 0
        starts = ((e.first_start_at, e.order) for e in self.stages if e.first_start_at is not None)
        return min((order for at, order in starts if at.ms >= since), default=_BEHIND_ALL)

    # -- race direction --------------------------------------------------------------------------

    @cached_property
    def acts(self) -> dict[str, list[Fact[Act]]]:
        """The acts on each stage in the order of the facts.

        At one instant a reinstatement comes after what it revokes: before it, it would be void.
        Rulings come after what was put on record alone, as they outrank it.
        """
        acts: list[Fact[Act]] = [
            *self.facts.of(StageCancelled),
            *self.facts.of(StageShortened),
            *self.facts.of(StageStopped),
            *self.facts.of(StageReinstated),
        ]
        acts.sort(
            key=lambda a: (a.weight, a.order()[:2], isinstance(a.value, StageReinstated), a.id)
        )
        return grouped((each.value.stage, each) for each in acts)

    def length_of(self, stage: str, number: str) -> int | None:
        """How long a stage is for a crew, in metres, as race direction left it."""
        return self.length_for(stage, self.category(number), number)

    def length_for(self, stage: str, category: str, number: str = "") -> int | None:
        """How long a stage is for a category, or for one crew of it, as race direction left it.

        In metres: as long as an act says that it is, else from where time begins to run to the
        finish; None where neither the plan nor the acts tell.
        """
        directed = self.direction(stage, category, number)
        act = directed.ended_by.value if directed.ended_by else None
        if isinstance(act, StageShortened) and act.special_m is not None:
            return act.special_m
        ends_m = self.facts.stages[stage].value.special_m
        if directed.finish_point:
            ends_m = self.metres_to(stage, category, directed.finish_point)
        if ends_m is None or not directed.start_point:
            return ends_m
        begins_m = self.metres_to(stage, category, directed.start_point)
        return None if begins_m is None else ends_m - begins_m

    def direction_for(self, stage: str, number: str) -> Direction:
        """What race direction made of a stage for a crew."""
        return self.direction(stage, self.category(number), number)

    @cached_property
    def _named(self) -> dict[str, frozenset[str]]:
        """The crews that acts on each stage name: few, if any."""
        return {
            stage: frozenset(number for each in acts for number in named_by(each.value))
            for stage, acts in self.acts.items()
        }

    def direction(self, stage: str, category: str, number: str = "") -> Direction:
        """What race direction made of a stage for a category, or for one crew of it.

        What names the crew counts before what is said for all. A reinstatement revokes the
        cancellation where there is one, else the shortening or stop: a stage that was shortened
        before it was cancelled comes back shortened.
        """
        if stage not in self.acts:
            return _AS_PLANNED
        key = stage, category, number if number in self._named[stage] else ""
        if key not in self._directed:
            self._directed[key] = directed(self.acts[stage], category, key[2])
        return self._directed[key]

    def reinstating(self, stage: str, category: str, number: str = "") -> dict[str, bool]:
        """The ids of the reinstatements that revoke something: True for what was cancelled."""
        found: dict[str, bool] = {}
        stands = _AS_PLANNED
        for act in _of(self.acts.get(stage, ()), category, number):
            if isinstance(act.value, StageCancelled):
                found.clear()
            elif isinstance(act.value, StageReinstated) and stands != _AS_PLANNED:
                found[act.id] = stands.cancelled is not None
            stands = _after(stands, act)
        return found

    def cancelled(self, stage: str, category: str) -> bool:
        """Whether a stage does not count for a category."""
        return stage in self.acts and self.direction(stage, category).cancelled is not None

    @cached_property
    def closed(self) -> frozenset[str]:
        """The stages whose crews are all accounted for."""
        return frozenset(each.value.stage for each in self.facts.of(StageClosed))

    # -- leaving and coming back ----------------------------------------------------------------

    @cached_property
    def restarts(self) -> dict[str, list[Fact[CrewRestarted]]]:
        """The restarts of each crew, in the order of the facts."""
        return grouped((each.value.number, each) for each in self.facts.of(CrewRestarted))

    @cached_property
    def fitness(self) -> dict[str, list[Fact[FitnessDecided]]]:
        """What the doctors decided of each crew, in the order of the facts."""
        return grouped((each.value.number, each) for each in self.facts.of(FitnessDecided))

    def reported_at(self, fact: Fact[Leaving]) -> AtStage:
        """The stage at which a retirement was reported, as far as the report tells."""
        if fact.id not in self._reported:
            control = fact.value.control if isinstance(fact.value, RetirementReported) else ""
            self._reported[fact.id] = self.stage_at(fact.value.stage, control, fact.instant)
        return self._reported[fact.id]

    def restarted(self, number: str, fact: Fact[Leaving]) -> bool:
        """Whether the crew took part again afterwards; an unfit one, whether it was cleared."""
        if isinstance(fact.value, FitnessDecided):
            later = [each for each in self.fitness[number] if each.order() > fact.order()]
            return any(each.value.fit for each in later)
        if number not in self.restarts:  # as of most crews
            return False
        since = fact.order()[0]
        return any(each.order()[0] >= since for each in self.restarts[number])

    def restart_after(self, fact: Fact[Leaving], left: int) -> int | None:
        """The number of the stage on which a crew restarted after it left one; None without that.

        A restart that names no stage is on the one after that which was left.
        """
        since = fact.order()[0]
        later = [e for e in self.restarts.get(fact.value.number, ()) if e.order()[0] >= since]
        return min((self.orders.get(e.value.stage, left + 1) for e in later), default=None)


def _placed(
    waypoints: Iterable[Fact[WaypointPlaced]],
) -> dict[str, dict[tuple[str, str], WaypointPlaced]]:
    found: dict[str, dict[tuple[str, str], WaypointPlaced]] = defaultdict(dict)
    for each in waypoints:
        said = each.value
        found[said.stage][said.category, said.point] = said
    return dict(found)


def _itinerary(
    controls: Iterable[Fact[ControlScheduled]], scheduled: Iterable[Fact[StageScheduled]]
) -> dict[str, ControlScheduled]:
    found: dict[str, ControlScheduled] = {}
    for each in controls:
        found.setdefault(each.value.control, each.value)
    stages = stages_of(scheduled)
    place = {e.control: stages[e.stage].value.order for e in found.values() if e.stage in stages}
    return dict(sorted(found.items(), key=lambda c: (place.get(c[0], 0), c[1].order, c[0])))


def official_start(said: StageStarted) -> int | None:
    """The official start that a record of a start tells (UTC ms); None where it is assumed."""
    official = said.due_at or said.fact_at
    return official.ms if official and not said.fact_assumed else None


def named_by(said: Act) -> tuple[str, ...]:
    """The crews that an act on a stage is for; none named means all of them."""
    return said.numbers if isinstance(said, (StageShortened, StageStopped)) else ()


def directed(acts: Iterable[Fact[Act]], category: str, number: str = "") -> Direction:
    """How a stage stands for a category after these acts, in the order in which they count.

    Those that name crews are left out, but for those that name this one.
    """
    stands = _AS_PLANNED
    for act in _of(acts, category, number):
        stands = _after(stands, act)
    return stands


def _of(acts: Iterable[Fact[Act]], category: str, number: str) -> Iterator[Fact[Act]]:
    """The acts that are for a category, or for all, and for a crew of it, or for all of those."""
    for act in acts:
        if is_for(act.value, category, number):
            yield act


def is_for(said: Act, category: str, number: str) -> bool:
    """Whether an act on a stage is for a crew of a category; "" for a crew that none names."""
    of_the_category = not said.categories or category in said.categories
    named = named_by(said)
    return of_the_category and (not named or number in named)


def _outranks(stands: Fact[StageShortened] | Fact[StageStopped] | None, said: Act) -> bool:
    """Whether what stands names its crews, and the further act does not."""
    return stands is not None and bool(named_by(stands.value)) and not named_by(said)


def _after(stands: Direction, act: Fact[Act]) -> Direction:
    """How a stage stands after a further act."""
    said = act.value
    if isinstance(said, StageCancelled):
        return stands._replace(
            cancelled=Fact(act.id, act.position, said, act.amended_by, act.weight)
        )
    if isinstance(said, StageShortened):
        if _outranks(stands.shortened, said):
            return stands
        return stands._replace(
            shortened=Fact(act.id, act.position, said, act.amended_by, act.weight)
        )
    if isinstance(said, StageStopped):
        if _outranks(stands.stopped, said):
            return stands
        return stands._replace(stopped=Fact(act.id, act.position, said, act.amended_by, act.weight))
    return stands._replace(cancelled=None) if stands.cancelled else _AS_PLANNED
