"""The state of a rally at a cut: facts and rulebook, and what several answers need of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Hashable, Iterator, Mapping, Sequence
from copy import copy
from functools import cached_property
from typing import Any, TypeVar

from ledger.grouping import grouped
from ledger.vocabulary import (
    ControlPassed,
    CrewDisqualified,
    CrewNotStarted,
    CrewRelegated,
    CrewRestarted,
    CrewWithdrew,
    FitnessDecided,
    MovedOutsideClassification,
    PassingRecorded,
    PenaltyGiven,
    RestartDecided,
    ResultsQualified,
    RetirementReported,
    StageNotFinished,
    StageScheduled,
    StageStarted,
    StageTimeRecorded,
    StartRefused,
    TimesCarriedIn,
)
from projections.rules.regulations import Applied
from projections.rules.rulebook import NEXT_FOLLOWS, SHARED_PLACE
from projections.state.charges import Charge, Charges, OfACrew
from projections.state.course import Course, Leaving
from projections.state.recorded import Fact
from projections.state.road import Road
from projections.state.rulings import SUSPENDED
from projections.state.tallies import OnStage, Tally, by_stage
from projections.state.timing import StageValue, Timing
from projections.state.unfinished import Missing, Unfinished

TIES = "ties.chain"
KeptFromStart = StartRefused | CrewWithdrew | CrewNotStarted | FitnessDecided
"""What keeps a crew from starting the rally."""
OnTheRoad = StageStarted | PassingRecorded | StageTimeRecorded | CrewRestarted | ControlPassed
"""What shows that a crew takes part."""
FromAStage = TypeVar("FromAStage", CrewDisqualified, MovedOutsideClassification)
"""What works from a stage on, or on the whole rally."""

EDITION = 3
"""The edition of the computing rules; it goes up whenever a change alters results."""


_OF_STAGES_RUN = ("last_run", "_timed_and_run", "_counted", "_tallies", "_tie_chains")


class RallyState(Course):
    """A course with the times that count on it and who takes part; computed when first asked."""

    # -- times -----------------------------------------------------------------------------------

    @cached_property
    def ranked(self) -> dict[Hashable, Any]:
        """Classifications that were asked of this state already, by what they are of."""
        return {}

    @cached_property
    def timing(self) -> Timing:
        """The times that are on record, and which of them counts."""
        return Timing(self)

    @cached_property
    def unfinished(self) -> Unfinished:
        """The stages that crews left out and went on after."""
        return Unfinished(self, self.timing)

    @cached_property
    def road(self) -> Road:
        """Who was when at which control, and how late."""
        return Road(self, self.timing)

    @cached_property
    def timed(self) -> Mapping[tuple[str, str], StageValue]:
        """The times that count, by (stage, number)."""
        if not (aside := self.unfinished.set_aside):
            return self.timing.measured
        return {k: value for k, value in self.timing.measured.items() if k not in aside}

    @cached_property
    def values(self) -> Mapping[tuple[str, str], StageValue]:
        """The value of each crew on each stage, a time or a cost, by (stage, number)."""
        costs = self.unfinished.values
        return {**self.timed, **costs} if costs else self.timed

    @cached_property
    def on_stages(self) -> Mapping[str, OnStage]:
        """The same by stage, and then by number."""
        return by_stage(self.values.items())

    def on_stages_behind(self, order: int) -> list[OnStage]:
        """The same of the stages behind the one of that number."""
        if order not in self._behind:
            held = self.on_stages.items()
            self._behind[order] = [each for stage, each in held if self.orders[stage] > order]
        return self._behind[order]

    @cached_property
    def _behind(self) -> dict[int, list[OnStage]]:
        return {}

    @cached_property
    def run(self) -> frozenset[str]:
        """The stages on which somebody has a time, in a category that they count for."""
        found: set[str] = set()
        for stage, number in self.timing.measured:
            if stage not in found and not self.cancelled(stage, self.category(number)):
                found.add(stage)
        return frozenset(found)

    @cached_property
    def last_run(self) -> int | None:
        """The number of the last stage that was run."""
        return max((self.orders[each] for each in self.run), default=None)

    def with_run(self, run: frozenset[str]) -> RallyState:
        """The same state told which stages were run; what it counted of them is counted anew."""
        told = copy(self)
        told.run = run
        for counted in (*_OF_STAGES_RUN, "ranked"):
            told.__dict__.pop(counted, None)
        return told

    def tally(self, category: str, since: int, until: int | None) -> Tally:
        """The times on the stages that count for a category behind one number, up to another."""
        key = category, since, until
        if key not in self._tallies:
            stages = [each for each in self.counted(category, until) if each.order > since]
            # Mostly the same stages count for all categories.
            same = (each for each in self._tallies.values() if each.stages == stages)
            self._tallies[key] = next(same, None) or Tally(stages, self.on_stages)
        return self._tallies[key]

    @cached_property
    def _tallies(self) -> dict[tuple[str, int, int | None], Tally]:
        return {}

    def tie_chain(self, until: int | None) -> tuple[str, ...]:
        """What breaks ties up to a stage, or in all that was run: by the rules of the last one.

        Nothing where they don't say: who comes to a tie then asks `must_say_what_breaks_ties`.
        """
        if until not in self._tie_chains:
            rules = self.rules_of(self.last_of(until))
            self._tie_chains[until] = rules.texts(TIES) if rules.defines(TIES) else ()
        return self._tie_chains[until]

    def closes_up(self, until: int | None) -> bool:
        """Whether no place stays empty behind one that is shared, in a classification up there."""
        rules = self.rules_of(self.last_of(until))
        return rules.defines(SHARED_PLACE) and rules.text(SHARED_PLACE) == NEXT_FOLLOWS

    def must_say_what_breaks_ties(self, until: int | None) -> None:
        """For a tie that is there.

        Raises:
            Undefined: the rules of the last stage do not say what breaks one.
        """
        self.rules_of(self.last_of(until)).texts(TIES)

    def ties_by(self, until: int | None) -> tuple[Applied, ...]:
        """The rule that says so."""
        return self.applied_on(self.last_of(until), TIES)

    def last_of(self, until: int | None) -> str:
        """The last stage up to one of that number, or that was run, by its code."""
        return self.codes.get(self.last_run if until is None else until, "")

    @cached_property
    def _tie_chains(self) -> dict[int | None, tuple[str, ...]]:
        return {}

    def counts(self, stage: StageScheduled, category: str) -> bool:
        """Whether a stage counts for a category: timed, run, and not cancelled for it."""
        return stage.timed and stage.stage in self.run and not self.cancelled(stage.stage, category)

    @cached_property
    def _timed_and_run(self) -> list[StageScheduled]:
        """The stages that count for whom they were not cancelled, in their order."""
        return [each for each in self.stages if each.timed and each.stage in self.run]

    def counting_for_some(self, behind: int, until: int | None) -> list[StageScheduled]:
        """The stages that count for anybody behind one number, up to another, in their order."""
        return [
            each
            for each in self._timed_and_run
            if behind < each.order and (until is None or each.order <= until)
        ]

    def counted(self, category: str, until: int | None = None) -> Sequence[StageScheduled]:
        """The stages that count for a category, in their order, up to one of that number."""
        key = category, until
        if key not in self._counted:
            self._counted[key] = [
                each
                for each in self._timed_and_run
                if (until is None or each.order <= until)
                and not self.cancelled(each.stage, category)
            ]
        return self._counted[key]

    @cached_property
    def _counted(self) -> dict[tuple[str, int | None], list[StageScheduled]]:
        return {}

    @cached_property
    def carried(self) -> dict[str, list[Fact[TimesCarriedIn]]]:
        """The times carried in per crew, in the order of their stages."""
        known = [each for each in self.facts.of(TimesCarriedIn) if each.value.stage in self.orders]
        known.sort(key=lambda fact: self.orders[fact.value.stage])
        return grouped((each.value.number, each) for each in known)

    def carried_until(self, number: str) -> int:
        """The number of the last stage that a crew's carried-in times cover; -1 without any."""
        if number not in self.carried:  # as most crews
            return -1
        return max(self.orders[each.value.stage] for each in self.carried[number])

    @cached_property
    def penalties(self) -> Mapping[str, OfACrew]:
        """The penalties that count, by crew, in the order of the facts."""
        by_crew = grouped((each.number, each) for each in self.charges if each.in_force)
        return {number: OfACrew(several) for number, several in by_crew.items()}

    @cached_property
    def charges(self) -> tuple[Charge, ...]:
        """Every penalty that was given or follows from what is recorded, with what became of it."""
        return Charges(self, self.road).all

    @cached_property
    def _reservations(self) -> dict[tuple[str, str, str], bool]:
        found: dict[tuple[str, str, str], bool] = {}
        for each in self.facts.of(ResultsQualified):
            said = each.value
            found[said.kind, said.number, said.stage] = not said.ended
        return found

    def reservations(self, number: str, stage: str = "") -> set[str]:
        """What the result of a crew stands subject to, in the overall or on a stage."""
        if number not in self.reserved and "" not in self.reserved:  # as most crews are
            return set()
        found = {
            kind
            for (kind, whose, where), stands in self._reservations.items()
            if stands and whose in ("", number) and where in ("", stage)
        }
        if any(not stage or where in ("", stage) for where in self._suspended.get(number, ())):
            found.add("penalty-suspended")
        return found

    @cached_property
    def reserved(self) -> frozenset[str]:
        """The crews of whose results something stands with a reservation; "" is all of them."""
        stands = (number for (_, number, _), stands in self._reservations.items() if stands)
        return frozenset((*stands, *self._suspended))

    @cached_property
    def _suspended(self) -> Mapping[str, list[str]]:
        """The stages of the sanctions that an appeal or an order keeps back, by crew."""
        return grouped(
            (getattr(each.fact.value, "number", ""), getattr(each.fact.value, "stage", ""))
            for kind in (PenaltyGiven, CrewDisqualified, CrewRelegated)
            for each in self.facts.rulings.not_counting(kind)
            if each.status == SUSPENDED and each.fact is not None
        )

    # -- participation ---------------------------------------------------------------------------

    @cached_property
    def on_the_road(self) -> list[Fact[OnTheRoad]]:
        """Everything that shows a crew taking part, by a source that can be believed."""
        facts, trusted = self.facts, self.timing.clocks.trusted
        return [
            *trusted(facts.of(StageStarted)),
            *trusted(facts.of(PassingRecorded)),
            *trusted(facts.of(StageTimeRecorded)),
            *facts.of(CrewRestarted),
            *trusted(facts.of(ControlPassed)),
        ]

    @cached_property
    def seen_running(self) -> Container[str]:
        """The crews of which something on the road is known, so that they did start."""
        seen = {number for _, number in self.values} | self.carried.keys()
        seen |= {each.value.number for each in self.on_the_road}
        seen |= {each.value.number for each in self.facts.retirements}
        seen |= {each.value.number for each in self.facts.of(StageNotFinished)}
        return frozenset(seen)

    @cached_property
    def kept_from_start(self) -> dict[str, list[tuple[str, Fact[KeptFromStart]]]]:
        """The crews that did not start the rally: refused, withdrawn or not-started.

        What counts of several reasons comes first.
        """
        reported = self.reported_kept
        return {number: why for number, why in reported.items() if number not in self.seen_running}

    @cached_property
    def reported_kept(self) -> dict[str, list[tuple[str, Fact[KeptFromStart]]]]:
        """Of which crews such a thing was reported, whether they were seen on the road or not."""
        unfit = [each[-1] for each in self.fitness.values() if not each[-1].value.fit]
        told: list[tuple[str, Sequence[Fact[KeptFromStart]]]] = [
            ("refused", self.facts.of(StartRefused)),
            ("withdrawn", self.facts.of(CrewWithdrew)),
            ("not-started", self.facts.of(CrewNotStarted)),
            ("not-started", unfit),
        ]
        return grouped((each.value.number, (name, each)) for name, facts in told for each in facts)

    @cached_property
    def retirements(self) -> dict[str, list[Fact[Leaving]]]:
        """Per crew that started, what took it out of the rally or of a stage, in order of facts."""
        found: dict[str, list[Fact[Leaving]]] = defaultdict(list)
        facts = self.facts
        beyond = self.unfinished.beyond_limit
        leaving: list[Fact[Leaving]] = [
            *facts.retirements,
            *facts.of(CrewWithdrew),
            *facts.of(CrewNotStarted),
            *(each for group in self.fitness.values() for each in group if not each.value.fit),
            *(each for each in facts.of(StageNotFinished) if each.id in beyond),
        ]
        for each in leaving:
            if each.value.number in self.seen_running:
                found[each.value.number].append(each)
        for group in found.values():
            if len(group) > 1:
                group.sort(key=Fact.order)
        return found

    @cached_property
    def disqualified(self) -> dict[str, Fact[CrewDisqualified]]:
        """The disqualified crews; of several, the one with effect from the earliest stage."""
        return self._earliest(self.facts.of(CrewDisqualified))

    def from_order(self, fact: Fact[FromAStage]) -> int:
        """The number of the stage from which it works; 0 is the whole rally."""
        return self.orders.get(fact.value.stage, 0)

    def _earliest(self, facts: list[Fact[FromAStage]]) -> dict[str, Fact[FromAStage]]:
        """Of each crew, the fact that works from the earliest stage, a ruling before a record."""
        found: dict[str, Fact[FromAStage]] = {}
        for each in sorted(facts, key=lambda fact: fact.weight, reverse=True):
            held = found.get(each.value.number)
            if held is None or self.from_order(each) < self.from_order(held):
                found[each.value.number] = each
        return found

    @cached_property
    def outside(self) -> dict[str, Fact[MovedOutsideClassification]]:
        """The crews outside the classification; of several records the earliest stage counts."""
        return self._earliest(self.facts.of(MovedOutsideClassification))

    def is_outside(self, number: str, until: int | None) -> bool:
        """Whether a crew is outside the classification after the stage of that number."""
        fact = self.outside.get(number)
        return fact is not None and (until is None or self.from_order(fact) <= until)

    @cached_property
    def restarts_decided(self) -> dict[str, list[Fact[RestartDecided]]]:
        """What was decided on the restarts of each crew; of several the last counts."""
        decided = sorted(self.facts.of(RestartDecided), key=Fact.precedence)
        return grouped((each.value.number, each) for each in decided)

    def definitive(self, fact: Fact[Leaving]) -> bool:
        """Whether it takes the crew out for good: only a retraction brings it back.

        So does a retirement after which a restart was refused, or one more than the rules allow.
        """
        if isinstance(fact.value, CrewWithdrew) or fact.id in self.unfinished.beyond_limit:
            return True
        decided = self.decided_on_restart(fact)
        if decided and not decided[-1].value.granted:
            return True
        return isinstance(fact.value, RetirementReported) and fact.value.definitive

    def decided_on_restart(self, fact: Fact[Leaving]) -> list[Fact[RestartDecided]]:
        """What was decided on the restart of a crew after something took it out."""
        if fact.value.number not in self.restarts_decided:  # as of most crews
            return []
        since = fact.order()[0]
        decided = self.restarts_decided[fact.value.number]
        return [each for each in decided if each.order()[0] >= since]

    def back_from(self, number: str, fact: Fact[Leaving]) -> int | None:
        """The number of the stage from which a crew that left takes part again; None if it doesn't.

        One that was cleared by the doctors, and of which no restart is known, goes on from the
        stage for which it was cleared, else from the one on which it was unfit.
        """
        if self.definitive(fact) or not self.restarted(number, fact):
            return None
        left = self.out_from(number, fact)
        again = self.restart_after(fact, left)
        if again is not None or not isinstance(fact.value, FitnessDecided):
            return again
        cleared = (e for e in self.fitness[number] if e.value.fit and e.order() > fact.order())
        return min(self.orders.get(each.value.stage, left) for each in cleared)

    def out_from(self, number: str, fact: Fact[Leaving]) -> int:
        """The number of the stage from which a retirement has effect.

        Where the report names neither stage nor control, it is the one after the last that the crew
        has a value for: what it achieved before stands.
        """
        reported = self.unfinished.left_at(fact)
        if reported.order is not None:
            return reported.order + self._had_finished(number, reported.stage)
        left = fact.value.fact_at
        achieved = [
            self.orders[stage]
            for stage, values in self.on_stages.items()
            if number in values
            if left is None or self.begins.get(stage, left.ms) <= left.ms
        ]
        return 1 + max([*achieved, self.carried_until(number)])

    def _had_finished(self, number: str, stage: str) -> bool:
        """Whether a stage came to end at a point which the crew had passed before it retired."""
        ended_earlier = bool(self.direction_for(stage, number).finish_point)
        return ended_earlier and (stage, number) in self.timed

    def gone_before(self, number: str, order: int) -> bool:
        """Whether a crew had left the rally for good before the stage of that number."""
        return any(
            self.definitive(fact) and self.out_from(number, fact) < order
            for fact in self.retirements.get(number, ())
        )

    @cached_property
    def in_doubt(self) -> set[str]:
        """The crews of which something is known that may take them out of the overall."""
        left = {*self.disqualified, *self.unfinished.too_many, *self.retirements}
        return left.union(self.outside, self.kept_from_start)

    def removed_from(self, number: str) -> int | None:
        """The number of the stage from which a crew is out of the overall; None if it is in.

        Whether a retirement takes it out is for the rules to say; a disqualification always does.
        """
        orders: list[int] = []
        if (by := self.disqualified.get(number)) is not None:
            orders.append(self.from_order(by))
        orders += (self.out_from(number, each) for each in self._left_for_good(number))
        if (beyond := self._beyond(number)) is not None:
            orders.append(beyond.order)
        return min(orders, default=None)

    def is_removed(self, number: str, until: int | None) -> bool:
        """Whether a crew is out of the overall up to the stage of that number, or of all of it."""
        if until is not None:
            since = self.removed_from(number)
            return since is not None and since <= until
        # Of all of it no stage need be named from which it is out.
        left = number in self.disqualified or any(self._left_for_good(number))
        return left or self._beyond(number) is not None

    def _left_for_good(self, number: str) -> Iterator[Fact[Leaving]]:
        """What took a crew out of the overall of what was reported of it, by the rules."""
        for fact in self.retirements.get(number, ()):
            by = self._removing(fact)
            for_good = "definitive-retirement" in by and self.definitive(fact)
            if for_good or ("any-retirement" in by and not self.restarted(number, fact)):
                yield fact

    def _beyond(self, number: str) -> Missing | None:
        """The stage that was one too many for a crew to leave out, if that takes it out."""
        missing = self.unfinished.too_many.get(number)
        if missing is None:
            return None
        removing = self.rules_of(missing.stage).texts("overall.removed_by")
        return missing if "definitive-retirement" in removing else None

    def _removing(self, fact: Fact[Leaving]) -> tuple[str, ...]:
        """What takes a crew out of the overall, by the rules for that fact."""
        rules = self.rules_for(fact, self.reported_at(fact).order)
        return rules.texts("overall.removed_by")
