"""The fold: from records to facts, total over any well-formed log and the same in any order.

Facts are what stands after corrections and voids. At the head they depend on the set of occurrences
alone. The effective-at cut keeps what had happened by then, with everything that is known about it:
a correction or a retraction works whenever it was made, a new fact enters at its own instant.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import Generic, NamedTuple, TypeVar

from ledger.amendments import Finding, Rank, settle
from ledger.record import Record
from ledger.vocabulary import (
    Corrected,
    CrewEntered,
    Occurrence,
    PenaltyGiven,
    PenaltyWithdrawn,
    RallyConstituted,
    RegulationsAdopted,
    RetirementReported,
    RetirementRetracted,
    StageScheduled,
    Voided,
)
from projections.rulebook import Rulebook

Kind = TypeVar("Kind", bound=Occurrence)
Kind_co = TypeVar("Kind_co", bound=Occurrence, covariant=True)
Retraction = RetirementRetracted | PenaltyWithdrawn


class Fact(NamedTuple, Generic[Kind_co]):
    """An occurrence that counts, with its value after corrections."""

    id: str
    position: int
    value: Kind_co
    amended_by: tuple[str, ...]

    @property
    def instant(self) -> int | None:
        """When it takes effect in UTC milliseconds; None is "from the beginning"."""
        return self.value.instant

    def order(self) -> tuple[int, int, str]:
        """The order of facts: by instant, then by when they were recorded, then by id."""
        instant = self.value.instant
        first = -(1 << 62) if instant is None else instant
        return first, self.value.recorded_at.ms, self.id


class Facts:
    """What stands at a cut, by type and in the order of the facts."""

    def __init__(
        self, facts: Iterable[Fact[Occurrence]], findings: list[Finding], positions: dict[str, int]
    ) -> None:
        self._by_type: dict[type[Occurrence], list[Fact[Occurrence]]] = defaultdict(list)
        for fact in facts:
            self._by_type[type(fact.value)].append(fact)
        for group in self._by_type.values():
            group.sort(key=Fact.order)
        self.findings = findings
        self.positions = positions

    def of(self, kind: type[Kind]) -> list[Fact[Kind]]:
        """The facts of one type, in the order of the facts."""
        found: list[Fact[Kind]] = self._by_type.get(kind, [])  # type: ignore[assignment]
        return found

    def standing(self, kind: type[Kind], retraction: type[Retraction]) -> list[Fact[Kind]]:
        """The facts of one type that were not taken back."""
        taken_back = {each.value.target for each in self.of(retraction)}
        return [each for each in self.of(kind) if each.id not in taken_back]

    @cached_property
    def penalties(self) -> list[Fact[PenaltyGiven]]:
        """The penalties that stand."""
        return self.standing(PenaltyGiven, PenaltyWithdrawn)

    @cached_property
    def retirements(self) -> list[Fact[RetirementReported]]:
        """The reports of retirements that stand."""
        return self.standing(RetirementReported, RetirementRetracted)

    @cached_property
    def rally(self) -> RallyConstituted | None:
        """The rally as it was constituted."""
        return next((each.value for each in self.of(RallyConstituted)), None)

    @cached_property
    def crews(self) -> dict[str, Fact[CrewEntered]]:
        """The crews by number. Where a number was given twice, the first entry holds it."""
        found: dict[str, Fact[CrewEntered]] = {}
        for each in self.of(CrewEntered):
            found.setdefault(each.value.number, each)
        return found

    @cached_property
    def stages(self) -> dict[str, Fact[StageScheduled]]:
        """The stages by code, in their order."""
        found: dict[str, Fact[StageScheduled]] = {}
        for each in self.of(StageScheduled):
            found.setdefault(each.value.stage, each)
        return dict(sorted(found.items(), key=lambda each: (each[1].value.order, each[0])))

    @cached_property
    def rulebook(self) -> Rulebook:
        """The regulations in force: those adopted last, by the order of the facts.

        They hold for the whole rally, for what happened before they were adopted, too.
        """
        adopted = self.of(RegulationsAdopted)
        if not adopted:
            return Rulebook("", {})
        return Rulebook(adopted[-1].value.rulebook, adopted[-1].value.parameters)


class Fold:
    """Takes in records one by one; gives the facts at any time."""

    def __init__(self) -> None:
        self._occurrences: dict[str, Occurrence] = {}
        self._positions: dict[str, int] = {}

    def add(self, record: Record) -> None:
        """Take in one record. The same occurrence twice is one."""
        self.take(record.id, record.position, record.occurrence())

    def take(self, identity: str, position: int, occurrence: Occurrence) -> None:
        """Take in one occurrence under its id, from a position."""
        self._occurrences.setdefault(identity, occurrence)
        self._positions.setdefault(identity, position)

    def facts(self, effective_at: int | None = None) -> Facts:
        """What stands; with a cut, what had happened by that instant (UTC milliseconds)."""
        settlement = settle(self._occurrences, self._rank())
        facts = (
            Fact(each.id, self._positions[each.id], each.value, each.amended_by)
            for each in settlement.standing
        )
        if effective_at is not None:
            facts = (each for each in facts if _by(each, effective_at))
        return Facts(facts, settlement.findings, self._positions)

    def _rank(self) -> Rank:
        """The rulebook's order of sources, which also settles corrections side by side."""
        adopted = {
            identity: each
            for identity, each in self._occurrences.items()
            if isinstance(each, (RegulationsAdopted, Corrected, Voided))
        }
        standing = [
            Fact(each.id, 0, each.value, ())
            for each in settle(adopted).standing
            if isinstance(each.value, RegulationsAdopted)
        ]
        if not standing:
            return lambda _: 0
        last = max(standing, key=Fact.order).value
        sources = last.parameters.get("timing.sources", ())
        order = list(sources) if isinstance(sources, tuple) else []
        ranks = {kind: place for place, kind in enumerate(order)}
        return lambda occurrence: ranks.get(occurrence.source.kind, len(order))


def _by(fact: Fact[Occurrence], effective_at: int) -> bool:
    """Whether it had happened by then.

    What takes something back works at once, and the regulations hold for the whole rally.
    """
    if isinstance(fact.value, (RetirementRetracted, PenaltyWithdrawn, RegulationsAdopted)):
        return True
    return fact.instant is None or fact.instant <= effective_at


def fold(records: Iterable[Record]) -> Fold:
    """The fold over a log, or a part of it."""
    whole = Fold()
    for record in records:
        whole.add(record)
    return whole
