"""A chart of places or of gaps, drawn: crews as lines along the stages, named at both ends."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from cli.charts.layout import shortened, spread, told, width_of
from cli.charts.plan import (
    A_LINE,
    FOOT,
    HEAD,
    MARGIN,
    TAG_SIZE,
    TAG_SPACE,
    Kind,
    Plan,
    code_of,
    is_out,
    made_of,
    tag_of,
)
from cli.charts.style import CSS, PALETTE
from cli.charts.svg import READ_AS, Element, document, element, to_bytes, to_text
from ledger.signs import spelled_out
from projections.results.chart import Column, Line, Point, Series

MOST_CELLS = 200
LEGEND = (
    "● after a stage   ■ a penalty came in   × out of the classification   "
    "··· not classified in between   ▨ cancelled (* for some categories)"
)


class Words(NamedTuple):
    """What stands on a chart beside its lines: the heading, on what it rests, and that as data.

    `read_as` is how the words of the rally are read by people.
    """

    title: str
    footer: str
    metadata: Mapping[str, Any]
    read_as: Callable[[str], str] = spelled_out


def draw(parts: Sequence[tuple[str, Series]], kind: Kind, words: Words) -> bytes:
    """The chart as an SVG that needs nothing else: each classification under its heading."""
    as_before = READ_AS.set(words.read_as)
    try:
        return to_bytes(_drawn(parts, kind, words))
    finally:
        READ_AS.reset(as_before)


def within_a_page(parts: Sequence[tuple[str, Series]], kind: Kind, words: Words) -> str:
    """The chart as it stands in a page, which says how it looks and on what it rests."""
    as_before = READ_AS.set(words.read_as)
    try:
        root = _drawn(parts, kind, words)
    finally:
        READ_AS.reset(as_before)
    for tag in ("metadata", "style"):
        root.remove(next(each for each in root if each.tag == tag))
    return to_text(root)


def _drawn(parts: Sequence[tuple[str, Series]], kind: Kind, words: Words) -> Element:
    title, footer = shortened(words.title, MOST_CELLS), shortened(words.footer, MOST_CELLS)
    titles = [f"{title} · {heading}" if heading else title for heading, _ in parts]
    texts = (*((each, 16) for each in titles), (footer, 11), (LEGEND, 11))
    least = max(width_of(text, size) for text, size in texts)
    plans = [Plan(found, kind, least) for _, found in parts]
    width = max(plan.width for plan in plans)
    root = document(width, sum(map(_height, plans)), role="img", aria_labelledby="title")
    element(root, "title", words.title, id="title")
    element(root, "metadata").text = json.dumps(words.metadata)  # for programs, as it is
    element(root, "style").text = CSS
    _hatch(element(root, "defs"))
    top = 0
    for heading, plan in zip(titles, plans, strict=True):
        within = root
        if len(plans) > 1:
            within = element(root, "svg", x=0, y=top, width=plan.width, height=_height(plan))
        _chart(within, plan, heading, footer)
        top += _height(plan)
    return root


def _height(plan: Plan) -> int:
    return plan.bottom + FOOT


def _chart(root: Element, plan: Plan, title: str, footer: str) -> None:
    """One chart: heading and foot, the stages along, and the lines."""
    height = _height(plan)
    element(root, "rect", class_="paper", width=plan.width, height=height)
    element(root, "text", title, class_="heading", x=MARGIN, y=28)
    element(root, "text", LEGEND, class_="small", x=MARGIN, y=height - 32)
    element(root, "text", footer, class_="small", x=MARGIN, y=height - 14)
    axis = element(root, "g", class_="axis")
    for column in plan.found.columns:
        _stage(element(axis, "g"), plan, column)
    for tick in plan.ticks:
        element(axis, "path", class_="tick", d=f"M{plan.left} {plan.at(tick)}H{plan.right}")
    _lines(element(root, "g", class_="lines"), plan)
    above = element(root, "g", class_="above")
    for tick in plan.ticks:
        element(above, "text", told(tick), class_="time", x=plan.left + 2, y=plan.at(tick) - 3)
    _numbers_within(above, plan)


# -- the axes ------------------------------------------------------------------------------------


def _hatch(definitions: Element) -> None:
    size = {"width": "6", "height": "6", "patternUnits": "userSpaceOnUse"}
    turned = {"patternTransform": "rotate(45)"}
    pattern = element(definitions, "pattern", id="hatch", **size, **turned)
    element(pattern, "rect", class_="hatch", width=2, height=6)


def _stage(group: Element, plan: Plan, column: Column) -> None:
    """A stage at the axis, with what race direction made of it."""
    x, half = plan.x[column.after], plan.stage_width // 2
    if column.made:
        whose = f" for {', '.join(column.categories)}" if column.categories else ""
        element(group, "title", f"{column.after} was {column.made}{whose}.")
    if column.made == "cancelled":
        band = f"M{x - half} {HEAD - 8}h{2 * half}v{plan.height + 16}h-{2 * half}z"
        element(group, "path", class_="cancelled", d=band)
    else:
        element(group, "path", class_="stage", d=f"M{x} {HEAD - 8}V{plan.bottom + 8}")
    for y in (HEAD - 16, plan.bottom + 24):
        element(group, "text", code_of(column.after), class_="code", x=x, y=y)
    if column.made:
        element(group, "text", made_of(column), class_="made", x=x, y=plan.bottom + 38)


# -- the lines -----------------------------------------------------------------------------------


def _lines(everybody: Element, plan: Plan) -> None:
    groups = {}
    for index, line in enumerate(plan.found.lines):
        groups[line.number] = group = element(everybody, "g", class_=_classes(index))
        element(group, "title", plan.sentence(line))
        _way(group, plan, line.points)
        for point in line.points:
            _dot(group, plan, line, point)
        if not plan.ends(line):
            _stub(group, plan, line)
    _names_left(groups, plan)
    _names_right(groups, plan)


def _classes(index: int) -> str:
    """The looks of a line: its colour and, where colours come round again, its dashes."""
    return f"line {_colour(index)} d{index // len(PALETTE) % 3}"


def _colour(index: int) -> str:
    return f"c{index % len(PALETTE)}"


def _way(group: Element, plan: Plan, points: Sequence[Point]) -> None:
    """The line, and thin dots over the stages after which the crew was not classified."""
    way, unknown = f"M{plan.x[points[0].after]} {plan.y(points[0])}", ""
    for before, point in pairwise(points):
        here = f"{plan.x[point.after]} {plan.y(point)}"
        if plan.order[point.after] == plan.order[before.after] + 1:
            way += f"L{here}"
        else:
            unknown += f"M{plan.x[before.after]} {plan.y(before)}L{here}"
            way += f"M{here}"
    element(group, "path", class_="touch", d=way)
    element(group, "path", class_="way", d=way)
    if unknown:
        element(group, "path", class_="unknown", d=unknown)


def _dot(group: Element, plan: Plan, line: Line, point: Point) -> None:
    x, y = plan.x[point.after], plan.y(point)
    if point.penalised_ms:
        dot = element(group, "rect", class_="dot", x=x - 4, y=y - 4, width=8, height=8)
    else:
        dot = element(group, "circle", class_="dot", cx=x, cy=y, r=3)
    element(dot, "title", plan.of_point(line, point))


def _stub(group: Element, plan: Plan, line: Line) -> None:
    """The end of a line before the end of the chart: a cross for who is out of it."""
    x, y = plan.x[line.points[-1].after], plan.y(line.points[-1])
    end = x + plan.stub()
    element(group, "path", class_="stub", d=f"M{x} {y}H{end}")
    if is_out(line):
        element(group, "path", class_="cross", d=f"M{end - 3} {y - 3}l6 6m0 -6l-6 6")


# -- the names -----------------------------------------------------------------------------------


def _names_left(groups: Mapping[str, Element], plan: Plan) -> None:
    lines = [each for each in plan.found.lines if plan.begins(each)]
    lines.sort(key=lambda each: plan.value(each.points[0]))
    wanted = [plan.y(each.points[0]) for each in lines]
    x, end = plan.x[plan.first], plan.left - plan.gutter
    for line, at, y in zip(lines, wanted, _apart(wanted, plan), strict=True):
        group = groups[line.number]
        element(group, "path", class_="lead", d=f"M{end + 3} {y}L{plan.left} {at}H{x}")
        element(group, "text", plan.name_left(line), class_="name left", x=end, y=y + 4)


def _names_right(groups: Mapping[str, Element], plan: Plan) -> None:
    """Who is classified at the end beside its line; below, who is not, and why."""
    classified = [each for each in plan.found.lines if plan.ends(each)]
    classified.sort(key=lambda each: plan.value(each.points[-1]))
    others = [each for each in plan.found.lines if not plan.ends(each)]
    wanted = [plan.y(each.points[-1]) for each in classified] + [plan.bottom for _ in others]
    x, start = plan.x[plan.last], plan.right + plan.gutter
    placed = zip((*classified, *others), wanted, _apart(wanted, plan), strict=True)
    for line, at, y in placed:
        group = groups[line.number]
        if plan.ends(line):
            element(group, "path", class_="lead", d=f"M{x} {at}H{plan.right}L{start - 3} {y}")
        element(group, "text", plan.name_right(line), class_="name", x=start, y=y + 4)


def _numbers_within(above: Element, plan: Plan) -> None:
    """The numbers of lines that begin or end within the chart, where they do.

    Between two stages stand those that end with the first and those that begin with the second.
    """
    between: dict[int, list[tuple[int, int, Point]]] = defaultdict(list)
    for index, line in enumerate(plan.found.lines):
        first, last = line.points[0], line.points[-1]
        if not plan.begins(line):
            between[plan.order[first.after] - 1].append((plan.y(first), index, first))
        if not plan.ends(line):
            between[plan.order[last.after]].append((plan.y(last), index, last))
    for before, several in between.items():
        several.sort(key=lambda each: each[:2])
        heights = spread([y for y, _, _ in several], TAG_SIZE + 1, HEAD, plan.bottom)
        for (_, index, point), y in zip(several, heights, strict=True):
            is_end = plan.order[point.after] == before
            x = plan.x[point.after] + (plan.stub() + TAG_SPACE if is_end else -TAG_SPACE)
            looks = f"tag {_colour(index)}{'' if is_end else ' left'}"
            element(above, "text", tag_of(plan.found.lines[index]), class_=looks, x=x, y=y + 3)


def _apart(wanted: Sequence[int], plan: Plan) -> list[int]:
    return spread(wanted, A_LINE, HEAD, plan.bottom)
