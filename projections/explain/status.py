"""A status, told by what it rests on: the retirement and its retraction, the restart, the ruling.

Every record about the crew's part in the rally is named, also those that have no effect: what was
retracted is why a crew is *not* retired.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ledger.vocabulary import (
    CrewDisqualified,
    CrewRestarted,
    FitnessDecided,
    MovedOutsideClassification,
    Occurrence,
    RestartDecided,
    RestartRequested,
    RetirementReported,
    StageNotFinished,
)
from projections.explain.grounds import Grounds
from projections.explain.times import once
from projections.explain.told import TAKEN_BACK, VOID, Evidence, Rule, StatusTold
from projections.results.standings import Scope, span_of, stage_named
from projections.rules.regulations import Applied
from projections.state.course import Leaving
from projections.state.participation import (
    CANCELLED,
    CLASSIFIED,
    DISQUALIFIED,
    PARTICIPATION,
    RETIRED,
    Fate,
    fate,
    not_classified,
)
from projections.state.rally import FromAStage
from projections.state.recorded import Fact
from projections.state.unfinished import LIMIT

_SO_FAR = 1 << 62


def standing(grounds: Grounds, number: str, scope: Scope, *, classified: bool) -> StatusTold:
    """The status of a crew in a classification, and every record that bears on it."""
    state = grounds.state
    over = span_of(state, scope)
    if scope.kind != "stage":
        status = fate(state, number, over)
    elif classified:
        status = Fate(CLASSIFIED)
    else:
        status = not_classified(state, number, over, stage_named(state, scope.stage or ""))
    until = _SO_FAR if over.until is None else over.until
    records = _Participation(grounds, number, until).records()
    if status.name == CANCELLED and status.fact is not None:
        records = once([grounds.evidence(status.fact.id, "cancels the stage"), *records])
    return StatusTold(
        status.name,
        status.stage,
        status.reason,
        _sentence(number, status, records, _spared(grounds, number)),
        tuple(records),
        tuple(_rules(grounds, number)),
    )


def _sentence(number: str, status: Fate, records: Iterable[Evidence], spared: Sequence[str]) -> str:
    """The status in words, and what keeps a crew from being out that was reported or put so."""
    where = f" on {status.stage}" if status.stage and status.stage not in status.reason else ""
    why = f": {status.reason}" if status.reason else ""
    said = [f"Crew {number} is {status.name}{where}{why}."]
    if status.gave_way:
        also = (f"{e.name}{f' on {e.stage}' if e.stage else ''}" for e in status.gave_way)
        said.append(f"Also on record, and gave way: {', '.join(dict.fromkeys(also))}.")
    undone = [
        struck
        for each in records
        if each.type == RetirementReported.type_name() and not each.counts
        for struck in each.struck
        if struck.stands and struck.position == each.position
    ]
    if status.name != RETIRED:
        for struck in undone[:1]:
            because = f" ({struck.reason})" if struck.reason else ""
            said.append(f"It is not retired: the report was {_undone(struck.now)}{because}.")
    if status.name != DISQUALIFIED:
        said += [f"It is not disqualified: {each}." for each in spared[:1]]
    return " ".join(said)


def _spared(grounds: Grounds, number: str) -> list[str]:
    """The decisions that would have disqualified a crew and do not, with why, in words."""
    facts = grounds.facts
    undone = [
        (each.fact, each.status, each.because)
        for each in facts.rulings.not_counting(CrewDisqualified)
        if each.fact is not None and getattr(each.fact.value, "number", "") == number
    ]
    found = []
    for fact, status, because in undone:
        said = facts.rulings.all[fact.id].fact.value
        told = [facts.told[each] for each in because if each in facts.told]
        by = " and ".join(each.words().removesuffix(".") for each in told)
        found.append(f"{said.title} is {status}{f' ({by})' if by else ''}")
    return found


def _undone(now: str) -> str:
    return {VOID: "voided", TAKEN_BACK: "retracted"}.get(now, "corrected")


def _rules(grounds: Grounds, number: str) -> list[Rule]:
    """The rules by which a crew is out, or might be."""
    state = grounds.state
    applied: list[Applied] = []
    for fact in state.retirements.get(number, ()):
        applied += state.applied_to(fact, state.reported_at(fact).order, "overall.removed_by")
    if too_many := state.unfinished.too_many.get(number):
        applied += state.applied_on(too_many.stage, LIMIT)
    return grounds.rules(*applied)


class _Participation:
    """What was recorded of a crew's part in the rally, each record with what it does."""

    def __init__(self, grounds: Grounds, number: str, until: int) -> None:
        self.grounds = grounds
        self.state = grounds.state
        self.number = number
        self.until = until

    def records(self) -> list[Evidence]:
        """In the order of the facts; what fell comes last."""
        facts = [
            each
            for kind in PARTICIPATION
            for each in self.grounds.facts.of(kind)
            if getattr(each.value, "number", "") == self.number
        ]
        found = []
        for each in sorted(facts, key=Fact.order):
            why, counts = self._effect(each)
            found.append(self.grounds.evidence(each.id, why, counts=counts))
            found += self._activated(each)
        found += self.grounds.undone(
            PARTICIPATION, lambda said: getattr(said, "number", "") == self.number
        )
        fallen = self.grounds.fallen(self.number, PARTICIPATION)
        return once([*found, *self.grounds.of_fallen(fallen)])

    def _activated(self, fact: Fact[Occurrence]) -> list[Evidence]:
        """What made a suspended sanction work, where a decision brought it about."""
        effects = self.grounds.facts.rulings.effects_of(type(fact.value))
        acting = (each for each in effects if each.counts and each.fact is fact)
        return [
            evidence
            for each in acting
            for evidence in self.grounds.because(each.because, each.status)
        ]

    def _effect(self, fact: Fact[Occurrence]) -> tuple[str, bool]:
        """What a record does, and whether it has its effect in this classification."""
        if fact.id in self.grounds.facts.taken_back:
            return "retracted", False
        said = fact.value
        if isinstance(said, CrewDisqualified):
            return self._from_a_stage(fact.id, self.state.disqualified.get(self.number))
        if isinstance(said, MovedOutsideClassification):
            return self._from_a_stage(fact.id, self.state.outside.get(self.number))
        kept = self.state.kept_from_start.get(self.number)
        if kept is not None:
            counts = kept[0][1].id == fact.id
            return ("did not start the rally", True) if counts else ("", False)
        left = next(
            (e for e in self.state.retirements.get(self.number, ()) if e.id == fact.id), None
        )
        if left is not None:
            return self._left(left)
        return self._otherwise(said)

    def _from_a_stage(self, identity: str, held: Fact[FromAStage] | None) -> tuple[str, bool]:
        if held is None or held.id != identity:
            return "another one works from an earlier stage", False
        order = self.state.from_order(held)
        since = f"from {held.value.stage} on" if order else "in the whole rally"
        return since, order <= self.until

    def _left(self, fact: Fact[Leaving]) -> tuple[str, bool]:
        """What a retirement does: out for good, out until a restart, or back again."""
        order = self.state.out_from(self.number, fact)
        code = self.state.codes.get(order, "")
        where = f"from {code} on" if code else "after the last stage"
        if order > self.until:
            return f"has its effect only {where}", False
        if self.state.definitive(fact):
            return f"out for good {where}", True
        if self.state.restarted(self.number, fact):
            return "came back", True
        return f"out {where}, until a restart", True

    def _otherwise(self, said: Occurrence) -> tuple[str, bool]:
        match said:
            case StageNotFinished():
                return f"did not finish {said.stage}", True
            case CrewRestarted():
                return "takes part again", True
            case RestartDecided():
                return ("may restart", True) if said.granted else ("may not restart", True)
            case RestartRequested():
                return "asked to restart", False
            case FitnessDecided(fit=True):
                return "may go on", True
            case _:
                return "was seen to take part all the same", False
