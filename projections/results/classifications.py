"""Classifications: in which lists the crews of a rally are ranked, each among its own.

The rulebook says which categories form one. Where adopted rules do not name them, crews of which
the same stages count form one list, and where they differ every category has its own. A list across
them answers no question of the sport: it is made when asked for, and flags who ran other stages.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from ledger.vocabulary import PLACING, PenaltyGiven
from ledger.vocabulary.publication import named_together
from projections.results.standings import (
    UNEQUAL,
    Row,
    Scope,
    Standings,
    closed_up,
    placed,
    span_of,
    standings,
)
from projections.rules.classifications import Groups, groups_of
from projections.rules.rulebook import Rulebook
from projections.state.course import Course
from projections.state.rally import RallyState
from projections.state.totals import counted_of, since_of


class Rankings(NamedTuple):
    """The crews of a scope as they are ranked: one list, or each classification by itself.

    `joint` is the list across all of them, and `groups` the categories of each classification.
    `by_rule` says that the regulations name them; otherwise `why` says what keeps them apart.
    `make` is how each is made: `standings`, or `placed` for who asks for places alone.
    """

    state: RallyState
    joint: Standings
    groups: Groups
    by_rule: bool
    why: str = ""
    make: Callable[[RallyState, Scope], Standings] = standings

    @property
    def apart(self) -> bool:
        """Whether there are several classifications, so that nobody is ranked across them."""
        return len(self.groups) > 1

    @property
    def is_joint(self) -> bool:
        """Whether the list is one that is not ranked, as the regulations keep categories apart."""
        return self.by_rule and self.apart

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """What is to be asked for to have each of them."""
        scope = self.joint.scope
        if not self.apart:
            return (scope,)
        return tuple(replace(scope, category=named_together(each)) for each in self.groups)

    @property
    def tells_each(self) -> bool:
        """Whether the list across all tells how the crews of each category stand by themselves.

        It does not where carried totals, penalties in one class alone or rulings on places bear on
        a classification: places are given and put back in each by itself.
        """
        facts = self.state.facts
        narrow = any(each.value.only_in for each in facts.of(PenaltyGiven))
        carried, moved = self.state.carried, facts.crews.moves
        return not (carried or moved or narrow or any(map(facts.of, PLACING)))

    def among(self, group: tuple[str, ...]) -> Standings:
        """The crews of some categories, in their places among themselves."""
        if self.tells_each:
            return within(self.joint, group)
        return self.make(self.state, replace(self.joint.scope, category=named_together(group)))

    @property
    def whole(self) -> Rankings:
        """The same with those who are in none, whether they were asked for before or not."""
        return rankings(self.state, self.joint.scope)

    @property
    def lists(self) -> Iterator[Standings]:
        """Each classification, ranked by itself once it is come to."""
        if not self.apart:
            yield self.joint
            return
        told = self.tells_each
        for scope, group in zip(self.scopes, self.groups, strict=True):
            one = told and len(group) == 1
            yield _by_itself(self.joint, group) if one else self.make(self.state, scope)

    def scope_of(self, category: str) -> Scope:
        """The scope of the classification in which a category is ranked."""
        found = (s for s, g in zip(self.scopes, self.groups, strict=False) if category in g)
        return next(found, self.joint.scope)


def rankings(state: RallyState, scope: Scope | None = None) -> Rankings:
    """In which classifications the crews of a scope are ranked.

    Raises:
        NotFound: no such stage, category or class. Undefined: a needed rule is not defined.
    """
    return rankings_of(state, standings(state, scope))


def places(state: RallyState, scope: Scope | None = None) -> Rankings:
    """The same with the crews that are classified, and no others.

    Raises:
        NotFound: no such stage, category or class. Undefined: a needed rule is not defined.
    """
    return rankings_of(state, placed(state, scope))._replace(make=placed)


def rankings_of(state: RallyState, joint: Standings) -> Rankings:
    """The same where the list across all of them is at hand."""
    scope = joint.scope
    on = state.orders.get(scope.until or "")
    every = there = state.categories_on(on)
    if scope.narrow:
        crews = state.entries_on(on).values()
        there = frozenset(crew.category for crew in crews if scope.holds(crew))
    groups = groups_of(rules_of(state, scope.until), every)
    if groups is not None:
        named = tuple(group for group in groups if there.intersection(group))
        return Rankings(state, joint, named, by_rule=True)
    ranked = tuple(sorted({row.category for row in joint.rows}))
    if len(ranked) > 1 and any(UNEQUAL in row.flags for row in joint.rows):
        apart = tuple((each,) for each in sorted(there))
        return Rankings(state, joint, apart, by_rule=False, why=_why(state, joint))
    return Rankings(state, joint, (tuple(sorted(there)),), by_rule=False)


def rules_of(course: Course, stage: str | None) -> Rulebook:
    """The regulations that say how a classification after a stage is made, or one of everything."""
    return course.rules_of(stage) if stage else course.rulebook


def within(answer: Standings, group: tuple[str, ...]) -> Standings:
    """The crews of some categories out of a list, in their places among themselves.

    What flags them is as it stands in that list.
    """
    rows: list[Row] = []
    was = 0
    for row in (each for each in answer.rows if each.category in group):
        first, before = (rows[0], rows[-1]) if rows else (row, row)
        place = before.place if rows and row.place == was else len(rows) + 1
        gap, interval = row.total_ms - first.total_ms, row.total_ms - before.total_ms
        rows.append(replace(row, place=place, gap_ms=gap, interval_ms=interval))
        was = row.place
    out = tuple(each for each in answer.unclassified if each.category in group)
    scope = replace(answer.scope, category=named_together(group))
    closes_up = answer.closes_up
    return Standings(scope, closed_up(rows) if closes_up else tuple(rows), out, closes_up)


def _by_itself(joint: Standings, category: tuple[str, ...]) -> Standings:
    """A category by itself, of which the same stages count: nobody in it is flagged for others."""
    found = within(joint, category)
    rows = [
        replace(each, flags=tuple(flag for flag in each.flags if flag != UNEQUAL))
        if UNEQUAL in each.flags
        else each
        for each in found.rows
    ]
    return replace(found, rows=tuple(rows))


def _why(state: RallyState, joint: Standings) -> str:
    """Which stages are not in the totals of which categories."""
    over = span_of(state, joint.scope)
    counted: dict[str, set[str]] = defaultdict(set)
    for category, since in {(e.category, since_of(state, e.number, over)) for e in joint.rows}:
        counted[category].update(counted_of(state, category, since, over))
    lacking: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for stage in state.orders:
        lack = tuple(sorted(each for each, stages in counted.items() if stage not in stages))
        if len(lack) < len(counted):
            lacking[lack].append(stage)
    told = (
        f"that of {_and(lack)} lacks {_and(stages)}" for lack, stages in lacking.items() if lack
    )
    return f"Each category by itself, as not the same stages are in a total: {'; '.join(told)}."


def _and(several: Sequence[str]) -> str:
    *first, last = several
    return f"{', '.join(first)} and {last}" if first else last
