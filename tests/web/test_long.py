"""A long log: no page needs all of it to be opened, and what does is told, bounded and kept."""

from __future__ import annotations

import asyncio
import json
import os
import re
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from cli.office import history
from cli.office.needs import MOMENT_US, WHOLE
from cli.office.reads import READS
from cli.web import readiness
from cli.web.app import Served
from cli.web.asked import READ_OF, Question
from cli.web.build import BUILD
from cli.web.once import Response, answered, get
from cli.web.work import Work
from ledger.log import Log
from ledger.record import Record
from projections.results.standings import Scope, Standings, standings
from projections.state.facts import Fold, fold
from projections.state.rally import RallyState
from projections.timeline.timeline import Timeline
from tests.looked import some_of
from tests.web.conftest import served_from
from tests.web.serving import children

PAGE = {"accept": "text/html"}
ABOUT = {
    "chart": "/places",
    "crew": "/1",
    "diff": "/1..2000",
    "drift": "/1",
    "record": "/100",
    "start-order": "/SS2",
    "time-card": "/1",
    "what-if": "?without=100",
    "why": "/1",
}
"""What a page is about, where it has to be said."""
LONG = {"cards", "check", "anomalies", "diff", "what-if", "drift", "late", "verify", "site"}
"""What goes through the log."""


@pytest.fixture(scope="module")
def served(long: Path) -> Served:
    """The log as it is served, its timeline carried to its end."""
    found = served_from(long)
    (rally,) = found.site.rallies()
    _ = found.site.office.view(found.site.log(rally)).timeline
    return found


@pytest.fixture
def ask(served: Served) -> Callable[..., Response]:
    """A page or a twin of it at the end of the log."""
    (rally,) = served.site.rallies()
    size = served.site.log(rally).head().size

    def asked(page: str, **query: Any) -> Response:
        path, _, more = page.partition("?")
        told = "&".join(f"{name}={value}" for name, value in query.items())
        moment = f"at={size}&v={BUILD}"
        return get(served, f"/{rally}/{path}?{'&'.join(filter(None, (moment, more, told)))}", PAGE)

    return asked


@pytest.fixture
def replayed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many records were folded each time; nothing while nobody replays."""
    counts: list[int] = []

    def counting(records: Iterable[Record]) -> Fold:
        told = [*records]
        counts.append(len(told))
        return fold(told)

    for module in ("cli.office.view", "projections.timeline.timeline"):
        monkeypatch.setattr(f"{module}.fold", counting)
    return counts


def test_no_page_replays_the_log_to_be_opened(
    served: Served, ask: Callable[..., Response], replayed: list[int]
) -> None:
    """What would take long says about how long, before it is begun; all else is there."""
    offered = set()
    for page, read in some_of(READ_OF.items()):
        found = ask(f"{page}{ABOUT.get(page, '')}")
        # What the rules of the rally do not define is told as such.
        assert found.status in (200, 404, 422), (page, found.body)
        if b"Look now" in found.body:
            assert b"takes about" in found.body
            offered.add(read)
        assert not replayed, page
    assert offered == LONG
    assert {name for name, each in READS.items() if each.needs in WHOLE} <= {*offered, "log"}


@pytest.mark.parametrize(
    "given",
    [
        {"number": "7"},
        *(
            pytest.param(each, marks=pytest.mark.slow)
            for each in ({}, {"number": "7", "since": "@-200"})
        ),
    ],
)
def test_history_asks_only_where_a_classification_may_change(
    served: Served, monkeypatch: pytest.MonkeyPatch, given: dict[str, str]
) -> None:
    """The answer is that of asking after every record: most are passings along the way."""
    asked: list[object] = []

    def counted(state: RallyState, scope: Scope) -> Standings:
        asked.append(state)
        return standings(state, scope)

    (rally,) = served.site.rallies()
    question = Question(rally, "history", given)
    monkeypatch.setattr(history, "MOST_INDEXED", 200)
    monkeypatch.setattr(history, "standings", counted)
    told, few = served.site.ask(question).document, len(asked)
    assert (
        served.site.ahead(question, served.site.view(question)).seconds < few * 3 * MOMENT_US / 1e6
    )
    monkeypatch.setattr(history, "steps", lambda _, last: range(last + 1))
    assert told == served.site.ask(question).document
    assert 1 < few < (len(asked) - few) / 3


@pytest.mark.parametrize("cut", ["decided_by", "effective_at"])
def test_so_it_is_at_other_cuts(
    ask: Callable[..., Response], replayed: list[int], cut: str
) -> None:
    """As decided by a time only a replay tells: that is offered, whatever the page."""
    for page in some_of(["standings", "crew/1", "docket", "moment", "log?type=StageOpened"]):
        found = ask(page, **{cut: "2026-03-02T12:00:00%2B00:00"})
        assert found.status == 200, found.body
        if cut == "decided_by" and page != "log?type=StageOpened":
            assert b"Look now" in found.body
    assert not replayed


@pytest.mark.slow
def test_what_was_done_is_kept_by_its_position(
    ask: Callable[..., Response], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Done once, its page and its twin come from what is kept; at another position it is new."""
    done = []
    replay = Work.replayed

    async def counting(self: Work, question: Any) -> Any:
        done.append(question.position)
        return await replay(self, question)

    monkeypatch.setattr(Work, "replayed", counting)
    twin = ask("anomalies.json")
    assert json.loads(twin.body)["basis"]["position"] == done[0]
    assert ask("anomalies.json").body == twin.body
    assert len(done) == 1
    page = ask("anomalies", now=1)
    assert b"Look now" not in page.body
    assert ask("anomalies").body == page.body
    assert len(done) == 2


def test_a_replay_that_takes_too_long_is_ended(
    ask: Callable[..., Response], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its deadline: whoever asked is told, and nothing computes on."""
    monkeypatch.setattr("cli.web.work.REPLAY_DEADLINE_S", 0.05)
    before = children(os.getpid())
    found = ask("check.json")
    assert found.status == 503
    assert "takes too long" in found.body.decode()
    assert {*children(os.getpid())} <= {*before}


def test_so_many_replays_are_taken_on(
    served: Served, ask: Callable[..., Response], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One more is sent away, and told to come again."""
    monkeypatch.setattr(served.work._under_way, "_most", 0)
    found = ask("check.json")
    assert found.status == 503
    assert found.headers["retry-after"] == "5"


def test_a_long_log_is_made_ready_before_it_is_asked(
    ledgers: Callable[[str], Path], long: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then whoever asks first waits no longer than the next; a short one needs no timeline."""
    begun, begin = [], Timeline.of

    def counting(log: Log) -> Timeline:
        begun.append(log.rally)
        return begin(log)

    monkeypatch.setattr(Timeline, "of", counting)
    for ledger, times in ((long, 1), (ledgers("demo"), 0)):
        begun.clear()
        found = served_from(ledger)
        (rally,) = found.site.rallies()
        found.site.make_ready(rally)
        assert len(begun) == times
        assert get(found, f"/{rally}/standings.json").status == 200
        assert len(begun) == times


def test_nobody_waits_unawares_for_a_timeline_that_is_made(
    long: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who asks while a start makes it is told at once, and for how long; then it is there."""
    begin, made, said = Timeline.of, threading.Event(), list[str]()

    def slow(log: Log) -> Timeline:
        assert made.wait(60)
        return begin(log)

    monkeypatch.setattr(Timeline, "of", slow)
    monkeypatch.setattr(readiness, "PATIENCE_S", 0.05)

    async def started() -> list[Response]:
        found = served_from(long)
        (rally,) = found.site.rallies()
        making = asyncio.create_task(found.readiness.make(said.append))
        await asyncio.sleep(0.1)
        pages = (f"/{rally}/standings", f"/{rally}/log.json", f"/{rally}/follow", "/healthz")
        answers = [await answered(found.app(), each, PAGE) for each in pages]
        made.set()
        await making
        return [*answers, await answered(found.app(), f"/{rally}/standings", PAGE)]

    page, twin, follow, health, then = asyncio.run(started())
    assert [503, 503, 503, 200, 200] == [each.status for each in (page, twin, follow, health, then)]
    assert {"retry-after": "5", "refresh": "5"}.items() <= page.headers.items()
    assert ("5", None) == (twin.headers["retry-after"], twin.headers.get("refresh"))
    told = json.loads(twin.body)["error"]["message"]
    assert re.fullmatch(
        r"The timeline of \S+ is being made of [\d,]+ records: that .* more\.", told
    )
    assert [f"{told} {readiness.KEPT}"] == said
