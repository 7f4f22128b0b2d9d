"""Laws of what answers need: each is right on the state that it says; of a lesser one it raises."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import LedgerError
from ledger.log import Log
from ledger.vocabulary import IncidentReported, PassingRecorded
from projections.desk.decisions import decisions
from projections.desk.incidents import incidents
from projections.explain.records import of_the_desk
from projections.registry import PROJECTIONS
from projections.state.facts import fold
from projections.state.held import Need, NotHeld
from projections.state.rally import RallyState
from projections.timeline.timeline import Timeline
from tests.examples import examples
from tests.laws.answers import sites
from tests.laws.rallies import Rally, rallies
from tests.laws.simulated import tiny
from tests.laws.test_timeline import moments, told_crew_by_crew
from tests.looked import some_of, when


def state(log: Log, need: Need, position: int, instant: int | None) -> RallyState:
    """The state of a kind."""
    if need is Need.TIMELINE:
        return Timeline(log).at(position, instant)
    if need is Need.DESK:
        return RallyState(of_the_desk(log, position, instant))
    return RallyState(fold(log.read(until=position)).facts(instant))


def told(name: str, of: RallyState) -> Any:
    """An answer, or why there is none."""
    try:
        return msgspec.to_builtins(PROJECTIONS[name](of))
    except LedgerError as error:
        return {"error": error.kind, "message": error.message}


@examples(150)
@given(
    told_crew_by_crew(judged=True)
    | told_crew_by_crew(cards=True)
    | rallies(judged=True)
    | rallies(),
    st.data(),
)
def test_each_answer_is_right_on_the_state_that_it_needs(rally: Rally, data: st.DataObject) -> None:
    """At any moment it equals that of a full replay."""
    position = data.draw(st.integers(0, len(rally)) | st.just(len(rally)), label="position")
    instant = data.draw(moments, label="instant")
    with sites() as opened:
        log = opened.log("main", rally)
        states = {need: state(log, need, position, instant) for need in Need}
        for name, each in some_of(PROJECTIONS.items()):
            assert told(name, states[each.need]) == told(name, states[Need.REPLAY]), name


@examples(60)
@given(told_crew_by_crew(judged=True) | rallies(judged=True), st.data())
def test_the_register_of_the_desk_is_told_by_a_timeline_what_does_nothing(
    rally: Rally, data: st.DataObject
) -> None:
    """So `rally decisions` asks both of a long log; it equals the register of a full replay."""
    position = data.draw(st.integers(0, len(rally)) | st.just(len(rally)), label="position")
    instant = data.draw(moments, label="instant")
    with sites() as opened:
        log = opened.log("main", rally)
        timeline, desk, replay = (state(log, need, position, instant) for need in Need)

        def register(of: RallyState, whole: RallyState) -> Any:
            try:
                return msgspec.to_builtins(decisions(of, whole))
            except LedgerError as error:
                return error.kind, error.message

        assert register(desk, timeline) == register(replay, replay)


@pytest.fixture(scope="module")
def tiny_ones() -> Iterator[dict[Need, RallyState]]:
    """The state of each kind of a rally in which little happened."""
    rally = tiny(1)
    with sites() as opened:
        log = opened.log("main", rally)
        yield {need: state(log, need, len(rally), None) for need in Need}


@pytest.mark.parametrize("name", sorted(PROJECTIONS))
def test_each_answer_raises_on_a_state_that_lacks_what_it_needs(
    name: str, tiny_ones: dict[Need, RallyState]
) -> None:
    """Also of a log that holds nothing of it: nobody is told an empty list in good faith."""
    for need, asked in tiny_ones.items():
        if when(need not in (PROJECTIONS[name].need, Need.REPLAY)):
            with pytest.raises(NotHeld, match=f"not held by {need.value}"):
                PROJECTIONS[name](asked)
        else:
            PROJECTIONS[name](asked)


def test_what_a_state_lacks_is_never_an_empty_list() -> None:
    """Whoever asks past the registry is told as well, whatever options Python is started with."""
    rally = tiny(1)
    with sites() as opened:
        log = opened.log("main", rally)
        timeline, desk = (state(log, e, len(rally), None) for e in (Need.TIMELINE, Need.DESK))

        for ask in (
            lambda: incidents(timeline),
            lambda: timeline.facts.of(IncidentReported),
            lambda: timeline.facts.of(PassingRecorded),
            lambda: timeline.facts.findings,
            lambda: timeline.facts.positions,
            lambda: timeline.facts.told,
            lambda: timeline.road.visits,
            lambda: desk.facts.of(PassingRecorded),
            lambda: desk.values,
        ):
            with pytest.raises(NotHeld):
                ask()
