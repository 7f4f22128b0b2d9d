"""Where stages end, as far as the official times of the crews of a slice tell."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable

from projections.state.ends import Counts, Tells, shown_end
from projections.state.rally import RallyState

Ends = tuple[tuple[tuple[str, str], str], ...]
"""The points that times show to be the finish, by (stage, category), in their order."""
Told = Counter[tuple[str, Tells]]
"""What times tell of the stages, and how many crews it is of which they do."""


def told_of_ends(state: RallyState, group_of: Callable[[str], str]) -> dict[str, Told]:
    """By group, what the official times of its crews tell of where stages end."""
    found: dict[str, Told] = defaultdict(Counter)
    for stage, number in state.timing.readings:
        for each in state.timing.tells(stage, number):
            # How many agree is counted, whatever it is by which they and the others are apart.
            counted = each._replace(positions=(), apart_ms=max(-1, min(each.apart_ms, 1)))
            found[group_of(number)][stage, counted] += 1
    return found


def ends_by(told: Told) -> Ends:
    """Where the stages end by what is told."""
    counts: dict[tuple[str, str], Counts] = defaultdict(dict)
    for (stage, each), crews in told.items():
        each.add_to(counts[stage, each.category], crews)
    return tuple(sorted((key, shown_end(each)) for key, each in counts.items()))
