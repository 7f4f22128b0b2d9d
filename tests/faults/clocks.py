"""Clocks that are wrong: put back, standing still, a hundred years ahead, changed by an hour.

A log is written by a right clock, with one record in it by a wrong one. What was known at any time
is then what it is in the same log without that record.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

from ledger.times import Instant
from ledger.vocabulary import Occurrence, PenaltyGiven, RemarkMade
from tests.conftest import NOW
from tests.faults.ledgers import SAMPLE, copied, expect_no_traceback, opened, said, sample, whole
from tests.faults.table import Counts

HOUR = 3_600_000
YEAR = 365 * 24 * HOUR
WRONG = {
    "put back by two hours": -2 * HOUR,
    "put back by a year": -YEAR,
    "standing still": 0,
    "an hour and a half ahead": 3 * HOUR // 2,
    "a hundred years ahead": 100 * YEAR,
    "changed by an hour": HOUR + 1,
}
RIGHT = 10
"""So many records by the right clock, a quarter of an hour apart."""
APART = HOUR // 4
BEGUN = NOW + 30 * 24 * HOUR
"""Behind the last record of the sample."""


def clocks(seed: int, tries: int, folder: Path) -> Counts:
    """The row: one wrong clock after another, somewhere among records by a right one."""
    counts, begun = Counts(), sample(folder / "sample.db")
    names = list(WRONG)
    for number in range(tries):
        chance = random.Random(f"{seed}-{number}")
        name = names[number % len(names)]
        wrong = chance.randrange(1, RIGHT // 2)
        _tried(counts, begun, folder, name, wrong)
        counts.tried += 1
    return counts


def _tried(counts: Counts, begun: Path, folder: Path, name: str, wrong: int) -> None:
    about = f"a clock {name}, at record {wrong}"
    right, with_it = copied(begun, folder / "right.db"), copied(begun, folder / "wrong.db")
    shown = BEGUN + wrong * APART + WRONG[name]
    for ledger, has in ((right, False), (with_it, True)):
        for number in range(RIGHT):
            if has and number == wrong:
                _append(ledger, shown, RemarkMade, text="by a wrong clock")
            at = BEGUN + number * APART
            _append(ledger, at, PenaltyGiven, number="104", stage="SS13", amount_ms=1000 << number)
    with opened(with_it) as log:
        whole(counts, log, about)
        received = [record.header.received_at for record in log.read()]
        if received != sorted(received):
            counts.find("lost", f"{about}: it was received out of order")
    for number in range(RIGHT):
        moment = Instant(BEGUN + number * APART + 1000, 480)
        words = ("standings", "--known-at", moment.iso(), "--json")
        answers = [said(ledger, *words) for ledger in (right, with_it)]
        if not all(expect_no_traceback(counts, each, about) for each in answers):
            return
        rows = [json.loads(each.out).get("rows") for each in answers]
        if rows[0] != rows[1]:
            counts.find("unseen", f"{about}: what was known at {moment.iso()} is something else")
            return


def _append(ledger: Path, ms: int, kind: Callable[..., Occurrence], **fields: object) -> None:
    """Put it on record by a clock that shows this, as an earlier edition would have done."""
    signed = {"rally": SAMPLE, "by": "Ann", "role": "clerk-of-the-course"}
    with opened(ledger, clock=lambda: ms) as log:
        log.append([kind(recorded_at=Instant(ms, 480), **signed, **fields)])
