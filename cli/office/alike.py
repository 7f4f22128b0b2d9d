"""Equal treatment: what was given before for the like of a decision, or of a draft of one."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import msgspec

from cli.office.answer import Answer
from cli.office.asking import Text, Word
from cli.office.basis import BESIDE
from cli.office.forms import plain
from cli.office.naming import record_named
from cli.office.view import View
from ledger.errors import NotFound, Unreadable, Usage
from ledger.files import LARGEST, bytes_of, why
from ledger.times import spelled
from ledger.vocabulary import TYPES
from projections.desk.incidents import KINDS
from projections.desk.infringements import TARIFFS
from projections.desk.likeness import Alike, Amounts, Held, Like, Sought, alike, sought_by
from projections.desk.precedents import (
    Precedent,
    articles_in,
    fact_called,
    precedents,
    registered,
    words_in,
)

COLUMNS = (
    *("list", "rally", "record", "number", "driver", "category", "stage", "at", "what", "given"),
    *("outcome", "by", "differs"),
)


class Draft(NamedTuple):
    """A decision that is not taken yet: what it would be about."""

    article: Annotated[Text, Word("The article that was broken, such as 48.3.", "ARTICLE")] = None
    fact: Annotated[
        Text, Word("The kind of fact, such as WaypointMissed or stop-to-assist.", "KIND")
    ] = None
    tariff: Annotated[Text, Word("The tariff by which it is priced.", choices=(*TARIFFS,))] = None
    words: Annotated[Text, Word("The infringement in words, such as 'phone'.", "TEXT")] = None
    category: Annotated[Text, Word("The category.", "CATEGORY", of="category")] = None
    stage: Annotated[Text, Word("The stage, for its kind.", "STAGE", of="stage")] = None


NO_DRAFT = Draft()


class Place(msgspec.Struct, frozen=True):
    """Where was searched: a rally up to a position, in the ledger or in the file of a register."""

    rally: str
    up_to: int
    ledger: str
    root: str
    searched: int
    decisions: int
    file: str = ""


class Found(NamedTuple):
    """What was found: whose like it is, in which places, and what is alike."""

    asked: Mapping[str, Any]
    places: Sequence[Place]
    alike: Alike


def given_before(
    seen: View,
    decision: Annotated[
        Text, Word("The decision that asks.", "[DECISION]", of="DECISION", subject=True)
    ] = None,
    draft: Draft = NO_DRAFT,
    registers: Annotated[
        Path | None,
        Word(
            "Also in the registers in a folder: *.json, each what `rally decisions --json` gave.",
            "DIR",
            opens=True,
        ),
    ] = None,
) -> Answer[Found]:
    """What was given for the like in all rallies of the ledger, and what was not."""
    if (decision is None) is (draft == NO_DRAFT):
        raise Usage(
            "A decision is named, or what one would be about.",
            hint="`rally alike stewards-7`, or `rally alike --article 48.3 --fact WaypointMissed`.",
        )
    held, places = _searched(seen, registers)
    own = None if decision is None else _named(seen, held, decision)
    known = {fact for each in held for fact in each.precedent.facts}
    sought = _drafted(seen, draft, known) if own is None else sought_by(own)
    found = alike(sought, held, own)
    asked = {"decision": own.name} if own else draft._asdict()
    asked = {**{name: each for name, each in asked.items() if each}, "keys": _keys(sought)}
    told = Found(asked, places, found)
    title = f"Alike: {own.name}" if own else f"Alike: {', '.join(filter(None, draft))}"
    return Answer(seen, told, title, _document(told, seen), list(_rows(found)), COLUMNS)


# -- where is searched -----------------------------------------------------------------------------


def _searched(seen: View, registers: Path | None) -> tuple[list[Held], list[Place]]:
    held: list[Held] = []
    places = []
    for view in (seen, *seen.beside()):
        found = precedents(view.on_the_desk)
        log, at = view.log, view.position
        held += [Held(log.rally, each) for each in found]
        where = (log.rally, at, log.identity(), log.root_at(at))
        places.append(Place(*where, len(found), sum(bool(each.name) for each in found)))
    for file, told in _registers(registers):
        try:
            rows = registered(told.get("rows"))
            basis = told["basis"]
            where = tuple(basis[name] for name in ("rally", "position", "ledger", "root"))
            place = msgspec.convert((*where, len(rows), len(rows), file.name), _PLACE)
        except (msgspec.ValidationError, LookupError, TypeError, AttributeError) as error:
            raise Unreadable(
                f"{file} holds no register of decisions: {error}.",
                hint="Give the --json output of `rally decisions`.",
            ) from None
        held += [Held(place[0], each) for each in rows]
        places.append(Place(*place))
    return held, places


_PLACE = tuple[str, int, str, str, int, int, str]


def _registers(folder: Path | None) -> Iterator[tuple[Path, Any]]:
    """The registers of a folder, file by file.

    Raises:
        Unreadable: the folder, or one of its files.
    """
    if folder is None:
        return
    try:
        files = sorted(each for each in folder.iterdir() if each.suffix == ".json")
    except OSError as error:
        raise Unreadable(f"{folder} can't be read: {why(error)}.") from None
    if not files:
        raise Unreadable(
            f"{folder} holds no register.", hint="`rally decisions --json > FOLDER/RALLY.json`."
        )
    for file in files:
        try:
            yield file, json.loads(bytes_of(file, LARGEST))
        except OSError as error:
            raise Unreadable(f"{file} can't be read: {why(error)}.") from None
        except (ValueError, RecursionError):
            raise Unreadable(f"{file} is no JSON.") from None


def _named(seen: View, held: Iterable[Held], text: str) -> Precedent:
    """The decision that is meant.

    Raises:
        NotFound: there is none, or it is none that may be compared.
    """
    record = record_named(seen.log, text, seen.position)
    for rally, each in held:
        if rally == seen.log.rally and each.id == record.id:
            return each
    raise NotFound(
        f"#{record.position} is no decision that gives or refuses something.",
        hint="`rally decisions` lists them.",
    )


def _drafted(seen: View, draft: Draft, known: Collection[str]) -> Sought:
    """The keys of a draft; `known` are the kinds of fact that are on record."""
    stage = ""
    if draft.stage is not None:
        planned = seen.on_the_desk.facts.stages.get(draft.stage)
        if planned is None:
            raise NotFound(f"There is no stage {draft.stage}.")
        stage = planned.value.kind or "selective"
    fact = fact_called(draft.fact) if draft.fact else ""
    articles = articles_in(draft.article or "", alone=True)
    if draft.article and not articles:
        raise Usage(f"{draft.article} names no article.", hint="Such as 48.3, or `NCR 1.19`.")
    if fact and fact not in (*KINDS, *TYPES, *known):
        may_be = ", ".join((*KINDS, *sorted({*known} - {*KINDS, *TYPES})))
        raise Usage(f"{draft.fact} is no kind of fact.", hint=f"A type, or one of: {may_be}.")
    return Sought(
        articles,
        (fact,) if fact else (),
        (TARIFFS[draft.tariff],) if draft.tariff else (),
        words_in(draft.words or ""),
        stage,
        draft.category or "",
    )


# -- how it is told --------------------------------------------------------------------------------


def _keys(sought: Sought) -> dict[str, Any]:
    return {
        "articles": [str(each) for each in sought.articles],
        "facts": sought.facts,
        "tariffs": sought.tariffs,
        "words": sought.about,
        "stage_kind": sought.stage_kind,
        "category": sought.category,
    }


def _document(found: Found, seen: View) -> dict[str, Any]:
    told = found.alike
    return {
        "asked": found.asked,
        "counts": {
            "searched": told.searched,
            "matched": told.matched,
            "near": len(told.near),
            "others": told.others,
            "own_case": told.own_case,
        },
        "summary": summary(found),
        BESIDE: found.places,
        "amounts": [{**plain(each), "words": amounts_told(each)} for each in told.amounts],
        **{
            name: [_told(each, seen) for each in rows]
            for name, rows in (
                ("given", told.given),
                ("unpunished", told.unpunished),
                ("near", told.near),
            )
        },
    }


def _told(like: Like, seen: View) -> dict[str, Any]:
    """A precedent as it leaves; what is of this rally with its position, which leads to it."""
    each = like.precedent
    own = like.rally == seen.log.rally and each.position <= seen.position
    return {
        "rally": like.rally,
        "record": each.called,
        "number": each.number,
        "driver": each.driver,
        "crew": f"{each.number} {each.driver}".strip(),
        "category": each.category,
        "stage": each.stage,
        "at": each.at,
        "what": each.what,
        "given": plain(each.given),
        "outcome": each.outcome,
        "by": like.by,
        "differs": like.differs,
        "articles": [str(article) for article in each.articles],
        "facts": each.facts,
        "id": each.id,
        **({"position": each.position} if own else {}),
    }


def _rows(found: Alike) -> Iterator[dict[str, Any]]:
    for name, rows in (
        ("given", found.given),
        ("unpunished", found.unpunished),
        ("near", found.near),
    ):
        for like in rows:
            each = like.precedent
            yield {
                **{n: getattr(each, n) for n in ("number", "driver", "category", "stage", "at")},
                "list": name,
                "rally": like.rally,
                "record": each.called,
                "what": each.what,
                "given": [f"{one.words} ({one.status})" for one in each.given],
                "outcome": each.outcome,
                "by": like.by,
                "differs": like.differs,
            }


def summary(found: Found) -> list[str]:
    """By which keys was searched, and how many were found of how many, a line each."""
    keys = "; ".join(
        f"{name.replace('_', ' ')} {_as_sought(name, each)}"
        for name, each in found.asked["keys"].items()
        if each
    )
    told = found.alike
    misses = f"{len(told.near)} near {'miss' if len(told.near) == 1 else 'misses'}"
    own = f"; {told.own_case} of its own case left aside" if told.own_case else ""
    return [
        f"By {keys or 'nothing: it cites no article and rests on no fact'}.",
        f"Searched {told.searched}: {told.matched} alike, {misses}, {told.others} others{own}.",
    ]


def _as_sought(name: str, key: str | Sequence[str]) -> str:
    """What a key is; of words their beginnings, by which they are compared."""
    several = [key] if isinstance(key, str) else key
    return ", ".join(f"{each}…" if name == "words" else each for each in several)


def amounts_told(each: Amounts) -> str:
    """All amounts from the least to the most, and their median."""
    told = ", ".join(amount(each, value) for value in each.amounts)
    return f"{told}; median {amount(each, each.median)}"


def amount(each: Amounts, value: int) -> str:
    """An amount as people read it: a time, money, or so many of what it counts."""
    if each.unit == "ms":
        return spelled("amount_ms", value)
    return f"{value} {each.unit}".rstrip()
