"""The contract with other programs: the fields of every answer, moments, and ways in and out."""

from __future__ import annotations

import io
import json
import sqlite3
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.main import cli
from ledger.intake.lines import Template
from projections.rules.templates import template
from tests.command_line.conftest import answer, behind_its_back
from tests.command_line.sheets import (
    ANSWERS,
    RECORDS,
    SHEETS,
    SPLITS_JSON,
    TIMES_JSON,
    write_sheets,
    write_wrc_live,
)
from tests.conftest import NOW, Rally, Said, Ticking
from tests.looked import some_of

BASIS = [
    "ledger",
    "rally",
    "position",
    "head",
    "root",
    "received_at",
    "effective_at",
    "rulebook",
    "edition",
]
READS: list[tuple[str, ...]] = [
    ("standings",),
    ("standings", "--after", "SS1"),
    ("standings", "--stage", "SS1"),
    ("retirements",),
    ("finishers",),
    ("anomalies",),
    ("log",),
]
CLERK = ("--by", "Cleo", "--role", "clerk-of-the-course")


# -- fields ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [*READS, ("show", "#21")])
def test_every_read_begins_with_its_basis(dune: Rally, words: tuple[str, ...]) -> None:
    """On what an answer rests; the ledger is an id, never a path."""
    document = answer(dune, *words)
    assert "basis" == next(iter(document))
    basis = document["basis"]
    assert BASIS == list(basis)[: len(BASIS)]
    assert ("dune-2016", RECORDS, RECORDS) == (basis["rally"], basis["position"], basis["head"])
    assert ("dakar-2020", None) == (basis["rulebook"], basis["effective_at"])
    assert basis["received_at"].startswith("2016-07-20T07:33:20.")
    assert 64 == len(basis["root"])
    assert answer(dune, "verify")["root"] == basis["root"]
    assert 0 <= int(basis["ledger"], 16)


def test_standings(dune: Rally) -> None:
    """Place, crew, times, gap to the first, interval to the row before; level crews share 1."""
    document = answer(dune, "standings", "--after", "SS2")
    scope = {"kind": "overall", "after": "SS2", "stage": None, "category": None, "class": None}
    assert scope == {key: document["scope"][key] for key in scope}
    minute = 60_000
    figures = ("place", "number", "time_ms", "penalty_ms", "total_ms", "gap_ms", "interval_ms")
    expected = [
        (1, "101", 220 * minute, 0, 220 * minute, 0, 0),
        (1, "102", 220 * minute, 0, 220 * minute, 0, 0),
        (3, "103", 230 * minute, 2 * minute, 232 * minute, 12 * minute, 12 * minute),
        (4, "201", 330 * minute, 0, 330 * minute, 110 * minute, 98 * minute),
    ]
    assert expected == [tuple(row[key] for key in figures) for row in document["rows"]]
    crew = {
        "driver": "Egor Panin",
        "codrivers": ["Fedor Ilin", "Gleb Orlov"],
        "nationality": "RUS",
        "category": "truck",
        "class": "T4.1",
        "vehicle": "Mammut 6",
        "team": "Mammut",
        "flags": [],
    }
    assert crew == {key: document["rows"][3][key] for key in crew}
    assert [] == document["unclassified"]


def test_the_overall_of_everything(dune: Rally) -> None:
    """Without a stage: everything that counts; `after` is null, who is out is listed with why."""
    document = answer(dune, "standings")
    assert ("overall", None) == (document["scope"]["kind"], document["scope"]["after"])
    assert [(1, "101"), (2, "102"), (3, "201")] == [
        (row["place"], row["number"]) for row in document["rows"]
    ]
    expected = {
        "number": "103",
        "driver": "Chen Wei",
        "category": "car",
        "status": "retired",
        "stage": "SS3",
        "reason": "gearbox",
    }
    assert [expected] == document["unclassified"]


def test_the_result_of_a_stage(dune: Rally) -> None:
    """One stage with the penalties that belong to it; `kind` and `stage` say so."""
    document = answer(dune, "standings", "--stage", "SS2")
    assert ("stage", "SS2") == (document["scope"]["kind"], document["scope"]["stage"])
    expected = [("102", 0, 0), ("101", 0, 300_000), ("103", 120_000, 420_000)]
    assert expected == [
        (row["number"], row["penalty_ms"], row["gap_ms"]) for row in document["rows"][:3]
    ]


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        (("--category", "car"), ["101", "102"]),
        (("--category", "truck"), ["201"]),
        (("--class", "T1.1"), ["101", "102"]),
        (("--category", "truck", "--class", "T1.1"), []),
    ],
)
def test_standings_of_some_crews(dune: Rally, words: tuple[str, ...], numbers: list[str]) -> None:
    """Of a category or class, places and gaps are counted among its crews."""
    rows = answer(dune, "standings", *words)["rows"]
    assert numbers == [row["number"] for row in rows]
    assert list(range(1, len(rows) + 1)) == [row["place"] for row in rows]
    assert [0] * bool(rows) == [row["gap_ms"] for row in rows[:1]]


def test_flags(dune: Rally) -> None:
    """How a time came about stands beside it: assessed, notional, under verification."""
    for number, basis in (("101", "assessed"), ("102", "notional")):
        said = dune(
            *("record", "StageTimeRecorded", f"number={number}", "stage=SS3"),
            *("elapsed_ms=1:15:00", f"basis={basis}", *CLERK),
        )
        assert 0 == said.code
    late = ("number=201", "stage=SS1", "point=ASS", "elapsed_ms=2:31:00")
    said = dune("record", "PassingRecorded", *late, "--source", "hand", *CLERK)
    assert 0 == said.code
    rows = answer(dune, "standings")["rows"]
    flags = {row["number"]: row["flags"] for row in rows}
    assert {
        "101": ["assessed"],
        "102": ["notional"],
        "201": ["under-verification", "unequal-stages"],
    } == flags


def test_a_total_has_three_parts(dune: Rally) -> None:
    """`total_ms` is always times and penalties; gaps and intervals follow from it."""
    for words in READS[:3]:
        rows = answer(dune, *words)["rows"]
        first, before = rows[0], rows[0]
        for row in some_of(rows):
            assert row["total_ms"] == row["time_ms"] + row["penalty_ms"]
            assert row["gap_ms"] == row["total_ms"] - first["total_ms"]
            assert row["interval_ms"] == row["total_ms"] - before["total_ms"]
            before = row


def test_retirements(dune: Rally) -> None:
    """The present status of who left, with place, reason and record; retracted, it is gone."""
    expected = {
        "number": "103",
        "driver": "Chen Wei",
        "category": "car",
        "status": "retired",
        "stage": "SS3",
        "place": "km 61",
        "cause": "",
        "reason": "gearbox",
        "fact_at": "2016-07-20T10:15:00+08:00",
        "reported_by": "results office",
        "restarted": False,
        "position": 27,
    }
    assert [expected] == answer(dune, "retirements")["rows"]
    assert 0 == dune("record", "RetirementRetracted", "target=#27", "number=103", *CLERK).code
    assert [] == answer(dune, "retirements")["rows"]
    assert [expected] == answer(dune, "retirements", "--known-at", RECORDS)["rows"]


COUNTS = [
    "category",
    "entered",
    "withdrawn",
    "refused",
    "not_started",
    "starters",
    "retired",
    "disqualified",
    "unclassified",
    "running",
    "finishers",
]


def test_finishers_add_up_at_every_cut(dune: Rally) -> None:
    """Entered are who did not start and starters; starters are who left, runs and finished."""
    for position in range(RECORDS + 1):
        document = answer(dune, "finishers", "--known-at", position)
        for row in [*document["rows"], document["total"]]:
            assert COUNTS == list(row)[: len(COUNTS)]
            away = row["withdrawn"] + row["refused"] + row["not_started"]
            assert row["entered"] == away + row["starters"]
            out = row["retired"] + row["disqualified"] + row["unclassified"]
            assert row["starters"] == out + row["running"] + row["finishers"]
    expected = {"entered": 4, "starters": 4, "retired": 1, "running": 0, "finishers": 3}
    assert expected == {key: document["total"][key] for key in expected}
    assert ["car", "truck"] == [row["category"] for row in document["rows"]]


RECORD = [
    "position",
    "id",
    "type",
    "fact_at",
    "recorded_at",
    "received_at",
    "recorded_by",
    "role",
    "source",
    "site",
    "tags",
    "voided_by",
    "corrected_by",
    "occurrence",
    "leaf",
]


def test_the_log(dune: Rally) -> None:
    """Every record with its fields, and what amends it."""
    records = answer(dune, "log")["records"]
    assert list(range(1, RECORDS + 1)) == [each["position"] for each in records]
    for each in records:
        assert set(RECORD) <= set(each)
    penalty = records[25]
    assert "PenaltyGiven" == penalty["type"] == penalty["occurrence"]["type"]
    assert "2016-07-19T23:59:59+08:00" == penalty["fact_at"]
    assert ("results office", "results-office") == (penalty["recorded_by"], penalty["role"])
    assert ["crew:103", "stage:SS2"] == penalty["tags"]
    assert (None, None) == (penalty["voided_by"], penalty["corrected_by"])


def test_what_amends_a_record_stands_beside_it(dune: Rally) -> None:
    """`corrected_by` and `voided_by` name positions; voided, a correction is gone from there."""
    why = ("--reason", "checked", *CLERK)
    dune("correct", "#21", "elapsed_ms=1:36:00", *why)
    dune("void", "#26", *why)

    def marks() -> list[tuple[int, int | None, int | None]]:
        records = answer(dune, "log")["records"]
        found = [(r["position"], r["corrected_by"], r["voided_by"]) for r in records]
        return [each for each in found if any(each[1:])]

    assert [(21, 29, None), (26, None, 30)] == marks()
    dune("void", "#29", *why)
    dune("void", "#30", *why)
    assert [(29, None, 31), (30, None, 32)] == marks()
    shown = answer(dune, "show", "#21")
    assert [(29, 31)] == [(e["position"], e["voided_by"]) for e in shown["referred_by"]]
    assert shown["record"]["corrected_by"] is None


@pytest.mark.parametrize(
    ("words", "positions"),
    [
        (("--crew", "103"), [8, 18, 22, 26, 27]),
        (("--stage", "SS3"), [5, 24, 25, 27, 28]),
        (("--crew", "103", "--stage", "SS3"), [27]),
        (("--type", "PenaltyGiven"), [26]),
        (("--type", "penaltygiven"), [26]),
        (("--since", "#26"), [27, 28]),
        (("--since", "@-1"), [28]),
        (("--since", "@"), []),
        (("--crew", "777"), []),
        (("--crew", "103", "--known-at", "22"), [8, 18, 22]),
    ],
)
def test_parts_of_the_log(dune: Rally, words: tuple[str, ...], positions: list[int]) -> None:
    """The log about a crew, a stage, of a type, after a moment: all of it together narrows."""
    records = answer(dune, "log", *words)["records"]
    assert positions == [each["position"] for each in records]


def test_an_id_or_a_position_names_a_record(dune: Rally) -> None:
    """`#21`, `21`, a full id and the beginning of one mean the same record."""
    identity = answer(dune, "show", "#21")["record"]["id"]
    for reference in ("21", identity, identity[:10], identity[:10].upper()):
        assert 21 == answer(dune, "show", reference)["record"]["position"]


def test_verify(dune: Rally) -> None:
    """What was checked, how much, and the root that follows."""
    document = answer(dune, "verify")
    assert (True, RECORDS, []) == (document["ok"], document["size"], document["findings"])
    assert {"ok", "size", "root", "checked", "findings"} <= set(document)
    assert document["checked"]


def test_what_was_altered_does_not_verify(dune: Rally, tmp_path: Path) -> None:
    """Bytes changed behind the ledger's back: exit code 3, the record is named."""
    file = tmp_path / "rally.db"
    connection = sqlite3.connect(file)
    old, new = b'"elapsed_ms":5700000', b'"elapsed_ms":5600000'
    (data,) = connection.execute("SELECT data FROM record WHERE position = 21").fetchone()
    connection.close()
    assert old in data
    statement = "UPDATE record SET data = ? WHERE position = ?"
    behind_its_back(file, (statement, (data.replace(old, new), 21)))
    said = dune("verify")
    assert 3 == said.code
    assert "#21: " in said.out
    assert "The log does NOT verify: " in said.out
    document = answer(dune, "verify", code=3)
    assert not document["ok"]
    assert 21 in [each["position"] for each in document["findings"]]


@pytest.mark.parametrize("command", ["history", "why 101", "diff #20 #22", "publications"])
def test_a_record_that_is_gone(dune: Rally, tmp_path: Path, command: str) -> None:
    """Deleted behind the ledger's back: what rests on it is not told, and where to look is."""
    behind_its_back(tmp_path / "rally.db", ("DELETE FROM record WHERE position = ?", (21,)))
    said = dune(*command.split(), "--json")
    assert (3, "tampered") == (said.code, json.loads(said.out)["error"]["kind"]), said
    assert "`rally verify` looks where." in said.out


def test_a_write(dune: Rally) -> None:
    """Position, type, and what changed: [before, after], null where a crew is in no place."""
    penalty = ("record", "PenaltyGiven", "number=101", "stage=SS2", "amount_ms=5:00")
    document = answer(dune, *penalty, *CLERK)
    assert (29, "PenaltyGiven") == (document["position"], document["type"])
    leader = {"number": "102", "place": [2, 1], "total_ms": [17_520_000, 17_520_000]}
    second = {"number": "101", "place": [1, 2], "total_ms": [17_400_000, 17_700_000]}
    assert [leader, second] == document["changed"]
    out = answer(
        dune, "record", "CrewDisqualified", "number=101", "--by", "S", "--role", "stewards"
    )
    assert {"number": "101", "place": [2, None], "total_ms": [17_700_000, None]} in out["changed"]


# -- moments ---------------------------------------------------------------------------------------


def without_head(document: dict[str, Any]) -> dict[str, Any]:
    """An answer without what differs between a log and its prefix: where the log ends."""
    return {**document, "basis": {**document["basis"], "head": None}}


@pytest.mark.parametrize(
    ("moment", "position"), [("19", 19), ("#19", 19), ("@-9", 19), ("SS2", 26), ("@", 28), ("0", 0)]
)
def test_known_at_gives_the_answer_of_the_prefix(
    dune: Rally, tmp_path: Path, moment: str, position: int
) -> None:
    """Every read at a moment is the read of the log as it then was, down to the root."""
    lines = dune("export", "jsonl").out.splitlines()[:position]
    if lines:
        (tmp_path / "then.jsonl").write_text("\n".join(lines), encoding="utf-8")
        assert 0 == dune("--ledger", "then.db", "import", "jsonl", "then.jsonl").code
    for words in some_of(READS):
        if position < 3 and len(words) > 1:
            continue  # no stage is scheduled yet
        seen = answer(dune, *words, "--known-at", moment)
        assert (position, RECORDS) == (seen["basis"]["position"], seen["basis"]["head"])
        if lines:
            then = answer(dune, *words, "--ledger", "then.db")
            assert without_head(then) == without_head(seen)
        else:
            assert [] == seen.get("rows", seen.get("records"))


def test_known_at_a_timestamp(dune: Rally, clock: Ticking) -> None:
    """A timestamp is the last record that was recorded up to then."""
    clock.now = NOW + 3_600_000
    penalty = ("record", "PenaltyGiven", "number=101", "stage=SS2", "amount_ms=5:00")
    assert 29 == answer(dune, *penalty, *CLERK)["position"]
    for moment, position in (
        ("2016-07-20T08:00:00Z", 28),
        ("2016-07-20T16:00:00+08:00", 28),
        ("2016-07-20T16:34:00+08:00", 29),
        ("2016-07-20T16:34", 29),  # without an offset, as the rally's clocks tell it
        ("2016-07-20T16:34^", 28),
        ("@^", 28),
        ("SS2^", 28),
        ("#28^", 27),
        ("2016-07-20", None),
        ("2015-01-01T00:00Z", 0),
    ):
        said = dune("standings", "--json", "--known-at", moment)
        if position is None:
            assert 2 == said.code  # a day without an offset is no moment
        else:
            assert position == json.loads(said.out)["basis"]["position"]


@pytest.mark.parametrize("words", READS)
def test_effective_at_every_read(dune: Rally, words: tuple[str, ...]) -> None:
    """`--effective-at`: what had happened by then; in local time where no offset is given."""
    offset = answer(dune, *words, "--effective-at", "2016-07-19T12:00:00+08:00")
    local = answer(dune, *words, "--effective-at", "2016-07-19T12:00")
    assert "2016-07-19T12:00:00+08:00" == offset["basis"]["effective_at"]
    assert offset == local
    assert (RECORDS, RECORDS) == (offset["basis"]["position"], offset["basis"]["head"])


def test_effective_at_cuts_by_what_had_happened(dune: Rally) -> None:
    """At noon of the second day only SS1 counts, nobody has retired, and a correction works."""
    noon = ("--effective-at", "2016-07-19T12:00:00+08:00")
    after = answer(dune, "standings", "--after", "SS1")["rows"]
    assert after == answer(dune, "standings", *noon)["rows"]
    assert [] == answer(dune, "retirements", *noon)["rows"]
    assert 4 == answer(dune, "finishers", *noon)["total"]["running"]
    assert [*range(1, 20)] == [r["position"] for r in answer(dune, "log", *noon)["records"]]
    dune("correct", "#15", "elapsed_ms=2:06:00", "--reason", "checked", *CLERK)
    rows = answer(dune, "standings", *noon)["rows"]
    assert ["102", "101"] == [row["number"] for row in rows[:2]]
    both = answer(dune, "standings", *noon, "--known-at", RECORDS)
    assert after == both["rows"]


# -- import ----------------------------------------------------------------------------------------

IMPORT = [
    "rally",
    "read",
    "appended",
    "already_known",
    "conflicts",
    "anomalies",
    "quarantined",
    "quarantine_file",
]


def counts(document: dict[str, Any]) -> list[Any]:
    """The values of an import's answer in the order of the contract."""
    return [document[name] for name in IMPORT]


def test_import_is_idempotent(rally: Rally, tmp_path: Path) -> None:
    """The same again appends nothing; a line that is added is appended, wherever it stands."""
    write_sheets(tmp_path / "sheets")
    importing = ("import", "sheets", "sheets")
    assert ["dune-2016", 28, 28, 0, 0, 0, 0, None] == counts(answer(rally, *importing))
    before = answer(rally, "verify")["root"]
    assert ["dune-2016", 28, 0, 28, 0, 0, 0, None] == counts(answer(rally, *importing))
    assert before == answer(rally, "verify")["root"]
    rows = SHEETS["times.csv"].splitlines()
    rows.insert(1, "SS1,103,WP1,1:03:00,,gps")
    write_sheets(tmp_path / "sheets", {"times.csv": "\n".join(rows)})
    assert ["dune-2016", 29, 1, 28, 0, 0, 0, None] == counts(answer(rally, *importing))


def test_a_rulebook_that_says_more_by_now(
    rally: Rally, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rally runs by what it adopted: its files come again, and are no conflict."""

    def earlier(name: str) -> Template:
        rules = template(name)
        kept = {n: v for n, v in rules.versions.items() if n != "overall.classifications"}
        return rules._replace(versions=kept)

    write_wrc_live(tmp_path / "quarry")
    importing = ("import", "wrc-live", "quarry")
    with monkeypatch.context() as patched:
        patched.setattr("cli.office.importing.template", earlier)
        assert ["quarry-2019", 23, 23, 0, 0, 0, 0, None] == counts(answer(rally, *importing))
    assert ["quarry-2019", 23, 0, 23, 0, 0, 0, None] == counts(answer(rally, *importing))
    other = ("--ledger", str(tmp_path / "other.db"))
    assert ["quarry-2019", 23, 23, 0, 0, 0, 0, None] == counts(answer(rally, *other, *importing))
    named = "overall.classifications"
    for words, there in ((("--ledger", str(tmp_path / "rally.db")), False), (other, True)):
        rules = answer(rally, *words, "rulebook", "show")["parameters"]
        assert there == (named in {each["name"] for each in rules})


def test_a_rulebook_of_its_own_that_was_altered(rally: Rally, tmp_path: Path) -> None:
    """That is another text under the same name: a conflict, as any line that differs."""
    write_sheets(tmp_path / "sheets")
    file = tmp_path / "sheets" / "rally.toml"
    file.write_text(file.read_text().replace('"dakar-2020"', '"own.toml"'))
    own = tmp_path / "sheets" / "own.toml"
    own.write_text('extends = "dakar-2020"\n')
    importing = ("import", "sheets", "sheets")
    assert 28 == answer(rally, *importing)["appended"]
    own.write_text(own.read_text() + '[teams.counting]\nvalue = 3\nsource = "Art. 9"\n')
    assert 1 == answer(rally, *importing, code=1)["conflicts"]


def test_import_of_live_timing(rally: Rally, tmp_path: Path) -> None:
    """The rally is called after its folder; tenths count, penalties and retirements with them."""
    write_wrc_live(tmp_path / "quarry")
    importing = ("import", "wrc-live", "quarry")
    assert ["quarry-2019", 23, 23, 0, 0, 0, 0, None] == counts(answer(rally, *importing))
    assert ["quarry-2019", 23, 0, 23, 0, 0, 0, None] == counts(answer(rally, *importing))
    document = answer(rally, "standings")
    assert "wrc-2019" == document["basis"]["rulebook"]
    figures = ("place", "number", "category", "class", "time_ms", "penalty_ms", "gap_ms")
    expected = [(1, "1", "WRC", "RC1", 1_000_100, 0, 0), (2, "2", "WRC", "RC1", 1_004_600, 10_000)]
    assert expected[0] == tuple(document["rows"][0][key] for key in figures)
    assert (*expected[1], 14_500) == tuple(document["rows"][1][key] for key in figures)
    assert ["3"] == [each["number"] for each in document["unclassified"]]
    stage = answer(rally, "standings", "--stage", "SS2")["rows"]
    assert [300_123, 301_456] == [row["time_ms"] for row in stage]


def test_results_are_never_read(rally: Rally, tmp_path: Path) -> None:
    """The organisers' answers may be anything: the import does not look at them."""
    nonsense = dict.fromkeys(("events/5/rallies/7/results.json", "events/5/stages/11/results.json"))
    write_wrc_live(tmp_path / "quarry", dict.fromkeys(nonsense, "{ not json"))
    assert 23 == answer(rally, "import", "wrc-live", "quarry")["appended"]


def test_semicolons_a_mark_and_shuffled_columns_mean_the_same(dune: Rally, tmp_path: Path) -> None:
    """As spreadsheets save it: the same lines are already known."""
    changed: dict[str, str | bytes | None] = {}
    for name, text in SHEETS.items():
        if name.endswith(".csv"):
            rows = [line.split(",")[::-1] for line in text.splitlines()]
            lines = "\r\n".join(";".join(row) for row in rows) + "\r\n"
            changed[name] = b"\xef\xbb\xbf" + lines.encode()
    write_sheets(tmp_path / "sheets", changed)
    document = answer(dune, "import", "sheets", "sheets")
    assert ["dune-2016", 28, 0, 28, 0, 0, 0, None] == counts(document)
    assert 28 == answer(dune, "--ledger", "other.db", "import", "sheets", "sheets")["appended"]
    for words in READS[:6]:
        one, other = answer(dune, *words), answer(dune, *words, "--ledger", "other.db")
        assert {**one, "basis": None} == {**other, "basis": None}


# -- export ----------------------------------------------------------------------------------------


def test_an_export_is_restored_verbatim(dune: Rally, tmp_path: Path) -> None:
    """The same positions, bytes, root and answers; exported again, the same file."""
    dune("correct", "#21", "elapsed_ms=1:36:00", "--reason", "checked", *CLERK)
    said = dune("export", "jsonl", "log.jsonl")
    assert Said(0, "", "29 records of dune-2016 written.\n") == said
    text = (tmp_path / "log.jsonl").read_text(encoding="utf-8")
    other = ("--ledger", "other.db")
    document = answer(dune, *other, "import", "jsonl", "log.jsonl")
    assert ["dune-2016", 29, 29, 0, 0, 0, 0, None] == counts(document)
    assert text == dune(*other, "export", "jsonl").out
    assert answer(dune, "verify") == answer(dune, *other, "verify")
    for words in READS:
        assert dune(*words, "--json") == dune(*other, *words, "--json")
    document = answer(dune, *other, "import", "jsonl", "log.jsonl")
    assert ["dune-2016", 29, 0, 29, 0, 0, 0, None] == counts(document)


def test_a_log_of_another_site_is_merged(dune: Rally, tmp_path: Path) -> None:
    """What a copy recorded on its own comes home once, with its site and its position there."""
    (tmp_path / "log.jsonl").write_text(dune("export", "jsonl").out, encoding="utf-8")
    lines = (tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines()
    field = ("--ledger", "field.db")
    assert 0 == dune(*field, "site", "finish line").code
    assert 0 == dune(*field, "import", "jsonl", "log.jsonl").code
    timing = ("record", "StageTimeRecorded", "number=101", "stage=SS3", "elapsed_ms=1:11:00")
    there = answer(dune, *field, *timing, "--by", "Ann", "--role", "timekeeper")["position"]
    penalty = ("record", "PenaltyGiven", "number=101", "stage=SS2", "amount_ms=5:00")
    assert 29 == answer(dune, *penalty, *CLERK)["position"]
    (tmp_path / "field.jsonl").write_text(dune(*field, "export", "jsonl").out, encoding="utf-8")
    document = answer(dune, "import", "jsonl", "field.jsonl")
    assert [29, 1, 28, 0] == counts(document)[1:5]
    record = answer(dune, "show", "#30")["record"]
    exported = json.loads(dune("export", "jsonl").out.splitlines()[29])
    assert "finish line" == record["site"] == exported["site"]
    assert 1 == exported["site_position"]
    assert len(lines) + 1 == there
    document = answer(dune, "import", "jsonl", "field.jsonl")
    assert [29, 0, 29, 0] == counts(document)[1:5]
    assert 0 == dune("verify").code


def test_import_from_standard_input(
    dune: Rally, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`-` is standard input, so that logs can be piped from ledger to ledger."""
    exported = dune("export", "jsonl").out.encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(exported)))
    document = answer(dune, "--ledger", "other.db", "import", "jsonl", "-")
    assert 28 == document["appended"]
    assert answer(dune, "verify") == answer(dune, "--ledger", "other.db", "verify")


def test_a_bare_occurrence_may_be_imported(dune: Rally, tmp_path: Path) -> None:
    """A line may hold an occurrence alone, as a device writes it; it is known by its id."""
    said = {
        "type": "PassingRecorded",
        "rally": "dune-2016",
        "v": 1,
        "recorded_at": [NOW, 480],
        "number": "103",
        "stage": "SS1",
        "point": "WP1",
        "elapsed_ms": 3_780_000,
    }
    (tmp_path / "device.jsonl").write_text(json.dumps(said) + "\n")
    assert 1 == answer(dune, "import", "jsonl", "device.jsonl")["appended"]
    assert 1 == answer(dune, "import", "jsonl", "device.jsonl")["already_known"]
    records = answer(dune, "log", "--crew", "103", "--type", "PassingRecorded")["records"]
    assert [29] == [each["position"] for each in records]


# -- the shell -------------------------------------------------------------------------------------


def completed(words: list[str], begun: str) -> list[str]:
    """What the shell offers behind these words."""
    from click.shell_completion import ShellComplete

    found = ShellComplete(cli, {}, "rally", "_RALLY_COMPLETE").get_completions(words, begun)
    return [each.value for each in found]


@pytest.mark.parametrize(
    ("words", "begun", "expected"),
    [
        (["standings", "--after"], "", ["SS1", "SS2", "SS3"]),
        (["standings", "--stage"], "SS2", ["SS2"]),
        (["log", "--crew"], "10", ["101", "102", "103"]),
        (["standings", "--category"], "", ["car", "truck"]),
        (["standings", "--class"], "T1", ["T1.1"]),
        (["record"], "Penalty", ["PenaltyGiven", "PenaltyWithdrawn"]),
        (["record", "CrewRestarted"], "", ["number=", "stage="]),
        (["record", "CrewRestarted", "number=101"], "", ["stage="]),
        (["record", "CrewRestarted"], "stage=SS2", ["stage=SS2"]),
        (["record", "CrewRestarted", "stage", "="], "SS2", ["SS2"]),
        (["record", "CrewRestarted", "number", "="], "20", ["201"]),
        (["record", "FitnessDecided"], "fit=", ["fit=yes", "fit=no"]),
        (["record", "TimeCardHandled"], "kind=s", ["kind=submitted"]),
        (["record", "PenaltyWithdrawn"], "target=p", ["target=penalty-1"]),
        (["record", "BulletinIssued"], "check.far", ["check.far_ahead_percent="]),
        (["record", "NoSuchType"], "", []),
        (["types"], "stagecl", ["StageClosed"]),
        (["help"], "a-", ["a-case", "a-rally"]),
        ([], "stan", ["standings"]),
    ],
)
def test_the_shell_completes(
    dune: Rally, words: list[str], begun: str, expected: list[str]
) -> None:
    """Stages, numbers, categories and types come from the ledger and the vocabulary."""
    assert expected == completed(words, begun)


OFFERED: tuple[tuple[str, str, list[str]], ...] = (
    ("decisions", "", ["clerk-1", "court-1/2016", "stewards-1"]),
    ("decide notify", "st", ["stewards-1"]),
    ("document decision", "c", ["clerk-1", "court-1/2016"]),
    ("document evidence", "stew", ["stewards-1"]),
    ("export evidence", "stew", ["stewards-1"]),
    ("court", "cl", ["clerk-1"]),
    ("decide penalty 101 0:01:00 --supersedes", "stew", ["stewards-1"]),
    ("decide penalty 101 0:01:00 --matter", "p", ["penalty-1"]),
    ("decide penalty 101 0:01:00 --matter", "cl", ["clerk-1"]),
    ("appeal confirm", "", ["appeal-1", "clerk-1", "court-1/2016", "stewards-1"]),
    ("protest admit", "", []),
    ("show", "p", ["penalty-1"]),
    ("show", "court", ["court-1/2016"]),
    ("what-if --without", "clerk", ["clerk-1"]),
    ("record DecisionNotified", "target=st", ["target=stewards-1"]),
    ("standings --known-at", "", []),
)
"""What is offered behind which words."""


def test_the_shell_completes_names_of_records(dune: Rally) -> None:
    """All that the register prints, and handles, wherever such a record may be meant."""
    penalty = ("decide", "penalty", "101", "0:01:00", "--fact", "x", "--reason", "x", "--by", "A")
    for words in (
        (*penalty, "--role", "clerk-of-the-course"),
        (*penalty, "--role", "stewards"),
        ("appeal", "announce", "stewards-1", "--by", "Dune", "--role", "competitor"),
        ("court", "stewards-1", "upheld", "--case", "1/2016", "--by", "R", "--role", "court"),
    ):
        assert 0 == dune(*words).code, words
    found = [(words, begun, completed(words.split(), begun)) for words, begun, _ in OFFERED]
    assert list(OFFERED) == found


def test_the_shell_completes_nothing_without_a_ledger(rally: Rally) -> None:
    """Completion never complains."""
    assert [] == completed(["standings", "--after"], "")


def test_what_the_environment_names(rally: Rally, monkeypatch: pytest.MonkeyPatch) -> None:
    """$RALLY_LEDGER names the ledger, RALLY_BY and RALLY_ROLE who acts; an option goes first."""
    write_sheets(Path("sheets"))
    monkeypatch.setenv("RALLY_LEDGER", "office.db")
    assert 0 == rally("import", "sheets", "sheets").code
    assert Path("office.db").exists()
    assert RECORDS == answer(rally, "standings")["basis"]["position"]
    assert 5 == rally("standings", "--ledger", "rally.db").code
    monkeypatch.setenv("RALLY_BY", "Ann")
    monkeypatch.setenv("RALLY_ROLE", "timekeeper")
    timing = ("record", "StageTimeRecorded", "number=101", "stage=SS3", "elapsed_ms=1:11:00")
    assert 0 == rally(*timing).code
    assert 0 == rally(*timing, "--by", "Bob").code
    records = answer(rally, "log", "--since", "@-2")["records"]
    assert ["Ann", "Bob"] == [each["recorded_by"] for each in records]


def test_live_timing_as_it_grows(rally: Rally, tmp_path: Path) -> None:
    """Saved again later in the stage, only what is new is appended.

    The end of a stage is assumed from the last finish that is known; it moves as crews come in, and
    with it the assumed instants of penalties and assessed times. That is no contradiction.
    """
    times, splits = TIMES_JSON, SPLITS_JSON
    early = [each for each in ANSWERS[times] if each["stageTimeId"] != 602]
    write_wrc_live(tmp_path / "quarry", {times: json.dumps(early)})
    before = answer(rally, "import", "wrc-live", "quarry")["appended"]
    late = dict(ANSWERS[splits][0], splitPointTimeId=402, entryId=902)
    write_wrc_live(tmp_path / "quarry", {splits: json.dumps([*ANSWERS[splits], late])})
    said = answer(rally, "import", "wrc-live", "quarry")

    assert 3 == said["appended"]  # a start, a split and a stage time
    assert (before, 0, None) == (said["already_known"], said["conflicts"], said["quarantine_file"])
