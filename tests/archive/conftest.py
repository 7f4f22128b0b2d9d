"""What the tests of the archive share: the sample, a small rally, and one with hostile names.

An archive takes as long as its rally is large: what hangs on no figure of the sample is tried on
the small one.
"""

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
from tests.command_line.sheets import write_sheets
from tests.conftest import Rally, Ticking
from tests.spec import RALLY, Case

RTL, LONG = "\N{HEBREW LETTER ALEF}\N{HEBREW LETTER BET} 102", "W" * 4000
HOSTILE = "<img src=x onerror=document.title='no'>\N{RIGHT-TO-LEFT OVERRIDE}</script>&amp;"


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ledger that holds the sample, and its archive; to be read or copied."""
    return publishing(tmp_path_factory.mktemp("published"), "silk-way", "demo")


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same of the Dune Rally."""
    folder = tmp_path_factory.mktemp("small")
    return publishing(folder, "dunes", "import", "sheets", str(write_sheets(folder / "sheets")))


def publishing(folder: Path, archive: str, *filling: str) -> Path:
    """Fill the ledger of a folder, and publish its archive."""
    ledger, settings = str(folder / "rally.db"), Settings(Ticking(), lambda _: 480)
    with contextlib.redirect_stdout(io.StringIO()):
        assert run(["--ledger", ledger, *filling], settings) == 0
        assert run(["--ledger", ledger, "export", "archive", str(folder / archive)]) == 0
    return folder


def copied(held: Path, to: Path) -> None:
    """A ledger of its own for a test."""
    with (
        contextlib.closing(sqlite3.connect(held / "rally.db")) as whole,
        contextlib.closing(sqlite3.connect(to / "rally.db")) as copy,
    ):
        whole.backup(copy)


@pytest.fixture
def silk_way(rally: Rally, published: Path, tmp_path: Path) -> Rally:
    """The command `rally` on a ledger that holds the sample."""
    copied(published, tmp_path)
    return rally


@pytest.fixture(scope="session")
def archive(published: Path) -> Path:
    """The archive of the sample, for all who only read it."""
    return published / "silk-way"


@pytest.fixture
def dune(rally: Rally, small: Path, tmp_path: Path) -> Rally:
    """The command `rally` on a ledger that holds the Dune Rally."""
    copied(small, tmp_path)
    return rally


@pytest.fixture
def dunes(dune: Rally, small: Path, tmp_path: Path) -> Path:
    """The archive of the Dune Rally, in `dunes`: a test's own."""
    return Path(shutil.copytree(small / "dunes", tmp_path / "dunes"))


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
