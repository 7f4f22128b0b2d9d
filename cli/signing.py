"""What commands that sign share: whose key it is, and how its passphrase is asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import click

from cli.options import taking
from ledger.errors import Unreadable


def with_key(function: Callable[..., Any]) -> Callable[..., Any]:
    """A command takes the file of a key to sign with."""
    option = click.Option(
        ["--key", "key_named"],
        type=click.Path(),
        metavar="FILE|agent",
        envvar="RALLY_KEY",
        help="The key to sign with: a file of ssh, or of an ssh-agent (default: $RALLY_KEY).",
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
