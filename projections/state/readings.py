"""Readings: the starts of the crews, and every record of a time, before it is said which counts.

Each is made of one record: the true instant, whatever the clock showed, the time since the official
start, the source and how much it is believed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

from ledger.grouping import grouped
from ledger.times import Instant
from ledger.vocabulary import PassingRecorded, StageStarted, StageTimeRecorded
from projections.state.clocks import Clocks, Seen, by_source, spread
from projections.state.course import Course
from projections.state.facts import Facts
from projections.state.keyed import ON_CARDS, Keyed
from projections.state.recorded import OF_NO_DECISION, Fact, Weight
from projections.state.start_lists import StartLists

RULINGS = ("notional", "assessed")
TOLERANCE = "timing.tolerance_ms"


class Reading(NamedTuple):
    """One record of a crew's time at a point: how long, by which means, from which source.

    `gross` says that it runs from the start on the clock, so that neutralisations come off.
    """

    elapsed_ms: int
    basis: str
    source_rank: int
    instant: int
    id: str
    position: int
    assumed: bool
    determined: int = 0
    gross: bool = False
    true_ms: int | None = None
    weight: Weight = OF_NO_DECISION

    def preference(self) -> tuple[int, int, int, int, str]:
        """Smaller counts: a time that was allocated, then a ruled one, then the better source.

        Of several allocations of one kind the latest counts, of several measurements the first.
        """
        if self.basis in RULINGS:
            return RULINGS.index(self.basis), 0, self.source_rank, -self.instant, self.id
        return len(RULINGS), -self.determined, self.source_rank, self.instant, self.id

    @property
    def is_allocated(self) -> bool:
        """Whether it gives the time of the stage itself, and none that was taken at a point of it.

        The id of a time that a decision gives is that of the decision.
        """
        return self.basis in RULINGS or self.weight[2] == self.id


def ranked(readings: Iterable[Reading]) -> list[Reading]:
    """Several records of one time, the one that counts first: a ruling outranks every other."""
    found = sorted(readings, key=Reading.preference)
    for each in found:  # of most times no ruling is known
        if each.weight is not OF_NO_DECISION:
            return sorted(found, key=lambda reading: reading.weight, reverse=True)
    return found


class Start(NamedTuple):
    """A crew's start of a stage: the official one, from which time runs, and the actual one."""

    official_ms: int
    actual_ms: int | None
    fact: Fact[StageStarted]


class Readings:
    """The readings on a course at one cut.

    `facts` are those of the crews. Where only some crews are asked for, theirs are enough: no
    crew's readings rest on another's.
    """

    def __init__(
        self, course: Course, facts: Facts | None = None, lists: StartLists | None = None
    ) -> None:
        self.course = course
        self.facts = course.facts if facts is None else facts
        self.clocks = Clocks(course)
        self.start_lists = lists or StartLists(course)

    @cached_property
    def keyed(self) -> tuple[Keyed, ...]:
        """The cells of time cards that were keyed, and what comes of each."""
        return tuple(each for kind in ON_CARDS for each in self.clocks.keyed(self.facts.of(kind)))

    @cached_property
    def keyed_twice(self) -> Mapping[str, list[Keyed]]:
        """The cells of the crews of whose cards some were keyed by several, by number."""
        found = grouped((each.cell.number, each) for each in self.keyed)
        return {
            number: cells
            for number, cells in found.items()
            if any(len(each.persons) > 1 for each in cells)
        }

    @cached_property
    def told_starts(self) -> dict[tuple[str, str], list[Seen[StageStarted]]]:
        """Every record of a start that may count, by (stage, number)."""
        believed = self.clocks.believed(self.facts.of(StageStarted))
        return grouped(((seen.fact.value.stage, seen.fact.value.number), seen) for seen in believed)

    @cached_property
    def starts(self) -> dict[tuple[str, str], Start]:
        """The start of each crew on each stage, by (stage, number).

        The official start is the one told with it, else the one of a published start order, put
        back where the stage was delayed after that; else the crew started when it was seen to.
        """
        told = self.told_starts.items()
        return {key: start for key, each in told if (start := self.start_of(*key, each))}

    def start_of(self, stage: str, number: str, told: Iterable[Seen[StageStarted]]) -> Start | None:
        """The start of a crew by the records of it; None where none tells when."""
        several = [each for each in told if each.true_ms is not None or each.fact.value.due_at]
        if not several:
            return None
        best = min(several, key=lambda each: each.preference())
        due = best.fact.value.due_at or self.due(stage, number)
        official = due.ms if due else best.true_ms
        return None if official is None else Start(official, best.true_ms, best.fact)

    def starts_by_source(self, stage: str, number: str) -> bool:
        """Whether the order of sources says which record of a start counts."""
        told = self.told_starts.get((stage, number), ())
        return by_source(
            each for each in told if each.true_ms is not None or each.fact.value.due_at
        )

    @cached_property
    def official_starts(self) -> Mapping[tuple[str, str], int]:
        """From when the time of each crew runs on each stage (UTC ms), by (stage, number)."""
        return {key: start.official_ms for key, start in self.starts.items()}

    @cached_property
    def contested_starts(self) -> frozenset[tuple[str, str]]:
        """The starts of which several sources tell different times, and nobody ruled on them."""
        return frozenset(
            key
            for key, told in self.told_starts.items()
            if (apart := spread(told)) and not any(each.determined for each in told)
            if apart > self.course.rules_of(key[0]).number(TOLERANCE)
        )

    @cached_property
    def readings(self) -> Mapping[tuple[str, str], dict[str, list[Reading]]]:
        """Every record of a time that may count, by (stage, number) and point; "" is the finish."""
        return self.readings_in(
            self.clocks.believed(self.facts.of(StageTimeRecorded)),
            self.clocks.believed(self.facts.of(PassingRecorded)),
        )

    def readings_in(
        self, times: Iterable[Seen[StageTimeRecorded]], passings: Iterable[Seen[PassingRecorded]]
    ) -> dict[tuple[str, str], dict[str, list[Reading]]]:
        """The same of these records alone."""
        found: dict[tuple[str, str], dict[str, list[Reading]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for time in times:
            said = time.fact.value
            found[said.stage, said.number][""].append(
                self._reading(time, said.elapsed_ms, said.basis, time.true_ms)
            )
        for passing in passings:
            seen = passing.fact.value
            elapsed, true_ms = seen.elapsed_ms, passing.true_ms
            official = self._official(seen.stage, seen.number)
            if elapsed is None and true_ms is not None and official is not None:
                elapsed = true_ms - official
            elif elapsed is not None and official is not None:
                true_ms = official + elapsed
            if elapsed is not None and elapsed >= 0:
                found[seen.stage, seen.number][seen.point].append(
                    self._reading(passing, elapsed, "measured", true_ms)
                )
        return found

    def _reading(
        self,
        seen: Seen[StageTimeRecorded] | Seen[PassingRecorded],
        elapsed_ms: int,
        basis: str,
        true_ms: int | None,
    ) -> Reading:
        """A record of a time; one of a passing runs from the start on the clock."""
        fact, gross = seen.fact, isinstance(seen.fact.value, PassingRecorded)
        instant = seen.true_ms if gross else None
        return Reading(
            elapsed_ms,
            basis,
            seen.rank,
            fact.order()[0] if instant is None else instant,
            fact.id,
            fact.position,
            fact.value.source.standing == "assumed",
            seen.determined,
            gross,
            true_ms,
            self._weight(fact) if self.clocks.weights else fact.weight,
        )

    def _weight(self, fact: Fact[StageTimeRecorded] | Fact[PassingRecorded]) -> Weight:
        """How much a record of a time weighs: decided itself, or ruled to count by a decision."""
        return max(fact.weight, self.clocks.weights.get(fact.id, OF_NO_DECISION))

    def _official(self, stage: str, number: str) -> int | None:
        """The official start; of a crew that nobody saw start, by the published order."""
        start = self.starts.get((stage, number))
        return start.official_ms if start else self.due_ms(stage, number)

    def by_source(self, several: Iterable[Reading]) -> bool:
        """Whether the order of sources says which of several readings counts."""
        ordered, of = sorted(several, key=Reading.preference), self.facts.by_id
        return any(
            of[each.id].value.source.kind != of[ordered[0].id].value.source.kind
            and each._replace(source_rank=-1).preference() < ordered[0].preference()
            for each in ordered[1:]
        )

    @cached_property
    def _set_off(self) -> dict[tuple[str, str], int]:
        """When each crew was first seen to start each stage, as the clocks showed it."""
        found: dict[tuple[str, str], int] = {}
        for each in self.facts.of(StageStarted):
            if each.value.fact_at is not None:
                key = each.value.stage, each.value.number
                found[key] = min(found.get(key, each.value.fact_at.ms), each.value.fact_at.ms)
        return found

    def due(self, stage: str, number: str) -> Instant | None:
        """When a crew is to start a stage by the published order; None where none says so."""
        return self.start_lists.due(stage, number, self._set_off.get((stage, number)))

    def due_by(self, stage: str, number: str) -> tuple[str, ...]:
        """The ids of the start order that says so, of what was amended in it, and of the delays."""
        return self.start_lists.by(stage, number, self._set_off.get((stage, number)))

    def official_by(self, stage: str, number: str) -> tuple[str, ...]:
        """The same, where that is what makes the official start: not one that is told with it."""
        start = self.starts.get((stage, number))
        return () if start and start.fact.value.due_at else self.due_by(stage, number)

    def due_ms(self, stage: str, number: str) -> int | None:
        """The same in UTC milliseconds."""
        due = self.due(stage, number)
        return due.ms if due else None
