"""Typed again under its key: `record`, `decide` and `import`, on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.context import Settings
from cli.main import run
from ledger.errors import Conflict
from tests.command_line.sheets import write_sheets
from tests.conftest import Said, Ticking

CLEO = ("--by", "Cleo", "--role", "clerk-of-the-course", "--reason", "seen")
PENALTY = ("record", "PenaltyGiven", "number=101", "stage=SS1", "amount_ms=0:01:00", *CLEO)
DECISION = ("decide", "penalty", "102", "0:02:00", "--stage", "SS1", *CLEO)
Typed = Callable[..., Said]


@pytest.fixture
def typed(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Typed:
    """The command `rally` on a new ledger of either kind, which holds the Dune Rally."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RALLY_LEDGER", url)
    clock = Ticking()

    def call(*words: object) -> Said:
        capsys.readouterr()
        code = run([str(word) for word in words], Settings(clock, lambda _: 480))
        clock.now += 60_000
        return Said(code, *capsys.readouterr())

    write_sheets(tmp_path / "sheets")
    assert 0 == call("import", "sheets", "sheets").code
    return call


def size(typed: Typed) -> int:
    """How many records the log holds."""
    found: int = json.loads(typed("verify", "--json").out)["size"]
    return found


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(PENALTY, id="record"),
        pytest.param(DECISION, id="decide", marks=pytest.mark.slow),
    ],
)
def test_an_act_typed_again(typed: Typed, words: tuple[str, ...]) -> None:
    """It answers as it did, and appends nothing; other words under its key are a conflict."""
    before = size(typed)
    first = json.loads(typed(*words, "--key", "k-1", "--json").out)
    assert 0 == typed("record", "RemarkMade", "text=in between", *CLEO).code
    again = typed(*words, "--key", "k-1", "--expect", before, "--json")
    assert 0 == again.code
    assert {**first, "already_known": True} == json.loads(again.out)
    assert ("k-1", before + 1, 64) == (first["key"], first["position"], len(first["id"]))
    people = typed(*words, "--key", "k-1")
    assert people.out.startswith(f"#{before + 1} {first['id'][:10]}")
    assert "It was done already under this key: nothing was appended." in people.err
    other = typed(*words, "--key", "k-1", "--at", "2016-07-20T12:00+08:00", "--json")
    error = json.loads(other.out)["error"]
    assert (1, "conflict", before + 1) == (other.code, error["kind"], error["position"])
    assert before + 2 == size(typed)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(PENALTY, id="record", marks=pytest.mark.slow),
        pytest.param(DECISION, id="decide"),
    ],
)
def test_an_act_whose_answer_was_lost(
    typed: Typed, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """The key that was made is told before the commit, and again with what may have happened."""
    before = size(typed)
    with monkeypatch.context() as patched:
        _lose_the_answer(patched)
        lost = typed(*words)
    assert 5 == lost.code
    (told, key), said = re.findall(r"--key ([0-9a-f]{16})", lost.err), lost.err
    assert told == key
    assert re.search(r"It may have been appended as [0-9a-f]{10}\.", said)
    assert f"Repeat it with `--key {key}`: what is there is not appended twice." in said
    assert before + 1 == size(typed)
    again = json.loads(typed(*words, "--key", key, "--json").out)
    assert (before + 1, True) == (again["position"], again["already_known"])
    assert again["id"][:10] in said
    assert before + 1 == size(typed)


def test_an_import_whose_answer_was_lost(
    typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its lines have keys of their own: taken in again, they are known."""
    before = size(typed)
    with (tmp_path / "sheets" / "penalties.csv").open("a", encoding="utf-8") as file:
        file.write("SS2,101,0:01:00,late,,stage,\n")
    with monkeypatch.context() as patched:
        _lose_the_answer(patched)
        lost = typed("import", "sheets", "sheets", "--json")
    assert 5 == lost.code
    error = json.loads(lost.out)["error"]
    assert "unclear" == error["kind"]
    assert "Do it again: what is there is not appended twice." == error["hint"]
    assert before + 1 == size(typed)
    again = json.loads(typed("import", "sheets", "sheets", "--json").out)
    assert (0, before + 1) == (again["appended"], again["already_known"])
    assert before + 1 == size(typed)


def test_an_import_under_a_key(typed: Typed, tmp_path: Path) -> None:
    """The same comes in under it as often as one likes; another delivery is a conflict."""
    assert 0 == typed("export", "jsonl", "log.jsonl").code
    for words in (("sheets", "sheets"), ("jsonl", "log.jsonl")):
        for _ in range(2):
            found = typed("import", *words, "--key", words[0], "--json")
            assert 0 == found.code
            told = json.loads(found.out)
            assert (0, words[0]) == (told["appended"], told["key"])
    before = size(typed)
    with (tmp_path / "sheets" / "penalties.csv").open("a", encoding="utf-8") as file:
        file.write("SS2,101,0:01:00,late,,stage,\n")
    (tmp_path / "log.jsonl").write_text(
        (tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines()[0], encoding="utf-8"
    )
    for words in (("sheets", "sheets"), ("jsonl", "log.jsonl")):
        other = typed("import", *words, "--key", words[0], "--json")
        error = json.loads(other.out)["error"]
        assert (1, "conflict") == (other.code, error["kind"])
        assert error["message"] == f"The key {words[0]} is that of another delivery."
    assert before == size(typed)
    told = json.loads(typed("import", "sheets", "sheets", "--key", "new", "--json").out)
    assert (1, "new", 64) == (told["appended"], told["key"], len(told["id"]))


def _lose_the_answer(patched: pytest.MonkeyPatch) -> None:
    """Every commit is kept and breaks off afterwards, and nobody can be asked."""
    from sqlalchemy.engine.default import DefaultDialect

    usual: Callable[[Any, Any], None] = DefaultDialect.do_commit

    def commit(self: Any, connection: Any) -> None:
        usual(self, connection)
        raise OSError("the connection is gone")

    def silent(*_: object) -> bool:
        raise Conflict("nobody answers")

    patched.setattr(DefaultDialect, "do_commit", commit)
    patched.setattr("ledger.unclear._looked_up", silent)


def test_made_keys_are_not_seen(typed: Typed) -> None:
    """Two acts without keys are two records; what is read of them says nothing of keys."""
    for _ in range(2):
        said = typed(*PENALTY)
        assert re.match(r"If no answer comes, repeat it with --key [0-9a-f]{16}\.\n", said.err)
        assert "key" not in said.out
    for words in (("log",), ("show", "@"), ("anomalies",), ("check",), ("log", "--csv")):
        assert not re.search(r"\b[0-9a-f]{16}\b", typed(*words).out)
    records = json.loads(typed("log", "--json").out)["records"][-2:]
    assert ["", ""] == [each["source"] or "" for each in records]
    assert 2 == len({each["occurrence"]["source"]["seq"] for each in records})
    assert "--key" not in typed(*PENALTY, "--dry-run").err
