"""A line that is written otherwise, or knows less, is no conflict: only what is news is one."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.command_line.conftest import answer, size
from tests.command_line.sheets import (
    ANSWERS,
    ENTRIES_JSON,
    SHEETS,
    SPLITS_JSON,
    STAGETIMES_JSON,
    TIMES_JSON,
    with_change,
    write_sheets,
    write_wrc_live,
)
from tests.conftest import Rally

IMPORT = ("import", "wrc-live", "quarry")
SHEET_IMPORT = ("import", "sheets", "sheets")
CORRECTING = ("--as-corrections", "--reason", "saved again")
Spelled = Callable[[str], str]


def again(rally: Rally, *words: str, known: int) -> None:
    """What is imported again is all known: with --as-corrections too, and nothing is appended."""
    before = size(rally)
    for how in ((), CORRECTING):
        said = answer(rally, *words, *how)
        assert (0, known, 0) == tuple(
            said[name] for name in ("appended", "already_known", "conflicts")
        ), said["problems"]
    assert before == size(rally)


def texts(said: Any, spelled: Spelled, but: frozenset[str]) -> Any:
    """An answer with its texts written otherwise, but for those of these names."""
    if isinstance(said, dict):
        return {
            name: each if name in but else texts(each, spelled, but) for name, each in said.items()
        }
    if isinstance(said, list):
        return [texts(each, spelled, but) for each in said]
    return spelled(said) if isinstance(said, str) else said


SPELLINGS: dict[str, Spelled] = {
    "capitals": str.upper,
    "small letters": str.lower,
    "blanks": lambda text: f"  {text.replace(' ', '   ')}\u00a0\t",
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "composed": lambda text: unicodedata.normalize("NFC", text),
}
MEANT = frozenset({"status", "source", "identifier", "startDateTimeLocal", "splitDateTimeLocal"})
MEANT |= {"retirementDateTimeLocal"}
"""What is no free text in the answers."""
RESPELT = [ENTRIES_JSON, *(name for name in ANSWERS if "penalties" in name or "retire" in name)]


@pytest.mark.parametrize("first", ["composed", "decomposed", "blanks"])
@pytest.mark.parametrize("then", SPELLINGS)
def test_answers_that_are_written_otherwise(
    rally: Rally, tmp_path: Path, first: str, then: str
) -> None:
    """Names, teams, classes, reasons and places, whichever way they were written first."""
    answers = {name: ANSWERS[name] for name in RESPELT}
    answers[ENTRIES_JSON] = json.loads(
        json.dumps(answers[ENTRIES_JSON]).replace("Kestrel", "\\u00c9curie \\u00c5land")
    )
    assert "Écurie Åland" in str(answers[ENTRIES_JSON])
    for spelling in (first, then):
        changed = {
            name: json.dumps(texts(each, SPELLINGS[spelling], MEANT), ensure_ascii=False)
            for name, each in answers.items()
        }
        write_wrc_live(tmp_path / "quarry", changed)
        if spelling is first and answer(rally, *IMPORT)["appended"]:
            continue
    again(rally, *IMPORT, known=23)
    row = answer(rally, "standings")["rows"][0]
    names = [" ".join(row[name].split()) for name in ("team", "driver")]
    assert ["Écurie Åland WRT", "Nora Lind"] == names


def test_text_is_kept_in_one_normal_form(rally: Rally, tmp_path: Path) -> None:
    """Composed and without blanks around it: in an import, and where it is typed."""
    name = unicodedata.normalize("NFD", "Zoë Åström")
    where = unicodedata.normalize("NFD", "à Sète")
    changed = {
        "entries.csv": SHEETS["entries.csv"].replace("Aino Salo", f"\u00a0{name} "),
        "penalties.csv": SHEETS["penalties.csv"].replace("in a village", where),
    }
    write_sheets(tmp_path / "sheets", changed)
    assert 0 == rally(*SHEET_IMPORT).code
    clerk = ("--by", f" {name}", "--role", "clerk-of-the-course", "--reason", f"{name}\n")
    decomposed = unicodedata.normalize("NFD", "Café  à l'eau ")
    assert 0 == rally("record", "RemarkMade", f"text={decomposed}", *clerk).code
    assert (
        0
        == rally("record", "PenaltyGiven", "number=101", "stage=SS1", "amount_ms=0:01", *clerk).code
    )
    entry = answer(rally, "log", "--crew", "101", "--type", "CrewEntered")["records"][0]
    assert "Zoë Åström" == entry["occurrence"]["driver"]
    for kind, field in (("PenaltyGiven", "reason"), ("RemarkMade", "text")):
        for each in answer(rally, "log", "--type", kind)["records"]:
            said = each["occurrence"][field]
            assert unicodedata.normalize("NFC", said).strip() == said
    last = answer(rally, "log", "--type", "PenaltyGiven")["records"][-1]["occurrence"]
    assert ("Zoë Åström", "Zoë Åström") == (last["by"], last["reason"])
    assert 0 == rally("correct", "#6", f"team={decomposed}", *clerk).code
    assert "Café  à l'eau" == answer(rally, "standings")["rows"][0]["team"]


def test_a_number_keeps_its_letters(rally: Rally, tmp_path: Path) -> None:
    """Other records name a crew by it: that it is written otherwise is news."""
    entries = json.loads(
        json.dumps(ANSWERS[ENTRIES_JSON]).replace('"identifier": "2"', '"identifier": "2a"')
    )
    write_wrc_live(tmp_path / "quarry", {ENTRIES_JSON: json.dumps(entries)})
    assert 0 == rally(*IMPORT).code
    capital = json.dumps(entries).replace('"2a"', '"2A"')
    write_wrc_live(tmp_path / "quarry", {ENTRIES_JSON: capital})
    assert "number was 2a, is 2A" in rally(*IMPORT).err


# -- times -----------------------------------------------------------------------------------------

SS2 = ANSWERS[STAGETIMES_JSON]


def timed(*elapsed: int) -> str:
    """The times of SS2, which is timed in thousandths."""
    return json.dumps(
        [{**each, "elapsedDurationMs": ms} for each, ms in zip(SS2, elapsed, strict=True)]
    )


@pytest.mark.parametrize(
    ("first", "then", "conflicts"),
    [
        ((300_123, 301_456), (300_100, 301_500), 0),  # rounded to tenths
        ((300_123, 301_456), (300_100, 301_400), 0),  # cut
        ((300_123, 301_456), (300_100, 301_456), 0),  # one of them
        ((300_100, 301_500), (300_123, 301_456), 0),  # the other way round
        ((300_123, 301_456), (300_000, 301_000), 0),  # in seconds
        ((300_123, 301_456), (300_200, 301_300), 2),  # coarser, but not the same time
        ((300_123, 301_456), (300_124, 301_456), 1),
        ((300_123, 301_456), (300_120, 301_456), 1),  # in hundredths one in ten ends so
    ],
)
def test_a_coarser_time_that_agrees_is_no_conflict(
    rally: Rally, tmp_path: Path, first: tuple[int, ...], then: tuple[int, ...], conflicts: int
) -> None:
    """Thousandths rounded to tenths, or cut; what is on record stays as fine as it is."""
    write_wrc_live(tmp_path / "quarry", {STAGETIMES_JSON: timed(*first)})
    assert 0 == rally(*IMPORT).code
    write_wrc_live(tmp_path / "quarry", {STAGETIMES_JSON: timed(*then)})
    if not conflicts:
        again(rally, *IMPORT, known=23)
    assert conflicts == answer(rally, *IMPORT, code=int(conflicts > 0))["conflicts"]


def test_a_tenth_is_news_on_a_stage_that_is_timed_so(rally: Rally, tmp_path: Path) -> None:
    """11:43.2 is not 11:43.0 there, though that may be a whole second."""
    write_wrc_live(tmp_path / "quarry")
    assert 0 == rally(*IMPORT).code
    times = json.dumps(ANSWERS[TIMES_JSON]).replace("703200", "703000")
    write_wrc_live(tmp_path / "quarry", {TIMES_JSON: times})
    assert "elapsed_ms was 0:11:43.200, is 0:11:43" in rally(*IMPORT).err


@pytest.mark.parametrize(
    ("first", "then", "code"),
    [
        ("1:35:00.456", "1:35:00.5", 0),
        ("1:35:00.5", "1:35:00.456", 0),
        ("1:35:00.4", "1:35:00", 0),
        ("1:35:00", "1:35:00.9", 0),
        ("1:35:00.4", "1:35:02", 1),
        ("1:35:00", "1:36:00", 1),
    ],
)
def test_a_coarser_time_of_a_sheet(
    rally: Rally, tmp_path: Path, first: str, then: str, code: int
) -> None:
    """As it is in the answers of a service."""
    write_sheets(tmp_path / "sheets", with_change("times.csv", "1:35:00", first))
    assert 0 == rally(*SHEET_IMPORT).code
    write_sheets(tmp_path / "sheets", with_change("times.csv", "1:35:00", then))
    assert code == rally(*SHEET_IMPORT).code


# -- what is only assumed --------------------------------------------------------------------------


def instants(rally: Rally) -> list[tuple[Any, Any]]:
    """When the crews finished the stages, and whether that is assumed."""
    times = answer(rally, "log", "--type", "StageTimeRecorded")["records"]
    amended = {each["position"]: each["corrected_by"] for each in times}
    assert not any(amended.values()), amended
    return [(each["fact_at"], each["occurrence"].get("fact_assumed", False)) for each in times]


@pytest.mark.parametrize("splits", [None, "[]", "null", ""])
def test_a_measured_finish_stays_when_the_splits_are_missing(
    rally: Rally, tmp_path: Path, splits: str | None
) -> None:
    """Without them a finish can only be assumed: that is no conflict, and replaces nothing."""
    write_wrc_live(tmp_path / "quarry")
    assert 0 == rally(*IMPORT).code
    before = instants(rally)
    assert ("2019-03-08T08:11:40-06:00", False) in before
    (tmp_path / "quarry" / SPLITS_JSON).unlink()
    write_wrc_live(tmp_path / "quarry", {SPLITS_JSON: splits})
    again(rally, *IMPORT, known=21)
    assert before == instants(rally)


def test_what_is_known_replaces_what_was_assumed(rally: Rally, tmp_path: Path) -> None:
    """The splits come in late: that is news, and recorded as a correction where that is asked."""
    write_wrc_live(tmp_path / "quarry", {SPLITS_JSON: "[]"})
    assert 0 == rally(*IMPORT).code
    write_wrc_live(tmp_path / "quarry")
    said = answer(rally, *IMPORT, code=1)
    assert {"StageTimeRecorded": {"differs": 1}} == said["kinds"]
    assert 1 == answer(rally, *IMPORT, *CORRECTING)["appended"]
    again(rally, *IMPORT, known=23)
    (_, first, *_) = answer(rally, "log", "--crew", "1", "--stage", "SS1")["records"][-2:]
    assert "Corrected" == first["type"]
    assert {"fact_at", "fact_assumed"} == first["occurrence"]["changes"].keys()


def test_what_follows_from_news_is_assumed_anew(rally: Rally, tmp_path: Path) -> None:
    """A penalty turns out to belong to the other stage: it counts from the end of that one."""
    penalties = f"{Path(ENTRIES_JSON).parent.as_posix()}/penalties.json"
    (given,) = ANSWERS[penalties]
    write_wrc_live(tmp_path / "quarry")
    assert 0 == rally(*IMPORT).code
    write_wrc_live(tmp_path / "quarry", {penalties: json.dumps([{**given, "controlId": 4}])})
    assert 1 == answer(rally, *IMPORT, *CORRECTING)["appended"]
    (correction,) = answer(rally, "log", "--type", "Corrected")["records"]
    changes = correction["occurrence"]["changes"]
    assert {"control", "stage", "fact_at"} == changes.keys()
    again(rally, *IMPORT, known=23)


@pytest.mark.parametrize("known", ["times.csv", "status.csv"])
def test_an_instant_that_a_sheet_no_longer_gives_stays(
    dune: Rally, tmp_path: Path, known: str
) -> None:
    """The end of the day, which stands in for it, is only assumed."""
    at = {"times.csv": "2016-07-18T08:00:00+08:00", "status.csv": "2016-07-20T10:15:00+08:00"}
    lines = {
        "times.csv": "SS3,101,,1:10:00,{},official",
        "status.csv": "SS3,103,retired,{},gearbox,km 61",
    }
    plain = SHEETS[known].replace(
        "SS3,101,,1:10:00,,official", lines["times.csv"].format(at[known])
    )
    write_sheets(tmp_path / "sheets", {known: plain})
    if known == "times.csv":
        assert 1 == answer(dune, *SHEET_IMPORT, *CORRECTING)["appended"]
    text = plain.replace(lines[known].format(at[known]), lines[known].format(""))
    assert text != plain
    write_sheets(tmp_path / "sheets", {known: text})
    again(dune, *SHEET_IMPORT, known=28)


# -- what can't be corrected is said anew ----------------------------------------------------------


def test_another_rulebook_is_adopted_anew(dune: Rally, tmp_path: Path) -> None:
    """No correction can hold a table: what was adopted is void, and the log still reads."""
    write_sheets(tmp_path / "sheets", with_change("rally.toml", "dakar-2020", "cross-country"))
    assert 1 == dune(*SHEET_IMPORT).code
    assert 2 == answer(dune, *SHEET_IMPORT, *CORRECTING)["appended"]
    assert "cross-country" == answer(dune, "standings")["basis"]["rulebook"]
    again(dune, *SHEET_IMPORT, known=28)
    write_sheets(tmp_path / "sheets")
    assert 2 == answer(dune, *SHEET_IMPORT, *CORRECTING)["appended"]
    assert "dakar-2020" == answer(dune, "standings")["basis"]["rulebook"]
    again(dune, *SHEET_IMPORT, known=28)
    assert 0 == dune("verify").code


def test_a_passing_that_becomes_a_time(dune: Rally, tmp_path: Path) -> None:
    """The finish was given as an instant first, then as a time: another record under its key."""
    moment = "SS3,103,,,2016-07-20T09:30:00+08:00,official\n"
    write_sheets(tmp_path / "sheets", {"times.csv": SHEETS["times.csv"] + moment})
    assert 0 == dune(*SHEET_IMPORT).code
    timed = "SS3,103,,1:15:00,,official\n"
    write_sheets(tmp_path / "sheets", {"times.csv": SHEETS["times.csv"] + timed})
    assert "it was a PassingRecorded and is a StageTimeRecorded" in dune(*SHEET_IMPORT).err
    assert 2 == answer(dune, *SHEET_IMPORT, *CORRECTING)["appended"]
    again(dune, *SHEET_IMPORT, known=29)
    rows = answer(dune, "standings", "--stage", "SS3")["rows"]
    assert 4_500_000 in [row["time_ms"] for row in rows]


def test_a_key_that_stands_twice_is_corrected_by_neither(dune: Rally, tmp_path: Path) -> None:
    """Corrected to the one and to the other, the log would grow with every import."""
    line = "101,Zoe Quist,FIN,,car,T1,,,\n"
    write_sheets(tmp_path / "sheets", {"entries.csv": SHEETS["entries.csv"] + line})
    for how in ((), CORRECTING):
        said = answer(dune, *SHEET_IMPORT, *how, code=1)
        assert (0, 1) == (said["appended"], said["conflicts"])
        assert "differs from an earlier line" in said["problems"][0]["reason"]


@pytest.mark.parametrize("first", [True, False])
def test_a_key_that_says_two_things_keeps_what_is_on_record(
    dune: Rally, tmp_path: Path, first: bool
) -> None:
    """Whichever line comes first: that which agrees is known, the other is told and moves none."""
    (line,) = (each for each in SHEETS["entries.csv"].splitlines() if each.startswith("101,"))
    other = line.replace("Aino Salo", "Zoe Quist")
    both = "\n".join((line, other) if first else (other, line))
    write_sheets(tmp_path / "sheets", with_change("entries.csv", line, both))
    for how in ((), CORRECTING):
        said = answer(dune, *SHEET_IMPORT, *how, code=1)
        assert (0, 28, 1) == tuple(said[n] for n in ("appended", "already_known", "conflicts"))
        assert "Aino Salo" == answer(dune, "standings")["rows"][0]["driver"]


def test_a_line_that_stands_twice_is_corrected_once(dune: Rally, tmp_path: Path) -> None:
    """And told twice, where it is not."""
    (line,) = (each for each in SHEETS["entries.csv"].splitlines() if each.startswith("101,"))
    other = line.replace("Aino Salo", "Zoe Quist")
    write_sheets(tmp_path / "sheets", with_change("entries.csv", line, f"{other}\n{other}"))
    assert 2 == answer(dune, *SHEET_IMPORT, code=1)["conflicts"]
    assert 1 == answer(dune, *SHEET_IMPORT, *CORRECTING)["appended"]
    again(dune, *SHEET_IMPORT, known=29)


def test_a_correction_leaves_what_an_office_corrected(dune: Rally, tmp_path: Path) -> None:
    """What its source never said otherwise stays as it was corrected by hand, and nothing forks."""
    keeper = ("--by", "Li", "--role", "secretary", "--reason", "by the papers")
    assert 0 == dune("correct", "#6", "team=Team South", *keeper).code
    write_sheets(tmp_path / "sheets", with_change("entries.csv", "Aino Salo", "Aino Berg"))
    assert 1 == answer(dune, *SHEET_IMPORT, *CORRECTING)["appended"]
    again(dune, *SHEET_IMPORT, known=28)
    (row,) = (each for each in answer(dune, "standings")["rows"] if each["number"] == "101")
    assert ("Aino Berg", "Team South") == (row["driver"], row["team"])
    assert [] == answer(dune, "anomalies")["rows"]
    write_sheets(tmp_path / "sheets", with_change("entries.csv", "Team North", "Team South"))
    said = answer(dune, *SHEET_IMPORT, code=1)  # what it says now stands already
    assert ["driver was Aino Berg, is Aino Salo"] == [
        each["reason"].rpartition("key: ")[2] for each in said["problems"]
    ]


def test_a_record_that_is_void_is_not_corrected(dune: Rally, tmp_path: Path) -> None:
    """An office voided it: that its source says something else now is told, and moves nothing."""
    keeper = ("--by", "Li", "--role", "timekeeper", "--reason", "wrong crew")
    times = answer(dune, "log", "--crew", "102", "--stage", "SS2")["records"]
    assert 0 == dune("void", f"#{times[0]['position']}", *keeper).code
    write_sheets(tmp_path / "sheets", with_change("times.csv", "1:35:00", "1:36:00"))
    said = answer(dune, *SHEET_IMPORT, *CORRECTING, code=1)
    assert (0, 1) == (said["appended"], said["conflicts"])
    assert said["problems"][0]["reason"].endswith("is 1:36:00; but that record is void")
