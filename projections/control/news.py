"""News: what `check` finds since a few records that it did not find before them.

It is `check` itself, asked of how it stood before and of how it stands since. Not every search is
asked of all that is held: no reading changes what papers say, nor what the readings of another crew
come to; and of what was found before those searches are asked alone that found something since
which may be no news.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable
from typing import NamedTuple

from projections.control.anomaly import Anomaly, Search, searched
from projections.control.check import (
    OF_A_CATEGORY,
    OF_A_CREW,
    OF_NOTHING,
    OF_THE_PLAN,
    SEARCHES,
    Suspicion,
    suspicions,
)
from projections.state.rally import RallyState
from projections.state.sharing import OfCrews, Since


class About(NamedTuple):
    """What somebody wants to hear of: some crews, some stages, and the records at `own`."""

    crews: frozenset[str]
    stages: frozenset[str]
    own: frozenset[int]

    def holds(self, found: Anomaly) -> bool:
        """Whether a finding is about any of it."""
        return (
            found.number in self.crews
            or found.stage in self.stages
            or not self.own.isdisjoint(found.positions)
        )


def news(
    before: RallyState,
    after: RallyState,
    about: About | None,
    what: Callable[[Anomaly], Hashable],
    but: Container[Search] = (),
) -> tuple[Suspicion, ...]:
    """The findings since some records, `about` some crews and stages, or all of them.

    `what` is what makes a finding that finding; a later one of the same is no news. Where `after`
    is a state `Since` readings of these crews, the plan and papers are as they were. `but` are
    searches of which nobody wants to hear.
    """
    searches = [each for each in SEARCHES if each not in but]
    if about:
        searches = [each for each in searches if each not in OF_NOTHING]
    if about and isinstance(after, Since):
        searches = [each for each in searches if each not in OF_THE_PLAN]
    found: set[Anomaly] = set()
    known: set[Hashable] = set()
    part = _Parts(after, about)
    for search in searches:
        of = part.of(search)
        since = searched(of(after), (search,))
        if about:
            since = {each for each in since if about.holds(each)}
        found |= since
        if about is None or any(about.own.isdisjoint(each.positions) for each in since):
            known |= {what(each) for each in searched(of(before), (search,))}
    return suspicions(after, (each for each in found if what(each) not in known))


Part = Callable[[RallyState], RallyState]


class _Parts:
    """Which part of both states a search has to look at, of which nothing else differs."""

    def __init__(self, after: RallyState, about: About | None) -> None:
        crews = about.crews if about else frozenset[str]()
        self._narrows = isinstance(after, Since) and bool(crews) and after.rests_on_others_as_before
        if self._narrows:
            categories = {after.category(each) for each in crews}
            alike = {n for n in after.facts.crews if after.category(n) in categories}
            self._of_crews = self._of(crews)
            self._of_categories = self._of(crews | alike)

    def of(self, search: Search) -> Part:
        """What it has to look at of a state."""
        if self._narrows and search in OF_A_CREW:
            return self._of_crews
        if self._narrows and search in OF_A_CATEGORY:
            return self._of_categories
        return _whole

    def _of(self, crews: frozenset[str]) -> Part:
        made: dict[int, RallyState] = {}

        def part(whole: RallyState) -> RallyState:
            return made.setdefault(id(whole), OfCrews(whole, crews))

        return part


def _whole(state: RallyState) -> RallyState:
    return state
