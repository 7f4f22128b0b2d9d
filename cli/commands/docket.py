"""`rally docket`: per decision its deadlines, and what was lodged against it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from cli.commands.incidents import when
from cli.desk import asked, at_a_time, desk
from cli.output import Column, plain, print_table
from cli.reading import Answer, View, reading
from projections.docket import Docket, DocketRow, MatterRow, docket

OF_A_DECISION = (
    *("decision", "number", "status", "notified_at", "appealable", "appeal_until"),
    *("review_until", "protest_until", "next_at", "next", "position"),
)
OF_A_MATTER = tuple(name for name in MatterRow.__struct_fields__ if name not in ("about", "open"))
CSV = (*OF_A_DECISION, *(f"matter_{name}" for name in OF_A_MATTER))


@click.command(name="docket")
@at_a_time
@reading
def command(seen: View, at: str | None) -> Answer:
    """Show the docket: per decision its deadlines, what came in, and what lapses next.

    Deadlines run from the notification, by the rulebook in force then. What came late is on record
    like the rest, with why it is inadmissible. That a time is over changes nothing by itself: what
    lapses is found by an act (`rally due` lists them). Nothing but --at now reads a clock.

    \b
    Examples:
      rally docket
      rally docket --at 2016-07-21T21:15+08:00
      rally docket --known-at '#149' --csv
    """
    moment = asked(seen, at)
    answer = docket(desk(seen), moment.ms)
    document = {"at": moment.iso(), **plain(answer)}
    return Answer(
        moment.title("Docket"), document, list(_flat(answer)), CSV, lambda: _tables(answer)
    )


def _flat(answer: Docket) -> Iterator[dict[str, Any]]:
    """A line for each matter under its decision; one for a decision that nobody attacked."""
    for row in answer.rows:
        own = {name: getattr(row, name) for name in OF_A_DECISION}
        for each in row.matters:
            yield {**own, **_of(each)}
        if not row.matters:
            yield own
    for each in answer.others:
        yield {"decision": each.about, **_of(each)}


def _of(row: MatterRow) -> dict[str, Any]:
    return {f"matter_{name}": getattr(row, name) for name in OF_A_MATTER}


def _tables(answer: Docket) -> None:
    titles = ("Decision", "No", "Status", "Notified", "Appeal until", "Review until")
    print_table(
        [
            *(Column(each, figures=each == "No") for each in titles),
            *(Column(each) for each in ("Protest until", "Next")),
            Column("Record", figures=True),
        ],
        [_deadlines(row) for row in answer.rows],
    )
    lodged = [*(each for row in answer.rows for each in row.matters), *answer.others]
    if lodged:
        click.echo("\nLodged")
        titles = ("Matter", "Against", "By", "Received", "In time until", "Admissible")
        print_table(
            [
                *(Column(each) for each in titles),
                *(Column(each) for each in ("Suspends", "Confirm by", "Confirmed", "Stands")),
                Column("Record", figures=True),
            ],
            [_matter(each) for each in lodged],
        )


def _deadlines(row: DocketRow) -> tuple[str, ...]:
    return (
        row.decision,
        row.number,
        row.status,
        when(row.notified_at) or "not yet",
        when(row.appeal_until) if row.appealable else "not open",
        when(row.review_until),
        when(row.protest_until),
        f"{when(row.next_at)} {row.next}" if row.next_at else "",
        f"#{row.position}",
    )


def _matter(row: MatterRow) -> tuple[str, ...]:
    confirmed = when(row.confirmed_at)
    ended = f" {when(row.ended_at)}" if row.ended_at else ""
    return (
        row.kind,
        row.about,
        row.number or row.competitor,
        when(row.lodged_at),
        when(row.due_at),
        "yes" if row.admissible else f"no: {row.why_not}",
        "yes" if row.suspensive else "no",
        when(row.confirm_by),
        f"{confirmed}, too late" if row.confirmed_in_time is False else confirmed,
        f"{row.step}{ended}",
        f"#{row.position}",
    )
