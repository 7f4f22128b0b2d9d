"""What others append while an official types: what contradicts their own, and what is news here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cli.desk.entry import Stands
from cli.office.lines.asks import Seat
from cli.office.lines.context import Context
from cli.office.lines.plan import Plan
from cli.office.lines.read_back import ReadBack, in_full
from ledger.authority import AMENDING
from ledger.log import Log
from ledger.record import Record
from ledger.vocabulary import ControlPassed, Occurrence, PassingRecorded, StageStarted
from projections.control.blind import unseen
from projections.control.check import Suspicion

MOST = 5
"""So many of what others appended are told one by one."""
Cell = tuple[str, ...]


def cell_of(said: Occurrence, plan: Plan) -> Cell | None:
    """What an observation is of: a crew at a place, once; None for anything else.

    The finish may be named as the point that it is, or not.
    """
    if isinstance(said, ControlPassed):
        return "control", said.number, said.control
    if isinstance(said, StageStarted):
        return "start", said.number, said.stage
    if isinstance(said, PassingRecorded):
        ends = plan.state.timing.finish(said.stage, said.number)
        return "point", said.number, said.stage, "" if said.point in ends else said.point
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

    def since(
        self, own: Collection[str], stands: Sequence[Stands], seat: Seat, context: Context
    ) -> News:
        """What others appended since it was asked last, as far as it bears on a desk.

        `own` are the ids of all that was recorded there, of which that stands.
        """
        head = self._log.head().size
        if head <= self._seen:
            return News()
        plan = seat.plan
        mine = {cell: each for each in stands if (cell := cell_of(each.said, plan))}
        read = self._log.read(after=self._seen, until=head)
        of_others = (each for each in read if each.id not in own)
        seen = (e for e in of_others if not is_kept_apart(e.occurrence(), seat.by, context))
        found = [(each, mine.get(cell_of(each.occurrence(), plan) or ())) for each in seen]
        self._seen = head
        return News(
            tuple(
                (each, ours.record if ours and differ(ours.said, each.occurrence()) else None)
                for each, ours in found
                if ours or _bears_on(each.occurrence(), own, context, plan)
            )
        )


def _bears_on(said: Occurrence, own: Collection[str], context: Context, plan: Plan) -> bool:
    """Whether something is of the place where one sits, or amends what one recorded."""
    if isinstance(said, AMENDING):
        return getattr(said, "target", "") in own
    cell, here = cell_of(said, plan), _CELLS.get(context.kind)
    number = getattr(said, "number", "")
    return cell is not None and here is not None and cell == here(number, context)


_CELLS: Mapping[str, Callable[[str, Context], Cell]] = {
    "start": lambda number, at: ("start", number, at.stage),
    "finish": lambda number, at: ("point", number, at.stage, ""),
    "point": lambda number, at: ("point", number, at.stage, at.place),
    "control": lambda number, at: ("control", number, at.place),
}
"""What is recorded of a crew at each kind of place."""


def differ(one: Occurrence, other: Occurrence) -> bool:
    """Whether two say otherwise when it was, or after how long, as far as both tell it."""
    told = ((each.fact_at and each.fact_at.ms, _elapsed(each)) for each in (one, other))
    return any(a != b for a, b in zip(*told, strict=True) if a is not None and b is not None)


def _elapsed(said: Occurrence) -> int | None:
    return said.elapsed_ms if isinstance(said, PassingRecorded) else None


def is_kept_apart(said: Occurrence, by: str, context: Context) -> bool:
    """Whether something is not shown to an official here: cards are keyed twice, each unseen.

    Over time cards nobody sees what another official keyed from them.
    """
    return context.kind == "cards" and bool(unseen([("", said)], by, context.stage))


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
