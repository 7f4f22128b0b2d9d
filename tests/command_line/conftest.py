"""What the tests of the command line share: the Dune Rally, taken in."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.command_line.sheets import write_sheets
from tests.conftest import Filling, Rally, Said

Quarantined = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def dune(rally: Rally, tmp_path: Path, filled: Filling) -> Rally:
    """The command `rally` on a ledger that holds the Dune Rally; the sheets are in `sheets`."""

    def fill() -> None:
        write_sheets(tmp_path / "sheets")
        said = rally("import", "sheets", "sheets")
        assert Said(0, said.out, "") == said, said

    filled("dune", fill)
    return rally


@pytest.fixture
def silk_way(rally: Rally, filled: Filling) -> Rally:
    """The command `rally` on a ledger that holds the sample."""

    def fill() -> None:
        assert 0 == rally("demo").code

    filled("silk-way", fill)
    return rally


@pytest.fixture
def quarantined(tmp_path: Path) -> Quarantined:
    """What is in the quarantine file beside the ledger, line by line."""

    def read() -> list[dict[str, Any]]:
        path = tmp_path / "rally.db.quarantine.jsonl"
        if not path.exists():
            return []
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    return read


def size(rally: Rally) -> int:
    """How many records the log holds."""
    said = rally("verify", "--json")
    assert said.code == 0, said
    found: int = json.loads(said.out)["size"]
    return found


def answer(rally: Rally, *words: object, code: int = 0) -> Any:
    """The JSON document of a command that ends with an exit code."""
    said = rally(*words, "--json")
    assert code == said.code, said
    return json.loads(said.out)


def behind_its_back(path: Path, *statements: tuple[str, tuple[Any, ...]]) -> None:
    """Change the database as somebody does who may do everything, the guards taken away."""
    connection = sqlite3.connect(path)
    found = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    guards = found.fetchall()
    for name, _ in guards:
        connection.execute(f'DROP TRIGGER "{name}"')
    for statement, values in statements:
        connection.execute(statement, values)
    for _, sql in guards:
        connection.execute(sql)
    connection.commit()
    connection.close()
