"""What a name, a number or a code looks like is what it is; what people read names no hashes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.names import AS_RECORDED
from tests.command_line.conftest import answer
from tests.command_line.pdf import attached, text
from tests.command_line.sheets import write_sheets
from tests.command_line.test_documents import drawn
from tests.conftest import Rally

BY = ("--by", "Cleo", "--role", "clerk-of-the-course")
STEWARDS = ("--by", "Sue", "--role", "stewards")


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("1\u200b07", "U+200B ZERO WIDTH SPACE"),
        ("1\u202e07", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("1\u00a007", "U+00A0 NO-BREAK SPACE"),
        ("1\u00ad07", "U+00AD SOFT HYPHEN"),
        ("1\ufeff07", "U+FEFF ZERO WIDTH NO-BREAK SPACE"),
        ("1\u200d07", "U+200D ZERO WIDTH JOINER"),
        ("1\u316407", "U+3164 HANGUL FILLER"),
        ("\uff1107", "U+FF11 FULLWIDTH DIGIT ONE"),
        ("\U0001d7cf07", "U+1D7CF MATHEMATICAL BOLD DIGIT ONE"),
    ],
)
def test_a_number_that_is_not_what_it_looks_like(
    dune: Rally, tmp_path: Path, code: str, name: str
) -> None:
    """It is refused where it is typed, corrected, decided or imported, with the character."""
    driver = ("driver=A", "category=car")
    for words in (
        ("record", "CrewEntered", f"number={code}", *driver),
        ("record", "StageScheduled", f"stage={code}", "order=9"),
        ("record", "CrewEntered", "number=9", "driver=A", f"category={code}"),
        ("correct", "#8", f"number={code}", "--reason", "x"),
    ):
        said = dune(*words, *BY)
        assert (2, True) == (said.code, name in said.err), (words, said)
        assert code.isprintable() or code not in said.err
    write_sheets(tmp_path / "more")
    times = f"stage,number,point,elapsed,at,source\nSS1,{code},,2:00:00,,hand\n"
    (tmp_path / "more" / "times.csv").write_text(times, encoding="utf-8")
    said = dune("import", "sheets", "more")
    assert name in said.out + said.err, said


def test_a_name_turns_nothing_about(dune: Rally) -> None:
    """It may hold what scripts need; what would act on the line is spelled out in every face."""
    name = "driver=Anna \u202egro\u202c Ali\u200dy"
    assert 0 == dune("record", "CrewEntered", "number=9", name, "category=car", *BY).code
    faces = [dune("log"), dune("crew", "9"), dune("log", "--csv"), dune("crew", "9", "--json")]
    for said in faces:
        assert (0, False) == (said.code, "\u202e" in said.out), said
        assert "\\u202egro" in said.out
    assert "Ali\u200dy" in faces[0].out
    assert "Anna \u202egro\u202c Ali\u200dy" == answer(dune, "crew", "9")["driver"]


@pytest.mark.parametrize(
    ("kind", "one", "other", "what"),
    [
        (("StageScheduled", "order=8"), "stage=SS8A", "stage=SS8\u0410", "stage"),
        (("CrewEntered", "driver=A", "category=car"), "number=10", "number=1O", "crew"),
        (("WaypointPlaced", "stage=SS1", "order=31"), "point=CPX", "point=\u0421PX", "point"),
    ],
)
def test_codes_that_look_alike_are_told(
    dune: Rally, kind: tuple[str, ...], one: str, other: str, what: str
) -> None:
    """Both are on record, and `check` tells them with what differs."""
    for number, code in enumerate((one, other)):
        words = [re.sub(r"order=(\d+)", rf"order=\g<1>{number}", each) for each in kind]
        assert 0 == dune("record", *words, code, *BY).code
    found = answer(dune, "check", code=1)["findings"]
    (told,) = [each["message"] for each in found if each["kind"] == "look-alike"]
    assert told.startswith(f"Each is a {what} of its own, and they look alike: ")
    assert one.partition("=")[2] in told
    assert other.partition("=")[2] in told


HASH = re.compile(r"(?<!#\d )(?<!#\d\d )\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{10}\b")


def test_what_people_read_names_no_hashes(dune: Rally) -> None:
    """Decisions, documents and positions: in tables, acts, dry runs, errors and their hints."""
    penalty = (
        "decide",
        "penalty",
        "101",
        "0:05:00",
        "--stage",
        "SS1",
        "--fact",
        "x",
        "--reason",
        "x",
    )
    assert 0 == dune(*penalty, *STEWARDS).code
    notified = dune("record", "DecisionNotified", "target=stewards-1", "how=hand", *STEWARDS)
    assert "The decision stewards-1 (#29) was notified by hand." in notified.out, notified
    posted = ("publish", "classification", "--kind", "provisional", "--after", "SS1")
    assert 0 == dune(*posted, *BY).code
    for words in (
        ("correct", "#19", "elapsed_ms=2:00:01", "--reason", "x", *BY),
        ("void", "#20", "--reason", "x", "--dry-run", *BY),
        ("record", "PublicationWithdrawn", "target=#31", "--reason", "x", "--dry-run", *BY),
        ("record", "DecisionRescinded", "target=stewards-1", "--dry-run", *STEWARDS),
    ):
        said = dune(*words)
        assert (0, []) == (said.code, HASH.findall(said.out.partition("  ")[2])), (words, said)
    refused = dune("correct", "#19", "elapsed_ms=2:00:01", "--reason", "x", *BY)
    assert (1, []) == (refused.code, HASH.findall(refused.err)), refused
    assert "#19" in refused.err
    reads = (("decisions", "--number", "101"), ("crew", "101"), ("why", "101"), ("check",))
    for read in reads:
        assert [] == HASH.findall(dune(*read).out), read
    ids = {row["id"][:10] for row in answer(dune, "log")["records"]}
    rows = dune("log").out.splitlines()
    assert all(1 == sum(each in row for each in ids) for row in rows[1:]), rows
    # In JSON and CSV too: what was recorded stands beside it as it is.
    (told,) = [e for e in answer(dune, "log")["records"] if e["type"] == "DecisionNotified"]
    assert "The decision stewards-1 (#29) was notified by hand." == told["words"]
    assert ids.isdisjoint(told["words"].split())
    assert told["occurrence"]["target"][:10] in ids
    assert "The decision stewards-1 (#29) was notified" in dune("log", "--csv").out


PROTEST = ("protest", "lodge", "--number", "102", "--grounds", "no zone", "--record", "#19")


@pytest.fixture
def heard(dune: Rally) -> Rally:
    """A protest was lodged, a decision taken on it, notified and appealed; a penalty withdrawn."""
    crew, clerk = ("--by", "Dune", "--role", "competitor"), BY
    amount = ("number=101", "stage=SS1", "amount_ms=0:01:00")
    decided = ("decide", "penalty", "101", "0:05:00", "--stage", "SS1", "--fact", "x")
    for words in (
        (*PROTEST, *crew),
        ("protest", "admit", "protest-1", *STEWARDS),
        ("record", "PenaltyGiven", *amount, "--reason", "speeding", *clerk),
        ("record", "PenaltyWithdrawn", "target=penalty-2", "number=101", *clerk),
        (*decided, "--matter", "protest-1", "--reason", "x", *STEWARDS),
        ("decide", "withdraw", "penalty-1", "--fact", "x", "--reason", "x", *STEWARDS),
        ("decide", "notify", "stewards-1", "--to", "Team", *STEWARDS),
        ("appeal", "announce", "stewards-1", *crew),
    ):
        assert 0 == dune(*words).code, words
    return dune


def strings(value: Any) -> Iterator[str]:
    """Every text of an answer, without what was recorded."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, each in value.items():
            if name not in AS_RECORDED:
                yield from strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)


def holding(said: str, ids: set[str]) -> list[str]:
    """The digits of ids that words hold; what is an id is no words."""
    return [each for each in HASH.findall(said) if each in ids and each != said]


def test_no_words_in_json_or_on_a_sheet_hold_digits_of_an_id(heard: Rally) -> None:
    """Every read of the table as JSON and CSV, acts and errors as JSON, and each document."""
    ids = {row["id"][:10] for row in answer(heard, "log")["records"]}
    asked = {
        "show": ("protest-1",),
        "why": ("101",),
        "crew": ("101",),
        "history": ("101",),
        "diff": ("#20", "@"),
        "what-if": ("--without", "stewards-1"),
        "log": (),
        "decisions": (),
        "docket": (),
        "incidents": (),
        "check": (),
        "anomalies": (),
        "penalties": (),
        "late": ("--by", "0s"),
    }
    for name, words in asked.items():
        for form in ("--json", "--csv"):
            if (name, form) == ("show", "--csv"):
                continue
            said = heard(name, *words, form).out
            texts = strings(json.loads(said)) if form == "--json" else re.split(r'[,"\n]', said)
            assert [each for each in texts if holding(each, ids)] == [], (name, form)
    void = ("void", "protest-1", "--reason", "x", "--dry-run", "--json", *BY)
    again = ("record", "PenaltyWithdrawn", "target=penalty-2", "number=101", "--json", *STEWARDS)
    told = [each for words in (void, again) for each in strings(json.loads(heard(*words).out))]
    assert any("penalty-2" in each for each in told)
    assert [] == [each for each in told if holding(each, ids)]
    for words in (("evidence", "stewards-1"), ("decision", "stewards-2"), ("time-card", "101")):
        sheet = drawn(heard, *words)
        assert [] == holding(text(sheet), ids), words
        assert [] == [each for each in strings(attached(sheet)) if holding(each, ids)]
    cover = text(drawn(heard, "evidence", "stewards-1"))
    assert "against decision stewards-1" in cover or "stewards-1 (#" in cover
