"""`rally publish`: post on the notice board what the ledger computes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, get_args

import click

from cli.changes import show
from cli.commands.standings import table
from cli.context import Settings
from cli.deciding import desk_of
from cli.office.acts import ACTS
from cli.office.posting import Posted
from cli.options import Signature, pass_settings, signed, well_put
from cli.output import print_json, visible
from cli.reading import asking
from ledger.vocabulary import ClassificationPublished, DocumentPosted, short_id
from ledger.vocabulary.publication import ClassificationKind

Function = TypeVar("Function", bound=Callable[..., Any])
KINDS: tuple[str, ...] = get_args(ClassificationKind)


@click.group(name="publish")
def command() -> None:
    """Post on the notice board what the ledger computes. What was posted stays as it was posted.

    Documents of all kinds share one running number: without --document the next free one is taken,
    also when several people post at the same moment.
    """


def numbered(function: Function) -> Function:
    """`--document`: the number on the notice board."""
    return click.option(
        "--document",
        default="",
        metavar="NUMBER",
        help="Its number on the notice board (default: the next free one).",
    )(function)


# -- classifications -------------------------------------------------------------------------------


@command.command(name="classification")
@asking("standings")
@click.option("--kind", type=click.Choice(KINDS), required=True, help="Which kind it is.")
@numbered
@click.option(
    "--known-at", metavar="MOMENT", help="On how much of the log it rests (default: all of it)."
)
@click.option("--protests-until", metavar="TIME", help="Until when protests may be lodged.")
@click.option("--subject-to-appeal", is_flag=True, help="Final, although something is still open.")
@click.option("--drawn-up", metavar="RECORD", help="Post it as it was drawn up and signed.")
@signed
@pass_settings
def publish_classification(settings: Settings, /, signature: Signature, **given: Any) -> None:
    """Publish a classification as `rally standings` shows it, with everything that it rests on.

    It keeps its rows, its cut-off in the log with the root there, the rulebook, the edition of the
    computing rules and the digest of what it says. Later facts never change it: `rally
    publications` tells whether today's answer still equals it, `rally drift` why not, and `rally
    verify` computes it again. An amended one gets the number of the amendment. The digest of its
    sheet is bound as well: `rally document classification` with its number draws the sheet.

    What it showed is shown by `rally standings --known-at` with its cut-off, and where it was
    published by doc:NUMBER as a moment.

    \b
    Examples:
      rally publish classification --after SS12 --category cars --kind provisional \\
        --by "Results" --role results-office
      rally publish classification --stage SS12 --kind amended --document 74 --dry-run \\
        --by "Results" --role results-office
      rally standings --after SS12 --category cars --known-at '#148'
    """
    (posted,) = _carried_out(settings, signature, "publish classification", given)
    if signature.as_json:
        print_json(posted.json())
        return
    _say(posted)
    if signature.dry_run and posted.answer is not None:
        table(posted.answer)


def _say(posted: Posted) -> None:
    said = posted.said
    assert isinstance(said, ClassificationPublished)
    name = f"#{posted.position} {short_id(posted.id)}" if posted.position else _DRY
    crews = f"{len(said.rows)} crew{'' if len(said.rows) == 1 else 's'}"
    rules = f"{said.rulebook or 'no rulebook'}, edition {said.edition}"
    click.echo(f"{name}  {visible(said.words())}")
    click.echo(f"       {crews}; cut-off #{said.position}, digest {said.digest[:10]}; {rules}")
    if said.protests_until_at:
        click.echo(f"       Protests until {said.protests_until_at.iso()}.")
    _say_sheet(said.file)


def _say_sheet(digest: str) -> None:
    """Which sheet it is that hangs on the board."""
    if digest:
        click.echo(f"       The digest of its sheet is {digest[:10]}.")


# -- start orders ----------------------------------------------------------------------------------


@command.command(name="start-order")
@asking("start-order")
@numbered
@signed
@pass_settings
def publish_start_order(settings: Settings, /, signature: Signature, **given: Any) -> None:
    """Publish the start order of a stage as `rally start-order` shows it, category by category.

    The categories stand in one document. From then on it is frozen: later results and penalties do
    not move it. To change it, record StartOrderAmended for a crew.
    """
    for posted in _carried_out(settings, signature, "publish start-order", given):
        show(posted.said, posted.record, posted.moved, as_json=signature.as_json)


# -- decisions -------------------------------------------------------------------------------------


@command.command(name="decision")
@click.argument("decision", metavar="DECISION")
@numbered
@click.option("--drawn-up", metavar="RECORD", help="Post it as it was drawn up and signed.")
@signed
@pass_settings
def publish_decision(settings: Settings, /, signature: Signature, **given: Any) -> None:
    """Post the sheet of a decision: it is notified by that, if it was not before.

    DECISION is its series and number, or its record. The digest of the sheet is bound.

    \b
    Example:
      rally publish decision stewards-7 --by "Ann Lee" --role secretary
    """
    (posted,) = _carried_out(settings, signature, "publish decision", given)
    show(posted.said, posted.record, posted.moved, as_json=signature.as_json)
    if isinstance(posted.said, DocumentPosted) and not signature.as_json:
        _say_sheet(posted.said.digest)


# -- what all have in common ----------------------------------------------------------------------

_DRY = "Not appended (dry run):"


def _carried_out(
    settings: Settings, signature: Signature, name: str, given: Mapping[str, Any]
) -> tuple[Posted, ...]:
    """What was posted, or would be; what belongs beside it is said on standard error."""
    with well_put():
        found = ACTS[name].carry_out(desk_of(settings, signature), given)
    posted = tuple(each for each in found if isinstance(each, Posted))
    for note in (note for each in posted for note in each.notes):
        click.echo(visible(note), err=True)
    return posted
