"""A whole case through the command line alone, as `rally help a-case` shows it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.commands.help import pages
from tests.command_line.pages import commands_of, without_ids
from tests.conftest import Rally

FINAL_TOO_EARLY = ["publish", "classification", "--after", "SS1", "--kind", "final"]


def test_the_page_of_a_case_runs_as_it_stands(
    rally: Rally, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Each command prints what the page shows; only the final of an open case is refused."""
    refused = []
    for typed in commands_of(pages()["a-case"]):
        if typed.words[0] == "export":
            for name, _, value in (word.partition("=") for word in typed.words[1:]):
                monkeypatch.setenv(name, value)
            continue
        said = rally(*typed.words[1:])
        if said.code:
            refused.append((said.code, typed.words[1:7]))
        shown = said.out + (said.err if said.code else "")

        assert without_ids(typed.shown) == without_ids(shown), typed.words
    assert [(1, FINAL_TOO_EARLY)] == refused
    assert (tmp_path / "evidence.zip").stat().st_size > 10_000


def test_the_pages_are_listed(rally: Rally) -> None:
    """`rally help` names each with its title; one that is not there is an error with the names."""
    listed = rally("help")
    assert (0, "") == (listed.code, listed.err)
    for name, text in pages().items():
        assert f"{name:<12} {text.splitlines()[0].removeprefix('# ')}\n" in listed.out
        assert text.rstrip() + "\n" == rally("help", name).out
    missing = rally("help", "nonsense")
    assert 2 == missing.code
    assert "a-case" in missing.err
