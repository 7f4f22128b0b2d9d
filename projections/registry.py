"""Every projection by its name: a new one is a module and a line here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from projections.anomalies import anomalies
from projections.finishers import finishers
from projections.retirements import retirements
from projections.standings import standings
from projections.state import RallyState

PROJECTIONS: dict[str, Callable[[RallyState], Any]] = {
    "standings": standings,
    "retirements": retirements,
    "finishers": finishers,
    "anomalies": anomalies,
}
