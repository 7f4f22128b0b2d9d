"""The fold: from records to facts, total over any well-formed log and the same in any order.

Facts are what stands after corrections and voids. At the head they depend on the set of occurrences
alone. The effective-at cut keeps what had happened by then, with everything that is known about it:
a correction or a retraction works whenever it was made, a new fact enters at its own instant.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from ledger.amendments import Finding, Rank, settle
from ledger.naming import CREWS, renamed
from ledger.record import Record
from ledger.vocabulary import (
    DECIDABLE,
    TAKES_BACK,
    BulletinIssued,
    ClockOffsetDeclared,
    Corrected,
    CourtDecisionIssued,
    CrewEntered,
    CrewMemberReplaced,
    CrewReclassified,
    DecisionIssued,
    NumberReallocated,
    Occurrence,
    PenaltyGiven,
    RallyConstituted,
    RegulationsAdopted,
    RetirementReported,
    SourceDeclaredUnreliable,
    StageScheduled,
    SupersedingDetermined,
    TimeDetermined,
    Voided,
)
from projections.rules.regulations import Change, Regulations
from projections.rules.rulebook import Rulebook
from projections.state.acts import Acts
from projections.state.entries import Change as EntryChange
from projections.state.entries import Numbers, as_it_stands
from projections.state.held import Need, NotHeld

if TYPE_CHECKING:
    from projections.state.rulings import Rulings

Kind = TypeVar("Kind", bound=Occurrence)
Kind_co = TypeVar("Kind_co", bound=Occurrence, covariant=True)
OF_THE_WHOLE_RALLY: tuple[type[Occurrence], ...] = (
    *TAKES_BACK,
    RegulationsAdopted,
    BulletinIssued,
    ClockOffsetDeclared,
    SourceDeclaredUnreliable,
    TimeDetermined,
    DecisionIssued,
    SupersedingDetermined,
    CourtDecisionIssued,
)
"""What no cut by the time of facts leaves out: it works on facts, whenever it was said.

A decision replaces and a court quashes from the beginning; what they do enters as facts do.
"""


Weight = tuple[int, int, str]
"""How much a fact weighs: the instance that decided it, when it did (UTC ms), its decision's id."""
OF_NO_DECISION: Weight = (0, 0, "")
"""What was put on record alone weighs nothing against a ruling."""


class Fact(NamedTuple, Generic[Kind_co]):
    """An occurrence that counts, with its value after corrections.

    `weight` is that of the decision by which it takes place. A ruling outranks a report or an
    allocation on the same thing whatever their fact times; of two rulings the higher instance
    counts (a court, the stewards, the clerk), then the later one, then the id.
    """

    id: str
    position: int
    value: Kind_co
    amended_by: tuple[str, ...]
    weight: Weight = OF_NO_DECISION

    @property
    def instant(self) -> int | None:
        """When it takes effect in UTC milliseconds; None is "from the beginning"."""
        return self.value.instant

    def order(self) -> tuple[int, int, str]:
        """The order of facts: by instant, then by when they were recorded, then by id."""
        instant = self.value.instant
        first = -(1 << 62) if instant is None else instant
        return first, self.value.recorded_at.ms, self.id

    def precedence(self) -> tuple[Weight, tuple[int, int, str]]:
        """The order in which facts on the same thing count: each after those that it outranks."""
        return self.weight, self.order()


class Facts:
    """What stands at a cut, by type and in the order of the facts.

    `lacking` are the types of which not all are held, as `holds` says.
    """

    holds = Need.REPLAY
    lacking: frozenset[type[Occurrence]] = frozenset()

    def __init__(
        self,
        facts: Iterable[Fact[Occurrence]],
        findings: list[Finding],
        positions: dict[str, int],
        numbers: dict[str, dict[int, tuple[str, ...]]] | None = None,
        told: Mapping[str, Occurrence] | None = None,
        until: int | None = None,
        acts: Acts | None = None,
    ) -> None:
        self.until = until
        """The cut by the time of facts, in UTC milliseconds; None without one."""
        self._by_type: dict[type[Occurrence], list[Fact[Occurrence]]] = defaultdict(list)
        for fact in facts:
            self._by_type[type(fact.value)].append(fact)
        for group in self._by_type.values():
            group.sort(key=Fact.order)
        self.findings = findings
        self.positions = positions
        self.numbers = numbers or {}
        """The ids under each number of each site; empty where records don't say whence they are."""
        self.told = told or {}
        """Every occurrence as it was recorded, by id: what was amended or void stays readable."""
        self.acts = acts or Acts()
        """What decisions bring about, built when first asked for."""

    def of(self, kind: type[Kind]) -> list[Fact[Kind]]:
        """The facts of one type, in the order of the facts; what decisions bring about included."""
        decided: list[Fact[Kind]] | None = (
            self.rulings.brought_about.get(kind) if kind in DECIDABLE else None  # type: ignore[assignment]
        )
        if not decided:
            return self.recorded(kind)
        if kind not in self._with_decided:
            both = sorted([*self.recorded(kind), *decided], key=Fact.order)
            self._with_decided[kind] = both  # type: ignore[assignment]
        found: list[Fact[Kind]] = self._with_decided[kind]  # type: ignore[assignment]
        return found

    def recorded(self, kind: type[Kind]) -> list[Fact[Kind]]:
        """The facts of one type that have a record of their own, in the order of the facts.

        Raises:
            NotHeld: not all of them are held.
        """
        if kind in self.lacking:
            raise NotHeld(kind.type_name(), self.holds)
        found: list[Fact[Kind]] = self._by_type.get(kind, [])  # type: ignore[assignment]
        return found

    @cached_property
    def _with_decided(self) -> dict[type[Occurrence], list[Fact[Occurrence]]]:
        return {}

    @cached_property
    def rulings(self) -> Rulings:
        """The decisions of the clerk, the stewards and the courts, and what became of each."""
        from projections.state.rulings import Rulings

        return Rulings(self)

    @cached_property
    def by_id(self) -> dict[str, Fact[Occurrence]]:
        """Every fact by its id."""
        return {each.id: each for group in self._by_type.values() for each in group}

    def value(self, identity: str) -> Occurrence | None:
        """What a fact says, by its id; None where no such fact stands."""
        fact = self.by_id.get(identity)
        return fact.value if fact else None

    @cached_property
    def taken_back(self) -> dict[str, Fact[Occurrence]]:
        """What takes a fact back, by the id of that fact; of several, the first."""
        found: dict[str, Fact[Occurrence]] = {}
        for kind in TAKES_BACK:
            for each in self.of(kind):
                found.setdefault(getattr(each.value, "target", ""), each)
        return found

    def standing(self, kind: type[Kind]) -> list[Fact[Kind]]:
        """The facts of one type that were not taken back."""
        return [each for each in self.of(kind) if each.id not in self.taken_back]

    @cached_property
    def penalties(self) -> list[Fact[PenaltyGiven]]:
        """The penalties that stand."""
        return self.standing(PenaltyGiven)

    @cached_property
    def retirements(self) -> list[Fact[RetirementReported]]:
        """The reports of retirements that stand."""
        return self.standing(RetirementReported)

    @cached_property
    def rally(self) -> RallyConstituted | None:
        """The rally as it was constituted."""
        return next((each.value for each in self.of(RallyConstituted)), None)

    @cached_property
    def crews(self) -> dict[str, Fact[CrewEntered]]:
        """The crews by number, as they stand. Of two entries under a number the first holds it."""
        found: dict[str, Fact[CrewEntered]] = {}
        for each in self.of(CrewEntered):
            found.setdefault(each.value.number, each)
        changed: list[Fact[EntryChange]] = [
            *self.of(CrewMemberReplaced),
            *self.of(CrewReclassified),
        ]
        changes: dict[str, list[EntryChange]] = defaultdict(list)
        for change in sorted(changed, key=Fact.order):
            changes[change.value.number].append(change.value)
        for number in changes.keys() & found.keys():
            entry = found[number]
            found[number] = entry._replace(value=as_it_stands(entry.value, changes[number]))
        return found

    @cached_property
    def stages(self) -> dict[str, Fact[StageScheduled]]:
        """The stages by code, in their order."""
        found: dict[str, Fact[StageScheduled]] = {}
        for each in self.of(StageScheduled):
            found.setdefault(each.value.stage, each)
        return dict(sorted(found.items(), key=lambda each: (each[1].value.order, each[0])))

    @cached_property
    def regulations(self) -> Regulations:
        """The regulations over the rally: what was adopted, with the bulletins that amend it.

        Regulations without an instant of their own hold from the beginning, and so do those that
        were adopted first; later ones replace them from their instant on.
        """
        adopted = self.of(RegulationsAdopted)
        if not adopted:
            return Regulations(Rulebook("", {}))
        planned = [each for each in adopted if each.instant is None]
        base = planned[-1] if planned else adopted[0]
        changes = [
            Change(each.value.rulebook, since, None, each.value.parameters, True, each.position)
            for each in adopted
            if (since := each.instant) is not None and each is not base
        ]
        changes += [self._amended(each) for each in self.of(BulletinIssued)]
        changes.sort(key=lambda change: change.since)
        rulebook = Rulebook(base.value.rulebook, base.value.parameters)
        return Regulations(rulebook, changes, base.position)

    def _amended(self, fact: Fact[BulletinIssued]) -> Change:
        said = fact.value
        since = said.effective_at.ms if said.effective_at else fact.order()[0]
        stage = self.stages.get(said.from_stage)
        never = 1 << 62
        order = None if not said.from_stage else stage.value.order if stage else never
        return Change(said.bulletin, since, order, said.parameters, False, fact.position)


class Fold:
    """Takes in records one by one; gives the facts at any time."""

    def __init__(self) -> None:
        self._occurrences: dict[str, Occurrence] = {}
        self._positions: dict[str, int] = {}
        self._numbers: dict[str, dict[int, tuple[str, ...]]] = {}

    def add(self, record: Record) -> None:
        """Take in one record, and from where it comes. The same occurrence twice is one."""
        self.take(record.id, record.position, record.occurrence())
        for site, number in record.origins:
            held = self._numbers.setdefault(site, {})
            if record.id not in held.setdefault(number, (record.id,)):
                held[number] = (*held[number], record.id)

    def take(self, identity: str, position: int, occurrence: Occurrence) -> None:
        """Take in one occurrence under its id, from a position."""
        self._occurrences.setdefault(identity, occurrence)
        self._positions.setdefault(identity, position)

    def facts(self, effective_at: int | None = None) -> Facts:
        """What stands; with a cut, what had happened by that instant (UTC milliseconds)."""
        settlement = settle(self._occurrences, rank_of(self._occurrences))
        facts = (
            Fact(each.id, self._positions[each.id], each.value, each.amended_by)
            for each in settlement.standing
        )
        if effective_at is not None:
            facts = (each for each in facts if has_happened(each, effective_at))
        return Facts(
            _renumbered(list(facts)),
            settlement.findings,
            self._positions,
            self._numbers,
            self._occurrences,
            effective_at,
        )


def rank_of(occurrences: Mapping[str, Occurrence]) -> Rank:
    """The rulebook's order of sources, which also settles corrections side by side."""
    ruling = {
        identity: each
        for identity, each in occurrences.items()
        if isinstance(each, (RegulationsAdopted, BulletinIssued, Corrected, Voided))
    }
    standing = [Fact(each.id, 0, each.value, ()) for each in settle(ruling).standing]
    return rank_by(Facts(standing, [], {}))


def rank_by(facts: Facts) -> Rank:
    """The order of sources by the regulations among these facts."""
    sources = facts.regulations.latest().parameters().get("timing.sources", ())
    order = list(sources) if isinstance(sources, tuple) else []
    ranks = {kind: place for place, kind in enumerate(order)}
    return lambda occurrence: ranks.get(occurrence.source.kind, len(order))


def has_happened(fact: Fact[Occurrence], effective_at: int) -> bool:
    """Whether it had happened by then, or works whenever it was said."""
    if isinstance(fact.value, OF_THE_WHOLE_RALLY):
        return True
    return fact.instant is None or fact.instant <= effective_at


def _renumbered(facts: list[Fact[Occurrence]]) -> list[Fact[Occurrence]]:
    """The facts under the numbers that the crews bear now."""
    given = sorted((f for f in facts if isinstance(f.value, NumberReallocated)), key=Fact.order)
    numbers = Numbers(
        (each.order()[0], each.value) for each in given if isinstance(each.value, NumberReallocated)
    )
    if not numbers:
        return facts

    def now(fact: Fact[Occurrence]) -> Fact[Occurrence]:
        if isinstance(fact.value, NumberReallocated):
            return fact
        value = renamed(fact.value, CREWS, lambda each: numbers.bearer(each, fact.instant))
        return fact if value is fact.value else fact._replace(value=value)

    return [now(each) for each in facts]


def fold(records: Iterable[Record]) -> Fold:
    """The fold over a log, or a part of it."""
    whole = Fold()
    for record in records:
        whole.add(record)
    return whole
