"""The points of a rally: who scores how many for what, in one table of the championship.

What is classified, how many points a place gives and on which conditions are the rules'
(`rules/scales.py`). Points follow from the classifications as they stand: whom a decision
disqualifies loses them to the next, and has them back where it is quashed. Until the rally is over
they are those that it would give if it ended so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Literal, TypeVar

import msgspec
from msgspec.structs import replace

from ledger.errors import LedgerError, NotFound
from ledger.grouping import grouped
from ledger.vocabulary import CompetitionEnded, PointsDocked, StageScheduled
from ledger.vocabulary.publication import named_together
from projections.results.classifications import rankings
from projections.results.scaled import is_settled, metres, metres_run, parts, timed
from projections.results.scorers import Placing, Scorers
from projections.results.standings import UNEQUAL, Row, Scope, Standings, standings
from projections.rules.classifications import groups_of
from projections.rules.rulebook import CLASSIFICATIONS
from projections.rules.scales import (
    DIVIDED,
    DRIVERS,
    GROUPED,
    OVERALL,
    SCALES,
    SHARED,
    TABLES,
    Multiplied,
    Number,
    Scale,
    added,
    read,
    tidy,
)
from projections.state.participation import OUTSIDE, RETIRED, RUNNING, UNCLASSIFIED
from projections.state.rally import RallyState

When = Literal["not run", "under way", "over"]
NOT_RUN: When = "not run"
UNDER_WAY: When = "under way"
OVER: When = "over"
Found = TypeVar("Found")
_LACKING = frozenset({RETIRED, UNCLASSIFIED, OUTSIDE})
"""Who started, and is not in the final classification."""
_NO_CONDITION = Scale(OVERALL, (), (), "")


class Award(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a crew scores for one place: in what, in which place, by which scale.

    `place` is that in the classification, `rank` the one among those who hold a place when points
    are given. `how` says what was reckoned besides, `flags` what its result stands subject to.
    """

    points: Number
    what: str
    number: str
    place: int | None = None
    rank: int | None = None
    scale: str = ""
    how: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    position: int | None = None

    def words(self) -> str:
        """What they are for: "18 for place 2 of the overall (x 0.5)"."""
        place = f"place {self.rank} of " if self.rank else ""
        how = f" ({'; '.join(self.how)})" if self.how else ""
        return f"{self.points} for {place}{self.what}{how}"


class Scorer(msgspec.Struct, frozen=True):
    """One line: a person, manufacturer or team with its points, and what they are made of.

    Its place is that in its classification. `final` are the places of its crews in the final one,
    among those who score.
    """

    place: int
    name: str
    points: Number
    category: str
    numbers: tuple[str, ...]
    final: tuple[int, ...]
    awards: tuple[Award, ...]


class NotScoring(msgspec.Struct, frozen=True):
    """A crew whose place would have given points, and why it scores none there."""

    number: str
    driver: str
    what: str
    place: int
    why: str


class Points(msgspec.Struct, frozen=True):
    """The points of a rally in one table, and who does not score where it might have.

    Where several classifications are kept apart, it is that of each, one after another. `others`
    are classified and may score, but did not.
    """

    table: str
    when: When
    rows: tuple[Scorer, ...] = ()
    without: tuple[NotScoring, ...] = ()
    others: tuple[Scorer, ...] = ()


def points(state: RallyState, table: str = DRIVERS, category: str | None = None) -> Points:
    """The points of a rally in a table, in each of its classifications or in that of a category.

    Raises:
        Undefined: a rule that is needed is not defined, or nobody was registered or nominated.
        NotFound: there is no such category.
    """
    if not state.run:
        return Points(table, NOT_RUN)
    giving = Giving(state, table)
    groups = [each for each in giving.groups if category is None or category in each]
    if not groups:
        raise no_category(category, giving.groups)
    return giving.among(groups)


def no_category(category: str | None, groups: Iterable[tuple[str, ...]]) -> NotFound:
    """That no classification has a category, with those that there are."""
    known = ", ".join(sorted({each for group in groups for each in group}))
    return NotFound(f"There is no category {category!r}.", hint=f"There are: {known}.")


def called(group: tuple[str, ...], groups: Collection[tuple[str, ...]]) -> str:
    """How one of these classifications is called; where there is one alone, not at all."""
    return named_together(group) if len(groups) > 1 else ""


def points_by_table(state: RallyState) -> dict[str, Points | str]:
    """The points of a rally in each table; where they are not defined, why."""
    return by_table(lambda table: points(state, table))


def by_table(made: Callable[[str], Found]) -> dict[str, Found | str]:
    """What is found of each table; where it is not defined, or can't be told, why."""
    found: dict[str, Found | str] = {}
    for table in TABLES:
        try:
            found[table] = made(table)
        except LedgerError as error:
            found[table] = error.message
    return found


class Giving:
    """The points of one table of a rally as they are given."""

    def __init__(self, state: RallyState, table: str) -> None:
        self.state, self.table = state, table
        self._rules = state.rulebook
        scales = [read(each) for each in self._rules.texts(SCALES)]
        self._scales = [each for each in scales if table in each.tables]
        self._scorers = Scorers(state, table)
        self._lists: dict[Scope, Standings] = {}

    @cached_property
    def groups(self) -> list[tuple[str, ...]]:
        """The categories that score with each other."""
        every = {crew.category for crew in self.state.facts.crews.entries.values()}
        by = GROUPED if self._rules.defines(GROUPED) else CLASSIFICATIONS
        return [*(groups_of(self._rules, every, by) or rankings(self.state).groups)]

    @cached_property
    def when(self) -> When:
        """Whether the rally is over: its stages are, and nobody is on the way any more."""
        if self.state.facts.of(CompetitionEnded):
            return OVER
        if not all(is_settled(self.state, each) for each in timed(self.state)):
            return UNDER_WAY
        out = (each for group in self.groups for each in self._list(Scope(), group).unclassified)
        return UNDER_WAY if any(each.status == RUNNING for each in out) else OVER

    def among(self, groups: Iterable[tuple[str, ...]]) -> Points:
        """The points of some of these classifications, one after another: each has its places."""
        found = [self.within(each) for each in groups]
        every = [row for rows, _ in found for row in rows]
        return Points(
            self.table,
            self.when,
            tuple(row for rows, _ in found for row in _placed(e for e in rows if e.awards)),
            tuple(each for _, without in found for each in without),
            tuple(each for each in every if not each.awards),
        )

    def within(self, group: tuple[str, ...]) -> tuple[list[Scorer], list[NotScoring]]:
        """What is scored among some categories, not placed yet, and what is not."""
        awards: list[tuple[str, Award]] = []
        without: list[NotScoring] = []
        final = self._list(Scope(), group)
        in_the_final = {row.number for row in final.rows}
        for scale in self._scales_of(group):
            for part in parts(self.state, scale):
                rows = self._list(part.scope, group).rows
                for each in self._scorers.placed(rows, scale, in_the_final):
                    if each.names:
                        award = self._award(part.what, scale, each, group[0])
                        awards += [(name, award) for name in each.names if award.points]
                    elif each.row.place <= len(scale.points):
                        without.append(_not_scoring(part.what, each))
            awards += self._to_the_others(scale, final)
        places = self._final_places(final.rows)
        awards += self._docked(group, grouped(awards), places)
        return self._lines(grouped(awards), places, group), without

    def called(self, group: tuple[str, ...]) -> str:
        """How a classification is called; where there is one alone, not at all."""
        return called(group, self.groups)

    def _scales_of(self, group: tuple[str, ...]) -> list[Scale]:
        """The scales by which some categories score."""
        return [e for e in self._scales if not e.categories or {*e.categories} & {*group}]

    def _lines(
        self,
        awards: Mapping[str, list[Award]],
        places: Mapping[str, tuple[int, ...]],
        group: tuple[str, ...],
    ) -> list[Scorer]:
        """A line of each name that scored, or might have."""
        return [
            Scorer(
                0,
                name,
                added(each.points for each in several),
                self.called(group),
                tuple(dict.fromkeys(each.number for each in several)),
                places.get(name, ()),
                tuple(several),
            )
            for name in {**places, **awards}
            for several in [awards.get(name, [])]
        ]

    def _award(self, what: str, scale: Scale, placing: Placing, category: str) -> Award:
        """What a place scores."""
        rank, how = placing.rank or 0, list[str]()
        scored: Number = scale.of_place(rank)
        if placing.shared > 1 and scored:
            how.append(f"place shared by {placing.shared}")
            if self._rules.text(SHARED) == DIVIDED:
                together = added(scale.of_place(rank + each) for each in range(placing.places))
                scored = tidy(together / placing.shared)
                how.append(f"{together} divided by {placing.shared}")
        if placing.skipped:
            how.append(f"{placing.skipped} before it do not score")
        for each in scale.multiplied:
            if scored and (why := self._where(each, category)) is not None:
                scored = tidy(scored * each.by)
                how.append(f"x {each.by}{why}")
        row = placing.row
        flags = tuple(each for each in row.flags if each != UNEQUAL)
        return Award(scored, what, row.number, row.place, rank, scale.text, tuple(how), flags)

    def _to_the_others(self, scale: Scale, final: Standings) -> Iterator[tuple[str, Award]]:
        """What those score who started and are not classified, once the rally is over."""
        if not scale.lacking or scale.of != OVERALL or self.when != OVER:
            return
        for each in final.unclassified:
            if each.status in _LACKING:
                award = Award(scale.lacking, each.status, each.number, scale=scale.text)
                yield from ((name, award) for name in self._scorers.names(each.number))

    def _docked(
        self,
        group: tuple[str, ...],
        awards: Mapping[str, list[Award]],
        places: Mapping[str, tuple[int, ...]],
    ) -> Iterator[tuple[str, Award]]:
        """What is taken away of points: so many, or all that were scored in this rally."""
        for fact in self.state.facts.of(PointsDocked):
            said = fact.value
            if said.table != self.table:
                continue
            of_the_crew = self._scorers.names(said.number) if said.number else ()
            for name in (said.named,) if said.named else of_the_crew:
                known = {*awards, *places}
                here = name in known or self.state.category(said.number) in group
                if here or len(self.groups) == 1:
                    scored = added(each.points for each in awards.get(name, ()))
                    taken = scored if said.points is None else said.points
                    what = f"docked: {said.reason}" if said.reason else "docked"
                    yield name, Award(-taken, what, said.number, position=fact.position)

    def _final_places(self, rows: Iterable[Row]) -> dict[str, tuple[int, ...]]:
        """The places of who scores in the final classification, by the names scored for."""
        placed = self._scorers.placed(rows, _NO_CONDITION, ())
        found = grouped((name, e.rank) for e in placed if e.rank for name in e.names)
        return {name: tuple(several) for name, several in found.items()}

    def _list(self, scope: Scope, group: tuple[str, ...]) -> Standings:
        """A classification among some categories."""
        if len(self.groups) > 1:
            scope = replace(scope, category=named_together(group))
        # The final one is asked for by each scale, by conditions, and by whether the rally is over.
        if scope not in self._lists:
            self._lists[scope] = standings(self.state, scope)
        return self._lists[scope]

    # -- by how much -----------------------------------------------------------------------------

    def _where(self, times: Multiplied, category: str) -> str | None:
        """Why points are multiplied, in words behind the factor; None where they are not."""
        if times.more_than_stages is not None:
            run = len(self._run(category))
            return f": {run} stages were run" if run > times.more_than_stages else None
        if times.at_most_percent is None:
            return ""
        planned = sum(metres(each) for each in timed(self.state))
        run_m = sum(metres_run(self.state, each, category) for each in self._run(category))
        percent = run_m * 100 / planned if planned else 100
        if percent > times.at_most_percent:
            return None
        return f": {percent:.0f} % of the distance was run"

    def _run(self, category: str) -> list[StageScheduled]:
        """The stages that count for a category, and until the rally is over those to come."""
        return [
            each
            for each in timed(self.state)
            if self.state.counts(each, category)
            or (self.when != OVER and not self.state.cancelled(each.stage, category))
        ]


def _not_scoring(what: str, placing: Placing) -> NotScoring:
    row = placing.row
    return NotScoring(row.number, row.driver, what, row.place, placing.why)


def _placed(rows: Iterable[Scorer]) -> list[Scorer]:
    """The lines of a classification in their places.

    By points, equal ones by their best places in the final.
    """
    ordered = sorted(rows, key=lambda each: (-each.points, each.final or (_LAST,), each.name))
    placed: list[Scorer] = []
    for index, each in enumerate(ordered):
        level = placed and placed[-1].points == each.points
        placed.append(replace(each, place=placed[-1].place if level else index + 1))
    return placed


_LAST = 1 << 30
