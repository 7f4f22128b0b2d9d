"""Who may act, from the command line: race control merges what a marshal did in every office."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.command_line.conftest import answer
from tests.conftest import Filling, Rally

ANN = ("--by", "Ann Lee", "--role", "clerk-of-the-course")
CHAIR = ("--by", "A. Chair", "--role", "stewards")
SECRETARY = ("--by", "Eva Ink", "--role", "secretary")
LAPTOP = ("--ledger", "laptop.db")
WHY = ("--reason", "so decided")


@pytest.fixture
def loop(rally: Rally, filled: Filling) -> Rally:
    """Race control with two crews and their times, a private value, and a laptop at the finish."""

    def fill() -> None:
        rally("new", "loop", "--title", "Loop", "--timezone", "+03:00", *SECRETARY)
        for order in (1, 2):
            assert (
                0
                == rally(
                    "record", "StageScheduled", f"stage=SS{order}", f"order={order}", *ANN
                ).code
            )
        for number in (101, 102):
            crew = (f"number={number}", f"driver=D {number}", "category=cars")
            assert 0 == rally("record", "CrewEntered", *crew, "private.phone=+33", *SECRETARY).code
            time = (f"number={number}", "stage=SS1", f"elapsed_ms=1:0{number - 100}:00")
            assert 0 == rally("record", "StageTimeRecorded", *time, *ANN).code
        rally("export", "jsonl", "plan.jsonl")
        rally("import", "jsonl", "plan.jsonl", *LAPTOP)
        rally("site", "finish-ss1", *LAPTOP)

    filled("who-may-act", fill)
    return rally


def merged(rally: Rally, tmp_path: Path, *acts: dict[str, Any]) -> tuple[str, str, int]:
    """What is printed when race control takes in what a laptop says, by whatever program."""
    minute = 1_900_000_000_000
    lines = []
    for act in acts:
        minute += 60_000
        said = {"rally": "loop", "v": 1, "recorded_at": [minute, 180], "site": "finish-ss1", **act}
        lines.append(json.dumps(said, sort_keys=True, separators=(",", ":")))
    (tmp_path / "out.jsonl").write_text("\n".join(lines) + "\n")
    report = rally("import", "jsonl", "out.jsonl")
    return report.out, report.err, report.code


def places(rally: Rally) -> list[tuple[int, str]]:
    """The overall: place and number."""
    return [(row["place"], row["number"]) for row in answer(rally, "standings")["rows"]]


def identity(rally: Rally, position: int) -> str:
    """The id of a record."""
    return str(answer(rally, "show", f"#{position}")["record"]["id"])


MARSHAL = {"by": "Mo", "role": "marshal"}


def test_a_marshal_disqualifies_a_crew_and_voids_the_plan(loop: Rally, tmp_path: Path) -> None:
    """It is told in the first lines of the merge, has no effect, and who may adopts or voids it."""
    before = places(loop)
    plan = identity(loop, 3)
    out, err, code = merged(
        loop,
        tmp_path,
        {"type": "CrewDisqualified", "number": "101", **MARSHAL},
        {"type": "Voided", "target": plan, "stage": "SS1", **MARSHAL},
        {"type": "PassingRecorded", "number": "102", "stage": "SS2", **MARSHAL},
    )
    first = out.splitlines()
    without = "It has no effect until it is adopted"
    disqualified = "out.jsonl:1: #9 The office marshal may not record CrewDisqualified."
    voided = "out.jsonl:2: #10 The office marshal may not amend a StageScheduled."
    assert f"{disqualified} {without} (court, stewards): Mo: Crew 101 was disqualified." == first[0]
    who = "(clerk-of-the-course, results-office, secretary)"
    assert f"{voided} {without} {who}: Mo: Record #3 on SS1 was voided." == first[1]
    assert first[2].startswith("loop: 3 lines read, 3 appended")
    assert "2 new act-without-authority" in first[2]
    assert ("", 0) == (err, code)
    assert before == places(loop) == [(1, "101"), (2, "102")]
    listed = answer(loop, "anomalies")["rows"]
    assert {"act-without-authority"} == {
        each["kind"] for each in listed if each["positions"] == [9]
    }
    why = loop("why", "101").out
    assert "without effect: The office marshal may not record CrewDisqualified" in why
    assert [] == [e for e in answer(loop, "log")["records"] if e["voided_by"]]
    refusal = "The office marshal may not record CrewDisqualified."
    assert f"Effect    none until it is adopted: {refusal}" in loop("show", "#9").out
    assert refusal == answer(loop, "show", "#9")["without_effect"]

    refused = loop("adopt", "#9", *WHY, *ANN)
    assert (1, "Error: The office clerk-of-the-course may not adopt a CrewDisqualified.") == (
        refused.code,
        refused.err.splitlines()[0],
    )
    adopted = loop("adopt", "#9", *WHY, *CHAIR)
    assert 0 == adopted.code
    assert "Overall: 101 1st → not classified" in adopted.out
    assert [(1, "102")] == places(loop)
    assert "without_effect" not in answer(loop, "show", "#9")
    again = loop("adopt", "#9", *WHY, *CHAIR)
    assert "has its effect already." in again.err
    assert before == [
        (row["place"], row["number"])
        for row in answer(loop, "standings", "--known-at", "#11")["rows"]
    ]
    assert 0 == loop("void", "#12", *WHY, *CHAIR).code
    assert before == places(loop)
    assert 0 == loop("void", "#10", *WHY, *SECRETARY).code
    assert [9] == [
        each["positions"][0]
        for each in answer(loop, "anomalies")["rows"]
        if each["kind"] == "act-without-authority"
    ]
    assert 0 == loop("verify").code


def test_what_has_its_effect_is_not_adopted(loop: Rally) -> None:
    """Nothing has to be adopted that somebody did who may."""
    refused = loop("adopt", "#5", *WHY, *SECRETARY)
    assert (1, "Hint: Nothing has to be adopted.\n") == (
        refused.code,
        refused.err.splitlines(keepends=True)[-1],
    )


def test_an_erasure_from_elsewhere_destroys_nothing(loop: Rally, tmp_path: Path) -> None:
    """A laptop erases race control's private value: it stays, is told, and goes when adopted."""
    phone = ("show", "#5", "--private")
    assert "private.phone = +33" in loop(*phone).out
    erased = ("forget", "#5", "phone", *WHY, "--by", "Dr. No", "--role", "medical")
    assert 0 == loop(*erased, *LAPTOP).code
    loop("export", "jsonl", "out.jsonl", *LAPTOP)
    said = loop("import", "jsonl", "out.jsonl")
    first = said.out.splitlines()[0]
    assert first.startswith("out.jsonl:9: #9 Dr. No (medical, at finish-ss1): ")
    assert "stays until the erasure is adopted." in first
    assert "private.phone = +33" in loop(*phone).out
    assert 0 == loop("verify").code

    assert 0 == loop("adopt", "#9", *WHY, *SECRETARY).code
    assert "+33" not in loop(*phone).out
    assert "erased" in loop(*phone).out
    assert [] == [e for e in answer(loop, "anomalies")["rows"] if e["kind"] == "erased-elsewhere"]
    assert 0 == loop("verify").code


def test_what_is_typed_here_erases_at_once(loop: Rally) -> None:
    """Also when race control was given another name since."""
    loop("site", "race-control")
    assert 0 == loop("forget", "#5", "phone", *WHY, *SECRETARY).code
    assert "+33" not in loop("show", "#5", "--private").out


def test_a_site_that_is_limited(loop: Rally, tmp_path: Path) -> None:
    """From the laptop of marshals nobody acts as stewards; what they see and tell counts."""
    assert 0 == loop("record", "SiteLimited", "of_site=finish-ss1", "offices=marshal", *ANN).code
    out, _, _ = merged(
        loop,
        tmp_path,
        {"type": "CrewDisqualified", "number": "101", "by": "Mo", "role": "stewards"},
        {"type": "RetirementReported", "number": "102", "stage": "SS2", **MARSHAL},
    )
    assert out.startswith(
        "out.jsonl:1: #10 At the site finish-ss1, nobody may act as stewards. It has no effect"
    )
    assert ["retired"] == [each["status"] for each in answer(loop, "retirements")["rows"]]

    loop("export", "jsonl", "plan.jsonl")
    loop("import", "jsonl", "plan.jsonl", *LAPTOP)
    refused = loop("record", "CrewDisqualified", "number=101", *CHAIR, *LAPTOP)
    assert refused.err == (
        "Error: At the site finish-ss1, nobody may act as stewards.\n"
        "Hint: Offices that may act there: marshal.\n"
    )


def test_a_steward_whom_nobody_appointed(loop: Rally, tmp_path: Path) -> None:
    """Where stewards were appointed he does nothing; where only others were, it is told."""
    act = {"type": "CrewDisqualified", "number": "101", "by": "Mo", "role": "stewards"}
    out, err, _ = merged(loop, tmp_path, act)
    assert "Mo acted as stewards at finish-ss1 (1 CrewDisqualified), which counts" in err
    assert "not-appointed" not in out
    assert [(1, "102")] == places(loop)
    official = ("record", "OfficialAppointed", "office=timekeeper", "official=Li", *ANN)
    assert 0 == loop(*official).code
    assert "Mo acts as stewards in 1 record, and nobody" in loop("anomalies").out

    later = {**act, "number": "102", "reason": "again"}
    chair = ("record", "OfficialAppointed", "office=stewards", "official=A. Chair", *ANN)
    assert 0 == loop(*chair).code
    out, _, _ = merged(loop, tmp_path, later)
    assert out.startswith("out.jsonl:1: #12 Mo is not appointed stewards of this rally.")
    assert "(A. Chair)" in out


def test_a_second_constitution_and_numbers_of_no_record(loop: Rally, tmp_path: Path) -> None:
    """They are told first, in words and as JSON."""
    loop("export", "jsonl", "plan.jsonl")
    loop("record", "RetirementReported", "number=101", "stage=SS1", *ANN, *LAPTOP)
    founded = {"type": "RallyConstituted", "title": "Another", "by": "Mo", "role": "secretary"}
    out, _, _ = merged(loop, tmp_path, founded)
    assert out.startswith("out.jsonl:1: #9 The rally was constituted 2 times; the first recorded")
    told = answer(loop, "anomalies")["rows"]
    assert [[1, 9]] == [e["positions"] for e in told if e["kind"] == "constituted-twice"]
    assert "Loop" in loop("standings").err


def test_a_merge_as_json(loop: Rally, tmp_path: Path) -> None:
    """What somebody did who may not stands in a list of its own."""
    said = {"type": "CrewDisqualified", "number": "101", **MARSHAL}
    line = {"rally": "loop", "v": 1, "recorded_at": [1_900_000_000_000, 180], **said}
    (tmp_path / "out.jsonl").write_text(json.dumps(line, sort_keys=True, separators=(",", ":")))
    (found,) = answer(loop, "import", "jsonl", "out.jsonl")["unauthorised"]
    assert (9, "act-without-authority") == (found["position"], found["kind"])
    assert found["message"].startswith("The office marshal may not record CrewDisqualified.")
