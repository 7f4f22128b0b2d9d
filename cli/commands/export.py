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
@click.option(
    "--with-private", is_flag=True, help="Private values, too: keep such a file where it is safe."
)
@of_ledger
@pass_settings
def jsonl(settings: Settings, file: TextIO, with_private: bool) -> None:
    """Write one record a line to FILE, or to standard output. Private values stay here."""
    log = settings.open_log()
    size, lines = log.head().size, 0
    for line in export(log, until=size, private=with_private):
        file.write(line + "\n")
        lines += 1
    values = f"{lines - size} private value{'' if lines - size == 1 else 's'}"
    private = f" and {values}" if with_private else ""
    click.echo(f"{size} records{private} of {log.rally} written.", err=True)
