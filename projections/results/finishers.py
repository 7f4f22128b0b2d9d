"""Finisher counts by category, with the identity that holds at every cut.

entered = withdrawn + refused + not started + starters, and
starters = retired + disqualified + unclassified + running + finishers.

A disqualified crew is counted among the starters, whether or not it had started: that it is
disqualified goes before anything else that is known of it.
"""

from __future__ import annotations

import msgspec

from projections.state.participation import FINISHED, OUTSIDE, UNCLASSIFIED, fate
from projections.state.rally import RallyState

_COUNTED_AS = {FINISHED: "finishers", OUTSIDE: UNCLASSIFIED}
"""Where the sport's word for a fate is not that of the column: nobody outside is classified."""


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
        became = fate(state, number).name
        status = _COUNTED_AS.get(became, became).replace("-", "_")
        for each in (counts, total):
            each.entered += 1
            if status not in ("withdrawn", "refused", "not_started"):
                each.starters += 1
            setattr(each, status, getattr(each, status) + 1)
    return Finishers(tuple(by_category[name] for name in sorted(by_category)), total)
