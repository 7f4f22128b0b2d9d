"""Laws of the finish: what is no finish neither gives a time nor changes one."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from ledger.vocabulary import (
    CrewEntered,
    Occurrence,
    PassingRecorded,
    RegulationsAdopted,
    StageTimeRecorded,
    WaypointPlaced,
)
from projections.timeline.timeline import Timeline
from tests.examples import examples
from tests.laws.answers import classified, sites, state_of
from tests.laws.rallies import Rally, happenings, plans, rallies, regulations, unique
from tests.laws.test_timeline import classified as everything
from tests.laws.test_timeline import moments, replayed
from tests.laws.words import NUMBERS, POINTS, STAGES, either, of, one_of, short_times
from tests.looked import some_of

FIRST = {"number": st.sampled_from(NUMBERS[:3]), "stage": st.sampled_from(STAGES[:2])}
"""Few crews and stages, so that much meets in one."""


def times_at(*points: str) -> st.SearchStrategy[Occurrence]:
    """Official times, and passings that often agree with them."""
    at = of(PassingRecorded, **FIRST, point=st.sampled_from(points), elapsed_ms=short_times)
    return either(of(StageTimeRecorded, **FIRST, elapsed_ms=short_times), at)


new = of(
    WaypointPlaced,
    fact_at=None,
    stage=FIRST["stage"],
    point="NEW",
    order=st.integers(0, 9),
    category=st.sampled_from(["", "moto", "car"]),
    kind=st.sampled_from(["wpm", "wpm", ""]),
)
"""A waypoint of which nothing says that it is a finish."""
told = rallies(about=either(happenings, times_at(*POINTS), one_of(WaypointPlaced)))


@examples(60)
@given(told, new)
def test_a_waypoint_that_is_no_finish_changes_no_total(rally: Rally, placed: Occurrence) -> None:
    """Before the finish, behind it, for all or for some: the classification stays as it was."""
    assert classified(state_of(rally)) == classified(state_of(unique([*rally, placed])))


@examples(60)
@given(told, new, st.lists(times_at("NEW"), min_size=1, max_size=4))
def test_a_passing_at_another_point_gives_no_time(
    rally: Rally, placed: WaypointPlaced, seen: Rally
) -> None:
    """Whoever is seen there, also a crew that has no time yet: the times are as they were."""
    placed = msgspec.structs.replace(placed, kind="wpm")
    official = [each for each in seen if isinstance(each, StageTimeRecorded)]
    before = state_of(unique([*rally, placed, *official])).timing.measured
    after = state_of(unique([*rally, placed, *official, *seen])).timing.measured

    assert {key: value.time_ms for key, value in before.items()} == {
        key: value.time_ms for key, value in after.items()
    }


@st.composite
def agreeing(draw: st.DrawFn) -> Rally:
    """A rally of which only official times tell where its stages end, or do not."""
    adopted = draw(regulations(as_written=True))
    rules: dict[str, Any] = {
        "timing.last_point_is_finish": True,
        "controls.penalties": "given",
        "timing.tolerance_ms": draw(st.sampled_from([0, 1000])),
    }
    adopted = msgspec.structs.replace(adopted, parameters={**adopted.parameters, **rules})
    plan = [msgspec.structs.replace(adopted, fact_at=None, reason="first"), *draw(plans())]
    entered = of(CrewEntered, fact_at=None, driver="D", category=st.sampled_from(["moto", "car"]))
    points = of(
        WaypointPlaced,
        fact_at=None,
        stage=FIRST["stage"],
        point=st.sampled_from(POINTS),
        order=st.integers(1, 3),
        category=st.sampled_from(["", "", "moto"]),
        kind=st.sampled_from(["", "", "", "ass"]),
    )
    crews = [msgspec.structs.replace(draw(entered), number=each) for each in NUMBERS[:3]]
    placed = draw(st.lists(points, min_size=1, max_size=5))
    said = draw(st.lists(times_at(*POINTS), min_size=4, max_size=14))
    rest = draw(st.permutations([*placed, *said, *draw(st.lists(happenings, max_size=3))]))
    without = [each for each in plan[1:] if not isinstance(each, RegulationsAdopted)]
    return unique([plan[0], *crews, *without, *rest])


@examples(80)
@given(agreeing(), st.data())
def test_the_timeline_knows_where_it_can_not_tell(rally: Rally, data: st.DataObject) -> None:
    """Whether a time of one crew makes a point the finish for another: as a replay computes it."""
    with sites() as opened:
        log = opened.log("main", rally)
        timeline = Timeline(log)
        timeline.carry(data.draw(st.integers(1, len(rally)), label="begun"))
        timeline.carry(len(rally))
        for position in some_of(range(max(1, len(rally) - 6), len(rally) + 1)):
            instant = data.draw(moments, label="instant")
            found = everything(timeline.at(position, instant))
            assert found == replayed(rally, position, instant)
