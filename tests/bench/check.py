"""The check: at random moments of a log, the timeline answers as a replay from the first record."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from ledger.errors import LedgerError
from ledger.log import Log
from projections.registry import PROJECTIONS
from projections.standings import Scope, standings
from projections.state.facts import Fold
from projections.state.rally import RallyState
from projections.timeline.indexed import IndexedState
from projections.timeline.timeline import Timeline
from tests.bench.ledgers import log_of, span_of
from tests.bench.moments import AXES, Moment

LISTS = ("retirements", "finishers", "penalties")
"""What is asked beside the standings."""


class Checked(NamedTuple):
    """A moment, whether the timeline itself answered, and whether a replay says the same."""

    position: int
    instant: int | None
    indexed: bool
    rows: int
    same: bool


def checked(file: Path, count: int, seed: int) -> Iterator[Checked]:
    """Ask at as many random moments, in the order of the log: it is folded once along the way."""
    log = log_of(file)
    size = log.head().size
    timeline = Timeline(log)
    timeline.carry(size)
    dice = random.Random(f"{seed} check")
    fold, folded = Fold(), 0
    for position, instant in sorted(_moments(file, log, count, dice), key=lambda each: each[0]):
        for record in log.read(after=folded, until=position):
            fold.add(record)
        folded = position
        state = timeline.at(position, instant)
        stage = dice.random()
        here = _answers(state, stage)
        there = _answers(RallyState(fold.facts(instant)), stage)
        indexed = isinstance(state, IndexedState)
        rows = len(here["standings"].get("rows", ()))
        yield Checked(position, instant, indexed, rows, here == there)


def _moments(file: Path, log: Log, count: int, dice: random.Random) -> Iterator[Moment]:
    """Random positions, instants at the end of the log, and both, in turn."""
    first, last = span_of(file, log.rally)
    size = log.head().size
    axes = list(AXES.values())
    for number in range(count):
        by_position, by_instant = axes[number % len(axes)]
        position = dice.randint(1, size) if by_position else size
        yield position, dice.randint(first, last) if by_instant else None


def _answers(state: RallyState, stage: float) -> dict[str, Any]:
    """The standings overall, those after one of the stages and its own result, and some lists."""
    found = {name: _told(lambda name=name: PROJECTIONS[name](state)) for name in LISTS}
    found["standings"] = _told(lambda: standings(state))
    codes = [each.stage for each in state.stages]
    if codes:
        code = codes[int(stage * len(codes))]
        found["after"] = _told(lambda: standings(state, Scope(after=code)))
        found["stage"] = _told(lambda: standings(state, Scope("stage", stage=code)))
    return found


def _told(answer: Any) -> Any:
    try:
        return msgspec.to_builtins(answer())
    except LedgerError as error:
        return {"error": error.kind}
