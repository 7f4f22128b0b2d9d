"""Bad input: a clear message with its place, the right exit code, nothing lost, nothing half-done.

Exit codes: 1 refused, 2 usage, 4 somebody appended first, 5 unreadable. What an import could not
append is in the quarantine file beside the ledger, as it stood and with the reason.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from projections.rules.templates import template_names
from tests.command_line.conftest import Quarantined, answer, size
from tests.command_line.sheets import (
    ENTRIES_JSON,
    RALLY_TOML,
    RECORDS,
    SHEETS,
    STAGETIMES_JSON,
    cut_in_half,
    with_change,
    with_line,
    write_sheets,
    write_wrc_live,
)
from tests.conftest import Rally, Said
from tests.looked import some_of

ANN = ("--by", "Ann", "--role", "timekeeper")
TIME = ("record", "StageTimeRecorded", "number=101", "stage=SS1", "elapsed_ms=2:00:01")
SHORT = "It has 3 cells; the header has 6."
NO_TIME = "'25:61:00' is not a time: minutes and seconds end at 59."


def refused(rally: Rally, code: int, message: str, hint: str, *words: object) -> None:
    """The command ends with the code and says so; under --json the same, as one document."""
    assert Said(code, "", f"Error: {message}\nHint: {hint}\n") == rally(*words)
    error = answer(rally, *words, code=code)["error"]
    assert (message, hint) == (error["message"], error["hint"])
    kinds = {1: {"refused"}, 2: {"usage", "not-found"}, 4: {"conflict"}}
    assert error["kind"] in kinds.get(code, {"unreadable", "unavailable"})


# -- lines that can be read but fit nothing --------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "kind", "message"),
    [
        (
            "SS1,999,,2:00:00,,official",
            "unknown-crew",
            (
                "No crew 999 is entered: Crew 999 SS1: 2:00:00 (measured). "
                "(sheets times/SS1/999/finish/official)"
            ),
        ),
        (
            "SS9,101,,2:00:00,,official",
            "unknown-stage",
            (
                "No stage SS9 is scheduled: Crew 101 SS9: 2:00:00 (measured). "
                "(sheets times/SS9/101/finish/official)"
            ),
        ),
        (
            "SS1,101,ASS,0:30:00,,gps",
            "falling-time",
            "The time of crew 101 on SS1 falls from 1:01:00 at WP1 to 0:30:00 at ASS.",
        ),
    ],
)
def test_what_contradicts_is_appended_and_shown(
    rally: Rally, tmp_path: Path, line: str, kind: str, message: str
) -> None:
    """An unknown number or stage, or a time that falls, is an anomaly and no error."""
    write_sheets(tmp_path / "sheets", with_line("times.csv", line))
    said = rally("import", "sheets", "sheets")
    assert 0 == said.code
    assert f"sheets/times.csv:15: #26 {message}\n" in said.err
    assert RECORDS + 1 == size(rally)
    rows = answer(rally, "anomalies", "--kind", kind)["rows"]
    assert [message] == [row["message"] for row in rows]
    assert 26 in rows[0]["positions"]


def test_an_anomaly_is_told_once(rally: Rally, tmp_path: Path) -> None:
    """Imported again, nothing is appended and nothing is told anew; the count stays."""
    write_sheets(tmp_path / "sheets", with_line("times.csv", "SS1,999,,2:00:00,,official"))
    rally("import", "sheets", "sheets")
    expected = (
        "dune-2016: 29 lines read, 0 appended, 29 already known, 0 conflicts, 0 unreadable, "
        "1 anomaly in the log.\n"
    )
    assert Said(0, expected, "") == rally("import", "sheets", "sheets")


# -- lines that can't be read ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "reason", "kept"),
    [
        (b"SS1,101,2:00", SHORT, "SS1,101,2:00"),
        (
            b'SS1,101,"WP1,2:00:00,,official',
            "A quote is opened and not closed before line 15 ends.",
            'SS1,101,"WP1,2:00:00,,official',
        ),
        (b"SS1,101,W\xe9,2:00:00,,gps", "It is not UTF-8.", "SS1,101,W\\xe9,2:00:00,,gps"),
        (b"SS1,101,,25:61:00,,gps", NO_TIME, "SS1,101,,25:61:00,,gps"),
        (
            b"SS1,101,,soon,,gps",
            "'soon' is not a time: Write hours:minutes:seconds",
            "SS1,101,,soon,,gps",
        ),
        (b"SS1,101,,-0:10:00,,gps", "The time '-0:10:00' is negative.", "SS1,101,,-0:10:00,,gps"),
        (b",101,,2:00:00,,gps", "The column 'stage' is empty.", ",101,,2:00:00,,gps"),
        (b"SS1,101,,,,gps", "Neither 'elapsed' nor 'at' is given.", "SS1,101,,,,gps"),
        (
            b"SS1,102,DSS,0:00:00,,gps",
            "A start needs an instant in the column 'at'.",
            "SS1,102,DSS,0:00:00,,gps",
        ),
        (
            b"SS1,101,WP1,,yesterday,gps",
            "'yesterday' is not a moment.",
            "SS1,101,WP1,,yesterday,gps",
        ),
    ],
)
def test_a_bad_line_is_kept_and_the_rest_is_appended(
    rally: Rally, tmp_path: Path, quarantined: Quarantined, line: bytes, reason: str, kept: str
) -> None:
    """Named with file, line and reason; kept in the quarantine as it stood; exit code 5."""
    folder = write_sheets(tmp_path / "sheets")
    (folder / "times.csv").write_bytes(SHEETS["times.csv"].encode() + line + b"\n")
    said = rally("import", "sheets", "sheets")
    place = str(Path("sheets") / "times.csv") + ":15"
    reason = reason.partition(": Write")[0]
    assert 5 == said.code
    assert said.err.startswith(f"{place}: {reason}")
    assert said.err.endswith("What was not appended is kept in rally.db.quarantine.jsonl.\n")
    assert RECORDS == size(rally)
    (held,) = quarantined()
    assert (place, "unreadable", kept) == (held["where"], held["kind"], held["raw"])
    assert held["reason"].startswith(reason)


def test_an_open_quote_swallows_lines_but_loses_none(
    rally: Rally, tmp_path: Path, quarantined: Quarantined
) -> None:
    """The lines behind an open quote can't be told apart; all of them are in the quarantine."""
    lines = 'SS1,101,"WP1,2:00:00,,gps\nSS1,102,,2:00:00,,gps'
    write_sheets(tmp_path / "sheets", with_line("times.csv", lines))
    assert 5 == rally("import", "sheets", "sheets").code
    assert [lines] == [held["raw"] for held in quarantined()]


@pytest.mark.parametrize(
    ("name", "line", "reason"),
    [
        ("penalties.csv", "SS1,101,five,,,,", "'five' is not a time."),
        ("penalties.csv", "SS1,101,0:05:00,,,later,", "PenaltyGiven: Invalid enum value 'later'"),
        ("penalties.csv", "SS1,101,-0:05:00,,,,", "PenaltyGiven: expected a whole number >= 0"),
        (
            "status.csv",
            "SS1,101,gone,,,",
            (
                "The act 'gone' is not known (there are: retired, not-started, restarted, "
                "withdrawn, disqualified)."
            ),
        ),
        ("direction.csv", "SS1,moved,,,,", "The act 'moved' is not known (there are: cancelled,"),
        ("waypoints.csv", "SS1,,WP2,first,,", "The order 'first' is not a whole number."),
        ("waypoints.csv", "SS1,,WP2,3,far,", "'far' is not a distance in kilometres."),
        ("entries.csv", "105,,FIN,,car,,,,", "The column 'driver' is empty."),
    ],
)
def test_every_sheet_says_what_is_wrong(
    rally: Rally, tmp_path: Path, quarantined: Quarantined, name: str, line: str, reason: str
) -> None:
    """Also in the smaller sheets a bad line is named with its place and kept."""
    write_sheets(tmp_path / "sheets", with_line(name, line))
    said = rally("import", "sheets", "sheets")
    place = f"{Path('sheets') / name}:{SHEETS[name].count(chr(10)) + 1}"
    assert 5 == said.code
    assert said.err.startswith(f"{place}: {reason}")
    assert [(place, line)] == [(held["where"], held["raw"]) for held in quarantined()]
    assert RECORDS == size(rally)


def test_the_quarantine_keeps_a_line_once(
    rally: Rally, tmp_path: Path, quarantined: Quarantined
) -> None:
    """Importing the same bad line again adds nothing to the quarantine; another one does."""
    write_sheets(tmp_path / "sheets", with_line("times.csv", "SS1,101,2:00"))
    rally("import", "sheets", "sheets")
    assert 5 == rally("import", "sheets", "sheets").code
    assert ["SS1,101,2:00"] == [held["raw"] for held in quarantined()]
    write_sheets(tmp_path / "sheets", with_line("times.csv", "SS1,101,3:00"))
    rally("import", "sheets", "sheets")
    assert ["SS1,101,2:00", "SS1,101,3:00"] == [held["raw"] for held in quarantined()]


def test_strict_appends_nothing(rally: Rally, tmp_path: Path, quarantined: Quarantined) -> None:
    """With --strict one bad line keeps the whole delivery out."""
    write_sheets(tmp_path / "sheets", with_line("times.csv", "SS1,101,,25:61:00,,gps"))
    place = str(Path("sheets") / "times.csv") + ":15"
    hint = "Nothing was appended (--strict)."
    refused(rally, 5, f"{place}: {NO_TIME}", hint, "import", "sheets", "sheets", "--strict")
    assert [] == quarantined()
    assert "holds no rally" in rally("standings").err


def test_strict_appends_nothing_when_something_differs(
    dune: Rally, tmp_path: Path, quarantined: Quarantined
) -> None:
    """With --strict a changed line keeps a new one out too."""
    changed = SHEETS["times.csv"].replace("1:35:00", "1:36:00") + "SS1,101,ASS,2:00:00,,gps\n"
    write_sheets(tmp_path / "sheets", {"times.csv": changed})
    said = dune("import", "sheets", "sheets", "--strict")
    assert 5 == said.code
    assert "elapsed_ms was 1:35:00, is 1:36:00" in said.err
    assert RECORDS == size(dune)


# -- lines that differ from the record -------------------------------------------------------------


def test_a_number_given_twice_is_a_conflict(
    rally: Rally, tmp_path: Path, quarantined: Quarantined
) -> None:
    """The second entry under a number is not appended: listed, kept, exit code 1."""
    write_sheets(tmp_path / "sheets", with_line("entries.csv", "101,Zoe Quist,FIN,,car,T1,,,"))
    said = rally("import", "sheets", "sheets", "--json")
    document = json.loads(said.out)
    assert 1 == said.code
    assert (28, 1, 1) == tuple(document[key] for key in ("appended", "conflicts", "quarantined"))
    (held,) = quarantined()
    assert (str(Path("sheets") / "entries.csv") + ":6", "conflict") == (held["where"], held["kind"])
    assert "101,Zoe Quist,FIN,,car,T1,,," == held["raw"]
    assert "driver was Aino Salo, is Zoe Quist" in held["reason"]
    rows = answer(rally, "standings")["rows"]
    assert "Aino Salo" == rows[0]["driver"]


def test_a_changed_row_is_a_conflict(dune: Rally, tmp_path: Path, quarantined: Quarantined) -> None:
    """A line that differs from the record is not appended; the answer says how to record it."""
    before = dune("standings", "--json").out
    write_sheets(tmp_path / "sheets", with_change("times.csv", "1:35:00", "1:36:00"))
    place = str(Path("sheets") / "times.csv") + ":10"
    reason = "differs from what is recorded under this key: elapsed_ms was 1:35:00, is 1:36:00"
    expected = Said(
        1,
        "dune-2016: 28 lines read, 0 appended, 27 already known, 1 conflict, 0 unreadable, "
        "0 anomalies in the log.\n",
        f"{place}: {reason}\n"
        "What was not appended is kept in rally.db.quarantine.jsonl.\n"
        "Hint: --as-corrections --reason TEXT records what differs.\n",
    )
    assert expected == dune("import", "sheets", "sheets")
    expected_line = {
        "where": place,
        "kind": "conflict",
        "reason": reason,
        "raw": "SS2,102,,1:36:00,,official",
    }
    assert [expected_line] == quarantined()
    assert before == dune("standings", "--json").out


def total_of(rally: Rally, number: str, *words: object) -> int:
    """The total of a crew in the overall, in milliseconds."""
    rows = answer(rally, "standings", *words)["rows"]
    found: int = next(row["total_ms"] for row in rows if row["number"] == number)
    return found


def test_what_differs_is_recorded_as_corrections(dune: Rally, tmp_path: Path) -> None:
    """The correction counts, once; changed back, it is corrected again; nothing is overwritten."""
    hour = 3_600_000
    importing = ("import", "sheets", "sheets", "--as-corrections", "--reason", "new sheet")
    assert 4 * hour + 52 * 60_000 == total_of(dune, "102")
    write_sheets(tmp_path / "sheets", with_change("times.csv", "1:35:00", "1:36:00"))
    assert 1 == answer(dune, *importing)["appended"]
    assert 4 * hour + 53 * 60_000 == total_of(dune, "102")
    for words in (importing, importing[:3]):
        document = answer(dune, *words)
        assert (0, 28, 0) == tuple(
            document[key] for key in ("appended", "already_known", "conflicts")
        )
    write_sheets(tmp_path / "sheets")
    assert 1 == answer(dune, *importing)["appended"]
    assert 4 * hour + 52 * 60_000 == total_of(dune, "102")
    assert 0 == answer(dune, *importing)["appended"]
    write_sheets(tmp_path / "sheets", with_change("times.csv", "1:35:00", "1:36:00"))
    assert 1 == answer(dune, *importing)["appended"]
    assert 4 * hour + 53 * 60_000 == total_of(dune, "102")
    assert 4 * hour + 52 * 60_000 == total_of(dune, "102", "--known-at", RECORDS)
    original = answer(dune, "show", "#21")["record"]["occurrence"]
    assert 5_700_000 == original["elapsed_ms"]
    corrections = answer(dune, "log", "--type", "Corrected")["records"]
    assert [29, 30, 31] == [each["position"] for each in corrections]
    assert {"new sheet"} == {each["occurrence"]["reason"] for each in corrections}
    assert 0 == dune("verify").code


def test_as_corrections_needs_a_reason(dune: Rally, tmp_path: Path) -> None:
    """No correction without its reason."""
    message = "--as-corrections needs a --reason."
    words = ("import", "sheets", "sheets", "--as-corrections")
    refused(dune, 2, message, "Say why the lines differ.", *words)


# -- files and folders -----------------------------------------------------------------------------


def test_an_empty_folder(rally: Rally, tmp_path: Path) -> None:
    """A folder without rally.toml is no rally, and no ledger is begun."""
    (tmp_path / "sheets").mkdir()
    hint = "A folder of sheets begins with rally.toml: code, name, rulebook, timezone."
    words = ("import", "sheets", "sheets")
    refused(rally, 5, "There is no rally.toml in sheets.", hint, *words)
    hint = "Name the folder of one rally's saved answers."
    message = "sheets holds no events/…/rallies/…/itinerary.json."
    refused(rally, 5, message, hint, "import", "wrc-live", "sheets")
    assert not (tmp_path / "rally.db").exists()


def test_a_folder_that_is_not_there(rally: Rally) -> None:
    """The folder's name is in the message."""
    message = "There is no folder nowhere."
    refused(rally, 5, message, "Name the folder of the sheets.", "import", "sheets", "nowhere")
    hint = "Name the folder of the answers."
    refused(rally, 5, message, hint, "import", "wrc-live", "nowhere")


@pytest.mark.parametrize(
    ("old", "new", "said", "hint"),
    [
        ('name = "Dune Rally 2016"\n', "", "'name' is missing.", "It is needed, as text."),
        ('code = "dune-2016"', 'code = ""', "'code' is missing.", "It is needed, as text."),
        (
            'rulebook = "dakar-2020"',
            'rulebook = "dakar-1979"',
            "There is no rulebook 'dakar-1979'.",
            f"There are: {', '.join(template_names())}; or name a file, as rules.toml.",
        ),
        (
            "Asia/Shanghai",
            "Mars/Olympus",
            "There is no time zone 'Mars/Olympus'.",
            'Use a name such as "Asia/Riyadh" or "+03:00".',
        ),
        (
            'date = 2016-07-20\nfrom = "Red Dunes"',
            'date = "soon"\nfrom = "Red Dunes"',
            "SS3: 'soon' is not a date.",
            "",
        ),
    ],
)
def test_what_is_wrong_in_rally_toml(
    rally: Rally, tmp_path: Path, old: str, new: str, said: str, hint: str
) -> None:
    """The rally itself can't be read: the file is named, nothing is appended, no ledger begun."""
    write_sheets(tmp_path / "sheets", with_change("rally.toml", old, new))
    heard = rally("import", "sheets", "sheets")
    message = f"Error: {Path('sheets') / 'rally.toml'}: {said}\n"
    assert Said(5, "", message + (f"Hint: {hint}\n" if hint else "")) == heard
    assert not (tmp_path / "rally.db").exists()


def test_rally_toml_that_is_cut(rally: Rally, tmp_path: Path) -> None:
    """A TOML file that can't be parsed is named with the place."""
    write_sheets(
        tmp_path / "sheets", {"rally.toml": RALLY_TOML[: RALLY_TOML.index("dakar") + 3] + "\n"}
    )
    said = rally("import", "sheets", "sheets")
    assert 5 == said.code
    assert re.match(r"Error: sheets.rally\.toml: .*line 3", said.err)


def test_unknown_columns_and_keys_are_reported(rally: Rally, tmp_path: Path) -> None:
    """What is not read is said, never dropped silently; it is no error."""
    rows = SHEETS["status.csv"].splitlines()
    colours = [f"{rows[0]},colour", *(f"{row},red" for row in rows[1:])]
    changed: dict[str, str | bytes | None] = {
        "status.csv": "\n".join(colours),
        "rally.toml": RALLY_TOML.replace("special_km = 90", "special_km = 90\nsurface = 'sand'"),
    }
    write_sheets(tmp_path / "sheets", changed)
    said = rally("import", "sheets", "sheets")
    folder = Path("sheets")
    expected = (
        f"{folder / 'rally.toml'}: SS3: 'surface' is not known and was not read.\n"
        f"{folder / 'status.csv'}: The column 'colour' is not known and was not read.\n"
    )
    assert (0, expected) == (said.code, said.err)
    assert RECORDS == size(rally)


def test_a_needed_column_is_missing(rally: Rally, tmp_path: Path) -> None:
    """A sheet without a needed column keeps the whole delivery out."""
    write_sheets(tmp_path / "sheets", with_change("times.csv", "stage,number", "stage,nr"))
    message = f"{Path('sheets') / 'times.csv'}:1: the column 'number' is missing."
    refused(rally, 5, message, "Needed: stage, number.", "import", "sheets", "sheets")
    assert not (tmp_path / "rally.db").exists()


def test_an_empty_sheet(rally: Rally, tmp_path: Path) -> None:
    """A file without even a header is named, with the columns that it should have."""
    write_sheets(tmp_path / "sheets", {"status.csv": ""})
    message = f"{Path('sheets') / 'status.csv'} is empty."
    hint = "Its columns are stage, number, act, at, reason, place."
    refused(rally, 5, message, hint, "import", "sheets", "sheets")


# -- live timing -----------------------------------------------------------------------------------


def test_half_an_entry_list_is_fatal(rally: Rally, tmp_path: Path) -> None:
    """Without the entries nothing else means anything: nothing is appended."""
    write_wrc_live(tmp_path / "quarry", {ENTRIES_JSON: cut_in_half(ENTRIES_JSON)})
    said = rally("import", "wrc-live", "quarry")
    place = re.escape(str(Path("quarry") / ENTRIES_JSON))
    assert 5 == said.code
    assert re.match(rf"Error: {place}:\d+: not JSON at column \d+: ", said.err)
    assert said.err.endswith("Hint: The file may be cut; save the answer again.\n")
    assert not (tmp_path / "rally.db").exists()


def test_half_a_list_of_stage_times_is_kept_and_the_rest_appended(
    rally: Rally, tmp_path: Path, quarantined: Quarantined
) -> None:
    """The cut file goes to the quarantine whole, with the place where it breaks off."""
    half = cut_in_half(STAGETIMES_JSON)
    write_wrc_live(tmp_path / "quarry", {STAGETIMES_JSON: half})
    document = answer(rally, "import", "wrc-live", "quarry", code=5)
    assert (21, 1) == (document["appended"], document["quarantined"])
    (held,) = quarantined()
    place = re.escape(str(Path("quarry") / STAGETIMES_JSON))
    assert re.fullmatch(rf"{place}:\d+", held["where"])
    assert held["reason"].startswith("not JSON at column ")
    assert half == held["raw"]
    rows = answer(rally, "standings", "--after", "SS1")["rows"]
    assert ["1", "3", "2"] == [row["number"] for row in rows]


def test_a_changed_answer_is_kept_as_it_stood(
    rally: Rally, tmp_path: Path, quarantined: Quarantined
) -> None:
    """A conflict keeps the row of the answer, not only its key."""
    write_wrc_live(tmp_path / "quarry")
    rally("import", "wrc-live", "quarry")
    path = tmp_path / "quarry" / STAGETIMES_JSON
    path.write_text(path.read_text().replace("301456", "301999"))
    assert 1 == rally("import", "wrc-live", "quarry").code
    (held,) = quarantined()
    assert "elapsed_ms was 0:05:01.456, is 0:05:01.999" in held["reason"]
    assert 301_999 == json.loads(held["raw"])["elapsedDurationMs"]


def test_a_bad_row_and_a_missing_answer(
    rally: Rally, tmp_path: Path, quarantined: Quarantined
) -> None:
    """A row with a value of the wrong kind is kept; a file that is missing is said."""
    bad = json.dumps([{"stageTimeId": 604, "entryId": "?", "elapsedDurationMs": 1}])
    write_wrc_live(
        tmp_path / "quarry", {STAGETIMES_JSON: bad, "events/5/stages/11/splittimes.json": None}
    )
    said = rally("import", "wrc-live", "quarry")
    assert 5 == said.code
    assert "splittimes.json: This answer is missing.\n" in said.err
    (held,) = quarantined()
    assert held["where"].endswith("stagetimes.json[0]")
    assert json.loads(bad)[0] == json.loads(held["raw"])


# -- JSON Lines ------------------------------------------------------------------------------------


def test_jsonl_with_broken_and_altered_lines(
    dune: Rally, tmp_path: Path, quarantined: Quarantined
) -> None:
    """Broken JSON, altered content and an altered leaf are kept; the other lines are appended."""
    lines = dune("export", "jsonl").out.splitlines()
    altered = lines[20].replace('"elapsed_ms":5700000', '"elapsed_ms":5600000')
    leaf = json.loads(lines[21])
    leaf["leaf"] = "0" * 64
    lines[20], lines[21] = altered, json.dumps(leaf)
    bad = ['{"position": 29', "[1, 2]", '{"type": "Teleported"}', "hello"]
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join([*lines, *bad]), encoding="utf-8")
    document = answer(dune, "--ledger", "other.db", "import", "jsonl", "log.jsonl", code=5)
    assert (26, 6) == (document["appended"], document["quarantined"])
    held = (tmp_path / "other.db.quarantine.jsonl").read_text(encoding="utf-8")
    kept = [json.loads(line) for line in held.splitlines()]
    assert [f"log.jsonl:{n}" for n in (21, 22, 29, 30, 31, 32)] == [each["where"] for each in kept]
    assert [altered, lines[21], *bad] == [each["raw"] for each in kept]
    identity = json.loads(altered)["id"][:10]
    assert [
        f"Its content does not have the id {identity}: it was altered.",
        "Its header does not have the leaf hash that it claims: it was altered.",
    ] == [each["reason"] for each in kept[:2]]
    assert 0 == dune("--ledger", "other.db", "verify").code


def test_jsonl_strict_appends_nothing(dune: Rally, tmp_path: Path) -> None:
    """With --strict a broken line keeps all others out."""
    text = dune("export", "jsonl").out + "{\n"
    (tmp_path / "log.jsonl").write_text(text, encoding="utf-8")
    said = dune("--ledger", "other.db", "import", "jsonl", "log.jsonl", "--strict")
    assert 5 == said.code
    assert said.err.startswith("Error: log.jsonl:29: ")
    assert not (tmp_path / "other.db").exists()


def test_jsonl_without_a_readable_line(rally: Rally, tmp_path: Path) -> None:
    """Empty, missing or all broken: said with the place, and no ledger is begun."""
    path = tmp_path / "log.jsonl"
    path.write_text("\n\n")
    words = ("import", "jsonl", "log.jsonl")
    message, hint = "log.jsonl holds no records.", "`rally export jsonl` writes them."
    refused(rally, 5, message, hint, *words)
    path.write_text("[]\n")
    message = "log.jsonl: no line could be read. log.jsonl:1: Not a record: it is not a JSON object"
    hint = "What was not appended is kept in rally.db.quarantine.jsonl."
    refused(rally, 5, f"{message}.", hint, *words)
    path.unlink()
    assert rally(*words).err.startswith("Error: log.jsonl can't be read: ")
    assert not (tmp_path / "rally.db").exists()


# -- ledgers that are none -------------------------------------------------------------------------

WHICH = "Name a ledger with --ledger, or a new file to start one."


@pytest.mark.parametrize("words", [("standings",), ("import", "sheets", "sheets"), TIME + ANN])
def test_a_file_that_is_no_ledger(rally: Rally, tmp_path: Path, words: tuple[str, ...]) -> None:
    """A text file, a folder and another program's database are named, and left as they are."""
    write_sheets(tmp_path / "sheets")
    (tmp_path / "text.db").write_text("Dear stewards, " * 100)
    with sqlite3.connect(tmp_path / "bees.db") as connection:
        connection.execute("CREATE TABLE hive (bees INTEGER)")
    connection.close()
    held = [(tmp_path / name).read_bytes() for name in ("text.db", "bees.db")]
    for name, message in (
        ("text.db", "text.db is not a ledger: file is not a database."),
        ("bees.db", "bees.db is a database, but not a ledger."),
        ("sheets", "sheets is a folder, not a ledger."),
    ):
        refused(rally, 5, message, WHICH, "--ledger", name, *words)
    assert held == [(tmp_path / name).read_bytes() for name in ("text.db", "bees.db")]


def test_a_ledger_that_is_not_there(rally: Rally, tmp_path: Path) -> None:
    """Reading never begins a ledger; writing does not make folders."""
    hint = "Name one with --ledger, or try `rally demo` to make one."
    refused(rally, 5, "There is no ledger nowhere.db.", hint, "standings", "--ledger", "nowhere.db")
    assert [] == list(tmp_path.iterdir())
    write_sheets(tmp_path / "sheets")
    message = f"There is no folder {Path('no') / 'such'}."
    ledger = Path("no") / "such" / "rally.db"
    refused(rally, 5, message, "Make it first.", "import", "sheets", "sheets", "--ledger", ledger)


def test_several_rallies(dune: Rally, tmp_path: Path) -> None:
    """Where the ledger holds several rallies, one has to be named; the message lists them."""
    write_wrc_live(tmp_path / "quarry")
    assert 0 == dune("import", "wrc-live", "quarry").code
    message, hint = "The ledger holds 2 rallies.", "Pick one: --rally dune-2016 | quarry-2019."
    refused(dune, 2, message, hint, "standings")
    for words in (("--rally", "quarry-2019", "standings"), ("standings", "--rally", "quarry-2019")):
        assert "quarry-2019" == answer(dune, *words)["basis"]["rally"]
    message, hint = "The ledger holds no rally moon-2016.", "It holds: dune-2016, quarry-2019."
    refused(dune, 2, message, hint, "standings", "--rally", "moon-2016")


AS_SOMEBODY_ELSE = """
import os, sys
from cli.main import run
sys.stdout = open(os.devnull, "w")
for read in ("verify", "standings"):  # everything that is needed is imported now
    assert run([read, "--ledger", sys.argv[1]]) == 0
assert run(["record", *sys.argv[3:], "--dry-run", "--ledger", sys.argv[1]]) == 0
sys.stdout = sys.__stdout__
if os.getuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
code = run(["record", *sys.argv[3:], "--clock-is-right", "--ledger", sys.argv[2]])
print(code)
print(run(["rebuild", "--ledger", sys.argv[2]]))
print(run(["rebuild", "--drop", "--ledger", sys.argv[2]]))
print(run(["standings", "--csv", "--ledger", sys.argv[2]]))
"""


@pytest.mark.skipif(os.name != "posix", reason="permissions of files are those of POSIX here")
def test_a_folder_without_write_permission(dune: Rally, tmp_path: Path) -> None:
    """Writing is refused plainly, reading works: a journalist may open a copy that is not theirs.

    What can't be kept was not made anew, nor taken away. Root may write anywhere, so its child
    becomes nobody first.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy_ledger(tmp_path / "rally.db", folder / "rally.db")
        before = (folder / "rally.db").read_bytes()
        (folder / "rally.db").chmod(0o444)
        folder.chmod(0o555)
        words = [AS_SOMEBODY_ELSE, tmp_path / "rally.db", folder / "rally.db", *TIME[1:], *ANN]
        root = Path(__file__).resolve().parents[2]
        env = {**os.environ, "PYTHONPATH": str(root)}
        ran = subprocess.run(
            [sys.executable, "-c", *map(str, words)],
            capture_output=True,
            text=True,
            check=False,
            env=env,
            cwd=tmp_path,
        )
        folder.chmod(0o755)
        held = (folder / "rally.db").read_bytes()
    assert "Traceback" not in ran.stderr
    code, rebuilt, dropped, *table, read = ran.stdout.splitlines()
    assert ("5", "5", "5", "0") == (code, rebuilt, dropped, read), ran
    for done in ("made anew", "taken away"):
        assert f"Error: Nothing was {done}: the ledger can't be written.\n" in ran.stderr
    assert table[1].startswith("1,")
    assert re.search(r"Error: The ledger \S+rally\.db can't be used: .+\.\n", ran.stderr)
    assert "Hint: Check who may write the file and its folder.\n" in ran.stderr
    assert before == held


def copy_ledger(source: Path, target: Path) -> None:
    """A copy of a ledger with all that is still in its write-ahead log."""
    read, written = sqlite3.connect(source), sqlite3.connect(target)
    read.backup(written)
    read.close()
    written.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte."""
    if os.name != "posix" or os.getuid() != 0:
        pytest.skip("only root can mount a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(disk)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"a small disk can't be mounted here: {error}")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False, capture_output=True)


def fill(disk: Path) -> Path:
    """Fill a disk to its last byte."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for chunk in (65_536, 4_096, 1):
            try:
                while True:
                    file.write(b"x" * chunk)
            except OSError:
                continue
    return filler


def test_a_full_disk(dune: Rally, tmp_path: Path, small_disk: Path) -> None:
    """Nothing is half-written: the log verifies afterwards, and goes on when there is room."""
    ledger = ("--ledger", small_disk / "rally.db")
    assert 0 == dune(*ledger, "import", "sheets", "sheets").code
    filler = fill(small_disk)
    more = "\n".join(f"SS1,{number},WP1,1:30:00,,hand" for number in range(1000, 3000))
    write_sheets(tmp_path / "sheets", with_line("times.csv", more))
    said = dune(*ledger, "import", "sheets", "sheets")
    assert 5 == said.code
    assert re.match(r"Error: The ledger \S+ can't be used: .+\.\n", said.err)
    assert "Hint: Nothing was appended. Make room and try again." in said.err
    write_sheets(tmp_path / "sheets", with_line("times.csv", "SS1,101,2:00"))
    said = dune(*ledger, "import", "sheets", "sheets")
    assert 5 == said.code
    assert "quarantine.jsonl can't be written: No space left on device." in said.err
    filler.unlink()
    document = answer(dune, *ledger, "verify")
    assert (True, RECORDS) == (document["ok"], document["size"])
    assert 0 == dune(*ledger, *TIME, *ANN).code


# -- questions that can't be answered --------------------------------------------------------------

MOMENT = "A moment is a position, @, a stage, or a timestamp."
WRITE_TIME = "Write it as 2016-07-21T18:00+08:00."


@pytest.mark.parametrize(
    ("moment", "message", "hint"),
    [
        ("29", "There is no record #29 yet.", "The log ends at #28."),
        ("#29", "There is no record #29 yet.", "The log ends at #28."),
        ("@-29", "@-29 is before the log begins.", "It has 28 records."),
        ("SS4", "No stage SS4; the rally has SS1 to SS3.", MOMENT),
        ("nonsense", "No stage nonsense; the rally has SS1 to SS3.", MOMENT),
        ("", "No stage ; the rally has SS1 to SS3.", MOMENT),
        ("doc:7", "No document '7' was published.", "`rally publications` lists what was posted."),
        ("#0^", "#0^ is before the log begins.", "It has 28 records."),
        ("SS4^", "No stage SS4; the rally has SS1 to SS3.", MOMENT),
        ("2016-13-45", "'2016-13-45' is not a moment.", WRITE_TIME),
        (
            "2016-07-18",
            "'2016-07-18' is a day, no moment.",
            "Write the time as well: 2016-07-18T18:00.",
        ),
    ],
)
def test_moments_that_are_none(dune: Rally, moment: str, message: str, hint: str) -> None:
    """A moment that can't be meant is refused by every read, with what could be."""
    for command in ("standings", "retirements", "finishers", "anomalies", "log"):
        refused(dune, 2, message, hint, command, "--known-at", moment)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"basis": 3}, "basis.json holds no basis: Expected `object`, got `int`."),
        ([], "basis.json holds no basis: Expected `object`, got `array`."),
        ({"position": -5}, "basis.json holds no basis: #-5 of 28 records."),
        ({"head": 5}, "basis.json holds no basis: #28 of 5 records."),
        ({"head": 29}, "The log had the root "),
        ({"position": "28"}, "basis.json holds no basis: Expected `int`, got `str`"),
        (None, "basis.json can't be read: No such file or directory."),
    ],
)
def test_a_basis_that_is_none(dune: Rally, tmp_path: Path, said: Any, message: str) -> None:
    """What no answer of this log can rest on is refused, and asked for nothing."""
    if said is not None:
        basis = answer(dune, "standings")["basis"]
        changed = isinstance(said, dict) and "basis" not in said
        text = json.dumps(basis | said if changed else said)
        (tmp_path / "basis.json").write_text(text, encoding="utf-8")
    for command in ("standings", "log"):
        found = dune(command, "--basis", "basis.json")
        assert found.err.startswith(f"Error: {message}"), found
        assert (3 if "root" in message else 5) == found.code


def test_effective_at_nonsense(dune: Rally) -> None:
    """A time that is none is refused by every read."""
    for command in ("standings", "retirements", "finishers", "anomalies", "log"):
        message = "'nonsense' is not a moment."
        refused(dune, 2, message, WRITE_TIME, command, "--effective-at", "nonsense")


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (("standings", "--after", "SS9"), "There is no stage SS9.", "The rally has SS1 to SS3."),
        (("standings", "--stage", "SS9"), "There is no stage SS9.", "The rally has SS1 to SS3."),
        (
            ("standings", "--after", "SS1", "--stage", "SS2"),
            "--after and --stage exclude each other.",
            "See `rally standings --help`.",
        ),
        (("log", "--type", "Teleported"), "There is no occurrence 'Teleported'.", "Did you mean"),
        (("show", "#99"), "There is no record #99.", "The log of dune-2016 has #1 to #28."),
        (
            ("show", "crew"),
            "There is no record 'crew'.",
            "Give a position as #5127, or at least six digits of an id.",
        ),
        (("show", "#28", "--known-at", "27"), "#28 is not known as of #27.", ""),
        (
            ("standing",),
            "No such command 'standing'. Did you mean standings or outstanding",
            "See `rally",
        ),
        (("standings", "--afer", "SS1"), "No such option '--afer'.", "See `rally"),
    ],
)
def test_questions_about_what_is_not_there(
    dune: Rally, words: tuple[str, ...], message: str, hint: str
) -> None:
    """Exit code 2, what is wrong, and what there is."""
    said = dune(*words)
    assert 2 == said.code
    assert said.err.startswith(f"Error: {message}")
    assert f"Hint: {hint}" in said.err if hint else "Hint" not in said.err
    assert answer(dune, *words, code=2)["error"]["message"].startswith(message)


# -- what officials type ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code", "message", "hint"),
    [
        (
            ("RetirementReported", "number=999", "stage=SS1"),
            1,
            "No crew 999 is entered.",
            "`rally log --type CrewEntered` lists the entries.",
        ),
        (
            ("RetirementReported", "number=101", "stage=SS9"),
            1,
            "No stage SS9 is scheduled.",
            "`rally log --type StageScheduled` lists the stages.",
        ),
        (
            ("RetirementReported", "number=101", "stage=SS1", "point=WP7"),
            1,
            "SS1 has no point WP7.",
            "Its points: ASS, DSS, WP1.",
        ),
        (
            ("StageTimRecorded", "number=101"),
            2,
            "There is no occurrence 'StageTimRecorded'.",
            "Did you mean StageTimeRecorded, TargetTimeChanged, StageClosed?",
        ),
        (
            ("StageTimeRecorded", "number=101", "stge=SS1", "elapsed_ms=2:00:00"),
            2,
            "StageTimeRecorded has no field 'stge'.",
            "Did you mean stage? Its fields: number, stage, elapsed_ms, basis.",
        ),
        (
            ("StageTimeRecorded", "number", "101"),
            2,
            "'number' is not FIELD=VALUE.",
            "Fields: number, stage, elapsed_ms, basis.",
        ),
        (
            ("StageTimeRecorded", "number=101", "stage=SS1", "elapsed_ms=25:61:00"),
            2,
            "elapsed_ms=25:61:00: '25:61:00' is not a time: minutes and seconds end at 59.",
            "Write hours:minutes:seconds, as 4:57:46.",
        ),
        (
            ("StageTimeRecorded", "number=101", "stage=SS1", "elapsed_ms=fast"),
            2,
            "elapsed_ms=fast: expected a whole number.",
            "`rally types StageTimeRecorded`.",
        ),
        (
            ("StageTimeRecorded", "number=101", "stage=SS1", "elapsed_ms=1", "basis=guessed"),
            2,
            "basis=guessed: Invalid enum value 'guessed'.",
            "`rally types StageTimeRecorded`.",
        ),
        (
            ("StageTimeRecorded", "number=101", "stage=SS1"),
            2,
            "StageTimeRecorded: the field elapsed_ms is missing.",
            "`rally types StageTimeRecorded` shows its fields.",
        ),
        (
            ("PenaltyGiven", "number=101", "stage=SS1", "amount_ms=5:00"),
            1,
            "The office timekeeper may not record PenaltyGiven.",
            "It is for: clerk-of-the-course, court, stewards.",
        ),
        (
            ("Corrected", f"target={'#21'}", "number=102"),
            2,
            "Corrected: the field changes is missing.",
            "`rally types Corrected` shows its fields.",
        ),
        (
            ("PenaltyWithdrawn", "target=#99"),
            2,
            "target=#99: There is no record #99.",
            "The log of dune-2016 has #1 to #28.",
        ),
    ],
)
def test_what_is_typed_wrongly_is_refused(
    dune: Rally, words: tuple[str, ...], code: int, message: str, hint: str
) -> None:
    """Nothing is appended; a rule that says no is exit code 1, a slip in typing 2."""
    refused(dune, code, message, hint, "record", *words, *ANN)
    assert RECORDS == size(dune)


def test_an_office_that_is_none(dune: Rally) -> None:
    """The offices that there are stand in the hint."""
    said = dune(*TIME, "--by", "Ann", "--role", "king")
    assert (1, "Error: There is no office 'king'.") == (said.code, said.err.splitlines()[0])
    assert said.err.splitlines()[1].startswith("Hint: Offices: clerk-of-the-course, competitor,")


def test_only_who_is_appointed_may_act(dune: Rally) -> None:
    """Once holders of an office are appointed, only they act in it."""
    secretary = ("--by", "Sam", "--role", "secretary")
    appointed = ("record", "OfficialAppointed", "office=timekeeper", "official=Ann", *secretary)
    assert 0 == dune(*appointed).code
    message = "Bob is not appointed timekeeper of this rally."
    refused(dune, 1, message, "Appointed: Ann.", *TIME, "--by", "Bob", "--role", "timekeeper")
    assert 0 == dune(*TIME, *ANN).code
    assert RECORDS + 2 == size(dune)


@pytest.mark.parametrize(
    ("missing", "words"), [("--by", ("--role", "timekeeper")), ("--role", ("--by", "Ann"))]
)
def test_who_acts_must_be_named(dune: Rally, missing: str, words: tuple[str, ...]) -> None:
    """Every write is signed."""
    said = dune(*TIME, *words)
    assert 2 == said.code
    assert f"Missing option '{missing}'" in said.err
    assert RECORDS == size(dune)


def test_somebody_appended_first(dune: Rally) -> None:
    """--expect: the act was decided on a log that is no longer; exit code 4 names where it is."""
    assert 0 == dune(*TIME, *ANN, "--expect", RECORDS).code
    message = "The log is at #29, not at #28: somebody appended first."
    hint = "Look at what was added and decide anew."
    refused(dune, 4, message, hint, *TIME, *ANN, "--expect", RECORDS)
    error = answer(dune, *TIME, *ANN, "--expect", RECORDS, code=4)["error"]
    assert ("conflict", 29) == (error["kind"], error["position"])
    assert RECORDS + 1 == size(dune)


def short(rally: Rally, position: int) -> str:
    """The short id of a record."""
    identity: str = answer(rally, "show", f"#{position}")["record"]["id"]
    return identity[:10]


def test_what_is_void_can_not_be_amended(dune: Rally) -> None:
    """A second void and a correction of what is void are refused, with the way out."""
    why = ("--reason", "wrong crew", *ANN)
    assert 0 == dune("void", "#21", *why).code
    again = dune("void", "#21", *why)
    assert (1, "Error: #21 is already void.\nHint: `rally show` tells by what.\n") == (
        again.code,
        again.err,
    )
    correction = dune("correct", "#21", "elapsed_ms=1:36:00", *why)
    assert 1 == correction.code
    assert "Error: #21 is void.\nHint: Void the void first, to restore what it voided.\n" == (
        correction.err
    )
    assert 1 == dune("correct", "#29", "number=101", *why).code
    assert RECORDS + 1 == size(dune)


def test_amendments_need_their_reason_and_their_office(dune: Rally) -> None:
    """No reason: usage. An office that could not have recorded it: refused."""
    message, hint = "What amends the record needs a --reason.", "Say why, in a few words."
    refused(dune, 2, message, hint, "void", "#21", *ANN)
    refused(dune, 2, message, hint, "correct", "#21", "elapsed_ms=1:36:00", *ANN)
    marshal = ("--by", "Moe", "--role", "marshal", "--reason", "so I heard")
    message = "The office marshal may not amend a StageTimeRecorded."
    hint = "It is for: clerk-of-the-course, results-office, stewards, timekeeper."
    refused(dune, 1, message, hint, "void", "#21", *marshal)
    refused(dune, 1, message, hint, "correct", "#21", "elapsed_ms=1:36:00", *marshal)
    message, hint = "There is no record #99.", "The log of dune-2016 has #1 to #28."
    refused(dune, 2, message, hint, "void", "#99", "--reason", "?", *ANN)
    assert RECORDS == size(dune)


def test_corrections_that_change_nothing_or_the_impossible(dune: Rally) -> None:
    """No field, a field of the envelope, and a needed value taken away are all refused."""
    why = ("--reason", "?", *ANN)
    missing = dune("correct", "#21", *why)
    assert (2, True) == (missing.code, "Missing argument 'FIELD=VALUE...'" in missing.err)
    message = "StageTimeRecorded has no field 'rally'."
    hint = "Its fields: number, stage, elapsed_ms, basis, fact_at, reason."
    refused(dune, 2, message, hint, "correct", "#21", "rally=other", *why)
    said = dune("correct", "#21", "elapsed_ms=", *why)
    assert 1 == said.code
    assert "the field elapsed_ms is missing" in said.err
    message, hint = "reads so already.", "It says: Crew 102 SS2: 1:35:00 (measured)."
    same = dune("correct", "#21", "elapsed_ms=1:35:00", *why)
    assert (1, True, True) == (same.code, message in same.err, hint in same.err)
    assert RECORDS == size(dune)


def test_every_error_under_json_is_one_document(rally: Rally, tmp_path: Path) -> None:
    """Errors of every kind, before there is a ledger: kind, message and hint, on stdout."""
    commands: list[tuple[tuple[str, ...], int, str]] = [
        (("standings",), 5, "unreadable"),
        (("verify",), 5, "unreadable"),
        (("import", "sheets", "nowhere"), 5, "unreadable"),
        (("import", "jsonl", "nowhere"), 5, "unreadable"),
        (("types", "Nonsense"), 2, "not-found"),
        (("bogus",), 2, "usage"),
        (("record",), 2, "usage"),
        (("standings", "--bogus"), 2, "usage"),
    ]
    for words, code, kind in some_of(commands):
        said = rally(*words, "--json")
        document: dict[str, dict[str, Any]] = json.loads(said.out)
        assert (code, "") == (said.code, said.err)
        assert kind == document["error"]["kind"]
        assert ["kind", "message", "hint"] == list(document["error"])[:3]


def test_no_command_shows_help(rally: Rally) -> None:
    """`rally` alone shows what there is, without calling it an error; usage, so exit code 2."""
    said = rally()
    assert (2, "") == (said.code, said.out)
    assert said.err.startswith("Usage: rally [OPTIONS] COMMAND [ARGS]...\n")
    expected = dedent("""\
        Commands:
          gpx       Take in the road book of a stage, as OpenRally GPX.
          jsonl     Restore or merge an exported log (`-` is standard input).
          sheets    Take in a folder of timing sheets (rally.toml, CSV, .xlsx).
          wrc-live  Take in a folder of saved answers of the WRC live timing.
        """)
    assert rally("import").err.endswith(expected)
