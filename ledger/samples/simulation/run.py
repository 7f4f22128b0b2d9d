"""The run of a synthetic rally: its days one after the other, as their records reach the log."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from ledger.errors import Usage
from ledger.record import Arrival, arrival_of
from ledger.samples.simulation.day import Day
from ledger.samples.simulation.decisions import befall
from ledger.samples.simulation.desk import LINE_MS, Bundle, Desk
from ledger.samples.simulation.direction import direct
from ledger.samples.simulation.entries import crews_of
from ledger.samples.simulation.fates import fates_of
from ledger.samples.simulation.itinerary import itinerary_of, troubles_of
from ledger.samples.simulation.judges import judge
from ledger.samples.simulation.opening import opening
from ledger.samples.simulation.plan import MOST, Plan
from ledger.samples.simulation.road import Road
from ledger.samples.simulation.slips import sheets, slip
from ledger.vocabulary import Occurrence

FEWEST_POINTS = 2
"""With fewer there is nothing between the start and the finish with which to fill a log."""


class Simulated(NamedTuple):
    """An occurrence of a synthetic rally and when the log takes it in (UTC ms).

    `site` and `number` are those of the site that had recorded it, where it was another one.
    """

    occurrence: Occurrence
    received_at: int
    site: str
    number: int

    def arrival(self) -> Arrival:
        """What the log appends, with its time of receipt."""
        arrival = arrival_of(self.occurrence)
        elsewhere = {"site": self.site, "site_position": self.number} if self.site else {}
        return msgspec.structs.replace(arrival, received_at=self.received_at, **elsewhere)


def simulate(plan: Plan) -> Iterator[Simulated]:
    """The records of a rally, one by one, in the order in which they reach the log.

    They are made as they are asked for. The log's order is not that of the facts: most of what was
    seen on the road comes in at night, some of it a day later.

    Raises:
        Usage: there is no such rally; or it can't have so few records.
    """
    plan = plan.checked()
    return _run(plan, *_sized(plan))


def _run(plan: Plan, points: int, extra: int) -> Iterator[Simulated]:
    desk = Desk(plan.rally)
    stages = itinerary_of(plan, points)
    latest = 0
    for when, occurrence in opening(plan, desk, stages, crews_of(plan)):
        latest = when + LINE_MS
        yield Simulated(occurrence, latest, "", 0)
    waiting: list[tuple[int, int, Bundle]] = []
    numbers: Counter[str] = Counter()
    serial = 0
    for day in _days(plan, desk, points):
        extra -= sheets(day, -(-extra // (plan.stages - day.stage.order + 1)))
        # Nothing of this day arrives before it begins; what is left of earlier ones may.
        while waiting and waiting[0][0] < day.stage.midnight:
            latest = max(latest, waiting[0][0])
            yield from _made(heapq.heappop(waiting)[2], latest, numbers)
        for bundle in day.bundles:
            serial += 1
            heapq.heappush(waiting, (bundle.at, serial, bundle))
    while waiting:
        latest = max(latest, waiting[0][0])
        yield from _made(heapq.heappop(waiting)[2], latest, numbers)


def _made(bundle: Bundle, received_at: int, numbers: Counter[str]) -> Iterator[Simulated]:
    for occurrence in bundle.make():
        if bundle.site:
            numbers[bundle.site] += 1
        yield Simulated(occurrence, received_at, bundle.site, numbers[bundle.site])


def _days(plan: Plan, desk: Desk, points: int) -> Iterator[Day]:
    """The days, each planned when it is asked for; who was faster starts earlier next day."""
    stages, crews = itinerary_of(plan, points), crews_of(plan)
    troubles = troubles_of(plan, points)
    fates = fates_of(plan, crews, troubles)
    order, back = list(crews), list[str]()
    for stage in stages:
        of_stage = fates[stage.order - 1]
        road = Road(plan, stage, troubles.get(stage.order), order, of_stage)
        day = Day(plan, desk, road)
        day.on_the_road()
        running = {run.crew.index for run in day.runs}
        away = {crews[i].number: fate for i, fate in of_stage.items() if i not in running}
        befall(day, away, back)
        direct(day)
        judge(day)
        slip(day)
        yield day
        result = road.result()
        placed = {crew.index for crew in result}
        order = [*result, *(crew for crew in order if crew.index not in placed)]
        back = [crews[i].number for i, fate in of_stage.items() if fate == "leaves"]


# -- how many records ----------------------------------------------------------------------------


def _sized(plan: Plan) -> tuple[int, int]:
    """How many points each stage needs, and how many sheets of marshals, for so many records."""
    if plan.records is None:
        return plan.points, plan.crews // 20 + 1
    fewest = _count(plan, FEWEST_POINTS)
    if plan.records < fewest:
        raise Usage(
            f"{plan.crews} crews on {plan.stages} stages make {fewest} records or more.",
            hint="Ask for fewer crews or stages, or for more records.",
        )
    points, count = FEWEST_POINTS, fewest
    step = max(_count(plan, points + 1) - count, plan.stages)
    while plan.records - count >= step:
        points += (plan.records - count) // step
        if points > MOST["points"]:
            raise Usage(
                f"{plan.crews} crews on {plan.stages} stages make no {plan.records} records.",
                hint="Ask for more crews or stages, or for fewer records.",
            )
        count = _count(plan, points)
    while count > plan.records:
        points -= 1
        count = _count(plan, points)
    return points, plan.records - count


def _count(plan: Plan, points: int) -> int:
    """How many records a rally has by itself with so many points on each stage."""
    desk = Desk(plan.rally)
    before = sum(1 for _ in opening(plan, desk, itinerary_of(plan, points), crews_of(plan)))
    return before + sum(day.count for day in _days(plan, desk, points))
