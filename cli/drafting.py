"""Decisions being drafted: what every template of `rally decide` takes, and how it is issued."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import click
import msgspec

from cli.context import Settings
from cli.deciding import Desk, instant, reasons, told
from cli.naming import record_named
from cli.options import Signature, complete_stage, pass_settings, signed
from ledger.commands.desk import IssueDecision
from ledger.errors import Usage
from ledger.vocabulary import DecisionIssued, Effect
from projections.judging import judge

SERIES = {"clerk-of-the-course": "clerk", "stewards": "stewards"}


class Draft(NamedTuple):
    """What a template makes of what was typed: whom it is about, in words, and its effects."""

    number: str
    stage: str
    ruling: str
    effects: tuple[Effect, ...]


Drafting = Callable[..., Draft]


def deciding(function: Drafting) -> Callable[..., None]:
    """What every decision takes; the template makes a draft of the rest."""

    @functools.wraps(function)
    def call(settings: Settings, /, signature: Signature, **given: Any) -> None:
        fields = {name: given.pop(name) for name in _FIELDS}
        desk = Desk(settings, signature)
        _issue(desk, function(desk, **given), fields)

    for option in reversed(_OPTIONS):
        call = option(call)
    return signed(pass_settings(call))


_OPTIONS = (
    click.option(
        "--series",
        type=click.Choice(["clerk", "stewards"]),
        help="Whose decision it is (default: by the office).",
    ),
    click.option("--fact", default="", help="What happened."),
    click.option("--infringement", default="", help="The articles that were broken."),
    click.option("--ruling", default="", help="The decision in words (default: by its effects)."),
    click.option("--from", "sender", default="", help="Who it is from, as it stands on the sheet."),
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
_FIELDS = (
    *("series", "fact", "infringement", "ruling", "sender", "addressee", "competitor"),
    *("signed_by", "decided_at", "suspended", "until", "supersedes", "supersedes_from"),
    *("matter", "evidence", "immediate", "no_appeal", "document"),
)


def _issue(desk: Desk, draft: Draft, given: dict[str, Any]) -> None:
    """Try the decision, let the reasons be written, and issue it with what was seen."""
    said = _said(desk, draft, given)
    would = desk.preview(said)
    summary = [said.words(), *told(would)]
    why = reasons(desk.signature.reason, summary, dry_run=desk.signature.dry_run)
    said = msgspec.structs.replace(said, reason=why, seen=desk.seen(would))
    desk.carry_out(lambda: IssueDecision(said, judge))


def _said(desk: Desk, draft: Draft, given: dict[str, Any]) -> DecisionIssued:
    series = given["series"] or SERIES.get(desk.signature.role)
    if series is None:
        raise Usage(
            f"Whose decision it is does not follow from the office {desk.signature.role}.",
            hint="Act as clerk-of-the-course or stewards, or name --series.",
        )
    until = instant(given["until"], desk)
    condition = given["suspended"]
    if until is not None and not condition:
        raise Usage("--until needs a condition.", hint="Give --suspended CONDITION.")
    effects = tuple(
        msgspec.structs.replace(each, condition=condition, until_at=until) if condition else each
        for each in draft.effects
    )
    decided = instant(given["decided_at"], desk) or desk.settings.now()
    superseded = given["supersedes"]
    suspended = f", suspended: {condition}" if condition else ""
    crew = desk.facts.crews.get(draft.number)
    return desk.make(
        DecisionIssued,
        series=series,
        decision=1,  # the act gives it its number
        number=draft.number,
        stage=draft.stage,
        decided_at=decided,
        sender=given["sender"] or _TITLES[series],
        addressee=given["addressee"],
        competitor=given["competitor"] or (crew.value.team if crew else ""),
        fact=given["fact"],
        infringement=given["infringement"],
        ruling=given["ruling"] or f"{draft.ruling}{suspended}",
        signed_by=tuple(given["signed_by"]) or (desk.signature.by,),
        effects=effects,
        appealable=not given["no_appeal"],
        immediate=given["immediate"],
        supersedes=desk.decision(superseded).id if superseded else "",
        supersedes_from=given["supersedes_from"],
        matter=tuple(record_named(desk.log, each).id for each in given["matter"]),
        evidence=tuple(record_named(desk.log, each).id for each in given["evidence"]),
        document=given["document"],
    )


_TITLES = {"clerk": "The clerk of the course", "stewards": "The stewards"}
