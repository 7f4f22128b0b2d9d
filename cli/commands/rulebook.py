"""`rally rulebook`: the rules in force, and rulebooks as files."""

from __future__ import annotations

import click

from cli.context import Settings
from cli.office.asking import Cuts
from cli.office.reads import READS
from cli.office.rules import Rules, by_itself, in_order, undefined
from cli.office.view import View
from cli.options import at_a_moment, complete_stage, of_ledger
from cli.output import print_json, visible
from ledger.errors import Usage
from ledger.times import spelled
from ledger.vocabulary.rally import ParameterValue
from projections.rules.rulebook import SCHEMA
from projections.rules.templates import called, examined, incomplete, rules_of


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
def show(settings: Settings, name: str | None, stage: str | None, at: Cuts, as_json: bool) -> None:
    """Show every parameter: its value, what it means and where it comes from.

    Without a name: the regulations of the rally, with the bulletins that are in force. A rule is in
    force for what happens from a moment or a stage on: --effective-at and --stage say for what.
    """
    if name is None:
        seen = View(settings.open_log(), *at)
        answer = READS["rulebook show"].ask(seen, {"stage": stage})
    elif at != Cuts() or stage:
        raise Usage(
            "A moment or a stage is asked of the regulations of a rally, not of a rulebook.",
            hint=f"Leave {name} out, or leave the options out.",
        )
    else:
        answer = by_itself(name)
    for note in answer.notes:
        click.echo(visible(note), err=True)
    if as_json:
        print_json(answer.json())
    else:
        _tell(answer.found)


def _tell(shown: Rules) -> None:
    click.echo(f"{visible(shown.title)}:")
    for name, value in in_order(shown.parameters):
        origin = shown.origins.get(name, "")
        click.echo(f"\n{name} = {_value(name, value)}{f'  ({origin})' if origin else ''}")
        if name in SCHEMA:
            click.echo(f"  {SCHEMA[name].meaning}")
        click.echo(f"  From: {visible(shown.provenance.get(name) or 'nothing is said')}")
    missing = undefined(shown.parameters)
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
        for name, _ in in_order({**before, **after})
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
