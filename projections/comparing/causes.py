"""Causes: of the records in which two logs differ, those that explain how a crew moved.

With its cause undone, the classification shows of a crew what it showed before; undone without any
one record of the cause, it does not. One record alone is tried first, the crew's own and those that
bear on everybody before those of others; then what moved other crews; then as many as it takes. Of
several causes the one with the earlier records is told, so the answer is always the same.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Protocol

from ledger.grouping import grouped
from projections.slices.belonging import FRAME

FEW = 40
"""Of up to so many edits, each that is a crew's own is tried alone; of more, those that move it."""
MANY = 400
"""Beyond so many that move anything, no single record of another crew is tried."""
SMALL = 6
"""Up to so many records in a cause, no part of it suffices; beyond, none can be left out alone."""

Edits = frozenset[str]
Shown = tuple[int | None, int | None]
"""What a classification shows of a crew: its place and its total in ms; None without them."""
NOT_SHOWN: Shown = (None, None)
Move = tuple[Shown, Shown]
"""What is shown of a crew before and after."""


class Outcome(Protocol):
    """What a classification shows when some edits are undone."""

    def shows(self, number: str, shown: Shown) -> bool:
        """Whether it shows this of a crew."""


Undoing = Callable[[Edits], Outcome]


class Cause:
    """Records which, undone together, undo the move of a crew or of several."""

    def __init__(self, edits: Sequence[str], undoing: Undoing) -> None:
        self.edits = tuple(edits)
        self._undoing = undoing
        self._kept: list[Outcome] = []

    @cached_property
    def _undone(self) -> Outcome:
        return self._undoing(frozenset(self.edits))

    def explains(self, number: str, before: Shown) -> bool:
        """Whether with it undone, a crew is shown as before."""
        return self._undone.shows(number, before)

    def sufficient_part(self, number: str, before: Shown) -> tuple[str, ...] | None:
        """A part of it that explains the move of a crew by itself; None where all of it is needed.

        In a small cause any part is tried, in a large one those that lack one record.
        """
        for part, outcome in zip(self._parts(), self._outcomes(), strict=True):
            if outcome.shows(number, before):
                return part
        return None

    def _parts(self) -> Iterator[tuple[str, ...]]:
        size = len(self.edits)
        for each in range(1, size) if size <= SMALL else [size - 1]:
            yield from itertools.combinations(self.edits, each)

    def _outcomes(self) -> Iterator[Outcome]:
        """The outcomes of undoing its parts; they are kept, to serve all crews."""
        yield from self._kept
        for part in itertools.islice(self._parts(), len(self._kept), None):
            self._kept.append(self._undoing(frozenset(part)))
            yield self._kept[-1]


class Search:
    """The search for the causes of moves among edits, which stand in the order of the log.

    `group_of` tells which crew a record is about, and in which group a crew is. With all edits
    undone, every move is undone.
    """

    def __init__(
        self, undoing: Undoing, edits: Sequence[str], group_of: Callable[[str], str]
    ) -> None:
        self._undoing = undoing
        self._edits = list(edits)
        self._few = len(edits) <= FEW
        self._group_of = group_of
        self._place = {each: place for place, each in enumerate(edits)}
        self._own = grouped((group_of(each), each) for each in edits)
        self._alone: dict[str, Outcome] = {}
        self._found: list[Cause] = []

    def causes(
        self, moves: Mapping[str, Move], unlikely: Sequence[Sequence[str]] = ()
    ) -> dict[str, tuple[str, ...]]:
        """The cause of each move, by number.

        `unlikely` are the edits in several parts, those first that seldom move anything.
        """
        self._set_aside(moves, unlikely)
        return {number: self._cause(number, move).edits for number, move in moves.items()}

    def _set_aside(self, moves: Mapping[str, Move], unlikely: Sequence[Sequence[str]]) -> None:
        """Narrow the edits to some which, undone, undo every move."""

        def suffices(edits: Edits) -> bool:
            outcome = self._undoing(edits)
            return all(outcome.shows(number, before) for number, (before, _) in moves.items())

        kept = frozenset(self._edits)
        # Of two logs far apart most records are readings that move nobody. Instead of trying each
        # for each crew, they are set aside by halves: nearly all of them cost one outcome.
        for block in unlikely:
            kept = _without(kept, self._by_group(kept.intersection(block)), suffices)
        self._edits = [each for each in self._edits if each in kept]

    def _by_group(self, edits: Iterable[str]) -> list[str]:
        """The edits with those of a crew together, the later first."""
        return sorted(edits, key=lambda e: (self._group_of(e), self._place[e]), reverse=True)

    def _cause(self, number: str, move: Move) -> Cause:
        before, _ = move
        group = self._group_of(number)
        moving = [each for each in self._edits if self._group_of(each) == group]
        shared = [each for each in self._edits if self._group_of(each) == FRAME != group]
        others = [each for each in self._edits if self._group_of(each) not in (FRAME, group)]
        # Where there are few edits, what was set aside is tried after all: a record that moves a
        # crew together with another may explain it alone, and the earliest is told.
        own = self._own[group] if self._few and group != FRAME else moving
        found = self._one(number, before, [*own, *shared]) or self._known(number, before)
        if found is None and len(self._edits) <= MANY:
            found = self._one(number, before, others)
        if found is None:
            found = self._several(number, move, (moving, shared, others))
        # In one order, whatever crew was asked about first: a cause that explains two of them must
        # be the same for both, or the same question would be answered in two ways.
        if found not in self._found:
            self._found.append(found)
            self._found.sort(key=lambda c: (len(c.edits), [self._place[e] for e in c.edits]))
        return found

    def _one(self, number: str, before: Shown, among: Sequence[str]) -> Cause | None:
        """A single record that explains the move."""
        for each in among:
            # What undoing one record shows is asked for by every crew, and computed once.
            if each not in self._alone:
                self._alone[each] = self._undoing(frozenset([each]))
            if self._alone[each].shows(number, before):
                held = (cause for cause in self._found if cause.edits == (each,))
                return next(held, None) or Cause([each], self._undoing)
        return None

    def _known(self, number: str, before: Shown) -> Cause | None:
        """What explains the move of another crew, and this one's too."""
        for cause in self._found:
            if cause.explains(number, before) and not cause.sufficient_part(number, before):
                return cause
        return None

    def _several(self, number: str, move: Move, parts: Sequence[Sequence[str]]) -> Cause:
        """Several records, none of which can be left out.

        Where the total changed, as many as possible of the crew's own; where only the place did, of
        the others'. What explains other crews is likely needed here, too, and is left in at first.
        """
        before, after = move
        own, shared, others = parts
        order = (others, shared, own) if before[1] != after[1] else (own, shared, others)
        likely = {each for cause in self._found for each in cause.edits}

        def suffices(edits: Edits) -> bool:
            return self._undoing(edits).shows(number, before)

        kept = frozenset(self._edits)
        for block in order:
            kept = _without(kept, self._by_group(set(block) - likely), suffices)
        cause = Cause(self._in_order(kept), self._undoing)
        if cause.sufficient_part(number, before):
            for block in order:
                kept = _without(kept, self._by_group(kept.intersection(block)), suffices)
            cause = Cause(self._in_order(kept), self._undoing)
        while part := cause.sufficient_part(number, before):
            cause = Cause(part, self._undoing)
        return cause

    def _in_order(self, edits: Iterable[str]) -> list[str]:
        return sorted(edits, key=self._place.__getitem__)


def _without(kept: Edits, block: Sequence[str], suffices: Callable[[Edits], bool]) -> Edits:
    """What is left when as much of a block is taken out as is not needed, by halves."""
    if not block:
        return kept
    if suffices(kept.difference(block)):
        return kept.difference(block)
    if len(block) == 1:
        return kept
    half = len(block) // 2
    return _without(_without(kept, block[:half], suffices), block[half:], suffices)
