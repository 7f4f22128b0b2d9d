"""`rally teams`: the classification of teams by their best crews."""

from __future__ import annotations

import click

from cli.options import complete_category, complete_stage
from cli.output import Column, plain, print_table
from cli.reading import Answer, View, reading
from ledger.times import format_duration, format_gap
from projections.standings import Scope
from projections.teams import Teams, teams

CSV = ("place", "team", "total_ms", "gap_ms", "interval_ms", "crews")


@click.command(name="teams")
@click.option(
    "--after", metavar="STAGE", help="The overall after this stage.", shell_complete=complete_stage
)
@click.option(
    "--category",
    metavar="CATEGORY",
    help="Only crews of this category.",
    shell_complete=complete_category,
)
@reading
def command(seen: View, after: str | None, category: str | None) -> Answer:
    """Show the teams by the sum of the totals of their best crews.

    The rulebook says how many crews count (teams.counting). Equal sums share a place; a team with
    fewer classified crews is listed below, with the reason.
    """
    answer = teams(seen.classified, Scope(after=after, category=category))
    title = " ".join(
        part for part in ("Teams", f"after {after}" if after else "", category) if part
    )
    rows = [{**plain(row), "crews": [crew.number for crew in row.crews]} for row in answer.rows]
    return Answer(title, plain(answer), rows, CSV, lambda: _table(answer))


def _table(answer: Teams) -> None:
    titles = ("", "Team", "Total", "Gap", "Interval", "Crews")
    print_table(
        [Column(title, figures=title not in ("Team", "Crews")) for title in titles],
        [
            (
                str(row.place),
                row.team,
                format_duration(row.total_ms, precision),
                format_gap(row.gap_ms, precision),
                format_gap(row.interval_ms, precision),
                ", ".join(crew.number for crew in row.crews),
            )
            for row in answer.rows
            for precision in [1 if row.total_ms % 1000 else 1000]
        ],
    )
    if answer.unclassified:
        click.echo()
        print_table(
            [Column("Not classified"), Column("Crews"), Column("Reason")],
            [(u.team, ", ".join(u.classified), u.reason) for u in answer.unclassified],
        )
