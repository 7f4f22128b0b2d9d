"""Missing: what has not come in of a stage, judged by the crews that were seen further on.

A control or point at which a crew must have been, a start or finish that nobody wrote down, the
times of a whole category.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

import msgspec

from ledger.grouping import grouped
from ledger.vocabulary import StageScheduled, WaypointMissed
from projections.state.entries import by_number
from projections.state.whereabouts import Whereabouts

UNREAD = ("control", "point")
"""Where crews lack that were seen further on."""
WITHOUT_TIMES = ("start", "finish", "times")
"""What may be missing without which crews have no time."""


class Missing(msgspec.Struct, frozen=True):
    """What has not come in: the sheet of a control, a point, starts, finishes, a category's times.

    `what` are the places, `numbers` the crews that are lacking there.
    """

    stage: str
    category: str
    kind: str
    what: tuple[str, ...]
    numbers: tuple[str, ...]
    message: str


def missing(
    places: Whereabouts, stage: StageScheduled, kinds: Collection[str] = (*UNREAD, *WITHOUT_TIMES)
) -> Iterator[Missing]:
    """What of these kinds has not come in of a stage, category by category."""
    by_category = grouped((places.state.category(n), n) for n in places.state.facts.crews)
    for category, numbers in sorted(by_category.items()):
        if not places.state.cancelled(stage.stage, category):
            for kind in (each for each in UNREAD if each in kinds):
                yield from _unread(places, stage, category, numbers, kind)
            if any(each in kinds for each in WITHOUT_TIMES):
                found = _without_times(places, stage, category, numbers)
                yield from (each for each in found if each.kind in kinds)


def _unread(
    places: Whereabouts, stage: StageScheduled, category: str, numbers: list[str], kind: str
) -> Iterator[Missing]:
    """Controls, or points, at which crews lack that were seen further on."""
    finished = {each for each in numbers if places.arrived(stage.stage, each)}
    if kind == "control":
        line = _controls(places, stage.stage, numbers, finished)
    else:
        line = _points(places, stage.stage, category, numbers)
    if not any(seen for _, seen in line):
        return
    # A control behind the finish is missed by those alone who were seen on a later stage.
    behind_it = kind == "control" and _has_finish_control(places, stage.stage)
    further, lacking = _seen_later(places, stage, numbers) if behind_it else finished, []
    for place, seen in reversed(line):
        lacking.append((place, bool(seen), further - seen))
        further = further | seen
    run: list[str] = []
    behind: set[str] = set()
    for place, read, absent in (*reversed(lacking), ("", True, set[str]())):
        if absent and not read:
            behind = behind if run else absent
            run.append(place)
            continue
        if run:
            message = f"Nobody was read at {_from_to(run)}; {crews(listed(behind))} came by."
            yield Missing(stage.stage, category, kind, tuple(run), listed(behind), message)
            run = []
        if absent:
            message = f"{place} lacks {crews(listed(absent))}, seen further on."
            yield Missing(stage.stage, category, kind, (place,), listed(absent), message)


def _has_finish_control(places: Whereabouts, stage: str) -> bool:
    controls = places.state.controls.values()
    return any(each.stage == stage and each.is_finish for each in controls)


def _seen_later(places: Whereabouts, stage: StageScheduled, numbers: list[str]) -> set[str]:
    """The crews that started or finished a later stage."""
    state = places.state
    later = {code for code, order in state.orders.items() if order > stage.order}
    seen = {number for code, number in (*state.timing.starts, *state.timed) if code in later}
    return seen & set(numbers)


def _from_to(places: list[str]) -> str:
    return places[0] if len(places) == 1 else f"{places[0]} to {places[-1]}"


def _controls(
    places: Whereabouts, stage: str, numbers: list[str], finished: set[str]
) -> list[tuple[str, set[str]]]:
    """The controls of a stage in their order with who was there; none where none is read."""
    passed = places.state.road.seen
    line = []
    for code, control in places.state.controls.items():
        if control.stage == stage:
            line.append((code, {each for each in numbers if (each, code) in passed}))
    if not any(seen for _, seen in line):
        return []
    started = {each for each in numbers if (stage, each) in places.state.timing.starts}
    planned = places.state.controls
    return [
        (
            code,
            seen
            | (started if planned[code].is_start else set())
            | (finished if planned[code].is_finish else set()),
        )
        for code, seen in line
    ]


def _points(
    places: Whereabouts, stage: str, category: str, numbers: list[str]
) -> list[tuple[str, set[str]]]:
    """The points between start and finish in their order with who was read there.

    A crew that is reported to have missed a point is not waited for there.
    """
    state, directed = places.state, places.state.direction(stage, category)
    finish = directed.finish_point or places.perhaps_the_end(stage, category)
    start, end = (state.point(stage, category, point) for point in (directed.start_point, finish))
    line: list[tuple[int, str]] = []
    for point in state.points_of(stage, category):
        placed = state.point(stage, category, point)
        if placed is None or placed.is_start or (start and placed.order <= start.order):
            continue
        if end is None or placed.order < end.order:
            line.append((placed.order, point))
    ended = {each: state.direction_for(stage, each).finish_point for each in numbers}
    excused = {
        (number, point)
        for number, moved in ended.items()
        if moved != directed.finish_point
        for point in state.points_of(stage, category)
        if moved and state.side(stage, category, point, moved) >= 0
    }
    excused |= {
        (each.value.number, each.value.point)
        for each in state.facts.of(WaypointMissed)
        if each.value.stage == stage
    }
    return [
        (point, {n for n in numbers if (stage, n, point) in places.passed or (n, point) in excused})
        for _, point in sorted(line)
    ]


def _without_times(
    places: Whereabouts, stage: StageScheduled, category: str, numbers: list[str]
) -> Iterator[Missing]:
    """Crews that came off the stage and have no time there."""
    state, code = places.state, stage.stage
    if not stage.timed:
        return
    lacking = set(numbers).intersection(places.lacking(stage))
    home = listed(each for each in lacking if places.home(stage, each))
    nobody = not any((code, each) in state.timing.measured for each in numbers)
    if home and nobody and code in state.run:
        whose = f"the category {category}" if category else "any crew"
        message = f"{code} was run, but no time of {whose} is on record."
        yield Missing(code, category, "times", (), home, message)
        return
    no_start = [
        each
        for each in home
        if (code, each) in places.clocked and (code, each) not in state.timing.starts
    ]
    if no_start:
        message = f"No start of {crews(no_start)} is on record, from which its time runs."
        yield Missing(code, category, "start", (), tuple(no_start), message)
    if code in state.closed:
        return
    passed = listed(each for each in lacking - {*home} if places.at_last_point(code, each))
    for without, how in ((home, "came off the stage"), (passed, "passed its last point")):
        no_finish = listed(each for each in without if not places.finished(code, each))
        if no_finish:
            message = f"No finish of {crews(no_finish)} is on record, which {how}."
            yield Missing(code, category, "finish", (), no_finish, message)
    unclear = listed(e for e in home if e not in no_start and places.finished(code, e))
    if unclear:
        message = f"No time follows from what is on record of {crews(unclear)}."
        yield Missing(code, category, "times", (), unclear, message)


def listed(numbers: Iterable[str]) -> tuple[str, ...]:
    """Race numbers in their order."""
    return tuple(sorted(numbers, key=by_number))


def crews(numbers: Sequence[str]) -> str:
    """ "crew 102", or "crews 102, 103 and 3 more"."""
    shown = ", ".join(numbers[:8])
    more = f" and {len(numbers) - 8} more" if len(numbers) > 8 else ""
    return f"crew{'s' if len(numbers) > 1 else ''} {shown}{more}"
