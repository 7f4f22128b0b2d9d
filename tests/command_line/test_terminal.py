"""Nothing that is said acts on a terminal, turns a line about or stays unseen, whoever wrote it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cli.main import run
from cli.terminal import harmless, json_bytes, json_text
from ledger.signs import all_seen, unseen
from projections.rules.templates import template
from tests.conftest import Filling, Rally
from tests.examples import examples
from tests.looked import when

HOSTILE = "A\x1b[31mn\x9b2Jn\u202ea\x07\x7f\u2066z\u2028"
"""A name that colours, clears the screen, turns the line about, rings, and breaks the line."""
CODE = "A\x9b2Jn\u202ea\x7f\u2066z\u2028."
"""The same where no control of ASCII may stand."""
SAID = {"v": 1, "by": f"By {HOSTILE}", "role": "secretary", "recorded_at": [1468800000000, 480]}
LOG = (
    {"type": "RallyConstituted", "title": f"The {CODE}"},
    {"type": "StageScheduled", "stage": "SS1", "order": 1, "title": CODE},
    {"type": "CrewEntered", "number": "1", "driver": CODE, "category": CODE, "team": CODE},
    {"type": "CrewEntered", "number": "2", "driver": CODE, "category": CODE, "team": CODE},
    {"type": "StageTimeRecorded", "number": "1", "stage": "SS1", "elapsed_ms": 3_600_000},
    {"type": "StageTimeRecorded", "number": "2", "stage": "SS1", "elapsed_ms": 3_700_000},
    {"type": "PenaltyGiven", "number": "1", "stage": "SS1", "amount_ms": 60_000, "reason": HOSTILE},
    {"type": "RetirementReported", "number": "2", "stage": "SS1", "reason": HOSTILE},
    {"type": "RemarkMade", "text": HOSTILE, "number": "1"},
)
READS = (
    ("standings",),
    ("standings", "--stage", "SS1"),
    ("teams",),
    ("crew", "1"),
    ("retirements",),
    ("finishers",),
    ("penalties",),
    ("decisions",),
    ("docket",),
    ("start-order", "SS1"),
    ("incidents",),
    ("outstanding",),
    ("check",),
    ("anomalies",),
    ("log",),
    ("show", "#3"),
    ("show", "#7"),
    ("why", "1"),
    ("why", "2"),
    ("history",),
    ("history", "1"),
    ("diff", "#4", "@"),
    ("what-if", "--without", "#7"),
    ("late",),
    ("verify",),
    ("follow", "--since", "#1", "--once", "--standings"),
)
ERRORS = (
    ("standings", "--category", HOSTILE),
    ("standings", "--rally", HOSTILE),
    ("standings", "--known-at", HOSTILE),
    ("standings", "--after", HOSTILE),
    ("why", HOSTILE),
    ("show", HOSTILE),
    (HOSTILE,),
    ("types", HOSTILE),
    ("help", HOSTILE),
    ("standings", f"--{HOSTILE}"),
    ("standings", HOSTILE),
    ("--ledger", HOSTILE, "standings"),
    ("standings", "--basis", HOSTILE),
    ("import", "jsonl", HOSTILE),
    ("import", "sheets", HOSTILE),
    ("import", "gpx", HOSTILE, "--stage", "SS1"),
    ("rulebook", "show", "--stage", HOSTILE),
    ("rulebook", "check", HOSTILE),
    ("record", HOSTILE, "--by", "A", "--role", "secretary"),
    ("record", "RemarkMade", f"{HOSTILE}=1", "--by", "A", "--role", "secretary"),
    ("record", "RemarkMade", "text=x", "--by", HOSTILE, "--role", HOSTILE),
)


@pytest.fixture
def hostile(rally: Rally, filled: Filling, tmp_path: Path) -> Rally:
    """The command `rally` on a log in which every text is hostile."""

    def fill() -> None:
        rules = template("cross-country").adopted(date(2016, 7, 18))
        adopted = {"type": "RegulationsAdopted", **rules}
        lines = [json.dumps({"rally": "bad-2016", **SAID, **each}) for each in (*LOG, adopted)]
        (tmp_path / "bad.jsonl").write_text("\n".join(lines), encoding="utf-8")
        said = rally("import", "jsonl", "bad.jsonl", "--json")
        assert len(LOG) + 1 == json.loads(said.out)["appended"], said
        assert set() == acts_on_it(said.out + said.err)

    filled("hostile", fill)
    return rally


def acts_on_it(text: str) -> set[str]:
    """The characters of a text that a terminal obeys, or that nobody sees."""
    return {each for each in text if unseen(each)} - set("\n\t")


@pytest.mark.parametrize("words", READS, ids=" ".join)
def test_no_answer_acts_on_a_terminal(hostile: Rally, words: tuple[str, ...]) -> None:
    """Neither a table nor its heading, nor CSV; JSON says the same with what is unseen escaped."""
    forms: list[tuple[str, ...]] = [(), ("--json",)]
    if words[0] not in ("show", "verify", "follow"):
        forms.append(("--csv",))
    for form in forms:
        said = hostile(*words, *form)
        assert said.code in (0, 1), said
        assert set() == acts_on_it(said.out + said.err)
    found = json.loads(hostile("log", "--type", "CrewEntered", "--json").out)["records"]
    assert CODE == found[0]["occurrence"]["driver"]


@pytest.mark.parametrize("words", ERRORS, ids=lambda words: ascii(words[0]))
def test_no_error_acts_on_a_terminal(hostile: Rally, words: tuple[str, ...]) -> None:
    """Neither in words nor as JSON, whatever was typed."""
    for form in ((), ("--json",)):
        said = hostile(*words, *form)
        assert 0 != said.code, said
        assert set() == acts_on_it(said.out + said.err)


class Terminal(io.TextIOWrapper):
    """What a person reads on."""

    def isatty(self) -> bool:
        return True


@contextmanager
def on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.BytesIO]:
    """Standard output is a terminal meanwhile."""
    held = io.BytesIO()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", Terminal(held, encoding="utf-8", write_through=True))
        yield held


def test_what_goes_to_a_program_is_exact_and_to_a_person_harmless(
    hostile: Rally, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A log on standard output is the log; on a terminal what acts on it is spelled out."""
    assert 0 == hostile("export", "jsonl", "out.jsonl").code
    exact = (tmp_path / "out.jsonl").read_text(encoding="utf-8")
    assert exact == hostile("export", "jsonl").out
    assert acts_on_it(exact)
    with on_a_terminal(monkeypatch) as held:
        assert 0 == run(["export", "jsonl"])
    assert harmless(exact) == held.getvalue().decode()
    with on_a_terminal(monkeypatch) as held:
        assert 0 == run(["standings", "--json"])
    shown = held.getvalue().decode()
    assert set() == acts_on_it(shown)
    assert CODE == json.loads(shown)["rows"][0]["driver"]
    with on_a_terminal(monkeypatch) as held:
        assert 0 == run(["chart", "places", "-o", "-"])
    assert set() == acts_on_it(held.getvalue().decode())


def test_an_argument_that_is_no_text(hostile: Rally, tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are named as such, in words and as JSON."""
    for form in ((), ("--json",)):
        said = hostile("why", os.fsdecode(b"\xff\xfe"), *form)
        assert 2 == said.code
        assert "The argument 2, " in said.out + said.err
        assert "is no text in UTF-8." in said.out + said.err
    ran = subprocess.run(
        [sys.executable, "-m", "cli", "--ledger", tmp_path / "rally.db", "why", b"\xff"],
        capture_output=True,
        check=False,
        cwd=Path(__file__).resolve().parents[2],
    )
    assert (2, b"") == (ran.returncode, ran.stdout)
    assert ran.stderr.startswith(b"Error: ")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
@pytest.mark.parametrize(
    "words",
    [
        "standings",
        *(
            pytest.param(each, marks=pytest.mark.slow)
            for each in ("standings --json", "export jsonl", "why 9")
        ),
    ],
)
def test_an_answer_that_can_not_be_written(hostile: Rally, tmp_path: Path, words: str) -> None:
    """It is said on standard error, and by the exit code."""
    del hostile
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "cli", "--ledger", tmp_path / "rally.db", *words.split()],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            cwd=Path(__file__).resolve().parents[2],
        )
    assert "Traceback" not in ran.stderr
    if words != "why 9":
        assert 5 == ran.returncode
        assert "Error: The answer can't be written: No space left on device.\n" in ran.stderr


told = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec=None)),
    lambda each: st.lists(each, max_size=4) | st.dictionaries(st.text(), each, max_size=4),
    max_leaves=20,
)


@examples(300)
@given(told)
@example({"half": "\ud800", "sign": "\x7f\x00\u2028"})
@example([1 << 70, -(1 << 70), {"": [], "a": {}}])
def test_json_is_written_as_the_standard_library_does(document: Any) -> None:
    """On one line, byte for byte, but for what would act on a terminal."""
    written = json.dumps(document, ensure_ascii=False)
    if when(all_seen(written)):
        assert written == json_text(document)
        assert f"{written}\n".encode() == json_bytes(document)
    assert document == json.loads(json_text(document))
