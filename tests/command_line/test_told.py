"""What is told at entry, and what is refused there: at the command line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from cli.office.held import Held, Some
from ledger.log import Log
from projections.state.facts import Fold
from tests.command_line.conftest import answer, size
from tests.conftest import Filling, Rally

CLERK = ("--by", "Race direction", "--role", "clerk-of-the-course")
KEEPER = ("--by", "Ann", "--role", "timekeeper")


@pytest.fixture
def loop(rally: Rally, filled: Filling) -> Rally:
    """A rally of three stages and three crews that somebody types in."""

    def fill() -> None:
        new = ("new", "loop-2026", "--title", "Desert Loop", "--timezone", "Asia/Riyadh")
        assert 0 == rally(*new, *CLERK).code
        for order in (1, 2, 3):
            typed(rally, "StageScheduled", f"stage=SS{order}", f"order={order}")
        typed(rally, "WaypointPlaced", "stage=SS1", "point=CP1", "order=1", "at_m=120000")
        typed(rally, "WaypointPlaced", "stage=SS1", "point=DSS", "order=0", "kind=dss")
        for number in (101, 102, 103):
            typed(rally, "CrewEntered", f"number={number}", f'driver="Driver {number}"')

    filled("typed-loop", fill)
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
    ("fields", "told"),
    [
        (("number=112", "stage=SS1", "elapsed_ms=0:40:00"), "No crew 112 is entered"),
        (("number=101", "stage=SS9", "elapsed_ms=0:40:00"), "No stage SS9 is scheduled"),
        (("number=101", "stage=SS1", "point=CP7", "elapsed_ms=0:40:00"), "SS1 has no point CP7"),
    ],
)
def test_what_was_seen_is_on_record_whatever_the_plan_says(
    loop: Rally, fields: tuple[str, ...], told: str
) -> None:
    """A car that passes bears the number it bears: it is told at entry, and an act is refused."""
    before = size(loop)
    assert told in typed(loop, "PassingRecorded", *fields, by=KEEPER)
    assert before + 1 == size(loop)
    named = [each for each in fields if not each.startswith("elapsed_ms")]
    typed(loop, "RetirementReported", *named, by=KEEPER, code=1)


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
    position = answer(loop, "log", "--type", kind)["records"][-1]["position"]
    assert f"`rally correct {position} …`" in said
    assert 0 == loop("correct", position, other, *CLERK, "--reason", "?").code
    name = next(each for each in fields if each.startswith(("control", "point", "zone")))
    typed(loop, kind, *(f"{name}B" if each == name else each for each in fields))
    taken = loop("correct", size(loop), name, *CLERK, "--reason", "?")
    assert (1, True) == (taken.code, "It is planned already" in taken.err)
    assert before + 2 == size(loop)


# -- told at entry -------------------------------------------------------------------------------

RETIRED = ("RetirementReported", "number=103", "stage=SS1")
TIMED = ("StageTimeRecorded", "number=103", "stage=SS2", "elapsed_ms=1:00:00")
TOLD = "Warning: Crew 103 had retired on SS1: Crew 103 SS2: 1:00:00 (measured)."


@pytest.mark.parametrize("words", [(RETIRED, TIMED), (TIMED, RETIRED)])
def test_out_and_yet_timed_is_told_with_the_second_of_them(
    loop: Rally, words: tuple[tuple[str, ...], ...]
) -> None:
    """Nothing is refused: a warning on standard error, in the very words of `check`; tried too."""
    first, second = words
    assert "" == typed(loop, *first)
    assert TOLD in typed(loop, *second, "--dry-run")
    assert TOLD in typed(loop, *second)
    (found,) = answer(loop, "check", "--kind", "seen-after-retirement", code=1)["findings"]
    assert TOLD == f"Warning: {found['message']}"


def test_what_is_told_at_entry_is_in_the_json(loop: Rally) -> None:
    """With its kind, its records and its hint; what is only tried has no place in the log."""
    typed(loop, *RETIRED)
    retired = size(loop)
    tried = answer(loop, "record", *TIMED, *CLERK, "--dry-run")
    done = answer(loop, "record", *TIMED, *CLERK)
    for said, positions in ((tried, [retired]), (done, [retired, retired + 1])):
        (warning,) = said["warnings"]
        assert ("seen-after-retirement", "103", "SS2") == (
            warning["kind"],
            warning["number"],
            warning["stage"],
        )
        assert positions == warning["positions"]
        assert warning["hint"].endswith(".")
    assert (None, retired + 1) == (tried["position"], done["position"])
    again = answer(loop, "record", "RemarkMade", "number=103", "text=seen", *CLERK)
    assert [] == again["warnings"], "it is told once"


def test_a_correction_and_a_decision_tell_as_well(loop: Rally) -> None:
    """Whatever the act: a time moved to the wrong crew, a disqualification, a tie, an entry."""
    typed(loop, *RETIRED)
    typed(loop, *TIMED[:1], "number=102", *TIMED[2:], by=KEEPER)
    moved = loop("correct", size(loop), "number=103", *KEEPER, "--reason", "?")
    assert (0, True) == (moved.code, TOLD in moved.err)
    ruling = ("decide", "effects", "TieBreakDisapplied numbers=101;102", "--fact", "?")
    decided = loop(*ruling, "--by", "Eva", "--role", "stewards", "--reason", "?")
    assert (0, True) == (decided.code, "Warning: Crews 101 and 102 are not level" in decided.err)
    assert "is in the crews 101 and 104" in typed(
        loop, "CrewEntered", "number=104", 'driver="Driver 101"'
    )
    control = ("ControlScheduled", "control=TC1", "stage=SS1", "order=1", "target_ms=0:20:00")
    assert "The target time of TC1 counts from nothing" in typed(loop, *control)
    falls = ("WaypointPlaced", "stage=SS1", "point=WP2", "order=2", "at_m=90000")
    assert "The distance falls on SS1 from km 120 at CP1 to km 90 at WP2." in typed(loop, *falls)


def test_an_office_that_somebody_gave_to_themselves(loop: Rally) -> None:
    """A secretary who becomes a steward by their own hand."""
    ann = ("--by", "Ann Lee", "--role", "secretary")
    for official, warned in (("ann-lee", False), ("Bo", False), ("Ann Lee", True)):
        err = typed(loop, "OfficialAppointed", "office=stewards", f"official={official}", by=ann)
        assert warned == ("Ann Lee (secretary) gave the office to themselves" in err), err


RULED = ("CrewDisqualified", "TieBreakDisapplied")


def test_of_a_long_log_only_what_bears_is_read(
    loop: Rally, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same is told, whether all of the log or a part of it was read."""
    typed(loop, *RETIRED)
    for number, time in (("101", "1:00:00"), ("102", "1:00:30")):
        typed(loop, *TIMED[:1], f"number={number}", "stage=SS3", f"elapsed_ms={time}", by=KEEPER)
    acts = (
        TIMED,
        (*TIMED[:2], "stage=SS3", "elapsed_ms=9:00:00"),
        ("StageStarted", "number=103", "stage=SS3"),
        ("StageClosed", "stage=SS3"),
        ("CrewDisqualified", "number=101", "stage=SS1"),
        ("CrewNotStarted", "number=102", "stage=SS3"),
        ("TieBreakDisapplied", "numbers=101;102"),
        ("NumberReallocated", "number=103", "new_number=113"),
        ("RemarkMade", "text=nothing"),
    )

    def told() -> list[object]:
        found = []
        for act in acts:
            by = ("--by", "Eva", "--role", "stewards") if act[0] in RULED else CLERK
            found.append(answer(loop, "record", *act, *by, "--dry-run")["warnings"])
        return found

    whole = told()
    monkeypatch.setattr("cli.office.telling.A_SHORT_LOG", 5)
    assert whole == told()
    assert {1, 2} <= {len(each) for each in whole if isinstance(each, list)}


def test_what_tells_how_it_stands_bears_on_no_reading(
    loop: Rally, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a long log no time is read to post a document; what is wrong with it is told."""
    typed(loop, *TIMED)
    read: list[str] = []

    def folded(held: Held, log: Log, until: int, parts: Sequence[Some], *hides: Any) -> Fold:
        fold = of_held(held, log, until, parts, *hides)
        read.extend(each.type_name() for each in fold.facts().told.values())
        return fold

    of_held = Held.folded
    monkeypatch.setattr("cli.office.telling.A_SHORT_LOG", 5)
    monkeypatch.setattr(Held, "folded", folded)
    posting = ("publish", "classification", "--after", "SS2", "--kind", "provisional", *CLERK)
    posted = answer(loop, *posting, "--at", "2036-07-10T12:00", "--dry-run")
    assert ["recorded-before-fact"] == [each["kind"] for each in posted["warnings"]]
    assert "CrewEntered" in read
    assert "StageTimeRecorded" not in read
    answer(loop, "record", *TIMED, *CLERK, "--dry-run")
    assert "StageTimeRecorded" in read


def test_a_slip_is_told_once(loop: Rally) -> None:
    """Two times of 101 that differ are one finding, and no news when 103 has its time by now."""
    for order in (101, 102, 103):
        typed(
            loop, "StageStarted", f"number={order}", "stage=SS1", "--at", "2026-03-01T08:00+03:00"
        )
    passing = ("PassingRecorded", "stage=SS1")
    typed(loop, *passing, "number=101", "--at", "2026-03-01T10:00+03:00", by=KEEPER)
    told = typed(loop, *passing, "number=101", "--at", "2026-03-01T10:05+03:00", by=KEEPER)
    slip = "Crew 101 has two times that differ, and crew 102 or 103 has no time on SS1."
    assert 1 == told.count(slip)
    assert "two times" not in typed(
        loop, *passing, "number=103", "--at", "2026-03-01T10:06+03:00", by=KEEPER
    )
    assert 1 == loop("check").out.count("two times that differ, and crew 102 has no time")


def test_who_has_no_time_when_a_stage_is_closed(loop: Rally) -> None:
    """The clerk hears who did not finish by that, and nothing where all are accounted for."""
    timed = ("StageTimeRecorded", "stage=SS1", "elapsed_ms=1:00:00")
    typed(loop, *timed, "number=102", by=KEEPER)
    told = typed(loop, "StageClosed", "stage=SS1", "--dry-run")
    assert "No time on SS1: 101, 103. Whoever has none when it is closed did not finish it" in told
    typed(loop, "RetirementReported", "number=103", "stage=SS1")
    typed(loop, *timed, "number=101", by=KEEPER)
    assert "" == typed(loop, "StageClosed", "stage=SS1")


def test_a_second_finish_of_a_stage_is_told_when_it_is_placed(loop: Rally) -> None:
    """Typed in capitals it is one too; who was seen at the first is told to have no time."""
    assert "" == typed(loop, "WaypointPlaced", "stage=SS1", "point=FIN", "order=8", "kind=ASS")
    seen = ("number=101", "stage=SS1", "point=FIN", "elapsed_ms=2:00:00")
    assert "" == typed(loop, "PassingRecorded", *seen, by=KEEPER)
    said = typed(loop, "WaypointPlaced", "stage=SS1", "point=ASS", "order=9", "kind=Ass")
    told = "SS1 has 2 points of the kind ass, FIN and ASS; the last, ASS, is the finish"
    assert f"{told}, and the passing of crew 101 at FIN gives no time." in said
    said = typed(loop, "PassingRecorded", "number=102", *seen[1:], by=KEEPER)
    assert f"{told}, and the passing of 2 crews at FIN gives no time." in said


def test_words_of_a_few_are_typed_in_capitals_or_not(loop: Rally) -> None:
    """Of the kinds of stages, penalties and incidents; another word is refused as before."""
    typed(loop, "StageScheduled", "stage=SS4", "order=4", "kind=Marathon")
    typed(loop, "IncidentReported", "number=101", "stage=SS1", "kind=PUNCTURE")
    typed(loop, "StageScheduled", "stage=SS5", "order=5", "kind=Marathons", code=2)
    kinds = [each["occurrence"].get("kind") for each in answer(loop, "log")["records"]]
    assert ["marathon", "puncture"] == kinds[-2:]


def test_a_stage_is_closed_once(loop: Rally) -> None:
    """A second closing is refused when it is typed, and told where two sites recorded it."""
    typed(loop, "StageClosed", "stage=SS1", by=KEEPER)
    closed = size(loop)
    said = typed(loop, "StageClosed", "stage=SS1", code=1)
    assert f"SS1 is closed already.\nHint: If that was too early, `rally void {closed}`" in said
    typed(loop, "StageClosed", "stage=SS2")
    wrong = loop("correct", size(loop), "stage=SS1", *CLERK, "--reason", "?")
    assert (1, True) == (wrong.code, "SS1 is closed already." in wrong.err)
    assert 0 == loop("void", closed, *KEEPER, "--reason", "too early").code
    typed(loop, "StageClosed", "stage=SS1")

    lines = loop("export", "jsonl").out.splitlines()
    again = json.loads(lines[closed - 1])["occurrence"] | {"by": "Zoe", "reason": "too"}
    again.pop("source", None)  # it was another keyboard
    Path("again.jsonl").write_text(json.dumps(again) + "\n", encoding="utf-8")
    assert 0 == loop("import", "jsonl", "again.jsonl").code
    found = answer(loop, "check", code=1)["findings"]
    assert ["SS1 was closed 2 times."] == [
        e["message"] for e in found if e["kind"] == "closed-twice"
    ]
