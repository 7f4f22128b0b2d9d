"""Versions: how a fact stands along the log, from the record that tells it to what amends it.

Most facts stand from their position on, for ever. Those that amend each other, or tell one line of
a source again, are settled together after each of them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ledger.amendments import Rank, Settled, settle
from ledger.vocabulary import Corrected, Occurrence
from projections.state.cuts import OF_THE_WHOLE_RALLY
from projections.state.recorded import Fact
from projections.state.true_times import Offsets, as_shown, never

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


class Along:
    """What was declared of clocks along a log; of those of sites a timeline does not tell."""

    def __init__(self, declared: Iterable[Version] = ()) -> None:
        self._declared = tuple(declared)
        self.steps = sorted({step for each in self._declared for step in (each.since, each.until)})
        self._at: dict[int, Offsets] = {}

    def at(self, position: int) -> Offsets:
        """What was known of them at a position."""
        step = bisect_right(self.steps, position)
        if step not in self._at:
            known: list[Any] = [each.fact for each in self._declared if each.known(position)]
            self._at[step] = Offsets(known, never)
        return self._at[step]

    def alone(self, told: Taken) -> Iterator[Version]:
        """The versions of what nothing amends: another one where its clock is put right."""
        if not self.steps:
            yield alone(told)
            return
        inside = [each for each in self.steps if told.position < each < FOREVER]
        since, fact = told.position, self._fact(told, told.position)
        for step in inside:
            now = self._fact(told, step)
            if now != fact:
                yield version(since, step, fact)
                since, fact = step, now
        yield version(since, FOREVER, fact)

    def _fact(self, told: Taken, position: int) -> Fact[Occurrence]:
        true = self.at(position).true(told.value)
        shown = None if true is told.value else told.value
        return Fact(told.id, told.position, true, (), shown=shown)


def alone(told: Taken) -> Version:
    """The one version of what nothing amends."""
    return version(told.position, FOREVER, Fact(told.id, told.position, told.value, ()))


def entangled(
    members: Sequence[Taken],
    rank_at: Callable[[int], Rank],
    rulings: Iterable[int],
    clocks: Along | None = None,
) -> Iterator[Version]:
    """The versions of occurrences that amend each other, or tell one line again.

    `rulings` are the positions at which the order of sources changes, which settles forks; `clocks`
    puts right when things happened.
    """
    forks = sum(isinstance(each.value, Corrected) for each in members) > 1
    steps = {each.position for each in members}
    # Side by side, corrections are settled by the order of sources: a bulletin that changes it may
    # let another one win, long after both were recorded.
    if forks:
        steps |= {each for each in rulings if each > min(steps)}
    if clocks is not None:
        steps |= {each for each in clocks.steps if min(steps) < each < FOREVER}
    # Backwards, so that of an occurrence that was recorded twice the first position stays.
    positions = {each.id: each.position for each in reversed(members)}
    opened: dict[str, tuple[int, Fact[Occurrence]]] = {}
    for step in sorted(steps):
        known = {each.id: each.value for each in members if each.position <= step}
        offsets = clocks.at(step) if clocks is not None else None
        settled = settled_truly(known, rank_at(step), offsets)
        standing = {each.id: _fact(each, shown, positions) for each, shown in settled}
        for identity, (since, was) in list(opened.items()):
            if standing.get(identity) != was:
                yield version(since, step, was)
                del opened[identity]
        for identity, now in standing.items():
            opened.setdefault(identity, (step, now))
    for since, was in opened.values():
        yield version(since, FOREVER, was)


def settled_truly(
    known: Mapping[str, Occurrence], rank: Rank, offsets: Offsets | None
) -> Iterator[tuple[Settled, Occurrence | None]]:
    """What stands, and with the instants that clocks showed where these were put right."""
    shown = settle(known, rank)
    true = offsets.moved(known, shown) if offsets is not None and offsets.declared else {}
    for each in settle({**known, **true}, rank).standing if true else shown.standing:
        moved = not true.keys().isdisjoint((each.id, *each.amended_by))
        yield each, as_shown(each, known) if moved else None


def _fact(
    standing: Settled, shown: Occurrence | None, positions: Mapping[str, int]
) -> Fact[Occurrence]:
    position, amended_by = positions[standing.id], standing.amended_by
    return Fact(standing.id, position, standing.value, amended_by, shown=shown)


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
