"""Laws of decisions: what counts is what is in force, and what fell counts as never decided.

Compared are the values of the sport: places, times, penalties that count, start orders. The
register of decisions keeps what fell, and so do the lists that show what was struck.
"""

from __future__ import annotations

import time
from typing import Any
from unittest.mock import patch

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from ledger.effects import act_of
from ledger.errors import LedgerError, Unreadable
from ledger.times import Instant
from ledger.vocabulary import (
    AppealIntentionNotified,
    AppealLapsed,
    AppealWithdrawn,
    CourtDecisionIssued,
    CrewDisqualified,
    DecisionIssued,
    DecisionNotified,
    DecisionRescinded,
    Effect,
    ExecutionResumed,
    ExecutionSuspended,
    MovedOutsideClassification,
    NumberReallocated,
    Occurrence,
    StageNotFinished,
    StageReinstated,
    SupersedingDetermined,
    SuspensionActivated,
    SuspensionLapsed,
)
from projections.desk.decisions import decisions as register
from projections.desk.docket import docket
from projections.desk.due import due
from projections.desk.protest_clock import protest_clock
from projections.registry import PROJECTIONS
from projections.state.rally import RallyState
from projections.state.rulings import IN_FORCE
from tests.examples import examples
from tests.laws.answers import POSITIONS, Answers, answers_of, classified, folded, without_history
from tests.laws.rallies import Rally, cases, identity, observations, participation, rallies, unique
from tests.laws.words import CODE, MINUTE, START, decisions, effects, either, penalties

VALUES = (
    "finishers",
    "penalties",
    "retirements",
    "standings",
    "start-order",
    "teams",
    "time-cards",
)
"""The answers about the sport: not those about records, decisions and documents."""
TELLING = POSITIONS | {"id", "words", "document", "actual_at"}
"""Parts of answers that say which record it was: a time by decision does not say when it ended."""
LATER = 60 * 24 * 30
"""A month in minutes: after every deadline."""
cuts = st.none() | st.integers(START, START + 60 * MINUTE)
quiet = rallies(about=either(observations, participation, penalties), most=8, timed=True)


def at(minutes: int) -> dict[str, Any]:
    """When something happened and was recorded: minutes after the rally of the laws began."""
    instant = Instant(START + minutes * MINUTE, 480)
    return {"rally": CODE, "fact_at": instant, "recorded_at": instant}


def values_of(rally: Rally, cut: int | None = None) -> Answers:
    """The values of the sport: every list and classification, without what says what fell."""
    state = RallyState(folded(rally).facts(cut))
    asked = {name: PROJECTIONS[name] for name in VALUES} | {"classified": classified}
    found: Answers = {}
    for name, ask in asked.items():
        try:
            found[name] = _bare(without_history(msgspec.to_builtins(ask(state))))
        except LedgerError as error:
            found[name] = error.kind
    return found


def agree(one: Rally, other: Rally, cut: int | None = None) -> None:
    """Two logs have the same values."""
    assert values_of(one, cut) == values_of(other, cut)


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {n: _bare(each) for n, each in value.items() if n not in TELLING}
    if isinstance(value, (list, tuple)):
        bare = [_bare(each) for each in value if not _fell(each)]
        return [each for each in bare if not _is_empty(each)]
    return value


def _is_empty(value: Any) -> bool:
    """Whether it is a stage of a time card on which nothing is left."""
    return isinstance(value, dict) and value.get("lines") == []


def _fell(value: Any) -> bool:
    """Whether a line shows a penalty that does not count because of what became of a decision."""
    status = isinstance(value, dict) and (value.get("status") or value.get("verdict"))
    return status in FALLEN if isinstance(status, str) else value == "penalty-suspended"


FALLEN = {
    "quashed",
    "varied",
    "rescinded",
    "superseded",
    "contested",
    "set aside",
    "execution suspended",
    "suspended on condition",
    "suspension lapsed",
}


def status_of(rally: Rally, decision: DecisionIssued, cut: int | None = None) -> str:
    """What the register says of a decision."""
    rows = register(RallyState(folded(rally).facts(cut))).rows
    return next(row.status for row in rows if row.id == identity(decision))


@st.composite
def new_decisions(draw: st.DrawFn, /, **said: Any) -> DecisionIssued:
    """A decision that nothing on record is about yet."""
    found: DecisionIssued = draw(decisions)
    return msgspec.structs.replace(found, decision=9, supersedes="", **said)


def court(about: Occurrence, outcome: str, **said: Any) -> CourtDecisionIssued:
    """What a court said of a decision, a month later."""
    return CourtDecisionIssued(target=identity(about), outcome=outcome, **{**at(LATER), **said})  # type: ignore[arg-type]


def alone(said: DecisionIssued | CourtDecisionIssued, origin: Occurrence) -> Rally:
    """The acts of a decision that is in force, each as a record of its own."""
    found: Rally = []
    for effect in said.effects:
        try:
            act = None if effect.condition else act_of(effect, said, origin)
        except Unreadable:
            continue
        found += [act] if act is not None else []
    return unique(found)


# -- what fell -----------------------------------------------------------------------------------


@examples(80)
@given(quiet, new_decisions(), st.sampled_from(["quashed", "rescinded", "superseded"]), cuts)
def test_what_fell_equals_what_was_never_decided(
    rally: Rally, decision: DecisionIssued, fate: str, cut: int | None
) -> None:
    """Quashed, rescinded, superseded by nothing: in every value as if it had not been; on record.

    At the head and at every moment of the rally, however long after it the court decided.
    """
    target = identity(decision)
    ends: dict[str, Occurrence] = {
        "quashed": court(decision, "quashed"),
        "rescinded": DecisionRescinded(target=target, **at(LATER)),
        "superseded": DecisionIssued(series="clerk", decision=8, supersedes=target, **at(LATER)),
    }
    fallen = [*rally, decision, ends[fate]]

    agree(rally, fallen, cut)
    assert fate == status_of(fallen, decision, cut)


@examples(60)
@given(quiet, new_decisions(appealable=True), effects, cuts)
def test_varied_equals_quashed_and_the_new_effects(
    rally: Rally, decision: DecisionIssued, anew: tuple[Effect, ...], cut: int | None
) -> None:
    """What the court puts in its place counts from the fact on, as if recorded alone."""
    rally = [each for each in rally if not _is_rival(each)]
    varied = court(decision, "varied", effects=_told_apart(anew))
    quashed = court(decision, "quashed")
    acts = alone(varied, decision)

    agree([*rally, decision, quashed, *acts], [*rally, decision, varied], cut)
    assert "varied" == status_of([*rally, decision, varied], decision, cut)


@examples(80)
@given(quiet, new_decisions(), cuts)
def test_an_effect_counts_as_the_act_recorded_alone(
    rally: Rally, decision: DecisionIssued, cut: int | None
) -> None:
    """A penalty by decision is a penalty; a stage that is cancelled by decision is cancelled.

    Where nothing else on record tells of the same thing: a ruling would outrank it.
    """
    rally = [each for each in rally if not _is_rival(each)]
    decision = msgspec.structs.replace(decision, effects=_told_apart(decision.effects))

    agree([*rally, *alone(decision, decision)], [*rally, decision], cut)


def _is_rival(said: Occurrence) -> bool:
    """Whether it may tell otherwise what an effect tells, or takes an effect to another crew."""
    rivals = (NumberReallocated, StageNotFinished, StageReinstated, *_FROM_A_STAGE)
    allocates = getattr(said, "basis", "measured") != "measured"
    return isinstance(said, rivals) or allocates or "basis" in getattr(said, "changes", ())


_FROM_A_STAGE = (CrewDisqualified, MovedOutsideClassification)


def _told_apart(effects: tuple[Effect, ...]) -> tuple[Effect, ...]:
    """Each act once: of two at one instant, the order of their ids would say which counts."""
    return tuple({each.act: each for each in effects}.values())


# -- what is superseded --------------------------------------------------------------------------


@examples(50)
@given(quiet, new_decisions(), new_decisions(supersedes_from=""), cuts)
def test_superseded_from_the_beginning(
    rally: Rally, old: DecisionIssued, new: DecisionIssued, cut: int | None
) -> None:
    """The new decision alone tells how the rally stands."""
    heir = msgspec.structs.replace(new, supersedes=identity(old), reason="heir")
    alone_ = msgspec.structs.replace(heir, supersedes="")

    agree([*rally, alone_], [*rally, old, heir], cut)


@examples(50)
@given(quiet, new_decisions(), st.lists(new_decisions(), min_size=2, max_size=3), cuts, st.data())
def test_while_several_claim_none_does(
    rally: Rally,
    old: DecisionIssued,
    new: list[DecisionIssued],
    cut: int | None,
    data: st.DataObject,
) -> None:
    """A fork leaves everything as it was without the claimants; a ruling picks one, for good."""
    heirs = [
        msgspec.structs.replace(each, supersedes=identity(old), supersedes_from="", reason=str(n))
        for n, each in enumerate(new)
    ]
    chosen = data.draw(st.sampled_from([None, *heirs]), label="chosen")
    heir = identity(chosen) if chosen else ""
    ruling = SupersedingDetermined(target=identity(old), heir=heir, **at(LATER))

    forked = [*rally, old, *heirs]
    agree([*rally, old], forked, cut)
    assert {"contested"} == {status_of(forked, each, cut) for each in heirs}
    decided = [*rally, old, *([chosen] if chosen else [])]
    agree(decided, [*forked, ruling], cut)


# -- what is suspended ---------------------------------------------------------------------------


@examples(60)
@given(quiet, new_decisions(), st.sampled_from(["lapse", "withdrawal", "order", "upheld"]), cuts)
def test_a_suspension_and_its_end_are_inverse(
    rally: Rally, decision: DecisionIssued, how: str, cut: int | None
) -> None:
    """Announced and lapsed equals neither; and so do an order and its end.

    Also before it began. In between, what is suspended counts as never decided.
    """
    target, soon = identity(decision), LATER - 60 * 24 * 20
    notified = DecisionNotified(target=target, **at(100))
    appeal = AppealIntentionNotified(target=target, **at(100))
    steps: dict[str, tuple[Occurrence, Occurrence]] = {
        "lapse": (appeal, AppealLapsed(target=identity(appeal), **at(LATER))),
        "withdrawal": (appeal, AppealWithdrawn(target=identity(appeal), **at(LATER))),
        "upheld": (appeal, court(decision, "upheld")),
        "order": (
            ExecutionSuspended(target=target, **at(100)),
            ExecutionResumed(target=target, **at(LATER)),
        ),
    }
    began, ended = steps[how]
    before, after = [*rally, decision, notified], [*rally, decision, notified, began, ended]
    while_it_lasts = START + soon * MINUTE

    agree(before, after)
    agree(before, after, cut)
    suspended = status_of(after, decision, while_it_lasts) != IN_FORCE
    expected = [*rally, notified] if suspended else before
    agree(expected, after, while_it_lasts)
    assert suspended or how != "order"


@examples(50)
@given(quiet, new_decisions(), st.booleans(), cuts)
def test_an_appeal_that_is_late_changes_nothing(
    rally: Rally, decision: DecisionIssued, posted: bool, cut: int | None
) -> None:
    """It is on record, and in no classification, at no moment."""
    target = identity(decision)
    notified = DecisionNotified(target=target, **at(-LATER))
    told = [*rally, decision, notified]
    late = AppealIntentionNotified(target=target, **at(30 if posted else LATER))

    agree(told, [*told, late], cut)
    assert IN_FORCE == status_of([*told, late], decision, cut)


@examples(50)
@given(quiet, new_decisions(), cuts)
def test_a_sanction_on_a_condition_does_nothing_until_it_is_activated(
    rally: Rally, decision: DecisionIssued, cut: int | None
) -> None:
    """Suspended, lapsed, or activated too late: as if it had not been decided."""
    until = Instant(START + 100 * MINUTE, 480)
    waiting = tuple(
        msgspec.structs.replace(each, condition="no more of it", until_at=until)
        for each in decision.effects
    )
    decision = msgspec.structs.replace(decision, effects=waiting)
    target = identity(decision)
    lapsed = SuspensionLapsed(target=target, **at(LATER))
    too_late = SuspensionActivated(target=target, **at(LATER))
    never = values_of(rally, cut)

    assert never == values_of([*rally, decision], cut)
    assert never == values_of([*rally, decision, lapsed], cut)
    assert never == values_of([*rally, decision, too_late], cut)


# -- order and clocks ----------------------------------------------------------------------------


@examples(60)
@given(quiet, cases(10), cases(10), cuts, st.data())
def test_the_order_of_arrival_plays_no_part_in_a_case(
    rally: Rally, one: Rally, other: Rally, cut: int | None, data: st.DataObject
) -> None:
    """Decisions, appeals and rulings that come in from the desks in any order tell one story."""
    told = unique([*rally, *one, *other])
    shuffled = data.draw(st.permutations(told), label="another order")

    assert answers_of(told, cut) == answers_of(shuffled, cut)


@examples(30)
@given(rallies(), st.integers(START - MINUTE, START + 10**10), cuts)
def test_no_clock_changes_an_answer(rally: Rally, now: int, cut: int | None) -> None:
    """No answer asks the clock of the machine; the lists of the desk are told for which moment.

    The moment says what is over and what is next, and nothing else.
    """
    told = answers_of(rally, cut)
    refused = AssertionError("an answer asked the clock")
    with patch.multiple(time, time=_raising(refused), time_ns=_raising(refused)):
        assert told == answers_of(rally, cut)
    state = RallyState(folded(rally).facts(cut))
    asked = {
        "docket": _timeless(docket(state, now)),
        "protest-clock": _timeless(protest_clock(state, now)),
    }
    assert asked == {name: _timeless(PROJECTIONS[name](state)) for name in asked}
    due(state, now)


def _raising(error: Exception) -> Any:
    def ask() -> int:
        raise error

    return ask


def _timeless(answer: Any) -> Any:
    """An answer of the desk without what depends on the moment."""
    moment = ("next", "next_at", "over", "may_become_final", "why_not")
    rows = msgspec.to_builtins(answer)["rows"]
    return [{name: each for name, each in row.items() if name not in moment} for row in rows]
