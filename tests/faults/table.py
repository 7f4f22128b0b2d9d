"""The table: what a row counts, and how it is printed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from cli.output import print_table

TITLES = ("Row", "Tried", "Lost", "Doubled", "Unseen", "Tracebacks", "Seconds", "Seed", "Note")
FIGURES = TITLES[1:8]
TOLD = 5
"""So many findings of a row are told in words."""


class Skipped(Exception):
    """A row that can't be tried here, and why."""


@dataclass
class Counts:
    """What came of a row.

    *Lost* was acknowledged and is not there, once and in its place, or the log no longer verifies
    though nothing damaged it. *Doubled* stands there more than once. *Unseen* is damage, or an act
    beyond somebody's office, of which nobody is told. *Tracebacks* are errors without a sentence.
    """

    tried: int = 0
    lost: int = 0
    doubled: int = 0
    unseen: int = 0
    tracebacks: int = 0
    note: str = ""
    found: list[str] = field(default_factory=list)

    def find(self, kind: str, what: str) -> None:
        """Count one more of a kind, and keep its words."""
        setattr(self, kind, getattr(self, kind) + 1)
        self.found.append(f"{kind}: {what}")

    def add(self, other: Counts) -> None:
        """Take in what came of a part."""
        for name in ("tried", "lost", "doubled", "unseen", "tracebacks"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.found += other.found

    @property
    def clean(self) -> bool:
        """Whether nothing was found, and something was tried."""
        return self.tried > 0 and not (self.lost or self.doubled or self.unseen or self.tracebacks)


Trial = Callable[[int, int, Path], Counts]
"""Does harm: by a seed, so many times, in an empty folder.

Raises Skipped where that can't be done here.
"""


class Row(NamedTuple):
    """A row: its name, how often it is tried in the short form and in the long one, and how."""

    name: str
    short: int
    long: int
    trial: Trial


class Outcome(NamedTuple):
    """What came of a row; `counts` is None where it was skipped, as the note says."""

    row: Row
    counts: Counts | None
    seconds: float
    seed: int
    note: str

    @property
    def passed(self) -> bool:
        """Whether it found nothing, or could not be tried here."""
        return self.counts is None or self.counts.clean

    def cells(self) -> tuple[str, ...]:
        """The row as a person reads it."""
        counts = self.counts
        figures = (
            ("–",) * 5
            if counts is None
            else tuple(
                f"{each:,}"
                for each in (
                    counts.tried,
                    counts.lost,
                    counts.doubled,
                    counts.unseen,
                    counts.tracebacks,
                )
            )
        )
        return (self.row.name, *figures, f"{self.seconds:.1f}", str(self.seed), self.note)

    def as_json(self) -> dict[str, Any]:
        """The row for a program."""
        counts = self.counts
        held = {} if counts is None else {**vars(counts)}
        told = {"row": self.row.name, **held, "seconds": round(self.seconds, 1), "seed": self.seed}
        return {**told, "note": self.note, "passed": self.passed}


def tried(rows: Iterable[Row], seed: int, folder: Path, *, long: bool) -> Iterator[Outcome]:
    """Try one row after another, each in a folder of its own."""
    for number, row in enumerate(rows):
        place = folder / str(number)
        place.mkdir()
        begun = time.monotonic()
        try:
            counts = row.trial(seed, row.long if long else row.short, place)
            note = counts.note
        except Skipped as why:
            counts, note = None, f"skipped: {why}"
        yield Outcome(row, counts, time.monotonic() - begun, seed, note)


def show(outcomes: Sequence[Outcome]) -> None:
    """Print the table."""
    print_table(TITLES, [each.cells() for each in outcomes], figures=FIGURES)


def as_markdown(outcomes: Sequence[Outcome]) -> str:
    """The table as it stands in the README."""
    ruled = ["--:" if title in FIGURES else "---" for title in TITLES]
    lines = [TITLES, ruled, *(each.cells() for each in outcomes)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
