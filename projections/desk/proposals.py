"""Proposals: what the tariffs propose for the facts on record, and what an office made of it.

Nothing counts because it is proposed. An office adopts a proposal by a penalty that rests on its
facts, with the amount or another, or declines it; until then it is open. A fact that is corrected
or voided changes its proposal, or ends it; what was decided on it before is told as resting on
facts that changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import get_close_matches
from typing import Any, NamedTuple

import msgspec

from ledger.errors import NotFound
from ledger.times import format_duration
from ledger.vocabulary import PenaltyGiven
from projections.desk.answered import Answers, Decided, Given, Key, with_status
from projections.desk.infringements import (
    AWAITED,
    PRICED,
    TARIFFS,
    Infringement,
    identity,
    infringements,
    name_of,
)
from projections.desk.pricing import Priced, Pricing, is_for_a_line
from projections.rules.articles import versioned
from projections.rules.in_force import rules_in_force
from projections.state.course import Course
from projections.state.rally import RallyState
from projections.state.recorded import Fact

OPEN, ADOPTED, CHANGED, DECLINED = "open", "adopted", "changed", "declined"
STATES = (OPEN, ADOPTED, CHANGED, DECLINED)
CORRECTED = "it rests on facts that were corrected since"
VOIDED = "a fact that it rests on does not stand any more"
TWICE = "several penalties rest on it"
REOPENED = "it was declined before its facts were corrected"


class FactRow(msgspec.Struct, frozen=True):
    """A fact that a proposal rests on: what was read, when, and by which records it reads so."""

    position: int
    id: str
    fact_at: str | None
    words: str
    source: str
    corrected_by: tuple[int, ...]


class DecidedRow(msgspec.Struct, frozen=True):
    """A record that decided on a proposal, and whether that stands."""

    position: int
    id: str
    by: str
    role: str
    words: str
    amount_ms: int | None
    stands: bool


class Proposal(msgspec.Struct, frozen=True):
    """What a tariff proposes for a crew.

    `amount_ms` is None where it gives no amount: `why_not` says why, and `to` is the office to
    which it is left. `lines` are those that were applied, `article` is what they name, and `cited`
    the same in the version in force at the fact; `source` says where the tariff stands. `state` is
    "open", "adopted", "changed" (adopted with another amount) or "declined"; `reason` says why it
    was given so or declined, `decided` by which records, `remarks` what has changed since.
    `rests_on` are the ids of the facts and of what corrected them.
    """

    name: str
    number: str
    driver: str
    category: str
    stage: str
    place: str
    fact_at: str | None
    words: str
    tariff: str
    amount_ms: int | None
    arithmetic: str
    lines: tuple[str, ...]
    article: str
    cited: str
    source: str
    to: str
    why_not: str
    state: str
    adopted_ms: int | None
    reason: str
    decided: tuple[DecidedRow, ...]
    remarks: tuple[str, ...]
    facts: tuple[FactRow, ...]
    rests_on: tuple[str, ...]
    positions: tuple[int, ...]
    id: str


def proposals(
    state: RallyState,
    number: str | None = None,
    stage: str | None = None,
    status: str | None = None,
) -> tuple[Proposal, ...]:
    """What is proposed, in the order of stages and facts; of one crew, stage or state if asked."""
    found = [each for each in _Proposals(state).rows() if number in (None, each.number)]
    return tuple(
        each for each in found if stage in (None, each.stage) and status in (None, each.state)
    )


def proposal_named(rows: tuple[Proposal, ...], text: str) -> Proposal:
    """The proposal of a name, as `waypoints-5d0e8cf1a2` or the first digits of it.

    Raises:
        NotFound: there is none, or there are several.
    """
    word, _, digits = text.strip().casefold().rpartition("-")
    found = [each for each in rows if each.tariff == TARIFFS.get(word)]
    found = [each for each in found if each.id.startswith(digits)] if digits else []
    if len(found) == 1:
        return found[0]
    what = "no proposal" if not found else "more than one proposal"
    near = get_close_matches(text.strip().casefold(), [each.name for each in rows], 2)
    meant = f"Did you mean {' or '.join(near)}? " if near else ""
    raise NotFound(f"There is {what} {text!r}.", hint=f"{meant}`rally proposals` lists them.")


def is_named_so(text: str) -> bool:
    """Whether a text is the name of a proposal, rather than of a record."""
    word, _, digits = text.strip().casefold().rpartition("-")
    return word in TARIFFS and len(digits) >= 4 and set(digits) <= set("0123456789abcdef")


class Waiting(NamedTuple):
    """An infringement on which nobody decided, with the name of what is proposed for it."""

    name: str
    about: Infringement


def waiting(course: Course) -> Iterator[Waiting]:
    """What is proposed and waits for an office; it takes no reading of the road, and no amounts."""
    answers = Answers(course)
    for each in infringements(course):
        rules = course.rules_for(each.counted, course.orders.get(each.stage))
        if is_for_a_line(course, rules, each) and _standing(answers, each) is None:
            yield Waiting(name_of(each.tariff, each.id), each)


# -- what became of each ---------------------------------------------------------------------------


def _standing(answers: Answers, what: Infringement) -> list[Given] | Decided | None:
    """What decided on an infringement: the penalties that stand, or that none is given."""
    given = {each.key: each for fact in what.facts for each in answers.penalties(fact)}
    if penalties := [each for each in given.values() if each.stands]:
        return penalties
    other = (each for fact in what.facts for each in answers.without_penalty(fact))
    return next((each for each in other if each.stands), None)


class _Proposals:
    """The proposals of a rally at one cut."""

    def __init__(self, state: RallyState) -> None:
        self.state = state
        self.facts = state.facts
        self.answers = Answers(state)
        self._rules: dict[tuple[int | None, int | None], Any] = {}

    def rows(self) -> Iterator[Proposal]:
        """What is proposed in its order, then what was adopted on facts that stand no more."""
        told = [(each, _standing(self.answers, each)) for each in infringements(self.state)]
        decided = {each.id: standing for each, standing in told}
        counted = [(each, not isinstance(standing, Decided)) for each, standing in told]
        priced = Pricing(self.state).all(counted)
        amounts = {each.id: of.ms for each, of in priced}
        resting = self._resting(decided)
        for each, of in priced:
            if each.tariff in AWAITED or of.lines:
                yield self._row(each, of, decided[each.id], amounts, resting)
        yield from self._orphans(resting.keys())

    def _resting(self, decided: dict[str, list[Given] | Decided | None]) -> dict[Key, list[str]]:
        """Which infringements each penalty is for: one may be for several."""
        found: dict[Key, list[str]] = {}
        for what, standing in decided.items():
            for given in standing if isinstance(standing, list) else ():
                found.setdefault(given.key, []).append(what)
        return found

    def _row(
        self,
        what: Infringement,
        priced: Priced,
        standing: list[Given] | Decided | None,
        amounts: dict[str, int | None],
        resting: dict[Key, list[str]],
    ) -> Proposal:
        state, adopted, reason = OPEN, None, ""
        remarks: list[str] = []
        if isinstance(standing, Decided):
            state, reason = DECLINED, standing.fact.value.reason
        elif standing is not None:
            given = standing[-1]
            said = given.fact.value
            others = resting[given.key]
            now = _sum(amounts[each] for each in others)
            proposed = said.proposed_ms if said.proposed_ms is not None else now
            state = ADOPTED if proposed in (None, said.amount_ms) else CHANGED
            reason, adopted = said.reason, said.amount_ms
            remarks += self._changed_since(given.fact, what)
            if said.proposed_ms is not None and now != said.proposed_ms:
                to = "nothing" if now is None else format_duration(now)
                remarks.append(f"the tariff now comes to {to}")
            if len(others) > 1:
                remarks.append(f"the penalty is for {len(others)} facts")
            if len(standing) > 1:
                remarks.append(TWICE)
        elif any(not e.stands for f in what.facts for e in self.answers.declined(f)):
            remarks.append(REOPENED)
        return self._told(what, priced, state, adopted, reason, tuple(remarks))

    def _told(
        self,
        what: Infringement,
        priced: Priced,
        state: str,
        adopted: int | None,
        reason: str,
        remarks: tuple[str, ...],
    ) -> Proposal:
        crew, first = self.facts.crews.get(what.number), what.counted
        order = self.state.orders.get(what.stage)
        return Proposal(
            name_of(what.tariff, what.id),
            what.number,
            crew.value.driver if crew else "",
            crew.value.category if crew else "",
            what.stage,
            what.place,
            first.value.fact_at.iso() if first.value.fact_at else None,
            first.value.words(),
            what.tariff,
            priced.ms,
            priced.arithmetic,
            priced.lines,
            priced.article,
            versioned(self.facts.regulations, priced.article, first.instant, order),
            self._source(what),
            priced.to,
            priced.why_not,
            state,
            adopted,
            reason,
            tuple(self._decided(what)),
            remarks,
            tuple(self._fact(each) for each in what.facts),
            tuple(each for fact in what.facts for each in (fact.id, *fact.amended_by)),
            tuple(each.position for each in what.facts),
            what.id,
        )

    def _changed_since(self, given: Fact[PenaltyGiven], what: Infringement) -> Iterator[str]:
        """What of the facts a penalty did not know: it names them as they were corrected.

        One that names no fact at all is told by when it was recorded.
        """
        said = given.value
        amended = [each for fact in what.facts for each in fact.amended_by]
        if any(self._is_later(each, said) for each in amended if each not in said.evidence):
            yield CORRECTED
        if any(self._is_gone(each) for each in said.evidence):
            yield VOIDED

    def _is_later(self, amendment: str, said: PenaltyGiven) -> bool:
        told = self.facts.told.get(amendment)
        by_hand = said.proposed_ms is None
        return told is not None and (not by_hand or told.recorded_at.ms > said.recorded_at.ms)

    def _is_gone(self, identity: str) -> bool:
        told = self.facts.told.get(identity)
        return told is not None and type(told) in PRICED and identity not in self.facts.by_id

    def _source(self, what: Infringement) -> str:
        """Where the tariff stands that is in force for the fact."""
        key = what.counted.instant, self.state.orders.get(what.stage)
        if key not in self._rules:
            self._rules[key] = rules_in_force(self.facts, *key)
        found: str = self._rules[key].provenance.get(what.tariff, "")
        return found

    def _fact(self, fact: Fact[Any]) -> FactRow:
        said, source = fact.value, fact.value.source
        return FactRow(
            fact.position,
            fact.id,
            said.fact_at.iso() if said.fact_at else None,
            said.words(),
            source.kind,
            tuple(sorted(self.facts.positions[each] for each in fact.amended_by)),
        )

    def _decided(self, what: Infringement) -> Iterator[DecidedRow]:
        """Everything that was decided on it, in the order of the facts."""
        seen: dict[Any, DecidedRow] = {}
        for fact in what.facts:
            for given in self.answers.penalties(fact):
                seen.setdefault(given.key, _by_penalty(given))
            for each in self.answers.without_penalty(fact):
                seen.setdefault(each.fact.id, _without(each))
        yield from seen.values()

    # -- what was adopted on facts that stand no more --------------------------------------------

    def _orphans(self, known: Collection[Key]) -> Iterator[Proposal]:
        for several in self.answers.given.values():
            for given in several:
                said = given.fact.value
                about = [each for each in said.evidence if self._was_priced(each)]
                if not given.stands or given.key in known or not about:
                    continue
                if said.proposed_ms is None and not any(map(self._is_gone, about)):
                    continue
                yield self._orphan(given, about)

    def _was_priced(self, identity: str) -> bool:
        return type(self.facts.told.get(identity)) in PRICED

    def _orphan(self, given: Given, about: list[str]) -> Proposal:
        """What was adopted on facts that were voided, or turned out to be of another crew."""
        said, first = given.fact.value, self.facts.told[about[0]]
        tariff = PRICED[type(first)]
        crew, its = self.facts.crews.get(said.number), identity(tariff, about)
        state = ADOPTED if said.proposed_ms in (None, said.amount_ms) else CHANGED
        return Proposal(
            name_of(tariff, its),
            said.number,
            crew.value.driver if crew else "",
            crew.value.category if crew else "",
            said.stage,
            said.point,
            first.fact_at.iso() if first.fact_at else None,
            first.words(),
            tariff,
            None,
            "",
            (),
            said.article,
            said.article,
            "",
            "",
            "nothing is proposed any more",
            state,
            said.amount_ms,
            said.reason,
            (_by_penalty(given),),
            (VOIDED if any(map(self._is_gone, about)) else CORRECTED,),
            (),
            tuple(about),
            tuple(sorted(self.facts.positions[each] for each in about)),
            its,
        )


def _by_penalty(given: Given) -> DecidedRow:
    said = given.fact.value
    shown = with_status(said.words(), given.status)
    return DecidedRow(
        given.fact.position, given.fact.id, said.by, said.role, shown, said.amount_ms, given.stands
    )


def _without(each: Decided) -> DecidedRow:
    said = each.fact.value
    return DecidedRow(
        each.fact.position, each.fact.id, said.by, said.role, each.words, None, each.stands
    )


def _sum(amounts: Iterator[int | None]) -> int | None:
    several = list(amounts)
    known = [each for each in several if each is not None]
    return sum(known) if several and len(known) == len(several) else None
