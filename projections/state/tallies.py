"""Tallies: the times of all crews at once, as totals and ties take them.

A stage is looked through once for all its crews, and not once for each of them; and what was added
up over stages that are as they were at the last moment is not added up again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import Any

from ledger.vocabulary import StageScheduled
from projections.state.timing import StageValue

FEW = 4
"""Of one stage it is kept what was made of it so many times: the moments that are asked differ."""


Flags = Mapping[str, tuple[str, ...]]
"""What a reader should know of times, in order, by the numbers of the crews that it is about."""


class Sums:
    """The counted times of crews added up over some stages, of those that have one on each.

    It stays as it was made: without any stage, `by_number` is None.
    """

    def __init__(self, by_number: Mapping[str, int] | None, flags: Flags) -> None:
        self.by_number = by_number
        self.flags = flags


NO_STAGE_YET = Sums(None, {})


class OnStage(dict[str, StageValue]):
    """The values of the crews on one stage, by number; it stays as it was made."""

    @cached_property
    def counted_ms(self) -> dict[str, int]:
        """What the value of each crew adds to its total."""
        return dict(zip(self, map(_COUNTED_MS, self.values()), strict=True))

    @cached_property
    def flags(self) -> dict[str, list[str]]:
        """What a reader should know of values, by the numbers of the crews that it is about."""
        return {n: flags for n, value in self.items() if (flags := value.flags())}

    @cached_property
    def at_most_ms(self) -> int:
        """What no time is longer than."""
        return max([value.time_ms for value in self.values()], default=0)

    def slower(self, than_ms: int) -> list[str]:
        """The crews whose time is longer than that: mostly there are none."""
        if self.at_most_ms <= than_ms:
            return []
        return [number for number, value in self.items() if value.time_ms > than_ms]

    @cached_property
    def added_to(self) -> Callable[[Sums], Sums]:
        """Adds these times to those of stages before it."""

        def added(before: Sums) -> Sums:
            own, held, known = self.counted_ms, before.by_number, before.flags
            if held is not None:
                own = {number: ms + own[number] for number, ms in held.items() if number in own}
            more = {n: _together(flags, known.get(n, ())) for n, flags in self.flags.items()}
            return Sums(own, {**known, **more} if more else known)

        return lru_cache(FEW)(added)

    def but(self, without: Iterable[str], given: Mapping[str, StageValue]) -> OnStage:
        """The same values, but without those of some crews, and with those that are given."""
        return self._but(frozenset(without), tuple(given.items()))

    @cached_property
    def _but(self) -> Callable[[frozenset[str], tuple[tuple[str, StageValue], ...]], OnStage]:
        return lru_cache(FEW)(self._made_but)

    def _made_but(
        self, without: frozenset[str], given: tuple[tuple[str, StageValue], ...]
    ) -> OnStage:
        found, more, out = OnStage(self), OnStage(given), (*without, *(each for each, _ in given))
        _put(found, out, more)
        found.flags = dict(self.flags)
        _put(found.flags, out, more.flags)
        # Found out of those that stay: they are asked again and again, and what is put aside once.
        found.counted_ms = dict(self.counted_ms)
        _put(found.counted_ms, out, more.counted_ms)
        return found


def _together(flags: Iterable[str], others: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({*flags, *others}))


_COUNTED_MS = itemgetter(StageValue._fields.index("counted_ms"))


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

    def times_of(self, number: str) -> tuple[int, ...]:
        """The times of a crew in the order of the stages, if it has one on every stage."""
        try:
            return tuple([each.counted_ms[number] for each in self._held])
        except KeyError:
            return ()

    def driven(self, number: str) -> dict[str, int]:
        """The times that a crew drove itself, by stage: none that it was given in their place."""
        held = zip(self.stages, (each.get(number) for each in self._held), strict=True)
        return {s.stage: value.counted_ms for s, value in held if value and value.was_driven}

    @property
    def sums(self) -> Mapping[str, int]:
        """The same times added up, stage by stage."""
        return self._sums.by_number or {}

    @property
    def flags(self) -> Flags:
        """What a reader should know of the times of some crews, in order."""
        return self._sums.flags

    @cached_property
    def _sums(self) -> Sums:
        found = NO_STAGE_YET
        for each in self._held:
            found = each.added_to(found)
        return found
