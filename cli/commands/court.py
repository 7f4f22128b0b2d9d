"""`rally court`: what a court of appeal decided about a decision."""

from __future__ import annotations

from typing import get_args

import click

from cli.deciding import acting
from ledger.vocabulary.judicial import Outcome


@click.command(name="court")
@click.argument("decision", metavar="DECISION")
@click.argument("outcome", type=click.Choice(get_args(Outcome)))
@click.option("--court", default="", help="Which court.")
@click.option("--case", default="", metavar="NUMBER", help="Its case.")
@click.option("--ruling", default="", help="The decision in words.")
@click.option(
    "--effect",
    "effects",
    multiple=True,
    metavar="EFFECT",
    help="What is put in the place of the decision, where it is varied. Repeatable.",
)
@click.option("--appeal", metavar="APPEAL", help="The appeal that it ends (default: all of them).")
@click.option("--decided-at", metavar="TIME", help="When it was given.")
@click.option("--signed-by", multiple=True, help="A judge who signs. Repeatable.")
@click.option("--document", default="", metavar="NUMBER", help="Its number on the board.")
@acting("court")
def command() -> None:
    """Put on record what a court decided about a decision, or about that of a court below.

    Quashed means never taken; varied means replaced from the beginning by the --effect given;
    upheld, inadmissible and no-jurisdiction end the appeal and leave the decision as it is.

    \b
    Examples:
      rally court stewards-7 quashed --court "Court of appeal" --case 3/2026 \\
        --by "Registry" --role court
      rally court stewards-7 varied --effect "PenaltyGiven amount_ms=0:02:00" \\
        --by "Registry" --role court --dry-run
    """
