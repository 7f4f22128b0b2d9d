"""Outstanding: what race control asks all night, stage by stage.

Who is still out and where each was last seen; who is to come to which control; which controls and
sheets are missing; whose times rest on too few kinds of sources; and what keeps the result of a
stage from being published.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import NamedTuple, ParamSpec, TypeVar

import msgspec

from ledger.errors import LedgerError
from ledger.times import iso
from ledger.vocabulary import (
    ControlScheduled,
    PassingRecorded,
    StageCancelled,
    StageInterrupted,
    StageResumed,
    StageScheduled,
    StageStopped,
    StageTimeRecorded,
)
from projections.control.anomalies import anomalies
from projections.control.anomaly import Anomaly
from projections.control.missing import WITHOUT_TIMES, Missing, crews, listed, missing
from projections.desk.incidents import Incident, incidents
from projections.desk.pending import pending
from projections.desk.proposals import waiting
from projections.results.standings import Scope, stage_named, standings
from projections.state.rally import RallyState
from projections.state.readings import RULINGS
from projections.state.recorded import Fact
from projections.state.road import COMPUTED, WHETHER
from projections.state.whereabouts import Whereabouts

KEEPING_BACK = (
    "cards-differ",
    "fork",
    "restart-refused",
    "restarted-unfit",
    "source-conflict",
    "sources-differ",
    "unknown-crew",
)
"""Contradictions on a stage that have to be settled before its result is published."""

Given = ParamSpec("Given")
Found = TypeVar("Found")


class StillOut(msgspec.Struct, frozen=True):
    """A crew that is not off a stage: whether it started, and where it was last seen."""

    stage: str
    number: str
    driver: str
    category: str
    started: bool
    due_at: str | None
    last_seen: str
    last_seen_at: str | None
    source: str
    position: int | None


class Awaited(msgspec.Struct, frozen=True):
    """A crew that is to come to a control: the next one on its way, and when it is due there."""

    stage: str
    control: str
    number: str
    due_at: str | None


class SingleSource(msgspec.Struct, frozen=True):
    """A stage time that rests on fewer kinds of sources than are wanted."""

    stage: str
    number: str
    sources: tuple[str, ...]
    wanted: int
    positions: tuple[int, ...]


class Blocker(msgspec.Struct, frozen=True):
    """What keeps the result of a stage from being published."""

    stage: str
    kind: str
    message: str
    numbers: tuple[str, ...] = ()
    positions: tuple[int, ...] = ()


class Outstanding(msgspec.Struct, frozen=True):
    """What is outstanding; `untold` is what can't be told, because a rule is not defined."""

    still_out: tuple[StillOut, ...]
    missing: tuple[Missing, ...]
    single_source: tuple[SingleSource, ...]
    blockers: tuple[Blocker, ...]
    untold: tuple[str, ...]
    awaited: tuple[Awaited, ...] = ()


class _Desk:
    """What race control has on its desk; each sheet is made out when it is first asked for."""

    def __init__(self, state: RallyState) -> None:
        self.state = state
        self.places = Whereabouts(state)
        self.untold: dict[str, None] = {}

    def ask(
        self, search: Callable[Given, Iterable[Found]], *given: Given.args, **named: Given.kwargs
    ) -> list[Found]:
        """What a search finds; nothing where a rule is not defined, which is noted."""
        try:
            return list(search(*given, **named))
        except LedgerError as error:
            self.untold[error.message] = None
            return []

    @cached_property
    def contradictions(self) -> tuple[Anomaly, ...]:
        return anomalies(self.state)

    def ids(self, positions: Iterable[int]) -> list[str]:
        """The ids of records, in an order that is the same in every copy of the log."""
        return sorted(self._ids[each] for each in positions)

    @cached_property
    def _ids(self) -> dict[int, str]:
        return {position: each for each, position in self.state.facts.positions.items()}

    @cached_property
    def undecided(self) -> list[Incident]:
        return [each for each in incidents(self.state) if each.open]

    @cached_property
    def proposed(self) -> dict[int, str]:
        """What is proposed for a fact and waits for an office, by the position of the fact."""
        found = ((each.name, fact) for each in waiting(self.state) for fact in each.about.facts)
        return {fact.position: name for name, fact in found}

    @cached_property
    def sources(self) -> dict[str, str]:
        """The kind of source of each record of a time, by id."""
        facts = self.state.facts
        timed = [*facts.of(StageTimeRecorded), *facts.of(PassingRecorded)]
        return {each.id: each.value.source.kind for each in timed}


def outstanding(state: RallyState, stage: str | None = None) -> Outstanding:
    """What is outstanding on a stage; without one, on all that were begun and are not closed.

    Raises:
        NotFound: no such stage.
    """
    named = None if stage is None else [stage_named(state, stage)]
    desk = _Desk(state)
    stages = desk.ask(_under_way, desk) if named is None else named
    # A crew is on one stage at a time: what is open on a later one only follows.
    still_out: dict[str, StillOut] = {}
    for each in stages:
        for out in desk.ask(_still_out, desk, each):
            still_out.setdefault(out.number, out)
    awaited = {row.number: row for each in stages for row in desk.ask(_awaited, desk, each)}
    lacking = [row for each in stages for row in desk.ask(missing, desk.places, each)]
    single = [row for each in stages for row in desk.ask(_single_source, desk, each)]
    blockers = [
        row for each in stages for search in _BLOCKERS for row in desk.ask(search, desk, each)
    ]
    return Outstanding(
        tuple(still_out.values()),
        tuple(lacking),
        tuple(single),
        tuple(blockers),
        tuple(desk.untold),
        tuple(awaited.values()),
    )


def _under_way(desk: _Desk) -> list[StageScheduled]:
    return [each for each in desk.places.begun if each.stage not in desk.state.closed]


# -- who is still out ----------------------------------------------------------------------------


def _still_out(desk: _Desk, stage: StageScheduled) -> Iterator[StillOut]:
    state = desk.state
    for number in listed(desk.places.still_out(stage)):
        crew = state.facts.crews[number].value
        due = state.timing.due(stage.stage, number)
        last = desk.places.last_seen(stage.stage, number)
        yield StillOut(
            stage.stage,
            number,
            crew.driver,
            crew.category,
            last is not None,
            due.iso() if due else None,
            last.place if last else "",
            last.at.iso() if last and last.at else None,
            last.source if last else "",
            last.position if last else None,
        )


# -- who is to come to a control -----------------------------------------------------------------


def _awaited(desk: _Desk, stage: StageScheduled) -> Iterator[Awaited]:
    """The crews that left one control of a stage and are not on record at the next one.

    Those that were seen later have passed it: there the record is missing. Start and finish of the
    selective section are waited for as such. Where nobody was read at a control and nothing depends
    on it, none is kept there.
    """
    state, road = desk.state, desk.state.road
    if stage.stage in state.closed:
        return
    rules = state.rules_of(stage.stage)
    judged = rules.defines(WHETHER) and rules.text(WHETHER) == COMPUTED
    read = {control for _, control in road.seen}
    for number, control, left_one in heading(desk.places, stage):
        due = road.due_at(number, control.control)
        kept = (judged and due is not None) or control.control in read
        if left_one and kept and not (control.is_start or control.is_finish):
            at = iso(due, _offset(state, number, stage)) if due is not None else None
            yield Awaited(stage.stage, control.control, number, at)


class Heading(NamedTuple):
    """A crew on its way to a control of a stage; whether it left one of that stage before."""

    number: str
    control: ControlScheduled
    left_one: bool


def heading(places: Whereabouts, stage: StageScheduled) -> Iterator[Heading]:
    """The crews that take part in a stage, and the control of it to which each is to come next.

    None that was seen later, on the stage or on another one: there the record is missing.
    """
    line = [each for each in places.state.controls.values() if each.stage == stage.stage]
    for number in listed(places.state.facts.crews):
        if places.seen_later(stage, number) or not places.takes_part(stage, number):
            continue
        ahead = next((i for i, c in enumerate(line) if not _was_at(places, number, c)), len(line))
        if ahead < len(line) and not any(_was_at(places, number, c) for c in line[ahead:]):
            yield Heading(number, line[ahead], ahead > 0)


def _was_at(places: Whereabouts, number: str, control: ControlScheduled) -> bool:
    """Whether a crew is on record at a control, or at the start or finish that it is."""
    state = places.state
    if (number, control.control) in state.road.seen:
        return True
    if control.is_start:
        return (control.stage, number) in state.timing.starts
    return control.is_finish and places.finished(control.stage, number)


def _offset(state: RallyState, number: str, stage: StageScheduled) -> int:
    """The offset in which the times of a crew on a stage are shown: that of its start."""
    start = state.timing.starts.get((stage.stage, number))
    return start.fact.value.happened.offset if start else 0


# -- sources -------------------------------------------------------------------------------------


def _single_source(desk: _Desk, stage: StageScheduled) -> Iterator[SingleSource]:
    state = desk.state
    timed = {
        number: value
        for (code, number), value in state.timing.measured.items()
        if code == stage.stage and value.basis not in RULINGS
    }
    if not timed:
        return
    wanted = state.rules_of(stage.stage).number("timing.sources_wanted")
    for number in listed(timed):
        ids = timed[number].ids
        kinds = sorted({desk.sources.get(each, "") for each in ids})
        if len(kinds) < wanted:
            positions = tuple(sorted(state.facts.positions[each] for each in ids))
            yield SingleSource(stage.stage, number, tuple(kinds), wanted, positions)


# -- what keeps the result back ------------------------------------------------------------------


def _crews_out(desk: _Desk, stage: StageScheduled) -> Iterator[Blocker]:
    out = listed(desk.places.still_out(stage))
    if out:
        message = f"Still out: {crews(out)}."
        yield Blocker(stage.stage, "crews-out", message, out)


def _no_times(desk: _Desk, stage: StageScheduled) -> Iterator[Blocker]:
    for each in missing(desk.places, stage, WITHOUT_TIMES):
        yield Blocker(stage.stage, f"{each.kind}-missing", each.message, each.numbers)


def _contradictions(desk: _Desk, stage: StageScheduled) -> Iterator[Blocker]:
    # Those of the stage first: of others the records need not be at hand by which they are ordered.
    mine = [a for a in desk.contradictions if a.stage == stage.stage and a.kind in KEEPING_BACK]
    for each in sorted(mine, key=lambda a: (a.kind, a.message, desk.ids(a.positions))):
        numbers = (each.number,) if each.number else ()
        yield Blocker(stage.stage, each.kind, each.message, numbers, each.positions)


def _interrupted(desk: _Desk, stage: StageScheduled) -> Iterator[Blocker]:
    facts = desk.state.facts
    flags = [each for each in facts.of(StageInterrupted) if each.value.stage == stage.stage]
    acts: list[Fact[StageResumed | StageStopped | StageCancelled]] = [
        *facts.of(StageResumed),
        *facts.of(StageStopped),
        *facts.of(StageCancelled),
    ]
    settled = [each.order() for each in acts if each.value.stage == stage.stage]
    for flag in flags[-1:]:
        if not any(order > flag.order() for order in settled):
            message = f"{stage.stage} was interrupted; it neither runs again nor was stopped."
            yield Blocker(stage.stage, "interrupted", message, (), (flag.position,))


def _notional(desk: _Desk, stage: StageScheduled) -> Iterator[Blocker]:
    without: dict[int, list[str]] = {}
    for number in desk.places.lacking(stage):
        stopped = desk.state.direction_for(stage.stage, number).stopped
        if stopped and stopped.value.method == "notional":
            without.setdefault(stopped.position, []).append(number)
    for position, numbers in without.items():
        message = f"Stopped by notional times; none is allocated to {crews(listed(numbers))}."
        yield Blocker(stage.stage, "no-notional-time", message, listed(numbers), (position,))


def _unfit(desk: _Desk, stage: StageScheduled) -> Iterator[Blocker]:
    state = desk.state
    for number in listed(state.fitness):
        last = state.fitness[number][-1]
        timed = (stage.stage, number) in state.timing.measured
        if timed and not last.value.fit and state.out_from(number, last) <= stage.order:
            message = f"Crew {number} has a time, and was declared unfit from {stage.stage} on."
            yield Blocker(stage.stage, "unfit", message, (number,), (last.position,))


def _undecided(desk: _Desk, stage: StageScheduled) -> Iterator[Blocker]:
    for each in desk.undecided:
        if each.stage == stage.stage:
            name = desk.proposed.get(each.position)
            proposed = f" Proposed: {name}." if name else ""
            message = f"Nobody has decided on it: {each.words}{proposed}"
            yield Blocker(stage.stage, "undecided", message, (each.number,), (each.position,))


def _pending(desk: _Desk, stage: StageScheduled) -> Iterator[Blocker]:
    for each in pending(desk.state.facts):
        if each.stage == stage.stage:
            message = f"It has no effect until it is {each.until}: {each.words} {each.why}"
            numbers = (each.number,) if each.number else ()
            yield Blocker(stage.stage, "pending", message, numbers, (each.position,))


def _not_computable(desk: _Desk, stage: StageScheduled) -> Iterator[Blocker]:
    try:
        standings(desk.state, Scope("stage", stage=stage.stage))
    except LedgerError as error:
        yield Blocker(stage.stage, error.kind, error.message)


_BLOCKERS = (
    _crews_out,
    _no_times,
    _contradictions,
    _interrupted,
    _notional,
    _unfit,
    _undecided,
    _pending,
    _not_computable,
)
