"""Processes that are killed in the midst of an official's act."""

from __future__ import annotations

import random
import time
from multiprocessing.connection import Connection
from pathlib import Path

from tests.faults.acts import Act
from tests.faults.ledgers import (
    Child,
    apart,
    copied,
    expect_no_traceback,
    opened,
    said,
    sample,
    times_of,
    whole,
)
from tests.faults.table import Counts, Trial

LATEST_SECONDS = 0.15
Marks = list[str]


def killed(act: Act) -> Trial:
    """The row of one kind of act: killed some time after its first acknowledgement."""

    def trial(seed: int, tries: int, folder: Path) -> Counts:
        counts, chance = Counts(), random.Random(f"{seed} {act.name}")
        begun = sample(folder / "sample.db")
        for life in range(tries):
            ledger = copied(begun, folder / "killed.db")
            marks = _live_and_die(act, ledger, f"life-{life}", chance.uniform(0, LATEST_SECONDS))
            counts.tried += 1
            _look(counts, act, ledger, *marks)
        return counts

    return trial


def _live_and_die(act: Act, ledger: Path, life: str, seconds: float) -> tuple[Marks, Marks]:
    """Let a process act and kill it: the marks of what it acknowledged, and of what it began."""
    child = Child(_acts, act, ledger, life)
    begun: Marks = []
    done: Marks = []
    while not done:
        step, mark = child.told()
        (begun if step == "begun" else done).append(mark)
    time.sleep(seconds)
    child.kill()
    for step, mark in child.rest():
        (begun if step == "begun" else done).append(mark)
    return done, begun


def _acts(tell: Connection, act: Act, ledger: Path, life: str) -> None:
    """Act for ever, telling before and after."""
    number = 0
    while True:
        mark = f"{life}-{number}"
        words = act.again(mark, ledger.parent)
        tell.send(("begun", mark))
        answer = said(ledger, *words)
        assert answer.code == 0, answer
        tell.send(("done", mark))
        number += 1


def _look(counts: Counts, act: Act, ledger: Path, done: Marks, begun: Marks) -> None:
    """What is left, and what becomes of the last act when it is given again."""
    with opened(ledger) as log:
        whole(counts, log, act.name)
        for mark in done:
            found = times_of(log, f"{mark}!")
            if found < act.parts:
                counts.find("lost", f"{act.name} {mark}")
        (last,) = begun[-1:]
        if times_of(log, f"{last}!") not in (0, act.parts):
            counts.find("lost", f"{act.name} {last} is half there")
    answer = apart(ledger, *act.again(last, ledger.parent))
    if expect_no_traceback(counts, answer, act.name) and answer.code:
        counts.find("lost", f"{act.name} {last}, given again: {answer.err.strip()}")
    with opened(ledger) as log:
        for mark in begun:
            found = times_of(log, f"{mark}!")
            if found != act.parts:
                kind = "lost" if found < act.parts else "doubled"
                counts.find(kind, f"{act.name} {mark}, given again, stands {found} times")
        whole(counts, log, f"{act.name}, given again")
