"""The law of grounds: what an explanation cites is what was applied, and nothing else was.

Change a rule that an addend cites, in the record that set it, and the addend moves; change any
other rule anywhere, and it keeps its figure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import LedgerError
from ledger.vocabulary.rally import ParameterValue
from projections.explain.grounds import Grounds
from projections.explain.told import Addend
from projections.explain.why import explain
from projections.rules.regulations import Regulations
from projections.rules.rulebook import SCHEMA, Rulebook
from projections.standings import Scope
from projections.state.facts import Fold
from projections.state.rally import RallyState
from tests.examples import examples
from tests.laws.answers import folded
from tests.laws.rallies import Rally, rallies
from tests.laws.test_why import eventful
from tests.laws.words import MINUTE, device_kinds

Key = tuple[str, str, str, int]
Told = dict[Key, Addend]
WITHOUT_A_FIGURE = {"controls.in_stage", "controls.in_next_stage"}
"""They say in which stage a penalty stands."""
ONLY_WHERE_THEY_BITE = {
    "timing.counted_precision_ms": range(-1, 0),
    "timing.tolerance_ms": range(1, 2),
    "controls.late_limit_ms": range(1, 2),
    "overall.unfinished_stage_limit": range(1, 2),
    "appeals.intention_ms": range(1, 2),
    "appeals.confirmation_ms": range(1, 2),
}
"""A limit is cited where it was passed, a precision where it cut: to loosen others changes nothing,
which is to raise a limit, and to make a precision finer."""


def others(name: str, value: ParameterValue) -> list[ParameterValue]:
    """Other values that a rule could have."""
    parameter = SCHEMA[name]
    found: list[ParameterValue]
    if parameter.kind is bool:
        found = [not value]
    elif isinstance(value, int):
        found = [parameter.least, value + MINUTE + 1, 10**13]
    elif name == "timing.sources":
        found = [(kind,) for kind in device_kinds]
    elif parameter.of is int:
        found = [(), (MINUTE + 1,) * 9]
    elif name == "appeals.not_appealable":
        found = [(), ("PenaltyGiven", "CrewDisqualified")]
    elif parameter.kind is tuple:
        found = [(), *((each,) for each in sorted(parameter.choices)), tuple(parameter.choices)]
    else:
        found = [*sorted(parameter.choices)]
    return [each for each in found if each != value]


def looser(name: str, value: ParameterValue) -> list[ParameterValue]:
    """Those of the other values that make no figure move where the rule did not bite."""
    if name == "appeals.not_appealable":
        return [()]
    sides = ONLY_WHERE_THEY_BITE.get(name)
    if sides is None or not isinstance(value, int):
        return others(name, value)
    return [
        each
        for each in others(name, value)
        if isinstance(each, int) and (each > value) - (each < value) in sides
    ]


# -- what was told, by these rules and by others -------------------------------------------------


def state_by(fold: Fold, regulations: Regulations | None = None) -> RallyState:
    facts = fold.facts()
    if regulations is not None:
        facts.regulations = regulations
    return RallyState(facts)


def told(state: RallyState) -> dict[str, Told]:
    """The addends of every crew, each under what it is about."""
    grounds = Grounds(state)
    found: dict[str, Told] = {}
    for number in state.facts.crews:
        several: Counter[tuple[str, str, str]] = Counter()
        found[number] = {}
        for each in explain(grounds, number, Scope()).addends:
            about = ("penalty", each.records[0].id, each.stage) if each.kind == "penalty" else None
            key = about or ("carried-in" if each.kind == "carried-in" else "stage", "", each.stage)
            found[number][(*key, several[key])] = each
            several[key] += 1
    return found


def changed(
    regulations: Regulations, position: int, name: str, value: ParameterValue
) -> Regulations:
    """The regulations in which one record, or what they began with, says something else."""
    base, changes = regulations.base, list(regulations.changes)
    for index, each in enumerate(changes):
        if each.position == position:
            changes[index] = each._replace(parameters={**each.parameters, name: value})
            return Regulations(base, changes, regulations.position)
    altered = Rulebook(base.name, {**base.parameters(), name: value})
    return Regulations(altered, changes, regulations.position)


def settings(state: RallyState) -> Iterator[tuple[int, str, ParameterValue]]:
    """What each adoption and bulletin says of each rule, by its position."""
    regulations = state.facts.regulations
    for position, parameters in (
        (regulations.position, regulations.base.parameters()),
        *((each.position, each.parameters) for each in regulations.changes),
    ):
        for name, value in parameters.items():
            if name in SCHEMA and name not in WITHOUT_A_FIGURE:
                yield position, name, value


def figure(addend: Addend | None) -> int:
    return addend.ms if addend else 0


def _counts(name: str, state: RallyState, number: str) -> bool:
    """Whether a rule says which of the stages of a crew use up the limit for another one."""
    left_out = {each.rule for each in state.unfinished.left_out.values() if each.number == number}
    return name in {"overall.unfinished_stage", "overall.not_started_stage"} and len(left_out) > 1


def words(addend: Addend | None) -> Any:
    """All that is told of an addend but the rules."""
    return addend and msgspec.structs.replace(addend, rules=())


@examples(60)
@given(rallies(about=eventful, judged=True), st.data())
def test_the_rules_that_are_cited_are_those_that_were_applied(
    rally: Rally, data: st.DataObject
) -> None:
    """Change one alone, where it was set: the addend moves; change any other: it does not."""
    fold = folded(rally)
    state = state_by(fold)
    try:
        before = told(state)
    except LedgerError:
        return
    for position, name, value in settings(state):
        cited = {
            (number, key)
            for number, addends in before.items()
            for key, each in addends.items()
            if (name, position) in {(rule.parameter, rule.position) for rule in each.rules}
        }
        moved: set[tuple[str, Key]] = set()
        for other in others(name, value):
            now = state_by(fold, changed(state.facts.regulations, position, name, other))
            try:
                after = told(now)
            except LedgerError:
                moved |= cited
                continue
            comparable = {
                number
                for number in before
                if now.run == state.run and not _counts(name, state, number)
            }
            for number, addends in before.items():
                for key in addends.keys() | after[number].keys():
                    one, two = addends.get(key), after[number].get(key)
                    if words(one) != words(two):
                        moved.add((number, key))
                    if (
                        (number, key) not in cited
                        and number in comparable
                        and other in looser(name, value)
                    ):
                        assert not one or figure(one) == figure(two), (name, value, other, one, two)
        assert cited <= moved, (name, value, [before[n][k] for n, k in cited - moved])
