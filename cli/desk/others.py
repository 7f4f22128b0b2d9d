"""What others append while an official types: what contradicts their own, and what is news here."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from cli.desk.entry import Stands
from cli.office.lines.asks import Seat
from cli.office.lines.context import Context
from cli.office.lines.plan import Plan
from cli.office.lines.read_back import in_full
from ledger.authority import AMENDING
from ledger.errors import LedgerError
from ledger.log import Log
from ledger.record import Record
from ledger.vocabulary import Occurrence
from projections.control.blind import unseen
from projections.state.contested import beyond
from projections.state.keyed import Cell, cell_of, figures_of

MOST = 5
"""So many of what others appended are told one by one."""


class News(NamedTuple):
    """What others appended that bears on this desk, each with one's own that it contradicts."""

    records: tuple[tuple[Record, Record | None], ...] = ()

    def words(self, plan: Plan) -> Iterator[str]:
        """A line for each contradiction; of what is only news, where it is very much, the last."""
        more = sum(own is None for _, own in self.records) - MOST
        if more > 0:
            yield f"News: {more} more records of others bear on this place: rally log."
        for record, own in self.records:
            more -= own is None
            if own is None and more >= 0:
                continue
            said = record.occurrence()
            site = f" at {record.header.site}" if record.header.site else ""
            what = f"CONFLICT with your #{own.position}" if own else "News"
            yield f"{what}: #{record.position} by {said.by}{site}. {in_full(said, plan)}"


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
        mine = {cell: each for each in stands if (cell := _cell(each.said, plan))}
        read = self._log.read(after=self._seen, until=head)
        of_others = (each for each in read if each.id not in own)
        seen = (each for each in of_others if not is_kept_apart(each, seat.by, context))
        found = [(each, _cell(each.occurrence(), plan)) for each in seen]
        self._seen = head
        return News(
            tuple(
                (each, _contradicted(each, mine[cell], cell, plan) if cell in mine else None)
                for each, cell in found
                if cell in mine or _is_here(cell, context) or _amends(each.occurrence(), own)
            )
        )


def _cell(said: Occurrence, plan: Plan) -> Cell | None:
    """What an observation is of; the finish may be named as the point that it is, or not."""
    cell = cell_of(said)
    if cell is None or cell.is_control:
        return cell
    ends = plan.state.timing.finish(cell.stage, cell.number)
    return cell._replace(place="") if cell.place in ends else cell


def _is_here(cell: Cell | None, context: Context) -> bool:
    """Whether something is of the place where an official sits."""
    if cell is None or context.kind in {"nowhere", "cards"}:
        return False
    if context.kind == "control":
        return cell.is_control and cell.place == context.place
    at_the_start = context.kind == "start"
    there = not cell.is_control and cell.is_start == at_the_start and cell.stage == context.stage
    return there and cell.place == context.place


def _amends(said: Occurrence, own: Collection[str]) -> bool:
    """Whether something corrects or voids what was recorded here."""
    return isinstance(said, AMENDING) and getattr(said, "target", "") in own


def _contradicted(record: Record, ours: Stands, cell: Cell, plan: Plan) -> Record | None:
    """One's own record of the same cell, if it says otherwise as far as both tell.

    What was read may lie as far apart as the regulations let it; when a crew was due may not.
    """
    told: Any = (ours.said, record.occurrence())
    pairs = enumerate(zip(*map(figures_of, told), strict=False))
    known = ((place, pair) for place, pair in pairs if None not in pair)
    differ = (
        len({*pair}) > 1 if place else _lie_apart(pair, ours.said, cell, plan)
        for place, pair in known
    )
    return ours.record if any(differ) else None


def _lie_apart(read: Sequence[int], said: Occurrence, cell: Cell, plan: Plan) -> bool:
    state = plan.state
    rules = state.rules_of(cell.stage)
    if cell.is_control:
        at = said.happened.ms
        rules = state.regulations.at(at, state.order_at(cell.stage, cell.place, at))
    try:
        return bool(beyond(rules, read, at_a_control=cell.is_control))
    except LedgerError:  # no rule says how far apart they may lie
        return len({*read}) > 1


def is_kept_apart(record: Record, by: str, context: Context) -> bool:
    """Whether something is not shown to an official here: cards are keyed twice, each unseen."""
    return context.kind == "cards" and bool(unseen([(record.id, record.occurrence())], by))
