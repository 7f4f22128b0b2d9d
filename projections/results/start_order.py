"""The start order of a stage: what was posted, or what the rules make of the results so far.

Until it is published it follows what the rules of its stage say (`start_basis`), by themselves the
last stage that counted, penalties of that stage included; equal times start by race number, crews
without a time behind, and who was repositioned where it was decided; for whom the stage was
cancelled is not in it. Published, it is what was posted, and changes by amendment only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from ledger.times import Instant, format_duration
from ledger.vocabulary import (
    CrewRepositioned,
    StageDelayed,
    StageScheduled,
    StartOrderPublished,
    StartPositionChosen,
    StartPutBack,
)
from projections.results.standings import must_exist, stage_named
from projections.results.start_basis import Seed, choices, in_order, offered
from projections.rules.rulebook import interval_after, intervals_of
from projections.state.participation import OUTSIDE, RETIRED, on_record
from projections.state.rally import RallyState
from projections.state.recorded import Fact


class Starter(msgspec.Struct, frozen=True):
    """One line: who starts in which place of its category, when, and by which time."""

    place: int
    number: str
    driver: str
    category: str
    due_at: str | None
    basis_ms: int | None
    note: str


class StartGroup(msgspec.Struct, frozen=True):
    """The crews that start together in one order: a category, or all in one.

    `basis` says on what the order rests; `document` and `position` are of the published one.
    """

    category: str
    published: bool
    basis: str
    document: str
    position: int | None
    rows: tuple[Starter, ...]


class StartOrder(msgspec.Struct, frozen=True):
    """The start order of a stage, category by category."""

    stage: str
    groups: tuple[StartGroup, ...]


def without_times(stage: str, groups: Iterable[StartGroup]) -> tuple[str, ...]:
    """What is to be said of an order that is not posted yet and says nobody when to start."""
    waiting = (row for group in groups if not group.published for row in group.rows)
    if all(row.due_at is not None for row in waiting):
        return ()
    return (f"It gives no times: no first start of {stage} is planned, or given by --first-at.",)


def start_order(
    state: RallyState,
    stage: str | None = None,
    category: str | None = None,
    first_at: Instant | None = None,
) -> StartOrder:
    """The start order of a stage (by default the first that was not run yet).

    `first_at` is when the first crew starts, where the itinerary does not say.

    Raises:
        NotFound: no such stage or category. Undefined: a needed rule is not defined.
    """
    if stage is None and not state.stages:
        return StartOrder("", ())
    chosen = stage_named(state, stage) if stage is not None else _next_stage(state)
    categories = {each.value.category for each in state.facts.crews.values()}
    must_exist("category", category, categories)
    published = state.timing.start_lists.published.get(chosen.stage, {})
    if "" in published:
        return StartOrder(chosen.stage, (_posted(state, published[""], category),))
    groups: list[StartGroup] = []
    at = first_at or _first_start(state, chosen)
    for each in _in_order(state, chosen, categories):
        if each in published:
            group = _posted(state, published[each], each)
        else:
            group = _computed(state, chosen, each, at)
        at = _after(state, chosen, group, at)
        if category in (None, each):
            groups.append(group)
    return StartOrder(chosen.stage, tuple(groups))


def _next_stage(state: RallyState) -> StageScheduled:
    ahead = [each for each in state.stages if each.timed and each.stage not in state.run]
    return ahead[0] if ahead else state.stages[-1]


def _in_order(state: RallyState, stage: StageScheduled, categories: set[str]) -> list[str]:
    if len(categories) < 2:
        return sorted(categories)
    order = state.rules_of(stage.stage).texts("start_order.categories")
    return sorted(
        categories, key=lambda name: (order.index(name) if name in order else len(order), name)
    )


def _first_start(state: RallyState, stage: StageScheduled) -> Instant | None:
    """When the first crew starts by the plan, put back by the delays of the stage."""
    if stage.first_start_at is None:
        return None
    delays = state.facts.of(StageDelayed)
    delay = sum(each.value.by_ms for each in delays if each.value.stage == stage.stage)
    return Instant(stage.first_start_at.ms + delay, stage.first_start_at.offset)


def _posted(
    state: RallyState, published: Fact[StartOrderPublished], category: str | None
) -> StartGroup:
    lists, said = state.timing.start_lists, published.value
    amended = {
        each.value.number
        for each in lists.amended.get(said.stage, ())
        if each.order() > published.order()
    }
    rows = []
    for slot in lists.slots(published):
        crew = state.facts.crews.get(slot.number)
        if category in (None, "", state.category(slot.number)) or said.category:
            due = state.timing.due(said.stage, slot.number)
            rows.append(
                Starter(
                    slot.place,
                    slot.number,
                    crew.value.driver if crew else "",
                    state.category(slot.number),
                    due.iso() if due else None,
                    None,
                    "amended" if slot.number in amended else "",
                )
            )
    return StartGroup(
        said.category, True, said.basis, said.document, published.position, tuple(rows)
    )


def _computed(
    state: RallyState, stage: StageScheduled, category: str, first_at: Instant | None
) -> StartGroup:
    found = in_order(state, stage, category, _may_all_start(state, stage, category))
    seeds = _repositioned(state, stage, found.seeds)
    dues = _dues(state, stage, category, len(seeds), first_at)
    starters = list(zip(seeds, dues, strict=True))
    if later := put_back(state, stage):
        starters = _later(starters, later)
    rows = tuple(
        Starter(
            place,
            seed.number,
            state.facts.crews[seed.number].value.driver,
            category,
            due.iso() if due else None,
            seed.time_ms,
            seed.note,
        )
        for place, (seed, due) in enumerate(starters, 1)
    )
    rests_on = found.rests_on
    if not rows and state.cancelled(stage.stage, category):
        rests_on = "cancelled"
    return StartGroup(category, False, rests_on, "", None, rows)


def put_back(state: RallyState, stage: StageScheduled) -> dict[str, int]:
    """By how much sanctions put back the start of a stage, in milliseconds, by crew."""
    found: dict[str, int] = defaultdict(int)
    for each in state.facts.of(StartPutBack):
        said = each.value
        if next_start(state, said.number, said.stage) == stage.stage:
            found[said.number] += said.by_ms
    return found


def next_start(state: RallyState, number: str, stage: str) -> str:
    """The first stage behind another that a crew may start; "" where there is none."""
    order, category = state.orders.get(stage), state.category(number)
    ahead = (
        each.stage
        for each in state.stages
        if order is not None and each.order > order and each.timed
        if not state.cancelled(each.stage, category)
    )
    return next(ahead, "")


def _later(
    starters: Iterable[tuple[Seed, Instant | None]], later: Mapping[str, int]
) -> list[tuple[Seed, Instant | None]]:
    """Crews in the order of their times, those put back that are; without times, as they were."""
    found: list[tuple[Seed, Instant | None]] = []
    for seed, due in starters:
        if by_ms := later.get(seed.number, 0):
            told = f"put back {format_duration(by_ms)}"
            note = f"{seed.note}, {told}" if seed.note else told
            at = due and Instant(due.ms + by_ms, due.offset)
            found.append((seed._replace(note=note), at))
        else:
            found.append((seed, due))
    return sorted(found, key=lambda each: each[1].ms if each[1] else 0)


def _may_all_start(state: RallyState, stage: StageScheduled, category: str) -> list[str]:
    return [
        number
        for number in state.facts.crews
        if state.entry_on(number, stage.order).category == category
        and _may_start(state, number, stage)
    ]


def _may_start(state: RallyState, number: str, stage: StageScheduled) -> bool:
    """Whether nothing that is known keeps a crew from a stage."""
    if (stage.stage, number) in state.timing.starts:
        return True
    if state.cancelled(stage.stage, state.category(number)):
        return False
    left = [each for each in on_record(state, number, stage.order) if each.name != OUTSIDE]
    return all(each.name == RETIRED and _may_restart(state, each.fact, stage) for each in left)


def _may_restart(state: RallyState, fact: Fact[Any] | None, stage: StageScheduled) -> bool:
    """Whether a crew that left, and is not back yet, was allowed to start again on a stage."""
    if fact is None or state.definitive(fact):
        return False
    decided = [
        each.value.granted
        for each in state.decided_on_restart(fact)
        if each.value.stage in ("", stage.stage)
    ]
    return bool(decided) and decided[-1]


def _repositioned(state: RallyState, stage: StageScheduled, seeds: Sequence[Seed]) -> list[Seed]:
    placed = list(seeds)
    for number, each in repositioned(state, stage.stage).items():
        moving = [seed for seed in placed if seed.number == number]
        if moving:
            placed.remove(moving[0])
            placed.insert(each.value.place - 1, moving[0]._replace(note="repositioned"))
    return placed


def repositioned(state: RallyState, stage: str) -> dict[str, Fact[CrewRepositioned]]:
    """What puts crews in another place of a stage, in the order in which it counts.

    Of several for one crew the last counts.
    """
    found: dict[str, Fact[CrewRepositioned]] = {}
    for each in sorted(state.facts.of(CrewRepositioned), key=Fact.precedence):
        if each.value.stage == stage:
            found.pop(each.value.number, None)
            found[each.value.number] = each
    return found


class NotGiven(NamedTuple):
    """A place that a crew chose and does not have, and why."""

    chosen: Fact[StartPositionChosen]
    why: str


def not_given(state: RallyState, stage: str | None = None) -> Iterator[NotGiven]:
    """The choices of places that come to nothing, on a stage or on all: what was chosen last."""
    last: dict[tuple[str, str], Fact[StartPositionChosen]] = {}
    for each in sorted(state.facts.of(StartPositionChosen), key=Fact.precedence):
        if stage in (None, each.value.stage):
            last[each.value.stage, each.value.number] = each
    for (code, number), each in last.items():
        if code in state.orders and number in state.facts.crews:
            why = _why_not_given(state, stage_named(state, code), each)
            if why:
                yield NotGiven(each, why)


def _why_not_given(
    state: RallyState, stage: StageScheduled, fact: Fact[StartPositionChosen]
) -> str:
    number, place, category = fact.value.number, fact.value.place, state.category(fact.value.number)
    among = offered(state, stage, category, _may_all_start(state, stage, category))
    if among is None:
        return f"the rules let nobody choose on {stage.stage}"
    if number not in among:
        return f"it is not one of the first {len(among)}, who choose"
    if place > len(among):
        return f"it may choose from 1 to {len(among)}"
    given = choices(state, stage.stage, among, len(among))
    if number not in given:
        first = next(other for other, each in given.items() if each.value.place == place)
        return f"crew {first} chose that place before"
    published = state.timing.start_lists.published.get(stage.stage, {})
    order = published.get("") or published.get(category)
    if order is not None and order.value.recorded_at.ms < fact.value.recorded_at.ms:
        return "its start order was published before; StartOrderAmended changes it"
    return ""


class Unheeded(NamedTuple):
    """What puts a crew in another place of an order that hangs on the board, and does not yet."""

    moved: Fact[CrewRepositioned]
    order: Fact[StartOrderPublished]


def unheeded(state: RallyState, stage: str) -> Iterator[Unheeded]:
    """The crews that were given another place after the start order of a stage was published.

    The published order is what was posted: it changes by an amendment alone. Whoever starts in that
    place anyway, or was dealt with by an amendment since, is not among them.
    """
    lists = state.timing.start_lists
    published = lists.published.get(stage, {})
    for number, moved in repositioned(state, stage).items() if published else ():
        order = published.get("") or published.get(state.category(number))
        said = moved.value.recorded_at.ms
        if order is None or order.value.recorded_at.ms > said:
            continue
        amended = (each.value for each in lists.amended.get(stage, ()))
        places = {slot.number: slot.place for slot in lists.slots(order)}
        dealt_with = any(e.number == number and e.recorded_at.ms >= said for e in amended)
        if not dealt_with and places.get(number) != moved.value.place:
            yield Unheeded(moved, order)


def _dues(
    state: RallyState, stage: StageScheduled, category: str, count: int, first_at: Instant | None
) -> list[Instant | None]:
    if first_at is None or not count:
        return [None] * count
    intervals = intervals_of(state.rules_of(stage.stage), category)
    at, dues = first_at.ms, list[Instant | None]()
    for place in range(1, count + 1):
        dues.append(Instant(at, first_at.offset))
        at += interval_after(intervals, place)
    return dues


def _after(
    state: RallyState, stage: StageScheduled, group: StartGroup, first_at: Instant | None
) -> Instant | None:
    """When the first crew of the next category starts."""
    if first_at is None or not group.rows or len(state.facts.crews) == len(group.rows):
        return first_at
    gap = state.rules_of(stage.stage).number("start_order.category_gap_ms")
    dues = _dues(state, stage, group.category, len(group.rows), first_at)
    last = dues[-1]
    return None if last is None else Instant(last.ms + gap, last.offset)
