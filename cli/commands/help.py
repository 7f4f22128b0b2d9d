"""`rally help`: the pages that come with the ledger."""

from __future__ import annotations

from importlib import resources

import click

from ledger.errors import NotFound

FOLDER, SUFFIX = "cli.help", ".md"


TABLES = "<!-- tables -->"
"""Stands in a page for what its reader knows: the tables of sheets."""


def pages() -> dict[str, str]:
    """The pages by name."""
    files = sorted(resources.files(FOLDER).iterdir(), key=lambda each: each.name)
    return {
        each.name.removesuffix(SUFFIX): _filled_in(each.read_text(encoding="utf-8"))
        for each in files
        if each.name.endswith(SUFFIX)
    }


def _filled_in(text: str) -> str:
    if TABLES not in text:
        return text
    from cli.office.layout import explained

    return text.replace(TABLES, explained())


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
