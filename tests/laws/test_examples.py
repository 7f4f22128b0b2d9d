"""Laws of the laws: which examples they are tried on, and what happens when one fails."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from hypothesis import core, given, settings
from hypothesis import strategies as st

from tests.examples import ASKED, examples

MANY = st.lists(st.integers(0, 10**9), min_size=5)
CONSTANTS = range(1000, 1500)
"""What a module may hold, and Hypothesis would mix into its examples."""


def tried(profile: str) -> list[list[int]]:
    """What a law is tried on under a profile."""
    seen: list[list[int]] = []

    @settings(settings.get_profile(profile), max_examples=20)
    @given(MANY)
    def law(numbers: list[int]) -> None:
        seen.append(numbers)

    law()
    return seen


def test_the_examples_of_the_default_run_are_always_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever runs the tests tries what everybody tried; others are drawn where asked for."""
    monkeypatch.setattr(core, "global_force_seed", None)  # which the gate gave
    assert tried("fixed") == tried("fixed")
    assert tried("drawn") != tried("drawn")


def test_a_seed_draws_the_same_examples_whatever_is_in_memory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Each seed its own: those of the gate, on which a change fails by what it changed."""
    monkeypatch.setattr(core, "global_force_seed", 1)
    first = tried("drawn")
    (tmp_path / "of_our_own.py").write_text(f"NUMBERS = [{', '.join(map(str, CONSTANTS))}]\n")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.import_module("of_our_own")
    assert first == tried("drawn")
    monkeypatch.setattr(core, "global_force_seed", 2)
    assert first != tried("drawn")


def test_the_environment_says_which_are_tried() -> None:
    """New ones are drawn where somebody asks for a share of them."""
    assert examples(100).derandomize is (not ASKED)
    assert examples(100).database is None or ASKED


@pytest.mark.parametrize("profile", ["fixed", "drawn"])
def test_a_law_that_fails_is_not_made_smaller(profile: str) -> None:
    """It says at once what failed, with a line that reproduces it, and shrinks for no minute."""
    seen: list[int] = []

    @settings(settings.get_profile(profile), max_examples=50, database=None)
    @given(MANY)
    def law(numbers: list[int]) -> None:
        seen.append(sum(numbers))
        assert sum(numbers) < 10**6

    with pytest.raises(AssertionError) as failed:
        law()
    first = next(place for place, total in enumerate(seen) if total >= 10**6)
    assert len(seen) <= first + 12, "it is tried again to be told, not to be made smaller"
    assert any("@reproduce_failure" in note for note in failed.value.__notes__)
