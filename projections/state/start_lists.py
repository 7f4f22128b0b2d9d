"""Start lists: the start orders that were published, with what was amended in them since.

A published order is what was posted, whatever becomes known later; only an amendment changes it. A
crew that it puts in another place starts at the time of that place, and so does whoever it moves
on; a time that an amendment gives is that of its crew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cached_property, partial
from typing import NamedTuple

from ledger.times import Instant
from ledger.vocabulary import StageDelayed, StartOrderAmended, StartOrderPublished, StartSlot
from projections.rules.rulebook import if_known, interval_after, intervals_of
from projections.state.course import Course
from projections.state.recorded import Fact


class StartLists:
    """The published start orders of a course at one cut."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._stands: dict[str, list[_Line]] = {}

    @cached_property
    def published(self) -> dict[str, dict[str, Fact[StartOrderPublished]]]:
        """The start orders by stage and category; of several for the same, the last posted."""
        found: dict[str, dict[str, Fact[StartOrderPublished]]] = defaultdict(dict)
        for each in self._course.facts.standing(StartOrderPublished):
            found[each.value.stage][each.value.category] = each
        return found

    @cached_property
    def amended(self) -> dict[str, list[Fact[StartOrderAmended]]]:
        """The amendments by stage, in the order in which they were made."""
        found = defaultdict(list)
        for each in self._course.facts.of(StartOrderAmended):
            found[each.value.stage].append(each)
        return found

    def slots(self, published: Fact[StartOrderPublished]) -> list[StartSlot]:
        """The lines of a published order as they stand, in the order of their places.

        A crew that was not in it starts where the amendment says, else at the end.
        """
        lines = self._lines(published)
        return [StartSlot(place, each.number, each.due_at) for place, each in enumerate(lines, 1)]

    def _lines(self, published: Fact[StartOrderPublished]) -> list[_Line]:
        if published.id not in self._stands:
            of = partial(self._interval_after, published.value.category)
            lines = _Order(published, of)
            for each in self._amending(published):
                lines.amend(each)
            self._stands[published.id] = lines.lines
        return self._stands[published.id]

    def _interval_after(self, category: str, stage: str, place: int) -> int | None:
        """How long after the crew in a place the next one starts; None where no rule says so."""
        rules = self._course.rules_of(stage)
        intervals = if_known(partial(intervals_of, rules), category)
        return interval_after(intervals, place) if intervals else None

    def _amending(self, published: Fact[StartOrderPublished]) -> list[Fact[StartOrderAmended]]:
        """What amends this order: of its category, or of a crew that stands in it."""
        said = published.value
        listed = {slot.number for slot in said.slots}
        return [
            each
            for each in self.amended.get(said.stage, ())
            if each.order() > published.order()
            and (
                each.value.number in listed
                or said.category in ("", self._course.category(each.value.number))
            )
        ]

    def put_off(self, stage: str, number: str) -> int:
        """By how much an official let a crew start later than the order as posted has it (ms)."""
        for each in self.published.get(stage, {}).values():
            posted = {slot.number: slot.due_at for slot in each.value.slots}.get(number)
            own = (line.due_at for line in self._lines(each) if line.number == number and line.own)
            if (given := next(own, None)) and posted:
                return max(given.ms - posted.ms, 0)
        return 0

    def due(self, stage: str, number: str, gone_ms: int | None) -> Instant | None:
        """When a crew is to start a stage by the published order; None where none says so.

        `gone_ms` is when it was first seen to start, as the clock showed it. A delay moves nobody
        who had started, and no time that an official wrote after it.
        """
        given = self._given.get((stage, number))
        if given is None:
            return None
        late = sum(each.value.by_ms for each in self._delaying(stage, given, gone_ms))
        return Instant(given.due_at.ms + late, given.due_at.offset)

    def by(self, stage: str, number: str, gone_ms: int | None) -> tuple[str, ...]:
        """The ids of what says so: the order, what wrote another time in it, and the delays."""
        given = self._given.get((stage, number))
        if given is None:
            return ()
        return (*given.ids, *(each.id for each in self._delaying(stage, given, gone_ms)))

    def _delaying(
        self, stage: str, given: _Given, gone_ms: int | None
    ) -> Iterator[Fact[StageDelayed]]:
        for each in self._delays.get(stage, ()):
            if each.order() > given.written and (gone_ms is None or gone_ms > each.order()[0]):
                yield each

    @cached_property
    def _given(self) -> dict[tuple[str, str], _Given]:
        """The start times that officials wrote, by (stage, number)."""
        found: dict[tuple[str, str], _Given] = {}
        for stage, by_category in self.published.items():
            for each in by_category.values():
                for line in self._lines(each):
                    if line.due_at is not None:
                        by = line.by
                        ids = (each.id, by.id) if by else (each.id,)
                        when = by.order() if by and line.own else each.order()
                        found[stage, line.number] = _Given(line.due_at, when, ids)
        return found

    @cached_property
    def _delays(self) -> dict[str, list[Fact[StageDelayed]]]:
        found = defaultdict(list)
        for each in self._course.facts.of(StageDelayed):
            found[each.value.stage].append(each)
        return found


class _Line(NamedTuple):
    """A crew in an order: its time, whether that was given to it itself, and what changed it."""

    number: str
    due_at: Instant | None
    own: bool = False
    by: Fact[StartOrderAmended] | None = None


class _Time(NamedTuple):
    """The time of a place, and whether a crew stands in it; whoever is taken out leaves it free."""

    due_at: Instant | None
    taken: bool = True


class _Order:
    """A published order, amended step by step: its crews in their order, and its times in theirs.

    `interval_after` gives the interval behind a place of a stage, for a place that is added.
    """

    def __init__(
        self, published: Fact[StartOrderPublished], interval_after: Callable[[str, int], int | None]
    ) -> None:
        said = published.value
        listed = {slot.number: slot for slot in said.slots}.values()
        posted = sorted(listed, key=lambda slot: (slot.place, slot.number))
        self._stage, self._interval_after = said.stage, interval_after
        self._crews = [slot.number for slot in posted]
        self._times = [_Time(slot.due_at) for slot in posted]
        self._own: dict[str, Instant] = {}
        self.lines = [_Line(slot.number, slot.due_at) for slot in posted]

    def amend(self, change: Fact[StartOrderAmended]) -> None:
        """Carry out an amendment, and note of whom it changes the time."""
        said = change.value
        if said.number not in self._crews:
            if said.starts:
                self._put_in(said)
        elif not said.starts:
            place = self._crews.index(said.number)
            self._crews.pop(place)
            self._own.pop(said.number, None)
            taken = self._taken()[place]
            self._times[taken] = self._times[taken]._replace(taken=False)
        else:
            if said.place is not None:
                self._crews.remove(said.number)
                self._crews.insert(said.place - 1, said.number)
                self._own.pop(said.number, None)
            if said.due_at is not None:
                self._own[said.number] = said.due_at
        was = {each.number: each for each in self.lines}
        times = [self._times[each].due_at for each in self._taken()]
        self.lines = [
            self._line(number, due_at, was.get(number), change)
            for number, due_at in zip(self._crews, times, strict=True)
        ]

    def _line(
        self,
        number: str,
        due_at: Instant | None,
        was: _Line | None,
        change: Fact[StartOrderAmended],
    ) -> _Line:
        own = self._own.get(number)
        now = _Line(number, own or due_at, own is not None, change)
        written = number == change.value.number and change.value.due_at is not None
        same = was is not None and (was.due_at, was.own) == (now.due_at, now.own)
        return now._replace(by=was.by) if same and was is not None and not written else now

    def _taken(self) -> list[int]:
        return [index for index, each in enumerate(self._times) if each.taken]

    def _put_in(self, said: StartOrderAmended) -> None:
        """A crew that was not in it: it brings its time, takes a free one, or moves the others on.

        At the end it starts by the interval of the rules.
        """
        taken = self._taken()
        place = min((said.place or len(taken) + 1) - 1, len(taken))
        behind = taken[place - 1] + 1 if place else 0
        before = taken[place] if place < len(taken) else len(self._times)
        self._crews.insert(place, said.number)
        if said.due_at is not None:
            self._own[said.number] = said.due_at
            self._times.insert(before, _Time(said.due_at))
        elif free := [at for at in range(behind, len(self._times)) if not self._times[at].taken]:
            self._times[free[0]] = self._times[free[0]]._replace(taken=True)
        else:
            last = self._times[-1].due_at if self._times else None
            later = self._interval_after(self._stage, len(taken)) if last else None
            due_at = Instant(last.ms + later, last.offset) if last and later is not None else None
            self._times.append(_Time(due_at))


class _Given(NamedTuple):
    """A start time with the place in the order of facts of what says it, and the ids of that."""

    due_at: Instant
    written: tuple[int, int, str]
    ids: tuple[str, ...]
