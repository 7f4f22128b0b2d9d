"""Ledgers to do harm to, the command line in this process, and the look at what is left."""

from __future__ import annotations

import contextlib
import io
import itertools
import multiprocessing
import os
import sqlite3
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from importlib import resources
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from cli.context import Settings
from cli.main import run
from ledger.database import open_engine
from ledger.log import Log
from ledger.times import Clock
from ledger.verify import verify
from tests.conftest import NOW
from tests.faults.table import Counts

SAMPLE = "silk-way-2016"
FORK = multiprocessing.get_context("fork")


class Said(NamedTuple):
    """What a command line answered; `trouble` is the traceback that a person would have seen."""

    code: int
    out: str
    err: str
    trouble: str = ""


def a_clock(start: int = NOW) -> Clock:
    """A clock that goes on by a second each time it is asked."""
    return itertools.count(start, 1000).__next__


def said(ledger: Path | str, *words: object, clock: Clock | None = None) -> Said:
    """Carry out a command line on a ledger, in this process."""
    heard = [io.BytesIO(), io.BytesIO()]
    out, err = (io.TextIOWrapper(each, "utf-8", "backslashreplace") for each in heard)
    code, trouble = 70, ""
    settings = Settings(clock, lambda _: 480) if clock else Settings()
    settings.choose(str(ledger), None)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = run([str(word) for word in words], settings)
        except Exception:  # noqa: BLE001 - whatever a person would have seen as a traceback
            trouble = traceback.format_exc()
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 1
    out.flush()
    err.flush()
    printed, complained = (each.getvalue().decode() for each in heard)
    if "Traceback (most recent call last)" in complained:
        trouble = trouble or complained
    return Said(code, printed, complained, trouble)


def expect_no_traceback(counts: Counts, answer: Said, about: str) -> bool:
    """Count a traceback, where there is one; answers whether there is none."""
    if answer.trouble:
        counts.find("tracebacks", f"{about}: {answer.trouble.strip().splitlines()[-1][:200]}")
    return not answer.trouble


def sample(file: Path) -> Path:
    """A ledger that holds the Silk Way Rally 2016, closed."""
    with resources.as_file(resources.files("ledger.samples") / f"{SAMPLE}.jsonl") as delivered:
        answer = said(file, "import", "jsonl", delivered, clock=a_clock())
    assert answer.code == 0, answer.err
    said(file, "standings")  # keeps its timeline
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return file


def copied(file: Path, to: Path) -> Path:
    """A copy of a closed ledger; nothing is left there of an earlier one."""
    for left in ("", "-wal", "-shm", "-journal", ".quarantine.jsonl"):
        to.with_name(f"{to.name}{left}").unlink(missing_ok=True)
    to.write_bytes(file.read_bytes())
    return to


@contextlib.contextmanager
def opened(url: Path | str, rally: str = SAMPLE, clock: Clock | None = None) -> Iterator[Log]:
    """The log of a ledger."""
    engine = open_engine(str(url))
    try:
        yield Log(engine, rally, clock or a_clock(), "main")
    finally:
        engine.dispose()


def whole(counts: Counts, log: Log, about: str) -> None:
    """Count it where a log that nothing damaged does not verify, or has gaps."""
    for flaw in verify(log).findings[:3]:
        counts.find("lost", f"{about}: {flaw.message}")
    positions = [record.position for record in log.read()]
    if positions != list(range(1, len(positions) + 1)):
        counts.find("lost", f"{about}: there are gaps")


def times_of(log: Log, mark: str) -> int:
    """How often something stands in the records of a log, by a text that nothing else has."""
    return sum(mark.encode() in record.data for record in log.read())


def kept_once(counts: Counts, log: Log, marks: Iterable[str], about: str) -> None:
    """Count what was acknowledged and is not there, or more than once."""
    data = [record.data for record in log.read()]
    for mark in marks:
        found = sum(f"{mark}!".encode() in each for each in data)
        if found == 0:
            counts.find("lost", f"{about}: {mark}")
        elif found > 1:
            counts.find("doubled", f"{about}: {mark} stands {found} times")


class Trouble(NamedTuple):
    """Why a process ended."""

    traceback: str


class Child:
    """A process of its own that does something and tells on the way; it may be killed."""

    def __init__(self, work: Callable[..., None], *given: Any) -> None:
        self.heard, theirs = FORK.Pipe(duplex=False)
        self.process = FORK.Process(target=_alone, args=(theirs, work, given), daemon=True)
        self.process.start()
        theirs.close()

    def told(self, seconds: float = 120) -> Any:
        """What it tells next; its trouble is ours.

        Raises:
            EOFError: it has ended.
        """
        if not self.heard.poll(seconds):
            self.kill()
            raise TimeoutError("a process does not go on")
        told = self.heard.recv()
        assert not isinstance(told, Trouble), told.traceback
        return told

    def rest(self) -> Iterator[Any]:
        """Everything that it still tells, until it has ended."""
        with contextlib.suppress(EOFError, OSError):
            while True:
                yield self.told()

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.join()

    def end(self) -> int | None:
        """Wait for its end, and answer its exit code."""
        self.process.join(120)
        return self.process.exitcode


def _alone(tell: Connection, work: Callable[..., None], given: tuple[Any, ...]) -> None:
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    sys.stdout = io.TextIOWrapper(io.FileIO(1, "w", closefd=False))
    try:
        work(tell, *given)
    except BaseException:  # noqa: BLE001 - whatever it is, the row has to hear of it
        with contextlib.suppress(OSError):
            tell.send(Trouble(traceback.format_exc()))
        os._exit(1)
    os._exit(0)


def apart(ledger: Path, *words: str) -> Said:
    """The same as `said`, in a process of its own: what it starts is none of ours."""
    child = Child(_says, ledger, words)
    answer: Said = child.told()
    child.end()
    return answer


def _says(tell: Connection, ledger: Path, words: tuple[str, ...]) -> None:
    tell.send(said(ledger, *words))
