"""Lists in one field: what is typed, and what stands in a cell, has `;` between its parts.

So everywhere. Where there is no `;`, a comma is read between codes, which hold none, and " / "
between the names of persons, which hold commas. " / " between codes is refused, since some code
holds it: one that nobody bears would do nothing, in silence.
"""

from __future__ import annotations

import re

from ledger.errors import Unreadable

BETWEEN = ";"
"""What stands between the parts of a list, wherever one is typed or read from a cell."""
_BETWEEN_NAMES = " / "
_PHRASE = re.compile(rf"""(?:"[^"]*"|'[^']*'|[^{BETWEEN}])+""")


def codes(text: str) -> list[str]:
    """The codes of a list: categories, race numbers, trophies, offices.

    Raises:
        Unreadable: they have " / " between. One code that holds it, or a comma, ends with `;`.
    """
    if BETWEEN in text or _BETWEEN_NAMES not in text:
        return _parts(text if BETWEEN in text else text.replace(",", BETWEEN))
    meant = text.replace(_BETWEEN_NAMES, BETWEEN)
    raise Unreadable(
        f"A list of codes has {BETWEEN!r} between them, not '/': {text!r}.",
        hint=f'Write "{meant}"; or "{text}{BETWEEN}", if it is one code.',
    )


def names(text: str) -> list[str]:
    """The names of persons in a list, with `;` or " / " between."""
    return _parts(text.replace(_BETWEEN_NAMES, BETWEEN))


def phrases(text: str) -> list[str]:
    """The parts of a list that are phrases themselves: what stands in quotes is not cut."""
    return [part for each in _PHRASE.findall(text) if (part := each.strip())]


def _parts(text: str) -> list[str]:
    return [part for each in text.split(BETWEEN) if (part := each.strip())]
