"""`rally retirements`: who left the rally, where and why."""

from __future__ import annotations

import click

from cli.output import Column, print_table
from cli.reading import Answer, View, reading
from projections.retirements import Retirement, retirements
from projections.standings import must_exist


@click.command(name="retirements")
@click.option("--category", metavar="CATEGORY", help="Only this category.")
@reading
def command(seen: View, category: str | None) -> Answer:
    """Show who is retired, withdrawn, refused, disqualified or did not start.

    A report that was retracted is not in it: `rally log --type RetirementReported` shows those too.
    """
    known = {crew.value.category for crew in seen.classified.facts.crews.values()}
    must_exist("category", category, known)
    rows = [row for row in retirements(seen.classified) if category in (None, row.category)]
    columns = Retirement.__struct_fields__
    return Answer("Retirements", {"rows": rows}, rows, columns, lambda: _table(rows))


def _table(rows: list[Retirement]) -> None:
    titles = ("No", "Driver", "Category", "Status", "Stage", "Place", "Reason", "", "Record")
    print_table(
        [Column(title, figures=title in ("No", "Record")) for title in titles],
        [
            (
                r.number,
                r.driver,
                r.category,
                r.status,
                r.stage,
                r.place,
                r.reason or r.cause,
                "restarted" if r.restarted else "",
                f"#{r.position}",
            )
            for r in rows
        ],
    )
