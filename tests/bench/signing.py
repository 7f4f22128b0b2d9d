"""What signing costs: a batch, an act, any moment; and how long proofs take.

    python -m tests.bench.signing
    python -m tests.bench.signing --records 2500 --crews 20 --long 5000 --rounds 3

A batch as a timing system delivers it, of 1,000 readings, takes at most 10 % longer with its
signature, and an act with a key file at most 3 ms longer, in a process that has the ledger open.
What an agent and whole commands take is told, and not judged. The same rally is put on record
twice, once with keys of office, rules that ask for all acts to be signed, and each act signed: its
standings at random moments take at most half as long again, and have the same rows. A proof of a
record and one of growth in a long log take at most 100 ms, one of all that bears on a crew 2 s,
and 2 MB compressed.
"""

from __future__ import annotations

import contextlib
import os
import random
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import click
import msgspec

from cli.office.keys import AGENT, made, signer
from cli.office.office import Office
from ledger.commands.record import RecordOccurrence
from ledger.grouping import grouped
from ledger.log import Ledger, Log
from ledger.proofs.ed25519 import SigningKey
from ledger.signatory import Signatory, signature_over
from ledger.times import Instant
from ledger.vocabulary import (
    KeyRegistered,
    Occurrence,
    PassingRecorded,
    PenaltyGiven,
    RallyConstituted,
    RegulationsAdopted,
    canonical,
    occurrence_id,
)
from ledger.vocabulary.keys import ORGANISER
from ledger.wanted import WANTED
from projections.desk.judging import judge
from projections.results.standings import standings
from projections.timeline.timeline import Timeline
from tests.bench.ledgers import Size, log_of, now, rally, run, simulated
from tests.bench.machine import machine
from tests.bench.proofs import CREWS, RECORDS, of_a_crew, of_a_long_log
from tests.bench.reads import Subject
from tests.bench.rounds import Rounds, in_turn, timed
from tests.bench.table import Line, Target, tell
from tests.signing import key

BATCH = 1_000
A_TENTH_MORE, MORE_MS, GROWTH = 1.1, 3.0, 1.5
SIGNED, UNSIGNED = "signed", "unsigned"
STEWARDS, TIMEKEEPER = "stewards", "timekeeper"
CLOCKS = ("by the clock", "of the processor")
AT = Instant(1_469_000_000_000, 480)
Work = Callable[[], object]


def measured(rounds: int, works: Mapping[str, Work]) -> dict[str, Rounds]:
    """Each work in turn, in milliseconds: by the clock, and of the processor, commands included."""
    used = dict[str, list[float]]()

    def ms(name: str) -> float:
        begun = _processor()
        with timed() as watch:
            works[name]()
        used.setdefault(name, []).append((_processor() - begun) * 1000)
        return watch.ms

    by_clock = in_turn(rounds, {name: lambda name=name: ms(name) for name in works})  # type: ignore[misc]
    return dict(zip(CLOCKS, (by_clock, Rounds(used)), strict=True))


def _held(found: Rounds, what: str, against: str, target: Target | None, note: str) -> Line:
    """What is signed, held against the same that is not."""
    here, there = found.median(SIGNED), found.median(UNSIGNED)
    return Line(what, here, "ms", against, there, *found.ratio(SIGNED, UNSIGNED), target, note)


def _processor() -> float:
    """What was used of the processor here and by commands (seconds)."""
    of_commands = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + of_commands.ru_utime + of_commands.ru_stime


# -- a batch ---------------------------------------------------------------------------------------


def batches(folder: Path, rounds: int) -> Iterator[Line]:
    """Readings of a timing system, from objects to the disk, with their signature and without."""
    logs = {name: _begun(folder / f"{name}.db") for name in (SIGNED, UNSIGNED)}
    logs[SIGNED].recorder.signatory = Signatory(lambda: key(TIMEKEEPER))
    numbers = {name: count() for name in logs}

    def deliver(name: str) -> None:
        logs[name].append(_readings(next(numbers[name])))

    works: dict[str, Work] = {name: lambda name=name: deliver(name) for name in logs}  # type: ignore[misc]
    for each in works.values():
        each()
    for clock, found in measured(rounds, works).items():
        what, target = f"a batch of {BATCH:,}, signed, {clock}", Target(A_TENTH_MORE, at_most=True)
        yield _held(found, what, "the same unsigned", target, f"in process, {rounds} rounds")
    must_be({len(_signatures(logs[SIGNED]))}, {rounds + 2}, "signatures of the batches")


def _begun(file: Path) -> Log:
    """A new log in which keys are registered."""
    log = Ledger(str(file), now).log("bench")
    first = RallyConstituted(
        rally="bench", recorded_at=AT, by="A", role="secretary", title="Bench"
    )  # fmt: skip
    log.append([first, *_keys([TIMEKEEPER], first)])
    return log


def _keys(offices: Sequence[str], at: Occurrence, since: Instant | None = None) -> list[Occurrence]:
    """The keys of the organiser and of offices, signed by the organiser."""
    envelope: dict[str, Any] = {"rally": at.rally, "recorded_at": at.recorded_at, "by": "A"}
    registered = [
        KeyRegistered(
            **envelope, role=ORGANISER, office=each, key=key(each).public.line, from_at=since
        )
        for each in (ORGANISER, *offices)
    ]
    return [*_signatures_over(registered, ORGANISER), *registered]


def _signatures_over(said: Sequence[Occurrence], office: str) -> list[Occurrence]:
    ids = [occurrence_id(canonical(each)) for each in said]
    return [signature_over(key(office), office, ids, said[0])]


def _readings(number: int) -> list[PassingRecorded]:
    times = ((each, number * BATCH + each) for each in range(BATCH))
    return [
        PassingRecorded(
            rally="bench",
            recorded_at=AT,
            by="finish",
            role=TIMEKEEPER,
            number=str(1 + each % 100),
            stage=f"SS{1 + number % 14}",
            point="ASS",
            fact_at=Instant(AT.ms + ms, AT.offset),
        )
        for each, ms in times
    ]


def _signatures(log: Log) -> list[int]:
    return log.positions(["ActsSigned"])


# -- the same rally, signed and not ----------------------------------------------------------------


class Rally(NamedTuple):
    """A rally as it is put on record with keys of office, or without."""

    file: Path
    log: Log


def rallies(folder: Path, size: Size) -> dict[str, Rally]:
    """A synthetic rally, once with keys and rules that ask for signatures, and once without."""
    said = [e.occurrence() for e in log_of(simulated(folder / "simulated.db", size)).read()]
    return {name: _put_on_record(folder / f"rally-{name}.db", said, name) for name in _BOTH}


_BOTH = (SIGNED, UNSIGNED)


def _put_on_record(file: Path, said: Sequence[Occurrence], name: str) -> Rally:
    log = Ledger(str(file), now).log(said[0].rally)
    offices = sorted({each.role for each in said if each.role} | {STEWARDS})
    if name == SIGNED:
        since = min((each.recorded_at for each in said), key=lambda each: each.ms)
        founded = [*_signatures_over(said[:1], said[0].role), said[0]]
        log.append([*founded, *_keys(offices, said[0], since)])
        said = [_asking(each, offices) for each in said[1:]]
    for begin in range(0, len(said), BATCH):
        some = said[begin : begin + BATCH]
        by_office = grouped((each.role, each) for each in some if each.role)
        over = [e for office, of_it in by_office.items() for e in _signatures_over(of_it, office)]
        log.append([*(over if name == SIGNED else ()), *some])
    return Rally(file, log)


def _asking(said: Occurrence, offices: Sequence[str]) -> Occurrence:
    """An occurrence; regulations then ask for every act of these offices to be signed."""
    if not isinstance(said, RegulationsAdopted):
        return said
    wanted = {WANTED: (f"any act of {' and '.join(offices)}",)}
    return msgspec.structs.replace(said, parameters={**said.parameters, **wanted})


def acts(of: Mapping[str, Rally], folder: Path, rounds: int) -> Iterator[Line]:
    """A penalty of the stewards, with a key in a file, with one that an agent holds, and without.

    Of those that are signed the rules ask it, and the key is on record.
    """
    file = folder / STEWARDS
    _keep(key(STEWARDS), file)
    numbers, unsigned = count(1), of[UNSIGNED].log
    at = unsigned.at(unsigned.head().size).occurrence().recorded_at

    def give(log: Log) -> None:
        given: dict[str, Any] = {"rally": log.rally, "recorded_at": at, "by": "Ann"}
        said = PenaltyGiven(
            **given, role=STEWARDS, number="1", stage="SS2", amount_ms=1000 * next(numbers)
        )
        log.act(lambda: RecordOccurrence(said, judge))

    of[SIGNED].log.recorder.signatory = Signatory(lambda: signer(str(file), str))
    works: dict[str, Work] = {name: lambda e=each.log: give(e) for name, each in of.items()}  # type: ignore[misc]
    with _agent(file, folder) as agent:
        if agent:
            log = Ledger(str(of[SIGNED].file), now).log(of[SIGNED].log.rally)
            log.recorder.signatory = Signatory(lambda: signer(AGENT, str))
            works[AGENT] = lambda: give(log)
        for work in works.values():
            work()
        yield from _more(measured(rounds, works), "in process, the ledger open")
    for name in of:
        of[name].log.recorder.signatory = None
    words = ["PenaltyGiven", "number=1", "stage=SS2", "--by", "Ann", "--role", STEWARDS]
    words.append("--clock-is-right")

    def command(name: str) -> None:
        with_key = ["--sign-with", str(file)] if name == SIGNED else []
        more = [f"amount_ms={1000 * next(numbers)}", "--ledger", str(of[name].file)]
        run(rally(*with_key, "record", *words, *more))

    if fewer := rounds // 3:
        found = measured(fewer, {e: lambda e=e: command(e) for e in of})  # type: ignore[misc]
        yield from _more(found, "whole processes, log with keys and without", judged=False)


def _more(found: Mapping[str, Rounds], note: str, *, judged: bool = True) -> Iterator[Line]:
    """By how much what is signed takes longer, in the median of the rounds."""
    for clock, rounds in found.items():
        for name in (each for each in rounds.figures if each != UNSIGNED):
            pairs = zip(rounds.figures[name], rounds.figures[UNSIGNED], strict=True)
            more = [one - other for one, other in pairs]
            by = "an agent" if name == AGENT else "a key file"
            yield Line(
                f"an act signed with {by}: more, {clock}",
                statistics.median(more),
                "ms",
                "unsigned it takes",
                rounds.median(UNSIGNED),
                spread=(min(more), max(more)),
                target=Target(MORE_MS, at_most=True) if judged and name == SIGNED else None,
                note=note,
            )


def _keep(own: SigningKey, file: Path) -> None:
    """Have a key in a file, as `rally key new` has it."""
    made(file, lambda many: b"0" * many)
    file.write_bytes(own.file())


@contextlib.contextmanager
def _agent(file: Path, folder: Path) -> Iterator[bool]:
    """An agent that holds the key of a file, if there is such a program."""
    if shutil.which("ssh-agent") is None:
        yield False
        return
    socket = folder / "agent"
    running = subprocess.Popen(["ssh-agent", "-D", "-a", str(socket)], stdout=subprocess.DEVNULL)
    before = os.environ.get("SSH_AUTH_SOCK")
    try:
        while not socket.exists():
            time.sleep(0.01)
        os.environ["SSH_AUTH_SOCK"] = str(socket)
        subprocess.run(["ssh-add", "-q", str(file)], check=True, capture_output=True)
        yield True
    finally:
        running.terminate()
        running.wait()
        os.environ.pop("SSH_AUTH_SOCK")
        if before is not None:
            os.environ["SSH_AUTH_SOCK"] = before


def moments(of: Mapping[str, Rally], rounds: int, seed: int) -> Iterator[Line]:
    """The standings at random moments, with only the timeline remembered; and the timeline."""
    timelines = dict[str, Timeline]()
    built = measured(3, {name: lambda n=name: _built(n, of, timelines) for name in of})  # type: ignore[misc]
    sizes = {name: each.log.head().size for name, each in of.items()}
    rows = {name: len(standings(timelines[name].at(sizes[name])).rows) for name in of}
    must_be({rows[SIGNED]}, {rows[UNSIGNED]}, "the rows of the standings")
    must_be({timelines[SIGNED].serves(sizes[SIGNED])}, {True}, "that the timeline tells it")
    shares = {name: random.Random(seed) for name in of}

    def ask(name: str) -> None:
        at = sizes[name] // 4 + int(shares[name].random() * sizes[name] * 3 / 4)
        standings(timelines[name].at(at))

    asked = measured(rounds, {name: lambda n=name: ask(n) for name in of})  # type: ignore[misc]
    for what, found, target in (
        ("the timeline from nothing", built, None),
        ("the standings at a position", asked, Target(GROWTH, at_most=True)),
    ):
        for clock, each in found.items():
            note = f"every act is to be signed, {sizes[UNSIGNED]:,} records"
            yield _held(each, f"{what}, {clock}", "the same log unsigned", target, note)


def _built(name: str, of: Mapping[str, Rally], timelines: dict[str, Timeline]) -> None:
    timelines[name] = Timeline(of[name].log)
    timelines[name].carry(of[name].log.head().size)


def long_log(file: Path, records: int) -> Subject:
    """A log of so many readings."""
    log = _begun(file)
    for number in range(-(-records // BATCH)):
        log.append(_readings(number))
    office = Office(Ledger(str(file), now))
    return Subject(office, office.log(), log.head().size)


def must_be(found: set[Any], wanted: set[Any], what: str) -> None:
    """Check what was measured: else it says nothing.

    Raises:
        SystemExit: it is something else.
    """
    if found != wanted:
        raise SystemExit(f"{what}: {found} and not {wanted}")


@click.command(help=__doc__.replace("\n\n", "\n\n\b\n"))
@click.option("--records", default=RECORDS, show_default=True, help="Of the rally that is signed.")
@click.option("--long", default=1_000_000, show_default=True, help="Of the log that is proven.")
@click.option("--crews", default=CREWS, show_default=True)
@click.option("--stages", default=14, show_default=True)
@click.option("--rounds", default=41, show_default=True)
@click.option("--seed", default=7, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def main(
    records: int, long: int, crews: int, stages: int, rounds: int, seed: int, *, as_json: bool
) -> None:
    """Measure it; the exit code is 1 where a line is not met."""
    with tempfile.TemporaryDirectory(prefix="rally-bench-") as name:
        folder = Path(name)
        told = machine(folder)
        found = [*batches(folder, rounds)]
        of = rallies(folder, Size(records, crews, stages, seed))
        found += [*moments(of, rounds, seed), *acts(of, folder, rounds)]
        found += of_a_crew(folder / "simulated.db", folder, max(rounds // 4, 1))
        found += of_a_long_log(long_log(folder / "long.db", long), folder, rounds, seed)
        tell(found, as_json, told)
    if any(each.met is False for each in found):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
