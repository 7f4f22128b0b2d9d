"""Laws of the log: replaying, looking back, merging and restoring."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.vocabulary import CrewRestarted, RetirementReported
from projections.state.facts import Fold, fold
from projections.state.rally import RallyState
from tests.examples import examples
from tests.laws.answers import (
    answers,
    answers_of,
    asked,
    exported,
    imported,
    records_of,
    sites,
    state_of,
)
from tests.laws.rallies import Rally, observations, rallies
from tests.laws.words import CODE, MINUTE, START, instants, of
from tests.looked import some_of

SITES = ("race-control", "finish", "bivouac")


@pytest.mark.slow
@examples(40)
@given(rallies(adopted=None))
def test_taking_in_one_by_one_is_replaying(rally: Rally) -> None:
    """Whoever follows a rally record by record knows at any point what a replay up to it tells."""
    records = records_of(rally)
    following = Fold()

    for count, record in some_of(enumerate(records, 1)):
        following.add(record)
        assert asked(RallyState(fold(records[:count]).facts())) == asked(
            RallyState(following.facts())
        )


@examples(25)
@given(rallies(adopted=None), st.data())
def test_what_comes_later_does_not_change_what_was_known(rally: Rally, data: st.DataObject) -> None:
    """What the board could show at #n is answered today as a ledger answers that ends at #n."""
    cut = data.draw(st.integers(1, len(rally)), label="position")

    with sites() as opened:
        known = opened.log("main", rally[:cut])
        whole = opened.log("main", rally)
        assert len(rally) == whole.head().size
        assert known.root_at(cut) == whole.root_at(cut)
        assert asked(RallyState(fold(known.read()).facts())) == asked(
            RallyState(fold(whole.read(until=cut)).facts())
        )


@examples(60)
@given(rallies(adopted=None), st.data())
def test_the_order_of_arrival_plays_no_part(rally: Rally, data: st.DataObject) -> None:
    """Two copies of a rally that hold the same occurrences agree in every answer."""
    shuffled = data.draw(st.permutations(rally), label="another order")
    cut = data.draw(st.none() | st.integers(START, START + 60 * MINUTE), label="effective at")

    assert answers_of(rally, cut) == answers_of(shuffled, cut)
    assert answers_of(rally, cut) == answers_of(reversed(rally), cut)


@examples(40)
@given(
    rallies(about=observations, most=3, amended=False, twice=False),
    of(RetirementReported, number="1", stage="SS1", definitive=False, fact_at=instants),
    of(CrewRestarted, number="1", stage="SS1", fact_at=instants),
)
def test_a_restart_follows_the_road_not_the_log(
    rally: Rally, left: RetirementReported, back: CrewRestarted
) -> None:
    """Whether a crew came back is told by when it left and restarted, not by who reported first."""
    assert answers_of([*rally, left, back]) == answers_of([*rally, back, left])


@examples(20)
@given(rallies(), st.permutations(range(3)), st.data())
def test_three_sites_agree_when_they_are_merged(
    rally: Rally, order: list[int], data: st.DataObject
) -> None:
    """Three sites write without network, some of it twice; merged in any order they agree."""
    kept = [data.draw(st.integers(1, 7)) for _ in rally]
    parts = [
        [each for each, where in zip(rally, kept, strict=True) if where >> site & 1]
        for site in range(3)
    ]

    with sites() as opened:
        ledgers = [opened.ledger(name) for name in SITES]
        for ledger, part in zip(ledgers, parts, strict=True):
            ledger.log(CODE).append(part)
        lines = [exported(ledger.log(CODE)) for ledger in ledgers]
        office = opened.ledger("office")
        for site in order:
            imported(office, lines[site])
        for site in (order[1], order[2]):
            imported(ledgers[order[0]], lines[site])
        merged = [office.log(CODE), ledgers[order[0]].log(CODE)]
        for log in merged:
            assert len(rally) == log.head().size
            assert answers_of(rally) == answers(fold(log.read()))
        assert {each.id: each.data for each in merged[0].read()} == {
            each.id: each.data for each in merged[1].read()
        }


@examples(15)
@given(rallies(), rallies(most=4, amended=False, twice=False))
def test_an_export_restores_the_log(rally: Rally, elsewhere: Rally) -> None:
    """An export read into an empty ledger gives the same positions, bytes, leaves and root."""
    with sites() as opened:
        ledger = opened.ledger("race-control")
        log = ledger.log(CODE)
        log.append(rally)
        imported(ledger, exported(opened.log("finish", elsewhere)))
        lines = exported(log)
        restored = opened.ledger("race-control", later_ms=60_000)
        imported(restored, lines)
        copy = restored.log(CODE)

        assert list(log.read()) == list(copy.read())
        assert log.root_at(log.head().size) == copy.root_at(copy.head().size)
        assert log.head() == copy.head()
        assert lines == exported(copy)
        imported(restored, lines)
        assert log.head() == copy.head()


@examples(70)
@given(rallies(adopted=None))
def test_a_cut_after_everything_cuts_nothing(rally: Rally) -> None:
    """How the rally stood after everything had happened is how it stands."""
    moments = [each.recorded_at for each in rally] + [
        each.fact_at for each in rally if each.fact_at
    ]
    # No correction goes beyond, and no clock is put right by a minute.
    last = max(START + 60 * MINUTE, *(each.ms for each in moments)) + MINUTE

    assert asked(state_of(rally)) == asked(state_of(rally, last))
