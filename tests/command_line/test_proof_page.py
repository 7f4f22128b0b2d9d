"""What is proven and what is not, as `rally help proof` shows it: the page runs as it stands."""

from __future__ import annotations

import re

import pytest

from cli.commands.help import pages
from tests.command_line.pages import printed
from tests.looked import some_of


def test_the_page_of_proofs_runs_as_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command prints what the page shows, Debian's own tools among them."""
    page = pages()["proof"]
    assert _same(page) == _same(printed("proof", page, monkeypatch.setenv))
    refused = re.findall(r"^Error: (.*?):", page, re.MULTILINE)
    assert ["A proof is needed that the log goes on", "Two roots at one size"] == refused
    assert "It is witnessed (club): desert-club.example/laptop" in page
    assert "are a fork: rally-ledger/" in page
    assert "they are the same up to #192 and part at #193" in page


def _same(page: str) -> str:
    """A page without what hangs on the versions of SQLite."""
    return re.sub(r"\d+ bytes", "some bytes", page).rstrip()


def test_what_is_not_proven_stands_before_the_first_command() -> None:
    """Nobody has to run anything to learn what a proof does not say."""
    before = pages()["proof"].partition("```")[0]
    for said in some_of(("Not proven", "before the first checkpoint", "clocks", "holder's hand")):
        assert said in before
