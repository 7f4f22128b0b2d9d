"""Laws of the judge: what is in force can be dealt with by its name, and nothing else is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from hypothesis import assume, given
from hypothesis import strategies as st

from ledger.commands.desk import IssueDecision, acts_by
from ledger.commands.judge import OF_THE_DESK, boundary_of
from ledger.errors import Refused
from ledger.times import Instant
from ledger.vocabulary import (
    TAKES_BACK,
    AppealIntentionNotified,
    CourtDecisionIssued,
    DecisionIssued,
    Occurrence,
)
from projections.desk.decisions import decisions as register
from projections.desk.decisions import named_so
from projections.desk.judging import judge
from projections.rules.templates import template
from projections.state.rally import RallyState
from projections.state.rulings import CONTESTED, IN_FORCE, QUASHED, SUPERSEDED, SUSPENDED
from tests.examples import examples
from tests.laws.answers import folded
from tests.laws.rallies import Rally, cases, followed, identity, rallies
from tests.laws.words import CODE, START, WORDS
from tests.looked import some_of

RULES = template("cross-country").parameters
MONTH = 30 * 86_400_000
judged = rallies(judged=True, adopted=False, twice=False, most=4)


def held_by(rally: Rally) -> dict[str, Occurrence]:
    """The records of a rally by id."""
    return {identity(each): each for each in rally}


def under_rules(rally: Rally) -> Rally:
    """The same rally, under regulations that know of appeals, reviews and protests."""
    now: Any = {"rally": CODE, "recorded_at": Instant(START, 480), "role": "secretary"}
    adopted: Any = {"rulebook": "cross-country", "parameters": RULES}
    kind = next(each for each in WORDS if each.type_name() == "RegulationsAdopted")
    return [*rally, kind(**now, **adopted)]


def later(kind: Any, role: str = "stewards", **said: Any) -> Any:
    """An act after everything that is on record."""
    now = Instant(START + MONTH, 480)
    return kind(rally=CODE, recorded_at=now, decided_at=now, role=role, by="A", **said)


def status_of(rally: Rally, about: str) -> str:
    """What the register says of a decision."""
    rows = register(RallyState(folded(rally).facts())).rows
    return next(row.status for row in rows if row.id == about)


@examples(200)
@given(judged)
def test_what_is_in_force_can_be_superseded_quashed_and_appealed(rally: Rally) -> None:
    """Under the name that the register prints; and the register says that it was."""
    rally = under_rules(rally)
    held, state = held_by(rally), RallyState(folded(rally).facts())
    rulings = state.facts.rulings
    decided = [*rulings.decisions, *rulings.of_courts]
    in_force = [row for row in register(state).rows if row.status in (IN_FORCE, SUSPENDED)]
    assume(in_force)
    for row in some_of(in_force):
        name = f"{row.series}-{row.decision}" if row.decision else row.series
        meant = {each.id for each in named_so(decided, name)}
        assert row.id in meant
        assert {each.id for each in named_so(decided, row.title)} >= {row.id}
        if len(meant) > 1:
            continue  # it is refused with the candidates, and has to be named by its record
        (target,) = meant
        intention = AppealIntentionNotified(
            rally=CODE, recorded_at=Instant(START + MONTH, 480), target=target
        )
        judge(held, intention)
        quashes = later(CourtDecisionIssued, "court", target=target, outcome="quashed")
        judge(held, quashes)
        assert QUASHED == status_of([*rally, quashes], target)
        if isinstance(held[target], DecisionIssued):
            heir = later(DecisionIssued, series="stewards", decision=99, supersedes=target)
            contested = rulings.contested(target)
            judge(held, heir)
            assert (IN_FORCE if contested else SUPERSEDED) == _unsuspended(rally, heir, target)
            assert (CONTESTED if contested else IN_FORCE) == status_of(
                [*rally, heir], identity(heir)
            )


def _unsuspended(rally: Rally, heir: Occurrence, target: str) -> str:
    found = status_of([*rally, heir], target)
    return IN_FORCE if found == SUSPENDED else found


@st.composite
def steps(draw: st.DrawFn) -> tuple[Rally, Occurrence]:
    """A rally with a case, and one more act of the desk about it."""
    rally = under_rules(draw(judged))
    words = [kind for kind in WORDS if kind in OF_THE_DESK]
    said = draw(st.one_of(followed(rally), *(WORDS[kind] for kind in words)))
    kinds = TAKES_BACK.get(type(said))
    targets = [identity(each) for each in rally if kinds and isinstance(each, kinds)]
    if targets:
        said = msgspec.structs.replace(said, target=draw(st.sampled_from(targets)))
    return rally, said


@examples(200)
@given(steps())
def test_the_judge_reads_nothing_but_its_boundary(step: tuple[Rally, Occurrence]) -> None:
    """It says of the records in the boundary of an act what it says of the whole log."""
    rally, said = step
    held = held_by(rally)
    within = {i: each for i, each in held.items() if _is_in(each, said)}
    assert _verdict(held, said) == _verdict(within, said)


def _is_in(occurrence: Occurrence, said: Occurrence) -> bool:
    """Whether an occurrence lies in the boundary of what is said."""
    tags = set(occurrence.tags())
    return any(
        type(occurrence) in part.types and set(part.tags) <= tags
        for part in boundary_of((said, *acts_by(said)))
    )


def _verdict(held: Mapping[str, Occurrence], said: Occurrence) -> str:
    try:
        judge(held, said)
    except Refused as refused:
        return refused.message
    return "allowed"


@examples(50)
@given(cases())
def test_the_boundary_of_a_decision_is_the_desk(case: Rally) -> None:
    """Whatever is said at the desk lies in the boundary of a decision: nothing slips past it."""
    (first, *rest) = case
    assert isinstance(first, DecisionIssued)
    parts = IssueDecision(first, judge).consistency_boundary()
    for each in rest:
        assert any(type(each) in part.types and not part.tags for part in parts)
