"""`rally anomalies`: what in the log contradicts itself or the plan."""

from __future__ import annotations

import click

from cli.context import Settings
from cli.options import at_a_moment, of_ledger, output, pass_settings
from cli.output import Column, plain, print_csv, print_json, print_table
from cli.reading import view
from projections.anomalies import Anomaly, anomalies


@click.command(name="anomalies")
@click.option("--kind", metavar="KIND", help="Only this kind.")
@at_a_moment
@output
@of_ledger
@pass_settings
def command(
    settings: Settings,
    kind: str | None,
    known_at: str | None,
    effective_at: str | None,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Show what contradicts itself, for an official to look at; nothing is dropped for it."""
    seen = view(settings, known_at, effective_at)
    rows = [each for each in anomalies(seen.state) if kind in (None, each.kind)]
    if as_json:
        print_json({"basis": seen.basis(), "rows": rows})
    elif as_csv:
        print_csv([plain(row) for row in rows], Anomaly.__struct_fields__)
    else:
        seen.say("Anomalies")
        print_table(
            [Column("Kind"), Column("Records"), Column("What")],
            [(r.kind, " ".join(f"#{p}" for p in r.positions[:4]), r.message) for r in rows],
        )
