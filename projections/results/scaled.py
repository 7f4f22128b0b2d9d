"""What a scale of points is of: the classifications that are asked for, as far as they were run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from ledger.errors import Undefined
from ledger.vocabulary import StageScheduled
from projections.results.days import days
from projections.results.standings import Scope, stage_named
from projections.rules.scales import (
    AFTER,
    BEFORE_LAST_DAY,
    EACH_OTHER_STAGE,
    EACH_POWER_STAGE,
    EACH_STAGE,
    LAST_DAY,
    OVERALL,
    POWER_STAGE,
    RANGE,
    STAGE,
    Scale,
)
from projections.state.rally import RallyState


class Part(NamedTuple):
    """A classification that gives points: what it is called, and what has to be asked for."""

    what: str
    scope: Scope


def parts(state: RallyState, scale: Scale) -> Iterator[Part]:
    """The classifications that a scale is of, those of which anything was run.

    Raises:
        NotFound: it names no stage of the rally. Undefined: the plan does not tell which is meant.
    """
    return _PARTS[scale.of](state, scale)


def is_settled(state: RallyState, stage: StageScheduled) -> bool:
    """Whether a stage was run, or will not be run by anybody."""
    if stage.stage in state.run or stage.stage in state.closed:
        return True
    categories = {crew.category for crew in state.facts.crews.entries.values()}
    return all(state.cancelled(stage.stage, each) for each in categories)


def timed(state: RallyState) -> list[StageScheduled]:
    """The stages whose times count, in their order."""
    return [each for each in state.stages if each.timed]


def _overall(_state: RallyState, _scale: Scale) -> Iterator[Part]:
    yield Part(OVERALL, Scope())


def _after(state: RallyState, scale: Scale) -> Iterator[Part]:
    last = stage_named(state, scale.stages[0])
    if is_settled(state, last):
        yield Part(f"overall after {last.stage}", Scope(after=last.stage))


def _before_the_last_day(state: RallyState, scale: Scale) -> Iterator[Part]:
    *before, _ = _days(state)
    if before:
        yield from _after(state, scale._replace(stages=(before[-1][-1].stage,)))


def _last_day(state: RallyState, scale: Scale) -> Iterator[Part]:
    day = _days(state)[-1]
    yield from _range(state, scale._replace(stages=(day[0].stage, day[-1].stage)))


def _range(state: RallyState, scale: Scale) -> Iterator[Part]:
    first, last = (stage_named(state, each) for each in scale.stages)
    orders = {state.orders[each] for each in state.run}
    if any(first.order <= each <= last.order for each in orders):
        scope = Scope("range", first=first.stage, last=last.stage)
        yield Part(f"{first.stage} to {last.stage}", scope)


def _stage(state: RallyState, scale: Scale) -> Iterator[Part]:
    stage = stage_named(state, scale.stages[0]).stage
    if stage in state.run:
        yield Part(stage, Scope("stage", stage=stage))


def _each_stage(state: RallyState, scale: Scale) -> Iterator[Part]:
    longer_than_m = int(scale.stages[0]) * 1000 if scale.stages else 0
    for each in timed(state):
        is_meant = scale.of == EACH_STAGE or each.kind != POWER_KIND
        if is_meant and (not longer_than_m or metres(each) > longer_than_m):
            yield from _stage(state, scale._replace(stages=(each.stage,)))


def metres(stage: StageScheduled) -> int:
    """The length of a stage as it was planned.

    Raises:
        Undefined: it is not on record.
    """
    return _known(stage, stage.special_m)


def metres_run(state: RallyState, stage: StageScheduled, category: str) -> int:
    """How much of a stage is run by a category, as race direction left it.

    Raises:
        Undefined: nothing tells it.
    """
    return _known(stage, state.length_for(stage.stage, category))


def _known(stage: StageScheduled, length_m: int | None) -> int:
    if length_m is None:
        raise Undefined(
            f"The length of {stage.stage} is not on record, and points are given by the distance.",
            hint="`rally correct` its StageScheduled, or what shortened it, with special_m=….",
        )
    return length_m


def _each_power_stage(state: RallyState, scale: Scale) -> Iterator[Part]:
    for stage in _power_stages(state):
        for each in _stage(state, scale._replace(stages=(stage,))):
            yield each._replace(what=f"power stage {stage}")


def _power_stages(state: RallyState) -> list[str]:
    return [each.stage for each in timed(state) if each.kind == POWER_KIND]


def _power_stage(state: RallyState, scale: Scale) -> Iterator[Part]:
    if not _power_stages(state):
        raise Undefined(
            "No stage is on record as the power stage, and the rules give points for it.",
            hint="`rally correct` its StageScheduled with kind=power-stage; where there is none, a "
            "bulletin gives points.scales without it.",
        )
    yield from _each_power_stage(state, scale)


POWER_KIND = "power-stage"
_PARTS: dict[str, Callable[[RallyState, Scale], Iterator[Part]]] = {
    OVERALL: _overall,
    AFTER: _after,
    BEFORE_LAST_DAY: _before_the_last_day,
    LAST_DAY: _last_day,
    RANGE: _range,
    STAGE: _stage,
    EACH_STAGE: _each_stage,
    EACH_OTHER_STAGE: _each_stage,
    EACH_POWER_STAGE: _each_power_stage,
    POWER_STAGE: _power_stage,
}


def _days(state: RallyState) -> Sequence[list[StageScheduled]]:
    """The stages by the days on which they are run, in their order.

    Raises:
        Undefined: of a stage nothing tells the day.
    """
    found = {day: [each for each in stages if each.timed] for day, stages in days(state).items()}
    if without := found.get("", []):
        raise Undefined(
            f"On which day {without[0].stage} is run is not on record, and points are given by the "
            "day.",
            hint="`rally correct` its StageScheduled with date=YYYY-MM-DD.",
        )
    return [stages for stages in found.values() if stages]
