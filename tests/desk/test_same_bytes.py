"""What is typed at the desk is what `rally record` and `rally correct` would have put on record."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from cli.context import Settings
from cli.main import run
from cli.office.lines.forms import FORMS, read
from ledger.log import Ledger
from tests.conftest import Ticking
from tests.desk.conftest import Sits

LINES = {
    "SS1 start": ("101 6:00", "101 @6:00:01", "101 f 0.4", "101 -", "101 RemarkMade text=fog"),
    "SS1 finish": ("101 7:31:12", "101 +1:31:12.4", "101", "101 r mech gearbox", "101 x over"),
    "SS1 finish elapsed": ("101 1:31:12", "101 @7:31:12 ; the backup clock", "101 p 2"),
    "SS1 WP1": (
        "101 6:50:01",
        "101 w WP1",
        "101 i sos km 12",
        "101 c lost",
        "101 s DZ1 3 62",
        "101 n NZ1 in 7:00",
    ),
    "TC1": ("101 8:11", "101 10:20 ; by hand"),
    "SS1 cards": ("101 SS1 finish 7:31:12", "101 TC1 8:11"),
}


def _copied(folder: Path) -> Path:
    """A copy of the ledger as it is now."""
    other = folder / "other.db"
    here, there = sqlite3.connect(folder / "rally.db"), sqlite3.connect(other)
    here.backup(there)
    here.close()
    there.close()
    return other


def _last_bytes(file: Path) -> bytes:
    ledger = Ledger(str(file), Ticking())
    log = ledger.log("loop-2016")
    data = log.at(log.head().size).data
    ledger.close()
    return data


def _typed(words: Sequence[str], clock: int, file: Path) -> bytes:
    """What a command puts on record at that moment, of the same official."""
    signed = ("--by", "Ann", "--role", "timekeeper")
    now = Settings(lambda: clock, lambda _: 180)
    assert 0 == run(["--ledger", str(file), *words, *signed], now)
    return _last_bytes(file)


@pytest.mark.parametrize(
    ("place", "line"), [(place, line) for place, lines in LINES.items() for line in lines]
)
def test_a_line_is_the_command(sits: Sits, tmp_path: Path, place: str, line: str) -> None:
    """Byte by byte, under the same key, in every form and at every place."""
    ann = sits(place)
    other = _copied(tmp_path)
    ann.session.seat.now()
    at = ann.put_clock("10:40")
    ask = read(line, ann.session.context, ann.session.seat, at)
    ann.clock.now = at.ms - 1  # it ticks as it is asked
    ann.session.seat.log.clock = lambda: at.ms
    frozen = ann.session.take(line, at, answers=False)
    assert frozen.appended, frozen
    kept = ann.last()
    said = kept.occurrence()
    given = [ask.given["kind"], *ask.given["fields"], "--key", said.source.seq]
    given += ["--at", ask.at.iso()] if ask.at else []
    given += ["--reason", ask.reason] if ask.reason else []
    given += ["--source", ask.given["source"]] if "source" in ask.given else []
    assert kept.data == _typed(["record", *given], said.recorded_at.ms, other)


def test_a_correction_is_the_command(sits: Sits, tmp_path: Path) -> None:
    """`e` is `rally correct` with what is otherwise, `u` is `rally void`."""
    ann = sits("SS1 finish")
    (position,) = ann.takes("101 7:31:12").appended
    other = _copied(tmp_path)
    ann.takes("e 101 7:31:15 ; misread")
    kept = ann.last()
    said = kept.occurrence()
    why = ("--reason", "misread", "--key", said.source.seq)
    right = ("correct", f"#{position}", "fact_at=2016-07-20T07:31:15+03:00")
    assert kept.data == _typed([*right, *why], said.recorded_at.ms, other)
    ann.takes("u ; it was right")
    kept = ann.last()
    said = kept.occurrence()
    why = ("--reason", "it was right", "--key", said.source.seq)
    assert kept.data == _typed(["void", f"#{position + 1}", *why], said.recorded_at.ms, other)


def test_every_letter_is_among_the_lines() -> None:
    """None of the forms is left out."""
    letters = {line.split()[1] for lines in LINES.values() for line in lines if " " in line}
    assert {each.letters for each in FORMS} - {"", "TYPE"} <= letters
