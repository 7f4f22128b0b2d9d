"""`rally chart`: places or gaps along the stages, as one SVG."""

from __future__ import annotations

from typing import Any

import click

from cli.charts.drawing import draw
from cli.charts.wording import words_of
from cli.office.answer import Answer
from cli.office.results import Ranked
from cli.output import shown, visible, write_out
from cli.reading import reading
from projections.results.chart import Series


def _must_say_where(given: dict[str, Any]) -> None:
    as_data = given["as_json"] or given["as_csv"]
    if (given["output"] is None) != as_data:
        raise click.UsageError(
            "--json and --csv give the series on standard output: leave out -o."
            if as_data
            else "Say where the chart goes: -o FILE.svg, or -o - for standard output."
        )


@reading(
    "chart",
    check=_must_say_where,
    more=[
        click.Option(
            ["-o", "--output"], metavar="FILE", help="Where the SVG goes; - is standard output."
        )
    ],
)
def command(answer: Answer[Ranked[Series]]) -> None:
    """Draw the places or the gaps of crews along the stages.

    Who is classified after a stage has a point there. A square says that a penalty came in with
    that stage, a cross that a crew is out; cancelled stages are hatched. The file needs nothing
    else, is made for paper and for dark screens, and says on what it rests. Where the categories
    have classifications of their own, each is drawn by itself, one below the other. With --json or
    --csv the series themselves, of all crews together.

    \b
    Examples:
      rally chart places -o places.svg --category cars
      rally chart gaps -o gaps.svg --top 10 --known-at SS12
      rally chart gaps -o loeb.svg --crews 102,104,103 --rebase 102
    """
    output = click.get_current_context().params["output"]
    words = words_of(answer, shown, visible)
    write_out(output, draw(answer.found.parts, answer.document["chart"], words))
    if answer.found.why:
        click.echo(visible(answer.found.why), err=True)
