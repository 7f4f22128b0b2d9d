"""`python -m tests.bench`: the whole table."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click

import tests.bench
from tests.bench.appends import appends
from tests.bench.arrivals import arrivals
from tests.bench.check import A_SHARE, checked
from tests.bench.commands import COMPUTED, CREWS, RECORDS, commands
from tests.bench.ledgers import Size, copied, log_of, simulated
from tests.bench.machine import load, machine
from tests.bench.moments import cold, moments, rebuilt, subject
from tests.bench.plain_moment import plain_moments
from tests.bench.proofs import proofs
from tests.bench.reads import reads
from tests.bench.replays import replays, replays_of_rivals
from tests.bench.table import Line, tell

SMALL = 10
"""The small rally has a tenth of the records, of the same crews."""


class Effort(NamedTuple):
    """How much is measured."""

    rounds: int
    rebuilds: int
    sample: int
    moments: int
    starts: int
    fresh: int
    each: int
    batch: int


THOROUGH = Effort(7, 3, 50_000, 200, 9, 41, 200, 5_000)
QUICK = Effort(1, 1, 2_000, 20, 1, 5, 50, 1_000)
FEWEST = 250
"""A crew on a stage makes some records at least: a smaller rally has fewer crews."""


def lines(
    large: Path, small: Path, folder: Path, effort: Effort, sizes: tuple[Size, Size]
) -> Iterator[Line]:
    """Everything that is measured, one after the other."""
    seed = sizes[0].seed
    yield from rebuilt(large, effort.rebuilds)
    log = log_of(large)
    yield from replays(log, large, effort.rounds)
    yield from replays_of_rivals(log, folder, effort.sample, effort.rounds)
    of_large, of_small = subject(large), subject(small)
    yield from moments(of_large, of_small, effort.moments, seed)
    yield from plain_moments(of_large, effort.moments, seed)
    many, few = (
        subject(simulated(folder / f"judged-{each.records}.db", each, COMPUTED)) for each in sizes
    )
    yield from moments(many, few, effort.moments, seed, ", penalties computed")
    yield from cold(large, log, effort.starts, seed)
    yield from reads(large, small, effort.starts, seed)
    yield from proofs(large, folder, sizes[0], effort.starts)
    records, crews, *_ = sizes[0]
    asked = sizes[0]._replace(records=min(RECORDS, records), crews=min(CREWS, crews))
    yield from commands(folder, asked, effort.starts)
    yield from appends(log, folder, effort.rounds, effort.each, effort.batch)
    yield from arrivals(of_large, effort.fresh)


@click.command(help=tests.bench.__doc__.replace("\n\n", "\n\n\b\n"))
@click.option("--records", default=1_000_000, show_default=True, help="How many records it has.")
@click.option("--crews", default=500, show_default=True, help="How many crews enter.")
@click.option("--stages", default=14, show_default=True, help="How many stages it has.")
@click.option("--seed", default=7, show_default=True, help="Which rally of them all.")
@click.option("--ledger", type=Path, help="A ledger with a simulated rally, instead of a new one.")
@click.option("--small", type=Path, help="One of a tenth of the records, instead of a new one.")
@click.option("--quick", is_flag=True, help="Only show that everything can be measured.")
@click.option(
    "--check", type=click.IntRange(1), help="Measure nothing: ask at so many moments, twice."
)
@click.option(
    "--processes",
    type=click.IntRange(1),
    default=os.cpu_count,
    help="How many share the check (default: one for each core).",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def main(
    records: int,
    crews: int,
    stages: int,
    seed: int,
    ledger: Path | None,
    small: Path | None,
    quick: bool,
    check: int | None,
    processes: int,
    as_json: bool,
) -> None:
    """Measure, print the table, and say whether all targets are met."""
    size = Size(records, min(crews, max(records // FEWEST, 1)), stages, seed)
    less = size._replace(records=max(records // SMALL, size.crews * stages * 7))
    with tempfile.TemporaryDirectory(prefix="rally-bench-") as name:
        folder = Path(name)
        big, little = folder / "large.db", folder / "small.db"
        if check:
            _prepare(big, ledger, size)
            raise SystemExit(_check(big, check, seed, processes))
        told = machine(folder)
        for file, given, wanted in ((big, ledger, size), (little, small, less)):
            _prepare(file, given, wanted)
        found = []
        effort = QUICK if quick else THOROUGH
        for line in lines(big, little, folder, effort, (size, less)):
            found.append(line)
            told_now = "  ".join(each for each in line.cells()[:-1] if each)
            click.echo(f"{len(found):3} {told_now}", err=True)
        told["load_after"] = load()
    tell(found, as_json, told)
    missed = [each.what for each in found if each.met is False]
    raise SystemExit(1 if missed and not quick else 0)


def _prepare(file: Path, given: Path | None, wanted: Size) -> None:
    if given is None:
        simulated(file, wanted)
    else:
        copied(given, file)


def _check(file: Path, count: int, seed: int, processes: int) -> int:
    """Say where the timeline answers otherwise than a replay; answers the exit code."""
    found = []
    for each in checked(file, count, seed, processes):
        found.append(each)
        if len(found) % A_SHARE == 0:
            click.echo(f"{len(found)} of {count} …", err=True)
        if not each.same:
            click.echo(f"#{each.position}, instant {each.instant}: NOT as replayed")
    indexed, many = sum(each.indexed for each in found), sum(each.rows > 0 for each in found)
    wrong = sum(not each.same for each in found)
    click.echo(
        f"{len(found)} moments, {indexed} answered by the timeline, {many} with standings: "
        + (f"{wrong} NOT as replayed" if wrong else "all as replayed")
    )
    return 1 if wrong else 0


main()
