"""A timeline that several threads ask at once, while one of them carries it forward.

Up to Python 3.11 a `cached_property` locks: by chance that keeps threads apart. From 3.12 on it
does not, so the one of 3.12 is put in its place wherever these tests run.
"""

from __future__ import annotations

import functools
import random
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from cli.commands.simulate import GENERAL, RULEBOOK
from ledger.log import Log
from projections.timeline.timeline import Timeline
from tests.laws.answers import classified, sites
from tests.laws.simulated import tiny

THREADS = 8
ROUNDS = 4


class Unlocked(functools.cached_property[Any]):
    """How a `cached_property` works from Python 3.12 on: two threads may both compute it."""

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        held = instance.__dict__
        if self.attrname not in held:
            held[self.attrname] = self.func(instance)
        return held[self.attrname]


@pytest.fixture(autouse=True)
def lock_free(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody is kept apart by chance, and threads take turns as often as they can."""
    if sys.version_info < (3, 12):
        monkeypatch.setattr(functools.cached_property, "__get__", Unlocked.__get__)
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def together(work: Callable[[int], Any]) -> list[Any]:
    """What so many threads found that began at one moment."""
    at_once = Barrier(THREADS)

    def begin(which: int) -> Any:
        at_once.wait()
        return work(which)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(begin, range(THREADS)))


def kept(log: Log, position: int) -> None:
    """Keep a timeline beside its log: whoever opens it has decoded nothing yet."""
    timeline = Timeline(log)
    timeline.carry(position)
    timeline.keep(always=True)


@pytest.mark.parametrize("rulebook", [RULEBOOK, GENERAL])
def test_threads_that_share_a_timeline_are_told_the_same(rulebook: str) -> None:
    """Eight ask a timeline that was just read; each is told what it is told alone."""
    rally = tiny(1, crews=8, stages=4, points=4, rulebook=rulebook)
    with sites() as opened:
        log = opened.log("main", rally)
        kept(log, len(rally))
        moments = [len(rally), *(random.Random(1).sample(range(50, len(rally)), THREADS - 1))]
        alone = [classified(Timeline.of(log).at(each)) for each in moments]
        for _ in range(ROUNDS):
            shared = Timeline.of(log)

            def work(which: int, shared: Timeline = shared) -> Any:
                return classified(shared.at(moments[which]))

            assert together(work) == alone


@pytest.mark.slow
def test_one_carries_while_the_others_ask() -> None:
    """A state that was given before answers as it did, whatever is taken in meanwhile."""
    rally = tiny(2, crews=8, stages=4, points=4, rulebook=GENERAL)
    half = len(rally) // 2
    with sites() as opened:
        log = opened.log("main", rally)
        kept(log, half)
        alone = classified(Timeline.of(log).at(half))
        for _ in range(ROUNDS):
            shared = Timeline.of(log)

            def work(which: int, shared: Timeline = shared) -> Any:
                if which == 0:
                    for position in range(half, len(rally) + 1, 3):
                        shared.carry(position)
                return classified(shared.at(half))

            assert together(work) == [alone] * THREADS
