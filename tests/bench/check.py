"""The check: at random moments of a log, the timeline answers as a replay from the first record."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from ledger.errors import LedgerError
from projections.registry import PROJECTIONS
from projections.results.standings import Scope, standings
from projections.state.facts import Fold
from projections.state.rally import RallyState
from projections.timeline.indexed import IndexedState
from projections.timeline.timeline import Timeline
from tests.bench.ledgers import log_of, span_of
from tests.bench.moments import AXES, Moment

A_SHARE = 10
"""So many moments are asked for by one process, which reads the log once for them."""
LISTS = ("retirements", "finishers", "penalties")
"""What is asked beside the standings."""


class Checked(NamedTuple):
    """A moment, whether the timeline itself answered, and whether a replay says the same."""

    position: int
    instant: int | None
    indexed: bool
    rows: int
    same: bool


class Asked(NamedTuple):
    """A moment at which to ask, and which of the stages is asked for too (from 0 to 1)."""

    moment: Moment
    stage: float


def checked(file: Path, count: int, seed: int, processes: int) -> Iterator[Checked]:
    """Ask at as many random moments, in shares that as many processes take in turn."""
    asked = sorted(_asked(file, count, random.Random(f"{seed} check")), key=_by_position)
    shares = [asked[at : at + A_SHARE] for at in range(0, count, A_SHARE)]
    with ProcessPoolExecutor(processes) as pool:
        for done in as_completed([pool.submit(_share, file, each) for each in shares]):
            yield from done.result()


def _by_position(asked: Asked) -> int:
    return asked.moment[0]


def _asked(file: Path, count: int, dice: random.Random) -> Iterator[Asked]:
    """Random positions, instants at the end of the log, and both, in turn."""
    log = log_of(file)
    first, last = span_of(file, log.rally)
    size = log.head().size
    axes = list(AXES.values())
    for number in range(count):
        by_position, by_instant = axes[number % len(axes)]
        position = dice.randint(1, size) if by_position else size
        instant = dice.randint(first, last) if by_instant else None
        yield Asked((position, instant), dice.random())


def _share(file: Path, asked: Sequence[Asked]) -> list[Checked]:
    """Ask at some moments, in the order of the log: it is folded once along the way."""
    log = log_of(file)
    timeline = Timeline(log)
    timeline.carry(log.head().size)
    fold, folded, found = Fold(), 0, list[Checked]()
    for (position, instant), stage in asked:
        for record in log.read(after=folded, until=position):
            fold.add(record)
        folded = position
        state = timeline.at(position, instant)
        here = _answers(state, stage)
        there = _answers(RallyState(fold.facts(instant)), stage)
        indexed = isinstance(state, IndexedState)
        rows = len(here["standings"].get("rows", ()))
        found.append(Checked(position, instant, indexed, rows, here == there))
    return found


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
