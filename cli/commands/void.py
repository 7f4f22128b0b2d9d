"""`rally void`: say that a record should never have been entered."""

from __future__ import annotations

import click

from cli.acting import recorded
from cli.context import Settings
from cli.options import Signature, pass_settings, signed


@click.command(name="void")
@click.argument("record", metavar="POSITION-OR-ID")
@signed
@pass_settings
def command(settings: Settings, record: str, signature: Signature) -> None:
    """Say that a record should never have been entered: it counts as never recorded.

    The record stays readable. Voiding a correction restores what it corrected; voiding a void
    restores what was void.
    """
    recorded(settings, signature, "void", {"record": record})
