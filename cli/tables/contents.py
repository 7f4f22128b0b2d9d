"""What the tables hold: each figure that of a read of the office, or of a projection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from cli.names import Naming, with_names
from cli.office.forms import plain
from cli.office.handles import handles
from cli.office.reads import READS
from cli.office.records import one_by_one
from cli.office.view import View
from cli.tables import words
from cli.tables.standings import Standing
from cli.tables.table import Reference, Row, Table
from ledger.record import Record
from ledger.times import Instant
from projections.results.standings import by_number
from projections.state.participation import fate

_OF_THE_LOG = Reference("position", "log", "position")


def tables_of(seen: View, named: Naming) -> list[Table]:
    """The tables of a log up to a position; `named` names records in words as people do."""
    standing = Standing(seen)

    def told(rows: Iterable[Row]) -> Iterator[Row]:
        return (with_names(each, named) for each in rows)

    return [
        Table(
            "basis",
            "What the tables rest on",
            "One row: of which log up to which record, and the root that it had there.",
            words.BASIS,
            ("ledger",),
            lambda: [_basis(seen)],
        ),
        Table(
            "log",
            "The log",
            "One row for each record. Nothing in it ever changes; corrections are records.",
            words.LOG,
            ("position",),
            lambda: told(_records(seen)),
        ),
        Table(
            "stages",
            "The stages",
            "The itinerary as it stands, and what became of each stage.",
            words.STAGES,
            ("stage",),
            lambda: _stages(seen),
        ),
        *standing.tables(told),
        Table(
            "crews",
            "The crews",
            "Every crew that is entered or was ever listed, as it stands, and what became of it.",
            words.CREWS,
            ("number",),
            lambda: told(_crews(seen, standing)),
        ),
        Table(
            "decisions",
            "The register of decisions",
            "What `rally decisions` shows: every decision, with what became of it.",
            words.DECISIONS,
            ("position",),
            lambda: told(_rows(seen, "decisions")),
            [_OF_THE_LOG],
        ),
        Table(
            "penalties",
            "The penalties",
            "What `rally penalties` shows: given or computed from times, in force or not.",
            words.PENALTIES,
            ("penalty",),
            lambda: told(
                {"penalty": count, **each} for count, each in enumerate(_rows(seen, "penalties"), 1)
            ),
        ),
    ]


def _rows(seen: View, read: str) -> list[Row]:
    """The rows of a read as they stand in its JSON."""
    found: list[Row] = READS[read].ask(seen, {}).json()["rows"]
    return found


def _basis(seen: View) -> Row:
    rally = seen.classified.facts.rally
    return {**plain(seen.basis()), "title": rally.title if rally else seen.log.rally}


def _records(seen: View) -> Iterator[Row]:
    known = handles(seen.log, seen.position)
    for record, told in one_by_one(seen):
        yield {**told, **_of(record), "handle": known.get(record.position)}


def _of(record: Record) -> dict[str, Any]:
    """What a column has of a record beside what `rally log` says of it."""
    said, header = record.occurrence(), record.header
    return {
        **_moment("fact_at", said.fact_at),
        "fact_assumed": said.fact_assumed,
        **_moment("recorded_at", said.recorded_at),
        "received_at_ms": header.received_at,
        "source_kind": said.source.kind,
        "source_seq": said.source.seq,
        "site_position": header.site_position,
        "number": getattr(said, "number", ""),
        "stage": getattr(said, "stage", ""),
        "reason": said.reason,
    }


def _moment(name: str, at: Instant | None) -> dict[str, Any]:
    if at is None:
        return dict.fromkeys((name, f"{name}_ms", f"{name}_offset"))
    return {name: at.iso(), f"{name}_ms": at.ms, f"{name}_offset": at.offset}


def _stages(seen: View) -> Iterator[Row]:
    state = seen.classified
    categories = sorted({crew.value.category for crew in state.facts.crews.values()})
    for stage in state.stages:
        yield {
            **stage.as_dict(),
            **_moment("first_start_at", stage.first_start_at),
            "run": stage.stage in state.run,
            "closed": stage.stage in state.closed,
            "cancelled_for": [e for e in categories if state.cancelled(stage.stage, e)],
        }


def _crews(seen: View, standing: Standing) -> Iterator[Row]:
    """The crews that are entered; behind them in nothing, those that a list only showed once."""
    state = seen.classified
    entries = state.facts.crews
    numbers = sorted(entries.keys() | standing.listed.keys(), key=by_number)
    for order, number in enumerate(numbers, 1):
        entry = entries.get(number)
        if entry is None:
            yield {**_GONE, **standing.listed[number], "number": number, "order": order}
            continue
        became = fate(state, number)
        yield {
            **entry.value.as_dict(),
            "class": entry.value.crew_class,
            "order": order,
            "entered": True,
            "position": entry.position,
            "status": became.name,
            "status_stage": became.stage,
            "status_reason": became.reason,
        }


_GONE: Row = {
    **{each.name: [] if each.kind == "texts" else "" for each in words.CREWS},
    "entered": False,
    "position": None,
}
