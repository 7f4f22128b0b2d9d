"""Keys of office at the command line: writes are signed with them, and every face says by whom."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest

from cli.commands.help import pages
from cli.office.keys import opened
from ledger.proofs.spelling import bytes_of
from ledger.proofs.sshsig import armoured
from tests.command_line.conftest import answer
from tests.conftest import Filling, Rally
from tests.proofs.keys import agent_with

ORGANISER = ("--by", "Olga Roe", "--role", "organiser")
ANN = ("--by", "Ann Lee", "--role", "stewards")
HOUR = ("decide", "penalty", "102", "1:00:00", "--stage", "SS12", "--reason", "so seen", *ANN)
SIX = '"organiser"'


def typed(rally: Rally, line: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """A line of a page as it is typed, with what it sets in front of the command."""
    words = shlex.split(line)
    with monkeypatch.context() as patch:
        while "=" in words[0]:
            patch.setenv(*words.pop(0).split("=", 1))
        assert "rally" == words.pop(0)
        return rally(*words).code


@pytest.fixture
def keyed(rally: Rally, filled: Filling, monkeypatch: pytest.MonkeyPatch) -> Rally:
    """The sample, with the keys of the page, and its bulletin that asks for signatures."""

    def fill() -> None:
        assert 0 == rally("demo").code
        page = pages()["keys"].replace("\\\n", "")
        for block in re.findall(r"^```sh\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
            for line in block.splitlines():
                assert 0 == typed(rally, line, monkeypatch), line

    filled("keyed", fill)
    return rally


def records(rally: Rally, *narrowed: str) -> list[dict[str, Any]]:
    """The records of the log, as JSON has them."""
    found: list[dict[str, Any]] = answer(rally, "log", *narrowed)["records"]
    return found


def test_the_page_runs_and_every_write_is_signed(keyed: Rally) -> None:
    """Each record behind the sample is a signature, or stands right behind its own."""
    found = records(keyed, "--since", "#192")
    signed = [each for each in found if each["type"] != "ActsSigned"]
    assert len(signed) * 2 == len(found)
    assert all(["valid"] == [e["state"] for e in each["signatures"]] for each in signed)
    assert all("signatures" in each for each in records(keyed, "--until", "#3"))
    assert "signed as stewards" in keyed("log", "--type", "DecisionIssued").out


def test_unsigned_it_is_refused_and_signed_it_moves(
    keyed: Rally, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody types what would have no effect; another office's key is told, its own works."""
    refused = keyed(*HOUR)
    assert 1 == refused.code
    assert "It would be not signed, and so without effect." in refused.err
    assert 0 == keyed("key", "new", "-o", "bob.key").code
    monkeypatch.setenv("RALLY_KEY", "org.key")
    register = ("key", "register", "bob.key.pub", "--office", "clerk-of-the-course", *ORGANISER)
    assert 0 == keyed(*register).code
    monkeypatch.setenv("RALLY_KEY", "bob.key")
    assert "signed with a key of another office" in keyed(*HOUR).err
    monkeypatch.setenv("RALLY_KEY", "ann.key")
    done = keyed(*HOUR)
    assert (0, True) == (done.code, "(+1:00:00)" in done.out), done.out


def test_what_is_tried_counts_as_signed_where_there_is_a_key(
    keyed: Rally, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dry run tells what the decision does, and no lack that it will not have."""
    monkeypatch.setenv("RALLY_KEY", "ann.key")
    tried = keyed(*HOUR, "--dry-run")
    assert (0, True, "") == (tried.code, "(+1:00:00)" in tried.out, tried.err)
    given = ("number=102", "stage=SS13", "amount_ms=0:10:00", "--reason", "so seen", *ANN)
    tried = keyed("record", "PenaltyGiven", *given, "--dry-run")
    assert (0, True, "") == (tried.code, "(+0:10:00)" in tried.out, tried.err)


def test_a_key_of_office_signs_no_checkpoint_unwarned(
    keyed: Rally, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How long the log is is best said by the ledger's own key, which has a variable of its own."""
    monkeypatch.setenv("RALLY_KEY", "ann.key")
    assert "is that of an office (stewards)" in keyed("checkpoint").err
    keyed("key", "new", "-o", "ledger.key")
    monkeypatch.setenv("RALLY_LEDGER_KEY", "ledger.key")
    assert (0, "") == (keyed("checkpoint").code, keyed("checkpoint").err)


def test_with_the_key_in_an_agent_nothing_more_is_typed(
    keyed: Rally, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`$RALLY_KEY` says `agent` once; a decision then takes the words that it took before."""
    with agent_with(opened(Path("ann.key"), str)) as agent:
        monkeypatch.setenv("SSH_AUTH_SOCK", agent)
        monkeypatch.setenv("RALLY_KEY", "agent")
        assert 0 == keyed(*HOUR).code
    assert "signed as stewards, SHA256:" in re.sub(
        r" by Ann Lee", "", keyed("show", "stewards-2").out
    )


def test_what_came_unsigned_moves_nobody_and_is_told_in_every_face(
    keyed: Rally, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy of the log in which somebody decided without a key is merged: nothing comes of it."""
    before = keyed("standings", "--after", "SS12", "--csv").out
    ledger = ("--ledger", "theirs.db")
    assert 0 == keyed(*ledger, "demo").code
    assert 0 == keyed(*ledger, "site", "laptop").code
    assert 0 == keyed(*ledger, *HOUR).code
    assert 0 == keyed(*ledger, "export", "jsonl", "theirs.jsonl").code
    merged = keyed("import", "jsonl", "theirs.jsonl")
    assert 0 == merged.code, merged.err
    assert before == keyed("standings", "--after", "SS12", "--csv").out
    decided = records(keyed, "--type", "DecisionIssued", "--since", "#192")
    (given,) = [each for each in decided if not each["signatures"]]
    told = "It is not signed, and the rules ask for it (signatures.wanted)"
    shown = answer(keyed, "show", f"#{given['position']}")
    assert told in shown["without_effect"]
    assert "unsigned" in keyed("log", "--type", "DecisionIssued").out
    assert told in keyed("anomalies").out
    assert told in keyed("why", "102", "--after", "SS12").out
    assert "1 act unsigned where the rules ask for it." in keyed("verify").out
    monkeypatch.setenv("RALLY_KEY", "ann.key")
    assert 0 == keyed("sign", f"#{given['position']}", *ANN, "--clock-is-right").code
    assert before != keyed("standings", "--after", "SS12", "--csv").out


def test_a_club_rally_is_never_called_unsigned(rally: Rally) -> None:
    """Without keys no face speaks of signatures, in words or in JSON."""
    assert 0 == rally("demo").code
    assert all("signatures" not in each for each in records(rally))
    said = [rally(*words) for words in (("verify",), ("show", "#150"), ("log",), ("check",))]
    assert not any("sign" in each.out.replace("assigned", "") for each in said[:2])
    assert "unsigned" not in "".join(each.out + each.err for each in said)


def test_whose_the_log_is_somebody_else_has_to_say(keyed: Rally) -> None:
    """Without --trust it is consistent in itself; with it the organiser is known, or is another."""
    alone = answer(keyed, "verify")
    assert [SIX] == [SIX for each in alone["not_checked"] if "keys of office" in each["what"]]
    assert "consistent in itself; whose it is was not checked" in keyed("verify").out
    assert [] == answer(keyed, "verify", "--trust", "org.key.pub")["not_checked"]
    assert 3 == keyed("verify", "--trust", "ann.key.pub").code


def test_ssh_keygen_accepts_a_signature_over_the_id(keyed: Rally, tmp_path: Path) -> None:
    """The tool that everybody has checks it over the 64 digits, for the office and the rally."""
    (decided,) = records(keyed, "--type", "DecisionIssued", "--since", "#192")
    made = answer(keyed, "show", f"#{decided['position'] - 1}")["record"]["occurrence"]
    line = Path("ann.key.pub").read_text().strip()
    (tmp_path / "signers").write_text(f"ann {line}\n")
    (tmp_path / "sig").write_text(armoured(bytes_of(made["signature"], "it")))
    verify = ["ssh-keygen", "-Y", "verify", "-f", "signers", "-I", "ann", "-s", "sig"]
    for office, code in (("stewards", 0), ("clerk-of-the-course", 255)):
        space = ["-n", f"{office}@silk-way-2016"]
        run = subprocess.run(
            [*verify, *space], check=False, input=decided["id"].encode(), cwd=tmp_path
        )
        assert code == run.returncode


def test_the_sample_with_keys_keeps_its_positions(rally: Rally) -> None:
    """`demo --signed` appends behind the 192 records: root and answers up to there stay."""
    assert 0 == rally("demo").code
    root = json.loads(rally("verify", "--json").out)["root"]
    assert 0 == rally("demo", "--signed").code
    assert 0 == rally("verify", "--root", f"{root}@192").code
    found = records(rally)
    assert all(e["signatures"] for e in found if e["role"] and e["type"] != "ActsSigned")
    assert all("For show" in e["occurrence"]["reason"] for e in found if "Key" in e["type"])


def test_a_holder_can_be_forgotten(keyed: Rally, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is a private value with the office public; erased it is erased, and signs on."""
    monkeypatch.setenv("RALLY_KEY", "org.key")
    assert 0 == keyed("key", "new", "-o", "eva.key").code
    private = ("--private-holder", "Eva Holm")
    register = ("key", "register", "eva.key.pub", "--office", "secretary", *private)
    assert 0 == keyed(*register, *ORGANISER).code
    assert ["withheld"] == [e["holder"] for e in answer(keyed, "key", "list")["rows"]][-1:]
    position = records(keyed, "--type", "KeyRegistered")[-1]["position"]
    secretary = ("--by", "Eva", "--role", "secretary", "--reason", "asked to")
    assert 0 == keyed("forget", f"#{position}", "holder", *secretary).code
    assert "private.holder = erased" in keyed("show", f"#{position}").out


LAPTOP = ("--ledger", "theirs.db")
RIGHT = "--clock-is-right"
INA = ("--by", "Ina", "--role", "secretary", "--reason", "asked to", RIGHT)


def elsewhere(rally: Rally, *words: str) -> None:
    """A laptop with a copy of the log from before its keys records something, which is merged."""
    assert 0 == rally(*LAPTOP, *words).code
    assert 0 == rally(*LAPTOP, "export", "jsonl", "theirs.jsonl", "--with-private").code
    assert 0 == rally("import", "jsonl", "theirs.jsonl").code


@pytest.fixture
def merging(rally: Rally, filled: Filling, monkeypatch: pytest.MonkeyPatch) -> Rally:
    """A laptop entered a crew in the sample; here are keys, and a bulletin asks for signatures."""
    filled("merging", lambda: _merging(rally, monkeypatch))
    return rally


def _merging(rally: Rally, monkeypatch: pytest.MonkeyPatch) -> None:
    olga = (*ORGANISER, RIGHT)
    for ledger in ((), LAPTOP):
        assert 0 == rally(*ledger, "demo").code
    assert 0 == rally(*LAPTOP, "site", "laptop").code
    entered = ("number=999", "driver=Eva Holm", "category=cars", "private.phone=+7999")
    elsewhere(rally, "record", "CrewEntered", *entered, "private.mail=eva@holm", *INA)
    monkeypatch.setenv("RALLY_KEY", "org.key")
    for name, office in (("org", "organiser"), ("ann", "stewards"), ("ina", "secretary")):
        assert 0 == rally("key", "new", "-o", f"{name}.key").code
        assert 0 == rally("key", "register", f"{name}.key.pub", "--office", office, *olga).code
    asks = "signatures.wanted=any act of stewards and secretary"
    bulletin = ("record", "BulletinIssued", "bulletin=9", asks, "--reason", "art. 4")
    assert 0 == rally(*bulletin, *olga).code
    monkeypatch.delenv("RALLY_KEY")


def test_an_erasure_is_pending_until_it_is_signed(
    merging: Rally, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What erases without its signature erases nothing, and is due; signed, it does at once.

    One that waits keeps nobody from erasing the value in order.
    """
    elsewhere(merging, "forget", "#193", "phone", "mail", *INA)
    (waits,) = [each for each in answer(merging, "due")["rows"] if each["act"] == "ActsSigned"]
    assert "It is not signed" in waits["what"]
    shown = ("show", "#193", "--private")
    assert all(each in merging(*shown).out for each in ("phone = +7999", "mail = eva@holm"))
    monkeypatch.setenv("RALLY_KEY", "ina.key")
    assert 0 == merging("forget", "#193", "mail", *INA).code
    assert all(each in merging(*shown).out for each in ("phone = +7999", "mail = erased"))
    assert 0 == merging("sign", f"#{waits['position']}", *INA).code
    assert "phone = erased" in merging(*shown).out
    assert [] == [each for each in answer(merging, "due")["rows"] if each["act"] == "ActsSigned"]
    assert 0 == merging("verify").code


def test_who_may_not_revokes_no_key(merging: Rally, monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes a key away is pending, too: unsigned, or signed with a key that may not."""
    ann = next(e for e in answer(merging, "key", "list")["rows"] if e["for"] == "stewards")
    elsewhere(merging, "record", "KeyRevoked", f"fingerprint={ann['key']}", *INA)
    assert "what says so is signed" in merging("due").out
    monkeypatch.setenv("RALLY_KEY", "ann.key")
    assert 0 == merging(*HOUR, RIGHT).code
    assert "in its term" in merging("key", "list").out.split("stewards")[1].splitlines()[0]
    revoked = next(e for e in records(merging) if e["type"] == "KeyRevoked")
    monkeypatch.setenv("RALLY_KEY", "ina.key")
    assert 0 == merging("sign", f"#{revoked['position']}", *INA).code
    assert "lost or revoked" in merging("key", "list").out


def test_what_was_signed_before_a_loss_counts_where_a_kept_proof_shows_it(
    keyed: Rally, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The signature itself was under a checkpoint that a witness had signed; the next one not.

    Who has the key since writes any date: none of it is proven. The proof may come later.
    """
    assert 0 == keyed("key", "new", "-o", "ledger.key").code
    club = answer(keyed, "witness", "init", "club", "--name", "club")["vkey"]
    monkeypatch.setenv("RALLY_KEY", "org.key")
    policy = f"witnesses.policy=witness club {club};quorum club"
    bulletin = ("record", "BulletinIssued", "bulletin=11", policy, "--reason", "art. 5")
    assert 0 == keyed(*bulletin, *ORGANISER).code
    monkeypatch.setenv("RALLY_KEY", "ann.key")
    given = ("decide", "reprimand", "102", "--reason", "radio", *ANN)
    proven, unproven = (answer(keyed, *given, "--stage", each)["id"] for each in ("SS12", "SS13"))
    signature = next(e for e in records(keyed) if proven in e["occurrence"].get("targets", ()))
    monkeypatch.delenv("RALLY_KEY")
    seen = ("--known-at", f"#{signature['position']}", "--key", "ledger.key", "-o", "seen")
    assert 0 == keyed("checkpoint", *seen).code
    cosign = ("witness", "cosign", "seen", "--witness", "club", "--trust", "seen.pub", "-o", "seen")
    assert 0 == keyed(*cosign).code
    prove = ("prove", f"#{signature['position']}", "--checkpoint", "seen", "-o", "shown")
    assert 0 == keyed(*prove).code

    monkeypatch.setenv("RALLY_KEY", "org.key")
    key = answer(keyed, "show", proven)["record"]["signatures"][0]["key"]
    assert 0 == keyed("key", "lost", key, "--since", "2016-07-20T09:00Z", *ORGANISER).code
    reserve = "signed with a key that was lost later: not proven before the loss"
    assert all(reserve in keyed("show", each).out for each in (proven, unproven))
    assert 2 <= len(answer(keyed, "decisions")["pending"])
    assert 0 == keyed("keep", "shown", *ORGANISER).code
    assert reserve not in keyed("show", proven).out
    assert reserve in keyed("show", unproven).out
    assert proven in [each["id"] for each in answer(keyed, "decisions")["rows"]]


def test_what_a_device_delivers_is_signed_as_one_batch(
    keyed: Rally, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`rally import` with the key of the timing system: one signature over all of its lines."""
    assert 0 == keyed("key", "new", "-o", "beam.key").code
    monkeypatch.setenv("RALLY_KEY", "org.key")
    register = ("key", "register", "beam.key.pub", "--device", "beam 3", *ORGANISER)
    assert 0 == keyed(*register).code
    lines = []
    for number in ("101", "102", "103"):
        said = {"type": "StageTimeRecorded", "v": 1, "rally": "silk-way-2016", "number": number}
        seen = {"stage": "SS12", "elapsed_ms": 18_000_000, "recorded_at": [1_469_100_000_000, 480]}
        source = {"source": {"kind": "beam", "name": "beam 3", "seq": f"SS12/{number}"}}
        lines.append(json.dumps({**said, **seen, **source}, sort_keys=True, separators=(",", ":")))
    (tmp_path / "beam.jsonl").write_text("\n".join(lines) + "\n")
    monkeypatch.setenv("RALLY_KEY", "beam.key")
    assert 0 == keyed("import", "jsonl", "beam.jsonl").code
    taken = [each for each in records(keyed) if each["source"] == "beam 3"]
    states = [[(e["office"], e["state"]) for e in each["signatures"]] for each in taken]
    assert [[("device:beam 3", "valid")]] * 3 == states
    signature = records(keyed, "--type", "ActsSigned")[-1]["occurrence"]
    assert 3 == len(signature["targets"])
    assert "signed as device:beam 3" in keyed("why", "103", "--stage", "SS12").out
