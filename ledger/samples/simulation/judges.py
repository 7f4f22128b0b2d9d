"""Judges of fact in a synthetic rally whose rules judge time cards; what race direction grants."""

from __future__ import annotations

from ledger.samples.simulation.cards import LATE
from ledger.samples.simulation.day import Day
from ledger.samples.simulation.desk import CLERK, MARSHAL
from ledger.samples.simulation.fates import at_least_some
from ledger.samples.simulation.plan import HOUR, MINUTE, SECOND, dice
from ledger.samples.simulation.road import Run
from ledger.vocabulary import (
    DelayAllowanceGranted,
    FalseStartObserved,
    RouteOpened,
    TargetTimeChanged,
)

FALSE_START = 60
"""How often a crew sets off before the signal, in ten thousand starts."""
HELD_UP = 6
"""One in so many late crews was held up by the rally and may be late without penalty."""
OPENING = 3
"""So many crews open the route of a day."""
MORE_MS = 5 * MINUTE
"""By how much race direction lengthens the last liaison of a day in the middle of the rally."""


def judge(day: Day) -> None:
    """Plan what judges of fact and race direction add where the rules judge cards."""
    if not day.plan.regulations.judges_cards:
        return
    rng = dice(day.plan, f"judges {day.stage.order}")
    for run in day.runs:
        if rng.randrange(10_000) < at_least_some(day.plan, FALSE_START):
            said = {**day.about(run), "by_ms": rng.randrange(100, 3000)}
            day.act(FalseStartObserved, run.start + MINUTE, MARSHAL, run.start, **said)
        if run.until is None and rng.randrange(10_000) < at_least_some(day.plan, LATE) // HELD_UP:
            _allow(day, run, rng.randrange(2, 7) * MINUTE)
    for rank, run in enumerate(sorted(day.runs, key=lambda run: run.start)[:OPENING], 1):
        at = max(day.hour(20), run.finish + HOUR) + rank * SECOND
        if run.until is None:
            opened = {"rank": rank, "distance_m": day.stage.length_m // (1 + rank)}
            day.act(RouteOpened, at, MARSHAL, run.finish, **opened, **day.about(run))
    if day.stage.order == max(day.plan.stages // 3, 1) and day.runs:
        _lengthen(day)


def _allow(day: Day, run: Run, amount_ms: int) -> None:
    at, control = run.finish + 5 * MINUTE, day.stage.controls[1]
    said = {"number": run.crew.number, "control": control, "amount_ms": amount_ms}
    day.act(DelayAllowanceGranted, at, CLERK, at, reason="held up by a helicopter", **said)


def _lengthen(day: Day) -> None:
    """The last of the field have more time to the last control of the day, and need not wait."""
    ends = sorted(run.finish for run in day.runs)
    at = ends[len(ends) * 9 // 10]
    said = {"control": day.stage.controls[1], "target_ms": day.stage.liaison_ms + MORE_MS}
    day.act(TargetTimeChanged, at, CLERK, at, reason="road works", **said)
