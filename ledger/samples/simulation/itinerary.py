"""The itinerary of a synthetic rally: stages, points, controls; which stage has which trouble."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from ledger.samples.simulation.entries import CATEGORIES
from ledger.samples.simulation.plan import HOUR, Plan, dice, midnight

FINISH = "ASS"
LIMIT_KMH = 50
CANCELLED, SHORTENED, REINSTATED = "cancelled", "shortened", "reinstated"
CLOCK, UNRELIABLE = "clock", "unreliable"
PLACES = ("Al Wadi", "Bir Hadid", "Kara Su", "Dar Salam", "Uzun Tepe", "Chah Zard", "El Ghoul")


class Stage(NamedTuple):
    """A stage of one day: a liaison, the selective section, a liaison to the bivouac.

    `at_m` is how far each point is from the start of the selective section. `split` is the one
    point before the finish that reports live; the others are read out of the trackers at night.
    """

    order: int
    midnight: int
    start_place: str
    finish_place: str
    length_m: int
    liaison_m: int
    points: tuple[str, ...]
    at_m: tuple[int, ...]
    split: int | None

    @property
    def code(self) -> str:
        """The code of the stage: "SS3"."""
        return f"SS{self.order}"

    @property
    def controls(self) -> tuple[str, str]:
        """The time controls out of one bivouac and into the next."""
        return f"TC{self.order}A", f"TC{self.order}B"

    @property
    def ends(self) -> tuple[str, str]:
        """The controls at the start and at the finish of the selective section."""
        return f"DSS{self.order}", f"ASS{self.order}"

    @property
    def zone(self) -> str:
        """The zone of limited speed on it."""
        return f"DZ{self.order}"

    @property
    def liaison_ms(self) -> int:
        """What a liaison takes at the pace of the road."""
        return self.liaison_m * 60


class Trouble(NamedTuple):
    """What befalls a stage: the kind, and the categories that it is for (none: all of them)."""

    kind: str
    categories: tuple[str, ...] = ()


def itinerary_of(plan: Plan, points: int) -> list[Stage]:
    """The stages, one a day, each with that many points, the finish among them."""
    rng = dice(plan, "itinerary")
    bivouacs = [rng.choice(PLACES) for _ in range(plan.stages + 1)]
    return [
        _stage(dice(plan, f"stage {order}"), order, bivouacs[order - 1], bivouacs[order], points)
        for order in range(1, plan.stages + 1)
    ]


def _stage(rng: Random, order: int, start: str, finish: str, points: int) -> Stage:
    length = rng.randrange(180, 371) * 1000
    split = (points - 1) // 2 if points > 1 else None
    names = tuple(
        FINISH if index == points - 1 else f"CP{order}" if index == split else f"WP{index + 1}"
        for index in range(points)
    )
    apart = length // points
    at = tuple(
        length if index == points - 1 else apart * (index + 1) - rng.randrange(apart // 3)
        for index in range(points)
    )
    liaison = rng.randrange(15, 90) * 1000
    return Stage(order, midnight(order), start, finish, length, liaison, names, at, split)


def troubles_of(plan: Plan, points: int) -> dict[int, Trouble]:
    """Which stage is cancelled, shortened, cancelled and reinstated; where clocks are not right."""
    rng = dice(plan, "troubles")
    orders = list(range(2, plan.stages)) if plan.stages > 4 else list(range(1, plan.stages + 1))
    rng.shuffle(orders)
    kinds = [SHORTENED, REINSTATED, CANCELLED, CLOCK, UNRELIABLE]
    if points < 2:
        kinds.remove(SHORTENED)
    if plan.stages == 1:
        kinds = [rng.choice([each for each in kinds if each != CANCELLED])]
    lane = rng.randrange(2)
    some = tuple(each.name for each in CATEGORIES if each.lane == lane)
    return {
        order: Trouble(kind, some if kind == CANCELLED and rng.randrange(3) == 0 else ())
        for order, kind in zip(orders, kinds, strict=False)
    }


def stage_hours(stage: Stage) -> int:
    """The time within which a stage must be finished: generous, in whole hours."""
    slowest = min(category.kmh for category in CATEGORIES)
    return (stage.length_m * 2 // (slowest * 1000) + 2) * HOUR
