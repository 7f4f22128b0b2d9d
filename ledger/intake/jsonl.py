"""JSON Lines: the log itself on its way from one ledger to another, one record a line.

Into a ledger that does not have the rally an export is restored verbatim: the same positions, bytes
and root. Into one that has it, unknown occurrences are merged with the site and the position that
they come from, and known ones are skipped. A line may also be a bare occurrence, or the opening of
a private value, which is only written when it is asked for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from ledger.errors import Conflict, LedgerError, Tampered, Unreadable
from ledger.intake.lines import BadLine
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
WITHHELD = "(withheld: it may hold a private value)"
"""Stands for a line that may not be kept anywhere or shown to anybody."""


class Arrived(NamedTuple):
    """A line that could be read: the occurrence, and its record elsewhere if it has one."""

    where: str
    raw: str
    rally: str
    arrival: Arrival
    position: int | None
    leaf: str
    also: tuple[Origin, ...] = ()

    @property
    def origins(self) -> tuple[Origin, ...]:
        """Every site at which it was recorded, with its number there."""
        origin = self.arrival.origin
        return self.also if origin is None else (origin, *self.also)


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
    places: dict[int, str]
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
    lines = list(lines)
    private = any(_OF_OPENINGS.search(line.replace(b"\0", b"")) for line in lines)
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where, raw = f"{name}:{number}", line.decode("utf-8", "surrogateescape").rstrip("\r\n")
        try:
            yield _arrived(where, raw, line)
        except (LedgerError, ValueError, RecursionError, msgspec.MsgspecError) as error:
            if private:
                yield BadLine(where, WITHHELD, "It is neither a record nor an opening that opens.")
            elif isinstance(error, LedgerError):
                yield BadLine(where, raw, error.message)
            elif isinstance(error, msgspec.MsgspecError):
                yield BadLine(where, raw, f"Not a record: {plainly(error)}.")
            else:
                yield BadLine(where, raw, f"{error}.")


def _arrived(where: str, raw: str, line: bytes) -> Arrived | ArrivedOpening:
    said = json.loads(line)
    if not isinstance(said, dict):
        raise Unreadable("Not a record: it is not a JSON object.")
    if said.keys() == {"opening"}:
        return _arrived_opening(where, line)
    record = msgspec.json.decode(line, type=_Line) if "occurrence" in said else None
    data = canonical(said["occurrence"] if record else said)
    occurrence = decode(data)
    arrival = arrival_of(occurrence)
    if arrival.data != data:
        raise Unreadable("Its occurrence is not in canonical form.")
    if record is None:
        return Arrived(where, raw, occurrence.rally, arrival, None, "")
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
    return Arrived(where, raw, occurrence.rally, kept, record.position, record.leaf, record.also)


def _arrived_opening(where: str, line: bytes) -> ArrivedOpening:
    said = msgspec.json.decode(line, type=_OpeningLine).opening
    salt = bytes.fromhex(said.salt)
    if len(salt) != SALT_BYTES or Opening(salt, said.value).commitment != said.commitment:
        raise Unreadable("It does not open the commitment that it claims to open.")
    return ArrivedOpening(where, said.rally, Opening(salt, said.value))


def take_in_jsonl(
    ledger: Ledger, arrived: Sequence[Arrived], openings: Sequence[ArrivedOpening] = ()
) -> list[Merged]:
    """Restore or merge what arrived, rally by rally, each in one transaction.

    Openings are kept if they open a private value of the log that was not erased.

    Raises:
        Tampered: a restored log would not have the leaves that its export claims.
    """
    told = [*(each.rally for each in arrived), *(each.rally for each in openings)]
    rallies = list(dict.fromkeys(told))
    return [
        _one_rally(
            ledger,
            rally,
            [a for a in arrived if a.rally == rally],
            [o for o in openings if o.rally == rally],
        )
        for rally in rallies
    ]


def _one_rally(
    ledger: Ledger, rally: str, arrived: list[Arrived], openings: list[ArrivedOpening]
) -> Merged:
    log = ledger.log(rally)
    opening = _Openings(log, arrived, openings)
    if arrived and log.head().size == 0 and _is_whole(arrived):
        return opening.told(_restore(ledger, rally, arrived, opening.fitting))
    for _ in range(TRIES):
        head = log.head().size
        known = log.recorder.known(each.arrival.id for each in arrived)
        fresh: dict[str, Arrived] = {}
        origins: list[tuple[str, Sequence[Origin]]] = []
        for each in arrived:
            identity = each.arrival.id
            first = identity not in known and fresh.setdefault(identity, each) is each
            held = known[identity].origins if identity in known else ()
            if more := each.also if first else [one for one in each.origins if one not in held]:
                origins.append((identity, more))
        try:
            if fresh or origins or opening.fitting:
                arrivals = [each.arrival for each in fresh.values()]
                log.append(arrivals, expect=head, openings=opening.fitting, origins=origins)
        except Conflict:
            continue
        places = {at: each.where for at, each in enumerate(fresh.values(), head + 1)}
        known_already = len(arrived) - len(fresh)
        read = len(arrived)
        return opening.told(Merged(rally, read, len(fresh), known_already, places, restored=False))
    raise Conflict(f"Others keep appending to {rally}.", hint="Try again in a moment.")


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


def _restore(ledger: Ledger, rally: str, arrived: list[Arrived], openings: list[Opening]) -> Merged:
    """Restore a log as it was. Who began it goes on writing it, unless this ledger has a name."""
    log = ledger.log(rally, ledger.site() or arrived[0].arrival.site)
    received = [each.arrival.received_at or 0 for each in arrived]
    if received != sorted(received):
        raise Tampered(f"The export of {rally} goes backwards in time.", hint="Export it again.")
    arrivals = [each.arrival for each in arrived]
    origins = [(each.arrival.id, each.also) for each in arrived if each.also]
    log.append(arrivals, expect=0, verbatim=True, openings=openings, origins=origins)
    places = {each.position or 0: each.where for each in arrived}
    return Merged(rally, len(arrived), len(arrived), 0, places, restored=True)
