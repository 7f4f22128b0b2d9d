"""Standings: the overall after a stage or of everything so far, of a range of stages, or of one.

The overall sums the counted stage times, each cut to its precision before it is added, and the
penalties that count by then. A cancelled stage contributes nothing. Who lacks a value for a counted
stage is not classified; equal totals share a place unless the rulebook breaks the tie.

A range, a leg or a Sunday, sums the same for its stages alone. A penalty is in it by the stage in
which it counts, also one of the road; what counts in no stage is in the overall alone. Who lacks an
earlier stage, or leaves the rally later, is classified in it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import Literal, NamedTuple, TypeVar

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from ledger.errors import NotFound, Usage
from ledger.vocabulary import CrewEntered, CrewReclassified, StageScheduled
from ledger.vocabulary.base import Ranking
from ledger.vocabulary.publication import categories_of
from projections.results.relegation import RELEGATED, SAME_PLACE, Back, put_back, relegated
from projections.results.ties import level, ruled, settled, unsettled
from projections.state.participation import Fate, not_classified
from projections.state.rally import RallyState
from projections.state.tallies import NOBODY
from projections.state.ties import Tie
from projections.state.totals import BEFORE_THE_FIRST, Overall, Span, Total, stage_total

MOVED, WITH_ALL_STAGES = "overall.reclassified", "all-stages"
RECLASSIFIED = "reclassified"
"""The status of a crew in the overall of a class that it was moved to, where it is not in it."""
UNEQUAL = "unequal-stages"
"""Flags a row in the total of which other stages count than in that of the first."""


class Scope(msgspec.Struct, frozen=True):
    """What a classification is of: the overall after a stage (None: everything), a range, a stage.

    A range goes from one stage to another, both in it: only there are `from` and `to` written. The
    category may be several that form one classification, as "motorcycles + quads".
    """

    kind: Literal["overall", "stage", "range"] = "overall"
    after: str | None = None
    stage: str | None = None
    category: str | None = None
    crew_class: str | None = msgspec.field(default=None, name="class")
    group: str | None = None
    team: str | None = None
    trophy: str | None = None
    first: str | UnsetType = msgspec.field(default=UNSET, name="from")
    last: str | UnsetType = msgspec.field(default=UNSET, name="to")

    @property
    def until(self) -> str | None:
        """The last stage that it is of, by its code; None where it is of everything."""
        return self.stage or self.after or self.last or None

    @property
    def narrow(self) -> bool:
        """Whether it leaves anybody out."""
        asked = self.category, self.crew_class, self.group, self.team, self.trophy
        return asked != (None, None, None, None, None)

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories that are asked for; none where all are."""
        return () if self.category is None else categories_of(self.category)

    @property
    def ranking(self) -> Ranking:
        """By whom it ranks: by the narrowest of what it asks for, or all that run together."""
        narrowest: tuple[tuple[Ranking, str | None], ...] = (
            ("trophy", self.trophy),
            ("class", self.crew_class),
            ("group", self.group),
            ("team", self.team),
            ("category", self.category),
        )
        return next((name for name, asked in narrowest if asked is not None), "joint")

    def holds(self, crew: CrewEntered) -> bool:
        """Whether a crew is of this category, class, group and team, and runs for this trophy."""
        asked = self.category
        return (
            (asked is None or asked == crew.category or crew.category in categories_of(asked))
            and (self.crew_class is None or self.crew_class == crew.crew_class)
            and (self.group is None or self.group == crew.group)
            and (self.team is None or self.team == crew.team)
            and (self.trophy is None or self.trophy in crew.trophies)
        )


class Row(msgspec.Struct, frozen=True, gc=False):
    """One line of a classification; times in milliseconds."""

    place: int
    number: str
    driver: str
    codrivers: tuple[str, ...]
    nationality: str
    category: str
    crew_class: str = msgspec.field(name="class")
    vehicle: str = ""
    team: str = ""
    time_ms: int = 0
    penalty_ms: int = 0
    total_ms: int = 0
    gap_ms: int = 0
    interval_ms: int = 0
    flags: tuple[str, ...] = ()


class Unclassified(msgspec.Struct, frozen=True):
    """A crew that is not in a classification, with its status and why."""

    number: str
    driver: str
    category: str
    status: str
    stage: str
    reason: str


class Standings(msgspec.Struct, frozen=True, omit_defaults=True):
    """A classification: who is in it, in which place and with which time, and who is not.

    It `closes_up` where no place stays empty behind one that is shared: 1, 1, 2.
    """

    scope: Scope
    rows: tuple[Row, ...]
    unclassified: tuple[Unclassified, ...]
    closes_up: bool = False

    def row(self, number: str) -> Row | None:
        """The line of a crew; None for one that is not classified."""
        return next((row for row in self.rows if row.number == number), None)


def standings(state: RallyState, scope: Scope | None = None) -> Standings:
    """The classification of a scope.

    Raises:
        NotFound: no such stage, category or class. Undefined: a needed rule is not defined.
    """
    scope = scope or Scope()
    if (found := state.ranked.get(scope)) is None:
        found = state.ranked[scope] = _standings(state, scope)
    answer: Standings = found
    return answer


def placed(state: RallyState, scope: Scope | None = None) -> Standings:
    """The same without those that are not in it, for who asks for places and gaps alone.

    What became of those is not worked out: in the middle of a stage they are nearly all.

    Raises:
        NotFound: no such stage, category or class. Undefined: a needed rule is not defined.
    """
    scope = scope or Scope()
    if (found := state.ranked.get((placed, scope))) is None:
        classified = _Classified(state, scope)
        found = Standings(scope, classified.rows, (), classified.closes_up)
        state.ranked[placed, scope] = found
    answer: Standings = found
    return answer


def by_times(state: RallyState, scope: Scope) -> tuple[Row, ...]:
    """The rows of a scope by times and ties alone, without sanctions on place.

    Raises:
        NotFound: no such stage, category or class. Undefined: a needed rule is not defined.
    """
    found = _Classified(state, scope)
    return closed_up(found.by_times) if found.closes_up else found.by_times


def with_ties(state: RallyState, scope: Scope) -> dict[str, Total]:
    """The totals of a scope by number, with all that breaks ties of those that are equal.

    Raises:
        NotFound: no such stage, category or class. Undefined: a needed rule is not defined.
    """
    return {total.number: total for total in _Classified(state, scope).settled}


class Field(NamedTuple):
    """The crews of a scope, and those of them that the rules leave out of it, moved as they are."""

    crews: Mapping[str, CrewEntered]
    moved: Mapping[str, CrewReclassified]

    @property
    def ranked(self) -> Collection[str]:
        """Those that are ranked in it, if they have a total."""
        return [each for each in self.crews if each not in self.moved] if self.moved else self.crews


def field_of(state: RallyState, scope: Scope) -> Field:
    """The crews of a scope as their entries stood on its last stage.

    Raises:
        NotFound: no such stage. Undefined: the rules do not say what a move to another class means.
    """
    order = stage_named(state, scope.until).order if scope.until else None
    entries = state.entries_on(order)
    if not scope.narrow:
        return Field(entries, {})
    crews = {n: crew for n, crew in entries.items() if scope.holds(crew)}
    entered, moves = state.facts.crews.entered_as, state.facts.crews.moves
    came = [each for each in crews if each in moves and not scope.holds(entered[each])]
    if scope.kind == "stage" or not came:
        return Field(crews, {})
    rules = state.rules_of(scope.until or state.last_of(None))
    if rules.text(MOVED) == WITH_ALL_STAGES:
        return Field(crews, {})
    return Field(crews, {each: moves[each][-1].value for each in came})


class _Classified:
    """The crews of a scope, and the totals of those that are classified."""

    def __init__(self, state: RallyState, scope: Scope) -> None:
        crews = state.facts.crews
        self._state = state
        self._scope = scope
        self.over = span_of(state, scope)
        self.stage = stage_named(state, scope.stage or "") if scope.kind == "stage" else None
        self.crews, self.moved = field = field_of(state, scope)
        if scope.narrow:
            said = *self.crews.values(), *crews.entries.values(), *crews.entered_as.values()
            _must_know(scope, said)
        self.overall: Overall | None = None
        self.totals: dict[str, Total] = {}
        if self.stage is not None:
            timed = state.on_stages.get(self.stage.stage, NOBODY)
            there = (number for number in field.ranked if number in timed)
            several = ((n, stage_total(state, self.stage, n, scope.ranking)) for n in there)
            self.totals = {number: total for number, total in several if total}
        else:
            self.overall = Overall(state, self.over, scope.ranking)
            self.totals = self.overall.totals(field.ranked)
            if unsettled(self._level, state):
                state.must_say_what_breaks_ties(self.over.until)

    def fate(self, number: str) -> Fate:
        """What became of a crew that is not classified."""
        if (moved := self.moved.get(number)) is not None:
            return Fate(RECLASSIFIED, moved.stage, moved.words())
        return not_classified(self._state, number, self.over, self.stage)

    @property
    def closes_up(self) -> bool:
        """Whether no place stays empty behind one that is shared."""
        return self._state.closes_up(self.over.until)

    @property
    def by_times(self) -> tuple[Row, ...]:
        """Their rows, by times and ties."""
        return _ranked(self.settled, self.crews)

    @property
    def rows(self) -> tuple[Row, ...]:
        """Their rows, after sanctions on place."""
        state, scope, rows = self._state, self._scope, self.by_times
        if back := relegated(state, scope):
            rows = _put_back(rows, back, lambda: same_place(state, scope))
        numbers = [row.number for row in rows]
        if self.overall is not None and (unlike := self.overall.unlike_the_first(numbers)):
            rows = tuple(_flagged(row) if row.number in unlike else row for row in rows)
        return closed_up(rows) if self.closes_up else rows

    @cached_property
    def settled(self) -> list[Total]:
        """Their totals, with all that breaks ties of those that are equal."""
        if self.overall is None:
            return ruled(list(self.totals.values()), self._state, self._scope.stage or "")
        return settled(self.totals.values(), self._level, self._state, self.overall)

    @cached_property
    def _level(self) -> list[Total]:
        return level(self.totals.values())


def _standings(state: RallyState, scope: Scope) -> Standings:
    found = _Classified(state, scope)
    rows = found.rows
    out = tuple(
        _unclassified(crew, found.fate(number))
        for number, crew in found.crews.items()
        if number not in found.totals
    )
    return Standings(scope, rows, out, found.closes_up)


Placed = TypeVar("Placed", bound=msgspec.Struct)


def closed_up(rows: Iterable[Placed]) -> tuple[Placed, ...]:
    """Lines in their order, with no place that stays empty behind one that is shared: 1, 1, 2."""
    levels = (list(level) for _, level in groupby(rows, attrgetter("place")))
    return tuple(
        replace(row, place=place) for place, level in enumerate(levels, 1) for row in level
    )


def _flagged(row: Row, flag: str = UNEQUAL) -> Row:
    return replace(row, flags=(*row.flags, flag))


def _put_back(rows: Sequence[Row], back: Back, keeps: Callable[[], str]) -> tuple[Row, ...]:
    """The rows in the order after sanctions on place; times and gaps go by time as ever."""
    by_number = {row.number: row for row in rows}
    found: list[Row] = []
    for number, place in put_back([(row.number, row.place) for row in rows], back, keeps).items():
        row = by_number[number]
        first, before = (found[0], found[-1]) if found else (row, row)
        gap, interval = row.total_ms - first.total_ms, row.total_ms - before.total_ms
        moved = replace(row, place=place, gap_ms=gap, interval_ms=interval)
        found.append(_flagged(moved, RELEGATED) if number in back else moved)
    return tuple(found)


def same_place(state: RallyState, scope: Scope) -> str:
    """Which of several crews that are put back to one place has it.

    Raises:
        Undefined: the rules do not say.
    """
    stage = scope.until or state.last_of(None)
    return state.rules_of(stage).text(SAME_PLACE)


def _must_know(scope: Scope, crews: Collection[CrewEntered]) -> None:
    categories = {crew.category for crew in crews}
    for each in () if scope.category in categories else scope.categories or (scope.category,):
        must_exist("category", each, categories)
    must_exist("class", scope.crew_class, (crew.crew_class for crew in crews))
    must_exist("group", scope.group, (crew.group for crew in crews))
    must_exist("team", scope.team, (crew.team for crew in crews))
    must_exist("trophy", scope.trophy, (each for crew in crews for each in ("", *crew.trophies)))


def must_exist(what: str, asked: str | None, known: Iterable[str]) -> None:
    """A name that no crew bears is a slip; before anybody is entered, there is nothing to miss."""
    if asked is None:
        return
    names = set(known)
    if names and asked not in names:
        listed = ", ".join(sorted(name for name in names if name)) or "none"
        raise NotFound(f"There is no {what} {asked!r}.", hint=f"The crews are of: {listed}.")


def stage_named(state: RallyState, code: str) -> StageScheduled:
    """The stage of that code.

    Raises:
        NotFound: there is none.
    """
    for stage in state.stages:
        if stage.stage == code:
            return stage
    known = [stage.stage for stage in state.stages]
    hint = f"The rally has {known[0]} to {known[-1]}." if known else "No stage is scheduled yet."
    raise NotFound(f"There is no stage {code}.", hint=hint)


def span_of(state: RallyState, scope: Scope) -> Span:
    """The stages that a classification is of, by their numbers.

    Raises:
        NotFound: there is no such stage. Usage: a range ends before it begins.
    """
    until = stage_named(state, scope.until).order if scope.until else None
    if scope.kind != "range":
        return Span(until)
    begins = stage_named(state, scope.first or "").order
    if until is None or until < begins:
        raise Usage(
            f"A range of stages can't go from {scope.first} to {scope.last}, which is before it.",
            hint="Say the first stage with --from, the last with --to.",
        )
    before = [each.order for each in state.stages if each.order < begins]
    return Span(until, max(before, default=BEFORE_THE_FIRST))


def _ranked(totals: list[Total], crews: Mapping[str, CrewEntered]) -> tuple[Row, ...]:
    """Rows in the order of their totals; what is equal in everything shares a place.

    The crews come in the order of their numbers, which is that in which they share one.
    """
    several = enumerate(totals)
    ordered = sorted([(t.time_ms + t.penalty_ms, t.tie, number, t) for number, t in several])
    rows: list[Row] = []
    place = 0
    first_ms = before_ms = ordered[0][0] if ordered else 0
    tie: Tie = ()
    for index, (total_ms, by, _, each) in enumerate(ordered):
        crew = crews[each.number]
        if not index or before_ms != total_ms or tie != by:
            place = index + 1
        rows.append(
            Row(
                place,
                each.number,
                crew.driver,
                crew.codrivers,
                crew.nationality,
                crew.category,
                crew.crew_class,
                crew.vehicle,
                crew.team,
                each.time_ms,
                each.penalty_ms,
                total_ms,
                total_ms - first_ms,
                total_ms - before_ms,
                each.flags,
            )
        )
        before_ms, tie = total_ms, by
    return tuple(rows)


def _unclassified(crew: CrewEntered, became: Fate) -> Unclassified:
    return Unclassified(
        crew.number, crew.driver, crew.category, became.name, became.stage, became.reason
    )
