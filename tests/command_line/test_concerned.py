"""Whom a decision concerns, asked at every door of the command line: the answer is the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from tests.command_line.conftest import answer
from tests.conftest import Rally

STEWARDS = ("--by", "The stewards", "--role", "stewards")
TIE = ("decide", "effects", "TieBreakDisapplied numbers=101,102", "--reason", "equal")
CREDIT = ("decide", "credit", "103", "0:02:00", "--stage", "SS2", "--helped", "101")


@pytest.fixture
def decided(dune: Rally) -> Rally:
    """The stewards let 101 and 102 share their place, and credit 103 for helping 101."""
    answer(dune, *TIE, *STEWARDS)
    answer(dune, *CREDIT, "--reason", "stopped to help", *STEWARDS)
    return dune


def crews(rally: Rally) -> list[str]:
    """The crews that are entered."""
    records = answer(rally, "log", "--type", "CrewEntered")["records"]
    return [each["occurrence"]["number"] for each in records]


def doors(rally: Rally, position: int) -> dict[str, set[str]]:
    """The crews that each door names for the decision at a position."""
    found: dict[str, set[str]] = {name: set() for name in ("register", "page", "log")}
    for number in crews(rally):
        listed: dict[str, list[Any]] = {
            "register": answer(rally, "decisions", "--number", number)["rows"],
            "page": answer(rally, "crew", number)["decisions"],
            "log": answer(rally, "log", "--crew", number)["records"],
        }
        for name, rows in listed.items():
            found[name] |= {number} if position in {row["position"] for row in rows} else set()
    (row,) = answer(rally, "decisions", f"#{position}")["rows"]
    return {
        **found,
        "entry": set(row["concerns"]),
        "show": set(answer(rally, "show", f"#{position}")["concerns"]),
        "evidence": whys(rally, position),
    }


def whys(rally: Rally, position: int) -> set[str]:
    """The crews of which an evidence file explains the total, and has the time card."""
    name = f"{position}.zip"
    said = rally("export", "evidence", f"#{position}", "-o", name)
    assert said.code == 0, said
    with ZipFile(Path(name)) as file:
        held = [Path(each) for each in file.namelist()]
    explained = {each.stem for each in held if each.parts[:2] == ("why", "overall")}
    assert explained == {each.stem for each in held if each.parts[0] == "time-cards"}
    return explained


@pytest.mark.parametrize(
    ("name", "concerns"), [("stewards-1", {"101", "102"}), ("stewards-2", {"101", "103"})]
)
def test_every_door_names_the_same_crews(decided: Rally, name: str, concerns: set[str]) -> None:
    """Neither decision names all of them by its own number: a tie ruling has none."""
    (row,) = answer(decided, "decisions", name)["rows"]
    found = doors(decided, row["position"])
    assert found == dict.fromkeys(found, concerns)


def test_a_dry_run_says_whom_it_concerns(dune: Rally) -> None:
    """Before anybody signs."""
    assert ["101", "102"] == answer(dune, *TIE, *STEWARDS, "--dry-run")["concerns"]
    assert "It concerns 103, 101." in dune(*CREDIT, *STEWARDS, "--dry-run").out


def test_what_was_decided_on_a_protest_concerns_who_lodged_it(dune: Rally) -> None:
    """The decision has no number of its own: the protest that it decides has two."""
    lodged = answer(
        dune, "protest", "lodge", "--number", "102", "--against", "101", "--grounds", "dust",
        "--by", "Ann", "--role", "secretary",
    )  # fmt: skip
    matter = ("--matter", f"#{lodged['position']}")
    made = answer(dune, "decide", "no-action", *matter, "--reason", "unproven", *STEWARDS)
    found = doors(dune, made["position"])
    assert found == dict.fromkeys(found, frozenset({"101", "102"}))


def test_what_a_court_decides_concerns_whom_the_decision_did(decided: Rally) -> None:
    """Its record names nobody; it quashes a ruling on a tie."""
    made = answer(
        decided, "court", "stewards-1", "quashed", "--court", "ICA", "--case", "3",
        "--by", "Registry", "--role", "court",
    )  # fmt: skip
    found = doors(decided, made["position"])
    assert found == dict.fromkeys(found, frozenset({"101", "102"}))


@pytest.mark.parametrize(
    "words",
    [
        ("record", "TieBreakDisapplied", "numbers=101,999"),
        ("record", "IncidentReported", "number=101", "kind=accident", "parties=999"),
        ("record", "TimeCreditGranted", "number=101", "stage=SS2", "amount_ms=1:00", "helped=999"),
        ("decide", "effects", "TieBreakDisapplied numbers=101,999"),
        ("decide", "effects", "Fine amount=500 number=999"),
        ("decide", "credit", "103", "0:02:00", "--stage", "SS2", "--helped", "999"),
    ],
)
def test_a_crew_that_is_not_entered_is_refused(dune: Rally, words: tuple[str, ...]) -> None:
    """Whatever field names it, of a record or of an effect."""
    refused = answer(dune, *words, "--reason", "heard", *STEWARDS, code=1)
    assert "No crew 999 is entered." == refused["error"]["message"]


def test_a_sanction_concerns_whom_it_names(dune: Rally) -> None:
    """It moves no result, and its crew is that of its own fields all the same."""
    made = answer(
        dune, "decide", "effects", "Fine amount=500 number=102", "--reason", "late", *STEWARDS
    )
    found = doors(dune, made["position"])
    assert found == dict.fromkeys(found, frozenset({"102"}))


def test_a_checker_misses_a_crew_that_is_left_out(decided: Rally) -> None:
    """Whom the decision names stands in its entry, or the evidence file is refused."""
    from cli.evidence import check

    assert decided("export", "evidence", "stewards-1", "-o", "tie.zip").code == 0
    with ZipFile("tie.zip") as file:
        files = {each: file.read(each) for each in file.namelist()}
    assert [] == check.checked(files).findings
    entry = json.loads(files["decision.json"])
    entry["entry"]["concerns"] = ["101"]
    files["decision.json"] = check.canonical(entry)
    assert any("it concerns crew 102, too" in each for each in check.checked(files).findings)
