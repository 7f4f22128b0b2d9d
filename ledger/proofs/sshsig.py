"""Signatures over acts, as `ssh-keygen -Y sign` makes and checks them (OpenSSH's PROTOCOL.sshsig).

What is signed are the ids of records: the message of one is its 64 hex digits and nothing else, of
several one id a line, without a line end behind the last. So `sha256sum` of a record's bytes is all
that links it to its signature. The namespace says for which office of which rally it was made; a
signature for another one is no signature here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import quote

from ledger.errors import Unreadable, Usage
from ledger.proofs.ed25519 import PublicKey, Signer, key_of_blob, packed, unpacked
from ledger.proofs.program import ProgramKey
from ledger.proofs.spelling import bytes_of, spelled
from ledger.vocabulary.keys import DEVICE, SITE

HASH = "sha512"
"""What ssh-keygen takes, if it is told nothing."""
HASHES = (HASH, "sha256")
_MAGIC = b"SSHSIG"
_VERSION = (1).to_bytes(4, "big")
_PARTS = 5
_ID, _IDS = re.compile(r"[0-9a-f]{64}"), re.compile(r"(?:[0-9a-f]{64}\n)*[0-9a-f]{64}")
_NAMESPACE = re.compile(r"[!-~]+")
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_COLUMNS = 70


class SshSignature(NamedTuple):
    """A signature with the key that made it and what it was made for; nothing of it is proven yet.

    Whose the key is, the signature does not say: that is on record, or known from outside.
    """

    key: PublicKey
    namespace: str
    hash: str
    made: bytes

    def to_bytes(self) -> bytes:
        """The blob, as a record keeps it in base64 and a file between two lines."""
        parts = (
            self.key.blob,
            self.namespace.encode(),
            b"",
            self.hash.encode(),
            self.key.wrapped(self.made),
        )
        return _MAGIC + _VERSION + b"".join(map(packed, parts))

    def verifies(self, message: bytes) -> bool:
        """Whether this key made it over this message, for this namespace."""
        return self.key.verifies(_signed(self.namespace, self.hash, message), self.made)


def namespace_of(office: str, rally: str) -> str:
    """For what an office of a rally signs: `OFFICE@RALLY`.

    Of both every byte that is no letter or digit of ASCII and none of `-._` is written as %XX, so
    no sign of a pattern is ever in it. A device signs as `device:NAME`, a site as `site:NAME`.
    """
    kind = next((each for each in (DEVICE, SITE) if office.startswith(each)), "")
    return f"{kind}{_escaped(office.removeprefix(kind))}@{_escaped(rally)}"


def signed_over(ids: Iterable[str]) -> bytes:
    """The message of a signature over records: their ids, one a line, none behind the last.

    Raises:
        Usage: there is none, or one is no id.
    """
    message = "\n".join(ids)
    if not message:
        raise Usage("A signature is over one record at least.")
    if _IDS.fullmatch(message) is None:
        wrong = next(each for each in message.split("\n") if _ID.fullmatch(each) is None)
        raise Usage(f"{wrong[:80]!a} is no id of a record.", hint="One has 64 hex digits.")
    return message.encode()


def made(signer: Signer, namespace: str, message: bytes, algorithm: str = HASH) -> bytes:
    """The blob of a signature over a message, for a namespace.

    Raises:
        Unreadable: the agent or the program that signs with the key does not.
    """
    if isinstance(signer, ProgramKey):
        found = read_signature(from_armour(signer.armour(namespace, message)))
        if found[:2] != (signer.public, namespace) or not found.verifies(message):
            raise Unreadable("ssh-keygen signed with another key, or another thing.")
        return found.to_bytes()
    signature = signer.sign(_signed(namespace, algorithm, message))
    return SshSignature(signer.public, namespace, algorithm, signature).to_bytes()


def read_signature(blob: bytes) -> SshSignature:
    """The signature that a blob holds, in the one spelling that ssh-keygen writes.

    Raises:
        Unreadable: it holds none, one of a key of another type, or in another spelling.
    """
    head = _MAGIC + _VERSION
    parts = [*unpacked(blob[len(head) :])]
    if not blob.startswith(head) or len(parts) != _PARTS:
        raise Unreadable("That is no signature of ssh.", hint=_HOW)
    key = key_of_blob(parts[0])
    if key is None:
        raise Unreadable("The signature is by no Ed25519 key of ssh.", hint=_HOW)
    namespace, algorithm = (each.decode("ascii", "replace") for each in (parts[1], parts[3]))
    if _NAMESPACE.fullmatch(namespace) is None:
        raise Unreadable("The signature is for no namespace that an office has.", hint=_HOW)
    if algorithm not in HASHES:
        raise Unreadable(f"The signature is over no digest of {' or '.join(HASHES)}.", hint=_HOW)
    signature = key.unwrapped(parts[4])
    found = SshSignature(key, namespace, algorithm, signature or b"")
    if signature is None or found.to_bytes() != blob:
        raise Unreadable("The signature is not spelled as ssh-keygen does.", hint=_HOW)
    return found


def armoured(blob: bytes) -> str:
    """A signature as a file, as `ssh-keygen -Y verify -s FILE` reads it."""
    text = spelled(blob)
    lines = [text[at : at + _COLUMNS] for at in range(0, len(text), _COLUMNS)]
    return "".join(f"{each}\n" for each in (_BEGIN, *lines, _END))


def from_armour(text: str) -> bytes:
    """The blob in a file that `ssh-keygen -Y sign` has written.

    Raises:
        Unreadable: it is none, or in another spelling.
    """
    begin, *lines = text.removesuffix("\n").split("\n")
    if begin != _BEGIN or not lines or lines.pop() != _END:
        raise Unreadable(f"That is no file of a signature: it begins with {_BEGIN}.", hint=_HOW)
    blob = bytes_of("".join(lines), "The signature")
    if armoured(blob) != text:
        raise Unreadable("The file of the signature is not spelled as ssh-keygen does.", hint=_HOW)
    return blob


def _signed(namespace: str, algorithm: str, message: bytes) -> bytes:
    """What the key signs: the namespace, and a digest of the message."""
    digest = hashlib.new(algorithm, message).digest()
    return _MAGIC + b"".join(map(packed, (namespace.encode(), b"", algorithm.encode(), digest)))


def _escaped(text: str) -> str:
    return quote(text, safe="").replace("~", "%7E")


_HOW = "`ssh-keygen -Y sign -n OFFICE@RALLY -f KEY FILE` makes one, as signing here does."
