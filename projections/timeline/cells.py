"""Cells: the value of a crew on a stage, over the log and over the rally.

A value is computed once for every part of the log and of the rally's time in which nothing changes
that it rests on, by the rules that a full replay uses. Parts with equal values are joined.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ledger.vocabulary import PassingRecorded, StageTimeRecorded
from projections.rules.rulebook import Undefined
from projections.state.facts import Facts
from projections.state.timing import StageValue, Timing
from projections.timeline.frames import Frame, Moment
from projections.timeline.versions import FOREVER, Version


class Content(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is known of a crew on a stage: its value, and its official start where it is asked.

    `undefined` says that a rule is lacking which its value needs.
    """

    value: StageValue | None
    official_ms: int | None = None
    undefined: bool = False


FINISHING = (StageTimeRecorded, PassingRecorded)
"""Without one of these there is no value."""
NOTHING = Content(None)


class Cell(msgspec.Struct, frozen=True, array_like=True, gc=False):
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
    crew = _Crew((stage, number), own, frame, starts=starts)
    found: list[Cell] = []
    before: Steps = ()
    begun = FOREVER
    for step in crew.positions():
        now = crew.over_time(step)
        if now != before:
            found += _cells(stage, before, begun, step)
            before, begun = now, step
    return found + _cells(stage, before, begun, FOREVER)


Rested = tuple[tuple[int, ...], tuple[int, ...], tuple[int, int]]
"""What a content rests on: which own facts, what bears on some crews, the part of the frame."""


class _Crew:
    """A crew on a stage: what is known of it, from its own facts and from what it rests on."""

    def __init__(
        self, key: tuple[str, str], own: Sequence[Version], frame: Frame, *, starts: bool
    ) -> None:
        self._key = key
        self._own = own
        self._telling = [each for each in own if starts or isinstance(each.fact.value, FINISHING)]
        self._bearing = frame.bearing_on(key[1], own)
        self._frame = frame
        self._starts = starts
        self._contents: dict[Rested, Content] = {}

    def positions(self) -> list[int]:
        """The positions at which something may change."""
        first = min((each.since for each in self._own), default=FOREVER)
        steps = {step for v in (*self._own, *self._bearing) for step in (v.since, v.until)}
        steps |= self._frame.positions
        return [step for step in sorted(steps) if first <= step < FOREVER]

    def over_time(self, position: int) -> Steps:
        """What is known at a position of the log, over the time of the rally."""
        telling = [each.instant for each in self._telling if each.known(position)]
        if not telling:
            return ()
        first = min(telling)
        ticks = {each.instant for each in self._own if each.known(position)}
        ticks |= {each.instant for each in self._bearing} | self._frame.instants
        steps: list[tuple[int, Content]] = []
        before = NOTHING
        for tick in sorted(each for each in ticks if each >= first):
            now = self._at(position, tick)
            if now != before:
                steps.append((tick, now))
                before = now
        return tuple(steps)

    def _at(self, position: int, tick: int) -> Content:
        """What is known at a moment: the same, where the same has happened on the same course."""
        own, bearing = (
            tuple(
                place
                for place, each in enumerate(several)
                if each.since <= position < each.until and each.instant <= tick
            )
            for several in (self._own, self._bearing)
        )
        key = own, bearing, self._frame.part(position, tick)
        if key not in self._contents:
            facts = Facts([self._own[place].fact for place in own], [], {})
            moment = self._frame.at(position, tick)
            try:
                now = _content(self._key, facts, moment, starts=self._starts)
            except Undefined:
                now = Content(None, undefined=True)
            self._contents[key] = now
        return self._contents[key]


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
