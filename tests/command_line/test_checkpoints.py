"""Keys and checkpoints at the command line: made, signed as files, and never beside a fork."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.proofs.checkpoints import read_checkpoint
from ledger.proofs.signatures import signature_of
from ledger.proofs.vkeys import read_vkey
from tests.command_line.conftest import answer
from tests.conftest import Rally

ANN = ("--by", "Ann", "--role", "secretary")


@pytest.fixture
def signing(silk_way: Rally) -> Rally:
    """The sample, with a key."""
    assert 0 == silk_way("key", "new", "-o", "ledger.key").code
    return silk_way


def test_a_key_is_made_as_ssh_makes_it(silk_way: Rally, tmp_path: Path) -> None:
    """Only its owner may read it; others have the public part, the fingerprint and the name."""
    made = answer(silk_way, "key", "new", "-o", "ledger.key")
    assert 0o600 == (tmp_path / "ledger.key").stat().st_mode & 0o777
    told = subprocess.run(
        ["ssh-keygen", "-l", "-f", "ledger.key.pub"], capture_output=True, text=True, check=True
    )
    assert made["fingerprint"] in told.stdout
    assert made["public"] == (tmp_path / "ledger.key.pub").read_text().strip()
    assert made["vkey"].startswith("rally-ledger/")
    assert "/silk-way-2016/sample+" in made["vkey"]
    assert made == answer(silk_way, "key", "show", "ledger.key")
    before = (tmp_path / "ledger.key").read_bytes()
    for name in ("ledger.key", "ledger.key.pub"):
        said = silk_way("key", "new", "-o", name)
        assert (1, f"Error: {name} is there already: no key is overwritten.") == (
            said.code,
            said.err.splitlines()[0],
        )
    assert before == (tmp_path / "ledger.key").read_bytes()
    assert 5 == silk_way("key", "new", "-o", "no/such/folder.key").code


def test_a_key_is_made_where_no_ledger_is(rally: Rally) -> None:
    """Then no log is named, and how to have it named is said."""
    said = rally("key", "new", "-o", "mine.key")
    assert 0 == said.code
    assert "Its verifier key names the log: `rally key show FILE` beside its ledger." in said.out
    assert answer(rally, "key", "show", "mine.key")["vkey"] is None


def test_a_key_with_a_passphrase_asks_a_person(signing: Rally, tmp_path: Path) -> None:
    """And says so where nobody is there; a key of another type, or none, is told."""
    words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "open", "-f", str(tmp_path / "shut.key")]
    subprocess.run(words, check=True)
    said = signing("checkpoint", "--key", "shut.key")
    assert (5, "") == (said.code, said.out)
    assert "Error: The key shut.key has a passphrase, and nobody is there to type it." in said.err
    said = signing("checkpoint", "--key", "rally.db")
    assert 5 == said.code
    assert "rally.db is no private key of ssh" in said.err
    said = signing("checkpoint", "--key", "none.key")
    assert 5 == said.code
    assert "The key none.key can't be read" in said.err
    said = signing("checkpoint")
    assert 2 == said.code
    assert "Error: No key is named to sign with." in said.err


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """An ssh-agent that holds nothing yet; what is answered has `ssh-add` do something."""
    where = tempfile.mkdtemp()  # the name of a socket may not be long
    socket = Path(where) / "agent"
    process = subprocess.Popen(["ssh-agent", "-D", "-a", socket], stdout=subprocess.DEVNULL)
    while not socket.exists():
        time.sleep(0.01)
    monkeypatch.setenv("SSH_AUTH_SOCK", str(socket))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    def add(*words: str) -> None:
        subprocess.run(["ssh-add", "-q", *words], check=True, cwd=tmp_path)

    yield add
    process.terminate()
    process.wait(10)
    shutil.rmtree(where)


def test_a_key_in_an_agent_signs(signing: Rally, agent: Callable[..., None]) -> None:
    """The same bytes as from its file; of several one is named, and what is not there is told."""
    shown = answer(signing, "key", "show", "ledger.key")
    said = signing("checkpoint", "--key", "agent")
    assert (5, "") == (said.code, said.out)
    assert "The ssh-agent holds 0 Ed25519 keys that may be meant." in said.err
    agent("ledger.key")
    by_file = signing("checkpoint", "--key", "ledger.key").out
    assert by_file == signing("checkpoint", "--key", "agent").out
    assert 0 == signing("key", "new", "-o", "other.key").code
    agent("other.key")
    said = signing("checkpoint", "--key", "agent")
    assert 5 == said.code
    assert "The ssh-agent holds 2 Ed25519 keys" in said.err
    assert f"it holds: {shown['fingerprint']}, SHA256:" in said.err
    named = f"agent:{shown['fingerprint']}"
    assert by_file == signing("checkpoint", "--key", named).out
    agent("-d", "ledger.key")
    assert 5 == signing("checkpoint", "--key", named).code


def test_where_no_agent_is(signing: Rally, monkeypatch: pytest.MonkeyPatch) -> None:
    """None is named, or nobody answers."""
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    said = signing("checkpoint", "--key", "agent")
    assert 5 == said.code
    assert "No ssh-agent is here ($SSH_AUTH_SOCK)." in said.err
    monkeypatch.setenv("SSH_AUTH_SOCK", "nowhere")
    said = signing("checkpoint", "--key", "agent")
    assert 5 == said.code
    assert "The ssh-agent does not answer: " in said.err


def test_a_checkpoint_is_the_log_at_a_moment_signed(
    signing: Rally, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its root is that of the log there, its name that of the log; nothing is put on record."""
    monkeypatch.setenv("RALLY_KEY", "ledger.key")
    before = answer(signing, "verify")
    said = signing("checkpoint", "--known-at", "#148", "-o", "then.checkpoint")
    assert (0, "") == (said.code, said.err)
    checkpoint = read_checkpoint((tmp_path / "then.checkpoint").read_bytes())
    then = answer(signing, "standings", "--known-at", "#148")["basis"]
    assert (148, then["root"]) == (checkpoint.size, checkpoint.root.hex())
    assert f"rally-ledger/{then['ledger']}/silk-way-2016/sample" == checkpoint.origin
    stated = answer(signing, "checkpoint")
    assert (before["size"], before["root"]) == (stated["size"], stated["root"])
    assert answer(signing, "verify")["root"] == before["root"]
    vkey = read_vkey(stated["vkey"])
    assert signature_of(vkey, checkpoint)
    assert stated["checkpoint"] == signing("checkpoint").out
    assert signature_of(vkey, read_checkpoint(stated["checkpoint"].encode()))
    assert (tmp_path / "ledger.key.pub").read_text() == (
        tmp_path / "then.checkpoint.pub"
    ).read_text()


def test_what_is_no_checkpoint_is_not_overwritten(signing: Rally, tmp_path: Path) -> None:
    """A slip must not cost the key."""
    before = (tmp_path / "ledger.key").read_bytes()
    said = signing("checkpoint", "--key", "ledger.key", "-o", "ledger.key")
    assert (1, "") == (said.code, said.out)
    assert "Error: ledger.key is there, and no checkpoint: it is not overwritten." in said.err
    assert before == (tmp_path / "ledger.key").read_bytes()
    assert 5 == signing("checkpoint", "--key", "ledger.key", "-o", "x" * 300).code
    assert 5 == signing("checkpoint", "--key", "ledger.key", "-o", "no/such/x").code


def test_a_log_without_a_record_has_no_checkpoint(signing: Rally) -> None:
    """It has no name yet; one of nothing can be signed once it has."""
    assert 0 == answer(signing, "checkpoint", "--key", "ledger.key", "--known-at", "#1^")["size"]
    said = signing("--ledger", "none.db", "checkpoint", "--key", "ledger.key")
    assert 5 == said.code


def test_another_site_signs_under_its_own_name(signing: Rally) -> None:
    """What it signs is no fork of what race control signs; blanks in the name are escaped."""
    assert 0 == signing("site", "finish SS3 + TC").code
    stated = answer(signing, "checkpoint", "--key", "ledger.key")
    assert stated["origin"].endswith("/silk-way-2016/finish%20SS3%20%2B%20TC")


def test_a_backup_that_was_written_to_signs_no_fork(signing: Rally, tmp_path: Path) -> None:
    """Beside a checkpoint that it never had, under the same name; under another one it may."""
    key = ("--key", "ledger.key")
    shutil.copy(tmp_path / "rally.db", tmp_path / "restored.db")
    assert 0 == signing("record", "RemarkMade", "text=one", *ANN).code
    assert 0 == signing("checkpoint", *key, "-o", "evening.checkpoint").code
    restored = ("--ledger", "restored.db")
    said = signing(*restored, "checkpoint", *key, "-o", "evening.checkpoint")
    assert (3, "") == (said.code, said.out)
    assert "It is of #193, and the log ends at #192." in said.err
    assert 0 == signing(*restored, "record", "RemarkMade", "text=another", *ANN).code
    said = signing(*restored, "checkpoint", *key, "-o", "evening.checkpoint")
    assert (3, "") == (said.code, said.out)
    assert "evening.checkpoint holds a checkpoint of this origin that this log never had." in (
        said.err
    )
    assert "this is not the history that was there." in said.err
    assert "a site of its own: `rally site NAME`." in said.err
    assert 0 == signing(*restored, "site", "restored").code
    assert 0 == signing(*restored, "checkpoint", *key, "-o", "evening.checkpoint").code
    assert 0 == signing("record", "RemarkMade", "text=two", *ANN).code
    assert 0 == signing("checkpoint", *key, "-o", "evening.checkpoint").code
    assert 0 == signing("checkpoint", *key, "-o", "evening.checkpoint").code


def test_what_others_signed_goes_on_record(signing: Rally, tmp_path: Path) -> None:
    """A checkpoint as it is made, one that a witness gave back, and the proof of a record."""
    made = answer(signing, "checkpoint", "--key", "ledger.key", "--keep", *ANN)
    assert (193, None) == (made["kept"]["position"], made["kept"].get("document"))
    assert 2 == signing("checkpoint", "--key", "ledger.key", "--keep", "--by", "", *ANN[2:]).code
    made = answer(signing, "checkpoint", "--key", "ledger.key", "-o", "now.checkpoint")
    assert 193 == made["size"]
    signing("witness", "init", "club", "--name", "club.example")
    cosign = ("witness", "cosign", "now.checkpoint", "--witness", "club")
    assert 0 == signing(*cosign, "--trust", "ledger.key.pub", "-o", "now.checkpoint").code
    said = signing("keep", "now.checkpoint", *ANN)
    assert (0, "#194") == (said.code, said.out[:4])
    text = (tmp_path / "now.checkpoint").read_text()
    assert text == answer(signing, "show", "#194")["record"]["occurrence"]["checkpoint"]
    proving = ("prove", "#149", "--checkpoint", "now.checkpoint")
    said = signing(*proving, "--keep", "-o", "decision.tlog-proof", *ANN)
    assert 0 == said.code
    assert "#195" in said.out
    assert text in (tmp_path / "decision.tlog-proof").read_text()
    shown = answer(signing, "show", "#195")["record"]["occurrence"]
    assert (tmp_path / "decision.tlog-proof").read_text() == shown["proof"]
    assert answer(signing, "show", "#149")["record"]["id"] == shown["target"]


def test_what_is_not_of_this_log_does_not_go_on_record(signing: Rally, tmp_path: Path) -> None:
    """A checkpoint of a history that this log never had, a proof of growth, an unsigned text."""
    signing("backup", "other.db")
    remark = ("record", "RemarkMade", *ANN)
    assert 0 == signing("--ledger", "other.db", *remark, "text=Theirs").code
    assert 0 == signing(*remark, "text=Ours").code
    key = ("--key", "ledger.key")
    assert 0 == signing("--ledger", "other.db", "checkpoint", *key, "-o", "o.checkpoint").code
    shutil.rmtree(tmp_path / "ledger.key.signed")
    assert 0 == signing("checkpoint", *key, "--known-at", "#100", "-o", "a.checkpoint").code
    assert 0 == signing("prove", "--since", "a.checkpoint", *key, "-o", "growth").code
    for file, code, told in (
        ("o.checkpoint", 3, "o.checkpoint is none of this log, and is not put on record."),
        ("growth", 5, "growth is a proof of growth."),
        ("ledger.key.pub", 5, "ledger.key.pub has no empty line above its signatures."),
    ):
        said = signing("keep", file, *ANN)
        assert (code, told) == (said.code, said.err.splitlines()[0][7:][: len(told)])
    assert 193 == answer(signing, "log")["basis"]["position"]


def test_a_checkpoint_of_another_history_is_told(signing: Rally, tmp_path: Path) -> None:
    """One comes in by a merge that this log never had: told then, and by every proof since.

    That two roots stand at one size everybody sees who has both records, in whatever order.
    """
    keep = ("checkpoint", "--key", "ledger.key", "--keep", *ANN)
    signing("backup", "other.db")
    for ledger, text in (("other.db", "Theirs"), ("rally.db", "Ours")):
        assert 0 == signing("--ledger", ledger, "record", "RemarkMade", f"text={text}", *ANN).code
    assert 0 == signing("--ledger", "other.db", *keep).code
    assert 0 == signing("--ledger", "other.db", "export", "jsonl", "other.jsonl").code
    told = "is of this origin, and this log never had it. Its root at #193 is"
    merged = signing("import", "jsonl", "other.jsonl")
    assert told in merged.err
    verified = answer(signing, "verify", code=1)
    (found,) = verified["findings"]
    assert told in found["message"]
    assert [] == [e for e in _anomalies(signing) if e["kind"] == "two-roots"]
    said = signing(*keep, "--known-at", "#193")
    assert (3, "") == (said.code, said.out)
    assert "Error: The key signed #193, root " in said.err
    shutil.rmtree(tmp_path / "ledger.key.signed")  # what lies on record tells it as well
    said = signing(*keep, "--known-at", "#193")
    assert (3, "") == (said.code, said.out)
    assert "holds a checkpoint that the key signed. Its root at #193 is" in said.err
    assert 0 == signing("key", "new", "-o", "new.key").code
    assert 0 == signing("checkpoint", "--key", "new.key", *keep[3:], "--known-at", "#193").code
    (apart,) = [e for e in _anomalies(signing) if e["kind"] == "two-roots"]
    assert "/sample has two roots at #193: " in apart["message"]
    assert found["position"] in apart["positions"]
    assert 1 == len(answer(signing, "verify", code=1)["findings"])


def _anomalies(rally: Rally) -> list[dict[str, Any]]:
    return list(answer(rally, "anomalies")["rows"])


def test_a_key_signs_no_second_history(signing: Rally, tmp_path: Path) -> None:
    """What it signed last is remembered beside it, wherever the ledger and the checkpoint lie.

    Of its own log it signs an earlier moment again; a restored one needs a name of its own.
    """
    key = ("--key", "ledger.key")
    shutil.copy(tmp_path / "rally.db", tmp_path / "restored.db")
    assert 0 == signing("record", "RemarkMade", "text=one", *ANN).code
    last = answer(signing, "checkpoint", *key)
    assert 148 == answer(signing, "checkpoint", *key, "--known-at", "#148")["size"]
    (kept,) = (tmp_path / "ledger.key.signed").glob("*.checkpoint")
    assert (last["checkpoint"], 0o600) == (kept.read_text(), kept.stat().st_mode & 0o777)
    restored = ("--ledger", "restored.db")
    for words in (("checkpoint", *key), ("prove", "#3", *key)):
        said = signing(*restored, *words)
        assert (3, "") == (said.code, said.out)
        assert "Error: The key signed #193, root " in said.err
        assert "It is of #193, and the log ends at #192." in said.err
    assert 0 == signing(*restored, "site", "restored").code
    assert answer(signing, *restored, "checkpoint", *key)["origin"].endswith("/restored")
    kept.write_text("no checkpoint")
    said = signing("checkpoint", *key)
    assert (5, "") == (said.code, said.out)
    assert f"{kept.name} " in said.err
