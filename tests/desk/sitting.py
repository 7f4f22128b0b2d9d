"""Desks in processes of their own, as those that are killed, and those that sit side by side."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import Any

from cli.desk.plain import PlainDesk
from cli.desk.session import Session
from cli.machine_clock import system_clock
from cli.office.lines.asks import Seat
from cli.office.lines.context import context_read
from cli.office.office import Office
from ledger.log import Ledger
from ledger.times import Instant

PROCESSES = multiprocessing.get_context("forkserver")
"""Every desk is a process, begun from one in which everything is imported already."""
PROCESSES.set_forkserver_preload(["tests.desk.sitting"])
READY = "ready"


def clock() -> Instant:
    """The time by this machine."""
    return Instant(system_clock(), 0)


def session_at(url: str, place: str, by: str, site: str = "") -> Session:
    """A sitting of an official at a place, on the one log of a ledger."""
    ledger = Ledger(url, system_clock, site)
    office = Office(ledger)
    log = office.log()
    session = Session(Seat(office, log, by, "timekeeper", clock, clock_is_right=True))
    session.context = context_read(place, session.seat)
    return session


def sit(url: str, place: str, lines: Connection, told: Connection) -> None:
    """Take line after line out of a pipe, and tell what `rally desk --plain` tells."""
    desk = PlainDesk(session_at(url, place, "Ann"), lines.recv, told.send, answers=False)
    told.send(READY)
    desk.sit()


def side_by_side(url: str, by: str, lines: Sequence[str], turn: Any, told: Connection) -> None:
    """Type all lines, hearing after each what others appended; and once more when all are done."""
    session = session_at(url, "SS1 finish elapsed", by, by)
    heard: list[str] = []
    refused = 0
    turn.wait()
    for line in lines:
        reply = session.take(line, session.seat.now(), answers=False)
        refused += reply.refused
        heard += [each.text for each in (*reply.lines, *session.news())]
    turn.wait()
    heard += [each.text for each in session.news()]
    told.send((heard, refused))
