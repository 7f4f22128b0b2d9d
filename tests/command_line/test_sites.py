"""Sites from the command line: a laptop without network, and race control that merges its log."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.command_line.conftest import answer
from tests.conftest import Rally, Said, Ticking

KEEPER = ("--by", "Li", "--role", "timekeeper")
LAPTOP = ("--ledger", "laptop.db")
SS3 = "2027-01-12T10:00:00+08:00"


def site_rows(rally: Rally, *words: object) -> dict[str, Any]:
    """What a ledger holds of each site, without the name."""
    rows = answer(rally, "site", *words)["sites"]
    return {each.pop("site"): each for each in rows}


def hand_over(
    rally: Rally, *, from_: str = "laptop.db", to: str = "rally.db", code: int = 0, **clock: str
) -> Any:
    """The log of one ledger is merged into another; the report."""
    rally("export", "jsonl", "out.jsonl", "--ledger", from_)
    words = [word for name, value in clock.items() for word in (f"--{name}", value)]
    declared = [*[word.replace("_", "-") for word in words], *KEEPER] if words else []
    return answer(rally, "import", "jsonl", "out.jsonl", "--ledger", to, *declared, code=code)


@pytest.fixture
def away(dune: Rally) -> Rally:
    """A laptop that has race control's log and is called finish-ss3, ninety seconds fast."""
    assert ["This ledger writes as the site finish-ss3.\n"] == [
        dune("site", "finish-ss3", *LAPTOP).err
    ]
    hand_over(dune, from_="rally.db", to="laptop.db")
    return dune


def test_a_day_at_the_finish(away: Rally) -> None:
    """The laptop records alone and hands over twice; its clock is put right, and all is told."""
    before = answer(away, "standings", "--stage", "SS3")["rows"]
    for minute, number in ((31, 101), (33, 102)):
        at = f"2027-01-12T11:{minute}:30+08:00"
        words = ("record", "PassingRecorded", f"number={number}", "stage=SS3", "--at", at)
        assert 0 == away(*words, "--source", "beam", *KEEPER, *LAPTOP).code
    assert {"finish-ss3", "main"} == site_rows(away, *LAPTOP).keys()
    for clock, position in ((True, 31), (True, None), (False, None)):
        asked: dict[str, Any] = {"clock_ahead": "0:01:30"} if clock else {}
        said = hand_over(away, **asked)
        expected = {"site": "finish-ss3", "ahead_ms": 90_000, "position": position, "moved": 2}
        assert (said.get("clock"), said["quarantined"]) == (expected if clock else None, 0)
    assert 31 == answer(away, "verify")["size"]
    held = {"records": 2, "last": 2, "missing": [], "twice": []}
    assert held == site_rows(away)["finish-ss3"]
    shown = answer(away, "show", "#30")["record"]
    assert ("finish-ss3", "finish-ss3") == (shown["site"], shown["occurrence"]["site"])
    assert "site" not in answer(away, "show", "#31")["record"]["occurrence"]
    assert "finish-ss3" in away("log", "--type", "ClockOffsetDeclared").out
    # What was declared last holds, so the first figure is no longer the same as what is on record.
    assert 32 == hand_over(away, clock_ahead="-0:00:20")["clock"]["position"]
    assert 33 == hand_over(away, clock_ahead="0:01:30")["clock"]["position"]
    assert before == answer(away, "standings", "--stage", "SS3", "--known-at", "#28")["rows"]


def test_whose_clock_is_meant(away: Rally) -> None:
    """It must be clear whose clock is meant and who says so; otherwise nothing is merged."""
    record = ("record", "PassingRecorded", "number=101", "stage=SS3", "--at", SS3, *KEEPER)
    away(*record, *LAPTOP)
    away("export", "jsonl", "out.jsonl", *LAPTOP)
    merge = ("import", "jsonl", "out.jsonl")
    for words, code, told in (
        (("--clock-ahead", "0:01:30"), 2, "needs --by and --role"),
        (("--clock-ahead", "1h", *KEEPER), 2, "'1h' is not a time"),
        (("--of-site", "finish-ss3"), 2, "--clock-ahead"),
        (("--clock-ahead", "0:01:30", "--of-site", "ss4", *KEEPER), 2, "finish-ss3"),
        (("--clock-ahead", "0:01:30", "--by", "Li", "--role", "medical"), 1, "may not record"),
    ):
        said = away(*merge, *words)
        assert (code, True) == (said.code, told in said.err), said
        assert 28 == answer(away, "verify")["size"]
    away("site", "bivouac", *LAPTOP)
    away(*record, *LAPTOP)
    away("export", "jsonl", "out.jsonl", *LAPTOP)
    said = away(*merge, "--clock-ahead", "0:01:30", *KEEPER)
    assert (2, True) == (said.code, "2 other sites: bivouac, finish-ss3" in said.err)
    declared = away(*merge, "--clock-ahead", "0:01:30", "--of-site", "bivouac", *KEEPER)
    assert "The clock bivouac was 0:01:30.000 ahead.\n" in declared.out
    assert (
        "(declared already)"
        in away(*merge, "--clock-ahead", "1:30", "--of-site", "bivouac", *KEEPER).out
    )
    # A site that never had a name can't be told from others by what its records say.
    away("site", "hq", "--ledger", "hq.db")
    hand_over(away, from_="rally.db", to="hq.db")
    said = away(*merge, "--ledger", "hq.db", "--clock-ahead", "1:30", "--of-site", "main", *KEEPER)
    assert (2, True) == (said.code, "`rally site NAME`" in said.err)


def test_a_laptop_that_has_recorded_nothing(away: Rally) -> None:
    """Its log holds the plan alone: no clock is meant, and it says what is amiss."""
    away("export", "jsonl", "out.jsonl", *LAPTOP)
    said = away("import", "jsonl", "out.jsonl", "--clock-ahead", "0:01:30", *KEEPER)
    assert (2, True) == (said.code, "Hint: What its laptop recorded has not arrived" in said.err)


def test_a_clock_that_is_only_noted(away: Rally) -> None:
    """The merge says that the rulebook moves no time by it; where it does, how many records."""
    record = ("record", "PassingRecorded", "number=101", "stage=SS3", "--at", SS3, *KEEPER)
    away(*record, *LAPTOP)
    away("export", "jsonl", "out.jsonl", *LAPTOP)
    merge = ("import", "jsonl", "out.jsonl", "--clock-ahead", "0:01:30", *KEEPER)
    assert "True times now: 1 record of finish-ss3.\n" in away(*merge).out
    clerk = ("--by", "Ann", "--role", "clerk-of-the-course")
    rule = "timing.site_clock=noted"
    assert 0 == away("record", "BulletinIssued", "bulletin=1", "from_stage=SS1", rule, *clerk).code
    noted = "Nothing was moved: the rulebook does not apply the clock of a site there"
    assert noted in away(*merge).out


def test_race_control_has_a_name(dune: Rally) -> None:
    """What `main` began is the plan that the laptop was given: the clock is that of the laptop."""
    hand_over(dune, from_="rally.db", to="laptop.db")
    dune("site", "finish-ss3", *LAPTOP)
    dune("site", "race-control")
    seen = ("number=101", "stage=SS3", "--at", SS3, *KEEPER)
    dune("record", "PassingRecorded", *seen, *LAPTOP)
    for _ in range(2):
        said = hand_over(dune, clock_ahead="0:01:30")
        assert "finish-ss3" == said["clock"]["site"]


def test_a_ledger_that_was_begun_from_anothers_log(dune: Rally) -> None:
    """It writes on as who began it, says so, and how it gets a name of its own."""
    dune("export", "jsonl", "out.jsonl")
    said = dune("import", "jsonl", "out.jsonl", *LAPTOP)
    assert "This ledger writes as the site main.\n" in said.err
    assert "`rally site NAME`" in said.err
    assert "writes as" not in dune("import", "jsonl", "out.jsonl", *LAPTOP).err
    dune("site", "finish-ss3", "--ledger", "named.db")
    said = dune("import", "jsonl", "out.jsonl", "--ledger", "named.db")
    assert "This ledger writes as the site finish-ss3.\n" in said.err
    assert "`rally site NAME`" not in said.err


def test_what_is_missing_and_what_stands_twice(away: Rally, tmp_path: Path) -> None:
    """A line that got lost, and a laptop that was replaced under the same name, are anomalies."""
    incident = ("record", "IncidentReported", "number=101", "kind=puncture", "stage=SS3", *KEEPER)
    for _ in range(5):
        away(*incident, *LAPTOP)
    away("export", "jsonl", "out.jsonl", *LAPTOP)
    lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "out.jsonl").write_text("".join(lines[:29] + lines[30:31] + lines[32:]), "utf-8")
    said = answer(away, "import", "jsonl", "out.jsonl")
    assert (3, 2) == (said["appended"], said["anomalies"])
    assert [[2, 2], [4, 4]] == site_rows(away)["finish-ss3"]["missing"]
    table = away("site").out.splitlines()[1]
    assert ["finish-ss3", "3", "#5", "#2,", "#4"] == table.split()
    holes = answer(away, "anomalies", "--kind", "site-hole")["rows"]
    assert [[30], [31]] == [each["positions"] for each in holes]
    assert "Of the site finish-ss3, #2 of 5 has not arrived." == holes[0]["message"]
    spare = ("--ledger", "spare.db")
    hand_over(away, from_="rally.db", to="spare.db")
    away("site", "finish-ss3", *spare)
    away(*incident, *spare)  # it knew of #5, so it goes on at #6
    away("site", "finish-ss3", "--ledger", "new.db")
    away(
        "--rally",
        "dune-2016",
        "record",
        "RallyConstituted",
        "title=x",
        "--ledger",
        "new.db",
        "--by",
        "Bo",
        "--role",
        "secretary",
    )
    hand_over(away, from_="spare.db")
    hand_over(away, from_="new.db", code=1)
    hand_over(away)
    held = site_rows(away)["finish-ss3"]
    assert (7, 6, [], [1]) == (held["records"], held["last"], held["missing"], held["twice"])
    (twice,) = answer(away, "anomalies", "--kind", "site-number-twice")["rows"]
    assert [29, 33] == twice["positions"]


def test_a_file_of_a_laptop_that_was_copied(away: Rally, tmp_path: Path) -> None:
    """Both copies are written on: the fork is told once, in runs, with what to do now."""
    seen = ("record", "PassingRecorded", "stage=SS3", "--source", "beam", *KEEPER)
    away(*seen, "number=101", "--at", SS3, *LAPTOP)
    with (
        contextlib.closing(sqlite3.connect(tmp_path / "laptop.db")) as whole,
        contextlib.closing(sqlite3.connect(tmp_path / "copy.db")) as copy,
    ):
        whole.backup(copy)
    for ledger, numbers in (("laptop.db", "101 102 103"), ("copy.db", "103 102 101 103")):
        for minute, number in enumerate(numbers.split(), 20):
            at = f"2027-01-12T11:{minute}:00+08:00"
            away(*seen, f"number={number}", "--at", at, "--ledger", ledger)
    hand_over(away)
    away("export", "jsonl", "out.jsonl", "--ledger", "copy.db")
    strict = away("import", "jsonl", "out.jsonl", "--strict")
    assert (5, True) == (strict.code, "used #2 to #4 twice" in strict.err.splitlines()[0])
    assert 32 == answer(away, "verify")["size"]
    merge = away("import", "jsonl", "out.jsonl")
    assert (1, 1) == (merge.code, merge.err.count("finish-ss3 used #2 to #4 twice"))
    assert "4 appended, 29 already known, 1 conflict, " in merge.out
    assert merge.out.index("1 new site-number-twice, ") < merge.out.index("in the log")
    again = answer(away, "import", "jsonl", "out.jsonl")
    assert (0, {}) == (again["conflicts"], again["new"])
    assert again["anomalies"]

    (fork,) = answer(away, "anomalies", "--kind", "site-number-twice")["rows"]
    told = "finish-ss3 used #2 to #4 twice: two machines wrote under one name."
    assert fork["message"].startswith(told)
    assert 6 == len(fork["positions"])
    said = away("check")
    assert 1 == said.out.count("used #2 to #4 twice")
    assert "Give one of them another name now: `rally site NAME`." in said.out
    assert "#2 to #4" in away("site").out

    third = ("--ledger", "third.db")
    away("export", "jsonl", "first.jsonl", *LAPTOP)
    lines = (tmp_path / "first.jsonl").read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "first.jsonl").write_text("".join(lines[:29]), "utf-8")
    away("import", "jsonl", "first.jsonl", *third)
    away("site", "finish-ss3", *third)
    away(*seen, "number=102", "--at", "2027-01-12T11:40:00+08:00", *third)
    hand_over(away, from_="third.db", code=1)
    (fork,) = answer(away, "anomalies", "--kind", "site-number-twice")["rows"]
    assert fork["message"].startswith("finish-ss3 used #2 to #4 again: 3 machines wrote under")


def test_the_name_of_a_site(rally: Rally, dune: Rally) -> None:
    """A new file is named before it holds anything; a name is one of at most 80 characters."""
    assert 5 == rally("site", "--ledger", "none.db").code
    assert Said(0, "", "This ledger writes as the site a.\n") == rally(
        "site", "a", "--ledger", "n.db"
    )
    assert {"site": "a", "sites": []} == answer(rally, "site", "--ledger", "n.db")
    assert {"site": "b", "sites": []} == answer(rally, "site", "b", "--ledger", "n.db")
    for name in ("", " ", "x" * 81, "a\nb"):
        said = rally("site", name, "--ledger", "n.db")
        assert (2, True) == (said.code, "can't name a site" in said.err)
    assert 2 == rally("--site", "a\nb", "import", "sheets", "sheets").code
    assert "main" == answer(dune, "site")["site"]
    assert "finish" == answer(dune, "site", "finish")["site"]
    assert {"main": {"records": 28, "last": 28, "missing": [], "twice": []}} == site_rows(dune)


def test_a_moment_on_a_laptop(away: Rally, clock: Ticking) -> None:
    """What a laptop knew at a time is told by its own records and by those of who began the log."""
    clock.now += 3_600_000
    away("record", "RemarkMade", "text=late", *KEEPER, *LAPTOP)
    read = ("standings", *LAPTOP, "--known-at")
    morning = answer(away, *read, "2016-07-20T15:30+08:00")["basis"]["position"]
    noon = answer(away, *read, "2016-07-20T16:00+08:00")["basis"]["position"]
    evening = answer(away, *read, "2016-07-20T18:00+08:00")["basis"]["position"]
    assert (0, 28, 29) == (morning, noon, evening)
    text = away("export", "jsonl", *LAPTOP).out.splitlines()
    assert ["finish-ss3", 1] == [json.loads(text[-1])[name] for name in ("site", "site_position")]
