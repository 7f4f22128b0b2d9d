"""`rally decide`: a decision of the clerk of the course or the stewards."""

from __future__ import annotations

from typing import Any

import click

from cli.context import Settings
from cli.deciding import Desk
from cli.drafting import Draft, deciding
from cli.fields import parse_effect
from cli.options import Signature, complete_number, complete_stage, pass_settings, signed
from ledger.effects import ACTS
from ledger.errors import Usage
from ledger.times import format_duration, parse_duration
from ledger.vocabulary import (
    DecisionAcknowledged,
    DecisionNotified,
    DecisionRescinded,
    Effect,
    Occurrence,
    SupersedingDetermined,
    SuspensionActivated,
    SuspensionLapsed,
)
from ledger.vocabulary.base import among


@click.group(name="decide")
def command() -> None:
    """Issue a decision of the clerk of the course or the stewards, and what follows it.

    The templates below are the usual decisions; `effects` takes any. Each gets the next number of
    its series, binds the basis that was on the screen and what it would change, and says afterwards
    what it changed. --dry-run shows that before anybody signs. Without --reason an editor opens.
    """


# -- the usual decisions ---------------------------------------------------------------------------

_number = click.argument("number", shell_complete=complete_number)
_stage = click.option(
    "--stage",
    default="",
    metavar="STAGE",
    help="The stage it is about.",
    shell_complete=complete_stage,
)


@command.command(name="penalty")
@_number
@click.argument("amount", metavar="TIME")
@_stage
@click.option(
    "--applies-to",
    type=click.Choice(["stage", "overall", "road"]),
    default="stage",
    show_default=True,
    help="Which result carries it.",
)
@click.option("--not-in-start-order", is_flag=True, help="It does not move the next start order.")
@click.option("--point", default="", metavar="POINT", help="The point or zone it is for.")
@deciding
def penalty(
    _desk: Desk,
    number: str,
    amount: str,
    stage: str,
    applies_to: str,
    not_in_start_order: bool,
    point: str,
) -> Draft:
    """A time penalty: on a stage, in the overall alone, or of the road.

    \b
    Example:
      rally decide penalty 104 0:05:00 --stage SS10 --infringement "article 12.3" \\
        --fact "did not stop at the neutralisation" --reason "seen by two marshals" \\
        --by "A. Chair" --role stewards --dry-run
    """
    amount_ms = parse_duration(amount)
    fields: dict[str, Any] = {"amount_ms": amount_ms, "applies_to": applies_to}
    if not_in_start_order:
        fields["in_start_order"] = False
    if point:
        fields["point"] = point
    where = {"overall": " in the overall alone", "road": " on the road"}.get(applies_to, "")
    said = f"time penalty of {format_duration(amount_ms, 1 if amount_ms % 1000 else 1000)}{where}"
    return Draft(number, stage, said, (Effect("PenaltyGiven", fields),))


@command.command(name="credit")
@_number
@click.argument("amount", metavar="TIME")
@_stage
@click.option("--helped", default="", metavar="NUMBER", help="The crew that it stopped to help.")
@deciding
def credit(_desk: Desk, number: str, amount: str, stage: str, helped: str) -> Draft:
    """Time given back on a stage: a crew stopped to help, or was held up by the rally."""
    amount_ms = parse_duration(amount)
    fields: dict[str, Any] = {"amount_ms": amount_ms, "kind": "assistance" if helped else "delay"}
    if helped:
        fields["helped"] = helped
    said = f"{format_duration(amount_ms, 1 if amount_ms % 1000 else 1000)} given back"
    return Draft(number, stage, said, (Effect("TimeCreditGranted", fields),))


@command.command(name="disqualify")
@_number
@click.option(
    "--from",
    "since",
    default="",
    metavar="STAGE",
    help="From which stage on (default: the whole rally).",
    shell_complete=complete_stage,
)
@deciding
def disqualify(_desk: Desk, number: str, since: str) -> Draft:
    """Disqualification, from a stage on or from the whole rally."""
    said = f"disqualification from {since} on" if since else "disqualification from the rally"
    return Draft(number, since, said, (Effect("CrewDisqualified", {}),))


@command.command(name="reprimand")
@_number
@_stage
@deciding
def reprimand(_desk: Desk, number: str, stage: str) -> Draft:
    """A reprimand."""
    return Draft(number, stage, "reprimand", (Effect("Reprimand", {}),))


@command.command(name="fine")
@_number
@click.argument("amount", type=click.IntRange(1))
@click.argument("currency")
@_stage
@deciding
def fine(_desk: Desk, number: str, amount: int, currency: str, stage: str) -> Draft:
    """A fine."""
    effect = Effect("Fine", {"amount": amount, "currency": currency})
    return Draft(number, stage, f"fine of {amount} {currency}", (effect,))


@command.command(name="reposition")
@_number
@click.argument("place", type=click.IntRange(1))
@click.option(
    "--stage",
    required=True,
    metavar="STAGE",
    help="The stage that it starts.",
    shell_complete=complete_stage,
)
@deciding
def reposition(_desk: Desk, number: str, place: int, stage: str) -> Draft:
    """Another place in the start order of a stage."""
    said = f"starts {stage} as number {place}"
    return Draft(number, stage, said, (Effect("CrewRepositioned", {"place": place}),))


@command.command(name="cancel-stage")
@click.argument("stage", shell_complete=complete_stage)
@click.option("--category", "categories", multiple=True, help="Only this category. Repeatable.")
@deciding
def cancel_stage(_desk: Desk, stage: str, categories: tuple[str, ...]) -> Draft:
    """The cancellation of a stage, for all or for some categories."""
    return _on_a_stage(stage, "is cancelled", "StageCancelled", categories)


@command.command(name="reinstate-stage")
@click.argument("stage", shell_complete=complete_stage)
@click.option("--category", "categories", multiple=True, help="Only this category. Repeatable.")
@deciding
def reinstate_stage(_desk: Desk, stage: str, categories: tuple[str, ...]) -> Draft:
    """The revocation of a cancellation, shortening or stop."""
    return _on_a_stage(stage, "counts again", "StageReinstated", categories)


def _on_a_stage(stage: str, what: str, act: str, categories: tuple[str, ...]) -> Draft:
    """An act on a stage, for all or for some categories."""
    fields: dict[str, Any] = {"categories": categories} if categories else {}
    return Draft("", stage, f"{stage} {what}{among(categories)}", (Effect(act, fields),))


@command.command(name="withdraw")
@click.argument("record", metavar="POSITION-OR-ID")
@deciding
def withdraw(desk: Desk, record: str) -> Draft:
    """Take back a penalty or a time credit that was recorded alone."""
    found = desk.log.find(record)
    about = found.occurrence()
    acts = {"PenaltyGiven": "PenaltyWithdrawn", "TimeCreditGranted": "TimeCreditRevoked"}
    act = acts.get(about.type_name())
    if act is None:
        raise Usage(
            f"#{found.position} is no penalty and no time credit.",
            hint="A decision is taken back by `rally decide rescind`, or superseded.",
        )
    said = f"{'the penalty' if act == 'PenaltyWithdrawn' else 'the time credit'} is withdrawn"
    number, stage = getattr(about, "number", ""), getattr(about, "stage", "")
    return Draft(number, stage, said, (Effect(act, {"target": found.id}),))


@command.command(name="no-action")
@click.argument("number", required=False, default="", shell_complete=complete_number)
@_stage
@deciding
def no_action(_desk: Desk, number: str, stage: str) -> Draft:
    """No further action; also that an earlier decision remains as it is."""
    return Draft(number, stage, "no further action", ())


@command.command(name="effects")
@click.argument("effects", nargs=-1, required=True, metavar="EFFECT...")
@click.option(
    "--number",
    default="",
    metavar="NUMBER",
    help="The crew it is about.",
    shell_complete=complete_number,
)
@_stage
@deciding
def other(desk: Desk, effects: tuple[str, ...], number: str, stage: str) -> Draft:
    """Any other decision, effect by effect: an act of `rally types` and its fields.

    \b
    Example:
      rally decide effects "StageTimeRecorded number=102 elapsed_ms=4:10:00 basis=notional" \\
        --stage SS10 --by "Race direction" --role clerk-of-the-course --reason "held up"
    """
    parsed = tuple(parse_effect(each, desk.log) for each in effects)
    return Draft(number, stage, "; ".join(effects), parsed)


other.__doc__ = f"{other.__doc__}\n\nIt can bring about: {', '.join(ACTS)}."


# -- what follows a decision -----------------------------------------------------------------------


def _follow(
    settings: Settings,
    /,
    signature: Signature,
    reference: str,
    kind: type[Occurrence],
    **fields: Any,
) -> None:
    """Put on record what follows a decision."""
    desk = Desk(settings, signature)
    desk.record(desk.make(kind, desk.decision(reference), **fields))


_decision = click.argument("decision", metavar="DECISION")


@command.command(name="notify")
@_decision
@click.option(
    "--how",
    type=click.Choice(["hearing", "hand", "electronic", "notice-board"]),
    default="hand",
    show_default=True,
    help="How it was made known.",
)
@click.option("--to", default="", help="Whom it was given to.")
@signed
@pass_settings
def notify(settings: Settings, /, decision: str, how: str, to: str, signature: Signature) -> None:
    """A decision was made known to whom it concerns: the times for an appeal run from here."""
    _follow(settings, signature, decision, DecisionNotified, how=how, to=to)


@command.command(name="acknowledge")
@_decision
@signed
@pass_settings
def acknowledge(settings: Settings, /, decision: str, signature: Signature) -> None:
    """Whom a decision concerns confirmed to have received it."""
    _follow(settings, signature, decision, DecisionAcknowledged)


@command.command(name="rescind")
@_decision
@signed
@pass_settings
def rescind(settings: Settings, /, decision: str, signature: Signature) -> None:
    """Take a decision back: it counts as never taken, and stays in the register."""
    _follow(settings, signature, decision, DecisionRescinded)


@command.command(name="activate")
@_decision
@_stage
@click.option("--by-decision", metavar="DECISION", help="The decision that found the breach.")
@signed
@pass_settings
def activate(
    settings: Settings, /, decision: str, stage: str, by_decision: str | None, signature: Signature
) -> None:
    """The condition of a suspended sanction came about: it has its effect from now on."""
    fields: dict[str, Any] = {"stage": stage} if stage else {"stage": ""}
    if by_decision:
        fields["decision"] = Desk(settings, signature).decision(by_decision).id
    _follow(settings, signature, decision, SuspensionActivated, **fields)


@command.command(name="lapse")
@_decision
@signed
@pass_settings
def lapse(settings: Settings, /, decision: str, signature: Signature) -> None:
    """The time of a suspended sanction is over: it can no more be activated."""
    _follow(settings, signature, decision, SuspensionLapsed)


@command.command(name="succession")
@_decision
@click.argument("heir", metavar="[HEIR]", required=False)
@signed
@pass_settings
def succession(
    settings: Settings, /, decision: str, heir: str | None, signature: Signature
) -> None:
    """Rule which of several decisions supersedes one that they all claim to supersede.

    Without an heir none does, and the decision stands.
    """
    desk = Desk(settings, signature)
    chosen = desk.decision(heir).id if heir else ""
    _follow(settings, signature, decision, SupersedingDetermined, heir=chosen)
