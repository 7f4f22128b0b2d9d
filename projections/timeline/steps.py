"""Steps: the positions of a log at which anything that a timeline tells may become another.

Between two of them no classification changes, whatever was recorded: nearly all of a long log are
passings along the way. Parts that are left to a full replay tell of themselves nothing, so every
record there is a step that classifications read.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from projections.timeline.indexed import Index
from projections.timeline.replayed import TYPES_READ
from projections.timeline.timeline import Timeline
from projections.timeline.versions import FOREVER

Part = tuple[int, int]
"""From one position of the log until another, which is no part of it."""


def steps(timeline: Timeline, until: int) -> list[int]:
    """The positions up to one at which an answer about the rally may be another, in their order."""
    timeline.carry(until)
    with timeline.index.lock:
        found = {each for part in _parts(timeline.index) for each in part}
        for since, end in _replayed(timeline.index):
            last = min(end, until)
            found |= {since, end}
            found.update(timeline.log.positions(TYPES_READ, after=since, until=last))
    return sorted(each for each in found if 0 < each <= until)


def _replayed(index: Index) -> Iterator[Part]:
    """The parts of the log that are left to a full replay, at any instant of the rally."""
    yield from index.replayed
    for held in (index.values, index.charged):
        for stage in held.stages():
            for _, cell in held.column(stage).undefined:
                yield cell.since, cell.until


def _parts(index: Index) -> Iterator[Part]:
    """The parts over which each thing stands that an answer is made of."""
    light = index.light
    yield from ((each.since, each.until) for kind in light.kinds() for each in light.of(kind))
    for held in (index.values, index.charged, index.telling):
        cells = chain.from_iterable(held.cells(stage).values() for stage in held.stages())
        yield from ((each.since, each.until) for each in chain.from_iterable(cells))
    for agreed in index.agreements.values():
        yield from ((position, FOREVER) for position in agreed.positions)
    began = index.beginnings
    known = (began.started, began.timed, index.on_the_road)
    entries = chain.from_iterable(each.values() for each in known)
    yield from ((each.since, each.until) for each in chain.from_iterable(entries))
