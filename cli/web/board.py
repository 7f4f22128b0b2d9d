"""The notice board: what hangs there beside what came in its place, with what is bound to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from projections.desk.publications import Publication

Rows = Sequence[Mapping[str, Any]]


class Paper(NamedTuple):
    """A document as its row on the board shows it.

    `name` is its record, which means this sheet and no other that was given the number; `by` and
    `instead_of` are what came in its place, and in whose place it came.
    """

    name: str
    kind: str
    drawn: bool
    by: Publication | None
    instead_of: tuple[Publication, ...]
    exhibits: tuple[Mapping[str, Any], ...]


def name_of(position: int) -> str:
    """A document by its record."""
    return f"#{position}"


def papers(rows: Iterable[Publication], board: Sequence[Publication], bound: Rows) -> list[Paper]:
    """The rows as papers, the newest first; `board` is all that hangs, `bound` all exhibits."""
    found = []
    for row in rows:
        of_it = tuple(each for each in bound if each["target_position"] == row.position)
        by = next((each for each in board if _took_the_place(each, row)), None)
        older = tuple(each for each in board if _took_the_place(row, each))
        drawn = row.cut_off is not None or row.kind == "decision"
        found.append(Paper(name_of(row.position), row.kind_in_full, drawn, by, older, of_it))
    return found[::-1]


def _took_the_place(newer: Publication, older: Publication) -> bool:
    """Whether one came in the place of the other: of the same title, under the number it names."""
    return (
        bool(older.superseded_by)
        and older.superseded_by == newer.document
        and older.title == newer.title
        and older.position != newer.position
    )
