"""`rally backup`: a copy of the ledger that was proved."""

from __future__ import annotations

from pathlib import Path

import click

from cli.context import Settings
from cli.options import of_ledger
from cli.output import counted, print_json


@click.command(name="backup")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@of_ledger
def command(settings: Settings, file: Path, as_json: bool) -> None:
    """Copy the ledger into a new file, while others go on writing, and prove the copy.

    It holds every rally as it was at one moment, with private values: what is forgotten later is
    still in it. It overwrites nothing, and nobody else may read it. To restore it, open it; where
    the original goes on as well, name the copy first (`rally site NAME`): two that write and sign
    under one name are a fork.
    Exhibits lie beside a ledger in FILE.exhibits and are copied as files are; a ledger on
    PostgreSQL is backed up by its server (pg_basebackup).

    \b
    Examples:
      rally backup evening.db
      rally verify --ledger evening.db --root 5d0e8cf1a2@148
    """
    from cli.office.backup import back_up

    made = back_up(settings.open_ledger(), file, settings.clock)
    if as_json:
        logs = [each._asdict() for each in made.logs]
        print_json({"file": str(made.file), "bytes": made.bytes, "rallies": logs})
        return
    click.echo(
        f"{made.file}: {made.bytes} bytes, {counted(len(made.logs), 'rally', 'rallies')}, proved."
    )
    for each in made.logs:
        click.echo(f"       {each.rally}: {each.size} records; root {each.root}")
