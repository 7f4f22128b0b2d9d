"""`rally forget`: erase private values for good."""

from __future__ import annotations

import click

from cli.acting import recorded
from cli.context import Settings
from cli.options import Signature, pass_settings, signed


@click.command(name="forget")
@click.argument("record", metavar="POSITION-OR-ID")
@click.argument("fields", metavar="FIELD...", nargs=-1, required=True)
@signed
@pass_settings
def command(settings: Settings, record: str, fields: tuple[str, ...], signature: Signature) -> None:
    """Erase private values of a record for good, and put on record that they were erased.

    The record stays, with commitments that open no more, and so does the proof of the log. Every
    ledger into which this is merged erases them, too. Exports and backups that were made with the
    values keep them; so may the write-ahead log of a PostgreSQL server for a while.

    \b
    Example:
      rally forget '#12' licence phone --reason "asked to" --by Bo --role secretary
    """
    recorded(settings, signature, "forget", {"record": record, "fields": fields})
