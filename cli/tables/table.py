"""A table and its columns: one description by which it is written, and by which it is explained."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

Kind = Literal["text", "integer", "number", "boolean", "texts", "integers", "object", "objects"]
"""What a value is: several texts, whole numbers or objects of JSON stand in one cell."""
JSON: frozenset[Kind] = frozenset({"object", "objects"})
SEVERAL: frozenset[Kind] = JSON | {"texts", "integers"}
Row = Mapping[str, Any]
MS, MINUTES, METRES = "milliseconds", "minutes", "metres"


class Column(NamedTuple):
    """A column: its name, what its values are, and what they mean to an official.

    A value may be missing (null) only where it is not `needed`.
    """

    name: str
    kind: Kind
    words: str
    unit: str = ""
    needed: bool = True

    @property
    def explained(self) -> str:
        """What it means, with its unit."""
        return f"{self.words} In {self.unit}." if self.unit else self.words


class Reference(NamedTuple):
    """A column whose values stand in a column of another table."""

    column: str
    table: str
    names: str


class Table(NamedTuple):
    """A table: its columns, those that tell a row from all others, and where they lead."""

    name: str
    title: str
    words: str
    columns: Sequence[Column]
    key: Sequence[str]
    references: Sequence[Reference] = ()


class Filled(NamedTuple):
    """A table with its rows, which hold a value for every column and are gone through once."""

    table: Table
    rows: Iterable[Row]


class Written(NamedTuple):
    """A table that was written: in which file of the folder, and how many rows it has."""

    table: Table
    file: str
    rows: int


def text(name: str, words: str) -> Column:
    """A text; empty where there is nothing to be said."""
    return Column(name, "text", words)


def maybe(name: str, words: str) -> Column:
    """A text that may be missing."""
    return Column(name, "text", words, needed=False)


def number(name: str, words: str, unit: str = "") -> Column:
    """A whole number."""
    return Column(name, "integer", words, unit)


def maybe_number(name: str, words: str, unit: str = "") -> Column:
    """A whole number that may be missing."""
    return Column(name, "integer", words, unit, needed=False)


def figure(name: str, words: str) -> Column:
    """A number that may have a fraction."""
    return Column(name, "number", words)


def yes_or_no(name: str, words: str) -> Column:
    """Whether something is so."""
    return Column(name, "boolean", words)


def maybe_yes_or_no(name: str, words: str) -> Column:
    """Whether something is so; missing where the rules do not suffice to tell."""
    return Column(name, "boolean", words, needed=False)


def texts(name: str, words: str) -> Column:
    """Several texts, perhaps none."""
    return Column(name, "texts", words)


def positions(name: str, words: str) -> Column:
    """Several positions of the log, perhaps none."""
    return Column(name, "integers", words)


def json_object(name: str, words: str, *, needed: bool = True) -> Column:
    """An object of JSON."""
    return Column(name, "object", words, needed=needed)


def json_objects(name: str, words: str) -> Column:
    """Several objects of JSON, perhaps none."""
    return Column(name, "objects", words)


def moment(
    name: str, words: str, *, needed: bool = True, offset: bool = True
) -> tuple[Column, ...]:
    """An instant, three times: as it is read, in milliseconds, and the offset that was shown."""
    return (
        Column(name, "text", f"{words} ISO 8601, with the offset that was shown.", needed=needed),
        Column(f"{name}_ms", "integer", f"{words} UTC, since 1970-01-01.", MS, needed=needed),
        *(
            (Column(f"{name}_offset", "integer", f"{words} Its UTC offset.", MINUTES, needed),)
            if offset
            else ()
        ),
    )
