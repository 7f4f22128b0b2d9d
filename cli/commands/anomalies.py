"""`rally anomalies`: what in the log contradicts itself or the plan."""

from __future__ import annotations

import click

from cli.output import Column, print_table
from cli.reading import Answer, View, reading
from projections.anomalies import Anomaly, anomalies


@click.command(name="anomalies")
@click.option("--kind", metavar="KIND", help="Only this kind.")
@reading
def command(seen: View, kind: str | None) -> Answer:
    """Show what contradicts itself, for an official to look at; nothing is dropped for it."""
    rows = [each for each in anomalies(seen.state) if kind in (None, each.kind)]
    columns = Anomaly.__struct_fields__
    return Answer("Anomalies", {"rows": rows}, rows, columns, lambda: _table(rows))


def _table(rows: list[Anomaly]) -> None:
    print_table(
        [Column("Kind"), Column("Records"), Column("What")],
        [(r.kind, " ".join(f"#{p}" for p in r.positions[:4]), r.message) for r in rows],
    )
