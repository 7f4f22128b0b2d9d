"""The docket: per decision its deadlines, and what was lodged against it, in time or not.

Deadlines are computed from the notification by the rulebook; that one is over changes nothing by
itself. What lapses is found by an act, and `rally due` lists what may be found.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from ledger.times import iso
from projections.state.appeals import moment_of
from projections.state.finality import title_of
from projections.state.matters import Deadlines, Matter, deadlines, matters
from projections.state.rally import RallyState
from projections.state.recorded import Fact
from projections.state.rulings import GONE


class MatterRow(msgspec.Struct, frozen=True):
    """A protest, a petition for review or an appeal, and where it stands.

    `due_at` is until when it had to be lodged, `confirm_by` until when it has to be confirmed; both
    are null where no time runs. `outcome` is empty while it is open.
    """

    kind: str
    about: str
    number: str
    competitor: str
    lodged_at: str
    due_at: str | None
    admissible: bool
    why_not: str
    suspensive: bool
    step: str
    confirm_by: str | None
    confirmed_at: str | None
    confirmed_in_time: bool | None
    ended_at: str | None
    outcome: str
    open: bool
    position: int
    id: str


class DocketRow(msgspec.Struct, frozen=True):
    """A decision with its deadlines; those of a time that does not run yet are null.

    `undefined` are the rules that are lacking, so that a deadline is not known.
    """

    decision: str
    title: str
    number: str
    status: str
    notified_at: str | None
    appealable: bool
    appeal_until: str | None
    review_until: str | None
    protest_until: str | None
    next_at: str | None
    next: str
    matters: tuple[MatterRow, ...]
    position: int
    id: str
    undefined: tuple[str, ...]


class Docket(msgspec.Struct, frozen=True):
    """Every decision in the order of the facts, and what is directed against no decision."""

    rows: tuple[DocketRow, ...]
    others: tuple[MatterRow, ...]


def docket(state: RallyState, now: int | None = None) -> Docket:
    """The docket as it stands at the cut; what lapses next, counted from a moment (UTC ms)."""
    rulings, every = state.facts.rulings, matters(state.facts)
    decided = [each.fact for each in rulings.all.values()]
    ids = {each.id for each in decided}
    against = {each.id: [m for m in every if m.about and m.about.id == each.id] for each in decided}
    rows = [_row(state, each, against[each.id], now) for each in decided]
    others = [each for each in every if each.about is None or each.about.id not in ids]
    return Docket(tuple(rows), tuple(matter_row(each) for each in others))


def matter_row(matter: Matter) -> MatterRow:
    """A matter as it is shown, its instants with the offset of its lodging."""
    said, offset = matter.fact.value, moment_of(matter.fact).offset
    return MatterRow(
        matter.kind,
        title_of(matter.about),
        said.number,
        getattr(said, "competitor", ""),
        moment_of(matter.fact).iso(),
        iso(matter.due, offset),
        matter.admissible,
        matter.why_not,
        matter.suspensive,
        matter.step,
        iso(matter.confirm_by, offset),
        moment_of(matter.confirmed).iso() if matter.confirmed else None,
        matter.confirmed_in_time,
        moment_of(matter.ended).iso() if matter.ended else None,
        matter.outcome,
        matter.is_open,
        matter.fact.position,
        matter.fact.id,
    )


def _row(state: RallyState, fact: Fact[Any], against: list[Matter], now: int | None) -> DocketRow:
    rulings, said = state.facts.rulings, fact.value
    notified = rulings.appeals.notified(fact.id)
    offset = moment_of(notified or fact).offset
    appealable = bool(getattr(said, "appealable", True))
    if notified:
        appealable = rulings.appeals.is_appealable(fact)
    appeal, review, protest, undefined = ends = deadlines(state.facts, fact)
    ahead = () if rulings.all[fact.id].status in GONE else _ahead(ends, against)
    at, what = min((e for e in ahead if now is None or e[0] >= now), default=(None, ""))
    return DocketRow(
        said.name,
        said.title,
        said.number,
        rulings.all[fact.id].status,
        moment_of(notified).iso() if notified else None,
        appealable,
        iso(appeal, offset),
        iso(review, offset),
        iso(protest, offset),
        iso(at, offset),
        what,
        tuple(matter_row(each) for each in against),
        fact.position,
        fact.id,
        undefined,
    )


def _ahead(ends: Deadlines, against: list[Matter]) -> Iterator[tuple[int, str]]:
    """What ends, and when. Who appealed in time need not do so again, but has to confirm."""
    appealed = any(each.kind == "appeal" and each.admissible for each in against)
    for at, what in (
        (None if appealed else ends.appeal, "the time to announce an appeal ends"),
        (ends.review, "the time to petition for a review ends"),
        (ends.protest, "the time to protest ends"),
    ):
        if at is not None:
            yield at, what
    for each in against:
        if each.confirm_by is not None and each.is_open and each.confirmed is None:
            yield each.confirm_by, "an announced appeal has to be confirmed"
