"""What others append while an official types: what contradicts their own, and what is news here."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cli.office.lines.asks import Seat
from cli.office.lines.context import Context
from cli.office.lines.forms import CARD
from cli.office.lines.plan import Plan
from cli.office.lines.read_back import ReadBack, in_full
from ledger.authority import AMENDING
from ledger.log import Log
from ledger.record import Record
from ledger.vocabulary import ControlPassed, Occurrence, PassingRecorded, StageStarted
from projections.control.check import Suspicion

MOST = 5
"""So many of what others appended are told one by one."""
Cell = tuple[str, ...]


def cell_of(said: Occurrence) -> Cell | None:
    """What an observation is of: a crew at a place, once; None for anything else."""
    if isinstance(said, (StageStarted, PassingRecorded, ControlPassed)):
        where = getattr(said, "point", "") or getattr(said, "control", "")
        stage = "" if isinstance(said, ControlPassed) else said.stage
        return said.type_name(), said.number, stage, where
    return None


class News(NamedTuple):
    """What others appended that bears on this desk, each with one's own that it contradicts."""

    records: tuple[tuple[Record, Record | None], ...] = ()

    def words(self, plan: Plan) -> Iterator[str]:
        """A line for each; of very much only the last."""
        if (more := len(self.records) - MOST) > 0:
            yield f"News: {more} more records of others bear on this place: rally log."
        for record, own in self.records[-MOST:]:
            said = record.occurrence()
            whose = f"#{record.position} by {said.by}"
            if site := record.header.site:
                whose += f" at {site}"
            told = in_full(said, plan)
            if own is None:
                yield f"News: {whose}. {told}"
            else:
                yield f"CONFLICT with your #{own.position}: {whose}. {told}"


class Others:
    """A log that is followed from where it ends now."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._seen = log.head().size

    def since(self, own: Mapping[str, Record], by: str, context: Context) -> News:
        """What others appended since it was asked last, as far as it bears on a desk."""
        head = self._log.head().size
        if head <= self._seen:
            return News()
        mine = {cell: each for each in own.values() if (cell := cell_of(each.occurrence()))}
        read = self._log.read(after=self._seen, until=head)
        of_others = (each for each in read if each.id not in own)
        seen = (e for e in of_others if not is_kept_apart(e.occurrence(), by, context))
        told = (_bears_on(each, mine, own, context) for each in seen)
        found = tuple(each for each in told if each)
        self._seen = head
        return News(found)


def _bears_on(
    record: Record, mine: Mapping[Cell, Record], own: Collection[str], context: Context
) -> tuple[Record, Record | None] | None:
    said = record.occurrence()
    cell = cell_of(said)
    if cell is not None and (ours := mine.get(cell)) is not None:
        return record, ours if _time(said) != _time(ours.occurrence()) else None
    if isinstance(said, AMENDING) and getattr(said, "target", "") in own:
        return record, None
    here = bool(context.stage) and getattr(said, "stage", "") == context.stage
    at = getattr(said, "point", "") or getattr(said, "control", "")
    return (record, None) if cell and here and at == context.place else None


def _time(said: Occurrence) -> tuple[object, ...]:
    at = said.fact_at
    return (at.ms if at else None, getattr(said, "elapsed_ms", None))


def is_kept_apart(said: Occurrence, by: str, context: Context) -> bool:
    """Whether something is not shown to an official here: cards are keyed twice, each unseen.

    Over time cards nobody sees what another official keyed from them.
    """
    return context.kind == "cards" and said.source.kind == CARD and said.by != by


def seen_alone(told: ReadBack, came: Sequence[Any], seat: Seat, context: Context) -> ReadBack:
    """What is read back, without anything that tells what another official keyed from the cards.

    Neither how a crew stands by it, nor what differs from it.
    """
    if context.kind != "cards":
        return told

    def shows(found: Suspicion) -> bool:
        about = (seat.log.at(each).occurrence() for each in found.positions)
        return not any(is_kept_apart(each, seat.by, context) for each in about)

    warned = zip(told.warnings, came[-1].warnings, strict=True)
    warnings = tuple(words for words, found in warned if shows(found))
    return told._replace(warnings=warnings, stands=(), moved=())
