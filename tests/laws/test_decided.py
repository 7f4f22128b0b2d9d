"""How it stood as decided by a time: nothing that was decided later bears on it."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from ledger.naming import RECORDS, renamed
from ledger.times import Instant
from ledger.vocabulary import (
    GROUPS,
    TAKES_BACK,
    BulletinIssued,
    CourtDecisionIssued,
    DecisionIssued,
    DecisionRescinded,
    Occurrence,
    PenaltyGiven,
    PenaltyWithdrawn,
    SourceDeclaredUnreliable,
    TimeDetermined,
)
from projections.state.cuts import Cut
from tests.examples import examples
from tests.laws.answers import Answers, answers, answers_of, folded, values
from tests.laws.rallies import Rally, identity, rallies
from tests.laws.test_decisions import LATER, at, court, new_decisions, quiet
from tests.laws.words import MINUTE, START, maybe_instants

DECIDED: tuple[type[Occurrence], ...] = (
    *TAKES_BACK,
    *GROUPS["stewards and courts"],
    BulletinIssued,
    SourceDeclaredUnreliable,
    TimeDetermined,
)
"""What officials and courts decide or do at the desk."""
FATES = ("quashed", "varied", "rescinded", "superseded")
moments = st.integers(START, START + 60 * MINUTE)


def as_decided(rally: Rally, instant: int) -> Answers:
    """Every answer as decided by an instant, with ids in the place of positions."""
    return values(answers(folded(rally), Cut(instant, as_decided=True)))


def done(said: Any) -> int:
    """When something was decided or done, in UTC milliseconds."""
    if isinstance(said, DecisionIssued):
        when = said.decided_at or said.recorded_at
    else:
        when = getattr(said, "decided_at", None) or said.fact_at or said.recorded_at
    return int(when.ms)


@st.composite
def dated(draw: st.DrawFn) -> Rally:
    """A rally with a case at the desk; some decisions say when they were taken."""
    found: Rally = []
    now: dict[str, str] = {}
    for each in draw(rallies(judged=True, amended=False, twice=False)):
        said = renamed(each, RECORDS, lambda name: now.get(name, name))
        if isinstance(said, (DecisionIssued, CourtDecisionIssued, PenaltyGiven)):
            said = msgspec.structs.replace(said, decided_at=draw(maybe_instants))
        now[identity(each)] = identity(said)
        found.append(said)
    return list({identity(each): each for each in found}.values())


@examples(80)
@given(dated(), moments)
def test_nothing_depends_on_what_was_decided_later(rally: Rally, instant: int) -> None:
    """Without all that was decided after the moment every answer is the same."""
    dated_so: tuple[type[Occurrence], ...] = (*DECIDED, PenaltyGiven)
    by_then = [each for each in rally if not isinstance(each, dated_so) or done(each) <= instant]

    assert as_decided(by_then, instant) == as_decided(rally, instant)


@examples(60)
@given(rallies(judged=True))
def test_at_the_end_it_is_the_head(rally: Rally) -> None:
    """As decided by after the last thing that was done, every answer is that of the head."""
    last = max(max(done(each), each.recorded_at.ms, _latest(each)) for each in rally)
    last += LATER * MINUTE  # a clock that is put right may move it

    assert answers_of(rally) == answers(folded(rally), Cut(last, as_decided=True))


def _latest(said: Occurrence) -> int:
    """An instant that a correction gives may lie behind all others."""
    given: Any = getattr(said, "changes", {}).get("fact_at")
    return int(given[0]) if isinstance(given, tuple) and len(given) == 2 else 0


@examples(60)
@given(rallies(), moments)
def test_where_nothing_was_decided_it_is_what_had_happened(rally: Rally, instant: int) -> None:
    """Facts enter at their own time in both; what is corrected or void is so in both."""
    rally = [each for each in rally if not isinstance(each, DECIDED)]

    assert answers_of(rally, instant) == answers(folded(rally), Cut(instant, as_decided=True))


@examples(60)
@given(quiet, new_decisions(), st.sampled_from(FATES), moments)
def test_what_undoes_it_later_changes_nothing_before(
    rally: Rally, decision: DecisionIssued, fate: str, instant: int
) -> None:
    """A decision stands from when it was taken until it was undone, and not before it."""
    target = identity(decision)
    ends: dict[str, Occurrence] = {
        "quashed": court(decision, "quashed"),
        "varied": court(decision, "varied"),
        "rescinded": DecisionRescinded(target=target, **at(LATER)),
        "superseded": DecisionIssued(series="clerk", decision=8, supersedes=target, **at(LATER)),
    }
    undone = [*rally, decision, ends[fate]]
    expected = [*rally, decision] if done(decision) <= instant else rally

    assert as_decided(expected, instant) == as_decided(undone, instant)


@examples(40)
@given(quiet, moments, moments, moments)
def test_a_penalty_is_withdrawn_when_it_was(
    rally: Rally, happened: int, withdrawn: int, instant: int
) -> None:
    """Recorded alone it counts from its fact until then; at an effective-at cut it never did."""
    first, then = ({**at(0), "fact_at": Instant(each, 480)} for each in (happened, withdrawn))
    penalty = PenaltyGiven(number="1", amount_ms=60_000, **first)
    back = PenaltyWithdrawn(target=identity(penalty), **then)
    there = [*rally, penalty] if happened <= instant < withdrawn else rally

    told = as_decided([*rally, penalty, back], instant)
    assert _totals(as_decided(there, instant)) == _totals(told)
    assert _totals(answers_of(rally, instant)) == _totals(
        answers_of([*rally, penalty, back], instant)
    )


def _totals(found: Answers) -> Any:
    """The rows of the overall, or why there is none."""
    return found["standings"]
