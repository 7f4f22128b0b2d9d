"""Notes, keys, origins and checkpoints are read in one spelling only, and what is signed holds."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import LedgerError, Tampered, Unreadable
from ledger.merkle import EMPTY_ROOT, leaf_hash
from ledger.proofs.checkpoints import Checkpoint, read_checkpoint
from ledger.proofs.ed25519 import public_key, read_key
from ledger.proofs.notes import Note, Signature, is_key_name, read_note
from ledger.proofs.origins import Origin, read_origin
from ledger.proofs.signatures import (
    cosigned,
    key_of_log,
    key_of_witness,
    signature_of,
    signed,
    signer_of,
)
from ledger.proofs.vkeys import OF_A_WITNESS_ML_DSA, VerifierKey, read_vkey
from tests.examples import examples
from tests.proofs.keys import key_of

ORIGIN = Origin("0123456789abcdef", "silk-way-2016", "main")
LOG, CLUB = key_of("log"), key_of("club")
CHECKPOINT = signed(Checkpoint(ORIGIN.text, 3, leaf_hash(b"")), LOG)
BOTH = cosigned(CHECKPOINT, "club.example/laptop", CLUB, 1_469_000_000)
OF_LOG, OF_CLUB = (
    key_of_log(ORIGIN.text, LOG.public),
    key_of_witness("club.example/laptop", CLUB.public),
)
words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)


def test_a_checkpoint_is_three_lines_and_who_signed_it() -> None:
    """The origin, the size and the root; below an empty line the log, and the witness."""
    lines = BOTH.to_bytes().decode().split("\n")
    assert "rally-ledger/0123456789abcdef/silk-way-2016/main" == lines[0]
    assert "3" == lines[1]
    assert "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=" == lines[2]
    assert "" == lines[3] == lines[6]
    assert lines[4].startswith("— rally-ledger/0123456789abcdef/silk-way-2016/main ")
    assert lines[5].startswith("— club.example/laptop ")
    assert 7 == len(lines)
    assert BOTH == read_checkpoint(BOTH.to_bytes())


def test_signatures_hold_for_what_was_signed() -> None:
    """Each under its own key; of somebody who did not sign there is none."""
    by_log, by_club = signature_of(OF_LOG, BOTH), signature_of(OF_CLUB, BOTH)
    assert by_log
    assert (OF_LOG, None) == (by_log.by, by_log.at_s)
    assert by_club
    assert (OF_CLUB, 1_469_000_000) == (by_club.by, by_club.at_s)
    assert signature_of(OF_CLUB, CHECKPOINT) is None
    assert signature_of(key_of_log(ORIGIN.text, CLUB.public), BOTH) is None
    for altered in (
        BOTH._replace(size=4),
        BOTH._replace(root=leaf_hash(b"x")),
        BOTH._replace(origin=BOTH.origin + "x"),
    ):
        for key in (OF_LOG, OF_CLUB):
            with pytest.raises(Tampered, match="does not hold"):
                signature_of(key, altered)


def test_a_log_signs_under_its_own_name() -> None:
    """What another log has signed below it, or a witness, says nothing of whose it is."""
    other = key_of_log(f"{ORIGIN.text}-2", CLUB.public)
    made = CLUB.sign(CHECKPOINT.text.encode())
    two = BOTH.with_signature(Signature(other.name, other.key_id, made))
    assert signature_of(other, two)
    assert signer_of(two, [other, OF_CLUB]) is None
    assert OF_LOG == signer_of(two, [other, OF_CLUB, OF_LOG])


def test_a_witness_that_signs_again_replaces_its_signature() -> None:
    """One of each key; the time is in what is signed."""
    again = cosigned(BOTH, "club.example/laptop", CLUB, 1_469_000_060)
    assert len(BOTH.signatures) == len(again.signatures)
    found = signature_of(OF_CLUB, again)
    assert found
    assert 1_469_000_060 == found.at_s
    made = again.signatures[1].made
    moved = (1_469_000_061).to_bytes(8, "big") + made[8:]
    other = again.with_signature(Signature(OF_CLUB.name, OF_CLUB.key_id, moved))
    with pytest.raises(Tampered):
        signature_of(OF_CLUB, other)


def test_a_signature_of_the_other_manner_is_read() -> None:
    """ML-DSA-44: it names the witness, and holds for this checkpoint alone."""
    mldsa = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.mldsa")
    private = mldsa.MLDSA44PrivateKey.generate()
    key = VerifierKey("w.example", OF_A_WITNESS_ML_DSA, private.public_key().public_bytes_raw())
    assert key == read_vkey(key.text)
    size, at = (3).to_bytes(8, "big"), (77).to_bytes(8, "big")
    origin = bytes([len(ORIGIN.text)]) + ORIGIN.text.encode()
    said = b"subtree/v1\n\0\x09w.example" + at + origin + bytes(8) + size + CHECKPOINT.root
    one = CHECKPOINT.with_signature(Signature(key.name, key.key_id, at + private.sign(said)))
    found = signature_of(key, read_checkpoint(one.to_bytes()))
    assert found
    assert (77, "") == found[1:]
    with pytest.raises(Tampered):
        signature_of(key, one._replace(size=4))


@given(words, words)
def test_an_origin_is_a_valid_name_and_says_which_log(rally: str, site: str) -> None:
    """Blanks, plus and slash are escaped; what it says is what was said, and nothing else."""
    origin = Origin("0123456789abcdef", rally, site)
    assert is_key_name(origin.text)
    assert origin.text.isascii()
    assert origin == read_origin(origin.text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com/log",
        "rally-ledger/0123456789abcdef/x",
        "rally-ledger/0123456789ABCDEF/x/y",
        "rally-ledger/0123456789abcdef/x/y/z",
        "rally-ledger/0123456789abcdef//y",
        "rally-ledger/0123456789abcdef/%78/y",
        "rally-ledger/0123456789abcdef/é/y",
        "rally-ledger/0123456789abcdef/%2f/y",
    ],
)
def test_what_is_no_origin(text: str) -> None:
    """Of another kind, or spelled in a second way."""
    with pytest.raises(Unreadable, match="origin of no rally"):
        read_origin(text)


TEXT = CHECKPOINT.to_bytes()
BAD: dict[str, Callable[[bytes], bytes]] = {
    "no text": lambda t: b"\n" + t.split(b"\n\n")[1],
    "no signature": lambda t: t.split(b"\n\n")[0] + b"\n\n",
    "no empty line": lambda t: t.replace(b"\n\n", b"\n"),
    "two lines": lambda t: t.replace(b"\n3\n", b"\n"),
    "an extension": lambda t: t.replace(b"\n\n", b"\nmore\n\n"),
    "a leading zero": lambda t: t.replace(b"\n3\n", b"\n03\n"),
    "a plus": lambda t: t.replace(b"\n3\n", b"\n+3\n"),
    "a foreign digit": lambda t: t.replace(b"\n3\n", "\n٣\n".encode()),
    "too large": lambda t: t.replace(b"\n3\n", b"\n4611686018427387905\n"),
    "negative": lambda t: t.replace(b"\n3\n", b"\n-3\n"),
    "no last line end": lambda t: t[:-1],
    "an empty line more": lambda t: t + b"\n",
    "carriage returns": lambda t: t.replace(b"\n", b"\r\n"),
    "no UTF-8": lambda t: t.replace(b"main", b"m\xffin"),
    "a blank in the origin": lambda t: t.replace(b"silk-way", b"silk way"),
    "loose bits": lambda t: t.replace(b"oB0=\n", b"oB1=\n"),
    "no padding": lambda t: t.replace(b"oB0=\n", b"oB0\n"),
    "a short root": lambda t: t.replace(b"bjQL", b""),
    "empty, with a root": lambda t: t.replace(b"\n3\n", b"\n0\n"),
    "a hyphen for the dash": lambda t: t.replace("—".encode(), b"-"),
    "signed twice": lambda t: t + t.split(b"\n\n")[1],
    "101 signatures": lambda t: t + "".join(f"— w{n} {'A' * 8}\n" for n in range(100)).encode(),
    "a short signature": lambda t: t + "— w AAAA\n".encode(),
    "nothing": lambda t: t[:0],
    "one line end": lambda t: t[-1:],
    "zeros": lambda t: bytes(len(t)),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_no_checkpoint(what: str) -> None:
    """Each is told with what is wrong."""
    with pytest.raises(Unreadable) as told:
        read_checkpoint(BAD[what](TEXT))
    assert told.value.message.endswith(".")
    assert TEXT != BAD[what](TEXT)


@examples(300)
@given(st.integers(0, len(TEXT) - 1), st.integers(1, 255), st.booleans())
def test_no_changed_byte_passes(at: int, by: int, gone: bool) -> None:
    """Of a checkpoint with its signature; whatever is read says the same, or does not hold."""
    new = b"" if gone else bytes([TEXT[at] ^ by])
    try:
        found = read_checkpoint(TEXT[:at] + new + TEXT[at + 1 :])
        holds = signature_of(OF_LOG, found)
    except LedgerError:
        return
    assert holds is None
    assert found.signatures != CHECKPOINT.signatures


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_told(data: bytes) -> None:
    """A note that is read is written as it was read."""
    try:
        note = read_note(data)
    except Unreadable:
        return
    assert data == note.to_bytes()


def test_a_note_may_have_empty_lines_in_its_text() -> None:
    """The last empty line is the one above the signatures."""
    note = Note("One.\n\nTwo.\n", CHECKPOINT.signatures)
    assert note == read_note(note.to_bytes())


def test_an_empty_log_has_a_checkpoint() -> None:
    """Its root is that of nothing."""
    empty = signed(Checkpoint(ORIGIN.text, 0, EMPTY_ROOT), LOG)
    assert empty == read_checkpoint(empty.to_bytes())
    assert signature_of(OF_LOG, empty)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "x+y",
        OF_LOG.text.upper(),
        OF_LOG.text + "A",
        OF_LOG.text[:-4],
        OF_LOG.text.replace("main+", "other+"),
        OF_LOG.text.replace("silk", "si lk"),
        "+" + OF_LOG.text,
        "é" * 3 + OF_LOG.text,
        VerifierKey("x", 2, bytes(32)).text,
        VerifierKey("x", 1, bytes(31)).text,
        VerifierKey("x", 6, bytes(32)).text,
    ],
)
def test_what_is_no_verifier_key(text: str) -> None:
    """Another spelling, another name under the same id, a manner that nobody knows."""
    with pytest.raises(Unreadable):
        read_vkey(text)


def test_verifier_keys_are_read_as_they_are_written() -> None:
    """Of a log and of a witness; the same key signs in two manners under two ids."""
    assert OF_LOG == read_vkey(OF_LOG.text)
    assert OF_CLUB == read_vkey(OF_CLUB.text)
    assert key_of_log("x", LOG.public).key_id != key_of_witness("x", LOG.public).key_id


def test_keys_are_those_of_ssh(tmp_path: Path) -> None:
    """A file of ssh-keygen is read, with or without a passphrase; it reads ours."""
    made = tmp_path / "key"
    for passphrase in ("", "open sesame"):
        _ssh_keygen("-t", "ed25519", "-f", str(made), "-N", passphrase, "-C", "a b")
        key = read_key(made.read_bytes(), "key", lambda: "open sesame")
        line = (tmp_path / "key.pub").read_text()
        assert key.public == public_key(line)
        assert line == f"{key.public.line} a b\n"
        assert key.public.fingerprint in _ssh_keygen("-l", "-f", str(made))
        made.unlink()
    with pytest.raises(Unreadable, match="no private key"):
        read_key(key.file().replace(b"b3", b"b4"), "key", str)
    ours = tmp_path / "ours"
    ours.write_bytes(LOG.file())
    ours.chmod(0o600)
    assert LOG.public.line == _ssh_keygen("-y", "-f", str(ours)).strip()
    assert LOG.public == read_key(ours.read_bytes(), "ours", str).public


def test_a_key_without_a_passphrase_opens_without_what_reads_every_kind(tmp_path: Path) -> None:
    """Importing that takes longer than an act takes to be recorded."""
    file = tmp_path / "key"
    file.write_bytes(LOG.file())
    reads = (
        "import sys; from pathlib import Path; from ledger.proofs.ed25519 import read_key; "
        "read_key(Path(sys.argv[1]).read_bytes(), '', str); "
        "sys.exit('cryptography.hazmat.primitives.serialization' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", reads, str(file)], check=True)


def test_what_is_no_key_of_ours(tmp_path: Path) -> None:
    """Another type, a wrong passphrase, something else."""
    made = tmp_path / "key"
    _ssh_keygen("-t", "ecdsa", "-f", str(made), "-N", "")
    with pytest.raises(Unreadable, match="another type"):
        read_key(made.read_bytes(), "key", str)
    with pytest.raises(Unreadable, match="no public key of the type"):
        public_key((tmp_path / "key.pub").read_text())
    made.unlink()
    _ssh_keygen("-t", "ed25519", "-f", str(made), "-N", "right")
    with pytest.raises(Unreadable, match="not its passphrase"):
        read_key(made.read_bytes(), "key", lambda: "wrong")
    for line in ("ssh-ed25519", "ssh-ed25519 AAAA", f"{LOG.public.line}AAAA", "x y"):
        with pytest.raises(Unreadable):
            public_key(line)


def _ssh_keygen(*words: str) -> str:
    ran = subprocess.run(["ssh-keygen", *words], capture_output=True, text=True, check=True)
    return ran.stdout
