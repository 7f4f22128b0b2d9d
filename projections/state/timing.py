"""Stage values: which of several records of a time counts, and what the stage adds to the total.

Every record of a passing is kept. The one that counts is settled by a ruling, else by the order of
sources of the rulebook; times are never averaged, and those that differ by more than the tolerance
are flagged. Time runs from the official start; neutralisations and credits come off.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from ledger.times import truncate
from ledger.vocabulary import (
    DelayAllowanceGranted,
    NeutralisationPassed,
    RouteOpened,
    StageScheduled,
    StageTimeRecorded,
    TargetTimeChanged,
    TimeCreditGranted,
    ZonePlaced,
)
from ledger.vocabulary.rally import REGULARITY
from projections.rules.regularity import EACH_SECTION, PRICE, differences, jokers_of, left_out
from projections.rules.regularity import cost as cost_of
from projections.rules.regularity import read as read_price
from projections.state.clocks import Seen, by_source
from projections.state.course import LAST_POINT, NEUTRALISED, Direction
from projections.state.ends import NO_END, Counts, Tells, shown_end, shown_ends
from projections.state.held import NotHeld
from projections.state.readings import RULINGS, TOLERANCE, Reading, Readings, Start, ranked
from projections.state.recorded import OF_NO_DECISION, Fact

OWN_AVERAGE = "own-average"
RECKONED = (OWN_AVERAGE, REGULARITY)
"""Of what a value is that no clock showed: it says nothing of how fast a crew was."""
FIXED_PENALTY = "fixed-penalty"
ALLOCATED = frozenset({"notional", FIXED_PENALTY})
"""Of what a value is that stands in the place of a time which the crew does not have."""
OPENING = "bonus.opening_ms_per_km"


class Part(NamedTuple):
    """What comes off a measured time: a neutralisation, a credit, a bonus."""

    what: str
    ms: int
    positions: tuple[int, ...]
    ids: tuple[str, ...]


class AtPoint(NamedTuple):
    """A point of a regularity stage: what a crew's time there was to be, was, and costs.

    Both times are since the start (ms); the ideal one with what the crew was `allowed` to be later.
    `late_ms` is negative where the crew was early; without a reading it was not passed. A `joker`
    leaves out what it costs.
    """

    point: str
    ideal_ms: int
    measured_ms: int | None
    late_ms: int | None
    cost_ms: int
    joker: bool
    readings: tuple[Reading, ...]
    allowed: tuple[Fact[DelayAllowanceGranted], ...] = ()


class StageValue(NamedTuple):
    """What a crew's stage counts: the time as it was taken, and the time that is added.

    `parts` are what came off the time on the clock. `begun` is the time to the point from which it
    runs, where a stage came to begin later; `whole_ms` what it was stretched to by an own average,
    before time was given back. Of a regularity stage `costs` is what each of its points costs, and
    `is_short` that the crew had not come to its end when it was closed.
    """

    time_ms: int
    counted_ms: int
    basis: str
    positions: tuple[int, ...]
    ids: tuple[str, ...]
    spread_ms: int
    under_verification: bool
    assumed: bool
    parts: tuple[Part, ...] = ()
    begun: StageValue | None = None
    whole_ms: int | None = None
    costs: tuple[int, ...] = ()
    is_short: bool = False

    @property
    def was_driven(self) -> bool:
        """Whether it is a time of the crew itself, and not what it was given in its place."""
        return self.basis not in ALLOCATED

    def flags(self) -> list[str]:
        """What a reader of a classification should know of this time."""
        flags = [] if self.basis == "measured" else [self.basis]
        if any(part.what in ("assistance", "delay", "other") for part in self.parts):
            flags.append("credit")
        if self.under_verification:
            flags.append("under-verification")
        if self.assumed:
            flags.append("assumed")
        return flags


class Timing(Readings):
    """The times of a course at one cut, each computed when first asked."""

    # -- what comes off --------------------------------------------------------------------------

    @cached_property
    def _neutralised(self) -> dict[tuple[str, str], list[Seen[NeutralisationPassed]]]:
        """Who was seen to enter or leave a neutralisation, by (stage, number), the best first."""
        found = defaultdict(list)
        seen = self.clocks.believed(self.facts.of(NeutralisationPassed))
        for each in sorted(seen, key=lambda one: one.preference()):
            found[each.fact.value.stage, each.fact.value.number].append(each)
        return found

    def _neutralisations(self, stage: str, number: str, reading: Reading) -> list[Part]:
        """What a crew spent in neutralisations that it entered before it was read."""
        between = self._between_points(stage, number, reading)
        return [*self._as_seen(stage, number, reading.true_ms), *between]

    def _as_seen(self, stage: str, number: str, until_ms: int | None) -> list[Part]:
        """The same of those of which officials saw it enter or leave them, until that instant."""
        entered: dict[str, Seen[NeutralisationPassed]] = {}
        left: dict[str, Seen[NeutralisationPassed]] = {}
        for each in self._neutralised.get((stage, number), ()):
            side = entered if each.fact.value.side == "entered" else left
            side.setdefault(each.fact.value.zone, each)
        parts: list[Part] = []
        category = self.course.category(number)
        for zone, way_in in sorted(entered.items()):
            placed, way_out = self.course.zone(stage, category, zone), left.get(zone)
            since = way_in.true_ms
            if since is None or (until_ms is not None and since > until_ms):
                continue
            seen = [way_in.fact]
            spent = placed.value.imposed_ms if placed else None
            if spent is None and way_out is not None and (way_out.true_ms or 0) >= since:
                seen.append(way_out.fact)
                spent = (way_out.true_ms or 0) - since
                if until_ms is not None:
                    spent = min(spent, until_ms - since)
            if spent is not None:
                at, ids = tuple(f.position for f in seen), tuple(f.id for f in seen)
                parts.append(Part(NEUTRALISED, spent, at, ids))
        return parts

    def _between_points(self, stage: str, number: str, reading: Reading) -> list[Part]:
        """The same of those that lie between two points, at which the crew was timed."""
        points: dict[str, list[Reading]] = self.readings.get((stage, number), {})
        parts: list[Part] = []
        for placed in self.passed_by(stage, number):
            ends = (points.get(each, ()) for each in _ends_of(placed))
            way_in, way_out = (ranked(each)[0] if each else None for each in ends)
            if way_in is None or way_in.elapsed_ms > reading.elapsed_ms:
                continue
            read = [way_in]
            spent = placed.value.imposed_ms
            if spent is None and way_out and way_out.elapsed_ms >= way_in.elapsed_ms:
                read.append(way_out)
                spent = min(way_out.elapsed_ms, reading.elapsed_ms) - way_in.elapsed_ms
            if spent is not None:
                at = (placed.position, *(each.position for each in read))
                ids = (placed.id, *(each.id for each in read))
                parts.append(Part(NEUTRALISED, spent, at, ids))
        return parts

    def passed_by(self, stage: str, number: str) -> list[Fact[ZonePlaced]]:
        """The neutralisations between points that no official saw a crew enter or leave."""
        placed = self.course.left_out(stage, self.course.category(number))
        seen = {each.fact.value.zone for each in self._neutralised.get((stage, number), ())}
        return [each for each in placed if each.value.zone not in seen]

    def neutralised_by_source(self, stage: str, number: str) -> bool:
        """Whether the order of sources says which record of a neutralisation counts."""
        several = defaultdict(list)
        for each in self._neutralised.get((stage, number), ()):
            several[each.fact.value.zone, each.fact.value.side].append(each)
        points = self.readings.get((stage, number), {})
        ends = (end for each in self.passed_by(stage, number) for end in _ends_of(each))
        return any(map(by_source, several.values())) or any(
            self.by_source(points[end]) for end in ends if end in points
        )

    @cached_property
    def _credits(self) -> dict[tuple[str, str], list[Part]]:
        """Time given back, and what opening the route earned, by (stage, number)."""
        found = defaultdict(list)
        for each in self.facts.of(TimeCreditGranted):
            if each.id in self.course.facts.taken_back:
                continue
            said = each.value
            part = Part(said.kind, said.amount_ms, (each.position,), (each.id,))
            found[said.stage, said.number].append(part)
        for opened in self.facts.of(RouteOpened):
            seen = opened.value
            rules = self.course.rules_of(seen.stage)
            # Where the regulations know no such bonus, none is earned.
            rates = rules.numbers(OPENING) if rules.defines(OPENING) else ()
            if seen.rank <= len(rates):
                earned = rates[seen.rank - 1] * seen.distance_m // 1000
                part = Part("opening", earned, (opened.position,), (opened.id,))
                found[seen.stage, seen.number].append(part)
        return found

    # -- values ----------------------------------------------------------------------------------

    @cached_property
    def measured(self) -> Mapping[tuple[str, str], StageValue]:
        """What each crew's stages count by the times that are known, by (stage, number)."""
        return self.from_readings()

    def from_readings(self) -> dict[tuple[str, str], StageValue]:
        """The same, computed from the readings that are held."""
        told = self.readings.items()
        return {key: value for key, points in told if (value := self.value_of(*key, points))}

    def value_of(
        self, stage: str, number: str, points: dict[str, list[Reading]]
    ) -> StageValue | None:
        """What a crew's stage counts by these readings; None where they make no time."""
        if stage in self.course.orders and number in self.course.facts.crews:
            return self._value(stage, number, points)
        return None

    def is_ruled(self, stage: str, number: str) -> bool:
        """Whether the time that counts rests on a decision: on one that gives it or chooses it."""
        value = self.measured.get((stage, number))
        if value is None or value.basis == OWN_AVERAGE or not value.ids:
            return False
        chosen = self.clocks.weights.get(value.ids[0], OF_NO_DECISION)
        return self.is_decided(value) or chosen > OF_NO_DECISION

    def is_decided(self, value: StageValue) -> bool:
        """Whether a decision gives this time: it is that of the stage as it was run."""
        return bool(value.ids) and value.ids[0] in self._decided

    @cached_property
    def _decided(self) -> frozenset[str]:
        """The ids of the decisions in force that give times."""
        given = self.facts.rulings.brought_about.get(StageTimeRecorded, ())
        return frozenset(each.id for each in given)

    def slower(self, stage: str, than_ms: int) -> list[str]:
        """The crews whose time on a stage is longer than that."""
        return [number for number, time_ms in self._by_stage.get(stage, ()) if time_ms > than_ms]

    @cached_property
    def _by_stage(self) -> dict[str, list[tuple[str, int]]]:
        found = defaultdict(list)
        for (stage, number), value in self.measured.items():
            found[stage].append((number, value.time_ms))
        return found

    def _value(
        self, stage: str, number: str, points: dict[str, list[Reading]]
    ) -> StageValue | None:
        directed = self.course.direction_for(stage, number)
        candidates = self._finish(stage, number, points, directed)
        if self.course.section(stage, self.course.category(number)):
            return self._of_regularity(stage, number, candidates)
        if not candidates:
            return self._by_own_average(stage, number, points, directed)
        value = self.effective(stage, number, candidates)
        if value.basis == "measured" and directed.start_point and not self.is_decided(value):
            return self._from_start_point(stage, number, points, directed, value)
        return value

    def _from_start_point(
        self,
        stage: str,
        number: str,
        points: dict[str, list[Reading]],
        directed: Direction,
        value: StageValue,
    ) -> StageValue | None:
        """A time as it is from the point at which a stage came to begin; None without that."""
        if not directed.start_point:
            return value
        begun = points.get(directed.start_point, ())
        if not begun:
            return None
        before = self.effective(stage, number, begun, credited=False)
        time = max(value.time_ms - before.time_ms, 0)
        return self._counted(stage, number, value._replace(time_ms=time, begun=before))

    # -- regularity ------------------------------------------------------------------------------

    def _of_regularity(
        self, stage: str, number: str, candidates: Sequence[Reading]
    ) -> StageValue | None:
        """What the differences from ideal times cost; a time that was allocated counts instead.

        None before the crew was at the finish or at the last of the points, or the stage is closed:
        then it has missed what it did not pass.
        """
        if candidates and ranked(candidates)[0].is_allocated:
            return self.effective(stage, number, candidates)
        timed = self.at_points(stage, number)
        passed = [each.readings for each in timed if each.readings]
        is_short = not (candidates or (timed and timed[-1].readings))
        if not timed or (is_short and not (passed and stage in self.course.closed)):
            return None
        counting = [*(each[0] for each in passed), *ranked(candidates)[:1]]
        others = [each for several in passed for each in several[1:]]
        given = self._credits.get((stage, number), [])
        cost = sum(each.cost_ms for each in timed if not each.joker)
        value = StageValue(
            max(cost - sum(part.ms for part in given), 0),
            0,
            REGULARITY,
            tuple(dict.fromkeys(each.position for each in counting)),
            tuple(dict.fromkeys(each.id for each in (*counting, *others))),
            0,
            False,
            any(each.assumed for each in counting),
            tuple(given),
            costs=tuple(each.cost_ms for each in timed),
            is_short=is_short,
        )
        return self._counted(stage, number, value)

    def at_points(self, stage: str, number: str) -> list[AtPoint]:
        """A crew at the points of a regularity stage, in their order, whatever it has passed yet.

        What lies beyond a finish or before a start that race direction moved is not among them.
        """
        course, category = self.course, self.course.category(number)
        directed = course.direction_for(stage, number)
        section = [
            each
            for each in course.section(stage, category)
            if self._is_driven(stage, category, each.placed.point, directed)
        ]
        if not section:
            return []
        rules = course.rules_of(stage)
        price = read_price(rules.text(PRICE))
        jokers = jokers_of(rules, EACH_SECTION)
        points: Mapping[str, list[Reading]] = self.readings.get((stage, number), {})
        readings = [tuple(ranked(points.get(each.placed.point, ()))) for each in section]
        precision = course.precision_of_result(stage).ms
        seen = [
            truncate(max(self._net(stage, number, each[0]), 0), precision) if each else None
            for each in readings
        ]
        allowed = self._allowed.get((stage, number), {})
        granted = [tuple(allowed.get(each.placed.point, ())) for each in section]
        later = accumulate(sum(fact.value.amount_ms for fact in several) for several in granted)
        ideal = [each.ms + ms for each, ms in zip(section, later, strict=True)]
        late = differences(price, ideal, seen)
        costs = [cost_of(price, each) for each in late]
        out = left_out(costs, jokers)
        return [
            AtPoint(
                each.placed.point,
                ideal[place],
                seen[place],
                late[place],
                costs[place],
                place in out,
                readings[place],
                granted[place],
            )
            for place, each in enumerate(section)
        ]

    @cached_property
    def _allowed(self) -> dict[tuple[str, str], dict[str, list[Fact[DelayAllowanceGranted]]]]:
        """By what crews may be later at the points of a stage, from that on which is named."""
        found: dict[tuple[str, str], dict[str, list[Fact[DelayAllowanceGranted]]]] = {}
        for fact in self.course.facts.of(DelayAllowanceGranted):
            said = fact.value
            at = found.setdefault((said.stage, said.number), {})
            at.setdefault(said.control, []).append(fact)
        return found

    def _is_driven(self, stage: str, category: str, point: str, directed: Direction) -> bool:
        """Whether a point is still a part of the stage, as race direction left it."""
        ends, begins = directed.finish_point, directed.start_point
        beyond = bool(ends) and self.course.side(stage, category, point, ends) == 1
        before = bool(begins) and self.course.side(stage, category, point, begins) == -1
        return not (beyond or before)

    # -- where a stage ends ----------------------------------------------------------------------

    def end(self, stage: str, category: str) -> str:
        """The point where a stage ends by its plan, for a category; "" where none is known to be.

        Where the plan tells nothing it is the one with which official times agree.
        """
        return self.course.planned_end(stage, category).point or self.agreed(stage, category)

    def planned_finish(self, stage: str, category: str) -> tuple[str, ...]:
        """The points at which crews finish a stage by the plan; "" is the finish itself.

        Whether a point can be the finish is for the rules to say.
        """
        key = stage, category
        if key not in self._finishes:
            planned = self.course.planned_end(stage, category)
            may = planned != NO_END and self.course.rules_of(stage).flag(LAST_POINT)
            end = self.end(stage, category) if may else ""
            self._finishes[key] = ("", end) if end else ("",)
        return self._finishes[key]

    @cached_property
    def _finishes(self) -> dict[tuple[str, str], tuple[str, ...]]:
        return {}

    def finish(self, stage: str, number: str) -> tuple[str, ...]:
        """The points at which a crew's time of a stage is taken, as race direction left it."""
        category = self.course.category(number)
        # Asked in any case: who holds some crews only must not go on where others may tell.
        planned = self.planned_finish(stage, category)
        moved = self.course.direction_for(stage, number).finish_point
        return (moved,) if moved else planned

    def agreed(self, stage: str, category: str) -> str:
        """The point that official times show to be the finish, where the plan tells nothing of it.

        "" where they show none.
        """
        if not self.course.planned_end(stage, category).perhaps:
            return ""
        if self.course.is_a_part:
            return self.course.told_end(stage, category)
        key = stage, category
        if key not in self._agreements:
            counts: Counts = {}
            for each in self._told_by_all(stage, category):
                each.add_to(counts)
            self._agreements[key] = shown_end(counts)
        return self._agreements[key]

    @cached_property
    def _agreements(self) -> dict[tuple[str, str], str]:
        return {}

    def agreeing(self, stage: str, category: str) -> tuple[str, ...]:
        """The ids of the official times and passings that show it, in the order of the log."""
        point = self.agreed(stage, category)
        told = self._told_by_all(stage, category)
        shown = {at for e in told if e.agrees and e.point == point for at in e.positions}
        return tuple(self._identity_at(position) for position in sorted(shown))

    def _identity_at(self, position: int) -> str:
        if position not in self._identities:
            raise NotHeld(f"#{position}", self.facts.holds)
        return self._identities[position]

    @cached_property
    def _identities(self) -> dict[int, str]:
        """The ids of the facts by their positions."""
        return {each.position: each.id for each in self.facts.by_id.values()}

    def _told_by_all(self, stage: str, category: str) -> list[Tells]:
        numbers = self._officially_timed.get((stage, category), ())
        return [each for number in numbers for each in self.tells(stage, number)]

    def tells(self, stage: str, number: str) -> list[Tells]:
        """What the official time of a crew tells of the points that may be the finish."""
        category = self.course.category(number)
        perhaps = self.course.planned_end(stage, category).perhaps
        points: dict[str, list[Reading]] = self.readings.get((stage, number), {}) if perhaps else {}
        officials = ranked(filter(_is_official, points.get("", ())))
        if not officials or number not in self.course.facts.crews:
            return []
        found, official = [], officials[0]
        official_ms = self._net(stage, number, official)
        tolerance = self.course.rules_of(stage).number(TOLERANCE)
        for place, point in enumerate(perhaps):
            if not points.get(point):
                continue
            passing = ranked(points[point])[0]
            apart = official_ms - self._net(stage, number, passing)
            records = official.position, passing.position
            found.append(Tells(category, point, place, apart, records).within(tolerance))
        return found

    def shown_by_tolerance(self, stage: str, category: str, seen: Collection[str]) -> bool:
        """Whether the tolerance decides that official times show this finish to who was seen there.

        So it is for a crew that was seen at the finish which they show by it, or at the one which
        they would show by another tolerance.
        """
        shown = self.agreed(stage, category)
        others = shown_ends(self._told_by_all(stage, category)) - {shown}
        return any(point in seen for other in others for point in (shown, other) if point)

    @cached_property
    def _officially_timed(self) -> dict[tuple[str, str], list[str]]:
        """The crews with an official time that has no point, by (stage, category)."""
        found = defaultdict(list)
        for (stage, number), points in self.readings.items():
            if number in self.course.facts.crews and any(map(_is_official, points.get("", ()))):
                found[stage, self.course.category(number)].append(number)
        return found

    def arrival_ms(self, stage: str, number: str) -> int | None:
        """When a crew was at the planned finish of a stage, whatever was made of its time."""
        points: dict[str, list[Reading]] = self.readings.get((stage, number), {})
        ends = self.planned_finish(stage, self.course.category(number))
        seen = [each for end in ends for each in points.get(end, ())]
        measured: list[Reading] = [each for each in seen if each.basis not in RULINGS]
        start: Start | None = self.starts.get((stage, number))
        for each in ranked(measured):
            if each.true_ms is not None:
                return each.true_ms
            if start is not None:
                return start.official_ms + each.elapsed_ms
        return None

    def _finish(
        self, stage: str, number: str, points: dict[str, list[Reading]], directed: Direction
    ) -> list[Reading]:
        """The records of what counts as the finish of a stage for a crew."""
        found = [each for end in self.finish(stage, number) for each in points.get(end, ())]
        if directed.finish_point:
            found += [each for each in points.get("", ()) if each.is_allocated]
        return found

    def ends_by_rule(self, stage: str, number: str) -> bool:
        """Whether a rule makes a passing at a point the time of a stage, or keeps it out."""
        category = self.course.category(number)
        points, directed = (
            self.readings.get((stage, number), {}),
            self.course.direction_for(stage, number),
        )
        end = "" if directed.finish_point else self.end(stage, category)
        if not end or not points.get(end):
            return False
        if not self.course.rules_of(stage).flag(LAST_POINT):
            return True
        best, *_ = ranked(self._finish(stage, number, points, directed))
        return best in points[end]

    # -- which record counts ---------------------------------------------------------------------

    def effective(
        self, stage: str, number: str, candidates: Iterable[Reading], *, credited: bool = True
    ) -> StageValue:
        """The reading that counts of several records of one time, with how far they lie apart."""
        rules = self.course.rules_of(stage)
        ordered = ranked(candidates)
        best = ordered[0]
        measured = [self._net(stage, number, each) for each in ordered if each.basis not in RULINGS]
        spread = max(measured) - min(measured) if len(measured) > 1 else 0
        settled = best.basis in RULINGS or best.determined or best.weight > OF_NO_DECISION
        contested = best.gross and (stage, number) in self.contested_starts
        differs = not settled and bool(spread) and spread > rules.number(TOLERANCE)
        parts: list[Part] = []
        if best.gross:
            parts += self._neutralisations(stage, number, best)
        if best.basis == "measured" and credited:
            parts += self._credits.get((stage, number), [])
        value = StageValue(
            max(best.elapsed_ms - sum(part.ms for part in parts), 0),
            0,
            best.basis,
            (best.position, *(at for part in parts for at in part.positions)),
            tuple(each.id for each in ordered),
            spread,
            differs or contested,
            best.assumed,
            tuple(parts),
        )
        return self._counted(stage, number, value)

    def at_point_ms(self, stage: str, number: str, candidates: Iterable[Reading]) -> int:
        """The time of the reading that counts at a point, without neutralisations or credits."""
        return max(self._net(stage, number, ranked(candidates)[0]), 0)

    def _net(self, stage: str, number: str, reading: Reading) -> int:
        """What a reading says of the time without neutralisations, to compare it with others."""
        if not reading.gross:
            return reading.elapsed_ms
        parts = self._neutralisations(stage, number, reading)
        return reading.elapsed_ms - sum(part.ms for part in parts)

    def _counted(self, stage: str, number: str, value: StageValue) -> StageValue:
        precision, times = self.course.precision(stage).ms, self.course.coefficient(stage, number)
        return value._replace(counted_ms=truncate(value.time_ms, precision) * times)

    def _by_own_average(
        self, stage: str, number: str, points: dict[str, list[Reading]], directed: Direction
    ) -> StageValue | None:
        """The time to the point at which a stage was stopped, stretched to its whole length."""
        stopped = directed.stopped.value if directed.stopped else None
        if stopped is None or stopped.method != OWN_AVERAGE or not points.get(stopped.point):
            return None
        to_point, length = self._distances(stage, number, stopped.point, directed)
        if not to_point or to_point < 0 or not length:
            return None
        value = self._from_start_point(
            stage,
            number,
            points,
            directed,
            self.effective(stage, number, points[stopped.point], credited=False),
        )
        if value is None:
            return None
        parts = tuple(self._credits.get((stage, number), ()))
        whole = value.time_ms * length // to_point
        stretched = value._replace(
            time_ms=max(whole - sum(part.ms for part in parts), 0),
            basis=OWN_AVERAGE,
            parts=(*value.parts, *parts),
            whole_ms=whole,
        )
        return self._counted(stage, number, stretched)

    def _distances(
        self, stage: str, number: str, point: str, directed: Direction
    ) -> tuple[int | None, int | None]:
        """How far a point is, and how long the stage, in metres, as race direction left it."""
        category, length = self.course.category(number), self.course.length_of(stage, number)
        to_point = self.course.metres_to(stage, category, point)
        if directed.start_point and to_point is not None:
            before = self.course.metres_to(stage, category, directed.start_point)
            to_point = None if before is None else to_point - before
        return to_point, length

    def max_time(self, stage: str, number: str) -> int | None:
        """The time within which a crew must finish a stage: the one that held when it started."""
        return self.max_time_by(stage, number).value.max_time_ms

    def max_time_by(
        self, stage: str, number: str
    ) -> Fact[StageScheduled] | Fact[TargetTimeChanged]:
        """What sets that time: the plan, or the last change that came before the crew started."""
        return self.allowing(stage, number) or self.course.facts.stages[stage]

    def allowing(self, stage: str, number: str) -> Fact[TargetTimeChanged] | None:
        """What changed the maximum time of a stage for a crew; None where the plan holds."""
        return max(self.allowed(stage, number), key=Fact.precedence, default=None)

    def allowed(self, stage: str, number: str) -> list[Fact[TargetTimeChanged]]:
        """What changed the maximum time of a stage before a crew started it."""
        start = self.official_starts.get((stage, number))
        changes = self.changes_of_maximum(stage)
        return [each for each in changes if start is None or each.order()[0] <= start]

    def changes_of_maximum(self, stage: str) -> list[Fact[TargetTimeChanged]]:
        """What changed the maximum time of a stage, for whomever."""
        return [
            each
            for each in self.course.facts.of(TargetTimeChanged)
            if each.value.stage == stage and each.value.max_time_ms is not None
        ]


def _ends_of(placed: Fact[ZonePlaced]) -> tuple[str, str]:
    return placed.value.from_point, placed.value.to_point


def _is_official(reading: Reading) -> bool:
    """Whether a record without a point is of a time that was taken, and not allocated."""
    return not (reading.assumed or reading.is_allocated)
