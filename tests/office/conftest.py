"""The ledgers that are asked: the demo, a whole case as it was kept, and Dakar where it is.

And a small one in which every act can be done.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.context import Settings
from cli.main import run
from ledger.vocabulary.keys import fingerprint_of
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
            pytest.mark.slow,
            pytest.mark.skipif(DATA is None, reason="no real rallies here: set $RALLY_DATA"),
        ],
    ),
]

_FOLDER = tempfile.TemporaryDirectory()
PUBLIC = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB/rBmbQRMfPWb4x7DzB0ZKIHsAdSqySGkTDJdyY0Tbx"
FINGERPRINT = fingerprint_of(PUBLIC)
"""The key of the stewards in the ledger in which every act can be done."""
BEGUN = Path(_FOLDER.name) / "begun.checkpoint"
"""A checkpoint of the ledger in which every act can be done, made with it."""


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


def typed(ledger: Path, *words: object, code: int = 0) -> None:
    """Type a command at a ledger, at the one moment of these tests."""
    settings = Settings(lambda: NOW, lambda _: 480)
    assert code == run(["--ledger", str(ledger), *(str(word) for word in words)], settings)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small ledger in which every act can be done."""
    ledger = tmp_path_factory.mktemp("office") / "before.db"
    secretary = ("--by", "Eva", "--role", "secretary", "--reason", "x")
    clerk = ("--by", "Ann", "--role", "clerk-of-the-course", "--reason", "x")
    stewards = ("--by", "Chair", "--role", "stewards", "--reason", "x")
    typed(ledger, "new", "loop", "--title", "Loop", "--rulebook", "cross-country", "--timezone",
          "+08:00", *secretary)  # fmt: skip
    for order in (1, 2):
        typed(ledger, "record", "StageScheduled", f"stage=SS{order}", f"order={order}", *secretary)
    for number in (101, 102):
        crew = (f"number={number}", f"driver=D {number}", "category=cars")
        typed(ledger, "record", "CrewEntered", *crew, *secretary)
    typed(ledger, "record", "WaypointPlaced", "stage=SS1", "point=CP1", "order=1", *secretary)
    for number in (101, 102):
        time = (f"number={number}", "stage=SS1", f"elapsed_ms=1:0{number - 100}:00")
        typed(ledger, "record", "StageTimeRecorded", *time, *clerk)
    typed(ledger, "record", "StageClosed", "stage=SS1", *clerk)
    typed(ledger, "record", "StageCancelled", "stage=SS2", *clerk)
    typed(ledger, "record", "ReportFiled", "number=102", "fact=x", "private.phone=1", *secretary)
    given = ("PenaltyGiven", "number=101", "stage=SS1", "amount_ms=0:00:10")
    typed(ledger, "record", *given, *clerk)
    penalty = ("decide", "penalty", "101", "0:01:00", "--stage", "SS1")
    typed(ledger, *penalty, *stewards)
    typed(ledger, "decide", "reprimand", "101", *clerk)
    typed(ledger, "decide", "no-action", "101", "--supersedes", "clerk-1", *stewards)
    typed(ledger, *penalty, "--suspended", "again", *stewards)
    typed(ledger, "publish", "classification", "--after", "SS1", "--kind", "provisional", *clerk)
    typed(ledger, "protest", "lodge", "--document", "1", "--grounds", "x", *secretary)
    typed(ledger, "review", "petition", "stewards-1", "--new", "x", *secretary)
    typed(ledger, "appeal", "announce", "stewards-1", *secretary)
    typed(ledger, "draw-up", "decision", "stewards-1", *secretary)
    marshal = ledger.with_suffix(".jsonl")  # what a marshal's laptop sends, who may give none
    marshal.write_text(
        '{"amount_ms":10000,"by":"Mo","number":"102","rally":"loop","recorded_at":[1,0],'
        '"role":"marshal","stage":"SS1","type":"PenaltyGiven","v":1}\n'
    )
    typed(ledger, "import", "jsonl", marshal)
    typed(ledger, "record", "CompetitionEnded", *clerk)
    missed = ("number=101", "stage=SS1", "point=CP1")
    typed(ledger, "record", "WaypointMissed", *missed, *clerk)
    typed(ledger, "decide", "fine", "102", "500", "EUR", *stewards)
    typed(ledger, "decide", "fine", "102", "100", "EUR", *stewards)
    typed(ledger, "decide", "fine-paid", "stewards-5", "150", *secretary)
    keyed = ("StageStarted", "number=101", "stage=SS1", "--at", "2016-07-20T08:00+08:00")
    typed(ledger, "record", *keyed, "--source", "time-card", *clerk)
    typed(ledger, "close-cards", "1", *clerk)
    if not (key := BEGUN.with_suffix(".key")).exists():
        typed(ledger, "key", "new", "-o", key)
    registered = ("--office", "stewards", "--by", "Olga Roe", "--role", "organiser")
    typed(ledger, "key", "register", PUBLIC, *registered)
    BEGUN.unlink(missing_ok=True)
    typed(ledger, "checkpoint", "--key", key, "-o", BEGUN)
    with sqlite3.connect(ledger) as whole:  # all of it in the one file that is copied
        whole.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return ledger
