"""The state of a rally as the timeline tells it: what a replay computes, looked up instead."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping
from functools import cached_property

from ledger.vocabulary import PenaltyGiven, StageNotFinished
from projections.state.charges import Charge, Charges
from projections.state.rally import RallyState
from projections.state.timing import StageValue, Timing
from projections.timeline.beginnings import Beginnings
from projections.timeline.cells import Cell
from projections.timeline.earliest import Earliest
from projections.timeline.frames import Frame
from projections.timeline.light import CutFacts, Light

ByStage = dict[str, StageValue]
Held = tuple[int, int, int, int, str, StageValue]
Key = tuple[str, str]
"""A stage and a race number."""


class Index:
    """What the timeline holds of a log, up to a position."""

    def __init__(self) -> None:
        self.position = 0
        self.light = Light()
        self.cells: dict[Key, list[Cell]] = {}
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
        self.again: set[int] = set()
        """The positions of occurrences that the log holds already."""
        self.points: dict[str, set[str] | None] = {}
        """The points of each stage at which passings bear on its times; None is all of them."""
        self.known_from: dict[str, int] = {}
        """From which position on something is known of a stage."""
        self.frames: dict[str, Frame] = {}
        self.values: dict[str, list[Held]] = {}
        """The cells that hold a value, by crew."""
        self.slowest: dict[str, list[tuple[int, str]]] = {}
        """The times that ever stood on each stage with their crews, the longest first."""

    def put(self, key: Key, cells: list[Cell]) -> None:
        """Hold these cells of a crew on a stage, in the place of those before."""
        stage, number = key
        self.cells[key] = cells
        held = [(*cell[:4], stage, cell.content.value) for cell in cells if cell.content.value]
        others = [each for each in self.values.get(number, ()) if each[4] != stage]
        self.values[number] = others + held
        times = self.slowest.setdefault(stage, [])
        for time_ms in {value.time_ms for *_, value in held}:
            insort(times, (-time_ms, number))


class Measured(Mapping[tuple[str, str], StageValue]):
    """The values by (stage, number), held by crew."""

    def __init__(self, by_crew: Mapping[str, ByStage]) -> None:
        self.by_crew = by_crew

    def __getitem__(self, key: tuple[str, str]) -> StageValue:
        stage, number = key
        return self.by_crew[number][stage]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return ((stage, number) for number, held in self.by_crew.items() for stage in held)

    def __len__(self) -> int:
        return sum(map(len, self.by_crew.values()))


class IndexedTiming(Timing):
    """The times of a rally at a moment, looked up."""

    def __init__(self, state: IndexedState) -> None:
        super().__init__(state)
        self._state = state

    @cached_property
    def measured(self) -> Mapping[tuple[str, str], StageValue]:
        """What each crew's stages count by the times that are known, by (stage, number)."""
        return Measured(self._state.measured)

    def slower(self, stage: str, than_ms: int) -> list[str]:
        """The crews whose time on a stage is longer than that."""
        known, found = self._state.measured, []
        for minus_ms, number in self._state.slowest(stage):
            if -minus_ms <= than_ms:
                break
            value = known.get(number, {}).get(stage)
            if value is not None and value.time_ms > than_ms and number not in found:
                found.append(number)
        return found

    @cached_property
    def official_starts(self) -> Mapping[tuple[str, str], int]:
        """From when the time of each crew runs on each stage (UTC ms), by (stage, number)."""
        return {
            (cell.stage, number): cell.content.official_ms
            for number, cell in self._state.cells()
            if cell.content.official_ms is not None
        }


class IndexedState(RallyState):
    """The state of a rally at a moment: a position of the log, and an instant of the rally."""

    def __init__(self, index: Index, position: int, instant: int) -> None:
        super().__init__(CutFacts(index.light, position, instant))
        self._index = index
        self._position = position
        self._instant = instant

    def cells(self) -> Iterator[tuple[str, Cell]]:
        """The cells of this moment with their crews."""
        at, when = self._position, self._instant
        for (_, number), cells in self._index.cells.items():
            for cell in cells:
                if cell.since <= at < cell.until and cell.from_ms <= when < cell.to_ms:
                    yield number, cell

    def slowest(self, stage: str) -> list[tuple[int, str]]:
        """The times that ever stood on a stage, negative, with their crews; the longest first."""
        return self._index.slowest.get(stage, [])

    @cached_property
    def measured(self) -> dict[str, ByStage]:
        """The values that follow from times, by crew and stage."""
        at, when = self._position, self._instant
        return {
            number: {
                stage: value
                for since, until, from_ms, to_ms, stage, value in values
                if since <= at < until and from_ms <= when < to_ms
            }
            for number, values in self._index.values.items()
        }

    @cached_property
    def begins(self) -> dict[str, int]:
        """When each stage begins, as far as is known."""
        return self._index.beginnings.at(self, self._position, self._instant)

    @cached_property
    def timing(self) -> Timing:
        """The times that are on record, and which of them counts."""
        return IndexedTiming(self)

    @cached_property
    def timed(self) -> Measured:
        """The times that count, by (stage, number)."""
        found = dict(self.measured)
        for stage, number in self.unfinished.overtime | self.unfinished.not_finished.keys():
            if stage in found.get(number, ()):
                found[number] = {s: v for s, v in found[number].items() if s != stage}
        return Measured(found)

    @cached_property
    def achieved(self) -> Mapping[str, Mapping[str, StageValue]]:
        """The values by crew, and then by stage."""
        found = dict(self.timed.by_crew)
        for (stage, number), cost in self.unfinished.values.items():
            found[number] = {**found.get(number, {}), stage: cost}
        return {number: values for number, values in found.items() if values}

    @cached_property
    def run(self) -> frozenset[str]:
        """The stages on which somebody has a time, in a category that they count for."""
        by_category: dict[str, set[str]] = defaultdict(set)
        for number, values in self.measured.items():
            by_category[self.category(number)].update(values)
        return frozenset(
            stage
            for category, stages in by_category.items()
            for stage in stages
            if not self.cancelled(stage, category)
        )

    @cached_property
    def seen_running(self) -> Container[str]:
        """The crews of which something on the road is known, so that they did start."""
        seen = self.achieved.keys() | self.carried.keys()
        seen |= {each.value.number for each in self.facts.retirements}
        seen |= {each.value.number for each in self.facts.of(StageNotFinished)}
        return seen | {
            number
            for number, earliest in self._index.on_the_road.items()
            if earliest.at(self._position, self._instant) is not None
        }

    @cached_property
    def charges(self) -> tuple[Charge, ...]:
        """Every penalty that was given; under these rules none follows from times."""
        charges = Charges(self, self.road)
        return tuple(charges.given(each) for each in self.facts.of(PenaltyGiven))
