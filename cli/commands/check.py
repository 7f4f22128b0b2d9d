"""`rally check`: data that look wrong, and what to do about them."""

from __future__ import annotations

import click

from cli.output import Column, print_table
from cli.reading import Answer, View, reading
from projections.check import Suspicion, check


@click.command(name="check")
@click.option("--kind", metavar="KIND", help="Only this kind.")
@reading
def command(seen: View, kind: str | None) -> Answer:
    """Look for data that contradict each other or are hardly possible.

    Silent with exit code 0 where all is well; exit code 1 where something is found. Nothing is
    changed: each finding says what an official can do about it.
    """
    rows = [each for each in check(seen.state) if kind in (None, each.kind)]
    columns = Suspicion.__struct_fields__
    title = "Check" if rows else ""
    return Answer(title, {"findings": rows}, rows, columns, lambda: _table(rows), 1 if rows else 0)


def _table(rows: list[Suspicion]) -> None:
    print_table(
        [Column("Record", figures=True), Column("Kind"), Column("What")],
        [("" if r.position is None else f"#{r.position}", r.kind, r.message) for r in rows],
    )
    click.echo()
    for kind, hint in dict.fromkeys((r.kind, r.hint) for r in rows):
        click.echo(f"{kind}: {hint}")
