"""What other processes do to a ledger while a test watches."""

from __future__ import annotations

import contextlib
import functools
import itertools
import multiprocessing
import os
import traceback
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from threading import Barrier
from typing import Any

from ledger.commands.record import RecordOccurrence
from ledger.database import open_engine
from ledger.errors import Conflict, LedgerError, Refused
from ledger.keys import Key
from ledger.log import Log
from ledger.record import arrival_of
from projections.desk.judging import judge
from tests.conftest import NOW
from tests.store.samples import RALLY, entry, remark

PATIENCE_SECONDS = 120
Acknowledged = list[tuple[int, str]]
NEW_PROCESSES = multiprocessing.get_context("forkserver")
"""Processes that share nothing with the test; what they import is read once for all of them."""
NEW_PROCESSES.set_forkserver_preload([__name__])


def at_once(work: Callable[..., Any], arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Let one process for each tuple of arguments do the work; all begin at the same moment."""
    with working(work, arguments) as team:
        return team.answers()


def signal() -> Event:
    """What a test tells processes at work, at any moment."""
    return NEW_PROCESSES.Event()


class Team:
    """Processes at work."""

    def __init__(self, processes: Sequence[BaseProcess], pipes: Sequence[Connection]) -> None:
        self._processes = processes
        self._pipes = pipes

    def busy(self) -> bool:
        """Whether some of them still work."""
        return any(process.is_alive() for process in self._processes)

    def answers(self) -> list[Any]:
        """Wait for what each of them answers; the trouble that one had is the test's."""
        found = []
        for pipe in self._pipes:
            assert pipe.poll(PATIENCE_SECONDS), "a process did not finish"
            answer, trouble = pipe.recv()
            assert trouble is None, trouble
            found.append(answer)
        return found

    def dismiss(self) -> None:
        """End those that have not ended by themselves."""
        for process in self._processes:
            process.join(5)
            if process.is_alive():
                process.kill()
                process.join()


@contextlib.contextmanager
def working(work: Callable[..., Any], arguments: Sequence[tuple[Any, ...]]) -> Iterator[Team]:
    """The same while the block goes on."""
    barrier, pipes, processes = NEW_PROCESSES.Barrier(len(arguments)), [], []
    for given in arguments:
        ours, theirs = NEW_PROCESSES.Pipe(duplex=False)
        process = NEW_PROCESSES.Process(
            target=_child, args=(theirs, work, barrier, given), daemon=True
        )
        process.start()
        theirs.close()
        pipes.append(ours)
        processes.append(process)
    team = Team(processes, pipes)
    try:
        yield team
    finally:
        team.dismiss()


def _child(
    answer: Connection, work: Callable[..., Any], barrier: Barrier, given: tuple[Any, ...]
) -> None:
    try:
        barrier.wait(PATIENCE_SECONDS)
        answer.send((work(barrier, *given), None))
    except BaseException:  # noqa: BLE001 - whatever it is, the test has to hear of it
        answer.send((None, traceback.format_exc()))
        barrier.abort()  # nobody need wait for this one


@contextlib.contextmanager
def opened(url: str, clock: Callable[[], int] = lambda: NOW) -> Iterator[Log]:
    """The log as this process sees it."""
    engine = open_engine(url)
    try:
        yield Log(engine, RALLY, clock, "main")
    finally:
        engine.dispose()


def appends(_: Barrier, url: str, who: int, rounds: int) -> Acknowledged:
    """Append single records and batches by a clock that runs backwards; answer what was kept."""
    kept: Acknowledged = []
    backwards = itertools.count(NOW + 1000 * who, -1)
    with opened(url, lambda: next(backwards)) as log:
        for each in range(rounds):
            size = 5 if each % 3 == 0 else 1
            said = [
                remark(f"{who} said {each}.{part}", number=str(who), stage=f"SS{each}")
                for part in range(size)
            ]
            last = log.append(said)
            ids = [arrival_of(one).id for one in said]
            kept += zip(range(last - size + 1, last + 1), ids, strict=True)
    return kept


def appends_until_told(_: Barrier, url: str, who: int, enough: Event) -> int:
    """Append single records until somebody has seen enough; answer how many were kept."""
    kept = 0
    with opened(url) as log:
        while not enough.is_set():
            log.append([remark(f"{who} said {kept}", number=str(who))])
            kept += 1
    return kept


def opens(barrier: Barrier, urls: Sequence[str], who: int) -> list[int]:
    """Open ledgers that do not exist yet, all processes the same one, and append to each."""
    positions = []
    for url in urls:
        barrier.wait(PATIENCE_SECONDS)
        with opened(url) as log:
            positions.append(log.append([remark(f"{who} is here")]))
    return positions


def enters(barrier: Barrier, url: str, numbers: Sequence[str], who: int) -> list[str]:
    """Try to enter a driver under each number at the same moment as all others."""
    outcomes = []
    with opened(url) as log:
        for number in numbers:
            barrier.wait(PATIENCE_SECONDS)
            try:
                log.act(functools.partial(entry, number, f"driver {who}"))
                outcomes.append("entered")
            except Refused as refused:
                outcomes.append(f"refused: {refused.message}")
    return outcomes


def remarks_once(barrier: Barrier, url: str, keys: Sequence[str], _: int) -> list[int]:
    """Remark the same under each key, which no rule refuses, at the same moment as all others."""
    positions = []
    with opened(url) as log:
        for key in keys:
            barrier.wait(PATIENCE_SECONDS)
            act = functools.partial(RecordOccurrence, remark(f"seen {key}"), judge)
            positions += [each.position for each in log.keyed(Key(key)).once(act)]
    return positions


def remarks_at(barrier: Barrier, url: str, positions: Sequence[int], who: int) -> list[str]:
    """Try to put a remark on record at exactly this position, as all others do."""
    outcomes = []
    with opened(url) as log:
        for position in positions:
            barrier.wait(PATIENCE_SECONDS)
            said = remark(f"{who} at {position}")
            try:
                log.act(functools.partial(RecordOccurrence, said, judge), expect=position)
                outcomes.append("recorded")
            except Conflict:
                outcomes.append("conflict")
    return outcomes


def appends_until_killed(acknowledged: Connection, url: str, life: int) -> None:
    """Append single records and batches for ever, telling after each that it was kept."""
    with opened(url) as log:
        for each in itertools.count():
            size = 4 if each % 2 else 1
            said = [remark(f"life {life}, batch {each}, part {part}") for part in range(size)]
            last = log.append(said)
            acknowledged.send((last, [arrival_of(one).id for one in said]))


def appends_until_full(_: Barrier, url: str, largest: int) -> tuple[int, str, str]:
    """Append until a file would grow beyond that size; answer what was kept and what was said."""
    import resource

    with opened(url) as log:
        kept = log.head().size
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))
        try:
            for each in range(100_000):
                kept = log.append([remark(f"{each}.{part} " + "x" * 900) for part in range(10)])
        except LedgerError as error:
            return kept, type(error).__name__, f"{error.message} {error.hint}"
    os.abort()
