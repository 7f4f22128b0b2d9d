"""A desk at which lines are read: a rally in Rome, in the night in which clocks are put back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cli.context import Settings
from cli.main import run
from cli.office.lines.asks import Ask, Seat
from cli.office.lines.context import NOWHERE, context_read
from cli.office.lines.forms import read
from cli.office.office import Office
from ledger.log import Ledger
from ledger.times import Instant, parse_instant

PLAN = """\
StageScheduled stage=SS1 order=1 special_m=90000 first_start_at=2026-10-24T08:00
StageScheduled stage=SS2 order=2 special_m=90000 first_start_at=2026-10-24T22:00
StageScheduled stage=SS3 order=3 special_m=90000 first_start_at=2026-10-25T08:00
WaypointPlaced stage=SS1 point=WP4 order=1 at_m=40000
ControlScheduled control=TC1 stage=SS1 kind=time-control order=1
ControlScheduled control=TC2 stage=SS1 kind=time-control order=2 target_ms=0:40:00
ControlScheduled control=TC3 stage=SS2 kind=time-control order=1
CrewEntered number=12 driver="Vera Sand" vehicle="Toyota Hilux"
CrewEntered number=14 driver="Omar Wadi"
CrewEntered number=112 driver="Lin Gobi"
"""
NOW = "2026-10-24T10:31:40+02:00"
Says = Callable[..., Ask]


def signed(ledger: Path, *words: str) -> int:
    moment = parse_instant(NOW)
    settings = Settings(lambda: moment.ms, lambda _: moment.offset)
    by = ("--by", "Ann", "--role", "clerk-of-the-course")
    return run(["--ledger", str(ledger), *words, *by], settings)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plan, and the start order of SS1 as it was posted: 12 at 8:00, 14 at 8:01."""
    folder = tmp_path_factory.mktemp("lines")
    file, plan = folder / "rally.db", folder / "plan.txt"
    plan.write_text(PLAN, encoding="utf-8")
    new = ("new", "night-2026", "--title", "Night", "--timezone", "Europe/Rome")
    assert 0 == signed(file, *new, "--rulebook", "cross-country")
    assert 0 == signed(file, "record", "--lines", str(plan), "--strict")
    assert 0 == signed(file, "publish", "start-order", "SS1")
    return file


def seat_of(ledger: Path) -> Seat:
    """Ann at her desk on Saturday morning, while SS1 is run."""
    at = parse_instant(NOW)
    office = Office(Ledger(str(ledger), lambda: at.ms))
    return Seat(office, office.log(), "Ann", "clerk-of-the-course", lambda: at)


@pytest.fixture(scope="module")
def seat(ledger: Path) -> Seat:
    """A desk at which lines are only read or tried."""
    return seat_of(ledger)


@pytest.fixture
def says(seat: Seat) -> Says:
    """What a line asks at a place, with the instant of its Enter."""

    def ask(line: str, place: str = "", entered: str | None = NOW) -> Ask:
        context = context_read(place, seat) if place else NOWHERE
        at: Instant | None = parse_instant(entered) if entered else None
        return read(line, context, seat, at)

    return ask
