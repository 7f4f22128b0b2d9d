"""When a crew was seen: at the place of the context, or at the places of its time card."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cli.office.lines import figures
from cli.office.lines.asks import Ask
from cli.office.lines.context import Context
from cli.office.lines.line import Line
from cli.office.lines.plan import Plan, called
from cli.office.lines.typed import near, quoted
from ledger.errors import Usage
from ledger.times import Instant
from ledger.vocabulary import TIME_CARD, ControlPassed, PassingRecorded, StageStarted

TIMED = ("start", "finish", "point", "control")
ON_THE_STAGE = ("finish", "point")
"""The kinds of places at which a crew is timed, and at which time runs since its start."""


def _seen(line: Line, at: Instant | None, elapsed: str = "", source: str = "") -> Ask:
    """A crew at the place of the context: at an instant, or after a time since its start."""
    if line.context.kind == "start":
        due = line.plan.due(line.context.stage, line.number, at)
        return line.says(StageStarted, at, source, **({"due_at": due.iso()} if due else {}))
    if line.context.kind == "control":
        return line.says(ControlPassed, at, source)
    after = {"elapsed_ms": elapsed} if elapsed else {}
    return line.says(PassingRecorded, at, source, **after)


def on_enter(line: Line) -> Iterator[Ask]:
    """It was here at the instant of the Enter, or at the one that stands in the line."""
    yield _seen(line, line.when())


def figure(line: Line) -> Iterator[Ask]:
    """It was here at, or after, what a bare figure is there."""
    figure, *rest = line.words
    line.must_end(rest)
    found = figures.bare(figure, line.context, line.log, line.plan, line.entered)
    if isinstance(found, Instant):
        if line.at:
            raise Usage(f"{quoted(figure)} and the moment behind the @ are two.", hint="Write one.")
        yield _seen(line, found)
    else:
        yield _seen(line, line.at, found)


def since_its_start(line: Line) -> Iterator[Ask]:
    """It was here so long after its start."""
    figure, *rest = line.words
    line.must_end(rest)
    yield _seen(line, line.at, figures.elapsed(figure.removeprefix("+")))


def cells(line: Line) -> Iterator[Ask]:
    """A row of a time card: places, each with its time."""
    if line.at:
        raise Usage("A time card has a time behind each place.", hint="12 TC3 10:31 TC4 11:02")
    words, stage = list(line.words), line.context.stage
    while words:
        here, many = _place(words, stage, line.plan)
        stage = here.stage or stage
        figure = words[many] if many < len(words) else ""
        if not figure[:1].isdigit() and figure[:1] not in ("+", "@"):
            raise Usage(
                f"No time stands behind {' '.join(words[:many])}.", hint="12 TC3 10:31 TC4 11:02"
            )
        yield _cell(line._replace(context=here), figure)
        words = words[many + 1 :]


def _cell(line: Line, figure: str) -> Ask:
    if figure.startswith("+"):
        if line.context.kind not in ON_THE_STAGE:
            raise Usage(f"At {line.context.words()} there is no elapsed time.", hint="Write 10:31.")
        return _seen(line, None, figures.elapsed(figure[1:]), TIME_CARD)
    at = figures.bare(figure, line.context, line.log, line.plan, None)
    assert isinstance(at, Instant)  # by the clock
    return _seen(line, at, source=TIME_CARD)


def _place(words: Sequence[str], stage: str, plan: Plan) -> tuple[Context, int]:
    """The place of a cell, of the stage before it where it names none, and of how many words."""
    if (control := called(words[0], plan.controls)) in plan.controls:
        return Context("control", "", control), 1
    many = 0
    if (named := called(words[0], plan.stages)) in plan.stages:
        stage, many = named, 1
    where = words[many] if many < len(words) else ""
    if stage and where.casefold() == "start":
        return Context("start", stage), many + 1
    if stage and where.casefold() == "finish":
        return Context("finish", stage), many + 1
    if (point := called(where, plan.points(stage))) in plan.points(stage):
        return Context("point", stage, point), many + 1
    there = (*plan.controls, *plan.stages, "start", "finish", *plan.points(stage))
    raise Usage(
        f"{quoted(where or words[0])} is no place on a time card.",
        hint=near(where, there) or "Write a control, or SS3 start, SS3 finish.",
    )
