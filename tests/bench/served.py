"""The server: how long its answers take, uncached and cached, and how many it gives to a crowd.

    python -m tests.bench.served                                # 100,000 and 1,000,000 records
    python -m tests.bench.served --ledger small.db --long big.db

Needs the extra `web`. Every answer that is timed is asked whether it has rows. Nothing leaves this
machine: requests reach the application within one process, or a server by its loopback.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import click
import msgspec
from starlette.types import ASGIApp

from cli.main import MANY_THINGS
from cli.web.apart import site_of
from cli.web.build import BUILD
from cli.web.once import Response, answered
from cli.web.serving import site_served
from ledger.log import Log
from ledger.vocabulary import PassingRecorded
from tests.bench.constant import PATH
from tests.bench.crowd import Answered, Crowd
from tests.bench.ledgers import ROOT, Size, rally, run, simulated
from tests.bench.machine import load, machine
from tests.bench.rounds import in_turn, percentile
from tests.bench.table import Line, Target, tell

STANDINGS_MS, KEPT_MS, LOG_MS, TIME_MS, WHY_MS = 15, 2, 20, 20, 100
CLIENTS, OF_A_CONSTANT = 100, 0.5
MOMENTS_KEPT = 20
"""The crowd asks for so many moments."""
SEED, EARLY = 7, 2
"""Moments lie in the second half of a log, where the lists are long."""


class Asked(NamedTuple):
    """What is asked: the page and its query, the limit (ms), and what shows that it has rows.

    A crew and a stage that the log tells of early are put in. `by_time` asks for the moment by its
    time; the answer is the address of its position.
    """

    page: str
    most_ms: float
    sign: bytes
    query: str = ""
    by_time: bool = False


ROWS, RECORDS, ADDENDS = b'{"place":', b'<a class="record"', b'<li class="addend'
STANDINGS = {
    "standings as JSON": Asked("standings.json", STANDINGS_MS, ROWS),
    "standings as a page": Asked("standings", STANDINGS_MS, b"<tr data-number="),
}
AT_ANY_LENGTH = {
    "the log, a page": Asked("log", LOG_MS, RECORDS),
    "the log as JSON": Asked("log.json", LOG_MS, b'"position":', "&newest=100"),
    "the log of a crew on a stage, a page": Asked(
        "log", LOG_MS, RECORDS, "&crew={number}&stage={stage}"
    ),
    "the log of entries, a page": Asked("log", LOG_MS, RECORDS, "&type=CrewEntered"),
    "a moment given as a time": Asked("standings", TIME_MS, b"", by_time=True),
    "why, a page": Asked("why/{number}", WHY_MS, ADDENDS),
    "why as JSON": Asked("why/{number}.json", WHY_MS, b'{"ms":'),
}


class Subject(NamedTuple):
    """A ledger as it is served: its application, and what its log says of moments."""

    app: ASGIApp
    log: Log
    size: int
    seen: PassingRecorded

    @property
    def base(self) -> str:
        """The address of its rally."""
        return f"/{quote(self.log.rally, safe='')}"


def subject(file: Path) -> Subject:
    """A ledger that is served, its timeline carried to the end of the log."""
    site = site_of(str(file), "", replays=False)
    (code,) = site.rallies()
    log = site.log(code)
    served = site_served(site, str(file), "")
    asyncio.run(served.readiness.make())
    gc.set_threshold(MANY_THINGS)  # as the command does that serves
    size = log.head().size
    (record,) = log.newest(1, until=size // EARLY, types=[PassingRecorded.type_name()])
    seen = record.occurrence()
    assert isinstance(seen, PassingRecorded)
    return Subject(served.app(), log, size, seen)


class Spent(NamedTuple):
    """How long answers took (ms): by the clock, and of the processor."""

    wall: list[float]
    cpu: list[float]

    def line(self, what: str, most_ms: float, note: str) -> Line:
        """The line of it."""
        cpu = statistics.median(self.cpu)
        return Line(
            f"{what}: median",
            statistics.median(self.wall),
            "ms",
            spread=(min(self.wall), percentile(self.wall, 95)),
            target=Target(most_ms, at_most=True),
            note=f"{note}; CPU {cpu:.2f} ms; up to the 95th percentile",
        )


async def uncached(of: Subject, what: str, asked: Asked, count: int) -> Spent:
    """So many answers at random moments, none of which was asked before."""
    dice, spent = random.Random(f"{SEED} {what}"), Spent([], [])
    met: set[int] = set()
    await _asked(of, asked, of.size)  # what is made once, when it is first asked for
    while len(spent.wall) < count:
        position = dice.randint(of.size // EARLY, of.size - 1)
        if position in met:
            continue
        met.add(position)
        await _asked(of, asked, position, spent)
    return spent


async def cached(of: Subject, what: str, asked: Asked, count: int) -> Spent:
    """The same, each of which was answered just now."""
    dice, spent = random.Random(f"{SEED} {what} again"), Spent([], [])
    for position in dice.sample(range(of.size // 2, of.size), count):
        first = await _asked(of, asked, position)
        assert first.body == (await _asked(of, asked, position, spent)).body
    return spent


async def _asked(of: Subject, asked: Asked, position: int, spent: Spent | None = None) -> Response:
    """An answer, which has rows."""
    moment = f"{position}&v={BUILD}"
    if asked.by_time:
        moment = quote(of.log.at(position).occurrence().recorded_at.iso())
    told = f"{asked.page}?at={moment}{asked.query}"
    target = f"{of.base}/{told.format(number=of.seen.number, stage=of.seen.stage)}"
    cpu, wall = time.process_time(), time.perf_counter()
    found = await answered(of.app, target)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    leads = found.headers.get("location", "") if asked.by_time else ""
    if not (f"&v={BUILD}" in leads if asked.by_time else asked.sign in found.body):
        raise SystemExit(f"{target}: {found.status}, and nothing is in it.")
    if spent is not None:
        spent.wall.append(wall * 1000)
        spent.cpu.append(cpu * 1000)
    return found


def answers(file: Path, long: Path, count: int) -> Iterator[Line]:
    """Answers of the application itself, one after the other."""
    of = subject(file)
    size = f"{of.size:,} records"
    for what, asked in STANDINGS.items():
        spent = asyncio.run(uncached(of, what, asked, count))
        yield spent.line(what, asked.most_ms, f"{size}, {count} random moments, uncached")
        spent = asyncio.run(cached(of, what, asked, count))
        yield spent.line(f"{what}, kept", KEPT_MS, f"{size}, asked again")
    for each in (of, subject(long)):
        for what, asked in AT_ANY_LENGTH.items():
            spent = asyncio.run(uncached(each, what, asked, count))
            note = f"{each.size:,} records, {count} random moments, uncached"
            yield spent.line(what, asked.most_ms, note)


# -- a crowd --------------------------------------------------------------------------------------


class Server(NamedTuple):
    """A server that runs."""

    process: int
    port: int

    def cpu(self) -> float:
        """What its process has used of the processor up to now (s)."""
        fields = Path(f"/proc/{self.process}/stat").read_text(encoding="ascii").rpartition(")")[2]
        used = sum(int(each) for each in fields.split()[_USER : _USER + 2])
        return used / os.sysconf("SC_CLK_TCK")


_USER = 11
"""Behind the name of a process: its time, and then that of the system for it."""


@contextmanager
def served(ledger: Path) -> Iterator[Server]:
    """A ledger that is served in a process of its own, with constant answers beside it."""
    call = [sys.executable, "-m", "tests.bench.constant", str(ledger)]
    with subprocess.Popen(call, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            port = int(process.stdout.readline().rstrip("/\n").rpartition(":")[2])
            yield Server(process.pid, port)
        finally:
            process.send_signal(signal.SIGTERM)


def crowds(of: Subject, file: Path, rounds: int, requests: int) -> Iterator[Line]:
    """Clients at once on moments that are kept, against constant answers of the same lengths."""
    dice = random.Random(f"{SEED} crowd")
    moments = dice.sample(range(of.size // 2, of.size), MOMENTS_KEPT)
    with served(file) as server:
        for what, asked in STANDINGS.items():
            targets = [f"{of.base}/{asked.page}?at={each}&v={BUILD}" for each in moments]
            bodies = [asyncio.run(answered(of.app, each)).body for each in targets]
            assert all(asked.sign in each for each in bodies)
            constants = [f"{PATH}{len(each)}" for each in bodies]
            for each in (targets, constants):
                _crowd(server, each, len(each))  # so that each is kept
            yield _in_turn(server, what, targets, constants, (rounds, requests))


def _in_turn(
    server: Server,
    what: str,
    targets: Sequence[str],
    constants: Sequence[str],
    effort: tuple[int, int],
) -> Line:
    cpu: dict[str, list[float]] = {"kept": [], "constant": []}
    rounds, requests = effort

    def rate(name: str, asked: Sequence[str]) -> float:
        before = server.cpu()
        found = _crowd(server, asked, requests)
        cpu[name].append((server.cpu() - before) * 1000 / requests)
        return found.answers / found.seconds

    found = in_turn(
        rounds,
        {"kept": lambda: rate("kept", targets), "constant": lambda: rate("constant", constants)},
    )
    ratio, spread = found.ratio("kept", "constant")
    used = " and ".join(f"{statistics.median(each):.2f}" for each in cpu.values())
    return Line(
        f"{what}, kept, {CLIENTS} clients",
        found.median("kept"),
        "a second",
        "constant answers of these lengths",
        found.median("constant"),
        ratio,
        spread,
        Target(OF_A_CONSTANT),
        f"{rounds} rounds of {requests:,} each; CPU of the server for one: {used} ms; no error",
    )


def _crowd(server: Server, targets: Sequence[str], requests: int) -> Answered:
    """What a crowd got.

    Raises:
        SystemExit: an answer was no success, or is missing.
    """
    crowd = Crowd("127.0.0.1", server.port, [*targets], CLIENTS, requests)
    call = [sys.executable, "-m", "tests.bench.crowd"]
    done = subprocess.run(call, cwd=ROOT, input=msgspec.json.encode(crowd), capture_output=True)  # noqa: PLW1510
    if done.returncode:
        raise SystemExit(done.stderr.decode())
    found = Answered(**json.loads(done.stdout))
    if found.errors or found.answers != requests:
        raise SystemExit(f"{found.answers} of {requests} answers: {found.errors[:3]}")
    return found


def _made(file: Path, size: Size) -> Path:
    """A ledger that was looked at once, so its timeline is kept: a server keeps none."""
    simulated(file, size)
    run(rally("standings", "--ledger", str(file)))
    return file


@click.command(help=__doc__)
@click.option("--records", default=100_000, show_default=True)
@click.option("--long-records", default=1_000_000, show_default=True)
@click.option("--crews", default=500, show_default=True)
@click.option("--stages", default=14, show_default=True)
@click.option("--moments", default=60, show_default=True, help="How many of each kind.")
@click.option("--rounds", default=5, show_default=True, help="How many turns a crowd takes.")
@click.option("--requests", default=3000, show_default=True, help="How many of it in each.")
@click.option("--ledger", type=click.Path(path_type=Path), help="It is only read.")
@click.option("--long", type=click.Path(path_type=Path), help="One that is longer, likewise.")
@click.option("--json", "as_json", is_flag=True)
def main(
    records: int,
    long_records: int,
    crews: int,
    stages: int,
    moments: int,
    rounds: int,
    requests: int,
    ledger: Path | None,
    long: Path | None,
    *,
    as_json: bool,
) -> None:
    """Measure the server."""
    with tempfile.TemporaryDirectory(prefix="rally-bench-") as name:
        folder = Path(name)
        told = machine(folder)
        file = ledger or _made(folder / "rally.db", Size(records, crews, stages, SEED))
        longer = long or _made(folder / "long.db", Size(long_records, crews, stages, SEED))
        lines = [*answers(file, longer, moments), *crowds(subject(file), file, rounds, requests)]
        told["load_after"] = load()
    tell(lines, as_json, told)
    sys.exit(any(each.met is False for each in lines))


if __name__ == "__main__":
    main()
