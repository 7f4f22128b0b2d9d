"""One address answered without a server: as a browser would get it."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from starlette.types import ASGIApp, Message

from cli.web.app import Served


class Response(NamedTuple):
    """What was answered."""

    status: int
    headers: dict[str, str]
    body: bytes


def get(served: Served, target: str, headers: dict[str, str] | None = None) -> Response:
    """The answer to a GET of a path with its query."""
    return asyncio.run(answered(served.app(), target, headers))


def arriving(served: Served, target: str, headers: dict[str, str] | None = None) -> Response:
    """The same, wherever it leads."""
    found = get(served, target, headers)
    for _ in range(_MOST_MOVES):
        if found.status not in (302, 303, 307, 308):
            break
        found = get(served, found.headers["location"].partition("#")[0], headers)
    return found


_MOST_MOVES = 5


async def answered(app: ASGIApp, target: str, headers: dict[str, str] | None = None) -> Response:
    """The same within a loop that runs, of an application that is at hand."""
    path, _, query = target.partition("#")[0].partition("?")
    raw = path.encode("ascii", "backslashreplace")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": raw,
        "root_path": "",
        "query_string": query.encode("ascii", "backslashreplace"),
        "headers": [(n.lower().encode(), v.encode()) for n, v in (headers or {}).items()],
        "client": None,
        "server": None,
    }
    said: list[Message] = []
    asking: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]
    over = asyncio.Event()

    async def receive() -> Message:
        if asking:
            return asking.pop()
        await over.wait()  # who asks stays for all of the answer
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        said.append(message)

    await app(scope, receive, send)
    start = next(each for each in said if each["type"] == "http.response.start")
    body = b"".join(e.get("body", b"") for e in said if e["type"] == "http.response.body")
    heads = {name.decode("latin-1"): value.decode("latin-1") for name, value in start["headers"]}
    return Response(start["status"], heads, body)
