"""Following a log over the web: each record that others append, with what it moved, as it comes.

An event is what `rally follow --json` prints of a record; its id is the position. Who was away says
with which one it left off, and gets what was missed.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator

from cli.names import for_programs, naming_of
from cli.office.following import Following
from cli.terminal import json_text
from cli.web.site import Site
from cli.web.work import Work
from ledger.errors import LedgerError, Unavailable

EVERY_S, BREATH_S = 0.25, 15.0
MOST_HELD, AT_ONCE, MOST_FOLLOWERS = 2000, 200, 500


class Live:
    """The news of one rally, told to all who follow it; the log is looked at once for all."""

    def __init__(self, site: Site, work: Work, rally: str, stopping: asyncio.Event) -> None:
        self._site, self._work, self._rally = site, work, rally
        self._stopping = stopping
        self._held: OrderedDict[int, bytes] = OrderedDict()
        self._head = 0
        self._came = asyncio.Event()
        self._watching: asyncio.Task[None] | None = None
        self._followers = 0

    async def events(self, since: int | None) -> AsyncIterator[bytes]:
        """What comes behind a position, or from now on; a sign of life where nothing does.

        Raises:
            Unavailable: too many follow it.
        """
        if self._followers >= MOST_FOLLOWERS:
            raise Unavailable("Too many follow this rally.", hint="Ask again later.")
        head = await self._work.soon(lambda: self._site.log(self._rally).head().size)
        told = head if since is None else min(since, head)
        return self._told(told)

    async def _told(self, told: int) -> AsyncIterator[bytes]:
        self._followers += 1
        try:
            yield f"retry: 1000\nid: {told}\n: behind #{told}\n\n".encode()
            self._watch(told)
            while not self._stopping.is_set():
                while self._head > told:
                    for position, event in await self._news(told):
                        yield event
                        told = position
                    if self._stopping.is_set():
                        return
                if self._head <= told and not await self._something():
                    yield b": still here\n\n"
        finally:
            self._followers -= 1
            if not self._followers and self._watching is not None:
                self._watching.cancel()
                self._watching = None

    def _watch(self, head: int) -> None:
        self._head = max(self._head, head)
        if self._watching is None or self._watching.done():
            self._watching = asyncio.create_task(self._look())

    async def _look(self) -> None:
        """Look how far the log goes, for everybody."""
        while not self._stopping.is_set():
            try:
                head = await self._work.soon(lambda: self._site.log(self._rally).head().size)
            except LedgerError:
                head = self._head  # nobody answers: it is waited for
            if head > self._head:
                self._head = head
                self._came.set()
                self._came = asyncio.Event()
            await asyncio.sleep(EVERY_S)

    async def _something(self) -> bool:
        """Wait for something more, or the end; False where a breath went by without either."""
        either = {asyncio.create_task(each.wait()) for each in (self._came, self._stopping)}
        try:
            done, _ = await asyncio.wait(
                either, timeout=BREATH_S, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            for each in either:
                each.cancel()
        return bool(done)

    async def _news(self, told: int) -> list[tuple[int, bytes]]:
        """The next events behind a position, some at once."""
        if told + 1 not in self._held:
            await self._work.soon(lambda: self._tell(told))
        found: list[tuple[int, bytes]] = []
        while (event := self._held.get(told + 1)) is not None and len(found) < AT_ONCE:
            told += 1
            found.append((told, event))
        return found

    def _tell(self, told: int) -> None:
        """Hold ready what comes behind a position. Called by one thread or several at once."""
        log = self._site.log(self._rally)
        following = Following(log, told, self._site.office.timelines)
        for count, news in enumerate(following.news(), 1):
            said = for_programs(
                news._replace(stands=None).json(), lambda until: naming_of(lambda: log, until)
            )
            position = news.record.position
            event = f"id: {position}\ndata: {json_text(said)}\n\n"
            self._held[position] = event.encode("utf-8", "backslashreplace")
            if count >= AT_ONCE:
                break
        while len(self._held) > MOST_HELD:
            self._held.popitem(last=False)
