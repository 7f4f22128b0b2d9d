"""Charges: the penalties that were given, those that follow from times, and what each does.

Nothing is left out of the list: a penalty that was withdrawn, or that fell away with a part of a
stage, stands in it with its status and counts for nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from ledger.vocabulary import ControlPassed, FalseStartObserved, PenaltyGiven, StageStarted
from ledger.vocabulary.base import Ranking
from projections.state.clocks import LATENESS
from projections.state.course import Course, Direction
from projections.state.recorded import Fact
from projections.state.road import (
    COMPUTED,
    LATENESS_AT_START,
    WHETHER,
    Road,
    Visit,
    cut,
    late_from,
    minutes_begun,
)
from projections.state.rulings import IN_FORCE, Brought


class Became(NamedTuple):
    """What race direction's acts on a stage make of a penalty, by which rules, and which acts."""

    status: str
    rules: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()


STANDS = Became(IN_FORCE)
CANCELLED = "stage cancelled"
ROAD_PENALTIES, BEYOND = "cancellation.road_penalties", "shortening.penalties_beyond"
LATE_START, FALSE_START = "start.late_ms_per_minute", "start.false_start_ms"


class Charge(NamedTuple):
    """A penalty of a crew: how much, where it counts, on what it rests, and whether it counts.

    `stage` is the stage in which it counts and `order` its number; where the plan has no stage of
    that number, the stage is "". `basis` is "given" by an official, or
    "computed" from times by the rulebook. `status` is "in force", "withdrawn", "beyond the finish"
    or "before the start" of a shortened stage, "stage cancelled", or what became of the decision
    that gave it: "quashed", "superseded", "execution suspended" …

    `article` is what the penalty names, else what the decision says was broken. `tariff` are the
    parameters by which it was computed, in the regulations for its fact; `became` is what race
    direction's acts on `stage` make of it; `before` are the ids of the false starts that make it
    cost more, `spared` those of the acts by which another one does not. `only_in` are the kinds of
    classifications in which alone it counts.
    """

    number: str
    stage: str
    order: int | None
    amount_ms: int
    applies_to: str
    kind: str
    basis: str
    status: str
    in_start_order: bool
    reason: str
    article: str
    document: str
    positions: tuple[int, ...]
    ids: tuple[str, ...]
    tariff: tuple[str, ...] = ()
    became: Became = STANDS
    before: tuple[str, ...] = ()
    spared: tuple[str, ...] = ()
    only_in: tuple[Ranking, ...] = ()

    def counts_in(self, ranking: Ranking) -> bool:
        """Whether it counts in classifications of this kind, if it does at all."""
        return not self.only_in or ranking in self.only_in

    def status_in(self, ranking: Ranking) -> str:
        """What became of it for classifications of this kind."""
        elsewhere = self.in_force and not self.counts_in(ranking)
        return f"counts by {' and '.join(self.only_in)} only" if elsewhere else self.status

    @property
    def in_force(self) -> bool:
        """Whether it counts."""
        return self.status == IN_FORCE


class OfACrew(tuple[Charge, ...]):
    """The penalties of a crew that count, in their order."""

    @cached_property
    def anywhere_ms(self) -> int | None:
        """What all of them cost together; None where some count in few classifications only."""
        return None if any(each.only_in for each in self) else sum(each.amount_ms for each in self)


class Charges:
    """The penalties of a course at one cut."""

    def __init__(self, course: Course, road: Road) -> None:
        self.course = course
        self.road = road

    @cached_property
    def all(self) -> tuple[Charge, ...]:
        """Every penalty: those given in the order of the facts, then those computed."""
        return self.with_computed(self.from_readings())

    def with_computed(self, from_readings: Iterable[Charge]) -> tuple[Charge, ...]:
        """Every penalty, given those that follow from readings of clocks."""
        computed = [*from_readings, *self.false_starts()]
        return (*self.by_officials, *sorted(computed, key=lambda each: (each.number, each.ids)))

    def from_readings(self) -> list[Charge]:
        """The penalties that follow from readings of clocks: each rests on one crew's alone."""
        return [*self._late_starts(), *self._controls()]

    @property
    def by_officials(self) -> tuple[Charge, ...]:
        """The penalties that were given, alone or by a decision, whatever became of them."""
        facts = self.course.facts
        alone = [(each.order(), self.given(each)) for each in facts.recorded(PenaltyGiven)]
        decided = [
            (each.fact.order(), self._decided(each))
            for each in facts.rulings.effects_of(PenaltyGiven)
            if each.fact is not None
        ]
        both = sorted([*alone, *decided], key=lambda each: each[0])
        return tuple(charge for _, charge in both)

    def _decided(self, brought: Brought) -> Charge:
        """A penalty of a decision, with the records that made it count or not."""
        fact: Fact[PenaltyGiven] = brought.fact  # type: ignore[assignment]
        rulings = self.course.facts.rulings
        charge = self.given(fact, getattr(rulings.all[fact.id].fact.value, "infringement", ""))
        if brought.counts and not brought.because:
            return charge
        desk = rulings.desk
        known = [desk[each] for each in brought.because if each in desk]
        return charge._replace(
            status=charge.status if brought.counts else brought.status,
            became=charge.became if brought.counts else STANDS,
            positions=tuple(dict.fromkeys((*charge.positions, *(each.position for each in known)))),
            ids=(*charge.ids, *(each.id for each in known)),
        )

    def given(self, fact: Fact[PenaltyGiven], broken: str = "") -> Charge:
        """A penalty that an official gave, with what became of it.

        `broken` is the article that was broken by the decision on it, where the penalty names none.
        """
        said = fact.value
        order, stage = self.course.stage_at(said.stage, said.control, fact.instant)
        taken_back = self.course.facts.taken_back.get(fact.id)
        became = (
            Became("withdrawn")
            if taken_back
            else self._became(said.number, stage, said.applies_to, said.point)
        )
        positions = (fact.position, *([taken_back.position] if taken_back else []))
        return Charge(
            said.number,
            stage,
            order,
            said.amount_ms,
            said.applies_to,
            said.kind,
            "given",
            became.status,
            said.in_start_order,
            said.reason,
            said.article or broken,
            said.document,
            positions,
            (fact.id,),
            became=became,
            only_in=said.only_in,
        )

    def _became(self, number: str, stage: str, applies_to: str, point: str = "") -> Became:
        """What race direction's acts make of a penalty on a stage."""
        if stage not in self.course.acts:
            return STANDS
        category = self.course.category(number)
        directed = self.course.direction(stage, category, number)
        kept: tuple[str, ...] = ()
        if directed.cancelled is not None and applies_to != "overall":
            road: str = directed.cancelled.value.road_penalties
            if applies_to == "road" and not road:
                road, kept = self._text(stage, ROAD_PENALTIES), (ROAD_PENALTIES,)
            if applies_to == "stage" or road == "void":
                return Became(CANCELLED, kept, (directed.cancelled.id,))
        moved = directed.finish_point or directed.start_point
        if point and moved and (fallen := self._fallen_away(stage, category, point, directed)):
            if self._text(stage, BEYOND) == "dropped":
                return fallen
            kept = (*kept, BEYOND)
        return STANDS._replace(rules=kept) if kept else STANDS

    def _fallen_away(
        self, stage: str, category: str, point: str, directed: Direction
    ) -> Became | None:
        """Why a point or zone is no part of a shortened stage, and by which act, if it is none."""
        for status, side, mark, act in (
            ("beyond the finish", 1, directed.finish_point, directed.ended_by),
            ("before the start", -1, directed.start_point, directed.shortened),
        ):
            if act and self.course.side(stage, category, point, mark) == side:
                return Became(status, (BEYOND,), (act.id,))
        return None

    def _text(self, stage: str, name: str) -> str:
        return self.course.rules_of(stage).text(name)

    def _late_starts(self) -> list[Charge]:
        """Crews that started a stage after their official start, by the clock of a control."""
        found = []
        for (stage, _), start in self.road.timing.starts.items():
            if start.actual_ms is None or start.actual_ms <= start.official_ms:
                continue
            rules = self.course.rules_for(start.fact, self.course.orders.get(stage))
            if rules.text(WHETHER) != COMPUTED:
                continue
            counted, by = late_from(rules, LATENESS_AT_START, LATENESS)
            late = cut(start.actual_ms, counted) - cut(start.official_ms, counted)
            if late > 0:
                cost = minutes_begun(late) * rules.number(LATE_START)
                why = "late-start", f"started {stage} late", (LATE_START, *by, WHETHER)
                found.append(self._charge(start.fact, stage, cost, "road", *why))
        return found

    def false_starts(self) -> list[Charge]:
        """Crews that started before the signal; it costs more each time, however many saw it."""
        observed: dict[tuple[str, str], Fact[FalseStartObserved]] = {}
        for each in self.course.facts.of(FalseStartObserved):
            observed.setdefault((each.value.stage, each.value.number), each)
        before: dict[str, list[Charge]] = defaultdict(list)
        found = []
        for (stage, number), fact in observed.items():
            rules = self.course.rules_for(fact, self.course.orders.get(stage))
            if rules.text(WHETHER) == COMPUTED:
                tariff = rules.numbers(FALSE_START)
                costing = [each.ids[0] for each in before[number] if each.in_force]
                spared = [act for each in before[number] for act in each.became.acts]
                cost = tariff[min(len(costing), len(tariff) - 1)] if tariff else 0
                why = "false-start", f"false start of {stage}", (FALSE_START, WHETHER)
                others = tuple(costing), tuple(spared)
                charge = self._charge(fact, stage, cost, "stage", *why, *others)
                found.append(charge)
                before[number].append(charge)
        return found

    def _controls(self) -> list[Charge]:
        """Crews that were early or late at controls, or did not visit them."""
        return [
            self._charge(
                visit.fact,
                visit.stage,
                visit.penalty_ms,
                "road",
                visit.verdict.replace(" ", "-"),
                f"{visit.verdict} at {visit.control}",
                visit.rules,
            )
            for visits in self.road.visits.values()
            for visit in visits
            if visit.penalty_ms and not self._is_start(visit)
        ]

    def _is_start(self, visit: Visit) -> bool:
        """Whether it is the start of a stage, whose lateness the start itself tells."""
        planned = self.course.controls.get(visit.control)
        started = (visit.stage, visit.number) in self.road.timing.starts
        return started and planned is not None and planned.is_start

    def _charge(
        self,
        fact: Fact[StageStarted] | Fact[FalseStartObserved] | Fact[ControlPassed],
        stage: str,
        cost: int,
        applies_to: str,
        kind: str,
        reason: str,
        tariff: tuple[str, ...],
        before: tuple[str, ...] = (),
        spared: tuple[str, ...] = (),
    ) -> Charge:
        number, order = fact.value.number, self.course.orders.get(stage)
        became = self._became(number, stage, applies_to)
        return Charge(
            number,
            "" if order is None else stage,
            order,
            cost,
            applies_to,
            kind,
            COMPUTED,
            became.status,
            applies_to == "stage",
            reason,
            "",
            "",
            (fact.position,),
            (fact.id,),
            tariff,
            became,
            before,
            spared,
        )
