"""What befell a crew: a letter behind its number, what it may choose, and free words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cli.office.lines import figures
from cli.office.lines.asks import Ask
from cli.office.lines.choosing import chosen_of, perhaps, words_of
from cli.office.lines.line import Line
from cli.office.lines.plan import called
from ledger.errors import Usage
from ledger.vocabulary import (
    CrewNotStarted,
    FalseStartObserved,
    IncidentReported,
    NeutralisationPassed,
    RetirementReported,
    SpeedZoneRead,
    StageNotFinished,
    TimeCardHandled,
    WaypointMissed,
)

CAUSES = words_of(RetirementReported, "cause")
UNFINISHED = words_of(StageNotFinished, "kind")
INCIDENTS = words_of(IncidentReported, "kind")
CARDS = words_of(TimeCardHandled, "kind")
SIDES = {"in": "entered", "out": "left"}
RESTART, HANDED_IN = "restart", "submitted"


def not_started(line: Line) -> Iterator[Ask]:
    """It did not start, and why."""
    yield line.because(line.words[1:]).says(CrewNotStarted, line.at)


def retired(line: Line) -> Iterator[Ask]:
    """It was reported retired: the cause, whether it may restart, and free words."""
    cause, words = perhaps(line.words[1:], CAUSES)
    again, words = perhaps(words, (RESTART,))
    fields = {"cause": cause} if cause else {}
    if again:
        fields["definitive"] = "false"
    yield line.because(words).says(RetirementReported, line.at, **fields)


def not_finished(line: Line) -> Iterator[Ask]:
    """It did not finish the stage, and how."""
    chosen, words = perhaps(line.words[1:], UNFINISHED)
    kind = {"kind": chosen} if chosen else {}
    yield line.because(words).says(StageNotFinished, line.at, **kind)


def puncture(line: Line) -> Iterator[Ask]:
    """It had a puncture, or so many."""
    count, words = _count(line.words[1:])
    yield line.because(words).says(
        IncidentReported, line.at, kind="puncture", **({"count": count} if count else {})
    )


def _count(words: Sequence[str]) -> tuple[str, Sequence[str]]:
    if words and words[0].isascii() and words[0].isdecimal():
        return words[0], words[1:]
    return "", words


def incident(line: Line) -> Iterator[Ask]:
    """It had an incident, of which kind."""
    _, *words = line.words
    kind = chosen_of("incident", words[0] if words else "", INCIDENTS)
    yield line.because(words[1:]).says(IncidentReported, line.at, kind=kind)


def false_start(line: Line) -> Iterator[Ask]:
    """It made a false start, by how much."""
    _, *words = line.words
    line.must_end(words[1:])
    by = {"by_ms": figures.seconds(words[0])} if words else {}
    yield line.says(FalseStartObserved, line.at, **by)


def missed(line: Line) -> Iterator[Ask]:
    """Its tracking lacks waypoints."""
    _, *words = line.words
    if not words:
        raise Usage("Which point was missed is not said.", hint="Write it as: 12 w WP4.")
    for each in words:
        point = called(each, line.plan.points(line.context.stage))
        yield line.says(WaypointMissed, line.at, point=point)


def _zone(line: Line, kind: str, example: str) -> tuple[str, Sequence[str]]:
    _, *words = line.words
    if not words:
        raise Usage(f"Which {kind} is not said.", hint=f"Write it as: {example}.")
    return called(words[0], line.plan.zones(line.context.stage)), words[1:]


def _on_stage(line: Line, zone: str) -> dict[str, str]:
    """The stage of a zone, where the place does not name one, as a control does not.

    It is that of the control, where the zone lies there or nobody placed it; else the one on which
    it lies.

    Raises:
        Usage: it lies on several others.
    """
    if line.context.stage:
        return {}
    own, lies_on = line.plan.stage_of(line.context.place), line.plan.stages_with(zone)
    if own and (own in lies_on or not lies_on):
        return {"stage": own}
    if len(lies_on) > 1:
        where = " and ".join(lies_on)
        raise Usage(f"{zone} lies on {where}.", hint=f"Say where: at {lies_on[0]} finish.")
    return {"stage": lies_on[0]} if lies_on else {}


def speed(line: Line) -> Iterator[Ask]:
    """Its tracking was read in a speed zone."""
    zone, words = _zone(line, "zone", "12 s DZ1 3 62")
    impulses, words = _count(words)
    highest, words = _count(words)
    line.must_end(words)
    read = {"impulses": impulses, "highest_kmh": highest}
    told = {name: figure for name, figure in read.items() if figure}
    yield line.says(SpeedZoneRead, line.at, zone=zone, **_on_stage(line, zone), **told)


def card(line: Line) -> Iterator[Ask]:
    """Its time card came in, is lost, or was replaced."""
    chosen, words = perhaps(line.words[1:], CARDS)
    yield line.because(words).says(TimeCardHandled, line.at, kind=chosen or HANDED_IN)


def neutralised(line: Line) -> Iterator[Ask]:
    """It entered a neutralisation or left it, and when."""
    zone, words = _zone(line, "zone", "12 n NZ1 in 10:31")
    side = chosen_of("side", words[0] if words else "", (*SIDES, *SIDES.values()))
    line.must_end(words[2:])
    at = line.instant(words[1]) if len(words) > 1 else line.when()
    which = {"zone": zone, "side": SIDES.get(side, side)}
    yield line.says(NeutralisationPassed, at, **which, **_on_stage(line, zone))
