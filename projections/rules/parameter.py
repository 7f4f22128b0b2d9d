"""What a parameter of a rulebook is: its kind, what it means, which values it can have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple


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
