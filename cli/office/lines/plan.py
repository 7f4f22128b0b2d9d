"""What a line may name: who is entered, what is scheduled, and when who is to start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import tzinfo
from functools import cached_property
from typing import Protocol

from ledger.log import Log
from ledger.powers import with_bearing
from ledger.times import Instant, by_clocks_of
from ledger.vocabulary import (
    BulletinIssued,
    ControlScheduled,
    CrewEntered,
    CrewMemberReplaced,
    CrewReclassified,
    NumberReallocated,
    RegulationsAdopted,
    StageDelayed,
    StageScheduled,
    StartOrderAmended,
    StartOrderPublished,
    WaypointPlaced,
    ZonePlaced,
)
from projections.state.facts import Facts, fold
from projections.state.rally import RallyState

PLANNING = tuple(
    with_bearing(
        CrewEntered,
        CrewMemberReplaced,
        CrewReclassified,
        NumberReallocated,
        StageScheduled,
        ControlScheduled,
        WaypointPlaced,
        ZonePlaced,
        StageDelayed,
        StartOrderPublished,
        StartOrderAmended,
        RegulationsAdopted,
        BulletinIssued,
    )
)
"""The types of which the plan consists."""


class Plan:
    """The plan of a rally as far as a line needs it: nothing that was seen on the road."""

    def __init__(self, facts: Facts) -> None:
        self.state = RallyState(facts)

    @cached_property
    def crews(self) -> Mapping[str, CrewEntered]:
        """The entries by number, in the order of the numbers."""
        return self.state.facts.crews.entries

    @cached_property
    def stages(self) -> Mapping[str, StageScheduled]:
        """The stages by code, in their order."""
        return {each.stage: each for each in self.state.stages}

    @cached_property
    def controls(self) -> Mapping[str, ControlScheduled]:
        """The controls by code."""
        found = self.state.facts.of(ControlScheduled)
        return {each.value.control: each.value for each in found}

    def stage_of(self, control: str) -> str:
        """The stage to which a control belongs; empty for none."""
        scheduled = self.controls.get(control)
        return scheduled.stage if scheduled else ""

    def points(self, stage: str) -> tuple[str, ...]:
        """The points of a stage, in their order."""
        placed = [each.value for each in self.state.facts.of(WaypointPlaced)]
        there = sorted((each.order, each.point) for each in placed if each.stage == stage)
        return tuple(dict.fromkeys(point for _, point in there))

    def zones(self, stage: str) -> tuple[str, ...]:
        """The zones of a stage; of every stage where none is named."""
        placed = (each.value for each in self.state.facts.of(ZonePlaced))
        return tuple(dict.fromkeys(e.zone for e in placed if stage in ("", e.stage)))

    def stages_with(self, zone: str) -> tuple[str, ...]:
        """The stages on which a zone lies."""
        placed = (each.value for each in self.state.facts.of(ZonePlaced))
        return tuple(dict.fromkeys(each.stage for each in placed if each.zone == zone))

    def due(self, stage: str, number: str, gone: Instant | None = None) -> Instant | None:
        """When a crew is to start a stage by the order that was posted; None where none says so.

        `gone` is when it set off, as far as that is told: a delay moves nobody who was gone.
        """
        lists = self.state.timing.start_lists
        due = lists.due(stage, number, gone.ms if gone else None)
        return due and self.shown(due)

    def shown(self, at: Instant) -> Instant:
        """An instant as the clocks of the rally show it."""
        return by_clocks_of(self._zone, at)

    @cached_property
    def _zone(self) -> tzinfo | None:
        founded = self.state.facts.rally
        return founded.time_zone if founded else None


class Planned:
    """A log with the plan in it, as it stands whenever it is asked."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self._seen = 0
        self._plan: Plan | None = None

    @property
    def plan(self) -> Plan:
        """The plan at the end of the log: it is read again where something was added to it.

        A line asks several times: only what is new since the last one is looked through.
        """
        until = self.log.head().size
        if self._plan is None or self._is_planned(until):
            self._plan = Plan(fold(self.log.read(until=until, types=PLANNING)).facts())
        self._seen = until
        return self._plan

    def _is_planned(self, until: int) -> bool:
        if until <= self._seen:
            return until < self._seen
        return any(self.log.read(after=self._seen, until=until, types=PLANNING))


class Place(Protocol):
    """Where a line is read: a log, and the plan in it."""

    @property
    def log(self) -> Log:
        """The log."""

    @property
    def plan(self) -> Plan:
        """The plan as it stands."""


def called(text: str, codes: Iterable[str]) -> str:
    """The code that is meant, in capitals or not; as it is typed where there is no such code."""
    known = tuple(codes)
    if text in known:
        return text
    return next((each for each in known if each.casefold() == text.casefold()), text)
