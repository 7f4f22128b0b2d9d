"""`rally proposals`: what the tariffs propose for the facts on record, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator

import click

from cli.office.answer import Answer
from cli.output import print_table, visible
from cli.reading import reading
from ledger.times import format_duration
from projections.desk.proposals import Proposal


@reading("proposals")
def command(answer: Answer[tuple[Proposal, ...]]) -> None:
    """Show the sanctions that the tariffs propose, with their arithmetic, article and facts.

    Nothing counts because it is proposed: an office adopts it (`rally adopt`), with another amount
    and a reason, or declines it (`rally decline`). What was corrected since, or does not stand any
    more, is told. A tariff is a rule: `rally rulebook explain tariffs.waypoints`.

    \b
    Examples:
      rally proposals
      rally proposals --status open
      rally proposals --crew 104 --known-at '#149' --json
    """
    rows = answer.found
    if not rows:
        click.echo("Nothing is proposed.")
        return
    print_table(
        ("Proposal", "No", "Stage", "What", "Amount", "By", "State", "Facts"),
        [
            (
                row.name,
                row.number,
                row.stage,
                row.words,
                "" if row.amount_ms is None else format_duration(row.amount_ms),
                row.cited or row.tariff,
                _state(row),
                " ".join(f"#{each}" for each in row.positions),
            )
            for row in rows
        ],
        figures=("No", "Amount", "Facts"),
    )
    for row in rows:
        told = list(_told(row))
        if told:
            click.echo(f"\n{row.name}")
            for each in told:
                click.echo(f"  {visible(each)}")


def _state(row: Proposal) -> str:
    """What became of it, with the amount that was given where that is another."""
    if row.adopted_ms is None or row.adopted_ms == row.amount_ms:
        return row.state
    to = "to" if row.state == "changed" else "with"
    return f"{row.state} {to} {format_duration(row.adopted_ms)}"


def _told(row: Proposal) -> Iterator[str]:
    """How it comes about, and what was made of it."""
    if row.arithmetic:
        yield row.arithmetic
    if row.why_not:
        yield f"no amount: {row.why_not}"
    for each in row.lines:
        yield f"{row.tariff}: {each}"
    if row.source:
        yield f"({row.source})"
    for one in row.decided:
        yield f"#{one.position} {one.words}"
    if row.state == "changed":
        yield f"changed because: {row.reason}"
    for remark in row.remarks:
        yield f"! {remark}"
