"""Laws of what a crew carries and starts by: the time card, and the published start order."""

from __future__ import annotations

import msgspec
from hypothesis import assume, given
from hypothesis import strategies as st

from ledger.times import Instant
from ledger.vocabulary import (
    BulletinIssued,
    PenaltyGiven,
    RegulationsAdopted,
    StartOrderPublished,
    StartSlot,
)
from projections.results.standings import standings
from projections.results.start_order import start_order
from projections.results.time_card import time_card
from projections.state.rally import RallyState
from tests.conftest import NOW
from tests.examples import examples
from tests.laws.answers import state_of
from tests.laws.rallies import Rally, rallies, unique
from tests.laws.words import CODE, VARIATIONS
from tests.looked import some_of


@examples(40)
@given(rallies(timed=True))
def test_the_sums_of_a_card_are_those_of_the_standings(rally: Rally) -> None:
    """The stages and penalties on the card of a classified crew add up to its total."""
    state = state_of(rally)

    for row in some_of(standings(state).rows):
        card = time_card(state, row.number)
        assert (row.time_ms, row.penalty_ms, row.total_ms) == (
            card.time_ms,
            card.penalty_ms,
            card.total_ms,
        )
        if row.number not in state.carried:
            assert row.time_ms == sum(stage.time_ms or 0 for stage in card.stages)
            assert row.penalty_ms == sum(stage.penalty_ms for stage in card.stages)


@examples(40)
@given(rallies(timed=True), st.sampled_from(VARIATIONS["start_order.rule"]))
def test_an_order_is_of_those_who_may_start(rally: Rally, rule: tuple[str, ...]) -> None:
    """Whatever the rule rests it on and does to it: each once, and the same as by race number."""
    state, plain = (
        state_of(ruled_by(rally, "start_order.rule", lines)) for lines in (rule, ("race numbers",))
    )
    for stage in some_of(state.orders):
        ordered, by_number = (_computed(each, stage) for each in (state, plain))
        assert [sorted(each) for each in ordered] == [sorted(each) for each in by_number]
        assert all(len(set(each)) == len(each) for each in ordered)


def _computed(state: RallyState, stage: str) -> list[list[str]]:
    """The orders that are computed, category by category."""
    groups = [each for each in start_order(state, stage).groups if not each.published]
    return [[row.number for row in each.rows] for each in groups]


def ruled_by(rally: Rally, name: str, value: tuple[str, ...]) -> Rally:
    """The rally under another value of a rule, wherever it was set."""
    return [
        msgspec.structs.replace(each, parameters={**each.parameters, name: value})
        if isinstance(each, RegulationsAdopted)
        or (isinstance(each, BulletinIssued) and name in each.parameters)
        else each
        for each in rally
    ]


@examples(40)
@given(rallies(timed=True), st.integers(0, 7_200_000), st.data())
def test_a_published_start_order_stays(rally: Rally, amount: int, data: st.DataObject) -> None:
    """What becomes known later, such as a penalty on the stage it rests on, moves nobody in it."""
    state = state_of(rally)
    assume(state.stages and len(state.facts.crews) > 1)
    stage = data.draw(st.sampled_from([each.stage for each in state.stages]))
    numbers = data.draw(st.permutations(sorted(state.facts.crews)))
    posted = StartOrderPublished(
        rally=CODE,
        recorded_at=Instant(NOW + 10**11, 480),
        stage=stage,
        slots=tuple(StartSlot(place, number) for place, number in enumerate(numbers, 1)),
    )
    later = PenaltyGiven(
        rally=CODE,
        recorded_at=Instant(NOW + 10**11 + 1, 480),
        number=numbers[0],
        stage=data.draw(st.sampled_from([each.stage for each in state.stages])),
        amount_ms=amount,
    )
    before = start_order(state_of(unique([*rally, posted])), stage)
    after = start_order(state_of(unique([*rally, posted, later])), stage)

    assert [row.number for row in before.groups[0].rows] == [
        row.number for row in after.groups[0].rows
    ]
    assert before.groups[0].published
