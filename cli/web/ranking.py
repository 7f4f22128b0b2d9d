"""The rows of a classification: places with what moved since one was posted, totals with why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from cli.office.asking import Over, parameters_of
from cli.web.cells import Row, all_escaped, escaped, rows
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
    of = {asked: value for name, asked in OF_STAGES.items() if (value := scope.get(name))}
    why = frame.links.each("why", **of)

    def place(row: Row) -> str:
        now, was = row["place"], places.get(row["number"])
        if not was or was == now:
            return str(now)
        way, sign = ("up", "▲") if was > now else ("down", "▼")
        said = f"{was}. on document {document}"
        hidden = f'<span class="hide"> was {said}</span>'
        return f'{now}<span class="moved {way}" title="{said}">{sign}{hidden}</span>'

    def totals(of: Sequence[Row]) -> list[str]:
        hrefs = all_escaped([why(row["number"]) for row in of])
        return [
            f'<a href="{href}" title="Why this time">{times.time(row["total_ms"])}</a>'
            for row, href in zip(of, hrefs, strict=True)
        ]

    own = {
        "place": ("fig place", lambda of: [place(row) for row in of]),
        "total_ms": ("fig total", totals),
    }
    return rows(shown, frame, times, own, "number")
