"""Following a log: each record that others append, with what it changed in the overall."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from cli.office.basis import Basis, basis_of
from cli.office.forms import plain
from cli.office.overall import Overall, Told, overall, told_of
from cli.office.results import told
from cli.office.timelines import Timelines
from ledger.log import Log
from ledger.record import Record
from projections.comparing.compare import Change, changes
from projections.results.classifications import Rankings
from projections.timeline.replayed import TYPES_READ, Replay
from projections.timeline.timeline import Timeline


class News(NamedTuple):
    """A record with what it changed; `stands` is the overall where it is to be shown.

    `told` are the changes as people read them, by classification where these are apart.
    """

    record: Record
    basis: Basis
    moved: list[Change]
    told: list[Told]
    complaint: str
    stands: Rankings | None

    def json(self) -> dict[str, Any]:
        """The record and what it changed as one JSON document, its basis first."""
        said = self.record.occurrence()
        document = {
            "basis": plain(self.basis),
            "position": self.record.position,
            "id": self.record.id,
            "type": said.type_name(),
            "words": said.words(),
            "changed": plain(self.moved),
        }
        if self.complaint:
            document["no_overall"] = self.complaint
        if self.stands:
            document["standings"] = plain(told(self.stands.joint, self.stands))
        return document


class Following:
    """A log that is followed from a position on, the overall carried along from record to record.

    What is behind the position was told before.
    """

    def __init__(self, log: Log, position: int, timelines: Timelines) -> None:
        self._log = log
        self._position = position
        self._timelines = timelines
        self._replay = Replay(log, TYPES_READ)
        self._was: Overall | None = None

    def news(self) -> Iterator[News]:
        """Everything that was appended since the last time, each record once."""
        head = self._log.head().size
        if head <= self._position:
            return
        timeline = self._timelines.of(self._log)
        was = self._was or self._overall(timeline, self._position)
        anybody_moved = False
        for record in self._log.read(after=self._position, until=head):
            now = was
            if record.occurrence().type_name() in TYPES_READ:
                now = self._overall(timeline, record.position)
            moved, ranked = changes(was.rows, now.rows), told_of(was, now)
            anybody_moved |= bool(moved or ranked)
            is_shown = anybody_moved and record.position == head
            stands = now.rankings.whole if now.rankings and is_shown else None
            complaint = now.complaint if now.complaint != was.complaint else ""
            self._was = was = now
            self._position = record.position
            basis = basis_of(self._log, record.position, record.position, None, now.rulebook)
            yield News(record, basis, moved, ranked, complaint, stands)

    def _overall(self, timeline: Timeline, position: int) -> Overall:
        """The overall as it was known at a position; asked in the order of positions."""
        return overall(self._replay.state(timeline, position)) if position else Overall(None)
