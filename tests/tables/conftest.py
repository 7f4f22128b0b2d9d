"""The ledgers whose tables are read: the demo, a whole case; each exported once in both formats."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cli.main import run
from tests.office.conftest import ledgers as ledgers  # noqa: PLC0414 # a fixture
from tests.office.conftest import settings

Asked = Callable[..., Any]
NAMES = ("demo", "case")


class Tables(NamedTuple):
    """A ledger, its tables as SQLite and as Parquet, and their descriptions."""

    ledger: Path
    sqlite: Path
    parquet: Path

    def described(self, form: str = "sqlite") -> Any:
        """The data package description."""
        return json.loads((getattr(self, form) / "datapackage.json").read_text("utf-8"))

    def rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        """The rows that a query finds in the SQLite database, as any program reads them."""
        return queried(self.sqlite, query, *values)

    def typed(self, table: str) -> list[dict[str, Any]]:
        """The rows of a table as the description says their types: texts of JSON are read."""
        found = self.rows(f'SELECT * FROM "{table}"')
        return [typed(each, fields(self.described(), table)) for each in found]


def queried(folder: Path, query: str, *values: object) -> list[dict[str, Any]]:
    """The rows that a query finds in an exported SQLite database."""
    database = sqlite3.connect(folder / "tables.sqlite")
    database.row_factory = sqlite3.Row
    try:
        return [dict(each) for each in database.execute(query, values)]
    finally:
        database.close()


def fields(described: Any, table: str) -> dict[str, str]:
    """The types of the columns of a table, by the description."""
    (resource,) = (each for each in described["resources"] if each["name"] == table)
    return {each["name"]: each["type"] for each in resource["schema"]["fields"]}


def typed(row: dict[str, Any], types: dict[str, str]) -> dict[str, Any]:
    """A row of SQLite with the values that its columns stand for."""
    read: dict[str, Callable[[Any], Any]] = {
        "array": json.loads,
        "object": json.loads,
        "boolean": bool,
    }
    return {
        name: value if value is None else read.get(types[name], lambda each: each)(value)
        for name, value in row.items()
    }


@pytest.fixture(scope="session")
def exported(
    ledgers: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Tables]:
    """The tables of a ledger, by its name."""
    made: dict[str, Tables] = {}

    def of(name: str) -> Tables:
        if name not in made:
            ledger, folder = ledgers(name), tmp_path_factory.mktemp(f"tables-{name}")
            made[name] = Tables(ledger, folder / "sqlite", folder / "parquet")
            for form in ("sqlite", "parquet"):
                words = ("export", "tables", str(folder / form), "--format", form)
                assert 0 == run(["--ledger", str(ledger), *words], settings())
        return made[name]

    return of


@pytest.fixture(params=NAMES)
def tables(request: pytest.FixtureRequest, exported: Callable[[str], Tables]) -> Tables:
    """The tables of each ledger."""
    return exported(request.param)


@pytest.fixture
def asked(capsys: pytest.CaptureFixture[str]) -> Asked:
    """The JSON that a command gives about a ledger."""

    def ask(ledger: Path, *words: object) -> Any:
        capsys.readouterr()
        line = ["--ledger", str(ledger), *map(str, words), "--json"]
        assert 0 == run(line, settings()), words
        return json.loads(capsys.readouterr().out)

    return ask
