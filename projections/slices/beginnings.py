"""When stages began, as far as the crews of a slice tell, and what that may be held against."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import cast

from ledger.vocabulary import (
    BulletinIssued,
    ClockOffsetDeclared,
    Corrected,
    CrewNotStarted,
    CrewWithdrew,
    FitnessDecided,
    PassingRecorded,
    RegulationsAdopted,
    RetirementReported,
    StageNotFinished,
    StageScheduled,
    StageStarted,
    StageTimeRecorded,
)
from projections.comparing.what_if import Alternatives
from projections.state.course import Course, official_start
from projections.state.facts import Facts
from projections.state.recorded import Fact

STARTED, TIMED = 1, 3
"""How certainly an official start, and a time of any kind, tell when a stage began."""
FirstSeen = Mapping[tuple[str, int], int]
"""The earliest instant of each stage and certainty (UTC ms)."""
Begins = dict[str, int]
"""When each stage begins (UTC ms)."""
Breaks = tuple[tuple[str, int, int], ...]
"""Where the beginnings lie among the instants that they are held against."""
_LEAVING = (RetirementReported, CrewWithdrew, CrewNotStarted, StageNotFinished, FitnessDecided)


def told_by(facts: Facts, group_of: Callable[[str], str]) -> dict[str, FirstSeen]:
    """By group, what its records tell of when stages began."""
    found: dict[str, dict[tuple[str, int], int]] = defaultdict(dict)

    def learn(number: str, stage: str, certainty: int, instant: int | None) -> None:
        if instant is not None:
            told, key = found[group_of(number)], (stage, certainty)
            told[key] = min(told.get(key, instant), instant)

    for start in facts.of(StageStarted):
        learn(start.value.number, start.value.stage, STARTED, official_start(start.value))
    times: list[Fact[StageTimeRecorded | PassingRecorded]] = [
        *facts.of(StageTimeRecorded),
        *facts.of(PassingRecorded),
    ]
    for time in times:
        learn(time.value.number, time.value.stage, TIMED, time.instant)
    return dict(found)


def begins_on(course: Course, first: FirstSeen) -> Begins:
    """When each stage begins, by what the crews tell and by the plan."""
    return course.begins_by(
        [(stage, instant) for (stage, how), instant in first.items() if how == STARTED],
        [(stage, instant) for (stage, how), instant in first.items() if how == TIMED],
    )


def breaks_of(begins: Begins, instants: list[int]) -> Breaks:
    """Where these beginnings lie among instants, which stand in order."""
    return tuple(
        (stage, bisect_left(instants, at), bisect_right(instants, at))
        for stage, at in sorted(begins.items())
    )


def held_against(logs: Alternatives) -> list[int]:
    """The instants against which the beginning of a stage may be held.

    That is when the rules change, and when crews left without anybody saying on which stage.
    """
    # Rather too many instants than too few: one that no rule asks for costs a part more, and one
    # that is lacking would make two different outcomes look alike.
    told = logs.told.items()
    amended = {target for _, (_, said) in told if (target := getattr(said, "target", ""))}
    firm = {
        said.stage
        for identity, (_, said) in told
        if isinstance(said, StageScheduled)
        and identity not in amended
        and identity not in logs.edits
    }
    found: set[int] = set()
    ahead = {0}
    for identity, (_, said) in told:
        if isinstance(said, ClockOffsetDeclared):
            ahead.add(said.ahead_ms)
        elif isinstance(said, Corrected) and isinstance(said.changes.get("ahead_ms"), int):
            ahead.add(cast("int", said.changes["ahead_ms"]))
        if isinstance(said, Corrected):
            found.update(_instants(said.changes.values()))
        elif (
            isinstance(said, RegulationsAdopted)
            or (isinstance(said, BulletinIssued) and (identity in amended or not said.from_stage))
            or (isinstance(said, _LEAVING) and (identity in amended or said.stage not in firm))
        ):
            several = (said.fact_at, said.recorded_at, getattr(said, "effective_at", None))
            found.update(each.ms for each in several if each)
            found.update(each.since.ms for each in getattr(said, "later", ()))
    # By whatever clock they were read, as it showed them and as it may have been put right.
    return sorted({each - ms for each in found for ms in ahead})


def _instants(changes: Iterable[object]) -> Iterator[int]:
    for each in changes:
        if isinstance(each, (tuple, list)) and each and isinstance(each[0], int):
            yield each[0]
