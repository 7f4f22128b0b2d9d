"""Late: what reached the log long after it happened, by source and by official.

It is about the records of one log, whichever site wrote them: the delay runs from the instant of
the fact to the moment at which this log received it. Parts of the plan, and what happened at an
instant that is only assumed, tell no delay.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable

import msgspec

from ledger.record import Record
from ledger.vocabulary import Occurrence


class LateRecord(msgspec.Struct, frozen=True):
    """A record that came late: when it happened, was put on record, and was received here.

    What has no instant of its own had happened when it was put on record. The delay is None for
    parts of the plan, and where the instant is assumed.
    """

    position: int
    id: str
    type: str
    happened_at: str | None
    assumed: bool
    recorded_at: str
    received_at: str
    delay_ms: int | None
    source: str
    recorded_by: str
    role: str
    site: str
    words: str


class Delays(msgspec.Struct, frozen=True):
    """Of a source or an official: how many of its records were late, and how late they were.

    The median is the lower one of two; both are None where none was late.
    """

    name: str
    records: int
    late: int
    median_ms: int | None
    max_ms: int | None


class LateRecords(msgspec.Struct, frozen=True):
    """What came late between two positions, by how much at least, and what is not counted."""

    by_ms: int
    since: int
    until: int
    sources: tuple[Delays, ...]
    officials: tuple[Delays, ...]
    rows: tuple[LateRecord, ...]
    planned: int
    assumed: int


def late(
    records: Iterable[tuple[Record, Occurrence]], by_ms: int, since: int = 0, until: int = 0
) -> LateRecords:
    """The records that were received so long after they happened (ms), in the order of the log.

    By 0 it is every record, wherever it is dated, also ahead of its time. The positions are those
    between which the records were read; each is told as it truly was, whatever its clock showed.
    """
    rows: list[LateRecord] = []
    by_source: dict[str, list[int]] = defaultdict(list)
    by_official: dict[str, list[int]] = defaultdict(list)
    planned = assumed = 0
    for record, said in records:
        row = _row(record, said)
        if row.delay_ms is None:
            assumed += row.assumed
            planned += not row.assumed
        else:
            by_source[row.source].append(row.delay_ms)
            by_official[row.recorded_by].append(row.delay_ms)
        if not by_ms or (row.delay_ms is not None and row.delay_ms >= by_ms):
            rows.append(row)
    return LateRecords(
        by_ms,
        since,
        until,
        _delays(by_source, by_ms),
        _delays(by_official, by_ms),
        tuple(rows),
        planned,
        assumed,
    )


def _row(record: Record, said: Occurrence) -> LateRecord:
    received = record.header.received_at
    happened = said.fact_at or (None if said.plan else said.recorded_at)
    assumed = not said.plan and (
        said.fact_assumed or (said.fact_at is None and said.recorded_assumed)
    )
    tells = happened is not None and not (said.plan or assumed)
    return LateRecord(
        record.position,
        record.id,
        said.type_name(),
        happened.iso() if happened else None,
        assumed,
        said.recorded_at.iso(),
        record.received(said.recorded_at.offset).iso(),
        received - happened.ms if happened and tells else None,
        ": ".join(part for part in (said.source.kind, said.source.name) if part),
        said.by,
        said.role,
        record.header.site,
        said.words(),
    )


def _delays(by_name: dict[str, list[int]], by_ms: int) -> tuple[Delays, ...]:
    """The delays by name, those with the most late records first."""
    found = []
    for name, delays in by_name.items():
        tardy = [each for each in delays if not by_ms or each >= by_ms]
        median = statistics.median_low(tardy) if tardy else None
        found.append(Delays(name, len(delays), len(tardy), median, max(tardy, default=None)))
    return tuple(sorted(found, key=lambda each: (-each.late, each.name)))
