"""Disks that are full or fail: the n-th write or fsync of an act, once or from then on.

The process that met it ends in order, or as if it crashed and so that its write-ahead log is left
for the next one. Then the act is given again. A library between the program and the disk makes it
fail: it is compiled where a compiler is, and loaded before all others.
"""

from __future__ import annotations

import ctypes
import errno
import gc
import itertools
import json
import os
import random
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from tests.faults.acts import ACTS, Act
from tests.faults.aftermath import look
from tests.faults.ledgers import Child, Said, copied, expect_no_traceback, said, sample
from tests.faults.table import Counts, Skipped, Trial

SOURCE = Path(__file__).with_name("shim.c")
WRITES, SYNCS = 1, 2
LIKELY = 100
"""More writes than any act makes."""
_look = partial(look, telling=("may have been appended",), give=said)
LEFT = (True, False)
_TRIED = ACTS[:4]


class Fault(NamedTuple):
    """What fails: the n-th of its kind, with which error, and whether all behind it do as well."""

    kind: int
    nth: int
    error: int
    lasting: bool

    def words(self) -> str:
        """What happened, for a person."""
        what = "write" if self.kind == WRITES else "fsync"
        behind = " and all behind it" if self.lasting else ""
        return f"{what} {self.nth}{behind}: {errno.errorcode[self.error]}"


def failing(kind: str) -> Trial:
    """The row of failing writes, or of failing fsyncs."""

    def trial(seed: int, tries: int, folder: Path) -> Counts:
        library = _compiled(folder)
        words = [sys.executable, "-m", "tests.faults.disks", kind, str(seed), str(tries)]
        done = subprocess.run(
            [*words, str(folder)],
            env={**os.environ, "LD_PRELOAD": str(library)},
            stdout=subprocess.PIPE,
            check=True,
        )
        return Counts(**json.loads(done.stdout))

    return trial


def _compiled(folder: Path) -> Path:
    compiler = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)
    if compiler is None or not sys.platform.startswith("linux"):
        raise Skipped("there is no C compiler, or no LD_PRELOAD")
    library = folder / "shim.so"
    asked = [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(SOURCE), "-ldl"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Skipped(f"the shim can't be compiled: {done.stderr.strip().splitlines()[-1]}")
    return library


def _tried(kind: int, seed: int, tries: int, folder: Path) -> Counts:
    """What happens in a process that has the library."""
    counts, chance = Counts(), random.Random(seed)
    begun = sample(folder / "sample.db")
    numbers = {act: itertools.cycle(range(1, _steps(kind, act, begun) + 1)) for act in _TRIED}
    for number in range(tries):
        act, left = _TRIED[number % len(_TRIED)], LEFT[number // len(_TRIED) % 2]
        error = chance.choice((errno.EIO, errno.ENOSPC))
        nth = next(numbers[act]) if tries > LIKELY else chance.randint(1, next(numbers[act]) + 3)
        fault = Fault(kind, nth, error, lasting=chance.random() < 0.5)
        ledger = copied(begun, folder / "failing.db")
        about = f"{act.name}, {fault.words()}, {'a' if left else 'no'} -wal left"
        child = Child(_acts, act, ledger, f"fault-{number}", fault, left)
        answer: Said = child.told()
        child.end()
        counts.tried += 1
        _look(counts, act, ledger, f"fault-{number}", answer, about)
    return counts


def _steps(kind: int, act: Act, begun: Path) -> int:
    """How many of that kind an act makes by itself."""
    ledger = copied(begun, begun.with_name("counted.db"))
    child = Child(_counts, act, ledger, kind)
    steps = int(child.told())
    child.end()
    return steps


def _shim() -> ctypes.CDLL:
    return ctypes.CDLL(None)


def _counts(tell: Connection, act: Act, ledger: Path, kind: int) -> None:
    _shim().fault_arm(ledger.name.encode(), 0, 0, 0, 0)
    said(ledger, *act.again("counted", ledger.parent))
    tell.send(_shim().fault_disarm(kind))


def _acts(tell: Connection, act: Act, ledger: Path, mark: str, fault: Fault, left: bool) -> None:
    """Act while the disk fails, and end in order, or so that a write-ahead log is left."""
    words = act.again(mark, ledger.parent)
    _shim().fault_arm(
        ledger.name.encode(), fault.kind, ctypes.c_long(fault.nth), fault.error, fault.lasting
    )
    answer = said(ledger, *words)
    if not left:
        _shim().fault_disarm(fault.kind)
        gc.collect()
    tell.send(answer)


# -- full disks ------------------------------------------------------------------------------------


def full(seed: int, tries: int, folder: Path) -> Counts:
    """The row of files that may grow no further; there is room again when it is given again."""
    counts, chance = Counts(), random.Random(seed)
    begun = sample(folder / "sample.db")
    for number in range(tries):
        act = _TRIED[number % len(_TRIED)]
        ledger = copied(begun, folder / "full.db")
        room = chance.randrange(0, 120_000)
        child = Child(_acts_in, act, ledger, f"fault-{number}", room)
        answer: Said = child.told()
        child.end()
        counts.tried += 1
        _look(counts, act, ledger, f"fault-{number}", answer, f"{act.name}, {room} bytes of room")
    return counts


def _acts_in(tell: Connection, act: Act, ledger: Path, mark: str, room: int) -> None:
    words = act.again(mark, ledger.parent)
    _limited(room)
    tell.send(said(ledger, *words))


def _limited(room: int) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, most))


EXPORTS: tuple[Callable[[Path], tuple[str, ...]], ...] = (
    lambda file: ("export", "jsonl", str(file)),
    lambda file: ("export", "evidence", "clerk-1", "-o", str(file)),
    lambda file: ("chart", "places", "-o", str(file)),
)


def full_for_exports(seed: int, tries: int, folder: Path) -> Counts:
    """The row of exports onto a full disk: the file is whole, or the one that was there before."""
    counts, chance = Counts(), random.Random(seed)
    ledger = sample(folder / "sample.db")
    for number in range(tries):
        file = folder / f"export-{number}"
        words = EXPORTS[number % len(EXPORTS)](file)
        before = b"" if chance.random() < 0.5 else b"an earlier one"
        if before:
            file.write_bytes(before)
        child = Child(_exports, ledger, words, chance.randrange(0, 5_000))
        answer: Said = child.told()
        child.end()
        counts.tried += 1
        about = f"{' '.join(words[:2])} onto a full disk"
        expect_no_traceback(counts, answer, about)
        left = file.read_bytes() if file.exists() else b""
        if not answer.code or left != before:
            counts.find("unseen", f"{about}: {len(left)} bytes are left, exit code {answer.code}")
    return counts


def _exports(tell: Connection, ledger: Path, words: tuple[str, ...], room: int) -> None:
    _limited(room)
    tell.send(said(ledger, *words))


if __name__ == "__main__":
    _kind, _seed, _tries, _folder = sys.argv[1:]
    _asked = {"writes": WRITES, "fsyncs": SYNCS}[_kind]
    print(json.dumps(vars(_tried(_asked, int(_seed), int(_tries), Path(_folder)))))
