"""Sanctions that are no time: what each moves, from when on, and what becomes of it on appeal."""

from __future__ import annotations

import pytest

from ledger.vocabulary import PointsDocked
from projections.results.relegation import RELEGATED
from projections.results.standings import Scope, standings
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


# -- places ----------------------------------------------------------------------------------------

LAST = effect("CrewRelegated")


def test_a_court_imposes_the_last_place_for_an_exclusion(case: Case) -> None:
    """As in 2009: the breach is upheld, the exclusion set aside, and the last place imposed."""
    out = case.decide(1, number="101", effects=[effect("CrewDisqualified")])
    assert ["1 102 2:01:00", "2 103 2:02:00"] == case.overall()
    ruled = case.record("CourtDecisionIssued", target=out, outcome="varied", effects=[LAST])

    assert ["1 102 2:01:00", "2 103 2:02:00", "3 101 2:00:00"] == case.overall()
    assert (RELEGATED,) == case.flags("101")
    assert () == case.flags("102")
    rows = standings(case.state()).rows
    assert [0, 60_000, -60_000] == [row.gap_ms for row in rows]
    assert [0, 60_000, -120_000] == [row.interval_ms for row in rows]
    case.record("Voided", target=ruled)
    assert ["1 102 2:01:00", "2 103 2:02:00"] == case.overall()


def test_a_sanction_on_place_that_is_quashed_counts_as_never_given(case: Case) -> None:
    """The order is that of before; the decision stays in the register."""
    before = case.overall()
    decision = case.decide(1, number="101", effects=[effect("CrewRelegated", places=1)])
    assert ["1 102 2:01:00", "2 101 2:00:00", "3 103 2:02:00"] == case.overall()
    case.record("CourtDecisionIssued", target=decision, outcome="quashed")
    assert before == case.overall()


def test_it_counts_from_its_stage_on_and_in_no_result_of_a_stage(case: Case) -> None:
    """What was the overall after SS1 stays so; without a stage, only the overall of everything."""
    case.record("CrewRelegated", number="101", stage="SS2")
    assert "1 101 1:00:00" == case.overall("SS1")[0]
    assert "3 101 2:00:00" == case.overall("SS2")[2]
    assert "1 101 1:00:00" == case.stage("SS2")[0]
    case.record("CrewRelegated", number="102")
    assert ["1 103 2:02:00", "2 101 2:00:00", "3 102 2:01:00"] == case.overall()
    assert ["1 102 2:01:00", "2 103 2:02:00", "3 101 2:00:00"] == case.overall("SS2")


def test_in_the_result_of_a_stage_it_moves_nothing_else(case: Case) -> None:
    """Two of three are level on SS2, and stay so among each other."""
    case.record("CrewRelegated", number="101", stage="SS2", applies_to="stage")
    assert ["1 102 1:00:00", "1 103 1:00:00", "3 101 1:00:00"] == case.stage("SS2")
    assert "1 101 2:00:00" == case.overall()[0]


def test_it_may_count_in_the_class_alone() -> None:
    """Last in its class, and in its place among all; or the other way round."""
    case = Case("cross-country", controls__penalties="given")
    case.enter("101", "102", **{"class": "T1"})
    case.enter("103", **{"class": "T2"})
    case.times("SS1", _101="1:00:00", _102="1:02:00", _103="1:01:00")
    case.record("CrewRelegated", number="101", only_in=("class",))
    in_class = Scope(crew_class="T1")

    assert ["1 101 1:00:00", "2 103 1:01:00", "3 102 1:02:00"] == case.overall()
    assert ["102", "101"] == [row.number for row in standings(case.state(), in_class).rows]
    case.record("CrewRelegated", number="103", only_in=("joint",))
    assert ["1 101 1:00:00", "2 102 1:02:00", "3 103 1:01:00"] == case.overall()
