"""The site: where addresses lead, how errors are told, and what nobody can make it do."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from cli.main import run
from cli.office.reads import READS
from cli.web.asked import PAGE_OF, parameters, subject_of
from cli.web.build import BUILD
from cli.web.once import Response
from cli.web.openapi import document
from ledger.errors import Unavailable
from ledger.log import Ledger
from ledger.times import Instant
from ledger.vocabulary import RallyConstituted, RemarkMade
from tests.conftest import NOW
from tests.looked import when
from tests.web.conftest import Get, served_from, settings
from tests.web.hostile import HOSTILE, LONG, MARKUP, OVER_ALL, WORD, fill, pages, reads_of
from tests.web.test_browser import SILK_WAY as SILK_WAY_PAGES
from tests.web.test_twins import arrived, fresh

SILK_WAY = "/silk-way-2016"
PAGE = {"accept": "text/html"}


@pytest.fixture
def get(served: Callable[[str], Get]) -> Get:
    """GET of the sample."""
    return served("demo")


# -- moments -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ("?at=148", f"?at=148&v={BUILD}"),
        ("?at=%23148", f"?at=148&v={BUILD}"),
        ("?at=@-44", f"?at=148&v={BUILD}"),
        ("?at=SS5", f"?at=73&v={BUILD}"),
        ("?at=149^&category=cars", f"?at=148&v={BUILD}&category=cars"),
        ("?at=2016-07-21T20:00%2B08:00", f"?at=148&v={BUILD}"),
        ("?at=2016-07-21T20:00+08:00", f"?at=148&v={BUILD}"),
        (
            "?at=148&effective_at=2016-07-20T12:00",
            f"?at=148&v={BUILD}&effective_at=2016-07-20T12%3A00%3A00%2B03%3A00",
        ),
        ("?known_at=148", f"?at=148&v={BUILD}"),
        ("?at=21%20Jul%2014:00", f"?at=148&v={BUILD}"),
        ("?at=21%20Jul%2020:00%20%2B08:00", f"?at=148&v={BUILD}"),
        ("?at=148&v=0.1", f"?at=148&v={BUILD}#other-build"),
    ],
)
def test_a_moment_leads_to_its_position(get: Get, asked: str, there: str) -> None:
    """Whatever names it: the address at which it stands names the position and the build."""
    found = get(f"{SILK_WAY}/standings{asked}")
    assert (302, f"{SILK_WAY}/standings{there}") == (found.status, found.headers["location"])
    assert "no-cache" == found.headers["cache-control"]


@pytest.mark.parametrize("position", [0, 1, 20, 46])
def test_the_frame_of_a_rally_that_has_hardly_begun(get: Get, position: int) -> None:
    """Before anything, before the rally has a name, before the first stage: pages and marks."""
    for page in ("standings", "log", "chart/places", "decisions", "marks/strip"):
        found = get(f"{SILK_WAY}/{page}?at={position}&v={BUILD}", **PAGE)
        assert found.status in (200, 404), page
        assert page == "chart/places" or 200 == found.status


def test_the_log_begins_with_the_newest(get: Get) -> None:
    """A page at a time; what is older is a link away, and every record is on one of the pages."""
    found: list[int] = []
    where = f"{SILK_WAY}/log?at=148&v={BUILD}&newest=60"
    for _ in range(3):
        page = get(where).body.decode()
        found += map(
            int, re.findall(r'<td class="fig"><a class="record" href="[^"]*">#(\d+)<', page)
        )
        older = re.search(r'href="([^"]*)">Older', page)
        where = older[1].replace("&amp;", "&") if older else ""
    assert [*range(148, 0, -1)] == found
    assert "" == where


def test_a_range_of_stages_is_asked_by_from_and_to(get: Get) -> None:
    """In the form of the standings; its totals lead to why in that range; a diff keeps both."""
    query = f"at=192&v={BUILD}&from=SS9&to=SS12"
    page = get(f"{SILK_WAY}/standings?{query}&category=cars", **PAGE).body.decode()
    assert "<h1>Stages <bdi>SS9</bdi> to <bdi>SS12</bdi> · <bdi>cars</bdi></h1>" in page
    assert "· stages <bdi>SS9</bdi> to" in get(f"{SILK_WAY}/why/102?{query}", **PAGE).body.decode()
    for name, stage in (("from", "SS9"), ("to", "SS12")):
        field = re.search(f'<select id="f-{name}" name="{name}">(.*?)</select>', page)
        assert f'<option value="{stage}" selected>' in (field[1] if field else "")
    assert f'href="{SILK_WAY}/why/102?{query.replace("&", "&amp;")}"' in page
    rows = json.loads(get(f"{SILK_WAY}/why/102.json?{query}").body)
    assert ("range", 57_747_000) == (rows["scope"]["kind"], rows["total_ms"])
    moved = json.loads(get(f"{SILK_WAY}/diff/148..149.json?{query}").body)
    assert ("SS9", 148) == (moved["scope"]["from"], moved["between"][0]["position"])
    asked = get(f"{SILK_WAY}/diff?from=148&to=149&at=192&v={BUILD}", **PAGE)
    assert (200, 1) == (asked.status, asked.body.decode().count('name="from"'))


def test_an_old_build_says_so(get: Get) -> None:
    """In the answer that redirects, and on the page to which it leads."""
    found = get(f"{SILK_WAY}/standings.json?at=148&v=2.9")
    assert b"another build" in found.body
    page = arrived(get, f"{SILK_WAY}/standings?at=148&v=2.9").body.decode()
    assert 'id="other-build"' in page


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ("from=148&to=next-record", "at=149"),
        ("from=148&to=prev-record", "at=147"),
        ("from=148&to=next-decision", "at=149"),
        ("from=150&to=prev-decision", "at=149"),
        ("from=148&to=prev-stage", "at=140"),
        ("from=140&to=next-stage", "at=157"),
        ("from=140&to=prev-cancellation", "at=134"),
        ("from=192&to=next-record", f"at=192&v={BUILD}#no-more"),
        ("from=149&to=next-decision", f"at=149&v={BUILD}#no-more"),
        ("from=1&to=prev-record", f"at=1&v={BUILD}#no-more"),
    ],
)
def test_steps(get: Get, asked: str, there: str) -> None:
    """A step finds out where it leads; where there is no further one, one stays and is told."""
    found = get(f"{SILK_WAY}/step?{asked}&page=crew%2F102")
    assert 302 == found.status
    assert found.headers["location"].startswith(f"{SILK_WAY}/crew/102?{there}")


@pytest.mark.parametrize(
    ("axis", "there"),
    [
        ("board", f"at=148&v={BUILD}"),
        ("road", f"at=192&v={BUILD}&effective_at=2016-07-21T20%3A00%3A00%2B08%3A00"),
        ("both", f"at=148&v={BUILD}&effective_at=2016-07-21T20%3A00%3A00%2B08%3A00"),
        ("decided", f"at=192&v={BUILD}&decided_by=2016-07-21T20%3A00%3A00%2B08%3A00"),
    ],
)
def test_a_moment_that_is_typed_on_an_axis(get: Get, axis: str, there: str) -> None:
    """What the board could show, or how it stood on the road."""
    found = get(f"{SILK_WAY}/go?moment=2016-07-21T20:00%2B08:00&axis={axis}&category=cars")
    assert f"{SILK_WAY}/standings?{there}&category=cars" == found.headers["location"]


def test_nothing_of_the_head_is_on_an_absolute_page(get: Get) -> None:
    """Neither how far the log goes, nor a time that runs out."""
    page = get(f"{SILK_WAY}/standings?at=148&v={BUILD}").body.decode()
    assert 'max="148"' in page
    assert "192 records" not in page
    assert "Live</strong>" not in page
    assert "Live</strong>" in get(f"{SILK_WAY}/standings").body.decode()


# -- errors ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "status", "kind"),
    [
        ("/nobody/standings.json", 404, "not-found"),
        (f"{SILK_WAY}/nothing.json", 404, "not-found"),
        (f"{SILK_WAY}/crew/999.json", 404, "not-found"),
        (f"{SILK_WAY}/standings.json?at=999", 404, "not-found"),
        (f"{SILK_WAY}/standings.json?at=999&v={BUILD}", 404, "not-found"),
        (f"{SILK_WAY}/standings.json?after=SS99", 404, "not-found"),
        (f"{SILK_WAY}/standings.json?category=bikes", 404, "not-found"),
        (f"{SILK_WAY}/record/99999.json", 404, "not-found"),
        (f"{SILK_WAY}/standings.svg", 404, "not-found"),
        (f"{SILK_WAY}/standings/more.json", 404, "not-found"),
        (f"{SILK_WAY}/record/149.json?private=1", 422, "usage"),
        (f"{SILK_WAY}/standings.json?afer=SS1", 422, "usage"),
        (f"{SILK_WAY}/standings.json?after=SS1&stage=SS1", 422, "usage"),
        (f"{SILK_WAY}/standings.json?joint=maybe", 422, "usage"),
        (f"{SILK_WAY}/standings.json?after=SS1&after=SS2", 422, "usage"),
        (f"{SILK_WAY}/crew.json", 422, "usage"),
        (f"{SILK_WAY}/chart/maps.json", 422, "usage"),
        (f"{SILK_WAY}/chart/gaps.json?top=x", 422, "usage"),
        (f"{SILK_WAY}/docket.json?for=yesterdayish", 422, "usage"),
        (f"{SILK_WAY}/step?from=1&to=somewhere", 422, "usage"),
        (f"{SILK_WAY}/follow?since=x", 422, "usage"),
        (f"{SILK_WAY}/standings.json?at=%ff%fe", 404, "not-found"),
        (f"{SILK_WAY}/crew/%ff%fe.json", 404, "not-found"),
        (f"{SILK_WAY}/standings.json?at=%00", 422, "usage"),
        (f"{SILK_WAY}/standings.json?at={'9' * 9000}", 422, "usage"),
        ("/-/../app.py", 404, "not-found"),
        ("/-/%2e%2e%2fapp.py", 404, "not-found"),
        ("/..%2f..%2fetc%2fpasswd/standings", 404, "not-found"),
    ],
)
def test_what_goes_wrong(get: Get, where: str, status: int, kind: str) -> None:
    """It is told in the ledger's own shape, and kept by nobody."""
    found = get(where)
    error = json.loads(found.body)["error"]
    assert (status, kind) == (found.status, error["kind"])
    assert error["message"]
    assert "no-store" == found.headers["cache-control"]


def test_what_goes_wrong_is_told_to_people_as_a_page(get: Get) -> None:
    """With what to do; a program that asks the same gets JSON."""
    page = get(f"{SILK_WAY}/crew/1011", **PAGE)
    assert (404, "text/html; charset=utf-8") == (page.status, page.headers["content-type"])
    assert b"There is no crew 1011." in page.body


def test_a_page_that_lacks_what_it_is_about_asks_for_it(get: Get) -> None:
    """It opens with the form, and nothing is refused."""
    for read in READS.values():
        if when(read.of_a_log and subject_of(read.name) is not None):
            page = get(f"{SILK_WAY}/{PAGE_OF.get(read.name, read.name.replace(' ', '/'))}", **PAGE)
            assert 200 == page.status, read.name


# -- what a browser may do -----------------------------------------------------------------------


OTHERS = ["/", "/season", "/healthz", "/openapi.json", "/-/app.js", f"{SILK_WAY}/nothing"]


@pytest.mark.parametrize("where", [*OTHERS, *(f"{SILK_WAY}/{each}" for each in SILK_WAY_PAGES)])
def test_every_answer_keeps_a_browser_from_what_it_need_not_do(get: Get, where: str) -> None:
    """No script and no style but the site's own, no guessing of types, and no cookies."""
    found = get(where, **PAGE)
    policy = found.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "nosniff" == found.headers["x-content-type-options"]
    assert "set-cookie" not in found.headers


@pytest.mark.parametrize("name", ["%0d%0aSet-Cookie:%20x=1", "a%0aLocation:%20http:evil", "%00"])
def test_no_header_comes_from_an_address(get: Get, name: str) -> None:
    """A line end in an address ends no header."""
    for where in (f"/{name}/standings", f"{SILK_WAY}/crew/{name}", f"{SILK_WAY}/go?moment={name}"):
        found = get(where)
        assert found.status in (404, 422)
        assert {"set-cookie", "location"}.isdisjoint(found.headers)
    moved = get(f"{SILK_WAY}/log?crew={name}&at=5")
    assert "\n" not in moved.headers.get("location", "")


def test_other_methods_are_refused(served: Callable[[str], Get], own: Path) -> None:
    """The web face only reads: nothing is written, whatever is asked of it."""
    before = own.read_bytes()
    get = fresh(own)
    for page in ("standings", "check", "verify", "history", "diff/1..2", "exhibit/check"):
        assert 200 == get(f"{SILK_WAY}/{page}.json").status
    log = served_from(own).site.log("silk-way-2016")
    assert not log.scan.save("x", b"x")
    with pytest.raises(Unavailable, match="readonly"):
        log.append([RemarkMade(text="x", **SAID)])
    assert before == own.read_bytes()


# -- names ---------------------------------------------------------------------------------------

SAID: dict[str, Any] = {
    "rally": "silk-way-2016",
    "recorded_at": Instant(NOW, 0),
    "fact_at": Instant(NOW, 0),
    "by": "A",
    "role": "steward",
}


@pytest.fixture(scope="module")
def joke(tmp_path_factory: pytest.TempPathFactory) -> tuple[Get, list[str]]:
    """A rally in which every name, code and text is somebody's joke, and its pages."""
    path = tmp_path_factory.mktemp("hostile") / "rally.db"
    records = fill(path)
    return fresh(path), pages(records)


class Page(HTMLParser):
    """What a browser makes of a page: its tags, what would act, and the texts that are isolated.

    `loose` are texts that are written from right to left and stand among others.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.acts: list[str] = []
        self.isolated: list[str] = []
        self.loose: list[str] = []
        self.shown: list[str] = []
        self.within: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag not in VOID:
            self.within.append(tag)
        for name, value in attrs:
            if name in ("title", "aria-label", "aria-valuetext", "alt", "placeholder"):
                self.shown.append(value or "")
            if name.startswith("on") or name == "style" or "javascript:" in (value or ""):
                self.acts.append(f"{tag} {name}={value}")
            if tag == "script" and name != "defer" and value not in SCRIPTS:
                self.acts.append(f"script {name}={value}")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.within:
            del self.within[len(self.within) - 1 - self.within[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        self.shown.append(data)
        if "bdi" in self.within:
            self.isolated.append(data)
        elif RIGHT_TO_LEFT & set(data) and BY_ITSELF.isdisjoint(self.within):
            self.loose.append(data)


SCRIPTS = ("/-/lookup.js", "/-/slider.js", "/-/app.js")
VOID = frozenset({"meta", "link", "input", "br", "img", "wbr"})
BY_ITSELF = frozenset({"title", "option", "pre", "text"})
"""What is isolated by itself."""
RIGHT_TO_LEFT = frozenset("\u05d0\u05d1\u05d2\u0645\u0631\u062d\u0628\u0627")
AXES = {
    "live": "",
    "board": "at=30&v={build}",
    "road": "at=39&v={build}&effective_at=2016-07-21T20%3A00%3A00%2B08%3A00",
}


def complaints(found: Response) -> list[str]:
    """What is wrong with a page, whatever somebody is called on it."""
    text = found.body.decode()
    if found.status != 200:
        return [f"{found.status}"]
    seen = Page(text)
    turned = [each for each in seen.shown if {"\u202e", "\u2066"} & set(each)]
    signs = [each for each in ("<script>", "&amp;amp;49") if each in text]
    return [*seen.acts, *({"img", "style"} & seen.tags), *seen.loose, *turned, *signs]


@pytest.mark.parametrize("axis", [*AXES][:1])
def test_no_name_becomes_markup(joke: tuple[Get, list[str]], axis: str) -> None:
    """Whatever somebody is called, no page has a tag, a script or a style of his; and none turns
    what stands beside it about."""
    of_the_joke(joke, axis)


@pytest.mark.slow
@pytest.mark.parametrize("axis", [*AXES][1:])
def test_no_name_becomes_markup_at_any_moment(joke: tuple[Get, list[str]], axis: str) -> None:
    """The same at a moment of the log, and on the road."""
    of_the_joke(joke, axis)


def test_every_page_is_looked_at(joke: tuple[Get, list[str]]) -> None:
    """By who looks for what is amiss: names that act (here), and what keeps people from a page."""
    assert {*READS} == reads_of([*joke[1], *OVER_ALL])
    assert {*READS} - reads_of(SILK_WAY_PAGES) == {"points", "season"}  # see `SCORED` there


def of_the_joke(joke: tuple[Get, list[str]], axis: str) -> None:
    get, several = joke
    asked = AXES[axis].format(build=BUILD)
    wrong = {}
    wanted = [f"/x/{page}{'&' if '?' in page else '?'}{asked}" for page in several]
    for page in (*wanted, *(f"/{each}" for each in OVER_ALL)):
        found = get(page, **PAGE)
        if found.status == 404 and axis == "board":
            continue  # it came later
        if told := complaints(found):
            wrong[page] = told
    assert {} == wrong
    assert len(several) > 80


def test_names_stand_as_they_are(joke: tuple[Get, list[str]]) -> None:
    """In the letters of whoever bears them, isolated from what stands around; bidi controls shown.

    A name of four thousand characters is there in full.
    """
    page = Page(joke[0]("/x/standings?joint=1", **PAGE).body.decode())
    names = set(page.isolated)
    assert {MARKUP, LONG, WORD, HOSTILE["look-alike"]} <= names
    assert any(each.startswith("\\u202eevil") and "\u05d0\u05d1\u05d2" in each for each in names)


def test_private_values_are_shown_to_nobody(get: Get) -> None:
    """The option that opens them is none of the web's."""
    assert "private" in {each.asked_as for each in READS["show"].parameters()}
    assert "private" not in {each.asked_as for each in parameters("show")}
    assert "private" not in json.dumps(document()["paths"]["/{rally}/record/{record}.json"])


# -- for programs --------------------------------------------------------------------------------


def test_the_description_is_that_of_the_table(get: Get) -> None:
    """Each read in each form, with each parameter that it can be asked; nothing is listed twice."""
    found = json.loads(get("/openapi.json").body)
    assert found["openapi"].startswith("3.1")
    paths = found["paths"]
    operations = [each["get"]["operationId"] for each in paths.values()]
    assert len(operations) == len(set(operations))
    for read in READS.values():
        page = PAGE_OF.get(read.name, read.name.replace(" ", "/"))
        below = "" if read.of_a_ledger else "/{rally}"
        there = [path for path in paths if re.fullmatch(rf"{below}/{page}(/{{\w+}})?\.json", path)]
        assert there, read.name
        told = {each["name"] for path in there for each in paths[path]["get"]["parameters"]}
        moments = {"known_at"} if read.of_a_ledger else {"rally", "at", "v", "known_at"}
        assert len(parameters(read.name)) + len(moments) <= len(told)


def test_where_the_log_is(get: Get) -> None:
    """For who watches over the server."""
    found = get("/healthz")
    assert (200, 192) == (found.status, json.loads(found.body)["position"])


def test_a_drawing_may_look_as_it_says_whenever_it_is_asked(get: Get) -> None:
    """Also when it is kept: only its own styles, and nothing else of it acts."""
    where = f"{SILK_WAY}/chart/places.svg?at=148&v={BUILD}"
    policies = {get(where).headers["content-security-policy"] for _ in range(2)}
    assert policies == {"default-src 'none'; style-src 'unsafe-inline'"}


def test_what_is_asked_again_is_not_sent_again(get: Get) -> None:
    """A live page whose log has not moved on."""
    first = get(f"{SILK_WAY}/standings.json")
    again = get(f"{SILK_WAY}/standings.json", **{"if-none-match": first.headers["etag"]})
    assert (304, b"") == (again.status, again.body)


def test_several_rallies(tmp_path: Path) -> None:
    """A first page lists them; where there is one alone, it leads to that."""
    path = tmp_path / "rally.db"
    run(["--ledger", str(path), "demo"], settings())
    assert 302 == fresh(path)("/").status
    at: dict[str, Any] = {"recorded_at": Instant(NOW, 0), "fact_at": Instant(NOW, 0), "by": "A"}
    with_log = Ledger(str(path), lambda: NOW)
    said = RallyConstituted(rally="a/b", title="Slash & Co", timezone="Z", role="secretary", **at)
    with_log.log("a/b").append([said])
    with_log.close()
    found = fresh(path)("/")
    assert b"Slash &amp; Co" in found.body
    assert b"/a%2Fb/standings" in found.body
    assert 200 == fresh(path)("/a%2Fb/log.json").status


ALONE = """
import sys
import uvicorn  # which has a command of its own
sys.modules["click"] = None  # to import it is an error from now on
import cli.web.app, cli.web.serving, cli.web.apart, cli.web.render, cli.web.openapi
cli.web.openapi.document()
print(sorted(each for each in sys.modules if each.startswith("cli.commands")))
"""


def test_the_web_face_needs_no_terminal() -> None:
    """It is there without click, and without any command."""
    told = subprocess.run(
        [sys.executable, "-c", ALONE], check=False, capture_output=True, text=True
    )
    assert ("[]\n", "") == (told.stdout, told.stderr)


def test_what_moved_since_it_was_posted(own: Path) -> None:
    """Beside a place stands an arrow against the last sheet of that list, which names the sheet.

    The line that says where one is says of which kind it was, and until when it is open.
    """
    clerk = ("--by", "Clerk", "--role", "clerk-of-the-course", "--clock-is-right")
    kind = ("--kind", "provisional", "--category", "cars")
    at = ("--at", "2016-07-25T12:00+08:00")
    penalty = ("PenaltyGiven", "number=104", "stage=SS13", "amount_ms=0:59:00", "--reason", "x")
    for words in (("publish", "classification", *kind), ("record", *penalty)):
        assert 0 == run(["--ledger", str(own), *words, *clerk, *at], settings())
    page = fresh(own)(f"{SILK_WAY}/standings?category=cars", **PAGE).body.decode()
    moved = re.findall(r'class="moved (\w+)" title="(\d+)\. on document 1"', page)
    assert [("up", "2"), ("up", "3"), ("down", "1")] == moved
    said = " ".join(re.sub(r"<[^>]+>", "", page).split())
    assert "provisional document 1, protests until 25 Jul 07:30 +03:00" in said
    trucks = fresh(own)(f"{SILK_WAY}/standings?category=trucks", **PAGE).body.decode()
    assert 'class="moved' not in trucks
