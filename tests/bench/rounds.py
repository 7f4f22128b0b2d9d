"""Rounds: several things measured in turn, again and again, so that they share what disturbs."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

Work = Callable[[], float]
"""Does what is measured, and answers a figure: a time or a rate."""


class Rounds(NamedTuple):
    """What came out of each round, by the name of the work."""

    figures: Mapping[str, list[float]]

    def median(self, name: str) -> float:
        """The median of what was measured."""
        return statistics.median(self.figures[name])

    def ratio(self, name: str, other: str) -> tuple[float, tuple[float, float]]:
        """The median of the ratios of all rounds; and the lowest and the highest of them."""
        pairs = zip(self.figures[name], self.figures[other], strict=True)
        ratios = [mine / theirs for mine, theirs in pairs]
        return statistics.median(ratios), (min(ratios), max(ratios))


def in_turn(rounds: int, works: Mapping[str, Work]) -> Rounds:
    """Do all the works in every round; each round begins with another one."""
    figures: dict[str, list[float]] = {name: [] for name in works}
    names = list(works)
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            figures[name].append(works[name]())
    return Rounds(figures)


class Stopwatch:
    """How long a block took, in seconds."""

    seconds: float = 0.0

    @property
    def ms(self) -> float:
        """The same in milliseconds."""
        return self.seconds * 1000


@contextmanager
def timed() -> Iterator[Stopwatch]:
    """Measure how long the block takes."""
    watch = Stopwatch()
    begun = time.perf_counter()
    yield watch
    watch.seconds = time.perf_counter() - begun


def percentile(values: list[float], percent: int) -> float:
    """The value that so many in a hundred do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, -(-len(ordered) * percent // 100) - 1)]
