"""Start lists: the start orders that were published, with what was amended in them since.

A published order is what was posted, whatever becomes known later; only an amendment changes it.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

import msgspec

from ledger.times import Instant
from ledger.vocabulary import StageDelayed, StartOrderAmended, StartOrderPublished, StartSlot
from projections.course import Course
from projections.facts import Fact


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
        """The lines of a published order as they stand, in the order of their places."""
        slots = {slot.number: slot for slot in published.value.slots}
        moved: set[str] = set()
        for each in self.amended.get(published.value.stage, ()):
            said = each.value
            slot = slots.get(said.number)
            if each.order() < published.order() or slot is None:
                continue
            if not said.starts:
                del slots[said.number]
                continue
            slots[said.number] = StartSlot(
                said.place or slot.place, said.number, said.due_at or slot.due_at
            )
            moved.add(said.number)
        # Who was moved to a place comes before the crew that was published in it.
        ordered = sorted(slots.values(), key=lambda s: (s.place, s.number not in moved, s.number))
        return [msgspec.structs.replace(slot, place=place) for place, slot in enumerate(ordered, 1)]

    def delay_ms(self, published: Fact[StartOrderPublished]) -> int:
        """By how much the start was put back after the order was posted."""
        return sum(
            each.value.by_ms
            for each in self._course.facts.of(StageDelayed)
            if each.value.stage == published.value.stage and each.order() > published.order()
        )

    @cached_property
    def _due(self) -> dict[tuple[str, str], Instant]:
        found: dict[tuple[str, str], Instant] = {}
        for stage, by_category in self.published.items():
            for each in by_category.values():
                delay = self.delay_ms(each)
                for slot in self.slots(each):
                    if slot.due_at is not None:
                        at = Instant(slot.due_at.ms + delay, slot.due_at.offset)
                        found[stage, slot.number] = at
        return found

    def due(self, stage: str, number: str) -> Instant | None:
        """When a crew is to start a stage by the published order; None where none says so."""
        return self._due.get((stage, number))

    def due_ms(self, stage: str, number: str) -> int | None:
        """The same in UTC milliseconds."""
        due = self.due(stage, number)
        return due.ms if due else None
