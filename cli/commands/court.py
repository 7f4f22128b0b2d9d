"""`rally court`: what a court of appeal decided about a decision."""

from __future__ import annotations

from typing import Any, get_args

import click

from cli.context import Settings
from cli.deciding import Desk, instant
from cli.fields import parse_effect
from cli.options import Signature, pass_settings, signed
from ledger.vocabulary import AppealIntentionNotified, CourtDecisionIssued
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
@signed
@pass_settings
def command(
    settings: Settings,
    /,
    signature: Signature,
    decision: str,
    effects: tuple[str, ...],
    appeal: str | None,
    decided_at: str | None,
    **fields: Any,
) -> None:
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
    desk = Desk(settings, signature)
    about = desk.decision(decision)
    fields["effects"] = tuple(parse_effect(each, desk.log) for each in effects)
    if appeal:
        fields["appeal"] = desk.lodged(appeal, AppealIntentionNotified).id
    if (given := instant(decided_at, desk) or signature.at) is not None:
        fields["decided_at"] = given
    desk.record(desk.make(CourtDecisionIssued, about, **fields))
