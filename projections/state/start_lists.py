"""Start lists: the start orders that were published, with what was amended in them since.

A published order is what was posted, whatever becomes known later; only an amendment changes it.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

import msgspec

from ledger.times import Instant
from ledger.vocabulary import (
    StageDelayed,
    StageStarted,
    StartOrderAmended,
    StartOrderPublished,
    StartSlot,
)
from projections.state.course import Course
from projections.state.facts import Fact


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

    @cached_property
    def _set_off(self) -> dict[tuple[str, str], int]:
        """When each crew was first seen to start each stage, as the clocks showed it."""
        found: dict[tuple[str, str], int] = {}
        for each in self._course.facts.of(StageStarted):
            if each.value.fact_at is not None:
                key = each.value.stage, each.value.number
                found[key] = min(found.get(key, each.value.fact_at.ms), each.value.fact_at.ms)
        return found

    def _delay_ms(self, published: Fact[StartOrderPublished], slot: StartSlot) -> int:
        """By how much a crew's start was put back after it was given that time.

        A delay moves nobody who had started, and no time that an official wrote after it.
        """
        key = published.value.stage, slot.number
        written = max(
            [
                published.order(),
                *(
                    each.order()
                    for each in self._amending(published)
                    if each.value.number == slot.number and each.value.due_at is not None
                ),
            ]
        )
        gone = self._set_off.get(key)
        return sum(
            each.value.by_ms
            for each in self._course.facts.of(StageDelayed)
            if each.value.stage == key[0]
            and each.order() > written
            and (gone is None or gone > each.order()[0])
        )

    @cached_property
    def _due(self) -> dict[tuple[str, str], Instant]:
        found: dict[tuple[str, str], Instant] = {}
        for stage, by_category in self.published.items():
            for each in by_category.values():
                for slot in self.slots(each):
                    if slot.due_at is not None:
                        at = slot.due_at.ms + self._delay_ms(each, slot)
                        found[stage, slot.number] = Instant(at, slot.due_at.offset)
        return found

    def due(self, stage: str, number: str) -> Instant | None:
        """When a crew is to start a stage by the published order; None where none says so."""
        return self._due.get((stage, number))

    def due_ms(self, stage: str, number: str) -> int | None:
        """The same in UTC milliseconds."""
        due = self.due(stage, number)
        return due.ms if due else None
