"""`rally appeal`: an appeal is announced, confirmed, withdrawn, or found to have lapsed."""

from __future__ import annotations

from typing import Any

import click

from cli.context import Settings
from cli.deciding import Desk
from cli.options import Signature, complete_number, pass_settings, signed
from ledger.vocabulary import (
    AppealConfirmed,
    AppealIntentionNotified,
    AppealLapsed,
    AppealWithdrawn,
    ExecutionResumed,
    ExecutionSuspended,
    Occurrence,
)


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
@signed
@pass_settings
def announce(
    settings: Settings, /, signature: Signature, decision: str, number: str, **fields: Any
) -> None:
    """A competitor gives notice of an appeal.

    \b
    Example:
      rally appeal announce stewards-7 --fee-paid --at 2026-03-01T21:13 \\
        --by "Team Dune" --role competitor
    """
    desk = Desk(settings, signature)
    about = desk.decision(decision)
    named = {"number": number} if number else {}
    desk.record(desk.make(AppealIntentionNotified, about, **named, **fields))


def _about_an_appeal(name: str, kind: type[Occurrence], text: str) -> None:
    @command.command(name=name, help=text)
    @click.argument("appeal", metavar="APPEAL-OR-DECISION")
    @signed
    @pass_settings
    def act(settings: Settings, /, signature: Signature, appeal: str) -> None:
        desk = Desk(settings, signature)
        desk.record(desk.make(kind, desk.lodged(appeal, AppealIntentionNotified)))


def _about_a_decision(name: str, kind: type[Occurrence], text: str) -> None:
    @command.command(name=name, help=text)
    @click.argument("decision", metavar="DECISION")
    @signed
    @pass_settings
    def act(settings: Settings, /, signature: Signature, decision: str) -> None:
        desk = Desk(settings, signature)
        desk.record(desk.make(kind, desk.decision(decision)))


_about_an_appeal("confirm", AppealConfirmed, "The appeal was confirmed to the court.")
_about_an_appeal(
    "lapse",
    AppealLapsed,
    "The appeal is found to have lapsed: it was not confirmed in time, or was inadmissible.",
)
_about_an_appeal("withdraw", AppealWithdrawn, "Who appealed withdrew the appeal.")
_about_a_decision(
    "suspend", ExecutionSuspended, "It is ordered that the decision is not carried out for now."
)
_about_a_decision(
    "resume", ExecutionResumed, "The decision is carried out again, whatever suspended it."
)
