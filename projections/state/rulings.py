"""Rulings: what became of every decision at a cut, and what those that are in force bring about.

A decision is never changed. It is rescinded, superseded, suspended, quashed or varied by records of
their own, and what it does at a moment follows from those that stand. Quashed and rescinded means
from the beginning, and so does superseded, unless the new decision says from which stage on. A
suspension works from when it was recorded to have begun until what ended it. No clock is asked:
what a deadline makes of an act that came late follows from the instants on record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from ledger.times import Instant
from ledger.vocabulary import (
    GROUPS,
    SANCTIONS,
    BulletinIssued,
    CompetitionEnded,
    CourtDecisionIssued,
    DeadlineExtended,
    DecisionIssued,
    DecisionRescinded,
    DocumentPosted,
    Effect,
    Occurrence,
    PrizeGivingSet,
    RallyConstituted,
    RegulationsAdopted,
    StageScheduled,
    SupersedingDetermined,
    SuspensionActivated,
    SuspensionLapsed,
)
from ledger.vocabulary.judicial import COURT
from projections.read_by import reads
from projections.state.appeals import Appeals, by_target
from projections.state.deadlines import instant_of
from projections.state.recorded import Fact, Recorded, Weight

Decided = DecisionIssued | CourtDecisionIssued

IN_FORCE = "in force"
SUSPENDED = "execution suspended"
QUASHED, VARIED, RESCINDED = "quashed", "varied", "rescinded"
SUPERSEDED, CONTESTED, SET_ASIDE = "superseded", "contested", "set aside"
CONDITIONAL, LAPSED = "suspended on condition", "suspension lapsed"
NOTHING_DONE = "without effect"
OF_THE_DESK = GROUPS["stewards and courts"]
"""Decisions, and what was done about them."""
_RULING = tuple(each for each in OF_THE_DESK if each in reads("standings"))
RULED_BY: tuple[type[Occurrence], ...] = (
    *_RULING,
    *(DeadlineExtended, DocumentPosted, CompetitionEnded, PrizeGivingSet),
    *(RallyConstituted, RegulationsAdopted, BulletinIssued, StageScheduled),
)
"""From what follows what became of decisions: what was done, and until when it could be."""
GONE = frozenset({QUASHED, VARIED, RESCINDED, SET_ASIDE})
"""What a decision is that counts as never taken."""
UNDONE = frozenset({RESCINDED, SET_ASIDE})
"""What a decision is that leaves undecided what it was about; before a court it was decided."""
_OVERTURNING = {"quashed": QUASHED, "varied": VARIED}


class Brought(NamedTuple):
    """One effect of a decision: what it brings about, whether it counts, and what that rests on.

    `fact` is the act that takes place by it; None for a sanction that moves no result, and for one
    that can't be read. `because` are the ids of the records that made its status what it is.
    """

    effect: Effect
    fact: Fact[Occurrence] | None
    status: str
    because: tuple[str, ...]

    @property
    def counts(self) -> bool:
        """Whether it is in force."""
        return self.status == IN_FORCE


class Ruling(NamedTuple):
    """A decision as it stands at a cut, with the ids of the records that made its status so."""

    fact: Fact[Any]
    status: str
    because: tuple[str, ...]
    effects: tuple[Brought, ...]


class Status(NamedTuple):
    """A status with the ids of the records that made it."""

    status: str
    because: tuple[str, ...] = ()


class Rulings:
    """The decisions of a rally at one cut."""

    def __init__(self, facts: Recorded) -> None:
        self._facts = facts
        self._of_it: dict[str, Status] = {}

    # -- what counts -----------------------------------------------------------------------------

    @cached_property
    def brought_about(self) -> Mapping[type[Occurrence], list[Fact[Occurrence]]]:
        """What decisions in force do, by type: these count as if they had been recorded alone."""
        found: dict[type[Occurrence], list[Fact[Occurrence]]] = defaultdict(list)
        if not (self.decisions or self.of_courts):
            return found
        for each in self._brought:
            if each.counts and each.fact is not None:
                found[type(each.fact.value)].append(each.fact)
        return found

    def may_bring_about(self, kind: type[Occurrence]) -> bool:
        """Whether any decision says that it does this, in force or not."""
        return kind.type_name() in self._acts_named

    @cached_property
    def _acts_named(self) -> frozenset[str]:
        decisions: tuple[Fact[Any], ...] = (*self.decisions, *self.of_courts)
        return frozenset(effect.act for each in decisions for effect in each.value.effects)

    def effects_of(self, kind: type[Occurrence]) -> list[Brought]:
        """The effects of one type, counting or not, in the order of the decisions."""
        return [
            each
            for each in self._brought
            if each.fact is not None and isinstance(each.fact.value, kind)
        ]

    def not_counting(self, kind: type[Occurrence]) -> list[Brought]:
        """The effects of one type that do not count at this cut, in the order of the decisions."""
        return [each for each in self.effects_of(kind) if not each.counts]

    @cached_property
    def _brought(self) -> list[Brought]:
        """The effects that had begun by the cut."""
        return [
            each
            for ruling in self.all.values()
            for each in ruling.effects
            if each.fact is None or self.has_begun(each.fact)
        ]

    def has_begun(self, act: Fact[Occurrence]) -> bool:
        """Whether what a decision brings about had begun by the cut.

        As decided by then it had as soon as the decision was taken.
        """
        cut = self._facts.until
        return cut is None or cut.as_decided or cut.holds(act.value)

    @cached_property
    def all(self) -> Mapping[str, Ruling]:
        """Every decision by id, those of the courts after the others."""
        decisions: list[Fact[Any]] = [*self.decisions, *self.of_courts]
        return {each.id: self._ruling(each) for each in decisions}

    @cached_property
    def decisions(self) -> list[Fact[DecisionIssued]]:
        """The decisions of the clerk of the course and the stewards, in the order of the facts."""
        return self._facts.recorded(DecisionIssued)

    @cached_property
    def of_courts(self) -> list[Fact[CourtDecisionIssued]]:
        """The decisions of courts, in their order."""
        return self._facts.recorded(CourtDecisionIssued)

    @cached_property
    def desk(self) -> Mapping[str, Fact[Occurrence]]:
        """The records by id that make decisions count or not, and so bear on classifications."""
        return {each.id: each for kind in _RULING for each in self._facts.recorded(kind)}

    @cached_property
    def _known(self) -> Mapping[str, Fact[Any]]:
        return {each.id: each for each in (*self.decisions, *self.of_courts)}

    def _ruling(self, fact: Fact[Any]) -> Ruling:
        standing = self.standing(fact)
        return Ruling(fact, *standing, tuple(self._effects(fact, standing)))

    def _effects(self, fact: Fact[Any], standing: Status) -> Iterator[Brought]:
        for effect in fact.value.effects:
            status, because = standing
            act = self._act(fact, effect)
            if status == SUSPENDED or (status == SUPERSEDED and self._stands_before(fact, act)):
                status, because = self._execution(fact, effect.act)
            if effect.condition and status == IN_FORCE:
                status, because = self._condition(fact.id, effect)
            if act is None and effect.act not in SANCTIONS and status == IN_FORCE:
                status = NOTHING_DONE
            yield Brought(effect, act, status, because)

    # -- statuses --------------------------------------------------------------------------------

    def standing(self, fact: Fact[Any]) -> Status:
        """What a decision is at this cut: in force, or why not.

        While several decisions claim to supersede it, it stands, and none of them does.
        """
        if isinstance(fact.value, CourtDecisionIssued):
            return self._of_court(fact)
        if (gone := self._gone(fact)) is not None:
            return gone
        if (claim := self._claim(fact)) is not None:
            return claim
        if heir := self.successor(fact.id):
            return Status(SUPERSEDED, (heir.id, *self._ruled(fact.id)))
        return self._execution(fact)

    def contested(self, identity: str) -> list[Fact[DecisionIssued]]:
        """The decisions that all claim to supersede one, while no ruling says which does."""
        claims = self._claims(identity)
        return claims if len(claims) > 1 else []

    def successor(self, identity: str) -> Fact[DecisionIssued] | None:
        """The decision that took the place of this one; None while several claim it."""
        claims = self._claims(identity)
        return claims[0] if len(claims) == 1 else None

    def claimants(self, identity: str) -> list[Fact[DecisionIssued]]:
        """The decisions that claim to supersede one and are not gone, those set aside included."""
        return self._heirs.get(identity, [])

    def _claims(self, identity: str) -> list[Fact[DecisionIssued]]:
        """The claims to supersede a decision that count.

        A ruling settles those that were on record: its heir alone counts. Where it has none, or the
        heir fell, what is decided after the ruling may supersede the decision like any other.
        """
        claims, ruled = self._heirs.get(identity, []), self._determined.get(identity)
        if ruled is None:
            return claims
        heir = [each for each in claims if each.id == ruled.value.heir]
        since = ruled.value.recorded_at.ms
        return heir or [each for each in claims if each.value.recorded_at.ms > since]

    def _of_court(self, fact: Fact[CourtDecisionIssued]) -> Status:
        if fact.value.target not in self._known:
            return Status(NOTHING_DONE)
        if fact.id not in self._of_it:
            self._of_it[fact.id] = Status(IN_FORCE)  # for those that were corrected into a circle
            self._of_it[fact.id] = self._overturned(fact) or self._execution(fact)
        return self._of_it[fact.id]

    def _overturned(self, fact: Fact[Any]) -> Status | None:
        """Quashed or varied by a court. What varies a ruling varies what the ruling was about."""
        if (court := self.court_on(fact.id)) is None:
            return None
        above = self._of_court(court)
        if above.status == VARIED:
            return Status(VARIED, (court.id, *above.because))
        return Status(_OVERTURNING[court.value.outcome], (court.id,))

    def _gone(self, fact: Fact[Any]) -> Status | None:
        """Rescinded by who took it, or overturned by a court."""
        if (by := self._rescinded.get(fact.id)) is not None:
            return Status(RESCINDED, (by.id,))
        return self._overturned(fact)

    def _claim(self, fact: Fact[DecisionIssued]) -> Status | None:
        """What becomes of a decision that claims to supersede one that others claim too."""
        if not (target := fact.value.supersedes):  # as of most decisions
            return None
        claims = self._claims(target)
        if fact.id in {each.id for each in claims}:
            others = tuple(each.id for each in claims if each.id != fact.id)
            return Status(CONTESTED, others) if others else None
        return Status(SET_ASIDE, self._ruled(target)) if self._ruled(target) else None

    def court_on(self, identity: str) -> Fact[CourtDecisionIssued] | None:
        """The last court decision that overturned a decision: in force, or varied by another.

        One that upheld it, or heard no appeal, left it as the others had made it.
        """
        if identity not in self._courts_on:  # as of most decisions
            return None
        standing = (
            each
            for each in self._courts_on[identity]
            if (status := self._of_court(each).status) == VARIED
            or (status == IN_FORCE and each.value.outcome in _OVERTURNING)
        )
        return max(standing, key=lambda each: (instant_of(each), each.order()), default=None)

    @cached_property
    def _courts_on(self) -> Mapping[str, list[Fact[CourtDecisionIssued]]]:
        return by_target(self.of_courts)

    @cached_property
    def _rescinded(self) -> Mapping[str, Fact[DecisionRescinded]]:
        return {
            each.value.target: each for each in reversed(self._facts.recorded(DecisionRescinded))
        }

    @cached_property
    def _heirs(self) -> Mapping[str, list[Fact[DecisionIssued]]]:
        """The decisions that claim to supersede another, by the other; not those that are gone."""
        found: dict[str, list[Fact[DecisionIssued]]] = defaultdict(list)
        known = {each.id for each in self.decisions}
        for each in self.decisions:
            if each.value.supersedes not in known:  # as most claim nothing
                continue
            if (gone := self._gone(each)) is None or gone.status == VARIED:
                found[each.value.supersedes].append(each)
        return found

    @cached_property
    def _determined(self) -> Mapping[str, Fact[SupersedingDetermined]]:
        """The rulings on which decision supersedes another; of several the last counts."""
        return {each.value.target: each for each in self._facts.recorded(SupersedingDetermined)}

    def _ruled(self, identity: str) -> tuple[str, ...]:
        ruled = self._determined.get(identity)
        return (ruled.id,) if ruled else ()

    @cached_property
    def appeals(self) -> Appeals:
        """The appeals against decisions, their deadlines, and what keeps decisions back."""
        return Appeals(self._facts, self._known)

    def _execution(self, fact: Fact[Any], act: str | None = None) -> Status:
        """Whether a decision that nothing else has moved is carried out, or one of its effects."""
        suspended = self.appeals.suspending(fact, act)
        return Status(SUSPENDED, suspended) if suspended else Status(IN_FORCE)

    # -- effects ---------------------------------------------------------------------------------

    def _condition(self, identity: str, effect: Effect) -> Status:
        """What became of a suspended sanction."""
        activated, lapsed = self._activated.get(identity), self._lapsed(identity, effect)
        if activated and not (lapsed and lapsed.order() < activated.order()):
            too_late = effect.until_at is not None and instant_of(activated) > effect.until_at.ms
            return Status(LAPSED if too_late else IN_FORCE, (activated.id,))
        return Status(LAPSED, (lapsed.id,)) if lapsed else Status(CONDITIONAL)

    @cached_property
    def _activated(self) -> Mapping[str, Fact[SuspensionActivated]]:
        activations = self._facts.recorded(SuspensionActivated)
        return _first_by_target(each for each in activations if self._is_found(each))

    def _is_found(self, activation: Fact[SuspensionActivated]) -> bool:
        """Whether the decision that found the condition is in force; without one, it is."""
        found = self._known.get(activation.value.decision)
        return found is None or self.standing(found).status == IN_FORCE

    def _lapsed(self, identity: str, effect: Effect) -> Fact[SuspensionLapsed] | None:
        """The finding that a suspended sanction lapsed; one before its time was over is none."""
        until = effect.until_at
        for each in self._lapses_of.get(identity, ()):
            if until is None or instant_of(each) > until.ms:
                return each
        return None

    @cached_property
    def _lapses_of(self) -> Mapping[str, list[Fact[SuspensionLapsed]]]:
        return by_target(self._facts.recorded(SuspensionLapsed))

    def _act(self, fact: Fact[Any], effect: Effect) -> Fact[Occurrence] | None:
        """The act that takes place by an effect, as if it had been recorded alone."""
        activated = self._activated.get(fact.id) if effect.condition else None
        begun, since = self._origin(fact), activated.value if activated else None
        act = self._facts.acts.of(effect, fact.value, begun, since)
        return None if act is None else Fact(fact.id, fact.position, act, (), weight_of(fact))

    def _origin(self, fact: Fact[Any]) -> Occurrence:
        """The decision that it all began with: what a court puts in its place takes its instant."""
        at, seen = fact, {fact.id}
        while isinstance(at.value, CourtDecisionIssued) and at.value.target in self._known:
            at = self._known[at.value.target]
            if at.id in seen:  # corrected into a circle
                break
            seen.add(at.id)
        said: Occurrence = at.value
        return said

    def _stands_before(self, fact: Fact[Any], act: Fact[Occurrence] | None) -> bool:
        """Whether an effect lies before the stage from which on the decision is superseded."""
        heir = self.successor(fact.id)
        stages = self._facts.stages
        since = stages.get(heir.value.supersedes_from) if heir else None
        where = stages.get(getattr(act.value, "stage", "")) if act else None
        return since is not None and where is not None and where.value.order < since.value.order


_INSTANCES = ("", "clerk", "stewards", COURT)


def weight_of(fact: Fact[Any]) -> Weight:
    """How much a decision weighs against another: by its instance, and by when it was taken."""
    said = fact.value
    taken: Instant = said.decided_at or said.recorded_at
    return _INSTANCES.index(getattr(said, "series", COURT)), taken.ms, fact.id


def _first_by_target(facts: Iterable[Fact[Any]]) -> Mapping[str, Fact[Any]]:
    return {target: several[0] for target, several in by_target(facts).items()}
