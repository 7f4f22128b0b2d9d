"""`rally export`: write the log, to be restored or merged elsewhere."""

from __future__ import annotations

from typing import TextIO

import click

from cli.context import Settings
from cli.options import of_ledger, pass_settings
from ledger.intake.jsonl import export


@click.group(name="export")
def command() -> None:
    """Write the log, to be restored or merged elsewhere."""


@command.command(name="jsonl")
@click.argument("file", type=click.File("w", encoding="utf-8", lazy=True), default="-")
@of_ledger
@pass_settings
def jsonl(settings: Settings, file: TextIO) -> None:
    """Write one record a line to FILE, or to standard output."""
    log = settings.open_log()
    size = log.head().size
    file.writelines(line + "\n" for line in export(log, until=size))
    click.echo(f"{size} records of {log.rally} written.", err=True)
