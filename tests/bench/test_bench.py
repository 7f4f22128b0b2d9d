"""The bench can be run: it measures every line and its check finds nothing."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.bench.ledgers import ROOT
from tests.bench.table import Line, Target
from tests.looked import some_of

SMALL = ("--crews", "8", "--stages", "3")
"""A rally that is made at once: how fast anything is, is not asked here."""


def _bench(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.bench", "--records", "2000", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_every_line_is_measured() -> None:
    """Only what is not installed is left out, and says so."""
    done = _bench("--quick", "--json")
    assert done.returncode == 0, done.stderr
    lines = json.loads(done.stdout)["lines"]
    assert len({each["what"] for each in lines}) > 10
    assert all("not installed" in each["note"] for each in lines if each["value"] is None)


@pytest.mark.slow
def test_the_check_finds_nothing() -> None:
    """At random moments of a synthetic rally the timeline answers as a replay."""
    done = _bench("--check", "30")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("30 moments, 30 answered by the timeline")
    assert "all as replayed" in done.stdout


@pytest.mark.slow
def test_an_archive_is_measured() -> None:
    """What it weighs, and a step of its slider where there is a browser."""
    words = (*SMALL, "--records", "600", "--steps", "5", "--json")
    command = [sys.executable, "-m", "tests.bench.archive", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("{"), done.stderr
    lines = {each["what"]: each for each in json.loads(done.stdout)["lines"]}
    assert lines["first view, compressed"]["met"] is True
    assert lines["tiles of every position, compressed"]["met"] is True
    assert all("not installed" in e["note"] for e in lines.values() if e["value"] is None)


@pytest.mark.slow
def test_the_server_is_measured() -> None:
    """Uncached, kept, and to a crowd, on two lengths: answers have rows, and none is an error."""
    pytest.importorskip("starlette", reason="needs the extra `web`")
    sizes = (*SMALL, "--records", "600", "--long-records", "1200")
    words = ("--moments", "2", "--rounds", "1", "--requests", "100", "--json")
    command = [sys.executable, "-m", "tests.bench.served", *sizes, *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("{"), done.stderr
    lines = json.loads(done.stdout)["lines"]
    assert all(each["value"] > 0 and each["met"] is not None for each in lines)
    for size in ("600 records, ", "1,200 records, "):
        assert any(each["note"].startswith(size) for each in lines)
    assert 2 == sum("no error" in each["note"] for each in lines)


@pytest.mark.slow
def test_a_step_of_the_slider_is_measured() -> None:
    """On the served page and in the player of an archive, each step with the rows that it has."""
    words = (*SMALL, "--records", "600", "--steps", "5", "--json")
    command = [sys.executable, "-m", "tests.bench.slider", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("{"), done.stderr
    lines = json.loads(done.stdout)["lines"]
    assert len(lines) in (2, 4)
    assert all("not installed" in each["note"] for each in lines if each["value"] is None)


def test_a_target_is_met_missed_or_not_measured() -> None:
    """The ratio is judged where there is one; what was not measured is neither met nor missed."""
    target = Target(0.5)
    assert Line("a", 9, "s", ratio=0.5, target=target).met is True
    assert Line("a", 9, "s", ratio=0.4, target=target).met is False
    assert Line("a", 9, "s", target=Target(5, at_most=True)).met is False
    assert Line("a", None, "s", target=target).met is None
    assert Line("a", 9, "s").met is None


@pytest.mark.slow
def test_what_guards_cost_is_measured() -> None:
    """Of this version against itself: as many statements, but for the one that looks up a key."""
    from tests.bench.guarded import KINDS, measured

    pythons = (sys.executable, sys.executable)
    for kind in some_of(KINDS):
        found = measured(pythons, kind, "", 2, 3)
        assert found.statements[0] == found.statements[1] > 5
        assert found.ms[0] > 0
        assert found.cpu.low <= found.cpu.median <= found.cpu.high


@pytest.mark.slow
def test_what_signing_costs_is_measured() -> None:
    """Signed and unsigned have the same rows, told by the timeline; proofs are made and hold."""
    sizes = ("--records", "2500", "--crews", "20", "--stages", "4", "--long", "2000")
    command = [sys.executable, "-m", "tests.bench.signing", *sizes, "--rounds", "2", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("{"), done.stderr
    lines = json.loads(done.stdout)["lines"]
    assert len({each["what"] for each in lines}) > 10
    assert all(each["value"] is not None for each in lines)


@pytest.mark.slow
def test_a_season_is_measured() -> None:
    """Its rows are those of a replay, and a ruling moves the timeline of one rally alone."""
    words = (*SMALL, "--records", "300", "--rallies", "2", "--rounds", "1")
    command = [sys.executable, "-m", "tests.bench.season", *words, "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("{"), done.stderr
    assert 6 == len(json.loads(done.stdout)["lines"])
