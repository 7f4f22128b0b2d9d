"""`rally demo`: load the Silk Way Rally 2016 and tell its story, every figure from the log."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import resources

import click

from cli.context import Settings
from cli.office.view import View
from cli.options import of_ledger
from ledger.intake.jsonl import Arrived, read_jsonl, take_in_jsonl
from ledger.log import Log
from ledger.record import Record
from ledger.samples.signed import signed_for_show
from ledger.times import format_duration, format_gap
from ledger.vocabulary import KeyRegistered
from projections.results.retirements import retirements
from projections.results.standings import Row, Scope, standings

RALLY = "silk-way-2016"
SAMPLE = f"{RALLY}.jsonl"
PETERHANSEL, LOEB = "100", "102"
SHOWN = 10


@click.command(name="demo")
@click.option("--signed", is_flag=True, help="With keys of office, made up to be shown.")
@of_ledger
def command(settings: Settings, *, signed: bool) -> None:
    """Load the Silk Way Rally 2016 into the ledger and tell its story.

    Moscow – Beijing, July 2016: a stage lost to a sandstorm, a stage won on the road and lost to a
    decision, a retirement that was none. Each figure is computed from the log. With --signed, keys
    of office and signatures over all of its records follow behind them: they are made from a seed
    that everybody can read, and say so.
    """
    ledger = settings.open_ledger(new=True)
    if RALLY not in ledger.rallies():
        sample = resources.files("ledger.samples").joinpath(SAMPLE).read_bytes()
        lines = read_jsonl(SAMPLE, sample.split(b"\n"))
        take_in_jsonl(ledger, [each for each in lines if isinstance(each, Arrived)])
    log = ledger.log(RALLY)
    if signed and not log.positions([KeyRegistered.type_name()]):
        log.append(list(signed_for_show(log.read())))
    for line in story(log):
        click.echo(line)
    asks = ["standings --after SS12 --category cars", "log --crew 102", "show '#3'", "verify"]
    for ask in (*asks, *(["key list"] if signed else [])):
        click.echo(f"  rally{settings.named} --rally {RALLY} {ask}")


def story(log: Log) -> Iterator[str]:
    """The story of the rally, line by line."""
    head = log.head()
    yield f"The Silk Way Rally 2016, Moscow – Beijing: {head.size} records, each with its source."
    yield from _before_the_storm(log)
    yield from _the_decision(log)
    yield from _the_retraction(log)
    yield from _the_final(log)
    yield "   * Some of its stage times are assumed; every published total and gap is exact."
    yield ""
    yield f"The root over all {head.size} records is {head.root().hex()}. Ask for yourself:"


def _before_the_storm(log: Log) -> Iterator[str]:
    storm = _first(log, "StageCancelled", "stage:SS11")
    yield from ("", f"The overall after leg 10 (as of #{storm.position - 1}):")
    before = _overalls(log, storm.position - 1, "SS10")
    yield from _side_by_side(before, 4)
    after = _overalls(log, storm.position, "SS11")
    same = all(_gaps(before[name]) == _gaps(after[name]) for name in before)
    yield f"#{storm.position} {_day(storm)}: {storm.occurrence().words()}"
    change = "unchanged" if same else "CHANGED"
    told = (f"{_surname(rows[1])} {_gap(rows[1])}" for rows in after.values() if len(rows) > 1)
    yield f"   The gaps after leg 11 are {change}: {', '.join(told)}."


def _the_decision(log: Log) -> Iterator[str]:
    decision = _first(log, "DecisionIssued", f"crew:{LOEB}", "stage:SS12")
    road = _overalls(log, decision.position - 1, "SS12")["cars"]
    ruled = _overalls(log, decision.position, "SS12")["cars"]
    yield ""
    yield f"Leg 12 as it stood on the road (as of #{decision.position - 1}): {_told(road)}."
    yield f"#{decision.position} {_day(decision)}: {decision.occurrence().words()}"
    yield f"   After the decision: {_told(ruled)}."


def _told(rows: tuple[Row, ...]) -> str:
    told = [_surname(rows[0]), *(f"{_surname(row)} {_gap(row)}" for row in rows[1:4])]
    return ", ".join(told)


def _the_retraction(log: Log) -> Iterator[str]:
    report = _first(log, "RetirementReported", f"crew:{PETERHANSEL}")
    retraction = _first(log, "RetirementRetracted", f"crew:{PETERHANSEL}")
    yield ""
    for each in (report, retraction):
        out = PETERHANSEL in {row.number for row in retirements(_at(log, each.position).state)}
        listed = "on" if out else "not on"
        yield f"#{each.position} {_day(each)}: {each.occurrence().words()}"
        yield f"   As of #{each.position} crew {PETERHANSEL} is {listed} the retirement list."


def _the_final(log: Log) -> Iterator[str]:
    yield from ("", "The final classification:")
    yield from _side_by_side(_overalls(log, log.head().size, None), SHOWN)


def _side_by_side(overalls: dict[str, tuple[Row, ...]], count: int) -> Iterator[str]:
    """The classifications of several categories in columns."""
    columns = [
        [f"{name}:".ljust(38), *(_line(row) for row in rows[:count])]
        for name, rows in overalls.items()
    ]
    for index in range(max(len(column) for column in columns)):
        cells = [column[index] if index < len(column) else "" for column in columns]
        yield "   " + "   ".join(cell.ljust(38) for cell in cells).rstrip()


def _line(row: Row) -> str:
    time = format_duration(row.total_ms) if row.place == 1 else _gap(row)
    assumed = "*" if "assumed" in row.flags and row.place == 1 else " "
    return f"{row.place:>2} {row.number:>3} {_name(row)[:20]:<20} {time:>9}{assumed}"


def _overalls(log: Log, position: int, after: str | None) -> dict[str, tuple[Row, ...]]:
    """The overall of every category as of a position."""
    state = _at(log, position).state
    categories = sorted({crew.value.category for crew in state.facts.crews.values()})
    found = {name: standings(state, Scope(after=after, category=name)).rows for name in categories}
    return {name: rows for name, rows in found.items() if rows}


def _at(log: Log, position: int) -> View:
    return View(log, known_at=str(position))


def _gaps(rows: tuple[Row, ...]) -> list[tuple[str, int]]:
    return [(row.number, row.gap_ms) for row in rows]


def _gap(row: Row) -> str:
    """The gap as it is written in results: +9:57, +4:02:55."""
    return re.sub(r"^\+0:0?", "+", format_gap(row.gap_ms))


def _name(row: Row) -> str:
    """The driver; or the vehicle, where that is all the source gives."""
    if not row.driver.startswith("not named"):
        return row.driver
    return f"{'an' if row.vehicle[0] in 'AEIOU' else 'a'} {row.vehicle}"


def _surname(row: Row) -> str:
    return row.driver.partition(" ")[2] or row.driver


def _day(record: Record) -> str:
    return record.occurrence().happened.short().rsplit(" ", 2)[0]


def _first(log: Log, kind: str, *tags: str) -> Record:
    return next(log.read(types=[kind], tags=tags))
