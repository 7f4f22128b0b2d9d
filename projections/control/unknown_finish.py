"""Points at which crews may have finished a stage, where nothing says which point is the finish.

Such passings give no time. They are told, so that the plan can be completed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from projections.state.contradictions import Registered
from projections.state.course import LAST_POINT
from projections.state.rally import RallyState


def unknown_finishes(state: RallyState) -> Iterator[Registered]:
    """The passings at the last point of a stage of crews without a time, for each category."""
    lacking: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    ids: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for (stage, number), points in state.timing.readings.items():
        category = state.category(number)
        last = state.last_point(stage, category)
        if not last or not points.get(last) or (stage, number) in state.timing.measured:
            continue
        moved = state.direction_for(stage, number).finish_point
        if moved or state.timing.end(stage, category) or stage not in state.orders:
            continue
        if state.rules_of(stage).flag(LAST_POINT) and number in state.facts.crews:
            lacking[stage, category, last].append(number)
            ids[stage, category, last] += [each.id for each in points[last]]
    for key, numbers in lacking.items():
        stage, category, last = key
        whose = f" for {category}" if category else ""
        crews = f"crew {numbers[0]}" if len(numbers) == 1 else f"{len(numbers)} crews"
        message = (
            f"Nothing says which point is the finish of {stage}{whose}: "
            f"the passing of {crews} at {last} gives no time."
        )
        number = numbers[0] if len(numbers) == 1 else ""
        yield Registered("finish-unknown", tuple(ids[key]), number, stage, message)
