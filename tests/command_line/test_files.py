"""A file is written whole or not at all, where it is meant to be; what is no file is told."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.command_line.conftest import answer
from tests.conftest import Rally
from tests.looked import some_of

ANN = ("--by", "Ann", "--role", "secretary")
WRITERS: dict[str, tuple[str, ...]] = {
    "log.jsonl": ("export", "jsonl", "log.jsonl"),
    "evidence.zip": ("export", "evidence", "clerk-1", "-o", "evidence.zip"),
    "places.svg": ("chart", "places", "--category", "cars", "-o", "places.svg"),
    "sheet.pdf": ("document", "classification", "--category", "cars", "-o", "sheet.pdf"),
    "exhibit.bin": ("exhibit", "get", "exhibit-1", "-o", "exhibit.bin"),
    "state.json": ("follow", "--once", "--since", "#1", "--state", "state.json"),
}


def full(*_: Any) -> None:
    """What the system says of a full disk."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def bound(silk_way: Rally, tmp_path: Path) -> Rally:
    """The sample, with an exhibit at its head."""
    (tmp_path / "card.txt").write_text("a card")
    assert 0 == silk_way("exhibit", "add", "#1", "card.txt", "--title", "x", *ANN).code
    return silk_way


@pytest.mark.parametrize("name", WRITERS)
def test_a_full_disk_leaves_what_was_there(
    bound: Rally, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Nothing torn, nothing beside it; with room it is there."""
    before = b'{"ledger":"","rally":"","position":0,"root":""}' if name == "state.json" else b"old"
    words = WRITERS[name]
    if name != "state.json":
        (tmp_path / name).write_bytes(before)
    held = sorted(each.name for each in tmp_path.iterdir())
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        said = bound(*words)
    assert 5 == said.code, said
    assert f"Error: {name} can't be written: No space left on device.\nHint: " in said.err
    assert held == sorted(each.name for each in tmp_path.iterdir())
    if name != "state.json":
        assert before == (tmp_path / name).read_bytes()
    assert 0 == bound(*words).code
    assert before != (tmp_path / name).read_bytes()


def test_sheets_are_laid_out_whole(
    rally: Rally, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where one of the files can't be written, none of them is left."""
    usual, written = Path.open, []

    def opened(path: Path, *how: Any, **named: Any) -> Any:
        if path.parent.name == "sheets":
            written.append(path.name)
            if len(written) > 3:
                full()
        return usual(path, *how, **named)

    monkeypatch.setattr(Path, "open", opened)
    words = ("new", "x-2026", "--title", "X", "--timezone", "+03:00", "--sheets", "sheets", *ANN)
    said = rally(*words)
    assert 5 == said.code
    assert "can't be laid out in sheets: No space left on device." in said.err
    assert [] == list((tmp_path / "sheets").iterdir())


def test_a_link_and_a_device_stay_what_they_are(silk_way: Rally, tmp_path: Path) -> None:
    """A file is written where a link leads, a device is written to."""
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "real.jsonl").touch()
    (tmp_path / "link.jsonl").symlink_to(Path("there") / "real.jsonl")
    assert 0 == silk_way("export", "jsonl", "link.jsonl").code
    assert (tmp_path / "link.jsonl").is_symlink()
    assert 150 < (tmp_path / "there" / "real.jsonl").stat().st_size
    assert 0 == silk_way("export", "jsonl", os.devnull).code
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


def test_who_may_read_a_drawing_is_as_before(silk_way: Rally, tmp_path: Path) -> None:
    """What is posted is for everybody who could read it; a new one as is usual."""
    words = ("chart", "places", "--category", "cars", "-o")
    usual = os.umask(0o027)
    try:
        assert 0 == silk_way(*words, "new.svg").code
        (tmp_path / "old.svg").touch()
        (tmp_path / "old.svg").chmod(0o664)
        assert 0 == silk_way(*words, "old.svg").code
    finally:
        os.umask(usual)
    assert 0o640 == (tmp_path / "new.svg").stat().st_mode & 0o777
    assert 0o664 == (tmp_path / "old.svg").stat().st_mode & 0o777


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """A pipe to which nobody writes."""
    if not hasattr(os, "mkfifo"):
        pytest.skip("there are no pipes in folders here")
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


@pytest.mark.parametrize(
    "words",
    [
        ("exhibit", "add", "#1", "pipe", "--title", "x", *ANN),
        ("standings", "--basis", "pipe"),
        ("follow", "--once", "--state", "pipe"),
        ("import", "gpx", "pipe", "--stage", "SS1"),
        ("import", "sheets", "pipe"),
        ("import", "wrc-live", "pipe"),
        ("--ledger", "pipe", "standings"),
        ("--ledger", "pipe", "demo"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_nobody_waits_for_a_pipe(silk_way: Rally, pipe: Path, words: tuple[str, ...]) -> None:
    """Where a file is asked for, a pipe to which nobody writes is told and not waited for."""
    before = answer(silk_way, "verify")
    said = silk_way(*words)
    assert said.code in (2, 5)
    assert pipe.name in said.err
    assert before == answer(silk_way, "verify")


def test_a_name_that_is_too_long(silk_way: Rally) -> None:
    """Of whatever file: it is named as the system does, not with a traceback."""
    long = "x" * 300
    for name in (long, f"{long}/{long}"):
        for words in some_of(_naming(name)):
            said = silk_way(*words)
            assert 5 == said.code, said
            assert name[:9] in said.err, said


def _naming(name: str) -> tuple[tuple[str, ...], ...]:
    begins = ("new", "x-2026", "--title", "X", "--timezone", "+03:00", *ANN)
    return (
        ("--ledger", name, "standings"),
        ("--ledger", name, "demo"),
        ("--ledger", f"sqlite:///{name}", "standings"),
        ("--ledger", f"sqlite:///{name}", "demo"),
        ("standings", "--basis", name),
        ("follow", "--once", "--state", name),
        ("import", "jsonl", name),
        ("import", "sheets", name),
        ("import", "wrc-live", name),
        ("import", "gpx", name, "--stage", "SS1"),
        ("export", "jsonl", name),
        ("chart", "places", "--category", "cars", "-o", name),
        ("exhibit", "add", "#1", name, "--title", "x", *ANN),
        ("rulebook", "check", f"{name}.toml"),
        (*begins, "--sheets", name),
        (*begins, "--rulebook", f"{name}.toml"),
    )
