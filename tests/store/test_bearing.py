"""What bears on acts is held by a process that stays open, and never is another than on record."""

from __future__ import annotations

import shutil
from itertools import count
from pathlib import Path

import pytest

from ledger.bearing import Bearing, Held
from ledger.commands.known import of_office
from ledger.log import Ledger, Log, selector
from ledger.times import Instant
from ledger.vocabulary import CrewEntered, Occurrence, PassingRecorded, PenaltyGiven, RemarkMade
from tests.conftest import NOW
from tests.signing import key, registered, signed
from tests.store.samples import AT, RALLY, constituted, entered, entry, remark, withdrew

BOUNDARIES = (
    [selector([CrewEntered])],
    [selector([CrewEntered, RemarkMade], "crew:101"), *of_office("secretary")],
    [selector([RemarkMade], "crew:101", "stage:SS1"), selector([], "stage:SS1")],
)


def opened(file: Path) -> Log:
    """The log as a process has it that opens the ledger."""
    return Ledger(str(file), count(NOW).__next__).log(RALLY)


def passed(number: int) -> Occurrence:
    """A reading at the finish."""
    return PassingRecorded(
        rally=RALLY, recorded_at=AT, by="Finish", role="timekeeper", number=str(number),
        stage="SS1", point="ASS", fact_at=Instant(AT.ms + number, 480),
    )  # fmt: skip


def must_agree(log: Log) -> None:
    """What is held of the log is what is on record, in the same order."""
    held, read, head = log.recorder.bearing, Bearing(log.recorder), log.head()
    assert isinstance(held, Held)
    for boundary in BOUNDARIES:
        assert [*held.told(boundary, head).items()] == [*read.told(boundary, head).items()]
    ids = {each.id for each in log.read()}
    assert held.signing(ids) == read.signing(ids)


def test_what_is_held_is_what_is_on_record(tmp_path: Path) -> None:
    """Whoever appended it, one record or several, and signatures that come in front and behind."""
    here, there = opened(tmp_path / "a.db"), opened(tmp_path / "a.db")
    own, first = key("stewards"), constituted()
    given = PenaltyGiven(
        rally=RALLY, recorded_at=AT, by="Ann", role="stewards", number="101", amount_ms=1000
    )
    readings = [passed(each) for each in (1, 2)]
    appended: list[list[Occurrence]] = [
        [first, entered("101", "Vera Sand")],
        [remark("fog", "101"), remark("fog", "101", "SS1")],
        [entered("102", "Omar Wadi")],
        [registered(own, "stewards", first), given],
        [signed(own, "stewards", *readings), *readings],
        [signed(own, "stewards", each) for each in (given, readings[0])],
        [remark("dust", "102", "SS1"), withdrew("101")],
    ]
    for number, said in enumerate(appended):
        (here, there)[number % 2].append(said)
        must_agree(here)
    there.append([signed(own, "stewards", first), remark("rain", "101", "SS1")])
    must_agree(there)
    must_agree(here)


def test_what_is_held_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What came behind it is read, and nothing where nothing came."""
    log = opened(tmp_path / "a.db")
    log.append([constituted(), entered("101", "Vera Sand")])
    must_agree(log)
    held, read = log.recorder.bearing, list[int]()
    records = log.recorder.records

    def reading(*asked: object, after: int = 0, until: int | None = None) -> object:
        read.append(after)
        return records(*asked, after=after, until=until)  # type: ignore[arg-type]

    monkeypatch.setattr(log.recorder, "records", reading)
    held.told(BOUNDARIES[0], log.head())
    assert [] == read
    log.append([entered("102", "Omar Wadi")])
    assert 2 == len(held.told(BOUNDARIES[0], log.head()))
    assert [2] == read


def test_a_log_that_was_set_back_is_read_anew(tmp_path: Path) -> None:
    """A backup is put back while a desk stays open: what was typed since is no more, and told so.

    Also where as much was appended to it as had been before, or more.
    """
    file, kept = tmp_path / "a.db", tmp_path / "kept.db"
    ledger = Ledger(str(file), count(NOW).__next__)
    log = ledger.log(RALLY)
    log.append([constituted()])
    ledger.copy_to(kept)
    for again in ((), ("102",), ("102", "103")):
        log.act(lambda: entry("101", "Vera Sand"))
        must_agree(log)
        ledger.close()
        shutil.copyfile(kept, file)
        meanwhile = Ledger(str(file), count(NOW + 1000).__next__)
        meanwhile.log(RALLY).append([entered(each, "Omar Wadi") for each in again])
        meanwhile.close()
        must_agree(log)
        log.act(lambda: entry("101", "Vera Sand"))
        ledger.close()
        shutil.copyfile(kept, file)
