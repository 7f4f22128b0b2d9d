"""Charts: where each crew stands after each stage, as the series that a chart is drawn from.

Every point is a row of the overall after a stage; where a crew is not classified it has none. A
cancelled stage has its points too: the overall after it is that before it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

import msgspec

from ledger.errors import NotFound
from ledger.grouping import grouped
from projections.results.crew import entry_of
from projections.results.standings import Scope, Standings, standings
from projections.state.course import Direction
from projections.state.entries import by_number
from projections.state.participation import CLASSIFIED
from projections.state.rally import RallyState


class Column(msgspec.Struct, frozen=True):
    """A stage of a chart; `made` says what race direction made of it, for which categories.

    No categories mean all that are in the chart. The last may be no stage: the overall of
    everything, where what counts after the last stage has moved somebody.
    """

    after: str | None
    made: str = ""
    categories: tuple[str, ...] = ()


class Point(msgspec.Struct, frozen=True):
    """Where a crew stands after a stage; `penalised_ms` came in since its point before.

    `gap_ms` is to the leader, or to the crew that the chart is rebased on: then it is negative for
    whoever is ahead of that crew.
    """

    after: str | None
    place: int
    total_ms: int
    gap_ms: int
    penalised_ms: int


class Line(msgspec.Struct, frozen=True):
    """A crew through the rally, with its status after the last stage and why it is not in it."""

    number: str
    driver: str
    codrivers: tuple[str, ...]
    category: str
    points: tuple[Point, ...]
    status: str = CLASSIFIED
    stage: str = ""
    reason: str = ""


class Series(msgspec.Struct, frozen=True):
    """What a chart shows: the stages in their order, and the crews in that of the last places.

    It begins with the first stage after which one of them is classified.
    Behind the classified stand the others: who came further, and in a better place, first.
    """

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]


def series(
    state: RallyState,
    scope: Scope | None = None,
    *,
    numbers: Sequence[str] = (),
    top: int | None = None,
    rebase: str | None = None,
) -> Series:
    """The crews of a scope through the rally: all of them, these numbers, or the first so many.

    Places are those among the crews of the scope, whichever of them are shown. Gaps are to the
    leader, or to the crew that the chart is rebased on.

    Raises:
        NotFound: no such crew, category or class; or nobody is classified, so nothing is to show.
        Undefined: a needed rule is not defined.
    """
    scope = scope or Scope()
    for number in (*numbers, *([rebase] if rebase is not None else [])):
        entry_of(state, number)
    columns = _columns(state, scope)
    answers = [(each, _after(state, scope, each)) for each in columns]
    now = standings(state, scope)
    if answers and _moved(answers[-1][1], now):
        answers.append((Column(None), now))
    wanted = {*numbers, *([] if rebase is None else [rebase])} if numbers else None
    every = _lines(answers, wanted) if rebase is None else _rebased(_lines(answers, wanted), rebase)
    lines = [each for each in every if not numbers or each.number in numbers]
    if not lines:
        whose = f" of {' and '.join(numbers)}" if numbers else ""
        raise NotFound(
            f"There is nothing to draw: nobody{whose} is classified after any stage.",
            hint="`rally standings` says who is not classified, and why.",
        )
    order = {column.after: index for index, (column, _) in enumerate(answers)}
    lines.sort(key=lambda each: _rank(each, order))
    return _begun([column for column, _ in answers], lines[:top])


def _rebased(lines: Iterable[Line], number: str) -> Iterable[Line]:
    """The same with gaps to one crew, negative for those ahead; only where it has a total itself.

    Raises:
        NotFound: that crew is never classified.
    """
    every = list(lines)
    base = {p.after: p.total_ms for each in every if each.number == number for p in each.points}
    if not base:
        raise NotFound(
            f"There are no gaps to {number}: it is not classified after any stage.",
            hint="`rally standings` says who is not classified, and why.",
        )
    for each in every:
        points = tuple(
            msgspec.structs.replace(point, gap_ms=point.total_ms - base[point.after])
            for point in each.points
            if point.after in base
        )
        if points:
            yield msgspec.structs.replace(each, points=points)


def _columns(state: RallyState, scope: Scope) -> list[Column]:
    """The stages up to the last with times or totals, and those cancelled for everybody."""
    reached = {*state.run, *(each.value.stage for own in state.carried.values() for each in own)}
    last = max((state.orders[each] for each in reached), default=-1)
    crews = (each.value for each in state.facts.crews.values())
    shown = sorted({crew.category for crew in crews if scope.holds(crew)})
    columns = ((stage.order, _column(state, stage.stage, shown)) for stage in state.stages)
    return [
        each
        for order, each in columns
        if order <= last or (each.made == "cancelled" and not each.categories)
    ]


def _column(state: RallyState, stage: str, categories: Iterable[str]) -> Column:
    """A stage with the gravest of what was made of it."""
    made: dict[str, list[str]] = defaultdict(list)
    every = list(categories)
    for category in every:
        for name, act in state.direction(stage, category)._asdict().items():
            if act:
                made[name].append(category)
    name = next((each for each in Direction._fields if each in made), "")
    return Column(stage, name, () if len(made[name]) == len(every) else tuple(made[name]))


def _begun(columns: Sequence[Column], lines: Sequence[Line]) -> Series:
    """The chart from the first stage that has a point, and what was cancelled right before it."""
    seen = {line.points[0].after for line in lines}
    first = next(index for index, each in enumerate(columns) if each.after in seen)
    while first and columns[first - 1].made == "cancelled":
        first -= 1
    return Series(tuple(columns[first:]), tuple(lines))


def _after(state: RallyState, scope: Scope, column: Column) -> Standings:
    return standings(state, msgspec.structs.replace(scope, kind="overall", after=column.after))


def _moved(last: Standings, now: Standings) -> bool:
    """Whether what counts after the last stage changes anybody's place or total."""
    was, found = ({r.number: (r.place, r.total_ms) for r in each.rows} for each in (last, now))
    return was != found


def _lines(
    answers: Sequence[tuple[Column, Standings]], wanted: Collection[str] | None = None
) -> Iterable[Line]:
    """A line for everybody who is classified after some stage, or for those who are wanted."""
    rows = grouped(
        (row.number, (at.after, row))
        for at, answer in answers
        for row in answer.rows
        if wanted is None or row.number in wanted
    )
    out = {each.number: each for each in answers[-1][1].unclassified} if answers else {}
    for number, group in rows.items():
        points, before = [], 0
        for after, row in group:
            more = row.penalty_ms - before
            points.append(Point(after, row.place, row.total_ms, row.gap_ms, max(more, 0)))
            before = row.penalty_ms
        entry, left = group[-1][1], out.get(number)
        line = Line(number, entry.driver, entry.codrivers, entry.category, tuple(points))
        if left is not None:
            line = msgspec.structs.replace(
                line, status=left.status, stage=left.stage, reason=left.reason
            )
        yield line


def _rank(line: Line, order: dict[str | None, int]) -> tuple[int, int, tuple[int, int, str]]:
    last = line.points[-1]
    return -order[last.after], last.place, by_number(line.number)
