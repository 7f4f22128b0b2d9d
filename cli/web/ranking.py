"""The rows of a classification: places with what moved since one was posted, totals with why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from cli.office.asking import Over, parameters_of
from cli.web.cells import Cells, escaped, rows
from cli.web.frame import Frame
from cli.web.tables import Shown
from cli.web.words import Times

OF_STAGES = {each.asked_as: each.name for each in parameters_of(Over)}
"""What in a scope says of which stages it is, and the parameter by which that is asked."""
Posted = Mapping[str, Any]
"""A document on the board, with the place that each crew has on it, by number."""


def ranked_rows(
    shown: Shown, frame: Frame, times: Times, scope: Mapping[str, Any], posted: Posted | None
) -> Markup:
    """The rows, each under the number of its crew; `posted` is what they are compared with."""
    document = escaped(frame.words.text(posted["sheet"].document)) if posted else ""
    places: Mapping[str, int] = posted["places"] if posted else {}
    over = {asked: value for name, asked in OF_STAGES.items() if (value := scope.get(name))}

    def place(now: int, number: str) -> str:
        was = places.get(number)
        if not was or was == now:
            return str(now)
        way, sign = ("up", "▲") if was > now else ("down", "▼")
        said = f"{was}. on document {document}"
        hidden = f'<span class="hide"> was {said}</span>'
        return f'{now}<span class="moved {way}" title="{said}">{sign}{hidden}</span>'

    def totals(of: Shown) -> list[str]:
        hrefs = frame.links.in_markup("why", of.column("number"), **over)
        told = times.times(of.column("total_ms"))
        return [
            f'<a href="{href}" title="Why this time">{each}</a>'
            for each, href in zip(told, hrefs, strict=True)
        ]

    own: dict[str, tuple[str, Cells]] = {
        "place": ("fig place", lambda of: [*map(place, of.column("place"), of.column("number"))]),
        "total_ms": ("fig total", totals),
    }
    return rows(shown, frame, times, own, "number")
