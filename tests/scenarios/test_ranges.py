"""Ranges of stages: a leg, a Saturday, a Sunday are classified like a rally of their own."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.errors import NotFound, Refused, Usage
from projections.desk.judging import must_be_one_classification
from projections.desk.publications import computed_content, content_of
from projections.explain.why import why
from projections.results.standings import Scope, standings
from projections.results.teams import teams
from projections.state.finality import last_stage, stages_of
from tests.spec import Case, at

SUNDAY = Scope("range", first="SS2", last="SS3")


@pytest.fixture
def case() -> Case:
    """Three cars over three stages: 103 lost an hour on the first and won the other two."""
    case = Case("cross-country")
    case.enter("101", "102", "103")
    case.times("SS1", _101="1:00:00", _102="1:02:00", _103="2:00:00")
    case.times("SS2", _101="1:00:00", _102="1:03:00", _103="0:59:00")
    case.times("SS3", _101="1:00:00", _102="0:56:00", _103="0:59:00")
    return case


def out(case: Case, first: str, last: str) -> list[str]:
    """Who is not classified over a range, and why."""
    rows = standings(case.state(), Scope("range", first=first, last=last)).unclassified
    return [f"{row.number} {row.status} {row.stage}".rstrip() for row in rows]


def test_only_the_stages_of_the_range_count(case: Case) -> None:
    """Last in the rally and first on Sunday; one stage is a range too, and so is the rally."""
    assert ["1 101 3:00:00", "2 102 3:01:00", "3 103 3:58:00"] == case.overall()
    assert ["1 103 1:58:00", "2 102 1:59:00", "3 101 2:00:00"] == case.range("SS2", "SS3")
    assert ["1 103 0:59:00", "2 101 1:00:00", "3 102 1:03:00"] == case.range("SS2", "SS2")
    assert ["1 102 0:56:00", "2 103 0:59:00", "3 101 1:00:00"] == case.range("SS3", "SS3")
    assert case.overall("SS3") == case.range("SS1", "SS3")


def test_a_penalty_is_in_the_range_of_the_stage_it_belongs_to(case: Case) -> None:
    """What was given on Saturday stays there; late to the control before SS2 is of Sunday."""
    case.record("ControlScheduled", control="TC1", stage="SS1", order=2)
    case.record("ControlScheduled", control="TC2", stage="SS2", order=0)
    given = {"amount_ms": "0:10:00", "applies_to": "overall"}
    case.record("PenaltyGiven", number="103", stage="SS1", amount_ms="0:30:00")
    case.record("PenaltyGiven", number="103", control="TC1", amount_ms="0:20:00")
    case.record("PenaltyGiven", number="103", control="TC2", **given)
    assert ["1 102 1:59:00", "2 101 2:00:00", "3 103 2:08:00"] == case.range("SS2", "SS3")
    assert "3 103 2:50:00" == case.range("SS1", "SS1")[2]
    case.record("PenaltyGiven", number="102", amount_ms="0:15:00", reason="tyres")

    assert "1 102 1:59:00" == case.range("SS2", "SS3")[0]  # it belongs to no stage
    assert "2 102 3:16:00" == case.overall()[1]


def test_a_range_that_was_cancelled_altogether(case: Case) -> None:
    """Nobody is on the way any more; whoever has a stage left of it is classified by that."""
    case.record("StageCancelled", stage="SS2", reason="storm")
    assert ["101 cancelled SS2", "102 cancelled SS2", "103 cancelled SS2"] == out(
        case, "SS2", "SS2"
    )
    assert [] == out(case, "SS2", "SS3")
    case.record("StageCancelled", stage="SS3", reason="storm")
    assert "101 cancelled SS3" == out(case, "SS2", "SS3")[0]


def test_who_lacks_a_stage_of_the_range_is_not_in_it(case: Case) -> None:
    """Who lacks an earlier one is, and who left the rally later; who left before is not."""
    case.enter("104", "105", "106")
    case.times("SS2", _104="1:10:00", _105="1:11:00", _106="1:12:00")
    case.times("SS3", _104="1:10:00", _106="1:12:00")
    case.times("SS1", _105="1:00:00", _106="1:00:00")
    assert "4 104 2:20:00" == case.range("SS2", "SS3")[3]
    assert "104 unclassified SS1" in case.unclassified()
    assert ["105 running SS3"] == out(case, "SS2", "SS3")
    case.enter("107")
    case.times("SS2", _107="1:20:00")
    assert ["105 running SS3", "107 running SS3"] == out(case, "SS2", "SS3")  # never mind SS1
    case.record("CrewWithdrew", at("11:00"), number="107", stage="SS3")
    case.record("RetirementReported", at("12:00"), number="105", stage="SS3", reason="engine")
    assert ["105 retired SS3", "107 retired SS3"] == out(case, "SS2", "SS3")
    assert "3 105 2:11:00" == case.range("SS1", "SS2")[2]
    case.record("CrewDisqualified", at("13:00"), number="106", stage="SS2", reason="a cut")

    gone = ["105 retired SS3", "106 disqualified SS2", "107 retired SS3"]
    assert gone == out(case, "SS2", "SS3")
    assert "3 106 1:00:00" not in case.range("SS1", "SS1")
    assert [] == [line for line in out(case, "SS1", "SS1") if line.startswith("106")]


def test_what_was_carried_in_is_no_part_of_a_later_range(case: Case) -> None:
    """A total that stands for SS1 counts from there on only in what begins with the rally."""
    case.enter("104")
    case.record("TimesCarriedIn", number="104", stage="SS1", total_ms="0:50:00")
    case.times("SS2", _104="1:10:00")
    case.times("SS3", _104="1:10:00")
    case.record("PenaltyGiven", number="104", stage="SS1", amount_ms="0:05:00")

    assert "104 3:10:00" == case.range("SS1", "SS3")[2][2:]
    assert "4 104 2:20:00" == case.range("SS2", "SS3")[3]
    told = why(case.state(), "104", SUNDAY)
    assert ["time on SS2", "time on SS3"] == [each.what for each in told.addends]


def test_a_stage_cancelled_for_some_is_told_where_it_lies_in_the_range(case: Case) -> None:
    """Trucks did not drive SS1: on Sunday they ran what the cars ran."""
    case.enter("501", category="trucks")
    case.times("SS2", _501="1:20:00")
    case.times("SS3", _501="1:20:00")
    case.record("StageCancelled", at("06:00"), stage="SS1", categories=["trucks"])

    def flagged(scope: Scope) -> list[str]:
        return [row.number for row in standings(case.state(), scope).rows if row.flags]

    assert ["101", "102", "103"] == flagged(Scope("range", first="SS1", last="SS3"))
    assert [] == flagged(SUNDAY)


def test_what_completes_a_range_lies_in_it() -> None:
    """Whether it may become final hangs on its own stages, and its categories on who ran those."""
    case = Case("dakar-2020")
    case.enter("101")
    case.enter("501", category="trucks")
    case.record("StageCancelled", at("06:00"), stage="SS1", categories=["trucks"])
    sunday = {"kind": "range", "from": "SS2", "to": "SS3"}
    state = case.state()
    assert ["SS2", "SS3"] == [each.stage for each in stages_of(state, sunday)]
    assert ["SS3"] == [each.stage for each in (last_stage(state, sunday),) if each]
    both: list[dict[str, Any]] = [{"number": "101", "place": 1}, {"number": "501", "place": 2}]
    must_be_one_classification(state.facts, "provisional", sunday, both)
    with pytest.raises(Refused, match="cars and trucks are ranked apart"):
        must_be_one_classification(state.facts, "provisional", {"after": "SS3"}, both)
    for stage in ("SS2", "SS3"):
        case.record("StageCancelled", at("06:00"), stage=stage)
    assert last_stage(case.state(), sunday) is None


def test_teams_go_by_the_totals_of_the_range() -> None:
    """Dune won the rally by SS1; over the other two Oasis was faster."""
    case = Case("cross-country", teams__counting=1)
    case.enter("101", team="Dune")
    case.enter("102", team="Oasis")
    case.times("SS1", _101="1:00:00", _102="2:00:00")
    case.times("SS2", _101="1:00:00", _102="0:59:00")
    case.times("SS3", _101="1:00:00", _102="0:59:00")
    told = [(row.team, row.total_ms) for row in teams(case.state(), SUNDAY).rows]
    assert [("Oasis", 7_080_000), ("Dune", 7_200_000)] == told
    assert ["Dune", "Oasis"] == [row.team for row in teams(case.state()).rows]


def test_a_range_can_be_told_of_the_moment(case: Case) -> None:
    """As it was known before the last time came in, it has nobody with both stages but two."""
    known = len(case.records) - 1
    assert ["1 102 1:59:00", "2 101 2:00:00"] == case.range("SS2", "SS3", known_at=known)


def test_why_a_range_is_what_it_is(case: Case) -> None:
    """Its own stages and penalties, summed; its place, and who is next to it."""
    case.record("PenaltyGiven", number="102", stage="SS1", amount_ms="0:30:00")
    case.record("PenaltyGiven", number="102", stage="SS3", amount_ms="0:05:00")
    told = why(case.state(), "102", SUNDAY)

    assert [3_780_000, 3_360_000, 300_000] == [each.ms for each in told.addends]
    assert sum(each.ms for each in told.addends) == told.total_ms
    assert "3rd: 0:04:00 behind 101." == told.places[0].words
    assert "classified" == told.status.name


def test_what_was_published_of_a_range_is_computed_again(case: Case) -> None:
    """Its scope says from where to where, and nothing else changes what it says."""
    state = case.state()
    content = content_of(standings(state, SUNDAY))
    assert {"kind": "range", "from": "SS2", "to": "SS3"} == content.scope
    posted: dict[str, Any] = {"document": "7", "kind": "provisional"}
    case.record(
        "ClassificationPublished",
        scope=dict(content.scope),
        rows=content.rows,
        unclassified=content.unclassified,
        digest=content.digest(),
        position=len(case.records),
        **posted,
    )
    said = case.records[-1][1]
    assert content == computed_content(case.state(), said)  # type: ignore[arg-type]
    case.record("PenaltyGiven", number="103", stage="SS1", amount_ms="0:30:00")
    assert content == computed_content(case.state(), said)  # type: ignore[arg-type]
    case.record("PenaltyGiven", number="103", stage="SS2", amount_ms="0:30:00")

    assert content != computed_content(case.state(), said)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("first", "last", "error", "message"),
    [
        ("SS3", "SS2", Usage, "A range of stages can't go from SS3 to SS2, which is before it."),
        ("SS9", "SS2", NotFound, "There is no stage SS9."),
        ("SS1", "SS9", NotFound, "There is no stage SS9."),
    ],
)
def test_what_is_no_range(
    case: Case, first: str, last: str, error: type[Exception], message: str
) -> None:
    """The wrong way round, or of a stage that is not in the plan."""
    with pytest.raises(error) as raised:
        standings(case.state(), Scope("range", first=first, last=last))
    assert message == str(raised.value)
