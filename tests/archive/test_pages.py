"""The pages of an archive: what is served at that position, and what the commands say; as files."""

from __future__ import annotations

import html
import json
import posixpath
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import msgspec
import pytest

pytest.importorskip("starlette", reason="needs the extra `web`")

from cli.archive import publication
from cli.archive.asking import Asking
from cli.archive.contents import contents_of
from cli.archive.layout import digest
from cli.archive.road import instants
from cli.office.view import View
from cli.web.app import Served
from cli.web.asked import Question, address
from cli.web.once import get
from ledger.log import Ledger
from tests.archive.conftest import HOSTILE, LONG, RTL, contents, told
from tests.archive.markup import Markup
from tests.conftest import Rally, Ticking
from tests.looked import some_of
from tests.spec import RALLY, Case
from tests.web.conftest import served_from


@pytest.fixture(scope="module")
def served(published: Path) -> Served:
    """The sample as it is served."""
    return served_from(published / "rally.db")


@pytest.fixture(scope="module")
def asked(published: Path) -> dict[str, Question]:
    """What each page of the archive of the sample asks, by the path of the page."""
    opened = Ledger(str(published / "rally.db"), Ticking())
    seen = View(opened.log("silk-way-2016")).at_its_head()
    asking = Asking(seen)
    found = {
        each.path("html"): asking.question(each.read, each.given) for each in contents_of(seen)
    }
    for at in instants(seen):
        found[at.path("html")] = asking.question("standings", {}, at.instant.iso())
    opened.close()
    return found


@pytest.mark.slow
def test_each_page_has_the_rows_of_the_page_that_is_served(
    published: Path, served: Served, asked: dict[str, Question]
) -> None:
    """At its position: the same tables and headings, and its other forms byte for byte."""
    folder = published / "silk-way"
    rows, forms = 0, dict[str, int]()
    for path, question in some_of(asked.items()):
        there = get(served, address(question), {"accept": "text/html"})
        assert there.status == 200, (path, address(question), there.body[:300])
        own, other = Markup((folder / path).read_text()), Markup(there.body.decode())
        assert own.tables == other.tables, path
        assert own.headings == [e for e in other.headings if e not in ("Keys", "What came since")]
        rows += sum(map(len, own.tables))
        for form in ("json", "csv", "svg"):
            twin, file = get(served, address(question.turned(form))), folder / path
            file = file.with_name(file.name.removesuffix("html") + form)
            assert file.exists() == (twin.status == 200), (path, form)
            if file.exists():
                assert file.read_bytes() == twin.body, (path, form)
                forms[form] = forms.get(form, 0) + 1
    assert rows > 1500
    assert forms["json"] > forms["csv"] > 100
    assert forms["svg"] == 2


def test_the_replay_has_the_keys_of_the_pages(published: Path, served: Served) -> None:
    """`?` lists the same steps in both, and the buttons of the replay go by them."""
    here = (published / "silk-way" / "index.html").read_text(encoding="utf-8")
    there = get(served, "/silk-way-2016/standings", {"accept": "text/html"}).body.decode()
    listed = re.compile(r"<dt><kbd>(\S+)</kbd> <kbd>(\S+)</kbd></dt><dd>([^<]*)</dd>")
    steps = {what.split()[0]: (back, forth) for back, forth, what in listed.findall(here)}
    assert ("first,", ("Home", "End")) == steps.popitem()
    assert {e[2].split()[-1]: e[:2] for e in listed.findall(there)} == steps
    keys = re.findall(r'data-step="(\w+)" data-by="-?1" data-key="(\S+?)"', here)
    assert [(what, key) for what, several in steps.items() for key in several] == keys


def test_the_index_lists_each_thing_once(archive: Path) -> None:
    """A decision and a document by their names, and what is on record of them by itself."""
    listed = re.compile(r"<summary>([^<]*)</summary>(.*?)</details>", re.DOTALL)
    groups = dict(listed.findall((archive / "index.html").read_text(encoding="utf-8")))
    titles = re.findall(r"<bdi>(.*?)</bdi>", groups["Decisions"])
    assert ["clerk-1: Clerk of the course&#x27;s decision 1"] == titles
    assert ["record/149.html"] == re.findall(r'href="(.*?)"', groups["Records"])


def test_how_it_stood_on_the_road_is_what_the_command_says(silk_way: Rally, archive: Path) -> None:
    """Loeb missed two waypoints at noon: from then on he is fourth, whatever the board showed."""
    pages = sorted((archive / "road").glob("*.json"))
    for page in some_of(pages):
        said = silk_way("standings", "--basis", page, "--json")
        assert (page.read_text(encoding="utf-8"), said.code) == (said.out, 0)
        basis = json.loads(said.out)["basis"]
        now = told(silk_way, "standings", "--effective-at", basis["effective_at"])
        assert {**now, "basis": None} == {**json.loads(said.out), "basis": None}
    index = Markup((archive / "road.html").read_text())
    listed = {each for each in index.leads() if each.startswith("road/")}
    assert listed == {f"road/{each.stem}.html" for each in pages}
    assert ["21 Jul 11:00 +03:00", "End of SS12"] in index.tables[0]


def test_every_link_leads_to_a_file_of_the_archive(archive: Path) -> None:
    """What a page names is in the folder; what is not there is text, and no page has scripts."""
    looked, text_of = 0, cache(Path.read_text)
    for path in some_of(sorted(archive.rglob("*.html"))):
        if path.name == "index.html":
            continue
        page = Markup(path.read_text())
        here = path.relative_to(archive).as_posix()
        for where in page.leads():
            file = unquote(where.partition("#")[0])
            if not file:
                assert where == "#page"
                continue
            there = (archive / posixpath.join(posixpath.dirname(here), file)).resolve()
            assert there.is_file()
            if "#r" in where:
                assert f' id="{where.partition("#")[2]}"' in text_of(there), where
            assert not file.startswith("/")
            looked += 1
        tags = [tag for tag, _ in page.tags]
        assert "script" not in tags
        assert "form" not in tags
        assert not any("style" in attrs for _, attrs in page.tags)
        policy = [a["content"] for t, a in page.tags if t == "meta" and "http-equiv" in a]
        assert ["default-src 'none'"] == [str(each).partition(";")[0] for each in policy]
    assert looked > 3000


def test_a_page_leads_to_what_it_tells_of(archive: Path) -> None:
    """A row to its crew, a total to why, a decision to its page; other records to the log."""
    leads = Markup((archive / "standings/category/cars.html").read_text()).leads()
    assert {"../../crew/102.html", "../../why/102.html", "../../index.html#at=192"} <= {*leads}
    assert "decisions/clerk-1.html" in Markup((archive / "decisions.html").read_text()).leads()
    text = (archive / "why/102.html").read_text()
    assert {"../log/1.html#r140", "../record/149.html"} <= {*Markup(text).leads()}
    after = Markup((archive / "standings/after/SS12.html").read_text()).leads()
    assert not [each for each in after if "why" in each]  # it explains the total of the end


@pytest.mark.slow
def test_every_record_is_on_one_page_of_the_log(
    silk_way: Rally, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the newest back, page by page, and forth again; each page is what the command says."""
    monkeypatch.setattr("cli.archive.contents.PART", 50)
    assert silk_way("export", "archive", "a").code == 0
    leads = Markup(Path("a/log.html").read_text()).leads()
    assert "log/101.html" in leads  # of #142, which is older than the fifty that stand there
    found: list[int] = []
    for first, last in ((151, 192), (101, 150), (51, 100), (1, 50)):
        page = Path("a/log", f"{first}.html").read_text()
        found += map(int, re.findall(r'<tr id="r(\d+)"', page))
        asked = ("--since", first - 1, "--until", last, "--newest", 50)
        said = silk_way("log", *asked, "--basis", "a/manifest.json", "--csv")
        assert Path("a/log", f"{first}.csv").read_bytes() == said.out.encode()
        beside = {each for each in (first - 50, first + 50) if 0 < each < 192}
        assert beside == {*map(int, re.findall(r'href="(\d+)\.html">[◂N O]', page))}
    assert found == [*range(192, 0, -1)]
    assert "log/1.html" not in Path("a/index.html").read_text()


def test_a_page_says_as_of_when_it_is(archive: Path) -> None:
    """Its position, when that was received, the zone, the root; on the road also the instant."""
    root = json.loads((archive / "manifest.json").read_bytes())["basis"]["root"]
    for path in some_of(("teams.html", "crew/102.html", "road/20160721T080000Z.html")):
        text = (archive / path).read_text()
        line = text[text.index('id="asof"') : text.index('id="tools"')]
        assert re.search(r'as of <a href="(\.\./)?log/1\.html#r192">#192</a>', line)
        assert "24 Jul 13:00 +03:00" in line
        assert "Europe/Moscow" in line
        assert f'title="{root}"' in line
        assert ("on the road at" in line) == path.startswith("road/")


def tags_of(folder: Path) -> Iterator[tuple[Path, Markup]]:
    """The pages of an archive, taken apart."""
    for path in sorted(folder.rglob("*.html")):
        yield path, Markup(path.read_text())


def test_names_become_neither_markup_nor_paths(hostile: Path) -> None:
    """Markup, other directions, 4,000 letters: in every page isolated, and nothing of them acts."""
    plain = HOSTILE.replace("\N{RIGHT-TO-LEFT OVERRIDE}", "\\u202e")
    names = {plain, RTL, LONG}
    found = set()
    for path, page in some_of(tags_of(hostile)):
        assert len(path.relative_to(hostile).as_posix()) < 300
        assert not {tag for tag, _ in page.tags} & {"img", "object", "base"}
        assert not any(name.startswith("on") for _, attrs in page.tags for name in attrs)
        found |= names & {*page.bdi}
        if path.name != "index.html":
            assert not [each for each in page.tags if each[0] == "script"]
    assert found == names


def test_without_jinja_it_says_what_to_install(
    dune: Rally, dunes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never other bytes for what is installed: nothing is published, and the pages not checked."""
    monkeypatch.setattr(publication, "find_spec", lambda _: None)
    error = told(dune, "export", "archive", "new", code=5)["error"]
    assert error["message"] == "The pages of an archive need the module jinja2."
    assert "[web]" in error["hint"]
    assert not Path("new").exists()
    before = contents(dunes)
    (dunes / "crew/102.html").write_text("other")
    manifest = json.loads((dunes / "manifest.json").read_bytes())
    manifest["files"]["crew/102.html"] = digest(b"other")
    (dunes / "manifest.json").write_text(json.dumps(manifest))
    found = told(dune, "verify", "--archive", dunes)["archive"]
    assert found["not_checked"][0]["what"] == "the pages"
    monkeypatch.undo()
    monkeypatch.chdir(dunes.parent)
    found = told(dune, "verify", "--archive", dunes, code=3)["archive"]
    assert found["findings"] == ["crew/102.html is not what this ledger tells at #28."]
    assert dune("export", "archive", dunes).code == 0
    assert contents(dunes) == before


def test_what_can_not_be_told_says_why(rally: Rally, ledger: Ledger) -> None:
    """The page is there, and says what the command says; so does its JSON."""
    case = Case()
    case.records[1] = ("", msgspec.structs.replace(case.records[1][1], parameters={}))
    for number in ("101", "102"):
        case.enter(number)
    case.times("SS1", _101="0:01:00", _102="0:01:00")
    ledger.log(RALLY).append([said for _, said in case.records])
    assert rally("export", "archive", "a").code == 0
    error = told(rally, "standings", "--basis", "a/manifest.json", code=1)["error"]
    shown = json.loads(Path("a/standings.json").read_bytes())["error"]
    assert shown == {name: error[name] for name in ("kind", "message", "hint")}
    assert "do not define" in shown["message"]
    assert Markup(Path("a/standings.html").read_text()).headings == ["Standings"]
    assert html.escape(shown["message"], quote=False) in Path("a/standings.html").read_text()
    assert told(rally, "verify", "--archive", "a")["ok"] is True


def test_the_points_have_a_page_of_each_table_that_is_defined(tmp_path: Path) -> None:
    """Nobody was nominated for a manufacturer, and no rule speaks of teams: there is no page."""
    scales = ("overall: 9 8",)
    case = Case("wrc-2019", points__scales=scales, points__scorers="everybody")
    case.enter("1", "2", codrivers=["Co"])
    case.times("SS1", _1="1:00:00", _2="1:01:00")
    log = Ledger(str(tmp_path / "rally.db"), Ticking()).log(RALLY)
    log.append([said for _, said in case.records])
    pages = [each for each in contents_of(View(log)) if each.read == "points"]
    assert [("points/drivers.json", {}), ("points/co-drivers.json", {"table": "co-drivers"})] == [
        (each.path("json"), each.given) for each in pages
    ]
