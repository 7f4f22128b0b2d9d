"""The ledgers that are measured: synthetic rallies, made here or copied from what is there."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from ledger.log import Ledger, Log
from ledger.vocabulary import PassingRecorded, StageStarted

ROOT = Path(__file__).resolve().parents[2]


class Size(NamedTuple):
    """Of what size a rally is to be."""

    records: int
    crews: int
    stages: int
    seed: int


def now() -> int:
    """A clock that stands still: nothing here depends on when it is measured."""
    return 1_800_000_000_000


def rally(*words: str) -> list[str]:
    """The words that start `rally` in a process of its own."""
    return [sys.executable, "-m", "cli", *words]


def run(words: list[str], text: str = "") -> str:
    """Run another process in the project's folder, with a text to read; answers what it printed.

    It keeps the bytecode of its modules as an installed program does, and compiles them once.

    Raises:
        SystemExit: it failed, and why.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("RALLY_") and name != "PYTHONDONTWRITEBYTECODE"
    }
    done = subprocess.run(
        words, cwd=ROOT, env=kept, input=text, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(words)} failed:\n{done.stderr}")
    return done.stdout


def simulated(file: Path, size: Size, rulebook: str = "silk-way-2016") -> Path:
    """A new ledger with a synthetic rally, made as `rally simulate` makes it."""
    sizes = {"--crews": size.crews, "--stages": size.stages, "--records": size.records}
    words = [word for name, value in sizes.items() for word in (name, str(value))]
    words += ["--rulebook", rulebook, "--seed", str(size.seed), "--ledger", str(file)]
    run(rally("simulate", *words))
    return file


def copied(of: Path, file: Path) -> Path:
    """A copy of a ledger; what is there is only read."""
    if not of.is_file():
        raise SystemExit(f"There is no ledger {of}.")
    source = sqlite3.connect(f"file:{of.resolve()}?mode=ro", uri=True)
    target = sqlite3.connect(file)
    with target:
        source.backup(target)
    for each in (source, target):
        each.close()
    return file


def copied_or_simulated(of: Path | None, file: Path, size: Size) -> Path:
    """A copy of a ledger that is named, else one that is made up."""
    return copied(of, file) if of else simulated(file, size)


def log_of(file: Path) -> Log:
    """The log of the rally that a ledger holds first."""
    ledger = Ledger(str(file), now)
    return ledger.log(ledger.rallies()[0])


class Span(NamedTuple):
    """From the first start to the last finish of a rally (UTC ms)."""

    first: int
    last: int


def span_of(file: Path, name: str) -> Span:
    """How long a rally lasted, as its records tell."""
    query = "SELECT {}(fact_at) FROM record WHERE rally = ? AND type = ?"
    with sqlite3.connect(file) as connection:
        (first,) = connection.execute(
            query.format("min"), (name, StageStarted.type_name())
        ).fetchone()
        (last,) = connection.execute(
            query.format("max"), (name, PassingRecorded.type_name())
        ).fetchone()
    connection.close()
    return Span(first, last)
