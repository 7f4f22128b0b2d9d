"""What the tests of the archive share: the sample, and the Dune Rally with hostile names."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cli.context import Settings
from cli.main import run
from ledger.log import Ledger
from tests.conftest import Rally, Ticking
from tests.spec import RALLY, Case

RTL, LONG = "\N{HEBREW LETTER ALEF}\N{HEBREW LETTER BET} 102", "W" * 4000
HOSTILE = "<img src=x onerror=document.title='no'>\N{RIGHT-TO-LEFT OVERRIDE}</script>&amp;"


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ledger that holds the sample, and its archive; to be copied."""
    folder = tmp_path_factory.mktemp("published")
    ledger, settings = str(folder / "rally.db"), Settings(Ticking(), lambda _: 480)
    with contextlib.redirect_stdout(io.StringIO()):
        assert run(["--ledger", ledger, "demo"], settings) == 0
        assert run(["--ledger", ledger, "export", "archive", str(folder / "silk-way")]) == 0
    return folder


@pytest.fixture
def silk_way(rally: Rally, published: Path, tmp_path: Path) -> Rally:
    """The command `rally` on a ledger that holds the sample."""
    with (
        contextlib.closing(sqlite3.connect(published / "rally.db")) as held,
        contextlib.closing(sqlite3.connect(tmp_path / "rally.db")) as copy,
    ):
        held.backup(copy)
    return rally


@pytest.fixture
def archive(silk_way: Rally, published: Path, tmp_path: Path) -> Path:
    """The archive of the sample, in `silk-way`."""
    return Path(shutil.copytree(published / "silk-way", tmp_path / "silk-way"))


@pytest.fixture
def hostile(rally: Rally, ledger: Ledger) -> Path:
    """The archive of a rally with names that would like to be something else."""
    case = Case()
    case.records[0] = ("", msgspec.structs.replace(case.records[0][1], title=HOSTILE))
    for number, name in enumerate((HOSTILE, RTL, LONG), 101):
        case.enter(str(number), category=name[:80], driver=name, team=name, codrivers=(name,))
        case.times("SS1", **{f"_{number}": f"0:0{number - 100}:00"})
    case.record("RetirementReported", number="103", stage="SS2", reason=HOSTILE)
    case.record("DecisionIssued", series="stewards", decision=1, ruling=HOSTILE, reason=LONG)
    ledger.log(RALLY).append([said for _, said in case.records])
    said = rally("export", "archive", "hostile")
    assert said.code == 0, said
    return Path("hostile").resolve()


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, by its path."""
    files = (each for each in folder.rglob("*") if each.is_file())
    return {each.relative_to(folder).as_posix(): each.read_bytes() for each in files}


def times(folder: Path) -> dict[str, int]:
    """When each file of a folder was written last."""
    return {path: (folder / path).stat().st_mtime_ns for path in contents(folder)}


def told(rally: Rally, *words: object, code: int = 0) -> Any:
    """The JSON document of a command that ends with an exit code."""
    said = rally(*words, "--json")
    assert said.code == code, said
    return json.loads(said.out)
