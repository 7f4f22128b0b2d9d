"""The stages in a total: what each adds, or why it adds nothing, and the total carried in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from ledger.times import format_duration
from ledger.vocabulary import (
    Occurrence,
    StageClosed,
    StageNotFinished,
    StageScheduled,
    StageTimeRecorded,
    TimeCreditGranted,
    TimesCarriedIn,
)
from ledger.vocabulary.rally import REGULARITY
from projections.explain.grounds import Grounds
from projections.explain.times import NO_CUT, OF_A_TIME, Cut, OfRegularity, Timed, cut_down, once
from projections.explain.told import Addend, Evidence, Part, Rule, addend
from projections.rules.regularity import JOKERS, JOKERS_OVER
from projections.rules.tariffs import COEFFICIENTS
from projections.state.course import ACTS, LAST_POINT, is_for
from projections.state.jokers import jokers, jokers_over_rally
from projections.state.readings import TOLERANCE
from projections.state.recorded import Fact
from projections.state.timing import FIXED_PENALTY, StageValue
from projections.state.totals import Span, opening_of, stage_time
from projections.state.unfinished import MAX_TIME, NOT_STARTED_STAGE

TIMES, NO_TIMES = (StageTimeRecorded, TimeCreditGranted), (StageTimeRecorded, StageNotFinished)
"""What a decision may say of a time, and of a stage without one."""


def in_overall(
    grounds: Grounds, number: str, since: int, over: Span
) -> Iterator[tuple[int | None, Addend]]:
    """The times in a total over a span, each with the number of its stage.

    A crew that is out for good lacks no stage any more.
    """
    state = grounds.state
    carried = _carried_in(grounds, number, over) if over.from_the_first else None
    if carried:
        yield since, carried
    removed = -1 if number in state.kept_from_start else state.removed_from(number)
    for stage in state.stages:
        if stage.order > since and (over.until is None or stage.order <= over.until):
            found = on_stage(grounds, number, stage)
            gone = removed is not None and stage.order > removed
            if found and not (gone and found.kind == "missing"):
                yield stage.order, found


def left_out(
    grounds: Grounds, number: str, since: int, over: Span
) -> Iterator[tuple[int | None, Addend]]:
    """What jokers over the rally take off a total, each with the number of its stage."""
    state = grounds.state
    most = jokers_over_rally(state, over.until)
    stages = state.tally(state.category(number), since, over.until).stages if most else ()
    for each in jokers(state, stages, number, most):
        at = grounds.timing.at_points(each.stage, number)[each.place]
        yield (
            state.orders[each.stage],
            addend(
                -each.ms,
                f"joker: {at.point} of {each.stage} is left out",
                "joker",
                each.stage,
                records=grounds.several([e.id for e in at.readings[:1]], f"at {at.point}"),
                rules=grounds.rules(*state.applied_on(each.stage, JOKERS, JOKERS_OVER)),
            ),
        )


def _carried_in(grounds: Grounds, number: str, over: Span) -> Addend | None:
    """The total that a crew carried in last; earlier ones stand under it."""
    state = grounds.state
    fallen = grounds.of_fallen(grounds.fallen(number, (TimesCarriedIn,)))
    last = opening_of(state, number, over)
    if last is None:
        what = "a total carried in"
        return addend(0, what, "carried-in", records=fallen, status="void") if fallen else None
    carried = state.carried[number]
    earlier = (each.id for each in carried[: carried.index(last)])
    said = last.value
    records = [
        grounds.evidence(last.id, "stands for everything up to it"),
        *grounds.several(earlier, "a later one takes over", counts=False),
        *fallen,
    ]
    notes = ("assumed",) if said.source.standing == "assumed" else ()
    what = f"carried in after {said.stage}"
    return addend(said.total_ms, what, "carried-in", said.stage, records=records, notes=notes)


def on_stage(
    grounds: Grounds, number: str, stage: StageScheduled, *, of_stage: bool = False
) -> Addend | None:
    """What a stage adds to the total of a crew, or to its result on it; None if it is not run."""
    state = grounds.state
    category = state.category(number)
    value = grounds.value(stage.stage, number)
    if state.cancelled(stage.stage, category):
        return _cancelled(grounds, number, stage)
    if not state.counts(stage, category):
        return _not_counted(grounds, number, stage, run=stage.stage in state.run)
    if value is None:
        return _missing(grounds, number, stage)
    ms, precision = value.counted_ms, state.precision(stage.stage)
    if of_stage:
        ms = stage_time(state, stage.stage, value)
        precision = state.precision_of_result(stage.stage)
    times = 1 if of_stage or value.basis == FIXED_PENALTY else _coefficient(grounds, number, stage)
    cut = cut_down(grounds, stage.stage, ms // times - value.time_ms, precision)
    if times > 1:
        cut = _counted_more(grounds, stage.stage, ms - ms // times, times, cut)
    if value.basis == FIXED_PENALTY:
        return _cost(grounds, number, stage, value, ms, cut)
    what, told = ("regularity", OfRegularity) if value.basis == REGULARITY else ("time", Timed)
    timed = told(grounds, number, stage, value, cut)
    return addend(
        ms,
        f"{what} on {stage.stage}{_as_directed(grounds, stage.stage, number)}",
        "time",
        stage.stage,
        records=once(
            [
                *timed.records(),
                *_within(grounds, stage.stage, number, value),
                *_acts(grounds, stage.stage, number),
            ]
        ),
        parts=timed.parts(),
        rules=[
            *timed.rules(),
            *_bearing(grounds, stage.stage, number, StageTimeRecorded, TimeCreditGranted),
        ],
        notes=timed.notes(),
    )


def _coefficient(grounds: Grounds, number: str, stage: StageScheduled) -> int:
    return grounds.state.coefficient(stage.stage, number)


def _counted_more(grounds: Grounds, stage: str, more_ms: int, times: int, cut: Cut) -> Cut:
    """A time that counts several times: what that adds, the plan that says what it is, the rule."""
    plan = grounds.facts.stages[stage]
    part = Part(more_ms, f"counts {times} times", (plan.position,))
    record = grounds.evidence(plan.id, "says of which kind the stage is")
    rules = grounds.rules(*grounds.state.applied_on(stage, COEFFICIENTS))
    return Cut([*cut.parts, part], [*cut.records, record], [*cut.rules, *rules])


def _as_directed(grounds: Grounds, stage: str, number: str) -> str:
    directed = grounds.state.direction_for(stage, number)
    made = ["shortened"] if directed.shortened else []
    made += ["stopped"] if directed.stopped else []
    return f" ({', '.join(made)})" if made else ""


# -- what race direction made of it --------------------------------------------------------------


def _acts(grounds: Grounds, stage: str, number: str) -> list[Evidence]:
    """The acts of race direction on a stage, also those that were revoked or voided."""
    state, category = grounds.state, grounds.state.category(number)
    standing = {each.id for each in state.direction_for(stage, number) if each is not None}
    standing |= (reinstating := state.reinstating(stage, category, number)).keys()
    found, acts = list[Evidence](), grounds.acts(stage, number)
    for each in acts:
        why = "" if each.id in standing else "no longer stands"
        why = "reinstates it" if each.id in reinstating else why
        found.append(grounds.evidence(each.id, why, counts=each.id in standing))
    clocks, _ = grounds.clocks(acts)
    undone = grounds.undone(
        ACTS, lambda said: said.stage == stage and is_for(said, category, number)
    )
    return [*found, *clocks, *undone, *grounds.of_fallen(grounds.fallen("", ACTS, stage))]


def _bearing(grounds: Grounds, stage: str, number: str, *kinds: type[Occurrence]) -> list[Rule]:
    """The rules by which appeals, and clocks that were put right, bear on a stage or its time."""
    key, category = (stage, number), grounds.state.category(number)
    of_times = grounds.by_appeals(
        kinds, lambda time, _: (time.value.stage, time.value.number) == key
    )
    of_acts = grounds.by_appeals(
        ACTS, lambda act, _: act.value.stage == stage and is_for(act.value, category, number)
    )
    _, clocks = grounds.clocks(grounds.acts(stage, number))
    return grounds.rules(*of_times, *of_acts, *clocks)


def _cancelled(grounds: Grounds, number: str, stage: StageScheduled) -> Addend:
    what = f"{stage.stage} cancelled"
    records, rules = (_acts(grounds, stage.stage, number), _bearing(grounds, stage.stage, number))
    return addend(
        0, what, "cancelled", stage.stage, records=records, status="cancelled", rules=rules
    )


def _not_counted(
    grounds: Grounds, number: str, stage: StageScheduled, *, run: bool
) -> Addend | None:
    """A stage that is not timed, on which a time is known all the same; else there is no addend."""
    known = grounds.times.get((stage.stage, number), ())
    if stage.timed or not run or not known:
        return None
    plan = grounds.facts.stages[stage.stage]
    records = [grounds.evidence(plan.id, "is not timed")]
    records += grounds.several((e.id for e in known), "does not count", counts=False)
    what = f"{stage.stage} is not timed"
    return addend(0, what, "untimed", stage.stage, records=records, status="not timed")


# -- stages that were left out -------------------------------------------------------------------


def _differing(grounds: Grounds, key: tuple[str, str]) -> list[Evidence]:
    """What was keyed differently from the card of a crew, of its start or its finish."""
    ends = grounds.timing.finish(*key)
    return grounds.of_cards(key[1], (), lambda cell: cell.is_of(key[0], ends))


def _missing(grounds: Grounds, number: str, stage: StageScheduled) -> Addend:
    """A stage that counts and for which the crew has no value, with what is known of it."""
    state, key = grounds.state, (stage.stage, number)
    over = _overtime(grounds, number, stage)
    left_out = state.unfinished.left_out.get(key)
    records = [
        *(each for each in _not_finished(grounds, *key)),
        *over.records,
        *_differing(grounds, key),
        *_without_finish(grounds, key),
        *_start(grounds, key),
        *grounds.several(
            (e.id for e in grounds.facts.of(StageClosed) if e.value.stage == stage.stage),
            "closed the stage",
        ),
        *_acts(grounds, stage.stage, number),
        *grounds.undone(
            (StageTimeRecorded,), lambda said: (said.stage, said.number) == (stage.stage, number)
        ),
        *grounds.of_fallen(grounds.fallen(number, (*OF_A_TIME, StageNotFinished), stage.stage)),
    ]
    what = f"{'over the maximum time of' if over.records else 'no time on'} {stage.stage}"
    applied = list(state.unfinished.applied(left_out)) if left_out else []
    if not left_out and grounds.timing.ends_by_rule(*key):
        applied += state.applied_on(stage.stage, LAST_POINT)
    if not left_out and grounds.shown_by_tolerance(*key):
        applied += state.applied_on(stage.stage, TOLERANCE)
    return addend(
        0,
        what,
        "missing",
        stage.stage,
        records=once(records),
        status="no value",
        rules=[*grounds.rules(*applied), *over.rules, *_bearing(grounds, *key, *NO_TIMES)],
        notes=over.notes,
    )


def _without_finish(grounds: Grounds, key: tuple[str, str]) -> list[Evidence]:
    """The records of times that make none of the stage, those of distrusted sources among them."""
    known = grounds.times.get(key, ())
    distrusted = grounds.distrusted(known, *key)
    return once([*distrusted, *grounds.several((e.id for e in known), "no finish", counts=False)])


def _start(grounds: Grounds, key: tuple[str, str]) -> list[Evidence]:
    start = grounds.timing.starts.get(key)
    return [grounds.evidence(start.fact.id, "started")] if start else []


def _not_finished(grounds: Grounds, stage: str, number: str) -> list[Evidence]:
    said = grounds.state.unfinished.not_finished.get((stage, number))
    return [grounds.evidence(said.id, "did not finish it")] if said else []


class Overtime(NamedTuple):
    """A time over the maximum, which counts for nothing: what made it, and what says how much."""

    records: list[Evidence]
    rules: list[Rule]
    notes: tuple[str, ...]


def _overtime(grounds: Grounds, number: str, stage: StageScheduled) -> Overtime:
    """The time of a crew that is over the maximum of a stage; empty where none is."""
    key = stage.stage, number
    if key not in grounds.state.unfinished.overtime:
        return Overtime([], [], ())
    value = grounds.timing.measured[key]
    timed = Timed(grounds, number, stage, value, NO_CUT)
    over = grounds.evidence(value.ids[0], "over the maximum time")
    # The maximum is said by the rule of stages that are left out.
    rules = [each for each in timed.rules() if each.parameter != MAX_TIME]
    its_time = f"its time was {format_duration(value.time_ms)}"
    records = [over, *_max_time(grounds, key), *timed.records()]
    return Overtime(records, rules, (its_time, *timed.notes()))


def _max_time(grounds: Grounds, key: tuple[str, str]) -> list[Evidence]:
    sets = grounds.evidence(grounds.timing.max_time_by(*key).id, "the maximum time")
    return [sets, *_came_first(grounds, key)]


def _came_first(grounds: Grounds, key: tuple[str, str]) -> list[Evidence]:
    """What puts right the clocks by which a maximum time was changed before a crew started."""
    if not (changes := grounds.timing.changes_of_maximum(key[0])):
        return []
    start = grounds.timing.starts.get(key)
    clocks, _ = grounds.clocks([*([start.fact] if start else []), *changes])
    return clocks


def _within(grounds: Grounds, stage: str, number: str, value: StageValue) -> list[Evidence]:
    """What lets a crew be within the maximum time, as by the plan or another change it is not."""
    key, timing = (stage, number), grounds.timing
    if not (changes := timing.changes_of_maximum(stage)):
        return []
    if not grounds.state.unfinished.may_be_over(stage, value):
        return []

    def passes(sets: Fact[Any]) -> bool:
        limit: int | None = sets.value.max_time_ms
        return limit is not None and value.time_ms > limit

    plan, allowed = grounds.facts.stages[stage], timing.allowed(*key)
    *others, held = [plan, *sorted(allowed, key=Fact.precedence)]
    sets = [grounds.evidence(held.id, "the maximum time")] if others and passes(others[-1]) else []
    clocks = _came_first(grounds, key) if any(map(passes, [plan, *changes])) else []
    return [*sets, *clocks]


def _cost(
    grounds: Grounds, number: str, stage: StageScheduled, value: StageValue, ms: int, cut: Cut
) -> Addend:
    """What a stage costs that was not finished, or not started, by a crew that went on."""
    state, key = grounds.state, (stage.stage, number)
    missing = state.unfinished.costing[key]
    cost = state.unfinished.cost(missing)
    limit_ms, fixed_ms = cost.limit_ms, cost.fixed_ms
    at_most = missing in state.unfinished.at_most
    parts = [] if at_most else [Part(fixed_ms, "fixed penalty", value.positions)]
    records = grounds.several(value.ids, "left the stage out")
    if cost.whose:
        its = grounds.value(stage.stage, cost.whose)
        positions = its.positions if its else ()
        parts.insert(0, Part(limit_ms, f"the time of crew {cost.whose}", positions))
    elif limit_ms:
        parts.insert(0, Part(limit_ms, "the maximum time", ()))
        records += _max_time(grounds, key)
    resting = (f"what that time rests on is told of crew {cost.whose}",) if cost.whose else ()
    if cost.over_ms:
        parts.append(Part(-cost.over_ms, "a stage costs no more", ()))
    over = _overtime(grounds, number, stage)
    records += grounds.several(
        (e.id for e in state.restarts.get(number, ())), "takes part again", counts=False
    )
    done = "started" if missing.rule == NOT_STARTED_STAGE else "finished"
    return addend(
        ms,
        f"{stage.stage} at its maximum time" if at_most else f"{stage.stage} not {done}",
        "cost",
        stage.stage,
        records=once([*over.records, *records, *cut.records]),
        parts=[*parts, *cut.parts],
        rules=[
            *grounds.rules(*state.unfinished.applied(missing)),
            *over.rules,
            *cut.rules,
            *_bearing(grounds, *key, *NO_TIMES),
        ],
        notes=(*over.notes, *resting),
    )
