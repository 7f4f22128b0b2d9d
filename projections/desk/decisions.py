"""The register of decisions: by series and number, each with its status at the cut and its chain.

Nothing leaves it. A decision that was quashed, superseded or rescinded stands in it with what made
it so, with what the signers saw when they took it, and with every step since.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from ledger.concerned import concerned
from ledger.grouping import grouped
from ledger.naming import own
from ledger.times import spelled
from ledger.vocabulary import (
    TYPES,
    CourtDecisionIssued,
    DecisionAcknowledged,
    DecisionIssued,
    DocumentPosted,
    Effect,
    ExhibitBound,
    Occurrence,
    Seen,
)
from ledger.vocabulary.base import on
from ledger.vocabulary.judicial import COURT, decision_key
from projections.desk.declined import DeclinedRow, disclosed
from projections.desk.fines import FineRow, fines
from projections.desk.licences import LICENCE, in_words
from projections.desk.pending import PendingRow, pending
from projections.desk.without_effect import Defeat, without_effect
from projections.state.rally import RallyState
from projections.state.recorded import Fact
from projections.state.rulings import OF_THE_DESK, Brought, Ruling


class EffectRow(msgspec.Struct, frozen=True):
    """One effect of a decision in words, with its status at the cut.

    `no_effect` says why one that is in force does nothing: what defeats it.
    """

    act: str
    words: str
    fields: Mapping[str, Any]
    condition: str
    until: str | None
    status: str
    in_force: bool
    no_effect: Defeat | None


class Step(msgspec.Struct, frozen=True):
    """A record that bears on a decision: when it happened, and what it says."""

    position: int
    id: str
    type: str
    at: str
    by: str
    words: str


class Decision(msgspec.Struct, frozen=True, omit_defaults=True):
    """One entry of the register.

    `status` is "in force", "execution suspended", "quashed", "varied", "superseded", "rescinded",
    "contested" or "set aside"; `positions` are those of the records that made it so.
    `concerns` are the crews that it concerns, by its effects and by what it is about, too.
    `claimed_by` are the decisions that all claim to supersede it while no ruling says which does.
    `fines` is what of its fines is owed, suspended and paid, where it has any.
    """

    series: str
    decision: str
    title: str
    document: str
    number: str
    driver: str
    competitor: str
    stage: str
    fact_at: str | None
    decided_at: str
    sender: str
    addressee: str
    fact: str
    infringement: str
    ruling: str
    reason: str
    signed_by: tuple[str, ...]
    outcome: str
    appealable: bool
    status: str
    positions: tuple[int, ...]
    supersedes: str
    superseded_by: str
    claimed_by: tuple[str, ...]
    effects: tuple[EffectRow, ...]
    concerns: tuple[str, ...]
    notified_at: str | None
    acknowledged_at: str | None
    seen: Seen | None
    steps: tuple[Step, ...]
    exhibits: tuple[str, ...]
    position: int
    id: str
    fines: tuple[FineRow, ...] = ()


class DecisionRegister(msgspec.Struct, frozen=True, omit_defaults=True):
    """The decisions by series and number, and what courts decided about them.

    The sanctions that were declined stay disclosed beside them, where there are any, and what was
    done about decisions and has no effect, as nobody took it, or signed it, who may.
    """

    rows: tuple[Decision, ...]
    declined: tuple[DeclinedRow, ...] = ()
    pending: tuple[PendingRow, ...] = ()


def decisions(state: RallyState, whole: RallyState | None = None) -> DecisionRegister:
    """The register as it stands at the cut.

    The register itself needs the desk alone; `whole` is the state with everything on the road,
    where `state` leaves that out: it tells which effects do nothing.
    """
    steps = _Steps(state)
    defeats = {(e.decision.id, e.place): e.defeat for e in without_effect(whole or state)}
    fined = grouped((each.id, each) for each in fines(state.facts))
    rows = sorted(
        (_in_order(each.fact), _row(state, each, steps, defeats, fined.get(each.fact.id, ())))
        for each in state.facts.rulings.all.values()
    )
    waiting = pending(state.facts, OF_THE_DESK)
    return DecisionRegister(tuple(row for _, row in rows), disclosed(state.facts), waiting)


def named_so(decisions: Iterable[Fact[Any]], reference: str) -> list[Fact[Any]]:
    """The decisions that the register shows under a name: "stewards-7", "court-3/2016", a title."""
    name = _spelt(reference)
    return [e for e in decisions if name in (_spelt(e.value.name), _spelt(e.value.title))]


def _spelt(name: str) -> str:
    """A name as it is compared with others: "Stewards 7" is stewards-7."""
    return "-".join(name.replace("-", " ").casefold().split())


def effect_in_words(effect: Effect, number: str = "", stage: str = "") -> str:
    """What an effect does, as it stands in a document: "PenaltyGiven: 0:05:00 on SS10"."""
    condition = f" (suspended: {effect.condition})" if effect.condition else ""
    if effect.act == LICENCE:
        return f"{in_words(effect)}{condition}"
    kind = TYPES.get(effect.act)
    own = kind.__struct_fields__ if kind else ()
    known = [each for each in own if each not in Occurrence.__struct_fields__]
    # In the order of the act, as they are kept under sorted names.
    fields = dict(
        sorted(
            effect.fields.items(),
            key=lambda each: (known.index(each[0]) if each[0] in known else len(known), each[0]),
        )
    )
    whom = fields.pop("number", number)
    where = fields.pop("stage", stage)
    rest = ", ".join(f"{_name(name)} {spelled(name, value)}" for name, value in fields.items())
    crew = f" for crew {whom}" if whom else ""
    said = f"{_sentence(effect.act)}{crew}{on(str(where)) if where else ''}"
    return f"{said}{f': {rest}' if rest else ''}{condition}"


def _name(field: str) -> str:
    return field.removesuffix("_ms").removesuffix("_at").replace("_", " ")


def _sentence(act: str) -> str:
    """ "PenaltyGiven" as "Penalty given"."""
    spaced = "".join(f" {each.lower()}" if each.isupper() else each for each in act).strip()
    return spaced[:1].upper() + spaced[1:]


def _in_order(fact: Fact[Any]) -> tuple[Any, ...]:
    """By series and number; those of courts by their cases, then by when they were decided."""
    said = fact.value
    named = str(said.decision if isinstance(said, DecisionIssued) else said.case)
    place = {"clerk": 0, "stewards": 1}.get(getattr(said, "series", COURT), 2)
    number = decision_key(named) if place < 2 or named.isdecimal() else ()
    return place, number, (said.decided_at or said.recorded_at).iso(), fact.id


def _row(
    state: RallyState,
    ruling: Ruling,
    steps: _Steps,
    defeats: Mapping[tuple[str, int], Defeat],
    fined: Iterable[FineRow],
) -> Decision:
    fact, rulings = ruling.fact, state.facts.rulings
    said = fact.value
    shown = fact.as_shown  # what stands on a paper stays on it, whatever its clock was
    crew = state.facts.crews.get(said.number)
    decision = isinstance(said, DecisionIssued)
    by_id = state.facts.by_id
    heir = rulings.successor(fact.id)
    replaced = by_id.get(said.supersedes if decision else said.target)
    notified = rulings.appeals.notified(fact.id)
    acknowledged = steps.first(fact.id, DecisionAcknowledged)
    exhibits = steps.all(fact.id, ExhibitBound)
    return Decision(
        said.series if decision else COURT,
        str(said.decision) if decision else said.case,
        said.title,
        said.document or _posted_as(steps.first(fact.id, DocumentPosted)),
        said.number,
        crew.value.driver if crew else "",
        said.competitor if decision else (crew.value.team if crew else ""),
        said.stage,
        shown.fact_at.iso() if shown.fact_at else None,
        (shown.decided_at or shown.recorded_at).iso(),
        said.sender if decision else said.court,
        said.addressee if decision else "",
        said.fact if decision else "",
        said.infringement if decision else "",
        said.ruling,
        said.reason,
        said.signed_by,
        "" if decision else said.outcome,
        bool(getattr(said, "appealable", True)),
        ruling.status,
        tuple(by_id[each].position for each in ruling.because if each in by_id),
        _named_of(replaced),
        _named_of(heir),
        tuple(_named_of(each) for each in rulings.contested(fact.id)),
        tuple(
            _effect(said, each, defeats.get((fact.id, place)))
            for place, each in enumerate(ruling.effects)
        ),
        concerned(said, state.facts.value).crews,
        notified.as_shown.happened.iso() if notified else None,
        acknowledged.as_shown.happened.iso() if acknowledged else None,
        said.seen if decision else None,
        tuple(steps.of(fact.id)),
        tuple(each.value.title for each in exhibits),
        fact.position,
        fact.id,
        tuple(fined),
    )


def _posted_as(posted: Fact[Any] | None) -> str:
    return str(posted.value.document) if posted else ""


def _named_of(fact: Fact[Any] | None) -> str:
    is_decision = fact is not None and isinstance(fact.value, (DecisionIssued, CourtDecisionIssued))
    return fact.value.name if fact is not None and is_decision else ""


def _effect(said: Any, brought: Brought, defeat: Defeat | None) -> EffectRow:
    effect = brought.effect
    return EffectRow(
        effect.act,
        effect_in_words(effect, said.number, said.stage),
        effect.fields,
        effect.condition,
        effect.until_at.iso() if effect.until_at else None,
        brought.status,
        brought.counts,
        defeat,
    )


class _Steps:
    """What refers to each decision, directly or through what refers to it."""

    def __init__(self, state: RallyState) -> None:
        kinds: tuple[type[Occurrence], ...] = (*OF_THE_DESK, DocumentPosted)
        self._by_target: dict[str, list[Fact[Any]]] = grouped(
            (target, each)
            for kind in kinds
            for each in state.facts.recorded(kind)
            for target in {*own(each.value, "record")}
        )

    def all(self, identity: str, kind: type[Occurrence]) -> list[Fact[Any]]:
        """The records of a type that name it, in the order of the facts."""
        found = (e for e in self._by_target.get(identity, ()) if isinstance(e.value, kind))
        return sorted(found, key=Fact.order)

    def first(self, identity: str, kind: type[Occurrence]) -> Fact[Any] | None:
        """The first record of a type that names it."""
        return next(iter(self.all(identity, kind)), None)

    def of(self, identity: str) -> Iterator[Step]:
        """Every step of a case, in the order in which they happened."""
        seen: dict[str, Fact[Any]] = {}
        ahead = [identity]
        while ahead:
            for each in self._by_target.get(ahead.pop(), ()):
                if each.id not in seen and each.id != identity:
                    seen[each.id] = each
                    ahead.append(each.id)
        # By when they were recorded: a decision is told by the time of its fact otherwise.
        for each in sorted(seen.values(), key=lambda e: (e.value.recorded_at.ms, e.order())):
            said, shown = each.value, each.as_shown
            yield Step(
                each.position,
                each.id,
                said.type_name(),
                (getattr(shown, "decided_at", None) or shown.happened).iso(),
                said.by,
                said.words(),
            )
