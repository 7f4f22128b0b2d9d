"""Reads of the office in one process, its timeline remembered: a long log against a short one."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from cli.office.office import Office
from cli.office.reads import READS
from ledger.log import Ledger, Log
from tests.bench.ledgers import now
from tests.bench.rounds import in_turn, timed
from tests.bench.table import Line, Target

GROWTH, NOTHING_MS = 3.0, 10
"""A log of ten times the records may take so much longer; below so many ms nobody asks."""
SEEN = 50
"""So many records are on a page of the log."""


class Asked(NamedTuple):
    """A read: what it is asked, at which kind of moment, and how long it may take (ms)."""

    read: str
    given: dict[str, Any]
    most_ms: float
    by_time: bool = False


ASKED = {
    "why, of one crew": Asked("why", {"number": "1"}, 100),
    "a page of the log": Asked("log", {"newest": SEEN}, 20),
    "a page about a crew on a stage": Asked(
        "log", {"newest": SEEN, "crew": "1", "stage": "SS2"}, 20
    ),
    "a page of penalties": Asked("log", {"newest": SEEN, "kind": "PenaltyGiven"}, 20),
    "a moment given as a time": Asked("rulebook show", {}, 20, by_time=True),
    "a record": Asked("show", {"record": "#100"}, 20),
    "the register of decisions": Asked("decisions", {}, 100),
    "the notice board": Asked("publications", {}, 100),
    "the docket": Asked("docket", {}, 100),
    "incidents": Asked("incidents", {}, 100),
    "a start order": Asked("start-order", {"stage": "SS2"}, 100),
    "the time card of a crew": Asked("time-card", {"number": "1"}, 200),
    "the page of a crew": Asked("crew", {"number": "1"}, 200),
}


class Subject(NamedTuple):
    """A ledger that is open, with its timeline at hand."""

    office: Office
    log: Log
    size: int


def subject(file: Path) -> Subject:
    """An office of a ledger, its timeline carried to the end of the log."""
    office = Office(Ledger(str(file), now))
    log = office.log()
    _ = office.view(log).timeline
    return Subject(office, log, log.head().size)


def reads(large: Path, small: Path, rounds: int, seed: int) -> Iterator[Line]:
    """Every such read at random moments: the same shares of both logs, in turn."""
    both = {"large": subject(large), "small": subject(small)}
    for what, asked in ASKED.items():
        shares = {name: random.Random(f"{seed} {what}") for name in both}

        def ms(name: str, asked: Asked = asked, shares: Any = shares) -> float:
            return _ms(both[name], asked, shares[name].random())

        for name in both:
            ms(name)  # what is decoded when it is first asked for, and once
        found = in_turn(
            rounds,
            {name: lambda name=name: ms(name) for name in both},  # type: ignore[misc]
        )
        spent = found.figures["large"]
        median, other = found.median("large"), found.median("small")
        yield Line(
            f"{what}: median",
            median,
            "ms",
            spread=(min(spent), max(spent)),
            target=Target(asked.most_ms, at_most=True),
            note=f"`{asked.read}` at {rounds} random moments, with its JSON",
        )
        yield Line(
            f"{what}: median",
            median,
            "ms",
            f"{both['small'].size:,} records of as many crews",
            other,
            median / other,
            target=Target(GROWTH, True, f" over {NOTHING_MS} ms", median <= NOTHING_MS),
        )
    for each in both.values():
        each.office.ledger.close()


def _ms(of: Subject, asked: Asked, share: float) -> float:
    position = of.size // 2 + int(share * (of.size - of.size // 2))
    known_at = f"#{position}"
    if asked.by_time:
        known_at = of.log.at(position).occurrence().recorded_at.iso()
    with timed() as watch:
        told = READS[asked.read].ask(of.office.view(of.log, known_at), asked.given).json()
    assert told["basis"]["position"]
    return watch.ms
