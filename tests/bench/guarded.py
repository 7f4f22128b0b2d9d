"""What the guards of an append cost: append by append, against another version of this software.

    python -m tests.bench.guarded --against OTHER/bin/python [--postgresql URL] [--pairs 15]

OTHER is an environment with the other version installed, as `git worktree` and `pip install` make
one. In each pair one process of either version appends to a ledger of its own, in turn with the
other: one record, in a transaction that is on the disk, and then the other one. Told are the ratios
of the pairs, here over there: of the median time of an append, and of the median CPU that one took
(this process alone; of a server it is what the client takes). It is met where the median ratio
of time is at most 1.05 or 1 lies within the quartiles, that of CPU at most 1.1, and one statement
more is said at most. The exit code is 1 otherwise.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import click

from cli.output import print_table
from tests.bench.machine import load

MOST_TIME, MOST_CPU, MORE_STATEMENTS = 1.05, 1.1, 1
APPENDER = Path(__file__).with_name("appender.py")
KINDS = {"append": "a record, without a key", "act": "an act; here under a key"}


class Ratios(NamedTuple):
    """The ratios of all pairs: their median and their quartiles."""

    low: float
    median: float
    high: float

    def __str__(self) -> str:
        return f"{self.median:.3f} ({self.low:.3f} – {self.high:.3f})"


def ratios(here: list[float], there: list[float]) -> Ratios:
    """What came out of pairs."""
    pairs = [a / b for a, b in zip(here, there, strict=True)]
    low, median, high = statistics.quantiles(pairs, n=4, method="inclusive")
    return Ratios(low, median, high)


class Found(NamedTuple):
    """What an append costs here, against there."""

    time: Ratios
    cpu: Ratios
    statements: tuple[int, int]
    ms: tuple[float, float]

    @property
    def met(self) -> bool:
        """Whether that is little enough."""
        here, there = self.statements
        quick = self.time.median <= MOST_TIME or self.time.low <= 1 <= self.time.high
        return quick and self.cpu.median <= MOST_CPU and here - there <= MORE_STATEMENTS


def measured(pythons: tuple[str, str], kind: str, url: str, pairs: int, count: int) -> Found:
    """Pairs of processes, here and there, which take turns with every append."""
    seconds: tuple[list[float], list[float]] = ([], [])
    cpu: tuple[list[float], list[float]] = ([], [])
    statements = (0, 0)
    for number in range(pairs):
        with ExitStack() as stack:
            order = (0, 1) if number % 2 else (1, 0)
            both = {side: stack.enter_context(_at_work(pythons[side], kind, url)) for side in order}
            statements = (both[0].statements, both[1].statements)
            told: tuple[list[Took], list[Took]] = ([], [])
            for each in range(count):
                for side in order if each % 2 else reversed(order):
                    told[side].append(both[side].append())
        for side in order:
            seconds[side].append(statistics.median(took.seconds for took in told[side]))
            cpu[side].append(statistics.median(took.cpu for took in told[side]))
    ms = [statistics.median(of) * 1000 for of in seconds]
    return Found(ratios(*seconds), ratios(*cpu), statements, (ms[0], ms[1]))


class Took(NamedTuple):
    """What an append took, in seconds."""

    seconds: float
    cpu: float


class Appender:
    """A process that appends a record when it is told to."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.statements = int(self._answer())

    def append(self) -> Took:
        """Let it append one."""
        assert self._process.stdin
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        seconds, cpu = map(float, self._answer().split())
        return Took(seconds, cpu)

    def _answer(self) -> str:
        assert self._process.stdout
        if line := self._process.stdout.readline():
            return line
        raise click.ClickException("It broke off; what it said stands above.")


@contextmanager
def _at_work(python: str, kind: str, url: str) -> Iterator[Appender]:
    with tempfile.TemporaryDirectory(prefix="rally-guarded-") as folder:
        words = [python, str(APPENDER), kind, url or str(Path(folder) / "rally.db")]
        pipe = subprocess.PIPE
        with subprocess.Popen(words, cwd=folder, stdin=pipe, stdout=pipe, text=True) as process:
            yield Appender(process)
            assert process.stdin
            process.stdin.close()


@click.command(help=__doc__.replace("\n\n", "\n\n\b\n"))
@click.option("--against", required=True, metavar="PYTHON", help="The other version's Python.")
@click.option("--here", metavar="PYTHON", help="This version's Python (default: this one).")
@click.option(
    "--postgresql", "url", default="", metavar="URL", help="An empty database of its own."
)
@click.option("--pairs", default=15, show_default=True, help="How many pairs of processes.")
@click.option("--appends", default=200, show_default=True, help="How many records each appends.")
def main(against: str, here: str | None, url: str, pairs: int, appends: int) -> None:
    """Measure, print the table, and say whether it is little enough."""
    pythons = (here or sys.executable, against)
    before, rows, missed = load(), [], False
    for kind, meaning in KINDS.items():
        found = measured(pythons, kind, url, pairs, appends)
        missed |= not found.met
        here_ms, there_ms = (f"{each:.3f} ms" for each in found.ms)
        said = " / ".join(map(str, found.statements))
        verdict = "met" if found.met else "MISSED"
        rows.append((meaning, here_ms, there_ms, str(found.time), str(found.cpu), said, verdict))
        click.echo(f"{meaning} …", err=True)
    store = "PostgreSQL" if url else "SQLite"
    click.echo(f"{store}, {pairs} pairs of {appends} appends, load {before} and {load()}")
    titles = ("What", "Here", "There", "Time", "CPU", "Statements", "")
    print_table(titles, rows)
    raise SystemExit(1 if missed else 0)


if __name__ == "__main__":
    main()
