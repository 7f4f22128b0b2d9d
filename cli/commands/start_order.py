"""`rally start-order`: who starts a stage when, as posted or as it would be now."""

from __future__ import annotations

import click

from cli.office.answer import Answer
from cli.output import print_table, when
from cli.reading import reading
from ledger.times import format_duration
from projections.results.start_order import StartOrder, without_times


@reading("start-order")
def command(answer: Answer[StartOrder]) -> None:
    """Show the start order of a stage.

    Once it was published (`rally publish start-order`) it is what was posted, with its amendments;
    until then it follows the rule for the stage (`rally rulebook explain start_order.rule`), by
    itself the result of the last stage that counted.
    """
    for group in answer.found.groups:
        posted = f"published #{group.position}" if group.published else "not published"
        document = f", document {group.document}" if group.document else ""
        heading = group.category or "all crews"
        click.echo(f"{heading} ({posted}{document}; {group.basis or 'no basis stated'})")
        print_table(
            ("", "No", "Driver", "Start", "By", "Notes"),
            [
                (
                    str(r.place),
                    r.number,
                    r.driver,
                    when(r.due_at),
                    "" if r.basis_ms is None else format_duration(r.basis_ms),
                    r.note,
                )
                for r in group.rows
            ],
            figures=("", "No", "By"),
        )
    for note in without_times(answer.found.stage, answer.found.groups):
        click.echo(note, err=True)
