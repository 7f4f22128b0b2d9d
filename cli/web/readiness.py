"""Whether the timelines of long logs are at hand: where none is kept, a start makes them first.

Until then nobody waits unawares, and no worker is held up: who asks for the rally is told at once
for about how long, and to ask again.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import time
from collections.abc import Callable
from functools import partial

from cli.office.view import A_SHORT_LOG
from cli.web.site import Site
from cli.web.work import Work
from ledger.errors import LedgerError, Unavailable

MADE_US = 25.0
"""About how long it takes for each record to make a timeline (µs)."""
PATIENCE_S = 2.0
"""How long an answer waits for one: one that is kept is read in less."""


class Readiness:
    """The timelines of a site that are not at hand yet."""

    def __init__(self, site: Site, work: Work) -> None:
        self._site, self._work = site, work
        self._awaited: dict[str, asyncio.Event] = {}
        self._records: dict[str, int] = {}
        self._since = 0.0

    async def make(self, told: Callable[[str], None] = lambda _: None) -> None:
        """Have them at hand before anybody asks; `told` hears of what takes long."""
        self._since = time.monotonic()
        with contextlib.suppress(LedgerError):  # whoever asks is told
            for rally in self._site.rallies():
                size = self._site.log(rally).head().size
                if size > A_SHORT_LOG:
                    self._awaited[rally], self._records[rally] = asyncio.Event(), size
        saying = asyncio.create_task(self._say(told))
        for rally, ready in list(self._awaited.items()):
            with contextlib.suppress(LedgerError):
                await self._work.soon(partial(self._site.make_ready, rally), None)
            del self._awaited[rally]
            ready.set()
        saying.cancel()
        gc.freeze()  # they stay: to look through them for what can go took a fifth of an answer

    async def _say(self, told: Callable[[str], None]) -> None:
        await asyncio.sleep(PATIENCE_S)
        for rally in self._awaited:
            told(f"{self._words(rally)} {KEPT}")

    async def must_be_ready(self, rally: str) -> None:
        """Let nobody wait for a timeline that is still being made; "" is for those of all rallies.

        Raises:
            Unavailable: it is.
        """
        for each in (rally,) if rally else tuple(self._awaited):
            if (ready := self._awaited.get(each)) is None:
                continue
            try:
                await asyncio.wait_for(ready.wait(), PATIENCE_S)
            except TimeoutError:
                raise Unavailable(
                    self._words(each), hint="Ask again then: it is made only once."
                ) from None

    def _words(self, rally: str) -> str:
        """What is being made, and about how long it takes."""
        records = self._records[rally]
        left = max(records * MADE_US / 1e6 - (time.monotonic() - self._since), 0)
        about = f"about {left:.0f} seconds more" if left >= 1 else "a moment more"
        return f"The timeline of {rally} is being made of {records:,} records: that takes {about}."


KEPT = "A server keeps nothing: with `rally standings` once, the next start has it at hand."
"""What who starts a server is told, where a timeline has to be made: every other read keeps it."""
