"""Acts on the command line: put with options, signed, carried out or only tried, and told.

The options of an act are the parameters of its function: see `cli/office/asking.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import click

from cli.changes import warn
from cli.clocks import parse_rally_time
from cli.context import Settings
from cli.deciding import say, written
from cli.office.acts import ACTS
from cli.office.desk import Desk, Signature
from cli.office.secretariat import Secretariat
from cli.options import JSON, LEDGER, here, typed, well_put
from cli.output import print_json, visible
from ledger.keys import key_typed
from ledger.rally_time import is_of_its_day
from ledger.times import Instant

NOTHING: Mapping[str, Any] = MappingProxyType({})
Tells = Callable[[Any], None]
At = Callable[[Settings, Signature, Mapping[str, Any]], Desk | Secretariat]

SIGNED = (
    click.Option(
        ["--at"], metavar="TIME", help="When it happened (2016-07-21T18:00, 18:00 or now)."
    ),
    click.Option(["--by"], required=True, envvar="RALLY_BY", show_envvar=True, help="Who acts."),
    click.Option(
        ["--role"],
        required=True,
        envvar="RALLY_ROLE",
        show_envvar=True,
        help="The office they act in.",
    ),
    click.Option(["--reason"], default="", help="Why."),
    click.Option(["--dry-run"], is_flag=True, help="Say what it would change; append nothing."),
    click.Option(
        ["--clock-is-right"],
        is_flag=True,
        help="Append although this clock is far from the last record.",
    ),
    click.Option(["--expect"], type=int, metavar="POSITION", help="Only if the log ends there."),
    click.Option(
        ["--key"],
        metavar="TEXT",
        help="What this act is called: given again, it is the same record (default: made).",
    ),
)
"""Who acts, in which office, when and why; and whether the act is only tried."""


def act(
    name: str,
    explained: str = "",
    tell: Tells = say,
    *,
    called: str = "",
    said: Mapping[str, Any] = NOTHING,
    at: At | None = None,
) -> click.Command:
    """The command of an act of the table; `tell` says for people what came of it.

    Without more to be `explained`, the act says itself what it means. The command is `called` as
    the act, and asks for all of its parameters, but for what is `said` already. It is carried out
    where acts of its kind are, or `at` another desk.
    """
    done_by = ACTS[name]
    usual = at_the_desk if done_by.at_the_desk else _at_the_secretariat
    asked = [each for each in done_by.parameters() if each.name not in said]

    def carry_out(as_json: bool, **given: Any) -> None:
        settings = here()
        settings.hold()
        times, signature = _without_a_day(given), signed(given)
        where = (at or usual)(settings, signature, given)
        with well_put():
            found = done_by.carry_out(where, {**given, **said}, written)
        for each in found:
            if as_json:
                print_json(each.json())
            else:
                tell(each)
                warn(getattr(each, "warnings", ()))
            tell_if_known(each)
            for note in (*read_back(times, each), *getattr(each, "notes", ())):
                click.echo(visible(note), err=True)

    return click.Command(
        called or name.rsplit(maxsplit=1)[-1],
        params=[*(typed(each, exactly=True) for each in asked), *LEDGER, *SIGNED, *JSON],
        callback=carry_out,
        help=explained or done_by.load().__doc__,
    )


def tell_if_known(done: Any) -> None:
    """That an act was done before, under its key."""
    if getattr(done, "already_known", False):
        click.echo("It was done already under this key: nothing was appended.", err=True)


def acts(
    name: str,
    explained: str,
    each: Mapping[str, str] = NOTHING,
    tell: Tells = say,
    *,
    found: Mapping[str, tuple[str, str]] = NOTHING,
) -> click.Group:
    """The group of all acts whose names begin so; `each` explains one, where there is more to say.

    What may be `found` on what was lodged is by the names of its commands, each with the outcome
    and what that means.
    """
    group = click.Group(name, help=explained)
    for path in ACTS:
        first, _, last = path.partition(" ")
        if first != name:
            continue
        if last != "decide":
            group.add_command(act(path, each.get(last, ""), tell))
        for called, (outcome, text) in found.items() if last == "decide" else ():
            group.add_command(act(path, text, tell, called=called, said={"outcome": outcome}))
    return group


def at_the_desk(
    settings: Settings, signature: Signature, _: Mapping[str, Any], begins: str = ""
) -> Desk:
    """The desk of the rally that is meant, or of one that begins."""
    office = settings.office(new=bool(begins))
    log = office.ledger.log(begins) if begins else office.log(settings.rally)
    return office.desk(log, signature, settings.now, settings.randomness)


def _at_the_secretariat(
    settings: Settings, signature: Signature, _: Mapping[str, Any]
) -> Secretariat:
    return settings.secretariat(signature)


def _without_a_day(given: Mapping[str, Any]) -> dict[str, str]:
    """What was typed as an instant and says no day of its own, by the field that takes it."""
    typed_in = {name: text for name, text in given.items() if isinstance(text, str)}
    words = given.get("fields") or ()
    pairs = (word.partition("=") for word in words)
    typed_in |= {name: text for name, _, text in pairs if name.endswith("_at")}
    return {
        "fact_at" if name == "at" else name: text
        for name, text in typed_in.items()
        if is_of_its_day(text)
    }


def read_back(times: Mapping[str, str], done: Any) -> Iterator[str]:
    """As which instants times without a day were read, of what was put on record."""
    said = getattr(done, "said", None)
    for name, text in times.items():
        changed = getattr(said, "changes", {}).get(name)
        found = (
            Instant(*changed) if isinstance(changed, list | tuple) else getattr(said, name, None)
        )
        if found is None:
            found = getattr(said, f"{name}_at", None)
        if isinstance(found, Instant):
            yield f"{text.strip()} was read as {found.iso()}."


def must_say_who(by: str, role: str) -> None:
    """Refuse a name or an office that says nothing.

    Raises:
        UsageError: one of them is empty.
    """
    if not by.strip() or not role.strip():
        raise click.UsageError("--by and --role say who acts: neither may be empty.")


def signed(given: dict[str, Any]) -> Signature:
    """Who acts: it is taken out of what is given."""
    said = {name: given.pop(name) for name in Signature._fields}
    must_say_who(said["by"], said["role"])
    if said["at"] is not None:
        words = given["fields"] if "kind" in given and "fields" in given else ()
        said["at"] = parse_rally_time(said["at"], here().open_log, words)
    return Signature(**{**said, "key": _key(said["key"], made=not said["dry_run"])})


def _key(given: str | None, *, made: bool) -> str:
    """The key of an act; where none is given, one is made for what is not only tried."""
    if given is not None:
        return key_typed(given).text
    if not made:
        return ""
    settings = here()
    settings.appended.made = settings.randomness(8).hex()
    return settings.appended.made
