"""Cards: what crews are charged for starts and at controls, as a timeline takes it in.

A charge is kept under a stage and a crew. Which of them have to be told anew follows from what a
step of the log touches, and so does what has to be read for that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

from ledger.vocabulary import StageStarted
from projections.timeline.cells import Cell, charged_of
from projections.timeline.frames import Frame
from projections.timeline.held import Key
from projections.timeline.indexed import Index
from projections.timeline.itinerary import Itinerary
from projections.timeline.own import Own, at_control, control_of
from projections.timeline.touched import Touched
from projections.timeline.versions import Version


class Cards:
    """The charges of one step of the log; `frame_of` says on what the times of a stage rest."""

    def __init__(self, index: Index, touched: Touched, frame_of: Callable[[str], Frame]) -> None:
        self._index = index
        self._touched = touched
        self._frame_of = frame_of
        self._frames: dict[str, Frame] = {}

    @cached_property
    def _plan(self) -> Itinerary:
        index = self._index
        return Itinerary(index.light, index.carded_from, index.card_stages)

    def all_of(self, own: Own, stamps: Own) -> set[Key]:
        """The stages and crews under which charges of these facts are kept."""
        at_controls = ((self._plan.place(control_of(key)), key[1]) for key in stamps)
        return {*own, *at_controls}

    @cached_property
    def touched(self) -> set[Key]:
        """The stages and crews under which charges are to be told anew."""
        touched, plan, index = self._touched, self._plan, self._index
        # An act that leaves the times of a stage as they are may still void what was charged there.
        stages = touched.stages | touched.directed
        controls = {control for stage in stages for control in plan.resting_on[stage]}
        controls |= touched.retimed
        keys = set(touched.keys)
        if stages or controls:
            every = index.made_of.keys() | index.moved.keys()
            keys |= {each for each in every if each[0] in stages or control_of(each) in controls}
        found: set[Key] = set()
        for key in keys:
            place, number = key
            control = control_of(key)
            resting = plan.following[control] if control else plan.resting_on[place]
            found |= {(plan.place(each), number) for each in resting}
            if not control:
                found.add(key)
        return found

    @cached_property
    def needed(self) -> set[Key]:
        """The keys of all that bears on the charges that are touched."""
        found, plan = set(self.touched), self._plan
        for place, number in self.touched:
            for control in plan.kept_at[place]:
                found |= {at_control(each, number) for each in plan.together(control)}
                found |= {(stage, number) for stage in plan.stages(control)}
        return found

    def cells(self, key: Key, own: Own, stamps: Own) -> list[Cell]:
        """The cells of what a crew is charged under a stage: for its start, and at controls."""
        place, number = key
        starts = [each for each in own.get(key, ()) if isinstance(each.fact.value, StageStarted)]
        # A start is judged by what bears on the times of its stage, and by no control.
        found = charged_of(place, number, starts, starts, self._frame_of(place)) if starts else []
        for control in self._plan.kept_at[place]:
            telling = stamps.get(at_control(control, number), ())
            if telling:
                bearing = list(self._bearing_on(control, number, own, stamps))
                found += charged_of(place, number, bearing, telling, self._frame(control))
        return found

    def _bearing_on(self, control: str, number: str, own: Own, stamps: Own) -> Iterator[Version]:
        """What bears on a crew's charge at a control."""
        for each in self._plan.together(control):
            yield from stamps.get(at_control(each, number), ())
        yield from self._plan.allowed(control, number)
        # Of most controls no start or finish tells when a crew left: the fewer facts meet in a
        # charge, the fewer times it has to be judged.
        kinds = self._plan.reads(control)
        for stage in self._plan.stages(control) if kinds else ():
            for version in own.get((stage, number), ()):
                if isinstance(version.fact.value, kinds):
                    yield version

    def _frame(self, control: str) -> Frame:
        """What cards are judged by at a control."""
        # It is made for one step alone: kept on, it would have to be dropped with every act on one
        # of its stages, and few steps need the one of the step before.
        if control not in self._frames:
            index, plan = self._index, self._plan
            self._frames[control] = Frame(
                index.light,
                plan.stages(control),
                index.beginnings,
                index.agreements,
                plan.judging(control),
            )
        return self._frames[control]
