"""Laws of proposals: they depend on the facts alone, and count for nothing."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import assume, example, given
from hypothesis import strategies as st

from ledger.vocabulary import Occurrence, PenaltyGiven, SanctionDeclined
from projections.desk.proposals import proposals, waiting
from projections.results.standings import standings
from projections.rules.tariffs import SPEED, WAYPOINTS
from projections.state.rally import RallyState
from tests.examples import examples
from tests.laws.answers import folded
from tests.looked import some_of, when
from tests.spec import Case, at

LINES = {
    WAYPOINTS: (
        "wpn for moto: 1:00:00",
        "any waypoint: 1st 0:20:00, from the 2nd 0:40:00",
        "at most 1:30:00 a stage",
    ),
    SPEED: (
        "up to 20 km/h: 0:01:00 an impulse",
        "above 20 km/h: 0:02:00 an impulse",
        "2nd zone in the rally: x 2",
        "from the 3rd zone in the rally: to the stewards",
    ),
}
PLACES = ("W1", "W2", "W3")
Step = tuple[str, str, str, int]
steps = st.tuples(
    st.sampled_from(["missed", "read", "adopt", "change", "decline", "correct", "void"]),
    st.sampled_from(["1", "2"]),
    st.sampled_from(PLACES),
    st.integers(0, 59),
)


def told(several: list[Step]) -> list[Occurrence]:
    """A rally in which these things happen, one after another, as far as they can."""
    rules = {name.replace(".", "__"): lines for name, lines in LINES.items()}
    case = Case("cross-country", **rules)
    case.enter("1", category="moto")
    case.enter("2", category="cars")
    on: dict[str, Any] = {"stage": "SS1"}
    for order, place in enumerate(PLACES, 1):
        kind = "wpn" if place == "W1" else "wpm"
        case.record("WaypointPlaced", point=place, order=order, kind=kind, **on)
        case.record("ZonePlaced", zone=f"Z{place}", kind="speed", limit_kmh=30, **on)
    case.times("SS1", _1="1:00:00", _2="1:10:00")
    for what, number, place, minute in several:
        step(case, what, number, place, minute)
    return [each for _, each in case.records]


def step(case: Case, what: str, number: str, place: str, minute: int) -> None:
    """One of them."""
    about: dict[str, Any] = {"number": number, "stage": "SS1"}
    happened = at(f"12:{minute:02}")
    if what == "missed":
        case.record("WaypointMissed", happened, point=place, **about)
    elif what == "read":
        speeds = (31 + minute, 45)
        case.record(
            "SpeedZoneRead", happened, zone=f"Z{place}", impulses=2, speeds_kmh=speeds, **about
        )
    else:
        rows = proposals(case.state(), number)
        row = next((r for r in rows if r.place.endswith(place) and r.facts), None)
        if row is None:
            return
        if what == "void":
            case.record("Voided", target=row.facts[0].id)
        elif what == "correct":
            changes = {"number": "2" if number == "1" else "1"}
            target = row.rests_on[len(row.facts[0].corrected_by)]
            case.record("Corrected", target=target, changes=changes)
        elif what == "decline":
            case.decline(row.place, number)
        elif row.amount_ms is not None:
            case.adopt(row.place, number, "0:07:00" if what == "change" else "")


def said(rally: list[Occurrence]) -> Any:
    """What is proposed, without the positions of this log."""
    found = msgspec.to_builtins(proposals(RallyState(folded(rally).facts())))
    return [_without_positions(each) for each in found]


def _without_positions(each: Any) -> Any:
    if isinstance(each, dict):
        kept = {k: v for k, v in each.items() if k not in ("position", "positions", "corrected_by")}
        return {k: _without_positions(v) for k, v in kept.items()}
    return [_without_positions(one) for one in each] if isinstance(each, list | tuple) else each


@examples(80)
@given(st.lists(steps, min_size=2, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_arrival_makes_no_difference(several: list[Step], chance: Any) -> None:
    """Names, amounts, states and what they rest on are those of the set of records."""
    rally = told(several)
    other = chance.sample(rally, len(rally))
    assert said(rally) == said(other)


@examples(80)
@given(st.lists(steps, min_size=1, max_size=8))
def test_only_what_an_office_gave_counts(several: list[Step]) -> None:
    """Without the acts of offices the standings are those without any fact at all."""
    rally = [
        each for each in told(several) if not isinstance(each, PenaltyGiven | SanctionDeclined)
    ]
    quiet = told([])
    assume(len(rally) > len(quiet))
    assert _totals(rally) == _totals(quiet)


@examples(80)
@given(st.lists(steps, min_size=2, max_size=8))
def test_what_waits_is_what_is_open(several: list[Step]) -> None:
    """`due` lists what `proposals` calls open, and nothing else."""
    state = RallyState(folded(told(several)).facts())
    rows = proposals(state)
    assert {each.name for each in waiting(state)} == {r.name for r in rows if r.state == "open"}


@examples(80)
@given(st.lists(steps, min_size=2, max_size=8))
@example(
    [
        ("missed", "1", "W1", 0),
        ("missed", "1", "W2", 1),
        ("read", "1", "W3", 5),
        ("adopt", "1", "W1", 0),
        ("change", "1", "W2", 0),
        ("decline", "1", "W3", 0),
    ]
)
def test_each_state_is_what_its_records_say(several: list[Step]) -> None:
    """Adopted with the amount, changed with another and a penalty, declined with its reason."""
    for row in some_of(proposals(RallyState(folded(told(several)).facts()))):
        standing = [each for each in row.decided if each.stands]
        assert (row.state == "open") == (not standing)
        if when(row.state == "declined"):
            assert row.reason
            assert row.adopted_ms is None
        if when(row.state == "changed"):
            assert 420_000 == row.adopted_ms
        if when(row.state == "adopted"):
            assert row.adopted_ms in {each.amount_ms for each in standing}


def _totals(rally: list[Occurrence]) -> list[tuple[str, int]]:
    rows = standings(RallyState(folded(rally).facts())).rows
    return [(each.number, each.total_ms) for each in rows]
