"""`rally draw-up`: a document is drawn up, to be signed before it is posted."""

from __future__ import annotations

from typing import get_args

import click

from cli.comparing import of_a_scope
from cli.context import Settings
from cli.deciding import acting, desk_of, say
from cli.office.view import View
from cli.options import Signature, pass_settings, signed
from ledger.vocabulary import DocumentDrawnUp
from ledger.vocabulary.publication import ClassificationKind
from projections.publications import content_of
from projections.standings import Scope, standings


@click.group(name="draw-up")
def command() -> None:
    """Draw up a document, to be signed by the offices that the rulebook names, then posted.

    Drawn up is not posted: no time for protests runs. `rally sign` puts a signature on it, and
    `rally publish … --drawn-up` posts it, as it was drawn up and signed.
    """


@command.command(name="classification")
@of_a_scope
@click.option(
    "--kind",
    type=click.Choice(get_args(ClassificationKind)),
    required=True,
    help="Which kind it is to be.",
)
@click.option("--known-at", metavar="MOMENT", help="On how much of the log it rests.")
@signed
@pass_settings
def classification(
    settings: Settings, /, scope: Scope, kind: str, known_at: str | None, signature: Signature
) -> None:
    """Draw up a classification as `rally standings` shows it.

    \b
    Example:
      rally draw-up classification --after SS12 --kind provisional \\
        --by "Results" --role results-office
    """
    desk = desk_of(settings, signature)
    seen = View(desk.log, known_at)
    content = content_of(standings(seen.state, scope))
    outcome = desk.record(
        DocumentDrawnUp,
        subject="classification",
        kind=kind,
        scope=dict(content.scope),
        position=seen.position,
        root=desk.log.root_at(seen.position),
        digest=content.digest(),
    )
    say(outcome, as_json=signature.as_json)


@command.command(name="decision")
@click.argument("decision", metavar="DECISION")
@acting("draw-up decision")
def decision_() -> None:
    """Draw up the sheet of a decision."""
