"""What a rally gives to a season in one table: its points, its place among the others, its rules.

A season adds up what its rallies give. All of that follows from the log of the rally, so at the end
of a log it is kept beside it: after a ruling in one rally that of the others is at hand.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Protocol

import msgspec
from msgspec.structs import replace

from ledger.log import Log
from ledger.vocabulary import PointsCarriedIn, StageOpened
from ledger.vocabulary.rally import ParameterValue
from projections.beside import Kept, load, program, save
from projections.explain.told import Rule
from projections.results.points import NOT_RUN, Giving, Points, called
from projections.rules.regulations import Applied
from projections.rules.scales import COUNTING, TIES
from projections.state.rally import RallyState

NAME = "points"
NEVER = 1 << 60
Group = tuple[str, ...]
Start = tuple[int, int]
"""A first start (UTC ms), and what comes before another of the same instant."""


class Carried(msgspec.Struct, frozen=True):
    """Points of a rally that the ledger does not hold, as the log of another has them."""

    of_rally: str
    name: str
    points: str
    place: int | None
    category: str
    held_on: str
    source: str


class Told(msgspec.Struct, frozen=True):
    """What a rally is to a season besides its points.

    `starts` is its first start, by which it has its place, and `rulebook` the name of its
    regulations, empty before it has adopted any. It `is_run` once somebody has a time in it.
    """

    is_run: bool
    title: str | None
    starts: Start
    rulebook: str
    carried: tuple[Carried, ...]


class RulesOfASeason(msgspec.Struct, frozen=True):
    """What counts in a season of which a rally is the last, as far as its rules define that.

    `told` is the same as people are told it, and `wanted` where the rest would stand.
    """

    parameters: dict[str, ParameterValue]
    wanted: dict[str, str]
    told: tuple[Rule, ...]


class Gives(Protocol):
    """What a rally gives, however it is known; nothing is in `groups` before it is run."""

    @property
    def told(self) -> Told:
        """What it is to a season besides its points."""

    @property
    def rules(self) -> RulesOfASeason:
        """What counts in a season of which it is the last."""

    @property
    def groups(self) -> tuple[Group, ...]:
        """The categories that score with each other."""

    def among(self, groups: Collection[Group]) -> Points:
        """The points of some of these classifications, one after another."""


class Given(msgspec.Struct, frozen=True):
    """What a rally gives at the end of its log, all of it, as it may be kept."""

    told: Told
    rules: RulesOfASeason
    groups: tuple[Group, ...]
    points: Points

    def among(self, groups: Collection[Group]) -> Points:
        """The points of some of these classifications; who scores nothing there is not told."""
        names = {called(each, self.groups) for each in groups}
        rows, others = (
            tuple(each for each in several if each.category in names)
            for several in (self.points.rows, self.points.others)
        )
        return replace(self.points, rows=rows, others=others)


class Computed:
    """What a rally gives, computed from its state when it is first asked for."""

    def __init__(self, state: Callable[[], RallyState], table: str) -> None:
        self._found = state
        self.table = table

    @cached_property
    def _state(self) -> RallyState:
        return self._found()

    @cached_property
    def told(self) -> Told:
        """What it is to a season besides its points."""
        state = self._state
        rally = state.facts.rally
        carried = (
            Carried(
                each.of_rally,
                each.name,
                each.points,
                each.place,
                each.category,
                each.held_on,
                each.document or each.source.name or each.source.kind,
            )
            for each in (fact.value for fact in state.facts.of(PointsCarriedIn))
            if each.table == self.table
        )
        title = rally.title if rally else None
        return Told(bool(state.run), title, _starts(state), state.rulebook.name, tuple(carried))

    @cached_property
    def rules(self) -> RulesOfASeason:
        """What counts in a season of which it is the last."""
        from projections.explain.grounds import Grounds  # where it is kept, nobody asks for it

        state, rules = self._state, self._state.rulebook
        every, names = rules.parameters(), (COUNTING, TIES)
        return RulesOfASeason(
            {each: every[each] for each in names if each in every},
            {each: rules.wanted[each] for each in names if each in rules.wanted},
            tuple(Grounds(state).rules(*(Applied(each, None, None) for each in names))),
        )

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The categories that score with each other.

        Raises:
            Undefined: a rule that is needed is not defined, or nobody was registered or nominated.
        """
        return tuple(self._giving.groups) if self._giving else ()

    def among(self, groups: Collection[Group]) -> Points:
        """The points of some of these classifications, one after another.

        Raises:
            Undefined: a rule that is needed is not defined, or nobody was registered or nominated.
        """
        return self._giving.among(groups) if self._giving else Points(self.table, NOT_RUN)

    @cached_property
    def _giving(self) -> Giving | None:
        return Giving(self._state, self.table) if self.told.is_run else None

    def given(self) -> Given:
        """All of it; a season does not tell who scores nothing for its place.

        Raises:
            Undefined: a rule that is needed is not defined, or nobody was registered or nominated.
        """
        return Given(
            self.told, self.rules, self.groups, replace(self.among(self.groups), without=())
        )


# -- kept beside the log ---------------------------------------------------------------------------

_ENCODER = msgspec.msgpack.Encoder()
_GIVEN = msgspec.msgpack.Decoder(Given)
_BY_TABLE = msgspec.msgpack.Decoder(dict[str, msgspec.Raw])


def kept(log: Log, position: int, table: str) -> Given | None:
    """What a rally gives in a table at a position of its log, if that is kept."""
    found = _kept(log, position).get(table)
    return None if found is None else _GIVEN.decode(found)


def keep(log: Log, position: int, given: Given) -> bool:
    """Keep what a rally gives at a position of its log; False where the ledger can't be written."""
    by_table = _kept(log, position) | {given.points.table: msgspec.Raw(_ENCODER.encode(given))}
    content = _ENCODER.encode(by_table)
    return save(log, NAME, Kept(program(), position, log.root_at(position), content))


def drop(log: Log) -> bool:
    """Take away what is kept of it; False where the ledger can't be written."""
    return log.scan.save(NAME, None)


def _kept(log: Log, position: int) -> dict[str, msgspec.Raw]:
    """What is kept of a position, by the tables that were asked for there."""
    found = load(log, NAME, program())
    return _BY_TABLE.decode(found.content) if found and found.position == position else {}


# -- when a rally is held --------------------------------------------------------------------------


def day(text: str) -> Start | None:
    """When a day begins; None where it is none."""
    try:
        midnight = datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        return None
    return int(midnight.timestamp()) * 1000, 0


def _starts(state: RallyState) -> Start:
    """The first start of a rally (UTC ms), by which it has its place in the season.

    By its plan, else when its first stage was opened, else its first day: not by what was timed,
    which may prove to be of another clock or of nobody.
    """
    planned = (state.planned_start(stage) for stage in state.stages)
    if known := [each for each in planned if each is not None]:
        return min(known), 0
    opened = [each.instant for each in state.facts.of(StageOpened) if each.instant is not None]
    rally = state.facts.rally
    first = day(rally.starts_on) if rally else None
    return min(opened, default=first[0] if first else NEVER), 0
