"""What in the register of decisions contradicts itself, for the stewards to look at.

Numbers that lack or were given twice, decisions that claim the place of one, effects that nobody
can carry out, and steps of a case that lead nowhere. None of it is settled in silence.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from ledger.effects import act_of
from ledger.errors import Unreadable
from ledger.vocabulary import (
    ABOUT,
    SANCTIONS,
    AppealIntentionNotified,
    CourtDecisionIssued,
    DecisionIssued,
    Occurrence,
    StartOrderPublished,
    SupersedingDetermined,
    short_id,
)
from ledger.vocabulary.judicial import decision_key
from ledger.vocabulary.publication import SHEETS, number_key, posted_together
from projections.state.rally import RallyState
from projections.state.recorded import Fact

_ABOUT: tuple[tuple[type[Occurrence], str, tuple[type[Occurrence], ...]], ...] = (
    *((kind, "target", about) for kind, about in ABOUT.items()),
    (DecisionIssued, "supersedes", (DecisionIssued,)),
    (SupersedingDetermined, "heir", (DecisionIssued,)),
    (CourtDecisionIssued, "appeal", (AppealIntentionNotified,)),
)
"""What the steps of a case are about; rescinding stands with the other acts that take back."""


class Registered(NamedTuple):
    """One contradiction: its kind, the records that it rests on, and a sentence about it."""

    kind: str
    ids: tuple[str, ...]
    number: str
    stage: str
    message: str


def registered(state: RallyState) -> Iterator[Registered]:
    """What in the register contradicts itself at this cut."""
    yield from _numbers(state)
    yield from _documents(state)
    yield from _forks(state)
    yield from _effects(state)
    yield from _steps(state)


def _numbers(state: RallyState) -> Iterator[Registered]:
    """Numbers of a series that were given twice, and those that nobody gave."""
    given: dict[str, dict[Any, list[Fact[DecisionIssued]]]] = defaultdict(lambda: defaultdict(list))
    for each in state.facts.rulings.decisions:
        given[each.value.series][decision_key(each.value.decision)].append(each)
    told = (state.facts.told[each] for each in state.facts.idle)
    idle = [
        (each.series, each.decision)
        for each in told
        if isinstance(each, DecisionIssued) and isinstance(each.decision, int)
    ]
    for series, named in given.items():
        for several in named.values():
            if len(several) > 1:
                name = several[0].value.name
                message = f"The number {name} was given to {len(several)} decisions."
                ids = tuple(each.id for each in several)
                yield Registered("decision-number-twice", ids, "", "", message)
        # A number that was given elsewhere, as 12.4, stands outside the sequence.
        numbers = {
            number: several
            for several in named.values()
            if isinstance(number := several[0].value.decision, int)
        }
        # One that has no effect is there all the same.
        there = {*numbers, *(number for of, number in idle if of == series)}
        for before, after in itertools.pairwise([0, *sorted(there)]):
            if after - before > 1 and after in numbers:
                first, last = f"{series}-{before + 1}", f"{series}-{after - 1}"
                lacking = first if first == last else f"{first} to {last}"
                message = f"There is no decision {lacking}, and there is {series}-{after}."
                ids = tuple(each.id for each in numbers[after])
                yield Registered("decision-number-missing", ids, "", "", message)


def _documents(state: RallyState) -> Iterator[Registered]:
    """Numbers of the board that were given to several sheets, by sites that did not know it."""
    posted = [each for kind in SHEETS for each in state.facts.recorded(kind)]
    given: dict[str, list[list[Fact[Any]]]] = defaultdict(list)
    for fact in sorted(posted, key=Fact.order):
        sheets = given[number_key(getattr(fact.value, "document", ""))]
        mine = [sheet for sheet in sheets if _one_sheet(sheet[0].value, fact.value)]
        sheets.append([fact]) if not mine else mine[0].append(fact)
    for number, sheets in given.items():
        if number and len(sheets) > 1:
            message = (
                f"The document number {number} was given to {len(sheets)} sheets; "
                f"doc:{number} means the one that this log had first."
            )
            ids = tuple(each.id for sheet in sheets for each in sheet)
            yield Registered("document-number-twice", ids, "", "", message)


def _one_sheet(one: Occurrence, other: Occurrence) -> bool:
    """Whether two were posted together; those of old logs that have no digest, of one stage."""
    if isinstance(one, StartOrderPublished) and isinstance(other, StartOrderPublished):
        old = not (one.digest and other.digest)
        return one.stage == other.stage if old else posted_together(one, other)
    return False


def _forks(state: RallyState) -> Iterator[Registered]:
    """Decisions that all claim to supersede one, while no ruling says which does."""
    for each in state.facts.rulings.decisions:
        if claims := state.facts.rulings.contested(each.id):
            names = " and ".join(sorted(claim.value.name for claim in claims))
            message = f"{names} claim to supersede {each.value.name}; none does until it is ruled."
            ids = (each.id, *(claim.id for claim in claims))
            number, stage = each.value.number, each.value.stage
            yield Registered("fork-of-decisions", ids, number, stage, message)


def _effects(state: RallyState) -> Iterator[Registered]:
    """Effects that nobody can carry out: no such act, or not with these fields."""
    for ruling in state.facts.rulings.all.values():
        said = ruling.fact.value
        for each in ruling.effects:
            if each.fact is None and each.effect.act not in SANCTIONS:
                try:
                    act_of(each.effect, said, said)
                    why = "it can't be read."
                except Unreadable as error:
                    why = error.message
                message = f"{said.name} has no effect as {each.effect.act}: {why}"
                about = said.number, said.stage
                yield Registered("unreadable-effect", (ruling.fact.id,), *about, message)


def _steps(state: RallyState) -> Iterator[Registered]:
    """Steps of a case that are about nothing that stands."""
    by_id = state.facts.by_id
    for kind, field, about in _ABOUT:
        for each in state.facts.recorded(kind):
            said: Any = each.value
            target = getattr(said, field)
            known = by_id.get(target)
            if target and (known is None or not isinstance(known.value, about)):
                message = f"It is about {short_id(target)}, which is no such thing: {said.words()}"
                number, stage = getattr(said, "number", ""), getattr(said, "stage", "")
                yield Registered("dangling-reference", (each.id,), number, stage, message)
