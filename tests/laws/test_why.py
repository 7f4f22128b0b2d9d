"""Laws of explanations: they sum to what they explain, and what they name is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ledger.errors import LedgerError
from ledger.vocabulary import RegulationsAdopted
from projections.comparing.history import READ, Where, along_the_rally, history, leads, where
from projections.explain.grounds import Grounds
from projections.explain.records import facts_about
from projections.explain.times import NOT_EXPLAINED
from projections.explain.told import Evidence, Rule, Why
from projections.explain.why import explain, whys
from projections.results.standings import Scope, Standings, standings
from projections.state.rally import RallyState
from projections.timeline.timeline import Timeline
from tests.examples import examples
from tests.laws.answers import by_id, scopes_of, sites, state_of
from tests.laws.rallies import Rally, happenings, observations, participation, rallies
from tests.laws.test_timeline import told_crew_by_crew
from tests.laws.words import MINUTE, START, carried_in, either, penalties
from tests.looked import some_of, when

moments = st.none() | st.integers(START - MINUTE, START + 61 * MINUTE)
eventful = either(happenings, participation, penalties, observations, carried_in)


def _answered(state: RallyState) -> Iterator[Standings]:
    """The overall so far, the overall after each stage and the result of each, as far as rules go.

    Those of all crews: an explanation tells the place in a category beside it.
    """
    for scope in scopes_of(state):
        if scope.category is None:
            try:
                yield standings(state, scope)
            except LedgerError:
                continue


def _at(rally: Rally, effective_at: int | None, data: st.DataObject) -> tuple[RallyState, int]:
    """The rally at some position; without regulations there are no answers, so they come first."""
    rally = sorted(rally, key=lambda each: not isinstance(each, RegulationsAdopted))
    position = data.draw(st.integers(1, len(rally)), label="position")
    return state_of(rally[:position], effective_at), position


# -- why -----------------------------------------------------------------------------------------


@examples(60)
@given(rallies(about=eventful, judged=True), moments, st.data())
def test_why_sums_to_the_total_of_every_crew_at_every_moment(
    rally: Rally, effective_at: int | None, data: st.DataObject
) -> None:
    """At any position and moment, overall and on stages: addends sum to the total, parts to them.

    Who is in the classification is explained as classified, with the place and the figures of its
    row; who is not has a status instead, the one that the classification gives.
    """
    state, _ = _at(rally, effective_at, data)
    grounds = Grounds(state)

    for answer in _answered(state):
        rows = {row.number: row for row in answer.rows}
        out = {each.number: each for each in answer.unclassified}
        for number in some_of(state.facts.crews):
            found = explain(grounds, number, answer.scope)
            assert found.total_ms == sum(each.ms for each in found.addends)
            for each in found.addends:
                assert each.ms == sum(part.ms for part in each.parts), each
                assert NOT_EXPLAINED not in {part.what for part in each.parts}, each
            assert found.classified == (number in rows)
            if number in rows:
                row = rows[number]
                assert (row.place, row.time_ms, row.penalty_ms, row.total_ms, row.flags) == (
                    found.place,
                    found.time_ms,
                    found.penalty_ms,
                    found.total_ms,
                    found.flags,
                )
            else:
                said, why_not = found.status, out[number]
                assert (why_not.status, why_not.stage, why_not.reason) == (
                    said.name,
                    said.stage,
                    said.reason,
                )


@examples(60)
@given(rallies(about=eventful, judged=True), moments, st.data())
def test_every_record_and_rule_that_is_named_is_there(
    rally: Rally, effective_at: int | None, data: st.DataObject
) -> None:
    """No position beyond what is known; the positions of an addend are those of its records.

    A rule has the value that is in force where it was applied, and the record that set it.
    """
    state, position = _at(rally, effective_at, data)
    grounds = Grounds(state)
    known = dict(state.facts.positions)

    for answer in _answered(state):
        for number in state.facts.crews:
            found = explain(grounds, number, answer.scope)
            for record in some_of(_records(found)):
                assert record.position == known[record.id] <= position
                for struck in record.struck:
                    assert {struck.position, struck.struck_by} <= set(known.values())
            for each in some_of(found.addends):
                counting = {record.position for record in each.records if record.counts}
                assert counting <= set(each.positions) <= set(known.values())
                assert {at for part in each.parts for at in part.positions} <= set(each.positions)
                assert each.ms == 0 or each.positions
            for rule in _rules(found):
                set_by = state.facts.told[
                    next(each for each, at in known.items() if at == rule.position)
                ]
                parameters: dict[str, Any] = getattr(set_by, "parameters", {})
                if when(not any(struck for struck in grounds.facts.of(RegulationsAdopted)[1:])):
                    assert parameters.get(rule.parameter, rule.value) == rule.value


def _records(found: Why) -> Iterator[Evidence]:
    for each in found.addends:
        yield from each.records
    for place in found.places:
        for tie in place.ties:
            yield from tie.records
    yield from found.status.records


def _rules(found: Why) -> Iterator[Rule]:
    for each in found.addends:
        yield from each.rules
    for place in found.places:
        for tie in place.ties:
            yield from tie.rules
    yield from found.status.rules


@examples(40)
@given(rallies(about=eventful, judged=True), st.data())
def test_the_neighbours_are_those_of_the_classification(rally: Rally, data: st.DataObject) -> None:
    """Before and behind stand the nearest in another place; level are those of the same."""
    state, _ = _at(rally, None, data)
    grounds = Grounds(state)

    for answer in _answered(state):
        for row in answer.rows:
            for place in some_of(explain(grounds, row.number, answer.scope).places):
                scope = replace(answer.scope, category=place.category)
                rows = standings(state, scope).rows
                own = next(each for each in rows if each.number == row.number)
                assert (own.place, len(rows), own.gap_ms) == (place.place, place.of, place.gap_ms)
                level = {each.number for each in rows if each.place == own.place} - {own.number}
                assert level == set(place.level)
                before = [each for each in rows if each.place < own.place]
                behind = [each for each in rows if each.place > own.place]
                for near, nearest in ((place.before, before[-1:]), (place.behind, behind[:1])):
                    assert [each.number for each in nearest] == ([near.number] if near else [])
                    for each in nearest:
                        assert near
                        assert near.ms == abs(each.total_ms - own.total_ms)
                equal = {each.number for each in rows if each.total_ms == own.total_ms}
                assert {tie.number for tie in place.ties} <= equal
                assert level <= {tie.number for tie in place.ties}


@examples(40)
@given(rallies(adopted=None, judged=True), st.data())
def test_two_copies_of_a_rally_explain_alike(rally: Rally, data: st.DataObject) -> None:
    """Whatever the order in which the records arrived: the positions apart, all is the same."""
    shuffled = data.draw(st.permutations(rally), label="another order")

    assert _explained(rally) == _explained(shuffled)


def _explained(rally: Rally) -> Any:
    """Every explanation with ids in the place of positions, or what kept it from being made."""
    state = state_of(rally)
    ids = {position: each for each, position in state.facts.positions.items()}
    try:
        return by_id(msgspec.to_builtins(whys(state)), ids)
    except LedgerError as error:
        return error.message


@pytest.mark.slow
@examples(100)
@given(told_crew_by_crew(), moments, st.data())
def test_of_a_long_log_the_records_about_a_crew_suffice(
    rally: Rally, effective_at: int | None, data: st.DataObject
) -> None:
    """By a timeline and what was told of the crew it is explained as by a full replay."""
    position = data.draw(st.integers(1, len(rally)), label="position")
    replayed = state_of(rally[:position], effective_at)
    with sites() as opened:
        log = opened.log("main", rally)
        timeline = Timeline(log)
        timeline.carry(len(rally))
        state = timeline.at(position, effective_at)
        for answer in _answered(replayed):
            for number in some_of(replayed.facts.crews):
                facts = facts_about(log, number, position, effective_at)
                found = explain(Grounds(state, facts), number, answer.scope)
                grounds = Grounds(replayed)
                assert found == explain(grounds, number, answer.scope)


# -- history -------------------------------------------------------------------------------------


@examples(40)
@given(rallies(about=eventful, most=8, judged=True), st.data())
def test_the_history_tells_every_change_and_nothing_else(rally: Rally, data: st.DataObject) -> None:
    """At every position a crew stands as the last change before it says; the last is how it stands.

    Only records of types that the standings read change anything, so no other is asked for.
    """
    asked = {at: _standings(rally[:at]) for at in range(1, len(rally) + 1)}
    reading = [at for at, each in enumerate(rally, 1) if type(each) in READ]
    since = data.draw(st.integers(0, len(rally)), label="since")

    def evaluate(position: int) -> Standings:
        if (found := asked[position]) is None:
            raise LedgerError("No rule says so.")
        return found

    after = [at for at in reading if at > since]
    numbers = sorted({row.number for found in asked.values() if found for row in found.rows})
    for number in numbers:
        stands = _figures(where(asked.get(since), number))
        changes = {each.position: each for each in history(evaluate, after, number, since)}
        for position in some_of(range(since + 1, len(rally) + 1)):
            if position in changes:
                change = changes[position]
                assert stands == (change.place[0], change.total_ms[0], change.status[0])
                stands = change.place[1], change.total_ms[1], change.status[1]
                assert change.gap_ms[1] == where(asked[position], number).gap_ms
            assert stands == _figures(where(asked[position], number))
    leaders = _leaders(asked.get(since))
    led = {each.position: each for each in leads(evaluate, after, since)}
    for position in some_of(range(since + 1, len(rally) + 1)):
        if position in led:
            assert leaders == led[position].before
            leaders = led[position].leaders
        assert leaders == _leaders(asked[position])


def _standings(rally: Rally) -> Standings | None:
    try:
        return standings(state_of(rally))
    except LedgerError:
        return None


def _figures(found: Where) -> tuple[Any, ...]:
    return found.place, found.total_ms, found.status


def _leaders(answer: Standings | None) -> tuple[str, ...]:
    return tuple(row.number for row in answer.rows if row.place == 1) if answer else ()


@examples(30)
@given(rallies(about=eventful, judged=True))
def test_along_the_rally_stand_the_classifications(rally: Rally) -> None:
    """After each stage a crew stands as the overall after it says."""
    state = state_of(rally)
    for number in state.facts.crews:
        for each in some_of(along_the_rally(state, number)):
            found = where(standings(state, Scope(after=each.after)), number)
            assert (found.place, found.total_ms, found.gap_ms, found.status) == (
                each.place,
                each.total_ms,
                each.gap_ms,
                each.status,
            )
