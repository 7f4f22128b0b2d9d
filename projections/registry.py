"""Every projection by its name and what it needs: a new one is a module and a line here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from projections.control.anomalies import anomalies
from projections.control.cards import cards
from projections.control.check import check
from projections.control.outstanding import outstanding
from projections.desk.decisions import decisions
from projections.desk.docket import docket
from projections.desk.due import due
from projections.desk.incidents import incidents
from projections.desk.precedents import precedents
from projections.desk.proposals import proposals
from projections.desk.protest_clock import protest_clock
from projections.desk.publications import publications
from projections.read_by import READ_BY
from projections.results.finishers import finishers
from projections.results.penalties import penalties
from projections.results.points import points_by_table
from projections.results.retirements import retirements
from projections.results.season import season_by_table
from projections.results.standings import standings
from projections.results.start_order import start_order
from projections.results.teams import teams
from projections.results.time_card import time_cards
from projections.state.held import Need, NotHeld
from projections.state.rally import RallyState


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
        "points": points_by_table,
        "season": season_by_table,
        "penalties": penalties,
    },
    Need.DESK: {
        "docket": docket,
        "protest-clock": protest_clock,
        "due": due,
        "precedents": precedents,
    },
    Need.REPLAY: {
        # Which effects do nothing follows from the road; a face may ask a timeline for that.
        "decisions": decisions,
        "incidents": incidents,
        "proposals": proposals,
        "cards": cards,
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
    raise TypeError("read_by.py says of every projection, and of no other, what it reads")
