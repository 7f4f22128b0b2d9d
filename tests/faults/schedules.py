"""Seeded schedules: race control and two laptops, processes that die, deliveries out of order.

What happens on a rally of a few crews is drawn by chance: times, corrections, voids, penalties, and
logs that are handed over in part, twice, shuffled, by clocks that are wrong. Wherever something is
appended the process may die before its commit or behind it; it then starts anew, looks whether its
act is there and gives it again if not. In the end every log holds every act once, and the standings
are those of a model that knows nothing of logs: a table of times and a list of penalties.
"""

from __future__ import annotations

import functools
import itertools
import random
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

from ledger.intake.jsonl import Arrived, export, read_jsonl, take_in_jsonl
from ledger.log import Ledger
from ledger.record import arrival_of
from ledger.times import Clock, Instant
from ledger.vocabulary import (
    Corrected,
    CrewEntered,
    Occurrence,
    PenaltyGiven,
    RallyConstituted,
    RegulationsAdopted,
    StageScheduled,
    StageTimeRecorded,
    Voided,
)
from ledger.vocabulary.rally import ParameterValue
from projections.results.standings import standings
from projections.rules.templates import template
from projections.state.facts import Fold
from projections.state.rally import RallyState
from tests.conftest import NOW
from tests.faults.memory import Crashed, Memory, MemoryLedger, MemoryLog
from tests.faults.table import Counts
from tests.store.samples import naive_root

RALLY = "loop"
CREWS = ("1", "2", "3", "4")
STAGES = ("SS1", "SS2")
CONTROL, LAPTOPS = "control", ("finish-1", "finish-2")
STEPS = 14
DIES = 0.15
HOUR = 3_600_000
RULES = {"overall.unfinished_stage": "not-classified"}
"""A crew without a time on a stage that was run is in no classification."""
SKEWS = (0, 0, HOUR, -HOUR, -40 * HOUR, 30 * HOUR)
Slot = tuple[str, str]


def schedules(seed: int, tries: int, _: Path) -> Counts:
    """The row: so many schedules, each by a seed of its own."""
    counts = Counts()
    for number in range(tries):
        counts.tried += 1
        about = f"schedule {seed}-{number}"
        try:
            _Schedule(random.Random(about), counts, about).run()
        except Exception:  # noqa: BLE001 - whatever a person would have seen
            counts.find("tracebacks", f"{about}: {traceback.format_exc().splitlines()[-1]}")
    return counts


class _Schedule:
    def __init__(self, chance: random.Random, counts: Counts, about: str) -> None:
        self._chance, self._counts, self._about = chance, counts, about
        self._calm = False
        self._ids = set[str]()
        self._read: dict[bytes, Arrived] = {}
        self._numbers = itertools.count()
        self._clocks = {site: self._clock() for site in (CONTROL, *LAPTOPS)}
        self._logs = {
            site: MemoryLog(Memory(RALLY, site, clock, self._crash), clock)
            for site, clock in self._clocks.items()
        }
        # The model: what counts of each slot, and where its record stands.
        self._times: dict[Slot, int] = {}
        self._open: dict[Slot, tuple[str, str]] = {}
        self._penalties: list[tuple[str, int]] = []

    def _clock(self) -> Clock:
        """A clock that is wrong, goes on, stands still, and is put back at times."""
        now = NOW + self._chance.choice(SKEWS)

        def read() -> int:
            nonlocal now
            now += self._chance.choice((0, 1, 900, 60_000, -30_000))
            return now

        return read

    def _crash(self, _where: str) -> None:
        if not self._calm and self._chance.random() < DIES:
            raise Crashed

    # -- what happens ----------------------------------------------------------------------------

    def run(self) -> None:
        """Let it happen, and look at what is left."""
        self._plan()
        for laptop in LAPTOPS:
            self._hand_over(CONTROL, laptop)
        for _ in range(STEPS):
            self._chance.choice(
                (self._time, self._time, self._correct, self._void, self._penalty, self._deliver)
            )()
        self._calm = True
        for laptop in LAPTOPS:
            self._hand_over(laptop, CONTROL)
        for laptop in LAPTOPS:
            self._hand_over(CONTROL, laptop)
        for site, log in self._logs.items():
            self._look(site, log)

    def _plan(self) -> None:
        self._say(CONTROL, RallyConstituted, "secretary", title="Loop", timezone="+03:00")
        rules = template("silk-way-2016").parameters | RULES
        self._say(CONTROL, RegulationsAdopted, "secretary", rulebook="loop", parameters=rules)
        for order, stage in enumerate(STAGES, 1):
            self._say(CONTROL, StageScheduled, "secretary", stage=stage, order=order)
        for number in CREWS:
            self._say(CONTROL, CrewEntered, "secretary", number=number, driver=f"Driver {number}")

    def _say(self, site: str, kind: Callable[..., Occurrence], role: str, **fields: Any) -> str:
        """Put something on record at a site; it is given again until it is there."""
        said = kind(
            rally=RALLY,
            recorded_at=Instant(self._clocks[site](), 180),
            by="Ann",
            role=role,
            reason=f"no. {next(self._numbers)}",
            **fields,
        )
        identity, log = arrival_of(said).id, self._logs[site]
        self._ids.add(identity)
        while not log.recorder.known_ids([identity]):
            try:
                log.append([said])
            except Crashed:
                continue
        return identity

    def _time(self) -> None:
        free = [(c, s) for c in CREWS for s in STAGES if (c, s) not in self._times]
        if not free:
            return
        number, stage = slot = self._chance.choice(free)
        site, ms = self._chance.choice(LAPTOPS), self._some_ms()
        fields = {"number": number, "stage": stage, "elapsed_ms": ms}
        identity = self._say(site, StageTimeRecorded, "timekeeper", **fields)
        self._times[slot] = ms
        self._open[slot] = site, identity

    def _some_ms(self) -> int:
        return self._chance.randrange(600, 9_000) * 1000

    def _correct(self) -> None:
        if self._open:
            slot = self._chance.choice(sorted(self._open))
            site, target = self._open[slot]
            ms = self._some_ms()
            said = {"target": target, "changes": {"elapsed_ms": ms}, **_about(slot)}
            self._open[slot] = site, self._say(site, Corrected, "timekeeper", **said)
            self._times[slot] = ms

    def _void(self) -> None:
        """A time is void, and another one is given for it, or none."""
        untouched = [
            slot
            for slot, (site, target) in self._open.items()
            if self._kind_of(site, target) is StageTimeRecorded
        ]
        if untouched:
            slot = self._chance.choice(sorted(untouched))
            site, target = self._open.pop(slot)
            self._say(site, Voided, "timekeeper", target=target, **_about(slot))
            del self._times[slot]

    def _kind_of(self, site: str, identity: str) -> type[Occurrence]:
        log = self._logs[site]
        at = log.recorder.known([identity])[identity].position
        return type(log.at(at).occurrence())

    def _penalty(self) -> None:
        number, ms = self._chance.choice(CREWS), self._chance.choice((10_000, 60_000))
        fields = {"number": number, "amount_ms": ms, "stage": "SS1"}
        self._say(CONTROL, PenaltyGiven, "clerk-of-the-course", **fields)
        self._penalties.append((number, ms))

    def _deliver(self) -> None:
        """A log is handed over: a part of it, in any order, some of it twice."""
        laptop = self._chance.choice(LAPTOPS)
        ways = ((laptop, CONTROL), (laptop, CONTROL), (CONTROL, laptop))
        giver, taker = self._chance.choice(ways)
        lines = self._lines(giver)
        end = self._chance.randint(0, len(lines))
        some = lines[:end] if self._chance.random() < 0.5 else lines
        some = some + self._chance.sample(some, self._chance.randint(0, len(some)))
        if self._chance.random() < 0.5:
            self._chance.shuffle(some)
        self._take(taker, some)

    def _hand_over(self, giver: str, taker: str) -> None:
        self._take(taker, self._lines(giver))

    def _lines(self, giver: str) -> list[bytes]:
        return [line.encode() for line in export(self._logs[giver])]

    def _take(self, taker: str, lines: Sequence[bytes]) -> None:
        ledger = cast(Ledger, MemoryLedger(self._logs[taker], taker))
        if unread := [line for line in dict.fromkeys(lines) if line not in self._read]:
            read = list(read_jsonl("log", unread))
            self._read |= {
                line: each
                for line, each in zip(unread, read, strict=True)
                if isinstance(each, Arrived)
            }
        arrived = [self._read[line] for line in lines if line in self._read]
        if len(arrived) != len(lines):
            self._counts.find("lost", f"{self._about}: lines that can't be read")
        while True:
            try:
                take_in_jsonl(ledger, arrived)
            except Crashed:
                continue
            return

    # -- what is left ----------------------------------------------------------------------------

    def _look(self, site: str, log: MemoryLog) -> None:
        records, about = list(log.read()), f"{self._about}, {site}"
        held = [record.id for record in records]
        for _ in self._ids - set(held):
            self._counts.find("lost", about)
        for _ in range(len(held) - len(set(held))):
            self._counts.find("doubled", about)
        if [record.position for record in records] != list(range(1, len(records) + 1)):
            self._counts.find("lost", f"{about}: gaps")
        received = [record.header.received_at for record in records]
        if received != sorted(received):
            self._counts.find("lost", f"{about}: it was received out of order")
        if naive_root([record.leaf for record in records]) != log.head().root():
            self._counts.find("lost", f"{about}: the root is another")
        fold = Fold()
        for record in records:
            fold.add(record)
        rows = standings(RallyState(fold.facts())).rows
        if [(row.number, row.total_ms) for row in rows] != self._expected():
            self._counts.find("unseen", f"{about}: the standings are not the model's")

    def _expected(self) -> list[tuple[str, int]]:
        """The crews with a time on every stage that somebody has one on, by their totals."""
        run = [stage for stage in STAGES if any(each == stage for _, each in self._times)]
        totals = {
            number: sum(self._times[number, stage] for stage in run)
            + sum(ms for each, ms in self._penalties if each == number)
            for number in CREWS
            if run and all((number, stage) in self._times for stage in run)
        }
        return sorted(totals.items(), key=lambda each: (each[1], int(each[0])))


@functools.cache
def _rules() -> dict[str, ParameterValue]:
    return template("silk-way-2016").parameters | RULES


def _about(slot: Slot) -> dict[str, str]:
    number, stage = slot
    return {"number": number, "stage": stage}
