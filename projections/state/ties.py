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


NO_TIME = 1 << 62
"""Stands for a time that a crew does not have.

What breaks a tie is the best time on a stage, or the best place: who has none there was not the
best. So a crew that carried its times in, that the stage was cancelled for, or that was given a
notional time or a fixed one, is behind whoever drove it; where none of them did, the next decides.
"""


def tie_of(
    state: RallyState,
    chain: Sequence[str],
    stages: Sequence[StageScheduled],
    tally: Tally,
    number: str,
) -> Tie:
    """What breaks a tie of totals of a crew, as far as it hangs on the crew alone.

    The stages are all that anybody's total is made of: of each crew the same ones are compared.
    """
    times = _times(stages, tally, number)
    return tuple(_of(state, name, stages, times, number) for name in chain)


def _times(stages: Sequence[StageScheduled], tally: Tally, number: str) -> tuple[int, ...]:
    """The times of a crew on these stages, as far as it drove them."""
    times = tally.times_of(number)
    if len(times) == len(stages) and number not in tally.flags:  # as mostly
        return times
    driven = tally.driven(number)
    return tuple(driven.get(each.stage, NO_TIME) for each in stages)


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
    if name in BY_PLACES:
        return ()
    return tuple(times[index] for index in compared(state, name, stages, number))


def compared(
    state: RallyState, name: str, stages: Sequence[StageScheduled], number: str
) -> list[int]:
    """Which of these stages a criterion compares by their times, in its order, by their index.

    The longest is so as it was run by the category of a crew: of all its crews one is compared.
    """
    every = range(len(stages))
    if name == WITHOUT_SUPER_SPECIALS:
        return [each for each in every if stages[each].kind != "super-special"]
    if name == LONGEST:
        category = state.category(number)
        lengths = [state.length_for(each.stage, category) or 0 for each in stages]
        return sorted(every, key=lambda index: -lengths[index])
    return list(every)
