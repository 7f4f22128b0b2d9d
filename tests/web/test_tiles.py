"""The tiles that `rally serve` gives: those of an archive, made once for all who wait for them."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.archive import publication
from cli.archive.publication import Publication
from cli.main import run
from cli.office.asking import Cuts
from cli.web import tiles as module
from cli.web.asked import Question, asked
from cli.web.build import BUILD
from cli.web.frame import lists_of
from cli.web.once import get as answered
from cli.web.tiles import MADE_BY, NAME, Tiles
from cli.web.work import Work
from ledger.errors import Unavailable
from projections.replay import tiles
from projections.timeline.timeline import Timeline
from tests.looked import some_of
from tests.web.conftest import Get, served_from, settings
from tests.web.test_serving import penalise

SILK_WAY, HEAD = "/silk-way-2016/tiles", 192


@pytest.fixture
def get(served: Callable[[str], Get]) -> Get:
    """GET of the sample."""
    return served("demo")


@pytest.fixture
def of_forty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tiles of 40 positions each: most of the sample's are closed."""
    for each in (tiles, publication, module):
        monkeypatch.setattr(each, "SIZE", 40)


def archived(ledger: Path, folder: Path, position: int) -> dict[str, bytes]:
    """The tiles of an archive as of a position, by their names."""
    words = ["export", "archive", str(folder), "--known-at", str(position)]
    assert run(["--ledger", str(ledger), *words], settings()) == 0
    return {each.name: each.read_bytes() for each in folder.glob("replay/[0-9]*.js")}


@pytest.mark.parametrize(
    "position", [20, *(pytest.param(at, marks=pytest.mark.slow) for at in (0, 148, HEAD))]
)
def test_a_tile_is_that_of_the_archive(get: Get, own: Path, tmp_path: Path, position: int) -> None:
    """The open one too: as far as it went at that position, however far the log goes now."""
    found = get(f"{SILK_WAY}/0.js?at={position}&v={MADE_BY}")
    assert found.status == 200
    assert found.headers["content-type"] == "text/javascript"
    assert found.headers["cache-control"].endswith("immutable")
    assert {"0.js": found.body} == archived(own, tmp_path / "a", position)


@pytest.mark.slow
def test_a_closed_tile_stays_what_it_is(own: Path, tmp_path: Path, of_forty: None) -> None:
    """Each is named by its last position, and a record more changes none of them."""
    before = archived(own, tmp_path / "a", HEAD)
    penalise(own, "104", 59)
    site = served_from(own)
    for number in some_of(range(4)):
        last = 40 * number + 39
        address = f"{SILK_WAY}/{number}.js?at={last}&v={MADE_BY}"
        for asked_as in ("", f"?at={HEAD}", f"?at={last}&v=1.1"):
            led = answered(site, f"{SILK_WAY}/{number}.js{asked_as}")
            assert (led.status, led.headers["location"]) == (302, address)
        assert answered(site, address).body == before[f"{number}.js"]
    led = answered(site, f"{SILK_WAY}/4.js")
    assert led.headers["location"] == f"{SILK_WAY}/4.js?at={HEAD + 1}&v={MADE_BY}"
    assert answered(site, f"{SILK_WAY}/4.js?at={HEAD}&v={MADE_BY}").body == before["4.js"]
    assert answered(site, led.headers["location"]).body != before["4.js"]


@pytest.mark.parametrize(
    ("where", "status"),
    [
        ("1.js", 404),
        (f"0.js?at={HEAD + 1}", 404),
        ("0.js?at=SS3", 422),
        ("0.js?at=-1", 422),
        ("x.js", 404),
        ("0", 404),
        ("", 404),
        ("9999999999999999999.js", 404),
        ("\N{SUPERSCRIPT TWO}.js", 404),
    ],
)
def test_no_such_tile(get: Get, where: str, status: int) -> None:
    found = get(f"{SILK_WAY}/{where}")
    assert found.status == status
    error = json.loads(found.body)["error"]
    assert error["message"]
    assert error["hint"]


def test_what_is_known_besides(get: Get) -> None:
    """How far the log goes, where a step of each kind leads, and by which addresses all that is."""
    found = get(SILK_WAY)
    assert found.headers["cache-control"] == "no-cache"
    told = json.loads(found.body)
    assert (told["position"], told["tiles"], told["build"]) == (HEAD, MADE_BY, BUILD)
    for what in some_of(kind for kind, there in told["steps"].items() if there):
        led = get(f"/silk-way-2016/step?from=3&to=next-{what}").headers["location"]
        assert f"?at={next(each for each in told['steps'][what] if each > 3)}&" in led
    (ranked, unranked) = told["tables"]
    assert [each["names"] for each in ranked["columns"]][2] == ["driver", "codrivers"]
    assert unranked["title"] == "Not classified"


@pytest.mark.parametrize(
    ("query", "lists"),
    [
        ({}, "*"),
        ({"category": "cars"}, "=cars"),
        ({"joint": "1"}, "="),
        ({"category": "cars", "joint": "1"}, "=cars"),
        ({"stage": "SS3"}, None),
        ({"after": "SS3"}, None),
        ({"class": "T1"}, None),
        ({"effective_at": "2016-07-21T20:00+08:00"}, None),
        ({"decided_by": "2016-07-21T20:00+08:00"}, None),
    ],
)
def test_which_pages_are_looked_up(query: dict[str, str], lists: str | None) -> None:
    question = asked("silk-way-2016", ["standings"], query.items()).question
    assert lists_of(question) == lists
    assert lists_of(asked("silk-way-2016", ["teams"], ()).question) is None


# -- how they are made -------------------------------------------------------------------------


def the_tile(position: int = 148) -> Question:
    """The only tile of the sample, as far as a position."""
    return Question("silk-way-2016", NAME, {"number": 0}, Cuts(str(position)), "js", absolute=True)


async def waits() -> None:
    """Somebody who waits as long as it takes."""
    await asyncio.sleep(60)


def test_a_tile_is_made_once(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks while it is made waits for the same, and afterwards it is kept."""
    served, made = served_from(own), list[int]()
    tile = Publication.tile

    def counted(of: Publication, number: int, going_on: Callable[[int], None]) -> bytes:
        made.append(number)
        return tile(of, number, going_on)

    monkeypatch.setattr(Publication, "tile", counted)

    async def ask() -> set[bytes]:
        found = Tiles(served.site, served.work, lambda: False)
        several = await asyncio.gather(*(found.reply(the_tile(), waits) for _ in range(3)))
        again = await found.reply(the_tile(), waits)
        return {each.body for each in (*several, again)}

    assert len(asyncio.run(ask())) == 1
    assert made == [0]


@pytest.mark.parametrize("why", ["nobody waits", "the site ends", "the deadline"])
def test_one_is_not_gone_on_with(own: Path, monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    served, stopped = served_from(own), list[float]()
    if why == "the deadline":
        monkeypatch.setattr(module, "DEADLINE_S", 0.05)

    def endless(of: Publication, number: int, going_on: Callable[[int], None]) -> bytes:
        try:
            for position in some_of(range(2000)):
                going_on(position)
                time.sleep(0.01)
        except Unavailable:
            stopped.append(time.monotonic())
            raise
        return b"it was gone on with"

    monkeypatch.setattr(Publication, "tile", endless)

    async def ask() -> float:
        ends = asyncio.Event()
        found = Tiles(served.site, served.work, ends.is_set)

        async def gone() -> None:
            await asyncio.sleep(0.1 if why == "nobody waits" else 60)

        asyncio.get_running_loop().call_later(0.1, ends.set if "site" in why else int)
        with pytest.raises((Unavailable, asyncio.CancelledError)):
            await found.reply(the_tile(), gone)
        left = time.monotonic()
        await asyncio.sleep(0.3)
        return left

    left = asyncio.run(ask())
    assert stopped
    assert stopped[0] - left < 0.3


@pytest.mark.slow
def test_what_no_timeline_tells_is_made_apart(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a process of its own, as all that replays a long log; the bytes are the same."""
    served, apart = served_from(own), list[Question]()
    replayed = Work.replayed

    def watched(work: Work, question: Question) -> object:
        apart.append(question)
        return replayed(work, question)

    async def ask() -> bytes:
        found = Tiles(served.site, served.work, lambda: False)
        return (await found.reply(the_tile(), waits)).body

    here = asyncio.run(ask())
    monkeypatch.setattr(Work, "replayed", watched)
    monkeypatch.setattr(module, "A_SHORT_LOG", 100)
    monkeypatch.setattr(Timeline, "serves", lambda *_: False)
    assert asyncio.run(ask()) == here
    assert [the_tile()] == apart
