"""Cells: the value of a crew on a stage, over the log and over the rally.

A value is computed once for every part of the log and of the rally's time in which nothing changes
that it rests on, by the rules that a full replay uses. Parts with equal values are joined.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ledger.vocabulary import PassingRecorded, StageTimeRecorded
from projections.rules.rulebook import Undefined
from projections.state.facts import Facts
from projections.state.timing import StageValue, Timing
from projections.timeline.frames import Frame, Moment
from projections.timeline.light import at_moment, happened_at
from projections.timeline.versions import FOREVER, Version


class Content(NamedTuple):
    """What is known of a crew on a stage: its value, and its official start where it is asked.

    `undefined` says that a rule is lacking which its value needs.
    """

    value: StageValue | None
    official_ms: int | None = None
    undefined: bool = False


FINISHING = (StageTimeRecorded, PassingRecorded)
"""Without one of these there is no value."""
NOTHING = Content(None)


class Cell(NamedTuple):
    """A content over a part of the log (positions) and of the rally (instants, UTC ms)."""

    since: int
    until: int
    from_ms: int
    to_ms: int
    stage: str
    content: Content

    def holds(self, position: int, instant: int) -> bool:
        """Whether it is of a moment."""
        return self.since <= position < self.until and self.from_ms <= instant < self.to_ms


Steps = tuple[tuple[int, Content], ...]


def cells_of(
    stage: str, number: str, own: Sequence[Version], frame: Frame, *, starts: bool = False
) -> list[Cell]:
    """The cells of a crew on a stage, from the versions of its own facts there.

    With `starts` they also tell its official start.
    """
    if not starts and not any(isinstance(each.fact.value, FINISHING) for each in own):
        return []
    bearing = frame.bearing_on(number, own)
    steps = {each.since for each in own}
    first = min(steps, default=FOREVER)
    steps |= {each for version in (*own, *bearing) for each in (version.since, version.until)}
    steps |= frame.positions
    ordered = [step for step in sorted(steps) if first <= step < FOREVER]
    found: list[Cell] = []
    before: Steps = ()
    begun = first
    for step in ordered:
        now = _over_time((stage, number), own, bearing, frame, step, starts=starts)
        if now != before:
            found += _cells(stage, before, begun, step)
            before, begun = now, step
    return found + _cells(stage, before, begun, FOREVER)


def _over_time(
    key: tuple[str, str],
    own: Sequence[Version],
    bearing: Sequence[Version],
    frame: Frame,
    position: int,
    *,
    starts: bool,
) -> Steps:
    """What is known at a position of the log, over the time of the rally."""
    known = [each for each in own if each.known(position)]
    telling = [each for each in known if starts or isinstance(each.fact.value, FINISHING)]
    if not telling:
        return ()
    ticks = {happened_at(each.fact) for each in (*known, *bearing)}
    first = min(happened_at(each.fact) for each in telling)
    ticks |= {each for each in frame.instants if each > first}
    steps: list[tuple[int, Content]] = []
    before = NOTHING
    for tick in sorted(each for each in ticks if each >= first):
        facts = Facts(at_moment(known, position, tick), [], {})
        try:
            now = _content(key, facts, frame.at(position, tick), starts=starts)
        except Undefined:
            now = Content(None, undefined=True)
        if now != before:
            steps.append((tick, now))
            before = now
    return tuple(steps)


def _content(key: tuple[str, str], facts: Facts, moment: Moment, *, starts: bool) -> Content:
    """What is known of a crew on a stage at one moment."""
    timing = Timing(moment.course, facts, moment.lists)
    value = timing.measured.get(key)
    if value is not None:
        parts = tuple(part._replace(ids=()) for part in value.parts)
        value = value._replace(ids=(), parts=parts)
    if not starts:
        return Content(value)
    start = timing.starts.get(key)
    return Content(value, start.official_ms if start else None)


def _cells(stage: str, steps: Steps, since: int, until: int) -> list[Cell]:
    ends = [tick for tick, _ in steps[1:]] + [FOREVER + 1]
    return (
        [
            Cell(since, until, tick, end, stage, content)
            for (tick, content), end in zip(steps, ends, strict=True)
            if content != NOTHING
        ]
        if steps
        else []
    )
