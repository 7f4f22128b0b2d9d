"""Hints fit what was typed: what somebody may have meant, and how it is written."""

from __future__ import annotations

import sys

import pytest

from tests.conftest import Rally

BY = ("--by", "Ann", "--role", "clerk-of-the-course")
TIME = ("record", "StageTimeRecorded", "number=101", "stage=SS1")


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("33.47", "Did you mean 0:33:47 or 0:00:33.470? It is written hours:minutes:seconds."),
        ("33.473", "Did you mean 0:00:33.473? It is written hours:minutes:seconds."),
        ("33,7", "Did you mean 0:00:33.700? It is written hours:minutes:seconds."),
        ("90 s", "Did you mean 0:01:30? It is written hours:minutes:seconds."),
        ("5min", "Did you mean 0:05:00? It is written hours:minutes:seconds."),
    ],
)
def test_figures_for_a_time(dune: Rally, typed: str, hint: str) -> None:
    """Every time that it can be is offered, in fields, acts and corrections alike."""
    penalty = ("decide", "penalty", "101", typed, "--stage", "SS1", "--fact", "x")
    record = (*TIME, f"elapsed_ms={typed}")
    for words in (record, penalty, ("correct", "#18", f"elapsed_ms={typed}", "--reason", "x")):
        said = dune(*words, *BY)
        assert (2, True) == (said.code, said.err.endswith(f"Hint: {hint}\n")), said


@pytest.mark.parametrize(
    "words",
    [
        ("show",),
        ("void",),
        ("why", "101", "--after"),
        ("correct",),
        ("standings", "--known-at"),
        ("log", "--since"),
        ("diff",),
        ("what-if", "--without"),
        ("appeal", "confirm"),
        ("document", "decision"),
        ("export", "evidence"),
    ],
)
def test_a_position_that_the_shell_took_for_a_comment(dune: Rally, words: tuple[str, ...]) -> None:
    """Of `rally show #31` nothing but `rally show` arrives: the hint says so."""
    said = dune(*words)
    about_records = words != ("why", "101", "--after")
    assert 2 == said.code, said
    assert about_records is ("A position stands in quotes, '#31', or without #" in said.err), said


def test_the_extra_pdf(dune: Rally, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without what draws documents it is said how it is installed, as a shell takes it."""
    monkeypatch.setitem(sys.modules, "typst", None)
    said = dune("document", "retirements", "-o", "out.pdf")
    assert 0 != said.code
    assert "pip install '.[pdf]'" in said.err, said
