"""The context of lines: where the official sits, and what a bare figure is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from cli.office.lines.plan import Place, Plan, called
from cli.office.lines.typed import near, quoted
from ledger.errors import Usage

Kind = Literal["nowhere", "start", "finish", "point", "control", "cards"]
Figures = Literal["clock", "elapsed"]
CLOCK: Figures = "clock"
ELAPSED: Figures = "elapsed"
PLACES: tuple[Kind, ...] = ("start", "finish", "cards")
"""What is called so everywhere, and has no code."""


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

    def fields(self) -> Mapping[str, str]:
        """What it says of a record by itself, by the names of fields."""
        told = {"stage": self.stage}
        if self.kind in {"point", "control"}:
            told[self.kind] = self.place
        return {name: code for name, code in told.items() if code}


NOWHERE = Context()
HOW = "Write it as: at SS3 finish elapsed, at SS3 start, at SS3 WP4, at TC3, at SS3 cards."


def context_read(text: str, seat: Place) -> Context:
    """The context that is typed: "SS3 finish clock", "SS3 start", "SS3 WP4", "TC3", "SS3 cards".

    Raises:
        Usage: no such stage, point or control, or figures that there are not at such a place.
    """
    plan, words = seat.plan, text.split()
    words = words[1:] if words[:1] and words[0].casefold() == "at" else words
    figures: Figures = CLOCK
    if words and (last := words[-1].casefold()) in (CLOCK, ELAPSED):
        figures, words = ELAPSED if last == ELAPSED else CLOCK, words[:-1]
    stage, rest = _begun_with(words, plan.stages)
    if not words or (stage and not rest):
        raise Usage(f"{quoted(text)} says no place.", hint=HOW)
    where = " ".join(rest)
    found = _at(where, stage, plan)
    if found is None:
        raise _nowhere(where, stage, plan)
    if figures == ELAPSED and found.kind not in {"finish", "point"}:
        raise Usage(
            f"There is no elapsed time at {found.words().partition(',')[0]}.",
            hint="Elapsed is the time since the start of a stage, at its points and its finish.",
        )
    return found._replace(figures=figures)


def _at(where: str, stage: str, plan: Plan) -> Context | None:
    for kind in PLACES:
        if where.casefold() == kind and (stage or kind == "cards"):
            return Context(kind, stage)
    if (point := called(where, plan.points(stage))) in plan.points(stage):
        return Context("point", stage, point)
    if (control := called(where, plan.controls)) in plan.controls:
        return Context("control", stage, control)
    return None


def _begun_with(words: Sequence[str], codes: Iterable[str]) -> tuple[str, Sequence[str]]:
    """The code with which words begin, of the longest that fits, and the words behind it."""
    known = tuple(codes)
    for many in range(len(words), 0, -1):
        if (code := called(" ".join(words[:many]), known)) in known:
            return code, words[many:]
    return "", words


def _nowhere(where: str, stage: str, plan: Plan) -> Usage:
    if stage:
        there = (*PLACES, *plan.points(stage), *plan.controls)
        return Usage(f"{stage} has no {quoted(where)}.", hint=near(where, there) or HOW)
    if not plan.stages and not plan.controls:
        return Usage("Nothing is scheduled yet.", hint="Record StageScheduled and the like first.")
    named = (*plan.stages, *plan.controls)
    first = where.partition(" ")[0]
    return Usage(
        f"There is no stage and no control {quoted(first)}.", hint=near(first, named) or HOW
    )
