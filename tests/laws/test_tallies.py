"""Laws of tallies: times that are added up stage by stage, or at once, are those of each crew."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import example, given
from hypothesis import strategies as st

from ledger.times import Instant
from ledger.vocabulary import StageScheduled
from projections.state.tallies import OnStage, Tally
from projections.state.timing import StageValue
from tests.looked import some_of

NUMBERS = ("101", "102", "103")
BASES = ("measured", "official", "fixed-penalty")
Values = dict[str, StageValue]
PutAside = tuple[frozenset[str], Values]


def _value(ms: int, basis: str) -> StageValue:
    return StageValue(ms, ms, basis, (), (), 0, False, False)


VALUES = st.dictionaries(
    st.sampled_from(NUMBERS), st.builds(_value, st.integers(0, 9_000), st.sampled_from(BASES))
)
ONE = st.frozensets(st.sampled_from(NUMBERS), max_size=1)
STAGES = st.lists(st.tuples(VALUES, st.lists(st.tuples(ONE, VALUES), max_size=2)), max_size=3)
HELD: Values = {"101": _value(5, "measured"), "102": _value(6, "official")}
TWICE: list[tuple[Values, list[PutAside]]] = [
    (HELD, [(frozenset({"101"}), {}), (frozenset({"103"}), {"102": _value(7, "measured")})])
]
"""A stage of which something is put aside that was put aside before."""
TOLD = st.booleans()


def _stages(count: int) -> list[StageScheduled]:
    at = Instant(0, 0)
    return [
        StageScheduled(rally="r", recorded_at=at, stage=f"SS{order}", order=order)
        for order in range(1, count + 1)
    ]


def _on_stage(values: Values, changes: list[PutAside], *, told: bool) -> OnStage:
    counted_ms = {n: value.counted_ms for n, value in values.items()} if told else None
    found = OnStage(lambda: values, counted_ms)
    for without, put in changes:
        found = found.but(without, put)
    return found


def _by_hand(values: Values, changes: list[PutAside]) -> Values:
    found = dict(values)
    for without, put in changes:
        found = {n: value for n, value in found.items() if n not in without} | put
    return found


def _must_be(tally: Tally, expected: Mapping[str, Values]) -> None:
    each_has = [n for n in NUMBERS if expected and all(n in on for on in expected.values())]
    sums = {n: sum(on[n].counted_ms for on in expected.values()) for n in each_has}
    assert dict(tally.sums) == sums
    for number in NUMBERS:
        has = [on[number] for on in expected.values() if number in on]
        assert tally.flags.get(number, ()) == tuple(sorted({f for e in has for f in e.flags()}))
        lacks = next((stage for stage, on in expected.items() if number not in on), None)
        first = tally.lacking(number)
        assert (first and first.stage) == lacks
        times = tuple(each.counted_ms for each in has) if lacks is None else ()
        assert tally.times_of(number) == times


@example(told_of=TWICE, told=True)
@given(told_of=STAGES, told=TOLD)
def test_times_are_added_up_as_by_hand(
    told_of: list[tuple[Values, list[PutAside]]], *, told: bool
) -> None:
    stages = _stages(len(told_of))
    on = {stage.stage: _on_stage(*of, told=told) for stage, of in zip(stages, told_of, strict=True)}
    expected = {stage.stage: _by_hand(*of) for stage, of in zip(stages, told_of, strict=True)}
    # At first all at once, then stage by stage, then as it is remembered.
    for _ in range(3):
        _must_be(Tally(stages, on), expected)
    for stage, values in some_of(expected.items()):
        assert dict(on[stage]) == values
        assert {n for n in NUMBERS if n in on[stage]} == values.keys()
        assert on[stage].flags == {n: e.flags() for n, e in values.items() if e.flags()}


@given(STAGES, VALUES)
def test_a_stage_that_changed_is_not_taken_for_what_it_was(
    told_of: list[tuple[Values, list[PutAside]]], other: Values
) -> None:
    stages = _stages(len(told_of))
    on = {s.stage: _on_stage(*of, told=True) for s, of in zip(stages, told_of, strict=True)}
    expected = {s.stage: _by_hand(*of) for s, of in zip(stages, told_of, strict=True)}
    for stage in stages:
        for _ in range(2):
            _must_be(Tally(stages, on), expected)
        on[stage.stage], expected[stage.stage] = OnStage(lambda: other), other
    _must_be(Tally(stages, on), expected)
