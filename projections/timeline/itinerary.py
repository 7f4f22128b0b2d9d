"""The itinerary as the judging of time cards needs it: which records bear on a crew's control.

When a crew is due at a control follows from when it left the one before, or started or finished the
stage there. So what it is charged at one control rests on its stamps there and at those that ever
came before it, and on its starts and finishes where one of these is the start or the finish.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from ledger.grouping import grouped, sets_of
from ledger.vocabulary import (
    ControlScheduled,
    DelayAllowanceGranted,
    Occurrence,
    PassingRecorded,
    StageScheduled,
    StageStarted,
    StageTimeRecorded,
    TargetTimeChanged,
)
from ledger.vocabulary.rally import FINISH, START
from projections.state.course import Course
from projections.state.facts import Facts
from projections.timeline.light import Light, at_moment
from projections.timeline.versions import Version

_READ: dict[str, tuple[type[Occurrence], ...]] = {
    START: (StageStarted,),
    FINISH: (StageStarted, StageTimeRecorded, PassingRecorded),
}
"""Where a crew leaves when it starts, and where when it arrives."""

ANYWHERE = ""
"""Said of a control: a card gives when a crew was due there, and not on which stage it is."""


class Itinerary:
    """The controls over the whole log, from the first position on at which a crew was at one.

    `said` are the stages that time cards ever gave for each control.
    """

    def __init__(self, light: Light, since: int, said: Mapping[str, set[str]]) -> None:
        self._light = light
        self._since = since
        self._said = said

    @cached_property
    def _planned(self) -> dict[str, set[tuple[str, str]]]:
        """The stages and kinds that each control ever had."""
        planned: list[Any] = [each.fact.value for each in self._light.of(ControlScheduled)]
        return sets_of((said.control, (said.stage, said.mark)) for said in planned)

    @cached_property
    def _before(self) -> dict[str, set[str]]:
        """The controls that ever came before each, once somebody was on the road.

        Before that the plan is on record in part only, and any control may seem to follow another.
        """
        plan = [*self._light.of(ControlScheduled), *self._light.of(StageScheduled)]
        steps = {e for each in plan for e in (each.since, each.until) if e > self._since}
        return sets_of(
            pair
            for step in {self._since, *steps}
            for tick in {each.instant for each in plan}
            for pair in Course(Facts(at_moment(plan, step, tick), [], {})).control_before.items()
        )

    def together(self, control: str) -> set[str]:
        """A control with those that ever came before it."""
        return {control, *self._before.get(control, ())} - {""}

    @cached_property
    def following(self) -> dict[str, set[str]]:
        """The controls whose charges rest on the stamps at each: itself, and those behind it."""
        return sets_of((each, at) for at in self._controls for each in self.together(at))

    @cached_property
    def resting_on(self) -> dict[str, set[str]]:
        """The controls whose charges rest on each stage: on what was made of it, or ran on it."""
        return sets_of((stage, at) for at in self._controls for stage in self.stages(at))

    @cached_property
    def kept_at(self) -> dict[str, list[str]]:
        """The controls of which the charges are kept under each stage."""
        return grouped((self.place(each), each) for each in sorted(self._controls))

    @property
    def _controls(self) -> set[str]:
        return {*self._before, *self._planned, *self._said}

    def stages(self, control: str) -> frozenset[str]:
        """The stages on which a control, or one before it, ever was, by the plan or by a card."""
        several = self.together(control)
        said = {stage for each in several for stage in self._said.get(each, ())}
        planned = {stage for each in several for stage, _ in self._planned.get(each, ())}
        found = planned | said
        if ANYWHERE in said:
            found |= {getattr(e.fact.value, "stage", "") for e in self._light.of(StageScheduled)}
        return frozenset(found - {""})

    def place(self, control: str) -> str:
        """The stage under which the charges of a control are kept; of several, the first."""
        return min((stage for stage, _ in self._planned.get(control, ())), default="")

    def reads(self, control: str) -> tuple[type[Occurrence], ...]:
        """Which readings on a stage bear on when a crew left the control before, or started."""
        kinds = {kind for each in self.together(control) for _, kind in self._planned.get(each, ())}
        return tuple({each for kind in kinds for each in _READ.get(kind, ())})

    def judging(self, control: str) -> list[Version]:
        """What a control is judged by, beside what its stages are: the plan, and changes of it."""
        changed = self._light.of(TargetTimeChanged)
        mine = [each for each in changed if getattr(each.fact.value, "control", "") == control]
        return [*self._light.of(ControlScheduled), *mine]

    def allowed(self, control: str, number: str) -> list[Version]:
        """By how much a crew may be late at a control."""
        granted = [(e, e.fact.value) for e in self._light.of(DelayAllowanceGranted)]
        return [
            each
            for each, said in granted
            if isinstance(said, DelayAllowanceGranted)
            and (said.control, said.number) == (control, number)
        ]
