"""Sanctions that are no time: what each moves, from when on, and what becomes of it on appeal."""

from __future__ import annotations

import pytest

from ledger.vocabulary import PointsDocked
from tests.spec import CARS, Case, effect


@pytest.fixture
def case() -> Case:
    """Three cars, 101 before 102 before 103 by a minute each, after two stages."""
    case = Case("cross-country", controls__penalties="given")
    case.enter(*CARS)
    case.times("SS1", _101="1:00:00", _102="1:01:00", _103="1:02:00")
    case.times("SS2", _101="1:00:00", _102="1:00:00", _103="1:00:00")
    return case


# -- championship points ---------------------------------------------------------------------------


def test_points_are_docked_by_a_decision_and_come_back_with_a_court(case: Case) -> None:
    """Who loses how many in which table stands in the register; a court gives them back."""
    docked = effect("PointsDocked", table="manufacturers", points=7)
    decision = case.decide(1, number="101", effects=[docked])

    (fact,) = case.state().facts.of(PointsDocked)
    assert ("101", "manufacturers", 7) == (fact.value.number, fact.value.table, fact.value.points)
    assert "The manufacturer of crew 101 loses 7 points in the table of manufacturers." == (
        fact.value.words()
    )
    assert ["1 101 2:00:00", "2 102 2:01:00", "3 103 2:02:00"] == case.overall()
    case.record("CourtDecisionIssued", target=decision, outcome="quashed")
    assert [] == case.state().facts.of(PointsDocked)
