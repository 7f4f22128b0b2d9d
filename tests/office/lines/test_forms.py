"""Lines as an official types them, what each says, and what is said of a slip."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from cli.office.lines.asks import Seat
from cli.office.lines.context import Context, context_read
from cli.office.lines.forms import read
from cli.office.lines.read_back import read_back
from ledger.errors import LedgerError, Usage
from tests.office.lines.conftest import Says, seat_of


@pytest.mark.parametrize(
    ("line", "kind", "fields", "reason"),
    [
        ("12 -", "CrewNotStarted", "number=12 stage=SS1", ""),
        ("12 - overslept", "CrewNotStarted", "number=12 stage=SS1", "overslept"),
        ("12 R MECH box", "RetirementReported", "number=12 stage=SS1 cause=mechanical", "box"),
        ("12 r a tree; km 12", "RetirementReported", "number=12 stage=SS1", "a tree; km 12"),
        ("12 r ; mech", "RetirementReported", "number=12 stage=SS1", "mech"),
        (
            "12 r fuel restart",
            "RetirementReported",
            "number=12 stage=SS1 cause=fuel definitive=false",
            "",
        ),
        ("12 x over", "StageNotFinished", "number=12 stage=SS1 kind=overtime", ""),
        ("12 p", "IncidentReported", "number=12 stage=SS1 kind=puncture", ""),
        ("12 p 2 rear", "IncidentReported", "number=12 stage=SS1 kind=puncture count=2", "rear"),
        ("12 i tow", "IncidentReported", "number=12 stage=SS1 kind=tow", ""),
        ("12 f 0.4", "FalseStartObserved", "number=12 stage=SS1 by_ms=0:0.4", ""),
        ("12 w wp4", "WaypointMissed", "number=12 stage=SS1 point=WP4", ""),
        ("12 w WP9", "WaypointMissed", "number=12 stage=SS1 point=WP9", ""),
        ("12 s Z 3 9", "SpeedZoneRead", "number=12 stage=SS1 zone=Z impulses=3 highest_kmh=9", ""),
        ("12 c dup", "TimeCardHandled", "number=12 stage=SS1 kind=duplicate-issued", ""),
        ("#12 c", "TimeCardHandled", "number=12 stage=SS1 kind=submitted", ""),
        ("StageClosed", "StageClosed", "stage=SS1", ""),
        ("stageclosed stage=SS2 ; dark", "StageClosed", "stage=SS2", "dark"),
        (
            '12 ReportFiled fact="cut a corner"',
            "ReportFiled",
            "number=12 stage=SS1 fact=cut a corner",
            "",
        ),
        (
            "StageCancelled categories=moto;quad ; sand",
            "StageCancelled",
            "stage=SS1 categories=moto;quad",
            "sand",
        ),
    ],
)  # fmt: skip
def test_what_a_line_says(says: Says, line: str, kind: str, fields: str, reason: str) -> None:
    """As `rally record TYPE FIELD=VALUE …` would be given it."""
    ask = says(line, "SS1 finish")
    assert ("record", kind, reason) == (ask.act, ask.given["kind"], ask.reason)
    assert fields == " ".join(ask.given["fields"])


def test_several_crews_in_a_line(says: Says, seat: Seat) -> None:
    """All of it or nothing: one of them is nobody, so nobody of them did not start."""
    ask = says("12, 14 ,112 - ; sandstorm", "SS1 start")
    assert ["12", "14", "112"] == [each.given["fields"][0][7:] for each in ask.each]
    back = read_back(ask.carry_out(seat, dry_run=True), seat)
    assert ["12 Vera Sand, Toyota Hilux", "14 Omar Wadi", "112 Lin Gobi"] == [
        each.words() for each in back.crews
    ]
    with pytest.raises(LedgerError, match="No crew 99 is entered"):
        says("12,99 -", "SS1 start").carry_out(seat, dry_run=True)
    with pytest.raises(Usage, match="Crew 12 is named twice"):
        says("12,12 -", "SS1 start")


def test_a_row_of_a_time_card(says: Says) -> None:
    """Each cell is a record of its place, known from the card."""
    ask = says(
        "12 tc1 7:40 start 8:00 WP4 9:10:12 SS1 FINISH 10:11:12 SS2 start 22:01", "SS1 cards"
    )
    assert [
        ("ControlPassed", "number=12 control=TC1", "time-card"),
        ("StageStarted", "number=12 stage=SS1 due_at=2026-10-24T08:00:00+02:00", "time-card"),
        ("PassingRecorded", "number=12 stage=SS1 point=WP4", "time-card"),
        ("PassingRecorded", "number=12 stage=SS1", "time-card"),
        ("StageStarted", "number=12 stage=SS2", "time-card"),
    ] == [(e.given["kind"], " ".join(e.given["fields"]), e.given["source"]) for e in ask.each]


def test_the_read_back_names_whoever_may_be_meant(says: Says, seat: Seat) -> None:
    """A number that is on no entry is told with those that one slip makes of it."""
    ask = says("122 10:31:12", "SS1 finish")
    back = read_back(ask.carry_out(seat, dry_run=True), seat)
    assert ["122 is not entered: is it 12 or 112?"] == [each.words() for each in back.crews]
    assert ("Crew 122 passed the finish on SS1. Sat 24 Oct 2026 10:31:12 +02:00.",) == back.says
    assert any(each.startswith("No crew 122 is entered") for each in back.warnings)
    assert ((), ()) == (back.stands, back.moved)


def test_what_was_recorded_before_is_told(ledger: Path, tmp_path: Path) -> None:
    """The same of the same crew by the same official: at another time, or by another, it is not."""
    with sqlite3.connect(ledger) as whole:
        whole.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole.close()
    seat = seat_of(Path(shutil.copy(ledger, tmp_path / "rally.db")))
    finish = context_read("SS1 finish elapsed", seat)
    (done,) = read("12 2:31:12", finish, seat, None).carry_out(seat)
    told = f"You recorded that already, #{seat.log.head().size}."
    assert () == read_back([done], seat).twice
    for by, line, twice in (("Ann", "12 2:31:12", True), ("Ann", "12 2:31:13", False),
                            ("Bo", "12 2:31:12", False)):  # fmt: skip
        other = replace(seat, by=by)
        tried = read(line, finish, other, None).carry_out(other, dry_run=True)
        assert ((told,) if twice else ()) == read_back(tried, other).twice


@pytest.mark.parametrize(
    ("line", "why", "hint"),
    [
        ("", "Nothing is written.", "12 31:12"),
        ("12 zz", "'zz' is no letter of a line", "Letters: -, r, x, p, i, f, w, s, c, n"),
        ("12 StageClosd", "'StageClosd' is no letter", "Did you mean StageClosed"),
        ("12 StageClosed", "StageClosed is about no crew.", "StageClosed FIELD="),
        ("foo 10:31", "'foo' is no race number", "12 31:12"),
        ("PenaltiGiven", "'PenaltiGiven' is no race number", "PenaltyGiven"),
        ("12 i", "Which incident is not said.", "It may be: puncture"),
        ("12 i tyr", "'tyr' is no incident.", "It may be: puncture"),
        ("12 i st", "'st' may be stuck or stop-to-assist.", "Write more of it."),
        ("12 r mehc", "'mehc' is none of mechanical", "Did you mean mechanical?"),
        ("12 w", "Which point was missed is not said.", "12 w WP4"),
        ("12 n", "Which zone is not said.", "12 n NZ1 in"),
        ("12 n NZ1 up", "'up' is no side.", "It may be: in, out"),
        ("12 s", "Which zone is not said.", "12 s DZ1 3 62"),
        ("12 s DZ1 many", "'many' can't be read.", "semicolon"),
        ("12 f soon", "'soon' is not a time.", "31:12.4"),
        ("12 PenaltyGiven 5:00", "'5:00' is not FIELD=VALUE.", "amount_ms"),
        ("PenaltyGiven number=1 number=2", "number is given twice.", "once"),
        ('12 r "mech', "A quotation mark is not closed.", "title="),
        ('12 ""', "Nothing stands between the quotation marks.", "Leave them out."),
        ("12 " + "x" * 5000, "A line has at most 5000 characters.", "several"),
    ],
)
def test_what_cannot_be_read(says: Says, line: str, why: str, hint: str) -> None:
    """What, and what to do: nothing is guessed."""
    with pytest.raises(Usage) as refused:
        says(line, "SS1 finish")
    assert refused.value.message.startswith(why)
    assert hint in refused.value.hint


@pytest.mark.parametrize(
    ("text", "context", "words"),
    [
        ("at ss1 FINISH Elapsed", Context("finish", "SS1", "", "elapsed"), "SS1 finish, elapsed"),
        ("SS1  finish", Context("finish", "SS1"), "SS1 finish, clock"),
        ("ss1 wp4", Context("point", "SS1", "WP4"), "SS1 WP4, clock"),
        ("tc1", Context("control", "", "TC1"), "TC1, clock"),
        ("SS1 tc1", Context("control", "SS1", "TC1"), "SS1 TC1, clock"),
        ("cards", Context("cards"), "cards, clock"),
        ("SS2 start clock", Context("start", "SS2"), "SS2 start, clock"),
    ],
)
def test_a_place(seat: Seat, text: str, context: Context, words: str) -> None:
    """As it is typed, in capitals or not, and as it is shown."""
    found = context_read(text, seat)
    assert (context, words) == (found, found.words())


@pytest.mark.parametrize(
    ("text", "why", "hint"),
    [
        ("", "'' says no place.", "at SS3 finish elapsed"),
        ("SS1", "'SS1' says no place.", "at SS3 finish elapsed"),
        ("SS9 finish", "There is no stage and no control 'SS9'.", "SS1"),
        ("SS1 fnish", "SS1 has no 'fnish'.", "Did you mean finish?"),
        ("SS1 start elapsed", "There is no elapsed time at SS1 start.", "its finish"),
        ("start", "There is no stage and no control 'start'.", "at SS3 finish elapsed"),
    ],
)
def test_a_place_that_there_is_not(seat: Seat, text: str, why: str, hint: str) -> None:
    """With what there is."""
    with pytest.raises(Usage) as refused:
        context_read(text, seat)
    assert why == refused.value.message
    assert hint in refused.value.hint
