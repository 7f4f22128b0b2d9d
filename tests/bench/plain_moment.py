"""The moment itself: the standings at random moments against the same rows in plain Python.

The plain side holds what a programmer would who wants these rows and nothing else: of each crew and
stage, lists of what it counted from which record on. It bisects, sums and sorts. What officials did
is told to it ready to use (who is out, which penalties count, which stages do); here that is worked
out from what is on record, along with who is not classified and why. Neither side remembers an
answer, no moment is asked for twice by one side, and the rows of both are compared at each. Which
moments have rows at all, and what officials did, is asked of an index of its own: neither side
finds anything at hand that was looked up for that.
"""

from __future__ import annotations

import contextlib
import random
import statistics
from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import click
from msgspec.structs import astuple, replace

from ledger.errors import LedgerError
from ledger.vocabulary import CrewEntered
from projections.results.standings import UNEQUAL, standings
from projections.state.entries import by_number
from projections.state.rally import RallyState
from projections.state.ties import STAGE_TIMES
from projections.state.timing import StageValue
from projections.state.totals import counting, overall_total
from projections.timeline.cells import Cell
from projections.timeline.held import Held
from projections.timeline.indexed import Index
from projections.timeline.light import Light
from projections.timeline.timeline import Timeline
from projections.timeline.versions import FOREVER, bounds
from tests.bench.moments import AXES, Moment, Subject, subject
from tests.bench.rounds import Rounds, timed
from tests.bench.table import Line, Target, show

AGAINST_PLAIN = 2.5
VERSIONS, WITH_VERSIONS, WITH_CORRECTIONS = 10, 1.2, 1.5
ROUNDS = 7
NOTHING = (0, 0)
Row = tuple[Any, ...]


# -- the plain side ------------------------------------------------------------------------------


class Plainly:
    """The times of one stage in columns: of each crew, from which position on it counted what.

    The entries of a crew lie beside each other, in the order of their positions; at one position
    there may be several, each from one instant of the rally until another.
    """

    def __init__(self, cells: Mapping[str, Sequence[Cell]]) -> None:
        self.since, self.from_ms, self.to_ms, self.ms = (array("q") for _ in range(4))
        self.flags: dict[int, list[str]] = {}
        self.part_of: dict[str, tuple[int, int]] = {}
        for number, several in cells.items():
            begun = len(self.since)
            for entry in _entries(several):
                self._add(*entry)
            if len(self.since) > begun:
                self.part_of[number] = begun, len(self.since)

    def _add(self, since: int, from_ms: int, to_ms: int, value: StageValue | None) -> None:
        if value is not None and (flags := value.flags()):
            self.flags[len(self.since)] = flags
        self.since.append(since)
        self.from_ms.append(from_ms)
        self.to_ms.append(to_ms)
        self.ms.append(0 if value is None else value.counted_ms)


class Told(NamedTuple):
    """What officials did, as it stands at a moment: few things, whatever the size of a log."""

    crews: dict[str, tuple[Any, ...]]
    """What a row shows of each crew, by number: the category is the fourth."""
    competing: list[tuple[list[str], list[str]]]
    """The stages that count, and the numbers of the crews for which they do that are not out."""
    penalties: dict[str, int]
    flags: dict[str, set[str]]
    instead: dict[str, dict[str, tuple[int, tuple[str, ...]] | None]]
    """What counts in the place of times, by stage and number; None where nothing does."""
    by_times: bool
    """Whether the times of the stages break ties."""


class Plain:
    """The times of a rally, ready to be looked up by position and instant."""

    def __init__(self, index: Index) -> None:
        values = index.values
        self._held = {stage: Plainly(values.cells(stage)) for stage in values.stages}

    def rows(self, told: Told, position: int, instant: int) -> list[Row]:
        """The rows of the classification of everything at a moment."""
        flags = {number: {*several} for number, several in told.flags.items()}
        found = []
        for stages, numbers in told.competing:
            times: dict[str, tuple[int, ...]] = dict.fromkeys(numbers, ())
            sums = dict.fromkeys(numbers, 0)
            for stage in stages:
                instead = told.instead.get(stage, {})
                timed = [each for each in sums if each not in instead] if instead else sums
                counted = self._counted(stage, timed, position, instant, flags)
                for number, cost in instead.items():
                    if cost is not None and number in sums:
                        counted[number] = cost[0]
                        flags.setdefault(number, set()).update(cost[1])
                if told.by_times:
                    times = {number: (*times[number], ms) for number, ms in counted.items()}
                sums = {number: sums[number] + ms for number, ms in counted.items()}
            for number, time in sums.items():
                penalty = told.penalties.get(number, 0)
                key = time + penalty, times[number], by_number(number)
                found.append((*key, time, penalty, stages))
        found.sort()
        rows: list[Row] = []
        place = first = before = 0
        tie_before: tuple[int, ...] = ()
        for index, (total, tie, (*_, number), time, penalty, stages) in enumerate(found):
            if not index:
                first = before = total
            if not index or total != before or tie != tie_before:
                place = index + 1
            shown = tuple(sorted(flags[number])) if number in flags else ()
            if stages != found[0][-1]:
                shown = (*shown, UNEQUAL)
            figures = time, penalty, total, total - first, total - before
            rows.append((place, number, *told.crews[number], *figures, shown))
            before, tie_before = total, tie
        return rows

    def _counted(
        self,
        stage: str,
        numbers: Iterable[str],
        position: int,
        instant: int,
        flags: dict[str, set[str]],
    ) -> dict[str, int]:
        """What a stage counts for these crews, those that have a time on it."""
        found: dict[str, int] = {}
        column = self._held.get(stage)
        if column is None:
            return found
        since, from_ms, to_ms, ms = column.since, column.from_ms, column.to_ms, column.ms
        part_of, flagged = column.part_of.get, column.flags
        for number in numbers:
            first, behind = part_of(number, NOTHING)
            last = at = bisect_right(since, position, first, behind) - 1
            while at >= first and since[at] == since[last]:
                if from_ms[at] <= instant < to_ms[at]:
                    found[number] = ms[at]
                    if at in flagged:
                        flags.setdefault(number, set()).update(flagged[at])
                    break
                at -= 1
        return found


def _entries(cells: Sequence[Cell]) -> Iterator[tuple[int, int, int, StageValue | None]]:
    """What a stage counts for a crew, by position: since when, from when until when, and what."""
    valued = [each for each in cells if each.content.value is not None]
    ends = {each.until for each in valued if each.until < FOREVER}
    for position in sorted({each.since for each in valued} | ends):
        held = [each for each in valued if each.since <= position < each.until]
        for each in held:
            yield position, each.from_ms, each.to_ms, each.content.value
        if not held:
            yield position, FOREVER, -FOREVER, None


def told_at(state: RallyState) -> Told:
    """What officials did, looked up in a state."""
    assert not state.carried, "the plain side knows of no times that were carried in"
    crews = {number: each.value for number, each in state.facts.crews.items()}
    out = {each for each in state.in_doubt if overall_total(state, each) is None}
    competing: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for number in crews.keys() - out:
        stages = state.counted(state.category(number))
        competing[tuple(each.stage for each in stages)].append(number)
    unfinished = state.unfinished
    instead: dict[str, dict[str, tuple[int, tuple[str, ...]] | None]] = defaultdict(dict)
    for stage, number in (*unfinished.overtime, *unfinished.not_finished):
        instead[stage][number] = None
    for (stage, number), value in unfinished.values.items():
        instead[stage][number] = value.counted_ms, tuple(value.flags())
    return Told(
        {n: (e.driver, e.codrivers, e.nationality, *_kind(e)) for n, e in crews.items()},
        [([*stages], numbers) for stages, numbers in competing.items() if stages],
        {n: sum(c.amount_ms for c in counting(v, -1, None)) for n, v in state.penalties.items()},
        {number: flags for number in crews if (flags := state.reservations(number))},
        dict(instead),
        STAGE_TIMES in state.tie_chain(None),
    )


def _kind(entry: CrewEntered) -> tuple[str, ...]:
    return entry.category, entry.crew_class, entry.vehicle, entry.team


# -- an index made in memory -----------------------------------------------------------------------


def with_versions(index: Index) -> Index:
    """The same index with ten versions in the place of each, while its stage is run and judged."""
    ends = {}
    for stage in index.values.stages:
        cells = [e for several in index.values.cells(stage).values() for e in several]
        begun, over = bounds([(each.since, each.until) for each in cells])
        ends[stage] = over + (over - begun) // VERSIONS

    def cuts(cell: Cell) -> list[int]:
        until = min(cell.until, ends[cell.stage])
        return [cell.since + (until - cell.since) * n // VERSIONS for n in range(1, VERSIONS)]

    return _made(index, cuts)


def with_corrections(index: Index, seed: int) -> Index:
    """The same index with every time that stands corrected ten times, up to the end of the log."""
    dice = random.Random(f"{seed} corrections")

    def cuts(cell: Cell) -> list[int]:
        if cell.until < FOREVER:
            return []
        return sorted(dice.randint(cell.since, index.position) for _ in range(VERSIONS))

    return _made(index, cuts)


def _over_again(index: Index) -> Index:
    """The same index, which shares nothing with the first that is looked up in it."""
    made = _made(index, lambda _: ())
    made.light = Light(index.lock)
    for kind in index.light.kinds():
        for version in index.light.of(kind):
            made.light.learn(version)
    return made


def _made(index: Index, cuts: Callable[[Cell], Iterable[int]]) -> Index:
    made = copy(index)
    made.values = Held(index.lock)
    held = index.values
    made.values.put(
        {
            (stage, number): [each for cell in cells for each in _cut(cell, [*cuts(cell)])]
            for stage in held.stages
            for number, cells in held.cells(stage).items()
        }
    )
    return made


def _cut(cell: Cell, cuts: Sequence[int]) -> Iterator[Cell]:
    """A cell cut at these positions: each part has a time of its own, the last one that of all."""
    value = cell.content.value
    edges = sorted({cell.since, *cuts, cell.until})
    for left, (since, until) in enumerate(pairwise(edges), 2 - len(edges)):
        content = cell.content
        if value is not None:
            more = -1000 * left
            time_ms, counted_ms = value.time_ms + more, value.counted_ms + more
            other = value._replace(time_ms=time_ms, counted_ms=counted_ms)
            content = replace(content, value=other)
        yield replace(cell, since=since, until=until, content=content)


# -- measured --------------------------------------------------------------------------------------

HERE, PLAIN, AS_IT_IS = "the moment itself", "the same rows in plain Python", "the index as it is"
Side = Callable[[Moment, RallyState], tuple[float, list[Row]]]
"""Answers a moment: how long that took (ms) and the rows."""


def plain_moments(of: Subject, count: int, seed: int) -> Iterator[Line]:
    """The lines: against the plain side, and with many more versions against the index as it is."""
    index = of.timeline.index
    asked = _looking_into(of, _over_again(index))
    here, there = _asking(of.timeline), _looking_up(Plain(index))
    for axis in AXES:
        found = _compared(asked, axis, count, seed, {HERE: here, PLAIN: there})
        yield _line(f"{axis}: {HERE}", found, HERE, PLAIN, AGAINST_PLAIN)
    for what, made, bound in (
        ("ten times the versions", with_versions(index), WITH_VERSIONS),
        ("every time corrected ten times", with_corrections(index, seed), WITH_CORRECTIONS),
    ):
        more, check = _asking(_looking_into(of, made).timeline), _looking_up(Plain(made))
        for axis in AXES:
            sides, others = {what: more, PLAIN: check}, {AS_IT_IS: here}
            found = _compared(asked, axis, count, seed, sides, others)
            yield _line(f"{axis}: {HERE}, {what}", found, what, AS_IT_IS, bound)


def _looking_into(of: Subject, index: Index) -> Subject:
    timeline = copy(of.timeline)
    timeline.index = index
    return of._replace(timeline=timeline)


def _line(name: str, found: Rounds, here: str, there: str, bound: float) -> Line:
    ratio, spread = found.ratio(here, there)
    at_most = Target(bound, at_most=True)
    return Line(name, found.median(here), "ms", there, found.median(there), ratio, spread, at_most)


def _asking(timeline: Timeline) -> Side:
    def ask(moment: Moment, _: RallyState) -> tuple[float, list[Row]]:
        with timed() as watch:
            answer = standings(timeline.at(*moment))
        return watch.ms, [astuple(row) for row in answer.rows]

    return ask


def _looking_up(plain: Plain) -> Side:
    def look_up(moment: Moment, state: RallyState) -> tuple[float, list[Row]]:
        told, (position, instant) = told_at(state), moment
        with timed() as watch:
            rows = plain.rows(told, position, FOREVER if instant is None else instant)
        return watch.ms, rows

    return look_up


def _compared(
    of: Subject,
    axis: str,
    count: int,
    seed: int,
    sides: Mapping[str, Side],
    others: Mapping[str, Side] = MappingProxyType({}),
) -> Rounds:
    """The medians of each round (ms), at moments of which no two are alike.

    All sides take turns at each of them. `sides` have to give the same rows; `others` only some, as
    they look into another index.
    """
    moments = _moments(of, axis, random.Random(f"{seed} {axis} plain"))
    works = list({**sides, **others}.items())
    figures: dict[str, list[float]] = {name: [] for name, _ in works}
    for each in range(ROUNDS):
        spent: dict[str, list[float]] = {name: [] for name, _ in works}
        for number in range(max(count // ROUNDS, 1)):
            moment = next(moments)
            turn = (each + number) % len(works)
            answers = {}
            for name, side in works[turn:] + works[:turn]:
                ms, answers[name] = side(moment, of.timeline.at(*moment))
                spent[name].append(ms)
            _must_agree(moment, answers, [*sides])
        for name, several in spent.items():
            figures[name].append(statistics.median(several))
    return Rounds(figures)


def _must_agree(moment: Moment, answers: Mapping[str, list[Row]], same: Sequence[str]) -> None:
    """Raises SystemExit where an answer is empty, or where sides don't agree that have to."""
    for name, rows in answers.items():
        if not rows:
            raise SystemExit(f"#{moment[0]}, instant {moment[1]}: {name} has no rows.")
    first = answers[same[0]]
    for name in same[1:]:
        if answers[name] != first:
            pairs = zip(first, answers[name], strict=False)
            unlike = next((pair for pair in pairs if pair[0] != pair[1]), ("", ""))
            raise SystemExit(
                f"#{moment[0]}, instant {moment[1]}: {same[0]} has {len(first)} rows and {name} "
                f"{len(answers[name])}; {unlike[0]} is not {unlike[1]}."
            )


def _moments(of: Subject, axis: str, dice: random.Random) -> Iterator[Moment]:
    """Random moments at which there are standings; one that was answered does not come again."""
    by_position, by_instant = AXES[axis]
    first, last = of.span
    asked = set()
    while True:
        position = dice.randint(1, of.size) if by_position else of.size
        instant = dice.randint(first, last) if by_instant else None
        moment = position, instant
        with contextlib.suppress(LedgerError):
            if moment not in asked and standings(of.timeline.at(*moment)).rows:
                asked.add(moment)
                yield moment


@click.command(help=__doc__)
@click.argument("ledger", type=Path)
@click.option("--moments", default=210, show_default=True, help="How many on each axis.")
@click.option("--seed", default=7, show_default=True)
def main(ledger: Path, moments: int, seed: int) -> None:
    """Measure these lines alone, on a ledger that `rally simulate` made."""
    show([*plain_moments(subject(ledger), moments, seed)])


if __name__ == "__main__":
    main()
