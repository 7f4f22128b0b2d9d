"""Absent: who is missing at one place, as the official asks who sits there.

At a finish or a point who started and has not come; at a start or a control who is due and was not
seen; over time cards whose card is not in. By how long is told against an instant that is given.
Everywhere also who was seen further on: there a record is missing, and nobody on the road. The
rules are those of `outstanding`, asked of one place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Literal, NamedTuple

import msgspec

from ledger.errors import LedgerError, NotFound
from ledger.times import Instant
from ledger.vocabulary import ControlPassed, ControlScheduled, StageScheduled, TimeCardHandled
from projections.control.missing import listed, missing
from projections.control.outstanding import heading
from projections.results.standings import stage_named
from projections.state.keyed import ON_CARDS, is_keyed
from projections.state.rally import RallyState
from projections.state.whereabouts import Whereabouts

Kind = Literal["nowhere", "start", "finish", "point", "control", "cards"]
Why = Literal["started", "due", "passed", "card"]


class Place(NamedTuple):
    """Where an official sits; `code` is that of the point or the control."""

    kind: Kind
    stage: str = ""
    code: str = ""


class Absentee(msgspec.Struct, frozen=True):
    """A crew that is missing at a place, and why it is.

    `why` is "started" (it is on the stage), "due" (nobody saw it), "passed" (it was seen further
    on: the record is missing) or "card" (its time card is not in; `lost` where that was said).
    `since` is when it started, was due, or came off the stage; `by_ms` how long ago that is by the
    instant of the question, negative where it is ahead; both are None where nothing tells it.
    """

    number: str
    driver: str
    category: str
    why: Why
    since: Instant | None = None
    by_ms: int | None = None
    last_seen: str = ""
    last_seen_at: Instant | None = None
    lost: bool = False


class Absent(msgspec.Struct, frozen=True):
    """Who is missing at a place, longest first; who is due there later, soonest first.

    `untold` is what can't be told because a rule is not defined.
    """

    place: Place
    missing: tuple[Absentee, ...]
    to_come: tuple[Absentee, ...]
    untold: tuple[str, ...] = ()


def absent(state: RallyState, place: Place, at: Instant) -> Absent:
    """Who is missing at a place at an instant.

    Raises:
        NotFound: no such stage, point or control.
    """
    untold: tuple[str, ...] = ()
    found: list[Absentee] = []
    try:
        found = list(_AT[place.kind](_Post(state, place, at)))
    except NotFound:
        raise
    except LedgerError as error:  # a rule is not defined
        untold = (error.message,)
    ahead = [each for each in found if each.by_ms is not None and each.by_ms < 0]
    come = sorted(ahead, key=lambda each: -(each.by_ms or 0))
    here = [each for each in found if each.by_ms is None or each.by_ms >= 0]
    here.sort(key=lambda each: (_ORDER[each.why], -(each.by_ms or 0)))
    return Absent(place, tuple(here), tuple(come), untold)


def bearing_on(state: RallyState, place: Place) -> tuple[str, ...]:
    """The stages of which the readings tell who is missing at a place, as far as they were begun.

    Its own; the later ones, where a crew may have been seen; and those of the controls from which
    the time to its own runs.
    """
    code = place.stage or state.stage_at("", place.code).stage
    order = state.orders.get(code)
    before = (state.control_before.get(e.control, "") for e in _line(state, code))
    left = {state.stage_at("", control).stage for control in before if control}
    known = (e.stage for e in state.stages if order is not None and e.order > order)
    return tuple(dict.fromkeys((code, *sorted(left - {""}), *known)))


def _line(state: RallyState, stage: str) -> list[ControlScheduled]:
    return [each for each in state.controls.values() if each.stage == stage]


_ORDER = {"started": 0, "due": 1, "passed": 2, "card": 3}


class _Post:
    """What an official knows at a place."""

    def __init__(self, state: RallyState, place: Place, at: Instant) -> None:
        self.state, self.place, self.at = state, place, at
        self.places = Whereabouts(state)

    @cached_property
    def stage(self) -> StageScheduled:
        """The stage of the place."""
        code = self.place.stage
        if self.place.kind == "control" and not code:
            code = self.state.stage_at("", self.place.code).stage
        return stage_named(self.state, code)

    def crew(self, number: str, why: Why, since_ms: int | None, *, lost: bool = False) -> Absentee:
        """A crew that is missing since an instant (UTC ms)."""
        crew = self.state.facts.crews[number].value
        last = self.places.last_seen(self.stage.stage, number)
        return Absentee(
            number,
            crew.driver,
            crew.category,
            why,
            None if since_ms is None else Instant(since_ms, self.at.offset),
            None if since_ms is None else self.at.ms - since_ms,
            last.place if last else "",
            last.at if last else None,
            lost,
        )

    def passed(self, stage: StageScheduled, kind: str, what: str = "") -> Iterator[Absentee]:
        """The crews that were seen further on, and of which the record here is missing."""
        for each in missing(self.places, stage, (kind,)):
            if not what or what in each.what:
                yield from map(self.seen_further_on, each.numbers)

    def seen_further_on(self, number: str) -> Absentee:
        """A crew of which the record here is missing, since it was seen last."""
        last = self.places.last_seen(self.stage.stage, number)
        return self.crew(number, "passed", last.at_ms if last else None)


def _at_the_start(post: _Post) -> Iterator[Absentee]:
    stage, state = post.stage, post.state
    yield from _not_started(post, stage)
    no_start = {each.number for each in post.passed(stage, "start")}
    for number in listed(post.places.still_out(stage)):
        seen = post.places.last_seen(stage.stage, number)
        if seen and (stage.stage, number) not in state.timing.starts:
            no_start.add(number)
    yield from map(post.seen_further_on, listed(no_start))


def _not_started(post: _Post, stage: StageScheduled) -> Iterator[Absentee]:
    for number in listed(post.places.still_out(stage)):
        if post.places.last_seen(stage.stage, number) is None:
            yield post.crew(number, "due", post.state.timing.due_ms(stage.stage, number))


def _started(post: _Post, stage: StageScheduled, numbers: Iterable[str]) -> Iterator[Absentee]:
    """Crews that are on a stage, since they started it or were seen on it first."""
    for number in numbers:
        start = post.state.timing.starts.get((stage.stage, number))
        seen = post.places.seen.get((stage.stage, number), ())
        told = (each.at_ms for each in seen if each.at_ms is not None)
        yield post.crew(number, "started", start.official_ms if start else next(told, None))


def _at_the_finish(post: _Post) -> Iterator[Absentee]:
    stage = post.stage
    out = listed(post.places.still_out(stage))
    yield from _started(post, stage, (e for e in out if post.places.last_seen(stage.stage, e)))
    yield from _overdue(post, stage)
    yield from post.passed(stage, "finish")


def _overdue(post: _Post, stage: StageScheduled) -> Iterator[Absentee]:
    """Who should have started by now, and was seen nowhere on the stage."""
    for each in _not_started(post, stage):
        if each.by_ms is not None and each.by_ms >= 0:
            yield each


def _at_a_point(post: _Post) -> Iterator[Absentee]:
    stage, code, places = post.stage, post.place.code, post.places
    state = post.state
    if not any((of, point) == (stage.stage, code) for of, _, point in state.points):
        raise NotFound(
            f"{stage.stage} has no point {code}.", hint="`rally log --type WaypointPlaced`."
        )
    behind = {
        number
        for number in places.still_out(stage)
        if (passed := places.points_passed(stage.stage, number))
        for point in state.points_of(stage.stage, state.category(number))
        if point in passed and state.side(stage.stage, state.category(number), point, code) > 0
    }
    waited = [
        number
        for number in listed(places.still_out(stage))
        if code not in places.points_passed(stage.stage, number)
        and state.point(stage.stage, state.category(number), code) is not None
    ]
    on = [each for each in waited if places.last_seen(stage.stage, each) and each not in behind]
    yield from _started(post, stage, on)
    yield from _overdue(post, stage)
    told = {each.number: each for each in post.passed(stage, "point", code)}
    yield from told.values()
    yield from map(post.seen_further_on, listed({*waited} & behind - told.keys()))


def _at_a_control(post: _Post) -> Iterator[Absentee]:
    stage, code = post.stage, post.place.code
    if code not in post.state.controls:
        raise NotFound(f"There is no control {code}.", hint="`rally log --type ControlScheduled`.")
    passed = {each.number: each for each in post.passed(stage, "control", code)}
    on_the_way = []
    for each in heading(post.places, stage):
        if each.number in passed:
            continue
        if each.control.control == code:
            yield post.crew(each.number, "due", post.state.road.due_at(each.number, code))
        elif post.places.last_seen(stage.stage, each.number) and _is_before(
            post.state, each.control.control, code
        ):
            on_the_way.append(each.number)
    yield from _started(post, stage, on_the_way)
    yield from passed.values()


def _is_before(state: RallyState, control: str, code: str) -> bool:
    """Whether one control lies before another in the itinerary."""
    order = state.control_places
    return order[control] < order.get(code, len(order))


def _over_cards(post: _Post) -> Iterator[Absentee]:
    """Whose card of a stage is not in, of the crews that came off it: one that is keyed is in."""
    stage, state = post.stage, post.state
    keyed = set(_keyed_on(state, stage.stage))
    last: dict[str, str] = {}
    for each in state.facts.of(TimeCardHandled):
        if each.value.stage in ("", stage.stage):
            last[each.value.number] = each.value.kind
    for number in listed(state.facts.crews):
        is_in = number in keyed or last.get(number) == "submitted"
        if not is_in and post.places.home(stage, number):
            arrived = state.timing.arrival_ms(stage.stage, number)
            seen = post.places.last_seen(stage.stage, number)
            since = arrived if arrived is not None else seen.at_ms if seen else None
            yield post.crew(number, "card", since, lost=last.get(number) == "lost")


def _keyed_on(state: RallyState, stage: str) -> Iterator[str]:
    """The crews of which somebody keyed anything from the card of a stage."""
    for kind in ON_CARDS:
        for each in state.facts.of(kind):
            said = each.value
            control = said.control if isinstance(said, ControlPassed) else ""
            if is_keyed(said) and state.stage_at(said.stage, control, each.instant).stage == stage:
                yield said.number


_AT: dict[Kind, Callable[[_Post], Iterable[Absentee]]] = {
    "nowhere": lambda _: (),
    "start": _at_the_start,
    "finish": _at_the_finish,
    "point": _at_a_point,
    "control": _at_a_control,
    "cards": _over_cards,
}
