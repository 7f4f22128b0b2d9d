"""News: what `check` finds since a few records that it did not find before them.

It is `check` itself, asked of how it stood before and of how it stands since. Not every search is
asked of all that is held: no reading changes what papers say, nor what the readings of another crew
come to; and of what was found before those searches are asked alone that found something since
which may be no news.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable
from functools import cached_property
from typing import NamedTuple

from projections.control.anomaly import Anomaly, Search, searched
from projections.control.check import (
    OF_A_CREW,
    OF_NOTHING,
    OF_THE_PLAN,
    SEARCHES,
    Suspicion,
    suspicions,
)
from projections.explain.records import READINGS
from projections.state.rally import RallyState
from projections.state.unfinished import Unfinished


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
    *,
    readings_only: bool = False,
) -> tuple[Suspicion, ...]:
    """The findings since some records, `about` some crews and stages, or all of them.

    `what` is what makes a finding that finding; a later one of the same is no news. Where only
    readings of clocks of these crews lie between both states, the plan and papers are as they were.
    """
    searches = [each for each in SEARCHES if about is None or each not in OF_NOTHING]
    states = _Both(before, after)
    if about and readings_only:
        searches = [each for each in searches if each not in OF_THE_PLAN]
        states = _Both(before, after, about.crews, about.stages)
    found: set[Anomaly] = set()
    known: set[Hashable] = set()
    for search in searches:
        since = searched(states.after(search), (search,))
        if about:
            since = {each for each in since if about.holds(each)}
        found |= since
        if about is None or any(about.own.isdisjoint(each.positions) for each in since):
            known |= {what(each) for each in searched(states.before(search), (search,))}
    return suspicions(after, (each for each in found if what(each) not in known))


class _Both:
    """Both states as a search has to look at them."""

    def __init__(
        self,
        before: RallyState,
        after: RallyState,
        crews: Collection[str] = (),
        stages: Iterable[str] = (),
    ) -> None:
        self._before, self._after = before, after
        self._crews, self._stages = crews, stages

    def before(self, search: Search) -> RallyState:
        """How it stood."""
        return self._crews_before if self._by_crew(search) else self._before

    def after(self, search: Search) -> RallyState:
        """How it stands since."""
        return self._crews_after if self._by_crew(search) else self._after

    def _by_crew(self, search: Search) -> bool:
        return search in OF_A_CREW and self._others_as_before

    @cached_property
    def _others_as_before(self) -> bool:
        """Whether nothing that the times of all rest on has changed with those of these crews.

        That is when stages begin, by which rules hold; which of them were run; and where they end.
        """
        was, now = self._before, self._after
        ends = (
            (each, category)
            for each in self._stages
            for category in {crew.value.category for crew in now.facts.crews.values()}
        )
        return (
            bool(self._crews)
            and (was.begins, was.run) == (now.begins, now.run)
            and all(was.timing.end(*each) == now.timing.end(*each) for each in ends)
        )

    @cached_property
    def _crews_before(self) -> RallyState:
        return _OfCrews(self._before, self._crews)

    @cached_property
    def _crews_after(self) -> RallyState:
        return _OfCrews(self._after, self._crews)


class _OfCrews(RallyState):
    """A state with the readings of some crews; what rests on those of all is as it was there."""

    def __init__(self, whole: RallyState, crews: Collection[str]) -> None:
        facts = whole.facts.of_crews(crews, READINGS)
        super().__init__(facts, lambda _: whole.begins, whole.timing.agreed)
        self._whole = whole

    @cached_property
    def run(self) -> frozenset[str]:
        """The stages on which somebody has a time, in a category that they count for."""
        return self._whole.run

    @cached_property
    def unfinished(self) -> Unfinished:
        """The stages that crews left out and went on after; they may cost what others needed."""
        return self._whole.unfinished
