"""The state of a rally as the timeline tells it: what a replay computes, looked up instead."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import chain
from threading import RLock
from typing import NamedTuple, cast

from ledger.grouping import grouped
from ledger.vocabulary import StageNotFinished
from projections.state.charged import Charged, in_force, in_order
from projections.state.charges import Charge, Charges, OfACrew
from projections.state.course import Course
from projections.state.ends import Tells
from projections.state.facts import Facts
from projections.state.rally import RallyState
from projections.state.tallies import NOBODY, OnStage, by_stage
from projections.state.timing import StageValue, Timing
from projections.timeline.acting import Acting
from projections.timeline.agreements import NOT_AGREED, Agreements
from projections.timeline.beginnings import Beginnings
from projections.timeline.cells import Cell
from projections.timeline.earliest import Earliest
from projections.timeline.frames import Frame
from projections.timeline.held import Held, Key
from projections.timeline.light import CutFacts, Light
from projections.timeline.versions import FOREVER

ByStage = dict[str, OnStage]
MadeOf = dict[Key, list[int]]


class Index:
    """What the timeline holds of a log, up to a position.

    States look things up in it long after they were asked for, in whatever thread. So whatever is
    decoded, put in order or carried forward on the way is so under one lock. What was handed out is
    never changed: a carry puts another in its place.
    """

    def __init__(self, lock: RLock | None = None) -> None:
        self.lock = lock or RLock()
        self.position = 0
        self.light = Light(self.lock)
        self.values = Held(self.lock)
        """What crews' stages count."""
        self.charged = Held(self.lock)
        """What their starts and stamps cost, by the stage under which those are kept."""
        self.telling = Held(self.lock)
        """What crews' times tell of where stages end, of which the plan does not tell it."""
        self.agreements: dict[str, Agreements] = {}
        """Where those show stages to end."""
        self.perhaps: dict[str, set[str]] = {}
        """The points that only they can show to be its finish, of a stage that leaves it to them.

        There is none where each of those is the finish by the plan for somebody.
        """
        self.beginnings = Beginnings({}, {})
        self.on_the_road: dict[str, Earliest] = {}
        """From when crews were on the road of which somebody said that they did not start."""
        self.replayed: list[tuple[int, int]] = []
        """The parts of the log of which only a full replay tells."""
        self.entangled: dict[int, tuple[int, ...]] = {}
        """What amends each other or tells one line again: from each position to all of them."""
        self.moved: dict[Key, set[tuple[int, ...]]] = {}
        """Which of those bear on a cell."""
        self.dangling: dict[str, set[int]] = {}
        """The ids that records name and the log does not hold, with the positions of those."""
        self.acting = Acting()
        """Who acted in which office, and from where on that may have no effect."""
        self.again: set[int] = set()
        """The positions of occurrences that the log holds already."""
        self.points: dict[str, set[str] | None] = {}
        """The points of each stage at which passings bear on its times; None is all of them."""
        self.known_from: dict[str, int] = {}
        """From which position on something is known of a stage."""
        self.frames: dict[str, Frame] = {}
        self.card_stages: dict[str, set[str]] = {}
        """The stages that time cards give for each control."""
        self.carded_from = FOREVER
        """From which position on a crew is known to have been at a control."""

        self._made_of: Callable[[], MadeOf] = dict

    @cached_property
    def made_of(self) -> MadeOf:
        """The positions of the records that each cell is made of; not of what is entangled."""
        return self._made_of()

    def put_off(self, made_of: Callable[[], MadeOf]) -> None:
        """Take in what cells are made of when it is first asked for: few answers need it."""
        self._made_of = made_of

    def bears(self, stage: str, point: str) -> bool:
        """Whether a passing at a point bears on the times of a stage."""
        points = self.points.get(stage)
        return points is None or point in points

    def is_undefined(self, position: int, instant: int) -> bool:
        """Whether a rule is lacking at a moment which some value needs, or some penalty."""
        return any(
            each.holds(position, instant)
            for held in (self.values, self.charged)
            for column in held.columns(position, instant).values()
            for each in column.undefined
        )

    def begins(self, course: Course, position: int, instant: int) -> dict[str, int]:
        """When each stage begins, as far as is known at a moment (UTC ms)."""
        with self.lock:
            return self.beginnings.at(course, position, instant)

    def seen_on_the_road(self, position: int, instant: int) -> set[str]:
        """The crews on the road at a moment, of those of which it was said that they stay away."""
        with self.lock:
            known = self.on_the_road.items()
            return {n for n, each in known if each.at(position, instant) is not None}


class Measured(Mapping[tuple[str, str], StageValue]):
    """The values by (stage, number), held by stage."""

    def __init__(self, by_stage: Mapping[str, OnStage]) -> None:
        self.by_stage = by_stage

    def __getitem__(self, key: tuple[str, str]) -> StageValue:
        stage, number = key
        return self.by_stage[stage][number]

    def __contains__(self, key: object) -> bool:
        stage, number = cast("Key", key)
        return number in self.by_stage.get(stage, NOBODY)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return ((stage, number) for stage, held in self.by_stage.items() for number in held)

    def __len__(self) -> int:
        return sum(map(len, self.by_stage.values()))


class Read(NamedTuple):
    """Which readings were read beside a moment: all those of some stages, all those of a crew."""

    stages: frozenset[str] = frozenset()
    crew: str = ""


UNREAD = Read()


class IndexedTiming(Timing):
    """The times of a rally at a moment, looked up."""

    def __init__(self, state: IndexedState) -> None:
        super().__init__(state)
        self._state = state

    @cached_property
    def measured(self) -> Mapping[tuple[str, str], StageValue]:
        """What each crew's stages count by the times that are known, by (stage, number)."""
        return Measured(self._state.measured)

    def agreed(self, stage: str, category: str) -> str:
        """The point that official times show to be the finish, where the plan tells nothing of it.

        "" where they show none.
        """
        if not self.course.planned_end(stage, category).perhaps:
            return ""
        return self._state.shown_end(stage, category)

    def _told_by_all(self, stage: str, category: str) -> list[Tells]:
        return [each for each in self._state.tells(stage) if each.category == category]

    def read_again(self, read: Read) -> ByStage:
        """The values as a full replay tells them, from the readings that are at hand."""
        if read == UNREAD:
            return {}
        return by_stage(
            (key, value)
            for key, value in self.from_readings().items()
            if key[0] in read.stages or key[1] == read.crew
        )

    def slower(self, stage: str, than_ms: int) -> list[str]:
        """The crews whose time on a stage is longer than that."""
        return self._state.measured.get(stage, NOBODY).slower(than_ms)

    @cached_property
    def official_starts(self) -> Mapping[tuple[str, str], int]:
        """From when the time of each crew runs on each stage (UTC ms), by (stage, number)."""
        return {
            (cell.stage, number): cell.content.official_ms
            for number, cell in self._state.started()
            if cell.content.official_ms is not None
        }


class Seen(Container[str]):
    """The crews seen on some stage, or otherwise: asked for few, it does not put them together."""

    def __init__(self, otherwise: set[str], on_stages: Mapping[str, OnStage]) -> None:
        self._otherwise = otherwise
        self._on_stages = on_stages

    def __contains__(self, number: object) -> bool:
        seen = self._on_stages.values()
        return number in self._otherwise or any(number in each for each in seen)


class IndexedState(RallyState):
    """The state of a rally at a moment: a position of the log, and an instant of the rally."""

    def __init__(
        self,
        index: Index,
        position: int,
        instant: int,
        beside: Facts | None = None,
        read: Read = UNREAD,
        like: CutFacts | None = None,
    ) -> None:
        facts = CutFacts(index.light, position, instant, beside, like)
        super().__init__(facts)
        self._held = facts
        self._read = read
        self._index = index
        self._position = position
        self._instant = instant

    def with_facts(self, beside: Facts, read: Read = UNREAD) -> IndexedState:
        """The same moment with facts beside it that were read from the log for one question.

        They hold what a timeline does not: papers, incidents, and the readings that `read` says, of
        which the values then name the records that they rest on.
        """
        held = self._held
        return IndexedState(self._index, self._position, self._instant, beside, read, held)

    @property
    def linked(self) -> Collection[int]:
        """The positions of the records that something amends, or that tell one line again."""
        return self._index.entangled

    def bears(self, stage: str, point: str) -> bool:
        """Whether a passing at a point bears on the times of a stage, of whichever crew it is."""
        return self._index.bears(stage, point)

    def carded_on(self, control: str, stages: Iterable[str]) -> bool:
        """Whether a time card gives one of these stages for a control, wherever that is planned."""
        return not self._index.card_stages.get(control, set()).isdisjoint(stages)

    def started(self) -> Iterator[tuple[str, Cell]]:
        """The cells of this moment that tell an official start, with their crews."""
        at, when = self._position, self._instant
        for column in self._index.values.columns(at, when).values():
            for number, cell in column.started:
                if cell.holds(at, when):
                    yield number, cell

    def shown_end(self, stage: str, category: str) -> str:
        """The point that official times show to be the finish of a stage; "" for none."""
        agreements = self._index.agreements.get(stage, NOT_AGREED)
        return agreements.at(category, self._position, self._instant)

    def tells(self, stage: str) -> Iterator[Tells]:
        """What the official times of all crews tell of where a stage ends."""
        with self._index.lock:
            cells = [e for several in self._index.telling.cells(stage).values() for e in several]
        for cell in cells:
            if cell.holds(self._position, self._instant):
                yield from cell.content.tells

    def resting_on(self, number: str) -> set[int]:
        """The positions of the records of others that show where a crew finished its stages.

        Its own must be at hand.
        """
        timing, category = self.timing, self.category(number)
        return {
            position
            for stage in self.orders
            if (point := timing.agreed(stage, category)) and timing.ends_by_rule(stage, number)
            for each in self.tells(stage)
            if each.agrees and (each.category, each.point) == (category, point)
            for position in each.positions
        }

    @cached_property
    def measured(self) -> ByStage:
        """The values that follow from times, by stage and crew."""
        at, when = self._position, self._instant
        columns = self._index.values.columns(at, when).items()
        found = {stage: values for stage, each in columns if (values := each.at(at, when))}
        for stage, values in self.timing.read_again(self._read).items():
            held = found.get(stage, NOBODY)
            found[stage] = held.but((), values)
        return found

    @cached_property
    def begins(self) -> dict[str, int]:
        """When each stage begins, as far as is known."""
        return self._index.begins(self, self._position, self._instant)

    @cached_property
    def timing(self) -> IndexedTiming:
        """The times that are on record, and which of them counts."""
        return IndexedTiming(self)

    @cached_property
    def timed(self) -> Measured:
        """The times that count, by (stage, number)."""
        # Not a copy by (stage, number): at each moment that would cost more than the standings do.
        return Measured(self._replaced({}))

    @cached_property
    def on_stages(self) -> Mapping[str, OnStage]:
        """The value of each crew on each stage, a time or a cost, by stage and then by number."""
        costs = defaultdict[str, dict[str, StageValue]](dict)
        for (stage, number), cost in self.unfinished.values.items():
            costs[stage][number] = cost
        return self._replaced(costs)

    @cached_property
    def values(self) -> Measured:
        """The value of each crew on each stage, a time or a cost, by (stage, number)."""
        return Measured(self.on_stages)

    def _replaced(self, costs: Mapping[str, Mapping[str, StageValue]]) -> ByStage:
        """The times that count, by stage, and in the place of the others what stages cost."""
        without = defaultdict[str, list[str]](list)
        for stage, number in self.unfinished.set_aside:
            without[stage].append(number)
        found = dict(self.measured)
        for stage in without.keys() | costs.keys():
            if stage in found or stage in costs:
                held = found.get(stage, NOBODY)
                found[stage] = held.but(without.get(stage, ()), costs.get(stage, {}))
        return found

    @cached_property
    def run(self) -> frozenset[str]:
        """The stages on which somebody has a time, in a category that they count for."""
        return frozenset(
            stage
            for stage, values in self.measured.items()
            if values and self._counts_for_some(stage, values)
        )

    def _counts_for_some(self, stage: str, numbers: Iterable[str]) -> bool:
        """Whether a stage counts for the category of any of these crews."""
        if stage not in self.acts:  # as most: nothing was done about it
            return True
        crews = self.facts.crews
        if not any(self.cancelled(stage, each) for each in (*crews.categories, "")):
            return True
        categories = {crews.driven_in.get(number, "") for number in numbers}
        return not all(self.cancelled(stage, each) for each in categories)

    @cached_property
    def seen_running(self) -> Container[str]:
        """The crews of which something on the road is known, so that they did start."""
        seen = {each.value.number for each in self.facts.retirements} | self.carried.keys()
        seen |= {each.value.number for each in self.facts.of(StageNotFinished)}
        seen |= self._index.seen_on_the_road(self._position, self._instant)
        return Seen(seen, self.on_stages)

    @cached_property
    def charges(self) -> tuple[Charge, ...]:
        """Every penalty; what starts and stamps cost is looked up, crew by crew."""
        return Charges(self, self.road).with_computed(chain.from_iterable(self._charged()))

    @cached_property
    def penalties(self) -> Mapping[str, OfACrew]:
        """The penalties that count, by crew, in the order of the facts."""
        charges, looked_up = Charges(self, self.road), in_force(self._charged())
        given = grouped((each.number, each) for each in charges.by_officials if each.in_force)
        false = grouped((e.number, e) for e in charges.false_starts() if e.in_force)
        found = dict(looked_up)
        for number in given.keys() | false.keys():  # few: those of most crews are looked up alone
            computed = in_order((*looked_up.get(number, ()), *false.get(number, ())))
            found[number] = OfACrew((*given.get(number, ()), *computed))
        return found

    def _charged(self) -> list[Charged]:
        """What starts and stamps cost, stage by stage."""
        at, when = self._position, self._instant
        columns = self._index.charged.columns(at, when).values()
        return [column.charged(at, when) for column in columns]
