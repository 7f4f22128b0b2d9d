"""The retirement list: the last that is known of every crew that left the rally or a stage.

A report that was retracted leaves no row here; it stays in the log.
"""

from __future__ import annotations

import msgspec

from ledger.vocabulary import CrewDisqualified, RetirementReported
from projections.standings import by_number
from projections.state.course import Leaving
from projections.state.rally import KeptFromStart, RallyState


class Retirement(msgspec.Struct, frozen=True):
    """One row of the list. `position` is the record that it rests on."""

    number: str
    driver: str
    category: str
    status: str
    stage: str
    place: str
    cause: str
    reason: str
    fact_at: str | None
    reported_by: str
    restarted: bool
    position: int


def retirements(state: RallyState) -> tuple[Retirement, ...]:
    """Every crew that is retired, withdrawn, refused, disqualified or not started, by number."""
    numbers = {*state.disqualified, *state.kept_from_start, *state.retirements}
    return tuple(row for number in sorted(numbers, key=by_number) if (row := _row(state, number)))


def _row(state: RallyState, number: str) -> Retirement | None:
    crew = state.facts.crews.get(number)
    if crew is None:
        return None
    place, cause, restarted = "", "", False
    value: CrewDisqualified | KeptFromStart | Leaving
    if number in state.disqualified:
        status, said = "disqualified", state.disqualified[number]
        position, value, stage = said.position, said.value, said.value.stage
    elif number in state.kept_from_start:
        status, kept = state.kept_from_start[number]
        position, value, stage = kept.position, kept.value, ""
    else:
        facts = state.retirements[number]
        last = next((each for each in reversed(facts) if state.definitive(each)), facts[-1])
        status, position, value = "retired", last.position, last.value
        restarted = not state.definitive(last) and state.restarted(number, last)
        stage = last.value.stage or state.reported_at(last).stage
        if isinstance(last.value, RetirementReported):
            place = last.value.place or last.value.point or last.value.control
            cause = last.value.cause
    reporter = value.reported_by if isinstance(value, RetirementReported) else ""
    return Retirement(
        number,
        crew.value.driver,
        crew.value.category,
        status,
        stage,
        place,
        cause,
        value.reason,
        value.fact_at.iso() if value.fact_at else None,
        reporter or value.by,
        restarted,
        position,
    )
