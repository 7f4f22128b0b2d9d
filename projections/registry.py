"""Every projection by its name and what it needs: a new one is a module and a line here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from projections.anomalies import anomalies
from projections.check import check
from projections.decisions import decisions
from projections.docket import docket
from projections.due import due
from projections.finishers import finishers
from projections.incidents import incidents
from projections.outstanding import outstanding
from projections.penalties import penalties
from projections.protest_clock import protest_clock
from projections.publications import publications
from projections.reads import READ_BY
from projections.retirements import retirements
from projections.standings import standings
from projections.start_order import start_order
from projections.state.held import Need, NotHeld
from projections.state.rally import RallyState
from projections.teams import teams
from projections.time_card import time_cards


class Projection(NamedTuple):
    """An answer, and what the state must hold of which it is asked.

    A full replay serves every answer; of a long log it takes long.
    """

    name: str
    need: Need
    answer: Callable[..., Any]

    def __call__(self, state: RallyState, /, *given: Any, **named: Any) -> Any:
        """The answer of a state.

        Raises:
            NotHeld: the state does not hold what the answer needs.
        """
        if state.facts.holds not in (self.need, Need.REPLAY):
            raise NotHeld(f"what {self.name} needs ({self.need.value})", state.facts.holds)
        return self.answer(state, *given, **named)


_ANSWERS: dict[Need, dict[str, Callable[..., Any]]] = {
    Need.TIMELINE: {
        "standings": standings,
        "retirements": retirements,
        "finishers": finishers,
        "teams": teams,
        "penalties": penalties,
    },
    Need.DESK: {
        "decisions": decisions,
        "docket": docket,
        "protest-clock": protest_clock,
        "due": due,
    },
    Need.REPLAY: {
        "incidents": incidents,
        "outstanding": outstanding,
        "anomalies": anomalies,
        "check": check,
        "start-order": start_order,
        "time-cards": time_cards,
        "publications": publications,
    },
}
PROJECTIONS: dict[str, Projection] = {
    name: Projection(name, need, answer)
    for need, answers in _ANSWERS.items()
    for name, answer in answers.items()
}
if PROJECTIONS.keys() != frozenset().union(*READ_BY.values()):
    raise TypeError("reads.py says of every projection, and of no other, what it reads")
