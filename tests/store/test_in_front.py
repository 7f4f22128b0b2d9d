"""A signature in front of readings is found by its place, and the index of tags is spared."""

from __future__ import annotations

import sqlite3
from itertools import count
from pathlib import Path

import pytest

from ledger.chain import referring, signing
from ledger.in_front import READINGS
from ledger.log import Ledger, Log
from ledger.powers import ACTS
from ledger.signatory import Signatory
from ledger.times import Instant
from ledger.verify import verify
from ledger.vocabulary import Occurrence, PassingRecorded, PenaltyGiven, RallyConstituted
from tests.command_line.conftest import behind_its_back
from tests.looked import some_of
from tests.signing import key, registered, signed

AT = Instant(1_469_000_000_000, 480)
NOTED = "INSERT INTO record_tag VALUES ('r', ?, 'ActsSigned', ?)"


def _passing(number: int) -> Occurrence:
    return PassingRecorded(
        rally="r", recorded_at=AT, by="Finish", role="timekeeper", number=str(number),
        stage="SS1", point="ASS", fact_at=Instant(AT.ms + number, 480),
    )  # fmt: skip


def _penalty(number: int) -> Occurrence:
    return PenaltyGiven(
        rally="r", recorded_at=AT, by="Ann", role="stewards", number=str(number), amount_ms=60_000
    )  # fmt: skip


@pytest.fixture
def log(tmp_path: Path) -> Log:
    """Readings and acts appended together, signed: by those who took the times, and by stewards."""
    log = Ledger(str(tmp_path / "r.db"), count(AT.ms).__next__).log("r")
    first = RallyConstituted(rally="r", recorded_at=AT, by="A", role="secretary", title="R")
    own = key("both")
    keys = [registered(own, each, first) for each in ("timekeeper", "stewards")]
    log.append([first, *keys])
    log.recorder.signatory = Signatory(lambda: own)
    log.append([_passing(1), _penalty(1), _passing(2), _penalty(2)])
    log.append([_passing(3)])
    log.recorder.signatory = None
    log.append([_passing(4), signed(own, "timekeeper", _passing(4), _passing(5)), _passing(5)])
    return log


def _indexed(tmp_path: Path) -> set[tuple[str, int]]:
    query = "SELECT tag, position FROM record_tag WHERE type = 'ActsSigned' AND tag LIKE 'ref:%'"
    with sqlite3.connect(tmp_path / "r.db") as connection:
        found = {(tag, position) for tag, position in connection.execute(query)}
    connection.close()
    return found


def test_whoever_signed_a_reading_is_found(log: Log, tmp_path: Path) -> None:
    """As what its tags say: in front of it by its place, else by its id, as over any act."""
    ids = {each.position: each.id for each in log.read()}
    by_tags = {
        position: [each.position for each in log.read() if f"ref:{identity}" in each.header.tags]
        for position, identity in ids.items()
    }
    assert {len(each) for each in by_tags.values()} == {0, 1}
    assert by_tags == {p: [e.position for e in referring(log, ids[p])] for p in ids}
    told = {each.id: each.occurrence() for each in log.read()}
    assert [*signing(log, told, len(told))] == [e.id for e in log.read(types=["ActsSigned"])]
    for position, identity in ids.items():
        over = signing(log, {identity: told[identity]}, len(told)).values()
        signed_by = [at for at, each in over if identity in getattr(each, "targets", ())]
        assert by_tags[position] == signed_by
        earlier = signing(log, {identity: told[identity]}, position).values()
        assert all(at < position for at, _ in earlier)
    named = {next(p for p, i in ids.items() if tag == f"ref:{i}") for tag, _ in _indexed(tmp_path)}
    kinds = {each.position: each.occurrence().type_name() for each in log.read()}
    assert named == {
        position
        for position, by in by_tags.items()
        if by and (kinds[position] not in READINGS or by[0] > position)
    }
    assert verify(log).proved


def test_an_index_with_all_of_them_is_none_the_worse(log: Log, tmp_path: Path) -> None:
    """So it is in a ledger of an earlier version."""
    before = [[e.position for e in referring(log, each.id)] for each in log.read()]
    every = {
        (tag, each.position)
        for each in log.read(types=["ActsSigned"])
        for tag in each.header.tags
        if tag.startswith("ref:")
    }
    missing = every - _indexed(tmp_path)
    assert missing
    behind_its_back(tmp_path / "r.db", *((NOTED, each) for each in missing))
    assert verify(log).proved
    assert before == [[e.position for e in referring(log, each.id)] for each in log.read()]


def test_what_the_index_lacks_otherwise_is_told(log: Log, tmp_path: Path) -> None:
    """The signature over an act, or over a reading that stands in front of it: to be mended."""
    for tag, position in some_of(_indexed(tmp_path)):
        gone = "DELETE FROM record_tag WHERE tag = ? AND position = ?"
        behind_its_back(tmp_path / "r.db", (gone, (tag, position)))
        (found,) = verify(log).findings
        assert (position, True) == (found.position, found.anew)
        behind_its_back(tmp_path / "r.db", (NOTED, (tag, position)))
        assert verify(log).proved


def test_readings_are_no_acts() -> None:
    """Who may have taken an act hangs on its signature, so that is looked up by its id."""
    assert {"PassingRecorded", "ControlPassed", "StageStarted"} <= READINGS
    assert READINGS.isdisjoint(each.type_name() for each in ACTS)
