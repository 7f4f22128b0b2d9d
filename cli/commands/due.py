"""`rally due`: what lapses, and what may or has to be done next."""

from __future__ import annotations

import click

from cli.office.answer import Answer
from cli.output import cited, print_table, when
from cli.reading import reading
from projections.desk.due import DueList


@reading("due")
def command(answer: Answer[DueList]) -> None:
    """Show what lapses and what may be done next on the stewards' desk.

    First what waits for somebody whatever the time, then what ends, the earliest first. Nothing
    changes by itself as time passes: where a time is over, the act is named that puts it on record
    (`rally types` explains it). Nothing but --at now reads a clock.

    \b
    Examples:
      rally due
      rally due --at now
      rally due --at 2016-07-21T21:15+08:00 --json
    """
    rows, known = answer.found.rows, answer.handles
    if not rows:
        click.echo("Nothing is due.")
        return
    print_table(
        ("When", "State", "About", "What", "Act", "Record"),
        [
            (when(row.at), row.state, row.about, row.what, row.act, cited(row.position, known))
            for row in rows
        ],
        figures=("Record",),
    )
