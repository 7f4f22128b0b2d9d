"""The options that commands share, and the completion of their values from the ledger."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from cli.context import Settings
from ledger.errors import LedgerError, Usage
from ledger.times import Instant

if TYPE_CHECKING:
    from cli.office import desk as office

Function = TypeVar("Function", bound=Callable[..., Any])
pass_settings = click.make_pass_decorator(Settings, ensure=True)


def _choose(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    settings = ctx.ensure_object(Settings)
    settings.choose(
        value if param.name == "ledger" else None, value if param.name == "rally" else None
    )


def of_ledger(function: Function) -> Function:
    """`--ledger` and `--rally` behind the command as well as in front of it."""
    for name, metavar, text in (
        ("--rally", "CODE", "Which rally, where the ledger holds several."),
        ("--ledger", "FILE-OR-URL", "The ledger (default: rally.db)."),
    ):
        function = click.option(
            name, metavar=metavar, help=text, callback=_choose, expose_value=False, envvar=""
        )(function)
    return function


def at_a_moment(function: Function) -> Function:
    """`--known-at` and `--effective-at`: the two cuts that every read takes."""
    function = click.option(
        "--effective-at", metavar="TIME", help="What had happened by then, as it is known now."
    )(function)
    return click.option(
        "--known-at",
        metavar="MOMENT",
        help="What the log held: a position (#6087), @-1, a stage, or a timestamp.",
    )(function)


def on_a_basis(function: Function) -> Function:
    """`--basis`: the cuts of an answer that was given before."""
    return click.option(
        "--basis",
        "basis_file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Run an answer again: at the moment that its --json output names.",
    )(function)


@contextlib.contextmanager
def well_put() -> Iterator[None]:
    """What is not well put and says no more of it leads to the help of the command."""
    try:
        yield
    except Usage as error:
        if error.hint:
            raise
        raise click.UsageError(error.message) from None


class Signature(NamedTuple):
    """Who acts, in which office, when and why; and whether the act is only tried."""

    at: Instant | None
    by: str
    role: str
    reason: str
    dry_run: bool
    expect: int | None
    as_json: bool

    def without_form(self) -> office.Signature:
        """The same, without the form in which the terminal wants the outcome."""
        from cli.office.desk import Signature as Signed

        return Signed(self.by, self.role, self.reason, self.at, self.dry_run, self.expect)


def _instant(text: str | None) -> Instant | None:
    if text is None:
        return None
    from cli.clocks import parse_rally_time

    settings = click.get_current_context().find_object(Settings) or Settings()
    return parse_rally_time(text, settings.open_log)


def signed(function: Callable[..., None]) -> Callable[..., None]:
    """What every write takes, given to the command as its `signature`."""

    @functools.wraps(function)
    def call(*args: Any, at: str | None, **given: Any) -> None:
        fields = {name: given.pop(name) for name in Signature._fields if name in given}
        if not fields["by"].strip() or not fields["role"].strip():
            raise click.UsageError("--by and --role say who acts: neither may be empty.")
        signature = Signature(at=_instant(at), **fields)
        function(*args, signature=signature, **given)

    for option in (
        click.option("--json", "as_json", is_flag=True, help="One JSON document."),
        click.option("--expect", type=int, metavar="POSITION", help="Only if the log ends there."),
        click.option("--dry-run", is_flag=True, help="Say what it would change; append nothing."),
        click.option("--reason", default="", help="Why."),
        click.option(
            "--role",
            required=True,
            envvar="RALLY_ROLE",
            show_envvar=True,
            help="The office they act in.",
        ),
        click.option("--by", required=True, envvar="RALLY_BY", show_envvar=True, help="Who acts."),
        click.option("--at", metavar="TIME", help="When it happened (2016-07-21T18:00+08:00)."),
    ):
        call = option(call)
    return of_ledger(call)


def completing(what: str) -> Callable[[click.Context, click.Parameter, str], list[str]]:
    """Values of a kind from the ledger, for the shell; nothing if it can't be read."""

    def complete(ctx: click.Context, _param: click.Parameter, begun: str) -> list[str]:
        try:
            return [value for value in sorted(_values(ctx, what)) if value.startswith(begun)]
        except (LedgerError, OSError):
            return []

    return complete


def _values(ctx: click.Context, what: str) -> set[str]:
    from ledger.vocabulary import CrewEntered, StageScheduled

    settings = ctx.find_object(Settings) or Settings()
    root = ctx.find_root().params
    settings.choose(root.get("ledger"), root.get("rally"))
    kind = StageScheduled if what == "stage" else CrewEntered
    field = {"class": "crew_class", "trophy": "trophies"}.get(what, what)
    log = settings.open_log()
    found = (each.occurrence() for each in log.read(types=[kind.type_name()]))
    values = (getattr(each, field, "") for each in found)
    listed = (value if isinstance(value, tuple) else (value,) for value in values)
    return {value for several in listed for value in several if value}


complete_stage = completing("stage")
complete_number = completing("number")
