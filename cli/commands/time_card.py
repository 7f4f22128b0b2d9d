"""`rally time-card`: every control of a crew, what it cost, and what was struck out."""

from __future__ import annotations

import click

from cli.office.answer import Answer
from cli.output import clock, print_table, visible
from cli.reading import reading
from ledger.times import format_duration, format_gap
from projections.results.time_card import CardLine, CardStage, TimeCard


@reading("time-card")
def command(answer: Answer[TimeCard]) -> None:
    """Show the time card of a crew: due and actual, source, early or late, penalty; and the sums.

    What was corrected or voided stays on it, struck through, with who did it and why.
    """
    card = answer.found
    for stage in card.stages:
        click.echo(stage.stage or "elsewhere")
        titles = ("", "Place", "Due", "Actual", "Late", "", "Time", "Penalty", "Source", "Notes")
        print_table(
            (*titles, "Records"),
            [_cells(line) for line in stage.lines],
            figures=("Late", "Time", "Penalty"),
        )
        _struck(stage)
        sums = "" if stage.time_ms is None else f"time {format_duration(stage.time_ms)}"
        cost = f"penalties {format_duration(stage.penalty_ms)}" if stage.penalty_ms else ""
        click.echo(" · ".join(each for each in ("Sum", sums, cost) if each) + "\n")
    if card.total_ms is not None:
        click.echo(
            f"Total {format_duration(card.total_ms)}: times "
            f"{format_duration(card.time_ms or 0)}, penalties "
            f"{format_duration(card.penalty_ms)}"
        )


def _cells(line: CardLine) -> tuple[str, ...]:
    precision = 1 if (line.time_ms or 0) % 1000 else 1000
    late = "" if not line.late_ms else format_duration(line.late_ms)
    return (
        line.what,
        line.place,
        clock(line.due_at),
        clock(line.actual_at),
        late,
        line.verdict,
        "" if line.time_ms is None else format_duration(line.time_ms, precision),
        format_gap(line.penalty_ms),
        line.source,
        ": ".join(each for each in (line.status, line.note) if each),
        " ".join(f"#{position}" for position in line.positions[:3]),
    )


def _struck(stage: CardStage) -> None:
    for each in stage.struck:
        who = " ".join(part for part in (each.by, f"({each.role})" if each.role else "") if part)
        why = f": {each.reason}" if each.reason else ""
        line = f"  ~~#{each.position} {each.said}~~ → #{each.struck_by} {each.now} {who}{why}"
        click.echo(visible(line))
