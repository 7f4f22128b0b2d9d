"""`rally protest`: a protest, and what the stewards find on it."""

from __future__ import annotations

from typing import Any

import click

from cli.context import Settings
from cli.deciding import Desk, outcomes
from cli.naming import record_named
from cli.options import Signature, complete_number, pass_settings, signed
from ledger.errors import NotFound, Usage
from ledger.vocabulary import (
    ClassificationPublished,
    ProtestDecided,
    ProtestLodged,
    ProtestWithdrawn,
)


@click.group(name="protest")
def command() -> None:
    """Lodge a protest, and put on record what the stewards find on it.

    A protest that comes late is on record like any other; `rally docket` computes by the rulebook
    whether it was in time, and the stewards find it inadmissible by an act of their own.
    """


_protest = click.argument("protest", metavar="PROTEST")


@command.command(name="lodge")
@click.option(
    "--number", default="", help="The crew that protests.", shell_complete=complete_number
)
@click.option("--competitor", default="", help="Who protests (default: the crew's team).")
@click.option("--document", metavar="NUMBER", help="The classification it is against.")
@click.option("--decision", metavar="DECISION", help="The decision of the clerk it is against.")
@click.option("--record", metavar="POSITION-OR-ID", help="Any other record it is against.")
@click.option(
    "--against",
    default="",
    metavar="NUMBER",
    shell_complete=complete_number,
    help="The crew it is against.",
)
@click.option("--stage", default="", metavar="STAGE", help="The stage it is about.")
@click.option("--grounds", required=True, help="On what it rests.")
@click.option("--fee-paid", is_flag=True, help="The fee was paid.")
@signed
@pass_settings
def lodge(
    settings: Settings,
    /,
    signature: Signature,
    number: str,
    competitor: str,
    document: str | None,
    decision: str | None,
    record: str | None,
    **fields: Any,
) -> None:
    """A competitor protests. --at says when it was handed in.

    \b
    Example:
      rally protest lodge --number 103 --document 12 --grounds "waypoint was not placed" \\
        --fee-paid --at 2026-03-01T19:20 --by "Team Oasis" --role competitor
    """
    desk = Desk(settings, signature)
    named = [each for each in (document, decision, record) if each]
    if len(named) > 1:
        raise Usage(
            "A protest is against one thing.", hint="Give one of --document, --decision, --record."
        )
    target = ""
    if document:
        target = _posted(desk, document)
    elif decision:
        target = desk.decision(decision).id
    elif record:
        target = record_named(desk.log, record).id
    crew = desk.facts.crews.get(number)
    who = competitor or (crew.value.team if crew else "")
    fields |= {"number": number, "competitor": who, "target": target}
    desk.record(desk.make(ProtestLodged, **fields))


def _posted(desk: Desk, document: str) -> str:
    """The id of the classification that was posted under a number.

    Raises:
        NotFound: there is none.
    """
    for each in desk.facts.of(ClassificationPublished):
        if each.value.document == document.removeprefix("doc:"):
            return each.id
    raise NotFound(
        f"No classification was posted as document {document}.", hint="`rally publications`."
    )


outcomes(
    command,
    "PROTEST",
    ProtestLodged,
    ProtestDecided,
    "The decision that was taken on it.",
    {
        "admit": ("admitted", "The protest is admitted: it will be heard."),
        "inadmissible": ("inadmissible", "The protest is inadmissible; it is closed."),
        "uphold": (
            "upheld",
            "The protest is upheld; what follows from it is a decision of its own.",
        ),
        "reject": ("rejected", "The protest is rejected; it is closed."),
    },
)


@command.command(name="withdraw")
@_protest
@signed
@pass_settings
def withdraw(settings: Settings, /, signature: Signature, protest: str) -> None:
    """Who protested withdrew the protest."""
    desk = Desk(settings, signature)
    desk.record(desk.make(ProtestWithdrawn, desk.lodged(protest, ProtestLodged)))
