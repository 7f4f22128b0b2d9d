"""`rally penalties`: every penalty, with the cross-foot to the totals."""

from __future__ import annotations

import click

from cli.options import complete_number, complete_stage
from cli.output import Column, plain, print_table
from cli.reading import Answer, View, reading
from ledger.times import format_duration
from projections.penalties import Penalty, PenaltyList, penalties


@click.command(name="penalties")
@click.option("--crew", metavar="NUMBER", help="Only of this crew.", shell_complete=complete_number)
@click.option("--stage", metavar="STAGE", help="Only on this stage.", shell_complete=complete_stage)
@reading
def command(seen: View, crew: str | None, stage: str | None) -> Answer:
    """Show every penalty: given or computed from times, in force or not.

    Under the table stands the cross-foot: for each classified crew the times, the penalties that
    count, and their sum, which is its total in the standings.
    """
    answer = penalties(seen.classified, crew, stage)
    columns = Penalty.__struct_fields__
    return Answer("Penalties", plain(answer), answer.rows, columns, lambda: _table(answer))


TITLES = ("Stage", "Penalty", "On", "Why", "Article", "Status", "Records")
"""The columns of a penalty, whosever it is."""


def cells(row: Penalty) -> tuple[str, ...]:
    """A penalty as a line of a table, under `TITLES`."""
    return (
        row.stage,
        format_duration(row.amount_ms),
        row.applies_to,
        row.reason or row.kind,
        row.article,
        row.status if row.basis == "given" else f"{row.status}, {row.basis}",
        " ".join(f"#{position}" for position in row.positions),
    )


def _table(answer: PenaltyList) -> None:
    print_table(
        [Column(title, figures=title in ("No", "Penalty")) for title in ("No", "Driver", *TITLES)],
        [(row.number, row.driver, *cells(row)) for row in answer.rows],
    )
    if answer.crossfoot:
        click.echo()
        sums = ("No", "Times", "Penalties", "Total", "")
        print_table(
            [Column(title, figures=bool(title)) for title in sums],
            [
                (
                    f.number,
                    format_duration(f.time_ms),
                    format_duration(f.listed_ms),
                    format_duration(f.total_ms),
                    "" if f.agrees else "does not agree",
                )
                for f in answer.crossfoot
            ],
        )
