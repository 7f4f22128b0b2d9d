"""Jokers: the dearest points of regularity stages, which a crew need not count.

Over each section by itself they come off its result (`state/timing.py`); over the rally, off the
totals alone, as the dearest of all sections are only known there.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from ledger.vocabulary import StageScheduled
from projections.rules.regularity import RALLY, jokers_of, left_out
from projections.state.tallies import NOBODY

if TYPE_CHECKING:
    from projections.state.rally import RallyState


class Joker(NamedTuple):
    """A point that is left out of a total: which one of its stage, from 0, and what that saves."""

    stage: str
    place: int
    ms: int


def jokers_over_rally(state: RallyState, until: int | None) -> int:
    """How many points are left out of a total up to a stage, by the rules of the last one."""
    return jokers_of(state.rules_of(state.last_of(until)), RALLY)


def jokers(
    state: RallyState, stages: Iterable[StageScheduled], number: str, most: int
) -> list[Joker]:
    """The dearest points of a crew on these stages, as many as may be left out.

    None saves more than what its stage adds to the total: time that was given back came off before.
    """
    found: list[Joker] = []
    adds: dict[str, int] = {}
    for each in stages:
        value = state.on_stages.get(each.stage, NOBODY).get(number)
        if value is not None and value.costs:
            adds[each.stage] = value.counted_ms
            times = state.coefficient(each.stage, number)
            found += [Joker(each.stage, at, ms * times) for at, ms in enumerate(value.costs)]
    chosen: list[Joker] = []
    for index in sorted(left_out([each.ms for each in found], most)):
        joker = found[index]
        ms = min(joker.ms, adds[joker.stage])
        adds[joker.stage] -= ms
        chosen.append(joker._replace(ms=ms))
    return chosen
