"""The regulations of a rally over its days: what was adopted, and what bulletins changed when.

The rule in force is chosen by the time of the fact: a bulletin never changes what happened before
it. Regulations adopted first hold from the beginning. A rule that a code changes on a day changes
with that day, below whatever the rally says itself: its bulletins amend that version, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import NamedTuple

from ledger.vocabulary.rally import Article, ParameterValue
from projections.rules.procedure import amended
from projections.rules.rulebook import Rulebook

NOTHING: Mapping[str, str] = MappingProxyType({})
REMEMBERED = 1 << 12
"""Of so many facts it is remembered which rules are for them."""


class RuleChange(NamedTuple):
    """A change of the regulations: from an instant on, or from a stage on.

    `parameters` are those that change; with `whole` they replace the regulations altogether, with
    `dated` they are a later version of what was adopted. `wanted` says where those would stand that
    are left open, `articles` what texts it gives.
    """

    name: str
    since: int
    from_order: int | None
    parameters: Mapping[str, ParameterValue]
    whole: bool
    position: int
    provenance: Mapping[str, str] = NOTHING
    wanted: Mapping[str, str] = NOTHING
    dated: bool = False
    articles: tuple[Article, ...] = ()

    def holds(self, instant: int | None, order: int | None) -> bool:
        """Whether it holds for a fact of that time, in the stage of that number."""
        if self.from_order is not None:
            return order is not None and order >= self.from_order
        return instant is not None and instant >= self.since

    @property
    def title(self) -> str:
        """What it is, by its name."""
        if self.dated:
            return f"version {self.name}"
        return f"{'regulations' if self.whole else 'bulletin'} {self.name}"


class Applied(NamedTuple):
    """A rule that was applied: for a fact of that instant (UTC ms), in the stage of that number.

    Without an instant it is the latest, with every change that was made.
    """

    parameter: str
    instant: int | None
    order: int | None


class Regulations:
    """The rulebook for any fact of the rally. `changes` stand in the order in which they came.

    `position` is that of the record by which the base was adopted; 0 where none was.
    """

    def __init__(
        self,
        base: Rulebook,
        changes: Sequence[RuleChange] = (),
        position: int = 0,
        provenance: Mapping[str, str] = NOTHING,
        articles: tuple[Article, ...] = (),
    ) -> None:
        self.base = base
        self.position = position
        self.provenance = provenance
        self.articles = articles
        self.changes = tuple(changes)
        self._made: dict[tuple[bool, ...], Rulebook] = {}

    def at(self, instant: int | None, order: int | None = None) -> Rulebook:
        """The rulebook for a fact of that instant (UTC ms), in the stage of that number."""
        return self._at(instant, order) if self.changes else self.base

    @cached_property
    def _at(self) -> Callable[[int | None, int | None], Rulebook]:
        """The same, remembered: moment after moment the same facts are judged by them."""

        def found(instant: int | None, order: int | None) -> Rulebook:
            return self._with(tuple(each.holds(instant, order) for each in self.changes))

        return lru_cache(REMEMBERED)(found)

    def latest(self) -> Rulebook:
        """The rulebook with every change that was made."""
        return self._with((True,) * len(self.changes)) if self.changes else self.base

    def applied(self, instant: int | None, order: int | None = None) -> list[RuleChange]:
        """The changes that hold for such a fact, in the order in which they came."""
        return [each for each in self.changes if each.holds(instant, order)]

    def _with(self, holding: tuple[bool, ...]) -> Rulebook:
        if holding not in self._made:
            name, parameters = self.base.name, self.base.parameters()
            wanted = dict(self.base.wanted)
            for change, holds in zip(self.changes, holding, strict=True):
                if holds and change.whole:
                    name, parameters = change.name, dict(change.parameters)
                    wanted = dict(change.wanted)
                elif holds:
                    parameters = amended(parameters, change.parameters)
            self._made[holding] = Rulebook(name, parameters, wanted)
        return self._made[holding]
