"""What a write changed in the standings, said in one breath with the write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from cli.office.handles import named_to_people
from cli.office.moving import MOST_TOLD, sentences
from cli.office.overall import Recorded
from cli.output import visible
from ledger.vocabulary import Occurrence, canonical, occurrence_id, short_id

if TYPE_CHECKING:
    from projections.control.check import Suspicion


def show(done: Recorded) -> None:
    """What was put on record, and what it changed in the overall."""
    click.echo(named(done.position, done.said, done.handle))
    moved = done.moved
    for each in sentences(moved.told):
        click.echo(f"       {visible(each)}")
    if moved.why:
        click.echo(f"       {visible(moved.why)}")
    if moved.complaint:
        click.echo(f"       There is no overall: {visible(moved.complaint)}")
    elif moved.is_there and not moved.told:
        click.echo("       The overall does not change.")


def warn(found: Sequence[Suspicion]) -> None:
    """What is told at entry, on standard error; of very much only the first."""
    for each in found[:MOST_TOLD]:
        click.echo(visible(f"Warning: {each.message} {each.hint}".rstrip()), err=True)
    if (more := len(found) - MOST_TOLD) > 0:
        click.echo(f"Warning: … and {more} more: `rally check`.", err=True)


def named(position: int | None, said: Occurrence, handle: str = "", words: str = "") -> str:
    """What was said in words, behind its position and id; without a position it was only tried.

    What further acts name has its handle there as well. Other `words` may say it than its own.
    """
    identity = short_id(occurrence_id(canonical(said)))
    name = f"#{position} {identity} {named_to_people(handle)}".rstrip()
    tried = "Not appended (dry run):"
    return f"{name if position else tried}  {visible(words or said.words())}"
