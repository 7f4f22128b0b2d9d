"""`rally key`: make a key to sign with, and show what others need to know of one."""

from __future__ import annotations

from pathlib import Path

import click

from cli.context import Settings
from cli.office.kept import origin_of
from cli.office.keys import KeyFile, made, opened, public_file
from cli.options import of_ledger
from cli.output import print_json, visible
from cli.signing import ask_passphrase
from ledger.errors import NotFound, Refused, Usage


@click.group(name="key")
def command() -> None:
    """Make a key to sign with, or show what others need to know of one.

    A key is a file of ssh (Ed25519), as `ssh-keygen -t ed25519` makes it. Its passphrase is asked
    for, where it has one, or an ssh-agent that holds it signs (`--key agent`). Others need its
    fingerprint, or its verifier key, which names the log as well: they take it from paper, from the
    supplementary regulations or a posted sheet, not from the log.
    """


@command.command(name="new")
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Where the key goes; its public part goes to FILE.pub.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@of_ledger
def new(settings: Settings, output: Path, *, as_json: bool) -> None:
    """Make a key that only you may read, and tell its fingerprint and its verifier key.

    It overwrites nothing, and has no passphrase: `ssh-keygen -p -f FILE` gives it one.

    \b
    Examples:
      rally key new -o ledger.key
    """
    origin = _origin(settings)
    _tell(KeyFile(output, made(output, settings.randomness).public, origin), as_json=as_json)


@command.command(name="show")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@of_ledger
def show(settings: Settings, file: Path, *, as_json: bool) -> None:
    """Tell the fingerprint of a key, and its verifier key for the log that is here.

    \b
    Examples:
      rally key show ledger.key
    """
    origin = _origin(settings)
    _tell(KeyFile(file, opened(file, ask_passphrase).public, origin), as_json=as_json)


def _origin(settings: Settings) -> str:
    """The origin of the log that is meant; "" where there is none, or none is picked."""
    if not settings.has_a_ledger:
        return ""
    try:
        return origin_of(settings.open_log()).text
    except (NotFound, Refused, Usage):
        if settings.rally is not None:
            raise
        return ""


def _tell(key: KeyFile, *, as_json: bool) -> None:
    if as_json:
        print_json(key.json())
        return
    click.echo(visible(f"{key.file}: keep it to yourself; {public_file(key.file)} is for others."))
    click.echo(f"Fingerprint:  {key.public.fingerprint}")
    if key.vkey:
        click.echo(visible(f"Verifier key: {key.vkey}"))
    else:
        click.echo("Its verifier key names the log: `rally key show FILE` beside its ledger.")
