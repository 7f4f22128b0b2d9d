"""Every command is a read, an act of the table, or writes nothing; none writes by itself."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import click
import pytest

import projections
from cli.office.acts import ACTS
from cli.office.reads import READS
from tests.command_line.test_options import TREE
from tests.office.conftest import typed
from tests.office.test_acts import CASES, COMMANDS
from tests.office.test_secretariat import INCOMING, logs

RULEBOOKS = Path(projections.__file__).parent / "rulebooks"
SIGN = ("--by", "A. Chair", "--role", "stewards")

FOR_AN_OUTCOME = {
    **{f"protest {each}": "protest decide" for each in ("admit", "inadmissible", "uphold")},
    "protest reject": "protest decide",
    **{f"review {each}": "review decide" for each in ("admit", "reject", "unaltered", "redecided")},
}
"""Commands that are an act of the table with its outcome said."""
NO_ACTS = {
    "desk": "Its lines are acts of the table, one by one; the sitting is none.",
    "demo": "It loads a sample rally to be looked at; no official says anything by it.",
    "simulate": "It makes up a rally to try things out, and to measure.",
}
"""What writes to the ledger and is no act of an official, and why."""
WRITES_NOTHING: dict[str, tuple[str, ...]] = {
    "help": (),
    "completion": ("bash",),
    "exhibit get": ("#32", "-o", "card.py"),
    "document classification": ("--after", "SS1", "-o", "x.pdf"),
    "document decision": ("stewards-1", "-o", "x.pdf"),
    "document evidence": ("stewards-1", "-o", "x.pdf"),
    "document retirements": ("-o", "x.pdf"),
    "document rulebook": ("-o", "x.pdf"),
    "document start-order": ("SS2", "-o", "x.pdf"),
    "document time-card": ("101", "-o", "x.pdf"),
    "rulebook diff": ("cross-country", "dakar-2020"),
    "follow": ("--since", "#1", "--once"),
    "rebuild": (),
    "serve": ("--get", "/loop/standings.json"),
    "backup": ("copy.db",),
    "key new": ("-o", "other.key"),
    "key show": ("ledger.key",),
    "key list": (),
    "checkpoint": ("--key", "ledger.key", "-o", "x.checkpoint"),
    "prove": ("#1", "--key", "ledger.key", "-o", "x.tlog-proof"),
    "witness init": ("club", "--name", "club.example"),
    "witness cosign": ("--help",),
    "witness attest": ("--help",),
    "export evidence": ("stewards-1", "-o", "x.zip"),
    "export jsonl": ("x.jsonl",),
    "export archive": ("x",),
    "replay": ("--help",),
    "export tables": ("x",),
    "export signers": ("--help",),
    "export signature": ("--help",),
    "document check": ("--help",),
}
"""What is neither a read nor an act, and what is typed to show that the ledger stays as it is."""
KEEPS = {"checkpoint", "prove"}
"""With --keep what they made is put on record by the act `keep`."""
SIGNED = {path for path, each in TREE.items() if {"by", "role"} <= {o.name for o in each.params}}


def test_every_command_that_writes_is_an_act() -> None:
    """Each is a read, an act, or named above; what an official signs is an act."""
    tree = {path for path, each in TREE.items() if not isinstance(each, click.Group)}
    acts = ACTS.keys() - COMMANDS.keys() | FOR_AN_OUTCOME.keys()
    assert tree - acts - READS.keys() == NO_ACTS.keys() | WRITES_NOTHING.keys()
    assert tree >= acts >= SIGNED - NO_ACTS.keys() - KEEPS
    assert set(FOR_AN_OUTCOME.values()) == COMMANDS.keys()


@pytest.fixture(scope="module")
def ready(before: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the ledger in which every act can be done, an exhibit in it, rules, a key."""
    folder = tmp_path_factory.mktemp("ready")
    ledger = Path(shutil.copy(before, folder / "rally.db"))
    typed(ledger, "exhibit", "add", "#12", __file__, "--title", "x", *SIGN)
    shutil.copy(RULEBOOKS / "cross-country.toml", folder / "own.toml")
    typed(ledger, "key", "new", "-o", folder / "ledger.key")
    with closing(sqlite3.connect(ledger)) as whole:
        whole.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder


@pytest.mark.parametrize("path", WRITES_NOTHING)
def test_what_is_no_act_writes_nothing(
    path: str, ready: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger ends where it ended, and is called as it was."""
    monkeypatch.chdir(shutil.copytree(ready, tmp_path, dirs_exist_ok=True))
    ledger = Path("rally.db")
    was = logs(ledger)
    typed(ledger, *path.split(), *WRITES_NOTHING[path])
    assert was == logs(ledger)


def test_what_the_table_says_of_itself() -> None:
    """Each act says what it means, and what it takes; no two take a name for two things."""
    assert CASES.keys() | INCOMING.keys() == ACTS.keys()
    for name, act in ACTS.items():
        given = CASES[name][1] if act.at_the_desk else INCOMING[name][0]
        assert act.help.endswith("."), name
        assert given.keys() <= {each.name for each in act.parameters()}, name
