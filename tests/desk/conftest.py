"""A rally to sit at the desk of: twelve crews, three stages, on one day by the clocks of Riyadh."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cli.context import Settings
from cli.desk.entry import Reply
from cli.desk.session import Session
from cli.office.lines.asks import Seat
from ledger.record import Record
from ledger.times import Instant, parse_instant
from tests.conftest import Filling, Rally, Ticking

DAY = "2016-07-20"
NUMBERS = range(101, 113)
CLERK = ("--by", "Cleo", "--role", "clerk-of-the-course")
Sits = Callable[..., "AtTheDesk"]


def found_the_loop(rally: Rally) -> None:
    """The Desert Loop: SS1 from 6:00, SS2 from 9:00, SS3 from 12:00; a control behind each."""

    def record(*words: str) -> None:
        said = rally("record", *words, *CLERK)
        assert 0 == said.code, said

    new = ("--title", "Desert Loop", "--timezone", "Asia/Riyadh")
    assert 0 == rally("new", "loop-2016", *new, *CLERK).code
    for order, hour in enumerate((6, 9, 12), 1):
        first = f"first_start_at={DAY}T{hour:02}:00"
        stage = f"stage=SS{order}"
        record("StageScheduled", stage, f"order={order}", "special_m=105000", first)
        record("WaypointPlaced", stage, "point=WP1", "order=1", "at_m=60000")
        record("WaypointPlaced", stage, "point=ASS", "order=2", "at_m=105000")
        record("ControlScheduled", f"control=ASS{order}", stage, "kind=ass", "order=1")
        target = ("kind=time-control", "order=2", "target_ms=0:40:00")
        record("ControlScheduled", f"control=TC{order}", stage, *target)
    for number in NUMBERS:
        driver = f"driver=Driver {number - 100}"
        record("CrewEntered", f"number={number}", driver, "category=cars", "vehicle=Dromedar")


@pytest.fixture
def loop(rally: Rally, filled: Filling) -> Rally:
    """The command `rally` on a ledger that holds the Desert Loop."""
    filled("desert-loop", lambda: found_the_loop(rally))
    return rally


class AtTheDesk:
    """A sitting whose clock stands where a test puts it."""

    def __init__(self, session: Session, clock: Ticking) -> None:
        self.session = session
        self.clock = clock

    def put_clock(self, time: str) -> Instant:
        """Let it be this time of the day, by the clocks of the rally."""
        at = parse_instant(f"{DAY}T{time}+03:00")
        self.clock.now = at.ms
        return at

    def takes(self, *lines: str, answers: bool = True) -> Reply:
        """Take lines; answers the reply to the last."""
        reply = Reply()
        for each in lines:
            reply = self.session.take(each, self.session.seat.now(), answers=answers)
        return reply

    def says(self, *lines: str, answers: bool = True) -> str:
        """What is shown of the last of some lines."""
        return "\n".join(each.text for each in self.takes(*lines, answers=answers).lines)

    def records(self) -> list[Record]:
        """Everything in the log."""
        return [*self.session.seat.log.read()]

    def last(self) -> Record:
        """The last record of the log."""
        return self.records()[-1]


@pytest.fixture
def sits(loop: Rally, tmp_path: Path, clock: Ticking) -> Iterator[Sits]:
    """Somebody sits down at a place of the Desert Loop, at 10:35."""
    opened: list[Settings] = []

    def sit(place: str = "", by: str = "Ann", role: str = "timekeeper") -> AtTheDesk:
        settings = Settings(clock, lambda _: 180)
        settings.choose(str(tmp_path / "rally.db"), None)
        opened.append(settings)
        office = settings.office()
        seat = Seat(office, office.log(None), by, role, settings.now, settings.randomness)
        at = AtTheDesk(Session(seat), clock)
        at.put_clock("10:35")
        if place:
            assert not at.takes(f"at {place}").refused
        return at

    yield sit
    for each in opened:
        each.put_away()
