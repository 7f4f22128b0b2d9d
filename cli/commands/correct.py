"""`rally correct`: give the right value of a fact."""

from __future__ import annotations

import click

from cli.acting import recorded
from cli.context import Settings
from cli.options import Signature, pass_settings, signed


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
    recorded(settings, signature, "correct", {"record": record, "fields": fields})
