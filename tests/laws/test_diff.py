"""Laws of comparing: what explains a move explains it, and nothing in it can be left out."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import LedgerError
from ledger.vocabulary import Occurrence
from projections.comparing import causes
from projections.comparing.compare import Comparison, Whole, compare
from projections.comparing.what_if import between, supposing
from projections.results.standings import Scope, standings
from projections.slices.belonging import Belonging
from projections.slices.outcomes import Outcomes
from projections.slices.parts import CannotSlice, Slices
from projections.state.rally import RallyState
from tests.examples import examples
from tests.laws.answers import folded, scopes_of, state_of
from tests.laws.rallies import Rally, happenings, identity, rallies
from tests.laws.test_ends import agreeing
from tests.laws.words import MINUTE, START
from tests.looked import some_of
from tests.spec import Case, effect

Shown = tuple[int | None, int | None]
NOBODY: Shown = (None, None)
cuts = st.none() | st.integers(START, START + 60 * MINUTE)
told = (
    rallies(adopted=None)
    | rallies(adopted=None, judged=True, timed=True, most=6)
    | agreeing(cards=True)
    | agreeing()
)
"""Rallies of all kinds, those in which much is decided and little else happens, and those in which
times tell where stages end."""
efforts = st.sampled_from([(0, 400, 6), (40, 400, 6), (40, 400, 0), (3, 0, 2)])
"""How many records are few, many, and a small cause: the answer is right whatever they are."""


def shown(
    rally: Iterable[Occurrence], scope: Scope, effective_at: int | None = None
) -> dict[str, Shown]:
    """The place and total of each crew in the classification of a log; of none without one."""
    try:
        rows = standings(state_of(rally, effective_at), scope).rows
    except LedgerError:
        return {}
    return {row.number: (row.place, row.total_ms) for row in rows}


def scope_among(data: st.DataObject, *logs: Rally) -> Scope:
    """A classification that one of these logs knows."""
    scopes = [scope for log in logs for scope in scopes_of(state_of(log))]
    return data.draw(st.sampled_from(scopes), label="scope")


def compared(
    rally: Rally, before: int, after: int, scope: Scope, effective_at: int | None = None
) -> Comparison:
    """The comparison of a log at two positions; without either classification, of nobody."""
    facts = folded(rally[:after]).facts()
    try:
        return compare(between(facts, before, after, effective_at), scope)
    except LedgerError:
        return Comparison(scope, (), (None, None))


@examples(150)
@given(told, st.data())
def test_what_is_undone_slice_by_slice_is_undone(rally: Rally, data: st.DataObject) -> None:
    """A few crews replayed by themselves tell what a replay of everything tells."""
    rally = data.draw(st.just(rally) | st.permutations(rally), label="in this order")
    cut = data.draw(st.integers(0, len(rally) - 1), label="position")
    logs = between(folded(rally).facts(), cut, len(rally), data.draw(cuts, label="effective at"))
    scope, after = scope_among(data, rally), RallyState(logs.facts())
    whole = Whole(logs, scope)
    edits = st.frozensets(st.sampled_from(sorted(logs.edits)))
    try:
        outcomes = Outcomes(Slices(logs, Belonging(logs.told), scope, after))
        for undone in some_of(data.draw(st.lists(edits, min_size=1, max_size=4), label="undone")):
            told, replayed = outcomes.undoing(undone), whole.undoing(undone)
            for number in after.facts.crews.keys() | replayed.rows.keys():
                assert told.shows(number, replayed.rows.get(number, NOBODY)), number
            assert replayed.rows == told.rows
    except CannotSlice:
        return  # where the rules do not suffice, everything is replayed


@examples(150)
@given(told, st.data(), efforts)
def test_the_difference_explains_every_move(
    rally: Rally, data: st.DataObject, effort: tuple[int, int, int]
) -> None:
    """Without its cause the move is undone; with any record of the cause put back, it is not."""
    rally = data.draw(st.just(rally) | st.permutations(rally), label="in this order")
    before = data.draw(st.integers(0, len(rally)), label="from")
    after = data.draw(st.integers(before, len(rally)), label="to")
    cut = data.draw(cuts, label="effective at")
    scope = scope_among(data, rally, rally[:after])
    few, many, small = effort
    with patch.multiple(causes, FEW=few, MANY=many, SMALL=small):
        comparison = compared(rally, before, after, scope, cut)

    was, now = shown(rally[:before], scope, cut), shown(rally[:after], scope, cut)
    moved = {number for number in was.keys() | now.keys() if was.get(number) != now.get(number)}
    assert moved == {row.number for row in comparison.rows}
    for row in comparison.rows:
        assert was.get(row.number, NOBODY) == (row.place[0], row.total_ms[0])
        assert now.get(row.number, NOBODY) == (row.place[1], row.total_ms[1])
        assert row.because
        assert all(before < each <= after for each in row.because)
        size = len(row.because)
        sizes = range(size) if size <= small else [size - 1]
        parts = [p for each in sizes for p in itertools.combinations(row.because, each)]
        for part in (row.because, *parts):
            rest = [said for at, said in enumerate(rally[:after], 1) if at not in part]
            undone = shown(rest, scope, cut).get(row.number) == was.get(row.number)
            assert undone == (part == row.because), (row, part)


@examples(40)
@given(told, st.data())
def test_there_and_back(rally: Rally, data: st.DataObject) -> None:
    """A moment does not differ from itself; backwards, before and after change places."""
    before = data.draw(st.integers(0, len(rally)), label="from")
    after = data.draw(st.integers(before, len(rally)), label="to")
    scope = scope_among(data, rally[:after])
    there = compared(rally, before, after, scope)
    back = there.turned()

    assert () == compared(rally, after, after, scope).rows
    assert there == back.turned()
    assert {
        (row.number, row.place[::-1], row.total_ms[::-1], row.status[::-1], row.because)
        for row in there.rows
    } == {(row.number, row.place, row.total_ms, row.status, row.because) for row in back.rows}


@examples(150)
@given(told, st.data())
def test_who_is_not_classified_has_the_status_of_then(rally: Rally, data: st.DataObject) -> None:
    """The status of a crew that enters or leaves a classification is that of the standings."""
    before = data.draw(st.integers(0, len(rally)), label="from")
    scope = scope_among(data, rally)
    for row in some_of(compared(rally, before, len(rally), scope).rows):
        for side, log in enumerate((rally[:before], rally)):
            try:
                out = standings(state_of(log), scope).unclassified
            except LedgerError:
                out = ()
            status = next((each.status for each in out if each.number == row.number), None)
            assert status == row.status[side]


@examples(40)
@given(told, st.data())
def test_what_if(rally: Rally, data: st.DataObject) -> None:
    """Without nothing nothing changes; what is left out and put in again is as it was."""
    facts = folded(rally).facts()
    some = st.lists(st.sampled_from(rally), unique_by=identity, max_size=4)
    left_out = data.draw(some, label="left out")
    further = data.draw(st.lists(happenings, max_size=3), label="supposed")
    scope = scope_among(data, rally)
    ids = [identity(each) for each in left_out]
    again = [(identity(each), each) for each in left_out]
    supposed = [(identity(each), each) for each in further]

    assert not supposing(facts).edits
    assert not supposing(facts, ids, again).edits
    logs = supposing(facts, ids, supposed)
    as_it_would_be = [
        each for each in [*rally, *further] if each not in left_out or each in further
    ]
    try:
        rows = compare(logs, scope).rows
    except LedgerError:
        return
    was, now = shown(rally, scope), shown(as_it_would_be, scope)
    assert {n for n in was.keys() | now.keys() if was.get(n) != now.get(n)} == {
        row.number for row in rows
    }


def test_a_decision_is_the_cause_for_whom_its_effects_are_about() -> None:
    """Addressed to 101, it penalises 102 and helps 103: all three know by which record."""
    case = Case("cross-country")
    case.enter("101", "102", "103", "104")
    case.times("SS1", _101="1:00:00", _102="1:01:00", _103="1:02:00", _104="1:03:00")
    done = [
        effect("PenaltyGiven", number="102", amount_ms="1:00:00"),
        effect("TimeCreditGranted", number="103", amount_ms="0:00:30"),
    ]
    case.decide(1, number="101", stage="SS1", effects=done)
    rally = [said for _, said in case.records]
    found = compared(rally, len(rally) - 1, len(rally), Scope())

    assert {"102", "103", "104"} == {row.number for row in found.rows}
    assert {(len(rally),)} == {row.because for row in found.rows}
