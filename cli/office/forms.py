"""The forms in which an answer leaves: plain values as JSON has them, and one table of CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any

import msgspec

from ledger.cells import inert
from ledger.signs import spelled_out

RECORDED = "occurrence"
"""Under this name JSON has what a record says, as it was recorded and without a word about it."""


class Later(Sequence[Any]):
    """Rows that are made when somebody reads them: people mostly read what they are made of."""

    def __init__(self, make: Callable[[], Iterable[Any]]) -> None:
        self._make = make

    @cached_property
    def made(self) -> list[Any]:
        """The rows."""
        return [*self._make()]

    def __len__(self) -> int:
        return len(self.made)

    def __getitem__(self, place: Any) -> Any:
        return self.made[place]


def plain(value: Any) -> Any:
    """A value as JSON has it: structs become objects, tuples lists."""
    return msgspec.to_builtins(value, enc_hook=_made)


def _made(value: Any) -> list[Any]:
    if isinstance(value, Later):
        return value.made
    raise TypeError(f"{type(value).__name__} is nothing that JSON has.")


def json_bytes(value: Any) -> bytes:
    """A value as JSON, to be looked through or taken apart; nothing where a text is none."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:  # half of a character
        return b""


def csv_text(rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> str:
    """A table of CSV with a header; lists are joined by " / ".

    A text that a spreadsheet would compute stands behind an apostrophe (`ledger.cells`).
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(inert(name) for name in columns)
    for row in rows:
        writer.writerow(_cell(row.get(name)) for name in columns)
    return text.getvalue()


def _seen(text: str) -> str:
    """A text with what would turn it about spelled out; its lines stay lines."""
    if text.isascii() and text.isprintable():
        return text
    return "\n".join("\t".join(map(spelled_out, e.split("\t"))) for e in text.split("\n"))


def _cell(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return inert(_seen(" / ".join(str(each) for each in value)))
    if isinstance(value, bool):
        return "true" if value else "false"
    return inert(_seen(value)) if isinstance(value, str) else "" if value is None else value
