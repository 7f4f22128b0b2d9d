"""The times in which decisions and classifications may be contested, as they run at a cut.

One piece answers every question about a deadline: the rule in force when the decision became known,
the instants on record from which it runs, and who extended it. Whatever says "too late" asks it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, tzinfo
from functools import cached_property
from typing import Any, Literal, NamedTuple

from ledger.grouping import grouped
from ledger.times import Instant, by_clocks_of
from ledger.vocabulary import (
    ClassificationPublished,
    CompetitionEnded,
    CourtDecisionIssued,
    DeadlineExtended,
    DecisionIssued,
    DecisionNotified,
    DocumentPosted,
    Occurrence,
    PrizeGivingSet,
    RallyConstituted,
)
from projections.rules.deadlines import (
    ACT,
    ANNOUNCEMENT,
    DECISION,
    END_OF_COMPETITION,
    NOTIFICATION,
    POSTING,
    PRIZE_GIVING,
    PUBLICATION,
    Deadline,
    Ran,
    ran,
)
from projections.rules.procedure import (
    AGAINST_ACT,
    AGAINST_DECISION,
    CONFIRM,
    INTERNATIONAL,
    NATIONAL,
    OF_A_NATIONAL,
    OF_AN_INTERNATIONAL,
    REVIEW,
    TO,
    WINDOW,
    Suspension,
    Time,
    suspension,
    time_of,
)
from projections.rules.rulebook import Rulebook, if_known
from projections.state.cuts import taken
from projections.state.recorded import Fact, Recorded

Kind = Literal["appeal", "review", "protest", "confirmation"]


class Extension(NamedTuple):
    """An extension of a time, and why it has no effect; "" where it has."""

    fact: Fact[DeadlineExtended]
    why_not: str


class Running(NamedTuple):
    """A time as it runs: by which rule, since when, until when (UTC ms).

    `until` is None while it has not begun, and where no rule says. `ran` tells how it began and
    would have ended without the extensions.
    """

    kind: Kind
    time: Time
    ran: Ran | None
    until: int | None
    extensions: tuple[Extension, ...] = ()

    @property
    def is_defined(self) -> bool:
        """Whether the rules say how long it is, or that there is none."""
        return self.time.deadline is not None or not (self.time.open and self.time.needed)

    @property
    def lacks(self) -> str:
        """The rule that is lacking, so that nobody knows until when; "" where that is known."""
        return "" if self.is_defined or self.until is not None else self.time.parameter

    def is_over(self, at: int) -> bool:
        """Whether an instant (UTC ms) lies behind its end; a time that does not run has none."""
        return self.until is not None and at > self.until


class Times:
    """The times of a rally at one cut. `decisions` are those that can be contested, by id."""

    def __init__(self, facts: Recorded, decisions: Mapping[str, Fact[Any]]) -> None:
        self._facts = facts
        self._decisions = decisions
        self._of_appeals: dict[str, Running] = {}

    # -- what is known -----------------------------------------------------------------------------

    def notified(self, identity: str) -> Fact[Any] | None:
        """What made a decision known first: the notice to whom it concerns, or its posting."""
        return min(
            (each for each in (self._told.get(identity), self._posted.get(identity)) if each),
            key=Fact.order,
            default=None,
        )

    @cached_property
    def _told(self) -> Mapping[str, Fact[Any]]:
        return _first((e.value.target, e) for e in self._facts.recorded(DecisionNotified))

    @cached_property
    def _posted(self) -> Mapping[str, Fact[Any]]:
        return _first((e.value.about, e) for e in self._facts.recorded(DocumentPosted))

    @cached_property
    def ended(self) -> Fact[CompetitionEnded] | None:
        """The end of the competition, where it is on record; of several the last counts."""
        return max(self._facts.recorded(CompetitionEnded), key=Fact.order, default=None)

    @cached_property
    def zone(self) -> tzinfo | None:
        """The zone of the rally, by which days are counted; None where none is told."""
        founded = next(iter(self._facts.recorded(RallyConstituted)), None)
        return founded.value.time_zone if founded else None

    def shown(self, ms: int, at: Instant) -> Instant:
        """An instant by the clocks of the rally; by the offset of another where none are known."""
        return by_clocks_of(self.zone, Instant(ms, at.offset))

    def rules(self, fact: Fact[Any]) -> Rulebook:
        """The rules for what follows a decision: those in force when it became known."""
        return self._facts.regulations.at(instant_of(self.notified(fact.id) or fact))

    def instance(self, fact: Fact[Any]) -> str:
        """Who took a decision: the clerk, the stewards, a national or an international court.

        A court is what the rules call it; one that they don't name is the one above those whose
        decision it decided about.
        """
        said = fact.value
        if not isinstance(said, CourtDecisionIssued):
            return str(getattr(said, "series", ""))
        rules, name = self.rules(fact), said.court.casefold().strip()
        for parameter, instance in (
            (OF_AN_INTERNATIONAL, INTERNATIONAL),
            (OF_A_NATIONAL, NATIONAL),
        ):
            courts = if_known(rules.texts, parameter) or ()
            if name and name in {each.casefold().strip() for each in courts}:
                return instance
        below = self._decisions.get(said.target)
        of_a_court = below is not None and isinstance(below.value, CourtDecisionIssued)
        return INTERNATIONAL if of_a_court else NATIONAL

    # -- the times ---------------------------------------------------------------------------------

    def appeal(self, fact: Fact[Any]) -> Running:
        """Until when an appeal against a decision may be announced; above the last court, never."""
        if fact.id not in self._of_appeals:
            self._of_appeals[fact.id] = self._appeal(fact)
        return self._of_appeals[fact.id]

    def _appeal(self, fact: Fact[Any]) -> Running:
        instance = self.instance(fact)
        running = self._running("appeal", fact, TO.get(instance, TO[NATIONAL]))
        if instance == INTERNATIONAL and running.time.parameter == TO[NATIONAL]:
            return Running("appeal", Time(TO[NATIONAL], None, open=False), None, None)
        return running

    def review(self, fact: Fact[Any]) -> Running:
        """Until when a review of a decision may be petitioned for."""
        return self._running("review", fact, REVIEW)

    def protest(self, fact: Fact[Any]) -> Running:
        """Until when a decision of the clerk, or another act, may be protested against."""
        decided = isinstance(fact.value, DecisionIssued)
        return self._running("protest", fact, AGAINST_DECISION if decided else AGAINST_ACT)

    def confirmation(self, appeal: Fact[Any], about: Fact[Any]) -> Running:
        """Until when an announced appeal has to be confirmed."""
        name = CONFIRM.get(self.instance(about), CONFIRM[NATIONAL])
        instants = {**self._instants(about), ANNOUNCEMENT: instant_of(appeal)}
        return self._run("confirmation", appeal, time_of(self.rules(about), name), instants)

    def classification(self, fact: Fact[ClassificationPublished]) -> Running:
        """Until when a classification may be protested against; what it says itself goes first."""
        posted = instant_of(fact)
        time = time_of(self._facts.regulations.at(posted), WINDOW)
        if (said := fact.value.protests_until_at) is not None:
            own = Ran(posted, PUBLICATION, said.ms, limited=False)
            return self._extended("protest", fact, time, own)
        instants = {**self._of_the_rally, PUBLICATION: posted}
        return self._run("protest", fact, time, instants)

    def _running(self, kind: Kind, fact: Fact[Any], name: str) -> Running:
        return self._run(kind, fact, time_of(self.rules(fact), name), self._instants(fact))

    def _run(self, kind: Kind, fact: Fact[Any], time: Time, instants: Mapping[str, int]) -> Running:
        found = ran(time.deadline, instants, self.zone) if time.deadline else None
        return self._extended(kind, fact, time, found)

    @cached_property
    def _of_the_rally(self) -> dict[str, int]:
        found: dict[str, int] = {}
        if self.ended is not None:
            found[END_OF_COMPETITION] = instant_of(self.ended)
        given = max(self._facts.recorded(PrizeGivingSet), key=Fact.order, default=None)
        if given is not None:
            found[PRIZE_GIVING] = given.value.prizes_at.ms
        return found

    def _instants(self, fact: Fact[Any]) -> dict[str, int]:
        """The instants from which times can run against a decision or an act, as far as known."""
        decided = taken(fact.value)
        moment = instant_of(fact) if decided is None else decided
        found = {**self._of_the_rally, DECISION: moment, ACT: instant_of(fact)}
        for name, made_known in ((NOTIFICATION, self._told), (POSTING, self._posted)):
            if (known := made_known.get(fact.id)) is not None:
                found[name] = instant_of(known)
        return found

    # -- extensions --------------------------------------------------------------------------------

    @cached_property
    def _extensions(self) -> Mapping[tuple[str, str], list[Fact[DeadlineExtended]]]:
        return grouped(
            ((each.value.target, each.value.deadline), each)
            for each in self._facts.recorded(DeadlineExtended)
        )

    def _extended(self, kind: Kind, fact: Fact[Any], time: Time, found: Ran | None) -> Running:
        extensions = tuple(
            Extension(each, self._no_effect(each.value, time, found))
            for each in self._extensions.get((fact.id, kind), ())
        )
        until = None if found is None else found.until
        for each in extensions:
            if until is not None and not each.why_not:
                until = max(until, each.fact.value.until_at.ms)
        return Running(kind, time, found, until, extensions)

    def _no_effect(self, said: DeadlineExtended, time: Time, found: Ran | None) -> str:
        """Why an extension has no effect; "" where it has."""
        deadline = time.deadline
        if deadline is None:
            return "no rule says how long the time is"
        if not deadline.extended_by:
            return f"by {time.parameter} nobody may extend it"
        if said.role not in deadline.extended_by:
            who = " or ".join(sorted(deadline.extended_by))
            return f"by {time.parameter} it is for {who} to extend it"
        return self._out_of_bounds(said, time.parameter, deadline, found)

    def _out_of_bounds(
        self, said: DeadlineExtended, parameter: str, deadline: Deadline, found: Ran | None
    ) -> str:
        """Why nobody may extend a time until then; "" where who may, may do so."""
        if found is None:
            return "the time has not begun"
        if said.until_at.ms <= found.until:
            return "the time lasts as long without it"
        most = deadline.most
        if most and said.until_at.ms > deadline.later(found.until, self.zone or UTC, most):
            return f"by {parameter} it may be extended by {most.words()} at most"
        return ""

    def suspension(self, fact: Fact[Any]) -> Suspension:
        """What an appeal against a decision suspends by the rules."""
        return suspension(self.rules(fact))


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


def _first(pairs: Iterable[tuple[str, Fact[Any]]]) -> Mapping[str, Fact[Any]]:
    found: dict[str, Fact[Any]] = {}
    for about, each in pairs:
        found.setdefault(about, each)
    return found
