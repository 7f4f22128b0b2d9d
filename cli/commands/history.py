"""`rally history`: how a crew moved, or the lead, along the rally and along the log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from cli.commands.standings import by_classification
from cli.office.answer import Answer
from cli.office.history import History
from cli.office.results import Ranked
from cli.output import print_table
from cli.reading import reading
from ledger.times import format_duration, format_gap, parse_instant
from projections.comparing.history import AfterStage, LeadAfter
from projections.state.participation import CLASSIFIED


@reading("history")
def command(answer: Answer[Ranked[History]]) -> None:
    """Show how a crew moved in the overall; without a number, how the lead did.

    Along the rally: place, total and status after each stage, as it is known now. Along the log:
    each record that changed one of them, so that it shows when a crew took the lead, and by what.
    While a stage is run, only who has a time on it is in the overall so far; with --after, the log
    is asked for the overall after that stage alone. Places and leads are those of a classification:
    where several are kept apart, each is told by itself.

    \b
    Examples:
      rally history 104
      rally history --category cars
      rally history 102 --after SS12
      rally history 102 --since SS11 --until SS12
    """
    by_classification(answer.found, _tables)


def _tables(found: History) -> None:
    if found.number is None:
        _lead_tables(found.stages, found.changes)
    else:
        _crew_table(found.stages, found.changes)


def _crew_table(stages: Sequence[AfterStage], changes: Sequence[dict[str, Any]]) -> None:
    print_table(
        ("After", "Place", "Total", "Gap", "Status"),
        [
            (
                each.after,
                _place(each.place),
                _time(each.total_ms),
                _gap(each.gap_ms),
                ", ".join(e for e in (each.made, _status(each.status, each.reason)) if e),
            )
            for each in stages
        ],
        figures=("Place", "Total", "Gap"),
    )
    click.echo()
    print_table(
        ("Record", "Recorded", "Place", "Total", "Change", "Gap", "Status", "By", "What"),
        [_change(each) for each in changes],
        figures=("Record", "Total", "Change", "Gap"),
    )


def _change(told: dict[str, Any]) -> tuple[str, ...]:
    (was, place), (before, after) = told["place"], told["total_ms"]
    moved = _place(place) if was == place else f"{_place(was) or '–'} → {_place(place) or '–'}"
    grew = ""
    if before is not None and after is not None and before != after:
        grew = f"{'+' if after > before else '-'}{format_duration(abs(after - before))}"
    return (
        f"#{told['position']}",
        _when(told),
        moved,
        _time(after),
        grew,
        _gap(told["gap_ms"][1]),
        _status(told["status"][1], told["reason"]),
        told["by"],
        told["words"],
    )


def _lead_tables(stages: Sequence[LeadAfter], found: Sequence[dict[str, Any]]) -> None:
    print_table(
        ("After", "Leader", "Total", "Ahead"),
        [
            (
                each.after,
                _who(each.leaders, each.drivers),
                _time(each.total_ms),
                _gap(each.ahead_ms),
            )
            for each in stages
        ],
        figures=("Total", "Ahead"),
    )
    click.echo()
    print_table(
        ("Record", "Recorded", "Leader", "Total", "Ahead", "By", "What"),
        [
            (
                f"#{each['position']}",
                _when(each),
                _who(each["leaders"], each["drivers"]),
                _time(each["total_ms"]),
                _gap(each["ahead_ms"]),
                each["by"],
                each["words"],
            )
            for each in found
        ],
        figures=("Record", "Total", "Ahead"),
    )


def _who(numbers: Sequence[str], drivers: Sequence[str]) -> str:
    return " and ".join(" ".join(each) for each in zip(numbers, drivers, strict=True)) or "nobody"


def _when(told: dict[str, Any]) -> str:
    return parse_instant(told["recorded_at"]).short()


def _gap(ms: int | None) -> str:
    return format_gap(ms or 0)


def _place(place: int | None) -> str:
    return "" if place is None else str(place)


def _time(ms: int | None) -> str:
    return "" if ms is None else format_duration(ms)


def _status(status: str, reason: str) -> str:
    shown = "" if status == CLASSIFIED else status
    return f"{shown}: {reason}" if reason else shown
