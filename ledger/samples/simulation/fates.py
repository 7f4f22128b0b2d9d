"""What becomes of each crew on each stage: who starts, retires, comes back, is disqualified."""

from __future__ import annotations

from random import Random
from typing import Literal

from ledger.samples.simulation.entries import Crew
from ledger.samples.simulation.itinerary import CANCELLED, Trouble
from ledger.samples.simulation.plan import Plan, dice

Fate = Literal[
    "finishes",
    "retires",
    "leaves",
    "rumoured",
    "unfinished",
    "disqualified",
    "absent",
    "not-started",
    "withdrawn",
    "refused",
]
"""`leaves` is a retirement from which it restarts next day, `rumoured` one that was none."""
BEFORE: tuple[tuple[Fate, int], ...] = (("not-started", 120), ("withdrawn", 30), ("refused", 20))
DURING: tuple[tuple[Fate, int], ...] = (
    ("retires", 70),
    ("leaves", 50),
    ("rumoured", 15),
    ("unfinished", 12),
    ("disqualified", 4),
    ("absent", 4),
)
"""How often each happens, in ten thousand crews on a stage."""
FOR_GOOD = frozenset({"retires", "disqualified", "absent", *(fate for fate, _ in BEFORE)})
ONCE_MORE = {"leaves": "retires", "unfinished": "retires"}

Fates = list[dict[int, Fate]]
"""For each stage, the fate of every crew that was still in, by the index of the crew."""


def at_least_some(plan: Plan, in_ten_thousand: int) -> int:
    """How often something happens: as said, and more often in a small rally, so that it does."""
    return max(in_ten_thousand, min(400, 40_000 // (plan.crews * plan.stages)))


def fates_of(plan: Plan, crews: list[Crew], troubles: dict[int, Trouble]) -> Fates:
    """The fates of all crews: at most one in six is lost on the way."""
    rng = dice(plan, "fates")
    left_to_lose = max(plan.crews // 6, 2)
    inside = {crew.index for crew in crews}
    unlucky: set[int] = set()
    fates: Fates = []
    for order in range(1, plan.stages + 1):
        chances = [(fate, at_least_some(plan, often)) for fate, often in DURING]
        if order == 1:
            chances += [(fate, at_least_some(plan, often)) for fate, often in BEFORE]
        trouble = troubles.get(order)
        quiet = trouble is not None and trouble.kind == CANCELLED
        of_stage: dict[int, Fate] = {}
        for index in sorted(inside):
            fate = _drawn(rng, chances)
            if fate in ONCE_MORE and (index in unlucky or order == plan.stages):
                fate = "retires"
            if quiet or (fate in FOR_GOOD and left_to_lose == 0):
                fate = "finishes"
            if fate in FOR_GOOD:
                left_to_lose -= 1
                inside.discard(index)
            elif fate in ONCE_MORE:
                unlucky.add(index)
            of_stage[index] = fate
        fates.append(of_stage)
    return fates


def _drawn(rng: Random, chances: list[tuple[Fate, int]]) -> Fate:
    drawn = rng.randrange(10_000)
    for fate, often in chances:
        if drawn < often:
            return fate
        drawn -= often
    return "finishes"
