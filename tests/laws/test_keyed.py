"""Laws of cards that are keyed twice: whose reading counts, whatever arrived in which order."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from itertools import combinations
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.times import Instant
from ledger.vocabulary import (
    TIME_CARD,
    CardsClosed,
    ControlPassed,
    DiceThrown,
    Occurrence,
    RegulationsAdopted,
    Source,
)
from projections.control.blind import unseen
from projections.control.draw import drawn, fewer_than, seed_of
from projections.rules.templates import template
from projections.state.keyed import ON_CARDS, is_keyed
from projections.state.persons import name_key
from tests.examples import examples
from tests.laws.answers import answers, folded, state_of
from tests.laws.rallies import Rally, identity, rallies
from tests.laws.test_timeline import answers_as_a_replay, classified, told_crew_by_crew
from tests.laws.words import CODE, MINUTE, START, WORDS
from tests.looked import some_of, when

PERSONS = ("Li", "Anna", "Per", "li ")


@st.composite
def keyed_twice(draw: st.DrawFn) -> Rally:
    """A rally whose cards several persons keyed: the same, a minute off, or seconds."""
    found: Rally = []
    for each in draw(told_crew_by_crew(cards=True)):
        if not isinstance(each, ON_CARDS) or each.is_act:
            found.append(each)
            continue
        for by in draw(st.lists(st.sampled_from(PERSONS), min_size=1, max_size=4)):
            found.append(_read_by(each, by, draw(st.sampled_from((0, 0, 0, MINUTE, 7_000)))))
    return draw(st.permutations(found)) if draw(st.booleans()) else found


@st.composite
def closings(draw: st.DrawFn) -> Rally:
    """Cards that are closed, and dice that are thrown for them, or for nothing."""
    closed = draw(WORDS[CardsClosed])
    dice = draw(st.lists(WORDS[DiceThrown], min_size=1, max_size=3))
    of_these = identity(closed)
    return [closed, *(msgspec.structs.replace(each, target=of_these) for each in dice), *dice]


@examples(30)
@given(rallies(), closings())
def test_what_is_closed_and_drawn_moves_nobody(rally: Rally, closing: Rally) -> None:
    """Which cards are read again is no fact of the road."""
    before, since = state_of(rally), state_of([*rally, *closing])
    assert classified(before) == classified(since)


def _read_by(said: Occurrence, by: str, off_ms: int) -> Occurrence:
    """A reading as somebody keyed it from a card, so much off."""
    fields: dict[str, Any] = {"source": Source(kind=TIME_CARD), "by": by}
    if said.fact_at is not None:
        fields["fact_at"] = msgspec.structs.replace(said.fact_at, ms=said.fact_at.ms + off_ms)
    if (elapsed := getattr(said, "elapsed_ms", None)) is not None:
        fields["elapsed_ms"] = elapsed + off_ms
    return msgspec.structs.replace(said, **fields)


@examples(50)
@given(keyed_twice(), st.data())
def test_any_moment_is_what_a_replay_computes(rally: Rally, data: st.DataObject) -> None:
    """Along the log and along the rally, in a log that is followed in two steps."""
    answers_as_a_replay(rally, data)


@examples(60)
@given(keyed_twice(), st.data())
def test_the_order_of_arrival_moves_nothing(rally: Rally, data: st.DataObject) -> None:
    """Two sites that merged in other orders say the same, of results and of what differs."""
    told, other = answers(folded(rally)), answers(folded(data.draw(st.permutations(rally))))

    assert told == other


READERS = st.lists(st.tuples(st.sampled_from(PERSONS), st.integers(0, 2)), min_size=1, max_size=6)


@examples(200)
@given(READERS, st.randoms())
def test_whose_reading_of_a_control_counts(read: list[tuple[str, int]], chance: Random) -> None:
    """That on which more persons agree than on any other; of one person alone his first."""
    seen = [
        ControlPassed(
            rally=CODE,
            recorded_at=Instant(START + place, 480),
            fact_at=Instant(START + minute * MINUTE, 480),
            by=by,
            source=Source(kind=TIME_CARD),
            number="1",
            control="TC1",
        )
        for place, (by, minute) in enumerate(read)
    ]
    chance.shuffle(seen)
    rules = RegulationsAdopted(
        rally=CODE,
        recorded_at=Instant(0, 480),
        rulebook="cross-country",
        parameters=template("cross-country").parameters,
    )
    passed = state_of([rules, *seen]).road.passed

    persons = {by.strip().casefold() for by, _ in read}
    backed = {m: {b.strip().casefold() for b, other in read if other == m} for _, m in read}
    most = max(len(by) for by in backed.values())
    leading = [minute for minute, by in backed.items() if len(by) == most]
    if when(len(persons) == 1):
        assert START + min(backed) * MINUTE == passed["1", "TC1"].true_ms
    elif when(most > 1 and len(leading) == 1):
        fact = passed["1", "TC1"].fact.value
        first = next(place for place, (_, minute) in enumerate(read) if minute == leading[0])
        assert (START + first, read[first][0]) == (fact.recorded_at.ms, fact.by)
    elif when(len(persons) > 1):
        assert {} == passed


@pytest.mark.parametrize("confidence", [Fraction(95, 100), Fraction(1, 2), Fraction(999, 1000)])
@pytest.mark.parametrize("cells", range(1, 10))
def test_the_bound_holds_and_is_the_smallest_that_does(cells: int, confidence: Fraction) -> None:
    """Of all draws, whatever is wrong; were it one less anywhere, it would fail too often.

    Every sample is enumerated: by symmetry it does not matter which cells are the wrong ones.
    """
    for read in some_of(range(cells + 1)):
        samples = [*combinations(range(cells), read)]
        bounds = [fewer_than(cells, read, found, confidence) for found in range(read + 1)]
        assert bounds == sorted(bounds)
        held = [
            Fraction(
                sum(bounds[sum(each < wrong for each in drawn)] > wrong for drawn in samples),
                len(samples),
            )
            for wrong in range(cells + 1)
        ]
        assert min(held) >= confidence
        for found, bound in enumerate(bounds):
            fewer = [
                min(each, bound - 1) if at <= found else each for at, each in enumerate(bounds)
            ]
            wrong = bound - 1
            kept = sum(fewer[sum(each < wrong for each in drawn)] > wrong for drawn in samples)
            assert Fraction(kept, len(samples)) < confidence


ROOTS = st.integers(0, 2**256 - 1).map(lambda number: f"{number:064x}")


@examples(50)
@given(
    ROOTS,
    st.dictionaries(
        st.sampled_from(["timekeeper", "stewards", "court"]),
        st.text("123456", min_size=1, max_size=9),
        min_size=2,
        max_size=2,
    ),
    st.lists(st.text(min_size=1, max_size=9), unique=True, max_size=12),
    st.integers(0, 12),
)
def test_whoever_has_root_and_dice_draws_the_same(
    root: str, throws: dict[str, str], cells: list[str], wanted: int
) -> None:
    """As the help page tells it: in any order of cells and throws, so many, each once."""
    lines = [root, *(f"{office} {throws[office]}" for office in sorted(throws))]
    seed = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    digest = {each: hashlib.sha256(f"{seed} {each}".encode()).digest() for each in cells}
    other = dict(reversed(throws.items()))

    assert seed == seed_of(root, throws) == seed_of(root, other)
    assert sorted(cells, key=digest.__getitem__)[:wanted] == drawn(seed, cells[::-1], wanted)


@examples(40)
@given(keyed_twice(), st.sampled_from(PERSONS), st.sampled_from(["", "SS1", "SS2"]))
def test_what_a_keyer_may_see_hangs_on_nothing_that_others_keyed(
    rally: Rally, by: str, stage: str
) -> None:
    """Whatever others read from these cards, and whatever was done about it since."""
    other = [
        _read_by(each, each.by, 13 * MINUTE)
        if is_keyed(each) and name_key(each.by) != name_key(by) and _is_on(each, stage)
        else each
        for each in rally
    ]

    assert _seen_by(rally, by, stage) == _seen_by(other, by, stage)


def _is_on(said: Any, stage: str) -> bool:
    return not stage or said.stage in ("", stage)


def _seen_by(rally: Rally, by: str, stage: str) -> list[str]:
    told = [(identity(each), each) for each in rally]
    hidden = unseen(told, by, stage)
    return [each for each, said in told if each not in hidden and not _amends(said, told)]


def _amends(said: Occurrence, told: list[tuple[str, Occurrence]]) -> bool:
    """Whether it is about a keying: what was amended elsewhere has another id in the other log."""
    about = dict(told).get(str(getattr(said, "target", "")))
    return about is not None and is_keyed(about)
