"""`rally serve`: the rally in a browser."""

from __future__ import annotations

import os
import sys

import click

from cli.context import Settings
from cli.options import of_ledger
from cli.terminal import standard_output
from ledger.errors import Unavailable, Usage, how_to_install

PORT = 8765


@click.command(name="serve")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    metavar="HOST",
    help="Whom it answers: 127.0.0.1 is this machine alone, 0.0.0.0 everybody who reaches it.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=PORT,
    show_default=True,
    metavar="N",
    help="On which port; 0 takes one that is free.",
)
@click.option("--open", "opens", is_flag=True, help="Open it in the browser of this machine.")
@click.option(
    "--get", "target", metavar="PATH", help="Answer one address on standard output, and end."
)
@of_ledger
def command(settings: Settings, /, host: str, port: int, opens: bool, target: str | None) -> int:
    """Show the rallies of a ledger in a browser; it only reads, until Ctrl-C ends it.

    Every page is there as JSON and CSV too, with the bytes of the command of the same name; and
    /openapi.json describes them. What is private is never shown. Whoever reaches the address may
    read everything else: unless --host says otherwise that is this machine alone.

    \b
    Examples:
      rally serve --open
      rally serve --host 0.0.0.0 --port 80
      rally serve --get '/silk-way-2016/standings.csv?at=148'
    """
    try:
        from cli.web.apart import site_of
        from cli.web.once import arriving
        from cli.web.serving import serve, site_served
    except ModuleNotFoundError as error:
        raise Unavailable(
            f"To serve a ledger needs the module {error.name}.", hint=how_to_install("web")
        ) from None
    exhibits = os.environ.get("RALLY_EXHIBITS") or ""
    if target is not None:
        if not target.startswith("/"):
            raise Usage(
                f"{target[:80]!r} is no address here.", hint="It begins with /: /openapi.json."
            )
        site = site_of(settings.ledger_name, exhibits, replays=False)
        found = arriving(site_served(site, settings.ledger_name, exhibits), target)
        with standard_output() as out:
            out.write(found.body)
        return 0 if found.status < 400 else 2

    def told(address: str) -> None:
        click.echo(f"Serving {settings.ledger_name} at {address} (Ctrl-C ends it).", err=True)
        sys.stderr.flush()
        if opens:
            click.launch(address)

    def also(words: str) -> None:
        click.echo(words, err=True)
        sys.stderr.flush()

    return serve(settings.ledger_name, exhibits, host, port, told, also)
