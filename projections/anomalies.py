"""Anomalies: what in the log contradicts itself or the plan, for an official to look at.

Nothing is refused or dropped because of one; what an official does about it is an occurrence.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator

import msgspec

from ledger.errors import LedgerError
from ledger.times import format_duration
from ledger.vocabulary import TYPES as VOCABULARY
from ledger.vocabulary import (
    CrewEntered,
    CrewNotStarted,
    Occurrence,
    PassingRecorded,
    PenaltyGiven,
    PenaltyWithdrawn,
    RegulationsAdopted,
    RetirementReported,
    RetirementRetracted,
    StageScheduled,
    StartRefused,
)
from projections.facts import Fact, Retraction
from projections.state import RallyState
from projections.timing import point_orders


class Anomaly(msgspec.Struct, frozen=True):
    """One contradiction: its kind, the records it rests on, and a sentence about it."""

    kind: str
    positions: tuple[int, ...]
    message: str
    number: str = ""
    stage: str = ""


def anomalies(state: RallyState) -> tuple[Anomaly, ...]:
    """Every contradiction at this cut, in the order of the records they rest on.

    What can't be told because a rule is not defined is an anomaly itself.
    """
    found: set[Anomaly] = set()
    for search in _SEARCHES:
        try:
            found.update(search(state))
        except LedgerError as error:
            found.add(Anomaly(error.kind, (), error.message))
    return tuple(sorted(found, key=lambda each: (each.positions, each.kind, each.message)))


def _at(state: RallyState, *ids: str) -> tuple[int, ...]:
    return tuple(
        sorted(state.facts.positions[each] for each in ids if each in state.facts.positions)
    )


def _amendments(state: RallyState) -> Iterator[Anomaly]:
    for finding in state.facts.findings:
        yield Anomaly(finding.kind, _at(state, *finding.ids), finding.message)


def _every(state: RallyState) -> Iterator[Fact[Occurrence]]:
    for kind in VOCABULARY.values():
        yield from state.facts.of(kind)


def _unknown(state: RallyState) -> Iterator[Anomaly]:
    """Records about crews, stages and points that are not in the plan."""
    orders = point_orders(state)
    points = {(stage, point) for stage, _, point in orders}
    for fact in _every(state):
        said = fact.value
        number, stage = getattr(said, "number", ""), getattr(said, "stage", "")
        if number and number not in state.facts.crews:
            message = f"No crew {number} is entered: {_source(said)}"
            yield Anomaly("unknown-crew", (fact.position,), message, number, stage)
        if stage and stage not in state.orders and not isinstance(said, StageScheduled):
            message = f"No stage {stage} is scheduled: {_source(said)}"
            yield Anomaly("unknown-stage", (fact.position,), message, number, stage)
        elif isinstance(said, PassingRecorded) and said.point and (stage, said.point) not in points:
            message = f"{stage} has no point {said.point}: {_source(said)}"
            yield Anomaly("unknown-point", (fact.position,), message, number, stage)


def _source(said: Occurrence) -> str:
    """The sentence of a record and the line of its source, so that it can be found there."""
    line = f" ({said.source.name} {said.source.seq})" if said.source.seq else ""
    return f"{said.words()}{line}"


def _twice(state: RallyState) -> Iterator[Anomaly]:
    """Numbers and stages that were given twice; the first counts."""
    entries, scheduled = defaultdict(list), defaultdict(list)
    for entry in state.facts.of(CrewEntered):
        entries[entry.value.number].append(entry.position)
    for planned in state.facts.of(StageScheduled):
        scheduled[planned.value.stage].append(planned.position)
    for number, at in entries.items():
        if len(at) > 1:
            message = f"The number {number} was given {len(at)} times; the first recorded holds it."
            yield Anomaly("number-twice", tuple(sorted(at)), message, number)
    orders = Counter(stage.order for stage in state.stages)
    for stage in state.facts.stages.values():
        if orders[stage.value.order] > 1:
            message = f"Several stages have the number {stage.value.order}."
            yield Anomaly("order-twice", (stage.position,), message, "", stage.value.stage)
    for code, at in scheduled.items():
        if len(at) > 1:
            message = f"{code} was scheduled {len(at)} times; the first recorded counts."
            yield Anomaly("stage-twice", tuple(sorted(at)), message, "", code)


def _taken_back(state: RallyState) -> Iterator[Anomaly]:
    """Retractions and withdrawals of what is not there."""
    facts = state.facts
    known = {each.id for each in facts.of(RetirementReported)}
    known |= {each.id for each in facts.of(PenaltyGiven)}
    back: list[Fact[Retraction]] = [*facts.of(RetirementRetracted), *facts.of(PenaltyWithdrawn)]
    for fact in back:
        said = fact.value
        if said.target not in known:
            message = f"It takes back {said.target[:10]}, which does not stand."
            yield Anomaly("dangling-reference", (fact.position,), message, said.number, said.stage)
    for number, penalties in state.penalties.items():
        for order, penalty in penalties:
            if order is None:
                message = f"It counts in no stage: {penalty.value.words()}"
                yield Anomaly("penalty-without-stage", (penalty.position,), message, number)


def _times(state: RallyState) -> Iterator[Anomaly]:
    """Several records of one time that lie further apart than the rulebook tolerates."""
    for (stage, number), value in state.values.items():
        if value.under_verification:
            spread = format_duration(value.spread_ms)
            message = (
                f"{len(value.ids)} records of crew {number} on {stage} lie {spread} apart; "
                f"{format_duration(value.time_ms)} counts."
            )
            yield Anomaly("sources-differ", _at(state, *value.ids), message, number, stage)


def _falling(state: RallyState) -> Iterator[Anomaly]:
    """Elapsed times that fall along the points of a stage."""
    orders = point_orders(state)
    passed: dict[tuple[str, str], list[tuple[int, Fact[PassingRecorded]]]] = defaultdict(list)
    for fact in state.facts.of(PassingRecorded):
        said = fact.value
        key = (said.stage, state.category(said.number), said.point)
        order = orders.get(key, orders.get((said.stage, "", said.point)))
        if order is not None and said.elapsed_ms is not None:
            passed[said.stage, said.number].append((order, fact))
    for (stage, number), facts in passed.items():
        facts.sort(key=lambda each: (each[0], each[1].id))
        for (order, before), (further, after) in itertools.pairwise(facts):
            earlier, later = before.value.elapsed_ms or 0, after.value.elapsed_ms or 0
            if further > order and later < earlier:
                message = (
                    f"The time of crew {number} on {stage} falls from "
                    f"{format_duration(earlier)} at {before.value.point} to "
                    f"{format_duration(later)} at {after.value.point}."
                )
                at = tuple(sorted((before.position, after.position)))
                yield Anomaly("falling-time", at, message, number, stage)


def _after_retirement(state: RallyState) -> Iterator[Anomaly]:
    """Crews that were seen after they had retired for good."""
    out: dict[str, tuple[int, int]] = {}
    for number, facts in state.retirements.items():
        for fact in facts:
            if state.definitive(fact) and fact.value.fact_at is not None:
                out.setdefault(number, (fact.value.fact_at.ms, fact.position))
    for seen in state.on_the_road:
        number, at = seen.value.number, seen.value.fact_at
        known = number in out and at is not None and not seen.value.fact_assumed
        if known and at is not None and at.ms > out[number][0]:
            yield Anomaly(
                "seen-after-retirement",
                tuple(sorted((out[number][1], seen.position))),
                f"Crew {number} had retired: {seen.value.words()}",
                number,
                seen.value.stage,
            )


def _came_back(state: RallyState) -> Iterator[Anomaly]:
    """Crews that restarted after retiring for good, or ran although kept from the start."""
    for number, restarts in state.restarts.items():
        for fact in state.retirements.get(number, ()):
            if state.definitive(fact):
                at = tuple(sorted((fact.position, *(each.position for each in restarts))))
                message = f"Crew {number} restarted, but its retirement is definitive."
                yield Anomaly("restarted-after-retirement", at, message, number)
    kept: list[Fact[StartRefused | CrewNotStarted]] = [*state.facts.of(StartRefused)]
    kept += [each for each in state.facts.of(CrewNotStarted) if not each.value.stage]
    for each in kept:
        if each.value.number in state.seen_running:
            message = f"Crew {each.value.number} took part: {each.value.words()}"
            yield Anomaly("seen-without-start", (each.position,), message, each.value.number)


def _regulations(state: RallyState) -> Iterator[Anomaly]:
    adopted = state.facts.of(RegulationsAdopted)
    if len(adopted) > 1:
        message = (
            f"Regulations were adopted {len(adopted)} times; {adopted[-1].value.rulebook} holds."
        )
        yield Anomaly("regulations-twice", _at(state, *(each.id for each in adopted)), message)


_SEARCHES = (
    _amendments,
    _unknown,
    _twice,
    _taken_back,
    _times,
    _falling,
    _after_retirement,
    _came_back,
    _regulations,
)
