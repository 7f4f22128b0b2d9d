"""The penalties list, with its cross-foot: what was added to each total, penalty by penalty.

Withdrawn penalties, and those that fell away with a part of a stage, stand in the list with their
status. The sum of those that count equals what the standings add to the times of a crew.
"""

from __future__ import annotations

import msgspec

from projections.standings import by_number, counting, overall_total, since_of
from projections.state.charges import Charge
from projections.state.rally import RallyState


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
    order = None if stage is None else state.orders.get(stage, -1)
    chosen = sorted(
        (
            each
            for each in state.charges
            if number in (None, each.number) and (stage is None or each.order == order)
        ),
        key=lambda each: (by_number(each.number), each.order or 0),
    )
    charged = {each.number for each in state.charges if each.in_force}
    crews = sorted(charged & state.facts.crews.keys(), key=by_number)
    feet = (_cross_foot(state, each) for each in crews if number in (None, each))
    return PenaltyList(
        tuple(_row(state, each) for each in chosen), tuple(foot for foot in feet if foot)
    )


def _row(state: RallyState, charge: Charge) -> Penalty:
    crew = state.facts.crews.get(charge.number)
    in_total = charge.in_force and bool(counting([charge], since_of(state, charge.number), None))
    return Penalty(
        charge.number,
        crew.value.driver if crew else "",
        crew.value.category if crew else "",
        state.codes.get(charge.order, ""),
        charge.amount_ms,
        charge.applies_to,
        charge.kind,
        charge.basis,
        charge.status,
        in_total,
        charge.reason,
        charge.article,
        charge.document,
        charge.positions,
    )


def _cross_foot(state: RallyState, number: str) -> CrossFoot | None:
    total = overall_total(state, number, None)
    if total is None:
        return None
    listed = sum(
        each.amount_ms
        for each in state.charges
        if each.number == number and _row(state, each).counts
    )
    agrees = listed == total.penalty_ms and total.time_ms + listed == total.total_ms
    return CrossFoot(number, total.time_ms, total.penalty_ms, listed, total.total_ms, agrees)
