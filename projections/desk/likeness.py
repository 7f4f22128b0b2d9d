"""Equal treatment: what was given for the like of a matter, and what was not, in several rallies.

Like is what cites the same article, what rests on the same kind of fact, what the same tariff
prices, or what is told in the same words where one of both names no record. It is a near miss where
it cites another article of the chapter, or where it was on another kind of stage or in another
category.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from projections.desk.precedents import Article, Precedent

SAME, NEAR, OTHER, SILENT = "same", "near", "other", "silent"
KIND = "kind of fact"


class Sought(msgspec.Struct, frozen=True):
    """What is asked for: the keys of a decision, or of one that is only drafted.

    A key that is empty is not asked for.
    """

    articles: tuple[Article, ...] = ()
    facts: tuple[str, ...] = ()
    tariffs: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    stage_kind: str = ""
    category: str = ""
    acts: tuple[str, ...] = ()


class Held(NamedTuple):
    """A precedent of a rally; `rally` is its code, with what holds it where that is no ledger."""

    rally: str
    precedent: Precedent


class Like(msgspec.Struct, frozen=True):
    """A precedent, by which keys it is like, and by which it is not."""

    rally: str
    precedent: Precedent
    by: tuple[str, ...]
    differs: tuple[str, ...]


class Amounts(msgspec.Struct, frozen=True):
    """What was given for the like, of one kind and with one outcome: from the least to the most.

    The median of an even number is the mean of both in the middle, rounded down.
    """

    act: str
    unit: str
    outcome: str
    count: int
    least: int
    median: int
    most: int
    amounts: tuple[int, ...]


class Alike(msgspec.Struct, frozen=True):
    """What is alike, each in the order in which it was decided or happened.

    `given` and `unpunished` match; `near` misses by one key. All that was searched is one of these
    or among the `others`; what belongs to the `own_case` is no precedent and was not searched.
    """

    given: tuple[Like, ...]
    unpunished: tuple[Like, ...]
    near: tuple[Like, ...]
    amounts: tuple[Amounts, ...]
    searched: int
    others: int
    own_case: int

    @property
    def matched(self) -> int:
        """How many match."""
        return len(self.given) + len(self.unpunished)


def sought_by(precedent: Precedent) -> Sought:
    """The keys of a decision that is on record."""
    return Sought(
        precedent.articles,
        precedent.facts,
        precedent.tariffs,
        precedent.about,
        precedent.stage_kind,
        precedent.category,
        tuple(dict.fromkeys(each.act for each in precedent.given)),
    )


def alike(sought: Sought, held: Iterable[Held], own: Precedent | None = None) -> Alike:
    """What is like it among these; `own` is the decision that asks, whose case is left aside.

    The same record in several places is one.
    """
    every = {each.precedent.id: each for each in sorted(held, key=_order, reverse=True)}
    asked = sorted(every.values(), key=_order)
    searched = [e for e in asked if own is None or e.precedent.case != own.case]
    told = [(each, *_compared(sought, each)) for each in searched]
    matched = [like for _, verdict, like in told if verdict == SAME]
    given = tuple(each for each in matched if not each.precedent.is_unpunished)
    near = tuple(like for _, verdict, like in told if verdict == NEAR)
    return Alike(
        given,
        tuple(each for each in matched if each.precedent.is_unpunished),
        near,
        tuple(_amounts(given)),
        len(searched),
        len(searched) - len(matched) - len(near),
        len(asked) - len(searched),
    )


def _order(held: Held) -> tuple[str, str, str]:
    return held.precedent.at or "", held.rally, held.precedent.id


# -- keys ------------------------------------------------------------------------------------------


class _Key(NamedTuple):
    """How two matters compare by one key, and what the other one says there."""

    name: str
    verdict: str
    says: str


def _compared(sought: Sought, held: Held) -> tuple[str, Like]:
    other = held.precedent
    article, fact = _article(sought, other.articles), _fact(sought, other)
    tariff = _several("tariff", sought.tariffs, other.tariffs)
    setting = [
        _one("kind of stage", sought.stage_kind, other.stage_kind),
        _one("category", sought.category, other.category),
    ]
    acts = _several("sanction", sought.acts, [each.act for each in other.given])
    keys = (article, fact, tariff, *setting, acts)
    like = Like(
        held.rally,
        other,
        tuple(f"{each.name} {each.says}" for each in keys if each.verdict == SAME),
        tuple(f"{each.name} {each.says}" for each in keys if each.verdict in (NEAR, OTHER)),
    )
    misses = sum(each.verdict == OTHER for each in setting)
    if SAME in (article.verdict, fact.verdict, tariff.verdict):
        return NEAR if misses else SAME, like
    # Words that differ say little: one infringement is told in as many ways as there are panels.
    otherwise = misses or (fact.name == KIND and fact.verdict == OTHER)
    return NEAR if article.verdict == NEAR and not otherwise else OTHER, like


def _article(sought: Sought, articles: Sequence[Article]) -> _Key:
    def cited(among: Iterable[Article]) -> str:
        return ", ".join(map(str, among))

    for verdict, same in ((SAME, Article.same), (NEAR, Article.near)):
        found = [each for each in articles if any(same(each, one) for one in sought.articles)]
        if found:
            more = " of the same chapter" if verdict == NEAR else ""
            return _Key("article", verdict, f"{cited(found)}{more}")
    return _Key("article", OTHER if sought.articles and articles else SILENT, cited(articles))


def _fact(sought: Sought, other: Precedent) -> _Key:
    if sought.facts and other.facts:
        return _several(KIND, sought.facts, other.facts)
    shared = sorted({*sought.about} & {*other.about})
    fewest = min(len(sought.about), len(other.about))
    if not fewest:
        return _Key("words", SILENT, "")
    same = 2 * len(shared) >= fewest
    says = ", ".join(f"{each}…" for each in (shared if same else other.about))
    return _Key("words", SAME if same else OTHER, says)


def _several(name: str, sought: Sequence[str], other: Sequence[str]) -> _Key:
    shared = [each for each in dict.fromkeys(other) if each in sought]
    if shared:
        return _Key(name, SAME, ", ".join(shared))
    says = ", ".join(dict.fromkeys(other))
    return _Key(name, OTHER if sought and other else SILENT, says)


def _one(name: str, sought: str, other: str) -> _Key:
    return _several(name, [sought] if sought else [], [other] if other else [])


# -- amounts ---------------------------------------------------------------------------------------


def _amounts(given: Sequence[Like]) -> Iterator[Amounts]:
    """What was given, act by act, each outcome by itself."""
    found: Mapping[tuple[str, str, str], list[int]] = defaultdict(list)
    for like in given:
        for each in like.precedent.given:
            if each.amount is not None:
                found[each.act, each.unit, each.status].append(each.amount)
    for (act, unit, outcome), several in sorted(found.items()):
        amounts, middle = sorted(several), len(several) // 2
        median = amounts[middle] if len(amounts) % 2 else sum(amounts[middle - 1 : middle + 1]) // 2
        yield Amounts(
            act, unit, outcome, len(amounts), amounts[0], median, amounts[-1], tuple(amounts)
        )
