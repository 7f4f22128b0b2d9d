"""Rulebooks: the rules of a rally as data, each parameter with where it comes from.

The TOML files beside this module are templates. A rally adopts one as an occurrence that carries
every parameter, so editing a template later changes no old answer. A parameter that is needed and
undefined is an error that names it, never a silent default.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any, ClassVar, NamedTuple

from ledger.controls import ControlRule
from ledger.errors import LedgerError, NotFound, Unreadable
from ledger.intake.lines import Template
from ledger.vocabulary.rally import ParameterValue


class Undefined(LedgerError):
    """A rule is needed that the regulations of the rally do not define."""

    kind: ClassVar[str] = "undefined-parameter"
    http_status: ClassVar[int] = 422


class Parameter(NamedTuple):
    """What a parameter of a rulebook means, and which values it can have."""

    kind: type[int] | type[str] | type[bool] | type[tuple[str, ...]]
    meaning: str
    choices: frozenset[str] = frozenset()
    least: int = 0


SCHEMA: dict[str, Parameter] = {
    "timing.counted_precision_ms": Parameter(
        int, "A stage time is cut down to this precision before it is added to a total.", least=1
    ),
    "timing.sources": Parameter(
        tuple, "Kinds of sources in the order in which they are believed; others come after them."
    ),
    "timing.tolerance_ms": Parameter(
        int, "Measured times of one passing that differ by more are flagged for verification."
    ),
    "timing.last_point_is_finish": Parameter(
        bool, "Whether a passing at the last point of a stage is a record of the finish."
    ),
    "controls.in_stage": Parameter(
        str, "Controls that count in the stage whose number the pattern captures."
    ),
    "controls.in_next_stage": Parameter(
        str, "Controls that count in the stage after the one whose number the pattern captures."
    ),
    "overall.removed_by": Parameter(
        tuple,
        "What takes a crew out of the overall from its stage on.",
        frozenset({"definitive-retirement", "any-retirement", "disqualification"}),
    ),
    "overall.unfinished_stage": Parameter(
        str,
        "What becomes of a crew without a time in a counted stage.",
        frozenset({"not-classified", "fixed-penalty"}),
    ),
    "overall.unfinished_stage_ms": Parameter(
        int, "What an unfinished stage costs a crew that restarts, instead of a stage time."
    ),
    "overall.unfinished_stage_limit": Parameter(
        int, "How many stages a crew may leave unfinished at that cost."
    ),
    "ties.chain": Parameter(
        tuple,
        "What breaks equal totals, in order; when nothing does, the place is shared.",
        frozenset({"stage-times"}),
    ),
}


class Rulebook:
    """The parameters in force, read by name and kind."""

    def __init__(self, name: str, parameters: Mapping[str, ParameterValue]) -> None:
        self.name = name
        self._parameters = dict(parameters)
        self._checked: dict[str, ParameterValue] = {}

    def _value(self, name: str) -> Any:
        if name not in self._parameters:
            raise Undefined(
                f"The regulations {self.name or '(none adopted)'} do not define {name}.",
                hint=SCHEMA[name].meaning,
            )
        if name not in self._checked:
            self._checked[name] = checked(self.name, name, self._parameters[name])
        return self._checked[name]

    def number(self, name: str) -> int:
        """A whole number: milliseconds or a count."""
        return int(self._value(name))

    def text(self, name: str) -> str:
        """A text: a choice or a pattern."""
        return str(self._value(name))

    def flag(self, name: str) -> bool:
        """Yes or no."""
        return bool(self._value(name))

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts, in its order."""
        return tuple(self._value(name))

    def controls(self) -> ControlRule:
        """Which stage a control counts in."""
        return ControlRule(self.text("controls.in_stage"), self.text("controls.in_next_stage"))


def template(name: str) -> Template:
    """The rulebook of that name, as a rally adopts it.

    Raises:
        NotFound: there is none; the hint lists those that exist.
    """
    names = template_names()
    if name not in names:
        raise NotFound(f"There is no rulebook {name!r}.", hint=f"There are: {', '.join(names)}.")
    file = resources.files(__package__) / "rulebooks" / f"{name}.toml"
    return parse_template(name, file.read_text(encoding="utf-8"))


def template_names() -> list[str]:
    """The rulebooks that come with the ledger."""
    folder = resources.files(__package__) / "rulebooks"
    return sorted(
        f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")
    )


def parse_template(name: str, text: str) -> Template:
    """Read a rulebook, checked against the schema.

    Raises:
        Unreadable: not TOML, an unknown parameter, a wrong value, or no provenance.
    """
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Unreadable(f"The rulebook {name}: {error}") from None
    parameters: dict[str, ParameterValue] = {}
    provenance: dict[str, str] = {}
    for group, entries in said.items():
        if not isinstance(entries, dict):
            continue
        for key, entry in entries.items():
            where = f"{group}.{key}"
            parameters[where] = checked(name, where, entry.get("value"))
            provenance[where] = _provenance(name, where, entry)
    return Template(name, parameters, provenance)


def _provenance(name: str, where: str, entry: Mapping[str, Any]) -> str:
    if entry.get("assumed") is True:
        return f"assumed: {entry['because']}" if "because" in entry else "assumed"
    if not entry.get("source"):
        raise Unreadable(
            f"The rulebook {name}: {where} has no provenance.",
            hint='Add source = "…" or assumed = true.',
        )
    return str(entry["source"])


def checked(name: str, where: str, value: Any) -> ParameterValue:
    """The value of a parameter, if it is one that the parameter can have.

    Raises:
        Unreadable: an unknown parameter, or a value of another kind.
    """
    if where not in SCHEMA:
        raise Unreadable(
            f"The rulebook {name}: {where} is not known.", hint=f"Known: {', '.join(SCHEMA)}."
        )
    parameter = SCHEMA[where]
    if parameter.kind is tuple:
        fits = isinstance(value, (list, tuple)) and all(isinstance(each, str) for each in value)
        value = tuple(value) if fits else value
        chosen = set(value) if fits else set()
    else:
        fits = type(value) is parameter.kind and (
            not isinstance(value, int) or value >= parameter.least
        )
        chosen = {value} if fits else set()
    if not fits or (parameter.choices and not chosen <= parameter.choices):
        allowed = (
            f"one of {', '.join(sorted(parameter.choices))}" if parameter.choices else "another"
        )
        raise Unreadable(
            f"The rulebook {name}: {where} can't be {value!r}.", hint=f"Use {allowed}."
        )
    if where.startswith("controls.") and value:
        _check_pattern(name, where, str(value))
    result: ParameterValue = value
    return result


def _check_pattern(name: str, where: str, pattern: str) -> None:
    try:
        groups = re.compile(pattern).groupindex
    except re.error as error:
        raise Unreadable(f"The rulebook {name}: {where} is no pattern: {error}.") from None
    if "stage" not in groups:
        raise Unreadable(
            f"The rulebook {name}: {where} captures no stage.", hint=r"Write (?P<stage>\d+)."
        )
