"""Passwords stand in no message, no answer and no file; files are their owner's alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.masking import masked, without_secrets
from tests.conftest import Rally
from tests.looked import some_of
from tests.store.conftest import databases

SECRET = "s3cret/w0rd"
ANN = ("--by", "Ann", "--role", "secretary")
ADDRESSES = (
    "postgresql://ann:{}@127.0.0.1:1/ledger",
    "postgresql://ann:{}@127.0.0.1:one/ledger",
    "postgresql://ann:{}@[::1/ledger",
    "postgresql://127.0.0.1:1/ledger?user=ann&password={}",
    "postgresql://127.0.0.1:1/ledger?sslpassword={}",
    "postgresql+psycopg://ann:{}@127.0.0.1:1/ledger?nonsense=1",
    "postgresql+nosuch://ann:{}@127.0.0.1:1/ledger",
    "postgresql:/ann:{}@127.0.0.1/ledger",
    "postgresql:ann:{}@127.0.0.1/ledger",
    "postgres//ann:{}@127.0.0.1/ledger",
    "postgres://ann:{}@127.0.0.1:1/ledger",
    "POSTGRESQL://ann:{}@127.0.0.1:1/ledger",
    "postgresql://ann:p@{}@127.0.0.1:1/ledger",
    "mysql://ann:{}@127.0.0.1/ledger",
    "sqlite://ann:{}@127.0.0.1/ledger",
    "sqlite:///ledger.db?password={}",
    "://ann:{}@127.0.0.1/ledger",
    "ann:{}@127.0.0.1/ledger",
)
COMMANDS = (
    ("standings",),
    ("verify", "--json"),
    ("new", "loop-2026", "--title", "Loop", "--timezone", "+03:00", *ANN),
    ("import", "jsonl", "bad.jsonl"),
    ("exhibit", "check"),
    ("simulate", "--crews", "3", "--stages", "1"),
    ("standings", "--ledger", "postgresql:/u:s3cret%2Fw0rd@h/ledger"),
)
PARTS = ("s3cret", "w0rd")


def written(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder, by its name."""
    for each in folder.rglob("*"):
        yield str(each.relative_to(folder)), each.read_bytes() if each.is_file() else b""


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("spelled", [SECRET, "s3cret%2Fw0rd"])
def test_a_password_is_never_told(rally: Rally, tmp_path: Path, address: str, spelled: str) -> None:
    """Neither in a message nor in the name of a file, however the address is mistyped."""
    (tmp_path / "bad.jsonl").write_text("{}\n")
    ledger = address.format(spelled)
    for words in some_of(COMMANDS):
        for form in some_of([()] if "--json" in words else [(), ("--json",)]):
            said = rally("--ledger", ledger, *words, *form)
            assert 0 != said.code, said
            assert not [part for part in PARTS if part in said.out + said.err], said
    for name, _ in written(tmp_path):
        assert not [part for part in PARTS if part in name]


def test_a_password_is_kept_in_no_file(
    rally: Rally, tmp_path: Path, postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A whole day with a password in the address: answers, exports, bookmarks, exhibits."""
    with databases(postgresql) as new:
        place = new().removeprefix("postgresql://postgres@")
        monkeypatch.setenv("RALLY_LEDGER", f"postgresql://postgres:s3cret%2Fw0rd@{place}")
        (tmp_path / "bad.jsonl").write_text("{}\n")
        told = [
            rally("new", "loop-2026", "--title", "Loop", "--timezone", "+03:00", *ANN),
            rally("standings", "--json"),
            rally("verify"),
            rally("follow", "--once", "--since", "#1", "--state", "state.json"),
            rally("export", "jsonl", "out.jsonl"),
            rally("import", "jsonl", "bad.jsonl"),
            rally("exhibit", "add", "#1", "bad.jsonl", "--title", "x", *ANN),
            rally("record", "CrewEntered", "number=1", "driver=Vera", *ANN),
        ]
        assert [0, 0, 0, 0, 0, 5, 0, 0] == [each.code for each in told], told
        for name, data in written(tmp_path):
            assert not [part for part in PARTS if part in name or part.encode() in data]
        for each in told:
            assert not [part for part in PARTS if part in each.out + each.err]


def test_a_service_keeps_the_address_out_of_sight(
    rally: Rally, tmp_path: Path, postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `rally help passwords` says."""
    with databases(postgresql) as new:
        host, _, rest = new().removeprefix("postgresql://postgres@").partition(":")
        port, _, name = rest.partition("/")
        lines = ("[rally]", f"host={host}", f"port={port}", f"dbname={name}", "user=postgres")
        (tmp_path / "services").write_text("\n".join(lines) + "\n")
        monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services"))
        monkeypatch.setenv("RALLY_LEDGER", "postgresql:///?service=rally")
        said = rally("new", "loop-2026", "--title", "Loop", "--timezone", "+03:00", *ANN)
        assert 0 == said.code, said
        assert 0 == rally("verify").code


@pytest.mark.parametrize(
    "text",
    [
        "Ann noted at 18:00:00 that mail goes to ann@example.org.",
        "rally.db",
        "/home/ann/rally:2016/x.db",
        "postgresql://ann@host:5432/ledger",
        "No stage 10:00 of ann@x",
    ],
)
def test_what_is_no_password_stays(text: str) -> None:
    """Times of day and addresses of people are no addresses of ledgers."""
    assert text == without_secrets(text, "rally.db")
    assert text == without_secrets(text) == without_secrets(text, masked(text))


def test_files_are_private(rally: Rally, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is usual here, and whoever could read an export that stood there before."""
    usual = os.umask(0)
    try:
        (tmp_path / "again.jsonl").touch(0o644)
        (tmp_path / "bad.jsonl").write_text("{}\n")
        assert 0 == rally("demo").code
        for name in ("out.jsonl", "again.jsonl"):
            assert 0 == rally("export", "jsonl", name).code
        assert 5 == rally("import", "jsonl", "bad.jsonl").code
        assert 0 == rally("export", "evidence", "clerk-1", "-o", "evidence.zip").code
        assert 0 == rally("exhibit", "add", "#1", "bad.jsonl", "--title", "x", *ANN).code
        assert 0 == rally("exhibit", "get", "exhibit-1", "-o", "exhibit.json").code
    finally:
        os.umask(usual)
    found = {each for each in tmp_path.rglob("*") if each.is_file()} - {tmp_path / "bad.jsonl"}
    assert {0o600} == {each.stat().st_mode & 0o777 for each in found}
    names = {each.name for each in found}
    assert names >= {"rally.db", "rally.db.quarantine.jsonl", "out.jsonl", "evidence.zip"}
