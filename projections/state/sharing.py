"""States that share with another one what is the same in both.

A state is computed from its facts. Where two differ by the readings of a few crews, nearly all
that clocks tell is the same; it is taken over, crew by crew and stage by stage, and never guessed:
what the times of all show is compared first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import TypeVar

from ledger.grouping import grouped
from ledger.vocabulary import PassingRecorded, StageStarted, StageTimeRecorded
from projections.state.clocks import Read, Seen
from projections.state.facts import Facts
from projections.state.rally import RallyState
from projections.state.readings import Reading, Start
from projections.state.recorded import READINGS
from projections.state.timing import StageValue, Timing
from projections.state.unfinished import Unfinished

Key = tuple[str, str]
"""A stage and a number."""
Value = TypeVar("Value")


class Since(RallyState):
    """A state, given how it stood before readings of some crews on some stages were told.

    `facts` are those of before with these readings, and nothing else.
    """

    def __init__(self, before: RallyState, facts: Facts, touched: Collection[Key]) -> None:
        super().__init__(facts)
        self._before = before
        self._touched = frozenset(touched)

    @cached_property
    def timing(self) -> Timing:
        """The times that are on record, and which of them counts."""
        if self.begins != self._before.begins:  # by other rules, perhaps
            return Timing(self)
        return _TimingSince(self, self._before.timing, self._touched)

    @cached_property
    def rests_on_others_as_before(self) -> bool:
        """Whether what rests on the times of all is as it was: see `of_crews`.

        When stages begin, by which rules hold; which of them were run; and where they end.
        """
        was = self._before
        return (was.begins, was.run) == (self.begins, self.run) and not _ends_elsewhere(
            self.timing, was.timing, {stage for stage, _ in self._touched}
        )


def _ends_elsewhere(now: Timing, was: Timing, stages: Collection[str]) -> bool:
    """Whether some of these stages end elsewhere, for some category, as the times of all show."""
    categories = {crew.value.category for crew in now.course.facts.crews.values()}
    return any(now.end(s, each) != was.end(s, each) for s in stages for each in categories)


class _TimingSince(Timing):
    """The times since some readings of some crews on some stages."""

    def __init__(self, state: RallyState, before: Timing, touched: frozenset[Key]) -> None:
        super().__init__(state)
        self._before = before
        self._touched = touched

    @cached_property
    def told_starts(self) -> dict[Key, list[Seen[StageStarted]]]:
        """Every record of a start that may count, by (stage, number)."""
        since = grouped(
            ((seen.fact.value.stage, seen.fact.value.number), seen)
            for seen in self._since(StageStarted)
        )
        return _replaced(self._before.told_starts, self._touched, since)

    @cached_property
    def starts(self) -> dict[Key, Start]:
        """The start of each crew on each stage, by (stage, number)."""
        told = {key: self.told_starts[key] for key in self._touched if key in self.told_starts}
        since = {key: start for key, each in told.items() if (start := self.start_of(*key, each))}
        return _replaced(self._before.starts, self._touched, since)

    @cached_property
    def readings(self) -> Mapping[Key, dict[str, list[Reading]]]:
        """Every record of a time that may count, by (stage, number) and point; "" is the finish."""
        since = self.readings_in(self._since(StageTimeRecorded), self._since(PassingRecorded))
        return _replaced(self._before.readings, self._touched, since)

    @cached_property
    def measured(self) -> Mapping[Key, StageValue]:
        """What each crew's stages count by the times that are known, by (stage, number)."""
        if _ends_elsewhere(self, self._before, {stage for stage, _ in self._touched}):
            return self.from_readings()
        told = {key: self.readings[key] for key in self._touched if key in self.readings}
        since = {key: value for key, each in told.items() if (value := self.value_of(*key, each))}
        return _replaced(self._before.measured, self._touched, since)

    def _since(self, kind: type[Read]) -> Sequence[Seen[Read]]:
        """What counts of the records of these crews on these stages."""
        told = self.facts.of(kind)
        here = [each for each in told if (each.value.stage, each.value.number) in self._touched]
        return self.clocks.believed(here)


class OfCrews(RallyState):
    """A state with the readings of some crews; what rests on those of all is as it is there."""

    def __init__(self, whole: RallyState, crews: Collection[str]) -> None:
        facts = whole.facts.of_crews(crews, READINGS)
        super().__init__(facts, lambda _: whole.begins, whole.timing.agreed)
        self._whole = whole
        self._crews = crews

    @cached_property
    def timing(self) -> Timing:
        """The times that are on record, and which of them counts."""
        return _TimingOfCrews(self, self._whole.timing, self._crews)

    @cached_property
    def run(self) -> frozenset[str]:
        """The stages on which somebody has a time, in a category that they count for."""
        return self._whole.run

    @cached_property
    def unfinished(self) -> Unfinished:
        """The stages that crews left out and went on after; they may cost what others needed."""
        return self._whole.unfinished


class _TimingOfCrews(Timing):
    """The times of some crews."""

    def __init__(self, state: RallyState, whole: Timing, crews: Collection[str]) -> None:
        super().__init__(state)
        self._whole = whole
        self._crews = crews

    @cached_property
    def told_starts(self) -> dict[Key, list[Seen[StageStarted]]]:
        """Every record of a start that may count, by (stage, number)."""
        return self._of_them(self._whole.told_starts)

    @cached_property
    def starts(self) -> dict[Key, Start]:
        """The start of each crew on each stage, by (stage, number)."""
        return self._of_them(self._whole.starts)

    @cached_property
    def readings(self) -> Mapping[Key, dict[str, list[Reading]]]:
        """Every record of a time that may count, by (stage, number) and point; "" is the finish."""
        return self._of_them(self._whole.readings)

    @cached_property
    def measured(self) -> Mapping[Key, StageValue]:
        """What each crew's stages count by the times that are known, by (stage, number)."""
        return self._of_them(self._whole.measured)

    def _of_them(self, of_all: Mapping[Key, Value]) -> dict[Key, Value]:
        return {key: value for key, value in of_all.items() if key[1] in self._crews}


def _replaced(
    was: Mapping[Key, Value], touched: Collection[Key], since: Mapping[Key, Value]
) -> dict[Key, Value]:
    """What was, but for these crews on these stages what is since."""
    return {key: value for key, value in was.items() if key not in touched} | {**since}
