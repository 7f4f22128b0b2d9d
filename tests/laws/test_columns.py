"""Laws of columns: what is told from the nearest position that was kept is what the cells say."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from projections.state.timing import StageValue
from projections.timeline.cells import Cell, Content
from projections.timeline.columns import LEAST, Column
from projections.timeline.held import OnOneStage
from projections.timeline.saved import SavedStage
from projections.timeline.versions import FOREVER
from tests.examples import examples
from tests.looked import some_of

STAGE = "SS1"
A_FEW = 5
"""Crews; with versions enough of each, what stands is kept several times over."""
LAST = 3 * LEAST


def _value(time_ms: int, assumed: bool) -> StageValue:
    return StageValue(time_ms, time_ms, "measured", (), (), 0, False, assumed)


@st.composite
def amended(draw: st.DrawFn) -> dict[str, list[Cell]]:
    """The cells of some crews, amended again and again along the log, or at some instant."""
    found: dict[str, list[Cell]] = {}
    dice, flagged = draw(st.randoms(use_true_random=False)), draw(st.booleans())
    for number in map(str, range(draw(st.integers(1, A_FEW)))):
        positions = sorted(dice.sample(range(LAST), draw(st.integers(1, LAST))))
        ends = [*positions[1:], FOREVER if dice.random() < 0.5 else LAST + 1]
        found[number] = [
            each
            for since, until in zip(positions, ends, strict=True)
            for each in _over_time(since, until, [dice.randrange(LAST) for _ in range(3)], flagged)
            if dice.random() < 0.8
        ]
    return found


def _over_time(since: int, until: int, drawn: list[int], flagged: bool) -> Iterator[Cell]:
    """What counts from one position until another: a time, and perhaps another from an instant."""
    first, second, kind = drawn
    changes = [first] if kind % 3 else sorted({first, second})
    ends = [*changes[1:], FOREVER + 1 if kind % 5 else LAST + 1]
    for from_ms, to_ms in zip(changes, ends, strict=True):
        content = Content(_value(1000 + since + from_ms, flagged and kind % 7 == 0))
        yield Cell(since, until, from_ms, to_ms, STAGE, content)


instants = st.integers(0, LAST + 2) | st.just(FOREVER)
moments = st.tuples(st.integers(0, LAST + 2), instants)


@given(cells=amended(), asked=st.lists(moments, min_size=1, max_size=20))
@examples(100)
def test_a_column_tells_what_its_cells_say(
    cells: dict[str, list[Cell]], asked: list[tuple[int, int]]
) -> None:
    """At any position and any instant; with what a reader should know of the values.

    And the same where they were kept as bytes: most of them are never decoded then.
    """
    held_here = OnOneStage.of(cells)
    column, kept = Column(held_here), Column(SavedStage.of(held_here).cells())
    for moment in some_of(asked):
        found = column.at(*moment)
        assert kept.at(*moment) == found
        assert kept.at(*moment).flags == found.flags
        held = {
            number: each.content.value
            for number, own in cells.items()
            for each in own
            if each.content.value is not None and each.holds(*moment)
        }
        assert dict(found) == held
        assert found.flags == {n: ["assumed"] for n, value in held.items() if value.assumed}
        assert found.counted_ms == {n: value.counted_ms for n, value in held.items()}
