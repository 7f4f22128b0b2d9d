"""The ledgers that are asked: the demo, a whole case as it was kept, and Dakar where it is."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.context import Settings
from cli.main import run
from tests.conftest import NOW, data_folder
from tests.office.goldens import FOLDER

DATA = data_folder()
LEDGERS = [
    "demo",
    "case",
    pytest.param(
        "dakar",
        marks=[
            pytest.mark.acceptance,
            pytest.mark.skipif(DATA is None, reason="no real rallies here: set $RALLY_DATA"),
        ],
    ),
]


def settings() -> Settings:
    """A clock that stands still, and the offset +08:00."""
    return Settings(lambda: NOW, lambda _: 480)


@pytest.fixture(scope="session")
def ledgers(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The file of each ledger by its name, filled when it is first asked for."""
    filled: dict[str, Path] = {}

    def ledger(name: str) -> Path:
        if name not in filled:
            folder = tmp_path_factory.mktemp(name)
            filled[name] = folder / "rally.db"
            assert 0 == run(["--ledger", str(filled[name]), *_filling(name, folder)], settings())
        return filled[name]

    return ledger


def _filling(name: str, folder: Path) -> list[str]:
    if name == "demo":
        return ["demo"]
    if name == "case":
        return ["import", "jsonl", str(FOLDER / "case.log.jsonl")]
    assert DATA is not None
    shutil.copytree(DATA / "dakar-2020", folder / "dakar-2020")
    (folder / "dakar-2020" / "official_general.csv").unlink()
    return ["import", "sheets", str(folder / "dakar-2020")]


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of this machine's environment bears on an answer."""
    for name in [name for name in os.environ if name.startswith("RALLY_")]:
        monkeypatch.delenv(name)
