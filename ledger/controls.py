"""Which stage a control belongs to, where the itinerary itself does not say.

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

    def stage_order(self, control: str) -> int | None:
        """The number of the stage in which this control counts; None if the patterns don't tell."""
        for pattern, further in ((self.in_stage, 0), (self.in_next_stage, 1)):
            found = re.fullmatch(pattern, control) if pattern else None
            if found and (found["stage"] or "").isdecimal():
                return int(found["stage"]) + further
        return None
