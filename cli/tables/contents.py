"""What the tables hold: each figure that of a read of the office, or of a projection."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, TypeVar

from cli.names import Naming, with_names
from cli.office.forms import plain
from cli.office.handles import handles
from cli.office.reads import READS
from cli.office.records import one_by_one
from cli.office.view import View
from cli.tables import words
from cli.tables.layout import TABLES
from cli.tables.standings import Standing
from cli.tables.table import Filled, Row
from ledger.errors import Undefined
from ledger.record import Record
from ledger.times import Instant
from projections.results.penalties import listed
from projections.results.points import points_by_table
from projections.state.entries import by_number
from projections.state.participation import Fate, fate

Told = TypeVar("Told")


def filled(
    seen: View, named: Naming, progress: Callable[[int], None] = lambda _: None
) -> Iterator[Filled]:
    """The tables of a log up to a position; `named` names records in words as people do.

    `progress` is told how many moments of the standings were looked at, which is what takes time.
    """
    standing = Standing(seen, progress)
    rows: dict[str, Callable[[], Iterable[Row]]] = {
        "basis": lambda: [_basis(seen)],
        "log": lambda: _records(seen),
        "stages": lambda: _stages(seen),
        "standings": standing.along_the_log,
        "road_standings": standing.along_the_rally,
        "without_standings": standing.none_along_the_log,
        "without_road_standings": standing.none_along_the_rally,
        "crews": lambda: _crews(seen, standing),
        "decisions": lambda: _decisions(seen),
        "penalties": lambda: _penalties(seen),
        "points": lambda: _points(seen),
    }
    for table in TABLES:
        yield Filled(table, (with_names(each, named) for each in rows[table.name]()))


def _decisions(seen: View) -> Iterable[Row]:
    found: list[Row] = READS["decisions"].ask(seen, {}).json()["rows"]
    return ({"fines": [], **each} for each in found)


def _penalties(seen: View) -> Iterator[Row]:
    # Not as the read gives them: its cross-foot needs totals, which a lacking rule may forbid.
    for count, each in enumerate(listed(seen.classified), 1):
        yield {"penalty": count, **plain(each)}


def _points(seen: View) -> Iterator[Row]:
    count = 0
    for table, told in points_by_table(seen.classified).items():
        for row in () if isinstance(told, str) else told.rows:
            for award in row.awards:
                count += 1
                yield {
                    **{name: getattr(row, name) for name in _OF_A_SCORER},
                    **{name: getattr(award, name) for name in _OF_AN_AWARD},
                    "award": count,
                    "table": table,
                    "awarded": award.points,
                    "classified": award.place,
                    "how": list(award.how),
                    "flags": list(award.flags),
                }


_OF_A_SCORER = ("category", "name", "place", "points")
_OF_AN_AWARD = ("number", "what", "rank", "scale")


def _as_far_as_told(ask: Callable[[], Told]) -> Told | None:
    """What is asked; None where the rules do not suffice, as they may for a while.

    Where there are no standings the tables say so, and why.
    """
    try:
        return ask()
    except Undefined:
        return None


def _basis(seen: View) -> Row:
    rally = seen.classified.facts.rally
    return {**plain(seen.basis()), "title": rally.title if rally else seen.log.rally}


def _records(seen: View) -> Iterator[Row]:
    known = handles(seen.log, seen.position)
    for record, told in one_by_one(seen):
        missing = {"handle": known.get(record.position), "without_effect": None}
        yield {**missing, **told, **_of(record)}


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
    run = _as_far_as_told(lambda: state.run)
    categories = sorted({crew.value.category for crew in state.facts.crews.values()})
    for stage in state.stages:
        yield {
            **stage.as_dict(),
            **_moment("first_start_at", stage.first_start_at),
            "run": None if run is None else stage.stage in run,
            "closed": stage.stage in state.closed,
            "cancelled_for": [e for e in categories if state.cancelled(stage.stage, e)],
        }


def _crews(seen: View, standing: Standing) -> Iterator[Row]:
    """Every crew that is entered, and every other one that a list ever showed, by race number."""
    state = seen.classified
    entries = state.facts.crews
    numbers = sorted(entries.keys() | standing.listed.keys(), key=by_number)
    for order, number in enumerate(numbers, 1):
        entry = entries.get(number)
        if entry is None:
            yield {**_GONE, **standing.listed[number], "number": number, "number_order": order}
            continue
        became = _as_far_as_told(partial(fate, state, number)) or Fate("")
        yield {
            **entry.value.as_dict(),
            "class": entry.value.crew_class,
            "number_order": order,
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
