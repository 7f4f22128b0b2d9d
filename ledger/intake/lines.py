"""What a reader of a foreign format gives: occurrences line by line, and what it could not read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from ledger.vocabulary import Occurrence
from ledger.vocabulary.rally import ParameterValue

NOTHING: frozenset[str] = frozenset()


class Line(NamedTuple):
    """One readable line: where it stands, as it stands, and what it means.

    `assumed` names the fields in which the reader assumes what the source does not say: they never
    differ from what is known, nor replace it. `derived` names those that follow from the source by
    rules of the reader, which may have been others when the line was first read: they are no
    difference by themselves, and corrections bring them up to date.
    """

    where: str
    raw: str
    occurrence: Occurrence
    assumed: frozenset[str] = NOTHING
    derived: frozenset[str] = NOTHING


class BadLine(NamedTuple):
    """One line that can't be read, kept as it is with the reason."""

    where: str
    raw: str
    reason: str


class Note(NamedTuple):
    """Something a person should know about the input that is no line of it."""

    where: str
    message: str


class Whole(NamedTuple):
    """A file that says all there is: what it no longer holds was withdrawn.

    It covers the keys of a source that begin with one of these, or of them those on one stage.
    Where something is `lacking` it withdraws nothing, and that says why; a file that lacks nothing
    but rows (`no_rows`) may be confirmed. One of which a line can't be read withdraws nothing.
    """

    where: str
    source: str
    keys: tuple[str, ...]
    stage: str = ""
    lacking: str = ""
    no_rows: bool = False


def stands_in(where: str, file: str) -> bool:
    """Whether the place of a line is in a file, as readers name places."""
    return where == file or where.startswith((f"{file}[", f"{file}:", f"{file},"))


class Template(NamedTuple):
    """A rulebook as it is adopted by a rally: its parameters and where each comes from."""

    name: str
    parameters: dict[str, ParameterValue]
    provenance: dict[str, str]


Templates = Callable[[str], Template]
"""Gives the rulebook of a name; refuses an unknown one with the names that exist."""

Delivery = Iterator[Line | BadLine | Note | Whole]
