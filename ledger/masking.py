"""Passwords in the address of a ledger: they appear in no message and in no file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

MASK = "***"
_LONG = 4
"""A shorter password is masked where its address stands, not wherever its letters do."""
_OF_A_USER = re.compile(r"(?<![\w/])([\w+.-]{1,40}:/{0,9}[^/\s?#:@]{0,200}:)(\S{1,500})(?=@)")
_OF_AN_OPTION = re.compile(
    r"(?i)(?<!\w)(\w{0,40}(?:password|passwd|pwd|secret|token)\w{0,40}=)([^&\s'\"]*)"
)
_IN_AN_ADDRESS = re.compile(r"(?s)^((?:[\w+.-]+:?/+|[\w+.-]+:(?=[^@]*:))?[^/\s:@]*:)(.+)(?=@)")


def without_secrets(text: str, *addresses: str) -> str:
    """A text in which every password is masked: of these addresses, and of what looks like one.

    It need not be spelled as an address should be: what stands between a colon and the last @ is
    taken for a password, and so is the value of an option that is called so.
    """
    for address in addresses:
        text = text.replace(address, masked(address))
        for secret in sorted(set(_secrets(address)), key=len, reverse=True):
            text = text.replace(secret, MASK) if len(secret) >= _LONG else text
    if "@" in text:
        text = _OF_A_USER.sub(rf"\1{MASK}", text)
    return _OF_AN_OPTION.sub(rf"\1{MASK}", text) if "=" in text else text


def masked(address: str) -> str:
    """What is taken for an address, without its passwords."""
    return _OF_AN_OPTION.sub(rf"\1{MASK}", _IN_AN_ADDRESS.sub(rf"\1{MASK}", address))


def _secrets(address: str) -> Iterator[str]:
    """The passwords in an address, as they are typed and as they are meant."""
    for pattern in (_IN_AN_ADDRESS, _OF_AN_OPTION):
        for found in pattern.finditer(address):
            yield from {found[2], unquote(found[2])} - {"", MASK}
