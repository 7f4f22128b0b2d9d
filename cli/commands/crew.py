"""`rally crew`: everything about one crew on one page."""

from __future__ import annotations

from collections.abc import Mapping

import click

from cli.commands.incidents import table as incidents_table
from cli.commands.penalties import TITLES, cells
from cli.office.answer import Answer
from cli.output import print_fields, print_section, when
from cli.reading import reading
from ledger.times import format_duration, precision_of
from projections.results.crew import CrewPage


@reading("crew")
def command(answer: Answer[CrewPage]) -> None:
    """Show one crew: entry, status, stages, penalties, incidents, decisions and history.

    Places stand as in the whole rally / in the category; where several classifications are kept
    apart, as in the one of the crew.
    """
    _page(answer.found, answer.handles)


def _page(page: CrewPage, known: Mapping[int, str]) -> None:
    fields = (
        ("Crew", " / ".join((page.driver, *page.codrivers))),
        ("Nationality", page.nationality),
        ("Category", " ".join(e for e in (page.category, page.group, page.crew_class) if e)),
        ("Vehicle", page.vehicle),
        ("Team", page.team),
        ("Trophies", ", ".join(page.trophies)),
        ("Was number", ", ".join(page.earlier_numbers)),
        ("Status", _status(page)),
    )
    print_fields(fields, 12)
    _stages(page)
    print_section("Penalties", TITLES, [cells(row) for row in page.penalties], figures=("Penalty",))
    if page.incidents:
        click.echo("\nIncidents")
        incidents_table(page.incidents, known)
    print_section(
        "Decisions",
        ("Decision", "Taken", "What", "Effects", "Status", "Record"),
        [
            (
                row.decision,
                when(row.decided_at),
                row.words,
                "; ".join(row.effects),
                row.status,
                f"#{row.position}",
            )
            for row in page.decisions
        ],
        figures=("Record",),
    )
    for title, lines in (("Checks", page.checks), ("History", page.history)):
        print_section(
            title,
            ("Record", "When", "What", "By", ""),
            [
                (
                    f"#{line.position}",
                    when(line.fact_at),
                    line.words,
                    line.by,
                    "" if line.stands else "taken back",
                )
                for line in lines
            ],
            figures=("Record",),
        )


def _status(page: CrewPage) -> str:
    if page.place is None or page.total_ms is None:
        where = f" on {page.status_stage}" if page.status_stage else ""
        return f"{page.status}{where}{': ' + page.status_reason if page.status_reason else ''}"
    total = format_duration(page.total_ms, precision_of([page.total_ms]))
    place = _places(page.place, page.category_place, apart=bool(page.apart))
    return f"{page.status}, place {place}, total {total}"


def _stages(page: CrewPage) -> None:
    shown = (time for r in page.stages for time in (r.time_ms, r.total_ms, r.overall_ms))
    precision = precision_of(shown)

    def time(ms: int | None) -> str:
        return "" if ms is None else format_duration(ms, precision)

    figures = ("Time", "Penalty", "Total", "Place", "Overall", "Place after")
    print_section(
        "Stages",
        ("Stage", "Start", *figures, "Notes", "Records"),
        [
            (
                r.stage,
                when(r.start_at),
                time(r.time_ms),
                time(r.penalty_ms or None),
                time(r.total_ms),
                _places(r.place, r.category_place, apart=r.apart),
                time(r.overall_ms),
                _places(r.overall_place, r.overall_category_place, apart=r.overall_apart),
                ", ".join(each for each in (r.status, *r.flags) if each),
                _records(r.positions),
            )
            for r in page.stages
        ],
        figures,
    )


def _records(positions: tuple[int, ...]) -> str:
    return " ".join(f"#{position}" for position in positions[:4])


def _places(place: int | None, in_category: int | None, *, apart: bool) -> str:
    """The place among all and in the category; where nobody is ranked among all, that alone."""
    if apart:
        return "" if in_category is None else str(in_category)
    """ "3 / 1": in the whole rally and in the category."""
    return "" if place is None else f"{place} / {in_category}" if in_category else str(place)
