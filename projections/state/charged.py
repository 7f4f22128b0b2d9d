"""Charged: what starts and stamps cost the crews on one stage, to be put with that of the others.

What was put together of stages that are as they were at the last moment is not put together again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from operator import attrgetter
from types import MappingProxyType

from ledger.grouping import grouped
from projections.state.charges import Charge, OfACrew
from projections.state.few import Few

FEW = 4
"""Of one stage it is kept what was put together so many times: the moments asked for differ."""


class InForce:
    """The penalties that count over some stages, by crew, in order; it stays as it was made."""

    def __init__(self, by_number: Mapping[str, OfACrew] = MappingProxyType({})) -> None:
        self.by_number = by_number


NO_STAGE_YET = InForce()


class Charged(tuple[Charge, ...]):
    """The penalties on one stage that follow from readings, whatever became of them."""

    @cached_property
    def _in_force(self) -> Mapping[str, list[Charge]]:
        return grouped((each.number, each) for each in self if each.in_force)

    @cached_property
    def _put(self) -> Few[InForce, InForce]:
        return Few(FEW)

    def added_to(self, before: InForce) -> InForce:
        """Those of them that count, with those of stages before it."""
        return self._put.of(before, lambda: self._added_to(before)) if self._in_force else before

    def _added_to(self, before: InForce) -> InForce:
        held, own = before.by_number, self._in_force
        more = {n: in_order((*held.get(n, ()), *several)) for n, several in own.items()}
        return InForce({**held, **more})


def in_order(several: Iterable[Charge]) -> OfACrew:
    """The computed penalties of a crew in their order."""
    return OfACrew(sorted(several, key=attrgetter("ids")))


def in_force(of_stages: Iterable[Charged]) -> Mapping[str, OfACrew]:
    """The penalties that count over these stages, by crew, each crew's in order."""
    found = NO_STAGE_YET
    for each in of_stages:
        found = each.added_to(found)
    return found.by_number
