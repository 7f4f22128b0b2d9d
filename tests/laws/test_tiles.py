"""Laws of the tiles: a moment that is looked up in them is what the standings tell of it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import LedgerError
from ledger.log import Log
from projections.replay import lookup, tiles
from projections.replay.tiles import Tile, changes
from projections.replay.walk import Walk
from projections.results.classifications import rankings
from projections.results.standings import Scope
from projections.state.facts import fold
from projections.state.rally import RallyState
from projections.timeline.timeline import Timeline
from tests.examples import examples
from tests.laws.answers import records_of, sites
from tests.laws.rallies import Rally, rallies
from tests.laws.simulated import tiny
from tests.laws.test_timeline import told_crew_by_crew
from tests.looked import some_of
from tests.spec import Case


def cut_into(log: Log, size: int, until: int | None = None) -> list[dict[str, Any]]:
    """The tiles of a log of so many positions each, as they are written and read again."""
    end = log.head().size if until is None else until
    walk = Walk(Timeline(log), end)
    found = []
    for first in range(0, end + 1, size):
        last = min(first + size - 1, end)
        tile = Tile(first)
        for position, shown in walk.along(first, last):
            tile.take(position, shown)
        told = tile.document(last, range(max(first, 1), last + 1), 3, log.root_at(last))
        found.append(json.loads(json.dumps(told)))
    return found


def told(state: RallyState, name: str) -> dict[str, Any]:
    """What `rally standings` tells of a list."""
    try:
        of = rankings(state, Scope(category=name or None))
    except LedgerError as error:
        words = {"kind": error.kind, "message": error.message, "hint": error.hint}
        return {"error": {**words, "exit_code": error.exit_code}}
    found: dict[str, Any] = json.loads(msgspec.json.encode(of.joint))
    if of.by_rule and of.apart:
        found["scope"]["joint"] = True
    return found


def names(state: RallyState) -> set[str]:
    """The lists of a moment: of all crews, of each category, and those in which crews rank."""
    found = {"", *(each.value.category for each in state.facts.crews.values())}
    with contextlib.suppress(LedgerError):
        found |= {scope.category or "" for scope in rankings(state).scopes}
    return found


def replayed(rally: Rally) -> Iterator[tuple[int, RallyState]]:
    """The state at every position, by a full replay."""
    records = records_of(rally)
    for position in range(len(records) + 1):
        yield position, RallyState(fold(records[:position]).facts())


def is_told(found: list[dict[str, Any]], size: int, position: int, state: RallyState) -> None:
    """At a position the tiles tell every list as the standings do, and no other."""
    tile = found[position // size]
    assert set(lookup.names_at(tile, position)) == names(state)
    for name in names(state):
        assert lookup.listed(tile, name, position) == told(state, name), (position, name)


@pytest.mark.slow
@examples(60)
@given(
    rallies() | told_crew_by_crew(judged=True) | told_crew_by_crew(cards=True), st.integers(1, 40)
)
def test_every_position_is_told_as_a_replay_tells_it(rally: Rally, size: int) -> None:
    """Every list, of all crews and of each category: rows, gaps, flags, who is in none, errors."""
    with sites() as opened:
        found = cut_into(opened.log("main", rally), size)
        for position, state in some_of(replayed(rally)):
            is_told(found, size, position, state)


def test_who_is_put_back_is_put_back_in_each_list_by_itself() -> None:
    """101 goes one place back: behind the truck with which it was level; among cars it is last."""
    case = Case("silk-way-2016")
    case.enter("101", "102")
    case.enter("201", category="trucks")
    case.times("SS1", _101="1:00:00", _102="1:10:00", _201="1:00:00")
    case.record("CrewRelegated", number="101", places=1)
    rally = [each for _, each in case.records]
    with sites() as opened:
        found = cut_into(opened.log("main", rally), 7)
        for position, state in replayed(rally):
            is_told(found, 7, position, state)


def test_places_that_close_up_are_told_so() -> None:
    """1, 1, 2 in the list of all and in that of a category, once a bulletin says so: with SS2."""
    case = Case("silk-way-2016")
    case.enter("101", "102", "103")
    case.enter("201", category="trucks")
    case.times("SS1", _101="1:00:00", _102="1:00:00", _103="1:01:00", _201="1:01:00")
    closes_up = {"ties.shared_place": "1-1-2"}
    case.record("BulletinIssued", bulletin="1", parameters=closes_up, from_stage="SS2")
    case.times("SS2", _101="1:00:00", _102="1:00:00", _103="1:01:00", _201="1:00:00")
    rally = [each for _, each in case.records]
    with sites() as opened:
        found = cut_into(opened.log("main", rally), 7)
        for position, state in replayed(rally):
            is_told(found, 7, position, state)
        (*_, last) = found
        rows = lookup.listed(last, "cars", len(rally))
    assert rows
    assert [1, 1, 2] == [row["place"] for row in rows["rows"]]


@pytest.mark.slow
@examples(20)
@given(st.builds(tiny, st.integers(0, 10_000)), st.integers(20, 200))
def test_every_position_of_a_simulated_rally(rally: Rally, size: int) -> None:
    """With everything that goes wrong on one; where nothing was a step, too."""
    with sites() as opened:
        found = cut_into(opened.log("main", rally), size)
        records = records_of(rally)
        for position in some_of(range(0, len(records) + 1, 7)):
            state = RallyState(fold(records[:position]).facts())
            is_told(found, size, position, state)


@examples(30)
@given(rallies(), st.integers(1, 12), st.data())
def test_what_is_appended_changes_no_tile_that_is_closed(
    rally: Rally, size: int, data: st.DataObject
) -> None:
    """However the log goes on: only the last tile is open."""
    earlier = data.draw(st.integers(0, len(rally)), label="earlier")
    with sites() as opened:
        log = opened.log("main", rally)
        before, after = cut_into(log, size, earlier), cut_into(log, size)
        closed = (earlier + 1) // size
        assert before[:closed] == after[:closed]


a_list = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 1)), max_size=12, unique_by=lambda line: line[0]
)


@examples(300)
@given(a_list, a_list)
def test_what_went_and_what_came_make_one_list_of_the_other(
    before: list[tuple[int, int]], after: list[tuple[int, int]]
) -> None:
    """And nothing is told of a line that stays between the same ones."""
    gone, come = changes(before, after)
    held = [list(each) for each in before]
    assert lookup._changed(held, gone, come, 2) == [list(each) for each in after]
    if before == after:
        assert (gone, come) == ([], [])
    assert tiles.changes(before, before) == ([], [])
