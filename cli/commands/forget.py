"""`rally forget`: erase private values for good."""

from __future__ import annotations

import click

from cli.acting import carry_out, envelope_of
from cli.context import Settings
from cli.office.naming import record_named
from cli.office.private import field_name
from cli.options import Signature, pass_settings, signed
from ledger.commands.forget import ForgetPrivate


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
    log = settings.open_log()
    about = record_named(log, record).occurrence()
    names = [field_name(each) or each for each in fields]
    envelope = envelope_of(settings, log, signature)
    carry_out(log, lambda: ForgetPrivate(about, names, envelope), signature)
    if not signature.dry_run and not log.recorder.leaves_no_trace():
        click.echo(
            "Somebody reads the ledger at this moment. Until they are done, what was erased may "
            "still stand in its write-ahead log; the next write takes it out.",
            err=True,
        )
