"""`rally replay`: what `rally standings` told at a position, out of a folder of files alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.archive.conftest import contents, told
from tests.conftest import Rally
from tests.examples import part_of
from tests.looked import some_of

HEAD = 192
CATEGORIES = ("cars", "trucks")


def same(rally: Rally, archive: Path, position: int, *of: str) -> None:
    """The archive tells what the command does, but for a root that it does not have."""
    asked = rally("standings", "--known-at", position, *of, "--json")
    looked = rally("replay", archive, position, *of, "--json")
    assert looked.code == asked.code, (looked, asked)
    was, found = json.loads(asked.out), json.loads(looked.out)
    if asked.code == 0:
        assert found.pop("archive")["position"] == HEAD
        if position < HEAD:
            was["basis"]["root"] = None
    assert found == was, (position, of)


@pytest.mark.parametrize(
    "positions",
    [
        pytest.param((0, 1, 30, 77, 148, 149, HEAD - 1, HEAD), id="a few"),
        pytest.param(part_of(range(HEAD + 1)), id="many", marks=pytest.mark.slow),
    ],
)
def test_every_position_of_the_sample(
    silk_way: Rally, archive: Path, positions: Sequence[int]
) -> None:
    """Rows, flags, who is in none, the basis: of all crews and of its categories.

    At every position where RALLY_EXAMPLES is 1.
    """
    for position in some_of(positions):
        same(silk_way, archive, position)
        same(silk_way, archive, position, "--category", CATEGORIES[position % 2])


def test_no_ledger_is_opened(
    silk_way: Rally, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The archive is enough, wherever it was carried; a ledger that is here may be a broken one."""
    before = silk_way("replay", archive, 149, "--category", "cars").out
    Path("rally.db").write_bytes(b"no ledger")
    assert silk_way("replay", archive, 149, "--category", "cars").out == before
    assert before.split("\n")[4].split()[:2] == ["4", "102"]
    monkeypatch.setattr("ledger.log.Ledger.__init__", None)
    assert told(silk_way, "replay", archive, "@-43")["basis"]["position"] == 149


@pytest.mark.parametrize("position", ["148", "#148", "@-44", " 148 "])
def test_a_position_is_said_as_elsewhere(silk_way: Rally, archive: Path, position: str) -> None:
    assert told(silk_way, "replay", archive, position)["basis"]["position"] == 148


@pytest.mark.parametrize(
    ("position", "kind"),
    [
        ("193", "not-found"),
        ("@-193", "not-found"),
        ("SS3", "usage"),
        ("-1", "usage"),
        ("", "usage"),
    ],
)
def test_no_such_position(silk_way: Rally, archive: Path, position: str, kind: str) -> None:
    said = silk_way("replay", "--json", archive, "--", position)
    assert said.code == 2, said
    error = json.loads(said.out)["error"]
    assert error["kind"] == kind
    assert error["hint"]


def test_no_such_category(silk_way: Rally, archive: Path) -> None:
    """What there is is named; before anybody is entered there is nothing to miss."""
    error = told(silk_way, "replay", archive, 148, "--category", "bikes", code=2)["error"]
    assert error["kind"] == "not-found"
    assert error["hint"] == "The crews are of: cars, trucks."
    together = told(silk_way, "replay", archive, 148, "--category", "cars + trucks", code=2)
    assert together["error"]["hint"] == "It has those of: cars, trucks."
    assert told(silk_way, "replay", archive, 2, "--category", "bikes")["rows"] == []


@pytest.mark.parametrize("path", ["replay/0.js", "replay/archive.js"])
@pytest.mark.parametrize("what", ["altered", "missing", "a folder"])
def test_a_file_that_is_another_one(dune: Rally, dunes: Path, path: str, what: str) -> None:
    file = dunes / path
    data = file.read_bytes()
    file.unlink()
    if what == "altered":
        file.write_bytes(data[:-1])
    elif what == "a folder":
        file.mkdir()
    error = told(dune, "replay", dunes, 20, code=3)["error"]
    assert error["kind"] == "tampered"
    assert path in error["message"]


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"[]",
        b"\xff",
        b"{}",
        b"[" * 100_000,
        b'{"basis": {}, "files": {}}',
        b'{"format": 99, "basis": {}, "files": {}}',
    ],
)
def test_no_manifest(dune: Rally, dunes: Path, manifest: bytes) -> None:
    (dunes / "manifest.json").write_bytes(manifest)
    for words in some_of((("replay", dunes, 20), ("verify", "--archive", dunes))):
        assert told(dune, *words, code=5)["error"]["kind"] == "unreadable"


def test_what_is_no_archive(dune: Rally, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for folder in some_of(("empty", "nowhere", "rally.db")):
        error = told(dune, "replay", folder, 20, code=5)["error"]
        assert "rally export archive" in error["hint"]


@pytest.mark.parametrize("path", ["../rally.db", "/etc/passwd", "a//b", "a/./b", "c:x", "a\\b", ""])
def test_a_manifest_that_leads_out_of_its_folder(dune: Rally, dunes: Path, path: str) -> None:
    """It is none: nothing beside the archive is ever read for it."""
    file = dunes / "manifest.json"
    manifest = json.loads(file.read_bytes())
    manifest["files"][path] = "0" * 64
    file.write_text(json.dumps(manifest))
    assert told(dune, "replay", dunes, 20, code=5)["error"]["kind"] == "unreadable"


def test_tiles_that_are_none(dune: Rally, dunes: Path) -> None:
    """Where the manifest names them so: a clear error, whatever they hold."""
    from cli.archive.layout import digest, handed_over, script

    whole = handed_over("tile", contents(dunes)["replay/0.js"])
    manifest = json.loads((dunes / "manifest.json").read_bytes())
    # A reader of one list has no use for the others.
    for name in some_of(whole.keys() - {"root", "edition", "ranked"}):
        others: tuple[object, ...] = ({}, [], [[9, 9, 9]], None, "x")
        for other in some_of(others):
            data = script("tile", {**whole, name: other})
            (dunes / "replay/0.js").write_bytes(data)
            manifest["files"]["replay/0.js"] = digest(data)
            (dunes / "manifest.json").write_text(json.dumps(manifest))
            said = dune("replay", dunes, 20, "--json")
            assert said.code in (0, 2, 5), (name, other, said)
            json.loads(said.out)
