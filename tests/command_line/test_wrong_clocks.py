"""A clock that is far off: who records by it has to say that it is right; imports are told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command_line.conftest import answer
from tests.conftest import NOW, Rally, Ticking

HOUR = 3_600_000
DAY = 24 * HOUR
YEARS = 100 * 365 * DAY
ANN = ("--by", "Ann", "--role", "secretary")
REMARK = ("record", "RemarkMade", "text=hello", *ANN)
RIGHT = "--clock-is-right"


@pytest.fixture
def loop(rally: Rally) -> Rally:
    """A rally that has just begun."""
    said = rally("new", "loop", "--title", "Loop", "--timezone", "+08:00", *ANN)
    assert said.code == 0, said
    return rally


OFF = {
    "in a hundred years": YEARS,
    "49 hours later": 49 * HOUR,
    "an hour earlier": -HOUR - 10_000,
    "in 1970": 1000 - NOW,
}


@pytest.mark.parametrize("when", OFF)
def test_a_clock_that_is_far_off(loop: Rally, clock: Ticking, when: str) -> None:
    """It is refused, told where it is only tried, and appended when somebody says it is right."""
    clock.now += OFF[when]
    size = answer(loop, "verify")["size"]
    refused = loop(*REMARK)
    assert (refused.code, refused.out) == (1, "")
    assert "The clock of this machine shows" in refused.err
    assert RIGHT in refused.err
    assert "Nothing was appended" in refused.err
    tried = loop(*REMARK, "--dry-run")
    assert (tried.code, RIGHT in tried.err) == (0, True)
    assert size == answer(loop, "verify")["size"]
    assert loop(*REMARK, RIGHT).code == 0
    assert loop(*REMARK).code == 0  # it agrees with the last record now


@pytest.mark.parametrize("ms", [-HOUR + 10_000, 0, 47 * HOUR])
def test_a_clock_that_is_near(loop: Rally, clock: Ticking, ms: int) -> None:
    """Two days without a record and most of an hour back are nothing unusual."""
    clock.now += ms
    assert loop(*REMARK).code == 0


@pytest.mark.parametrize(
    "act",
    [
        ("correct", "#1", "title=Other", "--reason", "typed wrongly", *ANN),
        ("void", "#2", "--reason", "twice", *ANN),
        ("decide", "no-action", "7", "--fact", "none", "--by", "Ann", "--role", "stewards"),
        (
            "draw-up",
            "classification",
            "--kind",
            "partial",
            "--by",
            "Ann",
            "--role",
            "clerk-of-the-course",
        ),
    ],
)
def test_every_act_is_asked(loop: Rally, clock: Ticking, act: tuple[str, ...]) -> None:
    """Whatever an official does, a clock of another century is noticed first."""
    clock.now += YEARS
    said = loop(*act)
    assert (said.code, "The clock of this machine shows" in said.err) == (1, True)


def test_the_first_record_of_a_rally(rally: Rally, clock: Ticking) -> None:
    """Where nothing stands in the log yet, the days of the rally tell."""
    begun = ("new", "loop", "--title", "Loop", "--timezone", "+08:00", *ANN)
    days = ("--starts-on", "2016-07-25", "--ends-on", "2016-07-31")
    clock.now += 401 * DAY + 11 * DAY
    refused = rally(*begun, *days)
    assert (refused.code, "days from those of the rally" in refused.err) == (1, True)
    recorded = ("record", "RallyConstituted", "title=Loop", "starts_on=2016-07-25")
    also = rally(*recorded, "--rally", "loop", *ANN)
    assert (also.code, "days from those of the rally" in also.err) == (1, True)
    assert rally(*begun, *days, RIGHT).code == 0
    assert rally(*REMARK).code == 0


def test_one_record_of_another_century(loop: Rally, clock: Ticking) -> None:
    """It spoils no cut: what is recorded by the right clock afterwards tells the time.

    Its time of receipt can't be gone behind; that of the next ones is told not to be usable.
    """
    assert loop(*REMARK).code == 0
    clock.now += YEARS
    assert loop(*REMARK, RIGHT).code == 0
    clock.now -= YEARS
    back = loop(*REMARK, RIGHT)
    assert (back.code, "time of receipt is not usable" in back.err) == (0, True)
    clock.now += 2 * HOUR
    later = loop(*REMARK)
    assert (later.code, "time of receipt is not usable" in later.err) == (0, True)
    positions = {
        moment: answer(loop, "log", "--known-at", moment)["basis"]["position"]
        for moment in ("2016-07-20T15:40+08:00", "2016-07-20T18:00+08:00", "2115-01-01T00:00Z")
    }
    assert list(positions.values()) == [5, 6, 6]
    assert "not usable" in loop("show", "#5").out
    assert answer(loop, "show", "#5")["record"]["received_at_usable"] is False
    assert "not usable" not in loop("show", "#3").out
    assert loop("verify").code == 0


def test_an_import_is_told(dune: Rally, clock: Ticking, tmp_path: Path) -> None:
    """Imports are never refused; that the clock is far off stands in their report."""
    clock.now += YEARS
    penalties = tmp_path / "sheets" / "penalties.csv"
    lines = penalties.read_text(encoding="utf-8").splitlines()
    lines.insert(1, "SS1,101,0:00:10,late,,,")
    penalties.write_text("\n".join(lines) + "\n", encoding="utf-8")
    said = dune("import", "sheets", "sheets", "--json")
    report = json.loads(said.out)
    assert any("The clock of this machine shows" in each["message"] for each in report["notes"])
    assert report["appended"]


def test_nothing_is_told_of_a_restored_log(loop: Rally, tmp_path: Path, clock: Ticking) -> None:
    """A log that is restored keeps its times of receipt: no clock of this machine plays a part."""
    assert loop("export", "jsonl", "out.jsonl").code == 0
    clock.now += YEARS
    said = loop("import", "jsonl", "out.jsonl", "--ledger", "copy.db", "--json")
    assert (said.code, json.loads(said.out)["notes"]) == (0, [])
