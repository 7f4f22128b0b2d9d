"""`rally drift`: a published document beside today's answer, and why they differ."""

from __future__ import annotations

from typing import Any

import click

from cli.comparing import in_columns, two_columns
from cli.output import Column, plain, print_table, visible
from cli.reading import Answer, View, reading
from ledger.times import format_duration
from ledger.vocabulary import ClassificationPublished
from projections.drift import Drift, Moved, Without, drift, published_as
from projections.publications import AS_PUBLISHED, as_posted
from projections.reproduction import ELSEWHERE, NOT_REPRODUCED, Reproduction, reproductions
from projections.state.facts import Fact

BOTH = {
    "place": "place_{}",
    "time_ms": "time_{}_ms",
    "penalty_ms": "penalty_{}_ms",
    "total_ms": "total_{}_ms",
    "flags": "flags_{}",
    "status": "status_{}",
}
"""What is told of the document and of today, and the names of its two columns."""
CSV = ("number", "driver", *two_columns(BOTH), "other", "because")


@click.command(name="drift")
@click.argument("document", metavar="DOCUMENT")
@reading
def command(seen: View, document: str) -> Answer:
    """Show why a published classification is not today's answer: who moved, and by which records.

    DOCUMENT is its number on the notice board, or the position of its record (#193). Today is what
    is known now, or at --known-at. Each crew that moved is shown before and after, with a smallest
    set of later records that explains it: without them it would stand as published, and none of
    them can be left out.

    The document itself is computed again at its own cut-off first: where its rows do not come out,
    that is said before anything else (exit code 1).

    \b
    Examples:
      rally drift 73
      rally drift 73 --known-at 2016-07-22T08:00+08:00
    """
    fact = published_as(seen.state, document)
    again = _again(seen, fact)
    cut = seen.effective_at.ms if seen.effective_at else None
    why = Without(as_posted(seen.state, fact), seen.log.read(until=seen.position), cut)
    # The positions of another log say nothing about the records of this one.
    known = again.status != ELSEWHERE
    answer = drift(seen.state, fact, why.explain if known else lambda _: ())
    told = {
        **plain(answer),
        "reproduced": again.status,
        "message": again.message,
        "records": _records(seen, answer),
    }
    title = f"Drift of document {answer.document}"
    code = 1 if again.failed else 0
    rows = [in_columns(row, BOTH) for row in answer.rows]
    return Answer(title, told, rows, CSV, lambda: _show(answer, again, told["records"]), code)


def _again(seen: View, fact: Fact[ClassificationPublished]) -> Reproduction:
    """What comes of computing the document again at its own cut-off."""
    record = seen.log.at(fact.position)
    said = record.occurrence()
    until = min(getattr(said, "position", 0), seen.head)
    (found,) = reproductions([record], seen.log.read(until=until), seen.log.head().site)
    return found


def _records(seen: View, answer: Drift) -> list[dict[str, Any]]:
    """The records that explain it, as an official wants to see them."""
    found = [seen.log.at(position) for position in answer.because]
    return [
        {
            "position": each.position,
            "id": each.id,
            "recorded_at": each.occurrence().recorded_at.iso(),
            "by": each.occurrence().by,
            "words": each.occurrence().words(),
        }
        for each in found
    ]


def _show(answer: Drift, again: Reproduction, records: list[dict[str, Any]]) -> None:
    kind = f"{answer.kind} {answer.amendment}" if answer.amendment else answer.kind
    what = f"{answer.title}, {kind}: #{answer.position} on cut-off #{answer.cut_off}"
    if again.status == NOT_REPRODUCED:
        click.echo(f"It is NOT reproduced at its own cut-off. {again.message}")
    click.echo(visible(f"{what}, {again.status}."))
    if answer.today == AS_PUBLISHED:
        click.echo("Today's answer equals it.")
    if answer.rows:
        click.echo()
        columns = [Column("No", figures=True)]
        columns += map(Column, ("Driver", "Place", "Total", "Also", "Because of"))
        print_table(columns, [_cells(row) for row in answer.rows])
    if answer.unclassified:
        click.echo()
        columns = [Column("Not classified", figures=True)]
        columns += map(Column, ("Driver", "Status", "Also", "Because of"))
        print_table(columns, [_cells_without_place(row) for row in answer.unclassified])
    if records:
        click.echo()
        columns = [Column("Record", figures=True), Column("By"), Column("What")]
        print_table(columns, [(f"#{e['position']}", e["by"], e["words"]) for e in records])


def _cells(row: Moved) -> tuple[str, ...]:
    return (
        row.number,
        row.driver,
        _pair(*(_place(row, which) for which in (0, 1))),
        _pair(*("" if each is None else format_duration(each) for each in row.total_ms)),
        ", ".join(_also(row)),
        " ".join(f"#{position}" for position in row.because),
    )


def _cells_without_place(row: Moved) -> tuple[str, ...]:
    because = " ".join(f"#{position}" for position in row.because)
    return row.number, row.driver, _pair(*row.status), ", ".join(_also(row)), because


def _place(row: Moved, which: int) -> str:
    place = row.place[which]
    return row.status[which] or "–" if place is None else str(place)


def _pair(was: str, now: str) -> str:
    """ "2 → 4", or what both are."""
    return was if was == now else f"{was or '–'} → {now or '–'}"


def _also(row: Moved) -> list[str]:
    """What else differs: the flags that came or went, and what is not in the table by name."""
    was, now = (set(each or ()) for each in row.flags)
    gone, come = sorted(was - now), sorted(now - was)
    signs = [*(f"-{each}" for each in gone), *(f"+{each}" for each in come)]
    same_total = row.total_ms[0] == row.total_ms[1]
    parts = ["time and penalty"] if same_total and row.time_ms[0] != row.time_ms[1] else []
    return [*signs, *parts, *row.other]
