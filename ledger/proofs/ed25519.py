"""Keys of people and machines, as `ssh-keygen -t ed25519` makes them, and what is done with them.

The arithmetic is that of the library `cryptography`. It is imported when something is signed or
checked, and not before.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple, Protocol

from ledger.errors import Unreadable
from ledger.proofs.spelling import bytes_of
from ledger.vocabulary.keys import fingerprint_of

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PUBLIC_BYTES = 32
SIGNATURE_BYTES = 64
SEED_BYTES = 32
TYPE = "ssh-ed25519"
TYPE_IN_HARDWARE = "sk-ssh-ed25519@openssh.com"
TYPES = (TYPE, TYPE_IN_HARDWARE)
_FINGERPRINT = "SHA256:"
_TOUCHED = 0x01
_SAID_BY_HARDWARE = 5
"""Behind its signature hardware says a byte of flags and, in four, how often it has signed."""


class PublicKey(NamedTuple):
    """The public part of a key: 32 bytes, by which everybody checks what was signed.

    A key in hardware (FIDO) has an application, "ssh:" as a rule. What it signs is a digest of
    that, what it says of itself, and a digest of the message; see OpenSSH's PROTOCOL.u2f.
    """

    raw: bytes
    application: str = ""

    @property
    def in_hardware(self) -> bool:
        """Whether it is kept in hardware, which signs when somebody touches it."""
        return bool(self.application)

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Whether a signature over a message was made with this key; by hardware, when touched."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        if self.in_hardware:
            signature, said = signature[:SIGNATURE_BYTES], signature[SIGNATURE_BYTES:]
            if len(said) != _SAID_BY_HARDWARE or not said[0] & _TOUCHED:
                return False
            message = signed_in_hardware(self.application, said, message)
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True

    @property
    def line(self) -> str:
        """It as ssh writes it: `ssh-ed25519 AAAA…`."""
        return f"{self.type} {base64.b64encode(self.blob).decode()}"

    @property
    def fingerprint(self) -> str:
        """It as `ssh-keygen -l` shows it, and as it may stand on a sheet: `SHA256:…`."""
        return fingerprint_of(self.line)

    @property
    def type(self) -> str:
        """Its type, as ssh names it."""
        return TYPE_IN_HARDWARE if self.in_hardware else TYPE

    @property
    def blob(self) -> bytes:
        """It as ssh hands it on: its type, the key, and of hardware the application."""
        of_hardware = packed(self.application.encode()) if self.in_hardware else b""
        return packed(self.type.encode()) + packed(self.raw) + of_hardware

    def wrapped(self, signature: bytes) -> bytes:
        """A signature as ssh hands it on: the type of the key, and what was made with it."""
        made, said = signature[:SIGNATURE_BYTES], signature[SIGNATURE_BYTES:]
        return packed(self.type.encode()) + packed(made) + said

    def unwrapped(self, data: bytes) -> bytes | None:
        """The signature that ssh hands on; None where it is none that this key may have made."""
        size = SIGNATURE_BYTES + (_SAID_BY_HARDWARE if self.in_hardware else 0)
        found = data[-size:]
        return found if len(found) == size and self.wrapped(found) == data else None


def signed_in_hardware(application: str, said: bytes, message: bytes) -> bytes:
    """What hardware signs of a message: `said` are its flags and its counter."""
    of, digest = (hashlib.sha256(each).digest() for each in (application.encode(), message))
    return of + said + digest


def packed(data: bytes) -> bytes:
    """Bytes behind their length, as ssh packs them."""
    return len(data).to_bytes(4, "big") + data


def unpacked(data: bytes) -> Iterator[bytes]:
    """The parts of what ssh has packed one behind another; whoever reads packs them again."""
    while len(data) >= 4:
        size = int.from_bytes(data[:4], "big")
        yield data[4 : 4 + size]
        data = data[4 + size :]


def key_of_blob(blob: bytes) -> PublicKey | None:
    """The key that ssh hands on so; None where it is none, or one of another type."""
    _, raw, application, *_ = *unpacked(blob), b"", b"", b""
    try:
        found = PublicKey(raw, application.decode())
    except UnicodeDecodeError:
        return None
    return found if len(raw) == PUBLIC_BYTES and found.blob == blob else None


def is_fingerprint(text: str) -> bool:
    """Whether a text may be the fingerprint of a key."""
    return text.startswith(_FINGERPRINT)


def is_public_line(text: str) -> bool:
    """Whether a text may be a public key as ssh writes it."""
    return text.startswith(("ssh-", "sk-ssh-", "ecdsa-"))


def public_key(line: str) -> PublicKey:
    """The public key that a line of ssh holds: its type, the key, and perhaps a comment.

    Raises:
        Unreadable: it holds none, or one of another type.
    """
    kind, _, rest = line.strip().partition(" ")
    said = rest.split(" ", 1)[0]
    if kind not in TYPES or not said:
        raise Unreadable(f"That is no public key of the type {' or '.join(TYPES)}.", hint=_HOW)
    found = key_of_blob(bytes_of(said, "The public key"))
    if found is None or found.type != kind:
        raise Unreadable("The public key is none: its bytes are not those of one.", hint=_HOW)
    return found


class Signer(Protocol):
    """Somebody who holds a key, in a file or in an agent: what is signed, everybody can check."""

    @property
    def public(self) -> PublicKey:
        """By which it is checked."""

    def sign(self, message: bytes) -> bytes:
        """A signature over a message; of hardware with what it says of itself behind."""


class SigningKey:
    """A key with its secret part."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self._public = PublicKey(private.public_key().public_bytes_raw())

    @property
    def public(self) -> PublicKey:
        """By which it is checked."""
        return self._public

    def sign(self, message: bytes) -> bytes:
        """A signature over a message; the same one each time."""
        return self._private.sign(message)

    def file(self) -> bytes:
        """The key as ssh keeps it in a file, without a passphrase."""
        from cryptography.hazmat.primitives import serialization

        return self._private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.OpenSSH,
            serialization.NoEncryption(),
        )


def new_key(randomness: Callable[[int], bytes]) -> SigningKey:
    """A key that nobody has yet."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return SigningKey(Ed25519PrivateKey.from_private_bytes(randomness(SEED_BYTES)))


def read_key(data: bytes, where: str, passphrase: Callable[[], str]) -> SigningKey:
    """The key that a file of ssh holds; its passphrase is asked for where it has one.

    Raises:
        Unreadable: it holds none, one of another type, or the passphrase does not open it.
    """
    if seed := _lies_open(data):
        return new_key(lambda many: seed[:many])
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_ssh_private_key

    try:
        try:
            private = load_ssh_private_key(data, None)
        except TypeError:  # it is encrypted
            private = load_ssh_private_key(data, passphrase().encode())
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise Unreadable(
            f"{where} is no private key of ssh that can be read, or that is not its passphrase.",
            hint=_HOW,
        ) from None
    if not isinstance(private, Ed25519PrivateKey):
        raise Unreadable(f"{where} is a key of another type than {TYPE}.", hint=_HOW)
    return SigningKey(private)


def _lies_open(data: bytes) -> bytes:
    """The secret part of the key in a file without a passphrase; empty where it is another file.

    Of such a file everything stands at its place (OpenSSH's PROTOCOL.key). What reads every kind
    takes longer to import than it takes to record an act.
    """
    begin, _, rest = data.strip().partition(b"\n")
    text, _, end = rest.rpartition(b"\n")
    try:
        blob = base64.b64decode(b"".join(text.split()), validate=True)
    except ValueError:
        return b""
    if (begin, end) != (_BEGIN, _END) or not blob.startswith(_OPEN):
        return b""
    public, private, *_ = *unpacked(blob.removeprefix(_OPEN)), b"", b""
    kind, raw, secret, *_ = *unpacked(private[_CHECKED:]), b"", b"", b""
    seed = secret[:SEED_BYTES]
    whole = kind == TYPE.encode() and secret == seed + raw and public == PublicKey(raw).blob
    return seed if whole and len(seed) == SEED_BYTES else b""


_BEGIN, _END = (b"-----%s OPENSSH PRIVATE KEY-----" % each for each in (b"BEGIN", b"END"))
_OPEN = b"openssh-key-v1\0" + packed(b"none") * 2 + packed(b"") + (1).to_bytes(4, "big")
"""How the file of one key begins that needs no passphrase."""
_CHECKED = 8
"""Its secret part begins with a number that is there twice, to tell whether a passphrase fits."""
_HOW = "Make one with `rally key new -o FILE`, or with `ssh-keygen -t ed25519 -f FILE`."
