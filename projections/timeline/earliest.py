"""Earliest: the least of values that became known along the log and true along the rally."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Entry(NamedTuple):
    """A value that is known over a part of the log and true from an instant on (UTC ms)."""

    since: int
    until: int
    instant: int
    value: int

    def covers(self, other: Entry) -> bool:
        """Whether it stands wherever the other does, and is no greater."""
        return (
            self.since <= other.since
            and self.until >= other.until
            and self.instant <= other.instant
            and self.value <= other.value
        )


class Earliest:
    """The least value at any moment; what can never be the least is left out."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._entries: list[Entry] = []
        for each in sorted(entries, key=lambda entry: (entry.since, entry.value)):
            self.learn(each)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def learn(self, entry: Entry) -> None:
        """Take in one more value."""
        # Five hundred starts of a stage leave two or three: it is asked at every moment.
        if not any(each.covers(entry) for each in self._entries):
            self._entries.append(entry)

    def at(self, position: int, instant: int) -> int | None:
        """The least value that was known at a position and true by an instant."""
        found = [
            each.value
            for each in self._entries
            if each.since <= position < each.until and each.instant <= instant
        ]
        return min(found) if found else None
