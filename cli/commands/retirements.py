"""`rally retirements`: who left the rally, where and why."""

from __future__ import annotations

import click

from cli.context import Settings
from cli.options import at_a_moment, of_ledger, output, pass_settings
from cli.output import Column, plain, print_csv, print_json, print_table
from cli.reading import view
from projections.retirements import Retirement, retirements


@click.command(name="retirements")
@click.option("--category", metavar="CATEGORY", help="Only this category.")
@at_a_moment
@output
@of_ledger
@pass_settings
def command(
    settings: Settings,
    category: str | None,
    known_at: str | None,
    effective_at: str | None,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Show who is retired, withdrawn, refused, disqualified or did not start.

    A report that was retracted is not in it: `rally log --type RetirementReported` shows those too.
    """
    seen = view(settings, known_at, effective_at)
    rows = [row for row in retirements(seen.state) if category in (None, row.category)]
    if as_json:
        print_json({"basis": seen.basis(), "rows": rows})
    elif as_csv:
        print_csv([plain(row) for row in rows], Retirement.__struct_fields__)
    else:
        seen.say("Retirements")
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
