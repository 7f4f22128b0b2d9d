"""Laws of what became of a crew: there is one answer, whichever face is asked."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from ledger.errors import Undefined
from ledger.times import Instant
from ledger.vocabulary import (
    CrewDisqualified,
    CrewEntered,
    MovedOutsideClassification,
    PassingRecorded,
    RegulationsAdopted,
    RetirementReported,
    StageScheduled,
    StageShortened,
    StageStarted,
    StageTimeRecorded,
    StartRefused,
    WaypointPlaced,
)
from projections.comparing.history import where
from projections.control.outstanding import outstanding
from projections.explain.why import why
from projections.results.crew import crew
from projections.results.finishers import Counts, finishers
from projections.results.retirements import retirements
from projections.results.standings import Scope, Standings, standings
from projections.results.start_order import start_order
from projections.rules.templates import template
from projections.state.rally import RallyState
from projections.state.whereabouts import Whereabouts
from tests.examples import examples
from tests.laws.answers import state_of
from tests.laws.rallies import Rally, happenings, participation, rallies
from tests.laws.words import CODE, MINUTE, START, carried_in, either
from tests.looked import some_of, when

moments = st.none() | st.integers(START - MINUTE, START + 61 * MINUTE)
eventful = rallies(about=either(participation, participation, happenings, carried_in))
IN = {"finished", "running"}
LISTED = {"retired", "withdrawn", "refused", "disqualified", "not-started"}
COLUMN = {"finished": "finishers", "outside": "unclassified", "not-started": "not_started"}


def told(answer: Standings) -> dict[str, tuple[str, str, str]]:
    """Who is not in a classification, with status, stage and reason."""
    return {each.number: (each.status, each.stage, each.reason) for each in answer.unclassified}


_EARLY: dict[str, Any] = {"rally": CODE, "recorded_at": Instant(START, 480)}
_RULES = template("cross-country").parameters


def plan(**changed: Any) -> Rally:
    """Two crews and two stages, under rules some of which are changed."""
    parameters = _RULES | {name.replace("__", "."): each for name, each in changed.items()}
    return [
        RegulationsAdopted(**_EARLY, rulebook="cross-country", parameters=parameters),
        *(CrewEntered(**_EARLY, number=number, driver=number) for number in ("1", "2")),
        *(StageScheduled(**_EARLY, stage=f"SS{order}", order=order) for order in (1, 2)),
    ]


TWICE_OUT: Rally = [
    *plan(),
    *(kind(**_EARLY, number="1") for kind in (StartRefused, CrewDisqualified)),
    RetirementReported(**_EARLY, number="2"),
    MovedOutsideClassification(**_EARLY, number="2"),
]
"""A crew that is refused and disqualified, and one that went on outside and retired."""


@examples(100)
@given(eventful, moments)
@example(TWICE_OUT, None)
def test_list_count_standings_and_page_tell_one_fate(rally: Rally, cut: int | None) -> None:
    """The status of every crew is one in the list, the counts, the standings, its page and `why`.

    A row of the list on which the crew restarted tells where it left, not what became of it.
    """
    state = state_of(rally, cut)
    try:
        overall = standings(state)
    except Undefined:
        return  # nobody who may has adopted regulations
    classified, out = {row.number for row in overall.rows}, told(overall)
    rows = {row.number: row for row in retirements(state)}
    counted: dict[str, Counter[str]] = {}

    for number, entry in state.facts.crews.items():
        page, explained = crew(state, number), why(state, number).status
        fate = page.status, page.status_stage, page.status_reason
        assert fate == (explained.name, explained.stage, explained.reason)
        assert (page.status in IN and not page.status_stage) or number in out
        assert (page.place is not None) == (number in classified)
        assert fate == out.get(number, fate)
        assert page.status == out.get(number, (page.status,))[0]
        assert where(overall, number).status in (page.status, "classified")
        row = rows.get(number)
        assert (page.status in LISTED) == (row is not None and not row.restarted)
        if row is not None and not row.restarted:
            assert fate == (row.status, row.stage, row.reason)
            assert row.position
        counts = counted.setdefault(entry.value.category, Counter())
        counts[COLUMN.get(page.status, page.status)] += 1
    assert rows.keys() <= state.facts.crews.keys()
    for found in finishers(state).rows:
        assert counted[found.category] == Counter(
            {name: count for name in _columns() if (count := getattr(found, name))}
        )


def _columns() -> list[str]:
    return [name for name in Counts.__struct_fields__[2:] if name != "starters"]


@examples(60)
@given(eventful, moments)
def test_after_each_stage_who_is_out_takes_no_part(rally: Rally, cut: int | None) -> None:
    """Who is out by the standings after a stage is on no start order of it and not waited for.

    Before it, the crew keeps its results: what takes effect from a later stage changes nothing.
    """
    state = state_of(rally, cut)
    places = Whereabouts(state)
    for stage in some_of(state.stages):
        out = told(standings(state, Scope(after=stage.stage)))
        still_out = places.still_out(stage)
        started = {number for code, number in state.timing.starts if code == stage.stage}
        gone = {number for number, (status, _, _) in out.items() if status in LISTED}
        for number in gone:
            assert not places.takes_part(stage, number)
            assert number not in still_out
        may_return = {number for number in gone if out[number][0] == "retired"}
        assert not (gone - may_return - started) & _ordered(state, stage.stage)
        result = told(standings(state, Scope("stage", stage=stage.stage)))
        for number in result.keys() & out.keys():
            if "retired" not in (result[number][0], out[number][0]) and gone & {number}:
                assert result[number] == out[number]
        for number in state.facts.crews.keys() - gone & out.keys():
            kept = (stage.stage, number) in state.unfinished.not_finished
            assert places.takes_part(stage, number) or kept


def _ordered(state: RallyState, stage: str) -> set[str]:
    """Who is on the start order of a stage, where it is computed."""
    groups = start_order(state, stage).groups
    return {row.number for group in groups if not group.published for row in group.rows}


def seen(kind: type[Any], stage: str, minutes: int, **fields: Any) -> Any:
    """Something seen on a stage, so many minutes after the start of the rally."""
    when = Instant(START + minutes * MINUTE, 480)
    return kind(rally=CODE, recorded_at=when, fact_at=when, stage=stage, **fields)


def at_the_last_point(further: str, **changed: Any) -> Rally:
    """Both crews pass the last point of SS1, which is not its finish; one finishes."""
    placed = seen(WaypointPlaced, "SS1", 0, point="WP9", order=9)
    both = [
        seen(kind, "SS1", at, number=number, **fields)
        for number in ("1", "2")
        for kind, at, fields in ((StageStarted, 10, {}), (PassingRecorded, 50, {"point": "WP9"}))
    ]
    finish = seen(PassingRecorded, "SS1", 51, number="2")
    later = [seen(StageStarted, further, 90, number="1")] if further else []
    return [*plan(timing__last_point_is_finish=False, **changed), placed, *both, finish, *later]


FINISHED_BEFORE_IT_STARTED: Rally = [
    *plan(),
    seen(StageStarted, "SS1", 40, number="1"),
    seen(PassingRecorded, "SS1", 10, number="1"),
    seen(StageTimeRecorded, "SS1", 50, number="2", elapsed_ms=MINUTE),
]
SHORTENED_TO_A_POINT: Rally = [
    *plan(),
    seen(WaypointPlaced, "SS1", 0, point="WP1", order=1),
    seen(PassingRecorded, "SS1", 30, number="1", point="WP1", elapsed_ms=MINUTE),
    seen(StageTimeRecorded, "SS1", 50, number="2", elapsed_ms=MINUTE),
    seen(StageShortened, "SS1", 60, point="WP1"),
]
"""One finished where the stage was planned to end, and was not read where it came to end."""


@examples(100)
@given(eventful | rallies(timed=True), moments)
@example(at_the_last_point(""), None)
@example(at_the_last_point("SS2"), None)
@example(FINISHED_BEFORE_IT_STARTED, None)
@example(SHORTENED_TO_A_POINT, None)
def test_who_lacks_a_time_is_outstanding_or_has_a_fate(rally: Rally, cut: int | None) -> None:
    """Nobody falls between: without a time on a stage that counts, a crew is waited for, or out."""
    state = state_of(rally, cut)
    found = outstanding(state)
    waited = {each.number for each in found.still_out}
    waited |= {number for each in found.missing for number in each.numbers}
    for stage in state.stages:
        fates = told(standings(state, Scope(after=stage.stage)))
        for number in state.facts.crews:
            if when(
                state.counts(stage, state.category(number))
                and (stage.stage, number) not in state.values
                and state.carried_until(number) < stage.order
            ):
                assert number in fates
                assert fates[number][0] != "running" or number in waited, (stage.stage, number)
