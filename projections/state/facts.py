"""The fold: from records to facts, total over any well-formed log and the same in any order.

What nobody took who may (`ledger.powers`) is left out here, as what is void is, and nowhere else.
Facts are what stands after corrections and voids. At the head they depend on the set of occurrences
alone. The effective-at cut keeps what had happened by then, with everything that is known about it:
a correction or a retraction works whenever it was made, a new fact enters at its own instant. At
the decided-by cut it does so too, and what was decided, or taken back, when that was done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import Self, TypeVar

import msgspec

from ledger.amendments import NO_REFUSAL, Rank, Settled, Settlement, settle
from ledger.authority import Refusal
from ledger.naming import CREWS, RECORDS, named, renamed
from ledger.powers import ACTS, Powers
from ledger.record import Record
from ledger.vocabulary import (
    DECIDABLE,
    TAKES_BACK,
    BulletinIssued,
    ClockOffsetDeclared,
    Corrected,
    CrewEntered,
    CrewMemberReplaced,
    CrewReclassified,
    NumberReallocated,
    Occurrence,
    PenaltyGiven,
    RallyConstituted,
    RegulationsAdopted,
    RetirementReported,
    StageScheduled,
    Voided,
)
from projections.state.cuts import AsOf, Cut, cut_of
from projections.state.entries import Crews, Numbers, crews_of
from projections.state.recorded import READINGS, Fact, Recorded
from projections.state.rulings import Rulings
from projections.state.true_times import (
    APPLIED,
    SITE_CLOCK,
    Offsets,
    always,
    as_shown,
    by_rules,
    never,
)

Kind = TypeVar("Kind", bound=Occurrence)
Kind_co = TypeVar("Kind_co", bound=Occurrence, covariant=True)


class Facts(Recorded):
    """What stands at a cut, with what the decisions in force bring about."""

    def of(self, kind: type[Kind]) -> list[Fact[Kind]]:
        """The facts of one type, in the order of the facts; what decisions bring about included."""
        decided = self._decided(kind)
        if not decided:
            return self.recorded(kind)
        if kind not in self._with_decided:
            both = sorted([*self.recorded(kind), *decided], key=Fact.order)
            self._with_decided[kind] = both  # type: ignore[assignment]
        found: list[Fact[Kind]] = self._with_decided[kind]  # type: ignore[assignment]
        return found

    def _decided(self, kind: type[Kind]) -> Sequence[Fact[Kind]]:
        """What decisions in force bring about of one type: of most kinds none says anything."""
        if kind not in DECIDABLE or not self.rulings.may_bring_about(kind):
            return ()
        return self.rulings.brought_about.get(kind, [])  # type: ignore[return-value]

    @cached_property
    def _with_decided(self) -> dict[type[Occurrence], list[Fact[Occurrence]]]:
        return {}

    @cached_property
    def rulings(self) -> Rulings:
        """The decisions of the clerk, the stewards and the courts, and what became of each."""
        return Rulings(self)

    def _with(self, others: Mapping[type[Occurrence], list[Fact[Occurrence]]]) -> Self:
        """The same with other facts of some types: no reading moves what became of decisions."""
        found = super()._with(others)
        if others.keys() <= {*READINGS}:
            found.rulings = self.rulings
        return found

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
    def crews(self) -> Crews:
        """The crews by number, as they stand. Of two entries under a number the first holds it."""
        if not self._decided(CrewReclassified):
            return self.following(crews_of, CrewEntered, CrewMemberReplaced, CrewReclassified)
        moved = self.of(CrewReclassified)
        return crews_of(self.of(CrewEntered), self.of(CrewMemberReplaced), moved)


class Links:
    """What amends which record, what else is about it, and which lines of sources are told again.

    It is learnt of what is told as far as it was asked.
    """

    def __init__(self) -> None:
        self._size = 0
        self._amending: dict[str, list[str]] = {}
        self._targets: set[str] = set()
        self._lines: dict[tuple[str, str], str] = {}
        self._again: set[tuple[str, str]] = set()

    def copy(self) -> Links:
        """The same, which goes on by itself."""
        other = Links()
        other._size, other._targets = self._size, {*self._targets}
        other._amending = {target: [*ids] for target, ids in self._amending.items()}
        other._lines, other._again = {**self._lines}, {*self._again}
        return other

    def learn(self, told: Mapping[str, Occurrence]) -> None:
        """Learn of what was told since it was asked last."""
        for identity, said in islice(told.items(), self._size, None):
            if isinstance(said, (Voided, Corrected)):
                self._amending.setdefault(said.target, []).append(identity)
            elif target := getattr(said, "target", ""):
                self._targets.add(target)
            if said.source.seq:
                line = said.source.name, said.source.seq
                if self._lines.setdefault(line, identity) != identity:
                    self._again.add(line)
        self._size = len(told)

    def amended(self, identity: str) -> list[str]:
        """What amends a record, and what amends that: by id."""
        found, ahead = list[str](), [identity]
        while ahead:
            by = self._amending.get(ahead.pop(), [])
            found += by
            ahead += by
        return found

    def has(self, identity: str, said: Occurrence) -> bool:
        """Whether anything is about an occurrence that does not amend it, or tells it again."""
        line = said.source.name, said.source.seq
        return identity in self._targets or line in self._again


class Fold:
    """Takes in records one by one; gives the facts at any time."""

    def __init__(self) -> None:
        self._occurrences: dict[str, Occurrence] = {}
        self._positions: dict[str, int] = {}
        self._numbers: dict[str, dict[int, tuple[str, ...]]] = {}
        self._clocks = False
        """Whether anything was ever declared of a clock."""
        self._acts: dict[str, Occurrence] = {}
        self._known: tuple[Facts, int] | None = None
        """The facts that were given last, and of how many occurrences."""
        self._links = Links()
        self._rank: Rank = lambda _: 0
        """By which sources are preferred, as it was settled last."""

    def copy(self) -> Fold:
        """The same, which goes on by itself."""
        other = Fold()
        other._occurrences, other._positions = {**self._occurrences}, {**self._positions}
        other._numbers = {site: {**held} for site, held in self._numbers.items()}
        other._acts, other._clocks = {**self._acts}, self._clocks
        if self._known is not None:
            facts, size = self._known
            held = other._positions, other._numbers, other._occurrences
            other._known = facts.held_in(*held), size
        other._links, other._rank = self._links.copy(), self._rank
        return other

    def add(self, record: Record) -> None:
        """Take in one record, and from where it comes. The same occurrence twice is one."""
        self.take(record.id, record.position, record.occurrence(), record.origins)

    def take(
        self,
        identity: str,
        position: int,
        occurrence: Occurrence,
        origins: Iterable[tuple[str, int]] = (),
    ) -> None:
        """Take in one occurrence under its id, from a position; `origins` number it at sites."""
        for site, number in origins:
            held = self._numbers.setdefault(site, {})
            if identity not in held.setdefault(number, (identity,)):
                held[number] = (*held[number], identity)
        self._occurrences.setdefault(identity, occurrence)
        self._positions.setdefault(identity, position)
        if type(occurrence) in ACTS and occurrence.is_act:
            self._acts.setdefault(identity, occurrence)
            if type(occurrence) is ClockOffsetDeclared:
                self._clocks = True

    def facts(self, as_of: AsOf = None) -> Facts:
        """What stands; with a cut, what had happened or was decided by then."""
        cut = cut_of(as_of)
        if cut is not None:
            return self._settled(cut)
        facts = self.joined() or self._settled(None)
        self._known = facts, len(self._occurrences)
        return facts

    def joined(self, *, alone: bool = False) -> Facts | None:
        """The facts that were given last, and what came since; None where they are others by it.

        What is amended already is settled with what amends it; None where it is to be `alone`.
        """
        if self._known is None or len(self._occurrences) - self._known[1] > MANY:
            return None
        facts, size = self._known
        self._links.learn(self._occurrences)
        new = dict(islice(self._occurrences.items(), size, None))
        amended = {each: by for each in new if (by := self._links.amended(each))}
        if (alone and amended) or not all(
            self._is_apart(identity, said, facts) for identity, said in new.items()
        ):
            return None
        if (offsets := offsets_of(facts) if self._clocks else NO_OFFSETS) is None:
            return None
        single = {each: said for each, said in new.items() if each not in amended}
        true = {each: at for each, said in single.items() if (at := offsets.true(said)) != said}
        found = facts.joined_by(
            (
                Fact(each, self._positions[each], true[each], (), shown=said)
                if each in true
                else Fact(each, self._positions[each], said, ())
                for each, said in single.items()
            ),
            true,
        )
        return self._with_amended(found, amended, offsets) if amended else found

    def _is_apart(self, identity: str, said: Occurrence, known: Facts) -> bool:
        """Whether an occurrence bears on nothing else, and nothing on it but what amends it."""
        if said.is_act or any(named(said, *RECORDS)) or known.recorded(NumberReallocated):
            return False
        return not self._links.has(identity, said)

    def _with_amended(
        self, facts: Facts, amended: Mapping[str, Sequence[str]], offsets: Offsets
    ) -> Facts | None:
        """Facts and what was told since that is amended already, by id with all that amends it."""
        ids = {*amended, *(each for by in amended.values() for each in by)}
        part = {each: self._occurrences[each] for each in ids}
        if any(self._links.has(each, said) for each, said in part.items()):
            return None
        # Who may amend something hangs on what it is.
        if Powers(self._occurrences, self._acts).idle_by(None) != facts.idle:
            return None
        idle = {each: facts.idle[each] for each in ids if each in facts.idle}
        settled = settle(part, self._rank, idle)
        if offsets.moved(part, settled):
            return None
        found = facts.joined_by(
            Fact(each.id, self._positions[each.id], each.value, each.amended_by)
            for each in settled.standing
        )
        others = [each for each in facts.findings if not ids.issuperset(each.ids)]
        found.findings = [*others, *settled.findings]
        return found

    def _settled(self, cut: Cut | None) -> Facts:
        told, positions = self._occurrences, self._positions
        decided_by = cut.instant if cut is not None and cut.as_decided else None
        idle = Powers(told, self._acts).idle_by(decided_by)
        rank = rank_of(told, idle)
        settlement = settle(told, rank, idle)
        true = true_times(told, settlement, idle) if self._clocks else {}
        if true:
            settlement, rank = _settled_truly(told, true, settlement, idle, rank)
        if cut is None:
            self._rank = rank
        facts = [
            Fact(each.id, positions[each.id], each.value, each.amended_by)
            for each in settlement.standing
        ]
        if true:
            facts = [self._with_shown(each, true) for each in facts]
        if cut is not None:
            facts = _held(facts, cut)
        return Facts(
            _renumbered(facts),
            settlement.findings,
            self._positions,
            self._numbers,
            told,
            cut,
            true=true,
            idle=idle,
        )

    def _with_shown(
        self, fact: Fact[Occurrence], true: Mapping[str, Occurrence]
    ) -> Fact[Occurrence]:
        if true.keys().isdisjoint((fact.id, *fact.amended_by)):
            return fact
        stands = Settled(fact.id, fact.value, fact.amended_by)
        return fact._replace(shown=as_shown(stands, self._occurrences))


NO_OFFSETS = Offsets((), never)
"""No clock is declared wrong."""
MANY = 1000
"""Up to so many are joined to what is known; more are settled with all anew."""
_OF_CLOCKS = (ClockOffsetDeclared, RegulationsAdopted, BulletinIssued, StageScheduled)
"""What is declared of clocks, and what says whether it is applied."""


def true_times(
    told: Mapping[str, Occurrence], shown: Settlement, idle: Mapping[str, Refusal] = NO_REFUSAL
) -> dict[str, Occurrence]:
    """The records of which a clock gave an instant that is put right, by id, with the true ones.

    `shown` is what stands of all that is told, with the instants that clocks showed.
    """
    ruling = (each for each in shown.standing if isinstance(each.value, _OF_CLOCKS))
    facts = Facts([Fact(each.id, 0, each.value, each.amended_by) for each in ruling], [], {})
    if (offsets := offsets_of(facts)) is not None:
        return offsets.moved(told, shown)
    # What holds may follow from when a stage begins: that is by the true times, if they apply.
    from projections.state.course import Course

    declared = facts.recorded(ClockOffsetDeclared)
    supposed = Offsets(declared, always).moved(told, shown)
    settled = _settled_truly(told, supposed, shown, idle)[0].standing
    course = Course(Facts([Fact(e.id, 0, e.value, e.amended_by) for e in settled], [], {}))

    def applies(stage: str, at_ms: int) -> bool:
        rules = course.rules_of(stage) if stage else course.regulations.at(at_ms)
        return rules.parameters().get(SITE_CLOCK) == APPLIED

    return Offsets(declared, applies).moved(told, shown)


def offsets_of(facts: Facts) -> Offsets | None:
    """What is declared of clocks among these facts, as the regulations apply it.

    None where that changes, so that it may follow from when stages begin, and so from readings.
    """
    declared = facts.recorded(ClockOffsetDeclared)
    applied = by_rules(facts.regulations) if any(e.value.of_site for e in declared) else False
    return None if applied is None else Offsets(declared, always if applied else never)


def _settled_truly(
    told: Mapping[str, Occurrence],
    true: Mapping[str, Occurrence],
    shown: Settlement,
    idle: Mapping[str, Refusal],
    rank: Rank = lambda _: 0,
) -> tuple[Settlement, Rank]:
    """What stands by the true times, given what stands by what clocks showed, by which `rank`.

    And by which it stands.
    """
    by_id = {each.id: each for each in shown.standing}
    keys = {(e.source.name, e.source.seq) for e in true.values() if e.source.seq}
    lines = Counter(key for e in told.values() if (key := (e.source.name, e.source.seq)) in keys)
    alone = (
        (stands := by_id.get(each)) is not None
        and not stands.amended_by
        and lines[said.source.name, said.source.seq] < 2
        and not isinstance(said, _ORDERING)
        for each, said in true.items()
    )
    if not all(alone):
        counted = {**told, **true}
        rank = rank_of(counted, idle)
        return settle(counted, rank, idle), rank
    # Nothing that was moved decides what stands: it is not settled again.
    moved = (
        each._replace(value=_at_true(each.value, true[each.id])) if each.id in true else each
        for each in shown.standing
    )
    return Settlement(list(moved), shown.findings), rank


_ORDERING = (Corrected, Voided, RegulationsAdopted, BulletinIssued)
"""What decides by its instant what else stands."""


def _at_true(value: Occurrence, true: Occurrence) -> Occurrence:
    """What stands, with the true instants: it may name another copy of a line than was told."""
    times = {"fact_at": true.fact_at, "recorded_at": true.recorded_at}
    if hasattr(true, "decided_at"):
        times["decided_at"] = getattr(true, "decided_at", None)
    return msgspec.structs.replace(value, **times)


def rank_of(
    occurrences: Mapping[str, Occurrence], idle: Mapping[str, Refusal] = NO_REFUSAL
) -> Rank:
    """The rulebook's order of sources, which also settles corrections side by side."""
    ruling = {
        identity: each
        for identity, each in occurrences.items()
        if isinstance(each, (RegulationsAdopted, BulletinIssued, Corrected, Voided))
    }
    of_them = {each: why for each, why in idle.items() if each in ruling}
    standing = [Fact(each.id, 0, each.value, ()) for each in settle(ruling, idle=of_them).standing]
    return rank_by(Facts(standing, [], {}))


def rank_by(facts: Facts) -> Rank:
    """The order of sources by the regulations among these facts."""
    sources = facts.regulations.latest().parameters().get("timing.sources", ())
    order = list(sources) if isinstance(sources, tuple) else []
    ranks = {kind: place for place, kind in enumerate(order)}
    return lambda occurrence: ranks.get(occurrence.source.kind, len(order))


def _held(facts: list[Fact[Occurrence]], cut: Cut) -> list[Fact[Occurrence]]:
    """The facts that count at a cut; the first regulations hold from the beginning, anyhow."""
    adopted = [each for each in facts if isinstance(each.value, RegulationsAdopted)]
    first = min(adopted, key=Fact.order, default=None)
    return [each for each in facts if each is first or cut.holds(each.value)]


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
