"""The proof: that the stored log is whole, in order and unaltered."""

from __future__ import annotations

from collections.abc import Iterator
from types import NoneType
from typing import Any, NamedTuple

import msgspec

from ledger import schema
from ledger.errors import LedgerError, Unreadable
from ledger.in_front import SIGNATURE, InFront
from ledger.log import Log
from ledger.merkle import EMPTY_ROOT, TILE_HEIGHT, Frontier
from ledger.openings import opens
from ledger.record import DEFAULT_SITE, Header, arrival_of
from ledger.soundness import damage, sound_copy
from ledger.vocabulary import canonical, decode, occurrence_id, short_id


class Flaw(NamedTuple):
    """Something that is not as it should be, with the position where it shows.

    `proof` says whether it breaks the proof of the log; what is kept beside the log does not.
    `anew` is what stands beside the records and follows from them.
    """

    position: int | None
    message: str
    proof: bool = True
    anew: bool = False

    def words(self) -> str:
        """It in a line, with its position where it has one."""
        return self.message if self.position is None else f"#{self.position}: {self.message}"


class Verification(NamedTuple):
    """What was checked, and what was found.

    `root_at` is the root at the position that was asked for; None where the log ends before it.
    """

    size: int
    root: str
    checked: dict[str, int]
    findings: list[Flaw]
    root_at: str | None = None

    @property
    def ok(self) -> bool:
        """Whether everything is as it should be."""
        return not self.findings

    @property
    def proved(self) -> bool:
        """Whether the log itself verifies, whatever was found beside it."""
        return not any(each.proof for each in self.findings)


def verify(log: Log, at: int = 0) -> Verification:
    """Recompute every id, leaf, tile and the root, and compare with what is stored.

    The proof is of the log as it was when it began: what others append meanwhile is left out. Where
    the database finds an index or a page of its files damaged, that is told first; the records are
    then read without any index. The root `at` a position is computed from the records up to there.

    Law: where nothing is found, every answer is as it was before.
    """
    engine = log.recorder.engine
    damaged = [Flaw(None, each, proof=False) for each in damage(engine)]
    if not damaged or engine.dialect.name != "sqlite":
        found = _proved(log, at)
    else:
        try:
            with sound_copy(engine) as copy:
                found = _proved(Log(copy, log.rally, log.clock, ""), at)
        except Unreadable as error:
            found = Verification(0, EMPTY_ROOT.hex(), {}, [Flaw(None, error.message)])
    return found._replace(findings=damaged + found.findings)


def _proved(log: Log, at: int) -> Verification:
    """What comes of the records as they are read, whether by an index or without any."""
    findings: list[Flaw] = []
    size, stored_root = _head(log, findings)
    frontier, tiles, checked = Frontier(), [], 0
    tag_rows = _tag_index(log, size)
    spans: Spans = {}
    sites, last = {DEFAULT_SITE}, None
    in_front, lacking = InFront(), dict[int, set[str]]()
    root_at = None if at else EMPTY_ROOT.hex()
    for row in log.recorder.as_stored().records(size):
        checked += 1
        strange = _strange(row, _RECORD_KINDS)
        if strange:
            findings += [
                Flaw(checked, f"The column {each} holds no such value.") for each in strange
            ]
            tag_rows.pop(row.position, None)
            continue
        if row.position != checked:
            findings.append(Flaw(checked, f"The record #{checked} is missing."))
            checked = row.position
        findings += _about(row, tag_rows.pop(row.position, set()), lacking)
        for signature in in_front.of(row.position, row.type):
            lacking.get(signature, set()).discard(f"ref:{row.id}")
        tiles += frontier.append(row.leaf)
        root_at = frontier.root().hex() if row.position == at else root_at
        place = (row.position - 1 >> TILE_HEIGHT, row.site)
        span, ms = spans.setdefault(place, ()), row.recorded_at
        if ms is not None:
            spans[place] = min((*span, ms)), max((*span, ms))
        sites.add(row.site)
        last = row
    root = frontier.root().hex()
    findings += [Flaw(each, _TAGS_DIFFER, anew=True) for each, tags in lacking.items() if tags]
    findings += [
        Flaw(each, "The index of tags names a missing record.", anew=True) for each in tag_rows
    ]
    if size is not None and checked != size:
        findings.append(Flaw(None, f"The head says {size} records; the log holds {checked}."))
    if stored_root is not None and stored_root != root:
        findings.append(Flaw(None, "The root of the records differs from the head's."))
    outside = log.recorder.as_stored().rows_outside()
    if outside:
        findings.append(Flaw(None, f"{outside} rows stand where the log has no position."))
    findings += _tile_flaws(log, tiles, checked)
    findings += _time_flaws(log, spans, checked)
    findings += _beside_flaws(log, sites, last)
    findings += [
        Flaw(None, f"The guard {name} is missing: records could be changed unnoticed.")
        for name in sorted(log.recorder.as_stored().missing_triggers())
    ]
    counts = {"records": checked, "leaves": checked, "tiles": len(tiles)}
    if not findings:
        opened, beside = _openings(log)
        counts |= {"openings": opened} if opened else {}
        findings += beside
    return Verification(checked if size is None else size, root, counts, findings, root_at)


Spans = dict[tuple[int, str], tuple[int, ...]]
"""The earliest and the latest time at which a site recorded something in a tile, if any."""
_RECORD_KINDS: dict[str, tuple[type, ...]] = {
    "position": (int,),
    "id": (str,),
    "type": (str,),
    "schema": (int,),
    "fact_at": (int, NoneType),
    "recorded_at": (int, NoneType),
    "received_at": (int,),
    "site": (str,),
    "site_position": (int,),
    "source": (str, NoneType),
    "source_seq": (str, NoneType),
    "tags": (str,),
    "data": (bytes,),
    "leaf": (bytes,),
}
_HEAD_KINDS: dict[str, tuple[type, ...]] = {
    "site": (str,),
    "size": (int,),
    "frontier": (bytes,),
    "received_at": (int,),
}


def _strange(row: Any, kinds: dict[str, tuple[type, ...]]) -> list[str]:
    """Which columns hold a value of another kind: a database may keep any value in any column."""
    return [name for name, kind in kinds.items() if not isinstance(getattr(row, name), kind)]


def _head(log: Log, findings: list[Flaw]) -> tuple[int | None, str | None]:
    """The size and the root that the head tells; None for what can't be read."""
    row = log.recorder.as_stored().head()
    if row is None:
        return 0, EMPTY_ROOT.hex()
    if strange := _strange(row, _HEAD_KINDS):
        findings.append(Flaw(None, f"The head can't be read: {', '.join(strange)}."))
        return None, None
    try:
        return row.size, Frontier.from_bytes(row.size, row.frontier).root().hex()
    except ValueError:
        findings.append(Flaw(None, "The head's tree can't be read."))
        return row.size, None


def _tag_index(log: Log, size: int | None) -> dict[int, set[tuple[str, str]]]:
    found: dict[int, set[tuple[str, str]]] = {}
    for position, tag, kind in log.recorder.as_stored().tags(size):
        found.setdefault(position, set()).add((tag, kind))
    return found


def _tags(stored: str) -> tuple[str, ...]:
    try:
        return msgspec.json.decode(stored, type=tuple[str, ...])
    except (msgspec.MsgspecError, UnicodeError):
        return ()


_TAGS_DIFFER = "The index of tags differs from the record's tags."


def _about(row: Any, indexed: set[tuple[str, str]], lacking: dict[int, set[str]]) -> Iterator[Flaw]:
    """What is amiss with one stored record, and with the tags by which it is found.

    The index may be spared those by which a signature is found from readings behind it: those that
    it has not are noted as `lacking`, until those come.
    """
    for said in _flaws_of(row):
        yield Flaw(row.position, said)
    if amiss := _header(row).amiss():
        yield Flaw(row.position, f"Its header is out of bounds: {amiss}.", proof=False)
    own = {(tag, row.type) for tag in _tags(row.tags)}
    if row.type == SIGNATURE and indexed < own:
        lacking[row.position] = {tag for tag, _ in own - indexed}
    elif indexed != own:
        yield Flaw(row.position, _TAGS_DIFFER, anew=True)


def _header(row: Any) -> Header:
    origin = row.site, row.site_position
    return Header(row.rally, row.position, row.id, row.received_at, *origin, _tags(row.tags))


def _flaws_of(row: Any) -> list[str]:
    """What does not fit in one stored record."""
    data, found = bytes(row.data), []
    if occurrence_id(data) != row.id:
        found.append("Its content does not have the id under which it is stored.")
    header = _header(row)
    if canonical(header.tags).decode() != row.tags or header.leaf() != bytes(row.leaf):
        found.append("Its header does not have the leaf hash that is stored.")
    try:
        occurrence = decode(data)
    except LedgerError as error:
        return [*found, f"Its content can't be read: {error.message}"]
    arrival = arrival_of(occurrence)
    if arrival.data != data:
        found.append("Its content is not in canonical form.")
    if arrival.tags != header.tags:
        found.append("Its tags are not those of its content.")
    if occurrence.rally != row.rally:
        found.append(f"It belongs to {occurrence.rally}.")
    columns = ("type", "schema", "fact_at", "recorded_at", "source", "source_seq")
    return found + [
        f"The column {name} differs from its content."
        for name in columns
        if getattr(row, name) != getattr(arrival, name)
    ]


def _openings(log: Log) -> tuple[int, list[Flaw]]:
    """How many openings are kept beside the log, and those that open nothing or were erased.

    It is asked only where the records verify, since their content says what is private. A finding
    names the commitment, never the value.
    """
    stored = log.recorder.as_stored().openings()
    if not stored:
        return 0, []
    known, erased = log.commitments(), log.recorder.erased()
    found = []
    for commitment, salt, value in stored:
        shown = short_id(str(commitment))
        if not opens(commitment, salt, value):
            found.append(f"The opening of {shown} does not open it.")
        elif commitment not in known:
            found.append(f"The opening of {shown} belongs to no record.")
        if commitment in erased:
            at = log.find(erased[commitment]).position
            found.append(f"The opening of {shown} is still there, though #{at} erased it.")
    return len(stored), [Flaw(None, each, proof=False) for each in found]


def _tile_flaws(log: Log, tiles: list[tuple[int, int, bytes]], size: int) -> list[Flaw]:
    """Tiles that others have filled since are left out, but none may be of a size never reached."""
    rows = log.recorder.as_stored().tiles()
    reached = _reached(log, size)
    stored = {row for row in rows if not _filled(row, reached) or _filled(row, size)}
    if stored == set(tiles):
        return []
    return [Flaw(None, "The stored tile hashes differ from those of the records.")]


def _time_flaws(log: Log, spans: Spans, size: int) -> list[Flaw]:
    """What stands beside the records of when they were recorded has to follow from them.

    Tiles that others have filled since are left out, but none may be of a size never reached.
    """
    tables = (schema.recorded_until, max), (schema.recorded_from, min)
    read = [(set(log.recorder.as_stored().times(table)), extreme) for table, extreme in tables]
    full, reached = size >> TILE_HEIGHT, _reached(log, size) >> TILE_HEIGHT  # the log as it is now
    for every, extreme in read:
        stored = {row for row in every if not full <= row[0] < reached}
        covered = 1 + max((tile for tile, _, _ in stored), default=-1)
        expected = {
            (tile, site, extreme(span) if span else None)
            for (tile, site), span in spans.items()
            if tile < covered
        }
        if stored != expected:
            said = "The index of times differs from the records."
            return [Flaw(None, said, proof=False)]
    return []


def _reached(log: Log, size: int) -> int:
    """The size that the log has reached since it was begun to be proved."""
    head = log.recorder.as_stored().head()
    return size if head is None or _strange(head, _HEAD_KINDS) else head.size


def _beside_flaws(log: Log, sites: set[str], last: Any) -> list[Flaw]:
    """What a ledger keeps beside its records that no hash of theirs covers, as far as it follows.

    `sites` are those of the records, `last` the last of them.
    """
    stored, found = log.recorder.as_stored(), []
    head, named = stored.head(), stored.named_site()
    if head is None or _strange(head, _HEAD_KINDS):
        return []
    if head.site not in ({named} if named else sites):
        found.append(f"The log is written as {head.site}, which is no site of this ledger.")
    if last is not None and last.position == head.size and last.received_at != head.received_at:
        found.append("The time of the head is not that of the last record.")
    if stored.provenance_amiss():
        found.append("Where else records come from is not what was noted.")
    return [Flaw(None, each, proof=False) for each in found]


def _filled(tile: tuple[int, int, bytes], size: int) -> bool:
    """Whether a log of that size has such a tile."""
    level, index, _ = tile
    try:
        return 0 <= index < size >> TILE_HEIGHT * (level + 1)
    except (TypeError, ValueError, OverflowError):
        return False
