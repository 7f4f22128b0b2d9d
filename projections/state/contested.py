"""What is contested along the road: several records of one start, point or control that differ.

The best source counts, as the rulebook orders them; that others differ is said, and never settled
in silence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from ledger.times import format_duration
from ledger.vocabulary import ControlPassed, StageStarted
from projections.state.clocks import Seen
from projections.state.rally import RallyState
from projections.state.readings import RULINGS, Reading
from projections.state.road import MINUTE


class Contested(NamedTuple):
    """Records of one thing that lie further apart than they may."""

    ids: tuple[str, ...]
    number: str
    stage: str
    message: str


def contested(state: RallyState) -> Iterator[Contested]:
    """Starts, points and controls of which several sources tell different times."""
    yield from _starts(state)
    yield from _points(state)
    yield from _controls(state)


def _starts(state: RallyState) -> Iterator[Contested]:
    seen: dict[tuple[str, str], list[Seen[StageStarted]]] = defaultdict(list)
    for each in state.timing.clocks.believed(state.facts.of(StageStarted)):
        seen[each.fact.value.stage, each.fact.value.number].append(each)
    for stage, number in state.timing.contested_starts:
        several = seen[stage, number]
        times = [each.true_ms for each in several if each.true_ms is not None]
        ids = tuple(each.fact.id for each in several)
        spread = max(times) - min(times)
        yield Contested(
            ids, number, stage, _told(len(ids), number, f"the start of {stage}", spread)
        )


def _points(state: RallyState) -> Iterator[Contested]:
    last = state.last_points
    for (stage, number), points in state.timing.readings.items():
        category = state.category(number)
        ends = {"", last.get((stage, category), ""), last.get((stage, ""), "")}
        for point, readings in points.items():
            measured = [each for each in readings if each.basis not in RULINGS]
            if point not in ends and len(measured) > 1 and not any(e.determined for e in measured):
                spread = _spread(measured)
                if spread > state.rules_of(stage).number("timing.tolerance_ms"):
                    ids = tuple(each.id for each in measured)
                    where = f"{point} on {stage}"
                    yield Contested(ids, number, stage, _told(len(ids), number, where, spread))


def _spread(readings: list[Reading]) -> int:
    times = [each.elapsed_ms for each in readings]
    return max(times) - min(times)


def _controls(state: RallyState) -> Iterator[Contested]:
    """Time controls are read to the minute, so sources may lie less than that apart."""
    seen: dict[tuple[str, str], list[Seen[ControlPassed]]] = defaultdict(list)
    for each in state.timing.clocks.believed(state.facts.of(ControlPassed)):
        seen[each.fact.value.number, each.fact.value.control].append(each)
    for (number, control), several in seen.items():
        minutes = {each.true_ms // MINUTE for each in several if each.true_ms is not None}
        if len(minutes) > 1 and not any(each.determined for each in several):
            ids = tuple(each.fact.id for each in several)
            stage = several[0].fact.value.stage
            spread = (max(minutes) - min(minutes)) * MINUTE
            yield Contested(ids, number, stage, _told(len(ids), number, control, spread))


def _told(count: int, number: str, where: str, spread: int) -> str:
    return f"{count} records of crew {number} at {where} lie {format_duration(spread)} apart."
