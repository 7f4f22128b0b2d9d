"""Every projection by its name: a new one is a module and a line here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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
from projections.state.rally import RallyState
from projections.teams import teams
from projections.time_card import time_cards

PROJECTIONS: dict[str, Callable[[RallyState], Any]] = {
    "standings": standings,
    "retirements": retirements,
    "finishers": finishers,
    "teams": teams,
    "incidents": incidents,
    "outstanding": outstanding,
    "anomalies": anomalies,
    "check": check,
    "penalties": penalties,
    "start-order": start_order,
    "time-cards": time_cards,
    "publications": publications,
    "decisions": decisions,
    "docket": docket,
    "protest-clock": protest_clock,
    "due": due,
}
assert PROJECTIONS.keys() == frozenset().union(*READ_BY.values()), (
    "reads.py says of every projection, and of no other, what it reads"
)
