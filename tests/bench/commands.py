"""Commands as they are typed, where penalties are computed: each against a cold `rally standings`.

That is of a rally of the same figures whose penalties are given: what an official would wait for
there. Whole processes, in turn, on ledgers whose timelines are kept beside the log.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.bench.ledgers import Size, rally, run, simulated
from tests.bench.rounds import in_turn, timed
from tests.bench.table import Line, Target

GIVEN, COMPUTED = "silk-way-2016", "cross-country"
RECORDS, CREWS = 60_000, 120
BY = ("--by", "The stewards", "--role", "stewards", "--dry-run")


class Asked(NamedTuple):
    """A command, and at most how many times as long as standings it may take."""

    words: tuple[str, ...]
    most: float


ASKED = {
    "standings": Asked(("standings",), 1.3),
    "decide penalty --dry-run": Asked(
        ("decide", "penalty", "1", "0:05:00", "--stage", "SS{last}", "--fact", "waypoint", *BY), 3
    ),
    "crew": Asked(("crew", "1"), 2.5),
    "outstanding": Asked(("outstanding",), 2.5),
    "publish --dry-run": Asked(
        (
            *("publish", "classification", "--after", "SS{last}", "--category", "car"),
            *("--kind", "provisional", *BY),
        ),
        2.5,
    ),
    "decisions": Asked(("decisions",), 2.5),
    "drift": Asked(("drift", "{document}"), 12),
}
"""What drifted is held against the log as it was at the cut-off, which is read anew: that takes as
many times as long as standings."""


def commands(folder: Path, size: Size, rounds: int) -> Iterator[Line]:
    """Each command on a rally with computed penalties, in turn with the standings of the other."""
    files = {each: simulated(folder / f"{each}.db", size, each) for each in (GIVEN, COMPUTED)}
    for each in files.values():  # from now on a timeline is kept beside it
        run(rally("standings", "--ledger", str(each)))
    document = _posted(files[COMPUTED], size)

    def seconds(of: str, words: tuple[str, ...]) -> float:
        said = [each.format(last=size.stages, document=document) for each in words]
        with timed() as watch:
            run(rally(*said, "--ledger", str(files[of])))
        return watch.seconds

    for name, asked in ASKED.items():
        found = in_turn(
            rounds,
            {
                "here": lambda words=asked.words: seconds(COMPUTED, words),  # type: ignore[misc]
                "there": lambda: seconds(GIVEN, ASKED["standings"].words),
            },
        )
        ratio, spread = found.ratio("here", "there")
        yield Line(
            f"rally {name}, penalties computed",
            statistics.median(found.figures["here"]),
            "s",
            "rally standings, penalties given",
            found.median("there"),
            ratio,
            spread,
            Target(asked.most, at_most=True),
            f"{size.records:,} records, {size.crews} crews; whole processes",
        )


def _posted(file: Path, size: Size) -> str:
    """The number of a classification that is posted, and from which a penalty then drifts."""
    where = ("--ledger", str(file), "--clock-is-right", "--json", *BY[:-1])
    half = f"SS{size.stages // 2}"
    kind = ("--after", half, "--category", "car", "--kind", "provisional")
    posted = json.loads(run(rally("publish", "classification", *kind, *where)))
    about = ("1", "0:05:00", "--stage", half, "--fact", "waypoint", "--reason", "read out")
    run(rally("decide", "penalty", *about, *where))
    return str(posted["document"])
