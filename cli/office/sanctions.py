"""Sanctions as drafts of a decision: what each is called, and what it does."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from cli.office.asking import AboutStage, Number, Text, Word
from cli.office.desk import Desk
from cli.office.drafting import Amount, Draft
from cli.office.proposing import AProposal, WhichResult, amount_of, open_proposal, penalty_of
from ledger.errors import Usage
from ledger.times import format_duration, parse_duration
from ledger.vocabulary import Effect
from ledger.vocabulary.base import Ranking
from ledger.vocabulary.championship import PointsTable
from ledger.vocabulary.direction import AppliesTo
from projections.desk.licences import in_words

OnlyIn = Annotated[
    tuple[Ranking, ...], Word("Only in classifications of this kind. Repeatable.", "KIND")
]


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
    """The last place of a classification, or some places back; the crew keeps its time.

    The overall after a stage carries it from --stage on; without one, that of everything alone.
    """
    fields: dict[str, Any] = {} if places is None else {"places": places}
    if applies_to != "overall":
        fields["applies_to"] = applies_to
    if only_in:
        fields["only_in"] = tuple(only_in)
    back = "goes to the last place" if places is None else f"goes {places} places back"
    back = "goes 1 place back" if places == 1 else back
    where = f"the overall from {stage} on" if stage else "the overall of everything alone"
    where = f"the result of {stage}" if applies_to == "stage" else where
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
