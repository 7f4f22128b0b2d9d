"""Time-stamps of an authority that `openssl ts` plays, without network."""

from __future__ import annotations

import random
import shutil

import pytest

from ledger.errors import Unreadable
from ledger.proofs.stamps import Stamp, read_stamp
from tests.looked import when
from tests.proofs.authority import DATA, Authority

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def reply(authority: Authority) -> bytes:
    return authority.reply()


def test_a_stamp_is_over_these_bytes_by_an_authority_that_is_trusted(
    authority: Authority, reply: bytes
) -> None:
    """Under its root it holds for what was stamped, and for nothing else; so it does to openssl."""
    stamp = read_stamp(reply)
    assert stamp.is_over(DATA)
    assert stamp.verifies(DATA, authority.root)
    assert stamp.verifies(DATA, authority.other + authority.root)
    assert not stamp.verifies(DATA + b"\n", authority.root)
    assert not stamp.verifies(DATA, authority.other)
    assert not stamp.verifies(DATA, authority.own)
    authority.reply()
    assert authority.takes("-in reply")


def test_its_time_is_a_second_and_its_latest_moment_counts_what_its_clock_may_be_off(
    authority: Authority, reply: bytes
) -> None:
    """1.5 s and some microseconds, and the part of a second that is not read."""
    stamp = read_stamp(reply)
    assert 0 == stamp.time_ms % 1000
    assert 999 + 1501 == stamp.latest_ms - stamp.time_ms
    assert stamp.token in reply


def test_reply_and_token_are_one_stamp(authority: Authority, reply: bytes) -> None:
    """What an authority says beside the token it does not sign, and it is not kept."""
    stamp = read_stamp(reply)
    assert stamp == read_stamp(stamp.token)
    token = read_stamp(authority.reply("-sha512 -cert", token=True))
    assert "sha512" == token.algorithm
    assert token.verifies(DATA, authority.root)


def test_a_stamp_without_certificates_needs_the_one_of_the_authority(authority: Authority) -> None:
    """It is given with the root; another one does not do."""
    stamp = read_stamp(authority.reply("-sha256"))
    assert stamp.verifies(DATA, authority.root + authority.own)
    assert not stamp.verifies(DATA, authority.root)
    assert not stamp.verifies(DATA, authority.root + authority.file("plain.pem"))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(bytes.fromhex("30053003020102"), id="a refusal"),
        pytest.param(bytes.fromhex("30053003020100"), id="granted, and nothing with it"),
        pytest.param(b"-----BEGIN PKCS7-----", id="text"),
    ],
)
def test_what_is_no_stamp(data: bytes) -> None:
    """Each is told, with how to look at it."""
    with pytest.raises(Unreadable) as told:
        read_stamp(data)
    assert "openssl ts" in told.value.hint


def test_a_stamp_has_its_length(reply: bytes) -> None:
    """Cut off, or with a byte more, it is none."""
    for data in (reply[:-1], reply + b"\0", read_stamp(reply).token + b"\0"):
        with pytest.raises(Unreadable, match="no time-stamp"):
            read_stamp(data)


def test_an_old_digest_is_not_taken(authority: Authority) -> None:
    """SHA-1 can be made to fit."""
    with pytest.raises(Unreadable, match="no digest of sha256, sha384 or sha512"):
        read_stamp(authority.reply("-sha1 -cert"))


def test_what_is_no_certificate_is_told(reply: bytes) -> None:
    """As a file of another kind."""
    with pytest.raises(Unreadable, match="no certificates"):
        read_stamp(reply).verifies(DATA, b"none")


def test_no_changed_byte_says_another_thing(authority: Authority, reply: bytes) -> None:
    """What still holds says the same: only what is not signed can be another."""
    says, draw, taken = read_stamp(reply), random.Random(1), 0
    for _ in range(400):
        at = draw.randrange(len(reply))
        some = [bytes([reply[at] ^ 1 << draw.randrange(8)]), b"", draw.randbytes(1) * 2]
        stamp = _read(reply[:at] + draw.choice(some) + reply[at + 1 :])
        if when(stamp is not None) and stamp is not None and stamp.verifies(DATA, authority.root):
            assert says[1:] == stamp[1:]
            taken += 1
    assert taken < 40


def _read(data: bytes) -> Stamp | None:
    try:
        return read_stamp(data)
    except Unreadable as error:
        assert error.message.endswith(".")  # noqa: PT017
        return None
