"""A witness at the command line: by files, without the ledger; and what the log proves to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.proofs.checkpoints import read_checkpoint
from ledger.proofs.papers import RecordProof, read_proof
from ledger.proofs.signatures import signature_of
from ledger.proofs.vkeys import read_vkey
from tests.command_line.conftest import answer
from tests.command_line.test_checkpoints import ANN, signing
from tests.conftest import Rally
from tests.looked import some_of

__all__ = ["signing"]
CLUB = ("--witness", "club")


@pytest.fixture
def watched(signing: Rally, monkeypatch: pytest.MonkeyPatch) -> Rally:
    """The sample with a key, a checkpoint of two days, and a witness that saw the first."""
    monkeypatch.setenv("RALLY_KEY", "ledger.key")
    for words in (
        ("witness", "init", "club", "--name", "club.example/laptop"),
        ("checkpoint", "--known-at", "#148", "-o", "day1.checkpoint"),
        ("checkpoint", "-o", "day2.checkpoint"),
        ("witness", "cosign", "day1.checkpoint", *CLUB, "--trust", "ledger.key.pub"),
    ):
        assert 0 == signing(*words).code
    return signing


def test_a_witness_signs_what_goes_on(watched: Rally, tmp_path: Path) -> None:
    """With the proof that the log makes; the signature goes into the file of the checkpoint."""
    (tmp_path / "rally.db").rename(tmp_path / "away.db")
    said = watched("witness", "cosign", "day2.checkpoint", *CLUB)
    assert (1, "") == (said.code, said.out)
    assert (
        "A proof is needed that the log goes on: #148, root aa1bba3d86d69613 was seen" in said.err
    )
    seen = next((tmp_path / "club").glob("*.checkpoint"))
    assert f"`rally prove --since club/{seen.name} --checkpoint NEW -o FILE`" in said.err
    (tmp_path / "away.db").rename(tmp_path / "rally.db")
    words = ("--since", f"club/{seen.name}", "--checkpoint", "day2.checkpoint")
    said = watched("prove", *words, "-o", "day2.proof")
    assert "day2.proof: that the log only grew, up to #192, root 27486807e236e93f.\n" == said.out
    (tmp_path / "rally.db").unlink()
    made = answer(
        watched,
        *("witness", "cosign", "day2.checkpoint", *CLUB),
        *("--proof", "day2.proof", "-o", "day2.checkpoint"),
    )
    assert (148, 192) == (made["seen_before"]["size"], made["size"])
    checkpoint = read_checkpoint((tmp_path / "day2.checkpoint").read_bytes())
    assert made["checkpoint"].encode() == checkpoint.to_bytes()
    assert 2 == len(checkpoint.signatures)
    assert signature_of(read_vkey(made["witness"]), checkpoint)


def test_a_witness_refuses_what_went_back(watched: Rally) -> None:
    """Exit code 3, both named; nothing is signed."""
    assert 0 == watched("checkpoint", "--known-at", "#100", "-o", "older.checkpoint").code
    said = watched("witness", "cosign", "older.checkpoint", *CLUB)
    assert (3, "") == (said.code, said.out)
    assert "The log went back: #148, root aa1bba3d86d69613 was seen of rally-ledger/" in said.err


def test_what_a_witness_can_not_be_given(watched: Rally) -> None:
    """A proof of a record, a checkpoint that is none, a folder that is none, a foreign key."""
    assert 0 == watched("prove", "#3", "-o", "three.tlog-proof").code
    cases = [
        (("day2.checkpoint", *CLUB, "--proof", "three.tlog-proof"), 5, "is the proof of a record"),
        (("ledger.key", *CLUB), 5, "ledger.key has no empty line above its signatures"),
        (("none.checkpoint", *CLUB), 5, "none.checkpoint can't be read"),
        (("day2.checkpoint", "--witness", "."), 5, ". is no folder of a witness"),
        (("day2.checkpoint",), 5, "witness is no folder of a witness"),
    ]
    for words, code, complaint in cases:
        said = watched("witness", "cosign", *words)
        assert (code, "") == (said.code, said.out)
        assert complaint in said.err
    assert 0 == watched("witness", "init", "two", "--name", "two.example").code
    said = watched("witness", "cosign", "day2.checkpoint", "--witness", "two")
    assert 1 == said.code
    assert "is not signed by a key that is trusted" in said.err
    said = watched("witness", "init", "three", "--name", "Desert Club")
    assert 2 == said.code
    assert "'Desert Club' can't name a witness." in said.err


def test_a_record_is_proven_as_it_is_named(watched: Rally, tmp_path: Path) -> None:
    """By its position or its id; up to a checkpoint that was signed before, or one signed now."""
    identity = answer(watched, "show", "#149")["record"]["id"]
    for named in ("#149", identity[:10]):
        said = watched("prove", named, "--checkpoint", "day2.checkpoint", "-o", "one.tlog-proof")
        assert "one.tlog-proof: #149, up to #192, root 27486807e236e93f.\n" == said.out
    proof = read_proof((tmp_path / "one.tlog-proof").read_bytes(), "one")
    assert isinstance(proof, RecordProof)
    day2 = read_checkpoint((tmp_path / "day2.checkpoint").read_bytes())
    assert (148, day2) == (proof.at, proof.checkpoint)
    now = answer(watched, "prove", "#149", "--known-at", "#160")
    assert (160, 149, identity) == (now["size"], now["position"], now["id"])
    assert watched("prove", "#149", "--known-at", "#160").out == now["proof"]


def test_private_values_are_in_no_proof(watched: Rally, tmp_path: Path) -> None:
    """The log holds what stands for them, and so does the proof."""
    remark = "RemarkMade", "text=x", "private.phone=0815-4711"
    at = answer(watched, "record", *remark, *ANN)["position"]
    assert 0 == watched("prove", f"#{at}", "-o", "private.tlog-proof").code
    proof = read_proof((tmp_path / "private.tlog-proof").read_bytes(), "private")
    assert isinstance(proof, RecordProof)
    assert b"RemarkMade" in proof.extra
    of_all = watched("prove", "--crew", "102").out
    assert f'"position":{at},' in of_all
    assert "0815-4711" not in of_all
    assert b"4711" not in proof.extra


def test_what_can_not_be_proven(watched: Rally, tmp_path: Path) -> None:
    """What came later, what is of another history, and a question that is none."""
    other = tmp_path / "other.checkpoint"
    day1 = (tmp_path / "day1.checkpoint").read_text()
    other.write_text(day1.replace("\n148\n", "\n147\n"))
    since = ("prove", "--since")
    cases = [
        (("prove",), 2, "Name one: a record, an earlier checkpoint"),
        (("prove", "#149", "--since", "day1.checkpoint"), 2, "Name one: a record"),
        (("prove", "--crew", "1", "--stage", "SS1"), 2, "Name one: a record"),
        (("prove", "#149", "--blind"), 2, "--blind and --attested are for --crew"),
        (("prove", "--decision", "#1", "--checkpoint", "day1.checkpoint"), 1, "#1 is no decision."),
        (("prove", "#149", "--checkpoint", "day1.checkpoint"), 1, "#149 came behind"),
        (("prove", "--decision", "#149", "--checkpoint", "day1.checkpoint"), 1, "#149 came behind"),
        (("prove", "#500"), 2, "There is no record #500."),
        ((*since, "day2.checkpoint", "--checkpoint", "day1.checkpoint"), 1, "day2.checkpoint is"),
        ((*since, "other.checkpoint"), 3, "other.checkpoint is no checkpoint of this log"),
        ((*since, "ledger.key"), 5, "ledger.key has no empty line"),
        (("prove", "#1", "--checkpoint", "day1.checkpoint", "--known-at", "#1"), 2, "leave out"),
    ]
    for words, code, complaint in some_of(cases):
        said = watched(*words)
        assert (code, "") == (said.code, said.out), said
        assert complaint in said.err
