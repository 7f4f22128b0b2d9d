"""Exhibits and evidence files from the command line."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from cli.evidence import check
from tests.command_line.conftest import answer, size
from tests.conftest import Rally

STEWARDS = ("--by", "The stewards", "--role", "stewards")
PENALTY = ("decide", "penalty", "102", "0:05:00", "--stage", "SS2", "--reason", "speeding")
CARD, RECORDING = b"\xff\xd8\xff a photo", b"ID3 a recording"


@pytest.fixture
def decided(dune: Rally, tmp_path: Path) -> Rally:
    """The Dune Rally with a decision, and two files to bind to it."""
    answer(dune, *PENALTY, *STEWARDS)
    (tmp_path / "card.jpg").write_bytes(CARD)
    (tmp_path / "hearing.mp3").write_bytes(RECORDING)
    return dune


def position(rally: Rally) -> int:
    """Where the decision stands."""
    (record,) = answer(rally, "log", "--type", "DecisionIssued")["records"]
    found: int = record["position"]
    return found


def bind(rally: Rally, file: str, *words: object, code: int = 0) -> Any:
    """Bind a file to the decision."""
    what = ("exhibit", "add", f"#{position(rally)}", file, "--title", f"The {file}")
    return answer(rally, *what, *words, *STEWARDS, code=code)


def listed(rally: Rally, *words: object) -> list[dict[str, Any]]:
    """The exhibits."""
    rows: list[dict[str, Any]] = answer(rally, "exhibit", "list", *words)["rows"]
    return rows


# -- exhibits --------------------------------------------------------------------------------------


def test_an_exhibit_is_bound_by_its_digest_and_kept_beside_the_ledger(
    decided: Rally, tmp_path: Path
) -> None:
    """The record holds digest, size, kind, title and for whom; the folder holds the bytes."""
    bind(decided, "card.jpg")
    bind(decided, "hearing.mp3", "--for", "stewards", "--for", "102")
    card, hearing = listed(decided, f"#{position(decided)}")
    shown = ("digest", "size", "media", "title", "file", "restricted_to", "target_position")
    assert (
        *(check.sha256(CARD), len(CARD), "image/jpeg", "The card.jpg", "card.jpg", []),
        position(decided),
    ) == tuple(card[each] for each in shown)
    assert ["stewards", "102"] == hearing["restricted_to"]
    kept = tmp_path / "rally.db.exhibits"
    assert {check.sha256(CARD): CARD, check.sha256(RECORDING): RECORDING} == {
        each.name: each.read_bytes() for each in kept.iterdir()
    }
    assert [] == listed(decided, "#1")


def test_a_dry_run_binds_and_keeps_nothing(decided: Rally, tmp_path: Path) -> None:
    """Neither a record nor a file."""
    before = size(decided)
    assert answer(
        decided, "exhibit", "add", "#5", "card.jpg", "--title", "t", "--dry-run", *STEWARDS
    )
    assert before == size(decided)
    assert not (tmp_path / "rally.db.exhibits").exists()


@pytest.mark.parametrize(
    ("words", "code", "kind"),
    [
        (("#999", "card.jpg"), 2, "not-found"),
        (("#5", "nowhere.jpg"), 5, "unreadable"),
        (("#5", "sheets"), 5, "unreadable"),
        (("#5", "card.jpg", "--for", "everybody"), 1, "refused"),
        (("#5", "card.jpg", "--for", "999"), 1, "refused"),
    ],
)
def test_what_can_not_be_bound_is_refused(
    decided: Rally, words: tuple[str, ...], code: int, kind: str
) -> None:
    """To no record, no file, for nobody: nothing is appended."""
    before = size(decided)
    said = answer(decided, "exhibit", "add", *words, "--title", "t", *STEWARDS, code=code)
    assert kind == said["error"]["kind"]
    assert before == size(decided)


def test_an_exhibit_comes_back_as_it_was_or_not_at_all(decided: Rally, tmp_path: Path) -> None:
    """By digest or position; one that was altered or is missing is refused, and `check` says so."""
    bound = bind(decided, "card.jpg")
    digest = check.sha256(CARD)
    for named in (digest, digest[:8], f"#{bound['position']}", bound["id"]):
        (tmp_path / "out").unlink(missing_ok=True)
        assert 0 == decided("exhibit", "get", named, "-o", "out").code
        assert CARD == (tmp_path / "out").read_bytes()
    assert 2 == decided("exhibit", "get", "#1", "-o", "out").code
    assert answer(decided, "exhibit", "check")["ok"]

    kept = tmp_path / "rally.db.exhibits" / digest
    kept.write_bytes(b"another photo")
    assert 1 == decided("exhibit", "get", digest, "-o", "out").code
    altered = answer(decided, "exhibit", "check", code=1)
    assert (False, ["altered"]) == (altered["ok"], [row["stored"] for row in altered["rows"]])
    kept.unlink()
    assert 2 == decided("exhibit", "get", digest, "-o", "out").code
    said = decided("exhibit", "check")
    assert (1, True) == (said.code, f"{digest[:10]}  The card.jpg: missing" in said.out)
    assert "0 of 1 exhibits are there, unaltered." in said.out


# -- the evidence file -----------------------------------------------------------------------------


def export(rally: Rally, *words: object, code: int = 0) -> Any:
    """The evidence file of the decision."""
    return answer(rally, "export", "evidence", *words, "-o", "e.zip", code=code)


def test_the_evidence_file_of_a_decision(decided: Rally, tmp_path: Path) -> None:
    """It is accepted, also later; it has the exhibits that may be seen, and names the others."""
    bind(decided, "card.jpg")
    bind(decided, "hearing.mp3", "--for", "102")
    answer(
        decided, "publish", "classification", "--after", "SS2", "--kind", "provisional", *STEWARDS
    )
    said = export(decided, "stewards-1")
    data = (tmp_path / "e.zip").read_bytes()

    assert (check.sha256(data), len(data), []) == (said["sha256"], said["size"], said["findings"])
    assert {"name": "stewards-1", "position": position(decided)}.items() <= said["decision"].items()
    assert [("The card.jpg", "included"), ("The hearing.mp3", "withheld")] == [
        (each["title"], each["state"]) for each in said["exhibits"]
    ]
    assert 0 == check.main([str(tmp_path / "e.zip"), "--root", said["basis"]["root"]])

    with_all = export(decided, f"#{position(decided)}", "--for", "102")
    assert ["included", "included"] == [each["state"] for each in with_all["exhibits"]]
    answer(decided, *PENALTY, *STEWARDS)
    known_at = ("--known-at", f"#{said['basis']['position']}")
    assert said["sha256"] == export(decided, "stewards-1", *known_at)["sha256"]


def test_what_it_says_is_what_the_commands_say(decided: Rally, tmp_path: Path) -> None:
    """`rally what-if --without`, `rally diff`, `rally why`, `rally time-card`: the same answers."""
    export(decided, "stewards-1")
    files = check.unpacked((tmp_path / "e.zip").read_bytes())
    at = position(decided)
    after = ("--after", "SS2", "--category", "car")
    folder = "classifications/after-SS2-car"
    what_if = answer(decided, "what-if", "--without", f"#{at}", *after)
    diff = answer(decided, "diff", f"#{at - 1}", f"#{at}", *after)
    for name, told in (("without", what_if), ("record", diff)):
        found = json.loads(files[f"{folder}/difference-{name}.json"])
        assert told["rows"], name
        assert (told["rows"], told["records"]) == (found["rows"], found["records"])
    standings = answer(decided, "standings", *after)
    assert standings["rows"] == json.loads(files[f"{folder}/with.json"])["rows"]
    why = json.loads(files["why/after-SS2/102.json"])
    assert answer(decided, "why", "102", "--after", "SS2")["total_ms"] == why["total_ms"]
    card = answer(decided, "time-card", "102")
    assert {n: v for n, v in card.items() if n != "basis"} == json.loads(
        files["time-cards/102.json"]
    )


@pytest.mark.parametrize(
    ("words", "code", "kind"),
    [
        (("stewards-9",), 2, "not-found"),
        (("#1",), 2, "not-found"),
        (("stewards-1", "--for", "nobody"), 1, "refused"),
        (("stewards-1", "--known-at", "#3"), 2, "not-found"),
    ],
)
def test_there_is_no_evidence_file_of_what_is_no_decision(
    decided: Rally, tmp_path: Path, words: tuple[str, ...], code: int, kind: str
) -> None:
    """Of a number that nobody issued, of another record, for nobody, of what was not yet known."""
    assert kind == export(decided, *words, code=code)["error"]["kind"]
    assert not (tmp_path / "e.zip").exists()


def test_a_void_decision_stands_in_no_register(decided: Rally) -> None:
    """It is told how to ask as of before."""
    at = position(decided)
    answer(decided, "void", f"#{at}", "--reason", "entered twice", *STEWARDS)
    assert "is void" in export(decided, f"#{at}", code=1)["error"]["message"]
    assert [] == export(decided, f"#{at}", "--known-at", f"#{at}")["findings"]


def test_an_exhibit_that_is_missing_is_named(decided: Rally, tmp_path: Path) -> None:
    """The evidence file is written without it, and says so; the digest stays in it."""
    bind(decided, "card.jpg")
    next((tmp_path / "rally.db.exhibits").iterdir()).unlink()
    (exhibit,) = export(decided, "stewards-1")["exhibits"]
    assert ("missing", check.sha256(CARD)) == (exhibit["state"], exhibit["digest"])
    shown = decided("export", "evidence", "stewards-1", "-o", "e.zip")
    assert (0, True) == (shown.code, "The card.jpg: missing" in shown.out)


def test_an_exhibit_that_was_altered_is_named(decided: Rally, tmp_path: Path) -> None:
    """It is "altered" wherever it is asked for, with exit code 1: the log's own proof holds."""
    bind(decided, "card.jpg")
    next((tmp_path / "rally.db.exhibits").iterdir()).write_bytes(b"another card")
    (row,) = answer(decided, "exhibit", "check", code=1)["rows"]
    assert "altered" == row["stored"]
    got = decided("exhibit", "get", row["digest"], "-o", "got.jpg")
    assert (1, True) == (got.code, "was altered: it has another digest." in got.err)
    assert not (tmp_path / "got.jpg").exists()
    (exhibit,) = export(decided, "stewards-1", code=1)["exhibits"]
    assert ("altered", check.sha256(CARD)) == (exhibit["state"], exhibit["digest"])
    shown = decided("export", "evidence", "stewards-1", "-o", "e.zip")
    assert (1, True) == (shown.code, "The card.jpg: altered" in shown.out)
    with zipfile.ZipFile("e.zip") as made:
        assert "altered since it was bound" in made.read("README.txt").decode()
    assert 0 == decided("verify").code
