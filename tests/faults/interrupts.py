"""Ctrl-C at each step of an act: between any two calls of what puts it on record.

A request to stop comes as a person sends it, a signal, in the n-th call that the ledger makes while
it carries out an act; n goes through all of them. What is said afterwards has to be so, and the act
given again stands once.
"""

from __future__ import annotations

import random
import signal
import sys
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType
from typing import Any

from tests.faults.acts import ACTS, Act
from tests.faults.aftermath import look
from tests.faults.ledgers import Child, Said, apart, copied, said, sample
from tests.faults.table import Counts

WATCHED = ("/ledger/", "/cli/")
APPENDING = ("/ledger/store.py", "/ledger/appending.py", "/ledger/database.py", "/ledger/log.py")
_look = partial(look, telling=("was appended", "may have been appended"), give=apart)
INTERRUPTED = 130


def interrupts(seed: int, tries: int, folder: Path) -> Counts:
    """The row: half of the steps anywhere in an act, half of them where it is appended."""
    counts, chance = Counts(), random.Random(seed)
    begun = sample(folder / "sample.db")
    acts = [each for each in ACTS if each.keyed]
    steps = {(act.name, where): _steps(act, begun, where) for act in acts for where in _WHERE}
    for number in range(tries):
        act, where = acts[number % len(acts)], _WHERE[number // len(acts) % 2]
        step = 1 + chance.randrange(steps[act.name, where])
        ledger, mark = copied(begun, folder / "interrupted.db"), f"step-{number}"
        child = Child(_acts, act, ledger, mark, where, step)
        answer: Said = child.told()
        child.end()
        counts.tried += 1
        _look(counts, act, ledger, mark, answer, f"{act.name}, Ctrl-C in call {step} of {where}")
    return counts


_WHERE = (WATCHED, APPENDING)


def _steps(act: Act, begun: Path, where: tuple[str, ...]) -> int:
    """How many calls an act makes by itself."""
    child = Child(_counts, act, copied(begun, begun.with_name("counted.db")), where)
    count = int(child.told())
    child.end()
    return count


class _Calls:
    """Counts calls, and interrupts the n-th of them."""

    def __init__(self, where: tuple[str, ...], at: int) -> None:
        self.count, self._where, self._at = 0, where, at

    def __call__(self, frame: FrameType, event: str, _: Any) -> None:
        """What Python tells of every call."""
        file = frame.f_code.co_filename
        if event == "call" and any(part in file for part in self._where):
            self.count += 1
            if self.count == self._at:
                signal.raise_signal(signal.SIGINT)


def _counts(tell: Connection, act: Act, ledger: Path, where: tuple[str, ...]) -> None:
    tell.send(_watched(act, ledger, "counted-0", _Calls(where, 0))[1].count)


def _acts(
    tell: Connection, act: Act, ledger: Path, mark: str, where: tuple[str, ...], step: int
) -> None:
    tell.send(_watched(act, ledger, mark, _Calls(where, step))[0])


def _watched(act: Act, ledger: Path, mark: str, calls: _Calls) -> tuple[Said, _Calls]:
    words = act.again(mark, ledger.parent)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.setprofile(calls)
    try:
        return said(ledger, *words), calls
    finally:
        sys.setprofile(None)
