"""Cells: what a crew's records on a stage come to, over the log and over the rally.

That is the value of the stage, or what starts and controls cost. It is computed once for every part
of the log and of the rally's time in which nothing changes that it rests on, by the rules that a
full replay uses. Parts in which it is equal are joined.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import msgspec

from ledger.errors import Undefined
from ledger.vocabulary import PassingRecorded, StageTimeRecorded
from projections.state.charges import Charge, Charges
from projections.state.ends import Tells
from projections.state.facts import Facts
from projections.state.road import Road
from projections.state.timing import StageValue, Timing
from projections.timeline.frames import Frame, Moment
from projections.timeline.versions import FOREVER, Version


class Content(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is known of a crew on a stage: its value, and its official start where it is asked.

    Or what it is charged for a start, or at a control; or what its times tell of where the stage
    ends. `undefined` says that a rule is lacking which that needs: a full replay tells.
    """

    value: StageValue | None = None
    official_ms: int | None = None
    undefined: bool = False
    charges: tuple[Charge, ...] = ()
    tells: tuple[Tells, ...] = ()


FINISHING = (StageTimeRecorded, PassingRecorded)
"""Without one of these there is no value."""
NOTHING = Content()


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

    @property
    def lasts(self) -> bool:
        """Whether it stands for good, once it does."""
        return self.until >= FOREVER <= self.to_ms


Steps = tuple[tuple[int, Content], ...]


def cells_of(
    stage: str, number: str, own: Sequence[Version], frame: Frame, *, starts: bool = False
) -> list[Cell]:
    """The cells of a crew on a stage, from the versions of its own facts there.

    With `starts` they also tell its official start.
    """
    telling = [each for each in own if starts or isinstance(each.fact.value, FINISHING)]
    if not telling:
        return []
    made = partial(_value, (stage, number), starts=starts)
    return _Crew(number, own, telling, frame, made).cells(stage)


def told_of(stage: str, number: str, own: Sequence[Version], frame: Frame) -> list[Cell]:
    """The cells of what a crew's times tell of where a stage ends: its official time does."""
    telling = [
        each
        for each in own
        if isinstance(said := each.fact.value, FINISHING) and not getattr(said, "point", "")
    ]
    if not telling:
        return []
    return _Crew(number, own, telling, frame, partial(_told, (stage, number))).cells(stage)


def charged_of(
    stage: str, number: str, own: Sequence[Version], telling: Sequence[Version], frame: Frame
) -> list[Cell]:
    """The cells of what a crew is charged for some of its facts: a start, or one control.

    They are of no more than one start or control, so that few facts meet in one: of a card that
    comes in late, not everything on it has to be judged again at each of its stamps.
    """
    made = partial(_charged, frozenset(each.fact.id for each in telling))
    return _Crew(number, own, telling, frame, made).cells(stage)


Rested = tuple[tuple[int, ...], tuple[int, ...], tuple[int, int]]
"""What a content rests on: which own facts, what bears on some crews, the part of the frame."""


class _Crew:
    """A crew on a stage: what is known of it, from its own facts and from what it rests on.

    Without one of the facts that are `telling` there is nothing to tell.
    """

    def __init__(
        self,
        number: str,
        own: Sequence[Version],
        telling: Sequence[Version],
        frame: Frame,
        made: Callable[[Facts, Moment], Content],
    ) -> None:
        self._own = own
        self._telling = telling
        self._bearing = frame.bearing_on(number, own)
        self._frame = frame
        self._made = made
        self._contents: dict[Rested, Content] = {}

    def cells(self, stage: str) -> list[Cell]:
        """What is known of it, in the order of the log."""
        found: list[Cell] = []
        before: Steps = ()
        begun = FOREVER
        for step in self._positions():
            now = self._over_time(step)
            if now != before:
                found += _cells(stage, before, begun, step)
                before, begun = now, step
        return found + _cells(stage, before, begun, FOREVER)

    def _positions(self) -> list[int]:
        """The positions at which something may change."""
        first = min((each.since for each in self._telling), default=FOREVER)
        steps = {step for v in (*self._own, *self._bearing) for step in (v.since, v.until)}
        steps |= self._frame.positions
        return [step for step in sorted(steps) if first <= step < FOREVER]

    def _over_time(self, position: int) -> Steps:
        """What is known at a position of the log, over the time of the rally."""
        telling = [each.instant for each in self._telling if each.known(position)]
        if not telling:
            return ()
        first = min(telling)
        ticks = {each.instant for each in self._own if each.known(position)}
        ticks |= {each.instant for each in self._bearing} | self._frame.instants
        steps: list[tuple[int, Content]] = []
        before = NOTHING
        # Before the first of the facts that tell anything nothing is known: a stage is looked at
        # from there, and not from the beginning of the rally.
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
        # Many moments differ in nothing that this crew rests on: a value is computed once for each
        # set of facts that were known together under the same rules.
        key = own, bearing, self._frame.part(position, tick)
        if key not in self._contents:
            facts = Facts([self._own[place].fact for place in own], [], {})
            moment = self._frame.at(position, tick)
            try:
                now = self._made(facts, moment)
            except Undefined:
                now = Content(undefined=True)
            self._contents[key] = now
        return self._contents[key]


def _value(key: tuple[str, str], facts: Facts, moment: Moment, *, starts: bool) -> Content:
    """The value of a crew on a stage at one moment."""
    timing = Timing(moment.course, facts, moment.lists)
    value = timing.measured.get(key)
    if value is not None:
        # Ids are most of the bytes, and no classification shows them: who explains a time reads the
        # records of that crew.
        parts = tuple(part._replace(ids=()) for part in value.parts)
        value = value._replace(ids=(), parts=parts, begun=None, whole_ms=None)
    if not starts:
        return Content(value)
    start = timing.starts.get(key)
    return Content(value, start.official_ms if start else None)


def _told(key: tuple[str, str], facts: Facts, moment: Moment) -> Content:
    """What the times of a crew tell at one moment of where its stage ends."""
    return Content(tells=tuple(Timing(moment.course, facts, moment.lists).tells(*key)))


def _charged(asked: frozenset[str], facts: Facts, moment: Moment) -> Content:
    """What a crew is charged at one moment for those of its facts that are asked for."""
    course = moment.course
    road = Road(course, Timing(course, facts, moment.lists))
    found = Charges(course, road).from_readings()
    return Content(charges=tuple(each for each in found if not asked.isdisjoint(each.ids)))


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
