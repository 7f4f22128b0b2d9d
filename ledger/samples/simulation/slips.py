"""What goes wrong with the records of a synthetic rally, and what comes in twice.

Readings that were wrong and are corrected, readings that should never have been entered and are
voided, corrections that are voided; lines that the finish delivers again; sheets of marshals.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import product
from typing import NamedTuple

from ledger.samples.simulation.day import Day
from ledger.samples.simulation.desk import TIMEKEEPER, TRACKING, Key, Link, shown
from ledger.samples.simulation.plan import HOUR, MINUTE, SECOND, dice
from ledger.samples.simulation.road import Run
from ledger.vocabulary import Corrected, Occurrence, PassingRecorded, Source, Voided

AMENDED, TWICE = 60, 30
"""In ten thousand records: how many are amended, how many come in twice."""
TRIES, WATCHES = 20, 6
GHOST, MISTAKEN = 30, 6
"""Of a hundred amendments: voids of readings of nobody, corrections that are voided again."""


class Reading(NamedTuple):
    """A reading that is amended: of a crew at a point (-1: the finish), and its key."""

    run: Run
    point: int
    key: Key
    arrives: int
    shows: int


def slip(day: Day) -> None:
    """Plan what is amended and what comes in twice, in proportion to the records of the day."""
    records = day.count
    amended = max(records * AMENDED // 10_000 + 1, 2)
    typed = _typed(day)
    for each in day.rng.sample(typed, min(len(typed), (amended + 4) // 5)):
        _mistyped(day, each)
    for each in _read_out(day, amended):
        drawn = day.rng.randrange(100)
        if drawn < GHOST:
            _ghost(day, each)
        else:
            _shifted(day, each, mistaken=drawn >= 100 - MISTAKEN)
    _deliver_again(day, records * TWICE // 10_000 + 1)


def _typed(day: Day) -> list[Reading]:
    """Finishes that somebody typed in from a watch or a card, and that nothing rests on alone."""
    stage = day.stage.code
    return [
        Reading(run, -1, (second.kind, stage, run.crew.number), second.at, second.shows)
        for run in day.runs
        if (second := day.seconds.get(run.crew.index)) and not day.doubted(run)
    ]


def _read_out(day: Day, count: int) -> list[Reading]:
    """So many readings of trackers, or as many as are soon found."""
    stage, found = day.stage, dict[Key, Reading]()
    for _ in range(TRIES * count if day.runs else 0):
        run, point = day.rng.choice(day.runs), day.rng.randrange(len(stage.points))
        if point < run.seen and day.on_tracker(run, point):
            key = ("gps", stage.code, run.crew.number, stage.points[point])
            shows = run.at(stage, point) // SECOND * SECOND
            found[key] = Reading(run, point, key, day.arrivals[run.crew.index], shows)
            if len(found) == count:
                break
    return list(found.values())


def _later(day: Day, after: int) -> int:
    """When somebody notices: soon, in the same night, or next day."""
    return (
        after + day.rng.choice((20, 45, 120, 600, 900)) * MINUTE + day.rng.randrange(1200) * SECOND
    )


def _mistyped(day: Day, each: Reading) -> None:
    """A minute too many, or ten: corrected to what the sheet says."""
    day.slips[each.run.crew.index, -1] = day.rng.choice((1, 1, 10)) * MINUTE
    _correct(day, each, TIMEKEEPER, each.shows, "mistyped", _later(day, each.arrives))


def _shifted(day: Day, each: Reading, *, mistaken: bool) -> None:
    """A tracker that lost the satellites tells a point too late; or a right one is 'corrected'."""
    by = day.rng.randrange(20, 90) * SECOND
    at = _later(day, each.arrives)
    if mistaken:
        day.slips[each.run.crew.index, each.point] = 0
        correction = _correct(day, each, TRACKING, each.shows + by, "read out anew", at)
        later = at + day.rng.randrange(30, 300) * MINUTE
        _void(day, each, correction, later, "it was another crew's read-out")
    else:
        day.slips[each.run.crew.index, each.point] = by
        _correct(day, each, TRACKING, each.shows, "the satellites were lost", at)


def _correct(day: Day, each: Reading, office: str, right: int, why: str, at: int) -> Key:
    key, moment = ("correction", *each.key), shown(right)
    day.act(
        Corrected,
        at,
        office,
        None,
        Link(target=each.key, key=key),
        changes={"fact_at": (moment.ms, moment.offset)},
        reason=why,
        **day.about(each.run),
    )
    return key


def _ghost(day: Day, each: Reading) -> None:
    """A reading of a crew that was somewhere else: a car of the organisation under its number."""
    key = ("ghost", *each.key)
    at = each.arrives + 5 * MINUTE
    shows = each.shows - day.rng.randrange(5, 60) * MINUTE
    day.add(at, partial(_of_nobody, day, each, key, at, shows))
    _void(day, each, key, _later(day, at), "a car of the organisation")


def _void(day: Day, each: Reading, key: Key, at: int, why: str) -> None:
    day.act(Voided, at, TRACKING, None, Link(target=key), reason=why, **day.about(each.run))


def _of_nobody(day: Day, each: Reading, key: Key, at: int, shows: int) -> tuple[Occurrence, ...]:
    stage, number = day.stage, each.run.crew.number
    point = stage.points[each.point]
    source = Source(kind="gps", name=f"tracker-{number}", seq=f"{stage.code}-{point}-b")
    seen = day.desk.read(
        PassingRecorded, at, shows, source, number=number, stage=stage.code, point=point
    )
    return (day.desk.remember(key, seen),)


# -- what comes in twice -------------------------------------------------------------------------


def _deliver_again(day: Day, count: int) -> None:
    """The laptop at the finish hands in its own log at night: lines that are known already."""
    finished = [run for run in day.runs if run.until is None]
    again = day.rng.sample(finished, min(len(finished), count))
    again.sort(key=lambda run: run.finish)
    if again:
        site = f"finish-{day.stage.code}"
        day.add(day.within(22, 23), partial(_again, day, again, site), len(again), site)


def _again(day: Day, runs: list[Run], site: str) -> Iterator[Occurrence]:
    for run in runs:
        yield day.finish(run, run.finish, site)


# -- sheets --------------------------------------------------------------------------------------


def sheets(day: Day, count: int) -> int:
    """Plan so many readings of marshals along the stage; answers how many there are.

    The marshals write on a ledger of their own, without network, and it is merged in the evening.
    """
    rng = dice(day.plan, f"sheets {day.stage.order}")
    points = list(range(len(day.stage.points) - 1))
    rng.shuffle(points)
    left = count
    for watch, point in product(range(1, WATCHES + 1), points):
        passed = [run for run in day.runs if run.seen > point != run.missed][:left]
        if passed:
            passed.sort(key=lambda run: run.at(day.stage, point))
            at = max(day.hour(18), passed[-1].at(day.stage, point) + HOUR)
            at += rng.randrange(4 * 3600) * SECOND
            day.add(at, partial(_sheet, day, passed, point, watch), len(passed), _course(day))
            left -= len(passed)
    return count - left


def _course(day: Day) -> str:
    """The site of the marshals along a stage."""
    return f"course-{day.stage.code}"


def _sheet(day: Day, runs: list[Run], point: int, watch: int) -> Iterator[Occurrence]:
    stage, name = day.stage, day.stage.points[point]
    sheet = f"sheet-{stage.code}-{name}-{watch}"
    for run in runs:
        apart = (0, 0, 0, 0, 1, 0, -1, 3)[(run.crew.index * 31 + point + watch) % 8] * SECOND
        passed = run.at(stage, point)
        yield day.desk.read(
            PassingRecorded,
            passed + MINUTE,
            passed // SECOND * SECOND + apart,
            Source(kind="hand", name=sheet, seq=run.crew.number),
            number=run.crew.number,
            stage=stage.code,
            point=name,
            site=_course(day),
        )
