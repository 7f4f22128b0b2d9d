"""The grounds of an answer: records with what was amended in them, and rules with who set them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

import msgspec

from ledger.amendments import Chains, apply_changes, chains
from ledger.errors import Unreadable
from ledger.grouping import grouped
from ledger.keyring import SignedBy
from ledger.times import spelled
from ledger.vocabulary import (
    TAKES_BACK,
    Corrected,
    CourtDecisionIssued,
    DecisionIssued,
    DecisionRescinded,
    KeyRegistered,
    NumberReallocated,
    Occurrence,
    PassingRecorded,
    StageTimeRecorded,
    SupersedingDetermined,
    SuspensionActivated,
    SuspensionLapsed,
    Voided,
)
from projections.explain.told import TAKEN_BACK, VOID, Evidence, Rule, Struck
from projections.rules.articles import versioned
from projections.rules.in_force import RulesInForce, rules_in_force
from projections.rules.regulations import Applied
from projections.rules.rulebook import SCHEMA
from projections.rules.sources import ASSUMED
from projections.state.course import ACTS, Act, is_for
from projections.state.entries import Numbers
from projections.state.facts import Facts
from projections.state.keyed import DIFFERS, Cell
from projections.state.rally import RallyState
from projections.state.recorded import Fact
from projections.state.road import Road
from projections.state.rulings import CONTESTED, IN_FORCE, LAPSED, SUSPENDED, Brought
from projections.state.timing import FIXED_PENALTY, StageValue, Timing
from projections.state.true_times import SITE_CLOCK

ATime = StageTimeRecorded | PassingRecorded
AMENDING: tuple[type[Occurrence], ...] = (Corrected, Voided, *TAKES_BACK)


class Fallen(NamedTuple):
    """A record that counts no more for the crew or the stage that it was recorded for, and why."""

    id: str
    said: Occurrence
    why: str


class Grounds:
    """The records and rules of one state, as explanations name them.

    What fell before it had happened by the cut is not told. Where the state is that of a timeline,
    `facts` are those about the crew to be explained: it holds the values of all crews, and not the
    records behind them.
    """

    def __init__(self, state: RallyState, facts: Facts | None = None) -> None:
        self.state = state
        self.facts = state.facts if facts is None else facts
        self.timing = state.timing if facts is None else Timing(state, facts)
        self.road = state.road if facts is None else Road(state, self.timing)
        self._rules: dict[tuple[int | None, int | None], RulesInForce] = {}

    def value(self, stage: str, number: str) -> StageValue | None:
        """What a crew's stage counts, with the ids of the records that it rests on."""
        found = self.state.values.get((stage, number))
        measured = self.timing.measured.get((stage, number)) if found and not found.ids else None
        if found is None or measured is None:
            return found
        return found._replace(ids=measured.ids) if found.basis == FIXED_PENALTY else measured

    def shown_by_tolerance(self, stage: str, number: str) -> bool:
        """Whether the tolerance decides which passing of a crew is its finish on a stage."""
        if self.state.direction_for(stage, number).finish_point:
            return False
        seen = self.timing.readings.get((stage, number), {})
        category = self.state.category(number)
        return self.state.timing.shown_by_tolerance(stage, category, seen)

    # -- records ---------------------------------------------------------------------------------

    def evidence(self, identity: str, why: str = "", *, counts: bool = True) -> Evidence:
        """A record as it stands; one that counts no more, as it was recorded."""
        fact = self.facts.by_id.get(identity)
        said = fact.value if fact else self.facts.told[identity]
        # A record is quoted with what the clock showed: the declaration stands beside it.
        shown = fact.as_shown if fact else said
        source = said.source
        return Evidence(
            self.position(identity),
            identity,
            said.type_name(),
            said.words(),
            shown.fact_at.iso() if shown.fact_at else None,
            said.fact_assumed,
            shown.recorded_at.iso(),
            said.by,
            said.role,
            said.site,
            " ".join(dict.fromkeys(each for each in (source.kind, source.name) if each)),
            source.standing,
            source.note,
            counts,
            why,
            self._struck(identity),
            self._signatures(identity),
        )

    def _signatures(self, identity: str) -> tuple[SignedBy, ...]:
        """With which keys a record is signed, where there are any."""
        if not self.facts.recorded(KeyRegistered):
            return ()
        return tuple(each.told for each in self.facts.powers.signatures(identity))

    def several(self, ids: Iterable[str], why: str = "", *, counts: bool = True) -> list[Evidence]:
        """Records that bear on an answer in one way, in their order."""
        return [self.evidence(each, why, counts=counts) for each in ids]

    def fallen(
        self, number: str, kinds: tuple[type[Occurrence], ...], stage: str | None = None
    ) -> list[Fallen]:
        """What was recorded for a crew and counts for it no more, in the order of recording.

        Of one stage if asked; decisions that did such a thing are among it. What names no crew is
        found under "".
        """
        return [each for each in self._fallen.get(number, ()) if _does(each.said, kinds, stage)]

    def of_fallen(self, several: Iterable[Fallen]) -> list[Evidence]:
        """Such records, as evidence that does not count."""
        return [self.evidence(each.id, each.why, counts=False) for each in several]

    def clocks(self, read: Iterable[Fact[Any]]) -> tuple[list[Evidence], list[Applied]]:
        """What puts the clocks right from which something was read, or only notes that they err."""
        clocks, found, rules = self.timing.clocks, list[Evidence](), list[Applied]()
        for fact in read:
            if (declared := clocks.declared(fact)) is not None:
                shifts = clocks.shifts(declared, fact)
                why = "the clock" if shifts else "is noted only"
                found.append(self.evidence(declared.id, why, counts=shifts))
                if declared.value.of_site:
                    stage = getattr(fact.value, "stage", "")
                    rules += self.state.applied_on(stage, SITE_CLOCK)
        return found, rules

    def acts(self, stage: str, number: str) -> list[Fact[Act]]:
        """The acts of race direction on a stage for a crew, in their order, standing or not."""
        category = self.state.category(number)
        known: list[Fact[Act]] = [each for kind in ACTS for each in self.facts.of(kind)]
        about = (e for e in known if e.value.stage == stage and is_for(e.value, category, number))
        return sorted(about, key=Fact.order)

    def distrusted(self, told: Iterable[Fact[Any]], stage: str, number: str) -> list[Evidence]:
        """What of a crew does not count as its source was declared unreliable, with what says so.

        Of one stage if asked.
        """
        found = []
        clocks = self.timing.clocks
        for each in told:
            of_it = each.value.number == number and stage in ("", each.value.stage)
            declared = clocks.distrusting(each) if of_it else None
            if declared is not None and each.id not in clocks.determined:
                why = "its source was declared unreliable"
                found.append(self.evidence(each.id, why, counts=False))
                found.append(self.evidence(declared.id, "declares a source unreliable"))
        return found

    def of_cards(
        self, number: str, found: Iterable[Evidence], bears: Callable[[Cell], bool]
    ) -> list[Evidence]:
        """What others keyed of the cells of cards that stand behind these records.

        Where they differ and nothing counts, of the cells that bear on it.
        """
        known, records = {each.id for each in found}, list[Evidence]()
        for each in self.timing.keyed_twice.get(number, ()):
            first = each.counting
            if each.stands == DIFFERS and bears(each.cell):
                records += self.several((e.id for e in each.keyings), each.told, counts=False)
            elif first is not None and first.id in known and len(each.persons) > 1:
                agreeing = {one.id for one in each.agreeing}
                others = [one.id for one in each.keyings if one.id not in agreeing]
                confirming = (one.id for one in each.agreeing[1:])
                records += self.several(confirming, "confirms what was keyed")
                records += self.several(others, "was keyed differently", counts=False)
        return records

    def position(self, identity: str) -> int:
        """The position of a record."""
        return self.facts.positions[identity]

    @cached_property
    def times(self) -> dict[tuple[str, str], list[Fact[ATime]]]:
        """Every record of a time, also at points along the stage, by (stage, number)."""
        told: list[Fact[ATime]] = [
            *self.facts.of(StageTimeRecorded),
            *self.facts.of(PassingRecorded),
        ]
        return grouped(((each.value.stage, each.value.number), each) for each in told)

    @cached_property
    def _chains(self) -> Chains:
        return chains(self.facts.told, idle=self.facts.idle)

    @cached_property
    def _taking_back(self) -> Mapping[str, list[str]]:
        """The withdrawals and retractions by what they are about."""
        found: dict[str, list[str]] = defaultdict(list)
        stands_for = self._chains.stands_for
        for identity, each in self.facts.told.items():
            if isinstance(each, AMENDING[2:]) and stands_for.get(identity) == identity:
                target = getattr(each, "target", "")
                found[stands_for.get(target, target)].append(identity)
        for kind in TAKES_BACK:
            for brought in self.facts.rulings.effects_of(kind):
                if brought.fact is not None:
                    found[getattr(brought.fact.value, "target", "")].append(brought.fact.id)
        return found

    def _struck(self, identity: str) -> tuple[Struck, ...]:
        """What was done to a record and to what amends it, in the order of recording."""
        found: dict[str, str] = {}
        pending = [identity]
        while pending:
            at = pending.pop()
            for each in (
                *self._chains.corrections.get(at, ()),
                *self._chains.voids.get(at, ()),
                *self._taking_back.get(at, ()),
            ):
                found[each] = at
                pending.append(each)
        fact = self.facts.by_id.get(identity)
        return tuple(
            self._strike(each, found[each], fact) for each in sorted(found, key=self._recorded)
        )

    def _recorded(self, identity: str) -> tuple[int, str]:
        """The order of recording, by the true times."""
        return self.facts.truly(identity).recorded_at.ms, identity

    def _strike(self, amending: str, target: str, fact: Fact[Occurrence] | None) -> Struck:
        said = self.facts.told[amending]
        was, now = self.facts.told[target].words(), VOID
        stands = amending not in self._chains.void
        if isinstance(said, Corrected):
            before = self._as_of(target)
            was = _fields(before, said.changes)
            now = ", ".join(
                f"{each} = {spelled(each, said.changes[each])}" for each in said.changes
            )
            stands = stands and (fact is None or amending in fact.amended_by)
        elif not isinstance(said, Voided):
            now = TAKEN_BACK
            stands = self._takes_back(amending, target)
        return Struck(
            self.position(target),
            was,
            self.position(amending),
            now,
            said.recorded_at.iso(),
            said.by,
            said.role,
            said.reason,
            stands,
        )

    def _takes_back(self, identity: str, target: str) -> bool:
        """Whether a withdrawal stands; one by a decision, whether it is in force."""
        taken = (
            getattr(each.fact.value, "target", "")
            for kind in TAKES_BACK
            for each in self.facts.rulings.effects_of(kind)
            if each.counts and each.fact is not None and each.fact.id == identity
        )
        return target in taken if self.is_decision(identity) else identity in self.facts.by_id

    def _as_of(self, identity: str) -> Occurrence:
        """An occurrence as the corrections up to this one left it."""
        path: list[Corrected] = []
        said = self.facts.told[identity]
        while isinstance(said, Corrected):
            target = self._chains.stands_for.get(said.target, said.target)
            if target not in self.facts.told:
                return self.facts.told[identity]
            path.append(said)
            said = self.facts.told[target]
        for each in reversed(path):
            try:
                said = apply_changes(said, each.changes)
            except Unreadable:
                continue
        return said

    @cached_property
    def _fallen(self) -> dict[str, list[Fallen]]:
        """What counts no more for those for whom it was recorded, by number."""
        told, stands_for = self.facts.told, self._chains.stands_for
        given = self.facts.of(NumberReallocated)
        numbers = Numbers((each.order()[0], each.value) for each in given)
        roots = {self._root(each) for each in (*self._chains.voids, *self._chains.corrections)}
        roots |= {each for each in told if each not in stands_for}
        roots |= self.facts.idle.keys()
        found: dict[str, list[Fallen]] = defaultdict(list)
        for identity in sorted(roots & told.keys(), key=self._recorded):
            said, true = told[identity], self.facts.truly(identity)
            if isinstance(said, AMENDING) or self._not_yet(true):
                continue
            number = getattr(said, "number", "")
            bearer = numbers.bearer(number, true.instant) if number else ""
            if why := self._why_fallen(identity, said, bearer):
                found[bearer].append(Fallen(identity, said, why))
        return found

    def _root(self, identity: str) -> str:
        """What a chain of amendments is about."""
        told, stands_for = self.facts.told, self._chains.stands_for
        while isinstance(said := told.get(identity), AMENDING):
            target = getattr(said, "target", "")
            identity = stands_for.get(target, target)
        return identity

    def _not_yet(self, true: Occurrence) -> bool:
        cut = self.facts.until
        return cut is not None and not cut.reached(true)

    def _why_fallen(self, identity: str, said: Occurrence, bearer: str) -> str:
        if (refused := self.facts.idle.get(identity)) is not None:
            return f"without effect: {refused.why.removesuffix('.')}"
        if identity in self._chains.void:
            return "voided"
        if identity not in self._chains.stands_for:
            return "set aside: its source says something else under the same line"
        fact = self.facts.by_id.get(identity)
        if fact is None:
            return ""
        number, stage = getattr(fact.value, "number", ""), getattr(fact.value, "stage", "")
        if (number, stage) == (bearer, getattr(said, "stage", "")):
            return ""
        where = f" on {stage}" if stage else ""
        return f"reassigned to crew {number}{where}" if number else f"moved{where}"

    # -- decisions -------------------------------------------------------------------------------

    def is_decision(self, identity: str) -> bool:
        """Whether it is a decision that stands in the register."""
        return identity in self.facts.rulings.all

    def decided(self, brought: Brought) -> list[Evidence]:
        """The decision behind an act, and the records that made its status what it is."""
        assert brought.fact is not None
        why = "" if brought.counts else brought.status
        found = [self.evidence(brought.fact.id, why, counts=brought.counts)]
        return [*found, *self.because(brought.because, brought.status)]

    def because(self, ids: Iterable[str], status: str) -> list[Evidence]:
        """What made a decision what it is: the appeal, the court decision, the activation."""
        return [
            self.evidence(each, _what_it_did(self.facts.told[each], status))
            for each in ids
            if each in self.facts.told
        ]

    def undone(
        self, kinds: Iterable[type[Occurrence]], concerns: Callable[[Any], bool]
    ) -> list[Evidence]:
        """What decisions would have done and did not, of some types, with what made it so."""
        found: dict[str, Evidence] = {}
        for kind in kinds:
            for each in self.facts.rulings.not_counting(kind):
                if each.fact is not None and concerns(each.fact.value):
                    for evidence in self.decided(each):
                        found.setdefault(evidence.id, evidence)
        return list(found.values())

    def by_appeals(
        self, kinds: Iterable[type[Occurrence]], concerns: Callable[[Fact[Any], str], bool]
    ) -> list[Applied]:
        """The rules by which appeals keep back what decisions do, of some types, or fail to."""
        rulings = self.facts.rulings
        return [
            applied
            for kind in kinds
            for each in rulings.effects_of(kind)
            if each.fact is not None and each.status in (IN_FORCE, SUSPENDED)
            if concerns(each.fact, each.status)
            for applied in rulings.appeals.applied(rulings.all[each.fact.id].fact)
        ]

    # -- rules -----------------------------------------------------------------------------------

    def rules(self, *applied: Applied) -> list[Rule]:
        """The rules that were applied, each once; those that are not defined lack."""
        found: list[Rule] = []
        for each in applied:
            when = each.instant, each.order
            if when not in self._rules:
                self._rules[when] = rules_in_force(self.facts, *when)
            if each.parameter in self._rules[when].parameters:
                rule = self._rule(self._rules[when], each.parameter)
                found += [] if rule in found else [rule]
        return found

    def article(self, said: str, instant: int | None, order: int | None) -> str:
        """What cites articles, with the version of each that was in force for a fact."""
        return versioned(self.facts.regulations, said, instant, order)

    def _rule(self, rules: RulesInForce, parameter: str) -> Rule:
        provenance = rules.provenance.get(parameter, "")
        regulations = self.facts.regulations
        by, position = f"regulations {regulations.base.name}", regulations.position
        for each in rules.applied:
            if parameter in each.parameters:
                by, position = each.name, each.position
        return Rule(
            parameter,
            rules.parameters[parameter],
            SCHEMA[parameter].meaning,
            by,
            position,
            provenance,
            provenance.startswith(ASSUMED),
        )


def _does(said: Occurrence, kinds: tuple[type[Occurrence], ...], stage: str | None) -> bool:
    """Whether it is of such a type, or a decision that did it; on a stage, if one is named."""
    where = getattr(said, "stage", "")
    if isinstance(said, kinds):
        return stage in (None, where)
    names = {each.type_name() for each in kinds}
    return any(
        each.act in names and stage in (None, each.fields.get("stage", where))
        for each in getattr(said, "effects", ())
    )


def _what_it_did(said: Occurrence, status: str) -> str:
    """What a record did to a decision that has this status."""
    did = {
        CourtDecisionIssued: f"{status} it",
        DecisionIssued: "claims the same" if status == CONTESTED else "supersedes it",
        DecisionRescinded: "rescinds it",
        SupersedingDetermined: "the ruling on it",
        SuspensionActivated: "activates it too late" if status == LAPSED else "activates it",
        SuspensionLapsed: "found that it lapsed",
    }
    return did.get(type(said), "suspends its execution")


def _fields(said: Occurrence, changes: Mapping[str, object]) -> str:
    """What the fields that a correction changes said before it."""
    fields = msgspec.to_builtins(said)
    return ", ".join(
        f"{each} = {spelled(each, fields.get(each, getattr(said, each, None)))}" for each in changes
    )
