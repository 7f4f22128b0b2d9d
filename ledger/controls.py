"""Which stage a control belongs to.

A rulebook gives two patterns over control codes, each with a group named `stage` that captures the
number of a stage: one for controls that count in that stage, one for those that count in the next.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class ControlRule(NamedTuple):
    """The patterns of a rulebook; an empty one matches nothing."""

    in_stage: str
    in_next_stage: str

    def stage_order(
        self,
        control: str,
        first: int | None = None,
        given: int | None = None,
        *,
        in_section: bool = False,
    ) -> int | None:
        """The number of the stage in which this control counts; None if nothing tells.

        A control before the first stage (TC0) belongs to the first; `first` is its number. `given`
        is the number of the stage that an itinerary names for the control, and `in_section` whether
        that stage stands in the same section as the control. For one that counts in the next stage
        by its code (TC3A) the itinerary's word binds only where that stage stands in the control's
        own section and has the number of the code. What no pattern knows, the itinerary alone says.
        """
        for pattern, further in ((self.in_stage, 0), (self.in_next_stage, 1)):
            found = re.fullmatch(pattern, control) if pattern else None
            if found and (found["stage"] or "").isdecimal():
                named = int(found["stage"])
                order = named if given == named and in_section else named + further
                return order if first is None else max(order, first)
        return given
