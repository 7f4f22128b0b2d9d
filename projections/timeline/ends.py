"""Ends: what times tell of where stages end, as a timeline takes it in."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from projections.timeline.agreements import NOT_AGREED, agreements
from projections.timeline.cells import told_of
from projections.timeline.frames import Frame
from projections.timeline.held import Key
from projections.timeline.indexed import Index
from projections.timeline.own import Own


def is_unsure(index: Index, stage: str) -> bool:
    """Whether the plan leaves it to times to show where a stage ends, or ever did."""
    return stage in index.perhaps or stage in index.agreements


def is_never_the_end(index: Index, stage: str, point: str) -> bool:
    """Whether a point would matter only if times showed it to be the finish, and they never do."""
    shown = index.agreements.get(stage, NOT_AGREED).points
    return point in index.perhaps.get(stage, ()) and point not in shown


def learn_ends(
    index: Index, keys: Iterable[Key], own: Own, frame_of: Callable[[str], Frame], after: int
) -> set[str]:
    """Take in what the times of these crews tell; answers the stages that end elsewhere now.

    Up to the position `after` everything is taken in already. On the stages that are answered the
    times of all crews have to be told anew.
    """
    told = {
        key: told_of(*key, own.get(key, ()), frame_of(key[0]))
        for key in keys
        if is_unsure(index, key[0])
    }
    index.telling.put(told)
    moved = set()
    for stage in {stage for stage, _ in told}:
        before = index.agreements.get(stage, NOT_AGREED)
        cells = (each for several in index.telling.cells(stage).values() for each in several)
        now = agreements(before, cells, after)
        if now != before:
            index.agreements[stage] = now
            index.frames.pop(stage, None)
            moved.add(stage)
    return moved
