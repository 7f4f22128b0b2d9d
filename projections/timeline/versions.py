"""Versions: how a fact stands along the log, from the record that tells it to what amends it.

Most facts stand from their position on, for ever. Those that amend each other, or tell one line of
a source again, are settled together after each of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ledger.amendments import Rank, Settled, settle
from ledger.vocabulary import Corrected, Occurrence
from projections.state.recorded import OF_THE_WHOLE_RALLY, Fact

FOREVER = 1 << 62
"""Behind every position and every instant."""


def bounds(parts: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """From where something stands, and from where on all stands for good that still does."""
    begun = [since for since, _ in parts]
    ended = [until for _, until in parts if until < FOREVER]
    return min(begun, default=FOREVER), max([*begun, *ended], default=0)


class Taken(NamedTuple):
    """An occurrence as a log tells it: its position, its id and what it says."""

    position: int
    id: str
    value: Occurrence


class Version(NamedTuple):
    """A fact as it stands from one position of the log until another, which no longer counts.

    It counts from an instant of the rally on (UTC ms).
    """

    since: int
    until: int
    fact: Fact[Occurrence]
    instant: int

    def known(self, position: int) -> bool:
        """Whether it stands at a position."""
        return self.since <= position < self.until


def version(since: int, until: int, fact: Fact[Occurrence]) -> Version:
    """A fact as it stands over a part of the log."""
    instant = fact.value.instant
    # What holds for the whole rally counts at every instant of it.
    always = instant is None or isinstance(fact.value, OF_THE_WHOLE_RALLY)
    return Version(since, until, fact, -FOREVER if instant is None or always else instant)


def alone(told: Taken) -> Version:
    """The one version of what nothing amends."""
    return version(told.position, FOREVER, Fact(told.id, told.position, told.value, ()))


def entangled(
    members: Sequence[Taken], rank_at: Callable[[int], Rank], rulings: Iterable[int]
) -> Iterator[Version]:
    """The versions of occurrences that amend each other, or tell one line again.

    `rulings` are the positions at which the order of sources changes, which settles forks.
    """
    forks = sum(isinstance(each.value, Corrected) for each in members) > 1
    steps = {each.position for each in members}
    # Side by side, corrections are settled by the order of sources: a bulletin that changes it may
    # let another one win, long after both were recorded.
    if forks:
        steps |= {each for each in rulings if each > min(steps)}
    # Backwards, so that of an occurrence that was recorded twice the first position stays.
    positions = {each.id: each.position for each in reversed(members)}
    opened: dict[str, tuple[int, Settled]] = {}
    for step in sorted(steps):
        known = {each.id: each.value for each in members if each.position <= step}
        standing = {each.id: each for each in settle(known, rank_at(step)).standing}
        for identity, (since, was) in list(opened.items()):
            if standing.get(identity) != was:
                yield version(since, step, _fact(was, positions))
                del opened[identity]
        for identity, now in standing.items():
            opened.setdefault(identity, (step, now))
    for since, was in opened.values():
        yield version(since, FOREVER, _fact(was, positions))


def _fact(standing: Settled, positions: Mapping[str, int]) -> Fact[Occurrence]:
    return Fact(standing.id, positions[standing.id], standing.value, standing.amended_by)


def groups(links: Iterable[Sequence[str]]) -> list[list[str]]:
    """The ids that belong together: those linked with each other, directly or through others."""
    neighbours: dict[str, set[str]] = defaultdict(set)
    for several in links:
        for each in several:
            neighbours[each].update(several)
    found: list[list[str]] = []
    left = set(neighbours)
    while left:
        reached: set[str] = set()
        stack = [left.pop()]
        while stack:
            at = stack.pop()
            if at not in reached:
                reached.add(at)
                stack.extend(neighbours[at])
        left -= reached
        found.append(sorted(reached))
    return found
