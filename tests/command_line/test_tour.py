"""A whole rally through the command line alone, as `rally help a-rally` shows it."""

from __future__ import annotations

import re

import pytest

from cli.commands.help import pages
from tests.command_line.conftest import answer
from tests.command_line.pages import WHEN_ALL_IS_OVER, replayed, without_ids
from tests.conftest import Rally, Ticking


@pytest.mark.slow
def test_the_page_of_a_rally_runs_as_it_stands(
    rally: Rally, clock: Ticking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each command prints what the page shows; one final is refused, two hang at the end."""
    clock.now = WHEN_ALL_IS_OVER
    page = pages()["a-rally"]
    assert without_ids(page) == without_ids(replayed(page, rally, monkeypatch.setenv))
    refused = re.findall(r"^Error: .*?:", page, re.MULTILINE)
    assert ["Error: Document 5 may not become final:"] == refused
    finals = [
        (row["title"], row["status"], row["today"])
        for row in answer(rally, "publications")["rows"]
        if row["kind"] == "final"
    ]
    assert [
        ("Overall after SS3 cars", "in force", "as published"),
        ("Overall after SS3 trucks", "in force", "as published"),
    ] == finals
    rows = answer(rally, "standings", "--category", "trucks")["rows"]
    # SS1 2:55:04 and SS2 10:27:40 - 0:00:40 - 08:48:00; SS3 is cancelled, the penalty is quashed
    assert ("502", 2 * 3600 + 55 * 60 + 4 + 99 * 60) == (
        rows[0]["number"],
        rows[0]["total_ms"] // 1000,
    )


def test_a_page_stays_readable() -> None:
    """Nobody scrolls through a book."""
    assert len(pages()["a-rally"].splitlines()) < 400


def test_what_a_new_user_needs_to_know_stands_before_the_first_command() -> None:
    """Where to begin, what is typed, what is other each time, and whose office it is."""
    before = pages()["a-rally"].partition("```")[0]
    for said in ("empty folder", "`$ `", "ids,", "extra `pdf`", "`rally record OfficialAppointed`"):
        assert said in before
