"""The retirement list: the last that is known of every crew that left the rally or a stage.

A report that was retracted leaves no row here; it stays in the log.
"""

from __future__ import annotations

import msgspec

from ledger.vocabulary import RetirementReported
from projections.state.entries import by_number
from projections.state.participation import OUT_OF_THE_RALLY, RETIRED, Fate, fate, stage_left
from projections.state.rally import RallyState


class Retirement(msgspec.Struct, frozen=True):
    """One row of the list. `position` is the record that it rests on.

    `restarted` says that the crew is in the rally all the same: it came back, or the rules leave it
    in the classification. Of every other row the status is what became of the crew.
    """

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
    numbers = sorted(state.facts.crews.keys() & state.in_doubt, key=by_number)
    return tuple(row for number in numbers if (row := _row(state, number)))


def _row(state: RallyState, number: str) -> Retirement | None:
    became = fate(state, number)
    left = became if became.name in OUT_OF_THE_RALLY else _came_back(state, number)
    if left is None:
        return None
    crew, said = state.facts.crews[number].value, left.fact.value if left.fact else None
    place, cause, reporter = "", "", said.by if said else ""
    if isinstance(said, RetirementReported):
        place, cause = said.place or said.point or said.control, said.cause
        reporter = said.reported_by or reporter
    return Retirement(
        number,
        crew.driver,
        crew.category,
        left.name,
        left.stage,
        place,
        cause,
        left.reason,
        said.fact_at.iso() if said and said.fact_at else None,
        reporter,
        left is not became,
        left.positions[0] if left.positions else 0,
    )


def _came_back(state: RallyState, number: str) -> Fate | None:
    """What took a crew out that is in the rally: for good, as far as was said, or else the last."""
    facts = state.retirements.get(number)
    if not facts:
        return None
    last = next((each for each in reversed(facts) if state.definitive(each)), facts[-1])
    stage, at = stage_left(state, last), (last.position,)
    return Fate(RETIRED, stage, last.value.reason, last, at)
