"""The way along the rally: what had happened by each instant, as it is known at one position."""

from __future__ import annotations

from collections.abc import Iterator

from projections.replay.shown import Shown, shown
from projections.state.rally import RallyState
from projections.timeline.steps import ticks
from projections.timeline.timeline import Timeline


def along_the_road(timeline: Timeline, position: int) -> Iterator[tuple[int | None, Shown]]:
    """What was so from each instant on (UTC ms) at which that may change, as known at a position.

    The first is None: what was so before anything had happened.
    """
    found = ticks(timeline, position)
    before = found[0] - 1 if found else 0
    folded = None
    for instant in (before, *found):
        if timeline.serves(position, instant):
            state = timeline.at(position, instant)
        else:
            folded = folded or timeline.folded(position)
            state = RallyState(folded.facts(instant))
        yield None if instant == before else instant, shown(state)
