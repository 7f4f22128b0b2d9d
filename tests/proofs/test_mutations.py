"""What was changed proves nothing else: in process, to `ssh-keygen` and to `openssl ts`.

`python -m tests.proofs.mutations` tries a million of them.
"""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from ledger.errors import Unreadable
from ledger.proofs.sshsig import armoured
from ledger.proofs.stamps import Stamp, read_stamp
from tests.looked import some_of
from tests.proofs.authority import DATA, Authority
from tests.proofs.keys import Hardware, key_of
from tests.proofs.mutations import KINDS, OF_HARDWARE, Bench, Mutant, ours, tried
from tests.proofs.vectors import ORDER

pytestmark = pytest.mark.slow
MANY = 500


def test_nothing_that_was_changed_proves_another_thing() -> None:
    """In process: of each kind some thousand, and only a few say what they said before."""
    count = tried(3, 10_000)
    assert count.of_structure > 0.3
    for kind in some_of(KINDS):
        for how in ("structure", "bytes"):
            assert count.tried[kind, how] > 500
    assert 0 < count.held.total() < 0.05 * count.tried.total()


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")
def test_ssh_keygen_takes_what_we_take(tmp_path: Path) -> None:
    """Two things it takes in a second spelling: the version, and the number of a signature."""
    keys = [signer.public for signer in (key_of("ann"), Hardware("token"))]
    signers = "".join(f"{each.fingerprint} {each.line}\n" for each in keys)
    (tmp_path / "signers").write_text(signers)
    held = otherwise = 0
    for mutant in some_of(Bench(4, ["signature"]).mutants(MANY)):
        found, theirs = ours(*mutant.asked), _by_ssh_keygen(tmp_path, mutant)
        assert found in (None, mutant.file.says), mutant
        if theirs and found is None:
            assert ours(*mutant._replace(data=_as_we_spell(mutant.data)).asked), mutant
            otherwise += 1
        else:
            assert theirs is (found is not None), mutant
        held += theirs
    assert 0 < otherwise
    assert held < 0.1 * MANY
    for whole in Bench(4, ["signature"]).files:
        assert _by_ssh_keygen(tmp_path, Mutant(whole, "", whole.data, whole.old))


def _as_we_spell(blob: bytes) -> bytes:
    """The version is 1, and the number in it the smallest of those that mean the same."""
    end = len(blob) - (OF_HARDWARE if b"sk-ssh" in blob else 0)
    number = int.from_bytes(blob[end - 32 : end], "little") % ORDER
    return blob[:9] + b"\1" + blob[10 : end - 32] + number.to_bytes(32, "little") + blob[end:]


def _by_ssh_keygen(folder: Path, mutant: Mutant) -> bool:
    who, namespace = mutant.file.keys
    (folder / "sig").write_text(armoured(mutant.data))
    words = ["-Y", "verify", "-f", "signers", "-I", who, "-n", namespace, "-s", "sig"]
    ran = subprocess.run(
        ["ssh-keygen", *words], input=mutant.old, cwd=folder, capture_output=True, check=False
    )
    return ran.returncode == 0


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_takes_every_stamp_that_we_take(tmp_path: Path) -> None:
    """What either of both takes says what was said: only what is not signed can be another."""
    authority, bench, seen = Authority(tmp_path), Bench(5), Counter[tuple[bool, bool]]()
    replies = [authority.reply(), authority.reply("-sha512 -cert"), authority.reply(data=b"other")]
    (tmp_path / "data").write_bytes(DATA)
    for _ in range(MANY):
        reply = bench.draw.choice(replies)
        changed = reply
        while changed == reply:
            at = bench.draw.randrange(len(reply))
            other = bench.draw.choice(replies)
            changed = bench.draw.choice(
                [bench.in_a_byte(reply), reply[:at] + other[at:], reply[:at] + reply[at + 1 :]]
            )
        stamp = _stamp(changed)
        taken = stamp is not None and stamp.verifies(DATA, authority.root)
        (tmp_path / "reply").write_bytes(changed)
        by_openssl = authority.takes("-in reply")
        assert by_openssl or not taken
        if taken and stamp:
            assert stamp[1:] in [read_stamp(each)[1:] for each in replies[:2]]
        seen[taken, by_openssl] += 1
    assert seen[False, False] > 0.8 * MANY


def _stamp(data: bytes) -> Stamp | None:
    try:
        return read_stamp(data)
    except Unreadable:
        return None
