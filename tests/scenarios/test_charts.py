"""Charts: where each crew stands after each stage, as it is drawn."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.errors import NotFound
from ledger.times import format_duration
from projections.results.chart import Column, Line, series
from projections.results.standings import Scope, standings
from tests.looked import some_of
from tests.spec import Case, at


def _case() -> Case:
    """102 leads after SS1 and is penalised on SS2; 103 retires on SS2; SS3 is cancelled."""
    case = Case()
    case.enter("101", "102", "103")
    case.times("SS1", at("10:00"), _102="1:00:00", _101="1:00:10", _103="1:05:00")
    case.times("SS2", at("12:00"), _101="1:00:00", _102="1:00:30")
    case.record("PenaltyGiven", at("12:30"), number="102", stage="SS2", amount_ms="0:10:00")
    case.record("RetirementReported", at("11:30"), number="103", stage="SS2", reason="gearbox")
    case.record("StageCancelled", at("15:00"), stage="SS3", reason="storm")
    return case


def _drawn(case: Case, scope: Scope | None = None, **asked: Any) -> list[str]:
    """Each line with its points: "102 SS1:1 SS2:2 SS3:2 classified"."""
    found = series(case.state(), scope, **asked)
    return [
        " ".join((e.number, *(f"{p.after or 'now'}:{p.place}" for p in e.points), e.status))
        for e in found.lines
    ]


def _gaps(line: Line) -> list[str]:
    return [f"{'-' if p.gap_ms < 0 else '+'}{format_duration(abs(p.gap_ms))}" for p in line.points]


def test_places_by_stage() -> None:
    """In the order of the last places; who is out stands behind, its line ends before."""
    case = _case()

    assert [
        "101 SS1:2 SS2:1 SS3:1 classified",
        "102 SS1:1 SS2:2 SS3:2 classified",
        "103 SS1:3 retired",
    ] == _drawn(case)
    found = series(case.state())
    assert (Column("SS1"), Column("SS2"), Column("SS3", "cancelled")) == found.columns
    assert ("SS2", "gearbox") == (found.lines[2].stage, found.lines[2].reason)


def test_every_point_is_a_row_of_the_overall() -> None:
    """Of all, and of one category among itself."""
    case = _case()
    case.enter("201", "202", category="trucks")
    case.times("SS1", at("10:00"), _201="0:30:00", _202="2:00:00")
    state = case.state()
    for category in (None, "cars", "trucks"):
        found = series(state, Scope(category=category))
        for column in some_of(found.columns):
            rows = standings(state, Scope(after=column.after, category=category)).rows
            assert {(r.number, r.place, r.total_ms, r.gap_ms) for r in rows} == {
                (line.number, p.place, p.total_ms, p.gap_ms)
                for line in found.lines
                for p in line.points
                if p.after == column.after
            }


def test_gaps_to_the_leader_and_to_a_crew() -> None:
    """To a crew they are negative for those ahead, and end where it has no total any more."""
    case = _case()

    assert {
        "101": ["+0:00:10", "+0:00:00", "+0:00:00"],
        "102": ["+0:00:00", "+0:10:20", "+0:10:20"],
        "103": ["+0:05:00"],
    } == {each.number: _gaps(each) for each in series(case.state()).lines}
    assert {
        "101": ["+0:00:10", "-0:10:20", "-0:10:20"],
        "102": ["+0:00:00", "+0:00:00", "+0:00:00"],
        "103": ["+0:05:00"],
    } == {each.number: _gaps(each) for each in series(case.state(), rebase="102").lines}
    assert {"101": ["-0:04:50"], "102": ["-0:05:00"], "103": ["+0:00:00"]} == {
        each.number: _gaps(each) for each in series(case.state(), rebase="103").lines
    }


def test_a_penalty_comes_in_with_its_stage() -> None:
    """The point where it first counts says how much came in."""
    lines = {each.number: each for each in series(_case().state()).lines}

    assert [0, 600_000, 0] == [each.penalised_ms for each in lines["102"].points]
    assert [0, 0, 0] == [each.penalised_ms for each in lines["101"].points]


def test_a_chart_begins_where_somebody_stands() -> None:
    """With the first stage that has a point, and what was cancelled right before it."""
    case = Case()
    case.enter("101")
    case.times("SS3", at("10:00"), _101="1:00:00")
    assert ["101 SS3:1 classified"] == _drawn(case)
    assert ["SS3"] == [each.after for each in series(case.state()).columns]
    case.record("StageCancelled", at("08:00"), stage="SS2")
    assert ["SS2", "SS3"] == [each.after for each in series(case.state()).columns]


def test_a_crew_that_comes_back() -> None:
    """Between, it has no point; what it carries in counts from its stage on."""
    case = Case()
    case.enter("101", "103")
    case.times("SS1", at("10:00"), _101="1:00:00", _103="1:05:00")
    case.times("SS2", at("12:00"), _101="1:00:00")
    case.times("SS3", at("17:00"), _101="1:00:00")
    case.record("TimesCarriedIn", at("16:00"), number="103", stage="SS3", total_ms="9:00:00")

    assert ["101 SS1:1 SS2:1 SS3:1 classified", "103 SS1:2 SS3:2 classified"] == _drawn(case)


def test_some_of_the_crews() -> None:
    """Places stay those of the classification; the first so many are those of the last places."""
    case = _case()

    assert ["101 SS1:2 SS2:1 SS3:1 classified", "103 SS1:3 retired"] == _drawn(
        case, numbers=["103", "101"]
    )
    assert ["101 SS1:2 SS2:1 SS3:1 classified"] == _drawn(case, top=1)
    assert [["-0:10:20"]] == [
        _gaps(e)[-1:] for e in series(case.state(), top=1, rebase="102").lines
    ]


def test_cancelled_for_some() -> None:
    """It says for whom, unless nobody else is in the chart; the gravest act stands."""
    case = _case()
    case.enter("201", category="trucks")
    case.times("SS1", at("10:00"), _201="0:30:00")
    case.record("StageCancelled", at("09:00"), stage="SS2", categories=["trucks"])
    case.record("StageShortened", at("08:00"), stage="SS2", categories=["trucks"], point="WP3")

    assert Column("SS2", "cancelled", ("trucks",)) == series(case.state()).columns[1]
    assert Column("SS2", "cancelled") == series(case.state(), Scope(category="trucks")).columns[1]
    assert Column("SS2") == series(case.state(), Scope(category="cars")).columns[1]


def test_what_counts_after_the_last_stage() -> None:
    """A penalty at a control behind it moves the overall: the chart ends with how it is now."""
    case = Case("wrc-2019")
    case.enter("101", "102")
    for stage in ("SS1", "SS2", "SS3"):
        case.times(stage, _101="0:10:00", _102="0:10:01")
    assert ["101 SS1:1 SS2:1 SS3:1 classified", "102 SS1:2 SS2:2 SS3:2 classified"] == _drawn(case)
    case.record("PenaltyGiven", number="101", control="TC3A", amount_ms="0:00:10")
    assert [
        "102 SS1:2 SS2:2 SS3:2 now:1 classified",
        "101 SS1:1 SS2:1 SS3:1 now:2 classified",
    ] == _drawn(case)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"numbers": ["104"]}, "nobody of 104 is classified"),
        ({"numbers": ["999"]}, "There is no crew 999."),
        ({"rebase": "104"}, "There are no gaps to 104"),
        ({"rebase": "999"}, "There is no crew 999."),
        ({"scope": Scope(category="bikes")}, "There is no category 'bikes'."),
        ({"scope": Scope(category="trucks")}, "nobody is classified after any stage"),
    ],
)
def test_nothing_to_draw(asked: dict[str, Any], said: str) -> None:
    """It is told why."""
    case = _case()
    case.enter("104")
    case.enter("201", category="trucks")
    with pytest.raises(NotFound, match=said):
        series(case.state(), **asked)
    empty = Case()
    with pytest.raises(NotFound, match="nothing to draw"):
        series(empty.state())
