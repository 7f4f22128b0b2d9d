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
    answer = penalties(seen.state, crew, stage)
    columns = Penalty.__struct_fields__
    return Answer("Penalties", plain(answer), answer.rows, columns, lambda: _table(answer))


def _table(answer: PenaltyList) -> None:
    titles = ("No", "Driver", "Stage", "Penalty", "On", "Why", "Article", "Status", "Records")
    print_table(
        [Column(title, figures=title in ("No", "Penalty")) for title in titles],
        [
            (
                r.number,
                r.driver,
                r.stage,
                format_duration(r.amount_ms),
                r.applies_to,
                r.reason or r.kind,
                r.article,
                r.status if r.basis == "given" else f"{r.status}, {r.basis}",
                " ".join(f"#{p}" for p in r.positions),
            )
            for r in answer.rows
        ],
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
