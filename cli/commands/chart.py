"""`rally chart`: places or gaps along the stages, as one SVG."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import click
import msgspec

from cli.charts.drawing import Words, draw
from cli.charts.layout import shortened
from cli.options import complete_number, of_crews
from cli.output import plain
from cli.reading import Answer, View, reading
from ledger.errors import Unavailable
from ledger.times import Instant
from projections.chart import series
from projections.standings import Scope

NAME_CELLS = 80
CSV = ("number", "driver", "category", "after", "place", "total_ms", "gap_ms", "penalised_ms")


@click.command(name="chart")
@click.argument("kind", type=click.Choice(["places", "gaps"]))
@click.option("-o", "--output", metavar="FILE", help="Where the SVG goes; - is standard output.")
@of_crews
@click.option("--crews", metavar="NUMBERS", help="Only these numbers, with commas between.")
@click.option("--top", type=click.IntRange(min=1), metavar="N", help="Only the first N of them.")
@click.option(
    "--rebase",
    metavar="NUMBER",
    help="Gaps to this crew, not to the leader.",
    shell_complete=complete_number,
)
@reading
def command(
    seen: View,
    kind: Literal["places", "gaps"],
    output: str | None,
    crews: str | None,
    top: int | None,
    rebase: str | None,
    **of: str | None,
) -> Answer:
    """Draw the places or the gaps of crews along the stages.

    Who is classified after a stage has a point there. A square says that a penalty came in with
    that stage, a cross that a crew is out; cancelled stages are hatched. The file needs nothing
    else, is made for paper and for dark screens, and says on what it rests. With --json or --csv
    the series themselves.

    \b
    Examples:
      rally chart places -o places.svg --category cars
      rally chart gaps -o gaps.svg --top 10 --known-at SS12
      rally chart gaps -o loeb.svg --crews 102,104,103 --rebase 102
    """
    asked = click.get_current_context().params
    as_data = asked["as_json"] or asked["as_csv"]
    if (output is None) != as_data:
        raise click.UsageError(
            "--json and --csv give the series on standard output: leave out -o."
            if as_data
            else "Say where the chart goes: -o FILE.svg, or -o - for standard output."
        )
    if rebase is not None and kind == "places":
        raise click.UsageError("--rebase is for gaps: a place is not relative to a crew.")
    scope = Scope("overall", None, None, **of)
    found = series(seen.classified, scope, numbers=_numbers(crews), top=top, rebase=rebase)
    said = {"chart": kind, "scope": scope, "rebase": rebase}
    document = {**said, "stages": found.columns, "lines": found.lines}
    rows = [
        {"number": line.number, "driver": line.driver, "category": line.category, **plain(point)}
        for line in found.lines
        for point in line.points
    ]
    title = _title(kind, scope, rebase)

    def write() -> None:
        _write(output or "-", draw(found, kind, _words(seen, title, said)))

    return Answer(title, document, rows, CSV, write)


def _numbers(crews: str | None) -> list[str]:
    return [each.strip() for each in (crews or "").split(",") if each.strip()]


def _title(kind: str, scope: Scope, rebase: str | None) -> str:
    what = "Places by stage" if kind == "places" else f"Gaps to {rebase or 'the leader'} by stage"
    parts = (scope.category, scope.crew_class, scope.group, scope.team, scope.trophy)
    return ", ".join(part for part in (what, *parts) if part)


def _words(seen: View, title: str, said: dict[str, Any]) -> Words:
    """The heading, and on what the chart rests: in a line, and as data that --basis takes.

    The chart of a moment is the same however far the log went on behind it.
    """
    basis = msgspec.structs.replace(seen.basis(), head=seen.position)
    rally = seen.classified.facts.rally
    name = shortened(rally.title if rally else seen.log.rally, NAME_CELLS)
    last = seen.log.at(seen.position)
    received = Instant(last.header.received_at, last.occurrence().recorded_at.offset)
    parts = [name, f"as of #{basis.position}, received {received.short()}"]
    if basis.effective_at:
        parts.append(f"what had happened by {basis.effective_at}")
    footer = " · ".join((*parts, f"root {basis.root[:10]}"))
    return Words(f"{name} · {title}", footer, plain({"basis": basis, **said}))


def _write(output: str, drawn: bytes) -> None:
    if output == "-":
        click.echo(drawn, nl=False)
        return
    try:
        Path(output).write_bytes(drawn)
    except OSError as error:
        raise Unavailable(
            f"{output} can't be written: {error.strerror}.", hint="Name another file with -o."
        ) from None
