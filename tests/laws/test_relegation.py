"""Laws of sanctions on place: one order out of any several of them, and all who were in it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ledger.times import Instant
from ledger.vocabulary import CrewRelegated
from projections.results.relegation import FASTER, SLOWER, Back, put_back
from projections.state.recorded import Fact
from tests.examples import examples

CREWS = [str(number) for number in range(1, 9)]
Sanction = tuple[str, int | None]

sanctions = st.lists(st.tuples(st.sampled_from(CREWS), st.none() | st.integers(1, 9)), max_size=6)
keeping = st.sampled_from([SLOWER, FASTER])


@st.composite
def orders(draw: st.DrawFn) -> list[tuple[str, int]]:
    """The places of some crews by times and ties, some of them shared."""
    crews = draw(st.lists(st.sampled_from(CREWS), min_size=1, unique=True))
    found: list[tuple[str, int]] = []
    for index, crew in enumerate(crews, 1):
        level = found and draw(st.sampled_from([False, False, True]))
        found.append((crew, found[-1][1] if level else index))
    return found


def back_of(several: list[Sanction]) -> Back:
    """The sanctions by crew, in the order in which they came."""
    back: dict[str, list[Fact[CrewRelegated]]] = {}
    for each, (number, places) in enumerate(several):
        at = Instant(each, 0)
        said = CrewRelegated(rally="r", recorded_at=at, number=number, places=places)
        back.setdefault(number, []).append(Fact(str(each), each, said, ()))
    return back


@examples(300)
@given(orders(), sanctions, keeping, st.randoms(use_true_random=False))
def test_their_order_does_not_matter(
    order: list[tuple[str, int]], several: list[Sanction], keeps: str, random: object
) -> None:
    """The same sanctions in another order give every crew the same place."""
    again = list(several)
    random.shuffle(again)  # type: ignore[attr-defined]
    found = put_back(order, back_of(several), lambda: keeps)
    assert list(found.items()) == list(put_back(order, back_of(again), lambda: keeps).items())


@examples(300)
@given(orders(), sanctions, keeping)
def test_places_are_those_of_as_many_crews(
    order: list[tuple[str, int]], several: list[Sanction], keeps: str
) -> None:
    """1, 2, 3 … in their order; who is level shares one, and as many are left out behind it."""
    found = put_back(order, back_of(several), lambda: keeps)
    assert sorted(each for each, _ in order) == sorted(found)
    places = list(found.values())
    assert places == sorted(places)
    for index, place in enumerate(places, 1):
        assert place == index or (place < index and places[index - 2] == place)
    was = dict(order)
    shared = [(a, b) for a in found for b in found if a < b and found[a] == found[b]]
    assert all(was[a] == was[b] for a, b in shared)


@examples(300)
@given(orders(), sanctions, keeping)
def test_nobody_gains_by_one_and_who_goes_last_is_last(
    order: list[tuple[str, int]], several: list[Sanction], keeps: str
) -> None:
    """Who is put back stands no better than before; the others keep their order."""
    back = back_of(several)
    found, was = put_back(order, back, lambda: keeps), dict(order)
    others = [each for each, _ in order if each not in back]
    assert others == [each for each in found if each not in back]
    last = [
        each for each in found if each in back and any(e.value.places is None for e in back[each])
    ]
    assert last == list(found)[len(found) - len(last) :]
    alone = {
        each: put_back(order, {each: back[each]}, lambda: keeps) for each in back if each in was
    }
    assert all(places[each] >= was[each] for each, places in alone.items())
    assert put_back(order, {}, lambda: keeps) == was
