"""`rally record --lines`: short lines in a batch, out of a file or by a pipe."""

# ruff: noqa: E501 - lines are as wide as what is told, what is expected stands on the left

from __future__ import annotations

import io
import re
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from tests.command_line.conftest import Quarantined, answer, size
from tests.command_line.sheets import RECORDS
from tests.conftest import Rally

ANN = ("--by", "Ann", "--role", "timekeeper")
EVENING = """\
# the finish of SS3, from Ann's pad
at SS3 finish elapsed
103 1:20:00.4

103 1:20:72
at ss3 finish clock
113 13:05:12
201 r mech gearbox
101,102 c
"""


@pytest.fixture
def lines(dune: Rally) -> Rally:
    """The Dune Rally, and an evening's lines in `ss3.txt`."""
    Path("ss3.txt").write_text(EVENING, encoding="utf-8")
    return dune


def test_an_evening_at_a_finish(lines: Rally) -> None:
    """Each record with its instants in full, who moved, what `check` finds, what was refused."""
    said = lines("record", "--lines", "ss3.txt", *ANN)
    out = """
        #29 xxxxxxxxxx  Crew 103 passed the finish on SS3 after 1:20:00.400.
        #30 xxxxxxxxxx  Crew 113 passed the finish on SS3. Wed 20 Jul 2016 13:05:12 +08:00.
        #31 xxxxxxxxxx  Crew 201 was reported retired on SS3: gearbox. Cause mechanical.
        #32 xxxxxxxxxx  The time card of crew 101 on SS3: submitted.
        #33 xxxxxxxxxx  The time card of crew 102 on SS3: submitted.
               Overall: 201 3rd → not classified
        dune-2016: 7 lines read, 5 records appended, 1 refused.
        """
    err = """
        Warning: Crew 103 had retired on SS3: Crew 103 passed the finish on SS3 after 1:20:00.400. Record its restart, retract the retirement, or correct the number that was seen.
        Warning: No crew 113 is entered: Crew 113 passed the finish on SS3. Correct the number, enter the crew, or void the record.
        line 5: '1:20:72' is not a time: minutes and seconds end at 59. Write hours:minutes:seconds, as 4:57:46.
        What was refused is kept in rally.db.quarantine.jsonl.
        """
    assert 5 == said.code
    assert dedent(out).removeprefix("\n") == re.sub(r"\b[0-9a-f]{10}\b", "x" * 10, said.out)
    assert dedent(err).removeprefix("\n") == said.err


def test_the_answer_for_programs(lines: Rally) -> None:
    """How many were appended, which lines were refused and why, which records came of which."""
    found = answer(lines, "record", "--lines", "ss3.txt", *ANN, code=5)
    assert (5, 5) == (found["appended"], len(found["records"]))
    assert [3, 7, 8, 9, 9] == [each["line"] for each in found["records"]]
    (refused,) = found["refused"]
    assert {
        "line": 5,
        "text": "103 1:20:72",
        "reason": "'1:20:72' is not a time: minutes and seconds end at 59.",
        "hint": "Write hours:minutes:seconds, as 4:57:46.",
    } == refused
    assert "unknown-crew" in {each["kind"] for each in found["warnings"]}
    assert RECORDS + 5 == size(lines)


def test_refused_lines_are_kept(lines: Rally, quarantined: Quarantined) -> None:
    """In the quarantine file beside the ledger, each once, as imports keep theirs."""
    for _ in range(2):
        said = lines("record", "--lines", "ss3.txt", *ANN, "--key", "evening-3")
        assert (5, True) == (said.code, "kept in rally.db.quarantine.jsonl" in said.err)
    (kept,) = quarantined()
    assert ("refused", "103 1:20:72", "line 5") == (kept["kind"], kept["raw"], kept["where"])
    assert "minutes and seconds end at 59" in kept["reason"]


def test_strictly_all_or_nothing(lines: Rally, quarantined: Quarantined) -> None:
    """Where any line is refused nothing is appended; without that one, all of them are."""
    said = lines("record", "--lines", "ss3.txt", "--strict", *ANN)
    assert (5, True) == (said.code, said.err.startswith("Error: line 5: '1:20:72' is not a time"))
    assert "Nothing was appended (--strict)." in said.err
    assert (RECORDS, []) == (size(lines), quarantined())
    Path("ss3.txt").write_text(EVENING.replace("103 1:20:72\n", ""), encoding="utf-8")
    assert 5 == answer(lines, "record", "--lines", "ss3.txt", "--strict", *ANN)["appended"]


def test_the_same_batch_under_its_key_is_done_once(lines: Rally) -> None:
    """It answers with what came of it then; another batch under the key is refused."""
    batch = ("record", "--lines", "ss3.txt", *ANN, "--key", "evening-3")
    first = answer(lines, *batch, code=5)
    lines("record", "StageClosed", "stage=SS1", "--by", "Cleo", "--role", "clerk-of-the-course")
    again = answer(lines, *batch, code=5)
    assert again.pop("already_known")
    assert first == again
    assert RECORDS + 6 == size(lines)
    Path("ss3.txt").write_text(EVENING.replace("113", "103"), encoding="utf-8")
    assert "KeyTaken" not in (said := lines(*batch)).err
    assert (1, True) == (said.code, "is that of #29" in said.err)
    assert RECORDS + 6 == size(lines)


def test_a_batch_that_is_only_tried(lines: Rally, quarantined: Quarantined) -> None:
    """What it would say, move and refuse; nothing is appended, and nothing kept."""
    said = lines("record", "--lines", "ss3.txt", "--dry-run", *ANN)
    assert 5 == said.code
    assert "Not appended (dry run):  Crew 103 passed the finish" in said.out
    assert "5 records would be appended, 1 refused." in said.out
    assert (RECORDS, []) == (size(lines), quarantined())


def test_the_place_is_given_beside_the_lines(dune: Rally, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines by a pipe begin at `--at-place`; a file in Windows' hand reads the same."""
    piped = io.TextIOWrapper(io.BytesIO(b"\xef\xbb\xbf103 1:20:00\r\n\r\n"), encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", piped)
    words = ("record", "--lines", "-", "--at-place", "SS3 finish elapsed", "--source", "hand: pad")
    assert 1 == answer(dune, *words, *ANN)["appended"]
    (record,) = answer(dune, "log", "--newest", "1")["records"]
    assert "hand" == record["occurrence"]["source"]["kind"]
    assert 4_800_000 == record["occurrence"]["elapsed_ms"]


def test_behind_a_place_that_cannot_be_read_nothing_is(dune: Rally) -> None:
    """Its lines would be of another place: each is refused until the next that can be read."""
    text = "at SS1 finish\n103 9:00:00\nat SS1 fnish\n103 9:10:00\nat SS2 finish\n103 9:20:00\n"
    Path("far.txt").write_text(text, encoding="utf-8")
    found = answer(dune, "record", "--lines", "far.txt", *ANN, code=5)
    assert [2, 6] == [each["line"] for each in found["records"]]
    told = {each["line"]: f"{each['reason']} {each['hint']}" for each in found["refused"]}
    assert {
        3: "SS1 has no 'fnish'. Did you mean finish?",
        4: "The place before it can't be read. Put its `at` line right.",
    } == told


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("DNF", "Did you mean r (12 r mech gearbox) or x (12 x over)?"),
        ("retired", "Did you mean r (12 r mech gearbox)?"),
        ("DNS", "Did you mean - (12 -)?"),
        ("puncture", "Did you mean p (12 p 2) or i (12 i sos km 214)?"),
    ],
)
def test_words_of_everybody_lead_to_the_letter(dune: Rally, word: str, meant: str) -> None:
    """What people say of a crew is told with the letter that says it; nothing is guessed."""
    Path("one.txt").write_text(f"at SS3 finish clock\n103 {word}\n", encoding="utf-8")
    (refused,) = answer(dune, "record", "--lines", "one.txt", *ANN, code=5)["refused"]
    assert meant == refused["hint"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("103", "When it was is not said."),
        ("103 20:00", "'20:00' lacks its hour."),
        ("u", "'u' is of the desk."),
        ("103 zz", "'zz' is no letter of a line and no type of the vocabulary."),
        ("PenaltyGiven number=103 amount_ms=0:01:00", "The office timekeeper may not record"),
        ("99 r", "No crew 99 is entered."),
        ("103,99 r", "No crew 99 is entered."),
    ],
)
def test_what_a_file_cannot_say(dune: Rally, line: str, reason: str) -> None:
    """A file has no Enter and no desk; a rule refuses a line as it would an act."""
    Path("one.txt").write_text(f"at SS3 finish clock\n{line}\n", encoding="utf-8")
    found = answer(dune, "record", "--lines", "one.txt", *ANN, code=5)
    (refused,) = found["refused"]
    assert refused["reason"].startswith(reason)
    assert (0, RECORDS) == (found["appended"], size(dune))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("StageClosed", "--lines", "ss3.txt"), "Either StageClosed is recorded, or --lines are."),
        (("--strict",), "--at-place and --strict say how lines are read."),
        (("--lines", "ss3.txt", "--at", "now"), "--at is of one record."),
        (("--lines", "ss3.txt", "--at-place", "SS9"), "'SS9'"),
        ((), "Missing argument 'TYPE'."),
    ],
)
def test_what_cannot_be_asked(lines: Rally, words: tuple[str, ...], told: str) -> None:
    """It is a question of usage, and nothing is appended."""
    said = lines("record", *words, *ANN)
    assert (2, True) == (said.code, told in said.err), said
    assert RECORDS == size(lines)


def test_bytes_of_all_kinds(dune: Rally, quarantined: Quarantined) -> None:
    """What is no UTF-8 is refused by its line, and kept as it can be told."""
    Path("odd.txt").write_bytes(b"at SS3 finish elapsed\n103 1:20:00 ; caf\xe9\n102 1:2\x00:00\n")
    found = answer(dune, "record", "--lines", "odd.txt", *ANN, code=5)
    assert {2: "It is not UTF-8.", 3: "'1:2\\x00:00' is not a time."} == {
        each["line"]: each["reason"] for each in found["refused"]
    }
    assert r"103 1:20:00 ; caf\xe9" == quarantined()[0]["raw"]


def test_a_file_that_is_sent_twice(lines: Rally) -> None:
    """Without a key it is on record twice, and says so line by line; another official's is not."""
    words = ("record", "--lines", "ss3.txt", "--json")
    first, again = (answer(lines, *words[:-1], *ANN, code=5) for _ in range(2))
    assert [] == first["twice"]
    assert [each["line"] for each in first["records"]] == [each["line"] for each in again["twice"]]
    assert [each["id"] for each in first["records"]] == [each["id"] for each in again["twice"]]
    said = lines(*words[:-1], *ANN)
    assert "You recorded before what these lines say: 3, 7, 8, 9, 9." in said.err
    bo = ("--by", "Bo", "--role", "timekeeper")
    assert [] == answer(lines, *words[:-1], *bo, code=5)["twice"]


def test_nothing_to_read(dune: Rally) -> None:
    """An empty file is read, and says nothing."""
    Path("none.txt").write_text("\n# nobody came\n", encoding="utf-8")
    found: Any = answer(dune, "record", "--lines", "none.txt", *ANN)
    assert (0, 0, []) == (found["read"], found["appended"], found["refused"])


def test_private_values_are_kept_nowhere(dune: Rally, quarantined: Quarantined) -> None:
    """A refused line is told and kept without them; what is on record has a commitment alone."""
    lines = """\
        ReportFiled number=103 fact=x private.phone="+41 79" speed=9
        103 r private.phone=+41
        103 private.note="two words
        ReportFiled number=103 fact=x private.phone=+41
        """
    Path("private.txt").write_text(dedent(lines), encoding="utf-8")
    said = dune("record", "--lines", "private.txt", "--json", *ANN)
    kept = str(quarantined())
    assert (5, 3) == (said.code, len(quarantined()))
    for told in (said.out, said.err, kept):
        assert "+41" not in told
        assert "two words" not in told
    assert "private.phone=withheld speed=9" in kept
    assert "'private.phone' is a field, and no type stands before it." in said.err
