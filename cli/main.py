"""The command `rally`: its sections, its errors and its exit codes.

Commands are imported when they are called, not before: the table below is all that `rally --help`
needs. A new command is a module in `cli/commands/` and a line here.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import click

from cli.context import Settings
from cli.office.reads import READS
from cli.terminal import Unheard, json_text, nobody_listens, outlets
from ledger.errors import Interrupted, LedgerError, Unclear, Usage
from ledger.masking import without_secrets

NOTHING: Mapping[str, Any] = MappingProxyType({})
MANY_THINGS = 150_000
"""After so many new things Python looks for what holds itself in memory.

A short read makes fewer.
"""


class Entry(NamedTuple):
    """A command of the table: where it lives and what it is for, in one line."""

    section: str
    module: str
    help: str


def _read(section: str, name: str) -> Entry:
    """A read: what it is for stands in the table of reads."""
    return Entry(section, name.replace("-", "_"), READS[name].help)


COMMANDS: dict[str, Entry] = {
    "demo": Entry("Learn", "demo", "Load the Silk Way Rally 2016 and tell its story."),
    "simulate": Entry("Learn", "simulate", "Make up a whole rally of any size, from a seed."),
    "types": _read("Learn", "types"),
    "help": Entry("Learn", "help", "Pages to read: a whole rally, a whole case, others."),
    "completion": Entry("Learn", "completion", "Print the completion script of a shell."),
    "new": Entry("Record", "new", "Begin a rally: its name and its regulations."),
    "import": Entry(
        "Record", "import_", "Take in sheets, a road book, live timing or another log."
    ),
    "desk": Entry("Record", "desk", "Enter what is seen, line by line, as the cars come in."),
    "record": Entry("Record", "record", "Put an occurrence on record."),
    "correct": Entry("Record", "correct", "Give the right value of a fact."),
    "void": Entry("Record", "void", "Say that a record should never have been entered."),
    "adopt": Entry("Record", "adopt", "Give a penalty that is proposed; make an act your own."),
    "decline": Entry("Record", "decline", "Decline a penalty that is proposed, with the reason."),
    "close-cards": Entry("Record", "close_cards", "Close the cards: some are read again."),
    "throw-dice": Entry("Record", "throw_dice", "Throw dice for the cards that are read again."),
    "forget": Entry("Record", "forget", "Erase private values for good."),
    "decide": Entry("Decide", "decide", "Issue a decision, and what follows it."),
    "protest": Entry("Decide", "protest", "Lodge a protest; what the stewards find on it."),
    "review": Entry("Decide", "review", "Petition for a review of a decision; its two steps."),
    "appeal": Entry("Decide", "appeal", "Announce an appeal; confirm it, or let it end."),
    "extend": Entry("Decide", "extend", "A time to appeal, petition or protest is extended."),
    "end-competition": Entry("Decide", "end_competition", "The competition is over: times run."),
    "prize-giving": Entry("Decide", "prize_giving", "When the prizes are given."),
    "court": Entry("Decide", "court", "What a court decided about a decision."),
    "draw-up": Entry("Decide", "draw_up", "Draw up a document, to be signed and then posted."),
    "sign": Entry("Decide", "sign", "Sign records with a key of office, or a document."),
    "exhibit": Entry("Decide", "exhibit", "Bind files to records, by their digest."),
    "publish": Entry("Record", "publish", "Post a start order, a classification or a decision."),
    "standings": _read("Read", "standings"),
    "teams": _read("Read", "teams"),
    "points": _read("Read", "points"),
    "season": _read("Read", "season"),
    "crew": _read("Read", "crew"),
    "retirements": _read("Read", "retirements"),
    "finishers": _read("Read", "finishers"),
    "penalties": _read("Read", "penalties"),
    "publications": _read("Read", "publications"),
    "decisions": _read("Read", "decisions"),
    "alike": _read("Read", "alike"),
    "docket": _read("Read", "docket"),
    "protest-clock": _read("Read", "protest-clock"),
    "due": _read("Read", "due"),
    "document": Entry("Read", "document", "Draw what goes on the notice board, as PDF."),
    "start-order": _read("Read", "start-order"),
    "time-card": _read("Read", "time-card"),
    "incidents": _read("Read", "incidents"),
    "proposals": _read("Read", "proposals"),
    "cards": _read("Read", "cards"),
    "outstanding": _read("Read", "outstanding"),
    "check": _read("Read", "check"),
    "anomalies": _read("Read", "anomalies"),
    "log": _read("Read", "log"),
    "show": _read("Read", "show"),
    "rulebook": Entry("Read", "rulebook", "The rules in force; check and compare rulebooks."),
    "why": _read("Replay", "why"),
    "history": _read("Replay", "history"),
    "diff": _read("Replay", "diff"),
    "what-if": _read("Replay", "what-if"),
    "late": _read("Replay", "late"),
    "moment": _read("Replay", "moment"),
    "marks": _read("Replay", "marks"),
    "drift": _read("Replay", "drift"),
    "chart": _read("Replay", "chart"),
    "replay": Entry("Replay", "replay", "Show any position out of an archive, without a ledger."),
    "serve": Entry("Replay", "serve", "Show the rally in a browser, at any moment."),
    "follow": Entry("Replay", "follow", "Tell what others append, and what it changes."),
    "verify": _read("Trust", "verify"),
    "key": Entry("Trust", "key", "Keys of office: make one, say whose it is, list them."),
    "checkpoint": Entry("Trust", "checkpoint", "Sign how long the log is, and its root."),
    "keep": Entry("Trust", "keep", "Put on record what witnesses signed."),
    "prove": Entry("Trust", "prove", "Prove a record, or that the log only grew, to strangers."),
    "witness": Entry("Trust", "witness", "Sign that somebody's log goes on from what was seen."),
    "rebuild": Entry("Trust", "rebuild", "Make anew what is derived from the log."),
    "backup": Entry("Trust", "backup", "Copy the ledger while others write, and prove the copy."),
    "site": _read("Trust", "site"),
    "export": Entry(
        "Trust", "export", "Write the log, evidence, the rally as plain files, or tables."
    ),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        command = importlib.import_module(f"cli.commands.{entry.module}").command
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Carry out what is asked; that nobody reads on is told by the exit code alone."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise click.exceptions.Exit(141) from None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is meant, or an error with those that sound alike."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, cutoff=0.5)
            alike = f" Did you mean {' or '.join(near)}?" if near else ""
            raise click.UsageError(f"No such command {args[0]!r}.{alike}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands by section, without importing any of them."""
        for section in dict.fromkeys(entry.section for entry in COMMANDS.values()):
            with formatter.section(section):
                formatter.write_dl(
                    [(name, e.help) for name, e in COMMANDS.items() if e.section == section]
                )


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done, 1 refused or something found, 2 usage, 3 the proof does not "
    "verify, 4 somebody appended first, 5 unreadable input.",
)
@click.option("--ledger", metavar="FILE-OR-URL", help="The ledger (default: rally.db).")
@click.option("--rally", metavar="CODE", help="Which rally, where the ledger holds several.")
@click.option("--site", metavar="NAME", envvar="RALLY_SITE", help="Who writes, for a new log.")
@click.option("--sign-with", metavar="FILE|agent", help="The key that signs (default: $RALLY_KEY).")
@click.version_option(package_name="rally-ledger", prog_name="rally")
@click.pass_context
def cli(
    ctx: click.Context,
    ledger: str | None,
    rally: str | None,
    site: str | None,
    sign_with: str | None,
) -> None:
    """Keep the ledger of a rally, and replay it to any moment."""
    settings = ctx.ensure_object(Settings)
    settings.sign_with = sign_with
    settings.choose(ledger, rally)
    if site:
        from cli.office.sites import site_name

        settings.site = site_name(site)


def run(args: list[str] | None = None, settings: Settings | None = None) -> int:
    """Carry out a command line and answer its exit code; no error leaves as a traceback."""
    words = sys.argv[1:] if args is None else args
    settings = settings or Settings()
    try:
        with outlets():
            return _heard(words, settings)
    except KeyboardInterrupt:
        # Before what is said had a way out, or while it was said.
        click.echo(_interrupted(settings), err=True)
        return _INTERRUPTED


def _heard(words: list[str], settings: Settings) -> int:
    try:
        return _run(words, settings)
    except Unheard as error:
        nobody_listens()
        with contextlib.suppress(Unheard):
            click.echo(f"Error: {error.message}\nHint: {error.hint}", err=True)
        return error.exit_code
    except BrokenPipeError:
        nobody_listens()
        return 141


_INTERRUPTED = 130


def _interrupted(settings: Settings) -> str:
    return f"Interrupted; {settings.appended.words() or 'nothing was appended.'}"


def _run(words: list[str], settings: Settings) -> int:
    as_json = "--json" in words
    try:
        _must_be_text(words)
        result: Any = cli.main(words, "rally", standalone_mode=False, obj=settings)
        sys.stdout.flush()
    except Unheard:
        raise
    except click.exceptions.NoArgsIsHelpError as error:
        if as_json:
            return _say(_NO_COMMAND, as_json)
        click.echo(error.format_message(), err=True)
        result = error.exit_code
    except (LedgerError, click.ClickException) as error:
        return _say(_complaint(error, settings, as_json=as_json), as_json)
    except click.exceptions.Exit as stop:
        result = stop.exit_code
    except (click.Abort, KeyboardInterrupt) as error:
        cause = error if isinstance(error, Interrupted) else error.__cause__
        told = str(cause) if isinstance(cause, Interrupted) else _interrupted(settings)
        click.echo(told, err=True)
        result = _INTERRUPTED
    _tell_if_alone(settings)
    return result if isinstance(result, int) else 0


def _tell_if_alone(settings: Settings) -> None:
    if settings.written_alone():
        told = "Note: no standby: one server alone has this. See `rally help postgresql`."
        click.echo(told, err=True)


def _must_be_text(words: list[str]) -> None:
    """Refuse what was typed, or set for all commands, and is no text; a file may be named so.

    Raises:
        Usage: with what it is.
    """
    said = {f"The argument {number}": word for number, word in enumerate(words, 1)}
    said |= {f"${name}": value for name, value in os.environ.items() if name.startswith("RALLY_")}
    for what, word in said.items():
        if not (word.isascii() or _is_text(word) or _is_a_file(word)):
            from cli.office.private import PREFIX

            quoted = "" if word.startswith(PREFIX) else f", {word[:_READABLE]!a},"
            raise Usage(
                f"{what}{quoted} is no text in UTF-8.",
                hint="Type it anew, in a terminal whose letters are UTF-8.",
            )


_READABLE = 80


def _is_text(word: str) -> bool:
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_a_file(word: str) -> bool:
    try:
        return Path(word).exists()
    except (OSError, ValueError):
        return False


class _Complaint(NamedTuple):
    """What went wrong, as it is told."""

    kind: str
    message: str
    hint: str
    exit_code: int
    more: Mapping[str, Any] = NOTHING


_NO_COMMAND = _Complaint("usage", "No command is named.", "See `rally --help`.", 2)


def _complaint(
    error: LedgerError | click.ClickException, settings: Settings, *, as_json: bool
) -> _Complaint:
    """An error as it is told: to people with records named and by the clocks of the rally."""
    if isinstance(error, LedgerError):
        message, hint = error.message, error.hint
        if not isinstance(error, Unclear):  # then the ledger can't be asked for a name
            message, hint = map(settings.named_to_people, (message, hint))
        if not as_json and error.kind not in ("usage", Unclear.kind):  # that quotes what was typed
            message, hint = map(settings.clocks.text, (message, hint))
        hint = f"{hint} {settings.appended.words()}".strip()
        told = _Complaint(error.kind, message, hint, error.exit_code, _more(error))
    else:
        where = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else ""
        hint = f"{_cut_off(error)}See `{where or 'rally'} --help`."
        told = _Complaint("usage", error.format_message(), hint, 2)
    message, hint = (without_secrets(e, settings.ledger_name) for e in (told.message, told.hint))
    return told._replace(message=message, hint=hint)


_NAMES_A_RECORD = re.compile(r"POSITION|DECISION|MOMENT|APPEAL|PETITION|PROTEST|RECORD|FROM")
_OF_A_RECORD = re.compile(
    r"--(known-at|since|until|without|appeal|(by-)?decision|petition|protest|record|supersedes)"
)
"""What names a record or a moment: metavars of arguments, and options."""


def _cut_off(error: click.ClickException) -> str:
    """That a shell takes what follows a bare # for a comment, where a record may have been meant.

    Of `rally show #31` a shell passes on `rally show`, of `rally void #31 --reason x` nothing more.
    """
    found = False
    if isinstance(error, click.MissingParameter) and error.ctx is not None:
        given = error.ctx.params
        found = any(
            isinstance(each, click.Argument)
            and given.get(str(each.name)) in (None, ())
            and _NAMES_A_RECORD.search(each.make_metavar(error.ctx))
            for each in error.ctx.command.params
        )
    elif isinstance(error, click.BadOptionUsage) and "requires an argument" in error.message:
        found = bool(_OF_A_RECORD.fullmatch(error.option_name))
    about = (
        "A position stands in quotes, '#31', or without #: a shell drops what follows a bare #. "
    )
    return about if found else ""


def _more(error: LedgerError) -> dict[str, Any]:
    """What else an error tells: a position, the id and the key of what may have been appended."""
    names = ("position", "id", "key")
    found = ((name, getattr(error, name, None)) for name in names)
    return {name: told for name, told in found if told not in (None, "")}


def _say(told: _Complaint, as_json: bool) -> int:
    if as_json:
        error: dict[str, Any] = {"kind": told.kind, "message": told.message, "hint": told.hint}
        click.echo(json_text({"error": {**error, **told.more}}))
    else:
        click.echo(f"Error: {told.message}", err=True)
        if told.hint:
            click.echo(f"Hint: {told.hint}", err=True)
    return told.exit_code


def main() -> None:
    """The entry point of the installed command."""
    # It makes very many small things and hardly any that hold each other: to look for those as
    # often as Python does takes a tenth of the time of a short command.
    gc.set_threshold(MANY_THINGS)
    settings = Settings()
    code = run(settings=settings)
    if settings.answered:
        # Python would look once more through all that an answer was made of, which takes a quarter
        # of the time of a short command: what has to be let go of in order is the ledger alone.
        settings.put_away()
        gc.freeze()
    sys.exit(code)
