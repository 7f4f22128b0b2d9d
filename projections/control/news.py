"""News: what `check` finds since a few records that it did not find before them.

It is `check` itself, asked of how it stood before and of how it stands since, and only for what
somebody wants to hear. So of what is found since, what was found before is asked of those searches
alone that found something which may be no news.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

from projections.control.anomaly import Anomaly, searched
from projections.control.check import OF_THE_PLAN, SEARCHES, Suspicion, suspicions
from projections.state.rally import RallyState


def news(
    before: RallyState,
    after: RallyState,
    own: frozenset[int],
    wanted: Callable[[Anomaly], bool],
    what: Callable[[Anomaly], Hashable],
    *,
    readings_only: bool = False,
) -> tuple[Suspicion, ...]:
    """What is wanted of the findings since some records, at the positions `own`.

    `what` is what makes a finding that finding; a later one of the same is no news. Where only
    readings of clocks lie between both states, the plan and papers are as they were.
    """
    searches = [each for each in SEARCHES if not readings_only or each not in OF_THE_PLAN]
    found: set[Anomaly] = set()
    asked = []
    for search in searches:
        since = {each for each in searched(after, (search,)) if wanted(each)}
        found |= since
        if any(own.isdisjoint(each.positions) for each in since):
            asked.append(search)
    known = {what(each) for each in searched(before, asked)}
    return suspicions(after, (each for each in found if what(each) not in known))
