"""No read of a long log looks through it, but those that say so beforehand, and about how long."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from cli.context import Settings
from cli.main import run
from cli.office.asking import Cuts
from cli.office.needs import WHOLE, Needs
from cli.office.office import Office
from cli.office.reads import READS, Read
from ledger.authority import AMENDING
from ledger.errors import LedgerError
from ledger.exhibits import Exhibits
from ledger.log import Ledger
from ledger.store import Recorder
from projections.state.recorded import READINGS
from tests.conftest import NOW
from tests.examples import in_turn
from tests.looked import some_of

SMALL, LARGE = 1_250, 12_500
OF_PAGES = 600
STEPS = 100
"""So many instructions of SQLite are counted as one."""
MOST = 2.0
"""A log of ten times the records, which are nearly all passings, asks for at most so much more."""
GIVEN: dict[str, dict[str, Any]] = {
    "crew": {"number": "1"},
    "time-card": {"number": "1"},
    "why": {"number": "1"},
    "start-order": {"stage": "SS4"},
    "chart": {"kind": "places"},
    "log": {"newest": 50},
    "show": {"record": "#100"},
    "late": {"since": "@-100"},
    "alike": {"fact": "WaypointMissed"},
    "rulebook explain": {"parameter": "reviews.time"},
}
LOOKED_UP = [
    name
    for name, read in READS.items()
    if read.of_a_log and read.needs in (Needs.RECORDS, Needs.DESK, Needs.TIMELINE, Needs.PART)
    if name != "points"  # the rules of the sample give none: `tests.bench.season` looks them up
    if name != "document receipt"  # of two rallies in which something else was lodged
]
CREWS_OWN = {"crew", "time-card", "why"}
"""These read all passings of one crew: ten times as many, of ten times as many records."""


@pytest.fixture(scope="module")
def rallies(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """A rally of some records, and one of ten times as many by the same crews and stages."""
    folder = tmp_path_factory.mktemp("needs")
    return {records: simulated(folder, records) for records in (SMALL, LARGE)}


@pytest.fixture(scope="module")
def of_pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A rally of some pages of records."""
    return simulated(tmp_path_factory.mktemp("pages"), OF_PAGES)


def simulated(folder: Path, records: int) -> Path:
    """A rally of so many records, with its timeline: each read is asked by who opens it anew."""
    file = folder / f"{records}.db"
    words = ["--crews", "20", "--stages", "4", "--records", str(records), "--seed", "7"]
    assert 0 == run(
        ["--ledger", str(file), "simulate", *words], Settings(lambda: NOW, lambda _: 480)
    )
    ledger = Ledger(str(file), lambda: NOW)
    office = Office(ledger)
    assert office.view(office.log()).timeline.serves(records)
    ledger.close()
    return file


READ_BY_CREW = {each.type_name() for each in (*READINGS, *AMENDING)}


class Counted:
    """What a read made of a log: the records that were decoded, and the work of the database."""

    def __init__(self) -> None:
        self.steps = 0
        self.replays = 0


@contextmanager
def counting(office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counted]:
    """Count what happens meanwhile; the timeline is at hand before."""
    _ = office.view(office.log()).timeline
    counted, records = Counted(), Recorder.records

    def counting_records(self: Recorder, query: Any = None, **how: Any) -> Any:
        for each in records(self, query, **how):
            counted.replays += 1
            yield each

    engine = office.log().recorder.engine

    @sa.event.listens_for(engine, "checkout")
    def count(connection: sqlite3.Connection, *_: object) -> None:
        def step() -> int:
            counted.steps += 1
            return 0

        connection.set_progress_handler(step, STEPS)

    monkeypatch.setattr(Recorder, "records", counting_records)
    try:
        yield counted
    finally:
        sa.event.remove(engine, "checkout", count)
        monkeypatch.setattr(Recorder, "records", records)


@pytest.fixture(scope="module")
def desks(rallies: dict[int, Path]) -> list[int]:
    """How many records lie on the desk of each; the longer one has more waypoints in its plan."""
    found = []
    for records, file in rallies.items():
        ledger = Ledger(str(file), lambda: NOW)
        told = ledger.log(ledger.rallies()[0]).scan.rows(0, records)
        found.append(sum(kind not in READ_BY_CREW for _, kind, *_ in told))
        ledger.close()
    return found


@pytest.mark.parametrize("name", LOOKED_UP)
def test_what_is_looked_up_takes_no_longer_for_the_log_being_long(
    name: str,
    rallies: dict[int, Path],
    desks: list[int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of ten times the records as many are read, and the database works as much; no seconds.

    At two cuts of the four by turns; where RALLY_EXAMPLES is 1 at each of them.
    """
    monkeypatch.setattr("cli.office.view.A_SHORT_LOG", 5)
    read = READS[name]
    counts: list[list[Counted]] = []
    for records in (SMALL, LARGE):
        ledger = Ledger(str(rallies[records]), lambda: NOW)
        office = Office(ledger, exhibits=Exhibits(tmp_path), keeps=False)
        READS["standings"].ask(office.view(office.log()), {})  # what it decodes only once
        several = in_turn(CUTS, LOOKED_UP.index(name), 2)
        counts.append([_asked(read, office, cuts, monkeypatch) for cuts in several])
        ledger.close()
    allowed = 10 if name in CREWS_OWN else MOST
    if read.needs in (Needs.DESK, Needs.TIMELINE):
        allowed = max(allowed, MOST * desks[1] / desks[0])
    for few, many in some_of(zip(*counts, strict=True)):
        assert many.steps <= allowed * max(few.steps, 20), name
        assert many.replays <= allowed * max(few.replays, 50), name


CUTS = (Cuts(), Cuts("#1000"), Cuts("2026-03-02T12:00"), Cuts(None, "2026-03-02T12:00"))


def _asked(read: Read, office: Office, cuts: Cuts, monkeypatch: pytest.MonkeyPatch) -> Counted:
    """Ask a read at a cut, and count."""
    given = GIVEN.get(read.name, {})
    with counting(office, monkeypatch) as counted:
        seen = office.view(office.log(), cuts.known_at, cuts.effective_at)
        work = read.work(seen, given)
        if read.name == "log" and seen.effective_at:
            # What had happened by a moment long ago may lie anywhere behind it.
            assert work.is_long
            return Counted()
        assert not work.is_long or read.name == "late"
        read.ask(seen, given).json()
    return counted


@pytest.mark.parametrize("name", [n for n, r in READS.items() if r.needs in WHOLE])
def test_what_goes_through_the_log_says_so(
    name: str, rallies: dict[int, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And about how long it takes, by the length of the log, without beginning with it."""
    found = []
    for records in (SMALL, LARGE):
        ledger = Ledger(str(rallies[records]), lambda: NOW)
        office = Office(ledger, keeps=False)
        with counting(office, monkeypatch) as counted:
            found.append(READS[name].work(office.view(office.log()), {}))
        assert counted.replays < 100
        ledger.close()
    few, many = found
    assert few.is_long
    assert many.records > 8 * few.records
    assert many.seconds > 8 * few.seconds > 0


def test_what_is_asked_as_decided_by_a_time_is_replayed(rallies: dict[int, Path]) -> None:
    """A timeline knows what had happened by then alone: whoever asks is told beforehand."""
    office = Office(Ledger(str(rallies[LARGE]), lambda: NOW), keeps=False)
    seen = office.view(office.log(), None, None, "2026-03-02T12:00")
    assert Needs.REPLAY is READS["standings"].work(seen, {}).needs
    seen = office.view(office.log(), None, "2026-03-02T12:00")
    assert Needs.TIMELINE is READS["standings"].work(seen, {}).needs
    office.ledger.close()


@pytest.mark.parametrize(
    ("given", "of"),
    [
        ({"newest": 50}, None),
        ({"newest": 7, "crew": "3"}, "crew:3"),
        *(
            pytest.param(*each, marks=pytest.mark.slow)
            for each in (
                ({"newest": 7, "stage": "SS2"}, "stage:SS2"),
                ({"newest": 7, "kind": "PenaltyGiven"}, None),
                ({"newest": 7, "crew": "3", "stage": "SS2"}, None),
                ({"newest": 7, "since": "#50", "until": "#300"}, None),
            )
        ),
    ],
)
def test_pages_of_the_log_are_the_whole_list_from_its_end(
    given: dict[str, Any], of: str | None, of_pages: Path
) -> None:
    """Page by page, each until before the last of the one before, at every kind of cut."""
    office = Office(Ledger(str(of_pages), lambda: NOW), keeps=False)
    whole = {name: value for name, value in given.items() if name != "newest"}
    for cuts in ((), ("#450",), (None, "2026-03-02T12:00")):
        every = READS["log"].ask(office.view(office.log(), *cuts), whole).json()["records"]
        assert of is None or all(of in each["tags"] for each in every[-3:] if "decided" not in each)
        found, until, older = list[Any](), given.get("until"), True
        while older and len(found) < 60:
            asked = {**given, "until": until}
            page = READS["log"].ask(office.view(office.log(), *cuts), asked).json()
            found, older = found + page["records"], page["older"]
            if page["records"]:
                until = f"#{page['records'][-1]['position']}^"
        assert every[::-1][: len(found)] == found
        assert older or len(found) == len(every)
    office.ledger.close()


def test_a_page_of_the_log_has_one_record_at_least(ledgers: Callable[[str], Path]) -> None:
    """None and fewer are no page."""
    office = Office(Ledger(str(ledgers("demo")), lambda: NOW), keeps=False)
    with pytest.raises(LedgerError, match="newest can't be 0"):
        READS["log"].ask(office.view(office.log()), {"newest": 0})
    office.ledger.close()
