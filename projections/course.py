"""The course: the plan of the rally at a cut, what race direction made of it, and who came back.

It is what the times rest on; it knows nothing of them itself.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

from ledger.vocabulary import (
    ControlScheduled,
    CrewNotStarted,
    CrewRestarted,
    CrewWithdrew,
    RetirementReported,
    StageCancelled,
    StageClosed,
    StageReinstated,
    StageScheduled,
    StageShortened,
)
from projections.facts import Fact, Facts
from projections.rulebook import Rulebook

Leaving = RetirementReported | CrewWithdrew | CrewNotStarted
"""What takes a crew that started out of the rally or of a stage."""


class Course:
    """Facts and rulebook at one cut, with the stages, the acts on them and the restarts."""

    def __init__(self, facts: Facts, rulebook: Rulebook | None = None) -> None:
        self.facts = facts
        self.rulebook = facts.rulebook if rulebook is None else rulebook

    # -- the plan --------------------------------------------------------------------------------

    @cached_property
    def stages(self) -> list[StageScheduled]:
        """The stages in their order."""
        return [each.value for each in self.facts.stages.values()]

    @cached_property
    def orders(self) -> dict[str, int]:
        """The order of each stage by its code."""
        return {stage.stage: stage.order for stage in self.stages}

    @cached_property
    def codes(self) -> dict[int | None, str]:
        """The code of each stage by its number in the order of the rally."""
        return {order: code for code, order in self.orders.items()}

    @cached_property
    def control_stage(self) -> dict[str, str]:
        """The stage of each control for which the itinerary names one."""
        return {c.value.control: c.value.stage for c in self.facts.of(ControlScheduled)}

    def order_at(self, stage: str, control: str) -> int | None:
        """The number of the stage in which something at a stage or control counts."""
        stage = stage or self.control_stage.get(control, "")
        if stage:
            return self.orders.get(stage)
        return self.rulebook.controls().stage_order(control) if control else None

    def category(self, number: str) -> str:
        """The category of a crew; empty for one that is not entered."""
        entry = self.facts.crews.get(number)
        return entry.value.category if entry else ""

    # -- race direction --------------------------------------------------------------------------

    @cached_property
    def _acts(self) -> dict[str, list[StageCancelled | StageShortened | StageReinstated]]:
        """The acts on each stage in the order of the facts.

        At one instant a reinstatement comes after what it revokes: before it, it would be void.
        """
        acts: list[Fact[StageCancelled] | Fact[StageShortened] | Fact[StageReinstated]] = [
            *self.facts.of(StageCancelled),
            *self.facts.of(StageShortened),
            *self.facts.of(StageReinstated),
        ]
        acts.sort(key=lambda a: (a.order()[:2], isinstance(a.value, StageReinstated), a.id))
        by_stage = defaultdict(list)
        for act in acts:
            by_stage[act.value.stage].append(act.value)
        return by_stage

    def cancelled(self, stage: str, category: str) -> bool:
        """Whether a stage does not count for a category."""
        act = self._last_act(stage, category, StageCancelled)
        return isinstance(act, StageCancelled)

    def shortened(self, stage: str, category: str) -> StageShortened | None:
        """The shortening of a stage that holds for a category."""
        act = self._last_act(stage, category, StageShortened)
        return act if isinstance(act, StageShortened) else None

    def _last_act(
        self, stage: str, category: str, kind: type[StageCancelled] | type[StageShortened]
    ) -> StageCancelled | StageShortened | StageReinstated | None:
        """The last act of that kind or reinstatement; a cancelled stage stays shortened or not."""
        concerning = [
            act
            for act in self._acts.get(stage, ())
            if isinstance(act, (kind, StageReinstated))
            and (not act.categories or category in act.categories)
        ]
        return concerning[-1] if concerning else None

    @cached_property
    def closed(self) -> frozenset[str]:
        """The stages whose crews are all accounted for."""
        return frozenset(each.value.stage for each in self.facts.of(StageClosed))

    # -- leaving and coming back ----------------------------------------------------------------

    @cached_property
    def restarts(self) -> dict[str, list[Fact[CrewRestarted]]]:
        """The restarts of each crew, in the order of the facts."""
        found = defaultdict(list)
        for each in self.facts.of(CrewRestarted):
            found[each.value.number].append(each)
        return found

    def retired_from(self, fact: Fact[Leaving]) -> int | None:
        """The number of the stage at which a retirement was reported; None where none is known."""
        control = fact.value.control if isinstance(fact.value, RetirementReported) else ""
        return self.order_at(fact.value.stage, control)

    def restarted(self, number: str, fact: Fact[Leaving]) -> bool:
        """Whether the crew took part again afterwards."""
        since = fact.order()[0]
        return any(each.order()[0] >= since for each in self.restarts.get(number, ()))
