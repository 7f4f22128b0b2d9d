"""The context of lines: where the official sits, and what a bare figure is there."""

from __future__ import annotations

from typing import Literal, NamedTuple

Kind = Literal["nowhere", "start", "finish", "point", "control", "cards"]
Figures = Literal["clock", "elapsed"]


class Context(NamedTuple):
    """Where an official sits: at a start, a finish, a point of a stage, a control, or over cards.

    `place` is the code of the point or the control. `figures` says what a bare figure is: the time
    on the clock, or that since the crew's start.
    """

    kind: Kind = "nowhere"
    stage: str = ""
    place: str = ""
    figures: Figures = "clock"

    def words(self) -> str:
        """As it is typed and shown: "SS3 finish, elapsed"."""
        if self.kind == "nowhere":
            return "nowhere yet"
        named = self.place if self.kind in {"point", "control"} else self.kind
        where = " ".join(each for each in (self.stage, named) if each)
        return f"{where}, {self.figures}"


NOWHERE = Context()
