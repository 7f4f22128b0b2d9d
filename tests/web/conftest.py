"""What the tests of the web share: ledgers that are served without a server."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("starlette", reason="needs the extra `web`")

from cli.context import Settings
from cli.main import run
from cli.web.apart import site_of
from cli.web.app import Served
from cli.web.once import Response, get
from cli.web.serving import site_served
from tests.conftest import NOW
from tests.office.goldens import FOLDER

Get = Callable[..., Response]


def settings() -> Settings:
    """A clock that stands still, and the offset +08:00."""
    return Settings(lambda: NOW, lambda _: 480)


@pytest.fixture(scope="session")
def ledgers(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The file of each ledger by its name, filled when it is first asked for."""
    filled: dict[str, Path] = {}
    how = {"demo": ["demo"], "case": ["import", "jsonl", str(FOLDER / "case.log.jsonl")]}

    def ledger(name: str) -> Path:
        if name not in filled:
            filled[name] = tmp_path_factory.mktemp(name) / "rally.db"
            assert 0 == run(["--ledger", str(filled[name]), *how[name]], settings())
        return filled[name]

    return ledger


@pytest.fixture(scope="session")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log that is too long to be replayed for a page."""
    path = tmp_path_factory.mktemp("long") / "rally.db"
    assert 0 == run(
        ["--ledger", str(path), "simulate", "--crews", "40", "--stages", "6"], settings()
    )
    return path


@pytest.fixture
def own(ledgers: Callable[[str], Path], tmp_path: Path) -> Path:
    """The sample in a ledger that a test may write to."""
    return copied(ledgers("demo"), tmp_path / "rally.db")


def copied(ledger: Path, to: Path) -> Path:
    """A copy of a ledger that others have open."""
    source, target = sqlite3.connect(ledger), sqlite3.connect(to)
    with contextlib.closing(source), contextlib.closing(target):
        source.backup(target)
    return to


def served_from(ledger: Path) -> Served:
    """A ledger as it is served."""
    return site_served(site_of(str(ledger), "", replays=False), str(ledger), "")


@pytest.fixture(scope="session")
def served(ledgers: Callable[[str], Path]) -> Callable[[str], Get]:
    """GET of an address of a ledger."""
    held: dict[str, Served] = {}

    def of(name: str) -> Get:
        if name not in held:
            held[name] = served_from(ledgers(name))
        return lambda target, **headers: get(held[name], target, headers)

    return of
