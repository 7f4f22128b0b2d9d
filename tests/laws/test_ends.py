"""Laws of the finish: what is no finish neither gives a time nor changes one."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Undefined
from ledger.times import Instant
from ledger.vocabulary import (
    BulletinIssued,
    Corrected,
    CrewEntered,
    CrewReclassified,
    NumberReallocated,
    Occurrence,
    PassingRecorded,
    RegulationsAdopted,
    Source,
    SourceDeclaredUnreliable,
    StageScheduled,
    StageStarted,
    StageTimeRecorded,
    Voided,
    WaypointPlaced,
)
from projections.rules.templates import template
from projections.timeline.indexed import IndexedState
from projections.timeline.saved import from_bytes, to_bytes
from projections.timeline.timeline import Timeline
from projections.timeline.versions import FOREVER
from tests.examples import examples
from tests.laws.answers import classified, sites, state_of
from tests.laws.rallies import (
    Rally,
    carded,
    happenings,
    identity,
    plans,
    rallies,
    regulations,
    unique,
)
from tests.laws.test_timeline import classified as everything
from tests.laws.test_timeline import moments, replayed
from tests.laws.words import (
    CODE,
    MINUTE,
    NUMBERS,
    POINTS,
    STAGES,
    START,
    either,
    of,
    one_of,
    short_times,
)
from tests.looked import some_of, when

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
    try:
        before = state_of(unique([*rally, placed, *official])).timing.measured
        after = state_of(unique([*rally, placed, *official, *seen])).timing.measured
    except Undefined:
        return  # the regulations say too little

    assert {key: value.time_ms for key, value in before.items()} == {
        key: value.time_ms for key, value in after.items()
    }


AMENDED: list[dict[str, Any]] = [
    {"elapsed_ms": 90_000},
    {"number": "2"},
    {"point": "WP2"},
    {"fact_at": (START + 30 * MINUTE, 480)},
    {"elapsed_ms": None},
]


@st.composite
def agreeing(draw: st.DrawFn, *, cards: bool = False) -> Rally:
    """A rally of which only official times tell where its stages end, or do not.

    Times are corrected and voided, and told by sources that are not believed; crews come into
    another category. With `cards` what crews are charged rests on where they finished.
    """
    adopted = draw(regulations(as_written=True))
    rules: dict[str, Any] = {
        "timing.last_point_is_finish": True,
        "controls.penalties": "computed" if cards else "given",
        "timing.tolerance_ms": draw(st.sampled_from([0, 1000])),
    }
    adopted = msgspec.structs.replace(adopted, parameters={**adopted.parameters, **rules})
    plan = [msgspec.structs.replace(adopted, fact_at=None, reason="first"), *draw(plans())]
    if draw(st.booleans()):
        plan = [
            msgspec.structs.replace(each, special_m=None)
            if isinstance(each, StageScheduled)
            else each
            for each in plan
        ]
    entered = of(
        CrewEntered, number="", fact_at=None, driver="D", category=st.sampled_from(["moto", "car"])
    )
    points = of(
        WaypointPlaced,
        fact_at=None,
        stage=FIRST["stage"],
        point=st.sampled_from(POINTS),
        order=st.integers(1, 3),
        category=st.sampled_from(["", "", "moto"]),
        kind=st.sampled_from(["", "", "", "ass"]),
    )
    crews = [msgspec.structs.replace(draw(entered), number=each) for each in NUMBERS[:4]]
    placed = draw(st.lists(points, min_size=1, max_size=5))
    said = draw(st.lists(times_at(*POINTS), min_size=6, max_size=18))
    others = either(happenings, one_of(CrewReclassified, SourceDeclaredUnreliable, StageStarted))
    rest = [*placed, *said, *draw(st.lists(others, max_size=3))]
    rest += draw(carded()) if cards else []
    targets = st.sampled_from([identity(each) for each in said])
    rest += draw(st.lists(of(Voided, target=targets), max_size=2))
    changed = of(Corrected, target=targets, changes=st.sampled_from(AMENDED))
    rest += draw(st.lists(changed, max_size=3))
    without = [
        each
        for each in [*plan[1:], *draw(st.permutations(rest))]
        if not isinstance(each, (RegulationsAdopted, BulletinIssued, NumberReallocated))
    ]
    return unique([plan[0], *crews, *without])


@pytest.mark.slow
@examples(200)
@given(agreeing() | agreeing(cards=True), st.data())
def test_the_timeline_knows_where_stages_end(rally: Rally, data: st.DataObject) -> None:
    """A time of one crew makes a point the finish for another: as a replay computes it.

    The log is followed in steps of any size, and what is known of it is kept in between.
    """
    steps = sorted(data.draw(st.sets(st.integers(1, len(rally)), max_size=4), label="steps"))
    with sites() as opened:
        log = opened.log("main", rally)
        timeline = Timeline(log)
        for step in (*steps, len(rally)):
            timeline.carry(step)
            kept = from_bytes(to_bytes(timeline.index, log.root_at(step)))
            assert kept is not None
            timeline.index = kept[0]
        agreed = {at for each in timeline.index.agreements.values() for at in each.positions}
        last = range(max(1, len(rally) - 6), len(rally) + 1)
        for position in some_of(sorted({*last, *agreed, *(at - 1 for at in agreed)} - {0})):
            instant = data.draw(moments, label="instant")
            state = timeline.at(position, instant)
            if when(position in agreed and not timeline.is_replayed(position)):
                assert isinstance(state, IndexedState) or timeline.index.is_undefined(
                    position, FOREVER if instant is None else instant
                )
            assert everything(state) == replayed(rally, position, instant)


def test_what_is_firm_for_one_category_is_left_to_times_for_another() -> None:
    """The plan tells the finish of motorcycles alone: that of the cars is shown by their times."""
    told: dict[str, Any] = {"rally": CODE, "recorded_at": Instant(START, 480)}
    rally = [
        RegulationsAdopted(
            **told, rulebook="cross-country", parameters=template("cross-country").parameters
        ),
        StageScheduled(**told, stage="SS1", order=1),
        CrewEntered(**told, number="1", driver="A", category="moto"),
        CrewReclassified(**told, number="1", category="car"),
        StageTimeRecorded(**told, number="1", stage="SS1", elapsed_ms=61_000, source=Source("gps")),
        PassingRecorded(
            **told, number="1", stage="SS1", point="WP1", elapsed_ms=60_000, source=Source("beam")
        ),
        WaypointPlaced(**told, stage="SS1", point="WP1", order=2, category="moto", kind="ass"),
        WaypointPlaced(**told, stage="SS1", point="WP1", order=1),
    ]
    with sites() as opened:
        timeline = Timeline(opened.log("main", rally))
        timeline.carry(len(rally))
        for position in some_of(range(1, len(rally) + 1)):
            assert everything(timeline.at(position, None)) == replayed(rally, position, None)
