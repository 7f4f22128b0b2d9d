"""Tables of an answer: its rows, their columns, and what kind of cell stands in each.

The kind follows from the name: the same thing is called the same in every answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from cli.web.columns import Columns, column_of
from cli.web.pages import Table

TITLES = {
    "number": "No",
    "driver": "Crew",
    "nationality": "Nat",
    "interval_ms": "Interval",
    "due_at": "Start",
    "basis_ms": "Result",
    "category_place": "In category",
    "overall_ms": "Overall",
    "overall_place": "Overall place",
    "overall_category_place": "Overall in category",
    "ahead_ms": "Ahead",
    "amount_ms": "Penalty",
    "listed_ms": "Penalties",
    "positions": "Records",
    "position": "Record",
    "because": "Because of",
    "applies_to": "Counts for",
    "act": "Recorded as",
    "next": "What then",
    "confirm_by": "Confirm by",
    "crossfoot": "Cross-foot",
    "stored": "State",
    "size": "Bytes",
    "target_position": "Belongs to",
    "series": "Decision",
    "superseded_by": "Superseded by",
    "recorded_by": "By",
    "may_become_final": "May become final",
    "flags": "Notes",
    "message": "What",
    "words": "What",
    "at": "When",
}
_KINDS: dict[str, tuple[str, ...]] = {
    "place": ("place",),
    "count": (
        *("entered", "withdrawn", "refused", "not_started", "starters", "retired", "running"),
        *("disqualified", "unclassified", "finishers", "records", "late", "size"),
        *("last", "wanted"),
    ),
    "crew": ("number",),
    "crews": ("numbers", "leaders", "before", "crews", "classified"),
    "flags": ("flags",),
    "status": ("status",),
    "decision": ("series", "decision"),
    "document": ("document",),
    "name": ("driver", "codrivers", "drivers", "team", "vehicle", "competitor"),
    "words": (
        *("message", "words", "reason", "hint", "ruling", "effects", "note", "title", "why_not"),
        *("what", "status_reason"),
    ),
    "records": (
        "position",
        "positions",
        "because",
        "target_position",
        "cut_off",
        "voided_by",
        "corrected_by",
    ),
    "rule": ("parameter",),
    "gap": ("gap_ms", "interval_ms", "penalty_ms", "ahead_ms", "penalised_ms"),
    "when": ("at",),
}
_KIND_OF = {name: kind for kind, names in _KINDS.items() for name in names}
_BY_ENDING = {
    "_ms": "time",
    "_at": "when",
    "until": "when",
    "confirm_by": "when",
    "pay_by": "when",
    "_place": "place",
}
_LEFT_OUT = frozenset({"id", "leaf", "occurrence", "tags", "handle", "deadlines"})


class Column(NamedTuple):
    """A column: the names of what stands in it, its title, and the kind of its cells."""

    names: tuple[str, ...]
    title: str
    kind: str

    @property
    def is_figure(self) -> bool:
        """Whether it is read down its right edge."""
        return self.kind in ("time", "gap", "place", "count", "crew")


class Shown(NamedTuple):
    """A table as it is shown."""

    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Mapping[str, Any]]
    nothing: str

    def column(self, name: str) -> Sequence[Any]:
        """What stands under a name, row by row."""
        return column_of(self.rows, name)


def shown(table: Table, document: Mapping[str, Any]) -> Shown:
    """A table of a document; without columns of its own it has those of its rows.

    What is only told in words stands under `words`.
    """
    rows: Sequence[Any] = document.get(table.rows) or ()
    if not isinstance(rows, Columns):
        rows = [{"words": each} if isinstance(each, str) else each for each in rows]
    names = table.columns or tuple(_told(rows))
    columns = tuple(map(column, names))
    return Shown(table.title, _with_something(columns, rows), rows, table.nothing)


def every(document: Mapping[str, Any]) -> list[Shown]:
    """Whatever lists of rows a document has, each as a table."""
    found = []
    for name, value in document.items():
        if isinstance(value, (list, tuple)) and (not value or isinstance(value[0], dict)):
            titled = "" if name == "rows" else TITLES.get(name, title(name))
            found.append(shown(Table(name, title=titled), document))
    return found


def column(joined: str) -> Column:
    """The column of what is called so; under a title of its own ("place:Where") it is a text.

    Or what is said to stand in it, behind that: "name:Rule:rule".
    """
    joined, _, titled = joined.partition(":")
    names = tuple(joined.split("+"))
    if titled:
        titled, _, kind = titled.partition(":")
        return Column(names, titled, kind or "text")
    return Column(names, TITLES.get(names[0], title(names[0])), kind_of(names[0]))


def title(name: str) -> str:
    """A name as the title of a column."""
    return name.removesuffix("_ms").removesuffix("_at").replace("_", " ").capitalize()


def kind_of(name: str) -> str:
    """What kind of cell holds what is called so."""
    ending = next((kind for end, kind in _BY_ENDING.items() if name.endswith(end)), "text")
    return _KIND_OF.get(name, ending)


def _told(rows: Iterable[Any]) -> Iterable[str]:
    names: dict[str, None] = {}
    for row in rows:
        names.update(dict.fromkeys(row))
    return (each for each in names if each not in _LEFT_OUT)


def _with_something(columns: Sequence[Column], rows: Sequence[Any]) -> tuple[Column, ...]:
    """The columns in which something stands at all."""
    return tuple(
        each
        for each in columns
        if not rows or any(_is_something(column_of(rows, name)) for name in each.names)
    )


def _is_something(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(map(_is_something, value))
    return value is not None and value != ""
