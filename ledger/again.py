"""The same act again: it is done once more on the log as it was, and has to say the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec
from eventsourcing.dcb.api import DCBQuery

from ledger.ahead import Ahead
from ledger.appending import Head
from ledger.bearing import Bearing
from ledger.errors import KeyTaken, LedgerError, Unavailable
from ledger.keys import Key, taken
from ledger.log import Act, Log
from ledger.openings import Opening
from ledger.record import Record
from ledger.store import Recorder
from ledger.vocabulary import (
    ClassificationPublished,
    DecisionIssued,
    DocumentDrawnUp,
    DocumentPosted,
    DocumentSigned,
    Occurrence,
    StartOrderPublished,
)

_OF_A_SHEET = frozenset(
    {"position", "root", "rulebook", "edition", "digest", "file", "made_with", "checkpoint"}
)
COMPUTED: Mapping[type[Occurrence], frozenset[str]] = {
    DecisionIssued: frozenset({"seen"}),
    ClassificationPublished: _OF_A_SHEET | {"rows", "unclassified"},
    StartOrderPublished: _OF_A_SHEET | {"slots", "basis"},
    DocumentPosted: _OF_A_SHEET - {"position", "root", "rulebook", "file"},
    DocumentDrawnUp: frozenset({"position", "root", "digest"}),
    DocumentSigned: frozenset({"digest"}),
}
"""What the ledger adds to what is said, by what it showed at that moment: it is nobody's word."""


class Before(Recorder):
    """The log as it was at a position; nothing is appended to it."""

    def __init__(self, present: Recorder, position: int) -> None:
        self.__dict__.update(present.__dict__)
        self._until = position
        self.bearing = Bearing(self)

    def head(self) -> Head:
        """The end of the log as it was."""
        return replace(super().head(), size=self._until)

    def records(
        self,
        query: DCBQuery | None = None,
        *,
        after: int = 0,
        until: int | None = None,
        limit: int | None = None,
    ) -> Iterator[tuple[str, Record]]:
        """Types and records in the order of positions."""
        end = self._until if until is None else min(until, self._until)
        return super().records(query, after=after, until=end, limit=limit)

    def newest(
        self, types: Sequence[str], tags: Sequence[str], after: int, until: int, limit: int
    ) -> list[Record]:
        """The last records of these types with these tags, the newest first."""
        return super().newest(types, tags, after, min(until, self._until), limit)

    def with_ids(self, prefix: str, limit: int = 3) -> list[Record]:
        """The records whose id begins so."""
        return [each for each in super().with_ids(prefix, limit) if each.position <= self._until]


class Again(Log):
    """The log as it was before the records of an act: the same act done here answers with them."""

    def __init__(self, log: Log, key: Key, found: Sequence[Record]) -> None:
        said = found[0].occurrence()
        self.rally, self.watch, self.key = log.rally, log.watch, key
        self.clock = lambda: said.recorded_at.ms
        self.recorder = Before(log.recorder, found[0].position - 1)
        self._identity = ""
        self.found = list(found)

    def act(self, make: Callable[[], Act], *, expect: int | None = None) -> list[Record]:  # noqa: ARG002
        """Do the act again and answer the records that came of it then.

        Where the log is expected to end is no question: it was asked then.

        Raises:
            KeyTaken: it says something else.
        """
        try:
            act, _ = self.prepare(make)
        except Unavailable:
            raise
        except LedgerError:
            raise self._taken() from None
        return self._as_done([each.decision for each in act.collect_events()], act.openings)

    def act_ahead(
        self,
        decide: Callable[[Ahead], None],
        *,
        expect: int | None = None,  # noqa: ARG002
    ) -> list[Record]:
        """Do several acts again as one, and answer the records that came of them then.

        Raises:
            KeyTaken: they say something else.
        """
        ahead = Ahead(self)
        try:
            decide(ahead)
        except Unavailable:
            raise
        except LedgerError:
            raise self._taken() from None
        return self._as_done(ahead.decided, ahead.openings)

    def _as_done(self, said: Sequence[Occurrence], openings: Sequence[Opening]) -> list[Record]:
        """The records that were made then, where the same is said now."""
        pairs = zip(said, self.found, strict=False)
        values = {each.commitment: each.value for each in openings}
        held = self.recorder.openings() if any(each.private for each in said) else {}
        if len(said) != len(self.found) or not all(
            _says_the_same(each, record.occurrence(), values, held) for each, record in pairs
        ):
            raise self._taken()
        return self.found

    def _taken(self) -> KeyTaken:
        assert self.key
        return taken(self.key, self.found[0].position)


def _says_the_same(
    said: Occurrence, before: Occurrence, values: Mapping[str, str], held: Mapping[str, Opening]
) -> bool:
    """Whether an occurrence says what one said before, apart from when that was recorded."""
    if type(said) is not type(before):
        return False
    aside = {"recorded_at", "recorded_assumed", "site", "private"} | COMPUTED.get(
        type(said), frozenset()
    )
    same: dict[str, Any] = {name: getattr(before, name) for name in aside}
    return msgspec.structs.replace(said, **same) == before and _hides_the_same(
        said.private, before.private, values, held
    )


def _hides_the_same(
    said: Mapping[str, str],
    before: Mapping[str, str],
    values: Mapping[str, str],
    held: Mapping[str, Opening],
) -> bool:
    """Whether private values are the same; of one that was erased there is nothing to compare."""
    return said.keys() == before.keys() and all(
        each not in held or held[each].value == values.get(said[name])
        for name, each in before.items()
    )
