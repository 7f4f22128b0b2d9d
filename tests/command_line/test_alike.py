"""`rally alike`: what was given before, in all rallies of a ledger and in exported registers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cli.web.once import get
from tests.command_line.conftest import answer
from tests.conftest import Filling, Rally
from tests.web.conftest import served_from

BY = ("--by", "Ann", "--role", "stewards")
SPEED = ("--infringement", "Art. 48.3: too fast in a zone", "--stage", "SS1")


@pytest.fixture
def two(rally: Rally, filled: Filling) -> Rally:
    """Two rallies of one ledger: five and fifteen minutes for speeding; one reading is open."""

    def begin(code: str, *numbers: str) -> None:
        new = ("--title", code, "--timezone", "+03:00", "--by", "Ann", "--role", "secretary")
        assert 0 == rally("new", code, *new).code
        on = ("--rally", code, *BY)
        assert 0 == rally("record", "StageScheduled", "stage=SS1", "order=1", *_as(on)).code
        zone = ("stage=SS1", "zone=DZ1", "kind=speed", "from_m=1000", "to_m=2000")
        said = rally("record", "ZonePlaced", *zone, *_as(on))
        assert 0 == said.code, said
        for number in numbers:
            entered = (f"number={number}", "driver=A Driver", "category=cars")
            assert 0 == rally("record", "CrewEntered", *entered, *_as(on)).code

    def fill() -> None:
        begin("loop-2024", "1", "2")
        begin("loop-2025", "1", "2", "3")
        decide(rally, "loop-2024", "1", "0:05:00")
        decide(rally, "loop-2025", "1", "0:15:00")

    filled("two-rallies", fill)
    return rally


def _as(on: tuple[str, ...]) -> tuple[str, ...]:
    return (*on[:2], "--by", "Ann", "--role", "clerk-of-the-course")


def decide(rally: Rally, code: str, number: str, amount: str) -> None:
    """A crew is read too fast in a zone, and penalised for it by a decision that rests on it."""
    read = ("stage=SS1", "zone=DZ1", "impulses=1", "highest_kmh=12")
    on = ("--rally", code)
    said = rally("record", "SpeedZoneRead", f"number={number}", *read, *_as((*on, *BY)), "--json")
    assert 0 == said.code, said
    reading = f"#{json.loads(said.out)['position']}"
    given = ("decide", "penalty", number, amount, "--fact", "12 km/h over", "--evidence", reading)
    said = rally(*given, *SPEED, *on, *BY, "--reason", "measured")
    assert 0 == said.code, said


def given(found: Any) -> list[tuple[str, str]]:
    """Rally and decision of what was given."""
    return [(each["rally"], each["record"]) for each in found["given"]]


def test_what_was_given_in_the_other_rally_of_the_ledger(two: Rally) -> None:
    """By article, kind of fact, stage and category; the own decision is none of it."""
    found = answer(two, "alike", "stewards-1", "--rally", "loop-2025")
    assert [("loop-2024", "stewards-1")] == given(found)
    assert [
        "article 48.3",
        "kind of fact speed-zone",
        "tariff tariffs.speed",
        "kind of stage selective",
        "category cars",
        "sanction PenaltyGiven",
    ] == found["given"][0]["by"]
    assert {"searched": 1, "matched": 1, "near": 0, "others": 0, "own_case": 1} == found["counts"]
    places = [(e["rally"], e["up_to"], e["decisions"]) for e in found["searched_in"]]
    assert [("loop-2025", 9, 1), ("loop-2024", 8, 1)] == places
    (amounts,) = found["amounts"]
    assert (300_000, 300_000, "in force") == (
        amounts["median"],
        amounts["most"],
        amounts["outcome"],
    )


def test_a_draft_is_asked_in_a_table_and_as_csv(two: Rally) -> None:
    """Before anything is decided: both rallies, each with its amount, and the median of both."""
    asked = ("alike", "--article", "48.3", "--fact", "SpeedZoneRead", "--rally", "loop-2025")
    table = two(*asked).out
    assert "0:05:00  0:10:00  0:15:00" in table
    assert "Searched 2: 2 alike, 0 near misses, 0 others." in table
    assert "loop-2024 up to #8: 1, of them 1 decision" in table
    header, *lines = two(*asked, "--csv").out.splitlines()
    assert header.startswith("list,rally,record,number")
    assert ["given,loop-2024,stewards-1,1", "given,loop-2025,stewards-1,1"] == sorted(
        ",".join(line.split(",")[:4]) for line in lines
    )


def test_what_nobody_decided_is_listed(two: Rally) -> None:
    """A third crew was read as fast, and nobody did anything."""
    read = ("number=3", "stage=SS1", "zone=DZ1", "impulses=1")
    assert 0 == two("record", "SpeedZoneRead", *read, *_as(("--rally", "loop-2025", *BY))).code
    (row,) = answer(two, "alike", "stewards-1", "--rally", "loop-2024")["unpunished"]
    assert ("loop-2025", "3", "not decided") == (row["rally"], row["number"], row["outcome"])
    assert "position" not in row, "a position is of the log that asks"


def test_as_of_a_moment_the_others_are_as_they_were_then(two: Rally, tmp_path: Path) -> None:
    """And an answer is given again to the same bytes, whatever was decided in either since."""
    before = two("alike", "stewards-1", "--rally", "loop-2025", "--json").out
    (tmp_path / "before.json").write_text(before, encoding="utf-8")
    for code in ("loop-2024", "loop-2025"):
        decide(two, code, "2", "0:20:00")
    now = answer(two, "alike", "stewards-1", "--rally", "loop-2025")
    assert [
        ("loop-2024", "stewards-1"),
        ("loop-2024", "stewards-2"),
        ("loop-2025", "stewards-2"),
    ] == given(now)
    again = two("alike", "stewards-1", "--rally", "loop-2025", "--basis", "before.json", "--json")
    assert before == again.out
    then = answer(two, "alike", "stewards-1", "--rally", "loop-2025", "--known-at", "#9")
    assert [("loop-2024", "stewards-1")] == given(then)


def test_a_register_that_was_exported_is_searched_as_well(two: Rally, tmp_path: Path) -> None:
    """The same decisions are counted once; a register that is nowhere else brings its own."""
    folder = tmp_path / "registers"
    folder.mkdir()
    register = json.loads(two("decisions", "--rally", "loop-2024", "--json").out)
    (folder / "same.json").write_text(json.dumps(register), encoding="utf-8")
    asked = ("alike", "--article", "48.3", "--rally", "loop-2025", "--registers", "registers")
    assert 2 == answer(two, *asked)["counts"]["searched"]
    register["basis"]["rally"] = "far-away"
    register["rows"][0] |= {"id": "f" * 64, "status": "quashed"}
    (folder / "other.json").write_text(json.dumps(register), encoding="utf-8")
    found = answer(two, *asked)
    assert ("far-away", "stewards-1") in given(found)
    assert "quashed" in {each["outcome"] for each in found["given"]}
    assert "other.json" in {each["file"] for each in found["searched_in"]}
    table = two(*asked).out
    assert "far-away (other.json) up to #8: 1, of them 1 decision; a register tells of" in table


def test_the_page_of_a_decision_leads_to_it(two: Rally, tmp_path: Path) -> None:
    """What is of another rally is told in words: no crew or record of this one is meant by it."""
    served = served_from(tmp_path / "rally.db")
    there = "/loop-2025/alike/stewards-1"
    assert there in get(served, "/loop-2025/decisions/stewards-1").body.decode()
    page = get(served, there).body.decode()
    assert "loop-2024" in page
    assert "0:05:00; median 0:05:00" in page
    assert "/loop-2025/crew/1" not in page
    asked = two("alike", "stewards-1", "--rally", "loop-2025", "--json").out
    assert asked.encode() == get(served, f"{there}.json").body
    assert get(served, f"{there}?at=9").status == 302


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ((), "A decision is named, or what one would be about."),
        (("stewards-1", "--article", "48.3"), "A decision is named, or what one would be about."),
        (("stewards-9",), "There is no decision 'stewards-9'."),
        (("--article", "48.3", "--registers", "nowhere"), "nowhere can't be read"),
        (("--article", "48.3", "--registers", "empty"), "empty holds no register."),
        (("--article", "48.3", "--registers", "broken"), "broken.json is no JSON."),
        (("--article", "48.3", "--registers", "odd"), "odd.json holds no register of decisions"),
        (("--stage", "SS9"), "There is no stage SS9."),
        (("--article", "speeding"), "speeding names no article."),
    ],
)
def test_what_cannot_be_asked_is_said(
    two: Rally, tmp_path: Path, asked: tuple[str, ...], said: str
) -> None:
    """With what to do; never a traceback."""
    for name, text in (("empty", None), ("broken", "{"), ("odd", '{"rows": [{"series": 1}]}')):
        (tmp_path / name).mkdir()
        if text:
            (tmp_path / name / f"{name}.json").write_text(text, encoding="utf-8")
    told = two("alike", *asked, "--rally", "loop-2025")
    assert 0 != told.code
    assert said in told.err
    assert "Traceback" not in told.err


def test_nothing_withheld_comes_out(two: Rally) -> None:
    """A private value of a fact stays where it is: neither in the table nor in the answer."""
    told = ("number=2", "stage=SS1", "kind=medical", "private.detail=a broken wrist")
    assert 0 == two("record", "IncidentReported", *told, *_as(("--rally", "loop-2024", *BY))).code
    asked = ("alike", "--fact", "medical", "--rally", "loop-2025")
    assert 1 == len(answer(two, *asked)["unpunished"])
    for form in ((), ("--json",), ("--csv",)):
        assert "wrist" not in two(*asked, *form).out
