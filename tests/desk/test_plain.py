"""The desk in plain lines: out of a pipe, for a screen reader, in whatever is no terminal."""

from __future__ import annotations

import io
import signal
import sys
import time
from types import SimpleNamespace

import pytest

from cli.desk.plain import PlainDesk
from cli.main import run
from cli.waiting import Stopped
from tests.conftest import Rally, Said
from tests.desk.conftest import NUMBERS, AtTheDesk, Sits

ANN = ("--by", "Ann", "--role", "timekeeper")


@pytest.fixture
def piped(loop: Rally, monkeypatch: pytest.MonkeyPatch) -> Rally:
    """`rally desk` with lines out of a pipe: the last word is what stands in it."""

    def call(*words: object) -> Said:
        *others, text = map(str, words)
        pipe = SimpleNamespace(buffer=io.BytesIO(text.encode()), isatty=lambda: False)
        monkeypatch.setattr(sys, "stdin", pipe)
        return loop("desk", *ANN, *others)

    return call


def test_lines_out_of_a_pipe(piped: Rally) -> None:
    """Each is read back and recorded; a warning is told; one that is refused does not stop it."""
    said = piped("at SS1 start\n101 6:00\n\n102 -\nat SS1 finish\n101 5:59:00\n101 nonsense\n")
    assert 1 == said.code
    told = said.out.splitlines()
    assert "At SS1 start, clock. Enter starts 101 Driver 1 at 06:00:00." == told[0]
    assert "101 Driver 1, Dromedar: started SS1. Wed 20 Jul 2016 06:00:00 +03:00." == told[1]
    assert "102 Driver 2, Dromedar: did not start on SS1." in told
    assert any(each.startswith("Warning: ") for each in told)
    assert any(each.startswith("Refused: ") for each in told)
    assert told[-1].startswith("3 lines recorded, #")
    assert "" == said.err
    assert "\x1b" not in said.out


def test_a_place_that_is_not_there(piped: Rally) -> None:
    """It is refused before anybody sits down."""
    said = piped("--at-place", "SS9 finish", "101 6:00\n")
    assert 0 != said.code
    assert "SS9" in said.err
    assert "" == said.out


def test_what_is_needed_to_sit_down(rally: Rally) -> None:
    """A ledger, a rally in it, a name and an office."""
    assert "Missing option '--by'" in rally("desk").err
    assert "may be empty" in rally("desk", "--by", " ", "--role", "timekeeper").err
    said = rally("desk", *ANN)
    assert 5 == said.code
    assert "rally.db" in said.err


def test_a_clock_in_doubt(piped: Rally, clock: SimpleNamespace) -> None:
    """Who sits down by a clock that is far off is told so, unless they say that it is right."""
    clock.now += 400 * 86_400_000
    said = piped("at SS1 start\n101 6:00\n")
    assert 1 == said.code
    assert "--clock-is-right" in said.err
    assert 0 == piped("--clock-is-right", "at SS1 start\n101 6:00\n").code


def test_what_is_no_text(piped: Rally, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes that are no UTF-8, signs of control and endless lines are refused, not obeyed."""
    pipe = SimpleNamespace(
        buffer=io.BytesIO(b"\xff\xfe 31:12\n\x1b[2J 31:12\n" + b"1" * 100_000 + b"\n"),
        isatty=lambda: False,
    )
    said = piped("--at-place", "SS1 finish", "")
    monkeypatch.setattr(sys, "stdin", pipe)
    assert 1 == run(["desk", *ANN, "--at-place", "SS1 finish"])
    assert 0 == said.code


def _plain(ann: AtTheDesk, *lines: str | int, answers: bool = True) -> tuple[int, list[str]]:
    """Sit in plain lines; a number in place of a line is a signal that comes meanwhile."""
    told: list[str] = []
    typed = iter(lines)

    def read() -> str:
        line = next(typed, None)
        if isinstance(line, int):
            raise Stopped(line)
        return "" if line is None else f"{line}\n"

    return PlainDesk(ann.session, read, told.append, answers=answers).sit(), told


def test_somebody_answers(sits: Sits) -> None:
    """A warning asks once more; behind a record stands who is still missing, and who is next."""
    ann = sits("SS1 start")
    code, told = _plain(ann, "", "", "", "at SS1 finish", "101 5:59:00", "n", "101 7:31:12", "q")
    assert 0 == code
    assert "Enter starts 102 Driver 2 at 06:03:00." in told
    assert "Record `101 5:59:00`? Enter records it all the same, n drops it." in told
    assert "On the stage (2): 102 Driver 2 4 h 32, 103 Driver 3 4 h 29." in told
    assert told[-1].startswith("4 lines recorded")


def test_ctrl_c_drops_the_line(sits: Sits) -> None:
    """It does not end the sitting; a request to terminate does, and tells what waits."""
    ann = sits("SS1 start")
    code, told = _plain(ann, signal.SIGINT, "101 10:50", signal.SIGTERM, "102 6:03")
    assert 128 + signal.SIGTERM == code
    assert "What was being typed is dropped; q ends." == told[0]
    assert "Not recorded: `101 10:50` (at SS1 start, clock)." == told[-1]
    code, _ = _plain(sits("SS1 start"), signal.SIGINT, answers=False)
    assert 128 + signal.SIGINT == code


def a_rally_in_lines() -> list[str]:
    """The starts, finishes and controls of twelve crews on three stages: 108 records."""
    lines = []
    for stage, hour in ((1, 6), (2, 9), (3, 12)):
        for place, later in (("SS{} start", 0), ("SS{} finish", 80), ("TC{}", 115)):
            lines.append(f"at {place.format(stage)}")
            for number in NUMBERS:
                minutes = hour * 60 + (number - 101) * 3 + (later and later + number % 5)
                lines.append(f"{number} {minutes // 60}:{minutes % 60:02}:00")
    return lines


@pytest.mark.slow
def test_a_hundred_records_in_a_pipe(piped: Rally) -> None:
    """They take less than two seconds: here with a margin, measured in the time of this process."""
    text = "\n".join(a_rally_in_lines())
    begun = time.process_time()
    said = piped(f"{text}\n")
    took = time.process_time() - begun
    assert said.out.splitlines()[-1].startswith("108 lines recorded")
    assert took < 6, f"{took:.2f} s"
