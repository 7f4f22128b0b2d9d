"""`rally points`: the points of the championship that a rally gives, and what they are for."""

from __future__ import annotations

from collections.abc import Iterable

import click

from cli.office.answer import Answer
from cli.office.scoring import Scored
from cli.output import print_section, print_table, visible
from cli.reading import reading
from projections.explain.told import Rule
from projections.results.points import OVER, Award, Scorer


@reading("points")
def command(answer: Answer[Scored]) -> None:
    """Show the points that the rally gives in a table of the championship.

    The regulations say what gives points, how many, and to whom (points.scales). A crew is
    registered by CrewRegistered, and nominated to score for a manufacturer or a team by
    CrewNominated; where the rules ask for that and nobody was, the points are not defined. With
    --name, why one has the points it has.

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
    print_table(
        ("", "Name", "Points", "Category", "For"),
        [
            (str(e.place), e.name, str(e.points), e.category, ", ".join(map(_told, e.awards)))
            for e in found.rows
        ],
        figures=("", "Points"),
    )
    print_section(
        "",
        ("Without points", "Driver", "In", "Place", "Because"),
        [(e.number, e.driver, e.what, str(e.place), e.why) for e in found.points.without],
        figures=("Without points", "Place"),
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
