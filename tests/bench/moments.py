"""Any moment: the timeline built from nothing, and asked for the standings at random moments."""

from __future__ import annotations

import contextlib
import gc
import json
import random
import statistics
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from cli.main import MANY_THINGS
from ledger.errors import LedgerError
from ledger.log import Log
from projections.results.standings import standings
from projections.timeline.timeline import Timeline
from tests.bench.ledgers import Span, log_of, rally, run, span_of
from tests.bench.rounds import in_turn, percentile, timed
from tests.bench.table import Line, Target

PEAK_MB = 300
MEDIAN_MS, MOST_MS, GROWTH = 10, 25, 1.5
MANY_ROWS = 400
HELPS, MORE_SECONDS = 3, 0.5
Moment = tuple[int, int | None]


def rebuilt(file: Path, rounds: int) -> Iterator[Line]:
    """The timeline from nothing, each time in a process of its own."""
    told = [
        json.loads(run([sys.executable, "-m", "tests.bench.rebuild", str(file)]))
        for _ in range(rounds)
    ]
    seconds, peaks = [each["seconds"] for each in told], [each["peak_mb"] for each in told]
    yield Line(
        "the timeline from nothing",
        statistics.median(seconds),
        "s",
        spread=(min(seconds), max(seconds)),
        note="a process of its own; log cached by the system",
    )
    yield Line(
        "peak of memory, from nothing",
        max(peaks),
        "MB",
        spread=(min(peaks), max(peaks)),
        target=Target(PEAK_MB, at_most=True),
        note=f"of which {told[0]['before_mb']:.0f} MB are the program with its libraries",
    )


class Subject(NamedTuple):
    """A rally with its timeline at hand."""

    timeline: Timeline
    size: int
    span: Span


def subject(file: Path) -> Subject:
    """A rally, its timeline carried to the end of the log."""
    log = log_of(file)
    size = log.head().size
    timeline = Timeline(log)
    timeline.carry(size)
    gc.set_threshold(MANY_THINGS)  # as the command does
    return Subject(timeline, size, span_of(file, log.rally))


class Answers(NamedTuple):
    """How long the standings took at each moment (ms), and how many rows they had."""

    ms: list[float]
    rows: list[int]


AXES: dict[str, tuple[bool, bool]] = {
    "a position": (True, False),
    "an instant": (False, True),
    "both": (True, True),
}


def moments(
    large: Subject, small: Subject, count: int, seed: int, under: str = ""
) -> Iterator[Line]:
    """The standings at random moments: of the large rally, and in turn of the small one.

    `under` says by which rules, where they are not those of the other lines.
    """
    for axis, (by_position, by_instant) in AXES.items():
        dice = random.Random(f"{seed} {axis}")
        answers = {each: Answers([], []) for each in (large, small)}
        for _ in range(count):
            # The same shares of both rallies, so that both are asked alike.
            position, instant = dice.random(), dice.random()
            for each, found in answers.items():
                first, last = each.span
                at = 1 + int(position * each.size) if by_position else each.size
                when = first + int(instant * (last - first)) if by_instant else None
                _ask(each.timeline, (at, when), found)
        yield from _told(axis + under, answers[large], answers[small], small.size)


def _ask(timeline: Timeline, moment: Moment, found: Answers) -> None:
    rows = 0
    # Before its rules are adopted, a rally has no standings.
    with timed() as watch, contextlib.suppress(LedgerError):
        rows = len(standings(timeline.at(*moment)).rows)
    found.ms.append(watch.ms)
    found.rows.append(rows)


def _told(axis: str, large: Answers, small: Answers, size: int) -> Iterator[Line]:
    median, other = statistics.median(large.ms), statistics.median(small.ms)
    many = sum(rows >= MANY_ROWS for rows in large.rows)
    yield Line(
        f"{axis}, warm: median",
        median,
        "ms",
        spread=(min(large.ms), max(large.ms)),
        target=Target(MEDIAN_MS, at_most=True),
        note=f"{len(large.ms)} moments, {many} of them with {MANY_ROWS} rows or more; "
        f"{statistics.median(large.rows):.0f} rows as a median",
    )
    yield Line(
        f"{axis}, warm: 95 %", percentile(large.ms, 95), "ms", target=Target(MOST_MS, at_most=True)
    )
    yield Line(
        f"{axis}, warm: median",
        median,
        "ms",
        f"{size:,} records of as many crews",
        other,
        median / other,
        target=Target(GROWTH, True, f" over {MEDIAN_MS} ms", median <= MEDIAN_MS),
    )


def cold(file: Path, log: Log, rounds: int, seed: int) -> Iterator[Line]:
    """The standings in a new process, against the help of the program."""
    timeline = Timeline.of(log)
    timeline.carry(log.head().size)
    timeline.keep()
    dice = random.Random(f"{seed} cold")
    size = log.head().size

    def asked() -> list[str]:
        known_at = f"#{dice.randint(1, size)}"
        return rally("standings", "--known-at", known_at, "--ledger", str(file))

    found = in_turn(
        rounds,
        {"standings": lambda: _seconds(asked), "help": lambda: _seconds(lambda: rally("--help"))},
    )
    spent = found.figures["standings"]
    allowed = HELPS * found.median("help") + MORE_SECONDS
    yield Line(
        "rally standings --known-at, cold",
        statistics.median(spent),
        "s",
        f"{HELPS} × rally --help + {MORE_SECONDS} s",
        allowed,
        statistics.median(spent) / allowed,
        (min(spent) / allowed, max(spent) / allowed),
        Target(1.0, at_most=True),
        f"{rounds} random positions; rally --help takes {found.median('help'):.2f} s",
    )


def _seconds(words: Callable[[], list[str]]) -> float:
    said = words()
    with timed() as watch:
        run(said)
    return watch.seconds
