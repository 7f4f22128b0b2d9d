"""Laws of equal treatment: nothing is its own precedent, and what is searched is counted."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from projections.desk.likeness import Held, Sought, alike, sought_by
from projections.desk.precedents import Precedent, precedents
from tests.examples import examples
from tests.laws.answers import state_of
from tests.laws.rallies import Rally, rallies
from tests.looked import some_of


def held(*several: Rally) -> list[Held]:
    """What these rallies did, each under a number of its own."""
    return [
        Held(str(number), each)
        for number, rally in enumerate(several)
        for each in precedents(state_of(rally))
    ]


@examples(60)
@given(rallies(judged=True), rallies(judged=True), st.data())
def test_what_is_searched_is_counted_and_its_own_case_is_not(
    one: Rally, other: Rally, data: st.DataObject
) -> None:
    """Matched, near and others are all that was searched; the case that asks is left aside."""
    every = held(one, other)
    assume(every)
    if data.draw(st.booleans(), label="all of one kind of fact"):
        every = [Held(name, replace(each, facts=("other",), category="")) for name, each in every]
    own = data.draw(st.sampled_from([each.precedent for each in every]), label="own")
    found = alike(sought_by(own), every, own)

    assert found.searched == found.matched + len(found.near) + found.others
    assert found.searched + found.own_case == len({each.precedent.id for each in every})
    told = [each.precedent for each in (*found.given, *found.unpunished, *found.near)]
    assert own.id not in {each.id for each in told}
    assert own.case not in {each.case for each in told}
    assert len(told) == len({each.id for each in told})
    for each in some_of(found.amounts):
        assert each.least <= each.median <= each.most
        assert each.count == len(each.amounts)


@examples(60)
@given(rallies(judged=True), rallies(judged=True), st.data())
def test_neither_order_nor_an_unrelated_rally_changes_what_is_alike(
    one: Rally, other: Rally, data: st.DataObject
) -> None:
    """The order of logs does not matter, and what is unlike in every key is only counted."""
    every = held(one, other)
    assume(every)
    own = data.draw(st.sampled_from([each.precedent for each in every]), label="own")
    sought = sought_by(own)
    found = alike(sought, every, own)
    assert found == alike(sought, data.draw(st.permutations(every), label="order"), own)
    unlike = [Held("elsewhere", _unlike(each.precedent)) for each in every]
    more = alike(sought, [*every, *unlike], own)
    assert (found.given, found.unpunished, found.near, found.amounts) == (
        more.given,
        more.unpunished,
        more.near,
        more.amounts,
    )
    assert (
        more.searched - found.searched
        == more.others - found.others
        == len({each.precedent.id for each in unlike})
    )


def _unlike(precedent: Precedent) -> Precedent:
    """The same in a rally that knows no such articles, facts, tariffs and words."""
    about = {"articles": (), "facts": ("elsewhere",), "tariffs": (), "about": ("elsew",)}
    return replace(precedent, id=f"x{precedent.id}", case=f"x{precedent.case}", **about)


@examples(60)
@given(rallies(judged=True))
def test_likeness_by_a_key_goes_both_ways(rally: Rally) -> None:
    """Who is like another by article, fact or words, of him the other is the like as well."""
    every = [each.precedent for each in held(rally)]
    like = {
        (one.id, found.precedent.id) for one in every for found in _like(sought_by(one), every, one)
    }
    assert like == {(other, one) for one, other in like}


def _like(sought: Sought, every: list[Precedent], own: Precedent) -> list[Held]:
    found = alike(sought, [Held("0", each) for each in every], own)
    return [Held(each.rally, each.precedent) for each in (*found.given, *found.unpunished)]
