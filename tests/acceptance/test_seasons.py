"""The first rallies of 2019 give the points that were published.

The ledger holds four of the six rallies before Portugal. What was scored in Sweden and on Corsica
comes in as it follows from the tables that were published after each rally:

- after Monte-Carlo: Ogier 29, Neuville 21, Tänak 17 (fr.metrotime.be, 27 January 2019); Hyundai 30,
  Citroën 25, Toyota 25 (aquelamaquina.pt, Rali de Monte Carlo 2019);
- after Mexico: Tänak 65, Ogier 61, Neuville 55; Toyota 86, Citroën 78 (ojogo.pt, March 2019);
- after Corsica: Hyundai 114, Citroën 12 behind, Toyota 16 behind (autohebdo, 31 March 2019);
- after Argentina: Neuville 110, Ogier 100, Tänak 82 (beinsports.com and citizen.co.za, 2019);
- after Chile: Ogier 122, Tänak 112, Neuville 110 (planetemarcus.com and sportal.bg, May 2019).
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Rally, data_folder

DATA = data_folder()
pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.slow,
    pytest.mark.skipif(
        DATA is None, reason="no real rallies here: set $RALLY_DATA to their folder"
    ),
]
HELD = ("monte-carlo", "mexico", "argentina", "chile")
SWEDEN, CORSICA = ("sweden", "2019-02-14"), ("corsica", "2019-03-28")
ELSEWHERE: dict[str, dict[tuple[str, str], dict[str, int]]] = {
    "drivers": {
        # The table after Mexico less what Monte-Carlo and Mexico gave.
        SWEDEN: {"Sébastien OGIER": 2, "Ott TÄNAK": 30, "Thierry NEUVILLE": 19},
        # The table after Argentina less that after Mexico and what Argentina gave.
        CORSICA: {"Sébastien OGIER": 19, "Ott TÄNAK": 12, "Thierry NEUVILLE": 27},
    },
    "manufacturers": {
        SWEDEN: {"Toyota": 33, "Citroen": 22, "Hyundai": 27},
        CORSICA: {"Toyota": 12, "Citroen": 24, "Hyundai": 37},
    },
}


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger of the four rallies, without the organisers' own classifications."""
    from cli.context import Settings
    from cli.main import run
    from tests.conftest import Ticking

    assert DATA is not None
    folder = tmp_path_factory.mktemp("season")
    file, clock = folder / "season.db", Ticking()
    for name in HELD:
        copy = folder / name
        shutil.copytree(DATA / "wrc-2019" / name, copy)
        for answers in copy.rglob("results.json"):
            answers.unlink()
        assert 0 == run(
            ["--ledger", str(file), "import", "wrc-live", str(copy)], Settings(clock, lambda _: 0)
        )
    for table, rallies in ELSEWHERE.items():
        for (rally, day), points in rallies.items():
            for name, figure in points.items():
                words = ["record", "PointsCarriedIn", f"of_rally={rally}", f"held_on={day}"]
                words += [f"table={table}", f"name={name}", f"points={figure}"]
                words += ["document=the tables after each rally", "--by", "Bo"]
                words += ["--role", "results-office", "--rally", "chile-2019"]
                assert 0 == run(["--ledger", str(file), *words], Settings(clock, lambda _: 0))
    return file


@pytest.fixture
def asked(ledger: Path, rally: Rally) -> Any:
    """The table of the season, or the points of a rally, by name."""

    def ask(*words: str) -> dict[str, Any]:
        said = rally("--ledger", ledger, *words, "--json")
        assert 0 == said.code, said
        found: list[dict[str, Any]] = json.loads(said.out)["rows"]
        return {row["name"]: row["points"] for row in found}

    return ask


def first(table: dict[str, Any], count: int = 3) -> list[tuple[str, Any]]:
    """The first of a table with their points."""
    return [*table.items()][:count]


def test_drivers_after_chile(asked: Any) -> None:
    """As published: 122, 112 and 110."""
    assert [("Sébastien OGIER", 122), ("Ott TÄNAK", 112), ("Thierry NEUVILLE", 110)] == first(
        asked("season")
    )


def test_each_rally_gave_what_was_published(asked: Any) -> None:
    """Monte-Carlo by its table; the others by the difference of two tables."""
    monte_carlo = asked("points", "--rally", "monte-carlo-2019")
    assert [("Sébastien OGIER", 29), ("Thierry NEUVILLE", 21), ("Ott TÄNAK", 17)] == first(
        monte_carlo
    )
    argentina = asked("points", "--rally", "argentina-2019")
    assert (20, 5) == (argentina["Sébastien OGIER"], argentina["Ott TÄNAK"])
    chile = asked("points", "--rally", "chile-2019")  # 122 less 100, 112 less 82, 110 less 110
    assert (22, 30, None) == tuple(
        chile.get(each) for each in ("Sébastien OGIER", "Ott TÄNAK", "Thierry NEUVILLE")
    )


def test_manufacturers_by_who_was_nominated(asked: Any) -> None:
    """The third cars of Toyota and Hyundai take no place; live timing says who is nominated."""
    of_makes = ("--table", "manufacturers")
    monte_carlo = asked("points", *of_makes, "--rally", "monte-carlo-2019")
    assert {"Hyundai": 30, "Citroen": 25, "Toyota": 25} == dict(first(monte_carlo))
    held = [each for name in HELD[:2] for each in ("--rallies", f"{name}-2019")]
    mexico = asked("season", *of_makes, *held)
    assert (86 - 33, 78 - 22) == (mexico["Toyota"], mexico["Citroen"])
    whole = asked("season", *of_makes)
    chile = asked("points", *of_makes, "--rally", "chile-2019")
    argentina = asked("points", *of_makes, "--rally", "argentina-2019")
    after_corsica = {
        name: whole[name] - chile[name] - argentina[name]
        for name in ("Hyundai", "Citroen", "Toyota")
    }
    assert {"Hyundai": 114, "Citroen": 102, "Toyota": 98} == after_corsica


def test_a_moment_of_the_season(asked: Any, ledger: Path, rally: Rally) -> None:
    """Before the power stage of Chile, Tänak had 25 of it less 5, and Neuville led."""
    said = rally("--ledger", ledger, "season", "--known-at", "chile-2019=SS15", "--json")
    found = json.loads(said.out)
    told = {row["name"]: row["rallies"] for row in found["rows"]}
    assert 25 == told["Ott TÄNAK"]["chile-2019"]
    positions = {each["rally"]: each["position"] for each in found["basis"]["rallies"]}
    heads = {each["rally"]: each["head"] for each in found["basis"]["rallies"]}
    assert {"chile-2019"} == {each for each in heads if positions[each] < heads[each]}
