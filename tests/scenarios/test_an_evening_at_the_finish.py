"""An evening at the finish: twelve crews, three stages, one timekeeper at the entry desk.

Everything that is typed is typed at a terminal, and every key is counted: those of a line, its
Enter, what answers a question. The same rally is put on record by `rally record`, too, and both
have the same standings.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.command_line.conftest import answer
from tests.conftest import Filling, Rally
from tests.desk.conftest import NUMBERS, found_the_loop
from tests.desk.screen import Sitting, sitting

AT_MOST = 1300
"""So many keys may a rally of 108 records take."""
Day = Mapping[int, tuple[str, str, str]]
"""A stage: when each crew started it, finished it and was at the control behind it."""


def _clock(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _stage(hour: int, *, mixed: bool = False) -> Day:
    """Every three minutes one starts, then every two; first each comes in as it went out.

    So the next start list is that of the numbers, too, as the rules make it of the times.
    """
    day = {}
    for place, number in enumerate(NUMBERS):
        start = hour * 3600 + min(place, 10) * 180 + max(place - 10, 0) * 120
        finish = start + 5400 + ((place * 137) % 400 if mixed else place * 17)
        control = (finish // 60 + 40) * 60
        day[number] = (_clock(start), _clock(finish), _clock(control)[:-3])
    return day


SS1, SS2, SS3 = _stage(6), _stage(9), _stage(12, mixed=True)


def _in_order(day: Day, column: int) -> list[tuple[int, str]]:
    """Who comes when, in the order in which they come."""
    times = ((number, row[column]) for number, row in day.items())
    return sorted(times, key=lambda each: [int(part) for part in each[1].split(":")])


def _answers(desk: Sitting, key: str, question: str) -> None:
    """Read a question and answer it."""
    desk.see(f"WAITS: {question}")
    desk.enter(key)
    desk.until(lambda: "WAITS" not in desk.text, "an answer")


def _starts(desk: Sitting, stage: str, first: str) -> None:
    """Walk along the start list: Enter for each car that sets off."""
    desk.enter(f"at {stage} start")
    desk.see(f"Enter starts 101 Driver 1 at {first}.")
    for following in NUMBERS[1:]:
        desk.enter()
        desk.see(f"Enter starts {following} ")
    desk.enter()
    desk.see("112 Driver 12, Dromedar: started")


def _comes(desk: Sitting, place: str, cars: list[tuple[int, str]]) -> None:
    """Sit down at a place: a line for each car that comes."""
    desk.enter(f"at {place}")
    for number, time in cars:
        desk.enter(f"{number} {time}")


def _morning(desk: Sitting) -> None:
    """SS1, as everything is quiet."""
    _starts(desk, "SS1", "06:00:00")
    _comes(desk, "SS1 finish", _in_order(SS1, 1))
    desk.see("Nobody is missing.")
    _comes(desk, "TC1", _in_order(SS1, 2))


def _noon(desk: Sitting) -> None:
    """SS2: two slips, of which the desk finds one and the timekeeper the other."""
    _starts(desk, "SS2", "09:00:00")
    desk.enter("at SS2 finish")
    first, second, *others = _in_order(SS2, 1)
    # An 8 for a 10: that would have been before it started.
    desk.enter(f"{first[0]} 8{first[1].removeprefix('10')}")
    _answers(desk, "n", f"{first[0]} 8")
    desk.enter(f"{first[0]} {first[1]}")
    # The number of the car behind: nothing seems wrong, but the driver is read back.
    desk.enter(f"{second[0] + 1} {second[1]}")
    desk.see(f"{second[0] + 1} Driver", "SS2: ")
    desk.enter("u")
    desk.see("is undone")
    desk.enter(f"{second[0]} {second[1]}")
    for number, time in others:
        desk.enter(f"{number} {time}")
    desk.see("Nobody is missing.")
    _comes(desk, "TC2", _in_order(SS2, 2))


def _evening(desk: Sitting) -> None:
    """SS3, with cold fingers: a car twice, one that stops, and one that was not it."""
    _starts(desk, "SS3", "12:00:00")
    desk.enter("at SS3 finish")
    come = [each for each in _in_order(SS3, 1) if each[0] != 107]
    for number, time in come[:4]:
        desk.enter(f"{number} {time}")
    # The marshal calls the same car again, a second later.
    desk.enter(f"{come[3][0]} {come[4][1]}")
    _answers(desk, "n", f"{come[3][0]} ")
    for number, time in come[4:8]:
        desk.enter(f"{number} {time}")
    # The sweeper reports a car that stands: it is noted for the wrong one, then for the right one.
    wrong = come[-2][0]
    desk.enter(f"{wrong} r mech gearbox")
    desk.see(f"{wrong} Driver", "reported retired")
    desk.enter("u ; it is 107")
    desk.see("is undone")
    desk.enter("107 r mech gearbox")
    for number, time in come[8:-1]:
        desk.enter(f"{number} {time}")
    # The last one stood in the sand for hours; it is late indeed, and recorded all the same.
    desk.enter(f"{come[-1][0]} 18:40:00")
    _answers(desk, "", f"{come[-1][0]} 18:40:00")
    desk.see("Nobody is missing.")
    desk.enter("at TC3")
    for number, time in _in_order(SS3, 2):
        if number not in {107, come[-1][0]}:
            desk.enter(f"{number} {time}")
    desk.enter(f"{come[-1][0]} 19:20")


def _by_record() -> Iterator[tuple[str, ...]]:
    """The same by `rally record`: what stands of that evening, a command each."""
    last = _in_order(SS3, 1)[-1][0]
    for order, day in enumerate((SS1, SS2, SS3), 1):
        stage = f"stage=SS{order}"
        for number, (start, finish, control) in day.items():
            crew = f"number={number}"
            gone = (order, number) == (3, 107)
            late = (order, number) == (3, last)
            yield ("StageStarted", crew, stage, "--at", start)
            if gone:
                yield ("RetirementReported", crew, stage, "cause=mechanical", "--reason", "gearbox")
                continue
            yield ("PassingRecorded", crew, stage, "--at", "18:40:00" if late else finish)
            at = "19:20" if late else control
            yield ("ControlPassed", crew, f"control=TC{order}", "--at", at)


@pytest.mark.slow
def test_an_evening_at_the_finish(rally: Rally, filled: Filling, tmp_path: Path) -> None:
    """108 records, three warnings, two undos and a retirement in at most 1,300 keys."""
    filled("desert-loop", lambda: found_the_loop(rally))
    shutil.copy(tmp_path / "rally.db", tmp_path / "recorded.db")
    before = answer(rally, "verify")["size"]
    with sitting("--clock-is-right", folder=tmp_path) as desk:
        desk.see("Say where you are: at SS1 finish.")
        _morning(desk)
        _noon(desk)
        _evening(desk)
        desk.enter("q")
        assert 0 == desk.end()
        assert "2 of them undone" in desk.text
        assert "Not recorded" not in desk.text
        keys = desk.keys
    assert 108 + 2 * 2 - 1 == answer(rally, "verify")["size"] - before
    assert AT_MOST >= keys, f"{keys} keys"
    for words in _by_record():
        ann = ("--by", "Ann", "--role", "timekeeper")
        said = rally("--ledger", "recorded.db", "record", *words, *ann)
        assert 0 == said.code, said
    assert _standings(rally) == _standings(rally, "--ledger", "recorded.db")


def _standings(rally: Rally, *ledger: str) -> list[Any]:
    """The overall and each stage: who is in it with which time, who is not and why."""
    asked = [(), *(("--stage", f"SS{order}") for order in (1, 2, 3))]
    told = [answer(rally, *ledger, "standings", *scope) for scope in asked]
    assert 11 == len(told[0]["rows"])
    return [{name: each[name] for name in ("rows", "unclassified")} for each in told]
