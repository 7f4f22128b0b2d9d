"""The tiles of the replay as resources of a rally: with them a step costs the server nothing.

A tile is what stands in an archive of the log up to a position, byte for byte. It is named by its
number, that position and the way it was made: the same address is the same tile for ever, and of a
tile that is closed there is one. A page looks up in it what it shows while somebody moves along the
log.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple
from urllib.parse import quote

from cli.archive.publication import Publication
from cli.office.asking import Cuts
from cli.office.moments import RECORD, STEPS, places
from cli.office.needs import Needs, work_of
from cli.office.view import A_SHORT_LOG, REPLAYED_US, NeedsReplay
from cli.web.asked import Question
from cli.web.build import BUILD
from cli.web.pages import page_of
from cli.web.site import MEDIA, Kept, Reply, Site
from cli.web.tables import column
from cli.web.under_way import UnderWay
from cli.web.work import Work
from ledger.errors import NotFound, Unavailable, Usage
from ledger.rally_time import constituted
from projections.replay.lookup import FORMAT
from projections.replay.tiles import SIZE, bounds_of, number_of
from projections.state.rally import EDITION

NAME = "tiles"
MADE_BY = f"{EDITION}.{FORMAT}"
"""The edition of the computing rules and the way tiles are written: the `v` of their addresses."""
MOST_KEPT, LARGEST_KEPT = 4096, 64 * 1024 * 1024
MOST_UNDER_WAY, DEADLINE_S, A_BREATH_S = 16, 60.0, 0.001


def about(site: Site, rally: str) -> dict[str, Any]:
    """What whoever looks up in tiles knows besides: how far the log goes, where steps lead.

    `size` is how many positions are in a tile, `tiles` the `v` of their addresses and `build` that
    of pages; `tables` are those of a page of standings, column by column.
    """
    log = site.log(rally)
    position = log.head().size
    said = constituted(log, position)
    return {
        "position": position,
        "size": SIZE,
        "format": FORMAT,
        "tiles": MADE_BY,
        "build": BUILD,
        "zone": said.timezone if said and said.time_zone else "",
        "steps": {each: list(places(log, each, 0, position)) for each in STEPS if each != RECORD},
        "tables": [
            {
                "rows": each.rows,
                "title": each.title,
                "nothing": each.nothing,
                "columns": [
                    {**told._asdict(), "figure": told.is_figure}
                    for told in map(column, each.columns)
                ],
            }
            for each in page_of("standings").tables
        ],
    }


class Named(NamedTuple):
    """A tile up to a position; `moved` is where it is asked so, if elsewhere."""

    question: Question
    moved: str = ""


def named(site: Site, rally: str, name: str, at: str | None, build: str | None) -> Named:
    """The tile that an address means; without a position it is as far as it goes by now.

    Raises:
        NotFound: there is no such tile yet. Usage: the position is none.
    """
    digits = name.removesuffix(".js")
    if digits == name or not _is_a_number(digits):
        raise NotFound(f"There is no tile {name!r}.", hint="One is 0.js, 1.js and so on.")
    if at is not None and not _is_a_number(at):
        raise Usage(f"{at!r} is no position.", hint="at is how far the tile goes.")
    number, head = int(digits), site.log(rally).head().size
    first, end = bounds_of(number)
    last = min(head if at is None else int(at), end)
    if not first <= last <= head:
        raise NotFound(
            f"There is no tile {number} up to #{at or head}.",
            hint=f"The log goes to #{head}, in the tile {number_of(head)}.",
        )
    cuts = Cuts(known_at=str(last))
    question = Question(rally, NAME, {"number": number}, cuts, "js", absolute=True)
    where = f"/{quote(rally, safe='')}/{NAME}/{number}.js?at={last}&v={MADE_BY}"
    return Named(question, "" if (at, build) == (str(last), MADE_BY) else where)


def _is_a_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < _DIGITS


_DIGITS = 16


def drawn(
    site: Site, question: Question, going_on: Callable[[int], None] = lambda _: None
) -> bytes:
    """A tile, as it stands in an archive."""
    return Publication(site.view(question)).tile(question.given["number"], going_on)


class Tiles:
    """The tiles of a site: made one after the other beside all else, and kept.

    `ending` says whether the site ends.
    """

    def __init__(self, site: Site, work: Work, ending: Callable[[], bool]) -> None:
        self._site, self._work, self._ending = site, work, ending
        self._thread = ThreadPoolExecutor(1, "tile")
        self._under_way = UnderWay(MOST_UNDER_WAY)
        self._kept = Kept(MOST_KEPT, LARGEST_KEPT)

    async def reply(self, question: Question, gone: Callable[[], Awaitable[None]]) -> Reply:
        """A tile; `gone` returns once nobody waits for it.

        Raises:
            Unavailable: too much is asked at once, or it takes too long.
        """
        key = self._site.key(question)
        if (found := self._kept.get(key)) is not None:
            return found
        reply = await self._under_way.reply(key, lambda: self._made(question), gone)
        self._kept.put(key, reply)
        return reply

    async def _made(self, question: Question) -> Reply:
        left = threading.Event()
        try:
            ask = asyncio.get_running_loop().run_in_executor(
                self._thread, lambda: self._drawn(question, left)
            )
            return await ask
        except NeedsReplay:
            return await self._work.replayed(question)
        finally:
            left.set()

    def _drawn(self, question: Question, left: threading.Event) -> Reply:
        """A tile from the timeline, as long as somebody waits for it."""
        seen = self._site.view(question)
        until = time.monotonic() + DEADLINE_S

        def going_on(position: int) -> None:
            if left.is_set() or self._ending() or time.monotonic() > until:
                raise Unavailable("The tile takes too long.", hint="Ask for the page.")
            if position > A_SHORT_LOG and not seen.timeline.serves(position):
                raise NeedsReplay(work_of(Needs.REPLAY, REPLAYED_US, seen, {}))
            if self._work.busy:  # a moment that somebody asks for goes first
                time.sleep(A_BREATH_S)

        return Reply(drawn(self._site, question, going_on), MEDIA["js"])
