"""`rally replay`: a list as it stood at a position, out of an archive and of nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cli.archive.reading import Archive, Replayed
from cli.context import Settings
from cli.output import print_section, print_table, visible
from cli.terminal import json_text
from ledger.times import format_duration, format_gap, precision_of


@click.command(name="replay")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("position", metavar="POSITION")
@click.option("--category", metavar="CATEGORY", help="Only of this category (default: all crews).")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.make_pass_decorator(Settings, ensure=True)
def command(
    settings: Settings, folder: Path, position: str, category: str | None, *, as_json: bool
) -> None:
    """Show the overall as it stood at a position, out of an archive and of nothing else.

    DIR is what `rally export archive` wrote; no ledger is opened, and nothing is computed: the
    lines are looked up as `rally standings --known-at POSITION` told them. POSITION is 148, '#148',
    @ for the last, or @-1. What is read is held against the manifest (exit code 3).

    \b
    Examples:
      rally replay silk-way 148
      rally replay silk-way '#149' --category cars --json
    """
    settings.without_a_ledger()
    found = Archive(folder).replay(position, category)
    if as_json:
        click.echo(json_text(found.json()))
        return
    click.echo(visible(found.heading()), err=True)
    _table(found)


def _table(replayed: Replayed) -> None:
    rows: list[dict[str, Any]] = replayed.found["rows"]
    precision = precision_of(ms for row in rows for ms in (row["time_ms"], row["total_ms"]))
    times = ("Time", "Penalty", "Total", "Gap", "Interval")
    lines = [
        (
            str(row["place"]),
            row["number"],
            " / ".join((row["driver"], *row["codrivers"])),
            row["nationality"],
            row["category"],
            format_duration(row["time_ms"], precision),
            format_gap(row["penalty_ms"], precision),
            format_duration(row["total_ms"], precision),
            format_gap(row["gap_ms"], precision),
            format_gap(row["interval_ms"], precision),
            ", ".join(row["flags"]),
        )
        for row in rows
    ]
    print_table(
        ("", "No", "Crew", "Nat", "Category", *times, "Notes"), lines, figures=("", "No", *times)
    )
    told = ("number", "driver", "category", "status", "stage", "reason")
    print_section(
        "",
        ("Not classified", "Driver", "Category", "Status", "Stage", "Reason"),
        [tuple(each[name] for name in told) for each in replayed.found["unclassified"]],
        figures=("Not classified",),
    )
