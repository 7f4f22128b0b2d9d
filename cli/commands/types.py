"""`rally types`: every occurrence that can be recorded, documented from the code."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import click

from cli.office.answer import Answer
from cli.options import JSON
from cli.reading import reading
from ledger.lists import BETWEEN

NEW_LINE = "\n"
_LIST = f"list, with {BETWEEN} between"


@reading("types", forms=JSON)
def command(answer: Answer[list[dict[str, Any]]]) -> None:
    """List every occurrence that can be recorded, or explain one."""
    if click.get_current_context().params["name"]:
        _explain(answer.found[0])
        return
    for group, kinds in groupby(answer.found, lambda kind: kind["group"]):
        click.echo(f"{group}:")
        for kind in kinds:
            fields = ", ".join(_title(field) for field in kind["fields"])
            click.echo(f"  {kind['name']:<20} {kind['meaning'].partition(NEW_LINE)[0]}")
            click.echo(f"  {'':<20} {fields}")
    click.echo("\n* needed. `rally types TYPE` explains one.")


def _title(field: dict[str, Any]) -> str:
    return f"{field['name']}{'*' if field['needed'] else ''}"


def _explain(said: dict[str, Any]) -> None:
    click.echo(f"{said['name']} (version {said['version']}, {said['group']})\n")
    click.echo(f"{said['meaning']}\n")
    for field in said["fields"]:
        click.echo(f"  {_title(field):<16} {field['type'].replace('list', _LIST)}")
    click.echo(f"\nMay be recorded by: {', '.join(said['may_record'])}.")
