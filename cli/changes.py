"""What a write changed in the standings, said in one breath with the write."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import click

from cli.office.handles import named_to_people
from cli.office.overall import Recorded, Told
from cli.output import visible
from ledger.times import format_duration, format_gap
from ledger.vocabulary import Occurrence, canonical, occurrence_id, short_id

if TYPE_CHECKING:
    from projections.control.check import Suspicion

MOST_TOLD = 10
Sides = tuple[int | None, int | None]
"""Before and after; None where there is none."""


def show(done: Recorded) -> None:
    """What was put on record, and what it changed in the overall."""
    click.echo(named(done.position, done.said, done.handle))
    moved = done.moved
    for each in sentences(moved.told):
        click.echo(f"       {each}")
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


def named(position: int | None, said: Occurrence, handle: str = "") -> str:
    """What was said in words, behind its position and id; without a position it was only tried.

    What further acts name has its handle there as well.
    """
    identity = short_id(occurrence_id(canonical(said)))
    name = f"#{position} {identity} {named_to_people(handle)}".rstrip()
    return f"{name if position else 'Not appended (dry run):'}  {visible(said.words())}"


def sentences(told: Sequence[Told]) -> list[str]:
    """How crews moved in which classification, a line each; of very many only the first.

    Those that left one together, as when the next stage begins, stand in one line.
    """
    lines: list[tuple[str, int]] = []
    for (where, gone), group in groupby(told, lambda each: (each[0], each[1].place[1] is None)):
        name, moved = visible(f"Overall {where}".rstrip()), [each for _, each in group]
        if gone and len(moved) > 2:
            crews = ", ".join(each.number for each in moved[:MOST_TOLD])
            more = f" and {len(moved) - MOST_TOLD} more" if len(moved) > MOST_TOLD else ""
            lines.append((f"{name}: {crews}{more} → not classified", len(moved)))
        else:
            lines += [(f"{name}: {e.number} {move(e.place, e.total_ms)}", 1) for e in moved]
    more_crews = sum(count for _, count in lines[MOST_TOLD:])
    rest = [f"… and {more_crews} more crews."] if more_crews else []
    return [line for line, _ in lines[:MOST_TOLD]] + rest


def move(
    places: Sides,
    totals_ms: Sides,
    gaps_ms: Sides = (None, None),
    outside: tuple[str | None, str | None] = (None, None),
    precision_ms: int | None = None,
) -> str:
    """ "1st → 10th, total 40:17:20 (+4:00:00)": the total only where there is one.

    The gap to the first is told where it is given, and the status of who is not classified.
    """
    was, place = places
    moved = f"{_place(was, outside[0])} → {_place(place, outside[1])}"
    if was == place:
        moved = f"stays {_place(place, outside[1])}"
    before, after = totals_ms
    if after is None:
        return moved
    total = f", total {format_duration(after, precision_ms)}"
    if before is not None and before != after:
        sign = "+" if after > before else ""
        total += f" ({sign}{format_duration(after - before, precision_ms)})"
    gap = f", gap {format_gap(gaps_ms[1], precision_ms)}" if gaps_ms[1] else ""
    return f"{moved}{total}{gap}"


def _place(place: int | None, status: str | None = None) -> str:
    if place is None:
        return f"not classified ({status})" if status else "not classified"
    ending = {1: "st", 2: "nd", 3: "rd"}.get(place % 10 if place % 100 not in (11, 12, 13) else 0)
    return f"{place}{ending or 'th'}"
