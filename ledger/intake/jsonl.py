"""JSON Lines: the log itself on its way from one ledger to another, one record a line.

Into a ledger that does not have the rally an export is restored verbatim: the same positions, bytes
and root. Into one that has it, unknown occurrences are merged with the site and the position that
they come from, and known ones are skipped. A line may also be a bare occurrence.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from ledger.errors import Conflict, LedgerError, Tampered, Unreadable
from ledger.intake.lines import BadLine
from ledger.log import TRIES, Ledger, Log
from ledger.record import Arrival, Header, arrival_of
from ledger.vocabulary import canonical, decode, occurrence_id


class _Line(msgspec.Struct, forbid_unknown_fields=True):
    occurrence: msgspec.Raw
    position: int
    id: str
    received_at: int
    site: str
    site_position: int
    tags: tuple[str, ...]
    leaf: str


class Arrived(NamedTuple):
    """A line that could be read: the occurrence, and its record elsewhere if it has one."""

    where: str
    raw: str
    rally: str
    arrival: Arrival
    position: int | None
    leaf: str


class Merged(NamedTuple):
    """What became of an import of JSON Lines; `places` tells where each new record stood in it."""

    rally: str
    read: int
    appended: int
    already_known: int
    places: dict[int, str]
    restored: bool


def export(log: Log, until: int | None = None) -> Iterator[str]:
    """The log as lines of JSON, in the order of its positions, without the line ends."""
    for record in log.read(until=until):
        yield canonical(record.as_json()).decode()


def read_jsonl(name: str, lines: Iterable[bytes]) -> Iterator[Arrived | BadLine]:
    """What each line holds, or why it can't be read; empty lines are passed over."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where, raw = f"{name}:{number}", line.decode("utf-8", "surrogateescape").rstrip("\r\n")
        try:
            yield _arrived(where, raw, line)
        except LedgerError as error:
            yield BadLine(where, raw, error.message)
        except (ValueError, RecursionError, msgspec.MsgspecError) as error:
            yield BadLine(where, raw, f"{error}.")


def _arrived(where: str, raw: str, line: bytes) -> Arrived:
    said = json.loads(line)
    if not isinstance(said, dict):
        raise Unreadable("Not a record: it is not a JSON object.")
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
    kept = msgspec.structs.replace(
        arrival,
        tags=record.tags,
        site=record.site,
        site_position=record.site_position,
        received_at=record.received_at,
    )
    return Arrived(where, raw, occurrence.rally, kept, record.position, record.leaf)


def take_in_jsonl(ledger: Ledger, arrived: list[Arrived]) -> list[Merged]:
    """Restore or merge what arrived, rally by rally, each in one transaction.

    Raises:
        Tampered: a restored log would not have the leaves that its export claims.
    """
    rallies = list(dict.fromkeys(each.rally for each in arrived))
    return [
        _one_rally(ledger, rally, [a for a in arrived if a.rally == rally]) for rally in rallies
    ]


def _one_rally(ledger: Ledger, rally: str, arrived: list[Arrived]) -> Merged:
    log = ledger.log(rally)
    if log.head().size == 0 and _is_whole(arrived):
        return _restore(ledger, rally, arrived)
    for _ in range(TRIES):
        head = log.head().size
        known = log.recorder.known_ids(each.arrival.id for each in arrived)
        fresh: dict[str, Arrived] = {}
        for each in arrived:
            if each.arrival.id not in known:
                fresh.setdefault(each.arrival.id, each)
        try:
            if fresh:
                log.append([each.arrival for each in fresh.values()], expect=head)
        except Conflict:
            continue
        places = {at: each.where for at, each in enumerate(fresh.values(), head + 1)}
        known_already = len(arrived) - len(fresh)
        return Merged(rally, len(arrived), len(fresh), known_already, places, restored=False)
    raise Conflict(f"Others keep appending to {rally}.", hint="Try again in a moment.")


def _is_whole(arrived: list[Arrived]) -> bool:
    return [each.position for each in arrived] == list(range(1, len(arrived) + 1))


def _restore(ledger: Ledger, rally: str, arrived: list[Arrived]) -> Merged:
    own = [a for a in arrived if a.arrival.site_position == a.position and a.arrival.site]
    site = own[-1].arrival.site if own else None
    log = ledger.log(rally, site)
    received = [each.arrival.received_at or 0 for each in arrived]
    if received != sorted(received):
        raise Tampered(f"The export of {rally} goes backwards in time.", hint="Export it again.")
    log.append([each.arrival for each in arrived], expect=0, verbatim=True)
    places = {each.position or 0: each.where for each in arrived}
    return Merged(rally, len(arrived), len(arrived), 0, places, restored=True)
