"""Two histories of one rally: both verify, and each of three people can show that there are two.

Overnight somebody who holds the ledger and its key goes back to a copy and writes the evening anew.
Every hash of either log is right. What is found is found by who kept something: a witness, a party
with two checkpoints, and race control when the other log is brought to it.
"""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path

import pytest

from tests.command_line.pages import WHEN_ALL_IS_OVER
from tests.conftest import Rally, Ticking

OTHER = ("--ledger", "rewritten.db")
KEY = ("--key", "ledger.key")


def _done(rally: Rally, lines: str) -> None:
    """Carry out commands, a line each."""
    for line in lines.strip().splitlines():
        said = rally(*shlex.split(line))
        assert 0 == said.code, (line, said)


@pytest.fixture
def evening(rally: Rally, clock: Ticking, monkeypatch: pytest.MonkeyPatch) -> Rally:
    """The evening as it was, with a penalty of 5:00, and as it was written anew, with 0:05.

    The club's witness saw the evening as it was.
    """
    clock.now = WHEN_ALL_IS_OVER
    monkeypatch.setenv("RALLY_BY", "Race direction")
    monkeypatch.setenv("RALLY_ROLE", "clerk-of-the-course")
    monkeypatch.setenv("RALLY_WITNESS", "club")
    _done(
        rally,
        """
        demo
        key new -o ledger.key
        witness init club --name desert-club.example/laptop
        backup rewritten.db
        record PenaltyGiven number=104 stage=SS13 amount_ms=0:05:00 --reason speeding
        checkpoint --key ledger.key -o evening.checkpoint
        witness cosign evening.checkpoint --trust ledger.key.pub -o evening.checkpoint
        --ledger rewritten.db record PenaltyGiven number=104 stage=SS13 amount_ms=0:00:05 --reason x
        """,
    )
    shutil.rmtree("ledger.key.signed")  # or the key would not sign a second history
    _done(rally, "--ledger rewritten.db checkpoint --key ledger.key -o morning.checkpoint")
    return rally


def test_both_histories_verify(evening: Rally) -> None:
    """Nothing within a log can tell: all of it was made anew."""
    for words in ((), OTHER):
        said = evening(*words, "verify")
        assert (0, "193 records verify") == (said.code, said.out[:18])


def test_the_witness_finds_it(evening: Rally) -> None:
    """It was shown another root at the same size; and a log that grew on has no proof that fits."""
    said = evening("witness", "cosign", "morning.checkpoint")
    assert (3, "") == (said.code, said.out)
    assert "Error: Two roots at one size: #193, root " in said.err
    assert "This is a fork." in said.err
    assert "Keep both files: with the signatures under them they are the proof." in said.err

    assert 0 == evening(*OTHER, "record", "RemarkMade", "text=Good morning").code
    assert 0 == evening(*OTHER, "checkpoint", *KEY, "-o", "noon.checkpoint").code
    said = evening(*OTHER, "prove", "--since", "evening.checkpoint", *KEY, "-o", "noon.proof")
    assert 3 == said.code
    assert "evening.checkpoint is no checkpoint of this log, and nothing of it can be proven." in (
        said.err
    )
    said = evening(*OTHER, "prove", "--since", "morning.checkpoint", *KEY, "-o", "noon.proof")
    assert 0 == said.code
    said = evening("witness", "cosign", "noon.checkpoint", "--proof", "noon.proof")
    assert (3, "") == (said.code, said.out)
    assert "Error: The proof " in said.err


def test_who_holds_two_checkpoints_finds_it(evening: Rally, tmp_path: Path) -> None:
    """With two small files and the fingerprint from the regulations, and without any log."""
    (tmp_path / "rally.db").unlink()
    both = ("--checkpoint", "evening.checkpoint", "--checkpoint", "morning.checkpoint")
    fingerprint = json.loads(evening("key", "show", "ledger.key", "--json").out)["fingerprint"]

    said = evening("verify", *both)
    assert 3 == said.code
    assert "evening.checkpoint and morning.checkpoint are a fork: rally-ledger/" in said.out
    assert "has two roots at #193, " in said.out
    assert "Whose both signatures are was not checked." in said.out

    said = evening("verify", *both, "--trust", fingerprint)
    assert 3 == said.code
    proof = f"Both are signed by the key {fingerprint}: that is the proof against its holder."
    assert proof in said.out


def test_who_holds_one_checkpoint_and_the_other_log_finds_it(evening: Rally) -> None:
    """The log had another root there; who signed the checkpoint has signed against it."""
    words = ("verify", "--checkpoint", "evening.checkpoint", "--trust", "ledger.key.pub")
    said = evening(*words)
    assert 0 == said.code
    assert "It is one of this log." in said.out
    said = evening(*OTHER, *words)
    assert 3 == said.code
    assert "evening.checkpoint: It is no checkpoint of this log. Its root at #193 is " in said.out
    assert "with this log that is the proof of a fork." in said.out


def test_race_control_finds_it_when_the_other_log_is_brought(evening: Rally) -> None:
    """The first position where they part is named; nothing of either is lost."""
    assert 0 == evening(*OTHER, "export", "jsonl", "other.jsonl").code
    said = evening("import", "jsonl", "other.jsonl")
    assert 1 == said.code
    first, *_ = said.out.splitlines()
    assert first.startswith(
        "These are two histories: they are the same up to #192 and part at #193, where this log "
    )
    again = evening("import", "jsonl", "other.jsonl", "--json")
    assert 0 == again.code  # nothing of it is new
    told = json.loads(again.out)
    assert (193, 0) == (told["fork"]["position"], told["appended"])
    assert told["fork"]["here"] != told["fork"]["there"]


def test_a_laptop_that_went_on_is_no_fork(evening: Rally) -> None:
    """It writes under a name of its own: merging is what it is for."""
    _done(
        evening,
        """
        export jsonl plan.jsonl
        --ledger finish.db import jsonl plan.jsonl
        --ledger finish.db site finish-ss13
        --ledger finish.db record RemarkMade text=Wind
        --ledger finish.db export jsonl out.jsonl
        record RemarkMade text=Rain
        """,
    )
    said = evening("import", "jsonl", "out.jsonl", "--json")
    assert 0 == said.code, said
    told = json.loads(said.out)
    assert 1 == told["appended"]
    assert "fork" not in told
