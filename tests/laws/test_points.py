"""Laws of points: each place gives its points once, and a season is the sum of what counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from cli.office.office import Office
from cli.office.reads import READS
from ledger.errors import LedgerError
from ledger.log import Ledger, Log
from projections.results.given import kept
from projections.results.points import points
from projections.results.season import Season, season
from projections.rules.scales import DIVIDED, OTHERS_SKIPPED, TABLES, added, read, tidy
from projections.state.facts import fold
from projections.state.rally import RallyState
from tests.conftest import NOW, Ticking
from tests.examples import examples
from tests.laws.answers import sites, state_of
from tests.laws.rallies import Rally, rallies
from tests.laws.words import CODE
from tests.looked import when
from tests.spec import Case, effect

NUMBERS = ("1", "2", "3", "4", "5")
SCALES = (
    "overall: 25 18 15, below 2",
    "SS1: 5 4 3, only who is in the final classification, else the next",
    "SS2 to SS3: 7 6, only who is in the final classification",
)
TIMES = st.lists(
    st.lists(st.integers(60, 63), min_size=3, max_size=3), min_size=len(NUMBERS), max_size=5
)
"""The minutes of each crew on each stage: level as often as not."""
REGISTERED = st.sets(st.sampled_from(NUMBERS), min_size=1)


def made(times: list[list[int]], numbers: tuple[str, ...] = NUMBERS, **rules: Any) -> Case:
    """A rally of three stages by these crews."""
    given: dict[str, Any] = {"points__scales": SCALES, "points__shared_place": "each", **rules}
    case = Case("wrc-2019", **{"points__scorers": "everybody", **given})
    case.enter(*numbers)
    for number, minutes in zip(NUMBERS, times, strict=True):
        for order, minute in enumerate(minutes, 1) if number in numbers else ():
            said: dict[str, Any] = {"number": number, "stage": f"SS{order}"}
            case.record("StageTimeRecorded", **said, elapsed_ms=minute * 60_000)
    return case


def plain(value: Any) -> Any:
    """An answer as data."""
    return msgspec.to_builtins(value)


@given(TIMES, st.sets(st.sampled_from(NUMBERS), max_size=2), st.sampled_from(["each", DIVIDED]))
@examples(120)
def test_no_place_gives_its_points_twice(times: list[list[int]], out: set[str], by: str) -> None:
    """Of each scale, a place is had by one crew, or by those who share it in the classification;
    and what a scale gives is the points of its first places, however many share them."""
    case = made(times, points__shared_place=by)
    for number in sorted(out):
        case.record("RetirementReported", number=number, stage="SS3", definitive=True)
    found = points(case.state())
    had: dict[tuple[str, int], set[int]] = defaultdict(set)
    crews: dict[tuple[str, int], int] = defaultdict(int)
    given: dict[str, float] = defaultdict(float)
    for row in found.rows:
        for award in row.awards:
            assert award.rank is not None
            assert award.place is not None
            had[award.scale, award.rank].add(award.place)
            crews[award.scale, award.rank] += 1
            given[award.scale] += award.points
            if by != DIVIDED:
                assert award.points == read(award.scale).of_place(award.rank)
    assert all(1 == len(places) for places in had.values())
    if by == DIVIDED:
        for scale, whole in given.items():
            last = max(rank + crews[scale, rank] for of, rank in crews if of == scale)
            most = sum(read(scale).of_place(place) for place in range(1, last))
            assert tidy(whole) <= tidy(most + 0.01)


@given(TIMES, REGISTERED)
@examples(80)
def test_who_is_skipped_might_as_well_not_have_run(times: list[list[int]], some: set[str]) -> None:
    """Where others are skipped, those registered score as in a rally of their own."""
    case = made(times, points__scorers=OTHERS_SKIPPED)
    for number in sorted(some):
        case.record("CrewRegistered", number=number)
    alone = made(times, tuple(sorted(some)))
    scored = {row.name: row.points for row in points(case.state()).rows}
    assert {row.name: row.points for row in points(alone.state()).rows} == scored


@given(TIMES, st.sampled_from(NUMBERS), st.sampled_from(["", "SS2"]))
@examples(60)
def test_what_was_quashed_counts_as_never_taken(
    times: list[list[int]], number: str, stage: str
) -> None:
    """Disqualified, by a decision that a court quashes: the points are those of before."""
    case = made(times)
    before = plain(points(case.state()))
    one = effect("CrewDisqualified", number=number, stage=stage)
    decision = case.decide(1, number=number, effects=[one])
    taken = points(case.state())
    assert all(number not in row.numbers for row in taken.rows) or stage
    case.record("CourtDecisionIssued", target=decision, outcome="quashed", court="Court")
    assert before == plain(points(case.state()))


CARRIED = st.lists(
    st.tuples(
        st.sampled_from(["A", "B", "C"]),
        st.sampled_from(["Driver 1", "Driver 2", "Driver 6"]),
        st.sampled_from(["0", "12.5", "18", "25"]),
        st.none() | st.integers(1, 4),
    ),
    max_size=8,
)


@given(
    st.lists(TIMES, min_size=1, max_size=3), CARRIED, st.sampled_from(["all", "best 1", "best 2"])
)
@examples(80)
def test_a_season_is_the_sum_of_what_counts(
    several: list[list[list[int]]], carried: list[tuple[Any, ...]], counting: str
) -> None:
    """Points are those of the rallies less what is dropped; no more results count than may."""
    found = seasoned(several, carried, counting)
    for row in found.rows:
        dropped = added(row.rallies[each] for each in row.dropped)
        assert tidy(added(row.rallies.values()) - dropped) == row.points
        counted = len(row.rallies) - len(row.dropped)
        assert found.counting is None or counted <= found.counting
        least = min((row.rallies[e] for e in row.rallies if e not in row.dropped), default=0)
        assert all(row.rallies[each] <= least for each in row.dropped)
    places = [(row.place, -row.points) for row in found.rows]
    assert places == sorted(places)


def seasoned(
    several: list[list[list[int]]], carried: list[tuple[Any, ...]], counting: str
) -> Season:
    """A season of such rallies, with what came in."""
    states: dict[str, RallyState] = {}
    for number, times in enumerate(several):
        case = made(times, season__counting=counting, season__ties=("places",))
        for rally, name, figure, place in carried if not number else ():
            said = {"of_rally": rally, "name": name, "points": figure, "place": place}
            case.record("PointsCarriedIn", table="drivers", **said)
        states[f"rally-{number}"] = case.state()
    return season(states)


@given(st.lists(TIMES, min_size=2, max_size=3), st.data())
@examples(40)
def test_a_moment_of_the_season_is_the_season_of_the_logs_cut_there(
    several: list[list[list[int]]], data: st.DataObject
) -> None:
    """Each rally as known at a position: the same as of logs that end there."""
    cases = {f"rally-{number}": made(times) for number, times in enumerate(several)}
    known = {code: data.draw(st.integers(6, len(c.records)), code) for code, c in cases.items()}
    cut = {}
    for code, case in cases.items():
        shorter = Case.__new__(Case)
        shorter.__dict__ |= case.__dict__ | {"records": case.records[: known[code]]}
        cut[code] = shorter.state()
    seen = {code: case.state(known_at=known[code]) for code, case in cases.items()}
    assert plain(season(cut)) == plain(season(seen))


@given(rallies())
@examples(60)
def test_points_answer_for_any_rally(rally: Rally) -> None:
    """Or say which rule is not defined: nothing else goes wrong, and no sum is another."""
    state = state_of(rally)
    for table in ("drivers", "co-drivers", "manufacturers", "teams"):
        try:
            found = points(state, table)
        except LedgerError:
            continue
        for row in found.rows:
            if when(row.awards):
                assert row.points == added(each.points for each in row.awards)


@given(rallies(), st.lists(st.integers(1, 40), max_size=4), st.sampled_from(TABLES))
@examples(20)
def test_a_season_that_is_kept_is_the_one_that_is_computed(
    rally: Rally, steps: list[int], table: str
) -> None:
    """However far the log had grown when it was asked before, and whatever came in since."""
    ends = sorted({min(each, len(rally)) for each in (*steps, len(rally))})
    with sites() as opened:
        log = opened.log("main", ())
        for first, last in pairwise((0, *ends)):
            log.append(rally[first:last])
            state = RallyState(fold(log.read()).facts())
            computed = told(partial(season, {CODE: state}, table))
            for _ in ("computed and kept", "as it is kept"):
                assert computed == told(partial(asked_anew, log, table))
            if when(not isinstance(computed, str)):
                assert kept(log, last, table) is not None


def asked_anew(log: Log, table: str) -> Season:
    """The season as a process tells it that opens the ledger anew."""
    ledger = Ledger(str(log.recorder.engine.url.database), Ticking(NOW))
    try:
        found: Season = READS["season"].ask(Office(ledger).views(), {"table": table}).found.season
        return found
    finally:
        ledger.close()


def told(asked: Callable[[], Season]) -> Any:
    """A season as data; where it is not defined, why."""
    try:
        return plain(asked())
    except LedgerError as error:
        return error.message
