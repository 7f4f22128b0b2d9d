"""What is told at entry, and what is refused there: at the command line."""

from __future__ import annotations

import pytest

from tests.command_line.conftest import answer, size
from tests.conftest import Rally

CLERK = ("--by", "Race direction", "--role", "clerk-of-the-course")
KEEPER = ("--by", "Ann", "--role", "timekeeper")


@pytest.fixture
def loop(rally: Rally) -> Rally:
    """A rally of three stages and three crews that somebody types in."""
    new = ("new", "loop-2026", "--title", "Desert Loop", "--timezone", "Asia/Riyadh")
    assert 0 == rally(*new, *CLERK).code
    for order in (1, 2, 3):
        typed(rally, "StageScheduled", f"stage=SS{order}", f"order={order}")
    typed(rally, "WaypointPlaced", "stage=SS1", "point=CP1", "order=1", "at_m=120000")
    typed(rally, "WaypointPlaced", "stage=SS1", "point=DSS", "order=0", "kind=dss")
    for number in (101, 102, 103):
        typed(rally, "CrewEntered", f"number={number}", f'driver="Driver {number}"')
    return rally


def typed(rally: Rally, *words: str, by: tuple[str, ...] = CLERK, code: int = 0) -> str:
    """Something that is put on record; answers what was said on standard error."""
    said = rally("record", *words, *by)
    assert code == said.code, said
    return said.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("StageTimeRecorded", "elapsed_ms=0:00:00"), "A time of 0:00:00 is no time."),
        (("PassingRecorded", "point=CP1", "elapsed_ms=0"), "A time of 0:00:00 is no time."),
        (("PassingRecorded", "point=CP1"), "The passing says neither when it was nor after how"),
    ],
)
def test_what_is_no_time_is_refused_when_it_is_typed(
    loop: Rally, words: tuple[str, ...], message: str
) -> None:
    """By itself, and as the right value of what was recorded before."""
    before = size(loop)
    assert message in typed(loop, words[0], "number=101", "stage=SS1", *words[1:], code=1)
    assert before == size(loop)
    right = {"StageTimeRecorded": ("elapsed_ms=1:00:00",), "PassingRecorded": ("elapsed_ms=0:40",)}
    fields = ("number=101", "stage=SS1", *words[1:-1], *right[words[0]])
    typed(loop, words[0], *fields, by=KEEPER)
    said = loop("correct", size(loop), "elapsed_ms=0", *KEEPER, "--reason", "?")
    assert (1, True) == (said.code, "A time of 0:00:00 is no time." in said.err)
    assert before + 1 == size(loop)
    typed(loop, "PassingRecorded", "number=102", "stage=SS1", "point=DSS", "elapsed_ms=0")


@pytest.mark.parametrize(
    ("kind", "fields", "other"),
    [
        ("ControlScheduled", ("control=TC1", "stage=SS1", "order=1"), "target_ms=0:20:00"),
        ("WaypointPlaced", ("stage=SS1", "point=WP2", "order=2"), "at_m=9000"),
        ("ZonePlaced", ("stage=SS1", "zone=Z1", "kind=speed"), "limit_kmh=50"),
    ],
)
def test_what_is_planned_already_is_corrected(
    loop: Rally, kind: str, fields: tuple[str, ...], other: str
) -> None:
    """A control, point or zone of the same name: the record that there is can be corrected."""
    typed(loop, kind, *fields)
    before = size(loop)
    said = typed(loop, kind, *fields, other, code=1)
    assert "It is planned already: " in said
    identity = answer(loop, "log", "--type", kind)["records"][-1]["id"][:10]
    assert f"`rally correct {identity} …`" in said
    assert 0 == loop("correct", identity, other, *CLERK, "--reason", "?").code
    name = next(each for each in fields if each.startswith(("control", "point", "zone")))
    typed(loop, kind, *(f"{name}B" if each == name else each for each in fields))
    taken = loop("correct", size(loop), name, *CLERK, "--reason", "?")
    assert (1, True) == (taken.code, "It is planned already" in taken.err)
    assert before + 2 == size(loop)
