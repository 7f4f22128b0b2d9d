"""What commands that sign share: whose key it is, and how its passphrase is asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import click

from cli.options import taking
from ledger.errors import Unreadable

KEY_OF_THE_LEDGER = "RALLY_LEDGER_KEY"
"""What names the key of the log itself, where $RALLY_KEY is that of an official."""


def with_key(function: Callable[..., Any]) -> Callable[..., Any]:
    """A command takes the file of the ledger's key."""
    option = click.Option(
        ["--key", "key_named"],
        type=click.Path(),
        metavar="FILE|agent",
        envvar=[KEY_OF_THE_LEDGER, "RALLY_KEY"],
        help="The ledger's key, to sign with: a file of ssh, or of an ssh-agent (default: "
        f"${KEY_OF_THE_LEDGER}, else $RALLY_KEY).",
    )
    return taking(option)(function)


def ask_passphrase(file: str) -> str:
    """The passphrase of a key file, typed by a person.

    Raises:
        Unreadable: nobody is there to type it.
    """
    if sys.stdin is None or not sys.stdin.isatty():
        raise Unreadable(
            f"The key {file} has a passphrase, and nobody is there to type it.",
            hint="Run it in a terminal, or use a key without a passphrase.",
        )
    typed: str = click.prompt(f"Passphrase of {file}", hide_input=True, err=True)
    return typed


TRUST = click.Option(
    ["--trust"],
    metavar="VKEY|FINGERPRINT|FILE",
    multiple=True,
    help="A key that is trusted, as the regulations or a posted sheet have it.",
)
