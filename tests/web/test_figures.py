"""No page has a figure of its own: each comes from a read of the office, at its one basis."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cli.office.answer import Answer
from cli.office.basis import Basis
from cli.office.reads import READS, Read
from cli.web.app import Served
from cli.web.build import BUILD
from cli.web.once import arriving
from cli.web.site import Site
from cli.web.words import Words
from ledger.errors import LedgerError
from ledger.times import format_duration, format_gap
from tests.web.conftest import served_from
from tests.web.test_twins import ABSOLUTE

RALLY = "silk-way-2016"
FIGURE = re.compile(r"\d+(?:[:.]\d+)*")
PAGES = [
    *(each for each in ABSOLUTE if not each.endswith("/")),
    *("standings?category=cars", "standings?stage=SS12", "decisions/clerk-1", "record/5"),
    *("chart/gaps?category=cars", "rulebook/show", "verify", "site", "exhibit/list", "types"),
    *("rulebook/explain/protests.window_ms", "rulebook/check", "rulebook/check/ncr-2026"),
    "marks/strip?page=standings",
]


class Heard(NamedTuple):
    """A read that was asked: whether by `Site.ask`, and what it answered."""

    read: str
    by_the_site: bool
    answer: Answer[Any]


@pytest.fixture(scope="module")
def site(ledgers: Callable[[str], Path]) -> Served:
    """The sample, of which nothing has been asked yet."""
    return served_from(ledgers("demo"))


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[Heard]:
    """Every read of the table that is asked from now on."""
    found: list[Heard] = []
    within: list[None] = []
    ask, ask_of_site = Read.ask, Site.ask

    def hearing(self: Read, *words: Any) -> Answer[Any]:
        answer = ask(self, *words)
        found.append(Heard(self.name, bool(within), answer))
        return answer

    def asking(self: Site, *words: Any) -> Answer[Any]:
        within.append(None)
        try:
            return ask_of_site(self, *words)
        finally:
            within.pop()

    monkeypatch.setattr(Read, "ask", hearing)
    monkeypatch.setattr(Site, "ask", asking)
    return found


class Told(HTMLParser):
    """What a page tells, without its forms, and without the scale of a chart."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._open: list[bool] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            scale = tag == "text" and dict(attrs).get("class") == "time"
            self._open.append(scale or tag in ("form", "nav", "script"))

    def handle_endtag(self, _tag: str) -> None:
        self._open.pop()

    def handle_data(self, data: str) -> None:
        if not any(self._open):
            self.texts.append(data)


ID = re.compile("[0-9a-f]{64}")
_VOID = ("meta", "link", "input", "br", "hr", "img", "wbr", "base")


def figures(texts: Iterable[str]) -> set[str]:
    """The numbers and times in texts."""
    return {each for text in texts for each in FIGURE.findall(text)}


def spelled(value: Any, words: Words) -> Iterator[str]:
    """How a value of an answer may stand on a page, with all that is in it."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield name
            yield from spelled(each, words)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from spelled(each, words)
    elif isinstance(value, int):
        yield from (str(value), format_duration(value, 0), format_gap(value, 0))
    elif isinstance(value, str):
        yield value
        if ID.fullmatch(value):
            yield words.text(f"record {value[:10]}")  # pages name it by its position
        try:
            at = words.instant(value)
        except LedgerError:
            return
        yield from (at.short(), at.clock(), words.when(value))


@pytest.mark.parametrize("page", PAGES)
def test_each_figure_comes_from_a_read_at_the_basis_of_the_page(
    page: str, site: Served, heard: list[Heard]
) -> None:
    """Whatever is asked while it is made is asked of the site, at one basis; and that is all."""
    where = f"/{RALLY}/{page}{'&' if '?' in page else '?'}at=149"
    found = arriving(site, where, {"accept": "text/html"})
    assert 200 == found.status
    assert heard
    assert [] == [each.read for each in heard if not each.by_the_site or each.read not in READS]
    bases = [each.answer.basis() for each in heard]
    assert {149} == {each.position for each in bases if isinstance(each, Basis)}
    assert 1 == len({each for each in bases if each})
    words = Words(site.site.office.view(site.site.log(RALLY), "149"))
    beside = {
        str(int(found_at) + by)
        for found_at in re.findall(r"^record/(\d+)$", page)
        for by in (-1, 1)
    }
    known = (text for each in heard for text in spelled(each.answer.json(), words))
    assert set() == figures(Told(found.body.decode()).texts) - figures(known) - {BUILD} - beside
