"""A step of the slider in Chromium: from the key until the rows of its position stand in the page.

    python -m tests.bench.slider                     # 100,000 records, 120 crews
    python -m tests.bench.slider --ledger big.db

Of the page that `rally serve` gives and of the player of an archive, tiles loaded. It needs
Playwright, Chromium and the extra `web`; what is missing is said in its line.
"""

from __future__ import annotations

import importlib.util
import json
import random
import statistics
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import click

from cli.archive.folder import publish
from cli.archive.publication import Held, Publication
from cli.archive.reading import Archive
from cli.office.view import View
from tests.archive.browser import CHROMIUM, chromium
from tests.bench.ledgers import Size, copied_or_simulated, log_of
from tests.bench.rounds import percentile
from tests.bench.table import Line, Target, tell
from tests.web.serving import serving

STEP_MS, BY_THE_SECOND_FRAME = 10, 0.95
SEED, A_MOMENT_MS = 1, 100
FRAME_MS = 1000 / 60
Crews = Callable[[int], list[str]]
"""The crews of the list at a position, in their order, as the ledger tells them."""
MEASURED = """([ranked, frame]) => {
  window.steps = [];
  let begun = 0;
  const shown = () => +document.getElementById('lists').dataset.position;
  document.addEventListener('keydown', (event) => { begun = event.timeStamp; }, true);
  window.addEventListener('keydown', () => {
    const height = document.body.offsetHeight, ms = performance.now() - begun;
    const rows = [...document.querySelectorAll(ranked)];
    const crews = rows.map((row) => row.cells[1].textContent);
    const step = { ms, at: shown(), height, frames: 0, drawn: false, crews };
    window.steps.push(step);
    requestAnimationFrame((at) => {
      if (shown() === step.at) step.frames = Math.max(Math.ceil((at - begun) / frame), 1);
      step.drawn = true;
    });
  });
}"""
"""Measures each step: from the key until its rows stand in the page, with the layout forced; and
how many frames began since the key up to the first one that shows them."""
AT_HAND = """([slider, at]) => {
  const lists = document.getElementById('lists'), range = document.getElementById(slider);
  lists.dataset.position = '';
  range.value = at;
  range.dispatchEvent(new Event('input', { bubbles: true }));
  return lists.dataset.position === String(at);
}"""
"""Slides to a position, and says whether its tile is at hand: then it is shown at once."""
SETTLED = """(at) => document.getElementById('lists').dataset.position === at
  && (document.getElementById('frame')?.dataset.position ?? at) === at"""


class Stepped(NamedTuple):
    """A page on which steps are measured: its name, its address, the id of its slider, its rows."""

    what: str
    address: str
    slider: str
    ranked: str


def stepped(page: Stepped, crews: Crews, size: int, steps: int, seed: int) -> Iterator[Line]:
    """Steps by the key from positions drawn at random; the crews of each are asked for."""
    chosen, expected, cpu = random.Random(seed), [], []
    with chromium() as browser:
        opened = browser.new_page(viewport={"width": 1280, "height": 900})
        opened.goto(page.address)
        opened.wait_for_load_state("networkidle")
        opened.evaluate(MEASURED, [page.ranked, FRAME_MS])
        spent = _Spent(opened)
        for _ in range(steps):
            at = chosen.randrange(size // 10, size)
            for each in (at + 1, at):
                opened.wait_for_function(AT_HAND, arg=[page.slider, each], polling=A_MOMENT_MS)
            opened.wait_for_function(SETTLED, arg=str(at))
            before = spent.ms()
            opened.keyboard.press(".")
            opened.wait_for_selector(f"#lists[data-position='{at + 1}']", state="attached")
            cpu.append(spent.ms() - before)
            # Who went on before it was drawn would take the rows of a step for those of the next.
            opened.wait_for_function("() => window.steps.at(-1).drawn")
            expected.append((at + 1, crews(at + 1)))
        found: list[dict[str, Any]] = opened.evaluate("window.steps")
    for (position, wanted), step in zip(expected, found, strict=True):
        if (step["at"], step["crews"]) != (position, wanted):
            raise SystemExit(f"{page.what}: the step to #{position} did not show its rows.")
    times = [each["ms"] for each in found]
    average = statistics.mean(len(each) for _, each in expected)
    soon = sum(1 for each in found if 0 < each["frames"] <= 2) / len(found)
    yield Line(
        f"a step of the slider in Chromium, {page.what}",
        statistics.median(times),
        "ms",
        spread=(min(times), percentile(times, 95)),
        target=Target(STEP_MS, at_most=True),
        note=f"{steps} steps, {average:.0f} rows on average; up to the 95th percentile; "
        f"CPU of its scripts {statistics.median(cpu):.2f} ms",
    )
    yield Line(
        f"shown by the second frame, {page.what}", soon, "", target=Target(BY_THE_SECOND_FRAME)
    )


class _Spent:
    """What the scripts of a page used of the processor, with the layout that they force."""

    def __init__(self, page: Any) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def ms(self) -> float:
        told = self._session.send("Performance.getMetrics")["metrics"]
        return 1000 * float(next(e["value"] for e in told if e["name"] == "ScriptDuration"))


def lacking(*modules: str) -> Line | None:
    """What is missing here to measure anything in a browser."""
    missing = [each for each in modules if importlib.util.find_spec(each) is None]
    missing += [] if CHROMIUM.exists() else [str(CHROMIUM)]
    if not missing:
        return None
    return Line(
        "a step of the slider in Chromium", None, "ms", note=f"{missing[0]} is not installed"
    )


def in_an_archive(folder: Path, steps: int, seed: int) -> Iterator[Line]:
    """In the player of an archive, opened as a file."""
    if (line := lacking("playwright")) is not None:
        yield line
        return
    archive = Archive(folder)

    def crews(position: int) -> list[str]:
        return [row["number"] for row in archive.replay(str(position)).found["rows"]]

    address = f"{(folder / 'index.html').resolve().as_uri()}#list="
    page = Stepped("the archive's player", address, "slider", "#lists table:first-of-type tbody tr")
    yield from stepped(page, crews, archive.position("@"), steps, seed)


def in_a_served_page(ledger: Path, steps: int, seed: int) -> Iterator[Line]:
    """In the page of standings that a server gives."""
    if (line := lacking("playwright", "starlette", "uvicorn")) is not None:
        yield line
        return
    log = log_of(ledger)
    size = log.head().size
    with serving(ledger) as (address, _):
        base = f"{address}/{log.rally}"

        def crews(position: int) -> list[str]:
            with urllib.request.urlopen(f"{base}/standings.json?at={position}") as answer:
                return [row["number"] for row in json.load(answer)["rows"]]

        where = f"{base}/standings?joint=1&at={size - 1}"
        page = Stepped("the served page", where, "at", "#lists table.standings tbody tr")
        yield from stepped(page, crews, size, steps, seed)


class _Replay(Publication):
    """An archive without its pages: the replay needs none, and most of the time goes by them."""

    def told(self, held: Held | None = None, **_how: Any) -> Iterator[tuple[str, bytes]]:
        yield from self.replayed(held)


@click.command(help=__doc__)
@click.option("--records", default=100_000, show_default=True)
@click.option("--crews", default=120, show_default=True)
@click.option("--stages", default=14, show_default=True)
@click.option("--steps", default=200, show_default=True)
@click.option("--ledger", type=click.Path(path_type=Path), help="A copy of it is measured.")
@click.option("--archive", type=click.Path(path_type=Path), help="One of it that is there already.")
@click.option("--json", "as_json", is_flag=True)
def main(
    records: int,
    crews: int,
    stages: int,
    steps: int,
    ledger: Path | None,
    archive: Path | None,
    *,
    as_json: bool,
) -> None:
    """Measure steps of the slider."""
    with tempfile.TemporaryDirectory() as temporary:
        file, folder = Path(temporary) / "rally.db", archive or Path(temporary) / "archive"
        copied_or_simulated(ledger, file, Size(records, crews, stages, SEED))
        if archive is None:
            publish(_Replay(View(log_of(file)).at_its_head()), folder)
        lines = [*in_a_served_page(file, steps, SEED), *in_an_archive(folder, steps, SEED)]
    tell(lines, as_json)
    sys.exit(any(each.met is False for each in lines))


if __name__ == "__main__":
    main()
