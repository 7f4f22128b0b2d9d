"""Acts and sheets in the course of a rally: what is typed twice, taken back, or changed later."""

from __future__ import annotations

from pathlib import Path

from cli.office.moving import sentences
from projections.comparing.compare import Change
from tests.command_line.conftest import answer, size
from tests.command_line.sheets import RECORDS, SHEETS, with_change, write_sheets
from tests.conftest import Rally

CLERK = ("--by", "Race direction", "--role", "clerk-of-the-course", "--reason", "?")
KEEPER = ("--by", "Ann", "--role", "timekeeper", "--reason", "?")


def total(rally: Rally, number: str) -> int:
    """The total of a crew in the overall."""
    rows = answer(rally, "standings")["rows"]
    return next(int(row["total_ms"]) for row in rows if row["number"] == number)


def test_a_penalty_whose_document_is_filled_in_later(dune: Rally, tmp_path: Path) -> None:
    """The same row with another reason is a conflict, not a second penalty."""
    before = answer(dune, "standings")["rows"]
    changed = with_change("penalties.csv", "speeding in a village", "speeding in two villages")
    write_sheets(tmp_path / "sheets", changed)
    said = dune("import", "sheets", "sheets")

    assert (1, RECORDS) == (said.code, size(dune))
    assert "reason was speeding in a village, is speeding in two villages" in said.err
    assert before == answer(dune, "standings")["rows"]


def test_a_crew_that_retires_and_restarts_in_the_sheets(rally: Rally, tmp_path: Path) -> None:
    """A retired crew is out of the overall; a row that says it restarted brings it back."""
    row = SHEETS["status.csv"].splitlines()[0].split(",")
    cells = {"stage": "SS3", "number": "102", "act": "retired"}
    retired = ",".join(cells.get(name, "") for name in row)
    write_sheets(tmp_path / "sheets", {"status.csv": SHEETS["status.csv"] + retired + "\n"})
    assert 0 == rally("import", "sheets", "sheets").code
    out = {each["number"]: each["status"] for each in answer(rally, "standings")["unclassified"]}
    assert "retired" == out["102"]
    back = ",".join((cells | {"act": "restarted"}).get(name, "") for name in row)
    both = f"{SHEETS['status.csv']}{retired}\n{back}\n"
    write_sheets(tmp_path / "sheets", {"status.csv": both})
    assert 0 == rally("import", "sheets", "sheets").code

    assert "102" in {each["number"] for each in answer(rally, "standings")["rows"]}


def test_a_correction_must_refer_to_what_exists(dune: Rally) -> None:
    """A time can't be moved to a crew or a stage that is not there, nor a number be taken twice."""
    time = answer(dune, "log", "--type", "StageTimeRecorded")["records"][0]["position"]
    entry = answer(dune, "log", "--type", "CrewEntered", "--crew", "101")["records"][0]["position"]
    secretary = ("--by", "Bo", "--role", "secretary", "--reason", "?")
    for record, change, message, signature in (
        (time, "number=555", "No crew 555 is entered.", KEEPER),
        (time, "stage=SS9", "No stage SS9 is scheduled.", KEEPER),
        (entry, "number=102", "The number 102 belongs to", secretary),
    ):
        said = dune("correct", record, change, *signature)
        assert (1, True) == (said.code, message in said.err)
    assert 0 == dune("correct", time, "number=103", "--dry-run", *KEEPER).code
    assert RECORDS == size(dune)


def test_a_penalty_is_withdrawn_once(dune: Rally) -> None:
    """What was taken back is not taken back again; voiding the withdrawal restores the penalty."""
    penalty = answer(dune, "log", "--type", "PenaltyGiven")["records"][0]
    position, number = penalty["position"], penalty["occurrence"]["number"]
    words = ("record", "PenaltyWithdrawn", f"target=#{position}", *CLERK)
    assert 0 == dune(*words).code
    again = dune(*words)
    assert (1, True) == (again.code, "was taken back already" in again.err)
    assert f"crew {number}" in dune("show", f"#{RECORDS + 1}").out


def test_what_is_typed_carelessly(dune: Rally) -> None:
    """A field given twice, an empty name and a number of too many digits are questions of usage."""
    enter = ("record", "CrewEntered", "number=10", "number=11", "driver=x", "category=car")
    for words in (
        (*enter, "--by", "Bo", "--role", "secretary"),
        ("record", "StageClosed", "stage=SS1", "--by", " ", "--role", "clerk-of-the-course"),
        ("record", "StageTimeRecorded", f"elapsed_ms={'9' * 5000}:00:00", *KEEPER),
        ("standings", "--known-at", "9" * 5000),
        ("standings", "--stage", ""),
        ("standings", "--category", "boat"),
    ):
        assert 2 == dune(*words).code, words
    assert RECORDS == size(dune)


def test_a_second_stage_of_one_number(dune: Rally) -> None:
    """Two stages can't have one number in the order of the rally."""
    words = ("record", "StageScheduled", "stage=SS3b", "order=3")
    said = dune(*words, "--by", "Bo", "--role", "secretary")
    assert (1, True) == (said.code, "SS3 has the number 3 already." in said.err)


def test_control_characters_are_spelled_out(dune: Rally) -> None:
    """A name that holds terminal codes or a line end can't act on the screen of who reads it."""
    words = ("record", "CrewEntered", "number=9", "driver=a\x1b[31mred\nline", "category=car")
    said = dune(*words, "--by", "Bo", "--role", "secretary")
    assert (0, True) == (said.code, r"a\x1b[31mred\x0aline" in said.out)
    assert "\x1b" not in dune("log", "--crew", "9").out


def test_a_site_has_a_name(rally: Rally, tmp_path: Path) -> None:
    """A laptop at the finish names itself, and its records keep that name wherever they go."""
    write_sheets(tmp_path / "sheets")
    rally("--site", "finish-ss1", "import", "sheets", "sheets", "--ledger", "laptop.db")
    rally("--ledger", "laptop.db", "export", "jsonl", "laptop.jsonl")
    rally("import", "jsonl", "laptop.jsonl")
    sites = {each["site"] for each in answer(rally, "log")["records"]}
    assert {"finish-ss1"} == sites


def test_a_number_that_changed_hands(dune: Rally) -> None:
    """The old number is nobody's until it is given anew, from a time on; then it is taken again."""
    office = ("--by", "Bo", "--role", "secretary")
    entry = ("record", "CrewEntered", "number=102", "driver=New", "category=car")
    given = ("record", "NumberReallocated", "number=102", "new_number=112", *office)
    assert 0 == dune(*given, "--at", "2016-07-01T08:00+08:00").code
    penalty = ("record", "PenaltyGiven", "stage=SS1", "amount_ms=0:01:00", *CLERK)
    said = dune(*penalty, "number=102")
    assert (1, "Error: Crew 102 bears the number 112 now.") == (said.code, said.err.split("\n")[0])
    assert 0 == dune(*penalty, "number=112").code
    said = dune(*entry, *office)
    assert "Error: Crew 112 bore the number 102 before." == said.err.split("\n")[0]
    assert 0 == dune(*entry, "--at", "2016-07-02T08:00+08:00", *office).code
    again = dune(*entry, "--at", "2016-07-03T08:00+08:00", *office)
    back = dune("record", "NumberReallocated", "number=112", "new_number=102", *office)

    assert (1, 1) == (again.code, back.code)
    assert "The number 102 belongs to New." in again.err + back.err
    assert "unknown-crew" not in dune("check").out


def test_acts_that_would_say_nothing_or_everything(dune: Rally) -> None:
    """Each is refused with what is missing, and nothing is appended."""
    before = size(dune)
    for words, message in (
        (("StageStopped", "stage=SS1", "method=own-average"), "needs the point"),
        (("SourceDeclaredUnreliable",), "Which source is unreliable is not said."),
        (("TargetTimeChanged", "stage=SS1"), "No time is changed."),
        (("TargetTimeChanged", "stage=SS1", "target_ms=0:10:00"), "is that of a control"),
        (("StageCancelled", "stage=SS1", "categories=bike"), "No crew is of the category bike."),
        (("StartPutBack", "number=101", "stage=SS1", "by_ms=0:00:00"), "it starts later is not"),
        (
            ("CrewReclassified", "number=101", "stage=SS1"),
            "Where the crew is moved to is not said.",
        ),
    ):
        said = dune("record", *words, "--by", "C", "--role", "clerk-of-the-course")
        assert (1, before) == (said.code, size(dune)), said.out
        assert message in said.err
    stewards = ("--by", "S", "--role", "stewards")
    said = dune("record", "TieBreakDisapplied", "numbers=101", *stewards)
    assert "One crew alone shares no place." in said.err
    assert 0 == dune("record", "TieBreakDisapplied", "numbers=101,102", *stewards).code
    zone = ("record", "ZonePlaced", "stage=SS1", "zone=DZ1", "kind=speed")
    assert 0 == dune(*zone, "--by", "B", "--role", "secretary").code
    speeding = ("record", "PenaltyGiven", "number=101", "stage=SS1", "point=DZ1")
    assert 0 == dune(*speeding, "amount_ms=0:01:00", *CLERK).code


def test_who_leaves_the_overall_together_stands_in_one_line() -> None:
    """When the next stage begins all but one have no time on it: said once, and all are counted."""
    gone = [("cars", Change(str(n), (n, None), (n * 1000, None))) for n in range(1, 13)]
    first = ("cars", Change("20", (13, 1), (1000, 9000)))
    two = [("trucks", Change(str(n), (n, None), (n * 1000, None))) for n in (31, 32)]
    assert [
        "Overall cars: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more → not classified",
        "Overall cars: 20 13th → 1st, total 0:00:09 (+0:00:08)",
        "Overall trucks: 31 31st → not classified",
        "Overall trucks: 32 32nd → not classified",
    ] == sentences([*gone, first, *two])
    moved = [("", Change(str(n), (n, n + 1), (n, n))) for n in range(1, 9)]
    assert "… and 12 more crews." == sentences([*moved, *moved[:3], *gone[:11]])[-1]
