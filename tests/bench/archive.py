"""The archive: how large it is, how long it takes to publish, and a step of its slider.

    python -m tests.bench.archive                     # 20,000 records, 120 crews
    python -m tests.bench.archive --records 100000    # for the step of the slider
    python -m tests.bench.archive --ledger big.db

The step needs Playwright and Chromium; without them its lines say what is missing.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import random
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from cli.archive.reading import Archive
from projections.replay.tiles import number_of
from tests.archive.browser import CHROMIUM, chromium
from tests.bench.ledgers import Size, copied, rally, run, simulated
from tests.bench.rounds import percentile, timed
from tests.bench.table import Line, Target, show

TILES_KB, FIRST_VIEW_KB = 1000, 50
"""What tiles of every position may weigh of 20,000 records and 120 crews, and a first view."""
STEP_MS, BY_THE_SECOND_FRAME = 10, 0.95
SEED = 1
MEASURED = """() => {
  window.steps = [];
  let begun = 0;
  const shown = () => +document.getElementById('lists').dataset.position;
  document.addEventListener('keydown', (event) => { begun = event.timeStamp; }, true);
  window.addEventListener('keydown', () => {
    const height = document.body.offsetHeight;
    const step = { ms: performance.now() - begun, at: shown(), height, frames: 0 };
    step.rows = document.querySelectorAll('#lists table:first-of-type tbody tr').length;
    window.steps.push(step);
    const frame = (count) => requestAnimationFrame(() => {
      if (shown() === step.at) step.frames = step.frames || count;
      if (count < 2) frame(count + 1);
    });
    frame(1);
  });
}"""
"""Measures each step: from the key until its lines stand in the page, with the layout forced."""
SLIDE = """(at) => { const slider = document.getElementById('slider');
  slider.value = at; slider.dispatchEvent(new Event('input')); }"""


def weighed(folder: Path) -> Iterator[Line]:
    """What is loaded at first, and what all positions weigh, as `gzip -9` has them."""
    files = json.loads((folder / "manifest.json").read_bytes())["files"]
    tiles = [each for each in files if each.startswith("replay/") and each[7:-3].isdecimal()]
    last = f"replay/{number_of(Archive(folder).position('@'))}.js"
    player = ("index.html", "replay/player.js", "replay/player.css", "replay/archive.js", last)
    for what, several, bound in (
        ("first view, compressed", player, FIRST_VIEW_KB),
        ("tiles of every position, compressed", tiles, TILES_KB),
    ):
        packed = [len(gzip.compress((folder / each).read_bytes(), 9)) for each in several]
        target, note = Target(bound, at_most=True), f"{len(packed)} files, gzip -9"
        yield Line(what, sum(packed) / 1000, "kB", target=target, note=note)
    plain = sum((folder / each).stat().st_size for each in files)
    yield Line("everything, as it lies there", plain / 1000, "kB", note=f"{len(files)} files")


def stepped(folder: Path, steps: int, seed: int) -> Iterator[Line]:
    """Steps of the slider by its key, to positions drawn at random, tiles loaded."""
    if importlib.util.find_spec("playwright") is None or not CHROMIUM.exists():
        note = "Playwright or Chromium is not installed"
        yield Line("a step, from key to rows", None, "ms", note=note)
        return
    archive, chosen = Archive(folder), random.Random(seed)
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto((folder / "index.html").resolve().as_uri())
        page.select_option("#list", "")
        page.evaluate(MEASURED)
        expected = []
        for _ in range(steps):
            at = chosen.randrange(archive.position("@") // 10, archive.position("@"))
            page.evaluate(SLIDE, at)
            page.wait_for_selector(f"#lists[data-position='{at}']", state="attached")
            page.wait_for_load_state("networkidle")
            page.keyboard.press(".")
            page.wait_for_selector(f"#lists[data-position='{at + 1}']", state="attached")
            expected.append((at + 1, len(archive.replay(str(at + 1)).found["rows"])))
        page.wait_for_timeout(100)
        found: list[dict[str, Any]] = page.evaluate("window.steps")
    if [(each["at"], each["rows"]) for each in found] != expected:
        raise SystemExit("A step did not show the lines of its position.")
    times = [each["ms"] for each in found]
    rows = statistics.mean(rows for _, rows in expected)
    soon = sum(1 for each in found if 0 < each["frames"] <= 2) / len(found)
    yield Line(
        "a step, from key to rows, layout forced",
        statistics.median(times),
        "ms",
        spread=(min(times), percentile(times, 95)),
        target=Target(STEP_MS, at_most=True),
        note=f"{steps} steps, {rows:.0f} rows on average; up to the 95th percentile",
    )
    yield Line("shown by the second frame", soon, "", target=Target(BY_THE_SECOND_FRAME))


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
        if ledger:
            copied(ledger, file)
        else:
            simulated(file, Size(records, crews, stages, SEED))
        lines = [*published(file, folder), *weighed(folder), *stepped(folder, steps, SEED)]
    if as_json:
        click.echo(json.dumps({"lines": [each.as_json() for each in lines]}))
    else:
        show(lines)
    sys.exit(any(each.met is False for each in lines))


if __name__ == "__main__":
    main()
