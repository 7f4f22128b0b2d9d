"""What a timeline holds of crews on stages: their cells by stage, decoded as far as is asked.

At the end of a log nothing but what stands for good is asked of a stage that is over. That is kept
apart from what stood before: times that were amended, and those of before a decision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from operator import attrgetter
from threading import RLock
from typing import NamedTuple

from projections.timeline.cells import Cell
from projections.timeline.columns import Column
from projections.timeline.versions import bounds

Key = tuple[str, str]
"""A stage and a race number."""
ByNumber = dict[str, list[Cell]]
"""The cells of one stage, by race number."""


class Extent(NamedTuple):
    """Where cells are along the log, and along the rally (UTC ms).

    None is of a moment before `since` and `from_ms`; from `over` and `over_ms` on whatever stands
    does so for good. `undefined` says that for some of them a rule is lacking.
    """

    since: int
    from_ms: int
    over: int
    over_ms: int
    undefined: bool

    @classmethod
    def of(cls, cells: Iterable[Cell]) -> Extent:
        """That of these cells."""
        every = list(cells)
        since, over = bounds([(each.since, each.until) for each in every])
        from_ms, over_ms = bounds([(each.from_ms, each.to_ms) for each in every])
        undefined = any(each.content.undefined for each in every)
        return cls(since, from_ms, over, over_ms, undefined)

    def has_begun(self, position: int, instant: int) -> bool:
        """Whether anything may stand at a moment."""
        return position >= self.since and instant >= self.from_ms

    def is_over(self, position: int, instant: int) -> bool:
        """Whether all that stands at a moment does so for good."""
        return position >= self.over and instant >= self.over_ms


class OnOneStage:
    """The cells of one stage: those that stand for good, and those of before; never changed."""

    def __init__(
        self, extent: Extent, lasting: Callable[[], ByNumber], passed: Callable[[], ByNumber]
    ) -> None:
        self.extent = extent
        self._lasting = lasting
        self._passed = passed

    @classmethod
    def of(cls, every: ByNumber) -> OnOneStage:
        """Those of all crews."""
        lasting, passed = (
            {n: [e for e in several if e.lasts is wanted] for n, several in every.items()}
            for wanted in (True, False)
        )
        extent = Extent.of(each for several in every.values() for each in several)
        return cls(extent, lambda: lasting, lambda: passed)

    @cached_property
    def lasting(self) -> ByNumber:
        """Those that stand for good."""
        return self._lasting()

    @cached_property
    def passed(self) -> ByNumber:
        """Those that stood over a part of the log, or of the rally."""
        return self._passed()

    @cached_property
    def every(self) -> ByNumber:
        """All of them, those of each crew in the order of the log."""
        order = attrgetter("since", "from_ms")
        return {n: sorted([*self.passed[n], *self.lasting[n]], key=order) for n in self.lasting}


NONE = OnOneStage.of({})


class Held:
    """The cells of one kind, by stage and then by number."""

    def __init__(self, lock: RLock) -> None:
        self._lock = lock
        self._stages: dict[str, OnOneStage] = {}
        self._columns: dict[str, Column] = {}

    def put(self, cells: Mapping[Key, list[Cell]]) -> None:
        """Hold these cells, by crew and stage, in the place of those before."""
        by_stage: dict[str, ByNumber] = {}
        for (stage, number), several in cells.items():
            by_stage.setdefault(stage, {})[number] = several
        for stage, new in by_stage.items():
            # Another one, and not this one changed: who looks it up may be doing so just now.
            self.hold(stage, OnOneStage.of({**self.cells(stage), **new}))
            self._columns.pop(stage, None)

    def hold(self, stage: str, cells: OnOneStage) -> None:
        """Hold the cells of a stage."""
        self._stages[stage] = cells

    @property
    def stages(self) -> Mapping[str, OnOneStage]:
        """The cells by stage."""
        return self._stages

    def cells(self, stage: str) -> ByNumber:
        """The cells of a stage, of all crews."""
        return self._stages.get(stage, NONE).every

    def columns(self, position: int, instant: int) -> dict[str, Column]:
        """The columns of the stages of which something may be known at a moment.

        They stand in the order in which the log begins to tell of them: what changes last is last.
        """
        with self._lock:
            held = self._stages.items()
            begun = [
                (each.extent.since, stage)
                for stage, each in held
                if each.extent.has_begun(position, instant)
            ]
            return {stage: self.column(stage) for _, stage in sorted(begun)}

    def column(self, stage: str) -> Column:
        """The column of a stage."""
        with self._lock:
            if (found := self._columns.get(stage)) is None:
                found = self._columns[stage] = Column(self._stages.get(stage, NONE))
            return found
