"""The law of grounds: what an explanation cites is what was applied, and nothing else was.

Change a rule that an addend cites, in the record that set it, and the addend moves; change any
other rule anywhere, and it keeps its figure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import LedgerError
from ledger.times import Instant
from ledger.vocabulary import (
    BulletinIssued,
    ClockOffsetDeclared,
    ControlPassed,
    CrewEntered,
    CrewRestarted,
    DelayAllowanceGranted,
    FalseStartObserved,
    FitnessDecided,
    Occurrence,
    PassingRecorded,
    PenaltyGiven,
    RegulationsAdopted,
    RetirementReported,
    RouteOpened,
    Source,
    SourceDeclaredUnreliable,
    StageCancelled,
    StageNotFinished,
    StageReinstated,
    StageScheduled,
    StageShortened,
    StageStarted,
    StageStopped,
    StageTimeRecorded,
    TargetTimeChanged,
    TimeCreditGranted,
    TimeDetermined,
    Voided,
    WaypointPlaced,
    ZonePlaced,
)
from ledger.vocabulary.rally import ParameterValue
from projections.explain.grounds import Grounds
from projections.explain.told import Addend
from projections.explain.why import explain
from projections.results.standings import Scope
from projections.rules.procedure import CONFIRM, SUSPENDS, TO
from projections.rules.regulations import Regulations
from projections.rules.rulebook import SCHEMA, Rulebook
from projections.rules.templates import template
from projections.state.clocks import LATENESS
from projections.state.rally import RallyState
from projections.state.road import LATENESS_AT_START
from projections.state.unfinished import BY_OTHERS, Missing
from tests.examples import examples
from tests.laws.answers import folded
from tests.laws.rallies import Rally, clocks, identity, rallies, unique
from tests.laws.test_why import eventful
from tests.laws.words import CODE, MINUTE, START, VARIATIONS, device_kinds, either, of
from tests.looked import some_of, when

LAST = Instant(START + 90 * MINUTE, 480)
Key = tuple[str, str, str, int]
Told = dict[Key, Addend]
WITHOUT_A_FIGURE = {"controls.in_stage", "controls.in_next_stage"}
"""They say in which stage a penalty stands."""
OF_NO_TIME = ("check.", "documents.", "protests.", "reviews.", "start_order.", "teams.")
"""Rules that no time and no penalty is judged by: of these it is enough to try one value."""
ONLY_WHERE_THEY_BITE = {
    "timing.counted_precision_ms": range(-1, 0),
    "timing.tolerance_ms": range(1, 2),
    "controls.late_limit_ms": range(1, 2),
    "overall.unfinished_stage_limit": range(1, 2),
    "overall.unfinished_stage_most_ms": range(1, 2),
    "appeals.intention_ms": range(1, 2),
    "appeals.confirmation_ms": range(1, 2),
}
"""A limit is cited where it was passed, a precision where it cut: to loosen others changes nothing,
which is to raise a limit, and to make a precision finer."""


WORDED: dict[str, Sequence[ParameterValue]] = {
    SUSPENDS: [(f"any decision of anybody: {when}",) for when in ("at once", "never")],
    **dict.fromkeys(TO.values(), ("1 min from decision", "9999 days from decision")),
    **dict.fromkeys(CONFIRM.values(), ("1 min from announcement", "9999 days from announcement")),
}
"""What else a rule of procedure could say, by which a decision counts or is suspended."""


def after(*minutes: int) -> st.SearchStrategy[Instant]:
    """Instants so long after the start of the rally."""
    return st.sampled_from([Instant(START + each * MINUTE, 480) for each in minutes])


def others(name: str, value: ParameterValue) -> list[ParameterValue]:
    """Other values that a rule could have."""
    parameter = SCHEMA[name]
    found: list[ParameterValue]
    if parameter.kind is bool:
        found = [not value]
    elif isinstance(value, int):
        found = [parameter.least, value + MINUTE + 1, 10**13]
    elif name == "timing.sources":
        found = [(kind,) for kind in device_kinds]
    elif parameter.of is int:
        found = [(), (MINUTE + 1,) * 9]
    elif name == "appeals.not_appealable":
        found = [(), ("PenaltyGiven", "CrewDisqualified")]
    elif parameter.reads is not None:
        found = [*WORDED.get(name, [parameter.example])]
    elif parameter.kind is tuple:
        found = [(), *((each,) for each in sorted(parameter.choices)), tuple(parameter.choices)]
    else:
        found = [*sorted(parameter.choices)]
    found = [each for each in found if each != value]
    return found[:1] if name.startswith(OF_NO_TIME) else found


def looser(name: str, value: ParameterValue) -> list[ParameterValue]:
    """Those of the other values that make no figure move where the rule did not bite."""
    if name == "appeals.not_appealable":
        return [()]
    if name in WORDED and name != SUSPENDS:
        return [each for each in others(name, value) if str(each).startswith("9999 days")]
    sides = ONLY_WHERE_THEY_BITE.get(name)
    if sides is None or not isinstance(value, int):
        return others(name, value)
    return [
        each
        for each in others(name, value)
        if isinstance(each, int) and (each > value) - (each < value) in sides
    ]


# -- rallies in which much says the same ---------------------------------------------------------

EQUAL: dict[str, ParameterValue] = {
    "controls.penalties": "computed",
    "controls.early_ms_per_minute": MINUTE,
    "controls.not_visited_ms": MINUTE,
    "start.false_start_ms": (MINUTE, 2 * MINUTE),
    "overall.max_time": "unfinished",
    "overall.unfinished_stage": "fixed-penalty",
    "overall.unfinished_stage_ms": 60 * MINUTE,
    "overall.not_started_stage": "fixed-penalty",
    "overall.not_started_stage_ms": 60 * MINUTE,
    "overall.unfinished_stage_limit": 3,
}
TWO = st.sampled_from(["1", "2"])
SOME = {"number": TWO, "stage": st.sampled_from(["SS1", "SS2"])}
BY = st.sampled_from([Source(kind=kind, name="clock-1") for kind in ("beam", "gps")])
ON = {"stage": st.sampled_from(["", "SS1"])}
maximum = st.sampled_from([None, 30 * MINUTE, 30 * MINUTE, 90 * MINUTE])
close_together: st.SearchStrategy[Occurrence] = st.one_of(
    of(StageStarted, **SOME, source=BY, fact_at=after(0, 1)),
    of(PassingRecorded, **SOME, source=BY, fact_at=after(60, 61), elapsed_ms=None),
    of(PassingRecorded, **SOME, source=BY, fact_at=after(60, 61), elapsed_ms=None, point="ASS"),
    of(ClockOffsetDeclared, **ON, kind=st.sampled_from(["", "beam"]), ahead_ms=7000),
    of(SourceDeclaredUnreliable, **ON, kind="beam"),
    of(
        ControlPassed, **SOME, source=BY, control="TC1", due_at=after(60), fact_at=after(50, 61, 99)
    ),
    of(DelayAllowanceGranted, number=TWO, control="TC1", amount_ms=MINUTE),
    of(TargetTimeChanged, stage="SS1", fact_at=after(0, 1, 9), max_time_ms=maximum),
    of(FitnessDecided, **SOME, fit=st.booleans(), fact_at=after(0, 70)),
    of(RetirementReported, **SOME, definitive=False, fact_at=after(30)),
    of(CrewRestarted, number=TWO, stage=st.just("SS2"), fact_at=after(90)),
    of(FalseStartObserved, **SOME, fact_at=after(0)),
    of(PenaltyGiven, **SOME, applies_to=st.sampled_from(["road", "stage"]), amount_ms=MINUTE),
    of(StageCancelled, stage="SS1", categories=(), fact_at=after(70)),
    of(StageReinstated, stage="SS1", categories=(), fact_at=after(70, 80)),
)


@st.composite
def of_equal_amounts(draw: st.DrawFn) -> Rally:
    """Two crews on two stages; clocks, tariffs, maximum times and bulletins agree by chance."""
    parameters = template("cross-country").parameters | EQUAL
    for name in draw(st.lists(st.sampled_from(sorted(VARIATIONS)), max_size=3)):
        parameters[name] = draw(st.sampled_from(VARIATIONS[name]))
    crew = {"driver": "D", "category": "car", "fact_at": None}
    rally: Rally = [
        draw(of(RegulationsAdopted, rulebook="agreeing", parameters=parameters, fact_at=None)),
        *(draw(of(CrewEntered, number=each, **crew)) for each in ("1", "2")),
        *(
            draw(of(StageScheduled, stage=f"SS{n}", order=n, timed=True, max_time_ms=maximum))
            for n in (1, 2)
        ),
        draw(of(WaypointPlaced, stage="SS1", point="ASS", category="", order=9)),
    ]
    for name in draw(st.lists(st.sampled_from(sorted(EQUAL)), max_size=2)):
        said = {"parameters": {name: EQUAL[name]}, "from_stage": "", "effective_at": after(0, 65)}
        rally.append(draw(of(BulletinIssued, bulletin="1", **said)))
    rally += draw(st.lists(close_together, min_size=8, max_size=20))
    if draw(st.booleans()):
        rally = [each for each in rally if not _of_2_on_the_first(each)]
        for stage, fit, minute in (("SS1", False, 0), ("SS2", True, 70)):
            decided = {"number": "2", "stage": stage, "fit": fit, "fact_at": after(minute)}
            rally.append(draw(of(FitnessDecided, **decided)))
    known = [identity(each) for each in rally if isinstance(each, (PassingRecorded, StageStarted))]
    for target in draw(st.lists(st.sampled_from(known), max_size=2)) if known else ():
        rally.append(draw(of(TimeDetermined, target=target)))
    return unique(rally)


PLACED: list[dict[str, Any]] = [
    {"point": point, "order": order, "category": "", "at_m": None, "kind": kind, "fact_at": None}
    for order, (point, kind) in enumerate((("WP1", ""), ("WP2", ""), ("ASS", "ass")), 1)
]


@st.composite
def of_a_stage_left_out(draw: st.DrawFn) -> Rally:
    """Three crews are seen to finish a stage by clocks that differ; a fourth does not, and goes on.

    What the stage costs it is the time of another. A part of it may be neutralised.
    """
    costs = ("overall.unfinished_stage", "overall.not_started_stage")
    how = dict.fromkeys(costs, draw(st.sampled_from(sorted(BY_OTHERS))))
    parameters = template("cross-country").parameters | EQUAL | how
    classes = st.sampled_from(["T1", "T2"])
    crew = {"driver": "D", "category": "car", "crew_class": classes, "fact_at": None}
    seen = {"stage": "SS1", "elapsed_ms": None}
    ends = {"from_point": "WP1", "to_point": "WP2", "fact_at": None}
    zone = of(ZonePlaced, stage="SS1", zone="N1", kind="neutralisation", imposed_ms=None, **ends)
    rally: Rally = [
        draw(of(RegulationsAdopted, rulebook="agreeing", parameters=parameters, fact_at=None)),
        *(draw(of(CrewEntered, number=each, **crew)) for each in "1234"),
        *(draw(of(StageScheduled, stage=f"SS{n}", order=n, timed=True)) for n in (1, 2)),
        *(draw(of(WaypointPlaced, stage="SS1", **each)) for each in PLACED),
        *draw(st.lists(zone, max_size=1)),
        *(draw(of(StageStarted, number=each, stage="SS1", fact_at=after(0))) for each in "123"),
        *(
            draw(of(PassingRecorded, number=each, point=point, fact_at=at, source=BY, **seen))
            for each in "12"
            for point, at in (("WP1", after(20, 21)), ("WP2", after(40)))
        ),
        *(
            draw(of(PassingRecorded, number=each, source=BY, fact_at=after(60, 61, 62), **seen))
            for each in "112233"
        ),
        draw(of(StageNotFinished, number="4", stage="SS1", fact_at=after(70))),
        *(
            draw(of(StageTimeRecorded, number=each, stage="SS2", elapsed_ms=60 * MINUTE))
            for each in "1234"
        ),
    ]
    return unique(rally + draw(st.lists(close_together, max_size=4)))


def _of_2_on_the_first(said: Occurrence) -> bool:
    """Whether it shows crew 2 on the first stage, which it will have left out."""
    return (getattr(said, "number", ""), getattr(said, "stage", "")) == ("2", "SS1")


# -- what was told, by these rules and by others -------------------------------------------------


def state_by(rally: Sequence[Occurrence], regulations: Regulations | None = None) -> RallyState:
    facts = folded(rally).facts()  # its own: nothing was made of them by other rules
    if regulations is not None:
        facts.regulations = regulations
    return RallyState(facts)


def told(state: RallyState) -> dict[str, Told]:
    """The addends of every crew, each under what it is about."""
    grounds = Grounds(state)
    found: dict[str, Told] = {}
    for number in state.facts.crews:
        several: Counter[tuple[str, str, str]] = Counter()
        found[number] = {}
        for each in explain(grounds, number, Scope()).addends:
            about = ("penalty", each.records[0].id, each.stage) if each.kind == "penalty" else None
            key = about or ("carried-in" if each.kind == "carried-in" else "stage", "", each.stage)
            found[number][(*key, several[key])] = each
            several[key] += 1
    return found


def changed(
    regulations: Regulations, position: int, name: str, value: ParameterValue
) -> Regulations:
    """The regulations in which one record, or what they began with, says something else."""
    base, changes = regulations.base, list(regulations.changes)
    for index, each in enumerate(changes):
        if each.position == position and name in each.parameters:
            changes[index] = each._replace(parameters={**each.parameters, name: value})
    if regulations.position == position and base.defines(name):
        base = Rulebook(base.name, {**base.parameters(), name: value})
    return Regulations(base, changes, regulations.position)


def settings(state: RallyState) -> Iterator[tuple[int, str, ParameterValue]]:
    """What each adoption and bulletin says of each rule, by its position.

    Without what an adoption says of one rule otherwise from a day on.
    """
    regulations = state.facts.regulations
    said: dict[tuple[int, str], set[ParameterValue]] = {}
    for position, parameters in (
        (regulations.position, regulations.base.parameters()),
        *((each.position, each.parameters) for each in regulations.changes),
    ):
        for name, value in parameters.items():
            if name in SCHEMA and name not in WITHOUT_A_FIGURE:
                said.setdefault((position, name), set()).add(value)
    for (position, name), values in said.items():
        if len(values) == 1:
            (value,) = values
            yield position, name, value


def figure(addend: Addend | None) -> int:
    return addend.ms if addend else 0


def _priced_by_others(state: RallyState) -> dict[tuple[str, str], Missing]:
    """The stages that cost a crew the time of another, if any has one, by (stage, number)."""
    unfinished = state.unfinished
    return {
        key: each
        for key, each in unfinished.costing.items()
        if each not in unfinished.at_most
        and state.rules_of(each.stage).text(each.parameters[0]) in BY_OTHERS
    }


def _times_of_others(state: RallyState, stage: str, number: str) -> dict[str, int]:
    """The times on a stage by which another crew may be priced."""
    out = state.unfinished.overtime | state.unfinished.not_finished.keys()
    return {
        other: value.counted_ms
        for (on, other), value in state.timing.measured.items()
        if on == stage and other != number and (on, other) not in out
    }


def _retimed(state: RallyState, now: RallyState) -> set[tuple[str, str]]:
    """The stages that cost a crew the time of another, where others have other times now."""
    return {
        key
        for key in _priced_by_others(state)
        if _times_of_others(state, *key) != _times_of_others(now, *key)
    }


def _counts(name: str, state: RallyState, number: str) -> bool:
    """Whether a rule says which of the stages of a crew use up the limit for another one."""
    left_out = {each.rule for each in state.unfinished.left_out.values() if each.number == number}
    return name in {"overall.unfinished_stage", "overall.not_started_stage"} and len(left_out) > 1


def beside(addend: Addend | None, name: str) -> set[str]:
    """The other rules that are cited: where one no longer decides, the next one may."""
    return {each.parameter for each in addend.rules if each.parameter != name} if addend else set()


def words(addend: Addend | None) -> Any:
    """All that is told of an addend but the rules."""
    return addend and msgspec.structs.replace(addend, rules=())


@pytest.mark.slow
@examples(60)
@given(rallies(about=eventful, judged=True) | of_equal_amounts() | of_a_stage_left_out())
def test_the_rules_that_are_cited_are_those_that_were_applied(rally: Rally) -> None:
    """Change one alone, where it was set: the addend moves, or it is by another rule the same.

    Change any other: the addend keeps its figure. A stage that costs the time of another crew moves
    with the times of others on it, too: what those rest on is told of those.
    """
    state = state_by(rally)
    try:
        before = told(state)
    except LedgerError:
        return
    for position, name, value in some_of(settings(state)):
        cited = {
            (number, key)
            for number, addends in before.items()
            for key, each in addends.items()
            if (name, position) in {(rule.parameter, rule.position) for rule in each.rules}
        }
        moved: set[tuple[str, Key]] = set()
        for other in others(name, value):
            now = state_by(rally, changed(state.facts.regulations, position, name, other))
            try:
                after = told(now)
            except LedgerError:
                moved |= cited
                continue
            comparable = {
                number
                for number in before
                if now.run == state.run and not _counts(name, state, number)
            }
            retimed = _retimed(state, now)
            for number, addends in before.items():
                for key in addends.keys() | after[number].keys():
                    one, two = addends.get(key), after[number].get(key)
                    if words(one) != words(two) or beside(one, name) != beside(two, name):
                        moved.add((number, key))
                    if (
                        (number, key) not in cited
                        and number in comparable
                        and (key[2], number) not in retimed
                        and other in looser(name, value)
                    ):
                        assert not one or figure(one) == figure(two), (name, value, other, one, two)
        # From the minute or from the second: both may come to the same.
        still = name in (LATENESS, LATENESS_AT_START)
        assert still or cited <= moved, (name, value, [before[n][k] for n, k in cited - moved])


@examples(60)
@given(of_a_stage_left_out())
def test_what_a_stage_costs_by_another_crew_is_what_is_told_of_that_one(rally: Rally) -> None:
    """So the rules that are cited for the time of that crew are those on which the cost rests."""
    state = state_by(rally)
    explained = told(state)
    for (stage, number), missing in some_of(_priced_by_others(state).items()):
        whose = state.unfinished.cost(missing).whose
        its = _of_stage(explained[number], stage)
        if when(whose and its):
            assert f"the time of crew {whose}" == its.parts[0].what
            assert figure(_of_stage(explained[whose], stage)) == its.parts[0].ms, its
            assert any(note.endswith(f"is told of crew {whose}") for note in its.notes)


def _of_stage(addends: Told, stage: str) -> Any:
    """What is told of the stage itself."""
    return next((each for key, each in addends.items() if key[::2] == ("stage", stage)), None)


# -- records -------------------------------------------------------------------------------------

APPLIED: tuple[type[Occurrence], ...] = (
    ClockOffsetDeclared,
    SourceDeclaredUnreliable,
    TimeDetermined,
    TargetTimeChanged,
    DelayAllowanceGranted,
    TimeCreditGranted,
    RouteOpened,
    StageCancelled,
    StageShortened,
    StageStopped,
    StageReinstated,
    FalseStartObserved,
    PenaltyGiven,
    BulletinIssued,
    ZonePlaced,
)
"""What is applied to times and penalties."""


def bearing(addend: Addend | None, record: str, position: int) -> Any:
    """What an addend tells and rests on, this record apart."""
    if addend is None:
        return None
    records = {(each.id, each.counts, each.why) for each in addend.records if each.id != record}
    rules = {(each.parameter, each.position) for each in addend.rules if each.position != position}
    return addend.ms, addend.status, addend.notes, records, rules


@examples(60)
@given(
    rallies(about=either(eventful, clocks), judged=True)
    | of_equal_amounts()
    | of_a_stage_left_out()
)
def test_the_records_that_are_cited_are_those_that_were_applied(rally: Rally) -> None:
    """Void one that counts: the addend moves, or another takes its place; void any other: not."""
    state = state_by(rally)
    try:
        before = told(state)
    except LedgerError:
        return
    for fact in (each for kind in APPLIED for each in state.facts.recorded(kind)):
        now = state_by([*rally, Voided(rally=CODE, recorded_at=LAST, target=fact.id)])
        try:
            after = told(now)
        except LedgerError:
            continue
        retimed = _retimed(state, now)
        for number, addends in before.items():
            for key, each in addends.items():
                other = after[number].get(key)
                cited = any(one.counts and one.id == fact.id for one in each.records)
                cited = cited or any(one.position == fact.position for one in each.rules)
                if when(cited):
                    one, two = (bearing(e, fact.id, fact.position) for e in (each, other))
                    assert one != two or read(state) != read(now), (fact.value.words(), each)
                elif (key[2], number) in retimed:
                    continue
                elif when(now.run == state.run and not _of_the_road(fact.value, key)):
                    assert figure(each) == figure(other), (fact.value.words(), each, other)


def read(state: RallyState) -> Any:
    """What clocks told truly: one that was wrong at the start and at the finish moves no time."""
    moments = {each.id: each.instant for each in state.facts.by_id.values()}
    return state.timing.starts, state.timing.readings, state.road.visits, moments


def _of_the_road(said: Occurrence, key: Key) -> bool:
    """Whether a penalty may stand for another reason than that its stage was reinstated."""
    return isinstance(said, StageReinstated) and key[0] == "penalty"
