"""`rally cards`: who keyed which time cards, what differs, and what a second reading proved."""

from __future__ import annotations

from collections.abc import Iterator

import click

from cli.office.answer import Answer
from cli.output import print_table, visible
from cli.reading import reading
from projections.control.cards import Cards, Closing


@reading("cards")
def command(answer: Answer[Cards]) -> None:
    """Show which cells of time cards were keyed, by whom, and how each stands.

    A cell that one person keyed counts; one that several keyed alike is confirmed; where they
    differ it counts for nobody until a third person agrees with one of them. What was read stands
    here only where they agreed: whoever keys next is not to know. Behind the cells: which cards
    were closed, what was drawn to be read again, and what that proves.

    \b
    Examples:
      rally cards --stage SS3
      rally cards --stands differs
      rally cards --confidence 99 --json
    """
    found = answer.found
    if not found.rows and not found.closings:
        click.echo("No card was keyed.")
        return
    rows = answer.rows
    print_table(
        ("Cell", "Stands", "Keyed by", "Read", "Records"),
        [
            (
                row.cell,
                row.stands,
                ", ".join(row.by),
                row.read,
                " ".join(f"#{each}" for each in row.positions),
            )
            for row in rows
        ],
    )
    click.echo(", ".join(f"{count} {stands}" for stands, count in found.counts.items() if count))
    for closing in found.closings:
        click.echo("")
        for line in _closed(closing):
            click.echo(visible(line))


def _closed(closing: Closing) -> Iterator[str]:
    """What was closed, thrown, drawn and proved, in lines."""
    of = closing.control or closing.stage
    where, known = f" of {of}" if of else "", f"{closing.root[:10]}@{closing.at}"
    yield f"#{closing.position}: {closing.by} closed the cards{where} on {known}."
    yield f"  {closing.cells} cells keyed once, {closing.wanted} to be read again."
    if closing.reproduced is False:
        yield "  These are not the cells that one person had keyed there: look at the record."
    elif closing.reproduced is None:
        yield "  That root is not of this log, so its cells are taken as they were told."
    for each in closing.throws:
        aside = "" if each.counts else " (does not count)"
        yield f"  #{each.position}: {each.office} ({each.by}) threw {each.throw}{aside}"
    if not closing.seed:
        yield "  Dice are to be thrown by two offices: `rally throw-dice`."
        return
    yield f"  Seed {closing.seed}"
    for drawn in closing.drawn:
        by = f", by {' and '.join(drawn.by)}" if drawn.by else ""
        yield f"  {drawn.found:<9} {drawn.cell}{by}"
    yield f"  {closing.proves}"
