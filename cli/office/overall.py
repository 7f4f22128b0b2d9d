"""The overall before and after a record: what an act that is no decision moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from ledger.errors import LedgerError
from ledger.record import Record
from ledger.vocabulary import Occurrence, canonical, occurrence_id
from projections.comparing.compare import Change, changes
from projections.results.standings import Row, Standings, standings
from projections.state.facts import Fold
from projections.state.rally import RallyState

if TYPE_CHECKING:
    from projections.control.check import Suspicion


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


@dataclass(frozen=True)
class Said:
    """What came of an act that is one record: what was said; no record, it was only tried.

    `warnings` is what is told at entry; `handle` a short name for the record, where it has one.
    """

    said: Occurrence
    record: Record | None
    warnings: tuple[Suspicion, ...] = field(default=(), kw_only=True)
    handle: str = field(default="", kw_only=True)

    @property
    def position(self) -> int | None:
        """The position of its record."""
        return self.record.position if self.record else None

    @property
    def id(self) -> str:
        """Its identity."""
        return occurrence_id(canonical(self.said))

    def document(self, moved: Sequence[Any], more: Mapping[str, Any]) -> dict[str, Any]:
        """It with what it moved and what more is told, as one JSON document."""
        document: dict[str, Any] = {
            "position": self.position,
            "id": self.id,
            "type": self.said.type_name(),
            "changed": moved,
            "warnings": self.warnings,
            **more,
        }
        if self.handle:
            document["handle"] = self.handle
        return document | ({} if self.record else {"dry_run": True})


@dataclass(frozen=True)
class Recorded(Said):
    """What was put on record, and what it moved in the overall.

    `more` is what its JSON tells besides, `answer` the classification that was posted, and `notes`
    are words that belong beside it.
    """

    moved: MovedOverall
    notes: tuple[str, ...] = ()
    answer: Standings | None = None
    more: Mapping[str, Any] = field(default_factory=dict)

    def json(self) -> dict[str, Any]:
        """The outcome as one JSON document."""
        return self.document(self.moved.moved, self.more)
