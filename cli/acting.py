"""Acts on the record at a terminal: carried out, or only tried, with what they changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from cli.changes import show
from cli.context import Settings
from cli.deciding import desk_of
from cli.office.acts import ACTS
from cli.office.overall import Recorded
from cli.options import Signature
from cli.output import visible
from ledger.log import Log


def recorded(
    settings: Settings,
    signature: Signature,
    name: str,
    given: Mapping[str, Any],
    log: Log | None = None,
) -> None:
    """Carry out an act of the table that is one record, or only try it, and say what it changes."""
    for done in ACTS[name].carry_out(desk_of(settings, signature, log), given):
        assert isinstance(done, Recorded)
        show(done.said, done.record, done.moved, as_json=signature.as_json)
        for note in done.notes:
            click.echo(visible(note), err=True)
