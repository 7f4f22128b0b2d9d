"""What is contested along the road: several records of one start, point or control that differ.

The best source counts, as the rulebook orders them; that others differ is said, and never settled
in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from ledger.times import format_duration
from projections.rules.rulebook import Rulebook
from projections.state.clocks import MINUTE, Seen, spread, to_the_second
from projections.state.keyed import DIFFERS, Keyed
from projections.state.rally import RallyState
from projections.state.readings import RULINGS, TOLERANCE, Reading
from projections.state.road import cut


class Contested(NamedTuple):
    """Records of one thing that lie further apart than they may."""

    ids: tuple[str, ...]
    number: str
    stage: str
    message: str


def beyond(rules: Rulebook, told: Sequence[int], *, at_a_control: bool = False) -> int:
    """How far apart what was told of one thing lies (ms); 0 where it may lie so far apart.

    Time controls are read to the minute, so sources may lie less than that apart. Not where
    lateness counts from the second: there, as far as measured times may.

    Raises:
        Undefined: no rule says how far that is.
    """
    if at_a_control and not to_the_second(rules):
        minutes = [cut(each, MINUTE) for each in told]
        return max(minutes) - min(minutes)
    apart = max(told) - min(told)
    return apart if apart > rules.number(TOLERANCE) else 0


def contested(state: RallyState) -> Iterator[Contested]:
    """Starts, points and controls of which several sources tell different times."""
    yield from _starts(state)
    yield from _points(state)
    yield from _controls(state)


def _starts(state: RallyState) -> Iterator[Contested]:
    for stage, number in state.timing.contested_starts:
        several = state.timing.told_starts[stage, number]
        yield _apart(_ids(several), number, stage, f"the start of {stage}", spread(several))


def _points(state: RallyState) -> Iterator[Contested]:
    for (stage, number), points in state.timing.readings.items():
        # Those where the time is taken are told with it; of a crew without one nobody else tells.
        timed = (stage, number) in state.timing.measured
        ends = state.timing.finish(stage, number) if timed else ()
        for point, readings in points.items():
            measured = [each for each in readings if each.basis not in RULINGS]
            if point in ends or len(measured) < 2 or any(each.determined for each in measured):
                continue
            if apart := beyond(state.rules_of(stage), [each.elapsed_ms for each in measured]):
                ids = tuple(each.id for each in measured)
                yield _apart(ids, number, stage, f"{point} on {stage}", apart)


def _controls(state: RallyState) -> Iterator[Contested]:
    for (number, control), several in state.road.told.items():
        stage, fact = several[0].fact.value.stage, several[0].fact
        rules = state.rules_for(fact, state.order_at(stage, control, fact.instant))
        apart = beyond(rules, [each.true_ms or 0 for each in several], at_a_control=True)
        if apart and not any(each.determined for each in several):
            yield _apart(_ids(several), number, stage, control, apart)


def cards_that_differ(state: RallyState) -> Iterator[Contested]:
    """Cells of time cards that several persons keyed differently, and nothing has settled yet.

    What each of them read is not told: whoever keys it next is not to know.
    """
    for each in state.timing.keyed:
        if each.stands == DIFFERS and not _is_ruled(state, each):
            said = each.keyings[0].value
            yield Contested(
                tuple(one.id for one in each.keyings),
                each.cell.number,
                stage_of(state, each),
                f"The card of crew {said.number} was keyed differently, {each.cell.words}: "
                f"by {' and '.join(each.persons)}. It counts for nobody.",
            )


def _is_ruled(state: RallyState, keyed: Keyed) -> bool:
    """Whether a ruling or an allocated time settles what counts in a cell."""
    cell, key = keyed.cell, (keyed.cell.stage, keyed.cell.number)
    told: Iterable[Seen[Any] | Reading]
    if cell.is_control:
        told = state.road.told.get((cell.number, cell.place), ())
    elif cell.is_start:
        told = state.timing.told_starts.get(key, ())
    else:
        readings = state.timing.readings.get(key, {})
        ends = state.timing.finish(*key)
        places = ends if cell.place in ends else (cell.place,)
        told = [each for place in places for each in readings.get(place, ())]
    return any(
        each.determined or (isinstance(each, Reading) and (each.is_allocated or any(each.weight)))
        for each in told
    )


def stage_of(state: RallyState, keyed: Keyed) -> str:
    """The stage on whose card a cell stands."""
    fact = keyed.keyings[0]
    control = getattr(fact.value, "control", "")
    return state.stage_at(fact.value.stage, control, fact.instant).stage or fact.value.stage


def _ids(several: Iterable[Seen[Any]]) -> tuple[str, ...]:
    return tuple(each.fact.id for each in several)


def _apart(ids: tuple[str, ...], number: str, stage: str, where: str, apart: int) -> Contested:
    message = f"{len(ids)} records of crew {number} at {where} lie {format_duration(apart)} apart."
    return Contested(ids, number, stage, message)
