"""The overall before and after a record: what an act that is no decision moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ledger.errors import LedgerError
from ledger.record import Record
from ledger.vocabulary import Occurrence, canonical, occurrence_id
from projections.comparing.compare import Change, changes
from projections.results.standings import Row, Standings, standings
from projections.state.facts import Fold
from projections.state.rally import RallyState


class Overall(NamedTuple):
    """The overall of everything so far, by which rules; or why they do not suffice for one."""

    answer: Standings | None
    rulebook: str = ""
    complaint: str = ""

    @property
    def rows(self) -> dict[str, Row]:
        """Its rows by number."""
        return {row.number: row for row in self.answer.rows} if self.answer else {}


def overall(state: RallyState) -> Overall:
    """The overall of everything so far."""
    try:
        return Overall(standings(state), state.rulebook.name)
    except LedgerError as error:
        return Overall(None, state.rulebook.name, error.message)


class MovedOverall(NamedTuple):
    """Who moved in the overall; whether there is one, or why the rules do not suffice for one."""

    moved: Sequence[Change]
    is_there: bool
    complaint: str


def moved_by(before: Fold, said: Occurrence, record: Record | None) -> MovedOverall:
    """What an occurrence changes; the fold takes it in."""
    was = overall(RallyState(before.facts()))
    before.take(occurrence_id(canonical(said)), record.position if record else 0, said)
    now = overall(RallyState(before.facts()))
    return MovedOverall(changes(was.rows, now.rows), bool(now.rows), now.complaint)


def document_of(
    said: Occurrence, record: Record | None, moved: Sequence[Any], **more: Any
) -> dict[str, Any]:
    """What was said, its record, what it moved and what more is told, as one JSON document."""
    document: dict[str, Any] = {
        "position": record.position if record else None,
        "id": occurrence_id(canonical(said)),
        "type": said.type_name(),
        "changed": moved,
        **more,
    }
    return document | ({"dry_run": True} if record is None else {})


class Recorded(NamedTuple):
    """What was put on record (no record: it was only tried), and what it moved in the overall.

    `notes` are words that belong beside it.
    """

    said: Occurrence
    record: Record | None
    moved: MovedOverall
    notes: tuple[str, ...] = ()

    def json(self) -> dict[str, Any]:
        """The outcome as one JSON document."""
        return document_of(self.said, self.record, self.moved.moved)
