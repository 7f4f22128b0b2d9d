"""`rally rulebook`: the rules in force, and rulebooks as files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise

import click

from cli.context import Settings
from cli.office.asking import Cuts
from cli.office.explaining import Explained, explained
from cli.office.explaining import answer_of as on_a_rule
from cli.office.reads import READS
from cli.office.rules import Rules, by_itself, in_order, undefined
from cli.office.sourcing import ASSUMED, FROM_TEXT, UNSOURCED, WANTED, Sourced, answer_of, sourced
from cli.office.view import View
from cli.options import CSV, JSON, at_a_moment, complete_stage, of_ledger, taking
from cli.output import print_json, visible
from ledger.errors import NotFound, Unreadable, Usage
from ledger.times import spelled
from ledger.vocabulary.rally import ParameterValue
from projections.rules.asked import EVERYWHERE
from projections.rules.cases import Case
from projections.rules.rulebook import SCHEMA
from projections.rules.templates import called, rules_of, template_names


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
        for each, following in pairwise(shown.versions.get(name, ())):
            told = f"{_value(name, each.value)}, {each.source.told()}"
            click.echo(f"  Until {following.since}: {visible(told)}")
    missing = undefined(shown.parameters, shown.wanted)
    if missing:
        click.echo("\nNot defined (an error where one is needed):")
    for gap in missing:
        click.echo(f"  {gap['name']}\n    {gap['meaning']}")
        if "wanted" in gap:
            click.echo(f"    Wanted: {visible(gap['wanted'])}")


def _value(name: str, value: ParameterValue | None) -> str:
    return "not defined" if value is None else visible(spelled(name, value)) or "nothing"


@command.command(name="check")
@click.argument("rulebook", metavar="[NAME-or-FILE]...", nargs=-1)
@click.option(
    "--left", is_flag=True, help="Only what no text says, and why, in the rulebook that says it."
)
@taking(*JSON, *CSV)
def check(rulebook: tuple[str, ...], left: bool, as_json: bool, as_csv: bool) -> int:
    """Check rulebooks; say nothing when they are sound, else each fault with its parameter.

    A value is sound that says in which document, edition and article and on which page it stands,
    or that it is assumed, and why. Without a name: those that come with the ledger. With --left a
    rulebook that extends another tells only what it says itself, and how much that one does.

    \b
    Examples:
      rally rulebook check ncr-2026 --left
      rally rulebook check --left --json
    """
    several = [sourced(each) for each in rulebook or template_names()]
    answer = answer_of(several, alone=len(rulebook) == 1, left=left)
    if as_json:
        print_json(answer.json())
    elif as_csv:
        click.echo(answer.csv(), nl=False)
    else:
        for each in several:
            for problem in each.problems:
                click.echo(f"{visible(problem.message)}\n  {visible(problem.hint)}".rstrip())
            for line in _left(each) if left else ():
                click.echo(line)
    return answer.exit_code


def _left(found: Sourced) -> Iterator[str]:
    """How many values of a rulebook rest on what, and those that no text says."""
    counts = found.counts()
    numbers = [f"{counts[state]} {words}" for state, words in _RESTS.items() if counts[state]]
    extends = f", which extends {visible(found.extends)}" if found.extends else ""
    elsewhere = ", ".join(f"{many} under {visible(at)}" for at, many in found.left_to().items())
    others = f"; of what no text says, {elsewhere}" if elsewhere else ""
    yield f"{visible(found.rulebook)}{extends}: {', '.join(numbers)}{others}"
    for each in found.left():
        since = f" since {each.since}" if each.since else ""
        value = "" if each.value is None else f" = {_value(each.parameter, each.value)}"
        said = each.told if each.state != WANTED else f"{WANTED}: {each.told}"
        yield f"  {each.parameter}{since}{value}  ({visible(said)})"


_RESTS = {
    FROM_TEXT: "from text",
    ASSUMED: "assumed",
    WANTED: "wanted",
    UNSOURCED: "without a source",
}


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


@command.command(name="explain")
@click.argument(
    "parameter",
    metavar="PARAMETER",
    shell_complete=lambda _, __, begun: [each for each in SCHEMA if each.startswith(begun)],
)
@click.option("--in", "names", multiple=True, metavar="NAME-or-FILE", help="Only in this rulebook.")
@at_a_moment
@taking(*JSON, *CSV)
@of_ledger
def explain(
    settings: Settings,
    parameter: str,
    names: tuple[str, ...],
    at: Cuts,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Explain a rule: what it means, where its values stand, who asks for it, and a worked case.

    In the rally, where there is one, and in the rulebooks that come with the ledger.
    """
    seen = _rally(settings, at)
    answer = on_a_rule(explained(parameter, seen, names), seen)
    if as_json:
        print_json(answer.json())
    elif as_csv:
        click.echo(answer.csv(), nl=False)
    else:
        for line in _explained(answer.found):
            click.echo(line)


def _rally(settings: Settings, at: Cuts) -> View | None:
    """The rally, if one is named or lies here: rules are explained without one, too."""
    try:
        return View(settings.open_log(), *at)
    except (NotFound, Unreadable):
        if settings.named or at != Cuts():
            raise
        return None


def _meant(found: Explained) -> Iterator[str]:
    yield f"{found.parameter}\n  {found.meaning}"
    if found.choices:
        yield f"  One of: {', '.join(found.choices)}"
    for choice, why in found.dead.items():
        yield f"  Moves nothing: {choice} ({why})"


def _explained(found: Explained) -> Iterator[str]:
    yield from _meant(found)
    for title, several in (("In this rally:", found.adopted), ("Rulebooks:", found.rulebooks)):
        if several:
            yield f"\n{title}"
        for each in several:
            since = f" since {each.since}" if each.since else ""
            yield f"  {visible(each.where)}{since}: {_value(found.parameter, each.value)}"
            if said := each.provenance or (f"wanted: {each.wanted}" if each.wanted else ""):
                yield f"    {visible(said)}"
    yield ""
    if found.answers:
        yield f"Asked by: {', '.join(found.answers)}; and with them by {', '.join(EVERYWHERE)}"
    if found.acts:
        yield f"Asked when somebody does: {', '.join(found.acts)}"
    if found.beside:
        yield f"Works with: {', '.join(found.beside)}"
    for case in found.cases:
        yield from _worked(found.parameter, case)


def _worked(parameter: str, case: Case) -> Iterator[str]:
    yield f"\nA worked case: {case.story}"
    for line in case.typed():
        yield f"  rally {line}"
    for name, value in case.beside.items():
        yield f"  under {name} = {_value(name, value)}"
    yield f"  rally {case.ask}"
    for each in case.figures:
        result = json.dumps(each.result, ensure_ascii=False)
        yield f"  under {parameter} = {_value(parameter, each.value)}: {result}"
        yield f"    {each.reckoned}"
