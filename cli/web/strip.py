"""The marks along the log, drawn: bands of stages, and what happened, each a link to its moment.

Where marks lie close together they are one, which says how many there are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from cli.office.moments import Mark, Marks
from cli.web.asked import Question
from cli.web.keys import SIGNS
from cli.web.render import SERVED, Answering, Place
from cli.web.words import Words

Places = Callable[[int], float]
Leads = Callable[[int], str]
WHOLE, APART = 100.0, 1.8
ORDER = ("publication", "cancellation", "decision", "retirement")
"""What is named first where several kinds lie together."""


class Drawn(NamedTuple):
    """A mark as it is drawn: where, with which sign, what it says, and where it leads."""

    x: float
    kind: str
    sign: str
    many: int
    words: str
    href: str


class Strip(NamedTuple):
    """A stage as it is drawn: from where to where."""

    x: float
    width: float
    stage: str
    href: str
    odd: bool


def drawn(
    site: Answering, question: Question, page: Question, place: Place = SERVED, **beside: Any
) -> str:
    """The strip of the marks known at the moment of a question; each leads to that page."""
    answer = site.ask(question)
    assert answer.seen is not None
    end = max(answer.seen.position, 1)
    words = Words(answer.seen)
    found: Marks = answer.found

    def at(position: int) -> float:
        return round(WHOLE * (position - 1) / max(end - 1, 1), 2)

    leads = place.links(page).moment
    bands = []
    ends = [*(each.position for each in found.stages[1:]), *([end] if found.stages else [])]
    for index, (band, until) in enumerate(zip(found.stages, ends, strict=True)):
        x = at(band.position)
        width = round(max(at(until) - x, 0.2), 2)
        bands.append(Strip(x, width, band.stage, leads(band.position), bool(index % 2)))
    groups = clustered(found.marks, [at(each.position) for each in found.marks])
    marks = [_drawn(group, at, leads, words) for group in groups]
    told = {"bands": bands, "marks": marks, "words": words, "end": answer.seen.position}
    return place.templates().get_template("strip.html").render(told, **beside)


def clustered(marks: Sequence[Mark], places: Sequence[float]) -> list[list[Mark]]:
    """The marks in their order, those that lie too close together in one."""
    found: list[list[Mark]] = []
    begun = 0.0
    for mark, x in zip(marks, places, strict=True):
        if found and x - begun < APART:
            found[-1].append(mark)
        else:
            found.append([mark])
            begun = x
    return found


def _drawn(group: Sequence[Mark], at: Places, leads: Leads, words: Words) -> Drawn:
    first = min(group, key=lambda each: (ORDER.index(each.kind), each.position))
    told = words.text(first.told)
    if len(group) > 1:
        told = f"{told} And {len(group) - 1} more up to #{group[-1].position}."
    x, sign = at(first.position), SIGNS[first.kind]
    words_of_it = f"#{first.position} {told}"
    return Drawn(x, first.kind, sign, len(group), words_of_it, leads(first.position))
