"""How many examples a law is tried on, and which: the same on every machine, or drawn anew.

By default it is a part of them and always the same ones, so a test that passed passes again.
`RALLY_EXAMPLES=1` tries every law on as many as it names, drawn anew each time, or from the seed of
`--hypothesis-seed`: the gate has one that never changes, `python -m tests.hunt` takes new ones.
3 tries three times as many. What fails is printed with the line that reproduces it. A smaller
example is only looked for where somebody asks, since that takes minutes: `--hypothesis-profile
shrunk`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.internal.conjecture import providers

Item = TypeVar("Item")
ASKED = os.environ.get("RALLY_EXAMPLES")
SHARE = float(ASKED or "0.05")
FEWEST = 5
UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate, Phase.target)


def load_profiles() -> None:
    """Make the profiles known, and use the one that the environment asks for."""
    _draw_nothing_from_modules()
    common = settings(
        max_examples=share_of(100),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        print_blob=True,
    )
    settings.register_profile("fixed", common, phases=UNSHRUNK, derandomize=True)
    settings.register_profile("drawn", common, phases=UNSHRUNK, derandomize=False)
    settings.register_profile("shrunk", common, phases=tuple(Phase), derandomize=not ASKED)
    settings.load_profile("drawn" if ASKED else "fixed")


def _draw_nothing_from_modules() -> None:
    """Hypothesis mixes constants of the modules in memory into what it draws: not here.

    With them, examples would hang on which tests a process ran before, and on every line of code.
    """
    vars(providers)["_get_local_constants"] = lambda: providers._local_constants


def share_of(count: int) -> int:
    """Of so many examples, those that are tried."""
    return max(FEWEST, round(count * SHARE))


def in_turn(several: Sequence[Item], turn: int, ways: int) -> Sequence[Item]:
    """Of things that are looked at in so many ways, those whose turn it is: one in so many.

    Every thing is looked at in every run, and in every way, but not every thing in every way;
    where `RALLY_EXAMPLES` is 1 or more it is always the turn of all of them.
    """
    return several if SHARE >= 1 else several[turn % ways :: ways]


def part_of(items: Sequence[Item]) -> list[Item]:
    """Of cases that are listed, those that are tried: evenly spread over all of them."""
    many = min(share_of(len(items)), len(items))
    return [items[index * len(items) // many] for index in range(many)]


def one_in(ways: int, cases: Iterable[Any]) -> list[Any]:
    """The cases of a test: by default one in so many stands for all, and the others are slow."""
    return [
        each if turn % ways == 0 else pytest.param(each, marks=pytest.mark.slow)
        for turn, each in enumerate(cases)
    ]


def examples(count: int) -> settings:
    """Try a law on so many examples, or on the part of them that is asked for."""
    return settings(max_examples=share_of(count))
