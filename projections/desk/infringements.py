"""Infringements: the facts that a tariff prices, told once however often they were read.

Two read-outs of one waypoint of a crew are one infringement, and so are those of one speed zone: it
is the source that the rules believe first that counts. What is no part of the stage any more, as a
shortened stage ends before it, is none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, NamedTuple

from ledger.grouping import grouped
from ledger.vocabulary import (
    ComponentChanged,
    Occurrence,
    ReportFiled,
    SpeedZoneRead,
    WaypointMissed,
)
from ledger.vocabulary.base import short_id
from projections.rules.tariffs import COMPONENTS, REPORTS, SPEED, WAYPOINTS
from projections.state.course import Course
from projections.state.facts import rank_by
from projections.state.recorded import Fact

PRICED: dict[type[Occurrence], str] = {
    WaypointMissed: WAYPOINTS,
    SpeedZoneRead: SPEED,
    ComponentChanged: COMPONENTS,
    ReportFiled: REPORTS,
}
"""What a tariff prices, and which one."""
_PLACES: dict[type[Occurrence], str] = {
    WaypointMissed: "point",
    SpeedZoneRead: "zone",
    ComponentChanged: "component",
    ReportFiled: "article",
}
TARIFFS: dict[str, str] = {each.partition(".")[2]: each for each in PRICED.values()}
"""The tariffs by the words with which the names of proposals begin."""
AWAITED = frozenset({WAYPOINTS, SPEED})
"""Where somebody has to decide, whatever the rules say of it."""


class Infringement(NamedTuple):
    """What a crew did that a tariff prices: on which stage, where, and the facts that tell it.

    `place` is the waypoint, the zone, the component or the article; of several facts the first
    counts.
    """

    tariff: str
    number: str
    stage: str
    place: str
    order: int
    facts: tuple[Fact[Any], ...]

    @property
    def counted(self) -> Fact[Any]:
        """The fact that is priced."""
        return self.facts[0]

    @property
    def id(self) -> str:
        """Its identity: that of its facts and of the tariff, in whatever order they came."""
        return identity(self.tariff, (each.id for each in self.facts))

    def in_order(self) -> tuple[Any, ...]:
        """The order in which infringements are counted: by stage, then by fact."""
        return self.order, min(each.order() for each in self.facts)


def identity(tariff: str, ids: Iterable[str]) -> str:
    """The identity of what a tariff proposes on facts, by their ids."""
    return hashlib.sha256("\n".join((tariff, *sorted(set(ids)))).encode()).hexdigest()


def name_of(tariff: str, identity: str) -> str:
    """How a proposal is named on the command line: "waypoints-5d0e8cf1a2"."""
    return f"{tariff.partition('.')[2]}-{short_id(identity)}"


def infringements(course: Course, number: str | None = None) -> tuple[Infringement, ...]:
    """The infringements in their order, of one crew if asked."""
    rank = rank_by(course.facts)
    last = 1 + max(course.orders.values(), default=0)
    told = [
        each
        for kind in PRICED
        for each in course.facts.recorded(kind)
        if is_one(each.value) and number in (None, getattr(each.value, "number", ""))
        if still_matters(course, each.value)
    ]
    found = []
    for key, facts in grouped((_about(each), each) for each in told).items():
        said: Any = facts[0].value
        found.append(
            Infringement(
                key[0],
                said.number,
                said.stage,
                getattr(said, _PLACES[type(said)]),
                course.orders.get(said.stage, last),
                tuple(sorted(facts, key=lambda each: (rank(each.value), each.order()))),
            )
        )
    return tuple(sorted(found, key=Infringement.in_order))


def _about(fact: Fact[Any]) -> tuple[str, ...]:
    """What several facts tell of once; every change and every report is one of its own."""
    said, tariff = fact.value, PRICED[type(fact.value)]
    if isinstance(said, (WaypointMissed, SpeedZoneRead)):
        return tariff, said.number, said.stage, getattr(said, _PLACES[type(said)])
    return tariff, fact.id


def is_one(said: Occurrence) -> bool:
    """Whether a fact tells of an infringement at all: a speed was read that is above the limit."""
    match said:
        case SpeedZoneRead():
            return bool(said.impulses or said.speeds_kmh)
        case ReportFiled():
            return bool(said.article and said.number)
        case _:
            return True


def still_matters(course: Course, said: Any) -> bool:
    """Whether the place of a fact is still a part of its stage."""
    stage, category = getattr(said, "stage", ""), course.category(said.number)
    place = getattr(said, "point", "") or getattr(said, "zone", "")
    directed = course.direction(stage, category, said.number)
    if directed.cancelled is not None and place:
        return False
    return not place or course.side(stage, category, place, directed.finish_point) <= 0
