"""Outcomes: what a classification shows with edits undone, as far as anybody asks.

Most outcomes differ from one that was asked for before in the records of a crew or two: they are
told from that one, their base.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

from ledger.errors import LedgerError
from ledger.vocabulary import PLACING, CrewEntered
from projections.comparing.causes import NOT_SHOWN, Edits, Shown
from projections.results.relegation import put_back, relegated
from projections.results.ties import ruled
from projections.slices.beginnings import Begins, Breaks, begins_on
from projections.slices.belonging import FRAME
from projections.slices.ends import Ends, Told, ends_by
from projections.slices.parts import Context, Shared, Slices, Undone
from projections.state.entries import by_number
from projections.state.ties import Tie
from projections.state.totals import Total

_NEAR = 300
"""From a base that differs in no more edits, an outcome is told."""
_BASES = 4


class Outcomes:
    """The outcomes of undoing edits, told from a few that are remembered."""

    def __init__(self, slices: Slices) -> None:
        self._slices = slices
        self._bases: list[Base] = []

    def undoing(self, edits: Edits) -> Outcome:
        """The outcome with these edits undone."""
        # The search takes edits out by halves: what it asks for next is near what it asked before.
        for base in self._bases:
            other = edits ^ base.edits
            if len(other) > _NEAR:
                continue
            touched = self._slices.touched(other)
            if FRAME not in touched:
                return Outcome(base, self._slices.undone(edits, touched))
        base = Base(self._slices, edits)
        self._bases = [base, *self._bases[: _BASES - 1]]
        return Outcome(base, {})


class Base:
    """An outcome in full."""

    def __init__(self, slices: Slices, edits: Edits) -> None:
        self.slices = slices
        self.edits = edits
        self.undone = slices.undone(edits, slices.groups)
        self.frame = slices.frame(self.undone[FRAME].frame)

    @cached_property
    def _told(self) -> dict[tuple[str, int], dict[str, int]]:
        """The earliest instants by stage and certainty, of every group that tells one."""
        found: dict[tuple[str, int], dict[str, int]] = defaultdict(dict)
        for group, undone in self.undone.items():
            for key, instant in self.slices.began(undone).items():
                found[key][group] = instant
        return found

    @cached_property
    def _first(self) -> dict[tuple[str, int], int]:
        return {key: min(told.values()) for key, told in self._told.items()}

    @cached_property
    def _begins(self) -> tuple[Begins, Breaks]:
        begins = begins_on(self.frame, self._first)
        return begins, self.slices.breaks(begins)

    @cached_property
    def _runs(self) -> Counter[str]:
        """By how many groups each stage was run."""
        run = (self.slices.run(each, self._shared) for each in self.undone.values())
        return Counter(stage for stages in run for stage in stages)

    @cached_property
    def _shared(self) -> Shared:
        return Shared(*self._begins, ends_by(self._told_by_all))

    @cached_property
    def context(self) -> Context:
        """What crews know of each other."""
        return self.slices.context(self._shared, frozenset(self._runs))

    @cached_property
    def ranks(self) -> list[tuple[int, Tie]]:
        """The totals of all crews with what breaks ties, in order."""
        every = (self.slices.totals(each, self.context) for each in self.undone.values())
        return sorted(_rank(total) for totals in every for total in totals.values())

    def context_with(self, changed: Mapping[str, Undone]) -> Context:
        """The context where something else is undone of a few groups."""
        begins, held = self._begins_with(changed)
        shared = Shared(begins, held, self._ends_with(changed, begins, held))
        # A stage that begins on another side of a change of rules, or ends at another point, has
        # other times for everybody: only then do crews that were not touched have to be asked anew.
        if shared.held != self._shared.held:
            every = {**self.undone, **changed}.values()
            ran = (self.slices.run(each, shared) for each in every)
            return self.slices.context(shared, frozenset().union(*ran))
        runs = self._runs.copy()
        for group, undone in changed.items():
            runs.subtract(self.slices.run(self.undone[group], shared))
            runs.update(self.slices.run(undone, shared))
        return self.slices.context(shared, frozenset(stage for stage in runs if runs[stage]))

    def _ends_with(self, changed: Mapping[str, Undone], begins: Begins, held: Breaks) -> Ends:
        if held != self._begins[1]:
            every = {**self.undone, **changed}.values()
            return ends_by(self.slices.told_by_all(every, begins, held))
        told = self._told_by_all
        for group, undone in changed.items():
            was = self.slices.told_of_ends(self.undone[group], begins, held)
            now = self.slices.told_of_ends(undone, begins, held)
            if was != now:
                told = told.copy()
                told.subtract(was)
                told.update(now)
        return self._shared.ends if told is self._told_by_all else ends_by(told)

    @cached_property
    def _told_by_all(self) -> Told:
        return self.slices.told_by_all(self.undone.values(), *self._begins)

    def _begins_with(self, changed: Mapping[str, Undone]) -> tuple[Begins, Breaks]:
        now = {group: self.slices.began(undone) for group, undone in changed.items()}
        was = {group: self.slices.began(self.undone[group]) for group in changed}
        keys = {
            key
            for group in changed
            for key in was[group].keys() | now[group].keys()
            if self._may_move(key, was[group].get(key), now[group].get(key))
        }
        if not keys:
            return self._begins
        first = dict(self._first)
        for key in keys:
            told = [at for group, at in self._told.get(key, {}).items() if group not in changed]
            told += [began[key] for began in now.values() if key in began]
            first.pop(key, None)
            if told:
                first[key] = min(told)
        begins = begins_on(self.frame, first)
        return begins, self.slices.breaks(begins)

    def _may_move(self, key: tuple[str, int], was: int | None, now: int | None) -> bool:
        """Whether the earliest instant moves when a group tells another."""
        first = self._first.get(key)
        return was != now and (first is None or was == first or (now is not None and now < first))


class Outcome:
    """What a classification shows: with a few groups' edits undone other than in its base."""

    refusal: LedgerError | None = None

    def __init__(self, base: Base, changed: Mapping[str, Undone]) -> None:
        self._base = base
        self._slices = base.slices
        self._changed = changed

    def shows(self, number: str, shown: Shown) -> bool:
        """Whether it shows this of a crew: only where the total is right, its place is computed."""
        total = self._slices.totals(self._undone(number), self._context).get(number)
        if total is None or total.total_ms != shown[1]:
            return total is None and shown == NOT_SHOWN
        return self._place(total) == shown[0]

    @cached_property
    def rows(self) -> Mapping[str, Shown]:
        """What it shows of each crew that is classified, in the order of places."""
        places = sorted(self._places.items(), key=lambda each: (each[1], by_number(each[0])))
        totals = {total.number: total.total_ms for total in self._totals()}
        return {number: (place, totals[number]) for number, place in places}

    def status(self, number: str) -> str | None:
        """The status of a crew that is not classified."""
        return self._slices.statuses(self._undone(number), self._context).get(number)

    def crew(self, number: str) -> CrewEntered | None:
        """The entry of a crew, as it stands."""
        return self._slices.crew(self._undone(number), number)

    def _undone(self, number: str) -> Undone:
        group = self._slices.group(number)
        return self._changed.get(group) or self._base.undone[group]

    def _totals(self) -> list[Total]:
        every = {**self._base.undone, **self._changed}.values()
        return [t for each in every for t in self._slices.totals(each, self._context).values()]

    @cached_property
    def _context(self) -> Context:
        return self._base.context_with(self._changed) if self._changed else self._base.context

    def _place(self, total: Total) -> int:
        base = self._base
        # One crew moving in a field that stays is counted past the others, not ranked anew.
        if self._context is not base.context or any(map(base.frame.facts.of, PLACING)):
            return self._places[total.number]
        rank = _rank(total)
        place = 1 + bisect_left(base.ranks, rank)
        for group, undone in self._changed.items():
            for each, more in ((undone, 1), (base.undone[group], -1)):
                totals = self._slices.totals(each, self._context).values()
                place += more * sum(_rank(other) < rank for other in totals)
        return place

    @cached_property
    def _places(self) -> dict[str, int]:
        frame, scope = self._base.frame, self._slices.scope
        places = _placed(ruled(self._totals(), frame, scope.stage or ""))
        back = relegated(frame, scope)
        if not back:
            return places
        order = sorted(places.items(), key=lambda each: (each[1], by_number(each[0])))
        return put_back(order, back, self._slices.cannot_tell)


def _rank(total: Total) -> tuple[int, Tie]:
    return total.total_ms, total.tie


def _placed(totals: Iterable[Total]) -> dict[str, int]:
    """The place of each crew; what is equal in everything shares one."""
    totals = list(totals)
    ranks = sorted(map(_rank, totals))
    return {each.number: 1 + bisect_left(ranks, _rank(each)) for each in totals}
