"""A season: the points of several rallies added, in one table of the championship.

How many results count and what breaks equal points is told by the rules of its last rally. Points
of rallies that the ledger does not hold come in as records of one of the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Literal, NamedTuple

import msgspec
from msgspec.structs import replace

from ledger.errors import LedgerError
from ledger.grouping import grouped
from ledger.spelling import composed
from ledger.times import Instant
from ledger.vocabulary.publication import named_together
from projections.results.given import NEVER, Computed, Gives, Group, Start, day
from projections.results.points import Scorer, When, by_table, called, no_category
from projections.rules.rulebook import Rulebook
from projections.rules.scales import (
    COUNTING,
    DRIVERS,
    LATEST,
    PLACES,
    THAT_COUNT,
    TIES,
    Number,
    added,
    best_results,
    number,
)
from projections.state.rally import RallyState

CARRIED: Literal["carried in"] = "carried in"


class Round(msgspec.Struct, frozen=True):
    """A rally of the season: its first start, and whether its points are final or came in.

    `source` says who published points that came in, and in the log of which rally that stands.
    """

    rally: str
    title: str
    starts_at: str | None
    when: When | Literal["carried in"]
    source: str = ""


class SeasonRow(msgspec.Struct, frozen=True):
    """One line: a name with its points, those of each rally, and the rallies that do not count.

    Its place is that in its classification. `places` are its places in the final classifications,
    by rally; `tied_by` says what set it apart from others with equal points.
    """

    place: int
    name: str
    points: Number
    rallies: dict[str, Number]
    dropped: tuple[str, ...]
    places: dict[str, tuple[int, ...]]
    category: str
    tied_by: str = ""
    flags: tuple[str, ...] = ()


class Season(msgspec.Struct, frozen=True):
    """The table of a season after its rallies, in the order of their first start.

    `counting` is how many results count, None where all do; `scored` is what made up the points in
    each rally of which the log is here, the last one at the end. `ruled_by` is the one whose rules
    say what counts.
    """

    table: str
    counting: int | None
    rounds: tuple[Round, ...]
    rows: tuple[SeasonRow, ...]
    scored: dict[str, tuple[Scorer, ...]]
    ruled_by: str = ""


class Result(NamedTuple):
    """What a name scored in one rally, and its places in the final classification there."""

    points: Number
    places: tuple[int, ...] = ()
    flags: tuple[str, ...] = ()


Key = tuple[str, str]
"""A name, however it is written, and the classification in which it scores."""


def season(
    rallies: Mapping[str, RallyState], table: str = DRIVERS, category: str | None = None
) -> Season:
    """The table of a season over these rallies, by their codes.

    Raises:
        Undefined: a rule that is needed is not defined, or nobody was registered or nominated in
            one of them. NotFound: there is no such category.
    """

    def gives(code: str) -> Computed:
        return Computed(lambda: rallies[code], table)

    return added_up({code: gives(code) for code in rallies}, table, category)


def added_up(
    rallies: Mapping[str, Gives], table: str = DRIVERS, category: str | None = None
) -> Season:
    """The table of a season of what these rallies give in it, by their codes.

    Raises:
        Undefined: a rule that is needed is not defined, or nobody was registered or nominated in
            one of them. NotFound: there is no such category.
    """
    return _Adding(rallies, table, category).table()


def season_by_table(state: RallyState) -> dict[str, Season | str]:
    """The season as one log tells it, its rally and what came in of others, table by table."""
    rally = state.facts.rally
    only = {rally.title if rally else "": state}
    return by_table(lambda table: season(only, table))


class _Adding:
    """The results of a season as they are added up."""

    def __init__(self, rallies: Mapping[str, Gives], table: str, category: str | None) -> None:
        self._rallies = dict(sorted(rallies.items(), key=lambda each: each[1].told.starts))
        self._table, self._category = table, category
        self._names: dict[Key, str] = {}
        self._results: dict[Key, dict[str, Result]] = {}
        self._rounds: dict[str, tuple[Start, Round]] = {}
        self._scored: dict[str, tuple[Scorer, ...]] = {}
        self._classes = _together(group for each in self._rallies for group in self._groups(each))

    def _groups(self, code: str) -> tuple[Group, ...]:
        with _told_of(code):
            return self._rallies[code].groups

    def table(self) -> Season:
        """All of it, in its places.

        Raises:
            NotFound: none of the rallies that were run has the category.
        """
        known = {each for group in self._classes for each in group}
        is_run = any(each.told.is_run for each in self._rallies.values())
        if is_run and self._category is not None and self._category not in known:
            raise no_category(self._category, self._classes)
        for each in self._rallies:
            self._take_carried(each)
        for each in self._rallies:
            self._take(each)
        counting = None
        if self._rallies:
            counting = best_results(self._rules.text(COUNTING))
        rounds = tuple(each for _, each in sorted(self._rounds.values(), key=lambda e: e[0]))
        order = [each.rally for each in rounds]
        rows = [self._row(key, results, order, counting) for key, results in self._results.items()]
        scored = [each for each in rows if any(each.rallies.values())]
        ranked = self._ranked(scored, order)
        return Season(self._table, counting, rounds, ranked, self._scored, self._ruled_by)

    @cached_property
    def _ruled_by(self) -> str:
        """The last rally that has adopted rules: one may be announced before."""
        ruled = [code for code, each in self._rallies.items() if each.told.rulebook]
        return [*self._rallies, *ruled][-1] if self._rallies else ""

    @cached_property
    def _rules(self) -> Rulebook:
        last = self._rallies[self._ruled_by]
        return Rulebook(last.told.rulebook, last.rules.parameters, last.rules.wanted)

    def _is_asked(self, group: tuple[str, ...]) -> bool:
        """Whether a classification of one rally is of the class that is asked for."""
        wanted = self._category
        return wanted is None or self._class_of(*group[:1]) == self._class_of(wanted)

    def _class_of(self, category: str = "") -> str:
        """How the classification of a category is called; where there is one alone, not at all."""
        if len(self._classes) == 1:
            return ""
        found = (named_together(each) for each in self._classes if category in each)
        return next(found, category)

    def _take(self, code: str) -> None:
        """Take in what was scored in a rally of which the log is here."""
        rally = self._rallies[code]
        asked = [each for each in rally.groups if self._is_asked(each)]
        classes = {called(each, rally.groups): self._class_of(*each[:1]) for each in asked}
        with _told_of(code):
            found = rally.among(asked)
        for row in (*found.rows, *found.others):
            category = classes[row.category]
            self._names[self._hold(row.name, category, code, _result(row))] = row.name
        self._scored[code] = found.rows
        told = rally.told
        at = None if told.starts[0] == NEVER else Instant(told.starts[0], 0).iso()
        named = code if told.title is None else told.title
        self._rounds[code] = told.starts, Round(code, named, at, found.when)

    def _take_carried(self, code: str) -> None:
        """Take in what the log of a rally says of points that were scored in others."""
        told = self._rallies[code].told
        for said in told.carried:
            if said.of_rally in self._rallies:
                continue
            category = self._class_of(said.category)
            if self._category is not None and self._class_of(self._category) != category:
                continue
            places = (said.place,) if said.place else ()
            self._hold(said.name, category, said.of_rally, Result(number(said.points), places))
            starts = day(said.held_on) or (told.starts[0], told.starts[1] - 1)
            source = said.source
            by = f"{source}; in the log of {code}" if source else f"in the log of {code}"
            came = Round(said.of_rally, said.of_rally, said.held_on or None, CARRIED, by)
            self._rounds[said.of_rally] = starts, came

    def _hold(self, name: str, category: str, rally: str, result: Result) -> Key:
        key = _key(name, category)
        self._names.setdefault(key, name)
        self._results.setdefault(key, {})[rally] = result
        return key

    def _row(
        self, key: Key, results: Mapping[str, Result], order: Sequence[str], counting: int | None
    ) -> SeasonRow:
        """A line, not placed yet; what does not count are its lowest results."""
        held = [each for each in order if each in results]
        best = sorted(held, key=lambda each: (-results[each].points, results[each].places))
        dropped = {*best[counting:]} if counting is not None else set[str]()
        flags = {flag for each in held for flag in results[each].flags}
        return SeasonRow(
            0,
            self._names[key],
            added(results[each].points for each in held if each not in dropped),
            {each: results[each].points for each in held},
            tuple(each for each in held if each in dropped),
            {each: results[each].places for each in held if results[each].places},
            key[1],
            flags=tuple(sorted(flags)),
        )

    def _ranked(self, rows: Iterable[SeasonRow], order: Sequence[str]) -> tuple[SeasonRow, ...]:
        """The lines of each classification in their places there.

        Equal points are told apart as the rules say, or share a place.
        """
        classes = grouped((each.category, each) for each in rows)
        return tuple(row for name in sorted(classes) for row in self._placed(classes[name], order))

    def _placed(self, rows: Iterable[SeasonRow], order: Sequence[str]) -> list[SeasonRow]:
        ranked: list[SeasonRow] = []
        by_points = grouped((each.points, each) for each in rows)
        for level in sorted(by_points, reverse=True):
            ranked += self._told_apart(by_points[level], order, len(ranked) + 1)
        return ranked

    def _told_apart(
        self, level: Sequence[SeasonRow], order: Sequence[str], first: int
    ) -> Iterator[SeasonRow]:
        """Lines with equal points in their places, from the first one on."""
        rules = self._rules.texts(TIES) if len(level) > 1 else ()
        told = [(tuple(_BREAKING[rule](each, order) for rule in rules), each) for each in level]
        keyed = sorted(told, key=lambda each: (each[0], each[1].name))
        place, was = first, keyed[0][0]
        for index, (key, each) in enumerate(keyed):
            if key != was:
                place, was = first + index, key
            others = [other for other, _ in keyed if other != key]
            by = (rule for rule, *parts in zip(rules, key, *others, strict=True) if _differ(parts))
            yield replace(each, place=place, tied_by=next(by, ""))


@contextmanager
def _told_of(code: str) -> Iterator[None]:
    """What is wrong with one rally is told with its code."""
    try:
        yield
    except LedgerError as error:
        raise type(error)(f"{code}: {error.message}", hint=error.hint) from None


def _together(groups: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The classifications of a season: those of its rallies that share a category are one.

    A rally may lack some of the categories that score together elsewhere.
    """
    found: list[set[str]] = []
    for group in groups:
        shared = [each for each in found if each & {*group}]
        found = [each for each in found if each not in shared]
        found.append({*group}.union(*shared))
    return sorted(tuple(sorted(each)) for each in found if each)


def _result(row: Scorer) -> Result:
    flags = {flag for award in row.awards for flag in award.flags}
    return Result(row.points, row.final, tuple(sorted(flags)))


def _key(name: str, category: str) -> Key:
    """By what a name is the same in every rally, in capitals or not."""
    return " ".join(composed(name).split()).casefold(), category


def _differ(parts: Sequence[tuple[int, ...]]) -> bool:
    return any(each != parts[0] for each in parts)


def _by_places(row: SeasonRow, rallies: Iterable[str]) -> tuple[int, ...]:
    """The more first places the better; then second ones, and so on."""
    places = Counter(place for each in rallies for place in row.places.get(each, ()))
    return tuple(-places[place] for place in range(1, max(places, default=0) + 1))


def _all_places(row: SeasonRow, order: Sequence[str]) -> tuple[int, ...]:
    return _by_places(row, order)


def _those_that_count(row: SeasonRow, order: Sequence[str]) -> tuple[int, ...]:
    return _by_places(row, (each for each in order if each not in row.dropped))


def _in_the_latest(row: SeasonRow, order: Sequence[str]) -> tuple[int, ...]:
    """The better place in the latest rally goes first, then in the one before it, and so on."""
    return tuple(min(row.places.get(each, ()), default=NEVER) for each in reversed(order))


_BREAKING: dict[str, Callable[[SeasonRow, Sequence[str]], tuple[int, ...]]] = {
    PLACES: _all_places,
    THAT_COUNT: _those_that_count,
    LATEST: _in_the_latest,
}
