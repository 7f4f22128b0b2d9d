"""Decisions: the usual ones as templates, what all of them take, and how one is issued."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any, Literal, NamedTuple

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
from cli.office.proposing import AProposal, WhichResult, amount_of, open_proposal, penalty_of
from ledger.commands.desk import IssueDecision
from ledger.errors import Usage
from ledger.times import format_duration, parse_duration, parse_instant
from ledger.vocabulary import DecisionIssued, Effect
from ledger.vocabulary.base import Ranking, among
from ledger.vocabulary.championship import PointsTable
from ledger.vocabulary.direction import AppliesTo
from ledger.vocabulary.judicial import Series
from projections.comparing.preview import Preview
from projections.desk.judging import judge
from projections.desk.licences import in_words

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
OnlyIn = Annotated[
    tuple[Ranking, ...], Word("Only in classifications of this kind. Repeatable.", "KIND")
]
Categories = Annotated[tuple[str, ...], Word("Only this category. Repeatable.", name="category")]


def _only(kinds: tuple[Ranking, ...]) -> str:
    """In classifications of which kinds alone it counts, in words."""
    return f", only by {' and '.join(kinds)}" if kinds else ""


def penalty(
    _desk: Desk,
    number: Number,
    amount: Amount,
    stage: AboutStage = "",
    applies_to: Annotated[AppliesTo, Word("Which result carries it.")] = "stage",
    not_in_start_order: Annotated[bool, Word("It does not move the next start order.")] = False,
    point: Annotated[str, Word("The point or zone it is for.", "POINT")] = "",
    only_in: OnlyIn = (),
) -> Draft:
    """A time penalty: on a stage, in the overall alone, or of the road."""
    amount_ms = parse_duration(amount)
    fields: dict[str, Any] = {"amount_ms": amount_ms, "applies_to": applies_to}
    if not_in_start_order:
        fields["in_start_order"] = False
    if point:
        fields["point"] = point
    if only_in:
        fields["only_in"] = tuple(only_in)
    where = {"overall": " in the overall alone", "road": " on the road"}.get(applies_to, "")
    said = f"time penalty of {format_duration(amount_ms)}{where}{_only(only_in)}"
    return Draft(number, stage, said, (Effect("PenaltyGiven", fields),))


def proposal(
    desk: Desk,
    proposal: AProposal,
    amount: Annotated[Text, Word("Another amount than is proposed.", "TIME")] = None,
    applies_to: WhichResult = None,
) -> Draft:
    """What a tariff proposes, or another amount, as a decision that rests on the facts."""
    about = open_proposal(desk, proposal)
    amount_ms = amount_of(about, amount)
    fields = penalty_of(about, amount_ms, applies_to)
    for each in ("number", "stage", "evidence"):  # those of the decision
        fields.pop(each, None)
    said = f"time penalty of {format_duration(amount_ms)}"
    effect = Effect("PenaltyGiven", fields)
    found = about.words.removesuffix(".")
    return Draft(
        about.number,
        about.stage,
        said,
        (effect,),
        found,
        about.article,
        about.rests_on,
        about.fact_at,
    )


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


def disqualify(
    _desk: Desk,
    number: Number,
    since: Annotated[
        str,
        Word("From which stage on (default: the whole rally).", "STAGE", name="from", of="stage"),
    ] = "",
) -> Draft:
    """Disqualification, from a stage on or from the whole rally."""
    said = f"disqualification from {since} on" if since else "disqualification from the rally"
    return Draft(number, since, said, (Effect("CrewDisqualified", {}),))


def reprimand(_desk: Desk, number: Number, stage: AboutStage = "") -> Draft:
    """A reprimand."""
    return Draft(number, stage, "reprimand", (Effect("Reprimand", {}),))


def fine(
    desk: Desk,
    number: Number,
    amount: Annotated[int, Word("How much.", least=1, subject=True)],
    currency: Annotated[str, Word("In which currency.", subject=True)],
    stage: AboutStage = "",
    suspended_part: Annotated[
        int | None, Word("How much of it --suspended suspends (default: all).", "AMOUNT", least=1)
    ] = None,
    pay_by: Annotated[Text, Word("By when what is owed has to be paid.", "TIME")] = None,
) -> Draft:
    """A fine, or one of which a part is suspended on condition."""
    part = suspended_part or 0
    if part >= amount:
        raise Usage(
            f"{part} of {amount} {currency} is no part.",
            hint="Leave out --suspended-part: --suspended CONDITION suspends all of it.",
        )
    by = desk.instant(pay_by)
    owed: dict[str, Any] = {"amount": amount - part, "currency": currency}
    if by is not None:
        owed["pay_by_at"] = (by.ms, by.offset)
    said = f"fine of {amount} {currency}"
    when = f" to be paid by {by.spelled()}" if by else ""
    if not part:
        return Draft(number, stage, f"{said}{when and ','}{when}", (Effect("Fine", owed),))
    rest = Effect("Fine", {"amount": part, "currency": currency})
    said += f": {amount - part} {currency}{when or ' to be paid'}, {part} {currency}"
    return Draft(number, stage, said, (Effect("Fine", owed),), on_condition=(rest,))


def licence(
    desk: Desk,
    number: Number,
    what: Annotated[
        Literal["suspended", "withdrawn", "referred"],
        Word("What is done to it; whether it is, is referred to who issued it.", subject=True),
    ],
    whose: Annotated[
        Literal["driver", "co-driver", "competitor"], Word("Whose licence it is.")
    ] = "driver",
    named: Annotated[str, Word("The name (default: as it stands in the entry).", "NAME")] = "",
    runs_from: Annotated[Text, Word("From when on (default: the decision).", "TIME")] = None,
    runs_until: Annotated[Text, Word("Until when (default: without an end).", "TIME")] = None,
    stage: AboutStage = "",
) -> Draft:
    """A licence suspended or withdrawn, or referred to the authority that issued it."""
    since, until = desk.instant(runs_from), desk.instant(runs_until)
    if since and until and until.ms <= since.ms:
        raise Usage("It ends before it begins.", hint="Correct --runs-from or --runs-until.")
    fields: dict[str, Any] = {"what": what, "whose": whose}
    fields["name"] = named or _holder(desk, number, whose)
    for name, at in (("from_at", since), ("to_at", until)):
        if at is not None:
            fields[name] = (at.ms, at.offset)
    effect = Effect("Licence", fields)
    said = in_words(effect)
    return Draft(number, stage, f"{said[0].lower()}{said[1:]}", (effect,))


def _holder(desk: Desk, number: str, whose: str) -> str:
    """Whose licence is meant, by the entry of the crew; of several co-drivers one is named."""
    crew = desk.facts.crews.get(number)
    if crew is None:
        return ""
    names = {"driver": (crew.value.driver,), "competitor": (crew.value.team,)}
    known = [each for each in names.get(whose, crew.value.codrivers) if each]
    if len(known) != 1:
        raise Usage(f"Which {whose} of crew {number} is meant is not said.", hint="Give --named.")
    return known[0]


def relegate(
    _desk: Desk,
    number: Number,
    places: Annotated[
        int | None, Word("How many places back (default: to the last).", least=1, subject=True)
    ] = None,
    stage: AboutStage = "",
    applies_to: Annotated[
        Literal["overall", "stage"], Word("Which classification: from a stage on, or of it.")
    ] = "overall",
    only_in: OnlyIn = (),
) -> Draft:
    """The last place of a classification, or some places back; the crew keeps its time."""
    fields: dict[str, Any] = {} if places is None else {"places": places}
    if applies_to != "overall":
        fields["applies_to"] = applies_to
    if only_in:
        fields["only_in"] = tuple(only_in)
    back = "goes to the last place" if places is None else f"goes {places} places back"
    back = "goes 1 place back" if places == 1 else back
    where = f"the result of {stage}" if applies_to == "stage" else "the overall"
    effect = Effect("CrewRelegated", fields)
    return Draft(number, stage, f"{back} in {where}{_only(only_in)}", (effect,))


def reclassify(
    _desk: Desk,
    number: Number,
    since: Annotated[
        str,
        Word("From which stage on (default: as if entered so).", "STAGE", name="from", of="stage"),
    ] = "",
    category: Annotated[str, Word("To this category.", of="category")] = "",
    group: Annotated[str, Word("To this group.", of="group")] = "",
    crew_class: Annotated[str, Word("To this class.", name="class", of="class")] = "",
) -> Draft:
    """Another category, group or class, from a stage on: what was before stays as it was."""
    named = {"category": category, "group": group, "class": crew_class}
    fields: dict[str, Any] = {name: to for name, to in named.items() if to}
    if not fields:
        raise Usage("Where the crew is moved to is not said.", hint="Give --class, for example.")
    to = ", ".join(f"{name} {to}" for name, to in fields.items())
    said = f"is moved to {to}{f' from {since} on' if since else ''}"
    return Draft(number, since, said, (Effect("CrewReclassified", fields),))


def put_back_start(
    _desk: Desk,
    number: Number,
    amount: Amount,
    stage: Annotated[str, Word("Behind which stage; it bears on the next.", "STAGE", of="stage")],
) -> Draft:
    """A later start of the next stage, into the order where that puts it."""
    by_ms = parse_duration(amount)
    said = f"starts the stage after {stage} {format_duration(by_ms)} later"
    return Draft(number, stage, said, (Effect("StartPutBack", {"by_ms": by_ms}),))


def dock_points(
    _desk: Desk,
    number: Number,
    table: Annotated[PointsTable, Word("In which table.", subject=True)],
    points: Annotated[
        int | None, Word("How many (default: all of the rally).", least=1, subject=True)
    ] = None,
    championship: Annotated[str, Word("Of which championship, where there are several.")] = "",
    stage: AboutStage = "",
) -> Draft:
    """Points of a championship taken away, from one of its tables."""
    fields: dict[str, Any] = {"table": table}
    if points is not None:
        fields["points"] = points
    if championship:
        fields["championship"] = championship
    many = "all points of the rally" if points is None else f"{points} point{'s' * (points != 1)}"
    of = f" of {championship}" if championship else ""
    said = f"loses {many} in the table of {table}{of}"
    return Draft(number, stage, said, (Effect("PointsDocked", fields),))


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
