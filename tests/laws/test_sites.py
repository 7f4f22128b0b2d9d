"""Laws of sites without network: whatever the order and grouping of the merges, all agree."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.commands.amend import CorrectOccurrence, Envelope
from ledger.commands.record import RecordOccurrence
from ledger.log import Log
from ledger.times import Instant
from ledger.vocabulary import (
    ClockOffsetDeclared,
    CrewEntered,
    Occurrence,
    PassingRecorded,
    RallyConstituted,
    RegulationsAdopted,
    Source,
    StageScheduled,
    StageStarted,
)
from projections.desk.judging import judge
from projections.editions import bearing
from projections.rules.templates import template
from projections.state.facts import fold
from projections.state.rally import RallyState
from projections.state.sites import sites as site_logs
from tests.examples import examples
from tests.laws.answers import Answers, Sites, answers, exported, imported, sites, state_of
from tests.laws.words import CODE, MINUTE, START

CREWS = ("1", "2", "3")
STAGES = ("SS1", "SS2")
ON_THE_ROAD = ("start-ss1", "finish-ss1", "start-ss2", "finish-ss2")
HOUR = 60 * MINUTE
Reading = StageStarted | PassingRecorded
Lines = list[bytes]


class Day(NamedTuple):
    """A day of a rally: true times, wrong clocks, and what went wrong at the sites."""

    taken_ms: dict[tuple[str, str], int]
    ahead_ms: dict[str, int]
    twice: str
    mistyped: str
    dies: str
    after: int


@st.composite
def days(draw: st.DrawFn) -> Day:
    """Clocks off by up to two minutes, a time written twice, a wrong number, a laptop that dies."""
    runs = [(stage, number) for stage in STAGES for number in CREWS]
    taken = st.integers(HOUR, HOUR + 5 * MINUTE)
    return Day(
        {run: draw(taken) for run in runs},
        {site: draw(st.integers(-2 * MINUTE, 2 * MINUTE)) for site in ON_THE_ROAD},
        draw(st.sampled_from(ON_THE_ROAD)),
        draw(st.sampled_from(["finish-ss1", "finish-ss2"])),
        draw(st.sampled_from(ON_THE_ROAD)),
        draw(st.integers(1, len(CREWS) - 1)),
    )


def plan() -> list[Occurrence]:
    """What race control knows in the morning."""
    at: dict[str, Any] = {"rally": CODE, "recorded_at": Instant(START, 480)}
    rules = template("silk-way-2016")
    parameters = dict(rules.parameters)
    return [
        RallyConstituted(**at, title="The Steppe"),
        RegulationsAdopted(**at, rulebook="silk-way-2016", parameters=parameters),
        *(StageScheduled(**at, stage=each, order=i) for i, each in enumerate(STAGES, 1)),
        *(CrewEntered(**at, number=each, driver=f"Driver {each}") for each in CREWS),
    ]


def readings(day: Day, site: str) -> list[Reading]:
    """What truly happened at a site, in the order in which it did."""
    kind, _, stage = site.partition("-")
    stage = stage.upper()
    found: list[Reading] = []
    for place, number in enumerate(CREWS):
        started = START + STAGES.index(stage) * 3 * HOUR + place * 3 * MINUTE
        at = Instant(started + (day.taken_ms[stage, number] if kind == "finish" else 0), 480)
        reading = StageStarted if kind == "start" else PassingRecorded
        signed: dict[str, Any] = {"by": "Li", "role": "timekeeper", "source": Source(kind="hand")}
        found.append(
            reading(rally=CODE, recorded_at=at, fact_at=at, number=number, stage=stage, **signed)
        )
    return sorted(found, key=lambda each: each.recorded_at)


def by_the_clock(said: Reading, ahead_ms: int, later_ms: int = 0) -> Reading:
    """A reading as a clock that is wrong shows it; written down a little later."""
    at = Instant(said.recorded_at.ms + ahead_ms, 480)
    written = Instant(at.ms + 1000 + later_ms, 480)
    return msgspec.structs.replace(said, fact_at=at, recorded_at=written)


def laptop(opened: Sites, site: str, morning: Lines) -> Log:
    """A laptop that takes race control's log along and is given the name of its site."""
    ledger = opened.ledger("")
    ledger.name_site(site)
    imported(ledger, morning)
    return ledger.log(CODE)


def typed(log: Log, day: Day, site: str, told: Iterable[Reading]) -> None:
    """What happens at a site is typed there; one crew under a wrong number at first."""
    for said in told:
        seen = by_the_clock(said, day.ahead_ms[site])
        if site == day.mistyped and said.number == CREWS[0]:
            wrong = msgspec.structs.replace(seen, number=CREWS[1])
            (record,) = log.act(partial(RecordOccurrence, wrong, judge))
            chain = {record.id: record.occurrence()}
            why = Envelope(CODE, seen.recorded_at, "Li", "timekeeper", "wrong number")
            right = {"number": said.number}
            log.act(partial(CorrectOccurrence, record.id, chain, why, right, judge))
        else:
            log.act(partial(RecordOccurrence, seen, judge))
        if site == day.twice:
            again = by_the_clock(said, day.ahead_ms[site], later_ms=5000)
            log.act(partial(RecordOccurrence, again, judge))


def evening(opened: Sites, day: Day) -> list[Lines]:
    """The exports of every log of the day: race control's, and those of six laptops."""
    control = opened.log("race-control", plan())
    morning = exported(control)
    logs = [control]
    for site in ON_THE_ROAD:
        told = readings(day, site)
        parts = [told[: day.after], told[day.after :]] if site == day.dies else [told]
        for part in parts:
            logs.append(laptop(opened, site, morning))
            typed(logs[-1], day, site, part)
    device = by_the_clock(readings(day, "finish-ss1")[0], 0)
    device = msgspec.structs.replace(device, number="99", source=Source(kind="beam"))
    for log in (logs[2], control):  # the same file, taken in at two sites
        log.append([device])
    for site, ahead_ms in day.ahead_ms.items():
        said = ClockOffsetDeclared(
            rally=CODE,
            recorded_at=Instant(START + 12 * HOUR, 480),
            by="Ann",
            role="clerk-of-the-course",
            of_site=site,
            ahead_ms=ahead_ms,
        )
        control.act(partial(RecordOccurrence, said, judge))
    return [exported(log) for log in logs]


def merged(opened: Sites, logs: list[Lines], data: st.DataObject) -> Log:
    """All of the logs in one, merged a few at a time in an order and a grouping of their own."""
    pool = data.draw(st.permutations(logs), label="order")
    while True:
        count = min(len(pool), data.draw(st.integers(2, 4), label="at a time"))
        some, pool = pool[:count], pool[count:]
        if data.draw(st.booleans(), label="one export twice"):
            some.append(some[0])
        ledger = opened.ledger("office")
        for lines in some:
            imported(ledger, lines)
        if not pool:
            return ledger.log(CODE)
        where = data.draw(st.sampled_from([0, len(pool)]), label="next")
        pool.insert(where, exported(ledger.log(CODE)))


def answered(log: Log) -> Answers:
    """Every answer of a log, with ids in the place of positions."""
    return answers(fold(log.read()))


@pytest.mark.slow
@examples(10)
@given(days(), st.data())
def test_five_sites_agree_in_the_evening(day: Day, data: st.DataObject) -> None:
    """Five sites record a day with wrong clocks, doubles, a wrong number and a laptop that dies.

    However their logs are merged, the answers at the head are the same, no acknowledged record is
    missing, what disagrees is listed, and the times are those that true clocks would have given.
    """
    with sites() as opened:
        logs = evening(opened, day)
        one, other = merged(opened, logs, data), merged(opened, logs, data)

        acknowledged = {msgspec.json.decode(line)["id"] for lines in logs for line in lines}
        assert (
            acknowledged == {each.id for each in one.read()} == {each.id for each in other.read()}
        )
        assert one.head().size == other.head().size == len(acknowledged)
        assert answered(one) == answered(other)

        state = RallyState(fold(one.read()).facts())
        held = {each.site: each for each in site_logs(state)}
        assert {"race-control", *ON_THE_ROAD} == held.keys()
        assert {day.dies} == {site for site, each in held.items() if each.twice}
        assert not any(each.missing for each in held.values())
        listed = {each["kind"] for each in answered(one)["anomalies"]}
        assert {"site-number-twice", "unknown-crew"} <= listed
        forks = [each for each in answered(one)["anomalies"] if each["kind"] == "site-number-twice"]
        assert 1 == len(forks)
        changed = {each.title for each in bearing(state.facts, 2, "check")}
        assert "A fork of a site is told once, in runs." in changed

        told = [each for site in ON_THE_ROAD for each in readings(day, site)]
        truth = state_of([*plan(), *told])
        assert times(truth) == times(state) == day.taken_ms


def times(state: RallyState) -> dict[tuple[str, str], int]:
    """The times of the crews on the stages."""
    return {run: value.time_ms for run, value in state.values.items()}


@examples(15)
@given(st.sets(st.integers(1, 9), min_size=1), st.permutations(range(3)))
def test_a_record_that_has_not_arrived_is_missed(kept: set[int], order: list[int]) -> None:
    """Of a site's log some lines are lost: the numbers below the highest are told, until they come.

    It does not matter through which ledgers the rest came.
    """
    with sites() as opened:
        control = opened.log("race-control", plan())
        away = laptop(opened, "finish-ss1", exported(control))
        told = readings(
            Day({(s, n): HOUR for s in STAGES for n in CREWS}, {}, "", "", "", 1), "finish-ss1"
        )
        away.append([by_the_clock(told[0], 0, later_ms=each) for each in range(9)])
        every = exported(away)
        some = [line for line in every if msgspec.json.decode(line)["site_position"] in kept]
        some = [line for line in some if msgspec.json.decode(line)["site"] == "finish-ss1"]
        parts = [exported(control), some[::2], some[1::2]]
        office = opened.ledger("office")
        for each in order:
            imported(office, parts[each])

        (row,) = _of(office.log(CODE), "finish-ss1")
        gone = {number for first, last in row.missing for number in range(first, last + 1)}
        assert (max(kept), len(kept)) == (row.last, row.records)
        assert set(range(1, max(kept))) - kept == gone
        imported(office, every)
        (row,) = _of(office.log(CODE), "finish-ss1")
        assert (9, 9, ()) == (row.last, row.records, row.missing)


def _of(log: Log, site: str) -> list[Any]:
    state = RallyState(fold(log.read()).facts())
    return [each for each in site_logs(state) if each.site == site]
