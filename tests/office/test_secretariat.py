"""What comes in at the secretariat needs no terminal, and its report is what the command says."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cli.office.acts import ACTS
from cli.office.desk import Signature
from cli.office.secretariat import Secretariat
from ledger.errors import Usage
from ledger.log import Ledger
from ledger.times import Instant
from tests.command_line.sheets import write_sheets, write_wrc_live
from tests.conftest import NOW
from tests.intake.test_road_books import LOOP, book
from tests.office.conftest import typed

SECRETARY = ("Eva Ink", "secretary", "")
KEEPER = ("Li", "timekeeper", "by the beam")
LINES: list[bytes] = []
"""The log of another site, once it is exported."""
INCOMING: dict[str, tuple[dict[str, Any], tuple[object, ...]]] = {
    "new": (
        {
            "code": "dune", "title": "Dune", "timezone": "Asia/Riyadh", "starts_on": "2027-03-01",
            "ends_on": "2027-03-02", "rulebook": "dakar-2020",
        },
        (
            *("dune", "--title", "Dune", "--timezone", "Asia/Riyadh", "--starts-on", "2027-03-01"),
            *("--ends-on", "2027-03-02", "--rulebook", "dakar-2020"),
        ),
    ),
    "import sheets": ({"folder": Path("sheets")}, ("sheets",)),
    "import wrc-live": ({"folder": Path("quarry")}, ("quarry",)),
    "import gpx": (
        {"file": Path("ss3.gpx"), "stage": "SS3", "category": "cars"},
        ("ss3.gpx", "--stage", "SS3", "--category", "cars"),
    ),
    "import jsonl": (
        {"name": "away.jsonl", "lines": LINES, "clock_ahead": "0:01:30", "of_site": "away"},
        ("away.jsonl", "--clock-ahead", "0:01:30", "--of-site", "away"),
    ),
    "site": ({"name": " finish "}, (" finish ",)),
}  # fmt: skip
"""What comes in at the secretariat, where files lie that are handed in."""


@pytest.fixture
def handed_in(before: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which two copies of the ledger lie, and what is handed in."""
    monkeypatch.chdir(tmp_path)
    for each in ("one.db", "other.db", "away.db"):
        shutil.copy(before, tmp_path / each)
    write_sheets(tmp_path / "sheets")
    write_wrc_live(tmp_path / "quarry")
    Path("ss3.gpx").write_text(book(LOOP), encoding="utf-8")
    away = Path("away.db")
    typed(away, "site", "away")
    passing = ("record", "PassingRecorded", "number=101", "stage=SS1", "--at", "2016-07-20T13:00Z")
    typed(away, *passing, "--source", "beam", "--by", "Li", "--role", "timekeeper")
    typed(away, "export", "jsonl", "away.jsonl")
    LINES[:] = Path("away.jsonl").read_bytes().splitlines()
    return tmp_path


def secretariat(ledger: Path, signature: Signature | None) -> Secretariat:
    """The secretariat of a ledger, at the one moment of these tests."""
    opened = Ledger(str(ledger), lambda: NOW)
    return Secretariat(lambda: opened, Instant(NOW, 480), Path("q.jsonl"), None, signature)


@pytest.mark.parametrize("name", INCOMING)
def test_what_comes_in_says_what_its_command_says(
    handed_in: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """The same report of the same bytes: both logs end in one root."""
    given, words = INCOMING[name]
    one, other = handed_in / "one.db", handed_in / "other.db"
    who = {"new": SECRETARY, "import jsonl": KEEPER}.get(name)
    key = "morning" if name == "new" else ""
    keyed = ("--key", key, "--clock-is-right") if key else ()
    signature = Signature(*who, key=key, clock_is_right=bool(key)) if who else None
    at = secretariat(one, signature)
    (done,) = ACTS[name].carry_out(at, given)
    told = msgspec.json.decode(msgspec.json.encode(done.json()))
    capsys.readouterr()
    signed = ("--by", who[0], "--role", who[1], "--reason", who[2]) if who else ()
    typed(other, *name.split(), *words, *signed, *keyed, "--json")

    assert json.loads(capsys.readouterr().out) == told
    assert logs(one) == logs(other) != logs(handed_in / "away.db")


def logs(ledger: Path) -> dict[str, Any]:
    """The end of every log of a ledger, and the name of the ledger."""
    opened = Ledger(str(ledger), lambda: NOW)
    return {"": opened.site(), **{each: opened.log(each).head() for each in opened.rallies()}}


def test_a_rally_that_is_only_tried(tmp_path: Path) -> None:
    """Nothing is on record; and without a signature no rally begins."""
    given, _ = INCOMING["new"]
    at = secretariat(tmp_path / "new.db", Signature(*SECRETARY, dry_run=True))
    (tried,) = ACTS["new"].carry_out(at, given)
    assert (True, []) == (tried.json()["dry_run"], at.ledger().rallies())
    with pytest.raises(Usage, match="Who begins the rally"):
        ACTS["new"].carry_out(at._replace(signature=None), given)
    with pytest.raises(Usage, match="needs --by and --role"):
        ACTS["import jsonl"].carry_out(at._replace(signature=None), INCOMING["import jsonl"][0])
