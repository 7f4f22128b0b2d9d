"""The end of the competition and the prizes: told before anybody signs, then put on record."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Rally

CLERK = ("--by", "Ann", "--role", "clerk-of-the-course", "--reason", "x")
STEWARDS = ("--by", "A. Chair", "--role", "stewards", "--reason", "x")
SECRETARY = ("--by", "Eva", "--role", "secretary")
RULES = """extends = "cross-country"
[reviews.time]
value = "7 days from end-of-competition; not later than 4 days before prize-giving"
assumed = true
because = "to be tried"
[appeals.suspends]
value = ["any decision of stewards: after the competition"]
assumed = true
because = "to be tried"
"""


@pytest.fixture
def desk(rally: Rally) -> Rally:
    """Two crews; the stewards give 101 an hour, who appeals in time while the competition runs."""
    Path("rules.toml").write_text(RULES, encoding="utf-8")

    def typed(*words: object) -> None:
        assert 0 == rally(*words, "--clock-is-right").code, words

    typed(
        "new",
        "loop",
        "--title",
        "Loop",
        "--timezone",
        "+08:00",
        "--rulebook",
        "rules.toml",
        *SECRETARY,
    )
    stage = ("stage=SS1", "order=1", "first_start_at=2016-07-10T08:00+08:00")
    typed("record", "StageScheduled", *stage, *SECRETARY)
    for number, time in ((101, "1:00:00"), (102, "1:05:00")):
        crew = (f"number={number}", f"driver=D {number}", "category=cars")
        typed("record", "CrewEntered", *crew, *SECRETARY)
        said = (f"number={number}", "stage=SS1", f"elapsed_ms={time}")
        typed("record", "StageTimeRecorded", *said, *CLERK)
    at = ("--at", "2016-07-10T17:00", "--decided-at", "2016-07-10T17:00")
    typed("decide", "penalty", "101", "1:00:00", "--stage", "SS1", *at, *STEWARDS)
    typed("decide", "notify", "stewards-1", "--at", "2016-07-10T18:00", *SECRETARY)
    typed("appeal", "announce", "stewards-1", "--at", "2016-07-10T18:30", *SECRETARY)
    return rally


def test_what_the_end_sets_running_is_told_before_anybody_signs(desk: Rally) -> None:
    """The time for a review begins, and the appeal suspends from then on: the hour is dropped."""
    words = ("end-competition", "--at", "2016-07-12T14:00", *STEWARDS, "--clock-is-right")
    told = """       Overall: 101 2nd → 1st, total 1:00:00 (-1:00:00)
       Overall: 102 1st → 2nd, total 1:05:00, gap +0:05:00
       stewards-1, review: until not begun → 19 Jul 23:59:59.999 (7 days, reviews.time)
       stewards-1: in force → execution suspended
"""
    tried = desk(*words, "--dry-run")
    assert (0, f"Not appended (dry run):  The competition ended.\n{told}") == (
        tried.code,
        tried.out,
    )
    assert 2 == desk("log", "--csv").out.count("StageTimeRecorded")
    assert 0 == desk("log", "--csv").out.count("CompetitionEnded")
    done = desk(*words, "--json")
    said = json.loads(done.out)
    assert [
        {
            "of": "stewards-1",
            "kind": "review",
            "parameter": "reviews.time",
            "amount": "7 days",
            "until": [None, "2016-07-19T23:59:59.999+08:00"],
        }
    ] == said["times"]
    assert [{"decision": "stewards-1", "status": ["in force", "execution suspended"]}] == (
        said["statuses"]
    )
    (row,) = json.loads(desk("docket", "--json").out)["rows"]
    assert ("2016-07-19T23:59:59.999+08:00", "execution suspended") == (
        row["review_until"],
        row["status"],
    )
    again = desk("end-competition", "--at", "2016-07-12T15:00", *STEWARDS, "--clock-is-right")
    assert "No time begins or ends by it, and no decision changes its status." in again.out
    assert "says so, too: the last end counts." in again.err


def test_a_time_that_ends_before_the_prizes_are_given(desk: Rally) -> None:
    """Not later than four days before: on the 20th, the 16th instead of the 19th."""
    ended = ("end-competition", "--at", "2016-07-12T14:00", *STEWARDS, "--clock-is-right")
    assert 0 == desk(*ended).code
    prizes = ("prize-giving", "2016-07-20T20:00", *SECRETARY, "--clock-is-right")
    ends = "until 19 Jul 23:59:59.999 → 16 Jul 23:59:59.999 (7 days, reviews.time)"
    line = f"stewards-1, review: {ends}\n"
    assert line in desk(*prizes, "--dry-run").out
    assert line in desk(*prizes).out


def test_who_may_not_say_so(desk: Rally) -> None:
    """A marshal ends no competition."""
    marshal = ("--by", "Mo", "--role", "marshal", "--clock-is-right")
    assert 0 != desk("end-competition", *marshal).code
    assert 0 != desk("prize-giving", "2016-07-20T20:00", *marshal).code
