"""Rivals: recorders of the `eventsourcing` library that hold the same occurrences.

An occurrence becomes one general event with everything that it says in a dictionary. That is less
work than a class for each type, with fields that are checked, as the ledger has them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec
from eventsourcing.domain import DomainEvent
from eventsourcing.persistence import (
    ApplicationRecorder,
    DatetimeAsISO,
    EventStore,
    JSONTranscoder,
    Mapper,
    UUIDAsHex,
)

from ledger.vocabulary import Occurrence

SECTION = 10_000


@dataclass(frozen=True)
class Happened(DomainEvent):
    """Anything that happened, as an event of the library."""

    occurrence: dict[str, Any]


class Streams:
    """One stream of events for each crew, and one for the rest of the rally."""

    def __init__(self) -> None:
        self._ids: dict[str, UUID] = {}
        self._versions: Counter[UUID] = Counter()

    def events(self, occurrences: Iterable[Occurrence]) -> list[Happened]:
        """The next events, each in its stream."""
        return [self._event(each) for each in occurrences]

    def _event(self, occurrence: Occurrence) -> Happened:
        name = getattr(occurrence, "number", "")
        if name not in self._ids:
            self._ids[name] = uuid5(NAMESPACE_URL, f"{occurrence.rally}/{name}")
        stream = self._ids[name]
        self._versions[stream] += 1
        return Happened(
            originator_id=stream,
            originator_version=self._versions[stream],
            timestamp=occurrence.recorded_at.datetime,
            occurrence=msgspec.to_builtins(occurrence),
        )


class Rival:
    """A recorder of the library in a file of its own, with the library's mapper."""

    def __init__(self, recorder: ApplicationRecorder) -> None:
        transcoder = JSONTranscoder()
        transcoder.register(UUIDAsHex())
        transcoder.register(DatetimeAsISO())
        self._mapper: Mapper[UUID] = Mapper(transcoder)
        self._recorder = recorder
        self._store = EventStore(self._mapper, recorder)

    def append(self, events: Sequence[Happened]) -> None:
        """Map these events and append them in one transaction, as the library's store does."""
        self._store.put(events)

    def replay(self) -> int:
        """Read and map everything that is there; answers how many events that were."""
        count, start = 0, 1
        while found := self._recorder.select_notifications(start, SECTION):
            for each in found:
                self._mapper.to_domain_event(each)
            count += len(found)
            start = found[-1].id + 1
        return count


def own_sqlite(file: Path) -> Rival:
    """The library's own recorder for SQLite."""
    from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

    recorder = SQLiteApplicationRecorder(SQLiteDatastore(str(file)))
    recorder.create_table()
    return Rival(recorder)


def with_sqlalchemy(file: Path) -> Rival:
    """The recorder of eventsourcing-sqlalchemy, on SQLite."""
    from eventsourcing_sqlalchemy.datastore import SQLAlchemyDatastore
    from eventsourcing_sqlalchemy.recorders import SQLAlchemyApplicationRecorder

    recorder = SQLAlchemyApplicationRecorder(
        SQLAlchemyDatastore(url=f"sqlite:///{file}"), events_table_name="stored_events"
    )
    recorder.create_table()
    return Rival(recorder)


OWN, SQLALCHEMY = "eventsourcing, SQLite", "eventsourcing-sqlalchemy"
RIVALS: dict[str, Callable[[Path], Rival]] = {OWN: own_sqlite}
if find_spec("eventsourcing_sqlalchemy"):
    RIVALS[SQLALCHEMY] = with_sqlalchemy
ABSENT = "not installed: see --help"
"""It needs an older SQLAlchemy than the ledger would take, so it has an environment of its own."""
