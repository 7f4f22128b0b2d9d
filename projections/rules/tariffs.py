"""What a fact costs, as a rulebook words it: line by line, the first that fits.

A line of a tariff says what it is for, what that costs and, where it does, by which article:

    WPN: 1:00:00 (art. 9.5)                        each waypoint of the kind that is missed
    WPM and WPE for moto: 0:15:00                  of a category
    any waypoint, evacuated: 2:00:00               for a crew that did not finish the stage
    any waypoint: 1st 0:20:00, 2nd 0:40:00, from the 3rd 1:00:00
    up to 20 km/h: 0:01:00 an impulse              over the limit of a speed zone
    above 40 km/h: 0:06:00 a zone                  the highest reading, once
    2nd zone in the rally: x 2                     on repeat
    from the 3rd zone in the rally: to the stewards
    engine: 1st free, from the 2nd 0:50:00         a component that was changed
    article 9.1.6: 10 % of the stage time          a report that names an article
    at most 4:00:00 a stage                        what all lines come to together

A tariff proposes; what counts is what an office gives.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple, get_args

from ledger.errors import Usage
from ledger.times import format_duration, parse_duration
from ledger.vocabulary.rally import StageKind
from projections.rules.parameter import Parameter

WAYPOINTS, SPEED = "tariffs.waypoints", "tariffs.speed"
COMPONENTS, REPORTS = "tariffs.components", "tariffs.reports"
COEFFICIENTS = "overall.coefficients"
ANY, EVACUATED = "any waypoint", "evacuated"
STAGE, ZONE, RALLY = "stage", "zone", "rally"
IMPULSE = "impulse"

_ORDINAL = r"([1-9]\d?)(?:st|nd|rd|th)"
_CODE = r"[^\s:,;()]+"
_PRICE = r"(?:free|to the stewards|\d{1,3}:\d\d:\d\d|[1-9]\d{0,2} % of the stage time)"
_LINE = re.compile(
    rf"(?P<what>.+?)(?: for (?P<whom>{_CODE}(?: and {_CODE})*))?: (?P<cost>.+?)"
    r"(?: \((?P<article>[^()]{1,80})\))?"
)
_STEPS = re.compile(rf"(?:from the )?{_ORDINAL} ({_PRICE})")
_COUNTED = re.compile(rf"(?P<prices>{_PRICE}|.*?\d(?:st|nd|rd|th) .*?)(?: in the (?P<in>rally))?")
_BAND = re.compile(r"(?P<side>up to|above) (?P<kmh>\d{1,3}) km/h")
_EACH = re.compile(rf"({_PRICE}) an? ({IMPULSE}|{ZONE})")
_REPEAT = re.compile(rf"(?P<since>from the )?{_ORDINAL} zone (?:on the (stage)|in the (rally))")
_TIMES = re.compile(r"x ([1-9]\d?)|to the stewards")
_MOST = re.compile(rf"at most (\d{{1,3}}:\d\d:\d\d) (?:an? ({STAGE}|{ZONE})|in the ({RALLY}))")
_KINDS = re.compile(rf"{_CODE}(?: and {_CODE})*")
_KINDS_OF_STAGES = "|".join(each for each in get_args(StageKind) if each)
_TIMES_COUNTED = re.compile(
    rf"({_KINDS_OF_STAGES}) x ([1-9]\d?)(?: for ({_CODE}(?: and {_CODE})*))?"
)
_ARTICLE = re.compile(r"article (\S.*)")


class Price(NamedTuple):
    """What something costs: a time, a part of the stage time, or what the stewards say."""

    ms: int = 0
    percent: int = 0
    to_stewards: bool = False

    def words(self) -> str:
        """As it stands in a line."""
        if self.to_stewards:
            return "to the stewards"
        if self.percent:
            return f"{self.percent} % of the stage time"
        return format_duration(self.ms) if self.ms else "free"


class Step(NamedTuple):
    """What it costs from the n-th time on, until another step says otherwise."""

    since: int
    price: Price


class Line(NamedTuple):
    """A line: what it is for, for which categories (none is all), what that costs, by what.

    `what` are the kinds, components or the article that are meant, none is any. `above_kmh` and
    `to_kmh` bound the excess of a reading, `each` says whether it is priced by impulse or by zone.
    The n-th is counted within `counted_in`: the stage, or the rally.
    """

    text: str
    what: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    steps: tuple[Step, ...] = ()
    article: str = ""
    evacuated: bool = False
    above_kmh: int | None = None
    to_kmh: int | None = None
    each: str = ""
    counted_in: str = STAGE

    def is_for(self, category: str) -> bool:
        """Whether it is for crews of a category."""
        return not self.categories or category in self.categories

    def names(self, what: str) -> bool:
        """Whether it is for a kind, a component or an article, however it is spelt."""
        return not self.what or what.casefold() in self.what

    def takes(self, excess_kmh: int) -> bool:
        """Whether a reading so far above the limit is in its band."""
        return (self.to_kmh is None or excess_kmh <= self.to_kmh) and (
            self.above_kmh is None or excess_kmh > self.above_kmh
        )

    def price(self, count: int) -> Price | None:
        """What the n-th costs; None where the line says nothing of it."""
        return next((each.price for each in reversed(self.steps) if each.since <= count), None)

    @property
    def is_counted(self) -> bool:
        """Whether it matters how many there were."""
        return len(self.steps) > 1 or any(each.since > 1 for each in self.steps)


class Repeat(NamedTuple):
    """What the n-th zone is multiplied by; 0 leaves it to the stewards."""

    text: str
    first: int
    onwards: bool
    within: str
    times: int
    categories: frozenset[str]
    article: str

    def is_for(self, category: str, count: int) -> bool:
        """Whether it is for the n-th of a crew of a category."""
        fits = count >= self.first if self.onwards else count == self.first
        return fits and (not self.categories or category in self.categories)


class Most(NamedTuple):
    """What all lines come to at most: on a stage, in a zone, or in the rally."""

    text: str
    ms: int
    within: str


class Coefficient(NamedTuple):
    """How many times a time counts on stages of a kind, for crews of these categories or of all."""

    kind: str
    times: int
    categories: frozenset[str]

    def is_for(self, kind: str, category: str) -> bool:
        """Whether it is for a stage of a kind and a crew of a category."""
        return kind == self.kind and (not self.categories or category in self.categories)


Worded = Line | Repeat | Most


class Tariff(NamedTuple):
    """The lines of a tariff by what they are, each in its order."""

    lines: tuple[Line, ...]
    repeats: tuple[Repeat, ...]
    most: tuple[Most, ...]


@cache
def tariff_of(parameter: str, texts: tuple[str, ...]) -> Tariff:
    """A tariff as it is worded.

    Raises:
        ValueError: a line is worded otherwise.
    """
    read = [READ[parameter](each) for each in texts]
    return Tariff(
        tuple(each for each in read if isinstance(each, Line)),
        tuple(each for each in read if isinstance(each, Repeat)),
        tuple(each for each in read if isinstance(each, Most)),
    )


def read_waypoints(text: str) -> Worded:
    """A line on waypoints that were missed.

    Raises:
        ValueError: it is worded otherwise.
    """
    if most := _most(text, STAGE, RALLY):
        return most
    found = _line(text)
    what, _, condition = found["what"].partition(", ")
    if condition not in ("", EVACUATED):
        raise ValueError(f"{condition!r} is nothing that makes a difference to a waypoint")
    kinds = frozenset() if what == ANY else _named(what)
    return _counted(found)._replace(what=kinds, evacuated=condition == EVACUATED)


def read_speed(text: str) -> Worded:
    """A line on readings in speed zones, or on what they are multiplied by on repeat.

    Raises:
        ValueError: it is worded otherwise.
    """
    if most := _most(text, STAGE, ZONE, RALLY):
        return most
    found = _line(text)
    cost, article, whom = found["cost"], found["article"] or "", _whom(found)
    if repeat := _REPEAT.fullmatch(found["what"]):
        times = _TIMES.fullmatch(cost)
        if times is None:
            raise ValueError(f"{cost!r} multiplies nothing")
        within, first = repeat[3] or repeat[4], int(repeat[2])
        onwards = bool(repeat["since"])
        return Repeat(text, first, onwards, within, int(times[1] or 0), whom, article)
    band, each = _BAND.fullmatch(found["what"]), _EACH.fullmatch(cost)
    if band is None:
        raise ValueError(f"{found['what']!r} is no speed and no repeat")
    if each is None and cost != "to the stewards":
        raise ValueError(f"{cost!r} does not say whether it is for an impulse or a zone")
    kmh, above = int(band["kmh"]), band["side"] == "above"
    return Line(
        text,
        categories=whom,
        steps=(Step(1, _price(each[1] if each else cost)),),
        article=article,
        above_kmh=kmh if above else None,
        to_kmh=None if above else kmh,
        each=each[2] if each else ZONE,
    )


def read_components(text: str) -> Worded:
    """A line on components that were changed.

    Raises:
        ValueError: it is worded otherwise.
    """
    if most := _most(text, STAGE, RALLY):
        return most
    found = _line(text)
    return _counted(found)._replace(what=_named(found["what"]), counted_in=RALLY)


def read_reports(text: str) -> Worded:
    """A line on what a report says that names an article.

    Raises:
        ValueError: it is worded otherwise.
    """
    if most := _most(text, STAGE, RALLY):
        return most
    found = _line(text)
    named = _ARTICLE.fullmatch(found["what"])
    if named is None:
        raise ValueError(f"{found['what']!r} names no article")
    line = _counted(found)
    return line._replace(
        what=frozenset({named[1].casefold()}), article=line.article or f"art. {named[1]}"
    )


def read_coefficient(text: str) -> Coefficient:
    """A line on how many times the time of a stage counts.

    Raises:
        ValueError: it is worded otherwise.
    """
    found = _TIMES_COUNTED.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} says not how many times what counts")
    whom = frozenset(found[3].split(" and ") if found[3] else ())
    return Coefficient(found[1], int(found[2]), whom)


READ: dict[str, Callable[[str], Worded]] = {
    WAYPOINTS: read_waypoints,
    SPEED: read_speed,
    COMPONENTS: read_components,
    REPORTS: read_reports,
}


def _line(text: str) -> re.Match[str]:
    found = _LINE.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} says not what costs what")
    return found


def _most(text: str, *within: str) -> Most | None:
    found = _MOST.fullmatch(text)
    where = (found[2] or found[3]) if found else ""
    return Most(text, _ms(found[1]), where) if found and where in within else None


def _whom(found: re.Match[str]) -> frozenset[str]:
    return frozenset(found["whom"].split(" and ") if found["whom"] else ())


def _named(text: str) -> frozenset[str]:
    if not _KINDS.fullmatch(text):
        raise ValueError(f"{text!r} names no kinds")
    return frozenset(each.casefold() for each in text.split(" and "))


def _counted(found: re.Match[str]) -> Line:
    """A line whose cost may depend on how many there were."""
    cost = _COUNTED.fullmatch(found["cost"])
    if cost is None:
        raise ValueError(f"{found['cost']!r} is no cost")
    return Line(
        found[0],
        categories=_whom(found),
        steps=_steps(cost["prices"]),
        article=found["article"] or "",
        counted_in=cost["in"] or STAGE,
    )


def _steps(text: str) -> tuple[Step, ...]:
    """What the first, the second … costs."""
    if re.fullmatch(_PRICE, text):
        return (Step(1, _price(text)),)
    steps = []
    for each in text.split(", "):
        found = _STEPS.fullmatch(each)
        if found is None:
            raise ValueError(f"{each!r} says not what the 1st, 2nd … costs")
        steps.append(Step(int(found[1]), _price(found[2])))
    counts = [each.since for each in steps]
    if counts != sorted(set(counts)):
        raise ValueError(f"{text!r} does not count upwards")
    return tuple(steps)


def _price(text: str) -> Price:
    if text == "to the stewards":
        return Price(to_stewards=True)
    if text == "free":
        return Price()
    if text.endswith("time"):
        return Price(percent=int(text.split(maxsplit=1)[0]))
    return Price(_ms(text))


def _ms(text: str) -> int:
    try:
        return parse_duration(text)
    except Usage as error:
        raise ValueError(error.message.removesuffix(".")) from None


SCHEMA: dict[str, Parameter] = {
    COEFFICIENTS: Parameter(
        tuple,
        "How many times the time on a stage counts in a total, by the kind of the stage; once, "
        "where nothing is said. The result of the stage shows the time as it was driven.",
        reads=read_coefficient,
        example="prologue x 5 for moto and quad",
    ),
    WAYPOINTS: Parameter(
        tuple,
        "What a waypoint costs that was missed, by its kind and number, line by line: the first "
        "that fits. It is proposed, and counts when an office gives it.",
        reads=read_waypoints,
        example="WPN and WPE: 1:00:00",
    ),
    SPEED: Parameter(
        tuple,
        "What readings above the limit of a speed zone cost, by how far they are above it, and on "
        "repeat; proposed in the same way.",
        reads=read_speed,
        example="up to 20 km/h: 0:01:00 an impulse",
    ),
    COMPONENTS: Parameter(
        tuple,
        "What it costs to change an engine or another component, the first time, the second …; "
        "proposed in the same way.",
        reads=read_components,
        example="engine: 1st free, from the 2nd 0:50:00",
    ),
    REPORTS: Parameter(
        tuple,
        "What it costs that an official reported of a crew, by the article that the report names; "
        "proposed in the same way.",
        reads=read_reports,
        example="article 9.1.6: 0:30:00",
    ),
}
"""The parameters of tariffs, by name."""
