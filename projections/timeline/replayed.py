"""Replay: the states along a log, those that a timeline leaves to a full replay among them."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.log import Log
from projections.read_by import reads
from projections.state.cuts import Cut
from projections.state.facts import Fold
from projections.state.rally import RallyState
from projections.timeline.timeline import Timeline

TYPES_READ = sorted(each.type_name() for each in reads("standings"))
"""The types that can change the overall: after another record it is the same."""


class Replay:
    """The states at one position after another: the timeline's, and a fold of what it leaves.

    They are to be asked for in the order of positions; the fold takes in these types alone.
    """

    def __init__(self, log: Log, types: Sequence[str], cut: Cut | None = None) -> None:
        self._log, self._types, self._cut = log, types, cut
        self._folded, self._until = Fold(), 0

    def state(self, timeline: Timeline, position: int) -> RallyState:
        """The state as it was known at a position."""
        as_decided = self._cut is not None and self._cut.as_decided
        instant = self._cut.instant if self._cut else None
        if not as_decided and timeline.serves(position, instant):
            return timeline.at(position, instant)
        for record in self._log.read(after=self._until, until=position, types=self._types):
            self._folded.add(record)
        self._until = position
        return RallyState(self._folded.facts(self._cut))
