"""The state of a rally at a cut: facts and rulebook, and what several answers need of them."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

from ledger.vocabulary import (
    CrewDisqualified,
    CrewNotStarted,
    CrewRestarted,
    CrewWithdrew,
    PassingRecorded,
    PenaltyGiven,
    RetirementReported,
    StageScheduled,
    StageStarted,
    StageTimeRecorded,
    StartRefused,
    TimesCarriedIn,
)
from projections.course import Course, Leaving
from projections.facts import Fact
from projections.timing import StageValue, stage_values

KeptFromStart = StartRefused | CrewWithdrew | CrewNotStarted
"""What keeps a crew from starting the rally."""
OnTheRoad = StageStarted | PassingRecorded | StageTimeRecorded | CrewRestarted
"""What shows that a crew takes part."""

EDITION = 1
"""The edition of the computing rules; it goes up whenever a change alters results."""


class RallyState(Course):
    """A course with the times that count on it and who takes part; computed when first asked."""

    # -- times -----------------------------------------------------------------------------------

    @cached_property
    def values(self) -> dict[tuple[str, str], StageValue]:
        """The value of each crew on each stage, by (stage, number)."""
        return stage_values(self)

    @cached_property
    def run(self) -> frozenset[str]:
        """The stages on which somebody has a time that counts, in a category it counts for."""
        return frozenset(
            stage
            for stage, number in self.values
            if not self.cancelled(stage, self.category(number))
        )

    def counts(self, stage: StageScheduled, category: str) -> bool:
        """Whether a stage counts for a category: timed, run, and not cancelled for it."""
        return stage.timed and stage.stage in self.run and not self.cancelled(stage.stage, category)

    @cached_property
    def carried(self) -> dict[str, list[Fact[TimesCarriedIn]]]:
        """The times carried in per crew, in the order of their stages."""
        found = defaultdict(list)
        for each in self.facts.of(TimesCarriedIn):
            if each.value.stage in self.orders:
                found[each.value.number].append(each)
        for group in found.values():
            group.sort(key=lambda fact: self.orders[fact.value.stage])
        return found

    def carried_until(self, number: str) -> int:
        """The number of the last stage that a crew's carried-in times cover; -1 without any."""
        return max((self.orders[f.value.stage] for f in self.carried.get(number, ())), default=-1)

    @cached_property
    def penalties(self) -> dict[str, list[tuple[int | None, Fact[PenaltyGiven]]]]:
        """The penalties of each crew with the number of the stage in which each counts."""
        found = defaultdict(list)
        for each in self.facts.penalties:
            order = self.order_at(each.value.stage, each.value.control)
            found[each.value.number].append((order, each))
        return found

    # -- participation ---------------------------------------------------------------------------

    @cached_property
    def on_the_road(self) -> list[Fact[OnTheRoad]]:
        """Everything that shows a crew taking part."""
        facts = self.facts
        return [
            *facts.of(StageStarted),
            *facts.of(PassingRecorded),
            *facts.of(StageTimeRecorded),
            *facts.of(CrewRestarted),
        ]

    @cached_property
    def seen_running(self) -> frozenset[str]:
        """The crews of which something on the road is known, so that they did start."""
        seen = {number for _, number in self.values} | set(self.carried)
        seen |= {each.value.number for each in self.on_the_road}
        seen |= {each.value.number for each in self.facts.retirements}
        return frozenset(seen)

    @cached_property
    def kept_from_start(self) -> dict[str, tuple[str, Fact[KeptFromStart]]]:
        """The crews that did not start the rally: refused, withdrawn or not-started."""
        found: dict[str, tuple[str, Fact[KeptFromStart]]] = {}
        for refused in self.facts.of(StartRefused):
            found.setdefault(refused.value.number, ("refused", refused))
        for withdrew in self.facts.of(CrewWithdrew):
            found.setdefault(withdrew.value.number, ("withdrawn", withdrew))
        for absent in self.facts.of(CrewNotStarted):
            found.setdefault(absent.value.number, ("not-started", absent))
        return {number: why for number, why in found.items() if number not in self.seen_running}

    @cached_property
    def retirements(self) -> dict[str, list[Fact[Leaving]]]:
        """Per crew that started, what took it out of the rally or of a stage, in order of facts."""
        found: dict[str, list[Fact[Leaving]]] = defaultdict(list)
        facts = self.facts
        leaving: list[Fact[Leaving]] = [
            *facts.retirements,
            *facts.of(CrewWithdrew),
            *facts.of(CrewNotStarted),
        ]
        for each in leaving:
            if each.value.number in self.seen_running:
                found[each.value.number].append(each)
        for group in found.values():
            group.sort(key=Fact.order)
        return found

    @cached_property
    def disqualified(self) -> dict[str, Fact[CrewDisqualified]]:
        """The disqualified crews; of several, the one with effect from the earliest stage."""
        found: dict[str, Fact[CrewDisqualified]] = {}
        for each in self.facts.of(CrewDisqualified):
            held = found.get(each.value.number)
            if held is None or self.from_order(each) < self.from_order(held):
                found[each.value.number] = each
        return found

    def from_order(self, fact: Fact[CrewDisqualified]) -> int:
        """The number of the stage from which a disqualification works; 0 is the whole rally."""
        return self.orders.get(fact.value.stage, 0)

    def definitive(self, fact: Fact[Leaving]) -> bool:
        """Whether it takes the crew out for good: only a retraction brings it back."""
        if isinstance(fact.value, RetirementReported):
            return fact.value.definitive
        return isinstance(fact.value, CrewWithdrew)

    def out_from(self, number: str, fact: Fact[Leaving]) -> int:
        """The number of the stage from which a retirement has effect.

        Where the report names neither stage nor control, it is the one after the last that the crew
        has a value for: what it achieved before stands.
        """
        reported = self.retired_from(fact)
        if reported is not None:
            return reported
        achieved = [self.orders[stage] for stage, who in self.values if who == number]
        return 1 + max([*achieved, self.carried_until(number)])

    def removed_from(self, number: str) -> int | None:
        """The number of the stage from which a crew is out of the overall; None if it is in."""
        by = self.rulebook.texts("overall.removed_by") if self._may_be_removed(number) else ()
        orders: list[int] = []
        if "disqualification" in by and number in self.disqualified:
            orders.append(self.from_order(self.disqualified[number]))
        orders += [
            self.out_from(number, fact)
            for fact in self.retirements.get(number, ())
            if ("definitive-retirement" in by and self.definitive(fact))
            or ("any-retirement" in by and not self.restarted(number, fact))
        ]
        return min(orders, default=None)

    def _may_be_removed(self, number: str) -> bool:
        return number in self.disqualified or number in self.retirements
