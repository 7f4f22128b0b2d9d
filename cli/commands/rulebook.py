"""`rally rulebook`: the rules in force, and rulebooks as files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import click

from cli.context import Settings
from cli.options import at_a_moment, complete_stage, of_ledger, pass_settings
from cli.output import print_json, visible
from cli.reading import View
from ledger.errors import NotFound, Usage
from ledger.times import spelled
from ledger.vocabulary.rally import ParameterValue
from projections.rules.in_force import rules_in_force
from projections.rules.rulebook import SCHEMA
from projections.rules.templates import ASSUMED, called, examined, incomplete, rules_of


@click.group(name="rulebook")
def command() -> None:
    """Show, check and compare rulebooks.

    A rulebook is named (as cross-country) or is a file that ends with .toml.
    """


@command.command(name="show")
@click.argument("name", metavar="[NAME-or-FILE]", required=False)
@click.option(
    "--stage", help="The rules as they hold on this stage.", shell_complete=complete_stage
)
@at_a_moment
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@of_ledger
@pass_settings
def show(
    settings: Settings,
    name: str | None,
    stage: str | None,
    known_at: str | None,
    effective_at: str | None,
    as_json: bool,
) -> None:
    """Show every parameter: its value, what it means and where it comes from.

    Without a name: the regulations of the rally, with the bulletins that are in force. A rule is in
    force for what happens from a moment or a stage on: --effective-at and --stage say for what.
    """
    if name is None:
        shown = _in_force(settings, known_at, effective_at, stage)
    elif known_at or effective_at or stage:
        raise Usage(
            "A moment or a stage is asked of the regulations of a rally, not of a rulebook.",
            hint=f"Leave {name} out, or leave the options out.",
        )
    else:
        rules = rules_of(name)
        origins = {
            each: "" if origin == rules.name else f"inherited from {origin}"
            for each, origin in rules.written_in.items()
        }
        shown = _Shown(
            {"rulebook": rules.name, "extends": rules.extends or None},
            f"{rules.name}, which extends {rules.extends}" if rules.extends else rules.name,
            rules.parameters,
            rules.provenance,
            origins,
        )
    if as_json:
        print_json(_document(shown))
    else:
        _tell(shown)


class _Shown(NamedTuple):
    """A rulebook on its way to a person: what stands above it, and per parameter what it says."""

    head: dict[str, Any]
    title: str
    parameters: Mapping[str, ParameterValue]
    provenance: Mapping[str, str]
    origins: Mapping[str, str]


def _in_force(
    settings: Settings, known_at: str | None, effective_at: str | None, stage: str | None
) -> _Shown:
    seen = View(settings.open_log(), known_at, effective_at)
    orders = seen.state.orders
    if stage is not None and stage not in orders:
        raise NotFound(
            f"No stage {stage} is scheduled.", hint=f"There are: {', '.join(orders) or 'none'}."
        )
    instant = seen.effective_at.ms if seen.effective_at else None
    rules = rules_in_force(seen.state.facts, instant, None if stage is None else orders[stage])
    seen.say(f"Regulations {rules.name or '(none adopted)'}")
    names = [each.name for each in rules.applied]
    return _Shown(
        {
            "basis": seen.basis(),
            "rulebook": rules.name,
            "stage": stage,
            "bulletins": [each._asdict() for each in rules.applied],
            "not_in_force": [each._asdict() for each in rules.waiting],
        },
        " with ".join([rules.name or "No regulations", *([", ".join(names)] if names else [])]),
        rules.parameters,
        rules.provenance,
        {name: f"by {origin}" for name, origin in rules.changed_by.items()},
    )


def _document(shown: _Shown) -> dict[str, Any]:
    defined = [
        {
            "name": name,
            "value": value,
            "meaning": SCHEMA[name].meaning if name in SCHEMA else "",
            "provenance": shown.provenance.get(name, ""),
            "assumed": shown.provenance.get(name, "").startswith(ASSUMED),
            "origin": shown.origins.get(name, ""),
        }
        for name, value in _in_order(shown.parameters)
    ]
    return {**shown.head, "parameters": defined, "undefined": _undefined(shown.parameters)}


def _in_order(parameters: Mapping[str, ParameterValue]) -> list[tuple[str, ParameterValue]]:
    """The parameters in the order of the schema, unknown ones last."""
    places = {name: place for place, name in enumerate(SCHEMA)}
    return sorted(parameters.items(), key=lambda each: (places.get(each[0], 1000), each[0]))


def _undefined(parameters: Mapping[str, ParameterValue]) -> list[dict[str, str]]:
    return [
        {"name": name, "meaning": each.meaning}
        for name, each in SCHEMA.items()
        if name not in parameters
    ]


def _tell(shown: _Shown) -> None:
    click.echo(f"{visible(shown.title)}:")
    for name, value in _in_order(shown.parameters):
        origin = shown.origins.get(name, "")
        click.echo(f"\n{name} = {_value(name, value)}{f'  ({origin})' if origin else ''}")
        if name in SCHEMA:
            click.echo(f"  {SCHEMA[name].meaning}")
        click.echo(f"  From: {visible(shown.provenance.get(name) or 'nothing is said')}")
    missing = _undefined(shown.parameters)
    if missing:
        click.echo("\nNot defined (an error where one is needed):")
    for each in missing:
        click.echo(f"  {each['name']}\n    {each['meaning']}")


def _value(name: str, value: ParameterValue | None) -> str:
    return "not defined" if value is None else visible(spelled(name, value)) or "nothing"


@command.command(name="check")
@click.argument("file", metavar="FILE")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def check(file: str, as_json: bool) -> int:
    """Check a rulebook; say nothing when it is sound, else each fault with its parameter."""
    rules, problems = examined(file)
    problems += incomplete(rules)
    if as_json:
        found = [each._asdict() for each in problems]
        print_json({"rulebook": rules.name, "ok": not problems, "findings": found})
    for each in () if as_json else problems:
        click.echo(f"{visible(each.message)}\n  {visible(each.hint)}".rstrip())
    return 1 if problems else 0


@command.command(name="diff")
@click.argument("one", metavar="NAME-or-FILE")
@click.argument("other", metavar="NAME-or-FILE")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def diff(one: str, other: str, as_json: bool) -> None:
    """Show the parameters in which two rulebooks differ."""
    before, after = rules_of(one).parameters, rules_of(other).parameters
    rows = [
        (name, before.get(name), after.get(name))
        for name, _ in _in_order({**before, **after})
        if before.get(name) != after.get(name)
    ]
    if as_json:
        named = [{"parameter": name, "values": [was, now]} for name, was, now in rows]
        print_json({"rulebooks": [called(one), called(other)], "rows": named})
        return
    for name, was, now in rows:
        click.echo(f"{name}\n  {called(one)}: {_value(name, was)}")
        click.echo(f"  {called(other)}: {_value(name, now)}")
    if not rows:
        click.echo("They do not differ.")
