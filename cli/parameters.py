"""GROUP.PARAMETER=VALUE: how an official types a rule into a bulletin or into regulations.

An article is typed as a text behind its page: `article.12.3="p. 4: The crew presents the card."`
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from ledger.errors import Usage, told_as
from ledger.lists import BETWEEN, codes
from ledger.times import parse_duration
from ledger.vocabulary import BulletinIssued, Occurrence, RegulationsAdopted
from ledger.vocabulary.rally import Article, ParameterValue
from projections.rules.parameter import Parameter
from projections.rules.rulebook import SCHEMA, checked
from projections.rules.templates import template


def parse_rules(
    kind: type[Occurrence], words: Sequence[str], reason: str, day: date
) -> tuple[dict[str, Any], list[str]]:
    """What the words say of rules, as fields of an adoption or a bulletin; and the other words.

    An adoption takes over the rulebook that it names, which may be a file, as it holds on the day,
    except for what it says itself. Times may be written as 0:02:00, lists with ";" between.

    Raises:
        Usage: a value that the parameter can't have. NotFound, Unreadable: no such rulebook.
    """
    if kind not in (RegulationsAdopted, BulletinIssued):
        return {}, list(words)
    said: dict[str, str] = {}
    worded: dict[str, Article] = {}
    rest = []
    for word in words:
        name, _, text = word.partition("=")
        if name.startswith(_ARTICLE):
            article = _article(name.removeprefix(_ARTICLE), text)
            if article.article in worded:
                raise Usage(f"{name} is given twice.", hint="Give each article once.")
            worded[article.article] = article
        elif name not in SCHEMA and name not in _NAMES:
            _must_be_no_parameter(name)
            rest.append(word)
        elif name in said:
            raise Usage(f"{name} is given twice.", hint="Give each parameter once.")
        else:
            said[name] = text
    title = said.get("bulletin", said.get("rulebook", ""))
    changed = {name: _parsed(title, name, text) for name, text in said.items() if name in SCHEMA}
    source = dict.fromkeys(changed, reason or _SOURCES[kind].format(title))
    if kind is BulletinIssued:
        named = {"bulletin": title} if title else {}
        texts = {"articles": tuple(worded.values())} if worded else {}
        return {**named, "parameters": changed, "provenance": source, **texts}, rest
    adopted = template(title).adopted(day)
    texts = {each.article: each for each in adopted.get("articles", ())} | worded
    return adopted | ({"articles": tuple(texts.values())} if texts else {}) | {
        "parameters": {**adopted["parameters"], **changed},
        "provenance": {**adopted["provenance"], **source},
    }, rest


_NAMES = ("bulletin", "rulebook")
_ARTICLE = "article."
_PAGED = re.compile(r"p\. ?(?P<page>[\w–-]+): *(?P<text>.*)", re.DOTALL)


def _article(name: str, said: str) -> Article:
    """An article as it is typed: its text, behind the page on which it stands."""
    if not name or not said.strip():
        raise Usage(
            f"The article {name or '(without a number)'} has no text.",
            hint='Write article.12.3="p. 4: …": the page, and how it reads now.',
        )
    found = _PAGED.fullmatch(said.strip())
    if found is None:
        return Article(name, said.strip())
    return Article(name, found["text"], found["page"])


_SOURCES = {BulletinIssued: "Bulletin {}", RegulationsAdopted: "Adopted so with {}"}


def _must_be_no_parameter(name: str) -> None:
    """Refuse a parameter that there is not: no field has a dot in its name."""
    if "." in name:
        near = difflib.get_close_matches(name, SCHEMA, n=1)
        raise Usage(
            f"There is no parameter {name}.",
            hint=f"Did you mean {near[0]}?" if near else "`rally rulebook show` lists them.",
        )


def _parsed(rulebook: str, name: str, text: str) -> ParameterValue:
    with told_as(Usage):
        return checked(rulebook, name, _value(SCHEMA[name], text))


def _value(parameter: Parameter, text: str) -> Any:
    """A text as the kind of value that is wanted; as it is where it can't be that."""
    if parameter.kind is tuple:
        if parameter.reads is not None:  # a line that is worded may hold commas
            return [part for each in text.split(BETWEEN) if (part := each.strip())]
        return [_whole(part) if parameter.of is int else part for part in codes(text)]
    if parameter.kind is bool:
        return {"yes": True, "true": True, "no": False, "false": False}.get(text.casefold(), text)
    return _whole(text) if parameter.kind is int else text


def _whole(text: str) -> int | str:
    if ":" in text:
        return parse_duration(text)
    return int(text) if text.isdecimal() and len(text) < 16 else text
