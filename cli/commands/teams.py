"""`rally teams`: the classification of teams by their best crews."""

from __future__ import annotations

from cli.commands.standings import by_classification
from cli.office.answer import Answer
from cli.office.results import Ranked
from cli.output import print_section, print_table
from cli.reading import reading
from ledger.times import format_duration, format_gap
from projections.results.teams import Teams


@reading("teams")
def command(answer: Answer[Ranked[Teams]]) -> None:
    """Show the teams by the sum of the totals of their best crews.

    The rulebook says how many crews count (teams.counting). Equal sums share a place; a team with
    fewer classified crews is listed below, with the reason. Where categories have classifications
    of their own, so have the teams. They go by the overall, a stage, a range or a day, as asked.
    """
    by_classification(answer.found, _table)


def _table(answer: Teams) -> None:
    print_table(
        ("", "Team", "Total", "Gap", "Interval", "Crews"),
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
        figures=("", "Total", "Gap", "Interval"),
    )
    print_section(
        "",
        ("Not classified", "Crews", "Reason"),
        [(u.team, ", ".join(u.classified), u.reason) for u in answer.unclassified],
    )
