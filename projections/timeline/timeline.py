"""The timeline of a rally: asked for moments, carried forward by what is appended to the log.

What cannot be told crew by crew is left to a full replay: numbers that changed hands, crews that
doctors cleared again, and decisions that act on times or stages and may fall with all they did.
"""

from __future__ import annotations

from ledger.log import Log
from projections.state.facts import Fold, fold
from projections.state.rally import RallyState
from projections.timeline.carrying import Carrying
from projections.timeline.indexed import Index, IndexedState
from projections.timeline.saved import from_bytes, to_bytes
from projections.timeline.versions import FOREVER

NAME = "timeline"
WORTH_KEEPING = 200
"""Fewer new records than this are quicker to take in again than to write."""
A_STEP = 20_000
"""More records than this at once are quicker to take in from the beginning of a log."""


class Timeline:
    """The index of one rally's log, up to a position.

    Several threads may ask it and carry it forward: one lock is held for each of these, and for
    what the states that it gave look up later.
    """

    def __init__(self, log: Log) -> None:
        self.log = log
        self.scan = log.scan
        self.index = Index()
        self._kept = 0

    @classmethod
    def of(cls, log: Log) -> Timeline:
        """The timeline that was kept beside its log; an empty one where none fits."""
        timeline = cls(log)
        data = log.scan.load(NAME)
        found = from_bytes(data) if data else None
        if found is not None:
            index, kept = found
            if kept.is_of(log):
                timeline.index = index
                timeline._kept = index.position
        return timeline

    @staticmethod
    def drop(log: Log) -> bool:
        """Take away the timeline that was kept beside a log; False where it can't be written."""
        return log.scan.save(NAME, None)

    def keep(self, *, always: bool = False) -> bool:
        """Keep the timeline beside its log, where it has gone far enough since it was kept.

        A ledger that can't be written is read without one; False where it was not kept.
        """
        with self.index.lock:
            position = self.index.position
            if always or position - self._kept >= WORTH_KEEPING:
                data = to_bytes(self.index, self.log.root_at(position))
                if self.log.scan.save(NAME, data):
                    self._kept = position
            return self._kept == position

    def at(self, position: int, instant: int | None = None) -> RallyState:
        """The state at a position of the log, by an instant of the rally (UTC ms; None: all)."""
        when = FOREVER if instant is None else instant
        with self.index.lock:
            if self.serves(position, instant):
                return IndexedState(self.index, position, when)
        # Many moments may be replayed at once: nothing is shared in that.
        return RallyState(self.folded(position).facts(instant))

    def serves(self, position: int, instant: int | None = None) -> bool:
        """Whether it tells of a moment itself, without a full replay."""
        when = FOREVER if instant is None else instant
        with self.index.lock:
            self.carry(position)
            return not (self.is_replayed(position) or self.index.is_undefined(position, when))

    def folded(self, position: int) -> Fold:
        """The log up to a position, replayed."""
        return fold(self.log.read(until=position))

    def carry(self, position: int) -> None:
        """Take in what was appended, up to a position."""
        with self.index.lock:
            if position <= self.index.position:
                return
            is_a_step = position - self.index.position < A_STEP
            if is_a_step and Carrying(self.scan, self.index, position).take_in():
                return
            # States that were given before go on with the index that they have.
            self.index = Index(self.index.lock)
            Carrying(self.scan, self.index, position).take_in()
            # What is kept would have to be made anew by everybody who opens the log.
            self._kept = 0

    def is_replayed(self, position: int) -> bool:
        """Whether this part of the log is left to a full replay."""
        return any(since <= position < until for since, until in self.index.replayed)
