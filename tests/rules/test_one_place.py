"""Every rule has one place: a parameter moves the answers that it is said to, and no others."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cli.commands.simulate import GENERAL, RULEBOOK
from ledger.errors import LedgerError
from ledger.vocabulary import BulletinIssued, Occurrence, RegulationsAdopted
from ledger.vocabulary.rally import ParameterValue
from projections.registry import PROJECTIONS
from projections.results.standings import Scope, standings
from projections.rules.asked import ACTS, ASKED, DEAD, asked
from projections.rules.cases import Case, cases, cases_of
from projections.rules.procedure import amended
from projections.rules.rulebook import SCHEMA
from projections.rules.templates import template
from projections.state.rally import RallyState
from tests.examples import in_turn
from tests.laws.answers import folded
from tests.laws.simulated import tiny
from tests.rules.test_cases import founded, rules_of_case, told
from tests.rules.variants import variants

Answers = Mapping[str, str]
MINUTE = 60_000
EVERY = sorted(SCHEMA)


def answers(rally: Sequence[Occurrence], names: Iterable[str] = PROJECTIONS) -> Answers:
    """What every answer says of a rally, or why there is none."""
    state = RallyState(folded(rally).facts())
    return {name: _said(name, state) for name in names}


def _said(name: str, state: RallyState) -> str:
    try:
        told: list[Any] = [PROJECTIONS[name](state)]
        if name == "standings":
            classes = {each.crew_class for each in state.facts.crews.entries.values()}
            told += [standings(state, Scope(crew_class=each)) for each in sorted(classes)]
        found: Any = msgspec.to_builtins(told)
    except LedgerError as error:
        found = error.message
    return json.dumps(found, sort_keys=True)


def under(rally: Iterable[Occurrence], name: str, value: ParameterValue) -> list[Occurrence]:
    """The rally with another value of a parameter, wherever it was set."""
    return [
        msgspec.structs.replace(each, parameters=amended(each.parameters, {name: value}))
        if isinstance(each, RegulationsAdopted)
        or (isinstance(each, BulletinIssued) and name in each.parameters)
        else each
        for each in rally
    ]


def moved(
    rally: Sequence[Occurrence], before: Answers, name: str, values: Iterable[ParameterValue]
) -> set[str]:
    """The answers, of those given, that say something else under one of these values."""
    found: set[str] = set()
    for value in values:
        after = answers(under(rally, name, value), before)
        found |= {each for each, said in after.items() if said != before[each]}
    return found


def of_a_case(case: Case, into: Path, figure: int = 0) -> list[Occurrence]:
    """The rally of a worked case, by the general rulebook and the value of one of its figures."""
    return [*founded(rules_of_case(case, case.figures[figure].value)), *told(case, into)]


@cache
def made_up(seed: int, rulebook: str) -> tuple[tuple[Occurrence, ...], Answers]:
    """A simulated rally whose rules leave nothing open, with what every answer says of it."""
    general = template(GENERAL).parameters
    rally = tuple(
        msgspec.structs.replace(each, parameters=amended(general, each.parameters))
        if isinstance(each, RegulationsAdopted)
        else each
        for each in tiny(seed, rulebook=rulebook)
    )
    return rally, answers(rally)


def others(name: str, rally: Iterable[Occurrence]) -> list[ParameterValue]:
    """The values to which a parameter of a rally is changed: of times, by a minute."""
    adopted = next(each for each in rally if isinstance(each, RegulationsAdopted))
    value = adopted.parameters.get(name)
    if value is None:
        return []
    whole = isinstance(value, int) and value and not value % MINUTE
    return list(variants(name, value, MINUTE if whole else 1))


def strays(rally: Sequence[Occurrence], before: Answers, name: str) -> set[str]:
    """The answers that a parameter of a rally moves, and that it is not said to move."""
    others_than = {each: said for each, said in before.items() if each not in asked(name).answers}
    return moved(rally, others_than, name, others(name, rally))


@pytest.mark.parametrize("name", EVERY)
def test_a_parameter_moves_what_it_is_said_to_move(name: str, tmp_path: Path) -> None:
    """In its own cases it moves something, or it rules out an act and is no matter of answers."""
    found: set[str] = set()
    for case in cases_of(name):
        rally = of_a_case(case, tmp_path)
        values = variants(name, case.figures[0].value, case.unit)
        found |= moved(rally, answers(rally), name, values)
    assert found <= asked(name).answers
    assert found or name in ACTS, f"{name} is dead: it moves nothing"


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in EVERY if SCHEMA[name].choices])
def test_a_choice_moves_something_or_is_told_to_be_dead(name: str, tmp_path: Path) -> None:
    """Put into a value of the cases, taken out of it, or chosen instead of it."""
    moving: set[str] = set()
    for case in cases_of(name):
        for place, figure in enumerate(case.figures):
            rally = of_a_case(case, tmp_path, place)
            before = answers(rally)
            for choice in SCHEMA[name].choices - moving:
                if moved(rally, before, name, [_with_or_without(figure.value, choice)]):
                    moving |= {choice, *([figure.value] if isinstance(figure.value, str) else [])}
    assert DEAD.get(name, {}).keys() == SCHEMA[name].choices - moving


def _with_or_without(value: ParameterValue, choice: str) -> ParameterValue:
    """A list with a choice that it has not, or without one that it has; a text is the choice."""
    if not isinstance(value, tuple):
        return choice
    kept = tuple(str(each) for each in value if each != choice)
    return kept if choice in value else (*kept, choice)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("turn", "rulebook", "seed"),
    [(n, *each) for n, each in enumerate(product((RULEBOOK, GENERAL), (1, 2, 3, 5)))],
)
def test_a_change_moves_no_other_answer_of_a_made_up_rally(
    turn: int, rulebook: str, seed: int
) -> None:
    """Each parameter, changed a little: what moves is what it is said to move.

    Over some of the rallies; with RALLY_EXAMPLES=1 each parameter over every one of them.
    """
    rally, before = made_up(seed, rulebook)
    names = in_turn(EVERY, turn, 4)
    stray = {name: extra for name in names if (extra := strays(rally, before, name))}
    assert {} == stray


@pytest.mark.slow
def test_a_change_moves_no_other_answer_of_the_cases_of_others(tmp_path: Path) -> None:
    """Each parameter over the rallies of all cases: they are made to bring one rule out each.

    Each over one in four; with RALLY_EXAMPLES=1 over every one of them.
    """
    stray: dict[tuple[str, str], set[str]] = {}
    for turn, case in enumerate(cases()):
        rally = of_a_case(case, tmp_path)
        before = answers(rally)
        for name in in_turn(EVERY, turn, 4):
            if extra := strays(rally, before, name):
                stray[case.parameter, name] = extra
    assert {} == stray


def test_what_each_parameter_moves_is_said() -> None:
    """Of every parameter, and of none that there is not."""
    assert SCHEMA.keys() == ASKED.keys() >= ACTS.keys()
    assert {each for one in ASKED.values() for each in one.answers} <= PROJECTIONS.keys()
    assert {each for one in ASKED.values() for each in one.beside} <= SCHEMA.keys()
