"""Anomalies: what in the log contradicts itself or the plan, for an official to look at.

Nothing is refused or dropped because of one; what an official does about it is an occurrence.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from ledger.amendments import KEYS_AGAIN
from ledger.grouping import grouped, sets_of
from ledger.times import format_duration
from ledger.vocabulary import (
    TAKES_BACK,
    BulletinIssued,
    CrewEntered,
    CrewMemberReplaced,
    IncidentReported,
    NeutralisationPassed,
    NumberReallocated,
    Occurrence,
    PassingRecorded,
    RegulationsAdopted,
    RestartDecided,
    SpeedZoneRead,
    StageCancelled,
    StageClosed,
    StageScheduled,
    StartOrderAmended,
    StartOrderPublished,
    TieBreakDisapplied,
    TieSettled,
    TimeDetermined,
    WaypointMissed,
    ZonePlaced,
)
from ledger.vocabulary import TYPES as VOCABULARY
from projections.control.anomaly import Anomaly, positions_of, searched, sourced
from projections.control.doubtful_finish import doubtful_finishes
from projections.control.misnamed import misnamed
from projections.control.out import out_and_seen
from projections.control.plan import (
    appointed_by_themselves,
    constituted_twice,
    erased_elsewhere,
    falling_distances,
    not_appointed,
    numbers_of_no_record,
    persons_twice,
    planned_twice,
    targets_from_nothing,
    ties_not_level,
)
from projections.control.two_roots import two_roots
from projections.results.start_order import not_given, unheeded
from projections.state.contested import cards_that_differ, contested
from projections.state.contradictions import registered
from projections.state.rally import RallyState
from projections.state.recorded import READINGS, Fact
from projections.state.sites import run, runs, sites

PAPERS = tuple(kind for kind in VOCABULARY.values() if kind not in READINGS)
"""What is no reading: the plan, and what officials did and decided."""


def anomalies(state: RallyState) -> tuple[Anomaly, ...]:
    """Every contradiction at this cut, in the order of the records they rest on.

    What can't be told because a rule is not defined is an anomaly itself.
    """
    found = searched(state, SEARCHES)
    return tuple(sorted(found, key=lambda each: (each.positions, each.kind, each.message)))


def _amendments(state: RallyState) -> Iterator[Anomaly]:
    facts = state.facts
    idle = {each: facts.told[each] for each in facts.idle}
    forked = _since_forks(state) if facts.findings else frozenset()
    for finding in facts.findings:
        if finding.kind == KEYS_AGAIN and forked.issuperset(finding.ids):
            continue  # that two machines wrote under one name is told already, and explains it
        about = (facts.value(each) or idle.get(each) for each in finding.ids)
        said = next((each for each in about if each is not None), None)
        number, stage = getattr(said, "number", ""), getattr(said, "stage", "")
        yield Anomaly(
            finding.kind, positions_of(state, *finding.ids), finding.message, number, stage
        )


def _since_forks(state: RallyState) -> frozenset[str]:
    """What sites recorded since two machines wrote under one name."""
    since = {each.site: each.twice[0] for each in sites(state) if each.twice}
    return frozenset(
        identity
        for site, first in since.items()
        for number, ids in state.facts.numbers[site].items()
        if number >= first
        for identity in ids
    )


def _acts(state: RallyState) -> Iterator[tuple[Fact[Occurrence], Occurrence]]:
    """Each act of a decision, with what was recorded of it."""
    for ruling in state.facts.rulings.all.values():
        for each in ruling.effects:
            if each.fact is not None:
                yield each.fact, ruling.fact.value


def _unknown_on_paper(state: RallyState) -> Iterator[Anomaly]:
    """Records about crews, stages and points that are not in the plan, but for readings."""
    papers = (each for kind in PAPERS for each in state.facts.recorded(kind))
    return _unknown(state, itertools.chain(((each, each.value) for each in papers), _acts(state)))


def _unknown_on_the_road(state: RallyState) -> Iterator[Anomaly]:
    """Readings of crews, stages and points that are not in the plan."""
    seen = (each for kind in READINGS for each in state.facts.recorded(kind))
    return _unknown(state, ((each, each.value) for each in seen))


def _unknown(
    state: RallyState, several: Iterable[tuple[Fact[Occurrence], Occurrence]]
) -> Iterator[Anomaly]:
    """What of these is about nothing that is in the plan, each with what was recorded of it."""
    points = {(stage, point) for stage, _, point in state.points}
    given_up = {each.value.number for each in state.facts.of(NumberReallocated)}
    for fact, recorded in several:
        said = fact.value
        number, stage = getattr(said, "number", ""), getattr(said, "stage", "")
        renumbered = isinstance(said, NumberReallocated) and number in given_up
        if number and number not in state.facts.crews and not renumbered:
            message = f"No crew {number} is entered: {sourced(recorded)}"
            yield Anomaly("unknown-crew", (fact.position,), message, number, stage)
        if stage and stage not in state.orders and not isinstance(said, StageScheduled):
            message = f"No stage {stage} is scheduled: {sourced(recorded)}"
            yield Anomaly("unknown-stage", (fact.position,), message, number, stage)
        elif isinstance(said, PassingRecorded) and said.point and (stage, said.point) not in points:
            message = f"{stage} has no point {said.point}: {sourced(said)}"
            yield Anomaly("unknown-point", (fact.position,), message, number, stage)


def _twice(state: RallyState) -> Iterator[Anomaly]:
    """Numbers and stages that were given twice; the first counts."""
    entries = grouped((e.value.number, e.position) for e in state.facts.of(CrewEntered))
    scheduled = grouped((e.value.stage, e.position) for e in state.facts.of(StageScheduled))
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


def _closed_twice(state: RallyState) -> Iterator[Anomaly]:
    """Stages that were closed more than once."""
    closed = defaultdict(list)
    for each in state.facts.of(StageClosed):
        closed[each.value.stage].append(each.position)
    for code, at in closed.items():
        if len(at) > 1:
            message = f"{code} was closed {len(at)} times."
            yield Anomaly("closed-twice", tuple(sorted(at)), message, "", code)


def _taken_back(state: RallyState) -> Iterator[Anomaly]:
    """What takes back what is not there."""
    known = _known(state, {kind for about in TAKES_BACK.values() for kind in about})
    for kind, about in TAKES_BACK.items():
        for fact in state.facts.of(kind):
            target = getattr(fact.value, "target", "")
            if known.isdisjoint((target, each) for each in about):
                yield _dangling(fact, target, "takes back")


def _ruled(state: RallyState) -> Iterator[Anomaly]:
    """What rules on a time that is not there."""
    if not (rulings := state.facts.of(TimeDetermined)):  # as mostly
        return
    known = _known(state, READINGS)
    for ruling in rulings:
        if known.isdisjoint((ruling.value.target, each) for each in READINGS):
            yield _dangling(ruling, ruling.value.target, "rules that it counts:")


def _known(
    state: RallyState, kinds: Iterable[type[Occurrence]]
) -> set[tuple[str, type[Occurrence]]]:
    """What stands of these types, and each act of a decision, by its id."""
    acts = {(each.id, type(each.value)) for each, _ in _acts(state)}
    return acts | {(each.id, kind) for kind in kinds for each in state.facts.recorded(kind)}


def _of_no_stage(state: RallyState) -> Iterator[Anomaly]:
    """Penalties that count in no stage."""
    for number, penalties in state.penalties.items():
        for penalty in penalties:
            if penalty.order is None:
                message = f"It counts in no stage: {_said(state, penalty.ids[0])}"
                yield Anomaly("penalty-without-stage", penalty.positions, message, number)


def _dangling(fact: Fact[Any], target: str, does: str) -> Anomaly:
    number, stage = getattr(fact.value, "number", ""), getattr(fact.value, "stage", "")
    message = f"It {does} {target[:10]}, which does not stand."
    return Anomaly("dangling-reference", (fact.position,), message, number, stage)


def _said(state: RallyState, identity: str) -> str:
    found = state.facts.by_id.get(identity)
    return found.value.words() if found else ""


def _times(state: RallyState) -> Iterator[Anomaly]:
    """Several records of one time that lie further apart than the rulebook tolerates."""
    for (stage, number), value in state.timing.measured.items():
        if value.under_verification and value.spread_ms:
            spread = format_duration(value.spread_ms)
            message = (
                f"{len(value.ids)} records of crew {number} on {stage} lie {spread} apart; "
                f"{format_duration(value.time_ms)} counts."
            )
            yield Anomaly("sources-differ", positions_of(state, *value.ids), message, number, stage)
    for each in contested(state):
        yield Anomaly(
            "sources-differ", positions_of(state, *each.ids), each.message, each.number, each.stage
        )


def _cards(state: RallyState) -> Iterator[Anomaly]:
    """Cards that were keyed by several persons, who differ."""
    for each in cards_that_differ(state):
        yield Anomaly(
            "cards-differ", positions_of(state, *each.ids), each.message, each.number, each.stage
        )


def _ends(state: RallyState) -> Iterator[Anomaly]:
    """Stages of which it is not clear where they end, and passings that give no time by that."""
    for each in doubtful_finishes(state):
        yield Anomaly(
            each.kind, positions_of(state, *each.ids), each.message, each.number, each.stage
        )


def _falling(state: RallyState) -> Iterator[Anomaly]:
    """Elapsed times that fall along the points of a stage."""
    passed: dict[tuple[str, str], list[tuple[int, Fact[PassingRecorded]]]] = defaultdict(list)
    for fact in state.facts.of(PassingRecorded):
        said = fact.value
        placed = state.point(said.stage, state.category(said.number), said.point)
        if placed is not None and said.elapsed_ms is not None:
            passed[said.stage, said.number].append((placed.order, fact))
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


def _came_back(state: RallyState) -> Iterator[Anomaly]:
    """Crews that restarted after retiring for good."""
    for number, restarts in state.restarts.items():
        for fact in state.retirements.get(number, ()):
            if state.definitive(fact):
                at = tuple(sorted((fact.position, *(each.position for each in restarts))))
                message = f"Crew {number} restarted, but its retirement is definitive."
                yield Anomaly("restarted-after-retirement", at, message, number)


def _not_allowed_back(state: RallyState) -> Iterator[Anomaly]:
    """Crews that restarted although unfit, or although the restart was refused."""
    decided = grouped((each.value.number, each) for each in state.facts.of(RestartDecided))
    for number, restarts in state.restarts.items():
        for each in restarts:
            at = each.order()[0]
            doctors = [d for d in state.fitness.get(number, ()) if d.order()[0] <= at]
            if doctors and not doctors[-1].value.fit:
                message = f"Crew {number} was declared unfit, and not cleared: {each.value.words()}"
                positions = positions_of(state, doctors[-1].id, each.id)
                yield Anomaly("restarted-unfit", positions, message, number, each.value.stage)
            asked = [d for d in decided.get(number, ()) if d.order()[0] <= at]
            if asked and not asked[-1].value.granted:
                message = f"The restart of crew {number} was refused: {each.value.words()}"
                positions = positions_of(state, asked[-1].id, each.id)
                yield Anomaly("restart-refused", positions, message, number, each.value.stage)


def _lists(state: RallyState) -> Iterator[Anomaly]:
    """Crews that are named in a list or beside another crew, and persons that are in no crew."""
    named: list[tuple[Fact[Occurrence], tuple[str, ...]]] = [
        *((f, tuple(s.number for s in f.value.slots)) for f in state.facts.of(StartOrderPublished)),
        *((each, each.value.numbers) for each in state.facts.of(TieBreakDisapplied)),
        *((each, each.value.numbers) for each in state.facts.of(TieSettled)),
        *((each, each.value.parties) for each in state.facts.of(IncidentReported)),
    ]
    for fact, numbers in named:
        for number in dict.fromkeys(numbers):
            if number not in state.facts.crews:
                stage = getattr(fact.value, "stage", "")
                message = f"No crew {number} is entered: {sourced(fact.value)}"
                yield Anomaly("unknown-crew", (fact.position,), message, number, stage)
    persons: dict[str, set[str]] = defaultdict(set)
    for entry in state.facts.of(CrewEntered):
        persons[entry.value.number] |= {entry.value.driver, *entry.value.codrivers}
    for change in state.facts.of(CrewMemberReplaced):
        number = change.value.number
        if number in state.facts.crews and change.value.leaves not in persons[number]:
            message = f"{change.value.leaves} is not in crew {number}: {change.value.words()}"
            yield Anomaly("unknown-person", (change.position,), message, number)
        persons[number].add(change.value.joins)


def _zones(state: RallyState) -> Iterator[Anomaly]:
    """Zones that are not placed, neutralisations half passed, points both missed and passed."""
    placed = {
        (each.value.stage, each.value.zone): each.value for each in state.facts.of(ZonePlaced)
    }
    readings: list[Fact[SpeedZoneRead | NeutralisationPassed]] = [
        *state.facts.of(SpeedZoneRead),
        *state.facts.of(NeutralisationPassed),
    ]
    for each in readings:
        said = each.value
        if (said.stage, said.zone) not in placed:
            message = f"{said.stage} has no zone {said.zone}: {sourced(said)}"
            yield Anomaly("unknown-zone", (each.position,), message, said.number, said.stage)
    sides: dict[tuple[str, str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for each in state.facts.of(NeutralisationPassed):
        said = each.value
        sides[said.stage, said.number, said.zone][said.side].append(each.id)
    for (stage, number, zone), by_side in sides.items():
        imposed = (stage, zone) in placed and placed[stage, zone].imposed_ms is not None
        lone = {"entered", "left"} - by_side.keys()
        if lone and not (imposed and lone == {"left"}):
            known = next(iter(by_side))
            message = f"Crew {number} {known} {zone} on {stage}, but never {lone.pop()} it."
            at = positions_of(state, *by_side[known])
            yield Anomaly("half-neutralisation", at, message, number, stage)
    yield from _half_left_out(state)
    passed = grouped(
        ((each.value.stage, each.value.number, each.value.point), each.id)
        for each in state.facts.of(PassingRecorded)
    )
    for missed in state.facts.of(WaypointMissed):
        where = missed.value.stage, missed.value.number, missed.value.point
        if passed.get(where):
            message = f"{missed.value.words()[:-1]}, and was seen there."
            at = positions_of(state, missed.id, *passed[where])
            yield Anomaly("missed-and-passed", at, message, where[1], where[0])


def _half_left_out(state: RallyState) -> Iterator[Anomaly]:
    """Crews with a time that were timed at one end alone of a part that is left out."""
    for stage, number in state.timing.measured:
        points = state.timing.readings.get((stage, number), {})
        for placed in state.timing.passed_by(stage, number):
            ends = placed.value.from_point, placed.value.to_point
            at = [each for each in ends if each in points]
            if len(at) != 1 or (placed.value.imposed_ms is not None and at[0] == ends[0]):
                continue
            other = ends[at[0] == ends[0]]
            zone = placed.value.zone
            message = f"Crew {number} passed {at[0]} on {stage}, but never {other}: "
            message += f"{zone} is not left out of its time."
            known = positions_of(state, *(each.id for each in points[at[0]]))
            yield Anomaly("half-neutralisation", known, message, number, stage)


def _register(state: RallyState) -> Iterator[Anomaly]:
    """What in the register of decisions contradicts itself."""
    for each in registered(state):
        yield Anomaly(
            each.kind, positions_of(state, *each.ids), each.message, each.number, each.stage
        )


def _sites(state: RallyState) -> Iterator[Anomaly]:
    """Records of a site that have not arrived, and numbers of two machines under one name."""
    for each in sites(state):
        numbers = state.facts.numbers[each.site]
        for first, last in each.missing:
            message = f"Of the site {each.site}, {run(first, last)} of {each.last} has not arrived."
            yield Anomaly("site-hole", positions_of(state, *numbers[last + 1]), message)
        if each.twice:
            used = " and ".join(run(*some) for some in runs(each.twice))
            machines = max(len(numbers[number]) for number in each.twice)
            wrote = "twice: two machines" if machines == 2 else f"again: {machines} machines"
            message = (
                f"{each.site} used {used} {wrote} wrote under one name. "
                "All that they recorded is kept."
            )
            ids = {identity for number in each.twice for identity in numbers[number]}
            yield Anomaly("site-number-twice", positions_of(state, *ids), message)


def _regulations(state: RallyState) -> Iterator[Anomaly]:
    """Regulations that were adopted twice for one time, and bulletins from a stage that is none."""
    adopted = [each for each in state.facts.of(RegulationsAdopted) if each.instant is None]
    for each in state.facts.of(BulletinIssued):
        said = each.value
        if said.from_stage and said.from_stage not in state.orders:
            message = f"No stage {said.from_stage} is scheduled, so it never holds: {said.words()}"
            yield Anomaly("unknown-stage", (each.position,), message, "", said.from_stage)
        if said.effective_at is not None and said.effective_at.ms < each.order()[0]:
            since = said.effective_at.iso()
            message = f"It holds from {since} on, before it was issued: {said.words()}"
            yield Anomaly("retroactive-bulletin", (each.position,), message)
    issued = grouped((each.value.bulletin, each.id) for each in state.facts.of(BulletinIssued))
    for bulletin, ids in issued.items():
        if len(ids) > 1:
            message = f"The number {bulletin} was given to {len(ids)} bulletins; all of them hold."
            yield Anomaly("bulletin-twice", positions_of(state, *ids), message)
    if len(adopted) > 1:
        message = (
            f"Regulations were adopted {len(adopted)} times; {adopted[-1].value.rulebook} holds."
        )
        yield Anomaly(
            "regulations-twice", positions_of(state, *(each.id for each in adopted)), message
        )


def _start_orders(state: RallyState) -> Iterator[Anomaly]:
    """What would change a start order and can't: before it was published, or after."""
    posted = state.facts.standing(StartOrderPublished)
    published = grouped((each.value.stage, each) for each in posted)
    for amended in state.facts.of(StartOrderAmended):
        said = amended.value
        if not any(each.order() < amended.order() for each in published[said.stage]):
            message = f"No start order of {said.stage} was published before it: {said.words()}"
            yield Anomaly(
                "amendment-without-order", (amended.position,), message, said.number, said.stage
            )
    for stage in published:
        for moved, order in unheeded(state, stage):
            message = (
                f"The start order of {stage} was published before, and does not change by it: "
                f"{moved.value.words()}"
            )
            at = tuple(sorted((order.position, moved.position)))
            yield Anomaly("repositioned-too-late", at, message, moved.value.number, stage)


def _without_record(state: RallyState) -> Iterator[Anomaly]:
    """Controls of closed stages at which a crew that finished is not on record, as others are."""
    seen_at = sets_of((control, number) for number, control in state.road.seen)
    finished = sets_of((stage, number) for stage, number in state.timed if stage in state.closed)
    for code, planned in state.controls.items():
        if planned.stage in state.closed and seen_at[code]:
            for number in sorted(finished[planned.stage] - seen_at[code]):
                message = f"Crew {number} finished {planned.stage} and is not on record at {code}."
                yield Anomaly("control-without-record", (), message, number, planned.stage)


def _not_run(state: RallyState) -> Iterator[Anomaly]:
    """Stages that nobody ran and nobody cancelled, while a later one was run."""
    last_run = max((state.orders[s] for s in state.run if s in state.orders), default=-1)
    carried = max((state.carried_until(number) for number in state.carried), default=-1)
    acted_on = {each.value.stage for each in state.facts.of(StageCancelled)}
    for stage in state.stages:
        behind = carried < stage.order < last_run
        if stage.timed and behind and stage.stage not in state.run | acted_on:
            message = f"{stage.stage} was neither run nor cancelled, and later stages were run."
            yield Anomaly("stage-not-run", (), message, "", stage.stage)


def _places_not_given(state: RallyState) -> Iterator[Anomaly]:
    """Places on a start order that crews chose and do not have."""
    for each in not_given(state):
        said = each.chosen.value
        message = f"Crew {said.number} chose place {said.place} on {said.stage}, but {each.why}."
        yield Anomaly("place-not-given", (each.chosen.position,), message, said.number, said.stage)


OF_THE_PLAN = (
    _amendments,
    _sites,
    numbers_of_no_record,
    erased_elsewhere,
    two_roots,
    _start_orders,
    _not_allowed_back,
    _register,
    _unknown_on_paper,
    _taken_back,
    _twice,
    _closed_twice,
    _lists,
    _regulations,
    not_appointed,
    constituted_twice,
    misnamed,
    appointed_by_themselves,
    falling_distances,
    planned_twice,
    targets_from_nothing,
)
"""What looks at the plan and at papers alone: no reading of a clock changes what it finds."""
OF_A_CREW = (
    _unknown_on_the_road,
    _ruled,
    _of_no_stage,
    _times,
    _cards,
    _falling,
    out_and_seen,
    _came_back,
    _zones,
)
"""What judges the readings of each crew by itself: those of another change nothing of it."""
SEARCHES = (
    _without_record,
    _not_run,
    _ends,
    persons_twice,
    ties_not_level,
    _places_not_given,
    *OF_THE_PLAN,
    *OF_A_CREW,
)
"""Everything by which a contradiction is found."""
