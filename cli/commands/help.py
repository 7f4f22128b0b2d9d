"""`rally help`: the pages that come with the ledger."""

from __future__ import annotations

import importlib
from importlib import resources

import click

from ledger.errors import NotFound

FOLDER, SUFFIX = "cli.help", ".md"


FILLED_IN = {
    "<!-- tables -->": "cli.office.layout",
    "<!-- read tables -->": "cli.tables.layout",
    "<!-- lines -->": "cli.office.lines.forms",
    "<!-- commands -->": "cli.desk.commands",
}
"""What stands in a page for what is known elsewhere, and which module explains it."""


def pages() -> dict[str, str]:
    """The pages by name."""
    files = sorted(resources.files(FOLDER).iterdir(), key=lambda each: each.name)
    return {
        each.name.removesuffix(SUFFIX): _filled_in(each.read_text(encoding="utf-8"))
        for each in files
        if each.name.endswith(SUFFIX)
    }


def _filled_in(text: str) -> str:
    for mark, module in FILLED_IN.items():
        if mark in text:
            text = text.replace(mark, importlib.import_module(module).explained())
    return text


def _begun(_ctx: click.Context, _param: click.Parameter, begun: str) -> list[str]:
    return [name for name in pages() if name.startswith(begun)]


@click.command(name="help")
@click.argument("page", required=False, shell_complete=_begun)
def command(page: str | None) -> None:
    """Show a page: a whole case as an appeal clerk runs it, the format of sheets, and others.

    Without a name, list them.

    \b
    Example:
      rally help a-rally
    """
    held = pages()
    if page is None:
        for name, text in held.items():
            click.echo(f"{name:<12} {text.splitlines()[0].removeprefix('# ')}")
        return
    if page not in held:
        raise NotFound(f"There is no page {page!r}.", hint=f"There are: {', '.join(held)}.")
    click.echo(held[page].rstrip())
