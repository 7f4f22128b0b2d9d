"""`rally draw-up`: a document is drawn up, to be signed before it is posted."""

from __future__ import annotations

from typing import get_args

import click

from cli.deciding import acting
from cli.reading import asking
from ledger.vocabulary.publication import ClassificationKind


@click.group(name="draw-up")
def command() -> None:
    """Draw up a document, to be signed by the offices that the rulebook names, then posted.

    Drawn up is not posted: no time for protests runs. `rally sign` puts a signature on it, and
    `rally publish … --drawn-up` posts it, as it was drawn up and signed.
    """


@command.command(name="classification")
@asking("standings")
@click.option(
    "--kind",
    type=click.Choice(get_args(ClassificationKind)),
    required=True,
    help="Which kind it is to be.",
)
@click.option("--known-at", metavar="MOMENT", help="On how much of the log it rests.")
@acting("draw-up classification")
def classification() -> None:
    """Draw up a classification as `rally standings` shows it.

    \b
    Example:
      rally draw-up classification --after SS12 --kind provisional \\
        --by "Results" --role results-office
    """


@command.command(name="decision")
@click.argument("decision", metavar="DECISION")
@acting("draw-up decision")
def decision_() -> None:
    """Draw up the sheet of a decision."""
