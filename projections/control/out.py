"""Out, and yet on the road: statuses that a time, a passing or a start contradicts.

By the order of the stages: who retired on SS3 has no time on SS4, whatever the clocks say. On the
stage that a crew left, and where a report names no stage, the instants decide, as far as they are
known. A restart, a retraction or a decision that takes the status back lifts the contradiction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from ledger.grouping import grouped
from ledger.vocabulary import (
    ControlPassed,
    CrewDisqualified,
    CrewNotStarted,
    CrewRestarted,
    CrewWithdrew,
    FalseStartObserved,
    FitnessDecided,
    NeutralisationPassed,
    Occurrence,
    PassingRecorded,
    StageNotFinished,
    StageTimeRecorded,
    StartRefused,
)
from ledger.vocabulary.base import on
from projections.control.anomaly import Anomaly, positions_of
from projections.state.course import Leaving
from projections.state.rally import RallyState
from projections.state.recorded import OF_NO_DECISION, Fact

Kind = TypeVar("Kind", bound=Occurrence)
_NEVER = 1 << 62
_THERE, _ON_THE_WAY, _FINISH, _BEYOND = range(4)
"""How far a sighting shows that a crew came on its stage."""


class Sighting(NamedTuple):
    """A crew was on the road: on which stage, how far it came there, by which record.

    `at_ms` is the true instant; where none is told, `told` is false and it is when the stage began.
    """

    order: int
    stage: str
    came: int
    at_ms: int
    told: bool
    fact: Fact[Any]

    @property
    def assessed(self) -> bool:
        """Whether it may have been allocated to a crew that is to come back."""
        return getattr(self.fact.value, "basis", "") == "assessed"


class Out(NamedTuple):
    """That a crew is out: from where on the road, until where, and by which record.

    No sighting behind the stage of the number `order` fits it, nor one on that stage that came as
    far as `came` or was later; from the stage of the number `back` on the crew is in again.
    """

    kind: str
    words: str
    order: int
    came: int
    fact: Fact[Any]
    back: int = _NEVER
    by_instants: bool = True
    """Whether the instants tell what came before it: not where a crew never came."""
    for_good: bool = False

    def contradicts(self, seen: Sighting) -> bool:
        """Whether a sighting does not fit."""
        if seen.order >= self.back or (seen.assessed and not self.for_good):
            return False
        if seen.order > self.order:
            return True
        if self.by_instants and seen.told and _is_told(self.fact):
            return _is_later(seen, self.fact)
        # What a crew did on the stage that it left, it may have done before.
        return seen.order == self.order and seen.came >= self.came


def out_and_seen(state: RallyState) -> Iterator[Anomaly]:
    """Every crew that is out and was seen all the same, stage by stage."""
    road = _Road(state)
    for out in _outs(state, road):
        number = out.fact.value.number
        sightings = road.sightings(number)
        by_stage = grouped((seen.stage, seen) for seen in sightings if out.contradicts(seen))
        for stage, group in by_stage.items():
            furthest = max(group, key=lambda each: (each.came, each.at_ms, each.fact.id))
            message = f"Crew {number} {out.words}: {furthest.fact.value.words()}"
            positions = positions_of(state, out.fact.id, *(each.fact.id for each in group))
            yield Anomaly(out.kind, positions, message, number, stage)


def _is_told(fact: Fact[Any]) -> bool:
    return fact.value.fact_at is not None and not fact.value.fact_assumed


def _is_later(seen: Sighting, left: Fact[Any]) -> bool:
    """Whether a sighting came after a crew left: by the facts, else by when they were recorded."""
    if _is_told(left):
        return seen.at_ms > int(left.value.fact_at.ms)
    return int(seen.fact.value.recorded_at.ms) > int(left.value.recorded_at.ms)


class _Road:
    """Where each crew was seen, by sources that can be believed."""

    def __init__(self, state: RallyState) -> None:
        self.state = state
        self._known: dict[str, list[Sighting]] = {}

    def sightings(self, number: str) -> list[Sighting]:
        """Every sighting of a crew on a stage of the plan."""
        if number not in self._known:  # few are out: of the others nobody asks
            found = (self._sighting(each) for each in self._told.get(number, ()))
            self._known[number] = [each for each in found if each is not None]
        return self._known[number]

    def told(self, several: Iterable[Fact[Kind]]) -> list[Fact[Kind]]:
        """Those of crews that something may show on the road: of most only some are asked for."""
        return [each for each in several if getattr(each.value, "number", "") in self._told]

    @cached_property
    def _told(self) -> dict[str, list[Fact[Any]]]:
        """What may show a crew on the road, by number."""
        state, clocks = self.state, self.state.timing.clocks
        zones = clocks.trusted(state.facts.of(NeutralisationPassed))
        seen: list[Fact[Any]] = [*state.on_the_road, *zones, *state.facts.of(FalseStartObserved)]
        return grouped((fact.value.number, fact) for fact in seen)

    def _sighting(self, fact: Fact[Any]) -> Sighting | None:
        """The sighting that a record tells of; None where it shows nobody on the road."""
        state, said = self.state, fact.value
        if fact.weight != OF_NO_DECISION or isinstance(said, CrewRestarted):
            return None
        control = said.control if isinstance(said, ControlPassed) else ""
        order, stage = state.stage_at(said.stage, control, fact.instant)
        came = self._came(said, stage)
        if order is None or came is None:
            return None
        told = _is_told(fact)
        at_ms = state.timing.clocks.true_ms(fact) if told else None
        if at_ms is None:
            at_ms = state.begins.get(stage, said.recorded_at.ms)
        return Sighting(order, stage, came, at_ms, told, fact)

    def _came(self, said: Any, stage: str) -> int | None:
        """How far a crew came on a stage by this record; None where it shows nothing of that."""
        if isinstance(said, StageTimeRecorded):
            # A time that was only allocated shows nobody on the road.
            return None if said.basis == "notional" else _FINISH
        if isinstance(said, PassingRecorded):
            finish = self.state.timing.finish(stage, said.number)
            return _FINISH if said.point in finish else _ON_THE_WAY
        if isinstance(said, ControlPassed):
            planned = self.state.controls.get(said.control)
            if planned is None or not (planned.is_start or planned.is_finish):
                return _THERE
            return _FINISH if planned.is_finish else _ON_THE_WAY
        return _ON_THE_WAY

    def last_before(self, fact: Fact[Any]) -> int:
        """The number of the last stage on which a crew was seen before it left; 0 for none."""
        sightings = self.sightings(fact.value.number)
        return max((each.order for each in sightings if not _is_later(each, fact)), default=0)


def _outs(state: RallyState, road: _Road) -> Iterator[Out]:
    """What put crews out that something may show on the road, as it stands."""
    facts, unfinished = state.facts, state.unfinished
    for refused in road.told(facts.of(StartRefused)):
        yield Out("seen-without-start", "was refused the start", 0, _THERE, refused)
    for fact in road.told(facts.of(CrewNotStarted)):
        yield _not_started(state, fact)
    unfit = (each for group in state.fitness.values() for each in group if not each.value.fit)
    leaving: list[Fact[Leaving]] = [*facts.retirements, *facts.of(CrewWithdrew), *unfit]
    for left in road.told(leaving):
        yield _left(state, road, left)
    for each in road.told(facts.of(StageNotFinished)):
        if each.id in unfinished.beyond_limit:
            yield _left(state, road, Fact(*each))
        held = unfinished.not_finished.get((each.value.stage, each.value.number))
        # Over the maximum time, a crew has a time and did not finish all the same.
        if held is not None and held.id == each.id and each.value.kind != "overtime":
            order, words = (
                state.orders.get(each.value.stage, 0),
                f"did not finish {held.value.stage}",
            )
            yield Out("finished-after-all", words, order, _FINISH, each, order + 1, False)
    for ruled in road.told(facts.of(CrewDisqualified)):
        yield _disqualified(state, road, ruled)


def _not_started(state: RallyState, fact: Fact[CrewNotStarted]) -> Out:
    stage = fact.value.stage
    order = state.orders.get(stage, 0)
    came = _ON_THE_WAY if stage else _THERE
    words = f"did not start{on(stage)}"
    return Out("seen-without-start", words, order, came, fact, _back(state, fact, order), False)


def _left(state: RallyState, road: _Road, fact: Fact[Leaving]) -> Out:
    """That a crew left the rally or a stage, for good or until it is back."""
    named = state.reported_at(fact)
    if named.order is None:
        order, stage, came = road.last_before(fact), "", _BEYOND
    else:
        # A stage that came to end at a point which the crew had passed, it had finished.
        finished = state.out_from(fact.value.number, fact) > named.order
        order, stage, came = named.order, named.stage, _BEYOND if finished else _FINISH
    words = f"{_LEFT.get(type(fact.value), 'had retired')}{on(stage)}"
    back, for_good = _back(state, fact, order), state.definitive(fact)
    return Out("seen-after-retirement", words, order, came, fact, back, for_good=for_good)


_LEFT = {
    CrewWithdrew: "was withdrawn",
    FitnessDecided: "was declared unfit",
    StageNotFinished: "had left out one stage too many",
}


def _back(state: RallyState, fact: Fact[Leaving], left: int) -> int:
    """The number of the stage from which a crew may be seen again that left one."""
    found = [state.restart_after(fact, left)]
    decided = state.decided_on_restart(fact)
    if decided and decided[-1].value.granted:
        found.append(state.orders.get(decided[-1].value.stage, left + 1))
    if isinstance(fact.value, FitnessDecided):
        found.append(state.back_from(fact.value.number, fact))
    return min((each for each in found if each is not None), default=_NEVER)


def _disqualified(state: RallyState, road: _Road, fact: Fact[CrewDisqualified]) -> Out:
    """That a crew was disqualified. What it had driven by then is no contradiction.

    From a stage on, what led to it was on that stage; of a whole rally, it lies behind.
    """
    order = state.from_order(fact) or road.last_before(fact)
    since = f" from {fact.value.stage} on" if fact.value.stage else ""
    words = f"was disqualified{since}"
    return Out("seen-after-disqualification", words, order, _BEYOND, fact, by_instants=False)
