"""Transcripts of cards keyed twice: blind entry, the list, the closing, the dice, the bound."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Filling, Rally

SECRETARY = ("--by", "Eva", "--role", "secretary")
CLERK = ("--by", "Cle", "--role", "clerk-of-the-course")
TIMEKEEPER = ("--by", "Tim", "--role", "timekeeper")
STEWARDS = ("--by", "Ste", "--role", "stewards")
Typed = Callable[..., str]


@pytest.fixture
def typed(rally: Rally, filled: Filling) -> Typed:
    """A line that is typed: what it prints. A rally of four crews on one stage is entered."""

    def line(*words: object) -> str:
        done = rally(*words, "--clock-is-right")
        assert 0 == done.code, (words, done.err)
        return done.out + done.err

    def fill() -> None:
        line("new", "loop", "--title", "Loop", "--timezone", "+08:00", *SECRETARY)
        stage = ("stage=SS1", "order=1", "first_start_at=2016-07-10T08:00")
        line("record", "StageScheduled", *stage, *SECRETARY)
        for number in range(101, 105):
            crew = (f"number={number}", f"driver=D {number}", "category=cars")
            line("record", "CrewEntered", *crew, *SECRETARY)
            keyed(line, "StageStarted", number, "08:00", "Di")

    filled("cards", fill)
    return line


def keyed(line: Typed, kind: str, number: int, time: str, by: str, *more: str) -> str:
    """What is told to somebody who keys a start or a finish from a card."""
    said = ("record", kind, f"number={number}", "stage=SS1", "--at", f"2016-07-10T{time}")
    return line(*said, "--source", "time-card", "--by", by, "--role", "marshal", *more)


def finish(line: Typed, number: int, time: str, by: str, *more: str) -> str:
    """The same of a finish."""
    return keyed(line, "PassingRecorded", number, time, by, *more)


def answer(rally: Rally, *words: object) -> dict[str, Any]:
    """A read as JSON."""
    found: dict[str, Any] = json.loads(rally(*words, "--json").out)
    return found


def test_who_keys_is_not_told_what_another_read(rally: Rally, typed: Typed) -> None:
    """Whether Bo agrees with Ann or not, whatever she read: the same is told to him."""
    for number, time in ((101, "09:57"), (102, "10:11"), (103, "11:59")):
        finish(typed, number, time, "Ann")
    alike, otherwise, unlikely = (
        _told(finish(typed, number, "09:57", "Bo", *more))
        for number, more in ((101, ()), (102, ()), (103, ("--dry-run",)))
    )

    assert alike == otherwise
    assert "What it moves is not told to who keys cards that somebody else keys as well." in alike
    assert "Overall" not in unlikely
    assert "differ" in rally("anomalies").out
    assert "10:11" not in rally("cards").out + rally("anomalies").out + rally("outstanding").out


def test_who_corrects_his_keying_is_not_told_either(rally: Rally, typed: Typed) -> None:
    """Nor could he try what he may have misread until the warning goes away."""
    finish(typed, 101, "09:57", "Ann")
    finish(typed, 101, "09:58", "Bo")
    bo = 13
    right = ("fact_at=2016-07-10T09:57", "--reason", "misread", "--role", "marshal")
    tried = typed("correct", f"#{bo}", *right, "--by", "Bo", "--dry-run")

    assert "Overall" not in tried
    assert "Warning" not in tried


def test_who_keys_alone_is_told_as_ever(typed: Typed) -> None:
    """Nobody else keys cards of this stage but Di, until Ann comes to help."""
    assert "101 not classified → 1st" in finish(typed, 101, "09:57", "Di")
    assert "Overall" not in finish(typed, 102, "09:58", "Ann")
    assert "Overall" not in finish(typed, 103, "09:59", "Di")


def _told(text: str) -> str:
    """What is told, whatever the crew, the record and the key."""
    return re.sub(r"#\d+ [0-9a-f]{10}|Crew \d+|--key \w+", "…", text)


def test_the_cells_and_how_each_stands(rally: Rally, typed: Typed) -> None:
    """One confirmed, one that differs, and the starts that one person keyed."""
    finish(typed, 101, "09:57", "Ann")
    finish(typed, 101, "09:57", "Bo")
    finish(typed, 102, "10:11", "Ann")
    finish(typed, 102, "10:17", "Bo")
    shown = rally("cards").out

    assert "101 the finish on SS1  confirmed  Ann, Bo   09:57:00  #12 #13" in shown
    assert "102 the finish on SS1  differs    Ann, Bo             #14 #15" in shown
    assert "103 the start of SS1   single     Di" in shown
    assert "4 single, 1 confirmed, 1 differs" in shown
    (row,) = answer(rally, "cards", "--stands", "differs")["rows"]
    assert ("", None, [14, 15]) == (row["read"], row["position"], row["positions"])
    assert "number,stage,cell,stands" in rally("cards", "--csv").out
    assert "keyed by Ann, confirmed by Bo" in rally("time-card", "101").out
    assert "confirms what was keyed" in rally("why", "101").out
    assert "keyed differently by Ann and Bo" in rally("why", "102").out


def test_an_evening_with_a_second_reading(rally: Rally, typed: Typed) -> None:
    """The starts are closed; two offices throw; what is drawn is read again, and one was wrong."""
    assert "of 4 cells keyed once 2 are read again" in typed("close-cards", "50%", *TIMEKEEPER)
    closing = "#12"
    assert "Dice are to be thrown by two offices" in rally("cards").out
    typed("throw-dice", closing, "35162", *CLERK)
    again = rally("throw-dice", closing, "1", *CLERK, "--clock-is-right")
    assert (1, True) == (again.code, "threw 35162 already" in again.err)
    typed("throw-dice", closing, "4 1", *STEWARDS)
    late = rally("throw-dice", closing, "6", "--by", "J", "--role", "court", "--clock-is-right")
    assert (1, True) == (late.code, "Two offices threw already" in late.err)

    drawn = _drawn(rally, closing, {"clerk-of-the-course": "35162", "stewards": "41"})
    (found,) = answer(rally, "cards")["closings"]
    assert drawn == [each["cell"] for each in found["drawn"]]
    assert "Nothing is proved yet." in rally("cards").out
    first, second = (int(each.split()[0]) for each in drawn)
    keyed(typed, "StageStarted", first, "08:00", "Bo")
    keyed(typed, "StageStarted", second, "08:01", "Bo")
    keyed(typed, "StageStarted", second, "08:01", "Cleo")

    shown = rally("cards").out
    assert re.search(rf"wrong +{second} the start of SS1, by Bo and Cleo", shown)
    assert "95 %: fewer than 4 of 4 cells are wrong" in shown
    assert "50 %: fewer than 3 of 4 cells are wrong" in rally("cards", "--confidence", "50").out


def _drawn(rally: Rally, closing: str, throws: dict[str, str]) -> list[str]:
    """What anybody draws from the record of the closing and the throws, as the page tells it."""
    closed = json.loads(rally("show", closing, "--json").out)["record"]["occurrence"]
    lines = [closed["root"], *(f"{office} {throws[office]}" for office in sorted(throws))]
    seed = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    cells = [each["cell"] for each in closed["cells"]]
    cells.sort(key=lambda cell: hashlib.sha256(f"{seed} {cell}".encode()).digest())
    return cells[: closed["wanted"]]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("close-cards", "0", *TIMEKEEPER), "'0' is no part of 4 cells"),
        (("close-cards", "half", *TIMEKEEPER), "'half' is no part of 4 cells"),
        (("close-cards", "5", *TIMEKEEPER), "'5' is no part of 4 cells"),
        (("close-cards", "1", "--stage", "SS9", *TIMEKEEPER), "There is no stage SS9"),
        (("close-cards", "1", "--control", "TC9", *TIMEKEEPER), "No control TC9 is scheduled"),
        (("throw-dice", "#1", "35", *CLERK), "#1 closes no cards"),
        (("close-cards", "1", "--by", "M", "--role", "marshal"), "may not record CardsClosed"),
        (("cards", "--confidence", "100"), "A confidence can't be '100'"),
    ],
)
def test_what_makes_no_sense_is_refused(
    rally: Rally, typed: Typed, words: tuple[str, ...], why: str
) -> None:
    """With what to do instead; nothing is appended."""
    done = rally(*words, *(() if words[0] == "cards" else ("--clock-is-right",)))

    assert 0 != done.code
    assert why in done.err
    assert "Hint: " in done.err


def test_a_closing_that_tells_other_cells_is_found_out(rally: Rally, typed: Typed) -> None:
    """Somebody typed it in, and left out what he had keyed; or it is of another copy of the log."""
    typed("close-cards", "1", *TIMEKEEPER)
    (closed,) = answer(rally, "cards")["closings"]
    assert closed["reproduced"] is True
    known = (f"position={closed['at']}", f"root={closed['root']}", "wanted=0", "cells=")
    typed("record", "CardsClosed", *known, *TIMEKEEPER)
    typed("record", "CardsClosed", known[0], "root=5d", *known[2:], *TIMEKEEPER)

    told = [each["reproduced"] for each in answer(rally, "cards")["closings"]]
    assert [True, False, None] == told
    assert "These are not the cells that one person had keyed there" in rally("cards").out
    assert "That root is not of this log" in rally("cards").out


def test_dice_have_six_sides(rally: Rally, typed: Typed) -> None:
    """A seven was no throw."""
    typed("close-cards", "1", *TIMEKEEPER)

    assert 0 != rally("throw-dice", "#12", "7", *CLERK, "--clock-is-right").code


def test_nothing_is_closed_where_all_was_keyed_twice(rally: Rally, typed: Typed) -> None:
    """Nobody's reading stands alone: there is nothing to draw from."""
    for number in range(101, 105):
        keyed(typed, "StageStarted", number, "08:00", "Bo")
    done = rally("close-cards", "1", *TIMEKEEPER, "--clock-is-right")

    assert (1, True) == (done.code, "None of these cards was keyed by one person" in done.err)
