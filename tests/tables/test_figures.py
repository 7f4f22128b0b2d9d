"""What the tables say is what the commands say, at any position and instant."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from cli.commands.help import pages
from projections.desk.decisions import Decision
from projections.results.penalties import Penalty
from projections.results.standings import Row, Unclassified
from tests.looked import some_of
from tests.tables.conftest import Asked, Tables, fields, typed

AT_A_POSITION = "? BETWEEN from_position AND to_position"
AT_AN_INSTANT = "(from_at_ms IS NULL OR from_at_ms <= ?1) AND (to_at_ms IS NULL OR ?1 <= to_at_ms)"
ORDER = "ORDER BY s.place IS NULL, s.place, c.number_order"
LINE = tuple(Row.__struct_encode_fields__)
OUT = tuple(Unclassified.__struct_encode_fields__)
Lines = list[dict[str, Any]]


def listed(tables: Tables, table: str, when: str, moment: int, category: str) -> Any:
    """A classification at a moment, looked up with one query."""
    query = (
        f'SELECT s.* FROM "{table}" s JOIN crews c USING (number) '
        f"WHERE s.classification = ?2 AND {when.replace('?1', '?').replace('?', '?1')} {ORDER}"
    )
    types = fields(tables.described(), table)
    found = [typed(each, types) for each in tables.rows(query, moment, category)]
    return {
        "rows": [{n: each[n] for n in LINE} for each in found if each["place"] is not None],
        "unclassified": [{n: each[n] for n in OUT} for each in found if each["place"] is None],
    }


def told(answer: Any) -> Any:
    """The same as the command gives it."""
    return {name: answer[name] for name in ("rows", "unclassified")}


def classifications(tables: Tables, table: str) -> list[str]:
    """The lists that there are."""
    query = f'SELECT DISTINCT classification FROM "{table}" ORDER BY 1'
    return [each["classification"] for each in tables.rows(query)]


def category(name: str) -> tuple[str, ...]:
    """What is typed for a list."""
    return ("--category", name) if name else ()


def test_the_standings_at_every_position(tables: Tables, asked: Asked) -> None:
    """`rally standings --known-at` of all crews and of each category, and one query each."""
    head = tables.described()["basis"]["position"]
    changes = [e["p"] for e in tables.rows("SELECT DISTINCT from_position p FROM standings")]
    looked = sorted({*changes[::7], *(each - 1 for each in changes[1::7]), head} - {0})
    for position in some_of(looked):
        lists = tables.rows(
            f"SELECT DISTINCT classification c FROM standings WHERE {AT_A_POSITION}", position
        )
        for name in ("", *(each["c"] for each in lists if each["c"])):
            words = ("standings", "--known-at", f"#{position}", *category(name))
            found = listed(tables, "standings", AT_A_POSITION, position, name)
            assert told(asked(tables.ledger, *words)) == found, (position, name)


def test_the_standings_on_the_road(tables: Tables, asked: Asked) -> None:
    """`rally standings --effective-at`: at the instants at which a line begins, and just before."""
    found = tables.rows(
        "SELECT DISTINCT from_at_ms ms FROM road_standings WHERE ms IS NOT NULL ORDER BY 1"
    )
    instants = [each["ms"] for each in found]
    looked = sorted({*instants[::9], *(each - 1 for each in instants[::11]), instants[-1] + 1})
    for ms in some_of(looked):
        at = datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds")
        for name in some_of(classifications(tables, "road_standings")):
            words = ("standings", "--effective-at", at, *category(name))
            looked_up = listed(tables, "road_standings", AT_AN_INSTANT, ms, name)
            assert told(asked(tables.ledger, *words)) == looked_up, (at, name)


def test_the_loeb_case_in_one_query(exported: Callable[[str], Tables]) -> None:
    """Second at 20:00, fourth behind the stewards' decision; on the road fourth all along."""
    tables = exported("demo")
    query = (
        "SELECT place, gap_ms FROM standings WHERE classification = 'cars' AND number = '102' "
        f"AND {AT_A_POSITION}"
    )
    assert [{"place": 2, "gap_ms": 175_000}] == tables.rows(query, 148)
    assert [{"place": 4, "gap_ms": 14_575_000}] == tables.rows(query, 149)


def test_the_query_of_the_readme(exported: Callable[[str], Tables], asked: Asked) -> None:
    """Typed as it stands there, it gives what the board showed."""
    page = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    (query,) = re.findall(r"```sql\n(.+?)```", page, re.DOTALL)
    tables = exported("demo")
    words = ("standings", "--known-at", "#148", "--category", "cars")
    rows = asked(tables.ledger, *words)["rows"]
    shown = [{name: each[name] for name in ("place", "number", "gap_ms")} for each in rows]
    assert rows
    assert shown == tables.rows(query)


def test_the_queries_of_the_help(exported: Callable[[str], Tables], asked: Asked) -> None:
    """`rally help tables` names every column; its queries give the board, and the road."""
    page = pages()["tables"]
    tables = exported("demo")
    for resource in some_of(tables.described()["resources"]):
        for field in some_of(resource["schema"]["fields"]):
            assert re.search(rf"^    {field['name']} ", page, re.MULTILINE)
    board, road = re.findall(r"^    SELECT .+?;$", page, re.DOTALL | re.MULTILINE)
    cuts = (("--known-at", "#148"), ("--effective-at", "2016-07-21T20:00+08:00"))
    for query, cut in some_of(zip((board, road), cuts, strict=True)):
        rows = asked(tables.ledger, "standings", *cut, "--category", "cars")["rows"]
        shown = [{name: each[name] for name in ("place", "number", "gap_ms")} for each in rows]
        assert shown == tables.rows(query)


def test_the_log(tables: Tables, asked: Asked) -> None:
    """Each record as `rally log` tells it; its bytes give its id."""
    records = asked(tables.ledger, "log")["records"]
    found = tables.typed("log")
    assert len(records) == len(found) > 20
    for told, row in some_of(zip(records, found, strict=True)):
        assert told == {name: row[name] for name in told}
    for each in some_of(tables.rows("SELECT * FROM log")):
        assert each["id"] == hashlib.sha256(each["occurrence"].encode()).hexdigest()
        said = json.loads(each["occurrence"])
        assert said["recorded_at"] == [each["recorded_at_ms"], each["recorded_at_offset"]]
        assert said.get("fact_at", [None, None]) == [each["fact_at_ms"], each["fact_at_offset"]]


@pytest.mark.parametrize(("table", "row"), [("decisions", Decision), ("penalties", Penalty)])
def test_the_registers(tables: Tables, asked: Asked, table: str, row: Any) -> None:
    """Every field of every row that the command gives."""
    assert {*row.__struct_encode_fields__} <= {*fields(tables.described(), table)}
    rows = asked(tables.ledger, table)["rows"]
    assert rows
    names, found = row.__struct_encode_fields__, tables.typed(table)
    told = [{name: each.get(name, []) for name in names} for each in rows]  # no fines, none told
    assert told == [{name: each[name] for name in names} for each in found]


def test_the_crews(tables: Tables, asked: Asked) -> None:
    """Each as on its page; the counts of statuses are those of `rally finishers`."""
    shared = ("driver", "codrivers", "category", "group", "class", "vehicle", "team", "trophies")
    found = tables.typed("crews")
    for row in some_of(found[::3]):
        page = asked(tables.ledger, "crew", row["number"])
        assert {n: page[n] for n in shared} == {n: row[n] for n in shared}
        status = [page[n] for n in ("status", "status_stage", "status_reason")]
        assert status == [row[n] for n in ("status", "status_stage", "status_reason")]
    total = asked(tables.ledger, "finishers")["total"]
    assert total["entered"] == sum(each["entered"] for each in found)
    assert total["finishers"] == sum(each["status"] == "finished" for each in found)


def test_the_stages(exported: Callable[[str], Tables], asked: Asked) -> None:
    """The itinerary in its order; what was cancelled says for whom; one that was run has times."""
    tables = exported("demo")
    stages = tables.typed("stages")
    assert stages == sorted(stages, key=lambda each: each["order"])
    assert {"SS2": ["cars", "trucks"], "SS11": ["cars", "trucks"]} == {
        each["stage"]: each["cancelled_for"] for each in stages if each["cancelled_for"]
    }
    for each in some_of(stages):
        result = asked(tables.ledger, "standings", "--stage", each["stage"])
        assert each["run"] is bool(result["rows"]), each["stage"]


def test_parquet_holds_the_same(tables: Tables) -> None:
    """Read by DuckDB: row by row what SQLite has, lists as lists, JSON as JSON."""
    described = tables.described("parquet")
    for resource in some_of(described["resources"]):
        name, types = resource["name"], fields(described, resource["name"])
        with duckdb.connect(":memory:") as database:
            rows = database.execute(
                "SELECT * FROM read_parquet(?)", [str(tables.parquet / resource["path"])]
            )
            columns = [each[0] for each in rows.description or ()]
            found = [dict(zip(columns, each, strict=True)) for each in rows.fetchall()]
        objects = [
            each
            for each, kind in types.items()
            if kind == "object" or each in ("effects", "fines", "steps")
        ]
        for each in found:
            each |= {n: json.loads(each[n]) for n in objects if each[n] is not None}
        assert tables.typed(name) == found, name
        assert resource["rows"] == len(found)
