"""Ordinals, as people write them."""

from __future__ import annotations

_ENDINGS = {1: "st", 2: "nd", 3: "rd"}


def ordinal(count: int) -> str:
    """ "1st", "2nd", "11th"."""
    last = count % 10 if count % 100 not in (11, 12, 13) else 0
    return f"{count}{_ENDINGS.get(last, 'th')}"
