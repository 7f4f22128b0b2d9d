"""Frames: the course on which a stage's times are computed, at any moment.

A stage's values rest on the entries, the plan of the stage, the regulations, race direction, the
published start orders, and on what is said of clocks and sources; on nothing that another crew did,
but for when the stage begins, which may decide what rules hold, and for where it ends, if only the
times of all show that.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from ledger.grouping import grouped
from ledger.vocabulary import (
    BulletinIssued,
    ClockOffsetDeclared,
    CrewEntered,
    CrewReclassified,
    DelayAllowanceGranted,
    Occurrence,
    PublicationWithdrawn,
    RallyConstituted,
    RegulationsAdopted,
    SourceDeclaredUnreliable,
    StageCancelled,
    StageClosed,
    StageDelayed,
    StageOpened,
    StageReinstated,
    StageScheduled,
    StageShortened,
    StageStopped,
    StartOrderAmended,
    StartOrderPublished,
    TimeCreditRevoked,
    TimeDetermined,
    WaypointPlaced,
    ZonePlaced,
)
from ledger.vocabulary.rally import REGULARITY
from ledger.vocabulary.timing import OfASource
from projections.state.course import Course
from projections.state.ends import ends_of_all
from projections.state.facts import Facts
from projections.state.recorded import Fact
from projections.state.start_lists import StartLists
from projections.state.true_times import is_about, shown_by
from projections.timeline.adopted import rules_change
from projections.timeline.agreements import NOT_AGREED, Agreements
from projections.timeline.beginnings import Beginnings
from projections.timeline.light import Light, at_moment
from projections.timeline.versions import FOREVER, Version

OF_A_STAGE: tuple[type[Occurrence], ...] = (
    WaypointPlaced,
    ZonePlaced,
    StageOpened,
    StageCancelled,
    StageReinstated,
    StageShortened,
    StageStopped,
    StageDelayed,
    StartOrderPublished,
    StartOrderAmended,
)
OF_THE_RALLY: tuple[type[Occurrence], ...] = (
    RallyConstituted,
    RegulationsAdopted,
    BulletinIssued,
    StageScheduled,
    PublicationWithdrawn,
)
OF_SOME_CREWS: tuple[type[Occurrence], ...] = (
    CrewEntered,
    CrewReclassified,
    ClockOffsetDeclared,
    SourceDeclaredUnreliable,
    TimeDetermined,
    TimeCreditRevoked,
)
"""What bears on the cells of some crews only: those are told by their own facts."""
OF_A_SECTION = (StageClosed, DelayAllowanceGranted)
"""What times on a regularity stage rest on as well: all of them, or those of a crew."""
FRAMING = (*OF_A_STAGE, *OF_THE_RALLY, *OF_SOME_CREWS)


_ENDING = (WaypointPlaced, StageScheduled)


class Moment(NamedTuple):
    """The course of a stage at a moment, and its start lists."""

    course: Course
    lists: StartLists


class Frame:
    """What the values of one stage rest on, over the log and over the rally.

    Or what a control is judged by, which may bear on several stages: `more` are the facts for that.
    """

    def __init__(
        self,
        light: Light,
        stages: Collection[str],
        beginnings: Beginnings,
        agreements: Mapping[str, Agreements],
        more: Sequence[Version] = (),
    ) -> None:
        of_the_stage = [
            each for kind in OF_A_STAGE for each in light.of(kind) if _stage_of(each) in stages
        ]
        of_crews = [each for kind in OF_SOME_CREWS for each in light.of(kind)]
        if any(is_regularity(light, each) for each in stages):
            closing, allowing = (
                [e for e in light.of(kind) if _stage_of(e) in stages] for kind in OF_A_SECTION
            )
            of_the_stage += closing
            of_crews += allowing
        of_the_rally = [*more, *(each for kind in OF_THE_RALLY for each in light.of(kind))]
        self._stages = stages
        self._versions = [*of_the_stage, *of_the_rally, *of_crews]
        self._entries = _by("number", of_crews)
        self._targeting = _by("target", of_crews)
        self._clocks = [each for each in of_crews if isinstance(each.fact.value, OfASource)]
        self._beginnings = beginnings.of(stages)
        shared = [*of_the_stage, *of_the_rally]
        self.positions = _positions(shared)
        self.instants = {each.instant for each in shared}
        # When a stage begins matters only to rules that change in the course of the rally.
        if rules_change(light):
            for entries in (*self._beginnings.started.values(), *self._beginnings.timed.values()):
                for each in entries:
                    self.positions |= {each.since, each.until}
                    self.instants.add(each.instant)
        self._agreements = {stage: agreements[stage] for stage in stages if stage in agreements}
        for shown in self._agreements.values():
            self.positions |= shown.positions
            self.instants |= shown.instants
        self._shared, self._shared_ticks = sorted(self.positions), sorted(self.instants)
        self._steps = sorted(_positions(self._versions) | self.positions)
        every = {each.instant for each in self._versions}
        self._ticks = sorted(every | self.instants)
        self._moments: dict[tuple[int, int], Moment] = {}

    def part(self, position: int, instant: int) -> tuple[int, int]:
        """In which part of the log and of the rally a moment is, by what bears on all crews."""
        return bisect_right(self._shared, position), bisect_right(self._shared_ticks, instant)

    def at(self, position: int, instant: int) -> Moment:
        """The course at a moment."""
        key = bisect_right(self._steps, position), bisect_right(self._ticks, instant)
        if key not in self._moments:
            facts = Facts(at_moment(self._versions, position, instant), [], {})
            # It knows no starts of its own: it is told when the stage begins.
            begins = partial(self._beginnings.at, position=position, instant=instant)
            # Nor the times of other crews: it is told where those show a stage to end.
            course = Course(facts, begins, partial(self._agreed, position, instant))
            self._moments[key] = Moment(course, StartLists(course))
        return self._moments[key]

    def _agreed(self, position: int, instant: int, stage: str, category: str) -> str:
        agreements = self._agreements.get(stage, NOT_AGREED)
        return agreements.at(category, position, instant)

    def bearing_on(self, number: str, own: Sequence[Version]) -> list[Version]:
        """What bears on some crews only, and on the one that has these facts."""
        found = list(self._entries.get(number, ()))
        for identity in {each.fact.id for each in own}:
            found += self._targeting.get(identity, ())
        for declared in self._clocks:
            said = declared.fact.value
            assert isinstance(said, OfASource)
            if any(is_about(said, shown_by(each.fact.as_shown)) for each in own):
                found.append(declared)
        return found

    def points(self, since: int) -> set[str]:
        """The points that ever began, ended or timed the stage, from a position on."""
        directed = (points_of(each.fact) for each in self._versions)
        # Also the finish that it would have without a length: that may become known behind times.
        planned = (
            end.point
            for placed, lengths in self._plans(since)
            for end in ends_of_all(placed, {None, *lengths})
        )
        timed = {
            said.point
            for each in self._versions
            if isinstance(said := each.fact.value, WaypointPlaced) and said.is_timed
        }
        return {""}.union(*directed, planned, timed)

    def perhaps(self, since: int) -> set[str]:
        """The points that only official times could ever show to be the finish, in the same way."""
        return {
            point
            for placed, lengths in self._plans(since)
            for end in ends_of_all(placed, lengths or {None})
            for point in end.perhaps
        }

    def _plans(self, since: int) -> Iterator[tuple[list[WaypointPlaced], set[int | None]]]:
        """The points and lengths of the stage at each moment, from a position on."""
        plan = [
            each
            for each in self._versions
            if isinstance(said := each.fact.value, _ENDING) and said.stage in self._stages
        ]
        ticks = {each.instant for each in plan}
        for step in {since, *(each for each in _positions(plan) if each > since)}:
            for tick in ticks:
                told = [each.value for each in at_moment(plan, step, tick)]
                placed = [each for each in told if isinstance(each, WaypointPlaced)]
                yield placed, {e.special_m for e in told if isinstance(e, StageScheduled)}


def is_regularity(light: Light, stage: str) -> bool:
    """Whether a stage was ever planned as one of regularity.

    Only then do its times rest on when it is closed, and on the delays that crews were allowed.
    """
    planned = (each.fact.value for each in light.of(StageScheduled))
    return any(
        isinstance(said, StageScheduled) and (said.stage, said.kind) == (stage, REGULARITY)
        for said in planned
    )


def _stage_of(version: Version) -> str:
    return getattr(version.fact.value, "stage", "")


def points_of(fact: Fact[Occurrence]) -> set[str]:
    """The points that race direction made a start or a finish, and where a part is left out."""
    said = fact.value
    if isinstance(said, StageShortened):
        return {said.point, said.start_point}
    if isinstance(said, ZonePlaced):
        return {said.from_point, said.to_point}
    return {said.point} if isinstance(said, StageStopped) else set()


def _by(field: str, versions: Sequence[Version]) -> dict[str, list[Version]]:
    named = ((getattr(each.fact.value, field, ""), each) for each in versions)
    return grouped((name, each) for name, each in named if name)


def _positions(versions: Sequence[Version]) -> set[int]:
    found = {each.since for each in versions}
    return found | {each.until for each in versions if each.until < FOREVER}
