"""Nothing was left out: what a competitor is handed of his case, and what he finds of it.

After the rally crew 104 is penalised for speeding, and has meanwhile been given the number 204. Its
competitor asks for everything that is on record about it, has no ledger, and trusts the key that
stands on the sheets. The club of another competitor has the whole log, and is the witness.
"""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from tests.command_line.pages import WHEN_ALL_IS_OVER
from tests.conftest import Rally, Ticking

FILE = "crew.proof"
CHECKED = ("verify", "--proof", FILE, "--trust", "ledger.key.pub")


@pytest.fixture
def handed(rally: Rally, clock: Ticking, monkeypatch: pytest.MonkeyPatch) -> Rally:
    """The file of crew 104, and a log that the competitor does not have."""
    clock.now = WHEN_ALL_IS_OVER
    monkeypatch.setenv("RALLY_BY", "Race direction")
    monkeypatch.setenv("RALLY_ROLE", "clerk-of-the-course")
    monkeypatch.setenv("RALLY_WITNESS", "club")
    for line in """
        demo
        key new -o ledger.key
        witness init club --name desert-club.example/laptop
        record PenaltyGiven number=104 stage=SS13 amount_ms=0:05:00 --reason speeding
        record NumberReallocated number=104 new_number=204
        record PenaltyGiven number=204 stage=SS14 amount_ms=0:01:00 --reason mistyped
        void #195 --reason mistyped
        record PenaltyGiven number=103 stage=SS13 amount_ms=0:02:00 --reason speeding
        checkpoint --key ledger.key -o evening.checkpoint
        witness cosign evening.checkpoint --trust ledger.key.pub -o evening.checkpoint
        prove --crew 104 --checkpoint evening.checkpoint -o crew.proof
    """.strip().splitlines():
        said = rally(*shlex.split(line))
        assert 0 == said.code, (line, said)
    return rally


def _found(handed: Rally, *words: str) -> dict[str, Any]:
    said = handed(*CHECKED, *words, "--json")
    found: dict[str, Any] = json.loads(said.out)
    return found | {"code": said.code}


def _edited(folder: Path, old: str, new: str) -> None:
    text = (folder / FILE).read_text(encoding="utf-8")
    assert old in text
    (folder / FILE).write_text(text.replace(old, new), encoding="utf-8")


def _line(folder: Path, position: int) -> str:
    """The line of a record in the file."""
    lines = (folder / FILE).read_text(encoding="utf-8").split("\n")
    return next(each for each in lines if f'"position":{position},' in each)


def test_all_of_the_crew_is_there(handed: Rally, tmp_path: Path) -> None:
    """Under both its numbers, with the void of what was mistyped; and what is about everybody."""
    (tmp_path / "rally.db").unlink()
    found = _found(handed)
    complete = found["complete"]
    assert (0, True, ["104", "204"]) == (found["code"], found["ok"], complete["numbers"])
    assert {193, 194, 195, 196} <= {*complete["own"], *complete["others"]}
    types = {each["occurrence"]["type"] for each in complete["records"]}
    assert {"RegulationsAdopted", "StageScheduled", "StageCancelled"} <= types
    numbers = {each["occurrence"].get("number") for each in complete["records"]}
    assert {None, "104", "204"} == numbers
    assert 197 == len(complete["records"]) + complete["withheld"]


def test_in_words(handed: Rally) -> None:
    """It says what is proven, each record, and how many it does not show."""
    said = handed(*CHECKED)
    assert "Proven: crew 104 and 204 up to #197, complete: " in said.out
    assert "Crew 104 penalised 0:05:00 on SS13: speeding." in said.out
    assert " withheld: by their headers they are about others." in said.out
    assert "That they are those of the contents rests on the word of the log." in said.out
    assert "103" not in said.out


def test_who_hands_it_over_is_told_what_it_reveals(handed: Rally) -> None:
    """Before it is written; blinded it reveals less, and proves less."""
    words = ("prove", "--crew", "104", "--checkpoint", "evening.checkpoint", "-o", FILE)
    said = handed(*words)
    assert "and the headers of " in said.err
    assert "which crews, stages, offices and records it is about" in said.err
    said = handed(*words, "--blind")
    assert "the headers" not in said.err
    found = _found(handed)
    assert (1, False, 0) == (found["code"], found["ok"], found["complete"]["withheld"])
    blinded = found["complete"]["blinded"]
    assert f"{blinded} blinded records" == found["not_checked"][0]["what"]
    assert "crew 104 and 204 up to #197, not all are shown: " in handed(*CHECKED).out


def test_a_penalty_that_is_left_out_is_missed(handed: Rally, tmp_path: Path) -> None:
    """Its header says of whom it is, its bytes make its id, and there is a line of every record."""
    whole, line = (tmp_path / FILE).read_text(encoding="utf-8"), _line(tmp_path, 193)
    _edited(tmp_path, line, line.split(',"occurrence"')[0] + "}")
    found = _found(handed)
    assert (3, 1) == (found["code"], len(found["findings"]))
    assert "#193 bears on crew 104, and was left out." in found["findings"][0]["message"]

    (tmp_path / FILE).write_text(whole.replace('"amount_ms":300000', '"amount_ms":30000'))
    found = _found(handed)
    assert 3 == found["code"]
    assert "The content of #193 does not have its id: it was altered" in str(found["findings"])

    (tmp_path / FILE).write_text(whole.replace(f"{line}\n", ""))
    said = handed(*CHECKED)
    assert (5, "") == (said.code, said.out)
    assert "crew.proof tells of 196 records, and not of 197." in said.err
    _edited(tmp_path, "\n197\n", "\n196\n")
    assert 3 == _found(handed)["code"]


def test_a_witness_attests_the_rest(handed: Rally, tmp_path: Path) -> None:
    """Who has the whole log derives the tags of all records: then nothing rests on its word."""
    attested = handed("witness", "attest", "evening.checkpoint", "-o", "tags.attested")
    assert 0 == attested.code, attested
    words = ("--checkpoint", "evening.checkpoint", "--attested", "tags.attested", "-o", FILE)
    assert 0 == handed("prove", "--crew", "104", *words).code
    made = handed("witness", "attest", "evening.checkpoint", "--json").out
    name, vkey = "desert-club.example/laptop", json.loads(made)["witness"]
    (tmp_path / "policy.txt").write_text(f"witness club {vkey}\nquorum club\n")
    found = _found(handed, "--witnesses", "policy.txt")
    assert (0, []) == (found["code"], found["not_checked"])
    assert name == found["complete"]["attested"]["cosigned"][0]["name"]
    assert f"All tags are attested by {name}" in handed(*CHECKED, "--witnesses", "policy.txt").out
    # What was attested is of this log: with anything else beside a tag it does not hold.
    line = _line(tmp_path, 197)
    _edited(tmp_path, line, line.replace("{", '{"beside":["crew:7"],', 1))
    found = _found(handed, "--witnesses", "policy.txt")
    assert 3 == found["code"]
    assert "by which it attests does not hold" in str(found["findings"])
