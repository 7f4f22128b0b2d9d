"""How numbers, hashes and bytes are spelled in proofs: in one way each, and no other is read.

A second spelling of the same would be a file that says the same and has another digest.
"""

from __future__ import annotations

import base64
import binascii
import re

from ledger.errors import Unreadable
from ledger.merkle import HASH_BYTES
from ledger.proofs.tree import LARGEST

_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_SHOWN = 40


def lines_of(data: bytes, what: str) -> list[str]:
    """The lines of a text in UTF-8 that ends with its last line; without controls.

    Raises:
        Unreadable: it is no such text.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise Unreadable(f"{what} is no text in UTF-8.") from None
    if _CONTROL.search(text):
        raise Unreadable(f"{what} holds a control character.")
    if not text.endswith("\n"):
        raise Unreadable(f"{what} does not end with a whole line.")
    return text[:-1].split("\n")


def number_of(text: str, what: str) -> int:
    """A number from zero on, in decimal and without leading zeros.

    Raises:
        Unreadable: it is none, or more than a tree may have.
    """
    if _NUMBER.fullmatch(text) is None or int(text) > LARGEST:
        raise Unreadable(f"{what} is no number: {text[:_SHOWN]!a}.")
    return int(text)


def bytes_of(text: str, what: str) -> bytes:
    """The bytes that a text spells in base64, as RFC 4648 has it in section 4.

    Raises:
        Unreadable: it spells none, or not in the one way.
    """
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if not found or spelled(found) != text:
        raise Unreadable(f"{what} is no base64: {text[:_SHOWN]!a}.")
    return found


def hash_of(text: str, what: str) -> bytes:
    """A hash in base64.

    Raises:
        Unreadable: it is none.
    """
    found = bytes_of(text, what)
    if len(found) != HASH_BYTES:
        raise Unreadable(f"{what} has {len(found)} bytes, and a hash {HASH_BYTES}.")
    return found


def spelled(data: bytes) -> str:
    """Bytes in base64."""
    return base64.b64encode(data).decode()
