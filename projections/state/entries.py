"""Entries as they stand: which crew bears a number, and who is in it, in which class."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from ledger.vocabulary import CrewEntered, CrewMemberReplaced, CrewReclassified, NumberReallocated

EntryChange = CrewMemberReplaced | CrewReclassified


class Numbers:
    """The race numbers that changed hands, in the order in which that happened."""

    def __init__(self, reallocated: Iterable[tuple[int, NumberReallocated]]) -> None:
        self._given: dict[str, list[tuple[int, str]]] = {}
        for instant, each in reallocated:
            self._given.setdefault(each.number, []).append((instant, each.new_number))

    def __bool__(self) -> bool:
        return bool(self._given)

    def bearer(self, number: str, instant: int | None) -> str:
        """The number that the crew bears now which bore this one at that instant.

        None is "from the beginning". What is recorded under a number after it was given up is about
        the crew that bears it then.
        """
        since = instant
        while True:
            later = [
                each for each in self._given.get(number, ()) if since is None or each[0] > since
            ]
            if not later:
                return number
            since, number = later[0]


def as_it_stands(entry: CrewEntered, changes: Sequence[EntryChange]) -> CrewEntered:
    """An entry with the persons replaced and the classes changed, in the order of the changes."""
    for change in changes:
        if isinstance(change, CrewReclassified):
            entry = msgspec.structs.replace(
                entry,
                category=change.category or entry.category,
                group=change.group or entry.group,
                crew_class=change.crew_class or entry.crew_class,
            )
        elif change.leaves == entry.driver:
            entry = msgspec.structs.replace(entry, driver=change.joins)
        else:
            others = tuple(
                change.joins if name == change.leaves else name for name in entry.codrivers
            )
            entry = msgspec.structs.replace(entry, codrivers=others)
    return entry
