"""Pricing: what the tariffs in force for a fact make of it, with the arithmetic.

What a crew did is counted in the order of the facts, by the rules for each: the first waypoint, the
second. What was declined is not counted, and takes nothing of what a stage costs at most.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from ledger.ordinals import ordinal
from ledger.times import format_duration
from ledger.vocabulary import FitnessDecided, SpeedZoneRead, StageNotFinished
from ledger.vocabulary.base import many
from projections.desk.infringements import AWAITED, Infringement
from projections.rules.rulebook import Rulebook, if_known
from projections.rules.tariffs import (
    IMPULSE,
    REPORTS,
    SPEED,
    STAGE,
    WAYPOINTS,
    ZONE,
    Line,
    Price,
    Repeat,
    Tariff,
    tariff_of,
)
from projections.state.course import Course, Leaving
from projections.state.rally import RallyState
from projections.state.recorded import Fact

STEWARDS = "stewards"
Lines = tuple[Line | Repeat, ...]


class Priced(NamedTuple):
    """What an infringement comes to; `ms` is None where no tariff says how much, and why.

    `lines` are those that were applied, as they are worded, `to` the office to which they leave it.
    """

    ms: int | None = None
    arithmetic: str = ""
    lines: tuple[str, ...] = ()
    article: str = ""
    to: str = ""
    why_not: str = ""
    defined: bool = True


class _Term(NamedTuple):
    """A part of an amount: how much, and how it comes about."""

    ms: int
    words: str
    sums: bool = False


class _NotPriced(Exception):
    """The tariff gives no amount: it is for the stewards, or something is not known."""

    def __init__(self, why: str, to: str = "", lines: Lines = ()) -> None:
        super().__init__(why)
        self.why, self.to, self.lines = why, to, lines


class Pricing:
    """The tariffs of a rally at one cut, applied to what one crew after another did."""

    def __init__(self, state: RallyState) -> None:
        self.state = state
        self._before: dict[tuple[str, ...], int] = defaultdict(int)
        self._spent: dict[tuple[str, ...], int] = defaultdict(int)

    def all(
        self, several: Iterable[tuple[Infringement, bool]]
    ) -> list[tuple[Infringement, Priced]]:
        """What each comes to, in the order in which they are counted; each with whether it is."""
        return [(each, self._priced(each, counts)) for each, counts in several]

    def _priced(self, what: Infringement, counts: bool) -> Priced:
        rules = self.rules(what)
        if not rules.defines(what.tariff):
            return Priced(why_not=_undefined(rules, what.tariff), defined=False)
        texts = if_known(rules.texts, what.tariff)
        if texts is None:
            return Priced(why_not=f"{what.tariff} of the regulations can't be read")
        tariff = tariff_of(what.tariff, texts)
        counter = _Counter(self._before, what, counts=counts)
        try:
            terms, lines = self._terms(what, tariff, counter)
        except _NotPriced as error:
            article = next((each.article for each in error.lines if each.article), "")
            texts = tuple(each.text for each in error.lines)
            return Priced(None, "", texts, article, error.to, error.why)
        finally:
            counter.close()
        ms = terms[-1].ms if terms[-1].sums else sum(each.ms for each in terms)
        arithmetic = _told(terms)
        for most in tariff.most:
            key = (*_within(most.within, what), "most")
            left = max(most.ms - self._spent[key], 0)
            if ms > left:
                of_it = "" if left == most.ms else f", of which {format_duration(left)} is left"
                arithmetic = f"{arithmetic}; {most.text}{of_it}: {format_duration(left)}"
                ms = left
        for most in tariff.most if counts else ():
            self._spent[(*_within(most.within, what), "most")] += ms
        article = next((each.article for each in lines if each.article), "")
        return Priced(ms, arithmetic, tuple(each.text for each in lines), article)

    def rules(self, what: Infringement) -> Rulebook:
        """The regulations for an infringement: those in force at its fact."""
        return self.state.rules_for(what.counted, self.state.orders.get(what.stage))

    # -- what lines come to ----------------------------------------------------------------------

    def _terms(
        self, what: Infringement, tariff: Tariff, counter: _Counter
    ) -> tuple[list[_Term], Lines]:
        category = self.state.category(what.number)
        mine = [each for each in tariff.lines if each.is_for(category)]
        if what.tariff == SPEED:
            return self._speed(what, mine, tariff.repeats, counter)
        named = self._kind(what) if what.tariff == WAYPOINTS else what.place
        left = (what.number, what.stage) in self._left
        line = next(
            (each for each in mine if each.names(named) and (left or not each.evacuated)), None
        )
        if line is None:
            raise _NotPriced(f"no line of {what.tariff} is for {_subject(what, named)}")
        count = counter.count(line.counted_in, line.text)
        price = line.price(count)
        if price is None:
            raise _NotPriced(f"the line says nothing of the {ordinal(count)}", lines=(line,))
        which = f"the {ordinal(count)} {_where(line.counted_in)}: " if line.is_counted else ""
        term = self._term(what, price, line)
        return [term._replace(words=f"{which}{term.words}")], (line,)

    def _speed(
        self, what: Infringement, lines: list[Line], repeats: tuple[Repeat, ...], counter: _Counter
    ) -> tuple[list[_Term], Lines]:
        category = self.state.category(what.number)
        over = sorted(self._excesses(what), reverse=True)
        taken: dict[str, list[int]] = defaultdict(list)
        by_text = {each.text: each for each in lines}
        for excess in over:
            line = next((each for each in lines if each.takes(excess)), None)
            if line is None:
                raise _NotPriced(f"no line of {what.tariff} is for {excess} km/h over the limit")
            taken[line.text].append(excess)
        used = [by_text[each] for each in taken]
        for each in used:
            if each.steps[0].price.to_stewards:
                most = max(taken[each.text])
                why = f"{most} km/h over the limit is for the stewards"
                raise _NotPriced(why, STEWARDS, (each,))
        highest = next(each for each in used if over[0] in taken[each.text])
        priced = tuple(each for each in used if each.each == IMPULSE or each is highest)
        terms = [self._zone_term(what, each, taken[each.text]) for each in priced]
        total = sum(each.ms for each in terms)
        for within in dict.fromkeys(each.within for each in repeats):
            count = counter.count(within, "")
            again = next(
                (e for e in repeats if e.within == within and e.is_for(category, count)), None
            )
            if again is None:
                continue
            priced_by: Lines = (*priced, again)
            which = f"the {ordinal(count)} zone {_where(within)}"
            if not again.times:
                raise _NotPriced(f"{which} is for the stewards", STEWARDS, priced_by)
            total *= again.times
            words = f"{which}: × {again.times} = {format_duration(total)}"
            return [*terms, _Term(total, words, sums=True)], priced_by
        return terms, priced

    def _zone_term(self, what: Infringement, line: Line, excesses: list[int]) -> _Term:
        """What the readings in one band come to: each impulse, or the zone once."""
        term = self._term(what, line.steps[0].price, line)
        if line.each == ZONE:
            return term._replace(words=f"{excesses[0]} km/h over the limit: {term.words}")
        count, band = len(excesses), line.text.partition(":")[0].partition(" for ")[0]
        amount = format_duration(term.ms * count)
        sum_of = f"{many(count, 'impulse')} {band} over the limit × {term.words}"
        return _Term(term.ms * count, f"{sum_of} = {amount}")

    def _term(self, what: Infringement, price: Price, line: Line) -> _Term:
        if price.to_stewards:
            raise _NotPriced("it is for the stewards", STEWARDS, (line,))
        if not price.percent:
            return _Term(price.ms, price.words())
        timed = self.state.timed.get((what.stage, what.number)) if what.stage else None
        if timed is None:
            raise _NotPriced(f"there is no time on {what.stage or 'no stage'} yet", lines=(line,))
        part = timed.time_ms * price.percent // 100
        ms = part - part % self.state.precision(what.stage).ms
        of = format_duration(timed.time_ms)
        return _Term(ms, f"{price.percent} % of {of} = {format_duration(ms)}")

    # -- what was read ---------------------------------------------------------------------------

    def _excesses(self, what: Infringement) -> list[int]:
        """By how much each reading is above the limit of its zone (km/h).

        Raises:
            _NotPriced: the limit is not known, or the speed of an impulse.
        """
        said: SpeedZoneRead = what.counted.value
        zone = self.state.zone(what.stage, self.state.category(what.number), what.place)
        limit = zone.value.limit_kmh if zone else None
        if limit is None:
            raise _NotPriced(f"the limit of {what.place} is not on record")
        speeds = said.speeds_kmh
        if not speeds and said.impulses == 1 and said.highest_kmh is not None:
            speeds = (said.highest_kmh,)
        if len(speeds) < said.impulses:
            lacking = many(said.impulses - len(speeds), "impulse")
            raise _NotPriced(f"the speed of {lacking} is not on record")
        over = [each - limit for each in speeds if each > limit]
        if not over:
            raise _NotPriced(f"no reading is above {limit} km/h")
        return over

    def _kind(self, what: Infringement) -> str:
        """The kind of a waypoint; "" where the plan does not say."""
        placed = self.state.point(what.stage, self.state.category(what.number), what.place)
        return placed.kind if placed else ""

    @cached_property
    def _left(self) -> frozenset[tuple[str, str]]:
        """The crews that were evacuated from a stage, or left it otherwise: they did not finish it.

        By (number, stage).
        """
        facts = self.state.facts
        told: list[Fact[Leaving]] = [
            *facts.of(StageNotFinished),
            *facts.retirements,
            *(each for each in facts.of(FitnessDecided) if not each.value.fit),
        ]
        return frozenset((each.value.number, each.value.stage) for each in told)


class _Counter:
    """How many there were before, of a crew on a stage or in the rally."""

    def __init__(
        self, before: dict[tuple[str, ...], int], what: Infringement, *, counts: bool
    ) -> None:
        self._before, self._what, self._counts = before, what, counts
        self._asked: dict[tuple[str, ...], None] = {}
        if what.tariff == SPEED:
            self._asked = dict.fromkeys((*_within(each, what), "") for each in (STAGE, "rally"))

    def count(self, within: str, line: str) -> int:
        """The number of this one."""
        named = self._what.place if self._what.tariff not in (SPEED, WAYPOINTS) else ""
        key = (*_within(within, self._what), named + line)
        self._asked[key] = None
        return self._before[key] + 1

    def close(self) -> None:
        """The next one is one more, unless this one does not count."""
        for key in self._asked if self._counts else ():
            self._before[key] += 1


def is_for_a_line(course: Course, rules: Rulebook, what: Infringement) -> bool:
    """Whether the rules price it; a component or an article has to be one that they name."""
    texts = if_known(rules.texts, what.tariff)
    if texts is None:
        return False
    category = course.category(what.number)
    lines = tariff_of(what.tariff, texts).lines
    named = what.place if what.tariff not in AWAITED else ""
    return not named or any(each.is_for(category) and each.names(named) for each in lines)


def _within(within: str, what: Infringement) -> tuple[str, ...]:
    """What bounds a count or a sum: a stage or a zone of a crew, or all of the rally."""
    of = {STAGE: (what.stage,), ZONE: (what.stage, what.place)}.get(within, ())
    return what.tariff, within, what.number, *of


def _where(within: str) -> str:
    return "on the stage" if within == STAGE else "in the rally"


def _subject(what: Infringement, named: str) -> str:
    if what.tariff == WAYPOINTS:
        kind = f"of the kind {named}" if named else "that has no kind"
        return f"a waypoint {kind} ({what.place})"
    return f"article {named}" if what.tariff == REPORTS else named


def _told(terms: list[_Term]) -> str:
    """The arithmetic: a sum where there are several parts, then what it is multiplied by."""
    parts = [each for each in terms if not each.sums]
    told = "; ".join(each.words for each in parts)
    if len(parts) > 1:
        told = f"{told}; together {format_duration(sum(each.ms for each in parts))}"
    return "; ".join((told, *(each.words for each in terms if each.sums)))


def _undefined(rules: Rulebook, tariff: str) -> str:
    at = rules.wanted.get(tariff)
    return f"the regulations do not define {tariff}{f'; the page wanted is {at}' if at else ''}"
