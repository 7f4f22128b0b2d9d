"""The worked cases of the rules: each by the command line, as it was reckoned by hand."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cli.context import Settings
from cli.fields import as_typed, parse_fields
from cli.main import run
from ledger.log import Ledger, Log
from ledger.times import Instant, parse_instant
from ledger.vocabulary import TYPES, Occurrence, RegulationsAdopted, build, canonical, decode
from ledger.vocabulary.rally import ParameterValue
from projections.rules.cases import Case, Figure, cases, cases_of, looked_up
from projections.rules.procedure import amended
from projections.rules.rulebook import SCHEMA, checked
from projections.rules.templates import rules_of, template, template_names
from tests.conftest import Rally, Ticking
from tests.examples import in_turn, one_in
from tests.looked import some_of
from tests.rules.variants import variants

GENERAL = "cross-country"
ENVELOPE = ("--at", "--source", "--site", "--reason", "--role")
BEGINS = 1_803_800_000_000
_TOLD: dict[tuple[tuple[str, ...], ...], list[Occurrence]] = {}


def told(case: Case, into: Path) -> list[Occurrence]:
    """The records of a case, as they are typed one after another."""
    if (case.records, case.merged) not in _TOLD:
        path = str(into / "words.db")
        ledger = Ledger(path, Ticking(BEGINS))
        log = ledger.log("loop")
        log.append(founded(rules_of_case(case, case.figures[0].value)))
        for n, line in enumerate(case.records, 2):
            if line.partition(" ")[0] in TYPES:
                log.append([_typed(line, BEGINS + 1000 * n, log)])
            else:
                _carried_out(line, path, BEGINS + 1000 * n)
        for line in case.merged:
            log.append([decode(line.encode())])
        _TOLD[case.records, case.merged] = [each.occurrence() for each in log.read(after=2)]
        ledger.close()
        for file in into.glob("words.db*"):
            file.unlink()
    return _TOLD[case.records, case.merged]


def _carried_out(line: str, ledger: str, ms: int) -> None:
    """A line that is a command of its own."""
    words = ["--ledger", ledger, *shlex.split(line)]
    assert 0 == run(words, Settings(lambda: ms, lambda _: 0)), line


def _typed(line: str, ms: int, log: Log) -> Occurrence:
    kind, *words = shlex.split(line)
    envelope: dict[str, Any] = {"rally": "loop", "recorded_at": Instant(ms, 0), "by": "Ann"}
    envelope["role"] = "clerk-of-the-course"
    while len(words) > 1 and words[-2] in ENVELOPE:
        option, said = words[-2], words[-1]
        words = words[:-2]
        name = {"--at": "fact_at"}.get(option, option[2:])
        value: Any = parse_instant(said) if option == "--at" else said
        envelope[name] = {"kind": said, "seq": f"{ms}"} if option == "--source" else value
    return as_typed(TYPES[kind], envelope | parse_fields(TYPES[kind], words, log))


def founded(parameters: Mapping[str, ParameterValue]) -> list[Occurrence]:
    """A rally that has these rules."""
    at = {"rally": "loop", "recorded_at": Instant(BEGINS, 0)}
    title = {"title": "Loop", "timezone": "+00:00"}
    return [
        build(TYPES["RallyConstituted"], {**at, **title}),
        build(RegulationsAdopted, {**at, "rulebook": "worked", "parameters": dict(parameters)}),
    ]


def rules_of_case(case: Case, value: ParameterValue) -> dict[str, ParameterValue]:
    """The rules of a case under a value: those of the general rulebook, amended by its own."""
    general = template(GENERAL).parameters
    return amended(general, {**case.beside, case.parameter: value})


def answered(rally: Rally, case: Case, value: ParameterValue, into: Path) -> Any:
    """What the command says under a value, where the case looks."""
    lines = [canonical(each) for each in (*founded(rules_of_case(case, value)), *told(case, into))]
    file = into / "case.jsonl"
    file.write_bytes(b"\n".join(lines) + b"\n")
    ledger = ("--ledger", str(into / "case.db"))
    for old in into.glob("case.db*"):
        old.unlink()
    assert 0 == rally(*ledger, "import", "jsonl", str(file)).code
    return looked_up(json.loads(rally(*ledger, *shlex.split(case.ask)).out), case.look)


def plainly(result: Any) -> Any:
    """A figure as JSON has it."""
    return json.loads(json.dumps(msgspec.to_builtins(result)))


@pytest.mark.parametrize("case", one_in(3, cases()), ids=lambda case: case.parameter)
def test_each_figure_is_what_the_command_line_says(
    rally: Rally, tmp_path: Path, case: Case
) -> None:
    """Under the value for which it is worked, and it is one that the parameter can have."""
    assert case.figures
    _is_what_it_says(rally, case, case.figures[:1], tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    "case", [each for each in cases() if each.figures[1:]], ids=lambda case: case.parameter
)
def test_so_are_its_figures_under_other_values(rally: Rally, tmp_path: Path, case: Case) -> None:
    """Under every other value for which one is reckoned."""
    _is_what_it_says(rally, case, case.figures[1:], tmp_path)


def _is_what_it_says(rally: Rally, case: Case, figures: Iterable[Figure], into: Path) -> None:
    for figure in figures:
        assert figure.value == checked("worked", case.parameter, figure.value)
        assert figure.reckoned
        assert plainly(figure.result) == answered(rally, case, figure.value, into)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted({each.parameter for each in cases()}))
def test_no_figure_survives_a_change_by_one_unit(rally: Rally, tmp_path: Path, name: str) -> None:
    """Whatever a value is changed to, one of the cases of its parameter tells it.

    Of all the changes one in three is tried; with RALLY_EXAMPLES=1 each of them.
    """
    changes = [
        (figure.value, other)
        for case in cases_of(name)
        for figure in case.figures
        for other in variants(name, figure.value, case.unit)
    ]
    for value, other in some_of(in_turn(changes, 0, 3)):
        told_by = (
            plainly(one.result) != answered(rally, each, other, tmp_path)
            for each in cases_of(name)
            if (one := each.figure(value))
        )
        assert any(told_by), (value, other)


def test_each_value_of_each_rulebook_is_reckoned() -> None:
    """A rulebook has no figure that nobody worked out; another value needs another figure."""
    lacking = [
        (book, name, each.value)
        for book in template_names()
        for name, versions in rules_of(book).versions.items()
        for each in versions
        if each.value != ()
        if not any(case.figure(each.value) for case in cases_of(name))
    ]
    assert [] == lacking


def test_each_parameter_has_a_case() -> None:
    """A rule that nobody worked out is none that somebody can sign."""
    assert SCHEMA.keys() == {each.parameter for each in cases()}
