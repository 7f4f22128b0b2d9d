"""Verifier keys: a public key with the name under which it signs, and in which manner.

They are written `NAME+ID+KEY` (c2sp.org/signed-note): eight hex digits of a hash over the rest, and
in base64 a byte for the manner and the key. A log signs its checkpoints plainly; a witness signs
with the time (c2sp.org/tlog-cosignature).
"""

from __future__ import annotations

import hashlib
import re
from typing import NamedTuple

from ledger.errors import Unreadable
from ledger.proofs.ed25519 import PUBLIC_BYTES, PublicKey
from ledger.proofs.notes import KEY_ID_BYTES, Signature, is_key_name
from ledger.proofs.spelling import bytes_of, spelled

OF_A_LOG = 0x01
OF_A_WITNESS = 0x04
OF_A_WITNESS_ML_DSA = 0x06
_KEY_BYTES = {OF_A_LOG: PUBLIC_BYTES, OF_A_WITNESS: PUBLIC_BYTES, OF_A_WITNESS_ML_DSA: 1312}
_ID = re.compile(r"[0-9a-f]{8}")


class VerifierKey(NamedTuple):
    """Who signs, in which manner, and the public key by which that is checked."""

    name: str
    manner: int
    raw: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes by which a signature says which key it is of; they prove nothing."""
        said = f"{self.name}\n".encode() + bytes([self.manner]) + self.raw
        return hashlib.sha256(said).digest()[:KEY_ID_BYTES]

    @property
    def text(self) -> str:
        """It as it is written down and handed on."""
        return f"{self.name}+{self.key_id.hex()}+{spelled(bytes([self.manner]) + self.raw)}"

    @property
    def fingerprint(self) -> str:
        """The key as ssh shows it; "" for one that ssh does not have."""
        return "" if self.manner == OF_A_WITNESS_ML_DSA else PublicKey(self.raw).fingerprint

    def signed(self, signature: Signature) -> bool:
        """Whether a signature claims to be of this key."""
        return signature[:2] == (self.name, self.key_id)


def read_vkey(text: str) -> VerifierKey:
    """A verifier key as it is written down.

    Raises:
        Unreadable: it is none, or of a manner that is not known here.
    """
    if any("\ud800" <= each <= "\udfff" for each in text):  # bytes that are no UTF-8
        raise Unreadable(f"{text[:80]!a} is no verifier key.", hint="It is NAME+ID+KEY.")
    name, _, rest = text.partition("+")
    stated, plus, said = rest.partition("+")
    if not plus or not is_key_name(name) or _ID.fullmatch(stated) is None:
        raise Unreadable(f"{text[:80]!a} is no verifier key.", hint="It is NAME+ID+KEY.")
    found = bytes_of(said, f"The verifier key of {name}")
    key = VerifierKey(name, found[0], found[1:])
    if _KEY_BYTES.get(key.manner) != len(key.raw):
        raise Unreadable(f"The verifier key of {name} is of no manner that is known here.")
    if key.key_id.hex() != stated:
        raise Unreadable(f"The verifier key of {name} does not have the id {stated}.")
    return key
