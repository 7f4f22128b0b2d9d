"""`rally start-order`: who starts a stage when, as posted or as it would be now."""

from __future__ import annotations

import click

from cli.options import complete_stage, first_start
from cli.output import Column, plain, print_table
from cli.reading import Answer, View, reading
from ledger.times import format_duration
from projections.start_order import Starter, StartOrder, start_order


@click.command(name="start-order")
@click.argument("stage", shell_complete=complete_stage)
@click.option("--category", metavar="CATEGORY", help="Only this category.")
@first_start
@reading
def command(seen: View, stage: str, category: str | None, first_at: str | None) -> Answer:
    """Show the start order of a stage.

    Once it was published (`rally publish start-order`) it is what was posted, with its amendments;
    until then it follows the result of the last stage that counted.
    """
    answer = start_order(seen.state, stage, category, seen.instant(first_at))
    rows = [row for group in answer.groups for row in group.rows]
    columns = Starter.__struct_fields__
    title = f"Start order of {stage}"
    return Answer(title, {**plain(answer), "rows": rows}, rows, columns, lambda: _table(answer))


def _table(answer: StartOrder) -> None:
    for group in answer.groups:
        posted = f"published #{group.position}" if group.published else "not published"
        document = f", document {group.document}" if group.document else ""
        heading = group.category or "all crews"
        click.echo(f"{heading} ({posted}{document}; {group.basis or 'no basis stated'})")
        titles = ("", "No", "Driver", "Start", "By", "Notes")
        print_table(
            [Column(title, figures=title in ("", "No", "By")) for title in titles],
            [
                (
                    str(r.place),
                    r.number,
                    r.driver,
                    r.due_at or "",
                    "" if r.basis_ms is None else format_duration(r.basis_ms),
                    r.note,
                )
                for r in group.rows
            ],
        )
