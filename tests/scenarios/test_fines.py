"""Fines: what a decision imposes, what of it is owed, suspended and paid, and by when."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.times import parse_instant
from projections.desk.decisions import decisions
from projections.desk.docket import docket
from projections.desk.fines import Sums, fines, totals, unpaid
from projections.editions import bearing
from tests.spec import CARS, Case, at, effect

FIRM = effect("Fine", amount=5000, currency="EUR")
REST = effect("Fine", "no second offence", amount=25_000, currency="EUR")


@pytest.fixture
def case() -> Case:
    """Three cars are entered, by rules under which an appeal suspends what it is about."""
    case = Case("cross-country")
    case.enter(*CARS)
    return case


def sums(case: Case) -> list[dict[str, Any]]:
    """The totals of the rally by currency, without what there is nothing of."""
    return [
        {name: value for name in Sums.__struct_fields__ if (value := getattr(each, name))}
        for each in totals(fines(case.state().facts))
    ]


def test_a_part_is_suspended_and_the_rest_is_owed_and_paid_in_parts(case: Case) -> None:
    """30,000 of which 25,000 on condition: 5,000 are owed, and what is paid counts off them."""
    decision = case.decide(1, number="101", effects=[FIRM, REST])
    imposed = {"currency": "EUR", "imposed": 30_000, "owed": 5000, "suspended": 25_000}
    assert [{**imposed, "open": 5000}] == sums(case)

    case.record("FinePaid", target=decision, amount=2000, received_by="The secretary")
    assert [{**imposed, "paid": 2000, "open": 3000}] == sums(case)
    case.record("FinePaid", target=decision, amount=3000)
    assert [{**imposed, "paid": 5000}] == sums(case)
    (row,) = decisions(case.state()).rows
    assert [5000] == [each.paid for each in row.fines]
    assert ["FinePaid", "FinePaid"] == [each.type for each in row.steps]
    assert () == docket(case.state()).fines

    case.record("SuspensionActivated", target=decision)
    assert {"owed": 30_000, "open": 25_000}.items() <= sums(case)[0].items()


def test_a_suspended_part_lapses(case: Case) -> None:
    """It was imposed, and is owed no more."""
    decision = case.decide(1, number="101", effects=[FIRM, REST])
    case.record("SuspensionLapsed", target=decision)
    fallen = {"imposed": 30_000, "owed": 5000, "fallen": 25_000, "open": 5000}
    assert [{"currency": "EUR", **fallen}] == sums(case)


def test_what_is_quashed_is_not_owed_and_what_was_paid_is_returned(case: Case) -> None:
    """The docket lists it until then."""
    decision = case.decide(1, number="101", effects=[FIRM])
    case.record("FinePaid", target=decision, amount=5000)
    case.record("CourtDecisionIssued", target=decision, outcome="quashed")
    (row,) = docket(case.state()).fines
    assert (5000, 0, 5000, 5000) == (row.fallen, row.owed, row.paid, row.to_return)


def test_money_waits_until_it_is_given_back(case: Case) -> None:
    """In `due`, in the docket and in the register; given back in two parts, it is gone."""
    decision = case.decide(1, number="101", effects=[FIRM])
    case.record("FinePaid", target=decision, amount=5000)
    assert not [each for each in case.due() if "given back" in each]
    case.record("CourtDecisionIssued", target=decision, outcome="quashed")
    waits = "due stewards-1: what was paid has to be given back: 5000 EUR"
    assert waits in case.due()
    case.record("FineReturned", target=decision, amount=2000)
    assert waits.replace("5000", "3000") in case.due()
    (row,) = docket(case.state()).fines
    assert (5000, 2000, 3000) == (row.paid, row.returned, row.to_return)
    case.record("FineReturned", target=decision, amount=3000, to="The entrant of 101")
    assert () == docket(case.state()).fines
    assert not [each for each in case.due() if "given back" in each]
    (row,) = decisions(case.state()).rows[0].fines
    assert (5000, 5000, 0, 0) == (row.paid, row.returned, row.open, row.to_return)


def test_what_was_given_back_and_is_owed_again_is_open(case: Case) -> None:
    """The decision of the court was entered by mistake: the fine stands, and is not paid."""
    decision = case.decide(1, number="101", effects=[FIRM])
    case.record("FinePaid", target=decision, amount=5000)
    quashed = case.record("CourtDecisionIssued", target=decision, outcome="quashed")
    case.record("FineReturned", target=decision, amount=5000)
    case.record("Voided", target=quashed)
    (row,) = fines(case.state().facts)
    assert (5000, 5000) == (row.owed, row.open)


def test_what_was_paid_counts_for_what_a_court_puts_in_its_place(case: Case) -> None:
    """5,000 were paid, the court makes it 2,000: 3,000 are to be given back."""
    decision = case.decide(1, number="101", effects=[FIRM])
    case.record("FinePaid", target=decision, amount=5000)
    less = [effect("Fine", amount=2000, currency="EUR")]
    case.record("CourtDecisionIssued", target=decision, outcome="varied", effects=less)
    mine, courts = fines(case.state().facts)
    assert (5000, 0, 0) == (mine.fallen, mine.paid, mine.to_return)
    assert (2000, 5000, 3000) == (courts.owed, courts.paid, courts.to_return)


def test_so_it_does_for_a_decision_that_supersedes_it(case: Case) -> None:
    """The stewards correct themselves."""
    decision = case.decide(1, number="101", effects=[FIRM])
    case.record("FinePaid", target=decision, amount=1000)
    more = [effect("Fine", amount=6000, currency="EUR")]
    case.decide(2, number="101", effects=more, supersedes=decision)
    assert [(0, 0), (5000, 0)] == [(r.open, r.to_return) for r in fines(case.state().facts)]


def test_what_an_order_keeps_back_is_not_owed_for_now(case: Case) -> None:
    """As little as what an appeal suspends; it is owed again when the order ends."""
    decision = case.decide(1, number="101", effects=[FIRM])
    case.record("ExecutionSuspended", target=decision)
    assert [{"currency": "EUR", "imposed": 5000, "kept_back": 5000}] == sums(case)
    assert [] == [*unpaid(case.state().facts)]
    case.record("FinePaid", target=decision, amount=5000)
    assert () == docket(case.state()).fines  # nothing is given back while it is undecided
    case.record("ExecutionResumed", target=decision)
    assert 5000 == sums(case)[0]["owed"]


def test_it_is_due_by_its_time(case: Case) -> None:
    """Ahead, then over; with no time it waits; paid, it is gone."""
    by = parse_instant(at("18:00"))
    late = effect("Fine", amount=100, currency="EUR", pay_by_at=(by.ms, by.offset))
    decision = case.decide(1, at("12:00"), number="101", effects=[late])
    case.decide(2, at("12:00"), number="102", effects=[effect("Fine", amount=7, currency="USD")])

    def told(now: str) -> list[str]:
        return [each for each in case.due(at(now)) if "a fine" in each]

    waits = "due stewards-2: a fine has to be paid: 7 USD"
    assert [waits, "18:00 ahead stewards-1: a fine has to be paid: 100 EUR"] == (told("17:00"))
    assert "18:00 over stewards-1: a fine has to be paid: 100 EUR" == told("18:01")[1]
    case.record("FinePaid", target=decision, amount=100)
    assert [waits] == told("18:01")


def test_currencies_are_summed_apart(case: Case) -> None:
    """Two fines of one decision in two currencies, paid in one."""
    other = effect("Fine", amount=300, currency="USD")
    decision = case.decide(1, number="101", effects=[FIRM, other])
    case.record("FinePaid", target=decision, amount=300, currency="USD")
    assert [("EUR", 5000), ("USD", 0)] == [(e.currency, e.open) for e in fines(case.state().facts)]


@pytest.mark.parametrize("amount", [None, True, "5000", -1, 0])
def test_what_is_no_amount_is_no_fine(case: Case, amount: object) -> None:
    """Whatever somebody recorded, the register answers."""
    said = effect("Fine", amount=amount, currency="EUR", pay_by_at="soon")
    decision = case.decide(1, number="101", effects=[said])
    assert () == fines(case.state().facts)
    case.record("FinePaid", target=decision, amount=3)
    assert [3] == [each.to_return for each in fines(case.state().facts)]


def test_an_edition_before_told_no_fines(case: Case) -> None:
    """Where there is one, its reads are told otherwise."""
    for kind, expected in (("Reprimand", 0), ("Fine", 1)):
        case.decide(1, number="101", effects=[effect(kind, amount=1)])
        found = [e.title for e in bearing(case.state().facts, 2, "due") if "Fines" in e.title]
        assert expected == len(found)
