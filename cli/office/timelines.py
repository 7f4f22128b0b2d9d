"""One timeline for each log that is open, and what was read of it, whoever asks at once."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

from ledger.errors import LedgerError
from ledger.log import Log

if TYPE_CHECKING:
    from cli.office.held import Held
    from projections.results.given import Computed, Given, Gives
    from projections.timeline.timeline import Timeline


class Timelines:
    """The timelines of the logs that are open here.

    What is derived is kept beside the log so that the next one who opens it is quick. `keeps` is
    False for who only reads and leaves no trace: then nothing whatever is written.
    """

    def __init__(self, *, keeps: bool = True) -> None:
        self._keeps = keeps
        self._held: dict[object, _Log] = {}
        self._lock = threading.Lock()

    def of(self, log: Log) -> Timeline:
        """The timeline of a log, carried forward to its head."""
        # Most logs are short and are read without it.
        from projections.timeline.timeline import Timeline

        held = self._of(log)
        with held.lock:  # of this log alone: a long one keeps nobody from asking another
            timeline = held.timeline = held.timeline or Timeline.of(log)
            timeline.carry(log.head().size)
            if self._keeps:
                timeline.keep()
        return timeline

    def gives(self, log: Log, position: int, computed: Computed) -> Gives:
        """What a rally gives to a season at a position of its log: as it is kept, or computed.

        It is kept at the end of the log. Where a rule is lacking, that is told once it is asked.
        """
        from projections.results.given import keep, kept  # nothing but a season asks for it

        found: Given | None = kept(log, position, computed.table)
        if found is None and self._keeps and position == log.head().size:
            with contextlib.suppress(LedgerError):
                found = computed.given()
                keep(log, position, found)
        return computed if found is None else found

    def held(self, log: Log) -> Held:
        """What was read of a log already, for who reads a part of it again and again."""
        from cli.office.held import Held  # few ask for it

        held = self._of(log)
        with self._lock:
            held.read = held.read or Held()
        return held.read

    def _of(self, log: Log) -> _Log:
        with self._lock:
            return self._held.setdefault((log.recorder.engine, log.rally), _Log())


class _Log:
    """What is at hand of one log: a timeline, once somebody has asked for it, and what was read."""

    def __init__(self) -> None:
        self.read: Held | None = None
        self.lock = threading.Lock()
        self.timeline: Timeline | None = None
