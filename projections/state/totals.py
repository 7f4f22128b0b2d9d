"""Totals: what a crew's total is made of, up to a stage or on one, and whether it has one at all.

The counted stage times are summed, each cut to its precision before it is added, and the penalties
that count by then. Who lacks a value for a counted stage, or is out, has no total. A total may be
over a range of stages: those behind one number, with the penalties that belong to them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from ledger.times import truncate
from ledger.vocabulary import StageScheduled, TimesCarriedIn
from ledger.vocabulary.base import Ranking
from projections.state.charges import Charge, OfACrew
from projections.state.jokers import jokers, jokers_over_rally
from projections.state.rally import RallyState
from projections.state.recorded import Fact
from projections.state.tallies import NOBODY, Flags, Tally
from projections.state.ties import Tie, tie_of
from projections.state.timing import StageValue

BEFORE_THE_FIRST = -1
"""The number before every stage's: a control before the start may belong to number 0."""


class Span(NamedTuple):
    """Over which stages totals are: those behind one number, up to another.

    `until` is the number of the last stage; None is everything, penalties after the last stage too.
    Where a span begins behind a stage, what a crew carried in is no part of it, and a penalty is
    where the stage is in which it counts: one of a road section, or of a control, in that to which
    the itinerary or the regulations give the control.
    """

    until: int | None = None
    behind: int = BEFORE_THE_FIRST

    @property
    def from_the_first(self) -> bool:
        """Whether it begins with the rally."""
        return self.behind == BEFORE_THE_FIRST


SO_FAR = Span()


class Total(msgspec.Struct, frozen=True, gc=False):
    """What a crew's total is made of; `tie` is what breaks one of it, where that was asked for."""

    number: str
    time_ms: int
    penalty_ms: int
    flags: tuple[str, ...]
    tie: Tie = ()

    @property
    def total_ms(self) -> int:
        """Times and penalties together."""
        return self.time_ms + self.penalty_ms


def overall_total(state: RallyState, number: str, over: Span = SO_FAR) -> Total | None:
    """The total of a crew over everything that counts in a span; None if it is not classified."""
    return Overall(state, over).total(number)


_Timed = tuple[str, Tally, tuple[str, ...], Fact[TimesCarriedIn] | None, int, int]
"""A crew, what its time is of and what a reader should know of it, what the crew carried in and up
to which stage, and the time (ms)."""


class Overall:
    """The totals over a span: what is the same for all crews is looked up once."""

    def __init__(self, state: RallyState, over: Span = SO_FAR, ranking: Ranking = "joint") -> None:
        self._state = state
        self._ranking = ranking
        self.over = over
        self._tallies: dict[tuple[str, int], Tally] = {}

    def total(self, number: str) -> Total | None:
        """The total of a crew; None if it is not classified."""
        return self.totals((number,)).get(number)

    def totals(self, numbers: Collection[str]) -> dict[str, Total]:
        """The totals of those of these crews that are classified, in the order of the crews."""
        timed = self._timed(numbers) if numbers else []
        if not timed:
            return {}
        state, until, reserved = self._state, self.over.until, self._state.reserved
        penalties, most_jokers = state.penalties, self._jokers
        all_reserved = "" in reserved
        found: dict[str, Total] = {}
        for number, tally, of_times, opening, since, time_ms in timed:
            counted_ms, penalty_ms, flags = time_ms, 0, of_times
            if opening or all_reserved or number in reserved:
                flags = self._flags(number, of_times, opening)
            if several := penalties.get(number):
                penalty_ms = _counting_ms(several, since, until, self._ranking)
            if most_jokers:
                left_out = jokers(state, tally.stages, number, most_jokers)
                counted_ms -= sum(each.ms for each in left_out)
            found[number] = Total(number, counted_ms, penalty_ms, flags)
        return found

    def _timed(self, numbers: Collection[str]) -> list[_Timed]:
        """The times of those of these crews that are classified, with what they carried in."""
        state, over = self._state, self.over
        in_doubt, carried = state.in_doubt, state.carried
        driven_in, behind = state.facts.crews.driven_in, over.behind
        usual: dict[str, tuple[Tally, Mapping[str, int], Flags]] = {}
        found = list[_Timed]()
        for number in numbers:
            category = driven_in.get(number, "")
            if number in carried and (opening := opening_of(state, number, over)):
                timed = self._behind(number, category, opening)
            else:
                if category not in usual:  # looked up once for all crews of it
                    tally = self._tally(category, behind)
                    usual[category] = tally, tally.sums, tally.flags
                tally, sums, flags = usual[category]
                time_ms = sums.get(number)
                if time_ms is None:
                    continue
                timed = number, tally, flags.get(number, ()), None, behind, time_ms
            # Most of those that are out lack a time, which is quicker to see.
            if timed and not (number in in_doubt and _is_out(state, number, over.until)):
                found.append(timed)
        return found

    def _behind(self, number: str, category: str, opening: Fact[TimesCarriedIn]) -> _Timed | None:
        """The time of a crew on top of what it carried in; none if it lacks one since."""
        since = self._state.orders[opening.value.stage]
        tally = self._tally(category, since)
        time_ms = tally.sums.get(number) if tally.stages else 0
        if time_ms is None:
            return None
        flags = tally.flags.get(number, ())
        return number, tally, flags, opening, since, opening.value.total_ms + time_ms

    def with_ties(self, totals: Iterable[Total]) -> list[Total]:
        """The same totals, each with what breaks ties of it as far as that hangs on its crew."""
        if not self.chain:
            return [*totals]
        return [replace(each, tie=self._tie(each.number)) for each in totals]

    def _tie(self, number: str) -> Tie:
        state, since = self._state, since_of(self._state, number, self.over)
        tally = self._tally(state.facts.crews.driven_in.get(number, ""), since)
        return tie_of(state, self.chain, self._stages, tally, number)

    def _flags(
        self, number: str, of_times: Iterable[str], opening: Fact[TimesCarriedIn] | None
    ) -> tuple[str, ...]:
        """What a reader should know of the total of a crew."""
        flags = {*self._state.reservations(number), *of_times}
        if opening and opening.value.source.standing == "assumed":
            flags.add("assumed")
        return tuple(sorted(flags)) if flags else ()

    def unlike_the_first(self, numbers: Sequence[str]) -> frozenset[str]:
        """The crews of which other stages count than of the first of these."""
        state, over = self._state, self.over
        behind = {each: since_of(state, each, over) for each in numbers if each in state.carried}
        tallies = iter(self._tallies.values())
        first = next(tallies, None)
        if not numbers or (not behind and all(each is first for each in tallies)):
            return frozenset()  # one for equal stages

        def kind_of(number: str) -> tuple[str, int]:
            return state.category(number), behind.get(number, over.behind)

        like = counted_of(state, *kind_of(numbers[0]), over)
        unlike = {each for each in self._tallies if counted_of(state, *each, over) != like}
        return frozenset(n for n in numbers if kind_of(n) in unlike) if unlike else frozenset()

    def _tally(self, category: str, since: int) -> Tally:
        """The times on the stages that count for a category behind what a crew carried in."""
        tally = self._state.tally(category, since, self.over.until)
        self._tallies[category, since] = tally
        return tally

    @cached_property
    def _stages(self) -> list[StageScheduled]:
        """The stages of which anybody's total is made."""
        return self._state.counting_for_some(self.over.behind, self.over.until)

    @cached_property
    def _jokers(self) -> int:
        """How many points of regularity stages each crew may leave out of its total."""
        return jokers_over_rally(self._state, self.over.until)

    @cached_property
    def chain(self) -> tuple[str, ...]:
        """What breaks ties of them, in order."""
        return self._state.tie_chain(self.over.until)


def counted_of(state: RallyState, category: str, since: int, over: Span) -> tuple[str, ...]:
    """The stages that count in the totals of a category over a span, by their codes.

    Those up to the number `since` were carried in: nobody need have a time on them.
    """
    return tuple(
        stage.stage
        for stage in state.stages
        if over.behind < stage.order
        and (over.until is None or stage.order <= over.until)
        and (
            state.counts(stage, category)
            or (stage.order <= since and stage.timed and not state.cancelled(stage.stage, category))
        )
    )


def _is_out(state: RallyState, number: str, until: int | None) -> bool:
    """Whether a crew of which there is doubt is not in the overall up to a stage."""
    return (
        state.is_outside(number, until)
        or number in state.kept_from_start
        or state.is_removed(number, until)
    )


def opening_of(state: RallyState, number: str, over: Span = SO_FAR) -> Fact[TimesCarriedIn] | None:
    """The total that a crew carried in last; in a span that begins later it has no part."""
    for fact in reversed(state.carried.get(number, ())) if over.from_the_first else ():
        if over.until is None or state.orders[fact.value.stage] <= over.until:
            return fact
    return None


def since_of(state: RallyState, number: str, over: Span = SO_FAR) -> int:
    """The number of the stage behind which a crew's times are counted one by one."""
    opening = opening_of(state, number, over)
    return state.orders[opening.value.stage] if opening else over.behind


def counting(
    charges: Iterable[Charge], since: int, until: int | None, ranking: Ranking = "joint"
) -> list[Charge]:
    """The penalties that count in an overall up to a stage; without one, all of them."""
    return [
        each
        for each in charges
        if each.counts_in(ranking)
        and (
            until is None
            if each.order is None
            else each.order > since and (until is None or each.order <= until)
        )
    ]


def _counting_ms(several: OfACrew, since: int, until: int | None, ranking: Ranking) -> int:
    """What those of a crew cost."""
    if until is None and since == BEFORE_THE_FIRST and several.anywhere_ms is not None:
        return several.anywhere_ms  # as mostly: none lies before the overall or behind it
    return sum(each.amount_ms for each in counting(several, since, until, ranking))


def stage_total(
    state: RallyState, stage: StageScheduled, number: str, ranking: Ranking = "joint"
) -> Total | None:
    """The result of a crew on one stage with the penalties that belong to it; None without one."""
    value = state.on_stages.get(stage.stage, NOBODY).get(number)
    if value is None or not state.counts(stage, state.category(number)):
        return None
    disqualified = state.disqualified.get(number)
    if disqualified is not None and state.from_order(disqualified) <= stage.order:
        return None
    if state.gone_before(number, stage.order):
        return None
    flags = [*value.flags(), *sorted(state.reservations(number, stage.stage))]
    if state.is_outside(number, stage.order):
        if not state.rules_of(stage.stage).flag("overall.outside_in_stage_results"):
            return None
        flags.append("outside")
    penalty_ms = sum(
        each.amount_ms
        for each in state.penalties.get(number, ())
        if each.stage == stage.stage and each.applies_to == "stage" and each.counts_in(ranking)
    )
    time_ms = stage_time(state, stage.stage, value)
    return Total(number, time_ms, penalty_ms, tuple(flags))


def stage_time(state: RallyState, stage: str, value: StageValue) -> int:
    """What the result of a stage shows of a value, cut to the precision of the stage."""
    return truncate(value.time_ms, state.precision_of_result(stage).ms)
