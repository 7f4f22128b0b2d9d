"""What if: two logs that differ in a few records, and what would follow from any mixture of them.

The log up to two positions, or a log as it is and with records left out or added. Nothing is ever
appended: what is computed here exists in memory alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ledger.vocabulary import Occurrence
from projections.state.cuts import AsOf
from projections.state.facts import Facts, Fold

NOTHING: frozenset[str] = frozenset()


class Known(NamedTuple):
    """An occurrence with its position; what is only supposed stands behind the end of the log."""

    position: int
    value: Occurrence


class Alternatives:
    """A log before and after: everything that either holds, and the edits that lead over.

    `told` is by id, in the order of positions. `edits` says of the ids that only one of the logs
    holds whether it is the one after. A cut by a moment of the rally applies to both.
    """

    def __init__(
        self, told: Mapping[str, Known], edits: Mapping[str, bool], as_of: AsOf = None
    ) -> None:
        self.told = told
        self.edits = edits
        self.as_of = as_of

    def facts(self, undone: frozenset[str] = NOTHING, among: Iterable[str] | None = None) -> Facts:
        """The facts after, with these edits undone; where only some ids are asked for, theirs."""
        folded = Fold()
        for identity in self.told if among is None else among:
            if self.edits.get(identity, True) != (identity in undone):
                position, occurrence = self.told[identity]
                folded.take(identity, position, occurrence)
        return folded.facts(self.as_of)

    def positions(self, identities: Iterable[str]) -> tuple[int, ...]:
        """Where these stand in the log, in order."""
        return tuple(sorted(self.told[each].position for each in identities))


def between(facts: Facts, before: int, after: int, as_of: AsOf = None) -> Alternatives:
    """A log up to one position, and up to a later one. The facts are those of the later."""
    told = {each: told for each, told in _told(facts).items() if told.position <= after}
    later = {each: True for each, (position, _) in told.items() if position > before}
    return Alternatives(told, later, as_of)


def supposing(
    facts: Facts,
    without: Iterable[str] = (),
    added: Iterable[tuple[str, Occurrence]] = (),
    as_of: AsOf = None,
) -> Alternatives:
    """A log as it is, and without some of its records (by id) and with others.

    What is both left out and added stays where it is. What a left-out record amends stands as if it
    had never been amended; what amends it has nothing to work on.
    """
    told = _told(facts)
    edits = {identity: False for identity in without if identity in told}
    head = max((position for position, _ in told.values()), default=0)
    for identity, occurrence in added:
        if identity not in told:
            head += 1
            told[identity] = Known(head, occurrence)
            edits[identity] = True
        elif edits.get(identity) is False:
            del edits[identity]
    return Alternatives(told, edits, as_of)


def _told(facts: Facts) -> dict[str, Known]:
    """Every occurrence with its position, in the order of the log."""
    told = ((each, Known(facts.positions[each], value)) for each, value in facts.told.items())
    return dict(sorted(told, key=lambda each: each[1].position))
