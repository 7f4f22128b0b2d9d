"""Licences: what a decision did to one, in words, and who runs all the same."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.times import parse_instant
from projections.control.check import check
from projections.desk.decisions import decisions
from tests.spec import Case, at, effect


@pytest.fixture
def case() -> Case:
    """Vera Sand and Kim Rock run for Dune Racing as 101, Lin Gobi alone as 102."""
    case = Case("cross-country")
    case.enter("101", driver="Vera Sand", codrivers=("Kim Rock",), team="Dune Racing")
    case.enter("102", driver="Lin Gobi")
    return case


def licence(what: str, name: str, whose: str = "driver", **times: str) -> dict[str, Any]:
    """An effect on a licence; times as they are read: `to="18:00"`."""
    fields: dict[str, Any] = {"what": what, "name": name, "whose": whose}
    for each, time in times.items():
        instant = parse_instant(at(time))
        fields[f"{each}_at"] = (instant.ms, instant.offset)
    return effect("Licence", **fields)


def told(case: Case) -> list[str]:
    """Who is entered or starts without one."""
    return [each.message for each in check(case.state()) if each.kind == "without-licence"]


def test_it_stands_in_words_in_the_register(case: Case) -> None:
    """What was done to whose licence, and for which time."""
    until = licence("suspended", "Vera Sand", to="18:00")
    referred = licence("referred", "Dune Racing", "competitor")
    case.decide(1, at("12:00"), number="101", effects=[until, referred])
    (row,) = decisions(case.state()).rows
    assert [
        f"Licence of the driver Vera Sand suspended until {parse_instant(at('18:00')).iso()}",
        "Licence of the competitor Dune Racing referred to the sporting authority",
    ] == [each.words for each in row.effects]
    assert [True, True] == [each.in_force for each in row.effects]


def test_who_starts_without_one_is_told(case: Case) -> None:
    """From when it runs on, however the name is spelled, until a court gives it back."""
    said = licence("suspended", "vera  SAND", **{"from": "12:00"})
    decision = case.decide(1, at("11:00"), number="101", effects=[said])
    case.record("StageStarted", at("11:30"), number="101", stage="SS1")
    case.record("StageStarted", at("12:30"), number="102", stage="SS1")
    assert [] == told(case)
    case.record("StageStarted", at("12:30"), number="101", stage="SS2")
    (message,) = told(case)
    assert "The licence of Vera Sand is suspended" in message
    assert message.endswith("and crew 101 was on SS2 all the same.")
    case.record("CourtDecisionIssued", target=decision, outcome="quashed")
    assert [] == told(case)


@pytest.mark.parametrize(
    ("name", "whose"), [("Kim Rock", "co-driver"), ("Dune Racing", "competitor")]
)
def test_of_a_co_driver_or_of_the_competitor_too(case: Case, name: str, whose: str) -> None:
    """A competitor's licence is that of the team, and no person's."""
    case.record("StageStarted", at("12:30"), number="101", stage="SS2")
    case.decide(1, at("11:00"), number="101", effects=[licence("referred", name, whose)])
    case.decide(2, at("11:00"), number="101", effects=[licence("withdrawn", "Dune Racing")])
    assert [] == told(case)
    times = {"from": "12:00", "to": "13:00"}
    case.decide(3, at("11:00"), number="101", effects=[licence("withdrawn", name, whose, **times)])
    assert [f"The licence of {name} is withdrawn"] == [e.split(" (")[0] for e in told(case)]


def test_who_is_entered_without_one(case: Case) -> None:
    """By another entry, or in the place of somebody else; not once its time is over."""
    gone = licence("suspended", "Ana Dune", **{"from": "12:00", "to": "13:00"})
    case.decide(1, at("11:00"), number="101", effects=[gone])
    swap = {"number": "102", "leaves": "Lin Gobi", "joins": "Ana Dune"}
    late = case.record("CrewMemberReplaced", at("13:00"), **swap)
    assert [] == told(case)
    case.record("Voided", target=late)
    case.record("CrewMemberReplaced", at("12:59"), **swap)
    (message,) = told(case)
    assert message.endswith("and crew 102 was entered all the same.")
