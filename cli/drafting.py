"""What every template of `rally decide` takes at a terminal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from cli.deciding import acting
from cli.options import complete_stage


def deciding(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A command that issues a decision by a template: an act of the table, by its name."""

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        call: Callable[..., Any] = acting(name)(function)
        for option in reversed(_OPTIONS):
            call = option(call)
        return call

    return decorate


_OPTIONS = (
    click.option(
        "--series",
        type=click.Choice(["clerk", "stewards"]),
        help="Whose decision it is (default: by the office).",
    ),
    click.option("--fact", default="", help="What happened."),
    click.option("--infringement", default="", help="The articles that were broken."),
    click.option("--ruling", default="", help="The decision in words (default: by its effects)."),
    click.option("--sender", default="", help="Who it is from, as it stands on the sheet."),
    click.option("--to", "addressee", default="", help="To whom it is addressed."),
    click.option("--competitor", default="", help="The competitor (default: the crew's team)."),
    click.option("--signed-by", multiple=True, help="A steward who signs. Repeatable."),
    click.option("--decided-at", metavar="TIME", help="When it was taken (default: now)."),
    click.option("--suspended", default="", metavar="CONDITION", help="Suspend it on condition."),
    click.option("--until", metavar="TIME", help="Until when the condition runs."),
    click.option("--supersedes", metavar="DECISION", help="The decision that it replaces."),
    click.option(
        "--supersedes-from",
        default="",
        metavar="STAGE",
        help="It replaces only what lies from this stage on.",
        shell_complete=complete_stage,
    ),
    click.option("--matter", multiple=True, metavar="RECORD", help="What it decides. Repeatable."),
    click.option("--evidence", multiple=True, metavar="RECORD", help="What it rests on."),
    click.option("--immediate", is_flag=True, help="No appeal suspends it."),
    click.option("--no-appeal", is_flag=True, help="It is not open to appeal."),
    click.option("--document", default="", metavar="NUMBER", help="Its number on the board."),
)
