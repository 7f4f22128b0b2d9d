"""The itinerary as it was saved: stages, controls, and which stage each control belongs to."""

from __future__ import annotations

from ledger.controls import ControlRule
from ledger.intake.live_timing import figures
from ledger.intake.live_timing.answers import Control, Stage
from ledger.intake.live_timing.saved import Saved
from ledger.times import Instant


class Plan:
    """The stages by their ids, in the order of their numbers, and the controls by theirs."""

    def __init__(self, saved: Saved, rule: ControlRule) -> None:
        self._rule = rule
        self.controls: dict[int, Control] = {}
        stages: dict[int, Stage] = {}
        sections: dict[int, frozenset[int]] = {}
        for where, section in saved.sections:
            here = [r.row for r in saved.files.parts(f"{where} stages", section.stages, Stage)]
            stages |= {each.stage_id: each for each in here}
            for read in saved.files.parts(f"{where} controls", section.controls, Control):
                control: Control = read.row
                self.controls[control.control_id] = control
                sections[control.control_id] = frozenset(each.stage_id for each in here)
        self.stages = dict(sorted(stages.items(), key=lambda each: each[1].number))
        self._in_section = sections

    def code(self, stage: int | None) -> str:
        """The code of a stage; "" for none."""
        return self.stages[stage].code if stage in self.stages else ""

    def order_of(self, control: Control | None) -> int | None:
        """The number of the stage in which a control counts; None where nothing tells."""
        if control is None:
            return None
        given = self.stages.get(control.stage_id or 0)
        return self._rule.stage_order(
            control.code,
            min((each.number for each in self.stages.values()), default=None),
            given.number if given else None,
            in_section=control.stage_id in self._in_section[control.control_id],
        )

    def counts_in(self, control: Control | None) -> int | None:
        """The stage in which a control counts; None before it is known, and after the last one."""
        order = self.order_of(control)
        bearing = [each for each, stage in self.stages.items() if stage.number == order]
        named = control.stage_id if control else None
        return named if named in bearing else next(iter(bearing), None)

    def stage_of(self, control: Control | None) -> int | None:
        """That stage where the itinerary ties the control to one; where none, its code tells."""
        tied = control is not None and control.stage_id in self.stages
        return self.counts_in(control) if tied else None

    def due(self, stage: int) -> Instant | None:
        """When the first car was due at the start of a stage."""
        of_stage = [each for each in self.controls.values() if each.stage_id == stage]
        of_stage.sort(key=lambda control: control.type != "StageStart")
        return next((due for each in of_stage if (due := due_at(each))), None)

    def first_due(self) -> Instant | None:
        """When the first car was due at the first control that has a time."""
        dues = (due_at(each) for each in self.controls.values())
        return min((due for due in dues if due), default=None)


def due_at(control: Control) -> Instant | None:
    """When the first car is due at a control."""
    return figures.instant(control.first_car_due_date_time_local, control.first_car_due_date_time)
