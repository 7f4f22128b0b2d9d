"""Numbers that decisions bear already: given at entry, unique, and outside the sequence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line.conftest import answer
from tests.command_line.pdf import text
from tests.command_line.test_decide import CHAIR, COURT, WHY, decided
from tests.command_line.test_documents import drawn
from tests.conftest import Rally
from tests.spec import Case


def test_a_decision_bears_the_number_of_its_sheet(dune: Rally, tmp_path: Path) -> None:
    """Decision 12.4 is named so wherever a decision is named; the next drawn one is the first."""
    said = decided(dune, "reprimand", "101", "--decision-number", "12.4")
    assert ("stewards", "12.4") == (said["series"], said["decision"])
    assert 1 == decided(dune, "reprimand", "102")["decision"]
    assert 2 == decided(dune, "reprimand", "103", "--decision-number", "2")["decision"]
    (entry,) = answer(dune, "decisions", "stewards-12.4")["rows"]
    assert "Stewards' decision 12.4" == entry["title"]
    for named in ("stewards-12.4", "Stewards 12.4", "Stewards' decision 12.4"):
        assert 0 == dune("decide", "notify", named, *CHAIR).code
    court = ("--court", "Court of appeal", "--case", "3/2016", "--reason", "late")
    assert 0 == dune("court", "stewards-12.4", "upheld", *court, *COURT).code
    rows = answer(dune, "docket")["rows"]
    assert "stewards-12.4" in [row["decision"] for row in rows]
    assert 0 == dune("export", "evidence", "stewards-12.4", "-o", "case.zip").code
    assert not [f for f in answer(dune, "anomalies")["rows"] if f["kind"].startswith("decision-")]


def test_the_register_is_in_the_order_of_the_numbers(dune: Rally) -> None:
    """12.4 before 12.10, and the next plain number is one more than the highest plain one."""
    for number in ("12.10", "12.4", "9a"):
        decided(dune, "reprimand", "101", "--decision-number", number)
    drawn = [decided(dune, "reprimand", "101")["decision"] for _ in range(2)]
    assert [1, 2] == drawn
    rows = answer(dune, "decisions")["rows"]
    assert ["1", "2", "9a", "12.4", "12.10"] == [row["decision"] for row in rows]


def test_a_number_is_given_once_in_its_series(dune: Rally) -> None:
    """Typed again, by either command or by a correction, it is refused; void ones keep theirs."""
    decided(dune, "reprimand", "101", "--decision-number", "12.4a")
    record = ("record", "DecisionIssued", "series=stewards", "number=102")
    for words in (
        ("decide", "reprimand", "102", "--decision-number", "12.4A"),
        (*record, "decision=12.4a"),
    ):
        refused = dune(*words, *WHY, *CHAIR)
        assert (1, True) == (refused.code, "is taken. Stewards' decision 12.4a" in refused.err)
    assert 0 == dune("void", "#29", *WHY, *CHAIR).code
    assert 1 == dune(*words, *WHY, *CHAIR).code
    assert 0 == dune(*record, "decision=1", *WHY, *CHAIR).code
    taken = dune("correct", "#31", "decision=12.4a", *WHY, *CHAIR)
    assert (1, True) == (taken.code, "is taken" in taken.err), taken
    assert 0 == dune("correct", "#31", "decision=12.5", *WHY, *CHAIR).code
    clerk = ("--by", "Cleo", "--role", "clerk-of-the-course")
    assert (
        "12.4a"
        == decided(dune, "fine", "101", "5", "EUR", "--decision-number", "12.4a", by=clerk)[
            "decision"
        ]
    )
    # The plain number was given, whatever it was corrected to.
    assert 2 == decided(dune, "reprimand", "102")["decision"]


@pytest.mark.parametrize("number", ["12 .4", ".4", "12..4", "12.", "x" * 21, "12\u200b4", "٣"])
def test_a_number_that_is_none_is_refused(dune: Rally, number: str) -> None:
    """Nothing is put on record, and it is said what is wrong."""
    refused = dune("decide", "reprimand", "101", "--decision-number", number, *WHY, *CHAIR)
    assert (2, True) == (refused.code, "decision" in refused.err), refused
    assert 28 == answer(dune, "verify")["size"]


def test_a_plain_number_has_to_be_the_next(dune: Rally) -> None:
    """The sequence has no gaps: a plain number that is not the next is refused, by any command."""
    for words in (
        ("decide", "reprimand", "101", "--decision-number", "7"),
        ("record", "DecisionIssued", "series=stewards", "decision=7"),
    ):
        refused = dune(*words, *WHY, *CHAIR)
        assert (1, True) == (refused.code, "has the number 1." in refused.err), refused


@pytest.mark.parametrize(
    ("case", "name"), [("7", "court-7"), ("3/2016", "court-3/2016"), ("", "court")]
)
def test_the_sheet_of_a_court(dune: Rally, case: str, name: str) -> None:
    """It is drawn under the name that the register prints, before it is posted and after."""
    decided(dune, "reprimand", "101")
    court = ("--court", "Court of appeal", "--case", case, "--reason", "late", *COURT)
    assert 0 == dune("court", "stewards-1", "quashed", "--ruling", "It is quashed.", *court).code
    sheet = text(drawn(dune, "decision", name))
    assert "Court of appeal" in sheet
    assert "It is quashed." in sheet
    assert 0 == dune("publish", "decision", name, "--by", "S", "--role", "secretary").code
    posted = drawn(dune, "decision", name)
    assert posted == drawn(dune, "decision", "doc:1")
    assert "DOCUMENT NO 1" in text(posted)


def test_two_sites_gave_one_number() -> None:
    """12.4 twice in a series is told, as 7 is; that 12.1 to 12.3 are not there is nothing."""
    case = Case("cross-country")
    case.enter("101")
    for number in (1, "12.4", "12.4", "12.5"):
        case.decide(number, number="101", fact=f"seen {len(case.records)}")
    case.decide("12.4", series="clerk", number="101")
    assert ["decision-number-twice"] == [e for e in case.anomalies() if e.startswith("decision")]
