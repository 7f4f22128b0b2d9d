"""Effective passings and stage values: which of several records of a time counts.

Every record of a passing is kept. The one that counts is chosen by the rulebook's order of sources;
times are never averaged, and those that differ by more than the tolerance are flagged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from ledger.times import truncate
from ledger.vocabulary import PassingRecorded, StageStarted, StageTimeRecorded, WaypointPlaced
from projections.course import Course
from projections.facts import Fact

RULINGS = ("notional", "assessed")
FIXED_PENALTY = "fixed-penalty"


class Reading(NamedTuple):
    """One record of a crew's time at a point: how long, by which means, from which source."""

    elapsed_ms: int
    basis: str
    source_rank: int
    instant: int
    id: str
    position: int
    assumed: bool

    def preference(self) -> tuple[int, int, int, str]:
        """Smaller counts: a ruling over a measurement, the latest ruling, the better source."""
        if self.basis in RULINGS:
            return RULINGS.index(self.basis), self.source_rank, -self.instant, self.id
        return len(RULINGS), self.source_rank, self.instant, self.id


class StageValue(NamedTuple):
    """What a crew's stage counts: the time as it was taken, and the time that is added."""

    time_ms: int
    counted_ms: int
    basis: str
    positions: tuple[int, ...]
    ids: tuple[str, ...]
    spread_ms: int
    under_verification: bool
    assumed: bool

    def flags(self) -> list[str]:
        """What a reader of a classification should know of this time."""
        flags = [] if self.basis == "measured" else [self.basis]
        if self.under_verification:
            flags.append("under-verification")
        if self.assumed:
            flags.append("assumed")
        return flags


def last_points(course: Course) -> dict[tuple[str, str], str]:
    """The last point of each stage, by (stage, category); points for all under category ""."""
    points: dict[tuple[str, str], tuple[int, str]] = {}
    for each in course.facts.of(WaypointPlaced):
        key, point = (each.value.stage, each.value.category), (each.value.order, each.value.point)
        points[key] = max(points.get(key, point), point)
    return {key: point for key, (_, point) in points.items()}


def point_orders(course: Course) -> dict[tuple[str, str, str], int]:
    """The order of each point, by (stage, category, point)."""
    return {
        (each.value.stage, each.value.category, each.value.point): each.value.order
        for each in course.facts.of(WaypointPlaced)
    }


def readings(course: Course) -> dict[tuple[str, str], dict[str, list[Reading]]]:
    """Every record of a time, by (stage, number) and then by point; "" is the finish."""
    starts: dict[tuple[str, str], int] = {}
    for started in course.facts.of(StageStarted):
        if started.value.fact_at is not None:
            starts.setdefault((started.value.stage, started.value.number), started.value.fact_at.ms)
    found: dict[tuple[str, str], dict[str, list[Reading]]] = defaultdict(lambda: defaultdict(list))
    for time in course.facts.of(StageTimeRecorded):
        key = time.value.stage, time.value.number
        found[key][""].append(_reading(course, time, time.value.elapsed_ms, time.value.basis))
    for passing in course.facts.of(PassingRecorded):
        key = passing.value.stage, passing.value.number
        elapsed = passing.value.elapsed_ms
        if elapsed is None and passing.value.fact_at is not None and key in starts:
            elapsed = passing.value.fact_at.ms - starts[key]
        if elapsed is not None and elapsed >= 0:
            reading = _reading(course, passing, elapsed, "measured")
            found[key][passing.value.point].append(reading)
    return found


def _reading(
    course: Course,
    fact: Fact[StageTimeRecorded] | Fact[PassingRecorded],
    elapsed_ms: int,
    basis: str,
) -> Reading:
    sources = course.rulebook.texts("timing.sources")
    kind = fact.value.source.kind
    rank = sources.index(kind) if kind in sources else len(sources)
    assumed = fact.value.source.standing == "assumed"
    return Reading(elapsed_ms, basis, rank, fact.order()[0], fact.id, fact.position, assumed)


def stage_values(course: Course) -> dict[tuple[str, str], StageValue]:
    """What each crew's stages count, by (stage, number); stages without a value are missing."""
    found: dict[tuple[str, str], StageValue] = {}
    by_crew = readings(course)
    last = last_points(course) if by_crew else {}
    for (stage, number), points in by_crew.items():
        if stage in course.orders and number in course.facts.crews:
            candidates = _finish(course, stage, course.category(number), points, last)
            if candidates:
                found[stage, number] = effective(course, candidates)
    return {**_unfinished(course, found), **found}


def _finish(
    course: Course,
    stage: str,
    category: str,
    points: dict[str, list[Reading]],
    last: dict[tuple[str, str], str],
) -> list[Reading]:
    """The records of what counts as the finish of a stage for a category."""
    shortened = course.shortened(stage, category)
    if shortened and shortened.point:
        rulings = [each for each in points.get("", ()) if each.basis in RULINGS]
        return [*points.get(shortened.point, ()), *rulings]
    finish = list(points.get("", ()))
    point = last.get((stage, category)) or last.get((stage, ""))
    if point and course.rulebook.flag("timing.last_point_is_finish"):
        finish += points.get(point, ())
    return finish


def effective(course: Course, candidates: Iterable[Reading]) -> StageValue:
    """The reading that counts of several records of one time, with how far they lie apart."""
    ordered = sorted(candidates, key=Reading.preference)
    best = ordered[0]
    measured = [each.elapsed_ms for each in ordered if each.basis not in RULINGS]
    spread = max(measured) - min(measured) if len(measured) > 1 else 0
    differs = best.basis not in RULINGS and spread > course.rulebook.number("timing.tolerance_ms")
    counted = truncate(best.elapsed_ms, course.rulebook.number("timing.counted_precision_ms"))
    return StageValue(
        best.elapsed_ms,
        counted,
        best.basis,
        (best.position,),
        tuple(each.id for each in ordered),
        spread,
        differs,
        best.assumed,
    )


def _unfinished(
    course: Course, timed: dict[tuple[str, str], StageValue]
) -> dict[tuple[str, str], StageValue]:
    """What the stages cost that crews left unfinished and restarted after, where the rules say so.

    Within the number of stages that the rules allow, in the order of the stages.
    """
    restarted = [number for number in course.restarts if number in course.facts.crews]
    if not restarted or course.rulebook.text("overall.unfinished_stage") != FIXED_PENALTY:
        return {}
    cost = course.rulebook.number("overall.unfinished_stage_ms")
    allowed = course.rulebook.number("overall.unfinished_stage_limit")
    found: dict[tuple[str, str], StageValue] = {}
    for number in restarted:
        unfinished = []
        for fact in course.facts.retirements:
            order = course.retired_from(fact)
            code = course.codes.get(order)
            if fact.value.number == number and not fact.value.definitive and code is not None:
                key = code, number
                if key not in timed and course.restarted(number, fact):
                    unfinished.append((order, key, fact))
        for _, key, fact in sorted(unfinished, key=lambda each: (each[0], each[2].id))[:allowed]:
            found[key] = StageValue(
                cost, cost, FIXED_PENALTY, (fact.position,), (fact.id,), 0, False, False
            )
    return found
