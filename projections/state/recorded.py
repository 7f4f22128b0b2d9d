"""What is on record and stands at a cut: the ground on which decisions are judged.

Corrections and voids are applied. What decisions bring about comes on top of it: see `facts.py`.
"""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, Self, TypeVar, cast

from ledger.amendments import NO_REFUSAL, Finding
from ledger.authority import Refusal
from ledger.powers import Powers
from ledger.vocabulary import (
    BulletinIssued,
    ControlPassed,
    NeutralisationPassed,
    Occurrence,
    PassingRecorded,
    RegulationsAdopted,
    StageScheduled,
    StageStarted,
    StageTimeRecorded,
)
from projections.rules.regulations import Regulations, RuleChange
from projections.rules.rulebook import Rulebook
from projections.state.acts_of_decisions import Acts
from projections.state.cuts import AsOf, cut_of
from projections.state.held import Need, NotHeld

READINGS: tuple[type[Occurrence], ...] = (
    StageStarted,
    PassingRecorded,
    StageTimeRecorded,
    ControlPassed,
    NeutralisationPassed,
)
"""What is told of one crew and explains no other."""
Kind = TypeVar("Kind", bound=Occurrence)
Following = TypeVar("Following")
Kind_co = TypeVar("Kind_co", bound=Occurrence, covariant=True)
Weight = tuple[int, int, str]
"""How much a fact weighs: the instance that decided it, when it did (UTC ms), its decision's id."""
OF_NO_DECISION: Weight = (0, 0, "")
"""What was put on record alone weighs nothing against a ruling."""


class Fact(NamedTuple, Generic[Kind_co]):
    """An occurrence that counts, with its value after corrections.

    `weight` is that of the decision by which it takes place. A ruling outranks a report or an
    allocation on the same thing whatever their fact times; of two rulings the higher instance
    counts (a court, the stewards, the clerk), then the later one, then the id.

    The instants of the value are the true ones. `shown` is the value with those that the clock
    showed, where they were put right (see `true_times.py`).
    """

    id: str
    position: int
    value: Kind_co
    amended_by: tuple[str, ...]
    weight: Weight = OF_NO_DECISION
    shown: Kind_co | None = None

    @property
    def as_shown(self) -> Kind_co:
        """The value with the instants that the clocks showed."""
        return self.value if self.shown is None else self.shown

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


Followed = dict[tuple[object, ...], tuple[Sequence[Sequence[Fact[Any]]], object]]
"""What followed from which lists of facts, by what made it and the types of these."""


class Recorded:
    """What stands at a cut and has a record of its own, by type and in the order of the facts.

    What decisions bring about is not among it: it rests on this (see `Facts`).

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
        until: AsOf = None,
        acts: Acts | None = None,
        true: Mapping[str, Occurrence] | None = None,
        idle: Mapping[str, Refusal] = NO_REFUSAL,
        in_order: Mapping[type[Occurrence], list[Fact[Occurrence]]] = MappingProxyType({}),
        followed: Followed | None = None,
    ) -> None:
        self.until = cut_of(until)
        """The cut by a moment of the rally; None without one."""
        by_type: dict[type[Occurrence], list[Fact[Occurrence]]] = defaultdict(list)
        for fact in facts:
            by_type[type(fact.value)].append(fact)
        for group in by_type.values():
            group.sort(key=Fact.order)
        self._by_type: Mapping[type[Occurrence], list[Fact[Occurrence]]] = {**in_order, **by_type}
        self.findings = findings
        self.positions = positions
        self.numbers = numbers or {}
        """The ids under each number of each site; empty where records don't say whence they are."""
        self.told = told or {}
        """Every occurrence as it was recorded, by id: what was amended or void stays readable."""
        self.true = true or {}
        """Those of which a clock that was put right gave an instant, with the true ones."""
        self.idle = idle
        """The acts that have no effect because nobody took them who may, by id, each with why."""
        self.acts = acts or Acts()
        """What decisions bring about, built when first asked for."""
        self._followed: Followed = {} if followed is None else followed

    @cached_property
    def powers(self) -> Powers:
        """Who could take which act, and what each signature is worth, of all that is told."""
        return Powers(self.told)

    def recorded(self, kind: type[Kind]) -> list[Fact[Kind]]:
        """The facts of one type that have a record of their own, in the order of the facts.

        Raises:
            NotHeld: not all of them are held.
        """
        if kind in self.lacking:
            raise NotHeld(kind.type_name(), self.holds)
        found: list[Fact[Kind]] = self._by_type.get(kind, [])  # type: ignore[assignment]
        return found

    def following(self, make: Callable[..., Following], *kinds: type[Occurrence]) -> Following:
        """What follows from the recorded facts of these types, list by list, and from nothing else.

        It stays as it was made: a timeline gives the same at all moments behind the last of them,
        and so do facts that differ by others alone.
        """
        lists = [self.recorded(kind) for kind in kinds]
        made_of, found = self._followed.get((make, *kinds), ((), None))
        # Lists are made anew where anything is added to them.
        if not made_of or any(a is not b for a, b in zip(made_of, lists, strict=True) if a or b):
            found = make(*lists)
            self._followed[make, *kinds] = lists, found
        return cast("Following", found)

    def joined_by(
        self,
        facts: Iterable[Fact[Occurrence]],
        true: Mapping[str, Occurrence] = MappingProxyType({}),
    ) -> Self:
        """These facts and more, of which none bears on any other one.

        `true` are those by a clock that was put right, by id, with the instants they truly give.
        """
        joined: dict[type[Occurrence], list[Fact[Occurrence]]] = {}
        for each in facts:
            kind = type(each.value)
            if kind not in joined:
                joined[kind] = [*self._by_type.get(kind, ())]
            bisect.insort(joined[kind], each, key=Fact.order)
        found = self._with(joined)
        found.true = {**self.true, **true}
        return found

    def held_in(
        self,
        positions: dict[str, int],
        numbers: dict[str, dict[int, tuple[str, ...]]],
        told: Mapping[str, Occurrence],
    ) -> Self:
        """The same facts where what is told, and at which positions, is held elsewhere."""
        found = self._with({})
        found.positions, found.numbers, found.told = positions, numbers, told
        return found

    def of_crews(self, numbers: Collection[str], kinds: Iterable[type[Occurrence]]) -> Self:
        """These facts, but of some types only those of some crews."""
        return self._with(
            {
                kind: [
                    e
                    for e in self._by_type.get(kind, ())
                    if getattr(e.value, "number", "") in numbers
                ]
                for kind in kinds
            }
        )

    def _with(self, others: Mapping[type[Occurrence], list[Fact[Occurrence]]]) -> Self:
        """The same with other facts of some types."""
        return type(self)(
            (),
            self.findings,
            self.positions,
            self.numbers,
            self.told,
            self.until,
            self.acts,
            self.true,
            self.idle,
            {**self._by_type, **others},
            self._followed,
        )

    @cached_property
    def by_id(self) -> dict[str, Fact[Occurrence]]:
        """Every fact by its id."""
        return {each.id: each for group in self._by_type.values() for each in group}

    def truly(self, identity: str) -> Occurrence:
        """What was recorded under an id, amended or not, with the instants that it truly gives."""
        return self.true.get(identity) or self.told[identity]

    def value(self, identity: str) -> Occurrence | None:
        """What a fact says, by its id; None where no such fact stands."""
        fact = self.by_id.get(identity)
        return fact.value if fact else None

    @cached_property
    def stages(self) -> dict[str, Fact[StageScheduled]]:
        """The stages by code, in their order."""
        return self.following(stages_of, StageScheduled)

    @cached_property
    def regulations(self) -> Regulations:
        """The regulations over the rally: what was adopted, with the bulletins that amend it.

        Regulations without an instant of their own hold from the beginning, and so do those that
        were adopted first; later ones replace them from their instant on.
        """
        return self.following(regulations_of, RegulationsAdopted, BulletinIssued, StageScheduled)


def stages_of(scheduled: Iterable[Fact[StageScheduled]]) -> dict[str, Fact[StageScheduled]]:
    """The stages by code, in their order; of two plans of one the first holds."""
    found: dict[str, Fact[StageScheduled]] = {}
    for each in scheduled:
        found.setdefault(each.value.stage, each)
    return dict(sorted(found.items(), key=lambda each: (each[1].value.order, each[0])))


def regulations_of(
    adopted: Sequence[Fact[RegulationsAdopted]],
    bulletins: Sequence[Fact[BulletinIssued]],
    scheduled: Sequence[Fact[StageScheduled]],
) -> Regulations:
    """The regulations over the rally: what was adopted, with the bulletins that amend it."""
    if not adopted:
        return Regulations(Rulebook("", {}))
    planned = [each for each in adopted if each.instant is None]
    base = planned[-1] if planned else adopted[0]
    stages = stages_of(scheduled)
    own = [(_amended(each, stages), list[RuleChange]()) for each in bulletins]
    own += [
        (_replaced(each, since), _dated(each))
        for each in adopted
        if (since := each.instant) is not None and each is not base
    ]
    own.sort(key=lambda both: (both[0].since, not both[0].whole))
    changes = _dated(base)
    for change, dated in own:
        changes += [change, *dated]
    said = base.value
    rulebook = Rulebook(said.rulebook, said.parameters, said.wanted)
    return Regulations(rulebook, changes, base.position, said.provenance, said.articles)


def _replaced(fact: Fact[RegulationsAdopted], since: int) -> RuleChange:
    said = fact.value
    return RuleChange(
        said.rulebook,
        since,
        None,
        said.parameters,
        whole=True,
        position=fact.position,
        provenance=said.provenance,
        wanted=said.wanted,
        articles=said.articles,
    )


def _dated(fact: Fact[RegulationsAdopted]) -> list[RuleChange]:
    """The later versions of what was adopted, a change for each day on which some begin."""
    said = fact.value
    days = sorted({each.since.ms: each.since for each in said.later}.items())
    return [
        RuleChange(
            f"{said.rulebook} since {since.iso()[:10]}",
            ms,
            None,
            {each.parameter: each.value for each in said.later if each.since.ms == ms},
            whole=False,
            position=fact.position,
            provenance={e.parameter: e.provenance for e in said.later if e.since.ms == ms},
            dated=True,
        )
        for ms, since in days
    ]


def _amended(fact: Fact[BulletinIssued], stages: Mapping[str, Fact[StageScheduled]]) -> RuleChange:
    said = fact.value
    since = said.effective_at.ms if said.effective_at else fact.order()[0]
    stage = stages.get(said.from_stage)
    never = 1 << 62
    order = None if not said.from_stage else stage.value.order if stage else never
    return RuleChange(
        said.bulletin,
        since,
        order,
        said.parameters,
        whole=False,
        position=fact.position,
        provenance=said.provenance,
        articles=said.articles,
    )
