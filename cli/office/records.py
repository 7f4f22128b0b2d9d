"""Records: one by one as they stand in the log, one with what refers to it, and what came late."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec.structs import asdict

from cli.office.answer import Answer
from cli.office.asking import Word
from cli.office.forms import RECORDED, Later, plain
from cli.office.naming import record_named
from cli.office.private import told
from cli.office.view import View
from ledger.amendments import voided_ids
from ledger.authority import Refusal
from ledger.chain import Concerning, Linked, naming, signing, whom
from ledger.errors import NotFound, Usage
from ledger.keyring import Signature, in_short
from ledger.log import Log
from ledger.powers import PROOFS, SAID_OF_OFFICIALS, Powers
from ledger.record import Record, occurrence_at
from ledger.times import parse_duration
from ledger.vocabulary import (
    Corrected,
    CourtDecisionIssued,
    DecisionIssued,
    KeyRegistered,
    Occurrence,
    Voided,
    type_named,
)
from ledger.vocabulary.keys import KeyEnded
from projections.comparing import late as lateness
from projections.comparing.late import LateRecord, LateRecords
from projections.rules.recording import has_its_time

COLUMNS = (
    *("position", "id", "type", "fact_at", "recorded_at", "received_at", "recorded_by", "role"),
    *("source", "site", "voided_by", "corrected_by", "words"),
)
_SAID_OF_OFFICIALS = [each.type_name() for each in SAID_OF_OFFICIALS]
_PROOFS = [each.type_name() for each in PROOFS]
SOME = 2000
"""So many records are looked at together whose clocks may have been wrong."""
_UNITS_MS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000}
_SPAN = re.compile(r"(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?")
Since = Annotated[str | None, Word("Only what came after this moment.", "MOMENT")]
Until = Annotated[str | None, Word("Only what came up to this moment.", "MOMENT")]


class Amended:
    """Which of some records are void or corrected at a cut, and by what."""

    def __init__(self, log: Log, until: int, records: Iterable[Record]) -> None:
        told = Linked(log, until)
        told.take(chain(log.scan.of_types(_SAID_OF_OFFICIALS, until), records))
        held = dict(told.held)
        if any(isinstance(said, KeyRegistered) for _, said in held.values()):
            held |= signing(log, {identity: said for identity, (_, said) in held.items()}, until)
        if any(isinstance(said, KeyEnded) for _, said in held.values()):
            proofs = log.scan.of_types(_PROOFS, until)
            held |= {e.id: (e.position, occurrence_at(e.position, e.data)) for e in proofs}
        in_order = sorted(held.items(), key=lambda each: each[1][0])
        everything = {identity: said for identity, (_, said) in in_order}
        self._said = everything
        self._powers = Powers(everything)
        void = voided_ids(everything, self._powers.idle)
        self.voided: dict[str, int] = {}
        self.corrected: dict[str, int] = {}
        for identity, (position, said) in in_order:
            if identity not in void and isinstance(said, (Corrected, Voided)):
                by = self.voided if isinstance(said, Voided) else self.corrected
                by[said.target] = position

    def said(self, record: Record) -> Occurrence:
        """What one of the records says."""
        return self._said[record.id]

    def idle(self, record: Record) -> Refusal | None:
        """Why a record has no effect, where nobody took it who may; None where that is not so."""
        return self._powers.idle.get(record.id)

    @property
    def keyed(self) -> bool:
        """Whether any key of office is on record."""
        return self._powers.keyed

    def signatures(self, record: Record) -> list[Signature]:
        """Who signed a record, as far as that is on record."""
        return self._powers.signatures(record.id)

    def mark(self, record: Record) -> str:
        """What became of a record, in a few words: it is amended, has no effect, or is signed."""
        if record.id in self.voided:
            return f"void by #{self.voided[record.id]}"
        if record.id in self.corrected:
            return f"corrected by #{self.corrected[record.id]}"
        if (refused := self.idle(record)) is not None:
            return f"without effect: {refused.lacks}" if refused.lacks else "without effect"
        return in_short(self.signatures(record))


def _signatures(found: Iterable[Signature]) -> dict[str, Any]:
    """Who signed a record, as programs read it."""
    return {"signatures": [asdict(each.told) for each in found]}


def without_effect(refused: Refusal | None) -> dict[str, str]:
    """Why a record has no effect, as programs read it; nothing where it has."""
    return {"without_effect": refused.why} if refused else {}


def record_json(record: Record, amended: Amended) -> dict[str, Any]:
    """A record as programs read it."""
    said, header = amended.said(record), record.header
    return {
        "position": record.position,
        "id": record.id,
        "type": said.type_name(),
        "fact_at": said.fact_at.iso() if said.fact_at else None,
        "recorded_at": said.recorded_at.iso(),
        "received_at": record.received(0).iso(),
        "recorded_by": said.by,
        "role": said.role,
        "source": said.source.name or said.source.kind,
        "site": header.site,
        "tags": list(header.tags),
        **(_signatures(amended.signatures(record)) if amended.keyed else {}),
        "voided_by": amended.voided.get(record.id),
        "corrected_by": amended.corrected.get(record.id),
        **without_effect(amended.idle(record)),
        "words": said.words(),
        RECORDED: msgspec.json.decode(record.data),
        "leaf": record.leaf.hex(),
    }


class Listed(NamedTuple):
    """Records of a log, and which of them are void or corrected."""

    records: list[Record]
    amended: Amended


def listed(
    seen: View,
    crew: Annotated[str | None, Word("Only about this crew.", "NUMBER", of="number")] = None,
    stage: Annotated[str | None, Word("Only about this stage.", "STAGE", of="stage")] = None,
    kind: Annotated[str | None, Word("Only of this type (`rally types`).", "TYPE", "type")] = None,
    since: Since = None,
    until: Until = None,
    newest: Annotated[
        int | None, Word("Only the last N of them, the newest first.", "N", least=1)
    ] = None,
) -> Answer[Listed]:
    """The records in the order of the log, with what was corrected or voided marked.

    `newest` asks for a page, however long the log is; the one before it is `until` its last record.
    """
    first, last = seen.part(since, until)
    types = [] if kind is None else [type_named(kind).type_name()]
    of = Concerning(seen.log, crew or "", types, [f"stage:{stage}"] if stage else [])
    older: dict[str, Any] = {}
    if newest is None:
        records = [*happened(seen, of.read(first, last))]
    else:
        page = [*islice(_backwards(seen, of, first, last, newest + 1), newest + 1)]
        records, older = page[:newest], {"older": len(page) > newest}
    found = Listed(records, Amended(seen.log, seen.position, records))
    rows = Later(lambda: (record_json(record, found.amended) for record in records))
    return Answer(seen, found, "Log", {"records": rows, **older}, rows, COLUMNS)


def one_by_one(seen: View) -> Iterator[tuple[Record, dict[str, Any]]]:
    """Every record up to the cut with what `listed` says of it: a long log is never held whole."""
    for some in _in_parts(seen.log.read(until=seen.position)):
        amended = Amended(seen.log, seen.position, some)
        yield from ((record, record_json(record, amended)) for record in some)


def _backwards(seen: View, of: Concerning, first: int, last: int, count: int) -> Iterator[Record]:
    """The records that had happened by the cut, the newest first: looked for so many at once."""
    while some := of.newest(count, first, last):
        yield from happened(seen, some)
        last = some[-1].position - 1
        # Before a moment long ago most had not happened: then ever more are looked at.
        count = min(2 * count, SOME)


def happened(seen: View, records: Iterable[Record]) -> Iterable[Record]:
    """The records whose facts had happened by the cut."""
    return records if seen.cut is None else (record for record, _ in _truly(seen, records))


def _truly(seen: View, records: Iterable[Record]) -> Iterator[tuple[Record, Occurrence]]:
    """These records with what they truly say, those that had happened by the cut."""
    for some in _in_parts(records):
        true = seen.put_right(some)
        for record in some:
            said = true.get(record.id) or record.occurrence()
            if seen.cut is None or seen.cut.reached(said):
                yield record, said


def _in_parts(records: Iterable[Record]) -> Iterator[list[Record]]:
    rest = iter(records)
    while some := list(islice(rest, SOME)):
        yield some


class Shown(NamedTuple):
    """A record with what refers to it and with its private values, as JSON has them.

    `concerns` are the crews that a decision concerns; None of what is none. `has_its_time` says
    whether its time of receipt tells when it was received, `idle` why it has no effect, where
    nobody took it who may, `signatures` who signed it.
    """

    record: Record
    said: dict[str, Any]
    referred: list[dict[str, Any]]
    private: dict[str, dict[str, str]]
    concerns: tuple[str, ...] | None
    has_its_time: bool = True
    idle: Refusal | None = None
    signatures: tuple[Signature, ...] = ()


def shown(
    seen: View,
    record: Annotated[str, Word("The record.", "POSITION-OR-ID", subject=True)],
    opened: Annotated[
        bool, Word("Show its private values, too.", name="private", opens=True)
    ] = False,
) -> Answer[Shown]:
    """One record: what it says, who recorded it when, and what refers to it."""
    record_meant = known(seen, record)
    about = naming(seen.log, record_meant.id, until=seen.position)
    amended = Amended(seen.log, seen.position, [record_meant, *about])
    said = record_meant.occurrence()
    decides = isinstance(said, (DecisionIssued, CourtDecisionIssued))
    found = Shown(
        record_meant,
        record_json(record_meant, amended),
        [record_json(each, amended) for each in about],
        told(seen.log, said, opened=opened),
        whom(seen.log, record_meant, seen.position) if decides else None,
        has_its_time(record_meant, seen.log.head().site),
        amended.idle(record_meant),
        tuple(amended.signatures(record_meant)),
    )
    if not found.has_its_time:
        found.said["received_at_usable"] = False
    document = {"record": found.said, "referred_by": found.referred}
    private = {"private": found.private} if found.private else {}
    concerns = {"concerns": found.concerns} if decides else {}
    idle = without_effect(found.idle)
    return Answer(seen, found, "", document | private | concerns | idle)


def known(seen: View, reference: str) -> Record:
    """The record that is meant, if it was known at the cut.

    Raises:
        NotFound: it was not.
    """
    found = record_named(seen.log, reference, seen.position)
    if found.position > seen.position:
        raise NotFound(f"#{found.position} is not known as of #{seen.position}.")
    return found


def late(
    seen: View,
    by: Annotated[
        str, Word("How late at least (default: 1h; 30m, 2d, 1:30:00).", "DURATION")
    ] = "1h",
    since: Since = None,
    until: Until = None,
) -> Answer[LateRecords]:
    """What reached the log long after it happened: per source, per official, one by one."""
    by_ms = parse_span(by)
    first, last = seen.part(since, until)
    found = lateness.late(_truly(seen, seen.log.read(after=first, until=last)), by_ms, first, last)
    title = f"Late by {by.strip()} or more" if by_ms else "Everything that was entered"
    between = f" after #{first} up to #{last}" if since or until else ""
    return Answer(seen, found, f"{title}{between}", plain(found), found.rows, LateRecord)


def parse_span(text: str) -> int:
    """Milliseconds of "1h", "30m", "2d", "1d12h", "90s", "1:30:00" or "0".

    Raises:
        Usage: it is no such duration.
    """
    span = text.strip().lower()
    if found := _SPAN.fullmatch(span):
        if any(found.groups()):
            return sum(
                int(count or 0) * unit
                for count, unit in zip(found.groups(), _UNITS_MS.values(), strict=True)
            )
    elif ":" in span and not span.startswith("-"):
        return parse_duration(span)
    elif span.strip("0") == "":
        return 0
    raise Usage(f"{text!r} is not a duration.", hint="Write 1h, 30m, 2d, 1:30:00 or 0.")
