"""Light facts: what is not a reading of a time, with the part of the log over which it stands.

They are few, whatever the size of a log: entries, the plan, rules, race direction, participation,
penalties. At a moment they are picked out kind by kind, when an answer first asks for one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TypeVar

from ledger.vocabulary import Occurrence
from projections.state.facts import Fact, Facts
from projections.timeline.sift import ON_THE_ROAD, TIMING
from projections.timeline.versions import Version

NOT_HELD = frozenset({*TIMING, *ON_THE_ROAD})
"""Readings are looked up as cells, or read from the log."""
Kind = TypeVar("Kind", bound=Occurrence)


class Light:
    """The versions of the light facts, by kind and in the order of the facts."""

    def __init__(self) -> None:
        self._by_kind: dict[type[Occurrence], list[Version]] = {}
        self._put_off: dict[type[Occurrence], Callable[[], list[Version]]] = {}
        self._unsorted: set[type[Occurrence]] = set()

    def put_off(self, kind: type[Occurrence], versions: Callable[[], list[Version]]) -> None:
        """Take in the versions of a kind when they are first asked for."""
        self._put_off[kind] = versions

    def learn(self, version: Version) -> None:
        """Take in a version."""
        kind = type(version.fact.value)
        self._held(kind).append(version)
        self._unsorted.add(kind)

    def forget(self, positions: set[int]) -> None:
        """Drop the versions of the facts that were told at these positions."""
        for kind in self.kinds():
            versions = self._held(kind)
            if any(each.fact.position in positions for each in versions):
                kept = [each for each in versions if each.fact.position not in positions]
                self._by_kind[kind] = kept

    def kinds(self) -> set[type[Occurrence]]:
        """The kinds of which there are versions."""
        return self._by_kind.keys() | self._put_off.keys()

    def of(self, kind: type[Occurrence]) -> list[Version]:
        """The versions of one kind, in the order of the facts."""
        versions = self._held(kind)
        if kind in self._unsorted:
            versions.sort(key=lambda version: version.fact.order())
            self._unsorted.discard(kind)
        return versions

    def _held(self, kind: type[Occurrence]) -> list[Version]:
        if kind in self._put_off:
            self._by_kind[kind] = self._put_off.pop(kind)()
        return self._by_kind.setdefault(kind, [])


class CutFacts(Facts):
    """The facts at a moment, picked out of their versions kind by kind."""

    def __init__(self, light: Light, position: int, instant: int) -> None:
        super().__init__((), [], {}, until=instant)
        self._light = light
        self._position = position
        self._instant = instant
        self._cut: dict[type[Occurrence], list[Fact[Occurrence]]] = {}

    @cached_property
    def by_id(self) -> dict[str, Fact[Occurrence]]:
        """Every light fact by its id."""
        return {fact.id: fact for kind in self._light.kinds() for fact in self.recorded(kind)}

    def recorded(self, kind: type[Kind]) -> list[Fact[Kind]]:
        """The facts of one type that have a record of their own, in the order of the facts."""
        if kind not in self._cut:
            assert kind not in NOT_HELD, f"the timeline does not hold {kind.type_name()}"
            versions = self._light.of(kind)
            self._cut[kind] = at_moment(versions, self._position, self._instant)
        found: list[Fact[Kind]] = self._cut[kind]  # type: ignore[assignment]
        return found


def at_moment(versions: Iterable[Version], position: int, instant: int) -> list[Fact[Occurrence]]:
    """The facts that were known at a position, those that had happened by an instant."""
    return [
        each.fact
        for each in versions
        if each.since <= position < each.until and each.instant <= instant
    ]
