"""Laws of classifications: they part the crews, and each is the joint list in its own places."""

from __future__ import annotations

from itertools import combinations_with_replacement
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ledger.vocabulary.publication import categories_of, named_together
from projections.results.classifications import Rankings, places, rankings, within
from projections.results.standings import UNEQUAL, Row, Scope, Standings, standings
from projections.rules.classifications import groups_of
from projections.rules.rulebook import CLASSIFICATIONS, Rulebook, checked
from projections.state.rally import RallyState
from tests.looked import some_of
from tests.spec import Case

CATEGORIES = ("cars", "quads", "trucks")
STAGES = ("SS1", "SS2", "SS3")
SCOPES = st.sampled_from(
    [
        Scope(),
        *(Scope(after=s) for s in STAGES),
        *(Scope("stage", stage=s) for s in STAGES),
        *(Scope("range", first=a, last=b) for a, b in combinations_with_replacement(STAGES, 2)),
    ]
)
RULES = st.one_of(
    st.none(),
    st.sampled_from([("each",), ("one",), ("cars + trucks",), ("quads + trucks", "cars")]),
)
CREWS = st.lists(
    st.tuples(st.sampled_from(CATEGORIES), st.lists(st.integers(60, 62), min_size=3, max_size=3)),
    min_size=1,
    max_size=7,
)
CANCELLED = st.dictionaries(
    st.sampled_from(STAGES), st.sets(st.sampled_from(CATEGORIES)), max_size=2
)


@st.composite
def states(draw: st.DrawFn) -> RallyState:
    """A rally of a few crews, level as often as not, with stages cancelled for some or all."""
    rules = draw(RULES)
    changed: dict[str, Any] = {CLASSIFICATIONS.replace(".", "__"): rules} if rules else {}
    case = Case(**changed)
    for number, (category, minutes) in enumerate(draw(CREWS), 1):
        case.enter(str(number), category=category)
        for stage, time in zip(STAGES, minutes, strict=True):
            fields: dict[str, Any] = {"number": str(number), "stage": stage}
            case.record("StageTimeRecorded", **fields, elapsed_ms=time * 60_000)
    for stage, categories in draw(CANCELLED).items():
        case.record("StageCancelled", stage=stage, categories=sorted(categories))
    return case.state()


def counted(state: RallyState, row: Row, scope: Scope) -> set[str]:
    """The stages that count for a crew."""
    if scope.kind == "stage":
        return {scope.stage or ""}
    until = state.orders[scope.until] if scope.until else None
    begins = state.orders[scope.first] if scope.first else 0
    counting = state.counted(row.category, until)
    return {each.stage for each in counting if each.order >= begins}


@given(states(), SCOPES)
def test_rows_are_flagged_exactly_where_other_stages_count(state: RallyState, scope: Scope) -> None:
    """Other than for the first one."""
    rows = rankings(state, scope).joint.rows
    first = counted(state, rows[0], scope) if rows else set()
    expected = {row.number for row in rows if counted(state, row, scope) != first}
    assert expected == {row.number for row in rows if UNEQUAL in row.flags}


def of(answer: Standings) -> list[str]:
    """The crews of a list, those that are not classified too."""
    return [e.number for e in answer.rows] + [e.number for e in answer.unclassified]


@given(states(), SCOPES)
def test_classifications_part_the_crews(state: RallyState, scope: Scope) -> None:
    """Every crew stands in one of them, in its rows or below."""
    found = rankings(state, scope)
    listed = [number for one in found.lists for number in of(one)]
    assert sorted(state.facts.crews) == sorted(listed)
    for one, group in zip(found.lists, found.groups, strict=True):
        assert {state.category(number) for number in of(one)} <= {*group}


def bare(answer: Standings) -> list[Any]:
    """What a list says but for flags, which are held against its own first."""
    return [(r.place, r.number, r.total_ms, r.gap_ms, r.interval_ms) for r in answer.rows]


@given(states(), SCOPES)
def test_each_is_the_joint_list_in_places_of_its_own(state: RallyState, scope: Scope) -> None:
    """Filtered and ranked again: nobody passes anybody, and who was level stays so."""
    found = rankings(state, scope)
    for one, group in some_of(zip(found.lists, found.groups, strict=True)):
        again = within(found.joint, group)
        assert bare(one) == bare(again)
        assert one.unclassified == again.unclassified
        assert one == standings(state, one.scope)


@given(states(), SCOPES)
def test_places_are_those_of_the_whole_lists(state: RallyState, scope: Scope) -> None:
    """Who asks for them alone has the same rows, of each classification and of all together."""
    whole, alone = rankings(state, scope), places(state, scope)
    assert whole.groups == alone.groups
    assert [replace(each, unclassified=()) for each in whole.lists] == [*alone.lists]
    assert replace(whole.joint, unclassified=()) == alone.joint


def is_apart(found: Rankings) -> bool:
    """Whether there is reason to be, where the rules are silent."""
    ranked = {row.category for row in found.joint.rows}
    return len(ranked) > 1 and any(UNEQUAL in row.flags for row in found.joint.rows)


@given(states(), SCOPES)
def test_where_the_rules_are_silent_equal_stages_make_one_list(
    state: RallyState, scope: Scope
) -> None:
    """One as before, or every category by itself with the reason; never a group."""
    found = rankings(state, scope)
    if state.rulebook.defines(CLASSIFICATIONS):
        assert (found.by_rule, found.why) == (True, "")
        return
    assert not found.by_rule
    assert is_apart(found) == bool(found.why)
    assert found.apart == is_apart(found)
    if not found.apart:
        assert (found.joint,) == (*found.lists,)
    elif found.groups:
        assert {len(group) for group in found.groups} == {1}


@given(
    st.permutations("abcde"),
    st.integers(0, 5),
    st.integers(1, 5),
    st.sets(st.sampled_from("abcdef")),
)
def test_any_rule_parts_the_categories(
    order: list[str], named: int, size: int, categories: set[str]
) -> None:
    """Those that are named together are, as far as they are there; any other is alone."""
    lines = [order[at : at + size] for at in range(0, named, size)]
    rules = Rulebook("rules", {CLASSIFICATIONS: tuple(map(named_together, lines)) or ("each",)})
    groups = groups_of(rules, categories)
    assert groups is not None
    assert sorted(categories) == sorted(each for group in groups for each in group)
    together = {tuple(sorted(categories.intersection(line))) for line in lines}
    assert {group for group in groups if len(group) > 1} <= together


@pytest.mark.parametrize("name", ["cars", "T1+", "T1+ 4x4"])
def test_categories_that_are_named_together_are_told_apart_again(name: str) -> None:
    """A plus within a name joins nothing."""
    assert (name, "quads") == categories_of(named_together((name, "quads")))
    assert ("each",) == checked("rules", CLASSIFICATIONS, ["each"])
