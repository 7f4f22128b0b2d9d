"""Tallies: the times of all crews at once, as totals and ties take them.

A stage is looked through once for all its crews, and not once for each of them; and what was added
up over stages that are as they were at the last moment is not added up again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache, partial
from operator import itemgetter
from typing import Any, TypeVar

from ledger.grouping import grouped
from ledger.vocabulary import StageScheduled
from projections.state.few import Few
from projections.state.timing import StageValue

Held = TypeVar("Held")
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


class OnStage(Mapping[str, StageValue]):
    """The values of the crews on one stage, by number; it stays as it was made.

    Totals are made of what values add to them. Where that is told, the values themselves are only
    put together once one is asked for.
    """

    apart: frozenset[str] = frozenset()
    """The crews whose value is not that of the whole stage."""

    def __init__(
        self,
        put_together: Callable[[], Mapping[str, StageValue]] = dict,
        counted_ms: Mapping[str, int] | None = None,
    ) -> None:
        self._put_together = put_together
        self._is_met = False
        self._sums: Few[Sums, Sums] = Few(FEW)
        self._others: Few[tuple[frozenset[str], tuple[Any, ...]], OnStage] = Few(FEW)
        if counted_ms is not None:
            self.counted_ms = counted_ms

    def __getitem__(self, number: str) -> StageValue:
        if number not in self.counted_ms:  # which needs no value
            raise KeyError(number)
        return self.by_number[number]

    def __contains__(self, number: object) -> bool:
        return number in self.counted_ms

    def __iter__(self) -> Iterator[str]:
        return iter(self.counted_ms)

    def __len__(self) -> int:
        return len(self.counted_ms)

    @cached_property
    def by_number(self) -> Mapping[str, StageValue]:
        """The values themselves."""
        return self._put_together()

    @cached_property
    def counted_ms(self) -> Mapping[str, int]:
        """What the value of each crew adds to its total."""
        return {number: value.counted_ms for number, value in self.by_number.items()}

    @cached_property
    def flags(self) -> Mapping[str, list[str]]:
        """What a reader should know of values, by the numbers of the crews that it is about."""
        return {n: flags for n, value in self.by_number.items() if (flags := value.flags())}

    @cached_property
    def at_most_ms(self) -> int:
        """What no time is longer than."""
        return max([value.time_ms for value in self.by_number.values()], default=0)

    def slower(self, than_ms: int) -> list[str]:
        """The crews whose time is longer than that: mostly there are none."""
        if self.at_most_ms <= than_ms:
            return []
        return [number for number, value in self.by_number.items() if value.time_ms > than_ms]

    def is_met_again(self) -> bool:
        """Whether it was asked for before: it stays as it is for a while, then."""
        was, self._is_met = self._is_met, True
        return was

    @property
    def whole(self) -> OnStage:
        """The stage with what was put aside of it."""
        return self

    def adds(self, number: str) -> int | None:
        """What the value of a crew adds to its total; None where it has none."""
        return self.counted_ms.get(number)

    def added_to(self, before: Sums) -> Sums:
        """These times added to those of stages before it."""
        return self._sums.of(before, lambda: added(before, [self]))

    def but(self, without: Iterable[str], given: Mapping[str, StageValue]) -> OnStage:
        """The same values, but without those of some crews, and with those that are given."""
        which = frozenset(without), tuple(given.items())
        return self._others.of(which, lambda: But(self, which[0], given))


class But(OnStage):
    """The values of a stage, but without those of some crews, and with others that are given.

    They are put aside again and again at other moments: what was made of the stage is not copied.
    """

    def __init__(
        self, of: OnStage, without: Collection[str], given: Mapping[str, StageValue]
    ) -> None:
        super().__init__(lambda: _put(of.by_number, without, given))
        self._of = of
        self._put_aside = frozenset({*without, *given})
        self._given = OnStage(lambda: given)
        self.apart = of.apart | self._put_aside

    def __contains__(self, number: object) -> bool:
        return number in self._given or (number not in self._put_aside and number in self._of)

    @cached_property
    def counted_ms(self) -> Mapping[str, int]:
        """What the value of each crew adds to its total."""
        return _put(self._of.counted_ms, self._put_aside, self._given.counted_ms)

    @cached_property
    def flags(self) -> Mapping[str, list[str]]:
        """What a reader should know of values, by the numbers of the crews that it is about."""
        return _put(self._of.flags, self._put_aside, self._given.flags)

    @property
    def whole(self) -> OnStage:
        """The stage with what was put aside of it."""
        return self._of.whole

    def adds(self, number: str) -> int | None:
        """What the value of a crew adds to its total; None where it has none."""
        of = self._given if number in self._put_aside else self._of
        return of.adds(number)


def added(before: Sums, several: Sequence[OnStage]) -> Sums:
    """The times on several stages added to those of stages before them."""
    columns = [each.whole.counted_ms for each in several]
    if before.by_number is not None:
        columns = [before.by_number, *columns]
    apart = frozenset().union(*(each.apart for each in several))
    # Most crews have a time on each: those of all are added up at once, column beside column.
    numbers = [*set(columns[0]).intersection(*columns[1:]).difference(apart)]
    if len(numbers) > 1:  # one would not be picked out as a tuple
        pick = itemgetter(*numbers)
        found = dict(zip(numbers, map(sum, zip(*map(pick, columns), strict=True)), strict=True))
    else:
        found = {each: sum(column[each] for column in columns) for each in numbers}
    for number in apart if before.by_number is None else apart & before.by_number.keys():
        parts = [each.adds(number) for each in several]
        if None not in parts:
            so_far = before.by_number[number] if before.by_number else 0
            found[number] = so_far + sum(filter(None, parts))
    flags: Flags = before.flags
    for each in several:
        more = {n: _together(tuple(own), flags.get(n, ())) for n, own in each.flags.items()}
        flags = {**flags, **more} if more else flags
    return Sums(found, flags)


@lru_cache
def _together(flags: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({*flags, *others}))


def _put(
    held: Mapping[str, Held], without: Iterable[str], given: Mapping[str, Held]
) -> dict[str, Held]:
    """The same, but without some crews, and with what is given."""
    found = dict(held)
    for number in without:
        found.pop(number, None)
    found.update(given)
    return found


NOBODY = OnStage()


def by_stage(values: Iterable[tuple[tuple[str, str], StageValue]]) -> dict[str, OnStage]:
    """These values, by (stage, number), stage by stage."""
    told = grouped((stage, (number, value)) for (stage, number), value in values)
    return {stage: OnStage(partial(dict, several)) for stage, several in told.items()}


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

    def lacking(self, number: str) -> StageScheduled | None:
        """The first stage on which a crew has no time; None where it has one on each."""
        for stage, counted_ms in self._counted_ms:
            if number not in counted_ms:
                return stage
        return None

    @cached_property
    def _counted_ms(self) -> list[tuple[StageScheduled, Mapping[str, int]]]:
        return [(s, each.counted_ms) for s, each in zip(self.stages, self._held, strict=True)]

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
        found, held = NO_STAGE_YET, deque(self._held)
        while held and held[0].is_met_again():
            found = held.popleft().added_to(found)
        for each in held:
            each.is_met_again()
        return added(found, held) if held else found
