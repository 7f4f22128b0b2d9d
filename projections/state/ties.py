"""Ties: what breaks equal totals by the rules, criterion by criterion, in the order that they say.

What hangs on the times of the crew alone is told here. Where the places of all count, those of the
classification are asked (`results/ties.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ledger.vocabulary import StageScheduled
from projections.state.entries import by_number
from projections.state.tallies import Tally

if TYPE_CHECKING:
    from projections.state.rally import RallyState

STAGE_TIMES, WITHOUT_SUPER_SPECIALS = "stage-times", "stage-times-without-super-specials"
LONGEST = "longest-stage"
BEST, COUNT_BACK = "best-stage", "count-back"
RACE_NUMBER = "race-number"
BY_TIMES = frozenset({STAGE_TIMES, WITHOUT_SUPER_SPECIALS, LONGEST})
"""What compares the times of stages, one after another."""
BY_PLACES = frozenset({BEST, COUNT_BACK})
"""What compares places in the results of stages, among the crews of the classification."""

Tie = tuple[tuple[int | str, ...], ...]
"""What breaks ties of a crew, by criterion: the less is ahead."""


def tie_of(state: RallyState, chain: Sequence[str], tally: Tally, number: str) -> Tie:
    """What breaks a tie of totals of a crew, as far as it hangs on the crew alone."""
    times = tally.times.get(number, ())
    return tuple(_of(state, name, tally.stages, times, number) for name in chain)


def _of(
    state: RallyState,
    name: str,
    stages: Sequence[StageScheduled],
    times: tuple[int, ...],
    number: str,
) -> tuple[int | str, ...]:
    if name == STAGE_TIMES:
        return times
    if name == RACE_NUMBER:
        return by_number(number)
    if name in BY_PLACES or not times:
        return ()
    return tuple(times[index] for index in compared(state, name, stages, number))


def compared(
    state: RallyState, name: str, stages: Sequence[StageScheduled], number: str
) -> list[int]:
    """Which of these stages a criterion compares by their times, in its order, by their index."""
    every = range(len(stages))
    if name == WITHOUT_SUPER_SPECIALS:
        return [each for each in every if stages[each].kind != "super-special"]
    if name == LONGEST:
        return sorted(every, key=lambda each: -(state.length_of(stages[each].stage, number) or 0))
    return list(every)
