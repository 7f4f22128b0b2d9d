"""Transcripts of what race control asks: a crew, incidents, what is outstanding, checks, teams."""

# ruff: noqa: E501 - lines are as wide as the tables, what is expected stands on the left

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line.conftest import answer
from tests.command_line.sheets import SHEETS, with_change, write_sheets
from tests.command_line.test_transcripts import ANN, CLEO, seen, shown
from tests.conftest import Rally

TOM = ("--by", "Tom", "--role", "tracking")
AT = "--at"


def done(rally: Rally, *words: object) -> None:
    """A command that succeeds."""
    said = rally(*words)
    assert 0 == said.code, said


def test_a_crew(dune: Rally) -> None:
    """Who it is, where it stands, every stage with its places, penalties and history."""
    expected = """
        Dune Rally 2016 · Crew 103 · as of #28, received 20 Jul 15:33 +08:00
        Crew        Chen Wei / Dai Lin
        Nationality CHN
        Category    car T2 T2.1
        Vehicle     Steppe S
        Team        Wei Motors
        Status      retired on SS3: gearbox

        Stages
        Stage  Start     Time  Penalty    Total  Place  Overall  Place after  Notes    Records
        SS1           2:10:00           2:10:00  3 / 3  2:10:00        3 / 3           #18
        SS2           1:40:00  0:02:00  1:42:00  3 / 3  3:52:00        3 / 3           #22
        SS3                                                                   retired

        Penalties
        Stage  Penalty  On     Why                    Article  Status    Records
        SS2    0:02:00  stage  speeding in a village  41.2     in force  #26

        History
        Record  When             What                                                                   By
            #8                   Crew 103 Chen Wei / Dai Lin, Steppe S was entered.                     results office
           #27  20 Jul 10:15:00  Crew 103 was reported retired on SS3 at km 61: gearbox (may restart).  results office
        """
    assert shown(expected) == seen(dune, "crew", "103")
    assert "Status      finished, place 1, total 4:50:00\n" in seen(dune, "crew", "101")
    assert "SS1    18 Jul 08:00:00  2:00:00 " in seen(dune, "crew", "101")
    page = answer(dune, "crew", "201")
    assert (3, 1, "T4.1") == (page["place"], page["category_place"], page["class"])
    assert "not-found" == answer(dune, "crew", "10", code=2)["error"]["kind"]


def test_incidents(dune: Rally) -> None:
    """What waits for a decision is marked; what was decided stands beside it."""
    done(dune, "record", "ZonePlaced", "stage=SS1", "zone=Z1", "kind=speed", *CLEO)
    missed = ("record", "WaypointMissed", "number=103", "stage=SS1", "point=WP1")
    done(dune, *missed, AT, "2016-07-18T19:00+08:00", *TOM)
    speed = ("record", "SpeedZoneRead", "number=101", "stage=SS1", "zone=Z1", "impulses=2")
    done(dune, *speed, AT, "2016-07-18T19:05+08:00", *TOM)
    penalty = ("record", "PenaltyGiven", "number=103", "stage=SS1", "amount_ms=0:20:00")
    done(dune, *penalty, "point=WP1", "--reason", "waypoint missed", *CLEO)
    expected = """
        Dune Rally 2016 · Incidents · as of #32, received 20 Jul 15:33 +08:00
                Record  When             Kind             What                                Decided
          #30 missed-1  18 Jul 19:00:00  waypoint-missed  Crew 103 missed WP1 on SS1.         #32 Crew 103 penalised 0:20:00 on SS1: waypoint missed.
        #31 speeding-1  18 Jul 19:05:00  speed-zone       Crew 101 in Z1 on SS1: 2 impulses.  open
        """
    assert shown(expected) == seen(dune, "incidents")
    expected = """
        position,number,driver,stage,kind,fact_at,words,injury,open,decided
        31,101,Aino Salo,SS1,speed-zone,2016-07-18T19:05:00+08:00,Crew 101 in Z1 on SS1: 2 impulses.,false,true,
        """
    assert shown(expected) == seen(dune, "incidents", "--kind", "speed-zone", "--csv")
    assert [] == answer(dune, "incidents", "--crew", "102")["rows"]
    assert 2 == dune("incidents", "--kind", "rain").code


def test_what_is_outstanding(dune: Rally) -> None:
    """Who is out and where it was seen, what lacks, what rests on one source, what keeps it back."""
    done(dune, "void", "#25", "--reason", "of another car", *ANN)
    stuck = ("record", "IncidentReported", "number=102", "stage=SS3", "kind=stuck", "place=km 52")
    done(dune, *stuck, AT, "2016-07-20T10:31:05+08:00", *CLEO)
    expected = """
        Dune Rally 2016 · Outstanding · as of #30, received 20 Jul 15:33 +08:00
        Still out
        Stage   No  Driver      Category  Last seen  When             By  Record
        SS3    102  Bruno Reis  car       km 52      20 Jul 10:31:05         #30

        Missing
        Stage  Category  Kind   What
        SS1    car       point  WP1 lacks crew 103, seen further on.

        Too few sources
        Stage  Sources   Wanted  Crews
        SS1    official       2  101, 102, 103, 201
        SS2    official       2  101, 102, 103, 201
        SS3    official       2  101

        Keeps the result back
        Stage  Kind       What                  Records
        SS3    crews-out  Still out: crew 102.
        """
    assert shown(expected) == seen(dune, "outstanding")
    document = answer(dune, "outstanding", "--stage", "SS3")
    assert ["102"] == [each["number"] for each in document["still_out"]]
    assert ([], 1, 1) == tuple(
        document[name] if name == "missing" else len(document[name])
        for name in ("missing", "single_source", "blockers")
    )
    assert "not-found" == answer(dune, "outstanding", "--stage", "SS9", code=2)["error"]["kind"]


def test_a_check_that_finds_nothing_says_that_it_looked(dune: Rally) -> None:
    """Of which log, up to where; fit for a script by its exit code 0."""
    heading = "Dune Rally 2016 · Check · as of #28, received 20 Jul 15:33 +08:00"
    assert (0, "Nothing was found.", heading) == (
        (said := dune("check")).code,
        said.out.strip(),
        said.err.strip(),
    )
    assert [] == answer(dune, "check")["findings"]


def test_a_check_that_finds_something(rally: Rally, tmp_path: Path) -> None:
    """Each finding with its record, then what to do about each kind; exit code 1."""
    changed = with_change("times.csv", "SS3,102,,1:12:00", "SS3,120,,0:02:00")
    write_sheets(tmp_path / "sheets", changed)
    done(rally, "import", "sheets", "sheets")
    expected = """
        Dune Rally 2016 · Check · as of #28, received 20 Jul 15:33 +08:00
        Record  Kind             What
           #25  mistyped-number  Crew 120 is not entered, and crew 102 has no time on SS3.
           #25  unknown-crew     No crew 120 is entered: Crew 120 SS3: 0:02:00 (measured). (sheets times/SS3/120/finish/official)

        mistyped-number: If it was a slip, correct the record: number=….
        unknown-crew: Correct the number, enter the crew, or void the record.
        """
    said = rally("check")
    assert (1, shown(expected)) == (said.code, said.err + said.out)
    findings = answer(rally, "check", "--kind", "unknown-crew", code=1)["findings"]
    assert [(25, [25])] == [(each["position"], each["positions"]) for each in findings]


@pytest.fixture
def north(rally: Rally, tmp_path: Path) -> Rally:
    """The Dune Rally with the cars 101 and 102 in one team."""
    sheet = SHEETS["entries.csv"].replace("Reis Racing", "Team North")
    write_sheets(tmp_path / "sheets", {"entries.csv": sheet})
    done(rally, "import", "sheets", "sheets")
    return rally


def test_teams(north: Rally) -> None:
    """The best crews of each, and why the others have no place."""
    expected = """
        Dune Rally 2016 · Teams · Overall · as of #28, received 20 Jul 15:33 +08:00
        Each category by itself, as not the same stages are in a total: that of truck lacks SS3.

        car
           Team          Total  Gap  Interval  Crews
        1  Team North  9:42:00                 101, 102

        Not classified  Crews  Reason
        Wei Motors             1 of 2 crews entered

        truck
        None.

        Not classified  Crews  Reason
        Mammut          201    1 of 2 crews entered
        """
    assert shown(expected) == seen(north, "teams")
    expected = """
        place,team,total_ms,gap_ms,interval_ms,crews,flags
        1,Team North,26400000,0,0,101 / 102,
        """
    assert shown(expected) == seen(north, "teams", "--after", "SS2", "--category", "car", "--csv")


def test_standings_of_a_team(north: Rally) -> None:
    """Any filter is a classification of its own, and says so in its heading and scope."""
    text = seen(north, "standings", "--team", "Team North", "--group", "T1")
    assert "· Overall T1 Team North ·" in text
    document = answer(north, "standings", "--group", "T4")
    assert [(1, "201")] == [(row["place"], row["number"]) for row in document["rows"]]
    assert ("T4", None, None) == tuple(document["scope"][n] for n in ("group", "team", "trophy"))
    assert "not-found" == answer(north, "standings", "--trophy", "x", code=2)["error"]["kind"]
