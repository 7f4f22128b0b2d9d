"""How answers are shown: JSON, CSV, or a table that a person likes to read."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import sys
from collections.abc import Sequence
from typing import Any, NamedTuple

import click
import msgspec


class Column(NamedTuple):
    """A column of a table: its title, and whether it holds figures (aligned to the right)."""

    title: str
    figures: bool = False


def plain(value: Any) -> Any:
    """A value as JSON has it: structs become objects, tuples lists."""
    return msgspec.to_builtins(value)


def print_json(document: dict[str, Any]) -> None:
    """One JSON document on standard output."""
    click.echo(json.dumps(plain(document), ensure_ascii=False, indent=1 if _terminal() else None))


def print_csv(rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> None:
    """A table of CSV with a header; lists are joined by " / "."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(row.get(name)) for name in columns})
    click.echo(text.getvalue(), nl=False)


def _cell(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return " / ".join(str(each) for each in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else value


def print_table(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
    """A table without boxes: widths by what a terminal shows, figures to the right.

    Colour only on a terminal and never as the only sign; no colour with NO_COLOR.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(
            column.title, justify="right" if column.figures else "left", no_wrap=not _terminal()
        )
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    buffer = io.StringIO()
    width = shutil.get_terminal_size().columns if _terminal() else 10_000
    console = Console(
        file=buffer,
        width=width,
        force_terminal=_terminal(),
        highlight=False,
        no_color=not _terminal() or bool(os.environ.get("NO_COLOR")),
        legacy_windows=False,
    )
    console.print(table)
    if not rows:
        click.echo("None.")
        return
    for line in buffer.getvalue().splitlines():
        click.echo(line.rstrip())


def _terminal() -> bool:
    return sys.stdout.isatty()
