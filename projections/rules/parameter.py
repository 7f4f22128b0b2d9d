"""What a parameter of a rulebook is: its kind, what it means, which values it can have."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any, NamedTuple

SLIP = 0.8
"""From how alike on what was written is taken for a slip of a word."""


def must_be_no_slip(code: str, words: Iterable[str]) -> None:
    """Refuse a code that is nearly a word of the grammar: it would name a stage that there is not.

    Raises:
        ValueError: it is.
    """
    if near := get_close_matches(code, words, 1, SLIP):
        raise ValueError(f"{code!r} is no stage, if {near[0]!r} is meant")


class Parameter(NamedTuple):
    """What a parameter of a rulebook means, and which values it can have.

    `reads` reads a text that is worded by a grammar, and `example` is one that fits it: what it
    raises a ValueError at can't be the value.
    """

    kind: type[int] | type[str] | type[bool] | type[tuple[Any, ...]]
    meaning: str
    choices: frozenset[str] = frozenset()
    least: int = 0
    of: type[int] | type[str] = str
    reads: Callable[[str], object] | None = None
    example: str = ""
