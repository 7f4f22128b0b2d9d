"""The columns of a table and the keys of a file, each with what it says: one list for all.

By it a reader knows what it knows and needs, `rally help sheets` explains the format, and
`rally new --sheets` lays out an empty folder. So none of them can say otherwise than the others.
"""

from __future__ import annotations

from typing import NamedTuple


class Column(NamedTuple):
    """A column, or a key: what it says to the person who fills it in, and what may stand there."""

    name: str
    says: str
    example: str = ""
    needed: bool = False


def known(columns: tuple[Column, ...]) -> tuple[str, ...]:
    """The names of the columns, in their order."""
    return tuple(each.name for each in columns)


def needed(columns: tuple[Column, ...]) -> tuple[str, ...]:
    """The names of those that may not be empty."""
    return tuple(each.name for each in columns if each.needed)
