"""One bit of a SQLite ledger turned over, on each kind of page, and whether anybody would notice.

A small ledger that has every kind of page; where the pages of each kind lie; and a flip, after
which either `rally verify` says that something is wrong, or every answer is what it was.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import io
import json
import random
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from cli.context import Settings
from cli.main import run
from ledger.intake.jsonl import Arrived, export, read_jsonl, take_in_jsonl
from ledger.log import Ledger
from ledger.openings import Opening
from ledger.vocabulary import RegulationsAdopted, StageScheduled, StageTimeRecorded
from projections.rules.templates import template
from tests.conftest import NOW, Ticking
from tests.store.samples import AT, RALLY, constituted, entered, remark

Pages = Mapping[str, list[int]]
KINDS = {2: "index interior", 5: "table interior", 10: "index leaf", 13: "table leaf"}
HEADER, OVERFLOW, FREE = "header", "overflow", "free"
EVERY_KIND = (HEADER, *sorted(KINDS.values()), OVERFLOW, FREE)
_QUESTIONS = (
    "standings --json",
    "standings --known-at #40 --json",
    "standings --known-at 2016-07-20T07:33:20.100Z --json",
    "log --json",
    "log --crew 3 --json",
    "log --stage SS1 --type StageTimeRecorded --json",
    *(f"log --crew {each} --json" for each in (1, 5, 8)),
    *(f"log --type {each} --json" for each in ("CrewEntered", "StageScheduled")),
    "show #200 --json",
    "history --json",
    "check --json",
    "anomalies --json",
    "site --json",
    "log --rally other --json",
)


def small_ledger(file: Path) -> None:
    """A ledger with every kind of page, of two rallies and two sites, with a private value."""
    clock = Ticking()
    ledger = Ledger(str(file), clock)
    ledger.name_site("control")
    log = ledger.log(RALLY)
    rules = template("cross-country")
    said: dict[str, Any] = {
        "rally": RALLY,
        "recorded_at": AT,
        "by": "Secretary",
        "role": "secretary",
    }
    adopted = RegulationsAdopted(
        **said, rulebook=rules.name, parameters=rules.parameters, provenance=rules.provenance
    )
    crews = [entered(str(number), f"Driver {number}") for number in range(1, 9)]
    stages = [StageScheduled(**said, stage=f"SS{order}", order=order) for order in (1, 2)]
    times = [
        StageTimeRecorded(**said, stage=stage.stage, number=crew.number, elapsed_ms=3_600_000 + ms)
        for stage in stages
        for ms, crew in enumerate(crews)
    ]
    log.append([constituted(), adopted, *crews, *stages, *times])
    log.append([remark("word " * 700)])
    opening = Opening(b"7" * 32, "the doctor's number")
    told = remark("called the doctor", "3")
    sealed = type(told)(**{**told.as_dict(), "private": {"phone": opening.commitment}})
    log.append([sealed], openings=[opening])
    log.append([remark(f"remark {number}", str(number % 8 + 1)) for number in range(260)])
    other = Ledger(str(file.with_name("away.db")), clock, "away").log(RALLY)
    other.append(crews[:2])
    lines = [each.encode() for each in export(other)]
    take_in_jsonl(ledger, [a for a in read_jsonl("x", lines) if isinstance(a, Arrived)])
    first = constituted()
    ledger.log("other").append([type(first)(**{**first.as_dict(), "rally": "other"})])
    log.scan.save("nothing", b"x" * 20_000)  # what is taken away again leaves pages that are free
    log.scan.save("nothing", None)
    ledger.close()


def pages_of(stored: bytes) -> tuple[int, Pages]:
    """How long a page is, and the numbers of the pages of each kind, from 0."""
    size = int.from_bytes(stored[16:18], "big")
    size = 65536 if size == 1 else size
    free = set(_free(stored, size))
    found: dict[str, list[int]] = defaultdict(list)
    found[HEADER].append(0)
    for page in range(len(stored) // size):
        first = stored[page * size + (100 if page == 0 else 0)]
        found[FREE if page in free else KINDS.get(first, OVERFLOW)].append(page)
    return size, found


def _free(stored: bytes, size: int) -> Iterator[int]:
    trunk = int.from_bytes(stored[32:36], "big")
    while trunk:
        yield trunk - 1
        words = stored[(trunk - 1) * size : trunk * size]
        trunk, many = int.from_bytes(words[:4], "big"), int.from_bytes(words[4:8], "big")
        for each in range(many):
            yield int.from_bytes(words[8 + 4 * each : 12 + 4 * each], "big") - 1


def in_use(stored: bytes) -> list[int]:
    """The places of all bytes but those that stand on no page's account.

    A page of a table or an index has nothing between its pointers and its cells.
    """
    size, pages = pages_of(stored)
    taken = set(range(len(stored)))
    for page in range(len(stored) // size):
        begin = page * size + (100 if page == 0 else 0)
        if stored[begin] in KINDS and page not in pages.get(FREE, ()):
            cells, content = (
                int.from_bytes(stored[begin + at : begin + at + 2], "big") for at in (3, 5)
            )
            head = 8 if "leaf" in KINDS[stored[begin]] else 12
            taken -= set(range(begin + head + 2 * cells, page * size + (content or 1 << 16)))
    return sorted(taken)


def flipped(stored: bytes, kind: str, chance: random.Random) -> tuple[bytes, int]:
    """The same file with one bit turned over on a page of that kind, and where."""
    size, pages = pages_of(stored)
    first = chance.choice(pages[kind]) * size
    used = [each for each in range(first, first + size) if stored[each]]  # most of a page is empty
    changed = bytearray(stored)
    place = chance.randrange(100) if kind == HEADER else chance.choice(used or [first])
    changed[place] ^= 1 << chance.randrange(8)
    return bytes(changed), place


def asked(
    file: Path, words: str, clock: int = NOW + 10**7, *, rally: str = RALLY
) -> tuple[int, str, str]:
    """What a command answers, on a ledger that is asked at a moment that does not change."""
    if words.startswith("rebuild"):
        gc.collect()  # whoever asked before in this very process has it open no longer
    out, err = io.StringIO(), io.StringIO()
    call = ["--ledger", str(file), *words.split()]
    if rally and "--rally" not in call:
        call += ["--rally", rally]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(call, Settings(lambda: clock, lambda _: 480))
    return code, out.getvalue(), err.getvalue()


def answers(file: Path, ids: Iterable[str]) -> list[tuple[int, str]]:
    """What the ledger answers to every question, and of records that are named by their ids."""
    questions = (*_QUESTIONS, *(f"show {each} --json" for each in ids))
    return [(code, out) for code, out, _ in (asked(file, words) for words in questions)]


@functools.cache
def _as_it_was(stored: bytes) -> tuple[list[str], list[tuple[int, str]]]:
    """Some records by their ids, and every answer as long as nothing is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.db"
        whole.write_bytes(stored)
        records = json.loads(asked(whole, "log --json")[1])["records"]
        ids = [each["id"] for each in records[7::50]]
        expected = answers(whole, ids)
    assert {code for code, _ in expected} <= {0, 1}
    return ids, expected


def unseen(folder: Path, stored: bytes, kind: str, seed: int, times: int) -> list[str]:
    """Flips on pages of that kind after which `verify` is content and yet an answer is another.

    `stored` is the whole file as it was closed. What breaks off says which bit it was.
    """
    chance, found = random.Random(f"{kind} {seed}"), []
    ids, expected = _as_it_was(stored)
    for _ in range(times):
        changed, place = flipped(stored, kind, chance)
        for old in folder.glob("flipped.db*"):
            old.unlink()
        file = folder / "flipped.db"
        file.write_bytes(changed)
        where = f"a bit of byte {place} ({kind}, seed {seed})"
        try:
            codes = [asked(file, f"verify --rally {each}")[0] for each in (RALLY, "other")]
            if not any(codes) and answers(file, ids) != expected:
                found.append(where)
        except BaseException as error:
            error.add_note(where)
            raise
    return found


def closed(folder: Path) -> bytes:
    """The bytes of the small ledger, closed well."""
    small_ledger(folder / "small.db")
    stored = (folder / "small.db").read_bytes()
    for each in ("small.db", "away.db"):
        (folder / each).unlink()
    shutil.rmtree(folder / "nothing", ignore_errors=True)
    return stored
