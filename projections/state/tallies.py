"""Tallies: the times of all crews at once, as totals and ties take them.

A stage is looked through once for all its crews, and not once for each of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from operator import itemgetter
from typing import Any

from ledger.vocabulary import StageScheduled
from projections.state.timing import StageValue


class OnStage(dict[str, StageValue]):
    """The values of the crews on one stage, by number; it stays as it was made."""

    @cached_property
    def counted_ms(self) -> dict[str, int]:
        """What the value of each crew adds to its total."""
        return {number: value.counted_ms for number, value in self.items()}

    @cached_property
    def flags(self) -> dict[str, list[str]]:
        """What a reader should know of values, by the numbers of the crews that it is about."""
        return {n: flags for n, value in self.items() if (flags := value.flags())}

    @cached_property
    def _longest_ms(self) -> int:
        return max([value.time_ms for value in self.values()], default=0)

    def slower(self, than_ms: int) -> list[str]:
        """The crews whose time is longer than that: mostly there are none."""
        if self._longest_ms <= than_ms:
            return []
        return [number for number, value in self.items() if value.time_ms > than_ms]

    def but(self, without: Iterable[str], given: Mapping[str, StageValue]) -> OnStage:
        """The same values, but without those of some crews, and with those that are given."""
        found, more, out = OnStage(self), OnStage(given), (*without, *given)
        _put(found, out, more)
        found.flags = dict(self.flags)
        _put(found.flags, out, more.flags)
        # Found out of those that stay: they are asked again and again, and what is put aside once.
        found.counted_ms = dict(self.counted_ms)
        _put(found.counted_ms, out, more.counted_ms)
        return found


def _put(held: dict[str, Any], without: Iterable[str], given: Mapping[str, Any]) -> None:
    for number in without:
        held.pop(number, None)
    held.update(given)


NOBODY = OnStage()


class Tally:
    """The counted times of crews on several stages, and what a reader should know of them."""

    def __init__(self, stages: Sequence[StageScheduled], on: Mapping[str, OnStage]) -> None:
        self.stages = stages
        self._held = [on.get(each.stage, NOBODY) for each in stages]

    @cached_property
    def times(self) -> dict[str, tuple[int, ...]]:
        """The times of each crew that has one on every stage, in the order of the stages."""
        if not self._held:
            return {}
        first, *others = columns = [each.counted_ms for each in self._held]
        numbers = list(set(first).intersection(*others))
        if len(numbers) < 2:  # one would not be picked out as a tuple
            return {each: tuple([column[each] for column in columns]) for each in numbers}
        rows = zip(*map(itemgetter(*numbers), columns), strict=True)
        return dict(zip(numbers, rows, strict=True))

    def driven(self, number: str) -> dict[str, int]:
        """The times that a crew drove itself, by stage: none that it was given in their place."""
        held = zip(self.stages, (each.get(number) for each in self._held), strict=True)
        return {s.stage: value.counted_ms for s, value in held if value and value.was_driven}

    @cached_property
    def sums(self) -> dict[str, int]:
        """The same times added up."""
        return {number: sum(times) for number, times in self.times.items()}

    @cached_property
    def flags(self) -> dict[str, set[str]]:
        """What a reader should know of the times of some crews."""
        found: dict[str, set[str]] = defaultdict(set)
        for held in self._held:
            for number, flags in held.flags.items():
                found[number].update(flags)
        return dict(found)
