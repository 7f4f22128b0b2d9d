"""Stages of which the plan leaves open where they end: nothing says so, or too much does.

A passing at a point that may be the finish and is not taken for it gives no time. That is told, so
that the plan can be completed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from ledger.grouping import grouped
from ledger.vocabulary import StageScheduled, WaypointPlaced
from projections.state.contradictions import Registered
from projections.state.course import LAST_POINT
from projections.state.ends import finishes
from projections.state.rally import RallyState
from projections.state.recorded import Fact


def doubtful_finishes(state: RallyState) -> Iterator[Registered]:
    """Every stage, for each category, of which it is not clear where it ends."""
    yield from _unknown(state)
    yield from _several(state)
    yield from _by_the_road(state)


def _unknown(state: RallyState) -> Iterator[Registered]:
    """The passings at the last point that may be the finish, of crews without a time."""
    lacking: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    ids: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for (stage, number), points in state.timing.readings.items():
        category = state.category(number)
        perhaps = state.planned_end(stage, category).perhaps[-1:]
        may = (*perhaps, state.last_point(stage, category))
        last = next((each for each in may if points.get(each)), "")
        if not last or (stage, number) in state.timing.measured:
            continue
        if state.timing.end(stage, category) or not _may_end_at_a_point(state, stage, number):
            continue
        lacking[stage, category, last].append(number)
        ids[stage, category, last] += [each.id for each in points[last]]
    for key, numbers in lacking.items():
        stage, category, last = key
        message = (
            f"Nothing says which point is the finish of {stage}{_for(category)}: "
            f"{_no_time(numbers, last)}."
        )
        yield Registered("finish-unknown", tuple(ids[key]), _alone(numbers), stage, message)


def _several(state: RallyState) -> Iterator[Registered]:
    """Several finishes of one stage by their kind, and who was seen at one that is not the last."""
    placed = grouped(((f.value.stage, f.value.category), f) for f in state.facts.of(WaypointPlaced))
    for (stage, category), facts in placed.items():
        by_point = {each.value.point: each for each in facts}
        ends = [each.point for each in finishes(each.value for each in by_point.values())]
        if len(ends) < 2 or stage not in state.orders or not state.rules_of(stage).flag(LAST_POINT):
            continue
        *others, last = ends
        message = (
            f"{stage} has {len(ends)} points of the kind ass{_for(category)}, "
            f"{', '.join(others)} and {last}; the last, {last}, is the finish"
        )
        ids = [by_point[each].id for each in ends]
        lacking: list[str] = []
        for (where, number), points in state.timing.readings.items():
            seen = [each for point in others for each in points.get(point, ())]
            ends_there = state.planned_end(stage, state.category(number)).point == last
            if where != stage or not seen or not ends_there:
                continue
            if (stage, number) not in state.timing.measured and _may_end_at_a_point(
                state, stage, number
            ):
                lacking.append(number)
                ids += [each.id for each in seen]
        if lacking:
            message += f", and {_no_time(lacking, ' or '.join(others))}"
        yield Registered("finish-twice", tuple(ids), _alone(lacking), stage, f"{message}.")


def _by_the_road(state: RallyState) -> Iterator[Registered]:
    """Lengths that fit a point only if they count from where the road section starts."""
    plans: dict[str, Fact[StageScheduled]] = state.facts.stages
    for stage, planned in plans.items():
        categories = {category for of, category, _ in state.points if of == stage}
        for category in sorted(categories):
            end = state.planned_end(stage, category)
            if not end.of_the_road or not state.rules_of(stage).flag(LAST_POINT):
                continue
            points = end.perhaps or (end.point,)
            special_m = planned.value.special_m or 0
            reached_m = state.metres_to(stage, category, points[0]) or 0
            message = (
                f"The length of {stage}{_for(category)}, {special_m / 1000:g} km, fits "
                f"{' or '.join(points)} if it counts from the start of the road section; from "
                f"that of the selective section it is {reached_m / 1000:g} km to there."
            )
            yield Registered("length-of-the-road", (planned.id,), "", stage, message)


def _may_end_at_a_point(state: RallyState, stage: str, number: str) -> bool:
    """Whether a time of the crew on the stage may be taken at a point that the plan names."""
    if stage not in state.orders or number not in state.facts.crews:
        return False
    moved = state.direction_for(stage, number).finish_point
    return not moved and state.rules_of(stage).flag(LAST_POINT)


def _for(category: str) -> str:
    return f" for {category}" if category else ""


def _no_time(numbers: Sequence[str], point: str) -> str:
    crews = f"crew {numbers[0]}" if len(numbers) == 1 else f"{len(numbers)} crews"
    return f"the passing of {crews} at {point} gives no time"


def _alone(numbers: Sequence[str]) -> str:
    return numbers[0] if len(numbers) == 1 else ""
