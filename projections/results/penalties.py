"""The penalties list, with its cross-foot: what was added to each total, penalty by penalty.

Withdrawn penalties, and those that fell away with a part of a stage, stand in the list with their
status. The sum of those that count equals what the standings add to the times of a crew.
"""

from __future__ import annotations

from collections import defaultdict

import msgspec

from projections.state.charges import Charge
from projections.state.entries import by_number
from projections.state.rally import RallyState
from projections.state.rulings import IN_FORCE
from projections.state.totals import counting, overall_total, since_of


class Penalty(msgspec.Struct, frozen=True):
    """One penalty. `counts` says whether it is in the overall of everything so far."""

    number: str
    driver: str
    category: str
    stage: str
    amount_ms: int
    applies_to: str
    kind: str
    basis: str
    status: str
    counts: bool
    reason: str
    article: str
    document: str
    positions: tuple[int, ...]


class CrossFoot(msgspec.Struct, frozen=True):
    """A crew's total against its parts: total = times + penalties, and penalties = the list."""

    number: str
    time_ms: int
    penalty_ms: int
    listed_ms: int
    total_ms: int
    agrees: bool


class PenaltyList(msgspec.Struct, frozen=True):
    """Every penalty in the order of crews and stages, and the cross-foot of classified crews."""

    rows: tuple[Penalty, ...]
    crossfoot: tuple[CrossFoot, ...]


def penalties(
    state: RallyState, number: str | None = None, stage: str | None = None
) -> PenaltyList:
    """The penalties list, of one crew or one stage if asked."""
    everything = listed(state, number)
    counted: dict[str, int] = defaultdict(int)
    for row in everything:
        if row.status == IN_FORCE:
            counted[row.number] += row.amount_ms if row.counts else 0
    feet = (_cross_foot(state, each, counted[each]) for each in sorted(counted, key=by_number))
    rows = everything if stage is None else listed(state, number, stage)
    return PenaltyList(rows, tuple(foot for foot in feet if foot))


def listed(
    state: RallyState, number: str | None = None, stage: str | None = None
) -> tuple[Penalty, ...]:
    """The penalties in the order of crews and stages, of one crew or one stage if asked."""
    chosen = (
        each
        for each in state.charges
        if number in (None, each.number) and stage in (None, each.stage)
    )
    ordered = sorted(chosen, key=lambda each: (by_number(each.number), each.order or 0))
    return tuple(_row(state, each) for each in ordered)


def _row(state: RallyState, charge: Charge) -> Penalty:
    crew = state.facts.crews.get(charge.number)
    in_total = charge.in_force and bool(counting([charge], since_of(state, charge.number), None))
    return Penalty(
        charge.number,
        crew.value.driver if crew else "",
        crew.value.category if crew else "",
        charge.stage,
        charge.amount_ms,
        charge.applies_to,
        charge.kind,
        charge.basis,
        charge.status_in("joint"),
        in_total,
        charge.reason,
        charge.article,
        charge.document,
        charge.positions,
    )


def _cross_foot(state: RallyState, number: str, counted_ms: int) -> CrossFoot | None:
    """A crew's total in the standings against what the list adds to its times."""
    total = overall_total(state, number) if number in state.facts.crews else None
    if total is None:
        return None
    agrees = counted_ms == total.penalty_ms and total.time_ms + counted_ms == total.total_ms
    return CrossFoot(number, total.time_ms, total.penalty_ms, counted_ms, total.total_ms, agrees)
