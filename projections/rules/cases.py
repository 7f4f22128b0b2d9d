"""Worked cases of the rules: what each parameter does, by a figure that is reckoned by hand.

A case is a small rally (in one of `FILES`): the records that everybody types, those of its own, the
command that is asked, where to look in its answer, and for each value the figure and how it comes
about. The tests run every one of them, with the value that each rulebook has and with others.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any, NamedTuple

from ledger.vocabulary import TYPES
from ledger.vocabulary.rally import ParameterValue

Step = str | int | Sequence[str] | Mapping[str, Any]
"""On the way into an answer: a name, a place, several names, or which lines are meant."""
COUNT = "#"
FILES = ("cases.toml", "cases_of_procedure.toml")
"""Where they stand; the first has the records with which every one of them begins."""


class Figure(NamedTuple):
    """What the answer is under a value, and how it is reckoned."""

    value: ParameterValue
    result: Any
    reckoned: str


class Case(NamedTuple):
    """A worked case of a parameter. `beside` are other rules that it takes to see it at work.

    Of its records each is one that is typed behind `rally record`; a line that names no type is a
    command of its own. `unit` is the smallest step of the parameter that can be seen. `merged` are
    records that nobody types, such as proofs, as lines of JSON; they come behind the others.
    """

    parameter: str
    story: str
    records: tuple[str, ...]
    beside: Mapping[str, ParameterValue]
    ask: str
    look: tuple[Step, ...]
    figures: tuple[Figure, ...]
    unit: int = 1
    merged: tuple[str, ...] = ()

    def typed(self) -> tuple[str, ...]:
        """Its records as commands, as they are typed behind `rally`."""
        return tuple(
            f"record {line}" if line.partition(" ")[0] in TYPES else line for line in self.records
        )

    def figure(self, value: ParameterValue) -> Figure | None:
        """What it comes to under a value; None where that is not reckoned."""
        return next((each for each in self.figures if each.value == value), None)


@functools.cache
def cases() -> tuple[Case, ...]:
    """Every worked case, in the order in which they are written."""
    files = [_read(name) for name in FILES]
    common = _lines(files[0]["records"])
    return tuple(
        Case(
            said["parameter"],
            said["story"],
            (*common, *_lines(said.get("records", ""))),
            {name: _value(each) for name, each in said.get("beside", {}).items()},
            said["ask"],
            tuple(said["look"]),
            tuple(
                Figure(_value(each["value"]), each["result"], each["reckoned"])
                for each in said["figures"]
            ),
            said.get("unit", 1),
            _lines(said.get("merged", "")),
        )
        for file in files
        for said in file["case"]
    )


def cases_of(parameter: str) -> tuple[Case, ...]:
    """The worked cases of a parameter."""
    return tuple(each for each in cases() if each.parameter == parameter)


def looked_up(answer: Any, look: Sequence[Step]) -> Any:
    """What stands in an answer at the end of a way.

    A name or names asked of lines give those of each line; a table leaves the lines that say so.
    What is null is left out.
    """
    for step in look:
        answer = _step(answer, step)
    return answer


def _step(answer: Any, step: Step) -> Any:
    if step == COUNT:
        return len(answer)
    if isinstance(step, int):
        return answer[step]
    if isinstance(step, Mapping):
        return [each for each in answer if all(_is(each.get(k), v) for k, v in step.items())]
    if isinstance(answer, list):
        return [one for each in answer if (one := _step(each, step)) is not None]
    if isinstance(step, str):
        return answer.get(step)
    return [answer[each] for each in step if answer.get(each) is not None]


def _is(found: Any, wanted: Any) -> bool:
    return found in wanted if isinstance(wanted, list) else bool(found == wanted)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.splitlines() if each.strip())


def _value(said: Any) -> ParameterValue:
    found: ParameterValue = tuple(said) if isinstance(said, list) else said
    return found


def _read(name: str) -> dict[str, Any]:
    file = resources.files("projections.rules") / name
    return tomllib.loads(file.read_text(encoding="utf-8"))
