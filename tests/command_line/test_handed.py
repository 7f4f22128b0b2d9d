"""`rally verify` of what was handed over: does it hold, whose is it, who saw it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.command_line.conftest import answer
from tests.command_line.test_checkpoints import ANN, signing
from tests.command_line.test_witness import watched
from tests.conftest import Rally
from tests.looked import some_of

__all__ = ["signing", "watched"]
NO_LEDGER = {"what": "the log", "why": "No ledger is named, and none is here."}
DAY1, DAY2 = ("--checkpoint", "day1.checkpoint"), ("--checkpoint", "day2.checkpoint")
TRUST = ("--trust", "ledger.key.pub")


@pytest.fixture
def handed(watched: Rally, tmp_path: Path) -> Rally:
    """Checkpoints of two days, proofs of a record and of growth, four witnesses; no ledger."""
    for words in (
        (
            "prove",
            "--since",
            "day1.checkpoint",
            "--checkpoint",
            "day2.checkpoint",
            "-o",
            "days.proof",
        ),
        ("prove", "#149", "--checkpoint", "day2.checkpoint", "-o", "149.tlog-proof"),
    ):
        assert 0 == watched(*words).code
    lines = [f"log {answer(watched, 'key', 'show', 'ledger.key')['vkey']}"]
    for name in ("organiser", "federation", "delegate", "timing"):
        made = answer(watched, "witness", "init", name, "--name", f"{name}.example")
        lines.append(f"witness {name} {made['vkey']}")
        if name in ("organiser", "delegate"):
            words = ("day2.checkpoint", "--witness", name, *TRUST, "-o", "day2.checkpoint")
            assert 0 == watched("witness", "cosign", *words).code
    policies = {
        "two": "group all2 2 organiser federation delegate timing\nquorum all2",
        "sides": "group one any organiser timing\ngroup other any federation\n"
        "group both all one other\nquorum both",
        "none": "quorum none",
    }
    for name, asked in policies.items():
        text = "\n".join([*lines, asked, ""])
        (tmp_path / f"{name}.policy").write_text(text, encoding="utf-8")
    (tmp_path / "rally.db").rename(tmp_path / "log.db")
    return watched


def told(rally: Rally, *words: object, code: int = 0) -> Any:
    """What `verify` says as JSON."""
    return answer(rally, "verify", *words, code=code)


def test_a_checkpoint_is_one_of_the_log_or_is_not(handed: Rally, tmp_path: Path) -> None:
    """On a live ledger; with a key it says whose, without one that this was not checked."""
    log = ("--ledger", "log.db")
    found = told(handed, *log, *DAY1, *DAY2, *TRUST)
    assert (True, [], []) == (found["ok"], found["findings"], found["not_checked"])
    assert ["day1.checkpoint", "day2.checkpoint"] == [e["file"] for e in found["checkpoints"]]
    assert all(each["signed_by"] for each in found["checkpoints"])
    found = told(handed, *log, *DAY2)
    (unchecked,) = found["not_checked"]
    assert "whose day2.checkpoint is" == unchecked["what"]
    said = handed("verify", *log, *DAY2)
    assert 0 == said.code
    assert "It is consistent in itself; whose it is was not checked. No key is trusted" in said.out
    text = (tmp_path / "day1.checkpoint").read_text(encoding="utf-8")
    (tmp_path / "other.checkpoint").write_text(text.replace("silk-way-2016/", "silk-way-2017/"))
    found = told(handed, *log, "--checkpoint", "other.checkpoint", code=3)
    assert not found["ok"]
    assert "It is of the rally silk-way-2017 of the ledger" in found["findings"][0]["message"]


def test_a_checkpoint_of_another_site_is_no_fork(handed: Rally, tmp_path: Path) -> None:
    """One of this log for as long as both went on alike; from there each has its own."""
    laptop, log = ("--ledger", "finish.db"), ("--ledger", "log.db")
    for words in (
        (*log, "backup", "finish.db"),
        (*laptop, "site", "finish"),
        (*laptop, "checkpoint", "-o", "same.checkpoint"),
        (*laptop, "record", "RemarkMade", "text=Wind", *ANN),
        (*laptop, "checkpoint", "-o", "own.checkpoint"),
        (*log, "record", "RemarkMade", "text=Rain", *ANN),
    ):
        assert 0 == handed(*words).code
    assert told(handed, *log, "--checkpoint", "same.checkpoint", *TRUST)["ok"]
    found = told(handed, *log, "--checkpoint", "own.checkpoint", *TRUST, code=3)
    (finding,) = found["findings"]
    assert finding["message"].endswith(
        "It is of the site finish, and this is the log of sample: each has its own."
    )


def test_reads_import_nothing_to_sign_with() -> None:
    """What signs and checks is imported by who does, and not by who reads."""
    code = (
        "import sys, cli.commands.verify, cli.commands.checkpoint, cli.commands.witness; "
        "print([each for each in sys.modules if each.startswith('cryptography')])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "[]\n" == ran.stdout


def test_plain_verify_says_that_nothing_was_left_out(silk_way: Rally) -> None:
    """For programs the list is always there."""
    assert [] == told(silk_way)["not_checked"]


def test_whose_it_is_comes_from_outside(handed: Rally, tmp_path: Path) -> None:
    """A verifier key, a fingerprint with the key beside it, a file of either; and what is none."""
    shown = answer(handed, "--ledger", "log.db", "key", "show", "ledger.key")
    (tmp_path / "keys").write_text(f"# the regulations\n{shown['vkey']}\n", encoding="utf-8")
    for one in some_of(["ledger.key.pub", "keys", shown["vkey"], shown["fingerprint"]]):
        found = told(handed, *DAY2, "--trust", one)
        (checkpoint,) = found["checkpoints"]
        assert shown["fingerprint"] == checkpoint["signed_by"]["fingerprint"]
        assert shown["vkey"] == checkpoint["signed_by"]["vkey"]
    assert 0 == handed("key", "new", "-o", "other.key").code
    found = told(handed, *DAY2, "--trust", "other.key.pub", code=3)
    assert "by no key that is trusted" in found["findings"][0]["message"]
    assert found["checkpoints"][0]["signed_by"] is None
    (tmp_path / "day2.checkpoint.pub").unlink()
    found = told(handed, *DAY2, "--trust", shown["fingerprint"], code=1)
    assert [f"The key {shown['fingerprint']} is not at hand: put it beside, as FILE.pub."] == [
        each["why"] for each in found["not_checked"]
    ]
    for words, code, complaint in (
        (("--trust", "nobody"), 2, "'nobody' names no key."),
        (("--trust", "a+b+c"), 5, "'a+b+c' is no verifier key."),
        (("--trust", "day1.checkpoint"), 5, "is no verifier key"),
        (("--trust", answer(handed, "witness", "init", "w", "--name", "w")["vkey"]), 2, "of a wit"),
    ):
        said = handed("verify", *DAY2, *words)
        assert (code, "") == (said.code, said.out)
        assert complaint in said.err
    for words, complaint in (
        (TRUST, "--trust is about keys, and neither keys of office nor a checkpoint are here."),
        (("--witnesses", "two.policy"), "--witnesses is about a checkpoint, and none is named."),
    ):
        said = handed("--ledger", "log.db", "verify", *words)
        assert (2, "") == (said.code, said.out)
        assert f"Error: {complaint}" in said.err


def test_witnesses_are_counted_as_a_policy_says(handed: Rally, tmp_path: Path) -> None:
    """2 of 4 have signed; one of either side has not; who is not asked for has not witnessed."""
    found = told(handed, *DAY2, "--witnesses", "two.policy")
    witnesses = found["checkpoints"][0]["witnesses"]
    assert witnesses["witnessed"]
    assert ["organiser.example", "delegate.example"] == [e["name"] for e in witnesses["cosigned"]]
    assert found["checkpoints"][0]["signed_by"]  # by the key of the policy
    said = handed("verify", *DAY2, "--witnesses", "two.policy")
    assert (
        "It is witnessed (2 of organiser, federation, delegate, timing): organiser.example "
        "(2016-07-20T07:33:20+00:00), delegate.example (2016-07-20T07:33:20+00:00).\n"
    ) in said.out
    found = told(handed, *DAY2, "--witnesses", "sides.policy", code=3)
    assert (
        "day2.checkpoint: It is not witnessed: 2 of one, other had to sign, and organiser, "
        in (found["findings"][0]["message"])
    )
    found = told(handed, *DAY2, "--witnesses", "none.policy")
    assert found["checkpoints"][0]["witnesses"]["witnessed"] is False
    said = handed("verify", *DAY2, "--witnesses", "none.policy")
    assert "It is not witnessed: the policy asks for no witness at all." in said.out
    assert 3 == handed("verify", *DAY1, "--witnesses", "two.policy").code
    said = handed("verify", *DAY2, "--witnesses", "day1.checkpoint")
    assert 5 == said.code
    assert "day1.checkpoint, line 1: " in said.err


def test_a_broken_signature_is_no_signature(handed: Rally, tmp_path: Path) -> None:
    """Of the log or of a witness: told, and the file is good for nothing."""
    text = (tmp_path / "day2.checkpoint").read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    for number, asked in ((4, TRUST), (5, ("--witnesses", "two.policy"))):
        mark, name, made = lines[number].rstrip("\n").split(" ")
        broken = f"{mark} {name} {made[:20]}{'A' if made[20] != 'A' else 'B'}{made[21:]}\n"
        file = tmp_path / "broken.checkpoint"
        file.write_text("".join([*lines[:number], broken, *lines[number + 1 :]]), encoding="utf-8")
        found = told(handed, "--checkpoint", "broken.checkpoint", *asked, code=3)
        assert "does not hold." in found["findings"][0]["message"]


def test_two_checkpoints_need_something_between_them(handed: Rally) -> None:
    """Without the log, a proof of growth; with neither it was not checked, and exit code 1."""
    found = told(handed, *DAY1, *DAY2, *TRUST, code=1)
    (unchecked,) = found["not_checked"]
    assert "day1.checkpoint against day2.checkpoint" == unchecked["what"]
    found = told(handed, *DAY1, "--proof", "days.proof", *TRUST)
    assert (148, 192) == (found["growth"]["old"], found["growth"]["size"])
    assert ([], True) == (found["not_checked"], found["growth"]["shown"])
    said = handed("verify", *DAY1, "--proof", "days.proof", *TRUST)
    assert "The log of #192, root 27486807e236e93f begins with its first 148 records." in said.out
    found = told(handed, "--proof", "days.proof", *TRUST, code=1)
    assert ["from where days.proof goes on"] == [e["what"] for e in found["not_checked"]]
    assert found["growth"]["shown"] is False
    assert "begins with" not in handed("verify", "--proof", "days.proof", *TRUST).out
    found = told(handed, *DAY1, code=1)
    assert NO_LEDGER in found["not_checked"]


def test_a_proof_of_growth_of_something_else_does_not_fit(handed: Rally, tmp_path: Path) -> None:
    """Another root before it, or a hash that was changed."""
    text = (tmp_path / "day1.checkpoint").read_text(encoding="utf-8")
    root = text.split("\n")[2]
    forged = text.replace(root, "AAAA" + root[4:])
    (tmp_path / "x.checkpoint").write_text(forged, encoding="utf-8")
    found = told(handed, "--checkpoint", "x.checkpoint", "--proof", "days.proof", code=3)
    assert "days.proof does not fit x.checkpoint." in found["findings"][0]["message"]


def test_a_proof_of_a_record_says_what_happened(handed: Rally, tmp_path: Path) -> None:
    """In words, with who recorded it; the fingerprint suffices, the key is in the proof."""
    fingerprint = answer(handed, "key", "show", "ledger.key")["fingerprint"]
    said = handed("verify", "--proof", "149.tlog-proof", "--trust", fingerprint)
    assert (0, "") == (said.code, said.err)
    assert said.out.startswith(
        "Proven: #149 of silk-way-2016. Clerk of the course's decision 1, crew 102 on SS12: time "
        "penalty of 4:00:00.\n"
        "It says that Race direction recorded it at 2016-07-21T20:15:00+08:00; received at "
    )
    found = told(handed, "--proof", "149.tlog-proof", "--trust", fingerprint)
    assert 149 == found["record"]["position"]
    assert "DecisionIssued" == found["record"]["occurrence"]["type"]
    said = handed("verify", "--proof", "149.tlog-proof")
    assert said.out.startswith("If its checkpoint is right: #149 of silk-way-2016. Clerk of")
    assert "It is consistent in itself; whose it is was not checked." in said.out
    text = (tmp_path / "149.tlog-proof").read_text(encoding="utf-8")
    (tmp_path / "148.tlog-proof").write_text(text.replace("index 148", "index 147"))
    found = told(handed, "--proof", "148.tlog-proof", code=3)
    assert (
        "148.tlog-proof is of #148, and the record in it #149." in (found["findings"][0]["message"])
    )
    assert "record" not in found
    said = handed("verify", "--proof", "148.tlog-proof")
    assert "consistent in itself" not in said.out
    assert "#149 of" not in said.out
    assert 0 == handed("key", "new", "-o", "other.key").code
    said = handed("verify", "--proof", "149.tlog-proof", "--trust", "other.key.pub")
    assert 3 == said.code
    assert "\nNot proven: #149 of silk-way-2016." in said.out


def test_what_is_handed_over_is_asked_alone(handed: Rally) -> None:
    """A proof needs no ledger, and an archive or a root is another question."""
    said = handed("--ledger", "log.db", "verify", "--proof", "149.tlog-proof", "--root", "0" * 64)
    assert 2 == said.code
    assert "ask for it alone" in said.err
    assert 5 == handed("verify", "--proof", "none").code
    assert 5 == handed("verify", "--checkpoint", "none").code
