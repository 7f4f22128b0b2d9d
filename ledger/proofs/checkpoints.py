"""Checkpoints (c2sp.org/tlog-checkpoint): how long a log is and what its root is, signed.

One is three lines: the origin, the number of records and the root, in base64. Below stand the
signatures: that of the log, and of the witnesses who saw that it goes on where it stood before.
"""

from __future__ import annotations

from typing import NamedTuple

from ledger.errors import Unreadable
from ledger.merkle import EMPTY_ROOT
from ledger.proofs.notes import Note, Signature, is_key_name, read_note
from ledger.proofs.spelling import hash_of, number_of, spelled

_LINES = 3


class Checkpoint(NamedTuple):
    """How long a log was, its root there, and who signed that. Nothing of it is proven yet."""

    origin: str
    size: int
    root: bytes
    signatures: tuple[Signature, ...] = ()

    @property
    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{spelled(self.root)}\n"

    @property
    def words(self) -> str:
        """It in a few words: its size, and the first digits of its root."""
        return f"#{self.size}, root {self.root.hex()[:16]}"

    def note(self) -> Note:
        """It as a signed note."""
        return Note(self.text, self.signatures)

    def to_bytes(self) -> bytes:
        """It as a file."""
        return self.note().to_bytes()

    def with_signature(self, signature: Signature) -> Checkpoint:
        """It with one more signature."""
        return self._replace(signatures=self.note().signed(signature).signatures)


def read_checkpoint(data: bytes, what: str = "The checkpoint") -> Checkpoint:
    """A checkpoint as a file holds it.

    Raises:
        Unreadable: it is none.
    """
    note = read_note(data, what)
    lines = note.text[:-1].split("\n")
    if len(lines) != _LINES:
        raise Unreadable(f"{what} has {len(lines)} lines above its signatures, and not {_LINES}.")
    origin, size, root = lines
    if not is_key_name(origin):
        raise Unreadable(f"{what} names no log: {origin[:80]!a}.")
    found = Checkpoint(
        origin, number_of(size, f"The size of {what}"), hash_of(root, f"The root of {what}")
    )
    if found.size == 0 and found.root != EMPTY_ROOT:
        raise Unreadable(f"{what} is of an empty log, and has not its root.")
    return found._replace(signatures=note.signatures)
