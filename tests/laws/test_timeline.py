"""Laws of the timeline: what it looks up is what a full replay computes, however it came about."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.commands.simulate import GENERAL, RULEBOOK
from ledger.errors import LedgerError
from ledger.times import Instant, parse_instant
from ledger.vocabulary import (
    BulletinIssued,
    ControlPassed,
    ControlScheduled,
    FitnessDecided,
    NumberReallocated,
    Occurrence,
    RegulationsAdopted,
    Source,
    StageScheduled,
    StageTimeRecorded,
)
from projections.registry import PROJECTIONS
from projections.results.standings import Scope, standings
from projections.rules.templates import template
from projections.state.facts import fold
from projections.state.rally import EDITION, RallyState
from projections.timeline import saved
from projections.timeline import timeline as module
from projections.timeline.saved import from_bytes, to_bytes
from projections.timeline.steps import ticks
from projections.timeline.timeline import Timeline
from tests.examples import examples, one_in
from tests.laws.answers import records_of, scopes_of, sites
from tests.laws.rallies import Rally, rallies, regulations
from tests.laws.simulated import tiny
from tests.laws.words import CODE, MINUTE, START
from tests.looked import some_of
from tests.spec import Case, effect

moments = st.none() | st.integers(START - MINUTE, START + 60 * MINUTE)


@st.composite
def told_crew_by_crew(draw: st.DrawFn, *, judged: bool = False, cards: bool = False) -> Rally:
    """A rally that the timeline tells, its records in any order behind its rules.

    With `cards` its rules judge time cards, and there are some.
    """
    by_cards = {"controls.penalties": "computed" if cards else "given"}
    drawn = draw(rallies(judged=judged, timed=judged or cards or None, cards=cards))
    rally = [
        msgspec.structs.replace(each, parameters={**each.parameters, **by_cards})
        if isinstance(each, (RegulationsAdopted, BulletinIssued))
        else each
        for each in drawn
        if not isinstance(each, (NumberReallocated, FitnessDecided) if cards else NumberReallocated)
    ]
    if draw(st.booleans()):
        rally = draw(st.permutations(rally))
    adopted = draw(regulations(as_written=True))
    parameters = {**adopted.parameters, **by_cards}
    first = msgspec.structs.replace(adopted, parameters=parameters, fact_at=None, reason="first")
    return [first, *rally]


LISTS = ("retirements", "finishers", "teams", "penalties", "points", "season")
"""What is told of a moment beside its classifications."""


def classified(
    state: RallyState,
    lists: Iterable[str] = LISTS,
    scopes_of: Callable[[RallyState], list[Scope]] = scopes_of,
) -> dict[str, Any]:
    """Every classification and list at a moment, or that the rules do not suffice for one."""
    found: dict[str, Any] = {}
    for name in lists:
        try:
            found[name] = msgspec.to_builtins(PROJECTIONS[name](state))
        except LedgerError as error:
            found[name] = {"error": error.kind}
    try:
        scopes = scopes_of(state)
    except LedgerError as error:
        return {"error": error.kind}
    for scope in scopes or [Scope()]:
        try:
            found[str(scope)] = msgspec.to_builtins(standings(state, scope))
        except LedgerError as error:
            found[str(scope)] = {"error": error.kind}
    return found


def replayed(rally: Iterable[Occurrence], position: int, instant: int | None) -> dict[str, Any]:
    """The same by a full replay of the log up to a position."""
    return classified(RallyState(fold(records_of(rally)[:position]).facts(instant)))


@examples(60)
@given(told_crew_by_crew() | rallies(), st.data())
def test_any_moment_is_what_a_replay_computes(rally: Rally, data: st.DataObject) -> None:
    """At every position and any instant the index answers as the log replayed from its start."""
    with sites() as opened:
        log = opened.log("main", rally)
        timeline = Timeline(log)
        timeline.carry(log.head().size)
        for _ in range(3):
            position = data.draw(st.integers(0, len(rally)), label="position")
            instant = data.draw(moments, label="instant")
            found = classified(timeline.at(position, instant))
            assert found == replayed(rally, position, instant)


@examples(60)
@given(told_crew_by_crew(judged=True), st.data())
def test_a_case_at_any_moment_is_what_a_replay_computes(rally: Rally, data: st.DataObject) -> None:
    """Decisions, their suspensions and what courts made of them: at each of the last positions."""
    with sites() as opened:
        log = opened.log("main", rally)
        timeline = Timeline(log)
        timeline.carry(data.draw(st.integers(1, len(rally)), label="begun"))
        timeline.carry(len(rally))
        for position in some_of(range(max(0, len(rally) - 8), len(rally) + 1)):
            instant = data.draw(moments, label="instant")
            found = classified(timeline.at(position, instant))
            assert found == replayed(rally, position, instant)


def answers_as_a_replay(rally: Rally, data: st.DataObject) -> None:
    """A log that is followed in two steps, at some position and the last, at any instant."""
    with sites() as opened:
        log = opened.log("main", rally)
        timeline = Timeline(log)
        timeline.carry(data.draw(st.integers(1, len(rally)), label="begun"))
        timeline.carry(len(rally))
        for position in {data.draw(st.integers(1, len(rally)), label="position"), len(rally)}:
            instant = data.draw(moments, label="instant")
            found = classified(timeline.at(position, instant))
            assert found == replayed(rally, position, instant)


@examples(100)
@given(told_crew_by_crew(cards=True), st.data())
def test_what_cards_cost_at_any_moment_is_what_a_replay_computes(
    rally: Rally, data: st.DataObject
) -> None:
    """Targets, starts, allowances and amendments of them, in a log followed in two steps."""
    answers_as_a_replay(rally, data)


@examples(60)
@given(
    told_crew_by_crew() | told_crew_by_crew(judged=True) | told_crew_by_crew(cards=True), st.data()
)
def test_carried_forward_is_built_anew(rally: Rally, data: st.DataObject) -> None:
    """What follows the log in steps of any size, and was kept in between, answers the same."""
    steps = sorted(data.draw(st.sets(st.integers(1, len(rally)), max_size=6), label="steps"))
    with sites() as opened:
        log = opened.log("main", rally)
        timeline = Timeline(log)
        for step in (*steps, len(rally)):
            timeline.carry(step)
            kept = from_bytes(to_bytes(timeline.index, log.root_at(step)))
            assert kept is not None
            timeline = Timeline(log)
            timeline.index = kept[0]
        for position in {*steps[:2], len(rally)}:
            instant = data.draw(moments, label="instant")
            found = classified(timeline.at(position, instant))
            assert found == replayed(rally, position, instant)


@examples(12)
@given(st.integers(0, 10_000), st.sampled_from((RULEBOOK, GENERAL)), st.data())
def test_a_synthetic_rally_answers_alike_at_any_moment(
    seed: int, rulebook: str, data: st.DataObject
) -> None:
    """Also with late and doubled records, a wrong clock, and stages shortened and reinstated."""
    rally = tiny(seed, crews=5, stages=4, points=4, rulebook=rulebook)
    known = [each.fact_at.ms for each in rally if each.fact_at]
    instants = st.none() | st.integers(min(known), max(known))
    with sites() as opened:
        log = opened.log("main", rally)
        timeline = Timeline(log)
        timeline.carry(data.draw(st.integers(1, len(rally)), label="begun"))
        timeline.carry(len(rally))
        for _ in range(3):
            position = data.draw(st.integers(1, len(rally)), label="position")
            instant = data.draw(instants, label="instant")
            found = classified(timeline.at(position, instant))
            assert found == replayed(rally, position, instant)


@pytest.mark.parametrize("damage", [b"", b"\x91\x00", b"nonsense"])
def test_what_is_no_timeline_is_made_anew(damage: bytes) -> None:
    """Whatever stands in its place, the timeline is computed again from the log."""
    rally = tiny(1)
    with sites() as opened:
        log = opened.log("main", rally)
        assert log.scan.save("timeline", damage)
        timeline = Timeline.of(log)
        assert classified(timeline.at(len(rally))) == replayed(rally, len(rally), None)
        timeline.keep()
        assert Timeline.of(log).index.position == len(rally) or len(rally) < 200


def test_no_byte_of_a_timeline_can_be_changed() -> None:
    """Damage is noticed wherever it is: the timeline is made anew then, and tells what it told."""
    rally = tiny(1)
    with sites() as opened:
        log = opened.log("main", rally)
        timeline = Timeline(log)
        timeline.carry(len(rally))
        data = to_bytes(timeline.index, log.root_at(len(rally)))
        for place in some_of(range(0, len(data), max(1, len(data) // 200))):
            damaged = bytearray(data)
            damaged[place] ^= 1
            assert from_bytes(bytes(damaged)) is None


def test_a_timeline_of_another_edition_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other rules laid down beside the log is not read, and replaced when it is kept again."""
    rally = tiny(1)
    with sites() as opened:
        log = opened.log("main", rally)
        former = Timeline(log)
        former.carry(len(rally))
        with monkeypatch.context() as then:
            then.setattr(saved, "EDITION", EDITION - 1)
            former.keep(always=True)
            assert Timeline.of(log).index.position == len(rally)
        timeline = Timeline.of(log)
        assert timeline.index.position == 0
        assert classified(timeline.at(len(rally))) == replayed(rally, len(rally), None)
        timeline.keep(always=True)
        assert Timeline.of(log).index.position == len(rally)


def test_a_timeline_that_was_made_anew_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """After new rules, which bear on everything: nobody who opens the log has to make it again."""
    monkeypatch.setattr(module, "WORTH_KEEPING", 2)
    rally = tiny(1)
    rules = next(each for each in rally if isinstance(each, RegulationsAdopted))
    with sites() as opened:
        log = opened.log("main", rally)
        timeline = Timeline(log)
        timeline.carry(len(rally))
        timeline.keep(always=True)
        log.append([msgspec.structs.replace(rules, reason="adopted anew")])
        timeline.carry(len(rally) + 1)
        timeline.keep()
        assert Timeline.of(log).index.position == len(rally) + 1


def test_a_timeline_of_another_log_is_not_believed() -> None:
    """A log that was restored with other records under the same name is read anew."""
    first, second = tiny(1), tiny(2)
    with sites() as opened:
        one, other = opened.log("main", first), opened.log("other", second)
        timeline = Timeline(one)
        timeline.carry(100)
        other.scan.save("timeline", to_bytes(timeline.index, one.root_at(100)))
        found = classified(Timeline.of(other).at(len(second)))
        assert found == replayed(second, len(second), None)


def followed(told: list[Occurrence]) -> None:
    """Follow a log record by record; the timeline answers as a replay at each of them."""
    with sites() as opened:
        log = opened.log("main", told)
        timeline = Timeline(log)
        for position in range(1, len(told) + 1):
            timeline.carry(position)
            assert classified(timeline.at(position)) == replayed(told, position, None)


def case_of_two() -> Case:
    """Two cars have driven SS1."""
    case = Case()
    case.enter("101", "102")
    case.times("SS1", "2016-07-09T16:00+03:00", _101="1:00:00", _102="1:01:00")
    return case


def test_a_correction_may_arrive_before_what_it_corrects() -> None:
    """A merge may bring the correction first; it works once the record is there."""
    case = case_of_two()
    case.times("SS2", "2016-07-10T16:00+03:00", _101="2:00:00", _102="2:00:30")
    wrong, _ = case.records[-1]
    case.record("Corrected", target=wrong, changes={"elapsed_ms": 7_100_000})
    *before, time, correction = [occurrence for _, occurrence in case.records]
    followed([*before, correction, time])


def test_a_correction_may_arrive_before_the_passing_that_it_corrects() -> None:
    """So it is with what a clock at the finish showed, of which a log holds very many."""
    case = case_of_two()
    seen: dict[str, Any] = {"number": "101", "stage": "SS2", "point": ""}
    wrong = case.record("PassingRecorded", "2016-07-10T16:00+03:00", elapsed_ms="2:00:00", **seen)
    case.record("Corrected", target=wrong, changes={"elapsed_ms": 7_100_000})
    *before, passing, correction = [occurrence for _, occurrence in case.records]
    followed([*before, correction, passing])


def test_a_start_that_comes_in_late_decides_which_rules_hold() -> None:
    """When a stage begins is told by its first start, whenever that becomes known."""
    case = case_of_two()
    amended = {"timing.counted_precision_ms": 60_000}
    case.record("BulletinIssued", "2016-07-10T08:00+03:00", bulletin="1", parameters=amended)
    for number, at in (("101", "08:30"), ("102", "07:30")):
        case.record("StageTimeRecorded", number=number, stage="SS2", elapsed_ms="1:00:30")
        case.record("StageStarted", f"2016-07-10T{at}+03:00", number=number, stage="SS2")
    followed([occurrence for _, occurrence in case.records])


def test_a_credit_stands_until_it_is_revoked() -> None:
    """Both are known from their own positions on."""
    case = case_of_two()
    given = case.record(
        "TimeCreditGranted", number="102", stage="SS1", amount_ms="0:05:00", kind="assistance"
    )
    case.record("TimeCreditRevoked", target=given)
    followed([occurrence for _, occurrence in case.records])


def test_a_source_that_was_not_to_be_believed_shows_nobody_on_the_road() -> None:
    """A crew that did not start was seen by a tracker, until that was declared unreliable."""
    case = case_of_two()
    case.enter("103")
    case.record("CrewNotStarted", "2016-07-09T08:00+03:00", number="103")
    seen = {"number": "103", "stage": "SS1", "point": "CP1"}
    case.record("PassingRecorded", "2016-07-09T10:00+03:00", source="gps", **seen)
    case.record("SourceDeclaredUnreliable", kind="gps")
    followed([occurrence for _, occurrence in case.records])


def looked_up(told: list[Occurrence]) -> None:
    """Look at the last positions, at every instant of them; the timeline answers as a replay."""
    followed(told)
    instants = sorted({each.fact_at.ms for each in told if each.fact_at})
    with sites() as opened:
        log = opened.log("main", told)
        timeline = Timeline(log)
        timeline.carry(len(told))
        for position in range(len(told) - 5, len(told) + 1):
            for instant in instants:
                found = classified(timeline.at(position, instant))
                assert found == replayed(told, position, instant)


def test_a_suspended_sanction_works_from_where_it_was_activated() -> None:
    """Before that it is of the whole rally and does not count; then it counts from SS2 on."""
    case, day = case_of_two(), "2016-07-09T"
    out = effect("CrewDisqualified", condition="no further breach")
    decision = case.decide(1, f"{day}12:00+03:00", number="101", effects=[out])
    case.times("SS2", f"{day}14:00+03:00", _101="1:00:00", _102="1:00:30")
    case.times("SS3", f"{day}16:00+03:00", _101="1:00:00", _102="1:00:30")
    breach = {"number": "101", "stage": "SS2"}
    case.record("SuspensionActivated", f"{day}18:00+03:00", target=decision, **breach)
    looked_up([occurrence for _, occurrence in case.records])


@pytest.mark.parametrize(
    "done",
    one_in(
        3,
        (
            effect("PenaltyGiven", amount_ms="0:10:00"),
            effect("StageTimeRecorded", elapsed_ms="3:00:00", basis="notional"),
            effect("CrewDisqualified"),
            effect("StageCancelled"),
            effect("TimeCreditGranted", amount_ms="0:10:00"),
        ),
    ),
    ids=lambda done: str(done["act"]),
)
def test_what_a_decision_does_comes_and_goes(done: dict[str, Any]) -> None:
    """Issued, suspended, resumed and quashed: looked up at each record and at each instant."""
    case, day = case_of_two(), "2016-07-09T"
    crew: dict[str, Any] = {"number": "101", "stage": "SS1", "effects": [done]}
    decision = case.decide(1, f"{day}12:00+03:00", **crew)
    case.record("DecisionNotified", f"{day}18:00+03:00", target=decision)
    case.record("AppealIntentionNotified", f"{day}18:30+03:00", target=decision)
    case.record("ExecutionResumed", f"{day}19:00+03:00", target=decision)
    case.record("CourtDecisionIssued", f"{day}20:00+03:00", target=decision, outcome="quashed")
    looked_up([occurrence for _, occurrence in case.records])


def test_the_end_of_the_competition_is_a_moment() -> None:
    """What an appeal suspends changes there: looked up on both sides of it, on both axes."""
    case, day = case_of_two(), "2016-07-09T"
    rules = {"appeals.suspends": ("any decision of anybody: after the competition",)}
    case.record("BulletinIssued", f"{day}08:00+03:00", bulletin="1", parameters=rules)
    hour = effect("PenaltyGiven", amount_ms="1:00:00")
    decision = case.decide(1, f"{day}12:00+03:00", number="101", stage="SS1", effects=[hour])
    case.record("DecisionNotified", f"{day}18:00+03:00", target=decision)
    case.record("AppealIntentionNotified", f"{day}18:30+03:00", target=decision)
    case.record("CompetitionEnded", f"{day}20:00+03:00")
    case.record("CourtDecisionIssued", f"{day}21:00+03:00", target=decision, outcome="upheld")
    rally = [occurrence for _, occurrence in case.records]
    looked_up(rally)
    with sites() as opened:
        timeline = Timeline(opened.log("main", rally))
        ended = parse_instant(f"{day}20:00+03:00").ms
        assert ended in ticks(timeline, len(rally))
        before, after = (
            [row.number for row in standings(timeline.at(len(rally), at), Scope()).rows]
            for at in (ended - 1, ended)
        )
        assert ["102", "101"] == before != after


# -- cards, case by case -------------------------------------------------------------------------


def case_of_cards() -> Case:
    """Two cars drive from DSS1 to ASS1 and on to TC1, due ten minutes after they finished."""
    case = case_of_two()
    rules = {**template(GENERAL).parameters, "cancellation.road_penalties": "keep"}
    case.record("RegulationsAdopted", rulebook=GENERAL, parameters=rules)
    plan = (
        ("TC1A", "", None),
        ("DSS1", "dss", None),
        ("ASS1", "ass", None),
        ("TC1", "", "0:10:00"),
    )
    for order, (control, kind, target) in enumerate(plan, 1):
        told: dict[str, Any] = {"target_ms": target} if target else {}
        case.record(
            "ControlScheduled", control=control, stage="SS1", kind=kind, order=order, **told
        )
    return case


def clock(at: str) -> Instant:
    """A time of the day of SS1."""
    return parse_instant(f"2016-07-09T{at}+03:00")


def stamped(case: Case, number: str, at: str, control: str = "TC1", **said: Any) -> str:
    """A crew at a control."""
    return case.record(
        "ControlPassed", f"2016-07-09T{at}+03:00", number=number, control=control, **said
    )


def judged_along(case: Case, *kinds: str) -> None:
    """Followed record by record; and at its end these penalties and no others were computed."""
    told = [occurrence for _, occurrence in case.records]
    looked_up(told)
    with sites() as opened:
        timeline = Timeline(opened.log("main", told))
        charged = timeline.at(len(told)).charges
        assert not timeline.is_replayed(len(told))
        found = [f"{each.kind}: {each.status}" for each in charged if each.basis == "computed"]
        assert sorted(found) == sorted(kinds)


def test_a_card_is_judged_by_when_the_stage_was_finished() -> None:
    """The times were taken at 16:00: the due minute moves with a correction of the finish."""
    case = case_of_cards()
    case.record("StageStarted", "2016-07-09T15:00+03:00", number="101", stage="SS1")
    stamped(case, "101", "16:13")
    stamped(case, "102", "16:06")
    time = next(
        identity for identity, said in case.records if said.type_name() == "StageTimeRecorded"
    )
    later = clock("16:05")
    case.record("Corrected", target=time, changes={"fact_at": (later.ms, later.offset)})
    judged_along(case, "early: in force", "early: in force")


def test_an_allowance_that_comes_in_late() -> None:
    """The crew was held up: what it was charged falls, from where that is known on."""
    case = case_of_cards()
    stamped(case, "101", "16:13")
    stamped(case, "102", "16:12")
    granted = {"number": "101", "control": "TC1", "amount_ms": "0:05:00"}
    case.record("DelayAllowanceGranted", "2016-07-09T16:05+03:00", **granted)
    judged_along(case, "late: in force")


def test_a_target_time_that_is_changed_works_forward() -> None:
    """Who left before it is judged by what held then."""
    case = case_of_cards()
    stamped(case, "101", "16:13")
    changed = {"control": "TC1", "target_ms": "0:15:00"}
    case.record("TargetTimeChanged", "2016-07-09T15:59+03:00", **changed)
    judged_along(case, "early: in force")


def test_a_stage_that_is_cancelled_later() -> None:
    """What a start cost falls, where the act says that penalties of the road do."""
    case = case_of_cards()
    start: dict[str, Any] = {"number": "101", "stage": "SS1", "due_at": clock("14:55")}
    case.record("StageStarted", "2016-07-09T15:00+03:00", **start)
    stamped(case, "101", "16:30")
    said = {"stage": "SS1", "road_penalties": "void"}
    cancelled = case.record("StageCancelled", "2016-07-09T20:00+03:00", **said)
    case.record("Voided", target=cancelled)
    case.record("StageCancelled", "2016-07-09T21:00+03:00", **said)
    judged_along(case, "late-start: stage cancelled", "late: stage cancelled")


def test_a_target_time_from_a_control_of_another_stage() -> None:
    """Due after the last control of the day before, which is stamped, corrected and voided."""
    case = case_of_cards()
    night = {"control": "TC2A", "stage": "SS2", "from_control": "TC1", "target_ms": "1:00:00"}
    case.times("SS2", "2016-07-10T16:00+03:00", _101="2:00:00", _102="2:00:30")
    case.record("ControlScheduled", order=1, **night)
    stamped(case, "101", "17:25", "TC2A")
    stamped(case, "102", "17:10", "TC2A")
    first = stamped(case, "101", "16:10")
    stamped(case, "102", "16:10")
    case.record("Corrected", target=first, changes={"fact_at": (clock("16:12").ms, 180)})
    judged_along(case, "late: in force", "late: in force")


def test_a_card_that_names_another_stage() -> None:
    """It is charged there, and falls with that stage, though the plan has the control elsewhere."""
    case = case_of_cards()
    case.times("SS2", "2016-07-10T16:00+03:00", _101="2:00:00", _102="2:00:30")
    stamped(case, "101", "16:20", stage="SS2")
    said = {"stage": "SS2", "road_penalties": "void"}
    case.record("StageCancelled", "2016-07-09T21:00+03:00", **said)
    judged_along(case, "late: stage cancelled")


def test_a_control_that_is_in_no_plan() -> None:
    """The card alone says when the crew was due, and the rules on which stage the control is."""
    case = case_of_cards()
    stamped(case, "101", "16:20", "CP1", due_at=clock("16:15"))
    said = {"stage": "SS1", "road_penalties": "void"}
    case.record("StageCancelled", "2016-07-09T21:00+03:00", **said)
    judged_along(case, "late: stage cancelled")


@pytest.mark.parametrize("planned", [True, False])
def test_a_card_at_the_control_before_names_another_stage(planned: bool) -> None:
    """Which of its stamps counts is by the sources that held when that stage began.

    So it is where nothing is planned of that stage, and times alone tell when it began.
    """
    at: dict[str, Any] = {"rally": CODE, "recorded_at": Instant(START, 480), "number": "1"}
    said = {name: each for name, each in at.items() if name != "number"}
    minutes = [Instant(START + minute * MINUTE, 480) for minute in range(70)]
    rules = template(GENERAL).parameters
    before, since = ({**rules, "timing.sources": each} for each in (("press",), ("beam",)))
    rally: list[Occurrence] = [
        RegulationsAdopted(**said, rulebook="a", parameters=before),
        RegulationsAdopted(**said, rulebook="b", parameters=since, fact_at=minutes[50]),
        *([StageScheduled(**said, stage="SS3", order=3)] if planned else []),
        StageTimeRecorded(
            **at, stage="SS3", fact_at=minutes[30], elapsed_ms=MINUTE, source=Source("official")
        ),
        ControlScheduled(
            **said, control="TC2", stage="SS2", from_control="TC9", target_ms=10 * MINUTE
        ),
        ControlPassed(
            **at, control="TC9", stage="SS3", fact_at=minutes[50], source=Source("press")
        ),
        ControlPassed(**at, control="TC9", stage="SS3", fact_at=minutes[0]),
        ControlPassed(**at, control="TC2", stage="SS2", fact_at=minutes[60]),
    ]
    looked_up(rally)
    assert () == RallyState(fold(records_of(rally)).facts()).charges


def test_of_two_stamps_the_one_that_was_ruled_on_counts() -> None:
    """Clocks, sources and rulings bear on controls as on finishes."""
    case = case_of_cards()
    stamped(case, "101", "16:12", source="hand")
    other = stamped(case, "101", "16:15", source="time-card")
    case.record("TimeDetermined", target=other)
    case.record("SourceDeclaredUnreliable", kind="hand", stage="SS1")
    case.record("ClockOffsetDeclared", kind="time-card", ahead_ms="0:05:00")
    judged_along(case)
