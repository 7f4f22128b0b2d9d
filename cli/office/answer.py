"""An answer: what was found, in the forms in which it leaves, and on what it rests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from cli.names import with_names
from cli.office.basis import Basis
from cli.office.forms import csv_text, json_bytes, plain
from cli.office.handles import handles_at, places, with_handles
from cli.office.view import View
from cli.office.views import Bases, Views

Found = TypeVar("Found")


class Answer(NamedTuple, Generic[Found]):
    """What a read found, and how it stands in JSON and in CSV: with these columns, or all of a row.

    `found` is what a face lays out for people. Without a view it does not rest on a cut, without a
    title it needs no heading. `notes` are words that belong beside it in every form. `exit_code`
    is 1 for a check that found something, 3 where the proof of the log does not verify. What rests
    on several logs is `over` the views of them, and not of one that is seen.
    """

    seen: View | None
    found: Found
    title: str
    document: Mapping[str, Any]
    rows: Sequence[Any] = ()
    columns: Sequence[str] | type[msgspec.Struct] = ()
    exit_code: int = 0
    notes: Sequence[str] = ()
    over: Views | None = None

    def basis(self) -> Basis | Bases | None:
        """On what it rests: with it, it can be computed again to the same bytes."""
        rests_on = self.over or self.seen
        return rests_on.basis() if rests_on else None

    def json(self) -> dict[str, Any]:
        """The answer as one JSON document, its basis first."""
        basis = self.basis()
        told: dict[str, Any] = plain(self.document)
        if known := self._handles_in(told):
            told = with_handles(told, known)
        return (plain({"basis": basis}) if basis else {}) | told

    @property
    def handles(self) -> Mapping[int, str]:
        """The handles of the records that it names, by their positions."""
        return self._handles_in(plain(self.document))

    def _handles_in(self, told: Any) -> Mapping[int, str]:
        if self.seen is None:
            return {}
        text = json_bytes(told)
        if text and b'"position":' not in text:
            return {}  # as of most lists: nothing is to be looked through
        named = {each for each in places(told) if each <= self.seen.position}
        return handles_at(self.seen.log, named) if named else {}

    def csv(self, named: Callable[[str], str] = str) -> str:
        """The answer as one table of CSV, with the names that records have in its words."""
        columns: Any = getattr(self.columns, "__struct_fields__", self.columns)
        return csv_text([with_names(plain(row), named) for row in self.rows], columns)

    def heading(self) -> str:
        """What it is, and as of when."""
        rests_on = self.over or self.seen
        return rests_on.heading(self.title) if rests_on else self.title
