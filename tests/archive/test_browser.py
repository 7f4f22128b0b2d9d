"""The archive in a browser, opened as a file and from a plain server: as people use it."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from cli.context import Settings
from cli.main import run
from ledger.times import format_duration, format_gap, precision_of
from tests.archive.browser import chromium, served
from tests.archive.conftest import HOSTILE, told
from tests.conftest import Rally, Ticking
from tests.examples import in_turn
from tests.looked import some_of
from tests.web.axe import wrong_with

pytestmark = pytest.mark.slow
SHOWN = """() => [...document.querySelectorAll('#lists section')].map((section) => ({
  name: section.querySelector('h2').textContent,
  note: section.querySelector('.note').textContent,
  tables: [...section.querySelectorAll('table')].map((table) =>
    [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.textContent)))}))"""
"""What stands on the page, list by list and cell by cell."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ledger of several tiles, and its archive `a`."""
    folder = tmp_path_factory.mktemp("simulated")
    ledger = str(folder / "rally.db")
    size = ("--crews", "8", "--stages", "4", "--records", "2600", "--seed", "5")
    with contextlib.redirect_stdout(io.StringIO()):
        for words in (["simulate", *size], ["export", "archive", str(folder / "a")]):
            assert run(["--ledger", ledger, *words], Settings(Ticking(), lambda _: 480)) == 0
    return folder


OPENED = ("file", "http")


@pytest.fixture(params=OPENED)
def address(request: pytest.FixtureRequest) -> Iterator[Callable[[Path], str]]:
    """How an archive is opened: as a file, or from a server of files."""
    with contextlib.ExitStack() as stack:

        def of(folder: Path) -> str:
            if request.param == "file":
                return folder.resolve().as_uri() + "/"
            return stack.enter_context(served(folder))

        yield of


@contextlib.contextmanager
def opened(browser: Any, address: str, at: str = "", **how: Any) -> Iterator[Any]:
    """A page that logs no error and asks nobody else for anything."""
    context = browser.new_context(**how)
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    # Who leaves a page before its icon has come breaks that off.
    page.on(
        "requestfailed",
        lambda asked: None if asked.failure == "net::ERR_ABORTED" else wrong.append(asked.url),
    )
    page.on(
        "request", lambda asked: None if asked.url.startswith(address) else wrong.append(asked.url)
    )
    page.goto(f"{address}index.html{at}")
    yield page
    assert wrong == []
    context.close()


def slid(page: Any, position: int) -> list[dict[str, Any]]:
    """What stands on the page once the slider was moved to a position."""
    page.evaluate(
        "(at) => { const slider = document.getElementById('slider');"
        " slider.value = at; slider.dispatchEvent(new Event('input')); }",
        position,
    )
    page.wait_for_selector(f"#lists[data-position='{position}']", timeout=10_000)
    shown: list[dict[str, Any]] = page.evaluate(SHOWN)
    return shown


def as_cells(answer: dict[str, Any]) -> list[list[list[str]]]:
    """The lines of `rally standings --json` as a person reads them."""
    rows = answer["rows"]
    precision = precision_of(ms for row in rows for ms in (row["time_ms"], row["total_ms"]))
    lines = [
        [
            str(row["place"]),
            row["number"],
            " ".join((" / ".join((row["driver"], *row["codrivers"])), *row["flags"])),
            row["nationality"],
            row["category"],
            format_duration(row["time_ms"], precision),
            format_gap(row["penalty_ms"], precision),
            format_duration(row["total_ms"], precision),
            format_gap(row["gap_ms"], precision),
            format_gap(row["interval_ms"], precision),
        ]
        for row in rows
    ]
    names = ("number", "driver", "category", "status", "stage", "reason")
    return [lines, [[each[name] for name in names] for each in answer["unclassified"]]]


def test_a_tile_that_is_still_on_its_way_is_shown_once_it_is_there(
    browser: Any, simulated: Path
) -> None:
    """Also where it was asked for ahead, before anybody went to a position in it."""
    with served(simulated / "a") as address, opened(browser, address, "#at=1500") as page:
        page.wait_for_selector("#lists[data-position='1500']", timeout=10_000)
        page.route("**/replay/2.js", lambda route: (page.wait_for_timeout(300), route.continue_()))
        page.evaluate(
            "() => { const slider = document.getElementById('slider');"
            " for (const at of [1990, 2010]) {"
            " slider.value = at; slider.dispatchEvent(new Event('input')); } }"
        )
        page.wait_for_selector("#lists[data-position='2010']", timeout=10_000)


def test_one_steps_with_buttons_and_keys_alone(
    browser: Any, archive: Path, address: Callable[[Path], str], silk_way: Rally
) -> None:
    """Record, decision, stage, publication, back and forth; the focus stays where it was."""
    with opened(browser, address(archive), "#at=148") as page:

        def stands(position: int) -> None:
            page.wait_for_selector(f"#lists[data-position='{position}']", timeout=5000)

        stands(148)
        page.focus("#slider")
        for key, position in (
            *(("ArrowRight", 149), ("ArrowLeft", 148), (".", 149), (",", 148), ("]", 149)),
            *(("[", 149), ("Home", 0), ("End", 192), ("[", 149), ("{", 140), ("}", 157)),
            *(("<", 134), ("<", 48), (">", 134), ("-", 70), ("+", 70)),
        ):
            page.keyboard.press(key)
            stands(position)
            assert page.evaluate("document.activeElement.id") == "slider"
        page.keyboard.press("g")
        page.keyboard.type("#149")
        page.keyboard.press("Enter")
        stands(149)
        assert "decision 1" in page.inner_text("#as-of")
        page.wait_for_url("**#at=149", timeout=5000)
        page.fill("#position", "193")
        page.keyboard.press("Enter")
        assert "no such position" in page.inner_text("#as-of")
        page.click("button[aria-label='Record before']")
        stands(148)
        page.click("#keys")
        assert page.is_visible("#key-map")
        assert page.locator("[aria-live]").count() == 1
        rows = told(silk_way, "standings", "--known-at", 148)
        assert page.evaluate(SHOWN)[0]["tables"] == as_cells(rows)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_names_stay_names(
    browser: Any, hostile: Path, address: Callable[[Path], str], scheme: str, rally: Rally
) -> None:
    """Markup, other directions, 4,000 letters: as they are, isolated, and on a phone's width."""
    size = {"width": 390, "height": 800}
    with opened(browser, address(hostile), viewport=size, color_scheme=scheme) as page:
        page.wait_for_selector("#lists[data-position]", timeout=5000)
        assert page.title() == HOSTILE
        assert page.inner_text("h1").startswith("<img src=x")
        assert page.locator("img").count() == 0
        answer = told(rally, "standings")
        for row in some_of(answer["rows"]):
            assert page.locator("#lists bdi", has_text=row["driver"]).count() >= 1
        page.select_option("#list", "")
        assert page.evaluate(SHOWN)[0]["tables"] == as_cells(answer)
        for details in page.locator("details").all():
            details.locator("summary").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.emulate_media(media="print")
        assert page.is_visible("#as-of")
        assert not page.is_visible("#slider")


def test_without_scripts_the_answers_are_there(
    browser: Any, archive: Path, address: Callable[[Path], str]
) -> None:
    """From the first page to each other one, and from there on, by links alone."""
    with opened(browser, address(archive), java_script_enabled=False) as page:
        assert "needs JavaScript" in page.inner_text("noscript")
        for link in some_of(page.locator("footer a").all()):
            path = link.get_attribute("href")
            assert (archive / path).is_file(), path
        page.locator("summary", has_text="Crews").click()
        page.get_by_role("link", name="why 102").click()
        assert "Sébastien Loeb" in page.inner_text("h1")
        page.get_by_role("link", name="#149").first.click()
        assert "Record #149" in page.inner_text("h1")
        page.get_by_role("link", name="On the road").click()
        page.get_by_role("link", name="21 Jul 08:00 +03:00").click()
        assert "on the road at 21 Jul 08:00" in page.inner_text("#asof")
        page.get_by_role("link", name="Later on the road").click()
        assert "on the road at 21 Jul 11:00" in page.inner_text("#asof")
        page.get_by_role("link", name="Replay, from #192").click()
        assert "All pages" in page.inner_text("footer")


def test_one_goes_from_the_replay_to_a_page_and_back(
    browser: Any, archive: Path, address: Callable[[Path], str]
) -> None:
    """A row leads to its crew, a mark to its page; the marks above a page lead to the replay."""
    with opened(browser, address(archive), "#at=149") as page:

        def stands(position: int) -> None:
            page.wait_for_selector(f"#lists[data-position='{position}']", timeout=10_000)

        stands(149)
        page.locator("#lists a", has_text="102").click()
        page.wait_for_url("**/crew/102.html")
        page.frame_locator("#strip").get_by_role("link", name=re.compile("decision 1")).click()
        stands(149)
        page.locator("#as-of a").click()
        page.wait_for_url("**/decisions/clerk-1.html")
        page.get_by_role("link", name="last stage").click()
        stands(172)
        assert "SS14 begins" in page.inner_text("#as-of")
        page.locator("#as-of a").click()
        page.wait_for_url("**/standings/stage/SS14.html")
        page.get_by_role("link", name="Replay, from #192").click()
        stands(192)


KINDS = (
    *("index.html", "road.html", "marks.html", "standings.html", "teams.html", "retirements.html"),
    *("finishers.html", "penalties.html", "publications.html", "decisions.html", "docket.html"),
    *("protest-clock.html", "incidents.html", "outstanding.html", "check.html", "anomalies.html"),
    *("history.html", "rulebook/show.html", "chart/places.html", "chart/gaps.html"),
)
OF_THE_SAMPLE = (
    *("crew/102.html", "why/102.html", "time-card/102.html", "record/149.html"),
    *("decisions/clerk-1.html", "road/20160721T080000Z.html", "start-order/SS12.html"),
    *("standings/stage/SS12.html", "standings/after/SS12.html", "standings/category/cars.html"),
)


SCHEMES = ("light", "dark")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_everybody_can_use_each_kind_of_page(browser: Any, archive: Path, scheme: str) -> None:
    """axe-core finds nothing on any of them: names, contrast, order, roles.

    Each by day or by night, by turns; where RALLY_EXAMPLES is 1, by day and by night.
    """
    where, found = archive.resolve().as_uri() + "/", {}
    with opened(browser, where, color_scheme=scheme) as page:
        for path in some_of(in_turn((*KINDS, *OF_THE_SAMPLE), SCHEMES.index(scheme), len(SCHEMES))):
            page.goto(where + path)
            if wrong := wrong_with(page):
                found[path] = wrong
    assert found == {}


def test_hostile_names_on_each_kind_of_page(
    browser: Any, hostile: Path, address: Callable[[Path], str], request: pytest.FixtureRequest
) -> None:
    """From a server as well as from a file, on a phone: nothing acts, nothing scrolls sideways.

    Each page in one of these ways, by turns; where RALLY_EXAMPLES is 1, in both.
    """
    paths = [each.relative_to(hostile).as_posix() for each in sorted(hostile.rglob("*.html"))]
    assert set(KINDS) <= {*paths}
    where = address(hostile)
    with opened(browser, where, viewport={"width": 390, "height": 800}) as page:
        turn = OPENED.index(request.node.callspec.params["address"])
        for path in some_of(in_turn(paths, turn, len(OPENED))):
            page.goto(where + quote(path))
            assert page.locator("h1").count() == 1, path
            assert page.title() != "no", path
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, path


def test_paper_says_as_of_when_it_is(browser: Any, archive: Path) -> None:
    """Printed, the line that says where one is stands over the rows, and no button does."""
    where = archive.resolve().as_uri() + "/"
    with opened(browser, where) as page:
        page.goto(f"{where}crew/102.html")
        page.emulate_media(media="print")
        assert page.is_visible("#asof")
        assert "root" in page.inner_text("#asof")
        assert not page.is_visible("#steps")
        assert not page.is_visible("#tools")
