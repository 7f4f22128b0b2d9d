"""`rally protest`: a protest, and what the stewards find on it."""

from __future__ import annotations

import click

from cli.deciding import acting, outcomes
from cli.options import complete_number


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
@acting("protest lodge")
def lodge() -> None:
    """A competitor protests. --at says when it was handed in.

    \b
    Example:
      rally protest lodge --number 103 --document 12 --grounds "waypoint was not placed" \\
        --fee-paid --at 2026-03-01T19:20 --by "Team Oasis" --role competitor
    """


outcomes(
    command,
    "protest decide",
    "protest",
    "PROTEST",
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
@acting("protest withdraw")
def withdraw() -> None:
    """Who protested withdrew the protest."""
