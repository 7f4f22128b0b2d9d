"""Mutated inputs: sheets, live timing, road books, logs, rulebooks, bases, command lines.

Whatever comes in, it is read, or refused with a sentence; and what was taken in can be asked about.
The corpora lie in `corpus/`, small; what is done to them is drawn by chance.
"""

from __future__ import annotations

import contextlib
import os
import random
import shlex
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.faults.ledgers import Said, copied, expect_no_traceback, said, sample
from tests.faults.table import Counts

CORPUS = Path(__file__).with_name("corpus")
PATIENCE_SECONDS = 20
CODES = {0, 1, 2, 3, 4, 5}
QUESTIONS = (("standings",), ("anomalies",), ("log", "--json"), ("verify",), ("penalties",))
"""What is asked about what was taken in; where nothing was, that is told."""
ODD = (
    b"\0",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\xc3\x28",
    b'"',
    b"'",
    b"\\ud800",
    b"^" * 2_000,
    b"[" * 5_000,
    b'{"a":' * 2_000,
    b"9" * 5_000,
    b"-9223372036854775809",
    b"1e999",
    b"NaN",
    b"\x1b[2J",
    "\u202e".encode(),
    "\u0085".encode(),
    b"\r",
    b"\n\n",
    b";",
    b"=1+1",
    b"<!ENTITY a 'b'>",
    b"&a;",
    b"-1",
    b"0:60:00",
    b"2016-02-30",
    b"9999-12-31T23:59:59+14:00",
    b"@-9999",
    b"#18446744073709551616",
)


def mutated(chance: random.Random, data: bytes) -> bytes:
    """The same bytes with a few things done to them."""
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        data = chance.choice(_WAYS)(chance, data)
    return data


def _flip(chance: random.Random, data: bytes) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]


def _cut(chance: random.Random, data: bytes) -> bytes:
    begin, end = _some(chance, data)
    return data[:begin] + data[end:]


def _again(chance: random.Random, data: bytes) -> bytes:
    begin, end = _some(chance, data)
    return data[:end] + data[begin:end] * chance.choice((1, 2, 50)) + data[end:]


def _put(chance: random.Random, data: bytes) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.choice(ODD) + data[at:]


def _instead(chance: random.Random, data: bytes) -> bytes:
    begin, end = _some(chance, data)
    return data[:begin] + chance.choice(ODD) + data[end:]


def _end(chance: random.Random, data: bytes) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _swap(chance: random.Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    chance.shuffle(lines)
    return b"".join(lines)


def _some(chance: random.Random, data: bytes) -> tuple[int, int]:
    begin = chance.randrange(len(data) + 1)
    return begin, min(len(data), begin + chance.choice((1, 2, 5, 20, 200)))


_WAYS = (_flip, _cut, _again, _put, _instead, _end, _swap)


class Bench(NamedTuple):
    """Where it is done: a folder, and a ledger that holds the sample."""

    folder: Path
    sample: Path

    def fresh(self) -> Path:
        """A copy of the sample."""
        return copied(self.sample, self.folder / "fuzzed.db")

    def empty(self) -> Path:
        """A ledger that is not there yet."""
        for left in self.folder.glob("fuzzed.db*"):
            left.unlink()
        return self.folder / "fuzzed.db"


Kind = Callable[[random.Random, Bench], Iterator[Said]]


def _with_one_changed(chance: random.Random, bench: Bench, corpus: str) -> Path:
    """A folder of the corpus, one file of it mutated."""
    folder = bench.folder / corpus
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(CORPUS / corpus, folder)
    file = chance.choice(sorted(each for each in folder.rglob("*") if each.is_file()))
    file.write_bytes(mutated(chance, file.read_bytes()))
    return folder


def _one(chance: random.Random, bench: Bench, name: str) -> Path:
    file = bench.folder / name
    file.write_bytes(mutated(chance, (CORPUS / name).read_bytes()))
    return file


def _sheets(chance: random.Random, bench: Bench) -> Iterator[Said]:
    ledger = bench.empty()
    yield said(ledger, "import", "sheets", _with_one_changed(chance, bench, "sheets"))
    yield said(ledger, *chance.choice(QUESTIONS))


def _live(chance: random.Random, bench: Bench) -> Iterator[Said]:
    ledger = bench.empty()
    yield said(ledger, "import", "wrc-live", _with_one_changed(chance, bench, "live"))
    yield said(ledger, *chance.choice(QUESTIONS))


def _jsonl(chance: random.Random, bench: Bench) -> Iterator[Said]:
    ledger = bench.fresh() if chance.random() < 0.5 else bench.empty()
    yield said(ledger, "import", "jsonl", _one(chance, bench, "log.jsonl"))
    yield said(ledger, *chance.choice(QUESTIONS))


def _gpx(chance: random.Random, bench: Bench) -> Iterator[Said]:
    ledger, file = bench.fresh(), _one(chance, bench, "ss3.gpx")
    yield said(ledger, "import", "gpx", file, "--stage", "SS3", "--by", "Bo", "--role", "secretary")
    yield said(ledger, *chance.choice(QUESTIONS))


def _rulebook(chance: random.Random, bench: Bench) -> Iterator[Said]:
    yield said(bench.sample, "rulebook", "check", _one(chance, bench, "rulebook.toml"))


def _basis(chance: random.Random, bench: Bench) -> Iterator[Said]:
    yield said(bench.sample, "standings", "--basis", _one(chance, bench, "basis.json"))


def _command(chance: random.Random, bench: Bench) -> Iterator[Said]:
    line = chance.choice((CORPUS / "commands.txt").read_bytes().splitlines())
    words = [os.fsencode(each) for each in shlex.split(line.decode())]
    at = chance.randrange(len(words))
    words[at] = mutated(chance, words[at]).replace(b"\0", b"")  # no argument can hold that
    yield said(bench.sample, *map(os.fsdecode, words))


KINDS: dict[str, Kind] = {
    "sheets": _sheets,
    "command lines": _command,
    "logs": _jsonl,
    "bases": _basis,
    "live timing": _live,
    "rulebooks": _rulebook,
    "road books": _gpx,
}


def fuzz(seed: int, tries: int, folder: Path) -> Counts:
    """The row: so many mutated inputs, of each kind in turn."""
    counts, bench, names = Counts(), Bench(folder, sample(folder / "sample.db")), list(KINDS)
    with contextlib.chdir(folder), _impatient():
        for number in range(tries):
            name = names[number % len(names)]
            about = f"{name} {seed}-{number}"
            chance = random.Random(about)
            counts.tried += 1
            signal.alarm(PATIENCE_SECONDS)
            for answer in KINDS[name](chance, bench):
                if not expect_no_traceback(counts, answer, about):
                    break
                if answer.code not in CODES:
                    counts.find("tracebacks", f"{about}: exit code {answer.code}")
            signal.alarm(0)
    return counts


class _TooLongError(Exception):
    """It takes longer than any such input may."""


@contextlib.contextmanager
def _impatient() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise _TooLongError

    before = signal.signal(signal.SIGALRM, stop)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
