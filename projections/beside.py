"""What follows from a log, kept beside it so that nobody has to compute it again.

It stands under a seal that tells what made it, of which log, and whether it is as it was laid down.
Where anything of that is another, it counts for nothing and is made anew. It may be taken away at
any time.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from io import FileIO

import msgspec

import ledger
import projections
from ledger.log import Log
from projections.state.rally import EDITION


class Kept(msgspec.Struct, array_like=True, frozen=True):
    """What was kept: by what it was made, and the root of the log at the position it goes to."""

    made_by: str
    position: int
    root: str
    content: bytes

    def is_of(self, log: Log) -> bool:
        """Whether it follows from a log, as that is or as it was."""
        return self.position <= log.head().size and log.root_at(self.position) == self.root


def load(log: Log, name: str, made_by: str) -> Kept | None:
    """What was kept of a log under this name; None where it is of another make, or another log."""
    data = log.scan.load(name)
    kept = opened(data, made_by) if data else None
    return kept if kept and kept.is_of(log) else None


def save(log: Log, name: str, kept: Kept) -> bool:
    """Keep it; False where the ledger can't be written."""
    return log.scan.save(name, sealed(kept))


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Kept)
_DIGEST = sha256().digest_size


def sealed(kept: Kept) -> bytes:
    """The bytes that are laid down."""
    data = _ENCODER.encode(kept)
    return sha256(data).digest() + data


def opened(data: bytes, made_by: str) -> Kept | None:
    """What these bytes hold; None where they are damaged, or something else made them."""
    # Before anything of it is believed: most is decoded only when an answer asks for it, and damage
    # that came to light there could no more be mended by making it anew.
    digest, data = data[:_DIGEST], data[_DIGEST:]
    if sha256(data).digest() != digest:
        return None
    try:
        kept = _DECODER.decode(data)
    except (msgspec.DecodeError, ValueError):
        return None
    return kept if kept.made_by == made_by else None


@cache
def program() -> str:
    """The program by its edition and the digest of all that answers are computed by.

    The rules that ship with it are among that. What was kept by another program, be it older or
    newer, is no answer of this one. Where its sources were not installed its edition alone tells.
    """
    return f"{EDITION} {digest_of(each.__path__[0] for each in (ledger, projections))}"


def digest_of(folders: Iterable[str]) -> str:
    """The digest of every program and every rule in these folders."""
    digest = sha256()
    for root in folders:
        for folder, below, names in os.walk(root):
            below[:] = sorted({*below} - {"__pycache__"})
            for name in sorted(names):
                if name.endswith((".py", ".toml")):
                    with FileIO(f"{folder}/{name}") as file:  # hundreds: no more than to read them
                        digest.update(f"{name}\n".encode())
                        digest.update(file.readall())
    return digest.hexdigest()
