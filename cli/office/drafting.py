"""Decisions: what all of them take, how one is issued, and drafts of what is no sanction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any, NamedTuple

import msgspec

from cli.fields import parse_effect
from cli.office.asking import (
    AboutStage,
    ARecord,
    Number,
    OnCondition,
    OnTheBoard,
    Stage,
    Suspended,
    Text,
    UntilThen,
    Word,
)
from cli.office.desk import Desk, Outcome
from cli.office.naming import record_named
from ledger.commands.desk import IssueDecision
from ledger.errors import Usage
from ledger.times import format_duration, parse_duration, parse_instant
from ledger.vocabulary import DecisionIssued, Effect
from ledger.vocabulary.base import among
from ledger.vocabulary.judicial import Series
from projections.comparing.preview import Preview
from projections.desk.judging import judge

SERIES = {"clerk-of-the-course": "clerk", "stewards": "stewards"}
_SENDERS = {"clerk": "The clerk of the course", "stewards": "The stewards"}


class Draft(NamedTuple):
    """What a template makes of what was typed: whom it is about, in words, and its effects."""

    number: str
    stage: str
    ruling: str
    effects: tuple[Effect, ...]
    fact: str = ""
    infringement: str = ""
    evidence: tuple[str, ...] = ()
    fact_at: str | None = None
    on_condition: tuple[Effect, ...] = ()
    """What alone is suspended on condition; where there is none, all of its effects can be."""


class Shared(NamedTuple):
    """What every decision takes beside what its template does."""

    series: Annotated[Series | None, Word("Whose decision it is (default: by the office).")] = None
    fact: Annotated[str, Word("What happened.")] = ""
    infringement: Annotated[str, Word("The articles that were broken.")] = ""
    ruling: Annotated[str, Word("The decision in words (default: by its effects).")] = ""
    sender: Annotated[str, Word("Who it is from, as it stands on the sheet.")] = ""
    addressee: Annotated[str, Word("To whom it is addressed.", name="to")] = ""
    competitor: Annotated[str, Word("The competitor (default: the crew's team).")] = ""
    signed_by: Annotated[tuple[str, ...], Word("A steward who signs. Repeatable.")] = ()
    decided_at: Annotated[Text, Word("When it was taken (default: now).", "TIME")] = None
    suspended: Suspended = ""
    until: UntilThen = None
    supersedes: Annotated[Text, Word("The decision that it replaces.", "DECISION")] = None
    supersedes_from: Annotated[
        str, Word("It replaces only what lies from this stage on.", "STAGE", of="stage")
    ] = ""
    matter: Annotated[tuple[str, ...], Word("What it decides. Repeatable.", "RECORD")] = ()
    evidence: Annotated[tuple[str, ...], Word("What it rests on.", "RECORD")] = ()
    immediate: Annotated[bool, Word("No appeal suspends it.")] = False
    no_appeal: Annotated[bool, Word("It is not open to appeal.")] = False
    document: OnTheBoard = ""
    decision_number: Annotated[
        str, Word("The number that its sheet bears already, as 12.4 (default: the next).", "NUMBER")
    ] = ""


Reasons = Callable[[DecisionIssued, Preview], str]
"""Asks for the reasons of a decision, with what it would change before whoever writes them."""


def issue(desk: Desk, draft: Draft, shared: Shared, reasons: Reasons | None = None) -> Outcome:
    """Try the decision, let the reasons be written, and issue it with what was seen.

    Raises:
        Usage: no reasons are given, or what was said does not fit together.
        Refused: a rule said no.
    """
    said = _said(desk, draft, shared)
    would = desk.preview(said)
    why = desk.signature.reason
    if not why and not desk.signature.dry_run:
        why = reasons(said, would) if reasons else ""
        if not why:
            raise Usage("A decision needs its reasons.", hint="Give them with --reason.")
    said = msgspec.structs.replace(said, reason=why, seen=desk.seen(would))
    number = said.decision if shared.decision_number else None
    return desk.carry_out(lambda: IssueDecision(said, judge, number))


def _said(desk: Desk, draft: Draft, shared: Shared) -> DecisionIssued:
    series = shared.series or SERIES.get(desk.signature.role)
    if series is None:
        raise Usage(
            f"Whose decision it is does not follow from the office {desk.signature.role}.",
            hint="Act as clerk-of-the-course or stewards, or name --series.",
        )
    effects = suspending(desk, draft.effects, draft.on_condition, shared.suspended, shared.until)
    words = f"{'' if draft.on_condition else ','} suspended: {shared.suspended}"
    at = draft.fact_at if desk.signature.at is None else None
    return desk.make(
        DecisionIssued,
        **({"fact_at": parse_instant(at)} if at else {}),
        series=series,
        decision=_number(shared.decision_number),
        number=draft.number,
        stage=draft.stage,
        decided_at=desk.instant(shared.decided_at) or desk.now(),
        sender=shared.sender or _SENDERS[series],
        addressee=shared.addressee,
        competitor=shared.competitor or desk.team(draft.number),
        fact=shared.fact or draft.fact,
        infringement=shared.infringement or draft.infringement,
        ruling=shared.ruling or f"{draft.ruling}{words if shared.suspended else ''}",
        signed_by=tuple(shared.signed_by) or (desk.signature.by,),
        effects=effects,
        appealable=not shared.no_appeal,
        immediate=shared.immediate,
        supersedes=desk.decision(shared.supersedes).id if shared.supersedes else "",
        supersedes_from=shared.supersedes_from,
        matter=tuple(record_named(desk.log, each).id for each in shared.matter),
        evidence=tuple(
            dict.fromkeys(
                (*draft.evidence, *(record_named(desk.log, each).id for each in shared.evidence))
            )
        ),
        document=shared.document,
    )


def suspending(
    desk: Desk,
    effects: tuple[Effect, ...],
    on_condition: tuple[Effect, ...],
    condition: str,
    until: str | None,
) -> tuple[Effect, ...]:
    """The effects of a decision, suspended on a condition: what is to be, else all of them.

    Raises:
        Usage: there is no condition for what is suspended.
    """
    until_at = desk.instant(until)
    if not condition:
        for given, said in ((until_at, "--until"), (on_condition, "What is suspended in part")):
            if given:
                raise Usage(f"{said} needs a condition.", hint="Give --suspended CONDITION.")
        return effects
    firm, rest = (effects, on_condition) if on_condition else ((), effects)
    return *firm, *(
        msgspec.structs.replace(each, condition=condition, until_at=until_at) for each in rest
    )


def _number(text: str) -> int | str:
    """A number as it is typed; without one the act gives the next."""
    given = text.strip()
    plain = given.isascii() and given.isdecimal() and len(given) < 20
    return int(given) if plain else given or 1


# -- the usual decisions ---------------------------------------------------------------------------

Amount = Annotated[str, Word("How much time.", "TIME", subject=True)]
Categories = Annotated[tuple[str, ...], Word("Only this category. Repeatable.", name="category")]


def credit(
    _desk: Desk,
    number: Number,
    amount: Amount,
    stage: AboutStage = "",
    helped: Annotated[str, Word("The crew that it stopped to help.", "NUMBER")] = "",
) -> Draft:
    """Time given back on a stage: a crew stopped to help, or was held up by the rally."""
    amount_ms = parse_duration(amount)
    fields: dict[str, Any] = {"amount_ms": amount_ms, "kind": "assistance" if helped else "delay"}
    if helped:
        fields["helped"] = helped
    effect = Effect("TimeCreditGranted", fields)
    return Draft(number, stage, f"{format_duration(amount_ms)} given back", (effect,))


def reposition(
    _desk: Desk,
    number: Number,
    place: Annotated[int, Word("Its place.", least=1, subject=True)],
    stage: Annotated[str, Word("The stage that it starts.", "STAGE", of="stage")],
) -> Draft:
    """Another place in the start order of a stage."""
    said = f"starts {stage} as number {place}"
    return Draft(number, stage, said, (Effect("CrewRepositioned", {"place": place}),))


def cancel_stage(_desk: Desk, stage: Stage, categories: Categories = ()) -> Draft:
    """The cancellation of a stage, for all or for some categories."""
    return _on_a_stage(stage, "is cancelled", "StageCancelled", categories)


def reinstate_stage(_desk: Desk, stage: Stage, categories: Categories = ()) -> Draft:
    """The revocation of a cancellation, shortening or stop."""
    return _on_a_stage(stage, "counts again", "StageReinstated", categories)


def _on_a_stage(stage: str, what: str, act: str, categories: tuple[str, ...]) -> Draft:
    """An act on a stage, for all or for some categories."""
    fields: dict[str, Any] = {"categories": categories} if categories else {}
    return Draft("", stage, f"{stage} {what}{among(categories)}", (Effect(act, fields),))


def withdraw(desk: Desk, record: ARecord) -> Draft:
    """Take back a penalty or a time credit that was recorded alone."""
    found = record_named(desk.log, record)
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


def no_action(_desk: Desk, number: Number = "", stage: AboutStage = "") -> Draft:
    """No further action; also that an earlier decision remains as it is."""
    return Draft(number, stage, "no further action", ())


def other(
    desk: Desk,
    effects: Annotated[tuple[str, ...], Word("What it does.", "EFFECT...", subject=True)],
    number: Annotated[str, Word("The crew it is about.", "NUMBER", of="number")] = "",
    stage: AboutStage = "",
    on_condition: OnCondition = (),
) -> Draft:
    """Any other decision, effect by effect: an act of `rally types` and its fields."""
    firm, rest = typed_effects(desk, effects), typed_effects(desk, on_condition)
    return Draft(number, stage, "; ".join((*effects, *on_condition)), firm, on_condition=rest)


def typed_effects(desk: Desk, several: Iterable[str]) -> tuple[Effect, ...]:
    """What was typed: an act of `rally types` and its fields, each."""
    return tuple(parse_effect(each, desk.log) for each in several)
