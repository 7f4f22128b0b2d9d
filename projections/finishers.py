"""Finisher counts by category, with the identity that holds at every cut.

entered = withdrawn + refused + not started + starters, and
starters = retired + disqualified + unclassified + running + finishers.
"""

from __future__ import annotations

import msgspec

from projections.state.participation import status_of
from projections.state.rally import RallyState
from projections.state.totals import overall_total


class Counts(msgspec.Struct):
    """How many crews of a category there are in each status."""

    category: str
    entered: int = 0
    withdrawn: int = 0
    refused: int = 0
    not_started: int = 0
    starters: int = 0
    retired: int = 0
    disqualified: int = 0
    unclassified: int = 0
    running: int = 0
    finishers: int = 0


class Finishers(msgspec.Struct, frozen=True):
    """The counts of every category, and of all together."""

    rows: tuple[Counts, ...]
    total: Counts


def finishers(state: RallyState) -> Finishers:
    """The counts at this cut."""
    by_category: dict[str, Counts] = {}
    total = Counts("")
    for number, crew in state.facts.crews.items():
        category = crew.value.category
        counts = by_category.setdefault(category, Counts(category))
        status = rally_status(state, number).replace("-", "_")
        for each in (counts, total):
            each.entered += 1
            if status not in ("withdrawn", "refused", "not_started"):
                each.starters += 1
            setattr(each, status, getattr(each, status) + 1)
    return Finishers(tuple(by_category[name] for name in sorted(by_category)), total)


def rally_status(state: RallyState, number: str) -> str:
    """One word for where a crew stands in the rally as a whole.

    A crew outside the classification is an unclassified one.
    """
    if overall_total(state, number, None) is not None:
        return "finishers" if _reached_the_end(state, number) else "running"
    status = status_of(state, number, max(state.orders.values(), default=0) + 1).name
    return "unclassified" if status == "outside" else status


def _reached_the_end(state: RallyState, number: str) -> bool:
    """Whether a classified crew has a value for the last stage that is not cancelled for it."""
    category = state.category(number)
    timed = [s for s in state.stages if s.timed and not state.cancelled(s.stage, category)]
    if not timed:
        return False
    last = timed[-1]
    return (last.stage, number) in state.values or state.carried_until(number) >= last.order
