"""The chain of what refers to an occurrence: its corrections, voids, retractions, withdrawals.

And the steps of a case at the stewards' desk, which name each other in more ways.
"""

from __future__ import annotations

import functools
from bisect import bisect_left
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from ledger.authority import AMENDING
from ledger.concerned import concerned
from ledger.errors import NotFound
from ledger.in_front import READINGS, SIGNATURE
from ledger.log import Log
from ledger.naming import CREWS, RECORDS, fields_naming, named
from ledger.record import Record, occurrence_at
from ledger.vocabulary import TYPES, CourtDecisionIssued, DecisionIssued, Occurrence
from ledger.vocabulary.base import Names

if TYPE_CHECKING:
    from ledger.scan import Scanned


def referring(log: Log, identity: str, until: int | None = None) -> list[Record]:
    """The records that refer to an occurrence directly, in the order of the log."""
    found = {each.position: each for each in log.read(tags=[f"ref:{identity}"], until=until)}
    readings = [e.position for e in log.scan.with_ids([identity]) if e.type in READINGS]
    for position in _in_front(log, [e for e in readings if until is None or e <= until]):
        record = log.at(position)
        if identity in getattr(record.occurrence(), "targets", ()):
            found[position] = record
    return [found[position] for position in sorted(found)]


def signing(
    log: Log, records: Mapping[str, Occurrence], until: int
) -> dict[str, tuple[int, Occurrence]]:
    """The signatures over these records up to a position, by their id, each with its position.

    Among those over readings are all that stand in front of them, whatever they sign.
    """
    readings = [identity for identity, said in records.items() if said.type_name() in READINGS]
    wherever = [row.position for row in log.scan.with_ids(readings) if row.position <= until]
    by_place = log.scan.at(_in_front(log, wherever))
    by_tags = (each for each in log.scan.signing(records) if each.type == SIGNATURE)
    rows = {each.position: each for each in (*by_place, *by_tags) if each.position <= until}
    return {rows[at].id: (at, occurrence_at(at, rows[at].data)) for at in sorted(rows)}


def _in_front(log: Log, readings: Sequence[int]) -> set[int]:
    """The positions of the signatures that stand last in front of readings."""
    if not readings:
        return set()
    first, last = min(readings), max(readings)
    known = {*log.positions([SIGNATURE], after=first, until=last)}
    before = log.newest(1, until=first - 1, types=[SIGNATURE])
    while before and before[0].occurrence().type_name() == SIGNATURE:
        known.add(before[0].position)
        before = log.newest(1, until=before[0].position - 1)
    found, in_order = set[int](), sorted(known)
    for reading in readings:
        place = bisect_left(in_order, reading) - 1
        at = in_order[place] if place >= 0 else 0
        while at in known and at not in found:
            found.add(at)
            at -= 1
    return found


def naming(log: Log, identity: str, until: int | None = None) -> list[Record]:
    """The records that name an occurrence anywhere, in the order of the log.

    As their target, as what they supersede, decide or rest on, or in what a decision does.
    """
    found = {each.position: each for each in referring(log, identity, until)}
    for each in log.read(types=_naming_more("target", RECORDS), until=until):
        if identity in named(each.occurrence(), *RECORDS):
            found[each.position] = each
    return [found[position] for position in sorted(found)]


@functools.cache
def _naming_more(tagged: str, what: tuple[Names, ...]) -> list[str]:
    """The types whose records may name more of this than the tag of that field tells."""
    return [
        name
        for name, kind in TYPES.items()
        if "effects" in kind.__struct_fields__ or {*fields_naming(kind, *what)} - {tagged}
    ]


class Concerning:
    """The records about a crew, as they were recorded: of these types, with all these tags.

    Those that name it, and the decisions that concern it by what they are about. Without a number
    they are those about whomever it may be.
    """

    def __init__(
        self, log: Log, number: str = "", types: Sequence[str] = (), tags: Sequence[str] = ()
    ) -> None:
        self._log = log
        self._number = number
        self._types = types
        self._others = tags
        self._tags = [f"crew:{number}", *tags] if number else tags

    def read(self, after: int, until: int) -> Iterable[Record]:
        """Those behind one position and up to another, in the order of the log."""
        tagged = self._log.read(after=after, until=until, types=self._types, tags=self._tags)
        if not self._number:
            return tagged
        found = {each.position: each for each in tagged} | self._not_tagged(after, until)
        return [found[position] for position in sorted(found)]

    def newest(self, limit: int, after: int, until: int) -> list[Record]:
        """The last so many of these, the newest first, however long the log is."""
        tagged = self._log.newest(
            limit, after=after, until=until, types=self._types, tags=self._tags
        )
        if not self._number:
            return tagged
        # What is older than a full page of those that are tagged is on no page with them.
        since = tagged[-1].position if len(tagged) == limit else after
        found = {each.position: each for each in tagged} | self._not_tagged(since, until)
        return [found[position] for position in sorted(found, reverse=True)[:limit]]

    def _not_tagged(self, after: int, until: int) -> dict[int, Record]:
        """Those that no tag tells: it is named among several, or by what a decision is about."""
        found = {
            each.position: each
            for each in self._of(_naming_more("number", CREWS), after, until)
            if self._number in named(each.occurrence(), *CREWS)
        }
        deciding = self._of(_DECIDING, after, until)
        known = _known_from(self._log, deciding, until)
        for each in deciding:
            if self._number in concerned(each.occurrence(), known.get).crews:
                found[each.position] = each
        return found

    def _of(self, some: Sequence[str], after: int, until: int) -> list[Record]:
        asked = [kind for kind in some if not self._types or kind in self._types]
        if not asked:
            return []
        return [*self._log.read(after=after, until=until, types=asked, tags=self._others)]


_DECIDING = [DecisionIssued.type_name(), CourtDecisionIssued.type_name()]


def whom(log: Log, record: Record, until: int | None = None) -> tuple[str, ...]:
    """The crews that a decision concerns, as it was recorded."""
    known = _known_from(log, [record], until)
    return concerned(record.occurrence(), known.get).crews


def _known_from(log: Log, several: list[Record], until: int | None) -> dict[str, Occurrence]:
    """What records lead to, by id: what they are about, what that is about, and so on."""
    known: dict[str, Occurrence] = {}
    ahead = {identity for each in several for identity in named(each.occurrence(), "record")}
    while ahead:
        rows = [r for r in log.scan.with_ids(ahead) if until is None or r.position <= until]
        found = {row.id: occurrence_at(row.position, row.data) for row in rows}
        known |= found
        ahead = {i for each in found.values() for i in named(each, "record")} - known.keys()
    return known


class Linked:
    """Records that were read for one question, and those to which they lead.

    They are held by id, each with its position and what it says, as far as was known at a position.
    `names` says which records one of them leads to; where `lines` are followed, so does a line of a
    source to what tells it again. What amends a record is held with it in any case. `linked` are
    the positions of the records of which there is any of that, where it is known: of no other one
    anything is looked for.
    """

    def __init__(
        self,
        log: Log,
        until: int,
        names: Callable[[Occurrence], Iterable[str]] | None = None,
        *,
        lines: bool = False,
        linked: Container[int] | None = None,
    ) -> None:
        self._scan = log.scan
        self._until = until
        self._names = names or _amended_by
        self._lines = lines
        self._linked = linked
        self.held: dict[str, tuple[int, Occurrence]] = {}

    def take(self, rows: Iterable[Scanned | Record]) -> None:
        """Take in these and all to which they lead."""
        new = self._taken(rows)
        while new:
            ahead = {identity for each in new for identity in self._names(self.held[each][1])}
            linked = [each for each in new if self._is_linked(each)]
            more = [self._scan.with_ids(ahead - self.held.keys()), self._scan.amending(linked)]
            if self._lines:
                sources = (self.held[each][1].source for each in linked)
                more.append(self._scan.of_lines({(e.name, e.seq) for e in sources if e.seq}))
            new = self._taken(chain.from_iterable(more))

    def _is_linked(self, identity: str) -> bool:
        """Whether something may amend a record, or tell its line again."""
        return self._linked is None or self.held[identity][0] in self._linked

    def _taken(self, rows: Iterable[Scanned | Record]) -> list[str]:
        """The ids of those that are new."""
        new = []
        for row in rows:
            if row.position <= self._until and row.id not in self.held:
                self.held[row.id] = row.position, occurrence_at(row.position, row.data)
                new.append(row.id)
        return new


def _amended_by(said: Occurrence) -> tuple[str, ...]:
    return (str(getattr(said, "target", "")),) if isinstance(said, AMENDING) else ()


def amended_from(
    said: Occurrence, known: Callable[[str], Occurrence | None]
) -> Iterator[Occurrence]:
    """An occurrence and what it amends, down to what that is about, as far as these are known."""
    at: Occurrence | None = said
    while at is not None:
        yield at
        at = known(str(getattr(at, "target", ""))) if isinstance(at, AMENDING) else None


def held_in(log: Log) -> Callable[[str], Occurrence | None]:
    """What a record of a log says, by its id; None where the log holds no such record."""

    def known(identity: str) -> Occurrence | None:
        try:
            return log.find(identity).occurrence()
        except NotFound:
            return None

    return known


def chain_of(log: Log, record: Record) -> dict[str, Occurrence]:
    """Everything connected to a record by what amends or adopts it: downwards and upwards."""
    found: dict[str, Occurrence] = {}
    pending = [record]
    while pending:
        at = pending.pop()
        if at.id in found:
            continue
        occurrence = at.occurrence()
        found[at.id] = occurrence
        target = str(getattr(occurrence, "target", ""))
        if isinstance(occurrence, AMENDING) and log.recorder.known_ids([target]):
            pending.append(log.find(target))
        about = referring(log, at.id)
        pending += [each for each in about if isinstance(each.occurrence(), AMENDING)]
    return found
