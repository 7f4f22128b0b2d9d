"""Ties of a classification: what it takes its whole field to break, and what officials ruled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping

from msgspec.structs import replace

from ledger.grouping import grouped
from ledger.vocabulary import StageScheduled, TieBreakDisapplied, TieSettled
from projections.state.rally import RallyState
from projections.state.recorded import Fact
from projections.state.tallies import NOBODY
from projections.state.ties import BEST, BY_PLACES, COUNT_BACK, NO_TIME
from projections.state.totals import Overall, Span, Total, counted_of, since_of, stage_total

Ruling = Fact[TieBreakDisapplied] | Fact[TieSettled]


def level(totals: Collection[Total]) -> list[Total]:
    """Those that another one equals: none or few, mostly."""
    sums = [each.total_ms for each in totals]
    if len({*sums}) == len(sums):
        return []
    shared_by = Counter(sums)
    return [each for each, total_ms in zip(totals, sums, strict=True) if shared_by[total_ms] > 1]


def settled(
    totals: Collection[Total], equal: list[Total], state: RallyState, overall: Overall
) -> list[Total]:
    """The totals of an overall, with all that breaks ties of those that are equal.

    By the rules, and then by rulings. Of one that no other equals, it is not asked what breaks it.
    """
    if not equal:
        return [*totals]
    field = [each.number for each in totals]
    found = _by_places(overall.with_ties(equal), state, overall.over, field)
    return ruled([found.get(each.number, each) for each in totals], state)


# -- by rulings ------------------------------------------------------------------------------------


def rulings(state: RallyState, stage: str = "") -> list[Ruling]:
    """What officials ruled on ties, in the order of the facts; in the result of a stage, on it."""
    shared, ordered = state.facts.of(TieBreakDisapplied), state.facts.of(TieSettled)
    about = (each for each in ordered if each.value.stage in ("", stage))
    return sorted([*shared, *about], key=Fact.order)


def ruled(totals: list[Total], state: RallyState, stage: str = "") -> list[Total]:
    """The totals, those that share by ruling with one tie among them; others in the order ruled."""
    for ruling in rulings(state, stage):
        numbers = ruling.value.numbers
        for group in _equal(totals, frozenset(numbers)):
            best = min(each.tie for each in group)
            for each in group:
                apart = isinstance(ruling.value, TieSettled)
                tie = (*best, (numbers.index(each.number),)) if apart else best
                totals = [replace(t, tie=tie) if t is each else t for t in totals]
    return totals


def unsettled(equal: list[Total], state: RallyState) -> bool:
    """Whether there is no ruling on some of these totals, which are equal."""
    if not equal:
        return False
    told = [frozenset(each.value.numbers) for each in rulings(state)]
    by_total = grouped((each.total_ms, each.number) for each in equal)
    groups = map(frozenset, by_total.values())
    return any(not any(each <= shared for shared in told) for each in groups)


def _equal(totals: list[Total], numbers: frozenset[str]) -> list[list[Total]]:
    """Those of these crews that have one total, group by group."""
    by_total = grouped((each.total_ms, each) for each in totals if each.number in numbers)
    return [group for group in by_total.values() if len(group) > 1]


# -- by places on stages ---------------------------------------------------------------------------


def _by_places(
    equal: list[Total], state: RallyState, over: Span, field: Collection[str]
) -> dict[str, Total]:
    """Equal totals, by number, with what the places of their crews among the field break."""
    chain = state.tie_chain(over.until)
    if BY_PLACES.isdisjoint(chain):
        return {each.number: each for each in equal}
    on_stages: dict[str, Mapping[str, int]] = {}
    found: dict[str, Total] = {}
    for each in equal:
        since = since_of(state, each.number, over)
        counted = counted_of(state, state.category(each.number), since, over)
        for stage in counted:
            if stage not in on_stages:
                on_stages[stage] = _places(state, state.facts.stages[stage].value, field)
        places = [on_stages[stage].get(each.number, NO_TIME) for stage in counted]
        parts = zip(chain, each.tie, strict=True)
        found[each.number] = replace(
            each, tie=tuple(_TELL[n](places, len(field)) if n in _TELL else p for n, p in parts)
        )
    return found


def _places(state: RallyState, stage: StageScheduled, field: Collection[str]) -> dict[str, int]:
    """The places in the result of a stage, among each other, of the crews that drove it."""
    times = {n: total.total_ms for n in field if (total := stage_total(state, stage, n))}
    known = times.values()
    faster = sorted({*known} if state.closes_up(stage.order) else known)
    on = state.on_stages.get(stage.stage, NOBODY)
    return {number: 1 + faster.index(ms) for number, ms in times.items() if on[number].was_driven}


def _count_back(places: list[int], most: int) -> tuple[int, ...]:
    """How many first places, then second, and so on: more of them is ahead."""
    count = Counter(places)
    return tuple(-count[place] for place in range(1, most + 1))


_TELL: Mapping[str, Callable[[list[int], int], tuple[int, ...]]] = {
    BEST: lambda places, _: (min(places, default=NO_TIME),),
    COUNT_BACK: _count_back,
}
