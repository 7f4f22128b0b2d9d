"""Law: what people read is the same whatever offsets the records of a rally were written with.

One rally is told twice, moment for moment: once by its own clocks, once by clocks of other zones.
Every read and every document says the same of both, but for the digits of hashes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zlib import crc32

import msgspec
import pytest

from cli.context import Settings
from cli.main import run
from cli.office.reads import READS
from ledger.log import Ledger
from ledger.naming import RECORDS, renamed
from ledger.times import Instant
from ledger.vocabulary import Occurrence, canonical, occurrence_id
from tests.command_line.pdf import text
from tests.conftest import Rally, Ticking
from tests.looked import some_of

OFFICE = ("--by", "Results", "--role", "results-office")
ELSEWHERE = (0, -300, 345)
"""The offsets of the other telling, in minutes, record by record."""
AFTERWARDS = 1_772_700_000_000  # 5 March 2026, 08:40 UTC
NOW_THEN = "2026-03-03T12:00Z"
ASKED: dict[str, tuple[str, ...]] = {
    **{name: () for name in READS if name != "document receipt"},  # nothing was lodged in it
    "alike": ("stewards-3",),
    "rulebook explain": ("reviews.time",),
    "standings": ("--effective-at", "2026-03-02T12:00Z"),
    "crew": ("3",),
    "start-order": ("SS4",),
    "time-card": ("3",),
    "show": ("stewards-3",),
    "late": ("--by", "1m"),
    "why": ("3", "--after", "SS2"),
    "history": ("3",),
    "diff": ("SS1", "@"),
    "what-if": ("--without", "stewards-3"),
    "drift": ("5",),
    "due": ("--at", NOW_THEN),
    "docket": ("--at", NOW_THEN),
    "protest-clock": ("--at", NOW_THEN),
    "chart": ("places", "-o", "-"),
    "exhibit check": (),
}
"""What is asked of each read."""
DRAWN = (
    ("classification", "5"),
    ("classification", "--after", "SS2", "--decided-by", NOW_THEN),
    ("decision", "stewards-3"),
    ("evidence", "stewards-3"),
    ("retirements", "--effective-at", NOW_THEN),
    ("start-order", "SS4"),
    ("start-order", "doc:4"),
    ("time-card", "3"),
)


class Telling:
    """The rally as it was told: a ledger, and the offset of the machine that everybody uses."""

    def __init__(self, file: str, offsets: tuple[int, ...], capsys: Any) -> None:
        self.file = file
        self.offsets = offsets
        self._capsys = capsys
        self._calls = 0

    def __call__(self, *words: str, codes: tuple[int, ...] = (0,)) -> str:
        """What a command says, without the digits of hashes."""
        self._calls += 1
        settings = Settings(Ticking(AFTERWARDS + self._calls * 1000), lambda _: self.offsets[0])
        self._capsys.readouterr()
        ended = run(["--ledger", self.file, *words], settings)
        heard = self._capsys.readouterr()
        assert ended in codes, (words, heard)
        return masked(heard.out + heard.err)

    def at(self, text: str) -> str:
        """A moment of the rally's clocks as somebody types it who goes by other ones."""
        zone = timezone(timedelta(minutes=self.offsets[0]))
        return datetime.fromisoformat(f"{text}+03:00").astimezone(zone).isoformat()


def masked(said: str) -> str:
    """What was said without the digits of hashes."""
    return re.sub(r"[0-9a-f]{10,}", "…", said)


def told_by(offsets: tuple[int, ...], told: Sequence[Occurrence]) -> Iterator[Occurrence]:
    """The same occurrences, their moments with these offsets in turn."""
    ids: dict[str, str] = {}
    for each in told:
        # What a source tells twice it tells by the same clock.
        key = canonical(each.source) if each.source.seq else canonical(each)
        offset = offsets[crc32(key) % len(offsets)]
        said = renamed(moved(each, offset), RECORDS, lambda i: ids[i])
        ids[occurrence_id(canonical(each))] = occurrence_id(canonical(said))
        yield said


def moved(value: Any, offset: int, name: str = "") -> Any:
    """A value with every moment in it at that offset."""
    if isinstance(value, Instant):
        return Instant(value.ms, offset)
    if isinstance(value, msgspec.Struct):
        fields = {e: moved(getattr(value, e), offset, e) for e in value.__struct_fields__}
        return msgspec.structs.replace(value, **fields)
    if isinstance(value, dict):
        return {each: moved(of, offset, each) for each, of in value.items()}
    if isinstance(value, (list, tuple)) and value:
        if name.endswith("_at") and all(isinstance(each, int) for each in value):
            return type(value)((value[0], offset))
        return type(value)(moved(each, offset, name) for each in value)
    return value


@pytest.fixture
def both(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], rally: Rally
) -> tuple[Telling, Telling]:
    """A made-up rally with all that goes wrong, a protest and what was posted, told twice."""
    size = ("--crews", "12", "--stages", "3", "--records", "600", "--rulebook", "cross-country")
    assert 0 == rally("simulate", *size).code
    ledger = Ledger(str(tmp_path / "rally.db"), Ticking())
    (code,) = ledger.rallies()
    records = [each.occurrence() for each in ledger.log(code).read()]
    ledger.close()
    tellings = []
    for file, offsets in (("own.db", (180,)), ("other.db", ELSEWHERE)):
        opened = Ledger(str(tmp_path / file), Ticking(AFTERWARDS))
        opened.log(code).append(list(told_by(offsets, records)))
        opened.close()
        tellings.append(Telling(file, offsets, capsys))
    for telling in tellings:
        case(telling)
    return tellings[0], tellings[1]


def case(telling: Telling) -> None:
    """A start order is posted and amended; a crew is summoned and protests."""
    clerk = ("--by", "Cleo", "--role", "clerk-of-the-course")
    at = telling.at
    telling("record", "StageScheduled", "stage=SS4", "order=4", *clerk)
    telling("publish", "start-order", "SS4", "--first-at", at("2026-03-04T08:00"), *OFFICE)
    amended = ("stage=SS4", "number=3", "place=1", f"due_at={at('2026-03-04T07:50:30')}")
    telling("record", "StartOrderAmended", *amended, *clerk)
    summoned = ("number=3", "stage=SS2", f"hearing_at={at('2026-03-03T21:15')}")
    telling("record", "SummonsIssued", *summoned, *clerk)
    telling("publish", "classification", "--after", "SS2", "--kind", "provisional", *OFFICE)
    telling("record", "PenaltyGiven", "number=3", "stage=SS2", "amount_ms=0:01:00", *clerk)


@pytest.mark.slow
def test_every_read_says_the_same(both: tuple[Telling, Telling]) -> None:
    """Whatever people are shown: a due time, a heading, a table, the words of a record."""
    own, other = both
    differ = {}
    for name, words in ASKED.items():
        said = [each(*name.split(), *words, codes=(0, 1)) for each in (own, other)]
        if sorted(said[0].splitlines()) != sorted(said[1].splitlines()):
            lines = zip(*(sorted(each.splitlines()) for each in said), strict=False)
            differ[name] = [pair for pair in lines if pair[0] != pair[1]]
    assert not differ, "\n".join(map(str, differ.items()))


@pytest.mark.slow
def test_every_document_says_the_same(both: tuple[Telling, Telling]) -> None:
    """Also in the data that are attached to it, but for what stands in the records themselves."""
    own, other = both
    for words in some_of(DRAWN):
        drawn = []
        for telling in (own, other):
            telling("document", *words, "-o", "drawn.pdf")
            drawn.append(masked(text(Path("drawn.pdf").read_bytes())))
        assert drawn[0] == drawn[1], words
