"""`rally check`: data that look wrong, and what to do about them."""

from __future__ import annotations

import click

from cli.office.answer import Answer
from cli.output import print_table
from cli.reading import reading
from projections.control.check import Suspicion


@reading("check")
def command(answer: Answer[list[Suspicion]]) -> None:
    """Look for data that contradict each other or are hardly possible.

    Where all is well it says that it looked, with exit code 0; exit code 1 where something is
    found. Nothing is changed: each finding says what an official can do about it.
    """
    rows = answer.found
    if not rows:
        click.echo("Nothing was found.")
        return
    print_table(
        ("Record", "Kind", "What"),
        [("" if r.position is None else f"#{r.position}", r.kind, r.message) for r in rows],
        figures=("Record",),
    )
    click.echo()
    for kind, hint in dict.fromkeys((r.kind, r.hint) for r in rows):
        click.echo(f"{kind}: {hint}")
