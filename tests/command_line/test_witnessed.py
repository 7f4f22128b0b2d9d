"""A rally whose final classification rests on what others have seen."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from ledger.proofs.stamps import read_stamp
from tests.command_line.conftest import answer
from tests.conftest import Rally
from tests.proofs.authority import Authority

ANN = ("--by", "Ann", "--role", "secretary")
OFFICE = ("--by", "Results", "--role", "results-office")
FINAL = ("publish", "classification", "--category", "cars", "--kind", "provisional", *OFFICE)
NAMES = ("club", "delegate")


@pytest.fixture
def asking(silk_way: Rally) -> Rally:
    """The sample, whose bulletin asks for two witnesses of opposed interests."""
    assert 0 == silk_way("key", "new", "-o", "ledger.key").code
    witnesses = [
        f"witness {each} {answer(silk_way, 'witness', 'init', each, '--name', each)['vkey']}"
        for each in NAMES
    ]
    policy = ";".join([*witnesses, "group both all club delegate", "quorum both"])
    said = silk_way(
        *("record", "BulletinIssued", "bulletin=9", f"witnesses.policy={policy}"),
        "documents.classification_witnessed=provisional;final",
        *("--by", "The stewards", "--role", "stewards", "--reason", "opposed interests"),
    )
    assert 0 == said.code, said.err
    return silk_way


def test_a_classification_waits_for_its_witnesses(asking: Rally, tmp_path: Path) -> None:
    """Both have to have signed the checkpoint of what it rests on, and that is on record.

    The signatures may be kept one by one; another basis than the one that they saw is refused.
    """
    asked = "The checkpoint of #193 is not on record with the signatures of 2 of club, delegate."
    on_it = (*FINAL, "--known-at", "#193")
    assert asked in asking(*on_it).err
    assert 0 == asking("checkpoint", "--key", "ledger.key", "-o", "bare").code
    for position, name in enumerate(NAMES, 194):
        assert asked in asking(*on_it).err
        signing = ("witness", "cosign", "bare", "--witness", name, "--trust", "bare.pub")
        assert 0 == asking(*signing, "-o", f"by-{name}").code
        assert position == answer(asking, "keep", f"by-{name}", *ANN)["position"]
    assert 193 == answer(asking, *on_it)["cut_off"]
    assert "The checkpoint of #196 is not on record" in asking(*FINAL).err

    house = answer(asking, "verify", "--checkpoint", "by-club", "--witnesses", "own", code=3)
    assert ["club"] == [e["name"] for e in house["checkpoints"][0]["witnesses"]["cosigned"]]
    assert "the policy itself" in [each["what"] for each in house["not_checked"]]
    lines = (tmp_path / "by-delegate").read_text().splitlines(keepends=True)
    (tmp_path / "by-club").open("a").write(lines[-1])
    said = asking("verify", "--checkpoint", "by-club", "--witnesses", "own", "--trust", "bare.pub")
    assert 0 == said.code
    assert "It is witnessed (2 of club, delegate): club (" in said.out
    assert "Not checked: the policy itself. It is that of the log's own rulebook" in said.out
    proof = ("prove", "#149", "--checkpoint", "by-club", "-o", "proof")
    assert 0 == asking(*proof).code
    assert 2 == asking("verify", "--proof", "proof", "--witnesses", "own").code


def test_nobody_asked_for_is_nobody_who_has_seen_it(silk_way: Rally) -> None:
    """`quorum none` is a policy, and never one by which anything is witnessed."""
    said = silk_way(
        *("record", "BulletinIssued", "bulletin=9", "witnesses.policy=quorum none"),
        "documents.classification_witnessed=provisional",
        *("--by", "The stewards", "--role", "stewards", "--reason", "none yet"),
    )
    assert 0 == said.code
    assert (
        "The policy asks for no witness, and so nothing counts as witnessed."
        in silk_way(*FINAL).err
    )
    wrong = silk_way(
        *("record", "BulletinIssued", "bulletin=10", "witnesses.policy=quorum both"),
        *("--by", "The stewards", "--role", "stewards", "--reason", "a slip"),
    )
    assert 0 != wrong.code
    assert (
        "witnesses.policy can't be ['quorum both']: the policy, line 1: 'both' is no" in wrong.err
    )


def test_a_time_stamp_is_taken_in(silk_way: Rally, tmp_path: Path) -> None:
    """As `openssl ts` answers it, over the very bytes of the checkpoint; of another it is none.

    One that came in by a merge and is over another thing is told by the proof.
    """
    silk_way("key", "new", "-o", "ledger.key")
    for name, moment in (("a.checkpoint", "#148"), ("b.checkpoint", "#192")):
        made = ("checkpoint", "--key", "ledger.key", "--known-at", moment, "-o", name)
        assert 0 == silk_way(*made).code
    (tmp_path / "authority").mkdir()
    authority = Authority(tmp_path / "authority")
    (tmp_path / "a.tsr").write_bytes(authority.reply(data=(tmp_path / "a.checkpoint").read_bytes()))
    said = silk_way("keep", "a.tsr", "--over", "b.checkpoint", *ANN)
    assert (3, "Error: a.tsr is a time-stamp of another file than b.checkpoint.") == (
        said.code,
        said.err.splitlines()[0],
    )
    assert 5 == silk_way("keep", "ledger.key.pub", "--over", "a.checkpoint", *ANN).code
    taken = answer(silk_way, "keep", "a.tsr", "--over", "a.checkpoint", *ANN)
    kept = answer(silk_way, "show", f"#{taken['position']}")["record"]["occurrence"]
    assert (tmp_path / "a.checkpoint").read_text() == kept["of"]
    assert read_stamp(base64.b64decode(kept["token"])).verifies(kept["of"].encode(), authority.root)
    assert [] == answer(silk_way, "verify")["findings"]
    wrong = (f"of={kept['of']}x", f"token={kept['token']}")
    assert 0 == silk_way("record", "TimeStampTaken", *wrong, *ANN).code
    (found,) = answer(silk_way, "verify", code=1)["findings"]
    assert (194, "What is kept as a time-stamp is none of the checkpoint in it.") == (
        found["position"],
        found["message"],
    )
