"""Laws of what is told at entry: it is what `check` finds since, and did not find before."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from cli.office.desk import Desk, Signature
from cli.office.overall import Said
from cli.office.telling import told
from cli.office.timelines import Timelines
from ledger.times import Instant
from ledger.vocabulary import (
    TYPES,
    ClockOffsetDeclared,
    Corrected,
    Occurrence,
    Source,
    StageClosed,
    Voided,
)
from projections.control.anomaly import Search, searched
from projections.control.check import OF_THE_PLAN, SEARCHES, Suspicion, suspicions
from projections.control.news import About
from projections.explain.records import of_the_desk
from projections.state.facts import Facts, Fold
from projections.state.rally import RallyState
from tests.examples import examples
from tests.laws.answers import sites
from tests.laws.rallies import Rally, happenings, identity, rallies, unique
from tests.laws.test_ends import agreeing
from tests.laws.test_timeline import told_crew_by_crew
from tests.laws.words import START, decisions, one_of, penalties
from tests.looked import some_of, when
from tests.spec import RALLY, Case

readings: st.SearchStrategy[Occurrence] = one_of(
    *(TYPES[each] for each in ("StageStarted", "PassingRecorded", "ControlPassed")),
    *(TYPES[each] for each in ("StageTimeRecorded", "NeutralisationPassed")),
)
logs = told_crew_by_crew(cards=True) | agreeing() | rallies(judged=True) | rallies()


SEEN = [
    (kind, {"stage": stage, **where})
    for stage in ("SS1", "SS2")
    for kind, where in (
        ("StageStarted", {}),
        ("PassingRecorded", {"point": "CP1"}),
        ("PassingRecorded", {"point": "ASS"}),
        ("PassingRecorded", {"point": ""}),
        ("StageTimeRecorded", {}),
        ("ControlPassed", {"control": f"TC{stage[-1]}"}),
    )
]
"""Where crews are seen, and how."""
CREWS = ("1", "2", "3", "4", "5", "6", "7", "11", "12", "71")
"""Nine crews, and one that is not entered; by one slip it is another."""


@st.composite
def timed(draw: st.DrawFn, rally: str, minute: int) -> Occurrence:
    """A reading of a crew on one of two stages: plausible, or far from the others."""
    kind, where = draw(st.sampled_from(SEEN))
    said: dict[str, Any] = {"rally": rally, "number": draw(st.sampled_from(CREWS)), **where}
    minutes = draw(st.sampled_from((60, 61, 62, 63, 64, 65, 5, 600)))
    if kind == "StageTimeRecorded" or ("point" in where and draw(st.booleans())):
        said["elapsed_ms"] = minutes * 60_000 // (2 if where.get("point") == "CP1" else 1)
    else:
        said["fact_at"] = Instant(START + minutes * 60_000 + draw(st.sampled_from((0, 500))), 480)
    said["source"] = Source(kind=draw(st.sampled_from(("beam", "gps", "hand"))))
    return TYPES[kind](recorded_at=Instant(START + minute * 60_000, 480), **said)


@st.composite
def evenings(draw: st.DrawFn) -> Rally:
    """A rally of two stages with a point and a control each, and what was seen on them."""
    case = Case(check__fastest_kmh=180, check__far_ahead_percent=20, timing__sources_wanted=1)
    case.enter(*CREWS[:5], *CREWS[6:9])
    case.enter(CREWS[5], category="trucks")
    for stage in ("SS1", "SS2"):
        for order, point in enumerate(("CP1", "ASS"), 1):
            at: dict[str, Any] = {
                "stage": stage,
                "point": point,
                "order": order,
                "at_m": order * 50_000,
            }
            case.record("WaypointPlaced", **at)
        case.record("ControlScheduled", stage=stage, control=f"TC{stage[-1]}", order=1)
    told = [said for _, said in case.records]
    told += [draw(timed(RALLY, 700 + minute)) for minute in range(draw(st.integers(0, 40)))]
    if draw(st.booleans()):
        told.append(StageClosed(rally=RALLY, recorded_at=Instant(START, 480), stage="SS1"))
    return unique(told)


def by_the_whole_check(
    before: RallyState,
    after: RallyState,
    about: About | None,
    what: Callable[[Any], Hashable],
    but: Sequence[Search],
) -> tuple[Suspicion, ...]:
    """The same by the whole check of either state, each folded for itself."""
    searches, state = [each for each in SEARCHES if each not in but], RallyState(after.facts)
    known = {what(each) for each in searched(RallyState(before.facts), searches)}
    found = suspicions(state, searched(state, searches))
    wanted = [each for each in found if about is None or about.holds(each)]  # type: ignore[arg-type]
    return tuple(each for each in wanted if what(each) not in known)


@examples(120)
@given(
    logs,
    st.lists(readings | readings | happenings | decisions | penalties, min_size=1, max_size=4),
    st.data(),
)
def test_what_is_told_is_what_the_whole_check_finds_since(
    rally: Rally, several: list[Occurrence], data: st.DataObject
) -> None:
    """Of short logs and of long ones, act after act in one office, tried and put on record."""
    told_as_by_the_whole_check(rally, several, data)


@examples(120)
@given(evenings(), st.lists(timed(RALLY, 900), min_size=1, max_size=4), st.data())
def test_a_reading_is_told_with_all_that_it_makes_of_others(
    rally: Rally, several: list[Occurrence], data: st.DataObject
) -> None:
    """Where crews are compared: times that none drives, lookalike numbers, controls unread."""
    told_as_by_the_whole_check(rally, several, data)


def told_as_by_the_whole_check(
    rally: Rally, several: list[Occurrence], data: st.DataObject
) -> None:
    """What is told of each act is what the whole check finds since."""
    with sites() as opened:
        log = opened.log("main", rally)
        most = data.draw(st.sampled_from((0, 10_000)), label="a short log")
        office = Timelines()

        def at_the_desk() -> Desk:
            return Desk(
                log, Signature("Li", "timekeeper"), lambda: Instant(START, 480), timelines=office
            )

        with patch("cli.office.telling.A_SHORT_LOG", most):
            held = {identity(each) for each in rally}
            for said in several:
                if identity(said) in held:
                    continue
                held.add(identity(said))
                for record in (False, True):
                    desk = at_the_desk()
                    if record:
                        log.append([said])
                    done = [Said(said, log.find(identity(said)) if record else None)]
                    found = told(desk, done)
                    with patch("cli.office.telling.news", by_the_whole_check):
                        assert told(Desk(log, desk.signature, desk.now), done) == found


def as_held(facts: Facts) -> dict[str, Any]:
    """All that facts hold."""
    kinds = {name: facts.recorded(kind) for name, kind in TYPES.items()}
    return {
        **{name: each for name, each in kinds.items() if each},
        "": (sorted(facts.findings), facts.positions, facts.told, facts.true, facts.idle),
    }


@st.composite
def amended(draw: st.DrawFn) -> Rally:
    """Readings, by clocks that may be declared wrong, and what amends them, as it arrived."""
    told = unique([draw(timed(RALLY, minute)) for minute in range(draw(st.integers(1, 6)))])
    by: dict[str, Any] = {"rally": RALLY, "recorded_at": Instant(START + 10**8, 480), "by": "Ann"}
    wrong = draw(st.sets(st.sampled_from(("beam", "gps"))))
    told += [ClockOffsetDeclared(**by, kind=each, ahead_ms=7000) for each in sorted(wrong)]
    for place in range(draw(st.integers(0, 4))):
        target = identity(draw(st.sampled_from(told)))
        changes: dict[str, Any] = draw(
            st.sampled_from(({"number": "2"}, {"fact_at": (START + place, 480)}))
        )
        corrected = Corrected(**by, reason=str(place), target=target, changes=changes)
        told.append(draw(st.sampled_from((corrected, Voided(**by, target=target)))))
    return unique([*(said for _, said in Case().records), *draw(st.permutations(told))])


@examples(150)
@given(logs | amended(), st.integers(min_value=1, max_value=6))
def test_facts_that_are_joined_are_those_that_are_settled(rally: Rally, since: int) -> None:
    """Taken one by one, with the facts asked in between, as where all are settled at once.

    What amends a record may have come before it.
    """
    growing = Fold()
    for position, said in some_of(enumerate(rally, 1)):
        growing.take(identity(said), position, said)
        if when(position > len(rally) - since):
            fresh = Fold()
            for at, other in enumerate(rally[:position], 1):
                fresh.take(identity(other), at, other)
            assert as_held(growing.facts()) == as_held(fresh.facts())


@examples(60)
@given(logs)
def test_what_looks_at_the_plan_reads_no_clock(rally: Rally) -> None:
    """Asked of a state that raises where it is asked for readings."""
    with sites() as opened:
        log = opened.log("main", rally)
        state = RallyState(of_the_desk(log, len(rally), None))
        for search in some_of(OF_THE_PLAN):
            assert isinstance(searched(state, [search]), set)
