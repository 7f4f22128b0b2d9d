"""One timeline for each log, however many ask at once; and a face that leaves no trace."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from cli.office.acts import ACTS
from cli.office.desk import Signature
from cli.office.office import Office
from cli.office.reads import READS
from cli.office.timelines import Timelines
from ledger.log import Ledger, Log
from ledger.times import Instant
from projections.timeline.timeline import NAME, Timeline
from tests.conftest import NOW
from tests.looked import some_of

THREADS = 8


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo counts as a long log, and its timeline as worth keeping."""
    monkeypatch.setattr("cli.office.view.A_SHORT_LOG", 5)
    monkeypatch.setattr("projections.timeline.timeline.WORTH_KEEPING", 1)


@pytest.fixture
def log(ledgers: Callable[[str], Path], tmp_path: Path) -> Log:
    """The log of the demo, in a ledger of its own."""
    copy = tmp_path / "rally.db"
    with sqlite3.connect(ledgers("demo")) as held, sqlite3.connect(copy) as to:
        held.backup(to)  # with what still stands in its write-ahead log
    held.close()
    to.close()
    return Ledger(str(copy), lambda: NOW).log("silk-way-2016")


def test_there_is_one_for_each_log(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads that ask at once get the same one, carried to the head once; another log another."""
    carried: list[int] = []
    carry = Timeline.carry

    def counting(self: Timeline, position: int) -> None:
        carried.append(self.index.position)
        carry(self, position)

    monkeypatch.setattr(Timeline, "carry", counting)
    timelines, together = Timelines(), threading.Barrier(THREADS)
    found: list[Timeline] = []

    def ask() -> None:
        together.wait()
        found.append(timelines.of(log))

    threads = [threading.Thread(target=ask) for _ in range(THREADS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert THREADS == len(found)
    assert 1 == len({id(each) for each in found})
    assert [0] + [log.head().size] * (THREADS - 1) == carried
    again = Log(log.recorder.engine, log.rally, lambda: NOW, "")  # as another view opens it
    assert found[0] is timelines.of(again)
    assert found[0] is not timelines.of(Log(log.recorder.engine, "other", lambda: NOW, ""))


@pytest.mark.parametrize("keeps", [True, False])
def test_what_is_derived_is_kept_only_where_it_may(log: Log, keeps: bool, tmp_path: Path) -> None:
    """A face that only reads leaves the ledger as it found it, byte for byte."""
    log.recorder.engine.dispose()
    before = (tmp_path / "rally.db").read_bytes()
    ledger = Ledger(str(tmp_path / "rally.db"), lambda: NOW)
    office = Office(ledger, keeps=keeps)
    for read in ("standings", "history", "penalties"):
        assert READS[read].ask(office.view(office.log()), {}).json()["basis"]["position"]
    assert keeps == (log.scan.load(NAME) is not None)
    ledger.close()
    log.recorder.engine.dispose()
    if not keeps:
        assert before == (tmp_path / "rally.db").read_bytes()


@pytest.mark.slow
def test_a_ledger_that_cannot_be_written_is_read(log: Log, tmp_path: Path) -> None:
    """What would be kept is not, and the answer is the same."""
    office = Office(Ledger(str(tmp_path / "rally.db"), lambda: NOW), keeps=False)
    log.recorder.engine.dispose()
    asked = office.view(office.log(), "#149")
    want = READS["standings"].ask(asked, {"after": "SS12", "category": "cars"}).json()
    office.ledger.close()
    file = f"sqlite:///file:{tmp_path / 'rally.db'}?mode=ro&immutable=1&uri=true"
    for keeps in (True, False):
        office = Office(Ledger(file, lambda: NOW), keeps=keeps)
        seen = office.view(office.log(), "#149")
        given = {"after": "SS12", "category": "cars"}
        assert want == READS["standings"].ask(seen, given).json()
        office.ledger.close()


def test_a_view_shares_the_timeline_of_its_office(log: Log) -> None:
    """Views of one office look it up in the same one; those of others in one of their own."""
    ledger = Ledger(str(log.recorder.engine.url.database), lambda: NOW)
    office = Office(ledger)
    one, other = office.view(office.log()), office.view(office.log(), "#100")
    assert one.timeline is other.timeline
    assert one.timeline is not Office(ledger).view(office.log()).timeline


def test_an_act_is_tried_on_the_timeline_of_its_office(log: Log) -> None:
    """A desk opens none of its own; where nothing may be kept, what is tried keeps nothing."""
    ledger = Ledger(str(log.recorder.engine.url.database), lambda: NOW)
    office, given = Office(ledger, keeps=False), {"number": "104", "amount": "0:01:00"}
    signature = Signature("A. Chair", "stewards", "heard", dry_run=True)
    desk = office.desk(office.log(), signature, lambda: Instant(NOW, 480))
    (tried,) = ACTS["decide penalty"].carry_out(desk, given)
    assert tried.json()["dry_run"]
    assert desk.lying.timeline is office.view(office.log()).timeline
    assert log.scan.load(NAME) is None


def test_threads_get_the_answers_that_one_alone_gets(log: Log) -> None:
    """Several threads ask one office at once, each for other moments: as if each were alone."""
    ledger = Ledger(str(log.recorder.engine.url.database), lambda: NOW)
    moments = [f"#{position}" for position in range(20, log.head().size, 9)]
    alone = [
        READS["standings"].ask(Office(ledger, keeps=False).view(log, each), {}).json()
        for each in moments
    ]
    office, together = Office(ledger, keeps=False), threading.Barrier(THREADS)

    def ask(_: int) -> list[dict[str, Any]]:
        together.wait()
        seen = [office.view(office.log(), each) for each in moments]
        return [READS["standings"].ask(each, {}).json() for each in seen]

    with ThreadPoolExecutor(THREADS) as threads:
        answers = list(threads.map(ask, range(THREADS)))
    assert [alone] * THREADS == answers


@pytest.mark.parametrize("name", ["case", "demo"])
def test_a_moment_is_placed_as_a_replay_places_it(
    ledgers: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Crews, stages and the board: also what was posted, on a log that counts as a long one."""
    office = Office(Ledger(str(ledgers(name)), lambda: NOW), keeps=False)
    log, read, seen = office.log(), READS["moment"], 0
    size = log.head().size
    instant = log.at(size // 2).occurrence().recorded_at.iso()
    cuts = [(str(p), i) for p in range(1, size + 1, size // 20) for i in (None, instant)]
    told = [read.ask(office.view(log, *each), {}).document for each in cuts]
    monkeypatch.setattr("cli.office.view.A_SHORT_LOG", size)
    for each, placed in some_of(zip(cuts, told, strict=True)):
        assert read.ask(office.view(log, *each), {}).document == placed
        seen += len(placed["board"] if name == "case" else placed["crews"])
    assert seen
