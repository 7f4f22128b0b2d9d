"""A ledger that is served as `rally serve` does it, and beside it answers that are always the same.

    python -m tests.bench.constant LEDGER

`/-constant/N` is N bytes that are at hand: what this server gives where nothing has to be done.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from functools import cache

from starlette.types import ASGIApp, Receive, Scope, Send

from cli.main import MANY_THINGS
from cli.web.apart import site_of
from cli.web.app import Served
from cli.web.serving import listening, until_ended
from cli.web.work import Work

PATH = "/-constant/"


class BesideConstants(Served):
    """A site as it answers requests, and the constant answers of the bench."""

    def app(self) -> ASGIApp:
        """The application: what is constant comes before anything of the site is looked at."""
        site = super().app()

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            path = scope["path"]
            if not path.startswith(PATH):
                await site(scope, receive, send)
                return
            body = _body(int(path[len(PATH) :]))
            length = (b"content-length", str(len(body)).encode())
            await send({"type": "http.response.start", "status": 200, "headers": [length]})
            await send({"type": "http.response.body", "body": body})

        return answer


@cache
def _body(size: int) -> bytes:
    return bytes(size)


def main() -> None:
    """Serve until somebody ends it; the address is told on standard output."""
    (ledger,) = sys.argv[1:]
    gc.set_threshold(MANY_THINGS)  # as the command does that serves
    site = site_of(ledger, "", replays=False)
    served = BesideConstants(site, Work(site, ledger, ""))
    with listening("127.0.0.1", 0) as taken:
        asyncio.run(until_ended(served, taken, lambda where: print(where, flush=True)))


if __name__ == "__main__":
    main()
