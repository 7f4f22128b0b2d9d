"""What came of an act of the stewards' desk, and what it changed, in words for people."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from cli.changes import named
from cli.office.desk import Outcome
from cli.office.ends import SetRunning
from cli.office.moving import move
from cli.output import visible, when
from ledger.errors import Usage
from ledger.times import format_gap, precision_of
from ledger.vocabulary import DecisionIssued
from projections.comparing.compare import Moved as Move
from projections.comparing.preview import Preview

MOST_TOLD = 12


def say(outcome: Outcome) -> None:
    """What came of an act."""
    click.echo(named(outcome.position, outcome.said, outcome.handle))
    if len(outcome.concerns) > 1:
        click.echo(f"       It concerns {', '.join(outcome.concerns)}.")
    for each in told(outcome.moved):
        click.echo(f"       {each}")


def say_what_runs(outcome: SetRunning) -> None:
    """What came of an act that sets times running: who moves, then what runs and what changes."""
    say(outcome)
    for each in outcome.times:
        was, now = (when(one) or "not begun" for one in each.until)
        by = f"{each.amount}, {each.parameter}"
        click.echo(f"       {each.of}, {each.kind}: until {was} → {now} ({by})")
    for one in outcome.statuses:
        click.echo(f"       {one.decision}: {' → '.join(one.status)}")
    if not (outcome.times or outcome.statuses):
        click.echo("       No time begins or ends by it, and no decision changes its status.")


def told(changes: Preview) -> list[str]:
    """What an act changes, a line each: places, totals and gaps, and the next start order."""
    lines = [line for each in changes.shown for line in _moves(visible(each.title), each.rows)]
    starters = [
        f"Start of {each.stage}: {each.number} {_place(each.place[0])} → {_place(each.place[1])}"
        for each in changes.start_order
    ]
    lines += _first(starters, "more starters")
    if why := changes.refused[1]:
        lines.append(f"There is no overall: {why}")
    lines = lines or ["Nothing changes in the standings or the next start order."]
    return lines + [
        f"No effect: {each.effect}, because {each.why}{cited(each.positions)}."
        for each in changes.without_effect
    ]


def cited(positions: Sequence[int]) -> str:
    """The records that something rests on, behind what is said of it: " (#12)"."""
    return f" ({', '.join(f'#{each}' for each in positions)})" if positions else ""


def _moves(title: str, rows: Sequence[Move]) -> list[str]:
    precision = precision_of(time for row in rows for time in row.total_ms)
    lines = []
    for row in rows:
        said = move(row.place, row.total_ms, (None, None), row.status, precision)
        gap = row.gap_ms[1]
        behind = f", gap {format_gap(gap, precision)}" if gap else ""
        lines.append(f"{title}: {row.number} {said}{behind}")
    return _first(lines, "more crews")


def _first(lines: list[str], rest: str) -> list[str]:
    more = len(lines) - MOST_TOLD
    return lines[:MOST_TOLD] + ([f"… and {more} {rest}."] if more > 0 else [])


def _place(place: int | None) -> str:
    return "–" if place is None else str(place)


def written(said: DecisionIssued, would: Preview) -> str:
    """The reasons of a decision, as written in the editor that opens.

    Raises:
        Usage: none are written, or nobody can be asked for them.
    """
    if not sys.stdin.isatty():
        return ""
    lines = ["", "", _SCISSORS, *(f"# {each}" for each in (said.words(), *told(would)))]
    text = click.edit("\n".join(lines), extension=".txt") or ""
    kept = text.partition(_SCISSORS)[0].strip()
    if not kept:
        raise Usage("No reasons were written; nothing was put on record.", hint="Write some.")
    return kept


_SCISSORS = "# ---- The reasons stand above this line. What follows is left out. ----"
