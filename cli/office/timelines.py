"""One timeline for each log that is open, whoever asks and however many at once."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from ledger.log import Log

if TYPE_CHECKING:
    from projections.timeline.timeline import Timeline


class Timelines:
    """The timelines of the logs that are open here.

    What is derived is kept beside the log so that the next one who opens it is quick. `keeps` is
    False for who only reads and leaves no trace: then nothing whatever is written.
    """

    def __init__(self, *, keeps: bool = True) -> None:
        self._keeps = keeps
        self._held: dict[object, _Held] = {}
        self._lock = threading.Lock()

    def of(self, log: Log) -> Timeline:
        """The timeline of a log, carried forward to its head."""
        # Most logs are short and are read without it.
        from projections.timeline.timeline import Timeline

        with self._lock:
            held = self._held.setdefault((log.recorder.engine, log.rally), _Held())
        with held.lock:  # of this log alone: a long one keeps nobody from asking another
            timeline = held.timeline = held.timeline or Timeline.of(log)
            timeline.carry(log.head().size)
            if self._keeps:
                timeline.keep()
        return timeline


class _Held:
    """A timeline, once somebody has asked for it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.timeline: Timeline | None = None
