"""The archive in a browser, opened as a file and from a plain server: as people use it."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cli.context import Settings
from cli.main import run
from ledger.log import Ledger
from ledger.times import format_duration, format_gap, precision_of
from tests.archive.browser import chromium, served
from tests.archive.conftest import told
from tests.conftest import Rally, Ticking
from tests.looked import some_of
from tests.spec import RALLY, Case

pytestmark = pytest.mark.slow
SHOWN = """() => [...document.querySelectorAll('#lists section')].map((section) => ({
  name: section.querySelector('h2').textContent,
  note: section.querySelector('.note').textContent,
  tables: [...section.querySelectorAll('table')].map((table) =>
    [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.textContent)))}))"""
"""What stands on the page, list by list and cell by cell."""
RTL, LONG = "\N{HEBREW LETTER ALEF}\N{HEBREW LETTER BET} 102", "W" * 4000
HOSTILE = "<img src=x onerror=document.title='no'>\N{RIGHT-TO-LEFT OVERRIDE}</script>&amp;"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ledger of several tiles, and its archive `a`."""
    folder = tmp_path_factory.mktemp("simulated")
    ledger = str(folder / "rally.db")
    size = ("--crews", "24", "--stages", "4", "--records", "2600", "--seed", "5")
    with contextlib.redirect_stdout(io.StringIO()):
        for words in (["simulate", *size], ["export", "archive", str(folder / "a")]):
            assert run(["--ledger", ledger, *words], Settings(Ticking(), lambda _: 480)) == 0
    return folder


@pytest.fixture(params=["file", "http"])
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
    page.on("requestfailed", lambda asked: wrong.append(asked.url))
    page.on(
        "request", lambda asked: None if asked.url.startswith(address) else wrong.append(asked.url)
    )
    page.goto(f"{address}index.html{at}")
    yield page
    assert [each for each in wrong if "favicon" not in each] == []
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
            *(("[", 149), ("Home", 0), ("End", 192), ("[", 149), ("{", 136), ("}", 150)),
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


@pytest.fixture
def hostile(rally: Rally, ledger: Ledger) -> Path:
    """The archive of a rally with names that would like to be something else."""
    case = Case()
    case.records[0] = ("", msgspec.structs.replace(case.records[0][1], title=HOSTILE))
    for number, name in enumerate((HOSTILE, RTL, LONG), 101):
        case.enter(str(number), category=name[:80], driver=name, team=name, codrivers=(name,))
        case.times("SS1", **{f"_{number}": f"0:0{number - 100}:00"})
    case.record("RetirementReported", number="103", stage="SS2", reason=HOSTILE)
    case.record("DecisionIssued", series="stewards", decision=1, ruling=HOSTILE, reason=LONG)
    ledger.log(RALLY).append([said for _, said in case.records])
    said = rally("export", "archive", "hostile")
    assert said.code == 0, said
    return Path("hostile").resolve()


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
    with opened(browser, address(archive), java_script_enabled=False) as page:
        assert "needs JavaScript" in page.inner_text("noscript")
        for link in some_of(page.locator("footer a").all()):
            path = link.get_attribute("href")
            assert (archive / path).is_file(), path


def test_every_link_leads_somewhere(
    browser: Any, hostile: Path, address: Callable[[Path], str]
) -> None:
    """Also those of hostile names, from a server as well as from a file."""
    with opened(browser, address(hostile)) as page:
        links = page.evaluate("[...document.querySelectorAll('footer a')].map((a) => a.href)")
    with contextlib.closing(browser.new_context()) as context:
        page = context.new_page()
        for link in some_of(links):
            assert page.goto(link).ok
            json.loads(page.inner_text("body"))
