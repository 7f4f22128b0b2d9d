"""`rally review`: the petition for a review of a decision, and its two steps."""

from __future__ import annotations

import click

from cli.deciding import acting, outcomes
from cli.options import complete_number


@click.group(name="review")
def command() -> None:
    """Petition for the review of a decision, and put both of its steps on record.

    First the petition is admitted or rejected; then the decision stays unaltered, or it is taken
    anew (`rally decide … --supersedes`), which `redecided` names.
    """


@command.command(name="petition")
@click.argument("decision", metavar="DECISION")
@click.option(
    "--number", default="", help="The crew that petitions.", shell_complete=complete_number
)
@click.option("--competitor", default="", help="Who petitions.")
@click.option("--new", "new_element", required=True, help="The element that is new.")
@click.option("--deposit-paid", is_flag=True, help="The deposit was paid.")
@acting("review petition")
def petition() -> None:
    """A party asks for a review, because of an element that is new. --at says when."""


outcomes(
    command,
    "review decide",
    "petition",
    "PETITION-OR-DECISION",
    "The decision that was taken anew.",
    {
        "admit": ("admitted", "The petition is admitted: the decision is looked at again."),
        "reject": ("rejected", "The petition is rejected; it is closed."),
        "unaltered": ("unaltered", "After the review the decision remains, unaltered."),
        "redecided": ("redecided", "The review led to a new decision, which supersedes the other."),
    },
)
