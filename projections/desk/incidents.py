"""Incidents: what was observed on the road and needs somebody's attention, and what came of it.

An observation is never a penalty by itself. It counts as decided once a penalty or credit that
stands names it or is for the same crew, stage and place, or a later check or doctor settled it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import get_args

import msgspec

from ledger.grouping import grouped
from ledger.vocabulary import (
    CheckHeld,
    FalseStartObserved,
    FitnessDecided,
    IncidentReported,
    Occurrence,
    SpeedZoneRead,
    WaypointMissed,
)
from ledger.vocabulary.running import IncidentKind
from projections.desk.answered import FALSE_START, Answers, Given, with_status
from projections.desk.infringements import is_one, still_matters
from projections.state.charges import Charge
from projections.state.rally import RallyState
from projections.state.recorded import Fact
from projections.state.road import COMPUTED
from projections.state.rulings import UNDONE

Observation = (
    IncidentReported
    | WaypointMissed
    | SpeedZoneRead
    | FalseStartObserved
    | CheckHeld
    | FitnessDecided
)
WAYPOINT, SPEED = "waypoint-missed", "speed-zone"
CHECK_FAILED, UNFIT = "check-failed", "unfit"
AWAITED = frozenset({WAYPOINT, SPEED, FALSE_START, CHECK_FAILED})
"""What somebody has to decide on."""
KINDS: tuple[str, ...] = (
    *get_args(IncidentKind),
    WAYPOINT,
    SPEED,
    FALSE_START,
    CHECK_FAILED,
    UNFIT,
)


class Decided(msgspec.Struct, frozen=True):
    """What was decided on an observation, and whether that stands."""

    position: int
    words: str
    stands: bool


class Incident(msgspec.Struct, frozen=True):
    """One observation. `open` says that somebody has to decide on it and nobody did."""

    number: str
    driver: str
    stage: str
    kind: str
    fact_at: str | None
    words: str
    injury: bool
    open: bool
    decided: tuple[Decided, ...]
    position: int


def incidents(
    state: RallyState, number: str | None = None, stage: str | None = None, kind: str | None = None
) -> tuple[Incident, ...]:
    """What needs attention in the order of the facts; of one crew, stage or kind if asked."""
    came_of_it = _CameOfIt(state)
    found = (_incident(state, came_of_it, fact) for fact in sorted(observed(state), key=Fact.order))
    return tuple(
        each
        for each in found
        if number in (None, each.number)
        and stage in (None, each.stage)
        and kind in (None, each.kind)
    )


def observed(state: RallyState) -> list[Fact[Observation]]:
    """Every observation that needs somebody's attention."""
    facts = state.facts
    return [
        *facts.of(IncidentReported),
        *facts.of(WaypointMissed),
        *(each for each in facts.of(SpeedZoneRead) if is_one(each.value)),
        *facts.of(FalseStartObserved),
        *(each for each in facts.of(CheckHeld) if not each.value.passed),
        *(each for each in facts.of(FitnessDecided) if not each.value.fit),
    ]


def kind_of(said: Observation) -> str:
    """What an observation is of, in one word."""
    return said.kind if isinstance(said, IncidentReported) else _KIND_OF[type(said)]


_KIND_OF: dict[type[Occurrence], str] = {
    WaypointMissed: WAYPOINT,
    SpeedZoneRead: SPEED,
    FalseStartObserved: FALSE_START,
    CheckHeld: CHECK_FAILED,
    FitnessDecided: UNFIT,
}
OF_TYPES = {each.type_name(): kind for each, kind in _KIND_OF.items()}
"""What observations of a type are called, where all of them are of one kind."""


def _incident(state: RallyState, came_of_it: _CameOfIt, fact: Fact[Observation]) -> Incident:
    said, kind = fact.value, kind_of(fact.value)
    crew = state.facts.crews.get(said.number)
    decided = tuple(came_of_it.on(fact))
    return Incident(
        said.number,
        crew.value.driver if crew else "",
        getattr(said, "stage", ""),
        kind,
        said.fact_at.iso() if said.fact_at else None,
        said.words(),
        isinstance(said, IncidentReported) and said.injury,
        kind in AWAITED and still_matters(state, said) and not any(e.stands for e in decided),
        decided,
        fact.position,
    )


class _CameOfIt:
    """What was decided on an observation, as it is told."""

    def __init__(self, state: RallyState) -> None:
        self._answers = Answers(state)
        self._state = state

    @cached_property
    def _charges(self) -> dict[str, list[Charge]]:
        return grouped((identity, each) for each in self._state.charges for identity in each.ids)

    def on(self, fact: Fact[Observation]) -> Iterator[Decided]:
        """What was decided on an observation, in the order of the facts."""
        for given in self._answers.penalties(fact):
            yield self._by_a_penalty(given)
        for charge in self._charges.get(fact.id, ()):
            if charge.basis == COMPUTED:
                words = f"Crew {charge.number}: {charge.reason}."
                stands = charge.status not in UNDONE
                yield Decided(charge.positions[0], with_status(words, charge.status), stands)
        for each in self._answers.without_penalty(fact):
            yield Decided(each.fact.position, each.words, each.stands)

    def _by_a_penalty(self, given: Given) -> Decided:
        """A penalty, with what became of it: also where it fell away with a part of the stage."""
        said = given.fact.value
        charges = self._charges.get(given.fact.id, ())
        # A decision may give several.
        mine = [e for e in charges if (e.number, e.amount_ms) == (said.number, said.amount_ms)]
        status = mine[0].status if mine else given.status
        return Decided(given.fact.position, with_status(said.words(), status), given.stands)
