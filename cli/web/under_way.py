"""What is under way and takes long: done once for all who ask, ended once nobody waits for it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Iterator
from typing import Any, NamedTuple

from cli.web.site import Reply
from ledger.errors import Unavailable

BUSY = "Too much is asked at once."


class _Running(NamedTuple):
    """What is being done, and how many wait for it."""

    task: asyncio.Task[Reply]
    waiting: list[None]


class UnderWay:
    """So many answers at most that are being made, by what they are of."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._running: dict[Hashable, _Running] = {}

    async def reply(
        self,
        key: Hashable,
        make: Callable[[], Coroutine[Any, Any, Reply]],
        gone: Callable[[], Awaitable[None]],
    ) -> Reply:
        """The answer that somebody makes already, or that is made now.

        `gone` returns once whoever asks is not there any more; when all are, it is not gone on
        with.

        Raises:
            Unavailable: too much is under way.
        """
        running = self._running.get(key)
        if running is None:
            if len(self._running) >= self._most:
                raise Unavailable(BUSY, hint="Ask again in a moment.")
            running = self._running[key] = _Running(asyncio.create_task(make()), [])
            running.task.add_done_callback(lambda task: self._over(key, task))
        with _counted(running.waiting):
            left = asyncio.ensure_future(gone())
            try:
                await asyncio.wait({running.task, left}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                left.cancel()
                if not running.task.done() and len(running.waiting) == 1:
                    running.task.cancel()
                    self._over(key, running.task)  # who asks from now on begins anew
        if not running.task.done():
            raise asyncio.CancelledError
        return running.task.result()

    def _over(self, key: Hashable, task: asyncio.Task[Reply]) -> None:
        held = self._running.get(key)
        if held is not None and held.task is task:
            del self._running[key]


@contextlib.contextmanager
def _counted(waiting: list[None]) -> Iterator[None]:
    waiting.append(None)
    try:
        yield
    finally:
        waiting.pop()
