"""`rally sign`: who holds an office signs a document that was drawn up."""

from __future__ import annotations

import click

from cli.deciding import acting


@click.command(name="sign")
@click.argument("document", metavar="RECORD")
@acting("sign")
def command() -> None:
    """Sign a document that was drawn up: RECORD is its position or the first digits of its id.

    \b
    Example:
      rally sign '#412' --by "Ann Lee" --role clerk-of-the-course
    """
