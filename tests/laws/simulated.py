"""Synthetic rallies for the laws: tiny ones in milliseconds, larger ones for proportions."""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st

from cli.commands.simulate import GENERAL, RULEBOOK, regulations
from ledger.samples.simulation import Plan, Simulated, simulate
from ledger.vocabulary import Occurrence


def plan(
    crews: int = 6,
    stages: int = 3,
    points: int = 3,
    seed: int = 1,
    records: int | None = None,
    rulebook: str = RULEBOOK,
) -> Plan:
    """A plan by the rules that `rally simulate` uses."""
    return Plan(regulations(rulebook), crews, stages, points, seed, "synthetic", records)


@cache
def simulated(
    crews: int = 6,
    stages: int = 3,
    points: int = 3,
    seed: int = 1,
    records: int | None = None,
    rulebook: str = RULEBOOK,
) -> tuple[Simulated, ...]:
    """A synthetic rally as it reaches the log; the same one is made once."""
    return tuple(simulate(plan(crews, stages, points, seed, records, rulebook)))


def tiny(
    seed: int, crews: int = 6, stages: int = 3, points: int = 3, rulebook: str = RULEBOOK
) -> list[Occurrence]:
    """The occurrences of a tiny synthetic rally (100 to 200), in the order of their arrival."""
    asked_for = plan(crews, stages, points, seed, rulebook=rulebook)
    return [each.occurrence for each in simulate(asked_for)]


plans: st.SearchStrategy[Plan] = st.builds(
    plan,
    crews=st.integers(1, 8),
    stages=st.integers(1, 5),
    points=st.integers(1, 6),
    seed=st.integers(0, 10_000),
    rulebook=st.sampled_from((RULEBOOK, GENERAL)),
)
"""Tiny rallies of every shape, of either rulebook."""
