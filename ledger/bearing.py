"""What bears on acts: read as it is on record, or held by a process that stays open.

An act rests on much the same as the one before it: who holds the offices, the plan, a crew. What
was asked for is held, with the end of the log up to which it was read. Of a longer log only what
came behind that end is read, and it has to make the tree that the log has by then: of a log that
was set back, or put in the place of another, everything is read anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from eventsourcing.dcb.api import DCBQuery, DCBQueryItem
from eventsourcing.dcb.domain import Selector
from eventsourcing.utils import get_topic

from ledger.appending import Head
from ledger.merkle import Frontier
from ledger.record import Record, occurrence_at
from ledger.vocabulary import ActsSigned, Occurrence, ProofKept

if TYPE_CHECKING:
    from ledger.scan import Scan, Scanned
    from ledger.store import Recorder

MOST = 1_000
"""So many records are carried behind what is held, and so many parts of a log are held."""
MOST_SIGNED = 1 << 14
"""Of so many records the signatures are held."""
_SIGNING = frozenset({ActsSigned.type_name(), ProofKept.type_name()})
_REF = "ref:"


class Part(NamedTuple):
    """A part of a log on which an act rests: the records of these types with all these tags."""

    types: frozenset[str]
    tags: tuple[str, ...]

    def has(self, kind: str, record: Record) -> bool:
        """Whether a record is of this part."""
        return (not self.types or kind in self.types) and all(
            each in record.header.tags for each in self.tags
        )


class Row(NamedTuple):
    """A record that bears on acts."""

    position: int
    id: str
    said: Occurrence


class Bearing:
    """What bears on acts, as it is on record."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    @cached_property
    def _scan(self) -> Scan:
        from ledger.scan import Scan  # few look for signatures

        return Scan(self._recorder.engine, self._recorder.rally, self._recorder.reading)

    def told(self, boundary: Iterable[Selector], head: Head) -> dict[str, Occurrence]:
        """What is on record within a boundary up to the end of the log, by id, in its order.

        Raises:
            Unreadable: of that something is damaged.
        """
        records = self._recorder.records(_query(_parts(boundary)), until=head.size)
        return _by_id(map(_row, (record for _, record in records)))

    def signing(self, ids: Set[str]) -> dict[str, Occurrence]:
        """The signatures over these records and the proofs that they were there, by their own id.

        Raises:
            Unreadable: of those something is damaged.
        """
        return _by_id(map(_row, self._scan.signing(ids)))


class Held(Bearing):
    """The same, held: what was read of a log is not read again while that goes on."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__(recorder)
        self._lock = Lock()
        self._forget(Head("", 0, 0, b""))

    def _forget(self, end: Head) -> None:
        """Hold nothing, of a log that ends here."""
        self._end = end
        self._parts: dict[Part, tuple[int, list[Row]]] = {}
        """Of each part what was read and carried, and of what came since how much was looked at."""
        self._signatures: dict[str, list[Row]] = {}
        self._since: list[tuple[str, Record]] = []
        self._rows: dict[int, Row] = {}

    def told(self, boundary: Iterable[Selector], head: Head) -> dict[str, Occurrence]:
        """What is on record within a boundary up to the end of the log, by id, in its order."""
        parts = _parts(boundary)
        with self._lock:
            self._carry(head)
            self._read([each for each in parts if each not in self._parts])
            return _by_id(row for each in parts for row in self._carried(each))

    def signing(self, ids: Set[str]) -> dict[str, Occurrence]:
        """The signatures over these records and the proofs that they were there, by their own id.

        They are those up to where was read last, at least.
        """
        with self._lock:
            new: dict[str, list[Row]] = {each: [] for each in ids - self._signatures.keys()}
            for row in map(self._row, self._scan.signing(new)):
                for signed in _named(row.said.tags()) & new.keys():
                    new[signed].append(row)
            self._signatures |= new
            return _by_id(row for each in ids for row in self._signatures[each])

    def _carry(self, head: Head) -> None:
        """Go on to the end of the log, or begin anew where it is not what was held that goes on."""
        full = len(self._parts) > MOST or len(self._signatures) > MOST_SIGNED
        if head == self._end and not full:
            return
        new = None if full else self._behind(head)
        if new is None:
            self._forget(head)
            return
        self._end = head
        self._since += new
        for kind, record in new:
            # Which of them the index of tags tells is asked of it again.
            for signed in _named(record.header.tags) if kind in _SIGNING else ():
                self._signatures.pop(signed, None)

    def _behind(self, head: Head) -> list[tuple[str, Record]] | None:
        """What came since it was read; None where that does not lead to this end of the log."""
        end, more = self._end, head.size - self._end.size
        if not self._parts or not 0 <= more <= MOST - len(self._since):
            return None
        new = [*self._recorder.records(after=end.size, until=head.size)] if more else []
        try:
            tree = Frontier.from_bytes(end.size, end.frontier)
        except ValueError:  # it was damaged
            return None
        tree.extend([record.leaf for _, record in new])
        return new if tree.to_bytes() == head.frontier else None

    def _read(self, parts: Sequence[Part]) -> None:
        """Read what is not held."""
        if not parts:
            return
        found: dict[Part, list[Row]] = {each: [] for each in parts}
        for kind, record in self._recorder.records(_query(parts), until=self._end.size):
            for each, rows in found.items():
                if each.has(kind, record):
                    rows.append(self._row(record))
        self._parts |= {each: (len(self._since), rows) for each, rows in found.items()}

    def _carried(self, part: Part) -> list[Row]:
        """What is held of a part, with what came since."""
        seen, rows = self._parts[part]
        rows += [self._row(record) for kind, record in self._since[seen:] if part.has(kind, record)]
        self._parts[part] = len(self._since), rows
        return rows

    def _row(self, record: Record | Scanned) -> Row:
        """A record that is held, decoded once."""
        if record.position not in self._rows:
            self._rows[record.position] = _row(record)
        return self._rows[record.position]


def _parts(boundary: Iterable[Selector]) -> list[Part]:
    found = (Part(frozenset(map(get_topic, each.types)), tuple(each.tags)) for each in boundary)
    return [*dict.fromkeys(found)]


def _query(parts: Iterable[Part]) -> DCBQuery:
    return DCBQuery([DCBQueryItem([*each.types], [*each.tags]) for each in parts])


def _row(record: Record | Scanned) -> Row:
    return Row(record.position, record.id, occurrence_at(record.position, record.data))


def _by_id(rows: Iterable[Row]) -> dict[str, Occurrence]:
    """Occurrences by their ids, in the order of the log."""
    by_position = {row.position: row for row in rows}
    return {by_position[at].id: by_position[at].said for at in sorted(by_position)}


def _named(tags: Iterable[str]) -> set[str]:
    """The ids of the records to which tags refer."""
    return {each.removeprefix(_REF) for each in tags if each.startswith(_REF)}
