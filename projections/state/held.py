"""What a state holds of a log, and what an answer needs: less than all of it, where that suffices.

Of a long log nearly everything is readings of clocks. A timeline holds what they come to and not
them; the desk does without them. An answer that is asked of a state that lacks what it reads would
be wrong in silence: it raises instead.
"""

from __future__ import annotations

from enum import Enum


class Need(Enum):
    """What an answer needs, and what a state is."""

    TIMELINE = "a timeline"
    """Times, penalties, participation at any moment; not the readings, nor papers and incidents."""
    DESK = "the desk"
    """Everything but readings: decisions, papers, incidents, the plan and the rules."""
    REPLAY = "a full replay"
    """Every record."""


class NotHeld(RuntimeError):
    """A state was asked for what it does not hold: a mistake of the program, not of who asks it."""

    def __init__(self, what: str, holds: Need) -> None:
        super().__init__(f"{what} is not held by {holds.value}: ask a state that holds it.")
