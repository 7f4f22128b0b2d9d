"""Signatures of ssh: ours are those of `ssh-keygen -Y`, and are read in one spelling only."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.office import keys
from ledger.errors import LedgerError, Unreadable, Usage
from ledger.proofs.agent import key_in_agent
from ledger.proofs.ed25519 import PublicKey, Signer, packed, public_key
from ledger.proofs.signatures import key_of_log
from ledger.proofs.sshsig import (
    HASHES,
    armoured,
    from_armour,
    made,
    namespace_of,
    read_signature,
    signed_over,
)
from tests.examples import examples
from tests.looked import when
from tests.proofs.keys import Hardware, agent_with, key_of

ANN, TOKEN = key_of("ann"), Hardware("token")
ID = "da200c7c5f7e2412056ab24bf0056c8a61175948bb0414ee5575e0b45b09776a"
MESSAGE = signed_over([ID])
NAMESPACE = namespace_of("clerk-of-the-course", "silk-way-2016")
BLOB = made(ANN, NAMESPACE, MESSAGE)
needs_ssh_keygen = pytest.mark.skipif(
    shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed"
)


def test_one_id_is_the_whole_message() -> None:
    """As sha256sum prints it, without a line end; several are lines in their order."""
    assert ID.encode() == MESSAGE
    other = "0" * 64
    assert f"{other}\n{ID}".encode() == signed_over([other, ID])


@pytest.mark.parametrize("ids", [[], [""], [ID.upper()], [ID[:63]], [f"{ID}\n"], [ID, "x"]])
def test_what_is_no_id_is_not_signed(ids: list[str]) -> None:
    """A signature is over records, and over one at least."""
    with pytest.raises(Usage):
        signed_over(ids)


def test_a_namespace_is_office_and_rally_without_signs_of_patterns() -> None:
    """What is no letter, digit, hyphen, dot or underscore of ASCII is escaped, byte by byte."""
    assert "chair@silk-way-2016" == namespace_of("chair", "silk-way-2016")
    assert "chair@A%2C%2A%21B" == namespace_of("chair", "A,*!B")
    assert "chair@%7E%2F%40%20%22%C3%A9" == namespace_of("chair", '~/@ "é')
    assert "device:gps%3A1@x_1.2" == namespace_of("device:gps:1", "x_1.2")
    assert "site:SS4%3F@x" == namespace_of("site:SS4?", "x")


@given(st.text(min_size=1, max_size=8), st.text(min_size=1, max_size=8))
def test_two_rallies_have_two_namespaces(one: str, other: str) -> None:
    """Whatever they are called, and the namespace is one that a signature may have."""
    namespaces = {namespace_of("chair", each) for each in (one, other)}
    assert len({one, other}) == len(namespaces)
    for each in namespaces:
        assert each == read_signature(made(ANN, each, MESSAGE)).namespace


@pytest.mark.parametrize("signer", [ANN, TOKEN])
def test_a_signature_holds_for_its_message_key_and_namespace(signer: Signer) -> None:
    """And for no other, nor as one of the other kind of key."""
    found = read_signature(made(signer, NAMESPACE, MESSAGE))
    assert (signer.public, NAMESPACE, "sha512") == found[:3]
    assert found.verifies(MESSAGE)
    other = namespace_of("chair", "silk-way-2016")
    for wrong in (
        found._replace(namespace=other),
        found._replace(hash="sha256"),
        found._replace(key=key_of("bob").public),
        found._replace(key=PublicKey(found.key.raw, "" if found.key.application else "ssh:")),
        found._replace(made=found.made[:-1]),
        found._replace(made=found.made[:-1] + bytes([found.made[-1] ^ 1])),
    ):
        assert not wrong.verifies(MESSAGE)
    assert not found.verifies(MESSAGE + b"\n")


def test_hardware_signs_when_it_is_touched() -> None:
    """What nobody touched it for is not taken; how often it signed is part of what is signed."""
    assert not read_signature(made(Hardware("token", flags=0), NAMESPACE, MESSAGE)).verifies(
        MESSAGE
    )
    assert read_signature(made(Hardware("token", flags=5), NAMESPACE, MESSAGE)).verifies(MESSAGE)
    found = read_signature(made(TOKEN, NAMESPACE, MESSAGE))
    counted = found.made[:-1] + bytes([found.made[-1] + 1])
    assert not found._replace(made=counted).verifies(MESSAGE)
    with pytest.raises(Unreadable, match="in hardware, which signs acts and no checkpoints"):
        key_of_log("rally-ledger/x", TOKEN.public)


def test_an_agent_signs_with_either_kind() -> None:
    """What it makes is what the key makes."""
    with agent_with(ANN, TOKEN) as agent:
        for signer in (ANN, TOKEN):
            held = key_in_agent(agent, signer.public.fingerprint)
            assert signer.public == held.public
            assert read_signature(made(held, NAMESPACE, MESSAGE)).verifies(MESSAGE)
    assert BLOB == made(ANN, NAMESPACE, MESSAGE)


# -- one spelling ----------------------------------------------------------------------------------


def _parts(**others: bytes) -> bytes:
    """The blob with some of its parts in another way."""
    found = read_signature(BLOB)
    parts = {
        "key": found.key.blob,
        "namespace": NAMESPACE.encode(),
        "reserved": b"",
        "hash": b"sha512",
        "made": found.key.wrapped(found.made),
    } | others
    return BLOB[:10] + b"".join(map(packed, parts.values()))


BAD: dict[str, bytes] = {
    "nothing": b"",
    "another magic": b"SSHSIH" + BLOB[6:],
    "another version": BLOB[:9] + b"\2" + BLOB[10:],
    "cut off": BLOB[:-1],
    "a byte more": BLOB + b"\0",
    "a part more": BLOB + packed(b""),
    "a part less": BLOB[: -len(packed(ANN.public.wrapped(bytes(64))))],
    "reserved is used": _parts(reserved=b"x"),
    "another digest": _parts(hash=b"md5"),
    "the digest in capitals": _parts(hash=b"SHA512"),
    "no namespace": _parts(namespace=b""),
    "a blank in the namespace": _parts(namespace=b"a b"),
    "a namespace of no letters": _parts(namespace=b"\xff"),
    "a key of RSA": _parts(key=packed(b"ssh-rsa") + packed(b"\1") + packed(bytes(256))),
    "a short key": _parts(key=packed(b"ssh-ed25519") + packed(bytes(31))),
    "a key with more": _parts(key=ANN.public.blob + b"\0"),
    "hardware without an application": _parts(
        key=packed(b"sk-ssh-ed25519@openssh.com") + packed(bytes(32)) + packed(b"")
    ),
    "a signature of another type": _parts(made=packed(b"ssh-rsa") + packed(bytes(64))),
    "a short signature": _parts(made=packed(b"ssh-ed25519") + packed(bytes(63))),
    "a signature with more": _parts(made=packed(b"ssh-ed25519") + packed(bytes(64)) + b"\0"),
    "what hardware says, of a key in a file": _parts(made=ANN.public.wrapped(bytes(69))),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_no_signature(what: str) -> None:
    """Each is told, with what to do."""
    assert BLOB == _parts()
    with pytest.raises(Unreadable) as told:
        read_signature(BAD[what])
    assert told.value.message.endswith(".")
    assert "ssh-keygen" in told.value.hint


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[:0],
        lambda text: text[-1:],
        lambda text: text[:-1],
        lambda text: text + "\n",
        lambda text: "\n" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("SSH ", "PGP "),
        lambda text: text.replace("=", ""),
        lambda text: text.splitlines()[0] + "\n",
        lambda text: text.replace("\n", "", 2).replace("-----U1", "-----\nU1"),
    ],
)
def test_what_is_no_file_of_a_signature(change: Callable[[str], str]) -> None:
    """Another spelling of the same is another file, and is not read."""
    text = armoured(BLOB)
    assert BLOB == from_armour(text)
    assert text != change(text)
    with pytest.raises(Unreadable):
        from_armour(change(text))


@given(st.binary(max_size=80).map(lambda data: BLOB[:10] + data) | st.binary(max_size=40))
def test_any_bytes_are_read_or_told(data: bytes) -> None:
    """What is read is written as it was read."""
    try:
        found = read_signature(data)
    except Unreadable:
        return
    assert data == found.to_bytes()


@examples(300)
@given(st.integers(0, len(BLOB) - 1), st.integers(1, 255), st.booleans())
def test_no_changed_byte_passes(at: int, by: int, gone: bool) -> None:
    """Of a blob: it is not read, or does not hold."""
    new = b"" if gone else bytes([BLOB[at] ^ by])
    try:
        found = read_signature(BLOB[:at] + new + BLOB[at + 1 :])
    except LedgerError:
        return
    if when(found.made):
        assert not found.verifies(MESSAGE)


def test_public_keys_of_hardware_are_lines_of_ssh() -> None:
    """Their type, the key and the application; what is spelled otherwise is none."""
    line = TOKEN.public.line
    assert line.startswith("sk-ssh-ed25519@openssh.com AAAA")
    assert TOKEN.public == public_key(f"{line} a comment")
    for wrong in (line.replace("sk-ssh-ed25519@openssh.com", "ssh-ed25519"), line[:-4]):
        with pytest.raises(Unreadable):
            public_key(wrong)


# -- ssh-keygen ------------------------------------------------------------------------------------


@needs_ssh_keygen
@pytest.mark.parametrize("algorithm", HASHES)
def test_we_read_what_ssh_keygen_signs(algorithm: str, tmp_path: Path) -> None:
    """With a key in a file it makes the bytes that we make; sha256 is read as well."""
    (tmp_path / "key").write_bytes(ANN.file())
    (tmp_path / "key").chmod(0o600)
    text = _sign(tmp_path / "key", "-O", f"hashalg={algorithm}")
    found = read_signature(from_armour(text))
    assert algorithm == found.hash
    assert found.verifies(MESSAGE)
    assert (text == armoured(BLOB)) is (algorithm == "sha512")


@needs_ssh_keygen
def test_we_read_what_ssh_keygen_has_hardware_sign(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through an agent that holds it."""
    with agent_with(TOKEN) as agent:
        monkeypatch.setenv("SSH_AUTH_SOCK", agent)
        (tmp_path / "key.pub").write_text(f"{TOKEN.public.line}\n")
        found = read_signature(from_armour(_sign(tmp_path / "key.pub")))
    assert TOKEN.public == found.key
    assert found.verifies(MESSAGE)


@needs_ssh_keygen
def test_ssh_keygen_signs_with_a_key_in_hardware(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of it is named as any other; where it is not plugged in, that is told."""
    file = tmp_path / "token.pub"
    file.write_text(f"{TOKEN.public.line} of Ann\n")
    held = keys.signer(str(file), lambda _: "")
    assert TOKEN.public == held.public
    with agent_with(TOKEN) as agent:
        monkeypatch.setenv("SSH_AUTH_SOCK", agent)
        assert read_signature(made(held, NAMESPACE, MESSAGE)).verifies(MESSAGE)
    with pytest.raises(Unreadable, match="ssh-keygen did not sign with"):
        made(held, NAMESPACE, MESSAGE)
    with pytest.raises(Unreadable, match="signs acts alone"):
        held.sign(MESSAGE)


@needs_ssh_keygen
@pytest.mark.parametrize("signer", [ANN, TOKEN])
def test_ssh_keygen_takes_what_we_sign(signer: Signer, tmp_path: Path) -> None:
    """For its namespace and message, and for no other; it shows the same fingerprint."""
    blob = made(signer, NAMESPACE, MESSAGE)
    (tmp_path / "signers").write_text(f"ann {signer.public.line}\n")
    told = _verify(tmp_path, blob)
    assert 0 == told.returncode, told.stderr
    assert signer.public.fingerprint in told.stdout
    assert 0 != _verify(tmp_path, blob, namespace="chair@silk-way-2016").returncode
    assert 0 != _verify(tmp_path, blob, message=MESSAGE + b"\n").returncode


def _sign(key: Path, *words: str) -> str:
    file = key.parent / "message"
    file.write_bytes(MESSAGE)
    run = ["ssh-keygen", "-q", "-Y", "sign", "-n", NAMESPACE, "-f", str(key), *words, str(file)]
    subprocess.run(run, check=True, capture_output=True)
    return (key.parent / "message.sig").read_text()


def _verify(
    folder: Path, blob: bytes, *, namespace: str = NAMESPACE, message: bytes = MESSAGE
) -> subprocess.CompletedProcess[str]:
    (folder / "sig").write_text(armoured(blob))
    words = ["-Y", "verify", "-f", "signers", "-I", "ann", "-n", namespace, "-s", "sig"]
    run = ["ssh-keygen", *words]
    return subprocess.run(
        run, input=message.decode(), cwd=folder, capture_output=True, text=True, check=False
    )
