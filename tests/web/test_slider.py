"""The slider of a page of standings in a browser: at once, out of tiles, as the ledger tells it.

What is shown is held against the command at random positions, on the served page and in an archive.
"""

from __future__ import annotations

import contextlib
import io
import json
import random
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cli.main import run
from ledger.times import format_duration, format_gap, precision_of
from tests.archive.browser import chromium, served
from tests.archive.test_browser import as_cells, slid
from tests.examples import share_of
from tests.looked import some_of
from tests.web.conftest import copied, settings
from tests.web.serving import serving
from tests.web.test_serving import penalise

pytestmark = pytest.mark.slow
WITHIN_MS = 60_000
NOON = datetime(2016, 7, 24, 12, tzinfo=UTC)
SIMULATED = ("--crews", "12", "--stages", "4", "--records", "1600", "--seed", "5")
SLIDE = """(at) => { const slider = document.getElementById('at'); slider.value = at;
  slider.dispatchEvent(new Event('input', { bubbles: true })); }"""
AT_HAND = f"""(at) => {{ const lists = document.getElementById('lists');
  lists.dataset.position = '';
  ({SLIDE})(at);
  return lists.dataset.position === String(at); }}"""
"""Whether the tile of a position is at hand: what the server is asked for is not there at once."""
SHOWN = """() => [...document.querySelectorAll('#lists > section')].map((section) => ({
  name: section.dataset.list,
  tables: [...section.querySelectorAll('table')].map((table) => [...table.tBodies[0].rows].map(
    (row) => [...row.cells].map((cell) => [...cell.childNodes].filter((each) =>
      !each.classList?.contains('moved')).map((each) => each.textContent).join(''))))}))"""
"""What stands on the page, list by list and cell by cell, but for arrows."""
MARKUP = """() => { const copy = document.getElementById('lists').cloneNode(true);
  for (const each of copy.querySelectorAll('.moved, .note')) each.remove();
  for (const each of copy.querySelectorAll('a')) each.href = each.pathname;
  for (const each of copy.querySelectorAll('[class=""]')) each.removeAttribute('class');
  for (const each of copy.querySelectorAll('[title], [aria-label]')) {
    each.removeAttribute('title');
    each.removeAttribute('aria-label');
  }
  return copy.innerHTML.replace(/\\s*\\n\\s*/g, ''); }"""
"""How it is marked up, but for the moment to which its links lead, and for hints."""


class Rally(NamedTuple):
    """A rally that is looked at: its ledger, the address of its archive, and where it is served."""

    ledger: Path
    archive: str
    site: str
    size: int
    lists: tuple[str, ...]
    entered: int
    """By this position there are crews of each list."""

    @property
    def tiles(self) -> list[int]:
        """A position in each of its tiles."""
        return [min(first + 500, self.size - 1) for first in range(0, self.size, 1000)]


def said(ledger: Path, *words: object) -> Any:
    """What a command prints as JSON."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert run(["--ledger", str(ledger), *map(str, words)], settings()) == 0
    return json.loads(out.getvalue()) if "--json" in words else None


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module", params=["the sample", "a simulated rally"])
def rally(
    request: pytest.FixtureRequest,
    ledgers: Callable[[str], Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Rally]:
    """The sample, its archive opened as a file, and a simulated rally, from a server of files."""
    folder, sample = tmp_path_factory.mktemp("slider"), request.param == "the sample"
    ledger = folder / "rally.db"
    if sample:
        copied(ledgers("demo"), ledger)
    else:
        said(ledger, "simulate", *SIMULATED)
    said(ledger, "export", "archive", folder / "a")
    size = said(ledger, "verify", "--json")["size"]
    lists = ("cars", "trucks") if sample else ("car", "moto")
    with contextlib.ExitStack() as stack:
        uri = (folder / "a").as_uri() + "/"
        archive = uri if sample else stack.enter_context(served(folder / "a"))
        address, _ = stack.enter_context(serving(ledger))
        name = "silk-way-2016" if sample else "synthetic-5"
        entered = 40 if sample else 150
        yield Rally(ledger, archive, f"{address}/{name}", size, lists, entered)


@pytest.fixture
def looks(browser: Any) -> Iterator[Callable[..., Any]]:
    """A page of standings with the tiles of some positions at hand; nothing may go wrong in it."""
    opened: list[tuple[Any, list[str]]] = []

    def look(
        address: str, tiles: Iterable[int] = (), *, stoppable: bool = False, **how: Any
    ) -> Any:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **how})
        page, wrong = context.new_page(), list[str]()
        opened.append((context, wrong))
        page.set_default_timeout(WITHIN_MS)
        if stoppable:  # it takes the place of the browser's clock, and of what that has measured
            page.clock.install(time=NOON)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.goto(address)
        for position in tiles:
            page.wait_for_function(AT_HAND, arg=position, polling=200)
        return page

    yield look
    for context, wrong in opened:
        assert [] == wrong
        context.close()


@contextlib.contextmanager
def without_stopping(page: Any) -> Iterator[None]:
    """No time goes by in the page: however slow this machine is, one has stopped nowhere."""
    page.clock.pause_at(NOON + timedelta(hours=1))
    yield
    page.clock.resume()


def stands(page: Any, position: int) -> None:
    """Wait until one has stopped at a position and the server's page stands there."""
    page.wait_for_function(
        f"() => document.getElementById('frame').dataset.position === '{position}'"
        " && document.getElementById('lists').dataset.position ==="
        " document.getElementById('frame').dataset.position"
    )


def at_once(page: Any, position: int) -> list[dict[str, Any]]:
    """What stands on the page as soon as the slider was moved, before anything else can happen."""
    found: list[dict[str, Any]] = page.evaluate(
        f"(at) => {{ ({SLIDE})(at); return ({SHOWN})(); }}", position
    )
    assert page.evaluate("() => document.getElementById('lists').dataset.position") == str(position)
    return found


def as_shown(answer: dict[str, Any]) -> list[list[list[str]]]:
    """The tables of an answer, as a person reads them on a page."""
    rows = answer["rows"]
    precision = precision_of(ms for row in rows for ms in (row["time_ms"], row["total_ms"]))
    cells: dict[str, Callable[[dict[str, Any]], str]] = {
        "place": lambda row: str(row["place"]),
        "number": lambda row: row["number"],
        "driver": lambda row: " / ".join((row["driver"], *row["codrivers"])),
        "total_ms": lambda row: format_duration(row["total_ms"], precision),
        "gap_ms": lambda row: format_gap(row["gap_ms"], precision),
        "interval_ms": lambda row: format_gap(row["interval_ms"], precision),
        "penalty_ms": lambda row: format_gap(row["penalty_ms"], precision),
        "time_ms": lambda row: format_duration(row["time_ms"], precision),
        "flags": lambda row: " ".join(row["flags"]).replace("-", " "),
    }
    for name in ("nationality", "category", "class", "vehicle", "team"):
        cells[name] = partial(_text, name)
    ranked = [n for n in cells if any(row[n] not in ("", None, [], ()) for row in rows)]
    names = ("number", "driver", "category", "status", "stage", "reason")
    others = answer["unclassified"]
    out = [n for n in names if any(each[n] for each in others)]
    tables = (
        [[cells[n](row) for n in ranked] for row in rows],
        [[e[n] for n in out] for e in others],
    )
    return [each for each in tables if each]


def _text(name: str, row: dict[str, Any]) -> str:
    return row[name] or ""


def test_it_shows_what_the_command_says(
    rally: Rally, browser: Any, looks: Callable[..., Any]
) -> None:
    """At random positions, of all crews and of a category: live, from an archive, the same.

    At 200 where RALLY_EXAMPLES is 1.
    """
    names = {"": 4, **dict.fromkeys(rally.lists, rally.entered)}
    every = [(name, at) for name, first in names.items() for at in range(first, rally.size + 1)]
    chosen = random.Random(14).sample(every, share_of(200))
    archive = looks(f"{rally.archive}index.html")
    for name in some_of(names):
        of = f"category={name}" if name else "joint=1"
        live = looks(f"{rally.site}/standings?{of}&at={rally.size}", rally.tiles)
        archive.select_option("#list", name)
        for position in some_of(sorted(at for of_it, at in chosen if of_it == name)):
            words = ("--category", name) if name else ()
            answer = said(rally.ledger, "standings", "--known-at", position, *words, "--json")
            (shown,) = at_once(live, position)
            assert shown["tables"] == as_shown(answer), (position, name)
            (shown,) = slid(archive, position)
            assert shown["tables"] == as_cells(answer), (position, name)


def test_it_settles_on_the_page_of_the_server(rally: Rally, looks: Callable[..., Any]) -> None:
    """The rows that stand there at once are those of the server's page, to their markup.

    Each classification by itself, with its heading; the address and the line that says as of when.
    At 12 random positions where RALLY_EXAMPLES is 1.
    """
    dice = random.Random(15)
    page = looks(f"{rally.site}/standings?at={rally.size}", rally.tiles)
    for position in some_of(dice.sample(range(1, rally.size), share_of(12))):
        shown = at_once(page, position)
        markup = page.evaluate(MARKUP)
        page.wait_for_url(f"**at={position}&**")
        stands(page, position)
        assert page.evaluate(SHOWN) == shown
        assert page.evaluate(MARKUP) == markup
        assert f"as of #{position}" in " ".join(page.inner_text("#asof").split())
        assert "root" in page.inner_text("#asof")
        links = page.eval_on_selector_all("tr a", "links => links.map((link) => link.search)")
        for link in some_of(links):
            assert link.startswith(f"?at={position}&")


# -- how it is used ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(ledgers: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Where the sample is served, and its ledger, which others may write to."""
    ledger = copied(ledgers("demo"), tmp_path_factory.mktemp("steps") / "rally.db")
    with serving(ledger) as (address, _):
        yield f"{address}/silk-way-2016", ledger


def asked_by(page: Any) -> list[str]:
    """What a page asks for from now on."""
    found: list[str] = []
    page.on("request", lambda asked: found.append(asked.url))
    return found


KEYS = "() => document.getElementById('lists').dataset.position"


def test_a_step_asks_for_nothing(site: Any, looks: Callable[..., Any]) -> None:
    """By keys alone, of every kind; where one stops the page is asked for, once."""
    page = looks(f"{site[0]}/standings?at=148", stoppable=True)
    page.wait_for_load_state("networkidle")
    asked = asked_by(page)
    with without_stopping(page):
        for key, position in some_of(
            ((".", 149), (".", 150), (",", 149), ("{", 140), ("}", 157), ("[", 149), ("s", 149))
        ):
            page.keyboard.press(key)
            assert page.evaluate(KEYS) == str(position)
        for key, position in (("ArrowRight", 150), ("Home", 1), ("ArrowRight", 2), ("End", 192)):
            page.keyboard.press(key)
            assert page.evaluate(KEYS) == str(position)
            assert "at" == page.evaluate("document.activeElement.id")
            assert page.get_attribute("#at", "aria-valuetext") == f"record {position}"
        assert [] == asked
    stands(page, 192)
    pages = [each for each in asked if "/standings" in each]
    assert len(pages) == 1
    assert pages[0].endswith(page.url.partition("/standings")[2])


def test_back_and_forward(site: Any, looks: Callable[..., Any]) -> None:
    """The buttons of the browser lead from where one stopped to where one stopped."""
    page = looks(f"{site[0]}/standings?at=100&category=cars", stoppable=True)
    stands(page, 100)
    page.wait_for_load_state("networkidle")
    first = page.evaluate(SHOWN)
    with without_stopping(page):
        for key in (".", ".", "."):
            page.keyboard.press(key)
    stands(page, 103)
    second = page.evaluate(SHOWN)
    page.keyboard.press("}")
    page.go_back()  # from where one had not stopped yet
    stands(page, 100)
    assert page.evaluate(SHOWN) == first
    page.go_forward()
    stands(page, 103)
    assert page.evaluate(SHOWN) == second
    page.keyboard.press(".")
    assert page.evaluate(KEYS) == "104"
    stands(page, 104)
    page.go_back()
    stands(page, 103)


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_focus_stays(site: Any, looks: Callable[..., Any], motion: str) -> None:
    """On a crew's link while it changes places, though the server's page takes its place.

    Nothing but the line that says as of when is announced, and nothing moves that need not.
    """
    page = looks(f"{site[0]}/standings?at=148&category=cars", reduced_motion=motion)
    page.wait_for_load_state("networkidle")
    page.focus("tr[data-number='102'] a.no")
    focus = "() => document.activeElement.closest('tr')?.dataset.number"
    places = set()
    for key in (".", ",", "."):
        page.keyboard.press(key)
        places.add(page.inner_text("tr[data-number='102'] .place"))
        assert page.evaluate(focus) == "102"
    assert len(places) == 2
    stands(page, 149)
    assert page.evaluate(focus) == "102"
    page.focus("#steps [data-key=',']")
    page.keyboard.press("Enter")
    assert page.evaluate(KEYS) == "148"
    assert page.evaluate("document.activeElement.dataset.key") == ","
    stands(page, 148)
    assert page.evaluate("document.activeElement.dataset.key") == ","
    announced = "[aria-live],[role=status],[role=alert]"
    assert page.eval_on_selector_all(announced, "es => es.map(e => e.id)") == ["asof"]
    assert page.evaluate("document.getAnimations().length") == 0


def test_a_link_leads_to_what_stands_there(site: Any, looks: Callable[..., Any]) -> None:
    """Taken before one has stopped, it is that of the moment that is shown."""
    page = looks(f"{site[0]}/standings?at=140&category=cars")
    page.wait_for_load_state("networkidle")
    page.route("**/standings?at=157*", lambda _: None)  # the page of the server is on its way
    page.keyboard.press("}")
    page.click("#lists a.no >> text=104")
    page.wait_for_url("**/crew/104?at=157&*")


def test_a_page_without_tiles_asks_the_server(site: Any, looks: Callable[..., Any]) -> None:
    """A stage's result, another page, another axis: as it was without tiles."""
    for where in ("standings?stage=SS3&at=148", "retirements?at=148"):
        page = looks(f"{site[0]}/{where}")
        page.wait_for_load_state("networkidle")
        asked = asked_by(page)
        page.keyboard.press(".")
        page.wait_for_function("() => document.getElementById('frame').dataset.position === '149'")
        assert any("/step?from=148" in each for each in asked)
        assert not any("/tiles/" in each for each in asked)


def test_a_record_that_was_appended_meanwhile(site: Any, looks: Callable[..., Any]) -> None:
    """One steps on to it, and from it, though the tile at hand ended before it."""
    address, ledger = site
    size = said(ledger, "verify", "--json")["size"]
    page = looks(f"{address}/standings?at={size}&category=cars")
    page.wait_for_load_state("networkidle")
    penalise(ledger, "104", 59)
    page.keyboard.press(".")
    stands(page, size + 1)
    words = ("--known-at", size + 1, "--category", "cars", "--json")
    (shown,) = page.evaluate(SHOWN)
    assert shown["tables"] == as_shown(said(ledger, "standings", *words))
    page.wait_for_function(
        "(name) => performance.getEntriesByType('resource')"
        ".some((each) => each.name.includes(name))",
        arg=f"/tiles/0.js?at={size + 1}",
    )
    page.wait_for_function(AT_HAND, arg=size + 1, polling=200)
    for key, position in ((",", size), (".", size + 1)):
        page.keyboard.press(key)
        assert page.evaluate(KEYS) == str(position)
    assert page.evaluate(SHOWN) == [shown]


def test_a_live_page_is_left_by_its_slider(site: Any, looks: Callable[..., Any]) -> None:
    """The tiles are asked for when somebody reaches for it; then one stands at a moment."""
    page = looks(f"{site[0]}/standings")
    page.wait_for_load_state("load")
    page.wait_for_timeout(300)
    assert not page.evaluate(
        "performance.getEntriesByType('resource').some((e) => /tiles/.test(e.name))"
    )
    page.focus("#at")
    page.wait_for_function(
        "() => performance.getEntriesByType('resource').some((e) => /tiles.0/.test(e.name))"
    )
    page.keyboard.press("Home")
    stands(page, 1)
    assert page.get_attribute("#frame", "data-live") == "no"
    assert "at=1&" in page.url
