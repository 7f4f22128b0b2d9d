"""`rally incidents`: what was observed and needs attention, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping

from cli.office.answer import Answer
from cli.output import cited, print_table, when
from cli.reading import reading
from projections.desk.incidents import Incident


@reading("incidents")
def command(answer: Answer[tuple[Incident, ...]]) -> None:
    """Show incidents and reports that need somebody's attention, in the order of the facts.

    \b
    Reports wait for a decision until a penalty that stands names them as evidence or is for the
    same crew, stage and place: waypoints missed, speed zones, false starts, failed checks.
    """
    table(answer.found, answer.handles)


def table(rows: tuple[Incident, ...], known: Mapping[int, str]) -> None:
    """The incidents line by line, each with what was decided."""
    print_table(
        ("Record", "When", "Kind", "What", "Decided"),
        [
            (
                cited(r.position, known),
                when(r.fact_at),
                f"{r.kind}, injury" if r.injury else r.kind,
                r.words,
                "; ".join(f"#{each.position} {each.words}" for each in r.decided)
                or ("open" if r.open else ""),
            )
            for r in rows
        ],
        figures=("Record",),
    )
