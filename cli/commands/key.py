"""`rally key`: make a key to sign with, show what others need to know of it, say whose it is."""

from __future__ import annotations

from pathlib import Path

import click

from cli.acting import act
from cli.changes import show as show_changes
from cli.context import Settings
from cli.office.kept import origin_of
from cli.office.keyholding import in_words, listed
from cli.office.keys import KeyFile, made, opened, public_file
from cli.office.view import View
from cli.options import of_ledger
from cli.output import print_json, print_table, visible
from cli.signing import ask_passphrase
from ledger.errors import NotFound, Refused, Usage


@click.group(name="key")
def command() -> None:
    """Make a key to sign with, show what others need to know of it, and say whose it is.

    A key is a file of ssh (Ed25519), as `ssh-keygen -t ed25519` makes it. Its passphrase is asked
    for, where it has one, or an ssh-agent that holds it signs (`--key agent`). Others need its
    fingerprint, or its verifier key, which names the log as well: they take it from paper, from the
    supplementary regulations or a posted sheet, not from the log. Whose key signs for which office
    is put on record (`register`, `replace`, `revoke`, `lost`): `rally help keys`.
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


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@of_ledger
def list_(settings: Settings, *, as_json: bool) -> None:
    """List the keys of office on record, and how each stands.

    \b
    Examples:
      rally key list
    """
    answer = listed(View(settings.open_log(), None))
    if as_json:
        print_json(answer.json())
        return
    if organiser := answer.document["organiser"]:
        click.echo(f"The organiser's key, of which the others come: {organiser}", err=True)
    heads = ("#", "Key", "For", "Holder", "From", "Until", "State")
    print_table(heads, [*in_words(answer.found)], figures=("#",))


for _name, _explained in (
    (
        "register",
        """Register a key for an office, a device or a site.

        The first is the organiser's, registered and signed with itself; its fingerprint belongs in
        the supplementary regulations. Any other is signed with a key of the organiser, or of an
        office that may register keys: name yours by $RALLY_KEY. FILE.pub is its public part.

        \b
        Examples:
          RALLY_KEY=org.key rally key register org.key.pub --office organiser \\
            --by "Olga Roe" --role organiser
          RALLY_KEY=org.key rally key register ann.pub --office stewards --holder "Ann Lee" \\
            --by "Olga Roe" --role organiser
        """,
    ),
    ("replace", ""),
    ("revoke", ""),
    (
        "lost",
        """Report that a key is lost, or was in another hand, since an instant.

        What it signed since then has no effect. What it signed before counts where a proof on
        record shows that it was there by then, else as the rules have it (signatures.not_proven).

        \b
        Examples:
          rally key lost SHA256:LZcH5ApRMT9W3kDhKzbPqNxV7sYmTgJcRfUeQwAoI1E \\
            --since 2016-07-20T22:00 --by "Olga Roe" --role organiser
        """,
    ),
):
    command.add_command(act(f"key {_name}", _explained, show_changes))


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
