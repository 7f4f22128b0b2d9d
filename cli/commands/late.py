"""`rally late`: what reached the log long after it happened."""

from __future__ import annotations

from collections.abc import Sequence

import click

from cli.office.answer import Answer
from cli.output import print_table
from cli.reading import reading
from ledger.times import format_duration, parse_instant
from projections.comparing.late import Delays, LateRecords


@reading("late")
def command(answer: Answer[LateRecords]) -> None:
    """Show what reached the log long after it happened: per source, per official, one by one.

    The delay runs from the instant of the fact until this log received the record; what has no
    instant of its own had happened when it was put on record. Parts of the plan and facts whose
    instant is assumed tell no delay and do not count.

    With --by 0 everything that was entered is listed, wherever it is dated: with --since your last
    visit, what is new. ~ stands before an assumed instant.

    \b
    Examples:
      rally late --by 30m
      rally late --by 0 --since '#148'
      rally late --since SS9 --until SS10 --csv
    """
    found = answer.found
    for title, several, unnamed in (
        ("Source", found.sources, "no source"),
        ("Official", found.officials, "nobody named"),
    ):
        if any(each.late for each in several):
            _summary(title, several, unnamed)
            click.echo()
    print_table(
        ("#", "Happened", "Received", "Delay", "Source", "By", "What"),
        [
            (
                str(row.position),
                f"{'~' * row.assumed}{_short(row.happened_at)}",
                _short(row.received_at),
                "" if row.delay_ms is None else format_duration(row.delay_ms),
                row.source,
                row.recorded_by,
                row.words,
            )
            for row in found.rows
        ],
        figures=("#", "Delay"),
    )
    click.echo()
    click.echo(
        f"Not counted as late: {found.planned} of the plan, {found.assumed} whose instant is "
        "assumed."
    )


def _summary(title: str, several: Sequence[Delays], unnamed: str) -> None:
    figures = ("Records", "Late", "Median", "Longest")
    print_table(
        (title, *figures),
        [
            (
                each.name or unnamed,
                str(each.records),
                str(each.late),
                "" if each.median_ms is None else format_duration(each.median_ms),
                "" if each.max_ms is None else format_duration(each.max_ms),
            )
            for each in several
            if each.late
        ],
        figures,
    )


def _short(instant: str | None) -> str:
    return parse_instant(instant).short() if instant else ""
