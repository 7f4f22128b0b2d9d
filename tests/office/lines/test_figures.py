"""What a figure is where an official sits: told in full, and never guessed in silence."""

from __future__ import annotations

import pytest

from ledger.errors import Usage
from tests.office.lines.conftest import Says


@pytest.mark.parametrize(
    ("place", "line", "at"),
    [
        ("SS1 finish", "12 10:31:12.4", "2026-10-24T10:31:12.400+02:00"),
        ("SS1 finish", "12 31:12", "2026-10-24T10:31:12+02:00"),
        ("SS1 finish", "12 31:41", "2026-10-24T09:31:41+02:00"),
        ("SS1 WP4", "12 59:59.9", "2026-10-24T09:59:59.900+02:00"),
        ("SS1 start", "12 8:00", "2026-10-24T08:00:00+02:00"),
        ("TC1", "12 8:00", "2026-10-24T08:00:00+02:00"),
        ("TC1", "12 8:00:07", "2026-10-24T08:00:07+02:00"),
        ("SS1 finish elapsed", "12 @10:31", "2026-10-24T10:31:00+02:00"),
        ("SS2 finish", "12 @2026-10-25T00:05", "2026-10-25T00:05:00+02:00"),
        ("SS2 finish", "12 2026-10-25T00:05", "2026-10-25T00:05:00+02:00"),
        ("SS1 finish", "12 @now", "2026-10-24T10:31:40+02:00"),
        ("SS1 finish", '12 @"24 Oct 10:31"', "2026-10-24T10:31:00+02:00"),
        ("SS1 finish elapsed", "12", "2026-10-24T10:31:40+02:00"),
    ],
)
def test_an_instant(says: Says, place: str, line: str, at: str) -> None:
    """By the clocks of the rally, on the day of the stage, or at the Enter itself."""
    ask = says(line, place)
    assert ask.at is not None
    assert at == ask.at.iso()
    assert not [each for each in ask.given["fields"] if each.startswith("elapsed_ms")]


@pytest.mark.parametrize("line", ["12 31:12.4", "12 +31:12.4", "12 +0:31:12,4"])
def test_a_time_since_the_start(says: Says, line: str) -> None:
    """A bare figure where the place says so, and anywhere behind a plus."""
    ask = says(line, "SS1 finish elapsed")
    elapsed = line.split()[1].removeprefix("+")
    assert (None, f"elapsed_ms={elapsed}") == (ask.at, ask.given["fields"][-1])


@pytest.mark.parametrize(
    ("place", "line", "why", "hint"),
    [
        ("SS1 finish elapsed", "12 31:72", "minutes and seconds end at 59", "4:57:46"),
        ("SS1 finish elapsed", "12 33.47", "'33.47' is not a time.", "Did you mean 0:33:47"),
        ("SS1 finish elapsed", "12 +x", "'x' is not a time.", "+4:57:46"),
        ("SS1 finish", "12 25:10:00", "hours end at 23", "10:31:12.4"),
        ("SS1 start", "12 10:72", "minutes and seconds at 59", "10:31"),
        ("SS1 finish", "12 75:10", "no minute and second of an hour", "10:75:10"),
        ("SS1 start", "12 +3:00", "At SS1 start there is no elapsed time.", "12 10:31"),
        ("TC1", "12 +3:00", "At TC1 there is no elapsed time.", "12 10:31"),
        ("", "12 10:31", "Where it was is not said.", "at SS3 finish elapsed"),
        ("SS1 finish", "12 @", "No time stands behind the @.", "@10:31:12"),
        ("SS1 finish", "12 @10:31 @10:32", "'@10:32' is a second moment.", "one"),
        ("SS1 finish", "12 10:31:12 @10:32", "are two", "one"),
        ("SS1 finish", "12 10:31:12 late", "'late' can't be read.", "semicolon"),
        ("SS1 cards", "12 TC1 8:00 TC2", "No time stands behind TC2.", "12 TC3 10:31"),
        ("SS1 cards", "12 TC9 8:00", "'TC9' is no place on a time card.", "TC1"),
        ("SS1 cards", "12", "At SS1 cards a line has places", "TC3 10:31"),
        ("SS1 cards", "12 finish 31:12", "'31:12' lacks its hour.", "10:31:12"),
    ],
)
def test_what_is_no_time(says: Says, place: str, line: str, why: str, hint: str) -> None:
    """It is refused with what, where and what to do."""
    with pytest.raises(Usage) as refused:
        says(line, place)
    assert why in refused.value.message
    assert hint in refused.value.hint


def test_the_minute_is_of_the_last_hour_on_the_day_of_the_stage_alone(says: Says) -> None:
    """A card that is typed the day after has its hour, and so has a line of a file."""
    with pytest.raises(Usage, match="today is not the day of SS1"):
        says("12 31:12", "SS1 finish", "2026-10-26T20:00:00+01:00")
    with pytest.raises(Usage, match="lacks its hour"):
        says("12 31:12", "SS1 finish", None)
    with pytest.raises(Usage, match="When it was is not said"):
        says("12", "SS1 finish", None)


def test_the_night_behind_a_stage_is_asked_for(says: Says) -> None:
    """SS2 begins at 22:00: five past midnight is of the next day, or of the one before it."""
    with pytest.raises(Usage) as asked:
        says("12 00:05:00", "SS2 finish")
    assert "long before SS2 begins" in asked.value.message
    assert "@2026-10-25T00:05:00+02:00 or @2026-10-24T00:05:00+02:00" in asked.value.hint
    assert says("12 21:59:00", "SS2 finish").at


def test_the_hour_that_comes_twice_is_asked_for(says: Says) -> None:
    """In the night to Sunday the clocks are put back: half past two was twice."""
    with pytest.raises(Usage) as asked:
        says("12 @2026-10-25T02:30", "SS2 finish")
    assert "happened twice" in asked.value.message
    for reading in ("2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"):
        assert reading in asked.value.hint
        at = says(f"12 @{reading}", "SS2 finish").at
        assert at is not None
        assert reading == at.iso()


def test_the_time_at_which_it_was_due_stands_with_the_start(says: Says) -> None:
    """By the order that was posted; of a crew that is not in it nobody says anything."""
    ask = says("14 8:02:30", "SS1 start")
    due = [each for each in ask.given["fields"] if each.startswith("due_at=")]
    assert ["due_at=2026-10-24T08:03:00+02:00"] == due
    assert ("number=99", "stage=SS1") == says("99 8:02:30", "SS1 start").given["fields"]


def test_a_control_of_the_night_is_asked_for_too(says: Says) -> None:
    """TC3 belongs to SS2, which begins at 22:00."""
    with pytest.raises(Usage, match="long before SS2 begins"):
        says("12 0:40", "TC3")


def test_a_moment_is_of_the_stage_that_the_line_names(says: Says) -> None:
    """As `--at` beside FIELD=VALUE is: not of where the official sits."""
    at = says("12 StageStarted stage=SS3 @8:00", "SS1 finish").at
    assert at is not None
    assert "2026-10-25T08:00:00+01:00" == at.iso()
