"""Steps: the positions of a log at which anything that a timeline tells may become another.

Between two of them no classification changes, whatever was recorded: nearly all of a long log are
passings along the way. Parts that are left to a full replay tell of themselves nothing, so every
record there is a step that classifications read. Ticks are the same along the time of the rally.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from projections.read_by import reads
from projections.state.rally import RallyState
from projections.timeline.indexed import Index
from projections.timeline.replayed import TYPES_READ
from projections.timeline.timeline import Timeline
from projections.timeline.versions import FOREVER

Part = tuple[int, int]
"""From one position of the log until another, which is no part of it."""
Holds = tuple[int, int, int, int]
"""A part of the log, and from which instant of the rally until which other one (UTC ms)."""


def steps(timeline: Timeline, until: int) -> list[int]:
    """The positions up to one at which an answer about the rally may be another, in their order."""
    timeline.carry(until)
    with timeline.index.lock:
        found = {each for part in _parts(timeline.index) for each in part[:2]}
        for since, end in _replayed(timeline.index):
            last = min(end, until)
            found |= {since, end}
            found.update(timeline.log.positions(TYPES_READ, after=since, until=last))
    return sorted(each for each in found if 0 < each <= until)


def ticks(timeline: Timeline, position: int) -> list[int]:
    """The instants (UTC ms) at which an answer may be another, as known at a position, in order."""
    timeline.carry(position)
    with timeline.index.lock:
        known = (e for e in _parts(timeline.index) if e[0] <= position < e[1])
        found = {each for part in known for each in part[2:]}
        replayed = any(since <= position < end for since, end in _replayed(timeline.index))
    state = timeline.at(position)
    if replayed:
        state = RallyState(timeline.folded(position).facts())
        facts = (each for kind in reads("standings") for each in state.facts.recorded(kind))
        found |= {each.instant for each in facts if each.instant is not None}
    # What a decision brings about has an instant of its own, whether or not it counts now.
    brought = chain.from_iterable(each.effects for each in state.facts.rulings.all.values())
    acts = (each.fact.instant for each in brought if each.fact is not None)
    found |= {each for each in acts if each is not None}
    return sorted(each for each in found if -FOREVER < each < FOREVER)


def _replayed(index: Index) -> Iterator[Part]:
    """The parts of the log that are left to a full replay, at any instant of the rally."""
    yield from index.replayed
    for held in (index.values, index.charged):
        for stage in held.stages:
            for cell in held.column(stage).undefined:
                yield cell.since, cell.until


def _parts(index: Index) -> Iterator[Holds]:
    """The parts over which each thing stands that an answer rests on."""
    light = index.light
    for each in chain.from_iterable(light.of(kind) for kind in light.kinds()):
        yield each.since, each.until, each.instant, FOREVER
    for held in (index.values, index.charged, index.telling):
        cells = chain.from_iterable(held.cells(stage).values() for stage in held.stages)
        for cell in chain.from_iterable(cells):
            yield cell.since, cell.until, cell.from_ms, cell.to_ms
    for agreed in index.agreements.values():
        yield from ((position, FOREVER, -FOREVER, FOREVER) for position in agreed.positions)
        yield from ((0, FOREVER, instant, FOREVER) for instant in agreed.instants)
    began = index.beginnings
    known = (began.started, began.timed, index.on_the_road)
    entries = chain.from_iterable(each.values() for each in known)
    for entry in chain.from_iterable(entries):
        yield entry.since, entry.until, entry.instant, FOREVER
