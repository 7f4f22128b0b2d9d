"""History: how a crew moved, or the lead, along the rally and along the log.

Along the rally stands what is known now: place, total and status after each stage. Along the log
stands what could be known: each change with the record that made it. The log is asked position by
position, by whatever answers for one; nothing is skipped because its neighbours are equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import msgspec

from ledger.errors import LedgerError
from projections.read_by import reads
from projections.results.standings import Scope, Standings, standings
from projections.state.participation import CLASSIFIED
from projections.state.rally import RallyState

Evaluate = Callable[[int], Standings]
"""Answers the classification as it was known at a position; asked in the order of positions."""
UNKNOWN = "unknown"
READ = reads("standings")
"""The types that can change a classification: other records need not be asked for."""


class Where(msgspec.Struct, frozen=True):
    """Where a crew stands in a classification; with no place, the status says why.

    The status is "unknown" before the crew is entered, or where there is no classification yet.
    """

    place: int | None = None
    total_ms: int | None = None
    gap_ms: int | None = None
    status: str = UNKNOWN
    stage: str = ""
    reason: str = ""


class AfterStage(msgspec.Struct, frozen=True):
    """Where a crew stands after a stage; `made` says what race direction made of the stage."""

    after: str
    made: str
    place: int | None
    total_ms: int | None
    gap_ms: int | None
    status: str
    reason: str


class Turn(msgspec.Struct, frozen=True):
    """A record that changed a crew's place, total or status: each before and after it."""

    position: int
    place: tuple[int | None, int | None]
    total_ms: tuple[int | None, int | None]
    gap_ms: tuple[int | None, int | None]
    status: tuple[str, str]
    reason: str


class LeadAfter(msgspec.Struct, frozen=True):
    """Who leads after a stage and by how much; several where they share the first place.

    `ahead_ms` is None where nobody is behind them.
    """

    after: str
    leaders: tuple[str, ...]
    drivers: tuple[str, ...]
    total_ms: int | None
    ahead_ms: int | None


class Lead(msgspec.Struct, frozen=True):
    """A record that changed who leads; `before` are those who led before it."""

    position: int
    before: tuple[str, ...]
    leaders: tuple[str, ...]
    drivers: tuple[str, ...]
    total_ms: int | None
    ahead_ms: int | None


# -- along the rally -----------------------------------------------------------------------------


def along_the_rally(
    state: RallyState, number: str, category: str | None = None
) -> tuple[AfterStage, ...]:
    """Where a crew stands after each stage that was run or cancelled, of all or of a category."""
    last = max((state.orders[each] for each in state.run), default=-1)
    own = state.category(number)
    return tuple(
        _after(state, number, stage.stage, category)
        for stage in state.stages
        if stage.order <= last or state.cancelled(stage.stage, own)
    )


def _after(state: RallyState, number: str, stage: str, category: str | None) -> AfterStage:
    found = where(standings(state, Scope(after=stage, category=category)), number)
    directed = state.direction_for(stage, number)
    made = next((name for name, act in directed._asdict().items() if act), "")
    return AfterStage(
        stage, made, found.place, found.total_ms, found.gap_ms, found.status, found.reason
    )


def leaders_after(state: RallyState, category: str | None = None) -> tuple[LeadAfter, ...]:
    """Who leads after each stage up to the last that was run, of all or of a category."""
    last = max((state.orders[each] for each in state.run), default=-1)
    ran = [stage.stage for stage in state.stages if stage.order <= last]
    found = ((code, standings(state, Scope(after=code, category=category))) for code in ran)
    return tuple(LeadAfter(code, *leading(answer)) for code, answer in found if answer.rows)


def where(answer: Standings | None, number: str) -> Where:
    """Where a crew stands in a classification."""
    for row in answer.rows if answer else ():
        if row.number == number:
            return Where(row.place, row.total_ms, row.gap_ms, CLASSIFIED)
    for out in answer.unclassified if answer else ():
        if out.number == number:
            return Where(status=out.status, stage=out.stage, reason=out.reason)
    return Where()


# -- along the log -------------------------------------------------------------------------------


def history(
    evaluate: Evaluate, positions: Iterable[int], number: str, since: int = 0
) -> Iterator[Turn]:
    """Each of these positions whose record changed the place, total or status of a crew.

    The first is compared with `since`, or with the beginning of the log where that is 0.
    """
    return turns(lambda position: where(_asked(evaluate, position), number), positions, since)


def turns(stood: Callable[[int], Where], positions: Iterable[int], since: int) -> Iterator[Turn]:
    """The same of a crew of which it is known where it stood at each position."""
    was = stood(since)
    for position in positions:
        now = stood(position)
        if (was.place, was.total_ms, was.status) != (now.place, now.total_ms, now.status):
            yield Turn(
                position,
                (was.place, now.place),
                (was.total_ms, now.total_ms),
                (was.gap_ms, now.gap_ms),
                (was.status, now.status),
                now.reason,
            )
        was = now


def leads(evaluate: Evaluate, positions: Iterable[int], since: int = 0) -> Iterator[Lead]:
    """Each of these positions whose record changed who leads; the first compared with `since`."""
    return led(lambda position: leading(_asked(evaluate, position)), positions, since)


def led(ahead: Callable[[int], Leading], positions: Iterable[int], since: int) -> Iterator[Lead]:
    """The same where it is known who led at each position."""
    was = ahead(since)
    for position in positions:
        now = ahead(position)
        if now.leaders != was.leaders:
            yield Lead(position, was.leaders, *now)
        was = now


def _asked(evaluate: Evaluate, position: int) -> Standings | None:
    """The classification at a position; None before anything, or where the rules do not suffice."""
    if not position:
        return None
    try:
        return evaluate(position)
    except LedgerError:
        return None


class Leading(NamedTuple):
    """Who leads a classification, with which total, and by how much."""

    leaders: tuple[str, ...]
    drivers: tuple[str, ...]
    total_ms: int | None
    ahead_ms: int | None


def leading(answer: Standings | None) -> Leading:
    """Who leads a classification; nobody where there is none."""
    rows = answer.rows if answer else ()
    first = [row for row in rows if row.place == 1]
    behind = [row.gap_ms for row in rows if row.place != 1]
    return Leading(
        tuple(row.number for row in first),
        tuple(row.driver for row in first),
        first[0].total_ms if first else None,
        behind[0] if behind else None,
    )
