"""Acts of the stewards' desk at a terminal: the desk of a command, and what an act changed."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from cli.changes import move, precision_of
from cli.context import Settings
from cli.office.acts import ACTS
from cli.office.desk import Desk, Outcome
from cli.options import Signature, pass_settings, signed, well_put
from cli.output import print_json, visible
from ledger.errors import Usage
from ledger.log import Log
from ledger.times import format_gap
from ledger.vocabulary import DecisionIssued, short_id
from projections.comparing.compare import Moved as Move
from projections.comparing.preview import Preview

MOST_TOLD = 12


def desk_of(settings: Settings, signature: Signature, log: Log | None = None) -> Desk:
    """The desk of a log, or of the one that is meant, before whoever signs."""
    log = settings.open_log() if log is None else log
    who = signature.without_form()
    return Desk(log, who, settings.now, settings.randomness, settings.exhibits())


def acting(name: str, **said: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A command that carries out an act of the table by its name, or only tries it.

    The function gives it its help alone; `said` is what the command says by itself.
    """

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(function)
        def call(settings: Settings, /, signature: Signature, **given: Any) -> None:
            desk = desk_of(settings, signature)
            with well_put():
                found = ACTS[name].carry_out(desk, {**given, **said}, written)
            for outcome in found:
                assert isinstance(outcome, Outcome)
                say(outcome, as_json=signature.as_json)

        return signed(pass_settings(call))

    return decorate


def outcomes(
    group: click.Group,
    name: str,
    parameter: str,
    metavar: str,
    decision_help: str,
    steps: Mapping[str, tuple[str, str]],
) -> None:
    """Commands for what was found on something that was lodged: an act of the table.

    `steps` says by the name of a command which outcome it records, and what that means.
    """
    for step_name, (outcome, text) in steps.items():

        @group.command(name=step_name, help=text)
        @click.argument(parameter, metavar=metavar)
        @click.option("--decision", metavar="DECISION", help=decision_help)
        @click.option("--document", default="", metavar="NUMBER", help="Its number on the board.")
        @acting(name, outcome=outcome)
        def _() -> None:
            """What was found, put on record."""


def step(name: str, parameter: str) -> click.Command:
    """The command of an act of the table that takes an appeal or a decision, and nothing else."""
    metavar = "APPEAL-OR-DECISION" if parameter == "appeal" else "DECISION"

    @click.command(name=name.rsplit(maxsplit=1)[-1], help=ACTS[name].help)
    @click.argument(parameter, metavar=metavar)
    @acting(name)
    def command() -> None:
        """The act, put on record."""

    return command


def say(outcome: Outcome, *, as_json: bool) -> None:
    """What came of an act, for people or for a program."""
    if as_json:
        print_json(outcome.json())
        return
    record, words = outcome.record, visible(outcome.said.words())
    name = f"#{record.position} {short_id(outcome.id)}" if record else "Not appended (dry run):"
    click.echo(f"{name}  {words}")
    if len(outcome.concerns) > 1:
        click.echo(f"       It concerns {', '.join(outcome.concerns)}.")
    for each in told(outcome.moved):
        click.echo(f"       {each}")


def told(changes: Preview) -> list[str]:
    """What an act changes, a line each: places, totals and gaps, and the next start order."""
    lines = _moves("Overall", changes.overall)
    for stage in changes.stages:
        lines += _moves(stage.stage, stage.rows)
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
