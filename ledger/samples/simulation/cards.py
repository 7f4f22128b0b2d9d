"""Time cards of a synthetic rally whose rules judge them: who is early, late, or never there.

Most crews wait in front of a control until their minute comes, so most are on time. The dice are of
their own: a rally whose rules leave penalties to officials is the same with or without them.
"""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from ledger.samples.simulation.fates import at_least_some
from ledger.samples.simulation.plan import MINUTE, Plan, dice
from ledger.samples.simulation.road import Run

LATE, EARLY, MISSED, UNSTAMPED = 350, 120, 25, 25
"""How often, in ten thousand visits; missed is later than any limit, unstamped not there at all."""


class Stop(NamedTuple):
    """A crew at a control: which of the two of the day, when, and what its card says is due."""

    which: int
    at: int
    due: int | None = None


def stops_of(plan: Plan, order: int, run: Run, planned: list[tuple[int, int]]) -> list[Stop]:
    """The stamps on a time card, given where the crew is by the itinerary, and when."""
    if not plan.regulations.judges_cards:
        return [Stop(which, at) for which, at in planned]
    rng = dice(plan, f"card {order} {run.crew.index}")
    found = []
    for which, at in planned:
        off = _off(rng, plan)
        if off is not None:
            # Out of the bivouac the card says when; behind the stage it follows from the finish.
            found.append(Stop(which, at + off, None if which else at))
    return found


def _off(rng: Random, plan: Plan) -> int | None:
    """By how much a crew misses its minute; None where its card has no stamp."""
    drawn = rng.randrange(10_000)
    for often, off in (
        (LATE, rng.randrange(1, 13) * MINUTE),
        (EARLY, -rng.randrange(1, 5) * MINUTE),
        (MISSED, rng.randrange(32, 60) * MINUTE),
        (UNSTAMPED, None),
    ):
        if drawn < at_least_some(plan, often):
            return off
        drawn -= at_least_some(plan, often)
    return 0
