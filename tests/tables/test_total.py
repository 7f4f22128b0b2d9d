"""Of any log there are tables: whatever it holds, each row keeps to what the description says."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given

from cli.office.view import View
from cli.tables import contents, sqlite
from cli.tables.table import Kind
from ledger.log import Ledger
from ledger.vocabulary import RegulationsAdopted
from tests.conftest import Ticking
from tests.examples import examples
from tests.laws.answers import sites
from tests.laws.rallies import Rally
from tests.looked import some_of
from tests.spec import RALLY, Case, effect
from tests.tables.conftest import queried
from tests.tables.test_intervals import any_rally

PYTHON: dict[Kind, Any] = {
    "text": str,
    "integer": int,
    "boolean": bool,
    "object": dict,
    "number": (int, float),
}


@examples(80)
@given(any_rally)
def test_tables_of_any_log(rally: Rally) -> None:
    """Every value is of its type, no key stands twice, and no reference leads nowhere."""
    with sites() as opened, tempfile.TemporaryDirectory() as name:
        seen = View(opened.log("main", rally))
        folder = Path(name)
        written = list(sqlite.write(contents.filled(seen, str), folder))
        database = sqlite3.connect(folder / sqlite.FILE)
        assert [] == database.execute("PRAGMA foreign_key_check").fetchall()
        database.close()
        for table, rows in contents.filled(seen, str):
            for row in rows:
                for column in some_of(table.columns):
                    value = row[column.name]
                    if value is None:
                        assert not column.needed, (table.name, column.name)
                    else:
                        assert isinstance(value, PYTHON.get(column.kind, list)), column
        assert len(rally) >= next(each.rows for each in written if each.table.name == "log") > 0


def filled(case: Case, folder: Path) -> View:
    """A log that holds the records of a case."""
    log = Ledger(str(folder / "case.db"), Ticking()).log(RALLY)
    log.append([said for _, said in case.records])
    return View(log)


def told(seen: View, folder: Path, *queries: str) -> list[list[dict[str, Any]]]:
    """What queries find in the tables of a log."""
    assert list(sqlite.write(contents.filled(seen, str), folder))
    return [queried(folder, each) for each in queries]


def test_where_a_rule_is_lacking(tmp_path: Path) -> None:
    """There is no list as long as the rules do not suffice for it, and the tables say why."""
    case = Case("wrc-2019")
    _, rules = case.records[1]
    assert isinstance(rules, RegulationsAdopted)
    kept = {name: value for name, value in rules.parameters.items() if name != "ties.chain"}
    case.records[1] = ("", msgspec.structs.replace(rules, parameters=kept))
    case.enter("1", "2", "3")
    case.times("SS1", "2026-03-01T10:00+08:00", _1="1:00:00", _2="1:01:00")
    case.record("PenaltyGiven", number="2", stage="SS1", amount_ms="0:01:00")
    third = {"number": "3", "stage": "SS1", "elapsed_ms": "1:00:00"}
    equal = case.record("StageTimeRecorded", "2026-03-01T10:00+08:00", **third)
    without = "SELECT classification, from_position, to_position, why FROM without_standings"
    lines = "SELECT number, from_position, to_position FROM standings WHERE place = 1 ORDER BY 1, 2"
    status = "SELECT number, status FROM crews"
    given = "SELECT number, amount_ms, counts FROM penalties"
    seen = filled(case, tmp_path)
    (tmp_path / "one").mkdir()
    found, first, crews, penalties = told(seen, tmp_path / "one", without, lines, status, given)
    assert [{"number": "2", "amount_ms": 60_000, "counts": 1}] == penalties
    at = len(case.records)
    assert [("", at, at), ("cars", at, at)] == [tuple(each.values())[:3] for each in found]
    assert "ties.chain" in found[0]["why"]
    assert {at - 1} == {each["to_position"] for each in first}
    assert [{"number": each, "status": "running"} for each in "123"] == crews
    case.record("Voided", target=equal)
    case.record("RemarkMade", text="x")
    (tmp_path / "two").mkdir()
    (tmp_path / "again").mkdir()
    found, first, crews = told(
        filled(case, tmp_path / "again"), tmp_path / "two", without, lines, status
    )
    assert [("", at, at), ("cars", at, at)] == [tuple(each.values())[:3] for each in found]
    assert at + 2 == first[-1]["to_position"]
    assert [{"number": each, "status": "running"} for each in "123"] == crews


def test_a_decision_counts_from_its_fact(tmp_path: Path) -> None:
    """On the road a penalty enters at the instant of what was done, where nothing else happened."""
    case = Case()
    case.enter("1", "2")
    case.times("SS1", "2026-03-01T10:00+08:00", _1="1:00:00", _2="1:01:00")
    minutes = effect("PenaltyGiven", amount_ms="0:05:00")
    done = "2026-03-01T11:30:00+08:00"
    case.decide(1, done, "clerk", number="1", stage="SS1", effects=[minutes])
    (tmp_path / "out").mkdir()
    query = (
        "SELECT from_at, place, total_ms FROM road_standings "
        "WHERE classification = 'cars' AND number = '1' AND place IS NOT NULL ORDER BY version"
    )
    (found,) = told(filled(case, tmp_path), tmp_path / "out", query)
    assert [
        ("2026-03-01T02:00:00+00:00", 1, 3_600_000),
        ("2026-03-01T03:30:00+00:00", 2, 3_900_000),
    ] == [tuple(each.values()) for each in found]


def test_why_a_record_has_no_effect(tmp_path: Path) -> None:
    """A penalty by an office that may give none is in the log, with why it counts for nothing."""
    case = Case("cross-country")
    case.enter("1")
    penalty = {"number": "1", "amount_ms": "0:05:00", "by": "Mo"}
    case.record("PenaltyGiven", **penalty, role="marshal")
    case.record("PenaltyGiven", **penalty, role="stewards")
    query = "SELECT without_effect FROM log WHERE type = 'PenaltyGiven' ORDER BY position"
    (found,) = told(filled(case, tmp_path), tmp_path, query)
    first, second = (each["without_effect"] for each in found)
    assert "marshal" in first
    assert second is None


def test_what_was_scored(tmp_path: Path) -> None:
    """Halves too, in each table that is defined; of what the rules do not tell there is nothing."""
    scales = ("overall: 9 8.5 7", "SS1: 3, for drivers")
    case = Case("wrc-2019", points__scales=scales, points__scorers="everybody")
    case.enter("1", "2", codrivers=["Co"])
    case.times("SS1", "2026-03-01T10:00+08:00", _1="1:00:00", _2="1:01:00")
    query = 'SELECT "table", place, name, points, what, awarded FROM points ORDER BY award'
    (rows,) = told(filled(case, tmp_path), tmp_path, query)
    assert [
        ("drivers", 1, "Driver 1", 12.0, "overall", 9.0),
        ("drivers", 1, "Driver 1", 12.0, "SS1", 3.0),
        ("drivers", 2, "Driver 2", 8.5, "overall", 8.5),
        ("co-drivers", 1, "Co", 17.5, "overall", 9.0),
        ("co-drivers", 1, "Co", 17.5, "overall", 8.5),
    ] == [tuple(each.values()) for each in rows]


def test_a_scale_of_a_stage_that_there_is_not_keeps_nothing_from_being_written(
    tmp_path: Path,
) -> None:
    """The points can't be told; all other tables are there."""
    case = Case("wrc-2019", points__scales=("SS9: 3",), points__scorers="everybody")
    case.enter("1")
    case.times("SS1", "2026-03-01T10:00+08:00", _1="1:00:00")
    points, crews = told(
        filled(case, tmp_path), tmp_path, "SELECT * FROM points", "SELECT * FROM crews"
    )
    assert ([], 1) == (points, len(crews))
