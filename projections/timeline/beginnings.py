"""Beginnings: what tells when stages begin, over the log and over the rally."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from typing import NamedTuple

from ledger.vocabulary import (
    PassingRecorded,
    RallyConstituted,
    StageScheduled,
    StageStarted,
    StageTimeRecorded,
)
from projections.state.course import Course, official_start
from projections.state.facts import Facts
from projections.timeline.earliest import Earliest, Entry
from projections.timeline.light import Light, at_moment
from projections.timeline.versions import Version


class Beginnings(NamedTuple):
    """The official starts of each stage, and the times of any kind that are known in it."""

    started: dict[str, Earliest]
    timed: dict[str, Earliest]

    def at(self, course: Course, position: int, instant: int) -> dict[str, int]:
        """When each stage begins, as far as is known at a moment (UTC ms)."""
        return course.begins_by(
            [(stage, each.at(position, instant)) for stage, each in self.started.items()],
            [(stage, each.at(position, instant)) for stage, each in self.timed.items()],
        )

    def of(self, stages: Iterable[str]) -> Beginnings:
        """Those of some stages."""
        stages = list(stages)
        return Beginnings(
            {each: self.started.get(each, Earliest()) for each in stages},
            {each: self.timed.get(each, Earliest()) for each in stages},
        )


def starts_of(versions: Iterable[Version]) -> Iterator[Entry]:
    """The official starts among these versions."""
    for each in versions:
        said = each.fact.value
        if isinstance(said, StageStarted) and (official := official_start(said)) is not None:
            yield Entry(each.since, each.until, each.instant, official)


def times_of(versions: Iterable[Version]) -> Iterator[Entry]:
    """The instants of times and passings among these versions."""
    for each in versions:
        if isinstance(each.fact.value, (StageTimeRecorded, PassingRecorded)):
            instant = each.instant
            yield Entry(each.since, each.until, instant, instant)


def is_dated(stage: str, light: Light) -> bool:
    """Whether a stage is planned, and the plan says when it begins, wherever it does.

    Times in it then tell nothing of that.
    """
    planned = [e for e in light.of(StageScheduled) if getattr(e.fact.value, "stage", "") == stage]
    plan = [*planned, *light.of(RallyConstituted)]
    moments = product({each.since for each in plan}, {each.instant for each in plan})
    courses = [Course(Facts(at_moment(plan, *moment), [], {})) for moment in moments]
    starts = [course.planned_start(each) for course in courses for each in course.stages]
    return bool(planned) and None not in starts
