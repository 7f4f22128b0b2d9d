"""The present status of a crew: what the facts say of it, never what missing data suggest.

A crew that has no value for the stage under way is running, unless somebody reported otherwise or
the stage was closed.
"""

from __future__ import annotations

from typing import NamedTuple

from projections.state.rally import RallyState
from projections.state.tallies import NOBODY


class Status(NamedTuple):
    """A crew's status with the stage where it came about and the reason that was given."""

    name: str
    stage: str = ""
    reason: str = ""


def status_of(state: RallyState, number: str, until: int, of_stage: bool = False) -> Status:
    """The status, up to the stage of that number, of a crew that is not classified.

    With `of_stage`, only what it did on that one stage counts.
    """
    if number in state.kept_from_start:
        name, kept = state.kept_from_start[number]
        return Status(name, "", kept.value.reason)
    disqualified = state.disqualified.get(number)
    if disqualified is not None and state.from_order(disqualified) <= until:
        return Status("disqualified", disqualified.value.stage, disqualified.value.reason)
    outside = state.outside.get(number)
    if outside is not None and state.is_outside(number, until):
        return Status("outside", outside.value.stage, outside.value.reason)
    for fact in reversed(state.retirements.get(number, ())):
        order = state.out_from(number, fact)
        out = state.definitive(fact) or not state.restarted(number, fact) or order == until
        if order <= until and out:
            return Status(
                "retired", fact.value.stage or state.codes.get(order, ""), fact.value.reason
            )
    too_many = state.unfinished.too_many.get(number)
    if too_many is not None and too_many.order <= until:
        return Status("retired", too_many.stage, f"one stage too many left out: {too_many.stage}")
    return _under_way(state, number, until, of_stage)


def _under_way(state: RallyState, number: str, until: int, of_stage: bool) -> Status:
    category = state.category(number)
    carried = state.carried_until(number)
    counted = [
        stage for stage in state.counted(category, until) if stage.order == until or not of_stage
    ]
    on = state.on_stages
    first = next(
        (s for s in counted if s.order > carried and number not in on.get(s.stage, NOBODY)), None
    )
    if first is None:
        return Status("running")
    if (first.stage, number) in state.unfinished.overtime:
        return Status("unclassified", first.stage, f"over the maximum time of {first.stage}")
    if (first.stage, number) in state.unfinished.not_finished:
        said = state.unfinished.not_finished[first.stage, number].value
        return Status("unclassified", first.stage, said.reason or f"{said.kind} {first.stage}")
    if first is not counted[-1] or first.stage in state.closed:
        return Status("unclassified", first.stage, f"no time in {first.stage}")
    if any(state.orders[stage] > first.order for stage, held in on.items() if number in held):
        return Status("unclassified", first.stage, f"no time in {first.stage}")
    return Status("running", first.stage)
