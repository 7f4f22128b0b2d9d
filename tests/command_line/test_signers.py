"""Who signs, for `ssh-keygen -Y verify`: a decision is taken in its term and refused outside it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ledger.proofs.signers import Term, allowed_signers, verify_time
from tests.command_line.conftest import answer
from tests.conftest import Rally, Ticking
from tests.signing import key

RALLY = "A,*!B"
STEWARDS = "stewards@A%2C%2A%21B"
DAY_MS = 86_400_000
BY_OLGA = ("--by", "Olga", "--role", "organiser")
BY_CHAIR = ("--by", "Chair", "--role", "stewards")
needs_ssh_keygen = pytest.mark.skipif(
    shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed"
)


@pytest.fixture
def odd(rally: Rally, tmp_path: Path, clock: Ticking, monkeypatch: pytest.MonkeyPatch) -> Rally:
    """A rally that is called as a pattern may be, where the stewards sign for a day."""
    for name in ("organiser", "stewards"):
        (tmp_path / name).write_bytes(key(name).file())
    monkeypatch.setenv("RALLY_KEY", "organiser")
    assert 0 == rally("new", RALLY, "--title", "Odd", "--timezone", "UTC", *BY_OLGA).code
    until = verify_time(clock.now + DAY_MS)
    term = f"until_at={until[:4]}-{until[4:6]}-{until[6:8]}T{until[8:10]}:{until[10:12]}:00Z"
    for office, more in (("organiser", ()), ("stewards", (term,))):
        registered = ("KeyRegistered", f"office={office}", f"key={key(office).public.line}")
        assert 0 == rally("record", *registered, *more, *BY_OLGA).code
    monkeypatch.setenv("RALLY_KEY", "stewards")
    clock.now += 60_000
    assert 0 == rally("record", "RemarkMade", "text=Ordered", *BY_CHAIR).code
    return rally


def _taken(at: str, namespace: str = STEWARDS, who: str = STEWARDS, message: str = "act") -> bool:
    words = ["-Y", "verify", "-f", "signers", "-I", who, "-n", namespace, "-O", f"verify-time={at}"]
    with Path(message).open("rb") as file:
        run = ["ssh-keygen", *words, "-s", f"{message}.sig"]
        return subprocess.run(run, stdin=file, capture_output=True, check=False).returncode == 0


def _export(rally: Rally, record: str = "#9") -> dict[str, Any]:
    assert 0 == rally("export", "signers", "signers").code
    found: dict[str, Any] = answer(rally, "export", "signature", record, "-o", "act")
    return found


@needs_ssh_keygen
def test_ssh_keygen_takes_an_act_in_its_term_and_refuses_it_outside(odd: Rally) -> None:
    """At the moment of recording, for its office: not a day later, nor before the registration."""
    made = _export(odd)
    assert made == answer(odd, "export", "signature", f"#{made['position']}", "-o", "act")
    assert ("valid", STEWARDS) == (made["state"], made["namespace"])
    assert _taken(made["when"])
    terms = answer(odd, "export", "signers", "signers")["signers"]
    (term,) = (each for each in terms if each["namespace"] == STEWARDS)
    assert _taken(term["valid_after"])
    assert not _taken(f"{int(term['valid_after'][:-1]) - 1}Z")
    assert not _taken(term["until"])
    assert not _taken(made["when"], "stewards@A%2C%2A%21")
    assert not _taken(made["when"], namespace="organiser@A%2C%2A%21B")
    assert not _taken(made["when"], "organiser@A%2C%2A%21B", "organiser@A%2C%2A%21B")
    Path("act").write_text(made["ids"][0] + "\n")
    assert not _taken(made["when"])


@needs_ssh_keygen
def test_a_key_that_was_lost_signs_no_more(
    odd: Rally, clock: Ticking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the instant on at which it was reported lost; before that it still did."""
    made = _export(odd)
    monkeypatch.setenv("RALLY_KEY", "organiser")
    clock.now += 60_000
    lost = verify_time(clock.now)
    fields = f"fingerprint={key('stewards').public.fingerprint}"
    assert 0 == odd("record", "KeyReportedLost", fields, *BY_OLGA).code
    again = _export(odd)
    assert "not-proven-before-loss" == again["state"]
    assert _taken(made["when"])
    assert not _taken(f"{int(lost[:-1]) + 1}Z")


def test_the_command_that_checks_is_printed(odd: Rally) -> None:
    """With the files, the name and the moment; who has no terminal at hand has them as JSON."""
    said = odd("export", "signature", "#9", "-o", "my act")
    assert "my act, my act.sig: #8, over it alone: signed, SHA256:" in said.out
    assert f"-I {STEWARDS} -n {STEWARDS} -O verify-time=" in said.out
    assert said.out.rstrip().endswith("-s 'my act.sig' < 'my act'")
    assert 64 == len(Path("my act").read_bytes())
    text = odd("export", "signers").out
    assert text.startswith("# Who signs, as it is on record up to #9, root ")
    assert key("organiser").public.fingerprint in text
    assert text == answer(odd, "export", "signers")["file"]
    assert made_of(text, STEWARDS) == made_of(text, "organiser@A%2C%2A%21B") == 1


def made_of(text: str, namespace: str) -> int:
    """How many lines there are for a namespace."""
    return sum(line.startswith(f"{namespace} ") for line in text.splitlines())


def test_where_nobody_signs(silk_way: Rally) -> None:
    """It is said, and nothing is written."""
    said = silk_way("export", "signers", "signers")
    assert 1 == said.code
    assert "Nobody signs here" in said.err
    said = silk_way("export", "signature", "#149", "-o", "act")
    assert (2, "Error: #149 is not signed.") == (said.code, said.err.splitlines()[0])
    assert not Path("signers").exists()


def test_a_term_is_written_by_whole_seconds() -> None:
    """Its last second counts to ssh-keygen, so it is the one of the last instant in the term."""
    line = Term("a@b", "ssh-ed25519 AAAA", 1_000_500, 1_003_000).line()
    says = 'valid-after="19700101001640Z",valid-before="19700101001642Z"'
    assert f'a@b namespaces="a@b",{says} ssh-ed25519 AAAA\n' == line
    assert 'before="19700101001643Z"' in Term("a@b", "k", 1_000_500, 1_003_001).line()
    assert "before" not in Term("a@b", "k", 1_000_500).line()
    for until in (0, 1_000_500, 1_001_000):
        assert "" == Term("a@b", "k", 1_000_500, until).line()
    assert "# x\n" == allowed_signers([Term("a@b", "k", 5, 0)], "x")
