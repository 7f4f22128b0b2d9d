"""Rulebooks: the rules in force, a rulebook by itself, and in what two of them differ."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, NamedTuple

from cli.office.answer import Answer
from cli.office.asking import Word
from cli.office.view import View
from ledger.errors import NotFound
from ledger.vocabulary.rally import ParameterValue
from projections.rules.in_force import rules_in_force
from projections.rules.rulebook import SCHEMA
from projections.rules.sources import ASSUMED, CITED, Source
from projections.rules.templates import Dated, rules_of


class Rules(NamedTuple):
    """A rulebook on its way to a person: what stands above it, and per parameter what it says.

    `versions` are the values by their days, where a rulebook by itself is asked for; `wanted` says
    where those would stand that are not defined.
    """

    title: str
    parameters: Mapping[str, ParameterValue]
    provenance: Mapping[str, str]
    origins: Mapping[str, str]
    wanted: Mapping[str, str]
    versions: Mapping[str, tuple[Dated, ...]] = MappingProxyType({})


def in_force(
    seen: View,
    stage: Annotated[str | None, Word("The rules as they hold on this stage.", of="stage")] = None,
) -> Answer[Rules]:
    """The regulations of the rally with the bulletins in force, for a moment or a stage."""
    orders = seen.classified.orders
    if stage is not None and stage not in orders:
        raise NotFound(
            f"No stage {stage} is scheduled.", hint=f"There are: {', '.join(orders) or 'none'}."
        )
    order = None if stage is None else orders[stage]
    rules = rules_in_force(seen.classified.facts, seen.until.ms if seen.until else None, order)
    names = [each.name for each in rules.applied]
    found = Rules(
        " with ".join([rules.name or "No regulations", *([", ".join(names)] if names else [])]),
        rules.parameters,
        rules.provenance,
        {name: f"by {origin}" for name, origin in rules.changed_by.items()},
        rules.wanted,
    )
    head = {
        "rulebook": rules.name,
        "stage": stage,
        "bulletins": [each._asdict() for each in rules.applied],
        "not_in_force": [each._asdict() for each in rules.waiting],
    }
    heading = seen.heading(f"Regulations {rules.name or '(none adopted)'}")
    return Answer(seen, found, "", head | _told(found), notes=(heading,))


def by_itself(name: str) -> Answer[Rules]:
    """A rulebook of that name or file, as it is written."""
    rules = rules_of(name)
    found = Rules(
        f"{rules.name}, which extends {rules.extends}" if rules.extends else rules.name,
        rules.parameters,
        rules.provenance,
        {
            each: "" if origin == rules.name else f"inherited from {origin}"
            for each, origin in rules.written_in.items()
        },
        rules.wanted,
        rules.versions,
    )
    head = {"rulebook": rules.name, "extends": rules.extends or None}
    return Answer(None, found, "", head | _told(found))


def _told(rules: Rules) -> dict[str, Any]:
    defined = [
        {
            "name": name,
            "value": value,
            "meaning": SCHEMA[name].meaning if name in SCHEMA else "",
            "provenance": rules.provenance.get(name, ""),
            "assumed": rules.provenance.get(name, "").startswith(ASSUMED),
            "origin": rules.origins.get(name, ""),
            **({"versions": versions} if (versions := _versions(rules, name)) else {}),
        }
        for name, value in in_order(rules.parameters)
    ]
    return {"parameters": defined, "undefined": undefined(rules.parameters, rules.wanted)}


def _versions(rules: Rules, name: str) -> list[dict[str, Any]]:
    """The values of a parameter by their days, each with its source by its parts."""
    return [
        {
            "since": each.since.isoformat() if each.since else None,
            "value": each.value,
            "provenance": each.source.told(),
            **cited(each.source),
        }
        for each in rules.versions.get(name, ())
    ]


def cited(source: Source) -> dict[str, Any]:
    """A source by its parts: a citation, or why something is assumed."""
    if source.assumed:
        return {"assumed": True, "because": source.because}
    parts = {name: getattr(source, name) for name in CITED}
    return {"assumed": False, **parts}


def in_order(parameters: Mapping[str, ParameterValue]) -> list[tuple[str, ParameterValue]]:
    """The parameters in the order of the schema, unknown ones last."""
    places = {name: place for place, name in enumerate(SCHEMA)}
    return sorted(parameters.items(), key=lambda each: (places.get(each[0], 1000), each[0]))


def undefined(
    parameters: Mapping[str, ParameterValue], wanted: Mapping[str, str]
) -> list[dict[str, str]]:
    """The parameters that are not defined: an error where one is needed."""
    return [
        {"name": name, "meaning": each.meaning}
        | ({"wanted": wanted[name]} if name in wanted else {})
        for name, each in SCHEMA.items()
        if name not in parameters
    ]
