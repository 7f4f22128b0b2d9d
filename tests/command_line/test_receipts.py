"""Receipts: what was lodged, when, with whom and by which means, printed at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.documents.rendering import is_available
from tests.command_line.conftest import answer
from tests.conftest import Rally

CLERK = ("--by", "Cleo", "--role", "clerk-of-the-course", "--reason", "seen")
OFFICE = ("--by", "Eva", "--role", "secretary")


@pytest.fixture
def lodged(dune: Rally) -> Rally:
    """A federation gives notice of an appeal to the secretary."""
    effects = ("PenaltyGiven amount_ms=60000", "--number", 101)
    answer(dune, "decide", "effects", *effects, *CLERK)
    party = ("--party", "federation", "--competitor", "Federation of the country")
    how = ("--with", "secretary", "--received-by", "Eva Ink", "--means", "electronic")
    at = ("--at", "2016-07-20T09:58+08:00")
    answer(dune, "appeal", "announce", "clerk-1", *party, *how, *at, *OFFICE)
    return dune


def test_a_receipt_as_text_and_as_json(lodged: Rally) -> None:
    """The proof that was lacking before the court: case ICA-2016-04, where nobody could show that
    the intention had been told within the hour.

    https://docslib.org/doc/3411851/decision-date
    """
    said = lodged("document", "receipt", "appeal-1").out
    for line in (
        "Lodged by      Federation of the country",
        "Party          a federation",
        "Against        clerk-1",
        "Received       2016-07-20T09:58:00+08:00",
        "With           secretary",
        "By             Eva Ink",
        "Means          electronically",
        "Fee            not paid",
    ):
        assert f"{line}\n" in said
    told = answer(lodged, "document", "receipt", "appeal-1")
    assert ("notice of appeal", "", False) == tuple(
        told["receipt"][each] for each in ("kind", "number", "paid")
    )
    assert told["receipt"]["position"] == told["basis"]["position"]
    confirmed = answer(lodged, "appeal", "confirm", "appeal-1", "--means", "post", *OFFICE)
    of_that = answer(lodged, "document", "receipt", f"#{confirmed['position']}")["receipt"]
    assert ("confirmation of an appeal", "clerk-1", "by post", None) == tuple(
        of_that[each] for each in ("kind", "against", "means", "paid")
    )
    assert told == answer(lodged, "document", "receipt", "appeal-1")


def test_a_receipt_as_a_sheet(lodged: Rally, tmp_path: Path) -> None:
    """The same bytes whenever it is drawn, though more was recorded since."""
    if not is_available():
        pytest.skip("documents need the extra `pdf`")
    first = lodged("document", "receipt", "appeal-1", "-o", "one.pdf", "--json")
    answer(lodged, "appeal", "confirm", "appeal-1", *OFFICE)
    again = lodged("document", "receipt", "appeal-1", "-o", "two.pdf")
    assert (0, 0) == (first.code, again.code)
    one = (tmp_path / "one.pdf").read_bytes()
    assert one == (tmp_path / "two.pdf").read_bytes()
    assert b"%PDF" == one[:4]
    assert "receipt" == json.loads(first.out)["kind"]


def test_what_was_not_lodged_has_no_receipt(lodged: Rally) -> None:
    """A decision is notified, not lodged."""
    refused = lodged("document", "receipt", "clerk-1")
    assert 1 == refused.code
    assert "is nothing that was lodged" in refused.err
