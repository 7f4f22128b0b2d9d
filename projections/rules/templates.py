"""Rulebooks as files: the templates that rallies adopt, each able to extend another.

The TOML files in `rulebooks/` come with the ledger; a rally may have its own beside them. A file
that begins with `extends = "cross-country"` has every parameter of that rulebook, with where it
comes from, except those that it gives itself, and those that it leaves open: `without = ["…"]`.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

from ledger.errors import LedgerError, NotFound, Unreadable
from ledger.files import LARGEST, bytes_of, why
from ledger.intake.lines import Template
from ledger.vocabulary.rally import ParameterValue
from projections.rules.procedure import amended
from projections.rules.rulebook import SCHEMA, checked

SUFFIX = ".toml"
EXTENDS, WITHOUT = "extends", "without"
_ENTRY = {"value", "source", "assumed", "because"}


class Problem(NamedTuple):
    """What is wrong with a rulebook: the parameter (or `extends`), why, and what to do."""

    parameter: str
    message: str
    hint: str


class Rules(NamedTuple):
    """A rulebook as it is read: its parameters, and the rulebook that each was written in."""

    name: str
    extends: str
    parameters: dict[str, ParameterValue]
    provenance: dict[str, str]
    written_in: dict[str, str]


def template(name: str) -> Template:
    """The rulebook of that name or in that file, as a rally adopts it.

    Raises:
        NotFound: there is none. Unreadable: it has a fault; the message names file and parameter.
    """
    rules = rules_of(name)
    return Template(rules.name, rules.parameters, rules.provenance)


def rules_of(name: str) -> Rules:
    """The rulebook of that name or in that file, with what it extends.

    Raises:
        NotFound: there is none. Unreadable: it has a fault; the message names file and parameter.
    """
    rules, problems = examined(name)
    for first in problems[:1]:
        raise Unreadable(first.message, hint=first.hint)
    return rules


def examined(name: str, extended_by: tuple[str, ...] = ()) -> tuple[Rules, list[Problem]]:
    """A rulebook as far as it is sound, and all that is wrong with it.

    Raises:
        NotFound: there is none. Unreadable: the file can't be read, or is no TOML.
    """
    said = _toml(name)
    problems: list[Problem] = []
    left_open = said.pop(WITHOUT, [])
    parent = _parent(name, said.pop(EXTENDS, ""), extended_by, problems)
    own = _own(name, said, problems)
    rules = Rules(called(name), parent.name if parent else "", {}, {}, {})
    for each in filter(None, (parent, own)):
        if each is own:
            _leave_open(name, left_open, rules, problems)
        _displace(rules, each.parameters)
        rules.parameters.update(each.parameters)
        rules.provenance.update(each.provenance)
        rules.written_in.update(each.written_in)
    return rules, problems


def incomplete(rules: Rules) -> list[Problem]:
    """What a rulebook leaves open that its own choices need."""
    problems = []
    for (parameter, choices), needed in _NEEDS.items():
        chosen = rules.parameters.get(parameter)
        for missing in (each for each in needed if each not in rules.parameters):
            if chosen in choices:
                message = f"is not defined, and {parameter} = {chosen} needs it"
                hint = f"Define it: {SCHEMA[missing].meaning}"
                problems.append(_fault(rules.name, missing, message, hint))
    return problems


_COSTS = ("fixed-penalty", "max-time-plus-penalty")
_NEEDS = {
    ("controls.penalties", ("computed",)): (
        "start.late_ms_per_minute",
        "start.false_start_ms",
        "controls.precision_ms",
        "controls.late_ms_per_minute",
        "controls.early_ms_per_minute",
        "controls.late_limit_ms",
        "controls.not_visited_ms",
    ),
    ("overall.unfinished_stage", _COSTS): (
        "overall.unfinished_stage_ms",
        "overall.unfinished_stage_limit",
    ),
    ("overall.not_started_stage", _COSTS): ("overall.not_started_stage_ms",),
}


def called(name: str) -> str:
    """What the rulebook of a name or a file is called."""
    return Path(name).stem if _is_file(name) else name


def template_names() -> list[str]:
    """The rulebooks that come with the ledger."""
    folder = resources.files("projections") / "rulebooks"
    return sorted(
        file.name.removesuffix(SUFFIX) for file in folder.iterdir() if file.name.endswith(SUFFIX)
    )


def _is_file(name: str) -> bool:
    return name.endswith(SUFFIX)


def _toml(name: str) -> dict[str, Any]:
    try:
        if _is_file(name):
            text = bytes_of(Path(name), LARGEST).decode("utf-8-sig")
        elif name in (names := template_names()):
            file = resources.files("projections") / "rulebooks" / f"{name}{SUFFIX}"
            text = file.read_text(encoding="utf-8")
        else:
            raise NotFound(
                f"There is no rulebook {name!r}.",
                hint=f"There are: {', '.join(names)}; or name a file, as rules{SUFFIX}.",
            )
        return tomllib.loads(text)
    except OSError as error:
        raise Unreadable(f"The rulebook {name} can't be read: {why(error)}.") from None
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"The rulebook {name}: {error}.", hint="Mend the file.") from None


def _parent(
    name: str, extends: object, extended_by: tuple[str, ...], problems: list[Problem]
) -> Rules | None:
    """The rulebook that is extended: by its name, or as a file beside the one that extends it."""
    if extends == "":
        return None
    chain = (*extended_by, os.path.normpath(name))
    try:
        if not isinstance(extends, str):
            raise Unreadable("it is not a text.", hint='Write extends = "cross-country".')
        beside = os.path.normpath(Path(name).parent / extends) if _is_file(extends) else extends
        if beside in chain:
            raise Unreadable(f"{' → '.join((*chain, beside))} goes in a circle.")
        parent, its_problems = examined(beside, chain)
    except LedgerError as error:
        said = f"The rulebook {name}: {EXTENDS} = {extends!r}: {error.message}"
        problems.append(Problem(EXTENDS, said, error.hint))
        return None
    problems += its_problems
    return parent


def _leave_open(name: str, left_open: object, rules: Rules, problems: list[Problem]) -> None:
    """Take out what a file does not take over from the rulebook that it extends."""
    wanted = left_open if isinstance(left_open, list) else [left_open]
    for each in wanted:
        if not isinstance(each, str) or each not in rules.parameters:
            hint = f'Write {WITHOUT} = ["ties.chain"], of what {rules.extends or "nothing"} says.'
            message = f"The rulebook {name}: {WITHOUT} = {each!r} leaves nothing open."
            problems.append(Problem(WITHOUT, message, hint))
            continue
        for held in (rules.parameters, rules.provenance, rules.written_in):
            held.pop(each)


def _displace(rules: Rules, by: Mapping[str, ParameterValue]) -> None:
    """Take out what a file says otherwise in the words of before."""
    kept = amended(rules.parameters, by)
    for each in [each for each in rules.parameters if each not in kept]:
        for held in (rules.parameters, rules.provenance, rules.written_in):
            held.pop(each)


def _own(name: str, said: Mapping[str, Any], problems: list[Problem]) -> Rules:
    """What a file says itself."""
    own = Rules(called(name), "", {}, {}, {})
    for group, entries in said.items():
        if not isinstance(entries, dict):
            problems.append(_fault(name, group, "is no group of parameters", _AS_TABLE))
            continue
        for key, entry in entries.items():
            where = f"{group}.{key}"
            try:
                value, provenance = _parameter(name, where, entry)
            except LedgerError as error:
                problems.append(Problem(where, error.message, error.hint))
            else:
                own.parameters[where] = value
                own.provenance[where] = provenance
                own.written_in[where] = own.name
    return own


_AS_TABLE = "Write [group.parameter], and under it value = … and source = …"


def _fault(name: str, where: str, message: str, hint: str) -> Problem:
    return Problem(where, f"The rulebook {name}: {where} {message}.", hint)


def _parameter(name: str, where: str, entry: object) -> tuple[ParameterValue, str]:
    """The value of a parameter and where it comes from.

    Raises:
        Unreadable: not a table, an unknown parameter, a wrong value, or no provenance.
    """
    if not isinstance(entry, dict) or "value" not in entry:
        raise Unreadable(f"The rulebook {name}: {where} has no value.", hint=_AS_TABLE)
    value = checked(name, where, entry["value"])
    for unknown in sorted(entry.keys() - _ENTRY):
        raise Unreadable(
            f"The rulebook {name}: {where} says {unknown!r}, which is not known.",
            hint=f"Known: {', '.join(sorted(_ENTRY))}.",
        )
    return value, _provenance(name, where, entry)


def _provenance(name: str, where: str, entry: Mapping[str, Any]) -> str:
    if entry.get("assumed") is True:
        return f"{ASSUMED}: {entry['because']}" if "because" in entry else ASSUMED
    source = entry.get("source")
    if not isinstance(source, str) or not source.strip():
        raise Unreadable(
            f"The rulebook {name}: {where} has no provenance.",
            hint='Add source = "…" or assumed = true.',
        )
    return source


ASSUMED = "assumed"
"""How the provenance of a parameter begins for which there is no source."""
