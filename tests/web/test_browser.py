"""The rally in a browser, as people use it: with the mouse, with keys alone, without scripts, on a
phone, in the dark and on paper. One server and one ledger serve all of them."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Callable, Container, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cli.context import Settings
from cli.main import run
from cli.web.apart import site_of
from ledger.log import Ledger
from ledger.vocabulary import CrewEntered, RemarkMade, StageTimeRecorded
from tests.conftest import NOW
from tests.examples import in_turn, part_of, share_of
from tests.web.axe import wrong_with
from tests.web.conftest import copied
from tests.web.hostile import BIDI, CLERK, MARKUP, OVER_ALL, RALLY, TOLD, WORD, fill, pages
from tests.web.serving import serving
from tests.web.test_serving import penalise

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium here: install Debian's `chromium`"),
]
WITHIN_MS = 60_000
AFTER = NOW + 5 * 86_400_000
"""The day after the rally."""


def busy() -> bool:
    """Whether this machine has more to do than it can: then nothing is measured by the clock."""
    return os.getloadavg()[0] > 2 * (os.cpu_count() or 1)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    with api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def ledger(ledgers: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, which others may write to, with something on its board; and a rally of jokes."""
    path = copied(ledgers("demo"), tmp_path_factory.mktemp("browser") / "rally.db")
    card = path.with_name("card.jpg")
    card.write_bytes(b"\xff\xd8\xff" * 1000)
    sign = ("--by", "Ann Lee", "--role", "clerk-of-the-course", "--clock-is-right")
    for act in (
        ("publish", "classification", "--kind", "provisional", "--category", "cars", *sign),
        ("publish", "decision", "clerk-1", *sign),
        ("exhibit", "add", "#149", str(card), "--title", "Time card of 102", *sign),
    ):
        assert 0 == run(["--ledger", str(path), *act], Settings(lambda: AFTER, lambda _: 480))
    fill(path)
    return path


@pytest.fixture(scope="module")
def site(ledger: Path) -> Iterator[str]:
    """Where the sample is served."""
    with serving(ledger) as (address, _):
        yield f"{address}/silk-way-2016"


class Seen:
    """A page that is looked at, and what it complained of."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "console",
            lambda said: self.complaints.append(said.text) if said.type == "error" else None,
        )
        page.set_default_timeout(WITHIN_MS)

    def go(self, where: str) -> Page:
        """Open a page below the rally."""
        self.page.goto(f"{self.site}/{where}")
        return self.page

    def follow(self, where: str) -> Page:
        """Open a page, and wait until it hears of what is appended."""
        with self.page.expect_response(re.compile("/follow")):
            return self.go(where)

    def position(self) -> int:
        """The position of the page that is shown."""
        return int(self.page.locator("#frame").get_attribute("data-position") or 0)

    def rows(self) -> list[str]:
        """The crews in the order of the table."""
        found: list[str] = self.page.eval_on_selector_all(
            "table.standings tbody tr", "rows => rows.map(row => row.dataset.number)"
        )
        return found

    def asof(self) -> str:
        """The line that says where one is."""
        return " ".join(self.page.locator("#asof").inner_text().split())

    def until_at(self, position: int) -> None:
        """Wait until the page is that of a position."""
        self.page.wait_for_function(
            f"() => document.getElementById('frame').dataset.position === '{position}'"
        )


@pytest.fixture
def looks(browser: Browser, site: str) -> Iterator[Callable[..., Seen]]:
    """Somebody who looks at it, in a browser as they have it; nothing may be complained of."""
    opened: list[tuple[BrowserContext, Seen]] = []

    def look(**how: Any) -> Seen:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **how})
        seen = Seen(context.new_page(), site)
        opened.append((context, seen))
        return seen

    yield look
    for context, seen in opened:
        assert [] == [each for each in seen.complaints if "404" not in each]
        context.close()


def test_the_four_questions_of_a_steward(looks: Callable[..., Seen]) -> None:
    """Answered from the first page by what stands on it, in the order in which they are asked."""
    seen = looks()
    page = seen.go("")
    # What did the board show at 20:00?
    page.get_by_role("textbox", name="Moment").fill("2016-07-21T20:00+08:00")
    page.get_by_role("textbox", name="Moment").press("Enter")
    seen.until_at(148)
    page.get_by_label("Category").select_option("cars")
    page.wait_for_url(re.compile("category=cars"))
    page.wait_for_selector("tr[data-number='102'] >> text=+0:02:55")
    assert ["104", "102", "103", "101"] == seen.rows()[:4]
    # Why does Loeb have this time?
    page.get_by_role("link", name="Next decision").click()
    seen.until_at(149)
    page.locator("tr[data-number='102'] td.total a").click()
    page.wait_for_selector("h1 >> text=Why 102")
    assert "4:00:00 penalty on SS12: two mandatory waypoints missed" in " ".join(
        page.locator("ol.sum").inner_text().split()
    )
    # What changed between the two, and because of which record?
    page.get_by_role("link", name="#149").last.click()
    page.wait_for_selector("h1 >> text=Record #149")
    page.get_by_role("link", name="What it changed").click()
    page.wait_for_selector("text=Because of")
    page.get_by_label("Category").select_option("cars")
    page.wait_for_url(re.compile("category=cars"))
    page.wait_for_selector("tr >> text=103")
    assert "2 → 4" in page.locator("main").inner_text()
    # What would it be without the decision?
    page.go_back()
    page.go_back()
    page.wait_for_selector("h1 >> text=Record #149")
    page.get_by_role("link", name="What would be without it").click()
    page.wait_for_selector(".hypothetical")
    page.get_by_label("Category").select_option("cars")
    page.wait_for_url(re.compile("category=cars"))
    page.wait_for_selector("tr >> text=102")
    text = page.locator("main").inner_text()
    assert "HYPOTHETICAL" in text
    assert "4 → 2" in text


def tab_to(page: Page, selector: str) -> None:
    """Go on with the tabulator to what one wants, as a person without a mouse does."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"The tabulator does not lead to {selector}.")


def test_the_four_questions_by_keys_alone(looks: Callable[..., Seen]) -> None:
    """Without a mouse: the field by its key, a choice by its letter, links by the tabulator."""
    seen = looks()
    page = seen.go("standings")
    page.keyboard.press("g")
    page.keyboard.type("2016-07-21T20:00+08:00")
    page.keyboard.press("Enter")
    seen.until_at(148)
    tab_to(page, "#f-category")
    page.keyboard.press("c")
    page.wait_for_url(re.compile("category=cars"))
    page.wait_for_selector("tr[data-number='102'] >> text=+0:02:55")
    tab_to(page, "tr[data-number='102'] td.total a")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1 >> text=Why 102")
    page.keyboard.press("]")
    page.wait_for_selector("ol.sum >> text=two mandatory waypoints missed")
    tab_to(page, "ol.sum a[href*='/record/149']")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1 >> text=Record #149")
    tab_to(page, "main a[href*='/diff/148..149']")
    page.keyboard.press("Enter")
    page.wait_for_selector("h2 >> text=Because of")
    assert "2 → 7" in page.locator("main").inner_text()
    tab_to(page, "main td a[href*='/record/149']")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1 >> text=Record #149")
    tab_to(page, "main a[href*='/what-if']")
    page.keyboard.press("Enter")
    page.wait_for_selector(".hypothetical")
    assert "7 → 2" in page.locator("main").inner_text()


def test_the_four_questions_without_javascript(looks: Callable[..., Seen]) -> None:
    """By links and forms: what is typed is sent, and every answer is a page of its own."""
    page = looks(java_script_enabled=False).go("standings")
    page.locator("#moment").fill("2016-07-21T20:00+08:00")
    page.locator("#go button").click()
    page.get_by_label("Category").select_option("cars")
    page.locator("form.narrow button").click()
    assert "+0:02:55" in page.locator("tr[data-number='102']").inner_text()
    page.get_by_role("link", name="Next decision").click()
    page.locator("tr[data-number='102'] td.total a").click()
    assert "two mandatory waypoints missed" in page.locator("ol.sum").inner_text()
    page.locator("ol.sum a[href*='/record/149']").click()
    page.get_by_role("link", name="What it changed").click()
    assert "2 → 7" in page.locator("main").inner_text()
    page.locator("main td a[href*='/record/149']").first.click()
    page.get_by_role("link", name="What would be without it").click()
    assert "HYPOTHETICAL" in page.locator("main").inner_text()
    assert "7 → 2" in page.locator("main").inner_text()


def test_keys_alone(looks: Callable[..., Seen]) -> None:
    """Every step has its key, which ? lists; the slider has its arrows, and focus stays there."""
    seen = looks()
    page = seen.go("standings?at=148&category=cars")
    for key, position in ((".", 149), (",", 148), ("]", 149), ("[", 149), ("{", 140), ("}", 157)):
        page.keyboard.press(key)
        seen.until_at(position)
    page.keyboard.press("s")
    assert "at" == page.evaluate("document.activeElement.id")
    page.keyboard.press("ArrowLeft")
    seen.until_at(156)
    page.keyboard.press("End")
    page.wait_for_function(
        "() => document.getElementById('frame').dataset.position"
        " === document.getElementById('at').max"
    )
    page.keyboard.press("Home")
    seen.until_at(1)
    assert "at" == page.evaluate("document.activeElement.id")
    page.keyboard.press("?")
    assert page.locator("dialog#keys").is_visible()
    assert "previous and next decision" in page.locator("dialog#keys").inner_text()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.type("SS10")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.getElementById('asof').textContent.includes('SS10')")
    page.keyboard.press("Tab")
    reached = set()
    for _ in range(120):
        reached.add(page.evaluate("(document.activeElement.textContent || '').trim().slice(0, 40)"))
        page.keyboard.press("Tab")
    assert {"104", "JSON", "Follow live →"} <= reached


def test_without_javascript(looks: Callable[..., Seen]) -> None:
    """Links and forms do everything: the slider, a step, a moment, a narrower list."""
    seen = looks(java_script_enabled=False)
    page = seen.go("standings")
    assert "Live" in seen.asof()
    page.locator("#at").fill("148")
    page.locator("#slide button").click()
    assert "#148" in seen.asof()
    page.get_by_role("link", name="Next decision").click()
    assert "#149" in seen.asof()
    page.get_by_role("link", name="Next decision").click()
    assert "#149" in seen.asof()
    assert page.locator("#no-more").is_visible()
    page.get_by_label("Category").select_option("trucks")
    page.locator("form.narrow button").click()
    assert "trucks" in page.locator("h1").inner_text()
    page.locator("#moment").fill("SS10")
    page.locator("#go button").click()
    assert "SS10" in seen.asof()
    page.frame_locator("#strip").get_by_role("link", name=re.compile("cancelled")).first.click()
    assert "#48" in seen.asof()


@pytest.mark.parametrize("where", ["standings", "why/102", "log?crew=102", "crew/102", "decisions"])
def test_a_phone_scrolls_in_one_direction(looks: Callable[..., Seen], where: str) -> None:
    """The page is as wide as the screen; a wide table scrolls by itself."""
    page = looks(viewport={"width": 390, "height": 844}).go(where)
    assert 390 >= page.evaluate("document.documentElement.scrollWidth")


def test_paper_says_as_of_when_it_is(looks: Callable[..., Seen], tmp_path: Path) -> None:
    """Printed, the line that says where one is stands over the rows, and no button does."""
    seen = looks()
    page = seen.go("standings?at=148&category=cars")
    page.emulate_media(media="print")
    assert page.locator("#asof").is_visible()
    assert not page.locator("#steps").is_visible()
    page.pdf(path=tmp_path / "page.pdf")
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext here: install Debian's `poppler-utils`")
    told = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "page.pdf", "-"], check=True, capture_output=True
    ).stdout.decode()
    assert re.search(r"as of\s+#148\s+received\s+21 Jul", told), told
    assert "Despres" in told


def test_paper_holds_what_a_click_would_open(looks: Callable[..., Seen]) -> None:
    """The records behind each addend are printed, and nothing that is only to be clicked."""
    page = looks().go("why/102?at=149")
    page.emulate_media(media="print")
    shown = [each.is_visible() for each in page.locator("ol.sum .evidence").all()]
    assert len(shown) > 5
    assert all(shown)
    assert not page.locator("#tools").is_visible()


def test_in_the_dark(looks: Callable[..., Seen]) -> None:
    """A dark screen has dark paper."""
    page = looks(color_scheme="dark").go("standings")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert all(int(each) < 60 for each in re.findall(r"\d+", paper)[:3])


def test_the_slider_shows_what_the_command_says(looks: Callable[..., Seen], site: str) -> None:
    """At random positions the same crews in the same order, wherever the slider is let go.

    Forty where RALLY_EXAMPLES is 1. Cell by cell, and before the server answers: `test_slider.py`.
    """
    seen = looks()
    page = seen.go("standings?at=100&category=cars")
    page.wait_for_function("() => Number(document.getElementById('at').max) >= 192")
    for position in random.Random(7).sample(range(1, 192), share_of(40)):
        page.locator("#at").fill(str(position))
        page.wait_for_function(
            f"() => document.getElementById('frame').dataset.position === '{position}'"
            " && !document.getElementById('frame').classList.contains('busy')"
        )
        asked = f"{site}/standings.json?at={position}&category=cars"
        rows = json.load(urllib.request.urlopen(asked))["rows"]
        assert [each["number"] for each in rows] == seen.rows(), position
    assert f"at={position}" in page.url


def test_live(looks: Callable[..., Seen], ledger: Path) -> None:
    """A record of another process shows within a second of its append, with what it moved.

    The focus stays where it was, and only the line that says where one is, is announced.
    """
    seen = looks()
    page = seen.follow("standings?category=cars")
    page.keyboard.press("s")
    before = seen.position()

    def shown_after() -> float:
        shown = seen.position()
        penalise(ledger, "104", 59)
        begun = time.monotonic()
        seen.until_at(shown + 1)
        return time.monotonic() - begun

    took = [shown_after()]
    news = page.locator("#news").inner_text()
    assert f"#{before + 1}" in news
    assert "104 1. → 3." in news
    assert "at" == page.evaluate("document.activeElement.id")
    told = page.eval_on_selector_all(
        "[aria-live],[role=status],[role=alert]", "es => es.map(e => e.id)"
    )
    assert ["asof"] == told
    # What else this machine does makes it later, and nothing makes it sooner.
    while min(took) > 1 and len(took) < 5:
        took.append(shown_after())
    assert min(took) <= 1 or busy()


@pytest.mark.parametrize("broken", [503, None])
def test_live_while_the_server_does_not_answer(
    looks: Callable[..., Seen], ledger: Path, broken: int | None
) -> None:
    """What is shown stays, is said to be old where one is announced, and is asked for again."""
    seen = looks()
    seen.page.clock.install()
    page = seen.follow("standings?category=cars")
    before, rows, asked = seen.position(), seen.rows(), []

    def refused(route: Any) -> None:
        asked.append(route.request.url)
        if broken:
            route.fulfill(status=broken, headers={"Retry-After": "1"}, body="later")
        else:
            route.abort()

    page.route("**/standings?category=cars", refused)
    penalise(ledger, "104", 1)
    page.locator("#asof #old").wait_for(timeout=WITHIN_MS)
    assert "Not up to date" in seen.asof()
    assert (rows, before) == (seen.rows(), seen.position())
    page.unroute("**/standings?category=cars")
    page.clock.fast_forward(5000)
    seen.until_at(before + 1)
    assert asked
    assert not page.locator("#old").count()
    # A browser complains of what was refused here, and of nothing else.
    seen.complaints[:] = [each for each in seen.complaints if "Failed to load" not in each]


SILK_WAY = [
    *("standings", "standings?category=cars&at=148", "teams", "crew", "crew/102", "why/102"),
    *("log", "log?crew=102", "record/149", "decisions", "decisions/clerk-1", "docket"),
    *("publications", "diff", "diff/148..149?after=SS12", "what-if?without=149", "retirements"),
    *("finishers", "start-order/SS12", "anomalies", "check", "history", "history/102"),
    *("chart/places", "chart/gaps", "time-card/102", "incidents", "outstanding", "penalties"),
    *("late", "due", "protest-clock", "marks", "moment", "rulebook/show", "verify", "site"),
    *("exhibit/list", "types", "marks/strip?page=standings", "crew/999"),
    *("exhibit/check", "publications/1", "publications/2", "drift/1", "drift", "start-order"),
    *("chart/gaps?rebase=102", "rulebook/explain", "rulebook/explain/reviews.time"),
    *("rulebook/check", "rulebook/check/wrc-2019", "document/receipt", "cards", "proposals"),
    *("alike", "alike?decision=clerk-1"),
]
SCORED = [f"../{RALLY}/points", *(f"../{each}" for each in OVER_ALL)]
"""What gives points: the other rally, of which the rules say for what."""
PHONE = {"width": 390, "height": 844}
SCREENS: dict[str, dict[str, Any]] = {
    "by day": {"color_scheme": "light"},
    "at night, on a phone": {"color_scheme": "dark", "viewport": PHONE},
}


def wrong_on(seen: Seen, several: Iterable[str], closely: Container[str]) -> dict[str, list[str]]:
    """What is wrong with pages: what scrolls sideways on a screen, and what axe-core finds.

    Axe-core takes longer than all else, and may be asked only of some, which are looked at closely.
    """
    found = {}
    for where in several:
        page = seen.go(where)
        wrong = wrong_with(page) if where in closely else []
        wide, screen = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        if wide > screen:
            wrong.append(f"{wide} wide")
        if wrong:
            found[where] = wrong
    return found


@pytest.mark.parametrize("screen", SCREENS)
def test_everybody_can_use_every_page(looks: Callable[..., Seen], screen: str) -> None:
    """axe-core finds nothing on any of them: names, contrast, order, roles; none is too wide.

    Each on one screen, by turns; where RALLY_EXAMPLES is 1, each on every screen.
    """
    seen = looks(reduced_motion="reduce", **SCREENS[screen])
    several = in_turn([*SILK_WAY, *SCORED], [*SCREENS].index(screen), len(SCREENS))
    assert {} == wrong_on(seen, several, closely=several)


def among_jokes(looks: Callable[..., Seen], site: str, **how: Any) -> Seen:
    """Somebody who looks at the rally of jokes, on which no script of others may say anything."""
    seen = looks(reduced_motion="reduce", **how)
    seen.site = f"{site.rpartition('/')[0]}/x"
    seen.page.on("dialog", lambda each: seen.complaints.append(each.message))
    return seen


def test_no_name_breaks_a_page(looks: Callable[..., Seen], site: str, ledger: Path) -> None:
    """Names of four thousand letters, of markup, and from right to left: it is as usable as any.

    None acts, and none makes a page too wide. What axe-core finds is looked for on all of them
    where RALLY_EXAMPLES is 1, otherwise on some: there is nothing that it finds of names alone.
    """
    seen = among_jokes(looks, site, viewport=PHONE)
    records = list(site_of(str(ledger), "", replays=False).log("x").read())
    alike = re.compile(r"(why|crew)/[24]|record/\d*[1-9]$|log\?stage")
    several = [each for each in pages(records) if not alike.match(each)]
    assert len(several) > 50
    several += OVER_ALL
    assert {} == wrong_on(seen, several, closely=part_of(several))


def test_a_name_that_comes_in_live_is_only_a_name(
    looks: Callable[..., Seen], site: str, ledger: Path
) -> None:
    """What another process appends is told in its own letters, and becomes no tag and no script."""
    seen = among_jokes(looks, site)
    page = seen.follow("standings?joint=1")
    other = Ledger(str(ledger), lambda: NOW)
    log = other.log("x")
    number = "<img src=x onerror=alert(3)>"
    log.append([CrewEntered(number=number, driver=MARKUP, category=BIDI, **CLERK, **TOLD)])
    for stage in ("SS1", MARKUP):
        told: dict[str, Any] = {"elapsed_ms": 1000, "number": number, "stage": stage}
        log.append([StageTimeRecorded(**told, **CLERK, **TOLD)])
    log.append([RemarkMade(text=f"{BIDI} {WORD}"[:4000], **CLERK, **TOLD)])
    head = log.head().size
    other.close()
    seen.until_at(head)
    page.wait_for_function("() => document.querySelectorAll('#news li').length >= 4")
    news = page.locator("#news").inner_text()
    assert f"{number} not classified → 1." in " ".join(news.split())
    assert MARKUP in page.locator("#news").inner_text()
    assert number == page.locator("tr[data-number] a.no").first.inner_text()
    assert 0 == page.locator("#news img, #news script, #page img, #page script").count()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_tests_find_what_is_wrong(looks: Callable[..., Seen]) -> None:
    """A page with something wrong with it is found out."""
    page = looks().go("standings")
    page.evaluate(
        "document.getElementById('page').insertAdjacentHTML('beforeend', '<img src=/-/icon.svg>')"
    )
    assert any(each.startswith("image-alt") for each in wrong_with(page))
