"""What `rally publish` does about sheets: it binds their digests, or says why it can't."""

from __future__ import annotations

import click

from cli.documents.binding import Bind, binding
from cli.documents.rendering import HINT
from cli.output import visible
from ledger.errors import LedgerError
from ledger.log import Log
from ledger.vocabulary import DocumentSigned, Occurrence
from projections.state.rally import RallyState


def binding_or_hint(log: Log, prefix: RallyState) -> Bind | None:
    """What binds the digest of a sheet as it is posted.

    Where no sheet can be drawn the document is posted without, and it is said on standard error:
    nobody waits at the notice board because of a font.
    """
    bind = binding(log, prefix)
    if bind is None:
        click.echo(f"No digest of the sheet is bound: Typst is not installed. {HINT}", err=True)
        return None

    def try_to(said: Occurrence) -> Occurrence:
        try:
            return bind(said)
        except LedgerError as error:
            click.echo(f"No digest of the sheet is bound: {visible(error.message)}", err=True)
            return said

    return try_to


def signed_by(log: Log, drawn_up: str) -> str:
    """Who signed a document that was drawn up, each with the office: as it stands on the sheet."""
    if not drawn_up:
        return ""
    signed = (each.occurrence() for each in log.read(tags=[f"ref:{drawn_up}"]))
    found = (each for each in signed if isinstance(each, DocumentSigned))
    return "; ".join(dict.fromkeys(f"{each.by}, {each.role}" for each in found))
