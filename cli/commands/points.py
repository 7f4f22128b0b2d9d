"""`rally points`: the points of the championship that a rally gives, and what they are for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import click

from cli.office.answer import Answer
from cli.office.scoring import Line, Scored
from cli.output import print_section, print_table, visible
from cli.reading import reading
from ledger.grouping import grouped
from projections.explain.told import Rule
from projections.results.points import OVER, Award, Scorer


@reading("points")
def command(answer: Answer[Scored]) -> None:
    """Show the points that the rally gives in a table of the championship.

    The regulations say what gives points, how many, and to whom (points.scales). A crew is
    registered by CrewRegistered, and nominated to score for a manufacturer or a team by
    CrewNominated; where the rules ask for that and nobody was, the points are not defined. With
    --name, why one has the points it has. Where categories score apart, each is a table of its own.

    \b
    Examples:
      rally points
      rally points --table manufacturers
      rally points --name Sand
    """
    found = answer.found
    if found.points.when != OVER:
        click.echo(visible(f"The rally is {found.points.when}: points as if it ended so."))
    if found.name is not None:
        why(found.rows)
        rules(found.rules)
        return
    by_category(found.rows, _table)
    print_section(
        "",
        ("Without points", "Driver", "In", "Place", "Because"),
        [(e.number, e.driver, e.what, str(e.place), e.why) for e in found.points.without],
        figures=("Without points", "Place"),
    )


def by_category(rows: Sequence[Line], table: Callable[[list[Line]], None]) -> None:
    """The lines of each classification under its name; of one alone without any."""
    apart: dict[str, list[Line]] = grouped((each.category, each) for each in rows) or {"": []}
    for index, (category, several) in enumerate(apart.items()):
        if category:
            click.echo("\n" * bool(index) + visible(category))
        table(several)


def _table(rows: Sequence[Scorer]) -> None:
    print_table(
        ("", "Name", "Points", "For"),
        [(str(e.place), e.name, str(e.points), ", ".join(map(_told, e.awards))) for e in rows],
        figures=("", "Points"),
    )


def _told(award: Award) -> str:
    """What points are for: "25 overall"."""
    return f"{award.points} {award.what}"


def why(rows: Iterable[Scorer], rally: str = "") -> None:
    """Each addend of the points of these lines."""
    for row in rows:
        where = f" in {rally}" if rally else ""
        click.echo(visible(f"{row.name}: {row.points} points{where}"))
        print_table(
            ("Points", "For", "No", "Place", "Among who score", "By", "Notes"),
            [
                (
                    str(each.points),
                    each.what,
                    each.number,
                    str(each.place or ""),
                    str(each.rank or ""),
                    "; ".join((*each.how, each.scale)),
                    ", ".join(each.flags),
                )
                for each in row.awards
            ],
            figures=("Points", "No", "Place", "Among who score"),
        )


def rules(several: Iterable[Rule]) -> None:
    """The rules by which points are given, and where each stands."""
    for each in several:
        click.echo(visible(f"{each.parameter}: {each.provenance} ({each.set_by})"))
