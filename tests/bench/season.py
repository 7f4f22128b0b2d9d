"""A season: `rally season` over fourteen rallies, and after a ruling in one of them.

    python -m tests.bench.season
    python -m tests.bench.season --ledger season.db

Fourteen synthetic rallies of 20,000 records each are made in one ledger, with a bulletin each that
says what scores; `--ledger` keeps it, and takes it as it is the next time. The whole command is
measured, a process of its own that opens the ledger anew, its timelines built before, and the
points of each rally kept: a second in the median, by the clock and of the processor, with all of
its rows compared with those that are computed from a replay of every record. Then a crew is
disqualified in one rally: the rows change as its points do, the first command after it computes
them of that rally alone, and in a process that had looked at all of them only its timeline is
carried forward.
"""

from __future__ import annotations

import json
import resource
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from cli.office.asking import Cuts
from cli.office.office import Office
from cli.office.reads import READS
from ledger.log import Ledger
from projections.results.season import season
from projections.state.facts import fold
from projections.state.rally import RallyState
from tests.bench.ledgers import Size, now, rally, run, simulated
from tests.bench.machine import machine
from tests.bench.rounds import timed
from tests.bench.table import Line, Target, tell

MOST_S = 1.0
SCALES = "overall: 25 18 15 12 10 8 6 4 2 1;SS{last}: 5 4 3 2 1"
RULES = (
    *("points.scorers=everybody", "points.shared_place=each"),
    *("season.counting=all", "season.ties=places"),
)
BY = ("--by", "Ann Lee", "--role", "stewards", "--clock-is-right")


def made(file: Path, rallies: int, size: Size) -> Path:
    """A ledger with so many synthetic rallies, each with what scores; and its timelines."""
    for number in range(1, rallies + 1):
        simulated(file, size._replace(seed=number))
        rules = (f"points.scales={SCALES.format(last=size.stages)}", *RULES)
        bulletin = ("record", "BulletinIssued", "bulletin=points", *rules, *BY)
        run(rally(*bulletin, "--ledger", str(file), "--rally", f"synthetic-{number}"))
        click.echo(f"{number} of {rallies} rallies.", err=True)
    return file


def asked(file: Path) -> tuple[list[dict[str, Any]], float, float]:
    """What the command says, and how long it took: by the clock, of the processor (s)."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with timed() as watch:
        said = run(rally("season", "--json", "--ledger", str(file)))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    rows: list[dict[str, Any]] = json.loads(said)["rows"]
    return rows, watch.seconds, used


def replayed(ledger: Ledger) -> list[tuple[str, Any, dict[str, Any]]]:
    """The same rows from every record of every rally."""
    states = {c: RallyState(fold(ledger.log(c).read()).facts()) for c in ledger.rallies()}
    return [(each.name, each.points, each.rallies) for each in season(states).rows]


def told(rows: list[dict[str, Any]]) -> list[tuple[str, Any, dict[str, Any]]]:
    """The rows of the command in that form."""
    return [(each["name"], each["points"], each["rallies"]) for each in rows]


def must_be(found: object, wanted: object, what: str) -> None:
    """Nothing is measured of an answer that is wrong.

    Raises:
        SystemExit: it is.
    """
    if found != wanted:
        raise SystemExit(f"{what}: {found} is not {wanted}.")


def lines(file: Path, rounds: int) -> Iterator[Line]:
    """The command as it is, and after a ruling in one rally."""
    ledger = Ledger(str(file), now)
    office = Office(ledger, keeps=False)
    codes = ledger.rallies()
    asked(file)  # from now on timelines are kept beside the logs
    yield from _measured("rally season", file, rounds, ledger)
    of_all = {}
    READS["season"].ask(office.views(Cuts()), {})
    for code in codes:
        of_all[code] = office.timelines.of(ledger.log(code)).index.position
    first, *_ = asked(file)[0]
    ruled = next(code for code in codes if first["rallies"].get(code))
    _rule(file, ruled, first["name"])
    rows, *taken = asked(file)
    for clock, seconds in zip(("by the clock", "of the processor"), taken, strict=True):
        yield Line(f"the first after a ruling in one rally, {clock}", seconds, "s", note="once")
    # Who has no points left is in no line.
    of_whom = (each["rallies"] for each in rows if each["name"] == first["name"])
    moved: dict[str, Any] = next(of_whom, {})
    must_be(
        {code for code in codes if moved.get(code) != first["rallies"].get(code)},
        {ruled},
        "the rallies in which the points of who was ruled on are others",
    )
    again = office.views(Cuts())
    must_be(told(READS["season"].ask(again, {}).json()["rows"]), told(rows), "asked in one process")
    carried = {
        code
        for code in codes
        if office.timelines.of(ledger.log(code)).index.position != of_all[code]
    }
    must_be(carried, {ruled}, "the timelines that were carried forward")
    yield from _measured("those after it", file, rounds, ledger)
    ledger.close()


def _measured(what: str, file: Path, rounds: int, ledger: Ledger) -> Iterator[Line]:
    found = [asked(file) for _ in range(rounds)]
    wanted = replayed(ledger)
    if not wanted:
        raise SystemExit("There are no rows.")
    for rows, *_ in found:
        must_be(told(rows), wanted, "the rows of the command against a replay")
    size = sum(ledger.log(code).head().size for code in ledger.rallies())
    note = f"{len(ledger.rallies())} rallies, {size:,} records, {len(wanted)} rows; whole processes"
    for clock, figures in (
        ("by the clock", [each[1] for each in found]),
        ("of the processor", [each[2] for each in found]),
    ):
        spread = min(figures), max(figures)
        target = Target(MOST_S, at_most=True)
        taken = statistics.median(figures)
        yield Line(f"{what}, {clock}", taken, "s", spread=spread, target=target, note=note)


def _rule(file: Path, code: str, name: str) -> None:
    """The crews with which somebody scored in one rally are disqualified."""
    where = ("--ledger", str(file), "--rally", code)
    rows = json.loads(run(rally("points", "--json", *where)))["rows"]
    for number in next(each["numbers"] for each in rows if each["name"] == name):
        words = ("record", "CrewDisqualified", f"number={number}", "--reason", "the vehicle")
        run(rally(*words, *BY, *where))


@click.command(help=__doc__.replace("\n\n", "\n\n\b\n"))
@click.option("--rallies", default=14, show_default=True)
@click.option("--records", default=20_000, show_default=True, help="How many records each has.")
@click.option("--crews", default=120, show_default=True)
@click.option("--stages", default=14, show_default=True)
@click.option("--rounds", default=9, show_default=True, help="How often the command is asked.")
@click.option("--ledger", type=Path, help="A ledger to be kept, or that was made before.")
@click.option("--json", "as_json", is_flag=True)
def main(
    rallies: int,
    records: int,
    crews: int,
    stages: int,
    rounds: int,
    ledger: Path | None,
    *,
    as_json: bool,
) -> None:
    """Measure it; the exit code is 1 where a line is not met."""
    with tempfile.TemporaryDirectory() as folder:
        file = ledger or Path(folder) / "season.db"
        if not file.exists():
            made(file, rallies, Size(records, crews, stages, 1))
        found = list(lines(file, rounds))
        tell(found, as_json, machine(Path(folder)))
    if any(each.met is False for each in found):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
