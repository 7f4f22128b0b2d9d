"""`rally outstanding`: who is still out, what is missing, and what keeps a result back."""

from __future__ import annotations

from typing import NamedTuple

import click

from cli.office.answer import Answer
from cli.output import print_table, visible, when
from cli.reading import reading
from ledger.grouping import grouped
from projections.control.outstanding import Outstanding, StillOut


class _Section(NamedTuple):
    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]


@reading("outstanding")
def command(answer: Answer[Outstanding]) -> None:
    """Show what race control waits for, on every stage that was begun and is not closed.

    Who is still out and where each crew was last seen; who is to come to which control, and when;
    controls and sheets that are missing; times that rest on too few kinds of sources; what keeps
    the result of the stage from being published.
    """
    sections = [each for each in _sections(answer.found) if each.rows]
    for each in sections:
        click.echo(each.title if each is sections[0] else f"\n{each.title}")
        print_table(each.columns, each.rows, figures=("No", "Record", "Wanted"))
    if not sections:
        click.echo("Nothing is outstanding.")
    for message in answer.found.untold:
        click.echo(f"\nCan't be told: {visible(message)}")


def _sections(answer: Outstanding) -> tuple[_Section, ...]:
    alone = grouped(((e.stage, e.sources, e.wanted), e.number) for e in answer.single_source)
    return (
        _Section(
            "Still out",
            ("Stage", "No", "Driver", "Category", "Last seen", "When", "By", "Record"),
            [_still_out(row) for row in answer.still_out],
        ),
        _Section(
            "To come to a control",
            ("Stage", "Control", "No", "Due"),
            [(r.stage, r.control, r.number, when(r.due_at)) for r in answer.awaited],
        ),
        _Section(
            "Missing",
            ("Stage", "Category", "Kind", "What"),
            [(r.stage, r.category, r.kind, r.message) for r in answer.missing],
        ),
        _Section(
            "Too few sources",
            ("Stage", "Sources", "Wanted", "Crews"),
            [
                (stage, ", ".join(each or "unnamed" for each in kinds), str(wanted), ", ".join(of))
                for (stage, kinds, wanted), of in alone.items()
            ],
        ),
        _Section(
            "Keeps the result back",
            ("Stage", "Kind", "What", "Records"),
            [
                (r.stage, r.kind, r.message, " ".join(f"#{p}" for p in r.positions[:4]))
                for r in answer.blockers
            ],
        ),
    )


def _still_out(row: StillOut) -> tuple[str, ...]:
    due = f"due {when(row.due_at)}" if row.due_at and not row.started else ""
    return (
        row.stage,
        row.number,
        row.driver,
        row.category,
        row.last_seen if row.started else "not seen",
        when(row.last_seen_at) or due,
        row.source,
        "" if row.position is None else f"#{row.position}",
    )
