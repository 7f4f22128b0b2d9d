"""What befell a crew: a letter behind its number, what it may choose, and free words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import get_args

from cli.fields import own_fields
from cli.office.lines import figures
from cli.office.lines.asks import Ask
from cli.office.lines.line import Line
from cli.office.lines.plan import called
from cli.office.lines.typed import near, quoted
from ledger.errors import Usage
from ledger.vocabulary import (
    CrewNotStarted,
    FalseStartObserved,
    IncidentReported,
    NeutralisationPassed,
    Occurrence,
    RetirementReported,
    SpeedZoneRead,
    StageNotFinished,
    TimeCardHandled,
    WaypointMissed,
)

_SHORTEST = 3
"""So many letters of a word are enough where it stands before free words."""


def _choice(text: str, known: Sequence[str]) -> str:
    """The one of some words that begins so; empty where none does.

    Raises:
        Usage: several do.
    """
    folded = text.casefold()
    if folded in known:
        return folded
    found = [each for each in known if folded and each.startswith(folded)]
    if len(found) > 1:
        raise Usage(f"{quoted(text)} may be {' or '.join(found)}.", hint="Write more of it.")
    return found[0] if found else ""


def _chosen(what: str, text: str, known: Sequence[str]) -> str:
    """The same, where one has to be said.

    Raises:
        Usage: none begins so, or several do.
    """
    if not (found := _choice(text, known)):
        said = f"{quoted(text)} is no {what}" if text else f"Which {what} is not said"
        hint = (
            near(text, known) + " " if near(text, known) else ""
        ) + f"It may be: {listed(known)}"
        raise Usage(f"{said}.", hint=f"{hint}.")
    return found


def listed(known: Sequence[str]) -> str:
    """Words as a hint lists them."""
    return ", ".join(known)


def _perhaps(words: Sequence[str], known: Sequence[str]) -> tuple[str, Sequence[str]]:
    """What the first of free words chooses, if it does, and the words behind it.

    Raises:
        Usage: it may choose several, or is a slip of one.
    """
    first = words[0] if words else ""
    if first.casefold() not in known and len(first) < _SHORTEST:
        return "", words
    if found := _choice(first, known):
        return found, words[1:]
    if hint := near(first, known, many=len(first)):
        raise Usage(
            f"{quoted(first)} is none of {listed(known)}.",
            hint=f"{hint} Free words stand behind a semicolon.",
        )
    return "", words


def _words_of(kind: type[Occurrence], field: str) -> tuple[str, ...]:
    """The words that a field may be."""
    return tuple(each for each in get_args(own_fields(kind)[field].type) if each)


CAUSES = _words_of(RetirementReported, "cause")
UNFINISHED = _words_of(StageNotFinished, "kind")
INCIDENTS = _words_of(IncidentReported, "kind")
CARDS = _words_of(TimeCardHandled, "kind")
SIDES = {"in": "entered", "out": "left"}
RESTART, HANDED_IN = "restart", "submitted"


def not_started(line: Line) -> Iterator[Ask]:
    """It did not start, and why."""
    yield line.because(line.words[1:]).says(CrewNotStarted, line.at)


def retired(line: Line) -> Iterator[Ask]:
    """It was reported retired: the cause, whether it may restart, and free words."""
    cause, words = _perhaps(line.words[1:], CAUSES)
    again, words = _perhaps(words, (RESTART,))
    fields = {"cause": cause} if cause else {}
    if again:
        fields["definitive"] = "false"
    yield line.because(words).says(RetirementReported, line.at, **fields)


def not_finished(line: Line) -> Iterator[Ask]:
    """It did not finish the stage, and how."""
    chosen, words = _perhaps(line.words[1:], UNFINISHED)
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
    kind = _chosen("incident", words[0] if words else "", INCIDENTS)
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


def speed(line: Line) -> Iterator[Ask]:
    """Its tracking was read in a speed zone."""
    zone, words = _zone(line, "zone", "12 s DZ1 3 62")
    impulses, words = _count(words)
    highest, words = _count(words)
    line.must_end(words)
    read = {"impulses": impulses, "highest_kmh": highest}
    yield line.says(SpeedZoneRead, line.at, zone=zone, **{k: n for k, n in read.items() if n})


def card(line: Line) -> Iterator[Ask]:
    """Its time card came in, is lost, or was replaced."""
    chosen, words = _perhaps(line.words[1:], CARDS)
    yield line.because(words).says(TimeCardHandled, line.at, kind=chosen or HANDED_IN)


def neutralised(line: Line) -> Iterator[Ask]:
    """It entered a neutralisation or left it, and when."""
    zone, words = _zone(line, "zone", "12 n NZ1 in 10:31")
    side = _chosen("side", words[0] if words else "", (*SIDES, *SIDES.values()))
    line.must_end(words[2:])
    at = line.instant(words[1]) if len(words) > 1 else line.when()
    yield line.says(NeutralisationPassed, at, zone=zone, side=SIDES.get(side, side))
