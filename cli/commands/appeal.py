"""`rally appeal`: an appeal is announced, confirmed, withdrawn, or found to have lapsed."""

from __future__ import annotations

import click

from cli.deciding import acting, step
from cli.options import complete_number


@click.group(name="appeal")
def command() -> None:
    """Announce an appeal against a decision, and what becomes of it.

    Whether it was in time and whether it suspends the decision follow from the rulebook and from
    the instants on record: give the true one with --at. An appeal is named by its position or id,
    or by the decision, where there is only one against it.
    """


@command.command(name="announce")
@click.argument("decision", metavar="DECISION")
@click.option("--number", default="", help="The crew that appeals.", shell_complete=complete_number)
@click.option("--competitor", default="", help="Who appeals.")
@click.option("--fee-paid", is_flag=True, help="The fee was paid.")
@acting("appeal announce")
def announce() -> None:
    """A competitor gives notice of an appeal.

    \b
    Example:
      rally appeal announce stewards-7 --fee-paid --at 2026-03-01T21:13 \\
        --by "Team Dune" --role competitor
    """


for _name, _about in (
    *((name, "appeal") for name in ("confirm", "lapse", "withdraw")),
    *((name, "decision") for name in ("suspend", "resume")),
):
    command.add_command(step(f"appeal {_name}", _about))
