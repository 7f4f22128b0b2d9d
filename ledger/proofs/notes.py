"""Signed notes (c2sp.org/signed-note): a text, and below it a line of each who signed it."""

from __future__ import annotations

from typing import NamedTuple

from ledger.errors import Unreadable
from ledger.proofs.spelling import bytes_of, lines_of, spelled

KEY_ID_BYTES = 4
MARK = "— "
"""With this begins the line of a signature."""
_MOST = 100
"""So many signatures are read at most, as other readers of notes do."""


class Signature(NamedTuple):
    """A line below a note: by which key it claims to be, and what was made with it."""

    name: str
    key_id: bytes
    made: bytes

    def line(self) -> str:
        """It as it stands in the note."""
        return f"{MARK}{self.name} {spelled(self.key_id + self.made)}\n"


class Note(NamedTuple):
    """A text with its last line end, and its signatures; nothing of it is proven by being read."""

    text: str
    signatures: tuple[Signature, ...]

    def to_bytes(self) -> bytes:
        """The note as it is stored."""
        return (self.text + "\n" + "".join(each.line() for each in self.signatures)).encode()

    def signed(self, signature: Signature) -> Note:
        """The note with one more signature, in the place of an earlier one by the same key."""
        others = tuple(each for each in self.signatures if each[:2] != signature[:2])
        return Note(self.text, (*others, signature))


def is_key_name(text: str) -> bool:
    """Whether a key may be called so: not empty, without blanks of any kind and without a plus."""
    return bool(text) and "+" not in text and not any(each.isspace() for each in text)


def read_note(data: bytes, what: str = "The note") -> Note:
    """A note as it is stored.

    Raises:
        Unreadable: it is none.
    """
    lines = lines_of(data, what)
    if "" not in lines:
        raise Unreadable(f"{what} has no empty line above its signatures.")
    split = len(lines) - 1 - lines[::-1].index("")
    text, signed = lines[:split], lines[split + 1 :]
    if not text or not signed:
        raise Unreadable(f"{what} has no text, or no signature.")
    if len(signed) > _MOST:
        raise Unreadable(f"{what} has more than {_MOST} signatures.")
    signatures = tuple(read_signature(line, what) for line in signed)
    if len({each[:2] for each in signatures}) < len(signatures):
        raise Unreadable(f"{what} is signed twice by one key.")
    return Note("\n".join(text) + "\n", signatures)


def read_signature(line: str, what: str) -> Signature:
    """A signature as its line has it.

    Raises:
        Unreadable: it is none.
    """
    name, blank, said = line.removeprefix(MARK).partition(" ")
    if not line.startswith(MARK) or not blank or not is_key_name(name):
        raise Unreadable(f"{what} has a line among its signatures that is none.")
    found = bytes_of(said, f"A signature of {what[:1].lower()}{what[1:]}")
    if len(found) <= KEY_ID_BYTES:
        raise Unreadable(f"{what} has a signature that is too short.")
    return Signature(name, found[:KEY_ID_BYTES], found[KEY_ID_BYTES:])
