"""`rally incidents`: what was observed and needs attention, and what came of it."""

from __future__ import annotations

from datetime import datetime

import click

from cli.options import complete_number, complete_stage
from cli.output import Column, plain, print_table
from cli.reading import Answer, View, reading
from projections.incidents import KINDS, Incident, incidents

CSV = (
    "position",
    "number",
    "driver",
    "stage",
    "kind",
    "fact_at",
    "words",
    "injury",
    "open",
    "decided",
)


@click.command(name="incidents")
@click.option("--crew", metavar="NUMBER", help="Only of this crew.", shell_complete=complete_number)
@click.option("--stage", metavar="STAGE", help="Only on this stage.", shell_complete=complete_stage)
@click.option(
    "--kind", metavar="KIND", type=click.Choice(KINDS), help="Only of this kind, such as accident."
)
@reading
def command(seen: View, crew: str | None, stage: str | None, kind: str | None) -> Answer:
    """Show incidents and reports that need somebody's attention, in the order of the facts.

    \b
    Reports wait for a decision until a penalty that stands names them as evidence or is for the
    same crew, stage and place: waypoints missed, speed zones, false starts, failed checks.
    """
    rows = incidents(seen.state, crew, stage, kind)
    flat = [{**plain(row), "decided": [each.words for each in row.decided]} for row in rows]
    return Answer("Incidents", {"rows": rows}, flat, CSV, lambda: table(rows))


def table(rows: tuple[Incident, ...]) -> None:
    """The incidents line by line, each with what was decided."""
    titles = ("Record", "When", "Kind", "What", "Decided")
    print_table(
        [Column(title, figures=title == "Record") for title in titles],
        [
            (
                f"#{r.position}",
                when(r.fact_at),
                f"{r.kind}, injury" if r.injury else r.kind,
                r.words,
                "; ".join(f"#{each.position} {each.words}" for each in r.decided)
                or ("open" if r.open else ""),
            )
            for r in rows
        ],
    )


def when(instant: str | None) -> str:
    """Day and time of day of an instant, as it was shown; the offset stands in JSON."""
    if instant is None:
        return ""
    moment = datetime.fromisoformat(instant)
    return f"{moment.day} {moment:%b %H:%M:%S}"
