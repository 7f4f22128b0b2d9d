"""Handles: `protest-1` in every answer that names the record, and wherever a record is meant."""

from __future__ import annotations

from typing import Any

from tests.command_line.conftest import answer
from tests.conftest import Rally

STEWARDS = ("--by", "Eva", "--role", "stewards")
CREW = ("--by", "Team Dune", "--role", "competitor")


def test_a_case_without_a_hash_or_a_position(dune: Rally) -> None:
    """From the report to the appeal: each step names the one before by its handle."""
    report = ("record", "ReportFiled", "number=101", "stage=SS1", "fact=speeding")
    reported = answer(dune, *report, "--by", "Ann", "--role", "timekeeper")
    assert "report-1" == reported["handle"]
    lodged = ("protest", "lodge", "--number", "102", "--record", "report-1", "--grounds", "no zone")
    said = dune(*lodged, *CREW)
    assert " protest-1  Crew 102 lodged a protest" in said.out
    assert 0 == dune("protest", "admit", "protest-1", *STEWARDS).code
    decided = ("decide", "penalty", "101", "0:01:00", "--stage", "SS1", "--fact", "60 in a zone")
    why = ("--matter", "report-1", "--matter", "Protest-1", "--reason", "?")
    assert 0 == dune(*decided, *why, *STEWARDS).code
    assert 0 == dune("protest", "uphold", "protest-1", "--decision", "stewards-1", *STEWARDS).code
    assert 0 == dune("decide", "notify", "stewards-1", *STEWARDS).code
    assert 0 == dune("appeal", "announce", "stewards-1", *CREW).code
    assert 0 == dune("appeal", "confirm", "appeal-1", *CREW).code

    docket = answer(dune, "docket")
    (appeal,) = docket["rows"][0]["matters"]
    protest = next(each for each in docket["others"] if each["kind"] == "protest")
    assert ("appeal-1", "protest-1") == (appeal["handle"], protest["handle"])
    assert {"appeal-1", "protest-1"} <= set(dune("docket").out.split())
    record = answer(dune, "show", "protest-1")["record"]
    assert (protest["position"], "protest-1") == (record["position"], record["handle"])
    assert "protest-1" in dune("show", f"#{record['position']}").out
    court = ("court", "stewards-1", "upheld", "--appeal", "appeal-1", "--case", "1/2016")
    assert 0 == dune(*court, "--by", "Registry", "--role", "court").code


def test_what_is_void_keeps_its_handle(dune: Rally) -> None:
    """The second penalty stays the second; a cut of the log knows those up to it."""
    given = records(dune, "PenaltyGiven")
    assert ["penalty-1"] == [each["handle"] for each in given]
    clerk = ("--by", "Race direction", "--role", "clerk-of-the-course", "--reason", "?")
    penalty = ("record", "PenaltyGiven", "number=101", "stage=SS1", "amount_ms=0:01:00")
    for count in (2, 3):
        assert f"penalty-{count}" == answer(dune, *penalty, *clerk)["handle"]
    office = ("--by", "Results", "--role", "results-office", "--reason", "?")
    assert 0 == dune("void", "penalty-2", *clerk).code, office
    assert 0 == dune("record", "PenaltyWithdrawn", "target=penalty-3", *clerk).code
    assert ["penalty-1", "penalty-2", "penalty-3"] == [
        each["handle"] for each in records(dune, "PenaltyGiven")
    ]
    said = dune("show", "penalty-9")
    assert (2, True) == (said.code, "There is no penalty-9: the last is penalty-3." in said.err)
    said = dune("show", "summons-1")
    assert "There is no summons-1: none is on record." in said.err
    before = dune("show", "penalty-3", "--known-at", "@-4")
    assert "There is no penalty-3" in before.err


def records(rally: Rally, kind: str) -> list[dict[str, Any]]:
    """The records of a type, as `rally log` has them."""
    found: list[dict[str, Any]] = answer(rally, "log", "--type", kind)["records"]
    return found
