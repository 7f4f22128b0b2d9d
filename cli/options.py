"""The options that commands share, and how what a read or an act is asked for is typed."""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cli.context import Settings
from cli.office.asking import Cuts, Parameter
from ledger.errors import Unreadable, Usage

if TYPE_CHECKING:
    from ledger.intake.long import Lines

Function = TypeVar("Function", bound=Callable[..., Any])
_pass_settings = click.make_pass_decorator(Settings, ensure=True)


def here() -> Settings:
    """The settings of the command that is carried out."""
    return click.get_current_context().find_object(Settings) or Settings()


def taking(*parameters: click.Parameter) -> Callable[[Function], Function]:
    """A command takes these parameters."""

    def decorate(function: Function) -> Function:
        put: list[click.Parameter] = function.__dict__.setdefault("__click_params__", [])
        put.extend(reversed(parameters))
        return function

    return decorate


# -- what many commands take -----------------------------------------------------------------------


def _choose(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    settings = ctx.ensure_object(Settings)
    settings.choose(
        value if param.name == "ledger" else None, value if param.name == "rally" else None
    )


def _choosing(name: str, metavar: str, text: str) -> click.Option:
    return click.Option(
        [name], metavar=metavar, help=text, callback=_choose, expose_value=False, envvar=""
    )


LEDGER = (
    _choosing("--ledger", "FILE-OR-URL", "The ledger (default: rally.db)."),
    _choosing("--rally", "CODE", "Which rally, where the ledger holds several."),
)
"""Behind the command as well as in front of it."""
MOMENT = (
    click.Option(
        ["--known-at"],
        metavar="MOMENT",
        help="What the log held: a position (#6087), @-1, a stage, or a timestamp.",
    ),
    click.Option(
        ["--effective-at"], metavar="TIME", help="What had happened by then, as it is known now."
    ),
    click.Option(
        ["--decided-by"], metavar="TIME", help="What had happened and been decided by then."
    ),
)
"""The cuts that every read takes."""
MOMENT_OF_EACH = (
    click.Option(
        ["--known-at"],
        metavar="[CODE=]MOMENT",
        multiple=True,
        help="What the log of a rally held; without a code, what each other log did.",
    ),
    *MOMENT[1:],
)
"""The same of a read over several rallies: each log has positions of its own."""
BASIS = (
    click.Option(
        ["--basis", "basis_file"],
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Run an answer again: at the moment that its --json output names.",
    ),
)
"""The cuts of an answer that was given before."""
JSON = (click.Option(["--json", "as_json"], is_flag=True, help="One JSON document."),)
CSV = (click.Option(["--csv", "as_csv"], is_flag=True, help="One table of CSV."),)


def of_ledger(function: Callable[..., Any]) -> Callable[..., Any]:
    """A command that says which ledger it is about, and is given the settings of that first."""
    return taking(*LEDGER)(_pass_settings(function))


def at_a_moment(function: Function) -> Callable[..., Any]:
    """A command takes the cuts, and its function what is asked of them as one: `at`."""

    @functools.wraps(function)
    def call(*given: Any, **named: Any) -> Any:
        cuts = {name: named.pop(name) for name in Cuts._fields}
        return function(*given, at=Cuts(**cuts), **named)

    return taking(*MOMENT)(call)


@contextlib.contextmanager
def well_put() -> Iterator[None]:
    """What is not well put and says no more of it leads to the help of the command."""
    try:
        yield
    except Usage as error:
        if error.hint:
            raise
        raise click.UsageError(error.message) from None


def lines_of(file: Path) -> Lines:
    """The lines of a file; of `-`, of standard input.

    Raises:
        Unreadable: it can't be read.
    """
    from ledger.intake.long import lines_in, lines_of_stream

    if str(file) != "-":
        return lines_in(file)
    if sys.stdin is None:
        raise Unreadable("Standard input is closed.", hint="Name a file.")
    return lines_of_stream("standard input", sys.stdin.buffer)


# -- what a read or an act is asked for ------------------------------------------------------------


def typed(
    parameter: Parameter, kind: click.ParamType[Any] | None = None, *, exactly: bool = False
) -> click.Parameter:
    """A parameter as it is typed; `kind` says how, where it is no plain value.

    A choice is typed `exactly` as it is called, or in letters of any case.
    """
    word, how = parameter.word, dict[str, Any](metavar=parameter.word.metavar)
    if word.choices:
        kind = click.Choice(word.choices, case_sensitive=exactly)
    elif word.least is not None:
        kind = click.IntRange(min=word.least)
    elif parameter.kind is Path:
        kind = click.Path(path_type=Path)
    if of := word.of or (word.metavar if word.metavar in (*NAMED, *PROPOSED) else ""):
        how["shell_complete"] = completing(of)
    if parameter.kind is bool:
        how["is_flag"] = True
    else:
        how["type"] = kind or parameter.kind
    if parameter.required:
        how["required"] = True
    elif not parameter.several:
        how["default"] = parameter.default
    if word.subject:
        several: dict[str, Any] = {"nargs": -1} if parameter.several else {}
        how["required"] = parameter.required
        return click.Argument([parameter.name], **how, **several)
    return click.Option(
        [f"--{parameter.asked_as}", parameter.name],
        help=word.help,
        multiple=parameter.several,
        show_default=bool(word.choices) or None,
        **how,
    )


def completing(what: str) -> Callable[[click.Context, click.Parameter, str], list[str]]:
    """Values of a kind from the ledger, for the shell; nothing if it can't be read."""

    def complete(ctx: click.Context, _param: click.Parameter, begun: str) -> list[str]:
        from cli.completing import complete_value

        return complete_value(what, ctx, begun)

    return complete


PROPOSAL = "PROPOSAL"
PROPOSED = (PROPOSAL, "PROPOSAL-OR-RECORD")
"""What stands in the help for a sanction that a tariff proposes."""
NAMED: dict[str, tuple[str, ...]] = {
    "DECISION": ("decision",),
    "APPEAL": ("appeal",),
    "APPEAL-OR-DECISION": ("appeal", "decision"),
    "PETITION-OR-DECISION": ("review", "decision"),
    "PROTEST": ("protest",),
    "RECORD": (),
    "POSITION-OR-ID": (),
}
"""Which records a value may name, by what stands for it in the help; none said means any."""
complete_stage = completing("stage")
complete_number = completing("number")
complete_decision = completing("DECISION")
