"""`rally standings`: the overall after a stage, a range of stages, or the result of one."""

from __future__ import annotations

from collections.abc import Callable

import click

from cli.office.answer import Answer
from cli.office.results import Found, Ranked
from cli.output import print_section, print_table, visible
from cli.reading import reading
from ledger.times import format_duration, format_gap, precision_of
from projections.results.standings import Row, Standings


@reading("standings")
def command(answer: Answer[Ranked[Standings]]) -> None:
    """Show the overall, a range of stages, or the result of one stage.

    A range, --from one stage --to another, is a leg or a Sunday by itself: its stages with the
    penalties that belong to them. Who lacks an earlier one is in it, and who retired later still.
    --day names the stages of a day of the plan: its date, its number from 1, or `last`.

    Without any of these: the overall of everything that counts so far. With the rally over,
    that is the final classification. Where the regulations keep categories apart, or not the same
    stages count for them, each is a list of its own; --joint makes one list, and flags whoever ran
    other stages than the first. --json and --csv give one list.

    \b
    Examples:
      rally standings --after SS10 --category cars
      rally standings --stage SS12 --known-at '#173'
      rally standings --from SS9 --to SS14 --category cars
      rally standings --day last --category cars
      rally standings --trophy w2rc
    """
    by_classification(answer.found, table)


def by_classification(found: Ranked[Found], table: Callable[[Found], None]) -> None:
    """The one list, or that of each classification under its name; and what keeps them apart."""
    if found.why:
        click.echo(visible(found.why))
    for index, (heading, each) in enumerate(found.parts):
        if heading:
            click.echo("\n" * bool(index or found.why) + visible(heading))
        table(each)


def table(answer: Standings) -> None:
    """A classification as a person reads it; below it, who is not classified and why."""
    precision = precision_of(ms for row in answer.rows for ms in (row.time_ms, row.total_ms))
    times = ("Time", "Penalty", "Total", "Gap", "Interval")
    print_table(
        ("", "No", "Crew", "Nat", "Category", *times, "Notes"),
        [_cells(row, precision) for row in answer.rows],
        figures=("", "No", *times),
    )
    print_section(
        "",
        ("Not classified", "Driver", "Category", "Status", "Stage", "Reason"),
        [
            (u.number, u.driver, u.category, u.status, u.stage, u.reason)
            for u in answer.unclassified
        ],
        figures=("Not classified",),
    )


def _cells(row: Row, precision: int) -> tuple[str, ...]:
    return (
        str(row.place),
        row.number,
        " / ".join((row.driver, *row.codrivers)),
        row.nationality,
        row.category,
        format_duration(row.time_ms, precision),
        format_gap(row.penalty_ms, precision),
        format_duration(row.total_ms, precision),
        format_gap(row.gap_ms, precision),
        format_gap(row.interval_ms, precision),
        ", ".join(row.flags),
    )
