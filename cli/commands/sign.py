"""`rally sign`: who holds an office signs a document that was drawn up."""

from __future__ import annotations

import click

from cli.context import Settings
from cli.deciding import Desk
from cli.options import Signature, pass_settings, signed
from ledger.errors import NotFound
from ledger.vocabulary import DocumentDrawnUp, DocumentSigned


@click.command(name="sign")
@click.argument("document", metavar="RECORD")
@signed
@pass_settings
def command(settings: Settings, /, document: str, signature: Signature) -> None:
    """Sign a document that was drawn up: RECORD is its position or the first digits of its id.

    \b
    Example:
      rally sign '#412' --by "Ann Lee" --role clerk-of-the-course
    """
    desk = Desk(settings, signature)
    found = desk.log.find(document)
    drawn = found.occurrence()
    if not isinstance(drawn, DocumentDrawnUp):
        raise NotFound(
            f"#{found.position} is no document that was drawn up.",
            hint="`rally log --type DocumentDrawnUp` lists them.",
        )
    desk.record(desk.make(DocumentSigned, found, digest=drawn.digest))
