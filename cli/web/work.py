"""What takes time, kept within bounds: threads for moments, processes for replays of long logs.

What is asked by several at once is done once; what nobody waits for any more is not gone on with.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, TypeVar

import msgspec

from cli.office.view import NeedsReplay
from cli.web.asked import Question
from cli.web.site import Reply, Site
from ledger.errors import LedgerError, Unavailable

Found = TypeVar("Found")
THREADS, MOST_WAITING = 4, 200
PROCESSES, MOST_REPLAYS = 2, 16
DEADLINE_S, REPLAY_DEADLINE_S = 30.0, 300.0
BUSY = "Too much is asked at once."


class Told(LedgerError):
    """What went wrong in a process of its own, as it was told there."""

    def __init__(self, status: int, said: dict[str, Any]) -> None:
        super().__init__(said.get("message", ""), hint=said.get("hint", ""))
        self.status, self.said = status, said


class Order(msgspec.Struct):
    """What a process of its own is to answer: of which ledger, with which exhibits, what."""

    ledger: str
    exhibits: str
    question: Question


class _Running(NamedTuple):
    """A replay that is under way, and how many wait for it."""

    task: asyncio.Task[Reply]
    waiting: list[None]


class Work:
    """The workers of a site."""

    def __init__(self, site: Site, ledger: str, exhibits: str) -> None:
        self._site, self._ledger, self._exhibits = site, ledger, exhibits
        self._threads = ThreadPoolExecutor(THREADS, "read")
        self._waiting = 0
        self._processes = asyncio.Semaphore(PROCESSES)
        self._running: dict[object, _Running] = {}

    @property
    def busy(self) -> bool:
        """Whether somebody waits for an answer."""
        return bool(self._waiting)

    def end(self) -> None:
        """Begin nothing more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def soon(self, ask: Callable[[], Found]) -> Found:
        """What a thread finds out in a moment.

        Raises:
            Unavailable: too many ask, or it takes too long.
        """
        if self._waiting >= MOST_WAITING:
            raise Unavailable(BUSY, hint="Ask again in a moment.")
        self._waiting += 1
        future = asyncio.get_running_loop().run_in_executor(self._threads, ask)
        future.add_done_callback(self._done)
        try:
            return await asyncio.wait_for(asyncio.shield(future), DEADLINE_S)
        except TimeoutError:
            raise Unavailable("The answer takes too long.", hint="Ask again later.") from None
        except asyncio.CancelledError:
            future.cancel()  # if no thread has begun it
            raise

    def _done(self, future: asyncio.Future[Any]) -> None:
        self._waiting -= 1
        if not future.cancelled():
            future.exception()  # whoever asked may be gone

    async def reply(self, question: Question, gone: Callable[[], Awaitable[None]]) -> Reply:
        """The answer, from wherever it has to come; `gone` returns once nobody waits for it.

        Raises:
            LedgerError: it can't be answered. NeedsReplay: it takes long, and was only to be
                offered.
        """
        try:
            return await self.soon(lambda: self._site.reply(question))
        except NeedsReplay as told:
            return await self._apart(question, told, gone)

    async def _apart(
        self, question: Question, told: NeedsReplay, gone: Callable[[], Awaitable[None]]
    ) -> Reply:
        asked_now = msgspec.structs.replace(question, now=True)
        key = self._site.key(asked_now)
        if (found := self._site.kept.get(key)) is not None:
            return found
        if question.form == "html" and not question.now:
            raise told
        running = self._running.get(key)
        if running is None:
            if len(self._running) >= MOST_REPLAYS:
                raise Unavailable(BUSY, hint="Ask again in a moment.")
            running = _Running(asyncio.create_task(self._replayed(asked_now)), [])
            self._running[key] = running
            running.task.add_done_callback(lambda _: self._running.pop(key, None))
        with _counted(running.waiting):
            left = asyncio.ensure_future(gone())
            try:
                await asyncio.wait({running.task, left}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                left.cancel()
                if not running.task.done() and len(running.waiting) == 1:
                    running.task.cancel()
        if not running.task.done():
            raise asyncio.CancelledError
        reply = running.task.result()
        self._site.keep(asked_now, key, reply)
        return reply

    async def _replayed(self, question: Question) -> Reply:
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


@contextlib.contextmanager
def _counted(waiting: list[None]) -> Iterator[None]:
    waiting.append(None)
    try:
        yield
    finally:
        waiting.pop()
