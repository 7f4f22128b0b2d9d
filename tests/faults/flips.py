"""Bits that turn over: in every kind of page of a ledger, in an exported log, in evidence files.

Either somebody is told (by `verify`, by whatever reads the file, by the checker), or every answer
is as it was before.
"""

from __future__ import annotations

import contextlib
import io
import random
import sqlite3
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from cli.evidence import check
from tests.faults.ledgers import Said, copied, expect_no_traceback, opened, said, sample
from tests.faults.table import Counts

QUESTIONS = (
    ("standings", "--json"),
    ("standings", "--known-at", "SS12", "--category", "cars", "--json"),
    ("log", "--crew", "102", "--json"),
    ("decisions", "--json"),
    ("why", "102", "--after", "SS12", "--json"),
    ("retirements", "--json"),
)
ACT = ("record", "RemarkMade", "text=still", "stage=SS13", "--by", "Ann", "--role", "secretary")


def pages(seed: int, tries: int, folder: Path) -> Counts:
    """The row of pages: a bit at a time, of each table and index, each kind of page in turn."""
    counts, chance = Counts(), random.Random(seed)
    begun = sample(folder / "sample.db")
    expected = _answers(begun, folder)
    stored, places = begun.read_bytes(), _places(begun)
    kinds = sorted(places)
    for number in range(tries):
        kind = kinds[number % len(kinds)]
        page = chance.choice(places[kind])
        at = _somewhere(chance, page)
        ledger = folder / "flipped.db"
        copied(begun, ledger)
        ledger.write_bytes(_flipped(stored, at, chance))
        counts.tried += 1
        _look(counts, ledger, expected, f"a bit at {at} in {' '.join(kind)}", folder)
    return counts


class _Page(NamedTuple):
    begin: int
    used: int
    size: int


def _places(file: Path) -> dict[tuple[str, str], list[_Page]]:
    """The pages of every table and index by kind, and how much of each is in use."""
    found = defaultdict(list)
    with contextlib.closing(sqlite3.connect(file)) as connection:
        rows = connection.execute("SELECT name, pagetype, pgoffset, unused, pgsize FROM dbstat")
        for name, kind, offset, unused, size in rows:
            found[name, kind].append(_Page(offset, size - unused, size))
    return dict(found)


def _somewhere(chance: random.Random, page: _Page) -> int:
    """A byte of a page: of its header and its pointers, or of its cells, which stand at its end."""
    used = min(page.used, page.size)
    if chance.random() < 0.25:
        return page.begin + chance.randrange(min(used, 64))
    return page.begin + page.size - 1 - chance.randrange(used)


def _flipped(stored: bytes, at: int, chance: random.Random) -> bytes:
    changed = bytearray(stored)
    changed[at] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _answers(ledger: Path, folder: Path) -> list[tuple[int, str]]:
    """What a ledger answers to every question, and what becomes of an act on it."""
    found = [_told(said(ledger, *words)) for words in QUESTIONS]
    acted = copied(ledger, folder / "acted.db")
    return [*found, _told(said(acted, *ACT, "--dry-run"))]


def _told(answer: Said) -> tuple[int, str]:
    return answer.code, answer.out


def _look(
    counts: Counts, ledger: Path, expected: list[tuple[int, str]], about: str, folder: Path
) -> None:
    verified = said(ledger, "verify")
    if not expect_no_traceback(counts, verified, f"verify, {about}") or verified.code:
        _no_tracebacks(counts, ledger, about)
        return
    if _answers(ledger, folder) != expected:
        counts.find("unseen", about)


def _no_tracebacks(counts: Counts, ledger: Path, about: str) -> None:
    """A ledger that is known to be damaged answers, or says why not."""
    for words in QUESTIONS[:3]:
        if not expect_no_traceback(counts, said(ledger, *words), f"{words[0]}, {about}"):
            return


# -- files that are handed over --------------------------------------------------------------------


def exports(seed: int, tries: int, folder: Path) -> Counts:
    """The row of exported logs: what comes in is told, or gives the same root."""
    counts, chance = Counts(), random.Random(seed)
    ledger, file = sample(folder / "sample.db"), folder / "log.jsonl"
    assert said(ledger, "export", "jsonl", file).code == 0
    whole, expected = file.read_bytes(), _root(ledger)
    for _ in range(tries):
        at = chance.randrange(len(whole))
        file.write_bytes(_flipped(whole, at, chance))
        restored = folder / "restored.db"
        for left in folder.glob("restored.db*"):
            left.unlink()
        answer = said(restored, "import", "jsonl", file)
        counts.tried += 1
        about = f"a bit at {at} of a log"
        told = not expect_no_traceback(counts, answer, about) or answer.code
        if not told and _root(restored) != expected:
            counts.find("unseen", about)
    return counts


def _root(ledger: Path) -> str:
    with opened(ledger) as log:
        return log.head().root().hex()


def evidence(seed: int, tries: int, folder: Path) -> Counts:
    """The row of evidence files: the checker refuses, or every file in it is as it was."""
    counts, chance = Counts(), random.Random(seed)
    ledger, file = sample(folder / "sample.db"), folder / "evidence.zip"
    assert said(ledger, "export", "evidence", "clerk-1", "-o", file).code == 0
    whole = file.read_bytes()
    for _ in range(tries):
        at = chance.randrange(len(whole))
        file.write_bytes(_flipped(whole, at, chance))
        counts.tried += 1
        about = f"a bit at {at} of an evidence file"
        try:
            silent = io.StringIO()
            with contextlib.redirect_stdout(silent), contextlib.redirect_stderr(silent):
                code = check.main([str(file)])
        except SystemExit as stop:
            code = 1 if stop.code else 0
        except Exception as error:  # noqa: BLE001 - whatever a person would have seen
            counts.find("tracebacks", f"{about}: {error!r}")
            continue
        if not code:
            counts.find("unseen", about)
    return counts
