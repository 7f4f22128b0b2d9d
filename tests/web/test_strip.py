"""The marks along the log: what they mark, and that they are one where they lie close together."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from cli.office.moments import Mark
from cli.web.build import BUILD
from cli.web.keys import SIGNS
from cli.web.strip import APART, ORDER, WHOLE, clustered
from tests.examples import examples
from tests.looked import some_of
from tests.web.conftest import Get


@given(st.lists(st.floats(0, WHOLE), max_size=60))
@examples(100)
def test_what_lies_close_together_is_one_mark(places: list[float]) -> None:
    """Each stands in one group, in their order; groups begin apart, and no member is far off."""
    places.sort()
    marks = [Mark(n, ORDER[n % len(ORDER)], "", f"{n}") for n in range(len(places))]
    found = clustered(marks, places)
    assert marks == [mark for group in found for mark in group]
    at = [[places[mark.position] for mark in group] for group in found]
    assert all(after[0] - before[0] >= APART for before, after in pairwise(at))
    assert all(group[-1] - group[0] < APART for group in at)


def test_the_marks_of_the_sample(served: Callable[[str], Get]) -> None:
    """Stages as bands; what was cancelled, decided and who left, each with its sign and moment."""
    where = f"/silk-way-2016/marks/strip?page=standings&at=192&v={BUILD}"
    strip = served("demo")(where).body.decode()
    assert 'aria-label="Stage SS12 begins"' in strip
    for position, sign, words in some_of(
        (
            (134, SIGNS["cancellation"], "SS11 was cancelled"),
            (149, SIGNS["decision"], "decision 1, crew 102"),
            (70, SIGNS["retirement"], "retired"),
        )
    ):
        link = re.search(rf'<a href="[^"]*at={position}&amp;[^"]*"[^>]*>.*?</a>', strip)
        assert link is not None, position
        assert sign in link[0]
        assert words in link[0]
