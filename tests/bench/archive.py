"""The archive: how large it is, how long it takes to publish, and a step of its slider.

    python -m tests.bench.archive                     # 20,000 records, 120 crews
    python -m tests.bench.archive --records 100000    # for the step of the slider
    python -m tests.bench.archive --ledger big.db

The step needs Playwright and Chromium; without them its lines say what is missing.
"""

from __future__ import annotations

import gzip
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click

from cli.archive.publication import PLAYER
from cli.archive.reading import Archive
from projections.replay.tiles import number_of
from tests.bench.ledgers import Size, copied_or_simulated, rally, run
from tests.bench.rounds import timed
from tests.bench.slider import in_an_archive
from tests.bench.table import Line, Target, tell

TILES_KB, FIRST_VIEW_KB = 1000, 50
"""What tiles of every position may weigh of 20,000 records and 120 crews, and a first view."""
SEED = 1


def weighed(folder: Path) -> Iterator[Line]:
    """What is loaded at first, and what all positions weigh, as `gzip -9` has them."""
    files = json.loads((folder / "manifest.json").read_bytes())["files"]
    tiles = [each for each in files if each.startswith("replay/") and each[7:-3].isdecimal()]
    last = f"replay/{number_of(Archive(folder).position('@'))}.js"
    player = ("index.html", *PLAYER, "replay/archive.js", last)
    for what, several, bound in (
        ("first view, compressed", player, FIRST_VIEW_KB),
        ("tiles of every position, compressed", tiles, TILES_KB),
    ):
        packed = [len(gzip.compress((folder / each).read_bytes(), 9)) for each in several]
        target, note = Target(bound, at_most=True), f"{len(packed)} files, gzip -9"
        yield Line(what, sum(packed) / 1000, "kB", target=target, note=note)
    plain = sum((folder / each).stat().st_size for each in files)
    yield Line("everything, as it lies there", plain / 1000, "kB", note=f"{len(files)} files")


def published(ledger: Path, folder: Path) -> Iterator[Line]:
    """Publishing all of it, and again without news."""
    for what in ("published, a process of its own", "published again without news"):
        with timed() as watch:
            run(rally("--ledger", str(ledger), "export", "archive", str(folder)))
        yield Line(what, watch.seconds, "s")


@click.command(help=__doc__)
@click.option("--records", default=20_000, show_default=True)
@click.option("--crews", default=120, show_default=True)
@click.option("--stages", default=14, show_default=True)
@click.option("--steps", default=200, show_default=True)
@click.option("--ledger", type=click.Path(path_type=Path), help="A copy of it is measured.")
@click.option("--json", "as_json", is_flag=True)
def main(
    records: int, crews: int, stages: int, steps: int, ledger: Path | None, *, as_json: bool
) -> None:
    """Measure an archive."""
    with tempfile.TemporaryDirectory() as temporary:
        file, folder = Path(temporary) / "rally.db", Path(temporary) / "archive"
        copied_or_simulated(ledger, file, Size(records, crews, stages, SEED))
        lines = [*published(file, folder), *weighed(folder), *in_an_archive(folder, steps, SEED)]
    tell(lines, as_json)
    sys.exit(any(each.met is False for each in lines))


if __name__ == "__main__":
    main()
