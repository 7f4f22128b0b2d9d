"""`rally chart`: places or gaps along the stages, as one SVG."""

from __future__ import annotations

from typing import Any

import click
import msgspec

from cli.charts.drawing import Words, draw
from cli.charts.layout import shortened
from cli.office.answer import Answer
from cli.office.forms import plain
from cli.office.results import Ranked
from cli.office.view import View
from cli.output import shown, visible, write_out
from cli.reading import reading
from projections.results.chart import Series

NAME_CELLS = 80


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
    kind = answer.document["chart"]
    said = {name: answer.document[name] for name in ("chart", "scope", "rebase")}
    assert answer.seen is not None
    parts = answer.found.parts
    write_out(output, draw(parts, kind, _words(answer.seen, answer.title, said)))
    if answer.found.why:
        click.echo(visible(answer.found.why), err=True)


def _words(seen: View, title: str, said: dict[str, Any]) -> Words:
    """The heading, and on what the chart rests: in a line, and as data that --basis takes.

    The chart of a moment is the same however far the log went on behind it.
    """
    basis = msgspec.structs.replace(seen.basis(), head=seen.position)
    rally = seen.classified.facts.rally
    name = shortened(rally.title if rally else seen.log.rally, NAME_CELLS)
    last = seen.log.at(seen.position)
    received = last.received(last.occurrence().recorded_at.offset)
    parts = [name, f"as of #{basis.position}, received {shown(received).short()}"]
    if basis.effective_at:
        parts.append(f"what had happened by {shown(basis.effective_at).iso()}")
    if basis.decided_by:
        parts.append(f"as decided by {shown(basis.decided_by).iso()}")
    footer = " · ".join((*parts, f"root {basis.root[:10]}"))
    return Words(f"{name} · {title}", footer, plain({"basis": basis, **said}))
