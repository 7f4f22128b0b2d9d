"""The walk along a log: what was shown, from each position on at which that may have changed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from projections.replay.shown import Shown, shown
from projections.timeline.replayed import TYPES_READ, Replay
from projections.timeline.steps import steps
from projections.timeline.timeline import Timeline


class Walk:
    """What was shown along a log, up to a position; to be walked in the order of positions."""

    def __init__(self, timeline: Timeline, until: int) -> None:
        self.until = until
        self._timeline = timeline
        self._steps = steps(timeline, until)
        self._replay = Replay(timeline.log, TYPES_READ)

    def steps(self, first: int, last: int) -> list[int]:
        """A position, and those up to another at which what was shown may have changed."""
        behind, end = bisect_right(self._steps, first), bisect_right(self._steps, last)
        return [first, *self._steps[behind:end]]

    def along(self, first: int, last: int) -> Iterator[tuple[int, Shown]]:
        """What was shown at each of these positions."""
        for step in self.steps(first, last):
            yield step, self.at(step)

    def at(self, position: int) -> Shown:
        """What was shown at a position."""
        return shown(self._replay.state(self._timeline, position))
