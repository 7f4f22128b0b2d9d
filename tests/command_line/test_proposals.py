"""Transcripts of proposed sanctions: what they come to, and what an office makes of them."""

from __future__ import annotations

import json

import pytest

from tests.command_line.conftest import answer
from tests.command_line.test_contract import completed
from tests.conftest import Filling, Rally

CLERK = ("--by", "Ann", "--role", "clerk-of-the-course")
STEWARDS = ("--by", "A. Chair", "--role", "stewards")
TARIFFS = (
    "tariffs.waypoints=WPN: 1:00:00 (9.5);any waypoint: 0:15:00",
    "tariffs.speed=up to 20 km/h: 0:01:00 an impulse;above 20 km/h: to the stewards",
)
AT = ("--at", "2026-03-01T09:00+00:00")


@pytest.fixture
def loop(rally: Rally, filled: Filling) -> Rally:
    """Two crews on one stage, three facts and a tariff by bulletin."""

    def fill() -> None:
        rally("new", "loop", "--title", "Loop", "--timezone", "+00:00", *CLERK)
        article = "article.9.5=p. 7: A navigation waypoint that is missed costs an hour."
        since = "effective_at=2026-01-01T00:00+00:00"
        on = "stage=SS1"
        for words in (
            ("StageScheduled", on, "order=1", "first_start_at=2026-03-01T08:00+00:00"),
            ("CrewEntered", "number=101", "driver=Vera Sand", "category=cars"),
            ("CrewEntered", "number=102", "driver=Omar Wadi", "category=cars"),
            ("WaypointPlaced", on, "point=W1", "order=1", "kind=wpn"),
            ("ZonePlaced", on, "zone=Z1", "kind=speed", "limit_kmh=30"),
            ("BulletinIssued", "bulletin=1", since, article, *TARIFFS, "--reason", "SR 9"),
            ("WaypointMissed", "number=101", on, "point=W1", *AT),
            ("SpeedZoneRead", "number=102", on, "zone=Z1", "impulses=2", "speeds_kmh=40;50", *AT),
            ("SpeedZoneRead", "number=101", on, "zone=Z1", "impulses=1", "highest_kmh=84", *AT),
            ("StageTimeRecorded", "number=101", on, "elapsed_ms=3:00:00"),
            ("StageTimeRecorded", "number=102", on, "elapsed_ms=3:30:00"),
        ):
            done = rally("record", *words, *CLERK)
            assert 0 == done.code, done.err

    filled("tariffs", fill)
    return rally


def names(loop: Rally) -> dict[str, str]:
    """The names of the proposals by crew and place."""
    rows = answer(loop, "proposals")["rows"]
    return {f"{row['number']} {row['place']}": row["name"] for row in rows}


def test_what_is_proposed(loop: Rally) -> None:
    """A line for each, then how it comes about; JSON and CSV have the same."""
    told = loop("proposals").out
    for part in (
        "Crew 101 missed W1 on SS1.",
        "1:00:00  9.5 (bulletin 1, p. 7)  open",
        "tariffs.waypoints: WPN: 1:00:00 (9.5)",
        "2 impulses up to 20 km/h over the limit × 0:01:00 = 0:02:00",
        "no amount: 54 km/h over the limit is for the stewards",
        "(SR 9)",
    ):
        assert part in told
    rows = answer(loop, "proposals", "--crew", "101", "--stage", "SS1")["rows"]
    assert [(3_600_000, ""), (None, "stewards")] == [(r["amount_ms"], r["to"]) for r in rows]
    assert ["W1", "Z1"] == [row["place"] for row in rows]
    assert "name,number,driver" in loop("proposals", "--csv").out
    assert 2 == loop("proposals", "--status", "late").code


def test_adopting_moves_the_classification_and_proposing_does_not(loop: Rally) -> None:
    """The penalty rests on the fact, happened when it did, and names its article."""
    assert ["101", "102"] == [r["number"] for r in answer(loop, "standings")["rows"]]
    name = names(loop)["101 W1"]
    done = loop("adopt", name, *CLERK)
    assert "Crew 101 penalised 1:00:00 on SS1: missed W1 on SS1." in done.out
    assert "Overall: 102 2nd → 1st" in done.out
    told = json.dumps(answer(loop, "show", "penalty-1")["record"])
    for part in ('"proposed_ms": 3600000', '"article": "9.5"', '"point": "W1"'):
        assert part in told
    _, penalty = answer(loop, "why", "101")["addends"]
    assert "2026-03-01T09:00:00" in penalty["records"][0]["fact_at"]
    again = loop("adopt", "missed-1", *CLERK)
    assert (1, True) == (again.code, f"{name} is adopted by #14." in again.err)


def test_it_is_adopted_when_the_office_did_so(loop: Rally) -> None:
    """By the time of its fact the penalty is known; as decided by then the proposal was open."""
    missed = ("WaypointMissed", "number=102", "stage=SS1", "point=W1")
    loop("record", *missed, "--at", "2016-07-19T09:00+00:00", *CLERK)
    loop("adopt", names(loop)["102 W1"], *CLERK)

    def told(*cut: str) -> tuple[str, int]:
        (row,) = answer(loop, "proposals", "--crew", "102", *cut)["rows"]
        return row["state"], len(answer(loop, "penalties", *cut)["rows"])

    before, after = "2016-07-19T12:00+00:00", "2016-07-21T12:00+00:00"
    assert ("adopted", 1) == told("--effective-at", before)
    assert ("open", 0) == told("--decided-by", before)
    assert ("adopted", 1) == told("--decided-by", after)


def test_another_amount_and_none_need_a_reason(loop: Rally) -> None:
    """Neither is recorded without; with one they are, and it stays to be read."""
    speed = names(loop)["102 Z1"]
    assert 2 == loop("adopt", speed, "--amount", "0:01:00", *CLERK).code
    assert 2 == loop("decline", "missed-1", *CLERK).code
    assert 13 == answer(loop, "standings")["basis"]["head"]

    loop("adopt", speed, "--amount", "0:01:00", "--because", "one is of the other car", *CLERK)
    loop("decline", "missed-1", "--because", "it was hidden", *STEWARDS)
    told = loop("proposals").out
    assert "changed to 0:01:00" in told
    assert "changed because: in Z1 on SS1: 2 impulses, at most 50 km/h; one is of the" in told
    for read in ("decisions", "docket"):
        shown = loop(read).out
        assert "Declined" in shown
        assert "it was hidden" in shown
        assert ["it was hidden"] == [e["reason"] for e in answer(loop, read)["declined"]]
    assert "declined: it was hidden" in loop("why", "101").out
    assert "proposed by tariffs.speed: 0:02:00" in loop("why", "102").out


def test_what_is_for_the_stewards_is_theirs(loop: Rally) -> None:
    """The clerk may not give it, and they say how much."""
    name = names(loop)["101 Z1"]
    assert "is for the stewards" in loop("adopt", name, "--amount", "0:10:00", *CLERK).err
    assert "has no amount" in loop("adopt", name, *STEWARDS).err
    done = loop("adopt", name, "--amount", "0:10:00", "--because", "54 over", *STEWARDS)
    assert "penalised 0:10:00" in done.out
    (row,) = answer(loop, "proposals", "--status", "adopted")["rows"]
    assert (None, 600_000, "54 over") == (row["amount_ms"], row["adopted_ms"], row["reason"][-7:])


def test_a_decision_adopts_what_is_proposed_and_has_a_number(loop: Rally) -> None:
    """It says the fact and the article, and rests on the record: the proposal is adopted by it."""
    why = ("--reason", "heard; no reason to depart from the tariff")
    assert 0 == loop("decide", "proposal", "missed-1", *why, *STEWARDS).code
    told = loop("decisions", "stewards-1").out
    for part in ("time penalty of 1:00:00", "9.5 (bulletin 1, p. 7)", "Crew 101 missed W1 on SS1"):
        assert part in told
    (row,) = answer(loop, "proposals", "--status", "adopted")["rows"]
    assert ("W1", 3_600_000) == (row["place"], row["adopted_ms"])
    assert [102, 101] == [int(each["number"]) for each in answer(loop, "standings")["rows"]]


def test_what_waits_is_told_where_race_control_looks(loop: Rally) -> None:
    """In `due` and in `outstanding`, by the name that is typed."""
    name = names(loop)["101 W1"]
    assert name in loop("due").out
    assert f"Proposed: {name}." in loop("outstanding", "--stage", "SS1").out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("adopt", "waypoints-0000000000"), "There is no proposal"),
        (("decline", "missed-9", "--because", "x"), "There is no missed-9"),
        (("decline", "#2", "--because", "x"), "Nothing is proposed for #2"),
        (("adopt", "#2", "--amount", "0:01:00"), "are of a proposal"),
        (("adopt", "missed-1", "--amount", "soon", "--because", "x"), "is not a time"),
    ],
)
def test_what_can_not_be_meant(loop: Rally, words: tuple[str, ...], message: str) -> None:
    """A clear error, and nothing on record."""
    done = loop(*words, *CLERK)
    assert message in done.err
    assert done.code in (1, 2)
    assert 13 == answer(loop, "standings")["basis"]["head"]


def test_a_line_that_can_not_be_read_is_refused(loop: Rally) -> None:
    """With the line, why, and one that can."""
    wrong = "tariffs.waypoints=WPN: an hour"
    done = loop("record", "BulletinIssued", "bulletin=2", wrong, "--reason", "x", *CLERK)
    assert "'an hour' is no cost" in done.err
    assert 'Write it as "WPN and WPE: 1:00:00".' in done.err


def test_a_name_that_is_mistyped_says_what_may_be_meant(loop: Rally) -> None:
    """A wrong digit, and a wrong word before it; what is meant for a record is looked for there."""
    name = names(loop)["101 W1"]
    word, _, digits = name.rpartition("-")
    other = "0" if digits[-1] != "0" else "1"
    for typed in (f"{word}-{digits[:-1]}{other}", f"{word[:-1]}-{digits}"):
        said = loop("adopt", typed, *CLERK)
        assert (2, True) == (said.code, f"There is no proposal '{typed}'." in said.err), said.err
        assert f"Did you mean {name}" in said.err
    assert "Did you mean" not in loop("adopt", "missed-9", *CLERK).err


def test_the_shell_completes_proposals(loop: Rally) -> None:
    """Those that are open, by name or by their fact; what was decided is offered no more."""
    name = names(loop)["101 W1"]
    assert [name, "missed-1"] == [
        *completed(["adopt"], name[:9]),
        *completed(["decline"], "missed"),
    ]
    assert [name] == completed(["decide", "proposal"], name[:9])
    assert 0 == loop("adopt", name, *CLERK).code
    assert [] == completed(["decline"], name[:9])
