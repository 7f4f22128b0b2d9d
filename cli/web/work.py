"""What takes time, kept within bounds: threads for moments, processes for replays of long logs.

What is asked by several at once is done once; what nobody waits for any more is not gone on with.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import msgspec

from cli.office.needs import Work as Ahead
from cli.office.view import NeedsReplay
from cli.web.asked import Asked, Question
from cli.web.site import Reply, Settled, Site
from cli.web.under_way import BUSY, UnderWay
from ledger.errors import LedgerError, Unavailable

Found = TypeVar("Found")
THREADS, MOST_WAITING = 4, 200
PROCESSES, MOST_REPLAYS = 2, 16
DEADLINE_S, REPLAY_DEADLINE_S = 30.0, 300.0


class Told(LedgerError):
    """What went wrong in a process of its own, as it was told there."""

    def __init__(self, status: int, said: dict[str, Any]) -> None:
        super().__init__(said.get("message", ""), hint=said.get("hint", ""))
        self.status, self.said = status, said


class Offered(Exception):
    """What takes long is not begun by opening a page: `ahead` is what it would have to do."""

    def __init__(self, question: Question, ahead: Ahead) -> None:
        super().__init__(question)
        self.question, self.ahead = question, ahead


class Order(msgspec.Struct):
    """What a process of its own is to answer: of which ledger, with which exhibits, what."""

    ledger: str
    exhibits: str
    question: Question


class Work:
    """The workers of a site."""

    def __init__(self, site: Site, ledger: str, exhibits: str) -> None:
        self._site, self._ledger, self._exhibits = site, ledger, exhibits
        self._threads = ThreadPoolExecutor(THREADS, "read")
        self._waiting = 0
        self._processes = asyncio.Semaphore(PROCESSES)
        self._under_way = UnderWay(MOST_REPLAYS)

    @property
    def busy(self) -> bool:
        """Whether somebody waits for an answer."""
        return bool(self._waiting)

    def end(self) -> None:
        """Begin nothing more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def soon(self, ask: Callable[[], Found], deadline_s: float | None = DEADLINE_S) -> Found:
        """What a thread finds out in a moment; without a deadline, in its time.

        Raises:
            Unavailable: too many ask, or it takes too long.
        """
        if self._waiting >= MOST_WAITING:
            raise Unavailable(BUSY, hint="Ask again in a moment.")
        self._waiting += 1
        future = asyncio.get_running_loop().run_in_executor(self._threads, ask)
        future.add_done_callback(self._done)
        try:
            return await asyncio.wait_for(asyncio.shield(future), deadline_s)
        except TimeoutError:
            raise Unavailable("The answer takes too long.", hint="Ask again later.") from None
        except asyncio.CancelledError:
            future.cancel()  # if no thread has begun it
            raise

    def _done(self, future: asyncio.Future[Any]) -> None:
        self._waiting -= 1
        if not future.cancelled():
            future.exception()  # whoever asked may be gone

    async def reply(
        self, meant: Asked, gone: Callable[[], Awaitable[None]]
    ) -> tuple[Settled, Reply | None]:
        """What is asked, settled, and the answer, from wherever it has to come.

        There is none where it is asked at another address for ever. `gone` returns once nobody
        waits for it.

        Raises:
            LedgerError: it can't be answered. Offered: it takes long, and was not asked for yet.
        """
        known: list[Settled] = []

        def answered() -> Reply | None:
            known.append(settled := self._site.settled(meant))
            return None if settled.moved else self._site.reply(settled.question)

        try:
            reply = await self.soon(answered)
            return known[0], reply
        except NeedsReplay as told:
            (settled,) = known
            return settled, await self._apart(settled.question, told, gone)

    async def _apart(
        self, question: Question, told: NeedsReplay, gone: Callable[[], Awaitable[None]]
    ) -> Reply:
        asked_now = msgspec.structs.replace(question, now=True)
        key = self._site.key(asked_now)
        if (found := self._site.kept.get(key)) is not None:
            return found
        if question.form == "html" and not question.now:
            raise Offered(question, told.work)
        reply = await self._under_way.reply(key, lambda: self.replayed(asked_now), gone)
        self._site.keep(asked_now, key, reply)
        return reply

    async def replayed(self, question: Question) -> Reply:
        """What a process of its own answers, which ends with who asked for it."""
        order = msgspec.json.encode(Order(self._ledger, self._exhibits, question))
        async with self._processes:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "cli.web.apart"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
            try:
                out, _ = await asyncio.wait_for(process.communicate(order), REPLAY_DEADLINE_S)
            except TimeoutError:
                raise Unavailable("The answer takes too long.", hint="Ask for less.") from None
            finally:
                if process.returncode is None:
                    with contextlib.suppress(ProcessLookupError):
                        process.kill()
                    await process.wait()
        head, _, body = out.partition(b"\n")
        if not head:
            raise Unavailable("The answer could not be computed.", hint="Ask again.")
        said = msgspec.json.decode(head)
        if "error" in said:
            raise Told(said["status"], said["error"])
        return Reply(body, said["media"])
