"""The entry desk: how soon a line is read back, and how soon it is on record, on a long log.

    python -m tests.bench.desk
    python -m tests.bench.desk --crews 100 --lines 120

The first 20,000 records of a synthetic rally, so that it is in the middle of its stages, with 100
and with 500 crews. An official sits at the next stage and enters its crews in turn: a start, a
control, a passing, a finish, now and then a retirement; before each line another desk appends to
the log. Measured is the read-back of the line (crew, meaning, what `check` would find since) by
trying it, then its append with what it moved and the list of who is missing: the office stays open,
as `rally desk` has it. Every read-back has to name its crew and driver, every line has to be on
record, and the list has to be the one that a replay of the whole log gives. And a small rally, 108
records, is pasted as a whole into a desk that is opened for it.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

import click

from cli.desk.entry import Reply
from cli.desk.session import Session
from cli.office.lines.asks import Seat
from cli.office.lines.context import Context
from cli.office.lines.forms import read
from cli.office.lines.read_back import ReadBack, read_back
from cli.office.office import Office
from ledger.log import Ledger, Log
from ledger.times import Instant
from ledger.vocabulary import PassingRecorded, recorded_at
from projections.control.absent import Absent, Place, absent
from projections.state.facts import fold
from projections.state.rally import RallyState
from tests.bench.ledgers import Size, now, rally, run, simulated
from tests.bench.machine import machine
from tests.bench.rounds import percentile, timed
from tests.bench.table import Line, Target, tell
from tests.conftest import Said
from tests.desk.conftest import found_the_loop
from tests.desk.test_plain import a_rally_in_lines

READ_BACK_MS, APPEND_MS, PASTED_S = 50.0, 150.0, 2.0
PASTED = 7
"""How often a rally is pasted."""
A_SECOND = 1_000
Answer = TypeVar("Answer")


class Plan(NamedTuple):
    """Where an official sits: the stage that comes next, a point and a control of it."""

    stage: str
    point: str
    control: str
    numbers: tuple[str, ...]


class Clock:
    """A clock that goes on by a second whenever it is looked at."""

    def __init__(self, at: Instant) -> None:
        self.at = at

    def __call__(self) -> Instant:
        """The time by it."""
        self.at = Instant(self.at.ms + A_SECOND, self.at.offset)
        return self.at


class Took(NamedTuple):
    """What something took, by the clock and of the processor (ms)."""

    clock: float
    processor: float


def in_the_middle(folder: Path, size: Size) -> Path:
    """A ledger with the first half of a rally: so many records, with stages still ahead."""
    whole, file = folder / f"whole-{size.crews}.db", folder / f"desk-{size.crews}.db"
    simulated(whole, size._replace(records=2 * size.records))
    exported = run(rally("export", "jsonl", "--ledger", str(whole))).splitlines(keepends=True)
    half = folder / "half.jsonl"
    half.write_text("".join(exported[: size.records]), encoding="utf-8")
    run(rally("import", "jsonl", str(half), "--ledger", str(file)))
    return file


def planned(log: Log) -> Plan:
    """The stage that comes next, and the crews that are in the rally."""
    state = RallyState(fold(log.read()).facts())
    last = max(state.orders[each] for each in state.run)
    stage = next(each.stage for each in state.stages if each.order > last)
    first = min(
        (placed.order, point) for (s, _, point), placed in state.points.items() if s == stage
    )
    control = next(each for each in state.controls.values() if each.stage == stage)
    gone = {*state.retirements, *state.kept_from_start, *state.disqualified}
    numbers = tuple(each for each in state.facts.crews if each not in gone)
    return Plan(stage, first[1], control.control, numbers)


class Desk:
    """An official at a desk, and another one who appends to the same log."""

    def __init__(self, file: Path) -> None:
        office, others = Office(Ledger(str(file), now)), Ledger(str(file), now)
        log = office.log()
        self.plan = planned(log)
        self.clock = Clock(recorded_at(log.at(log.head().size).data))
        self.session = Session(Seat(office, log, "Ann Lee", "timekeeper", self.clock))
        self._others = others.log(log.rally)
        self.read_back: list[Took] = []
        self.append: list[Took] = []

    def enter(self, context: Context, text: str, by: str) -> None:
        """Another desk appends a passing of a crew, then a line is read back and recorded."""
        at = self.clock()
        passing = PassingRecorded(
            rally=self._others.rally,
            recorded_at=at,
            fact_at=at,
            by="Bo",
            role="timekeeper",
            number=by,
            stage=self.plan.stage,
            point=self.plan.point,
        )
        self._others.append([passing])
        session, entered = self.session, self.clock()
        session.context = context

        def tried() -> ReadBack:
            ask = read(text, context, session.seat, entered)
            return read_back(ask.carry_out(session.seat, dry_run=True), session.seat)

        def recorded() -> tuple[Reply, Absent]:
            return session.take(text, entered, answers=False), session.absent()

        took, meant = _timed(tried)
        self.read_back.append(took)
        must(meant.driver and meant.says, f"{text!r} is read back as {meant}.")
        took, (reply, _) = _timed(recorded)
        self.append.append(took)
        must(reply.appended and reply.lines, f"{text!r} is not on record: {reply.lines}.")

    def must_tell_who_is_missing(self) -> int:
        """How many are missing at the finish: by the desk, and by a replay of the whole log."""
        log, at = self.session.seat.log, self.clock()
        place = Place("finish", self.plan.stage)
        state = RallyState(fold(log.read()).facts())
        self.session.context = Context("finish", self.plan.stage)
        found, wanted = self.session.absent(), absent(state, place, at)
        numbers = [each.number for each in (*found.missing, *found.to_come)]
        must(numbers, "Nobody is missing.")
        told = [each.number for each in (*wanted.missing, *wanted.to_come)]
        must(sorted(numbers) == sorted(told), f"{numbers} are missing, not {told}.")
        return len(numbers)


def _timed(work: Callable[[], Answer]) -> tuple[Took, Answer]:
    clock, processor = time.perf_counter(), time.process_time()
    answer = work()
    spent = time.perf_counter() - clock, time.process_time() - processor
    return Took(*(each * 1000 for each in spent)), answer


def must(holds: object, otherwise: str) -> None:
    """Nothing is measured of an answer that is wrong.

    Raises:
        SystemExit: it is.
    """
    if not holds:
        raise SystemExit(otherwise)


def lines(file: Path, count: int) -> Iterator[Line]:
    """Crew after crew: a start, a control, a passing and a finish; now and then a retirement."""
    desk = Desk(file)
    stage, point, control, numbers = desk.plan
    crews = len(numbers)
    for turn in range(-(-count // 4)):
        number, other = numbers[turn % crews], numbers[(turn + crews // 2) % crews]
        desk.enter(Context("start", stage), number, other)
        desk.enter(Context("control", stage, control), number, other)
        desk.enter(Context("point", stage, point), number, other)
        end = Context("finish", stage, "", "elapsed")
        last = (
            f"{number} r mech" if turn % 10 == 9 else f"{number} {3 + turn % 2}:{turn % 60:02}:07"
        )
        desk.enter(end, last, other)
    missing = desk.must_tell_who_is_missing()
    size = desk.session.seat.log.head().size
    note = f"{size:,} records, {crews} crews, {missing} missing; others append before each line"
    for what, figures, most in (
        ("a line read back", desk.read_back, READ_BACK_MS),
        ("a line recorded, what it moved, who is missing", desk.append, APPEND_MS),
    ):
        yield _line(f"{what}, {crews} crews, by the clock", [e.clock for e in figures], most, note)
        yield _line(f"{what}, of the processor", [e.processor for e in figures], most, note)


def pasted(folder: Path, rounds: int) -> Iterator[Line]:
    """A whole rally out of a pipe: the command that opens the desk, takes 108 lines and ends."""
    founded, file = folder / "loop.db", folder / "pasted.db"

    def typed(*words: object) -> Said:
        return Said(0, run(rally(*map(str, words), "--ledger", str(founded))), "")

    found_the_loop(typed)
    text = "\n".join([*a_rally_in_lines(), ""])
    by = ("--by", "Ann", "--role", "timekeeper", "--clock-is-right")
    figures = []
    for _ in range(rounds):
        shutil.copy(founded, file)
        with timed() as watch:
            said = run(rally("desk", *by, "--ledger", str(file)), text)
        if "\n108 lines recorded" not in said:
            raise SystemExit(f"Not all of it is on record:\n{said[-500:]}")
        figures.append(watch.seconds)
    yield Line(
        "108 records pasted, by the clock",
        statistics.median(figures),
        "s",
        spread=(min(figures), max(figures)),
        target=Target(PASTED_S, at_most=True),
        note="12 crews on 3 stages, the whole command with its start",
    )


def _line(what: str, figures: Sequence[float], most: float, note: str) -> Line:
    spread = min(figures), percentile(list(figures), 95)
    target = Target(most, at_most=True)
    return Line(what, statistics.median(figures), "ms", spread=spread, target=target, note=note)


@click.command(help=__doc__.replace("\n\n", "\n\n\b\n"))
@click.option("--records", default=20_000, show_default=True)
@click.option("--crews", default=(100, 500), show_default=True, multiple=True)
@click.option("--stages", default=14, show_default=True)
@click.option("--lines", "count", default=120, show_default=True, help="How many are entered.")
@click.option("--json", "as_json", is_flag=True)
def main(records: int, crews: Sequence[int], stages: int, count: int, *, as_json: bool) -> None:
    """Measure it; the exit code is 1 where a line is not met."""
    with tempfile.TemporaryDirectory(prefix="rally-bench-") as folder:
        told = machine(Path(folder))
        found: list[Line] = []
        for each in crews:
            file = in_the_middle(Path(folder), Size(records, each, stages, 1))
            found += lines(file, count)
        found += pasted(Path(folder), PASTED)
        tell(found, as_json, told)
    raise SystemExit(1 if any(each.met is False for each in found) else 0)


if __name__ == "__main__":
    main()
