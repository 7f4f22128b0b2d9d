"""The proof: that the stored log is whole, in order and unaltered."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from ledger.errors import LedgerError
from ledger.log import Log
from ledger.merkle import TILE_HEIGHT, Frontier
from ledger.record import Header, arrival_of
from ledger.vocabulary import canonical, decode, occurrence_id


class Flaw(NamedTuple):
    """Something that does not verify, with the position where it shows."""

    position: int | None
    message: str


class Verification(NamedTuple):
    """What was checked, and what was found."""

    size: int
    root: str
    checked: dict[str, int]
    findings: list[Flaw]

    @property
    def ok(self) -> bool:
        """Whether everything verifies."""
        return not self.findings


def verify(log: Log) -> Verification:
    """Recompute every id, leaf, tile and the root, and compare with what is stored."""
    head = log.head()
    findings: list[Flaw] = []
    frontier, tiles, checked = Frontier(), [], 0
    tag_rows = _tag_index(log)
    for row in log.recorder.columns():
        checked += 1
        if row.position != checked:
            findings.append(Flaw(checked, f"The record #{checked} is missing."))
            checked = row.position
        findings += [Flaw(row.position, said) for said in _flaws_of(row)]
        expected = sorted((tag, row.type) for tag in set(_tags(row.tags)))
        if sorted(tag_rows.pop(row.position, [])) != expected:
            findings.append(Flaw(row.position, "The index of tags differs from the record's tags."))
        tiles += frontier.append(bytes(row.leaf))
    root = frontier.root().hex()
    findings += [Flaw(each, "The index of tags names a missing record.") for each in tag_rows]
    if checked != head.size:
        findings.append(Flaw(None, f"The head says {head.size} records; the log holds {checked}."))
    try:
        if head.root().hex() != root:
            findings.append(Flaw(None, "The root of the records differs from the head's."))
    except ValueError:
        findings.append(Flaw(None, "The head's tree can't be read."))
    findings += _tile_flaws(log, tiles, checked)
    findings += [
        Flaw(None, f"The guard {name} is missing: records could be changed unnoticed.")
        for name in sorted(log.recorder.missing_triggers())
    ]
    counts = {"records": checked, "leaves": checked, "tiles": len(tiles)}
    return Verification(head.size, root, counts, findings)


def _tag_index(log: Log) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = {}
    for position, tag, kind in log.recorder.tag_rows():
        found.setdefault(position, []).append((tag, kind))
    return found


def _tags(stored: str) -> tuple[str, ...]:
    try:
        return msgspec.json.decode(stored, type=tuple[str, ...])
    except (msgspec.MsgspecError, UnicodeError):
        return ()


def _flaws_of(row: Any) -> list[str]:
    """What does not fit in one stored record."""
    data, found = bytes(row.data), []
    if occurrence_id(data) != row.id:
        found.append("Its content does not have the id under which it is stored.")
    header = Header(
        row.rally,
        row.position,
        row.id,
        row.received_at,
        row.site,
        row.site_position,
        _tags(row.tags),
    )
    if canonical(header.tags).decode() != row.tags or header.leaf() != bytes(row.leaf):
        found.append("Its header does not have the leaf hash that is stored.")
    try:
        occurrence = decode(data)
    except LedgerError as error:
        return [*found, f"Its content can't be read: {error.message}"]
    arrival = arrival_of(occurrence)
    if arrival.data != data:
        found.append("Its content is not in canonical form.")
    if occurrence.rally != row.rally:
        found.append(f"It belongs to {occurrence.rally}.")
    columns = ("type", "schema", "fact_at", "recorded_at", "source", "source_seq")
    return found + [
        f"The column {name} differs from its content."
        for name in columns
        if getattr(row, name) != getattr(arrival, name)
    ]


def _tile_flaws(log: Log, tiles: list[tuple[int, int, bytes]], size: int) -> list[Flaw]:
    stored = {
        (level, index): digest
        for level in range(max(1, size.bit_length() // TILE_HEIGHT))
        for index, digest in enumerate(log.recorder.tiles(level))
    }
    computed = {(level, index): digest for level, index, digest in tiles}
    if stored == computed:
        return []
    return [Flaw(None, "The stored tile hashes differ from those of the records.")]
