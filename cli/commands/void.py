"""`rally void`: say that a record should never have been entered."""

from __future__ import annotations

import click

from cli.acting import carry_out, envelope_of
from cli.context import Settings
from cli.office.naming import record_named
from cli.options import Signature, pass_settings, signed
from ledger.chain import chain_of
from ledger.commands.amend import VoidOccurrence


@click.command(name="void")
@click.argument("record", metavar="POSITION-OR-ID")
@signed
@pass_settings
def command(settings: Settings, record: str, signature: Signature) -> None:
    """Say that a record should never have been entered: it counts as never recorded.

    The record stays readable. Voiding a correction restores what it corrected; voiding a void
    restores what was void.
    """
    log = settings.open_log()
    found = record_named(log, record)
    envelope = envelope_of(settings, log, signature)
    carry_out(log, lambda: VoidOccurrence(found.id, chain_of(log, found), envelope), signature)
