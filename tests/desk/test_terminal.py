"""The desk on a terminal of 80 x 24: what stands where, and what keys, pastes and signals do."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from ledger.log import Ledger
from ledger.record import Record
from tests.conftest import Filling, Rally, Ticking
from tests.desk.conftest import CLERK, NUMBERS, found_the_loop
from tests.desk.screen import CTRL_C, CTRL_D, PAGE_UP, TAB, UP, Sitting, sitting
from tests.desk.test_plain import ANN, a_rally_in_lines


@pytest.fixture
def under_way(rally: Rally, filled: Filling) -> Rally:
    """The Desert Loop, with 101 to 104 on SS1."""
    filled("under-way", lambda: _under_way(rally))
    return rally


def _under_way(loop: Rally) -> None:
    found_the_loop(loop)
    for n in range(101, 105):
        started = (f"number={n}", "stage=SS1", "--at", f"2016-07-20T06:{(n - 101) * 3:02}+03:00")
        assert 0 == loop("record", "StageStarted", *started, *CLERK).code


@pytest.fixture
def desk(under_way: Rally, tmp_path: Path) -> Iterator[Sitting]:
    """Ann at the finish of SS1, to which they are under way."""
    with sitting("--at-place", "SS1 finish", "--clock-is-right", folder=tmp_path) as at:
        at.see("At SS1 finish", "On the stage: 4")
        yield at


def held(folder: Path) -> list[Record]:
    """What the ledger holds."""
    ledger = Ledger(str(folder / "rally.db"), Ticking())
    records = [*ledger.log(ledger.rallies()[0]).read()]
    ledger.close()
    return records


def test_the_screen(desk: Sitting) -> None:
    """The context on top, who is missing at the side, the line at the bottom, whole."""
    first, second, *rest = desk.lines
    assert " At SS1 finish, clock. 31:12 is min:s of this hour, +31:12 since its start." == first
    assert " Ann, timekeeper · site main · loop-2016" == second
    side = [each.partition("│")[2] for each in rest[:19]]
    assert "On the stage: 4" == side[0]
    assert [f"{n} Driver {n - 100}" for n in range(101, 105)] == [
        " ".join(each.split()[:3]) for each in side[1:5]
    ]
    assert all(re.fullmatch(r".* \d+ days", each) for each in side[1:5])
    assert ">" == rest[20].strip()
    assert rest[21].startswith(" ? help  u undo")
    assert 80 >= max(map(len, desk.lines))


def test_a_line_moves_the_list_at_the_side(desk: Sitting) -> None:
    """It is read back, recorded and placed, broken between words; who came is missing no more."""
    desk.enter("101 7:31:12")
    desk.until(lambda: "SS1: 1st of 1, 1:31:12." in _told(desk), "its place")
    shown = desk.see("On the stage: 3")
    assert "> 101 7:31:12" in shown
    assert "101 Driver 1, Dromedar: passed the finish on SS1. Wed 20 Jul 2016 07:31:12" in _told(
        desk
    )
    assert "101 Driver" not in "".join(each.partition("│")[2] for each in desk.lines)


def _told(desk: Sitting) -> str:
    """What stands left of the list, as if its lines were not broken."""
    return " ".join(each.partition("│")[0].strip() for each in desk.lines)


def test_a_question_stands_above_the_line(desk: Sitting, tmp_path: Path) -> None:
    """A warning asks; until it is answered it stays there, whatever is typed meanwhile."""
    before = len(held(tmp_path))
    desk.enter("101 5:31:12")
    desk.see("WAITS: 101 5:31:12  Enter records it, n drops it")
    desk.enter("102 7:32:00")
    desk.see("WAITS: 101 5:31:12", "On the stage: 3")
    assert before + 1 == len(held(tmp_path))
    desk.enter("n")
    desk.see("Nothing was recorded.")
    desk.until(lambda: "WAITS" not in desk.text, "no question")


@pytest.mark.slow
def test_enter_before_the_question_was_seen_answers_nothing(desk: Sitting, tmp_path: Path) -> None:
    """Both at once: the second Enter can't have been meant for what was not on the screen."""
    before = len(held(tmp_path))
    desk.type("101 5:31:12\r\r")
    desk.until(lambda: desk.text.count("Record `101 5:31:12`?") == 2, "the question once more")
    assert before == len(held(tmp_path))
    desk.enter()
    desk.see("recorded.")
    assert before + 1 == len(held(tmp_path))


def test_keys(desk: Sitting) -> None:
    """History by arrow, completion with drivers, Ctrl-C drops the line, paging, Ctrl-D ends."""
    desk.enter("101 nonsense")
    desk.see("Refused")
    desk.press(UP)
    desk.see("\n> 101 nonsense\n ?")
    desk.press(CTRL_C)
    desk.until(lambda: "\n>\n ?" in desk.text, "an empty line")
    desk.type("10")
    desk.press(TAB)
    desk.see("105    Driver 5")
    desk.press(CTRL_C)
    desk.enter("?")
    desk.see("Enter: Records the line that waits")
    desk.press(PAGE_UP)
    desk.see("10 rows back")
    desk.press(CTRL_D)
    assert 0 == desk.end()
    assert "Nothing was recorded." in desk.text


def test_news_of_others_leaves_the_line_alone(desk: Sitting, under_way: Rally) -> None:
    """What another desk says of the same passing is told at once; what is typed stays as it is."""
    desk.enter("101 7:31:12")
    desk.see("On the stage: 3")
    desk.type("102 7:3")
    desk.see("> 102 7:3")
    his = ("PassingRecorded", "number=101", "stage=SS1", "--at", "2016-07-20T07:31:15+03:00")
    bob = ("--by", "Bob", "--role", "timekeeper", "--clock-is-right")
    assert 0 == under_way("record", *his, *bob).code
    shown = desk.see("CONFLICT with your #")
    assert "\n> 102 7:3\n" in shown
    gone = ("RetirementReported", "number=104", "stage=SS1", "cause=mechanical")
    assert 0 == under_way("record", *gone, *bob).code
    desk.see("On the stage: 2")
    desk.enter("2:00")
    desk.see("On the stage: 1")


@pytest.mark.slow
def test_a_hundred_records_pasted(loop: Rally, tmp_path: Path) -> None:
    """In brackets, as terminals paste: each line is recorded, what is not a whole one stays."""
    lines = [*a_rally_in_lines(), "at SS3 finish", "101 11:59:00"]  # before its start: it is told
    with sitting("--clock-is-right", folder=tmp_path) as desk:
        desk.see("Say where you are")
        begun = time.monotonic()
        desk.paste("\n".join([*lines, "101 "]))
        desk.see("\n> 101")
        desk.press(CTRL_C)
        desk.enter("q")
        assert 0 == desk.end()
        took = time.monotonic() - begun
        assert f"{9 * len(NUMBERS) + 1} lines recorded" in desk.text
        assert took < 30, f"{took:.1f} s"


@pytest.mark.slow
def test_what_is_typed_behind_the_end(desk: Sitting, tmp_path: Path) -> None:
    """It is not recorded, and that is told."""
    before = len(held(tmp_path))
    desk.paste("q\n101 7:31:12\n")
    assert 0 == desk.end()
    assert "Not recorded, as it came behind the end: `101 7:31:12`." in desk.text
    assert before == len(held(tmp_path))


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, pytest.param(signal.SIGHUP, marks=pytest.mark.slow)]
)
def test_a_request_to_end(desk: Sitting, number: int, tmp_path: Path) -> None:
    """It ends behind what was entered, and tells what waits."""
    before = len(held(tmp_path))
    desk.enter("101 5:31:12")
    desk.see("WAITS")
    desk.enter("102 7:32:00")
    desk.type("103 7:3")
    desk.see("> 103 7:3")
    os.kill(desk.process.pid, number)
    assert 128 + number == desk.end()
    assert "Not recorded: `101 5:31:12` (at SS1 finish, clock)." in " ".join(desk.text.split("\n"))
    assert before + 1 == len(held(tmp_path))


def test_a_terminal_that_is_gone(desk: Sitting, tmp_path: Path) -> None:
    """The connection breaks: the desk ends, with everything that it had acknowledged."""
    before = len(held(tmp_path))
    desk.enter("101 7:31:12")
    desk.see("recorded.")
    desk.hang_up()
    assert 0 != desk.process.wait(30)
    assert before + 1 == len(held(tmp_path))


@pytest.mark.slow
def test_killed_in_the_midst_of_a_line(desk: Sitting, tmp_path: Path) -> None:
    """At most the line that was being typed is lost."""
    before = len(held(tmp_path))
    desk.enter("101 7:31:12")
    desk.see("recorded.")
    desk.type("102 7:32")
    desk.see("> 102 7:32")
    desk.process.kill()
    desk.process.wait(30)
    assert before + 1 == len(held(tmp_path))


@pytest.mark.slow
def test_a_narrow_terminal(under_way: Rally, tmp_path: Path) -> None:
    """In few columns the list at the side gives way; `who` has it."""
    with _small(tmp_path) as small:
        small.see("At SS1 finish")
        assert "│" not in small.text
        small.enter("who")
        small.see("On the stage (4)")
        assert all(len(each) <= 40 for each in small.lines)


def _small(folder: Path) -> AbstractContextManager[Sitting]:
    return sitting(
        "--at-place", "SS1 finish", "--clock-is-right", folder=folder, columns=40, rows=12
    )


def test_without_the_extra(loop: Rally, tmp_path: Path) -> None:
    """One clear line says what to install, and that plain lines need nothing."""
    hidden = "import sys; sys.modules['prompt_toolkit'] = None; from cli.main import main; main()"
    with sitting(folder=tmp_path, program=("-c", hidden, "desk")) as at:
        assert 0 != at.end()
        told = "".join(at.screen.display)
        assert "--plain needs none" in told
        assert "[desk]" in told
    plain = subprocess.run(
        [sys.executable, "-c", hidden, "desk", "--plain", "--clock-is-right", *ANN],
        input="at SS1 start\n101 6:00\n",
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert 0 == plain.returncode, plain
    assert "101 Driver 1, Dromedar: started SS1." in plain.stdout
