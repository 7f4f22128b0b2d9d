"""The description beside the tables: a data package by version 2 of the standard, and true."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.looked import some_of
from tests.tables.conftest import Asked, Tables

FORMS = ("sqlite", "parquet")
TYPES = {"string", "integer", "number", "boolean", "array", "object"}
PYTHON: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "boolean": (bool,),
    "number": (int, float),
}


@pytest.mark.parametrize("form", FORMS)
def test_it_is_a_data_package(tables: Tables, form: str) -> None:
    """What the standard says that a package, a resource, a schema and a field must have."""
    package, folder = tables.described(form), getattr(tables, form)
    assert "https://datapackage.org/profiles/2.0/datapackage.json" == package["$schema"]
    assert re.fullmatch(r"[a-z0-9._-]+", package["name"])
    assert package["title"]
    assert "licenses" not in package
    names = [each["name"] for each in package["resources"]]
    assert len(names) == len({*names})
    assert {"standings", "road_standings", "crews", "stages", "decisions", "penalties", "log"} <= {
        *names
    }
    for resource in some_of(package["resources"]):
        assert re.fullmatch(r"[a-z0-9._-]+", resource["name"])
        assert "table" == resource["type"]
        assert {"licenses", "data"}.isdisjoint(resource)
        assert resource["title"]
        assert resource["description"]
        data = (folder / resource["path"]).read_bytes()
        assert (len(data), f"sha256:{hashlib.sha256(data).hexdigest()}") == (
            resource["bytes"],
            resource["hash"],
        )
        _must_be_a_schema(resource["schema"], {each["name"]: each for each in package["resources"]})
    files = {each["path"] for each in package["resources"]} | {"datapackage.json"}
    assert files == {each.name for each in folder.iterdir()}


def _must_be_a_schema(schema: Any, resources: dict[str, Any]) -> None:
    named = [each["name"] for each in schema["fields"]]
    assert len(named) == len({*named})
    for field in schema["fields"]:
        assert field["type"] in TYPES
        assert field["description"].endswith("."), field
        if field["name"].endswith(("_ms", "_m", "_offset")):
            assert field["unit"] in ("milliseconds", "metres", "minutes")
    needed = {each["name"] for each in schema["fields"] if "constraints" in each}
    assert {*schema["primaryKey"]} <= needed & {*named}
    for each in schema.get("foreignKeys", ()):
        meant = resources[each["reference"]["resource"]]["schema"]
        assert {*each["fields"]} <= {*named}
        assert each["reference"]["fields"] == meant["primaryKey"]


def test_its_basis_is_the_command_s(tables: Tables, asked: Asked) -> None:
    """The ledger, the position, the root; and the database has it as a table, too."""
    basis = asked(tables.ledger, "standings")["basis"]
    for form in FORMS:
        assert basis == tables.described(form)["basis"]
    (row,) = tables.rows("SELECT * FROM basis")
    assert {name: basis[name] for name in row.keys() & basis.keys()} == {
        name: value for name, value in row.items() if name != "title"
    }


def test_the_database_is_as_it_is_described(tables: Tables) -> None:
    """Columns in their order, keys, no reference that leads nowhere, every value of its type."""
    database = sqlite3.connect(tables.sqlite / "tables.sqlite")
    assert [] == database.execute("PRAGMA foreign_key_check").fetchall()
    assert [("ok",)] == database.execute("PRAGMA integrity_check").fetchall()
    for resource in some_of(tables.described()["resources"]):
        name, schema = resource["name"], resource["schema"]
        assert {"table": name} == resource["dialect"]
        found = database.execute("SELECT name, pk FROM pragma_table_info(?)", (name,)).fetchall()
        assert [each["name"] for each in schema["fields"]] == [each for each, _ in found]
        keyed = sorted((place, each) for each, place in found if place)
        assert schema["primaryKey"] == [each for _, each in keyed]
        referred = database.execute(
            'SELECT "from", "table", "to" FROM pragma_foreign_key_list(?)', (name,)
        ).fetchall()
        assert sorted(referred) == sorted(
            (e["fields"][0], e["reference"]["resource"], e["reference"]["fields"][0])
            for e in schema.get("foreignKeys", ())
        )
        rows = tables.typed(name)
        assert resource["rows"] == len(rows)
        for field in schema["fields"]:
            kinds = PYTHON.get(field["type"], (list, dict))
            missing = () if "constraints" in field else (type(None),)
            values = {type(each[field["name"]]) for each in rows}
            assert values <= {*kinds, *missing}, (name, field)
    database.close()


def test_the_database_explains_itself(tables: Tables) -> None:
    """Whoever opens it alone reads in the definition of a table what its columns mean."""
    (found,) = tables.rows("SELECT sql FROM sqlite_master WHERE name = 'standings'")
    for column in some_of(tables.described()["resources"][3]["schema"]["fields"]):
        assert column["description"] in found["sql"]


def test_what_is_described_is_what_frictionless_reads(tables: Tables, tmp_path: Path) -> None:
    """The reference implementation finds nothing amiss, where it is installed."""
    frictionless = pytest.importorskip("frictionless")
    package = tables.described()
    for resource in package["resources"]:
        resource["path"] = f"sqlite:///{tables.sqlite / resource['path']}"
        resource |= {"format": "sql", "dialect": {"sql": {"table": resource["name"]}}}
        for measured in ("mediatype", "bytes", "hash"):
            del resource[measured]
    report = frictionless.validate(package)
    assert report.valid, report.flatten(["type", "note"])
