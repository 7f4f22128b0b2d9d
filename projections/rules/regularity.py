"""What differences from an ideal time cost, as a rulebook words it, and which are left out.

A rule is one line that a clerk reads: "late 1 s per 1 s; early 2 s per 1 s; at most 60 s; missed
120 s; from the start". A point where penalties are told in points is a second.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from ledger.vocabulary import WaypointPlaced
from projections.rules.parameter import Parameter

if TYPE_CHECKING:
    from projections.rules.rulebook import Rulebook

PRICE, JOKERS = "regularity.price", "regularity.jokers"
JOKERS_OVER, UNFINISHED = "regularity.jokers_over", "regularity.unfinished"
EACH_SECTION, RALLY = "each-section", "rally"
MISSED, AS_ANY_STAGE = "points-missed", "as-any-stage"
FROM_START, FROM_BEFORE = "from the start", "from the point before"
_SECONDS = r"(\d{1,6}(?:\.\d)?) s"
_RATE = re.compile(rf"(late|early) {_SECONDS} per {_SECONDS}")
_AMOUNT = re.compile(rf"(free within|at most|missed) {_SECONDS}")
_HOUR_MS = 3_600_000


class Rate(NamedTuple):
    """What each whole unit of a difference costs, both in milliseconds."""

    cost_ms: int
    unit_ms: int


class Price(NamedTuple):
    """What differences cost, in milliseconds.

    Up to `free_ms` nothing; beyond it the whole difference counts. `most_ms` is the most that a
    point costs which was passed, None where nothing limits it. Differences are those of the times
    since the start, or since the last point that was passed before.
    """

    late: Rate
    early: Rate
    missed_ms: int
    from_before: bool
    free_ms: int = 0
    most_ms: int | None = None


class Ideal(NamedTuple):
    """A point at which crews are timed, and the ideal time to it from the start."""

    placed: WaypointPlaced
    ms: int


def read(text: str) -> Price:
    """The price that a rule words.

    Raises:
        ValueError: it is worded otherwise, or leaves out what is needed.
    """
    rates: dict[str, Rate] = {}
    amounts: dict[str, int] = {}
    froms = []
    for each in text.split("; "):
        if found := _RATE.fullmatch(each):
            if found[1] in rates:
                raise ValueError(f"{text!r} says twice what {found[1]} costs")
            rates[found[1]] = Rate(_ms(found[2]), _ms(found[3]))
        elif found := _AMOUNT.fullmatch(each):
            if found[1] in amounts:
                raise ValueError(f"{text!r} says {found[1]!r} twice")
            amounts[found[1]] = _ms(found[2])
        elif each in (FROM_START, FROM_BEFORE):
            froms.append(each)
        else:
            raise ValueError(f"{each!r} is no price of a difference")
    if rates.keys() != {"late", "early"} or "missed" not in amounts or len(froms) != 1:
        raise ValueError(f"{text!r} does not say what late, early and missed cost, and since when")
    if not all(each.unit_ms for each in rates.values()):
        raise ValueError(f"{text!r} counts in units of nothing")
    return Price(
        rates["late"],
        rates["early"],
        amounts["missed"],
        froms[0] == FROM_BEFORE,
        amounts.get("free within", 0),
        amounts.get("at most"),
    )


def cost(price: Price, difference_ms: int | None) -> int:
    """What a difference costs, late being positive; None is a point that was not passed."""
    if difference_ms is None:
        return price.missed_ms
    apart = abs(difference_ms)
    if apart <= price.free_ms:
        return 0
    rate = price.late if difference_ms > 0 else price.early
    costs = apart // rate.unit_ms * rate.cost_ms
    return costs if price.most_ms is None else min(costs, price.most_ms)


def differences(
    price: Price, ideals: Sequence[int], measured: Sequence[int | None]
) -> list[int | None]:
    """By how much a crew was late at each point, early being negative; None where it was not seen.

    Both in milliseconds since the start, in the order of the points.
    """
    found: list[int | None] = []
    before = 0
    for ideal, seen in zip(ideals, measured, strict=True):
        if seen is None:
            found.append(None)
            continue
        found.append(seen - ideal - before)
        before = seen - ideal if price.from_before else 0
    return found


def left_out(costs: Sequence[int], jokers: int) -> frozenset[int]:
    """The places of the dearest costs, as many as there are jokers; of equal ones the first."""
    dearest = sorted(range(len(costs)), key=lambda place: (-costs[place], place))
    return frozenset(place for place in dearest[:jokers] if costs[place])


def jokers_of(rules: Rulebook, over: str) -> int:
    """How many points are left out over each section, or over the rally; 0 where it is another."""
    if not rules.defines(JOKERS):
        return 0
    said = rules.text(JOKERS_OVER) if rules.defines(JOKERS_OVER) else EACH_SECTION
    return rules.number(JOKERS) if said == over else 0


def ideals(placed: Iterable[WaypointPlaced], begins_m: int) -> list[Ideal]:
    """The points at which crews are timed, in their order, each with its ideal time.

    Given those of a stage for one category, and where it begins (metres of the road book). Where
    neither an ideal time nor an average tells one, a point has none, and is left out.
    """
    ordered = sorted(placed, key=lambda each: (each.order, each.point))
    found = list[Ideal]()
    at_m: int | None = begins_m
    at_ms = Fraction(0)
    for number, each in enumerate(ordered):
        average = next((e.average_m_per_h for e in ordered[number:] if e.average_m_per_h), None)
        if each.ideal_ms is not None:
            at_m, at_ms = each.at_m, Fraction(each.ideal_ms)
        elif average and at_m is not None and each.at_m is not None and each.at_m >= at_m:
            at_ms += Fraction((each.at_m - at_m) * _HOUR_MS, average)
            at_m = each.at_m
        else:
            continue
        if each.is_timed:
            found.append(Ideal(each, int(at_ms + Fraction(1, 2))))
    return found


def _ms(seconds: str) -> int:
    whole, _, tenths = seconds.partition(".")
    return int(whole) * 1000 + int(tenths or 0) * 100


SCHEMA: dict[str, Parameter] = {
    PRICE: Parameter(
        str,
        "What differences from the ideal times of a regularity stage cost at each of its points, "
        "and from where they are counted. What is free costs nothing, and what is beyond it counts "
        "whole.",
        reads=read,
        example="late 1 s per 1 s; early 2 s per 1 s; at most 60 s; missed 120 s; from the start",
    ),
    JOKERS: Parameter(
        int,
        "How many points of a regularity stage are left out for each crew, the dearest; where "
        "nothing is said, none.",
    ),
    JOKERS_OVER: Parameter(
        str,
        "Over what so many points are left out: over each section by itself, or the dearest of all "
        "sections that a classification is over, which is then told in its totals alone. Where "
        "nothing is said, each section.",
        frozenset({EACH_SECTION, RALLY}),
    ),
    UNFINISHED: Parameter(
        str,
        "What a section costs a crew of which it is reported that it left it, once that is closed: "
        "what the points cost that it passed and missed, or what any stage does that was left "
        "out. Where nothing is said, as any stage. Who was only not seen has missed points.",
        frozenset({MISSED, AS_ANY_STAGE}),
    ),
}
