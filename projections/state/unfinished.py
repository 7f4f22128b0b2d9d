"""Stages that a crew did not finish or not start, and went on: what they cost, and how often.

A crew that may go on has a fixed value for the stage instead of a time, as often as the rules
allow; after that, not finishing is for good.
"""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from ledger.errors import Undefined
from ledger.grouping import grouped
from ledger.vocabulary import (
    CrewNotStarted,
    CrewWithdrew,
    FitnessDecided,
    StageNotFinished,
    TargetTimeChanged,
)
from ledger.vocabulary.rally import REGULARITY
from projections.rules.regularity import MISSED
from projections.rules.regularity import UNFINISHED as SECTION
from projections.rules.regulations import Applied
from projections.state.course import NO_STAGE, AtStage, Course, Leaving
from projections.state.entries import by_number
from projections.state.readings import RULINGS
from projections.state.recorded import Fact
from projections.state.timing import FIXED_PENALTY, StageValue, Timing

UNFINISHED_STAGE, NOT_STARTED_STAGE = "unfinished_stage", "not_started_stage"
UNFINISHED, AT_MOST, MAX_TIME = "unfinished", "maximum", "overall.max_time"
LIMIT, MOST = "overall.unfinished_stage_limit", "overall.unfinished_stage_most_ms"
MAX_TIME_PLUS = "max-time-plus-penalty"
SLOWEST_PLUS, BEST_PLUS = "slowest-plus-penalty", "best-plus-penalty"
BY_OTHERS = frozenset({SLOWEST_PLUS, BEST_PLUS})
"""What costs a crew the time of another on top."""


class Missing(NamedTuple):
    """A stage that a crew did not finish, or not start, by which rule, and what says so."""

    order: int
    stage: str
    number: str
    rule: str
    positions: tuple[int, ...]
    ids: tuple[str, ...]

    @property
    def parameters(self) -> tuple[str, str]:
        """What the rule says becomes of it, and the figure that it sets."""
        return f"overall.{self.rule}", f"overall.{self.rule}_ms"


class Cost(NamedTuple):
    """What a stage costs that was left out: the rule's figure, on top of a time or alone.

    `limit_ms` is that time: the maximum time, or that of the crew `whose` it is; 0 where the rule
    adds none. `over_ms` is what comes off for more than a stage may cost.
    """

    limit_ms: int
    fixed_ms: int
    whose: str = ""
    over_ms: int = 0

    @property
    def total_ms(self) -> int:
        """All of it."""
        return self.limit_ms + self.fixed_ms - self.over_ms


class Unfinished:
    """What crews left out and went on after, at one cut."""

    def __init__(self, course: Course, timing: Timing) -> None:
        self.course = course
        self.timing = timing
        self._left: dict[str, AtStage] = {}

    @cached_property
    def overtime(self) -> frozenset[tuple[str, str]]:
        """The times that are over the maximum time and so don't count, by (stage, number)."""
        return frozenset(key for key in self.over if self._sets_aside(key[0]))

    def _sets_aside(self, stage: str) -> bool:
        """Whether a time over the maximum of a stage does not count."""
        return self.course.rules_of(stage).text(MAX_TIME) in (UNFINISHED, AT_MOST)

    def may_be_over(self, stage: str, value: StageValue) -> bool:
        """Whether a time would not count on a stage, were the maximum a shorter one."""
        return self._is_measured(value) and self._sets_aside(stage)

    def _is_measured(self, value: StageValue) -> bool:
        return value.basis not in RULINGS and not self.timing.is_decided(value)

    @cached_property
    def set_aside(self) -> frozenset[tuple[str, str]]:
        """The times that don't count, as the stage was not finished with them."""
        return frozenset((*self.overtime, *self.not_finished, *self.left_short))

    @cached_property
    def over(self) -> frozenset[tuple[str, str]]:
        """The times over the maximum time of their stage, whatever the rules make of that."""
        return frozenset(
            (stage, number)
            for stage, least in self._limits.items()
            for number in self.timing.slower(stage, least)
            if self._is_measured(value := self.timing.measured[stage, number])
            and (limit := self.timing.max_time(stage, number)) is not None
            and value.time_ms > limit
        )

    @cached_property
    def _limits(self) -> dict[str, int]:
        """The least maximum time that each stage ever had, of those that have one."""
        facts = self.course.facts
        told = [(code, each.value.max_time_ms) for code, each in facts.stages.items()]
        told += [(e.value.stage, e.value.max_time_ms) for e in facts.of(TargetTimeChanged)]
        found: dict[str, int] = {}
        for stage, limit in told:
            if limit is not None:
                found[stage] = min(found.get(stage, limit), limit)
        return found

    @cached_property
    def not_finished(self) -> dict[tuple[str, str], Fact[StageNotFinished]]:
        """What officials said of stages not finished.

        Not where the stage ends at a point which the crew had passed, or a ruling gives its time.
        """
        found: dict[tuple[str, str], Fact[StageNotFinished]] = {}
        for each in self.course.facts.of(StageNotFinished):
            key = each.value.stage, each.value.number
            directed = self.course.direction_for(key[0], key[1])
            ended_earlier = directed.finish_point and key in self.timing.measured
            by_points = self._waits_for_points(key[0]) or key in self._by_points
            if not (ended_earlier or self.timing.is_ruled(*key) or by_points):
                found.setdefault(key, each)
        return found

    @cached_property
    def _short(self) -> frozenset[tuple[str, str]]:
        """The regularity stages to whose end crews had not come when they were closed."""
        sections = {e.stage for e in self.course.stages if e.kind == REGULARITY}
        if not sections:  # as mostly
            return frozenset()
        measured = self.timing.measured.items()
        return frozenset(key for key, each in measured if key[0] in sections and each.is_short)

    @cached_property
    def _by_points(self) -> frozenset[tuple[str, str]]:
        """Those that cost what their points do, though the crew is known to have left them."""
        return frozenset(key for key in self._short if self._is_by_points(key[0]))

    def _is_by_points(self, stage: str) -> bool:
        """Whether a stage is a regularity stage that costs who left it what its points do."""
        planned, rules = self.course.facts.stages.get(stage), self.course.rules_of(stage)
        section = planned is not None and planned.value.kind == REGULARITY
        return section and rules.defines(SECTION) and rules.text(SECTION) == MISSED

    def _waits_for_points(self, stage: str) -> bool:
        """Whether what it costs who left it is told once it is closed."""
        return stage not in self.course.closed and self._is_by_points(stage)

    @cached_property
    def left_short(self) -> frozenset[tuple[str, str]]:
        """Those that crews left, and that are judged as any stage which was left out."""
        if not (short := self._short - self._by_points):
            return frozenset()
        doctors = (each for group in self.course.fitness.values() for each in group)
        left: list[Fact[Leaving]] = [
            *self.course.facts.retirements,
            *self.course.facts.of(StageNotFinished),
            *self.course.facts.of(CrewWithdrew),
            *(each for each in doctors if not each.value.fit),
        ]
        return short & {(self.left_at(each).stage, each.value.number) for each in left}

    @cached_property
    def _missing(self) -> dict[str, list[Missing]]:
        """What each crew left out of the stages that count for it, in their order."""
        found: dict[tuple[str, str], Missing] = {}
        for (stage, number), said in self.not_finished.items():
            self._learn(found, stage, number, UNFINISHED_STAGE, said)
        for stage, number in self.overtime:
            value = self.timing.measured[stage, number]
            self._learn(found, stage, number, UNFINISHED_STAGE, None, value)
        for fact in self._left_and_came_back():
            number = fact.value.number
            stage = self.left_at(fact).stage
            self._learn(found, stage, number, self._rule(fact, stage), fact)
            for skipped in self._until_restart(fact):
                self._learn(found, skipped, number, NOT_STARTED_STAGE, fact)
        return grouped((each.number, each) for each in sorted(found.values()))

    def left_at(self, fact: Fact[Leaving]) -> AtStage:
        """The stage that a crew left: the one named, else the one under way.

        None where the crew had finished what was run by then, or nothing tells.
        """
        if fact.id not in self._left:
            self._left[fact.id] = self._left_at(fact)
        return self._left[fact.id]

    def _left_at(self, fact: Fact[Leaving]) -> AtStage:
        reported = self.course.reported_at(fact)
        if reported.order is not None or fact.value.fact_at is None:
            return reported
        begun = [
            (self.course.orders[stage], stage)
            for stage, at in self.course.begins.items()
            if stage in self.course.orders and at <= fact.value.fact_at.ms
        ]
        last = AtStage(*max(begun, default=NO_STAGE))
        return NO_STAGE if (last.stage, fact.value.number) in self.timing.measured else last

    def _rule(self, fact: Fact[Leaving], stage: str) -> str:
        """Whether a stage was left unfinished or not started: an unfit crew may do either."""
        if isinstance(fact.value, CrewNotStarted):
            return NOT_STARTED_STAGE
        if not isinstance(fact.value, FitnessDecided):
            return UNFINISHED_STAGE
        key = stage, fact.value.number
        seen = key in self.timing.official_starts or key in self.timing.readings
        starts_known = any(started == stage for started, _ in self.timing.official_starts)
        return NOT_STARTED_STAGE if starts_known and not seen else UNFINISHED_STAGE

    def _left_and_came_back(self) -> list[Fact[Leaving]]:
        facts = self.course.facts
        doctors = (each for group in self.course.fitness.values() for each in group)
        left: list[Fact[Leaving]] = [
            *(each for each in facts.retirements if not each.value.definitive),
            *(each for each in facts.of(CrewNotStarted) if each.value.stage),
            *(each for each in doctors if not each.value.fit),
        ]
        return [each for each in left if self.course.restarted(each.value.number, each)]

    def _until_restart(self, fact: Fact[Leaving]) -> list[str]:
        """The stages between the one left and the one on which the crew restarted."""
        left = self.left_at(fact).order
        back = None if left is None else self.course.restart_after(fact, left)
        if left is None or back is None or back - left < 2:  # as mostly: there is none between
            return []
        return [stage.stage for stage in self.course.stages if left < stage.order < back]

    def _learn(
        self,
        found: dict[tuple[str, str], Missing],
        stage: str,
        number: str,
        rule: str,
        fact: Fact[Leaving] | None,
        value: StageValue | None = None,
    ) -> None:
        planned, key = self.course.facts.stages.get(stage), (stage, number)
        crews, measured = self.course.facts.crews, self.timing.measured
        if planned is None or number not in crews or self._waits_for_points(stage):
            return
        if key in measured and key not in self.set_aside:
            return
        counts = planned.value.timed and not self.course.cancelled(
            stage, crews[number].value.category
        )
        if counts and key not in found:
            positions = (fact.position,) if fact else value.positions if value else ()
            ids = (fact.id,) if fact else value.ids if value else ()
            found[key] = Missing(planned.value.order, stage, number, rule, positions, ids)

    @cached_property
    def _split(self) -> tuple[list[Missing], list[Missing]]:
        """What is within the number that the rules allow, and what is beyond it."""
        within: list[Missing] = []
        beyond: list[Missing] = []
        for several in self._missing.values():
            within += [each for each in several if each in self.at_most]
            costing = [e for e in several if self._costs(e) and e not in self.at_most]
            for count, each in enumerate(costing, 1):
                rules = self.course.rules_of(each.stage)
                # Where the regulations set no limit, there is none.
                held = not rules.defines(LIMIT) or count <= rules.number(LIMIT)
                (within if held else beyond).append(each)
        return within, beyond

    def _costs(self, missing: Missing) -> bool:
        rules = self.course.rules_of(missing.stage)
        return rules.text(missing.parameters[0]) != "not-classified"

    @cached_property
    def at_most(self) -> frozenset[Missing]:
        """The times over the maximum time that count as that: they cost it, and nothing else."""
        rules_of = self.course.rules_of
        return frozenset(
            each
            for several in self._missing.values()
            for each in several
            if (key := (each.stage, each.number)) in self.overtime
            and key not in self.not_finished
            and rules_of(each.stage).text(MAX_TIME) == AT_MOST
        )

    @cached_property
    def beyond_limit(self) -> frozenset[str]:
        """The ids of what is one time too many: for those crews it is for good."""
        return frozenset(identity for each in self._split[1] for identity in each.ids)

    @cached_property
    def too_many(self) -> dict[str, Missing]:
        """The first stage of each crew that is one more than the rules allow to leave out."""
        found: dict[str, Missing] = {}
        for each in sorted(self._split[1]):
            found.setdefault(each.number, each)
        return found

    @cached_property
    def left_out(self) -> dict[tuple[str, str], Missing]:
        """What crews left out of the stages that count for them, at a cost or not."""
        return {(e.stage, e.number): e for several in self._missing.values() for e in several}

    def applied(self, missing: Missing) -> tuple[Applied, ...]:
        """The rules that say what becomes of a stage that was left out, as far as each bears."""
        key, (by, fixed) = (missing.stage, missing.number), missing.parameters
        of_the_time = [MAX_TIME] if key in self.overtime else []
        if missing in self.at_most:
            names = of_the_time
        elif key in self.costing:
            most = [MOST] if self.cost(missing).over_ms else []
            names = [by, fixed, LIMIT, *most, *of_the_time]
        else:
            names = [*of_the_time, LIMIT if self._costs(missing) else by]
        return self.course.applied_on(missing.stage, *names)

    @cached_property
    def costing(self) -> dict[tuple[str, str], Missing]:
        """What crews left out at a cost, by (stage, number)."""
        return {(each.stage, each.number): each for each in self._split[0]}

    @cached_property
    def values(self) -> dict[tuple[str, str], StageValue]:
        """What the stages cost that crews left out, by (stage, number)."""
        found: dict[tuple[str, str], StageValue] = {}
        for key, each in self.costing.items():
            cost = self.cost(each).total_ms
            found[key] = StageValue(
                cost, cost, FIXED_PENALTY, each.positions, each.ids, 0, False, False
            )
        return found

    def cost(self, missing: Missing) -> Cost:
        """What a stage costs that a crew left out, by the rule that applies."""
        rules, limit = self.course.rules_of(missing.stage), 0
        by, fixed = missing.parameters
        if missing in self.at_most:
            return Cost(self.timing.max_time(missing.stage, missing.number) or 0, 0)
        whose, how = "", rules.text(by)
        if how in BY_OTHERS:
            limit, whose = self._time_of_another(missing, slowest=how == SLOWEST_PLUS)
        elif how == MAX_TIME_PLUS:
            allowed = self.timing.max_time(missing.stage, missing.number)
            if allowed is None:
                raise Undefined(
                    f"{missing.stage} has no maximum time, which an unfinished stage costs.",
                    hint="Correct the record of the stage: max_time_ms=…",
                )
            limit = allowed
        cost = Cost(limit, rules.number(fixed), whose)
        if not rules.defines(MOST):
            return cost
        return cost._replace(over_ms=max(cost.total_ms - rules.number(MOST), 0))

    def _time_of_another(self, missing: Missing, *, slowest: bool) -> tuple[int, str]:
        """The slowest or the best time on a stage, and whose it is: of the class of a crew.

        Where nobody of its class has one, of its category, else of all; of equal times that of the
        lower number.
        """
        crews, stage = self.course.facts.crews, missing.stage
        mine = crews[missing.number].value
        out = self.overtime | self.not_finished.keys()
        times = [
            (value.counted_ms, number)
            for number in sorted(crews, key=by_number)
            if (value := self.timing.measured.get((stage, number)))
            if (stage, number) not in out
        ]
        of_its_category = [e for e in times if crews[e[1]].value.category == mine.category]
        of_its_class = [
            e for e in of_its_category if crews[e[1]].value.crew_class == mine.crew_class
        ]
        among = of_its_class or of_its_category or times
        if not among:
            return 0, ""
        chosen = max if slowest else min
        return chosen(among, key=lambda each: each[0])
