"""Start lists: the start orders that were published, with what was amended in them since.

A published order is what was posted, whatever becomes known later; only an amendment changes it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

import msgspec

from ledger.times import Instant
from ledger.vocabulary import StageDelayed, StartOrderAmended, StartOrderPublished, StartSlot
from projections.state.course import Course
from projections.state.recorded import Fact


class StartLists:
    """The published start orders of a course at one cut."""

    def __init__(self, course: Course) -> None:
        self._course = course

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
        slots = {slot.number: slot for slot in published.value.slots}
        moved: set[str] = set()
        for each in self._amending(published):
            said = each.value
            if not said.starts:
                slots.pop(said.number, None)
                continue
            slot = slots.get(said.number) or StartSlot(len(slots) + 1, said.number)
            slots[said.number] = StartSlot(
                said.place or slot.place, said.number, said.due_at or slot.due_at
            )
            moved.add(said.number)
        # Who was moved to a place comes before the crew that was published in it.
        ordered = sorted(slots.values(), key=lambda s: (s.place, s.number not in moved, s.number))
        return [msgspec.structs.replace(slot, place=place) for place, slot in enumerate(ordered, 1)]

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
                written: dict[str, Fact[StartOrderAmended]] = {}
                for change in self._amending(each):
                    if change.value.due_at is not None:
                        number = change.value.number
                        written[number] = max(change, written.get(number, change), key=Fact.order)
                for slot in self.slots(each):
                    if slot.due_at is not None:
                        by = written.get(slot.number)
                        ids = (each.id, by.id) if by else (each.id,)
                        when = by.order() if by else each.order()
                        found[stage, slot.number] = _Given(slot.due_at, when, ids)
        return found

    @cached_property
    def _delays(self) -> dict[str, list[Fact[StageDelayed]]]:
        found = defaultdict(list)
        for each in self._course.facts.of(StageDelayed):
            found[each.value.stage].append(each)
        return found


class _Given(NamedTuple):
    """A start time with the place in the order of facts of what says it, and the ids of that."""

    due_at: Instant
    written: tuple[int, int, str]
    ids: tuple[str, ...]
