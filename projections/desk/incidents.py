"""Incidents: what was observed on the road and needs somebody's attention, and what came of it.

An observation is never a penalty by itself. It counts as decided once a penalty or credit that
stands names it or is for the same crew, stage and place, or a later check or doctor settled it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import get_args

import msgspec

from ledger.grouping import grouped
from ledger.vocabulary import (
    CheckHeld,
    CrewDisqualified,
    FalseStartObserved,
    FitnessDecided,
    IncidentReported,
    Occurrence,
    PenaltyGiven,
    ReportFiled,
    SpeedZoneRead,
    StartRefused,
    TimeCreditGranted,
    WaypointMissed,
)
from ledger.vocabulary.running import IncidentKind
from projections.state.charges import Charge
from projections.state.rally import RallyState
from projections.state.recorded import Fact
from projections.state.road import COMPUTED
from projections.state.rulings import UNDONE, Ruling

Observation = (
    IncidentReported
    | WaypointMissed
    | SpeedZoneRead
    | FalseStartObserved
    | CheckHeld
    | FitnessDecided
)
WAYPOINT, SPEED, FALSE_START = "waypoint-missed", "speed-zone", "false-start"
CHECK_FAILED, UNFIT = "check-failed", "unfit"
AWAITED = frozenset({WAYPOINT, SPEED, FALSE_START, CHECK_FAILED})
"""What somebody has to decide on."""
_UNDONE = UNDONE | {"withdrawn"}
"""A decision that was taken back leaves an observation undecided."""
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
    came_of_it = CameOfIt(state, state.charges)
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
        *(each for each in facts.of(SpeedZoneRead) if each.value.impulses),
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


def _incident(state: RallyState, came_of_it: CameOfIt, fact: Fact[Observation]) -> Incident:
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
        kind in AWAITED and _still_matters(state, said) and not any(e.stands for e in decided),
        decided,
        fact.position,
    )


def _still_matters(state: RallyState, said: Observation) -> bool:
    """Whether the place of an observation is still a part of the stage."""
    stage, category = getattr(said, "stage", ""), state.category(said.number)
    place = getattr(said, "point", "") or getattr(said, "zone", "")
    directed = state.direction(stage, category, said.number)
    if directed.cancelled is not None and place:
        return False
    return not place or state.side(stage, category, place, directed.finish_point) <= 0


class CameOfIt:
    """What was decided, to be found by what it is about; `charges` are the penalties there are."""

    def __init__(self, state: RallyState, charges: Iterable[Charge]) -> None:
        self._state = state
        self._charges: dict[str, list[Charge]] = grouped((each.number, each) for each in charges)

    @cached_property
    def _given(self) -> dict[str, Fact[PenaltyGiven]]:
        facts = self._state.facts
        fallen = (each.fact for each in facts.rulings.not_counting(PenaltyGiven) if each.fact)
        penalties: list[Fact[PenaltyGiven]] = [*facts.of(PenaltyGiven), *fallen]  # type: ignore[list-item]
        return {each.id: each for each in penalties}

    def on(self, fact: Fact[Observation]) -> Iterator[Decided]:
        """What was decided on an observation, in the order of the facts."""
        for charge in self._charges.get(fact.value.number, ()):
            if self._rests_on(charge, fact):
                given = self._given.get(charge.ids[0])
                words = given.value.words() if given else f"Crew {charge.number}: {charge.reason}."
                shown = words if charge.in_force else f"{words} ({charge.status})"
                # What fell away with a part of the stage, or before a court, was decided.
                stands = charge.status not in _UNDONE
                yield Decided(given.position if given else charge.positions[0], shown, stands)
        for other in self._others(fact):
            stands = other.id not in self._state.facts.taken_back
            yield Decided(other.position, other.value.words(), stands)
        for ruling in self._without_penalty.get(fact.id, ()):
            gone = ruling.status in _UNDONE
            words = ruling.fact.value.words()
            shown = f"{words} ({ruling.status})" if gone else words
            yield Decided(ruling.fact.position, shown, not gone)

    @cached_property
    def _without_penalty(self) -> dict[str, list[Ruling]]:
        """The decisions that penalise nobody, by the records that they rest on or decide."""
        found: dict[str, list[Ruling]] = defaultdict(list)
        rulings = self._state.facts.rulings
        reported = {each.id: each.value.evidence for each in self._state.facts.of(ReportFiled)}
        for decision in rulings.decisions:
            ruling = rulings.all[decision.id]
            if not any(each.effect.act == PenaltyGiven.type_name() for each in ruling.effects):
                said = decision.value
                about = {*said.evidence, *said.matter}
                about.update(*(reported.get(each, ()) for each in said.matter))
                for each in about:
                    found[each].append(ruling)
        return found

    def _rests_on(self, charge: Charge, fact: Fact[Observation]) -> bool:
        """Whether a penalty names an observation, or is for the same crew, stage and place."""
        given = self._given.get(charge.ids[0])
        if given is None:
            return charge.basis == COMPUTED and fact.id in charge.ids
        if fact.id in given.value.evidence:
            return True
        said = fact.value
        if isinstance(said, FalseStartObserved):
            same = given.value.kind == FALSE_START
        else:
            place = getattr(said, "point", "") or getattr(said, "zone", "")
            same = bool(place) and given.value.point == place
        return same and charge.stage == getattr(said, "stage", "")

    def _others(self, fact: Fact[Observation]) -> list[Fact[Occurrence]]:
        """What is no penalty: a credit for stopping, a check that was passed, a crew cleared."""
        facts, said = self._state.facts, fact.value
        found: list[Fact[Occurrence]] = []
        if isinstance(said, IncidentReported) and said.kind == "stop-to-assist":
            found += [
                each
                for each in facts.of(TimeCreditGranted)
                if (each.value.number, each.value.stage) == (said.number, said.stage)
            ]
        elif isinstance(said, CheckHeld):
            found += [
                each
                for each in facts.of(CheckHeld)
                if each.value.passed
                and (each.value.number, each.value.kind) == (said.number, said.kind)
                and each.order() > fact.order()
            ]
            found += [e for e in facts.of(StartRefused) if e.value.number == said.number]
            found += [e for e in facts.of(CrewDisqualified) if e.value.number == said.number]
        elif isinstance(said, FitnessDecided):
            found += [
                each
                for each in self._state.fitness[said.number]
                if each.value.fit and each.order() > fact.order()
            ]
        return sorted(found, key=Fact.order)
