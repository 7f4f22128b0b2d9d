"""How answers are shown: as JSON, or as a table that a person likes to read."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import click

from cli.context import Settings
from cli.terminal import json_text, styled
from ledger.errors import Unavailable
from ledger.files import replacing, why
from ledger.signs import spelled_out
from ledger.times import Instant, parse_instant


def print_json(document: dict[str, Any]) -> None:
    """One JSON document on standard output, records named in its words as people do."""
    click.echo(json_text(for_programs(document), indent=1 if _terminal() else None))


def for_programs(document: dict[str, Any]) -> dict[str, Any]:
    """A document as JSON has it, with the names that records of the rally have in its words."""
    from cli import names

    settings = _settings()
    return names.for_programs(document, settings.naming if settings else lambda _: str)


def write_out(output: str, drawn: bytes, *, private: bool = False) -> None:
    """What was drawn, in a file or, as `-`, on standard output.

    Raises:
        Unavailable: the file can't be written.
    """
    if output == "-":
        click.echo(drawn, nl=False)
    else:
        write_file(output, drawn, private=private)


def write_file(output: str, data: bytes, *, private: bool = False) -> None:
    """Write a file, the whole of it or nothing; `private` keeps it from others.

    Raises:
        Unavailable: it can't be written.
    """
    with writing_file(output, private=private) as file:
        file.write(data)


@contextlib.contextmanager
def writing_file(
    output: str, hint: str = "Name another file with -o.", *, private: bool = False
) -> Iterator[BinaryIO]:
    """A file that is there once the whole of it is written.

    Raises:
        Unavailable: it can't be written.
    """
    try:
        with replacing(Path(output), private=private) as file:
            yield file
    except (OSError, ValueError) as error:
        raise Unavailable(f"{output} can't be written: {why(error)}.", hint=hint) from None


def print_table(
    titles: Sequence[str], rows: Sequence[Sequence[str]], figures: Collection[str] = ()
) -> None:
    """A table without boxes: widths by what a terminal shows, `figures` to the right by title.

    Colour only on a terminal and never as the only sign; no colour with NO_COLOR.
    """
    if not rows:
        click.echo("None.")
        return
    clean = [[visible(cell) for cell in row] for row in rows]
    if _terminal():
        _print_for_a_person(titles, clean, figures)
    else:
        _print_plainly(titles, clean, figures)


def print_section(
    heading: str,
    titles: Sequence[str],
    rows: Sequence[Sequence[str]],
    figures: Collection[str] = (),
) -> None:
    """One more table of a page, apart from what stands above it; nothing where it has no rows."""
    if rows:
        click.echo(f"\n{heading}" if heading else "")
        print_table(titles, rows, figures)


def print_fields(fields: Iterable[tuple[str, str]], width: int, before: str = "") -> None:
    """What there is, a line each behind its title."""
    for title, value in fields:
        if value:
            click.echo(f"{before}{title:<{width}}{visible(value)}")


def _print_for_a_person(
    titles: Sequence[str], rows: Sequence[Sequence[str]], figures: Collection[str]
) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in titles:
        table.add_column(title, justify="right" if title in figures else "left")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    out = styled(sys.stdout)  # the cells are harmless, and the table styles itself
    Console(file=out, highlight=False, no_color=bool(os.environ.get("NO_COLOR"))).print(table)


def _print_plainly(
    titles: Sequence[str], rows: Sequence[Sequence[str]], figures: Collection[str]
) -> None:
    from rich.cells import cell_len

    lines = [titles, *rows]
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    told = []
    for line in lines:
        cells = []
        for cell, title, width in zip(line, titles, widths, strict=True):
            space = " " * (width - cell_len(cell))
            cells.append(space + cell if title in figures else cell + space)
        told.append("  ".join(cells).rstrip())
    click.echo("\n".join(told))


PATIENCE_S = 1
"""For so long nobody asks what becomes of it."""


@contextlib.contextmanager
def counting(what: str, patience_s: float = 0) -> Iterator[Callable[[int], None]]:
    """A counter on standard error, for a person who waits for longer than that."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    since = time.monotonic()

    def tell(count: int) -> None:
        if time.monotonic() - since >= patience_s:
            styled(sys.stderr).write(f"\r{count}{what} …")
            sys.stderr.flush()

    yield tell
    styled(sys.stderr).write("\r" + " " * 40 + "\r")
    sys.stderr.flush()


def counted(number: int, one: str, many: str = "") -> str:
    """How many there are, in words: "1 record", "2 records"."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def cited(position: int, known: Mapping[int, str]) -> str:
    """A record as a table names it: its position, and its handle if it has one."""
    return f"#{position} {known.get(position, '')}".rstrip()


def visible(text: str) -> str:
    """The text for people, records named and moments by the clocks of the rally.

    What would act on the text or not be seen is spelled out.
    """
    settings = _settings()
    return spelled_out(settings.to_people(text) if settings else text)


def shown(instant: Instant | str) -> Instant:
    """A moment by the clocks of the rally, for people."""
    at = parse_instant(instant) if isinstance(instant, str) else instant
    settings = _settings()
    return settings.clocks.instant(at) if settings else at


def when(instant: str | None) -> str:
    """Day and time of day of a moment by the clocks of the rally; the offset stands in JSON."""
    if instant is None:
        return ""
    at = shown(instant)
    return f"{at.datetime.day} {at.datetime:%b} {at.clock()}"


def clock(instant: str | None) -> str:
    """The time of day by the clocks of the rally, as it stands on a card; the day is in JSON."""
    return shown(instant).clock() if instant else ""


def _settings() -> Settings | None:
    context = click.get_current_context(silent=True)
    return context.find_object(Settings) if context else None


def _terminal() -> bool:
    return sys.stdout.isatty()
