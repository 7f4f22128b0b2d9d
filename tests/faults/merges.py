"""Hostile logs: what a site must not do is merged or refused, told, and changes no standing.

A laptop hands over a log in which somebody acts beyond his office, or which no ledger would have
written. Either the lines are refused with their place, or they are on record, stand among what
contradicts itself under a name of its own, and the standings are as before. Race control goes on
recording in any case, and the log verifies.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from ledger.log import Log
from ledger.record import Header, Record, arrival_of
from ledger.times import Instant
from ledger.vocabulary import (
    Corrected,
    CrewDisqualified,
    CrewEntered,
    Occurrence,
    OfficialAppointed,
    OpeningErased,
    PenaltyGiven,
    RallyConstituted,
    RemarkMade,
    StageTimeRecorded,
    SummonsIssued,
    Voided,
    canonical,
)
from tests.conftest import NOW
from tests.faults.ledgers import SAMPLE, copied, expect_no_traceback, opened, said, sample, whole
from tests.faults.table import Counts

LAPTOP = "laptop"
AT = Instant(NOW + 40 * 24 * 3_600_000, 480)
REFUSED = "refused"
Lines = Iterator[bytes]
Made = Callable[[Log], Lines]


class Hostile(NamedTuple):
    """A hostile log: what it does, its lines for a log at race control, and what is told of it.

    It changes no standing, save where what is told leaves it to race control whether it counts.
    """

    what: str
    lines: Made
    told: str
    counts: bool = False


def _by(kind: Callable[..., Occurrence], role: str = "marshal", **fields: object) -> Occurrence:
    return kind(rally=SAMPLE, recorded_at=AT, by="Mel", role=role, site=LAPTOP, **fields)


def _line(occurrence: Occurrence, number: int = 1, **forged: Any) -> bytes:
    """A line of a laptop's log; what is `forged` in its header has the leaf that goes with it."""
    arrival = arrival_of(occurrence)
    header = Header(SAMPLE, number, arrival.id, AT.ms, LAPTOP, number, arrival.tags)
    header = msgspec.structs.replace(header, **forged)
    return canonical(Record(header, arrival.data, header.leaf()).as_json())


def _found(log: Log, kind: type[Occurrence], place: int = 0) -> str:
    return list(log.read(types=[kind.type_name()]))[place].id


def _one(kind: Callable[..., Occurrence], role: str = "marshal", **fields: object) -> Made:
    def lines(_: Log) -> Lines:
        yield _line(_by(kind, role, **fields))

    return lines


def _plan_is_void(log: Log) -> Lines:
    for number, record in enumerate(log.read(types=["StageScheduled"]), 1):
        target, stage = record.id, getattr(record.occurrence(), "stage")  # noqa: B009
        yield _line(_by(Voided, target=target, stage=stage), number)


def _time_is_void(log: Log) -> Lines:
    yield _line(_by(Voided, "competitor", target=_found(log, StageTimeRecorded), number="102"))


def _time_is_better(log: Log) -> Lines:
    target = _found(log, StageTimeRecorded)
    changes = {"elapsed_ms": 1000}
    yield _line(_by(Corrected, "competitor", target=target, changes=changes))


def _erased(log: Log) -> Lines:
    target = _found(log, RemarkMade, -1)
    yield _line(_by(OpeningErased, "secretary", target=target, fields=("phone",)))


def _not_appointed(_: Log) -> Lines:
    appointed = _by(OfficialAppointed, "secretary", office="clerk-of-the-course", official="Ann")
    yield _line(appointed)
    # In an office that nobody holds, a command accepts it as well: it is told, and counts.
    yield _line(_by(SummonsIssued, "stewards", number="104", stage="SS13"), 2)


def _forged(**header: Any) -> Made:
    def lines(_: Log) -> Lines:
        yield _line(_by(RemarkMade, "secretary", text="forged"), **header)

    return lines


def _two_under_a_number(_: Log) -> Lines:
    for text in ("one", "another"):
        yield _line(_by(RemarkMade, "secretary", text=text))


def _of_nothing(_: Log) -> Lines:
    yield _line(_by(Voided, "secretary", target="0" * 64))


def _entered_again(_: Log) -> Lines:
    yield _line(_by(CrewEntered, "secretary", number="104", driver="Mel"))


_WITHOUT, _CONSTITUTED = "act-without-authority", "constituted-twice"
HOSTILE = (
    Hostile("a marshal disqualifies", _one(CrewDisqualified, number="104"), _WITHOUT),
    Hostile("a marshal penalises", _one(PenaltyGiven, number="104", amount_ms=60_000), _WITHOUT),
    Hostile("a marshal voids the plan", _plan_is_void, _WITHOUT),
    Hostile("a competitor voids a time", _time_is_void, _WITHOUT),
    Hostile("a competitor corrects a time", _time_is_better, _WITHOUT),
    Hostile("race control's private value is erased", _erased, "erased-elsewhere"),
    Hostile("a steward whom nobody appointed", _not_appointed, "not-appointed", True),
    Hostile(
        "a second constitution",
        _one(RallyConstituted, "secretary", title="Mine"),
        "constituted-twice",
    ),
    Hostile("a number of a site below 1", _forged(site_position=0), "site-number-of-no-record"),
    Hostile("the largest number there is", _forged(site_position=(1 << 63) - 1), REFUSED),
    Hostile("a number that no database holds", _forged(site_position=1 << 63), REFUSED),
    Hostile("received behind the year 9999", _forged(received_at=1 << 62), REFUSED),
    Hostile("tags that are not the content's", _forged(tags=("crew:104",)), REFUSED),
    Hostile("two records under a number", _two_under_a_number, "site-number-twice"),
    Hostile("what is about nothing", _of_nothing, "dangling-reference"),
    Hostile(
        "a number that a crew has",
        _one(CrewEntered, "secretary", number="104", driver="Mel"),
        "number-twice",
    ),
)


def merges(seed: int, tries: int, folder: Path) -> Counts:
    """The row: one hostile log after another, each merged in some order with honest lines."""
    counts, begun = Counts(), _race_control(folder)
    for number in range(tries):
        hostile = HOSTILE[number % len(HOSTILE)]
        ledger = copied(begun, folder / "merged.db")
        _merge(counts, hostile, ledger, random.Random(f"{seed}-{number}"), folder)
        counts.tried += 1
    return counts


def _race_control(folder: Path) -> Path:
    """The sample with a private value, at race control."""
    ledger = sample(folder / "sample.db")
    words = ("record", "RemarkMade", "text=call me", "private.phone=0123")
    signed = ("--by", "Ann", "--role", "secretary")
    assert said(ledger, "site", "race-control").code == 0
    assert said(ledger, *words, *signed).code == 0
    return ledger


def _merge(
    counts: Counts, hostile: Hostile, ledger: Path, chance: random.Random, folder: Path
) -> None:
    about, before = hostile.what, _standings(ledger)
    with opened(ledger) as log:
        lines, size = list(hostile.lines(log)), log.head().size
        openings = len(log.recorder.openings())
    chance.shuffle(lines)
    file = folder / "laptop.jsonl"
    file.write_bytes(b"\n".join(lines))
    answer = said(ledger, "import", "jsonl", file)
    if not expect_no_traceback(counts, answer, about):
        return
    with opened(ledger) as log:
        appended = log.head().size - size
        if len(log.recorder.openings()) != openings:
            counts.find("lost", f"{about}: a private value is gone")
        whole(counts, log, about)
    if hostile.told == REFUSED:
        if appended or not answer.code:
            counts.find("unseen", f"{about}: it was taken in")
    else:
        kinds = _kinds(counts, ledger, about)
        if hostile.told not in kinds:
            counts.find("unseen", f"{about}: {hostile.told} is not among {sorted(kinds)}")
        if not hostile.counts and _standings(ledger) != before:
            counts.find("unseen", f"{about}: the standings are others")
    act = ("record", "RemarkMade", "text=and on", "--by", "Ann", "--role", "clerk-of-the-course")
    further = said(ledger, *act)
    if expect_no_traceback(counts, further, about) and further.code:
        counts.find("lost", f"{about}: race control can record no more: {further.err.strip()}")


def _standings(ledger: Path) -> object:
    return json.loads(said(ledger, "standings", "--json").out).get("rows")


def _kinds(counts: Counts, ledger: Path, about: str) -> set[str]:
    answer = said(ledger, "anomalies", "--json")
    if not expect_no_traceback(counts, answer, about) or answer.code:
        return set()
    return {each["kind"] for each in json.loads(answer.out)["rows"]}
