"""A stage time, told step by step: the clock, what came off, what was cut; and on what it rests.

The steps are those that `state/timing.py` noted, in their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from ledger.times import format_duration, spelled
from ledger.vocabulary import (
    NeutralisationPassed,
    Occurrence,
    PassingRecorded,
    RouteOpened,
    StageScheduled,
    StageStarted,
    StageTimeRecorded,
    TimeCreditGranted,
    TimeDetermined,
    WaypointPlaced,
)
from projections.explain.grounds import Grounds
from projections.explain.told import Evidence, Part, Rule
from projections.rules.regularity import JOKERS, PRICE
from projections.rules.regulations import Applied
from projections.state.clocks import SOURCES
from projections.state.course import LAST_POINT, NEUTRALISED, PRECISION, Precision
from projections.state.readings import RULINGS, TOLERANCE, Reading
from projections.state.recorded import Fact
from projections.state.timing import OPENING, OWN_AVERAGE, AtPoint, StageValue
from projections.state.unfinished import MAX_TIME

OF_A_TIME = (
    StageTimeRecorded,
    PassingRecorded,
    StageStarted,
    NeutralisationPassed,
    TimeCreditGranted,
    RouteOpened,
)
"""What makes a time, and what comes off it."""
OF_A_CLOCK = (StageStarted, PassingRecorded, NeutralisationPassed)
NOT_EXPLAINED = "not explained"
"""The part that a time would have if the steps told here were not those that made it."""
_TAKEN_OFF = {
    NEUTRALISED: NEUTRALISED,
    "assistance": "given back for assistance",
    "delay": "given back for a delay",
    "bonus": "bonus",
    "other": "given back",
    "opening": "for opening the route",
}


def _is_of_a_clock(said: Occurrence) -> bool:
    """Whether it tells an instant, and not how long something took."""
    return isinstance(said, OF_A_CLOCK) and getattr(said, "elapsed_ms", None) is None


class Timed:
    """The time of a crew on a stage, as it counts in a total or in the result of the stage."""

    def __init__(
        self, grounds: Grounds, number: str, stage: StageScheduled, value: StageValue, cut: Cut
    ) -> None:
        self.grounds = grounds
        self.state = grounds.state
        self.number = number
        self.stage = stage
        self.code = stage.stage
        self.value = value
        self.cut = cut
        self.directed = self.state.direction_for(self.code, number)

    @cached_property
    def _points(self) -> Mapping[str, list[Reading]]:
        return self.grounds.timing.readings.get((self.code, self.number), {})

    @cached_property
    def _best(self) -> tuple[str, Reading]:
        """The reading that counts, and the point at which it was taken.

        A decision may give several times at once.
        """
        of_the_record = (
            (point, each)
            for point, readings in self._points.items()
            for each in readings
            if each.id == self.value.ids[0]
        )
        return min(of_the_record, key=lambda found: found[1].preference())

    # -- the steps -------------------------------------------------------------------------------

    def parts(self) -> list[Part]:
        """The steps from the clock to what counts; they sum to it."""
        account = _Account()
        point, best = self._best
        at = (best.position,)
        if self.value.basis in RULINGS:
            account.add(best.elapsed_ms, f"{self.value.basis} time", at)
        else:
            what = "on the clock" if best.gross else "time recorded"
            account.add(best.elapsed_ms, f"{what}{f' at {point}' if point else ''}", at)
            self._take_off(account, stretched=False)
            if begun := self.value.begun:
                what = f"to {self.directed.start_point}, where time begins"
                account.add(-begun.time_ms, what, begun.positions)
                account.no_less_than_nothing()
            if self.value.whole_ms is not None:
                by = tuple(each.position for each in (self.directed.stopped,) if each)
                more_ms = self.value.whole_ms - account.ms
                account.add(more_ms, "stretched to the whole stage", by)
                self._take_off(account, stretched=True)
        if account.ms != self.value.time_ms:
            account.add(self.value.time_ms - account.ms, NOT_EXPLAINED)
        return [*account.parts, *self.cut.parts]

    def _take_off(self, account: _Account, *, stretched: bool) -> None:
        """What came off; where a time is stretched, what is given back comes off afterwards."""
        whole = self.value.basis != OWN_AVERAGE
        for part in self.value.parts:
            if whole or stretched == (part.what != NEUTRALISED):
                account.add(-part.ms, _TAKEN_OFF[part.what], part.positions)
        account.no_less_than_nothing()

    # -- records ---------------------------------------------------------------------------------

    def records(self) -> list[Evidence]:
        """Every record that the time rests on, and those that do not count beside them."""
        grounds, (_, best), begun = self.grounds, self._best, self.value.begun
        found = [
            grounds.evidence(best.id, self._why_it_counts(best)),
            *grounds.several(self._starts(), "the start"),
            *grounds.several(self._start_orders(), "the official start"),
            *self._rulings(best),
            *grounds.several(begun.ids[:1] if begun else (), "where time begins"),
        ]
        for part in self.value.parts:
            found += grounds.several(part.ids, _TAKEN_OFF[part.what])
            found += self._imposed(part.ids) if part.what == NEUTRALISED else []
        found += self._clocks[0]
        found += self.cut.records
        found += grounds.several(self._agreed(), "shows where the finish is")
        found += grounds.several(self.value.ids[1:], "does not count beside it", counts=False)
        found += self._cards(found)
        return once([*found, *self._without_effect()])

    def _cards(self, found: list[Evidence]) -> list[Evidence]:
        """What others keyed from the card of the crew, of its start and its finish."""
        ends = self.grounds.timing.finish(self.code, self.number)
        return self.grounds.of_cards(
            self.number, found, lambda cell: cell.is_of(self.code, ends, start=self._from_the_clock)
        )

    def _why_it_counts(self, best: Reading) -> str:
        if best.basis in RULINGS:
            return f"the {best.basis} time"
        if best.determined:
            return "counts by a ruling"
        return "counts before the others" if len(self.value.ids) > 1 else "counts"

    @cached_property
    def _from_the_clock(self) -> bool:
        """Whether it was computed from the instants of the start and of a passing."""
        ids = [self._best[1].id, *self._neutralised]
        told = (self.grounds.facts.by_id[each].value for each in ids)
        return any(isinstance(each, PassingRecorded) and _is_of_a_clock(each) for each in told)

    @cached_property
    def _neutralised(self) -> list[str]:
        """The records by which a neutralisation came off."""
        return [e for part in self.value.parts if part.what == NEUTRALISED for e in part.ids]

    def _starts(self) -> list[str]:
        start = self.grounds.timing.starts.get((self.code, self.number))
        return [start.fact.id] if start and self._from_the_clock else []

    def _start_orders(self) -> tuple[str, ...]:
        """The ids of what gives the official start, where the record of the start does not."""
        timing, key = self.grounds.timing, (self.code, self.number)
        return timing.official_by(*key) if self._from_the_clock else ()

    def _agreed(self) -> list[str]:
        """The times that show this point to be the finish, where the plan does not say so."""
        timing, category = self.grounds.timing, self.state.category(self.number)
        point = timing.agreed(self.code, category)
        if not point or point != self._best[0] or self.directed.finish_point:
            return []
        return [e for e in timing.agreeing(self.code, category) if e not in self.value.ids]

    def _rulings(self, best: Reading) -> list[Evidence]:
        """The rulings on which of the records counts; the last one has its effect."""
        ruled = [
            each
            for each in self.grounds.facts.of(TimeDetermined)
            if each.value.target in self.value.ids
        ]
        ruled.sort(key=Fact.precedence)
        return [
            self.grounds.evidence(
                each.id,
                "the ruling" if each is ruled[-1] else "a later ruling counts",
                counts=each is ruled[-1] and best.determined > 0,
            )
            for each in ruled
        ]

    def _imposed(self, ids: Iterable[str]) -> list[Evidence]:
        """What imposes the time of a neutralisation."""
        category = self.state.category(self.number)
        zones = {getattr(self.grounds.facts.by_id[each].value, "zone", "") for each in ids}
        placed = (self.state.zone(self.code, category, zone) for zone in sorted(zones))
        return [
            self.grounds.evidence(each.id, "the time imposed")
            for each in placed
            if each and each.value.imposed_ms is not None
        ]

    @cached_property
    def _read(self) -> list[Fact[Any]]:
        """The readings of clocks of which the time is made."""
        ids = [self._best[1].id, *self._starts(), *self._neutralised]
        told = (self.grounds.facts.by_id[each] for each in ids)
        return [each for each in told if _is_of_a_clock(each.value)]

    @cached_property
    def _clocks(self) -> tuple[list[Evidence], list[Applied]]:
        return self.grounds.clocks(self._read)

    def _without_effect(self) -> list[Evidence]:
        """What was recorded of this time and has no effect: distrusted, revoked, voided, moved."""
        grounds, key = self.grounds, (self.code, self.number)
        ends = {"", self._best[0]}
        if self._best[1].gross:
            for placed in self.state.left_out(self.code, self.state.category(self.number)):
                ends |= {placed.value.from_point, placed.value.to_point}
        times = grounds.times.get(key, ())
        at_the_ends = (each for each in times if getattr(each.value, "point", "") in ends)
        starts = self.grounds.timing.facts.of(StageStarted) if self._from_the_clock else ()
        revoked = [
            each.id
            for each in grounds.facts.of(TimeCreditGranted)
            if (each.value.stage, each.value.number) == key and each.id in grounds.facts.taken_back
        ]
        return [
            *grounds.distrusted([*at_the_ends, *starts], *key),
            *grounds.several(self._earning_nothing(), "earns nothing", counts=False),
            *grounds.several(revoked, "revoked", counts=False),
            *grounds.undone(
                (StageTimeRecorded, TimeCreditGranted),
                lambda said: (said.stage, said.number) == key,
            ),
            *grounds.of_fallen(grounds.fallen(self.number, OF_A_TIME, self.code)),
        ]

    def _by_source(self) -> bool:
        """Whether the order of sources chose a record of which the time is made."""
        timing, key = self.grounds.timing, (self.code, self.number)
        several = [each for seen in self._points.values() for each in seen]
        begun = self.value.begun
        return (
            timing.by_source(each for each in several if each.id in self.value.ids)
            or (begun is not None and timing.by_source(e for e in several if e.id in begun.ids))
            or (bool(self._starts()) and timing.starts_by_source(*key))
            or (bool(self._neutralised) and timing.neutralised_by_source(*key))
        )

    def _opened(self) -> list[Fact[RouteOpened]]:
        """The records of opening the route, where that may earn something."""
        key = self.code, self.number
        counting = self.value.basis not in RULINGS
        told = self.grounds.facts.of(RouteOpened) if counting else ()
        return [each for each in told if (each.value.stage, each.value.number) == key]

    def _earning_nothing(self) -> list[str]:
        earning = {identity for part in self.value.parts for identity in part.ids}
        return [each.id for each in self._opened() if each.id not in earning]

    # -- rules and remarks -----------------------------------------------------------------------

    def rules(self) -> list[Rule]:
        """The rules that had a part in it."""
        names, key = [], (self.code, self.number)
        if self._by_source():
            names.append(SOURCES)
        shown = self.value.basis not in RULINGS and self.grounds.shown_by_tolerance(*key)
        if self.value.under_verification or shown:
            names.append(TOLERANCE)
        if self.grounds.timing.ends_by_rule(*key):
            names.append(LAST_POINT)
        if self._opened():
            names.append(OPENING)
        if key in self.state.unfinished.over:
            names.append(MAX_TIME)
        applied = self.state.applied_on(self.code, *names)
        return [*self.grounds.rules(*applied, *self._clocks[1]), *self.cut.rules]

    def notes(self) -> tuple[str, ...]:
        """What a reader should know of it."""
        value = self.value
        found = [] if value.basis == "measured" else [value.basis]
        if value.under_verification:
            apart = f", {format_duration(value.spread_ms)} apart" if value.spread_ms else ""
            found.append(f"under verification: its records differ{apart}")
        cells = self.grounds.timing.keyed_twice.get(self.number, ())
        keyed = [e.told for e in cells if e.counting and e.counting.id in value.ids[:1]]
        return (*found, *(["assumed"] if value.assumed else []), *keyed)


class OfRegularity(Timed):
    """What a regularity stage costs a crew, point by point: ideal, measured, difference, price."""

    @cached_property
    def _at(self) -> list[AtPoint]:
        return self.grounds.timing.at_points(self.code, self.number)

    @property
    def _reads_clocks(self) -> bool:
        return any(best.gross for each in self._at for best in each.readings[:1])

    def parts(self) -> list[Part]:
        """Each point with what it costs, and what jokers leave out; they sum to what counts."""
        account = _Account()
        for each in self._at:
            at = tuple(reading.position for reading in each.readings[:1])
            account.add(each.cost_ms, f"{each.point}: {_compared(each)}", at)
            if each.joker:
                account.add(-each.cost_ms, f"joker: {each.point} is left out", at)
        self._take_off(account, stretched=False)
        if account.ms != self.value.time_ms:
            account.add(self.value.time_ms - account.ms, NOT_EXPLAINED)
        return [*account.parts, *self.cut.parts]

    def records(self) -> list[Evidence]:
        """The readings at each point, what places it there, and from when its time runs."""
        grounds, found = self.grounds, list[Evidence]()
        section = self.state.section(self.code, self.state.category(self.number))
        ideals = {each.placed.point: each.placed for each in section}
        for each in self._at:
            found += grounds.several([e.id for e in each.readings[:1]], f"at {each.point}")
            found += [
                grounds.evidence(placed.id, f"the ideal time at {each.point}")
                for placed in grounds.facts.of(WaypointPlaced)
                if placed.value is ideals[each.point]
            ]
            found += grounds.several([e.id for e in each.allowed], "it may be later from there on")
        counted = {each.id for each in found}
        if self._reads_clocks:
            found += grounds.several(self._starts(), "the start")
            found += grounds.several(self._start_orders(), "the official start")
        for part in self.value.parts:
            found += grounds.several(part.ids, _TAKEN_OFF[part.what])
        found += self._clocks[0]
        found += self.cut.records
        others = [each for each in self.value.ids if each not in counted]
        finish = [each for each in others if each in self._at_the_finish]
        found += grounds.several(finish, "was at the finish")
        beside = [each for each in others if each not in finish]
        found += grounds.several(beside, "does not count beside it", counts=False)
        return once(found)

    @cached_property
    def _at_the_finish(self) -> set[str]:
        ends = self.grounds.timing.finish(self.code, self.number)
        return {reading.id for end in ends for reading in self._points.get(end, ())}

    @cached_property
    def _from_the_clock(self) -> bool:
        return self._reads_clocks

    @cached_property
    def _read(self) -> list[Fact[Any]]:
        best = [reading.id for each in self._at for reading in each.readings[:1]]
        told = (self.grounds.facts.by_id[each] for each in [*best, *self._starts()])
        return [each for each in told if isinstance(each.value, OF_A_CLOCK)]

    def rules(self) -> list[Rule]:
        """What a difference costs, and how many points are left out."""
        several = [each for seen in self._at for each in seen.readings]
        names = [SOURCES] if self.grounds.timing.by_source(several) else []
        names.append(PRICE)
        if self.state.rules_of(self.code).defines(JOKERS):
            names.append(JOKERS)
        applied = self.state.applied_on(self.code, *names)
        return [*self.grounds.rules(*applied, *self._clocks[1]), *self.cut.rules]


def _compared(each: AtPoint) -> str:
    """The ideal time at a point, the measured one, and the difference."""
    later = sum(fact.value.amount_ms for fact in each.allowed)
    allowed = f", {format_duration(later, 100)} of it allowed from here on" if later else ""
    ideal = f"ideal {format_duration(each.ideal_ms, 100)}{allowed}"
    if each.measured_ms is None or each.late_ms is None:
        return f"{ideal}, not passed"
    measured = f"measured {format_duration(each.measured_ms, 100)}"
    if not each.late_ms:
        return f"{ideal}, {measured}, on time"
    side = "late" if each.late_ms > 0 else "early"
    return f"{ideal}, {measured}, {format_duration(abs(each.late_ms), 100)} {side}"


class _Account:
    """A sum that is built part by part."""

    def __init__(self) -> None:
        self.parts: list[Part] = []

    @property
    def ms(self) -> int:
        return sum(each.ms for each in self.parts)

    def add(self, ms: int, what: str, positions: tuple[int, ...] = ()) -> None:
        self.parts.append(Part(ms, what, positions))

    def no_less_than_nothing(self) -> None:
        if self.ms < 0:
            self.add(-self.ms, "no less than nothing")


class Cut(NamedTuple):
    """How a time was cut down: the step, and the record or the rule that says to what."""

    parts: list[Part]
    records: list[Evidence]
    rules: list[Rule]


NO_CUT = Cut([], [], [])


def cut_down(grounds: Grounds, stage: str, ms: int, precision: Precision) -> Cut:
    """How a time came to count as so much less; nothing where it was not cut."""
    if not ms:
        return NO_CUT
    what = f"cut to {_spelled(precision)}"
    if not precision.planned:
        rules = grounds.rules(*grounds.state.applied_on(stage, PRECISION))
        return Cut([Part(ms, what, ())], [], rules)
    plan = grounds.facts.stages[stage]
    record = grounds.evidence(plan.id, "the precision of the stage")
    return Cut([Part(ms, what, (plan.position,))], [record], [])


def _spelled(precision: Precision) -> str:
    return f"{spelled('precision_ms', precision.ms)} h"


def once(records: Iterable[Evidence]) -> list[Evidence]:
    """Each record once, as it was named first."""
    found: dict[str, Evidence] = {}
    for each in records:
        found.setdefault(each.id, each)
    return list(found.values())
