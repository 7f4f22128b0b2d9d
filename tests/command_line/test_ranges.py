"""A range of stages from the command line: asked, explained, compared, published, drawn."""

from __future__ import annotations

from typing import Any

import pytest

from tests.command_line.conftest import answer
from tests.conftest import Rally

RANGE = ("--from", "SS9", "--to", "SS12")
CARS = (*RANGE, "--category", "cars")
OFFICE = ("--by", "Results", "--role", "results-office")


def told(document: Any) -> list[str]:
    """The rows as an official reads them."""
    return [f"{row['place']} {row['number']} {row['total_ms']}" for row in document["rows"]]


def test_the_scope_says_from_where_to_where(silk_way: Rally) -> None:
    """Only there: any other answer names neither."""
    found = answer(silk_way, "standings", *CARS)
    assert ("range", "SS9", "SS12") == tuple(found["scope"][n] for n in ("kind", "from", "to"))
    assert ["1 104 43590000", "2 103 44478000", "3 102 57747000"] == told(found)
    assert {"from", "to"}.isdisjoint(answer(silk_way, "standings")["scope"])


def test_at_any_moment_and_on_the_road(silk_way: Rally) -> None:
    """Before the decision on leg 12 Loeb led the range; on the road he never did."""
    assert "1 102 43347000" == told(answer(silk_way, "standings", *CARS, "--known-at", "148"))[0]
    evening = ("--effective-at", "2016-07-21T20:00+08:00")
    assert "1 104 43590000" == told(answer(silk_way, "standings", *CARS, *evening))[0]


def test_why_and_what_changed_in_it(silk_way: Rally) -> None:
    """The addends of a range sum to its total; a comparison of it names what moved it."""
    found = answer(silk_way, "why", "102", *RANGE)
    assert found["total_ms"] == sum(each["ms"] for each in found["addends"]) == 57_747_000
    assert "range" == found["scope"]["kind"]
    moved = answer(silk_way, "diff", "148", "149", *CARS)["rows"]
    assert {"102": [1, 3], "103": [3, 2], "104": [2, 1]} == {r["number"]: r["place"] for r in moved}
    assert {(149,)} == {tuple(row["because"]) for row in moved}
    without = answer(silk_way, "what-if", "--without", "149", *CARS)["rows"]
    assert [[3, 1]] == [row["place"] for row in without if row["number"] == "102"]


def test_a_day_is_the_range_of_its_stages(silk_way: Rally) -> None:
    """By its date, its number, or as the last; of what the plan has not, it is told what it has."""
    (planned,) = answer(silk_way, "log", "--stage", "SS14", "--type", "StageScheduled")["records"]
    moved = (f"#{planned['position']}", "date=2016-07-24", "--reason", "a day later")
    silk_way("correct", *moved, "--by", "Cleo", "--role", "clerk-of-the-course")
    expected = answer(silk_way, "standings", "--from", "SS14", "--to", "SS15")
    for day in ("2016-07-24", "14", "last"):
        found = answer(silk_way, "standings", "--day", day)
        assert (expected["scope"], expected["rows"]) == (found["scope"], found["rows"])
    said = silk_way("standings", "--day", "15")
    assert (2, True) == (said.code, "The plan has 2016-07-09, " in said.err)
    both = silk_way("why", "102", *RANGE, "--day", "1")
    assert "--from and --day exclude each other." in both.err


def test_teams_of_a_range(silk_way: Rally) -> None:
    """They are asked by it too, and by a day."""
    assert "SS9" == answer(silk_way, "teams", *RANGE)["scope"]["from"]
    assert "SS15" == answer(silk_way, "teams", "--day", "last")["scope"]["to"]


def test_it_is_published_and_drifts(silk_way: Rally) -> None:
    """With a number, a kind and a time for protests; it is proved, and compared with today."""
    words = ("publish", "classification", *CARS, "--kind", "provisional", *OFFICE)
    posted = answer(silk_way, *words, "--protests-until", "2016-07-24T12:00+08:00")
    assert ("SS9", "SS12") == (posted["scope"]["from"], posted["scope"]["to"])
    given = ("number=104", "stage=SS10", "amount_ms=1:00:00", "--reason", "speeding")
    clerk = ("--by", "Cleo", "--role", "clerk-of-the-course")
    silk_way("record", "PenaltyGiven", *given, *clerk)
    (row,) = answer(silk_way, "publications")["rows"]
    assert ("Stages SS9 to SS12 cars", "drifted") == (row["title"], row["today"])
    (verified,) = answer(silk_way, "verify")["publications"]
    assert "reproduced" == verified["status"]
    moved = answer(silk_way, "drift", row["document"])["rows"]
    assert {"103": [2, 1], "104": [1, 2]} == {each["number"]: each["place"] for each in moved}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--from", "SS12", "--to", "SS9"), "A range of stages can't go from SS12 to SS9"),
        (("--from", "SS12"), "--from and --to go together"),
        (("--to", "SS12"), "--from and --to go together"),
        (("--from", "SS99", "--to", "SS12"), "There is no stage SS99."),
        ((*RANGE, "--after", "SS12"), "--after and --from exclude each other."),
        ((*RANGE, "--stage", "SS12"), "--stage and --from exclude each other."),
    ],
)
def test_what_is_no_range(silk_way: Rally, words: tuple[str, ...], message: str) -> None:
    """It is said what is wrong with it, in JSON too."""
    for read in (("standings",), ("why", "102"), ("diff", "148", "149")):
        said = silk_way(*read, *words)
        assert (2, True) == (said.code, message in said.err), said
    assert (
        "usage" == answer(silk_way, "standings", *RANGE, "--stage", "SS1", code=2)["error"]["kind"]
    )
