"""Origins: the name under which a log signs, which says of which ledger, rally and site it is.

`rally-ledger/LEDGER/RALLY/SITE`: LEDGER are the first 16 hex digits of the first record's leaf, the
other two are escaped as in an address (RFC 3986: letters, digits and `-._~` stand as they are, all
else as %XX of its UTF-8). So two logs that begin alike and that one site writes have one origin,
and if they don't fit they are a fork; logs of other sites are merged.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote, unquote

from ledger.errors import Unreadable

_SCHEME = "rally-ledger"
_LEDGER = re.compile(r"[0-9a-f]{16}")


class Origin(NamedTuple):
    """Which log it is: the ledger by its first record, the rally, and the site that writes."""

    ledger: str
    rally: str
    site: str

    @property
    def text(self) -> str:
        """It as one name, in which no blank and no plus can stand."""
        return "/".join((_SCHEME, *(quote(each, safe="") for each in self)))


def read_origin(text: str) -> Origin:
    """Which log a name means.

    Raises:
        Unreadable: it is the origin of no rally.
    """
    scheme, *parts = text.split("/")
    if scheme == _SCHEME and len(parts) == len(Origin._fields):
        found = Origin(*map(unquote, parts))
        if found.text == text and _LEDGER.fullmatch(found.ledger) and all(found):
            return found
    raise Unreadable(f"{text[:80]!a} is the origin of no rally.")
