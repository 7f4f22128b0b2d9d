"""Keys of people and machines, as `ssh-keygen -t ed25519` makes them, and what is done with them.

The arithmetic is that of the library `cryptography`. It is imported when something is signed or
checked, and not before.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, Protocol

from ledger.errors import Unreadable
from ledger.proofs.spelling import bytes_of

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PUBLIC_BYTES = 32
SIGNATURE_BYTES = 64
SEED_BYTES = 32
TYPE = "ssh-ed25519"
_FINGERPRINT = "SHA256:"


class PublicKey(NamedTuple):
    """The public part of a key: 32 bytes, by which everybody checks what was signed."""

    raw: bytes

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Whether a signature over a message was made with this key."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True

    @property
    def line(self) -> str:
        """It as ssh writes it: `ssh-ed25519 AAAA…`."""
        return f"{TYPE} {base64.b64encode(self.blob).decode()}"

    @property
    def fingerprint(self) -> str:
        """It as `ssh-keygen -l` shows it, and as it may stand on a sheet: `SHA256:…`."""
        digest = base64.b64encode(hashlib.sha256(self.blob).digest()).decode()
        return _FINGERPRINT + digest.rstrip("=")

    @property
    def blob(self) -> bytes:
        """It as ssh hands it on: its type, and the key."""
        return packed(TYPE.encode()) + packed(self.raw)


def packed(data: bytes) -> bytes:
    """Bytes behind their length, as ssh packs them."""
    return len(data).to_bytes(4, "big") + data


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
    if kind != TYPE or not said:
        raise Unreadable(f"That is no public key of the type {TYPE}.", hint=_HOW)
    found = PublicKey(bytes_of(said, "The public key")[-PUBLIC_BYTES:])
    if found.line.split(" ")[1] != said:
        raise Unreadable("The public key is none: its bytes are not those of one.", hint=_HOW)
    return found


class Signer(Protocol):
    """Somebody who holds a key, in a file or in an agent: what is signed, everybody can check."""

    @property
    def public(self) -> PublicKey:
        """By which it is checked."""

    def sign(self, message: bytes) -> bytes:
        """A signature over a message."""


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


_HOW = "Make one with `rally key new -o FILE`, or with `ssh-keygen -t ed25519 -f FILE`."
