"""Writers that go on: where a server breaks off they connect again, look for their act, go on."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from typing import NamedTuple

import sqlalchemy as sa

from ledger import servers
from ledger.database import writing
from ledger.errors import LedgerError, Unclear
from ledger.log import Log
from ledger.record import arrival_of
from ledger.schema import record
from tests.faults.ledgers import FORK, Child, opened
from tests.faults.table import Counts
from tests.store.samples import remark

RALLY = "test"
PAUSE_SECONDS = 0.1


class Kept(NamedTuple):
    """What a writer was told is on record: when, and under which id."""

    at: float
    id: str


class Broken(NamedTuple):
    """An append that was broken off: when it was begun and when that was heard.

    `committing` says whether everything of it but the answer had gone out.
    """

    begun: float
    heard: float
    committing: bool


def goes_on(tell: Connection, url: str, who: int, until: Event) -> None:
    """Append one remark after another until it is told to stop, whatever the servers do."""
    with opened(url, RALLY) as log:
        writer = _Writer(log, tell)
        number = 0
        while not until.is_set():
            writer.write(f"{who} said {number}")
            number += 1


class Writers:
    """Writers at work: what they were told is on record, and what was broken off, so far."""

    def __init__(self, url: str, count: int) -> None:
        self.kept: list[Kept] = []
        self.broken: list[Broken] = []
        self._until = FORK.Event()
        self._at_work = [Child(goes_on, url, who, self._until) for who in range(count)]
        for each in self._at_work:
            self._take(each.told())

    def hear(self) -> None:
        """Take in what they told until now."""
        for each in self._at_work:
            while each.heard.poll(0):
                self._take(each.told())

    def _take(self, told: Kept | Broken) -> None:
        if isinstance(told, Kept):
            self.kept.append(told)
        else:
            self.broken.append(told)

    def kill(self, which: int) -> None:
        """End one of them, in the midst of whatever it does."""
        self._at_work[which].kill()

    def finish(self) -> None:
        """Let each end what it is at, and take in the rest."""
        self._until.set()
        for each in self._at_work:
            for told in each.rest():
                self._take(told)

    def dismiss(self) -> None:
        """End them."""
        for each in self._at_work:
            each.kill()


@contextlib.contextmanager
def writers(url: str, count: int) -> Iterator[Writers]:
    """So many writers at work."""
    with opened(url, RALLY):
        pass  # makes the tables
    team = Writers(url, count)
    try:
        yield team
    finally:
        team.dismiss()


class _Writer:
    def __init__(self, log: Log, tell: Connection) -> None:
        self._log, self._tell = log, tell
        self._begun, self._committing = 0.0, False
        engine = log.recorder.engine
        sa.event.listen(engine, "commit", self._commits)
        sa.event.listen(engine, "handle_error", self._breaks)

    def _commits(self, _: sa.Connection) -> None:
        self._committing = True

    def _breaks(self, _: sa.engine.ExceptionContext) -> None:
        if self._begun:  # what fails while it is looked for breaks nothing off
            self._tell.send(Broken(self._begun, time.monotonic(), self._committing))
        self._begun = 0.0

    def write(self, text: str) -> None:
        """Append it once: again only where it is known not to be there."""
        said = remark(text)
        identity = arrival_of(said).id
        while True:
            self._begun, self._committing = time.monotonic(), False
            try:
                self._log.append([said])
            except Unclear:
                if not self._is_there(identity):
                    continue
            except LedgerError:
                time.sleep(PAUSE_SECONDS)
                continue
            self._tell.send(Kept(time.monotonic(), identity))
            return

    def _is_there(self, identity: str) -> bool:
        """Whether it is on record for good, as soon as anybody answers."""
        wanted = sa.select(record.c.id).where(record.c.rally == RALLY, record.c.id == identity)
        while True:
            try:
                recorder = self._log.recorder
                with recorder.reading(), writing(recorder.engine) as connection:
                    servers.settles(connection)
                    return connection.scalars(wanted).first() is not None
            except LedgerError:
                time.sleep(PAUSE_SECONDS)


def look(counts: Counts, log: Log, kept: Iterable[Kept], about: str) -> None:
    """Count what was acknowledged and is not there once; and what is there twice."""
    found = [each.id for each in log.read()]
    once = set(found)
    for identity in (each.id for each in kept):
        if identity not in once:
            counts.find("lost", f"{about}: {identity[:10]}")
    for _ in range(len(found) - len(once)):
        counts.find("doubled", about)
