"""JSON Lines: the log itself on its way from one ledger to another, one record a line.

Into a ledger that does not have the rally an export is restored verbatim: the same positions, bytes
and root. Into one that has it, unknown occurrences are merged with the site and the position that
they come from, and known ones are skipped. A line may also be a bare occurrence, or the opening of
a private value, which is only written when it is asked for.
"""

from __future__ import annotations

import json
import re
import sys
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple, overload

import msgspec

from ledger.errors import Conflict, LedgerError, Tampered, Unreadable
from ledger.intake.lines import BadLine
from ledger.keys import Delivery, delivery_of
from ledger.log import TRIES, Ledger, Log
from ledger.openings import SALT_BYTES, Opening
from ledger.record import Arrival, GivenNumber, GivenOrigin, Header, Origin, Position, arrival_of
from ledger.times import Moment
from ledger.vocabulary import canonical, decode, occurrence_id, plainly
from ledger.vocabulary.base import Code, Digest
from ledger.withheld import commitments


class _Line(msgspec.Struct, forbid_unknown_fields=True):
    occurrence: msgspec.Raw
    position: Position
    id: Digest
    received_at: Moment
    site: Code
    site_position: GivenNumber
    tags: tuple[str, ...]
    leaf: Digest
    also: tuple[GivenOrigin, ...] = ()


class _Opening(msgspec.Struct, forbid_unknown_fields=True):
    rally: str
    commitment: str
    salt: str
    value: str


class _OpeningLine(msgspec.Struct, forbid_unknown_fields=True):
    opening: _Opening


_OF_OPENINGS = re.compile(rb'"(opening|commitment|salt)"')
SOME = 500
WITHHELD = "(withheld: it may hold a private value)"
"""Stands for a line that may not be kept anywhere or shown to anybody."""


class Arrived:
    """A line that could be read: which occurrence it holds, and its record elsewhere if it has one.

    A long log has very many of them: what it says is read again whenever it is asked for.
    """

    __slots__ = (
        *("_digest", "_lines", "_site", "_site_position"),
        *("also", "number", "position", "rally", "received_at", "source"),
    )

    def __init__(self, lines: Delivered, number: int, read: _Read) -> None:
        arrival = read.arrival
        self._lines = lines
        self._digest = bytes.fromhex(arrival.id)
        self.number = number
        self.rally = sys.intern(read.rally)
        self.position = read.position
        self.also = read.also
        self.received_at = arrival.received_at
        self._site = None if arrival.site is None else sys.intern(arrival.site)
        self._site_position = arrival.site_position
        self.source = None if arrival.source is None else sys.intern(arrival.source)

    @property
    def id(self) -> str:
        """The identity of the occurrence."""
        return self._digest.hex()

    @property
    def where(self) -> str:
        """The place where it stands."""
        return self._lines.where(self.number)

    @property
    def arrival(self) -> Arrival:
        """The occurrence, ready for a log.

        Raises:
            Unreadable: the line is no longer the one that was read.
        """
        read = _arrived(self._lines.lines[self.number - 1])
        if not isinstance(read, _Read) or read.arrival.id != self.id:
            raise Unreadable(f"{self.where} was changed meanwhile.", hint="Import it again.")
        return read.arrival

    @property
    def origins(self) -> tuple[Origin, ...]:
        """Every site at which it was recorded, with its number there."""
        if self._site is None or self._site_position is None:
            return self.also
        return ((self._site, self._site_position), *self.also)


class Delivered(NamedTuple):
    """A delivery: how it is called, and its lines."""

    name: str
    lines: Sequence[bytes]

    def where(self, number: int) -> str:
        """How the place of a line is named."""
        return f"{self.name}:{number}"


class _Read(NamedTuple):
    """What a line holds, read to the end: an occurrence, and its record elsewhere if it has one."""

    rally: str
    arrival: Arrival
    position: int | None
    also: tuple[Origin, ...] = ()


class _Arrivals(Sequence[Arrival]):
    """The occurrences of lines, each read when it is written."""

    def __init__(self, arrived: Sequence[Arrived]) -> None:
        self._arrived = arrived

    def __len__(self) -> int:
        return len(self._arrived)

    @overload
    def __getitem__(self, at: int) -> Arrival: ...
    @overload
    def __getitem__(self, at: slice) -> list[Arrival]: ...
    def __getitem__(self, at: int | slice) -> Arrival | list[Arrival]:
        if isinstance(at, slice):
            return [each.arrival for each in self._arrived[at]]
        return self._arrived[at].arrival


class _Places(Mapping[int, str]):
    """Where each new record stood, by its position."""

    def __init__(self, first: int, arrived: Sequence[Arrived]) -> None:
        self._first = first
        self._name = arrived[0].where.rpartition(":")[0] if arrived else ""
        self._numbers = array("Q", (each.number for each in arrived))

    def __getitem__(self, position: int) -> str:
        if not 0 <= position - self._first < len(self._numbers):
            raise KeyError(position)
        return f"{self._name}:{self._numbers[position - self._first]}"

    def __iter__(self) -> Iterator[int]:
        return iter(range(self._first, self._first + len(self._numbers)))

    def __len__(self) -> int:
        return len(self._numbers)


class ArrivedOpening(NamedTuple):
    """A line that opens a private value: where it stands, and what it opens."""

    where: str
    rally: str
    opening: Opening


class Merged(NamedTuple):
    """What became of an import of JSON Lines; `places` tells where each new record stood in it.

    `opened` counts the openings that are new here, `erased` tells where openings stood that this
    log says are erased, and `stray` where those stood that open nothing in it.
    """

    rally: str
    read: int
    appended: int
    already_known: int
    places: Mapping[int, str]
    restored: bool
    opened: int = 0
    erased: tuple[str, ...] = ()
    stray: tuple[str, ...] = ()


def export(log: Log, until: int | None = None, *, private: bool = False) -> Iterator[str]:
    """The log as lines of JSON, in the order of its positions, without the line ends.

    With `private` the openings of its private values follow; otherwise none of them leaves.
    """
    for record in log.read(until=until):
        yield canonical(record.as_json()).decode()
    for commitment, opening in (log.recorder.openings() if private else {}).items():
        line = _Opening(log.rally, commitment, opening.salt.hex(), opening.value)
        yield canonical(_OpeningLine(line)).decode()


def read_jsonl(name: str, lines: Iterable[bytes]) -> Iterator[Arrived | ArrivedOpening | BadLine]:
    """What each line holds, or why it can't be read; empty lines are passed over.

    Where there are openings among them, no line that can't be read is shown or kept anywhere: it
    may be a part of one.
    """
    delivered = Delivered(name, lines if isinstance(lines, Sequence) else list(lines))
    private = any(_OF_OPENINGS.search(each.replace(b"\0", b"")) for each in delivered.lines)
    for number, line in enumerate(delivered.lines, 1):
        if not line.strip():
            continue
        where = delivered.where(number)
        try:
            read = _arrived(line)
        except (LedgerError, ValueError, RecursionError, msgspec.MsgspecError) as error:
            yield BadLine(where, *_why_not(line, error, private=private))
        else:
            if isinstance(read, _Read):
                yield Arrived(delivered, number, read)
            else:
                yield ArrivedOpening(where, *read)


def _why_not(line: bytes, error: Exception, *, private: bool) -> tuple[str, str]:
    """A line that can't be read, as it may be shown, and why it can't."""
    if private:
        return WITHHELD, "It is neither a record nor an opening that opens."
    raw = line.decode("utf-8", "surrogateescape").rstrip("\r\n")
    if isinstance(error, LedgerError):
        return raw, error.message
    if isinstance(error, msgspec.MsgspecError):
        return raw, f"Not a record: {plainly(error)}."
    return raw, f"{error}."


def _arrived(line: bytes) -> _Read | tuple[str, Opening]:
    said = json.loads(line)
    if not isinstance(said, dict):
        raise Unreadable("Not a record: it is not a JSON object.")
    if said.keys() == {"opening"}:
        return _arrived_opening(line)
    record = msgspec.json.decode(line, type=_Line) if "occurrence" in said else None
    data = canonical(said["occurrence"] if record else said)
    occurrence = decode(data)
    arrival = arrival_of(occurrence)
    if arrival.data != data:
        raise Unreadable("Its occurrence is not in canonical form.")
    if record is None:
        return _Read(occurrence.rally, arrival, None)
    if record.id != occurrence_id(data):
        raise Unreadable(f"Its content does not have the id {record.id[:10]}: it was altered.")
    header = Header(
        occurrence.rally,
        record.position,
        record.id,
        record.received_at,
        record.site,
        record.site_position,
        record.tags,
    )
    if header.leaf().hex() != record.leaf:
        raise Unreadable("Its header does not have the leaf hash that it claims: it was altered.")
    if record.tags != arrival.tags:
        raise Unreadable("Its tags are not those of its content: it was altered.")
    kept = msgspec.structs.replace(
        arrival,
        site=record.site,
        site_position=record.site_position,
        received_at=record.received_at,
    )
    return _Read(occurrence.rally, kept, record.position, record.also)


def _arrived_opening(line: bytes) -> tuple[str, Opening]:
    said = msgspec.json.decode(line, type=_OpeningLine).opening
    salt = bytes.fromhex(said.salt)
    if len(salt) != SALT_BYTES or Opening(salt, said.value).commitment != said.commitment:
        raise Unreadable("It does not open the commitment that it claims to open.")
    return said.rally, Opening(salt, said.value)


def take_in_jsonl(
    ledger: Ledger,
    arrived: Sequence[Arrived],
    openings: Sequence[ArrivedOpening] = (),
    key: str = "",
) -> list[Merged]:
    """Restore or merge what arrived, rally by rally, each in one transaction.

    Openings are kept if they open a private value of the log that was not erased. Under a `key` the
    same is taken in, whenever it is.

    Raises:
        Tampered: a restored log would not have the leaves that its export claims.
        KeyTaken: something else was taken in under the key.
    """
    told = [*(each.rally for each in arrived), *(each.rally for each in openings)]
    rallies = list(dict.fromkeys(told))
    return [
        _one_rally(
            ledger,
            rally,
            [a for a in arrived if a.rally == rally],
            [o for o in openings if o.rally == rally],
            key,
        )
        for rally in rallies
    ]


def _one_rally(
    ledger: Ledger, rally: str, arrived: list[Arrived], openings: list[ArrivedOpening], key: str
) -> Merged:
    log = ledger.log(rally)
    says = chain((e.id for e in arrived), (e.opening.commitment for e in openings))
    called = delivery_of(key, (each.encode() for each in says))
    opening = _Openings(log, arrived, openings)
    if arrived and log.head().size == 0 and _is_whole(arrived):
        return opening.told(_restore(ledger, rally, arrived, opening.fitting, called))
    for _ in range(TRIES):
        head = log.head().size
        fresh, origins = _unknown(log, arrived)
        try:
            if fresh or origins or opening.fitting or (called and head):
                log.recorder.append_arrivals(
                    _Arrivals(fresh),
                    expect=head,
                    openings=opening.fitting,
                    origins=origins,
                    delivery=called,
                )
        except Conflict:
            continue
        places = _Places(head + 1, fresh)
        read = len(arrived)
        known_already = read - len(fresh)
        return opening.told(Merged(rally, read, len(fresh), known_already, places, restored=False))
    raise Conflict(f"Others keep appending to {rally}.", hint="Try again in a moment.")


def _unknown(
    log: Log, arrived: Sequence[Arrived]
) -> tuple[list[Arrived], list[tuple[str, Sequence[Origin]]]]:
    """What of a delivery the log does not hold, each once; and where else it was recorded."""
    fresh: dict[str, Arrived] = {}
    origins: list[tuple[str, Sequence[Origin]]] = []
    for start in range(0, len(arrived), SOME):
        some = arrived[start : start + SOME]
        known = log.recorder.known(each.id for each in some)
        for each in some:
            identity = each.id
            first = identity not in known and fresh.setdefault(identity, each) is each
            held = known[identity].origins if identity in known else ()
            if more := each.also if first else [one for one in each.origins if one not in held]:
                origins.append((identity, more))
    return list(fresh.values()), origins


class _Openings:
    """The openings of a delivery: which of them belong to the log, and what became of them."""

    def __init__(self, log: Log, arrived: list[Arrived], openings: list[ArrivedOpening]) -> None:
        self._log = log
        self._arrived = openings
        self.fitting: list[Opening] = []
        self._before: set[str] = set()
        if openings:
            held = {each for one in arrived for each in commitments(one.arrival.data)}
            held |= log.commitments()
            self.fitting = [each.opening for each in openings if each.opening.commitment in held]
            self._before = set(log.recorder.openings())

    def told(self, merged: Merged) -> Merged:
        """The report of the import with what became of the openings."""
        if not self._arrived:
            return merged
        kept = self._log.recorder.openings().keys()
        fits = {each.commitment for each in self.fitting}
        at = [(each.where, each.opening.commitment) for each in self._arrived]
        return merged._replace(
            opened=len((fits & kept) - self._before),
            erased=tuple(where for where, each in at if each in fits and each not in kept),
            stray=tuple(where for where, each in at if each not in fits),
        )


def _is_whole(arrived: list[Arrived]) -> bool:
    return [each.position for each in arrived] == list(range(1, len(arrived) + 1))


def _restore(
    ledger: Ledger,
    rally: str,
    arrived: list[Arrived],
    openings: list[Opening],
    called: Delivery | None,
) -> Merged:
    """Restore a log as it was. Who began it goes on writing it, unless this ledger has a name."""
    log = ledger.log(rally, ledger.site() or arrived[0].arrival.site)
    received = [each.received_at or 0 for each in arrived]
    if received != sorted(received):
        raise Tampered(f"The export of {rally} goes backwards in time.", hint="Export it again.")
    origins = [(each.id, more) for each in arrived if (more := each.also)]
    log.recorder.append_arrivals(
        _Arrivals(arrived),
        expect=0,
        verbatim=True,
        openings=openings,
        origins=origins,
        delivery=called,
    )
    places = _Places(1, arrived)
    return Merged(rally, len(arrived), len(arrived), 0, places, restored=True)
