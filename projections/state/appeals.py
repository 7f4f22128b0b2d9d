"""Appeals: what was announced against decisions, the deadlines, and what keeps decisions back.

An appeal that was announced in time suspends a decision where the rulebook says so, until it
lapses, is withdrawn or a court has decided; so does an order. What a deadline makes of an act
follows from the instants on record and from the rules in force when the decision became known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from ledger.grouping import grouped
from ledger.vocabulary import (
    AppealConfirmed,
    AppealIntentionNotified,
    AppealLapsed,
    AppealWithdrawn,
    CourtDecisionIssued,
    DecisionIssued,
    DecisionRescinded,
    ExecutionResumed,
    ExecutionSuspended,
)
from projections.rules.procedure import (
    CLERK,
    ELSEWHERE,
    NATIONAL,
    NOT_APPEALABLE,
    STEWARDS,
    TO,
    WITH,
)
from projections.rules.regulations import Applied
from projections.rules.rulebook import Rulebook, if_known
from projections.state.deadlines import Running, Times, instant_of
from projections.state.lodging import Lodging, lodging
from projections.state.recorded import Fact, Recorded


class Appeal(NamedTuple):
    """An announced appeal: in time or not, and what ended it, if anything did.

    `remark` is what is to be said of it though it is admissible.
    """

    fact: Fact[AppealIntentionNotified]
    running: Running
    admissible: bool
    why_not: str
    ended: Fact[Any] | None
    remark: str = ""


class Appeals:
    """The appeals of a rally at one cut. `decisions` are those that can be appealed, by id."""

    def __init__(self, facts: Recorded, decisions: Mapping[str, Fact[Any]]) -> None:
        self._facts = facts
        self._decisions = decisions
        self.times = Times(facts, decisions)
        """The times in which decisions may be contested."""

    def suspending(self, fact: Fact[Any], act: str | None = None) -> tuple[str, ...]:
        """What suspends the execution of a decision at this cut; empty where nothing does.

        Of one of its effects by its act; without, of anything that it does.
        """
        by_order = self._ordered.get(fact.id)
        if by_order is not None:
            resumed = isinstance(by_order.value, ExecutionResumed)
            later = [] if resumed else [by_order.id]
            pending = [e for e in self._pending(fact, act) if e.order() > by_order.order()]
            return tuple(later or [each.id for each in pending])
        return tuple(each.id for each in self._pending(fact, act))

    def applied(self, fact: Fact[Any]) -> tuple[Applied, ...]:
        """The rules by which appeals suspend the execution of a decision, or fail to.

        Where one fails for several reasons, none of them decides alone, and none is named.
        """
        by_order = self._ordered.get(fact.id)
        ordered = by_order is not None and not isinstance(by_order.value, ExecutionResumed)
        if ordered or getattr(fact.value, "immediate", False):
            return ()
        names: set[str] = set()
        for appeal in self.against(fact.id):
            if by_order is None or appeal.fact.order() > by_order.order():
                names.update(self._deciding(appeal, fact))
        decided = {self.times.suspension(fact).parameter} if self.suspending(fact) else names
        known = instant_of(self.notified(fact.id) or fact)
        return tuple(Applied(each, known, None) for each in sorted(decided))

    def _deciding(self, appeal: Appeal, about: Fact[Any]) -> list[str]:
        """The one rule that keeps an appeal from suspending a decision; none where several do."""
        failing = list[str]()
        if not self.is_appealable(about):
            by_rule = appeal.running.time.parameter if self._is_closed(about) else NOT_APPEALABLE
            failing.append(by_rule if getattr(about.value, "appealable", True) else "")
        if appeal.running.is_over(instant_of(appeal.fact)):
            failing.append(appeal.running.time.parameter)
        if self._lodging(appeal.fact, about).inadmissible:
            failing.append(ELSEWHERE)
        if appeal.ended is not None:
            by_time = self.times.confirmation(appeal.fact, about).time.parameter
            failing.append(by_time if isinstance(appeal.ended.value, AppealLapsed) else "")
        if not self.suspends(about):
            failing.append(self.times.suspension(about).parameter)
        return failing if len(failing) == 1 and failing != [""] else []

    @cached_property
    def _ordered(self) -> Mapping[str, Fact[Any]]:
        """The last order to suspend or to resume, by the decision."""
        orders: list[Fact[Any]] = [
            *self._facts.recorded(ExecutionSuspended),
            *self._facts.recorded(ExecutionResumed),
        ]
        return {each.value.target: each for each in sorted(orders, key=Fact.order)}

    def _pending(self, fact: Fact[Any], act: str | None = None) -> Iterator[Fact[Any]]:
        """The appeals that suspend a decision: in time, not ended, and suspensive by the rules."""
        if getattr(fact.value, "immediate", False):
            return
        for appeal in self.against(fact.id):
            if appeal.ended is None and appeal.admissible and self.suspends(fact, act):
                yield appeal.fact

    def suspends(self, fact: Fact[Any], act: str | None = None) -> bool:
        """Whether an appeal suspends a decision by the rules, or one of its effects by its act.

        It may be otherwise once the competition has ended.
        """
        by_rules, instance = self.times.suspension(fact), self.times.instance(fact)
        ended = self.times.ended is not None
        acts = [each.act for each in fact.value.effects] or [""] if act is None else [act]
        return any(by_rules.suspends(each, instance, ended=ended) for each in acts)

    def against(self, identity: str) -> list[Appeal]:
        """The announced appeals against a decision, in their order."""
        return self._appeals.get(identity, [])

    @cached_property
    def _appeals(self) -> Mapping[str, list[Appeal]]:
        return grouped(
            (about.id, self._appeal(each, about))
            for each in self._facts.recorded(AppealIntentionNotified)
            if (about := self._decisions.get(each.value.target)) is not None
        )

    def _appeal(self, fact: Fact[AppealIntentionNotified], about: Fact[Any]) -> Appeal:
        running, why_not = self.times.appeal(about), ""
        lodged = self._lodging(fact, about)
        if not self.is_appealable(about):
            why_not = "the decision is not open to appeal"
        elif running.is_over(instant_of(fact)):
            why_not = "it was announced too late"
        elif lodged.inadmissible:
            why_not = lodged.remark
        remark = "" if why_not else lodged.remark
        return Appeal(fact, running, not why_not, why_not, self._ended(fact, about), remark)

    def _lodging(self, fact: Fact[AppealIntentionNotified], about: Fact[Any]) -> Lodging:
        name = WITH.get(self.times.instance(about), WITH[NATIONAL])
        return lodging(self.procedure(about), name, fact.value)

    def _ended(self, fact: Fact[AppealIntentionNotified], about: Fact[Any]) -> Fact[Any] | None:
        """What ended an appeal: a lapse, a withdrawal, or what the court decided."""
        ends: list[Fact[Any]] = [
            *self._lapses(fact, about),
            *self._withdrawn.get(fact.id, ()),
            *(
                each
                for each in self._courts_on.get(about.id, ())
                if each.value.appeal in ("", fact.id) and self._happened(each)
            ),
            *self._by_stewards(fact, about),
        ]
        return min(ends, key=Fact.order, default=None)

    def _lapses(
        self, fact: Fact[AppealIntentionNotified], about: Fact[Any]
    ) -> list[Fact[AppealLapsed]]:
        """The findings that an appeal lapsed, as far as the rules bear them out.

        One that was admissible lapses only after the time to confirm it, if it was not confirmed.
        """
        found = self._lapsed.get(fact.id, [])
        if not found or self.times.appeal(about).is_over(instant_of(fact)):
            return found
        if self._lodging(fact, about).inadmissible or not self.is_appealable(about):
            return found
        running = self.times.confirmation(fact, about)
        if not running.time.needed:
            return []
        by = running.until
        confirmed = any(
            each.value.target == fact.id and (by is None or instant_of(each) <= by)
            for each in self._facts.recorded(AppealConfirmed)
        )
        return [] if confirmed else [e for e in found if by is None or instant_of(e) > by]

    def _by_stewards(
        self, fact: Fact[AppealIntentionNotified], about: Fact[Any]
    ) -> Iterator[Fact[DecisionIssued]]:
        """The decisions of the stewards on an appeal that went to them, from the clerk."""
        if self.times.appeal(about).time.parameter != TO[CLERK]:
            return
        rescinded = {each.value.target for each in self._facts.recorded(DecisionRescinded)}
        for each in self._facts.recorded(DecisionIssued):
            decides = each.value.series == STEWARDS and fact.id in each.value.matter
            if decides and each.id not in rescinded and self._happened(each):
                yield each

    def _happened(self, fact: Fact[Any]) -> bool:
        """Whether it had happened by the cut: a suspension lasts until then."""
        cut = self._facts.until
        return cut is None or instant_of(fact) <= cut.instant

    def is_appealable(self, fact: Fact[Any]) -> bool:
        """Whether an appeal is open at all, by the decision and by the rules for its effects."""
        if not getattr(fact.value, "appealable", True) or self._is_closed(fact):
            return False
        acts = {each.act for each in fact.value.effects}
        closed = if_known(self.procedure(fact).texts, NOT_APPEALABLE) if acts else ()
        return not acts or not acts <= set(closed or ())

    def _is_closed(self, fact: Fact[Any]) -> bool:
        """Whether the rules open no appeal against decisions of its instance."""
        return not self.times.appeal(fact).time.open

    # -- deadlines -------------------------------------------------------------------------------

    def notified(self, identity: str) -> Fact[Any] | None:
        """What made a decision known first: the notice to whom it concerns, or its posting."""
        return self.times.notified(identity)

    def procedure(self, fact: Fact[Any]) -> Rulebook:
        """The rules for what follows a decision: those in force when it became known."""
        return self.times.rules(fact)

    @cached_property
    def _withdrawn(self) -> Mapping[str, list[Fact[AppealWithdrawn]]]:
        return by_target(self._facts.recorded(AppealWithdrawn))

    @cached_property
    def _lapsed(self) -> Mapping[str, list[Fact[AppealLapsed]]]:
        return by_target(self._facts.recorded(AppealLapsed))

    @cached_property
    def _courts_on(self) -> Mapping[str, list[Fact[CourtDecisionIssued]]]:
        return by_target(self._facts.recorded(CourtDecisionIssued))


def by_target(facts: Iterable[Fact[Any]]) -> Mapping[str, list[Fact[Any]]]:
    """The facts by the id of what each is about, in their order."""
    return grouped((each.value.target, each) for each in facts)
