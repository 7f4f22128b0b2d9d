"""The script that counts lines counts what it says it counts."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.lines import Lines, at, count, here, main, rooms, table

SAMPLE = '''"""A module.

# no comment
"""

import os  # why
import re  # noqa: F401

# -- below ---

# why this
def told(
    one: int,
    two: int,
) -> str:
    """What it is."""
    text = """
    # no comment either
    """
    if one: return text; x = 1
    return (
        text
        + "#"
    )


class Empty:
    """Nothing.

    More.
    """

    field = 1
    """What the field is."""


class Bare:
    ...
'''


def test_a_logical_line_ends_where_python_ends_it() -> None:
    """Two imports, def, text, if (with what stands on its line), return, class, field, class, …"""
    counted = count(SAMPLE)

    assert 10 == counted.logical
    assert 2 == counted.comments
    assert sum(1 for line in SAMPLE.splitlines() if line.strip()) == counted.written


@pytest.mark.parametrize(
    ("source", "logical"),
    [
        ("", 0),
        ("# a\n\n# b\n", 0),
        ('"""only words"""\n', 0),
        ("x = 1", 1),
        ("x = (1,\n\n# why\n2)\n", 1),
        ("x = 1; y = 2\n", 1),
        ("async def f():\n    '''what'''\n    return 1\n", 2),
        ("match x:\n    case 1:\n        'no docstring, and does nothing'\n", 2),
        ("@decorated\n@again\ndef f(): ...\n", 3),
        ("f = lambda: 'text'\n'text'.join(x)\n", 2),
    ],
)
def test_what_is_no_line(source: str, logical: int) -> None:
    """Blank lines, comments and docstrings; what is written on several lines is one."""
    assert logical == count(source).logical


def test_a_room_has_what_its_rooms_have(tmp_path: Path) -> None:
    """By folder; and against a revision that is read without a checkout."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "one.py").write_text("x = 1\n# why\n")
    (tmp_path / "a" / "b" / "two.py").write_text("y = 2\nz = 3\n")
    (tmp_path / "a" / "b" / "told.txt").write_text("no code\n")

    def git(*words: str) -> None:
        name = ("-c", "user.name=Ann", "-c", "user.email=ann@localhost")
        subprocess.run(["git", *name, *words], cwd=tmp_path, check=True, capture_output=True)

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "first")
    (tmp_path / "a" / "b" / "two.py").write_text("y = 2\n# because\n")
    before, now = rooms(at("HEAD", ["a"], tmp_path)), rooms(here(["a"], tmp_path))

    assert {"": Lines(3, 1, 4), "a": Lines(3, 1, 4), "a/b": Lines(2, 0, 2)} == before
    assert {"": Lines(2, 2, 4), "a": Lines(2, 2, 4), "a/b": Lines(1, 1, 2)} == now
    assert "a/b                                      1      -1       1 = 50.0 %  was  0.0 %" in (
        table(now, before)
    )


@pytest.mark.slow
def test_it_counts_this_code(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `python -m tests.lines` prints it."""
    monkeypatch.chdir(Path(__file__).parents[1])
    main(["ledger", "projections/comparing/causes.py"])
    shown = capsys.readouterr().out
    first = {line.split()[0] for line in shown.splitlines() if line.strip()}
    assert {"all", "ledger", "ledger/vocabulary", "projections/comparing/causes.py"} <= first
    assert "ledger/naming.py" not in first, "a file stands with its room unless it is asked for"
