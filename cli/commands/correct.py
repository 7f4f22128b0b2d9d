"""`rally correct`: give the right value of a fact."""

from __future__ import annotations

import click

from cli.acting import carry_out, envelope_of
from cli.context import Settings
from cli.fields import parse_fields
from cli.office.naming import record_named
from cli.options import Signature, pass_settings, signed
from ledger.chain import chain_of
from ledger.commands.amend import CorrectOccurrence
from ledger.log import Log
from ledger.record import Record
from ledger.vocabulary import Corrected
from projections.judging import judge


@click.command(name="correct")
@click.argument("record", metavar="POSITION-OR-ID")
@click.argument("fields", metavar="FIELD=VALUE...", nargs=-1, required=True)
@signed
@pass_settings
def command(settings: Settings, record: str, fields: tuple[str, ...], signature: Signature) -> None:
    """Give the right value of a fact. The original stays readable, and shows what corrected it.

    An empty value takes one away. `fact_at=…` corrects when it happened.

    \b
    Example:
      rally correct '#5127' elapsed_ms=3:41:07 --reason "mistyped" --by Ann --role timekeeper
    """
    log = settings.open_log()
    found = record_named(log, record)
    about = original(log, found)
    changes = parse_fields(type(about.occurrence()), fields, log, amending=True)
    envelope = envelope_of(settings, log, signature)
    chain = chain_of(log, found)
    carry_out(log, lambda: CorrectOccurrence(found.id, chain, envelope, changes, judge), signature)


def original(log: Log, record: Record) -> Record:
    """What a correction, or a correction of it, is about."""
    while isinstance(said := record.occurrence(), Corrected):
        record = log.find(said.target)
    return record
