"""Proofs out of a log: of a record, of growth, and that nothing was left out for a crew."""

from __future__ import annotations

import gzip
import hashlib
import random
import statistics
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from cli.office.keys import Signing
from cli.office.proving import of_a_record, of_a_subject, of_growth, up_to
from ledger.proofs.complete import complete, read_complete
from ledger.proofs.ed25519 import new_key
from ledger.proofs.remembered import Remembered
from tests.bench.ledgers import Size, simulated
from tests.bench.reads import Subject, subject
from tests.bench.rounds import timed
from tests.bench.table import Line, Target

RECORDS, CREWS = 20_000, 80
MOST_MS, MOST_S, MOST_MB = 100, 2, 2


def proofs(large: Path, folder: Path, size: Size, rounds: int) -> Iterator[Line]:
    """A proof of a record and one of growth in a long log, then one of all that bears on a crew."""
    of = subject(large)
    yield from of_a_long_log(of, folder, rounds, size.seed)
    records, crews = min(RECORDS, size.records), min(CREWS, size.crews)
    asked = size._replace(records=records, crews=crews)
    yield from of_a_crew(simulated(folder / "crew.db", asked), folder, rounds)


def _key(folder: Path, of: Subject) -> Signing:
    """A key, always the same one, and what it signed before of that log."""
    made = new_key(lambda count: hashlib.sha256(b"").digest()[:count])
    return Signing(made, Remembered(folder / f"signed-{of.size}"))


def of_a_long_log(of: Subject, folder: Path, rounds: int, seed: int) -> Iterator[Line]:
    """A proof of a record, and one that the log has only grown."""
    seen, key = of.office.view(of.log), _key(folder, of)
    draw = random.Random(seed)
    with tempfile.NamedTemporaryFile(suffix=".checkpoint") as file:
        earlier = of.office.view(of.log, f"#{of.size // 3 + 1}")
        file.write(up_to(earlier, None, lambda: key).checkpoint.to_bytes())
        file.flush()
        works: dict[str, Callable[[], object]] = {
            "prove, a record": lambda: of_a_record(
                seen, f"#{draw.randint(1, of.size)}", up_to(seen, None, lambda: key)
            ),
            "prove --since": lambda: of_growth(
                seen, Path(file.name), up_to(seen, None, lambda: key)
            ),
        }
        for what, work in works.items():
            spent = [_ms(work) for _ in range(rounds)]
            yield Line(
                what,
                statistics.median(spent),
                "ms",
                spread=(min(spent), max(spent)),
                target=Target(MOST_MS, at_most=True),
                note=f"in process, {of.size:,} records",
            )
    of.office.ledger.close()


def of_a_crew(file: Path, folder: Path, rounds: int) -> Iterator[Line]:
    """A proof that nothing was left out for a crew: how long it takes, and what it weighs."""
    of = subject(file)
    seen, key = of.office.view(of.log), _key(folder, of)
    made, held, data = list[float](), list[float](), b""
    for _ in range(rounds):
        with timed() as watch:
            up = up_to(seen, None, lambda: key)
            data = of_a_subject(seen, "crew", "1", up, (), blind=False)[0].proof.to_bytes()
        made.append(watch.seconds)
        with timed() as watch:
            complete(read_complete(data, "it"), "it")
        held.append(watch.seconds)
    note = f"in process, {of.size:,} records"
    for what, spent in (("prove --crew", made), ("verify --proof, of a crew", held)):
        seconds, spread = statistics.median(spent), (min(spent), max(spent))
        yield Line(what, seconds, "s", spread=spread, target=Target(MOST_S, True), note=note)
    packed = len(gzip.compress(data, mtime=0)) / 10**6
    yield Line("prove --crew, compressed", packed, "MB", target=Target(MOST_MB, True), note=note)
    of.office.ledger.close()


def _ms(work: Callable[[], object]) -> float:
    with timed() as watch:
        work()
    return watch.ms
