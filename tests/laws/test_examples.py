"""Laws of the laws: which examples they are tried on, and what happens when one fails."""

from __future__ import annotations

import pytest
from hypothesis import core, given, settings
from hypothesis import strategies as st

from tests.examples import ASKED, examples

MANY = st.lists(st.integers(0, 10**9), min_size=5)


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
    """Whoever runs the tests tries what the gate tried; the gate also draws what nobody tried."""
    monkeypatch.setattr(core, "global_force_seed", None)  # which the gate may have given
    assert tried("fixed") == tried("fixed")
    assert tried("drawn") != tried("drawn")


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
