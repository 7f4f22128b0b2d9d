"""Two desks on one server: nothing is lost or doubled, every contradiction is shown to somebody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from ledger.log import Ledger
from ledger.times import Instant
from ledger.vocabulary import (
    CrewEntered,
    Occurrence,
    PassingRecorded,
    RallyConstituted,
    RegulationsAdopted,
    StageScheduled,
    WaypointPlaced,
)
from projections.rules.templates import template
from tests.desk.sitting import PROCESSES, side_by_side
from tests.examples import share_of
from tests.store.conftest import databases, postgresql  # noqa: F401 - it is a fixture

LINES = 20 * share_of(10)
"""So many are typed at either desk: 200 where RALLY_EXAMPLES is 1, 2,000 where it is 10."""
EACH = 20
"""Every so many a passing is one that the other desk has too, at another time."""
POINTS, AT = 20, Instant(1_468_036_800_000, 180)
Cell = tuple[str, str]
pytestmark = pytest.mark.slow


def founded() -> Iterator[Occurrence]:
    """A rally of as many crews as are needed, with one stage of twenty points."""
    told: dict[str, Any] = {
        "rally": "loop",
        "recorded_at": AT,
        "by": "Cleo",
        "role": "clerk-of-the-course",
    }
    rules = template("silk-way-2016")
    yield RallyConstituted(**told, title="Loop", timezone="Asia/Riyadh")
    yield RegulationsAdopted(
        **told, rulebook="silk-way-2016", parameters=rules.parameters, provenance=rules.provenance
    )
    yield StageScheduled(**told, stage="SS1", order=1, date="2016-07-09")
    for order in range(1, POINTS + 1):
        yield WaypointPlaced(**told, stage="SS1", point=f"WP{order}", order=order)
    for number in range(1, 2 * LINES // POINTS + 1):
        yield CrewEntered(**told, number=str(number), driver=f"Driver {number}", category="cars")


def typed() -> tuple[list[str], list[str], set[Cell]]:
    """The lines of either desk, and the passings that both have, at other times."""
    cells = [(str(1 + n // POINTS), f"WP{1 + n % POINTS}") for n in range(2 * LINES)]
    ours, theirs = cells[:LINES], cells[LINES:]
    both = set(ours[::EACH])
    theirs = [ours[at] if at % EACH == 0 else each for at, each in enumerate(theirs)]
    return lines(1, ours), lines(2, theirs), both


def lines(hours: int, cells: Sequence[Cell]) -> list[str]:
    """The lines for these passings: where the official sits, then the crew and its time."""
    return [
        line
        for at, (number, point) in enumerate(cells)
        for line in (
            f"at SS1 {point} elapsed",
            f"{number} {hours}:{int(point[2:]):02}:{at % 60:02}",
        )
    ]


def test_nothing_is_lost_and_every_contradiction_is_shown(postgresql: str) -> None:  # noqa: F811
    """Both type at once; of a passing that both have, each time is on record and one desk hears."""
    ours, theirs, both = typed()
    with databases(postgresql) as new:
        url = new()
        ledger = Ledger(url, lambda: AT.ms)
        ledger.log("loop").append([*founded()])
        before = ledger.log("loop").head().size
        turn = PROCESSES.Barrier(2)
        desks = []
        for by, those in (("Ann", ours), ("Bo", theirs)):
            told, theirs_end = PROCESSES.Pipe(duplex=False)
            desk = PROCESSES.Process(target=side_by_side, args=(url, by, those, turn, theirs_end))
            desk.start()
            desks.append((desk, told))
        heard: list[str] = []
        for desk, told in desks:
            shown, refused = told.recv()
            assert 0 == refused
            heard += shown
            desk.join()
        log = ledger.log("loop")
        said = [each.occurrence() for each in log.read(after=before)]
        ledger.close()
    passings = [each for each in said if isinstance(each, PassingRecorded)]
    assert len(passings) == len(said) == 2 * LINES
    times = Counter((each.number, each.point, each.elapsed_ms) for each in passings)
    assert set(times.values()) == {1}
    cells = Counter((each.number, each.point) for each in passings)
    assert {cell for cell, many in cells.items() if many == 2} == both
    assert both
    told_of = "\n".join(each for each in heard if "CONFLICT" in each or "apart" in each)
    for number, point in both:
        assert f"rew {number} " in told_of, (number, point)
        assert any(f"rew {number} " in each and point in each for each in told_of.split("\n")), (
            number,
            point,
        )
