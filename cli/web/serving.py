"""Serving the site: the address is taken and told, and a request to end is heard at once."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn

from cli.web.apart import site_of
from cli.web.app import Served
from cli.web.site import Site
from cli.web.work import Work
from ledger.errors import Unavailable, Usage
from ledger.files import why

PATIENCE_S = 1
"""How long an answer that is under way may take once the server is told to end."""


def serve(
    ledger: str,
    exhibits: str,
    host: str,
    port: int,
    told: Callable[[str], None],
    also: Callable[[str], None],
) -> int:
    """Serve a ledger until somebody ends it; `told` hears the address, once it is taken.

    `also` hears what takes long before everything is answered.

    Raises:
        Unreadable: there is no ledger. Unavailable: the address can't be taken.
    """
    site = site_of(ledger, exhibits, replays=False)
    taken = listening(host, port)
    with taken:
        return asyncio.run(until_ended(site_served(site, ledger, exhibits), taken, told, also))


def site_served(site: Site, ledger: str, exhibits: str) -> Served:
    """A site with its workers."""
    return Served(site, Work(site, ledger, exhibits))


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens there; port 0 is any that is free.

    Raises:
        Unavailable: it can't be had. Usage: there is no such host.
    """
    try:
        (family, _, _, _, where), *_ = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Usage(
            f"There is no host {host!r} here.", hint="--host 127.0.0.1 is this machine."
        ) from None
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(where)
        made.listen(512)
    except OSError as error:
        made.close()
        if error.errno == errno.EADDRINUSE:
            raise Unavailable(
                f"Port {port} of {host} is taken by another program.",
                hint="Name another with --port, or --port 0 for any that is free.",
            ) from None
        raise Unavailable(
            f"{host}, port {port}, can't be served: {why(error)}.",
            hint="Name another --host or --port.",
        ) from None
    made.set_inheritable(False)
    return made


def address_of(taken: socket.socket) -> str:
    """Where a browser finds it."""
    host, port = taken.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}/"


class _Server(uvicorn.Server):
    """A server that tells those who follow a log that it ends."""

    def __init__(self, config: uvicorn.Config, served: Served) -> None:
        super().__init__(config)
        self._served = served
        self._loop = asyncio.get_running_loop()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Somebody wants it to end: that is how it ends well; asked twice, it ends at once."""
        self.force_exit = self.should_exit
        self.should_exit = True
        self._loop.call_soon_threadsafe(self._served.stopping.set)


async def until_ended(
    served: Served,
    taken: socket.socket,
    told: Callable[[str], None],
    also: Callable[[str], None] = lambda _: None,
) -> int:
    """Serve a site on a socket until somebody ends it; `also` hears what takes long before that."""
    config = uvicorn.Config(
        served.app(),
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=PATIENCE_S,
        ws="none",
        h11_max_incomplete_event_size=16 * 1024,
    )
    server = _Server(config, served)
    told(address_of(taken))
    making_ready = asyncio.create_task(served.readiness.make(also))
    try:
        await server.serve(sockets=[taken])
    finally:
        making_ready.cancel()
        served.work.end()
    if served.work.busy:  # a thread that still computes would be waited for
        os._exit(0)
    return 0
