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
from ledger.times import Instant
from ledger.vocabulary import (
    AppealConfirmed,
    AppealIntentionNotified,
    AppealLapsed,
    AppealWithdrawn,
    CourtDecisionIssued,
    DecisionNotified,
    DocumentPosted,
    ExecutionResumed,
    ExecutionSuspended,
    Occurrence,
)
from projections.rules.regulations import Applied
from projections.rules.rulebook import Rulebook, if_known
from projections.state.recorded import Fact, Recorded

SUSPENSIVE, NOT_APPEALABLE = "appeals.suspensive", "appeals.not_appealable"
INTENTION, CONFIRMATION = "appeals.intention_ms", "appeals.confirmation_ms"


class Appeal(NamedTuple):
    """An announced appeal: in time or not, and what ended it, if anything did."""

    fact: Fact[AppealIntentionNotified]
    due: int | None
    admissible: bool
    why_not: str
    ended: Fact[Any] | None


class Appeals:
    """The appeals of a rally at one cut. `decisions` are those that can be appealed, by id."""

    def __init__(self, facts: Recorded, decisions: Mapping[str, Fact[Any]]) -> None:
        self._facts = facts
        self._decisions = decisions

    def suspending(self, fact: Fact[Any]) -> tuple[str, ...]:
        """What suspends the execution of a decision at this cut; empty where nothing does."""
        by_order = self._ordered.get(fact.id)
        if by_order is not None:
            resumed = isinstance(by_order.value, ExecutionResumed)
            later = [] if resumed else [by_order.id]
            pending = [e for e in self._pending(fact) if e.order() > by_order.order()]
            return tuple(later or [each.id for each in pending])
        return tuple(each.id for each in self._pending(fact))

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
        decided = {SUSPENSIVE} if self.suspending(fact) else names
        known = instant_of(self.notified(fact.id) or fact)
        return tuple(Applied(each, known, None) for each in sorted(decided))

    def _deciding(self, appeal: Appeal, about: Fact[Any]) -> list[str]:
        """The one rule that keeps an appeal from suspending a decision; none where several do."""
        due, failing = appeal.due, list[str]()
        if not self.is_appealable(about):
            failing.append(NOT_APPEALABLE if getattr(about.value, "appealable", True) else "")
        if due is not None and instant_of(appeal.fact) > due:
            failing.append(INTENTION)
        if appeal.ended is not None:
            failing.append(CONFIRMATION if isinstance(appeal.ended.value, AppealLapsed) else "")
        if not self._is_suspensive(about):
            failing.append(SUSPENSIVE)
        return failing if len(failing) == 1 and failing != [""] else []

    @cached_property
    def _ordered(self) -> Mapping[str, Fact[Any]]:
        """The last order to suspend or to resume, by the decision."""
        orders: list[Fact[Any]] = [
            *self._facts.recorded(ExecutionSuspended),
            *self._facts.recorded(ExecutionResumed),
        ]
        return {each.value.target: each for each in sorted(orders, key=Fact.order)}

    def _pending(self, fact: Fact[Any]) -> Iterator[Fact[Any]]:
        """The appeals that suspend a decision: in time, not ended, and suspensive by the rules."""
        if getattr(fact.value, "immediate", False):
            return
        for appeal in self.against(fact.id):
            if appeal.ended is None and appeal.admissible and self._is_suspensive(fact):
                yield appeal.fact

    def _is_suspensive(self, fact: Fact[Any]) -> bool:
        return bool(if_known(self.procedure(fact).flag, SUSPENSIVE))

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
        due, why_not = self.due(about, INTENTION), ""
        if not self.is_appealable(about):
            why_not = "the decision is not open to appeal"
        elif due is not None and instant_of(fact) > due:
            why_not = "it was announced too late"
        return Appeal(fact, due, not why_not, why_not, self._ended(fact, about))

    def _ended(self, fact: Fact[AppealIntentionNotified], about: Fact[Any]) -> Fact[Any] | None:
        """What ended an appeal: a lapse, a withdrawal, or what the court decided."""
        ends: list[Fact[Any]] = [
            *self._lapses(fact, about),
            *(e for e in self._facts.recorded(AppealWithdrawn) if e.value.target == fact.id),
            *(
                each
                for each in self._courts_on.get(about.id, ())
                if each.value.appeal in ("", fact.id) and self._happened(each)
            ),
        ]
        return min(ends, key=Fact.order, default=None)

    def _lapses(
        self, fact: Fact[AppealIntentionNotified], about: Fact[Any]
    ) -> list[Fact[AppealLapsed]]:
        """The findings that an appeal lapsed, as far as the rules bear them out.

        One that was admissible lapses only after the time to confirm it, if it was not confirmed.
        """
        found = [e for e in self._facts.recorded(AppealLapsed) if e.value.target == fact.id]
        due = self.due(about, INTENTION)
        late = due is not None and instant_of(fact) > due
        if not found or late or not self.is_appealable(about):
            return found
        by = self.confirm_by(fact, about)
        confirmed = any(
            each.value.target == fact.id and (by is None or instant_of(each) <= by)
            for each in self._facts.recorded(AppealConfirmed)
        )
        return [] if confirmed else [e for e in found if by is None or instant_of(e) > by]

    def confirm_by(self, fact: Fact[AppealIntentionNotified], about: Fact[Any]) -> int | None:
        """Until when an announced appeal has to be confirmed (UTC ms); None where no rule says."""
        allowed = if_known(self.procedure(about).number, CONFIRMATION)
        return None if allowed is None else instant_of(fact) + allowed

    def _happened(self, fact: Fact[Any]) -> bool:
        """Whether it had happened by the cut: a suspension lasts until then."""
        cut = self._facts.until
        return cut is None or instant_of(fact) <= cut.instant

    def is_appealable(self, fact: Fact[Any]) -> bool:
        """Whether an appeal is open at all, by the decision and by the rules for its effects."""
        if not getattr(fact.value, "appealable", True):
            return False
        acts = {each.act for each in fact.value.effects}
        closed = if_known(self.procedure(fact).texts, NOT_APPEALABLE) if acts else ()
        return not acts or not acts <= set(closed or ())

    # -- deadlines -------------------------------------------------------------------------------

    def notified(self, identity: str) -> Fact[Any] | None:
        """What made a decision known first: the notice to whom it concerns, or its posting."""
        return self._notified.get(identity)

    @cached_property
    def _notified(self) -> Mapping[str, Fact[Any]]:
        told: list[tuple[str, Fact[Any]]] = [
            *((each.value.target, each) for each in self._facts.recorded(DecisionNotified)),
            *((each.value.about, each) for each in self._facts.recorded(DocumentPosted)),
        ]
        found: dict[str, Fact[Any]] = {}
        for about, each in sorted(told, key=lambda pair: pair[1].order()):
            found.setdefault(about, each)
        return found

    def procedure(self, fact: Fact[Any]) -> Rulebook:
        """The rules for what follows a decision: those in force when it became known."""
        notified = self.notified(fact.id)
        return self._facts.regulations.at(instant_of(notified or fact))

    def due(self, fact: Fact[Any], parameter: str) -> int | None:
        """Until when something may be done after a decision became known (UTC ms).

        None while it was not made known, so that no time runs yet, and where no rule says.
        """
        notified = self.notified(fact.id)
        allowed = if_known(self.procedure(fact).number, parameter) if notified else None
        return instant_of(notified) + allowed if notified and allowed is not None else None

    def undefined(self, fact: Fact[Any], *parameters: str) -> tuple[str, ...]:
        """Which of these rules are lacking for what follows a decision that became known."""
        rules = self.procedure(fact)
        known = self.notified(fact.id) is not None
        return tuple(e for e in parameters if known and not rules.defines(e))

    @cached_property
    def _courts_on(self) -> Mapping[str, list[Fact[CourtDecisionIssued]]]:
        return by_target(self._facts.recorded(CourtDecisionIssued))


def moment_of(fact: Fact[Any]) -> Instant:
    """When it happened, as it is shown; what has no instant of its own, when it was recorded.

    A decision happened when it was taken, not when the fact was that it is about.
    """
    said: Occurrence = fact.value
    instant: Instant = getattr(said, "decided_at", None) or said.happened
    return instant


def instant_of(fact: Fact[Any]) -> int:
    """When it happened (UTC ms)."""
    return moment_of(fact).ms


def by_target(facts: Iterable[Fact[Any]]) -> Mapping[str, list[Fact[Any]]]:
    """The facts by the id of what each is about, in their order."""
    return grouped((each.value.target, each) for each in facts)
