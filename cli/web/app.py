"""The site over HTTP: addresses to questions, answers to responses, what a browser must not do."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode

from starlette.datastructures import MutableHeaders
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cli.office.moments import STEPS, step
from cli.office.needs import Work as Ahead
from cli.terminal import json_text
from cli.web import files, openapi, render, strip, tiles
from cli.web.asked import Question, address, asked, is_of_the_ledger, segments, whole
from cli.web.build import BUILD
from cli.web.live import Live
from cli.web.readiness import Readiness
from cli.web.replies import error_of
from cli.web.site import MEDIA, Settled, Site
from cli.web.static_files import static_file
from cli.web.tiles import Tiles
from cli.web.work import Offered, Told, Work
from ledger.errors import LedgerError, NotFound, Usage

FOR_EVER, ASK_AGAIN = "public, max-age=31536000, immutable", "no-cache"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; "
        "object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
}
OF_A_DRAWING = "default-src 'none'; style-src 'unsafe-inline'"
"""A file that is drawn says itself how it looks; nothing else of it may act."""
OF_A_SHEET = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'"
"""A document is shown by what the browser has for that."""
OF_A_FILE = "default-src 'none'; sandbox"
"""What somebody handed in acts nowhere."""
OF_THE_DRAWN = {MEDIA["svg"]: OF_A_DRAWING, MEDIA["pdf"]: OF_A_SHEET}
STATIC = {
    "app.css": "text/css",
    "chart.css": "text/css",
    "app.js": "text/javascript",
    "lookup.js": "text/javascript",
    "slider.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
MARKUP_OF_OTHERS = 8000
"""No address is longer."""


class Served:
    """A site with its workers, as it answers requests."""

    def __init__(self, site: Site, work: Work) -> None:
        self.site, self.work = site, work
        self.stopping = asyncio.Event()
        self.readiness = Readiness(site, work)
        self._tiles = Tiles(site, work, self.stopping.is_set)
        self._live: dict[str, Live] = {}
        self._of_the_site = {
            "": self._first,
            "healthz": self._health,
            "openapi.json": self._openapi,
        }
        self._of_a_rally = {
            "": self._home,
            "follow": self._follow,
            "step": self._step,
            "go": self._go,
            "marks/strip": self._strip,
            tiles.NAME: self._about_tiles,
        }

    def app(self) -> ASGIApp:
        """The application."""
        return _Guarded(ServerErrorMiddleware(self._served, self._broken))

    async def _served(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Addresses are taken apart as they were sent: a router would have unquoted them before.
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        reads = request.method in ("GET", "HEAD")
        response = await (self._answered(request) if reads else self._only_reads(request))
        await response(scope, receive, send)

    async def _answered(self, request: Request) -> Response:
        rally = None
        try:
            path = _path(request)
            rally = path[0] if len(path) > 1 else None
            return await self._respond(request, path)
        except LedgerError as error:
            return await self._failed(request, error, rally)
        except UnicodeError:
            return await self._failed(request, Usage("The address is no text in UTF-8."), None)

    async def _respond(self, request: Request, path: list[str]) -> Response:
        rally, *rest = path or [""]
        if not rest and rally in self._of_the_site:
            return await self._of_the_site[rally](request)
        if rally == _FILES:
            return _static(request, "/".join(rest))
        await self.readiness.must_be_ready(rally if rest else "")
        of_all = not rest and is_of_the_ledger(rally)
        if not of_all and (besides := self._of_a_rally.get("/".join(rest))) is not None:
            return await besides(request, rally)
        if tuple(rest[:2]) == _EXHIBIT and len(rest) == len(_EXHIBIT) + 1:
            return await self._exhibit(rally, rest[-1])
        if rest[:1] == [tiles.NAME]:
            return await self._tile(request, rally, "/".join(rest[1:]))
        return await self._read(request, *(("", path) if of_all else (rally, rest)))

    # -- reads ------------------------------------------------------------------------------------

    async def _read(self, request: Request, rally: str, path: list[str]) -> Response:
        known = self.site.kept.get(_target(request))
        if known is not None:
            return _as_drawn(_response(known.body, known.media, FOR_EVER), known.media, rally, path)
        meant = asked(rally, path, request.query_params.multi_items())
        try:
            settled, reply = await self.work.reply(meant, lambda: _gone(request))
        except Offered as told:
            return await self._offered(told.question, told.ahead)
        if reply is None:
            return _moved(settled)
        if settled.question.absolute and settled.question.read not in openapi.LOOK_ASIDE:
            self.site.kept.put(_target(request), reply)
            response = _response(reply.body, reply.media, FOR_EVER)
        else:
            response = _response(reply.body, reply.media, ASK_AGAIN, request)
        return _as_drawn(response, reply.media, rally, path)

    async def _offered(self, question: Question, ahead: Ahead) -> Response:
        """What takes long is not begun by opening a page: it says how long it takes."""
        page = await self.work.soon(lambda: render.waiting_page(self.site, question, ahead))
        return _response(page.encode(), MEDIA["html"], "no-store")

    # -- around the pages -------------------------------------------------------------------------

    async def _first(self, _request: Request) -> Response:
        rallies = await self.work.soon(self.site.rallies)
        if len(rallies) == 1:
            return _redirect(address(Question(rallies[0], "standings", {})))
        await self.readiness.must_be_ready("")
        page = await self.work.soon(lambda: render.first_page(self.site))
        return _response(page.encode(), MEDIA["html"], ASK_AGAIN)

    async def _openapi(self, _request: Request) -> Response:
        return _response(json_text(openapi.document()).encode(), MEDIA["json"], ASK_AGAIN)

    async def _home(self, _request: Request, rally: str) -> Response:
        self.site.log(rally)
        return _redirect(address(Question(rally, "standings", {})))

    async def _health(self, _request: Request) -> Response:
        def heads() -> dict[str, int]:
            return {each: self.site.log(each).head().size for each in self.site.rallies()}

        found = await self.work.soon(heads)
        said = {"ok": True, "position": max(found.values(), default=0), "rallies": found}
        return _response(json_text(said).encode(), MEDIA["json"], "no-store")

    async def _step(self, request: Request, rally: str) -> Response:
        """From a moment to the next record, decision or whatever, on the same page."""
        told = dict(request.query_params.multi_items())
        way, _, what = told.pop("to", "").partition("-")
        origin, page = told.pop("from", ""), told.pop("page", "standings")
        if way not in ("next", "prev") or what not in STEPS:
            ways = ", ".join(f"{w}-{s}" for s in STEPS for w in ("next", "prev"))
            raise Usage("Where to is not said.", hint=f"to is one of: {ways}.")
        if not origin:
            raise Usage("From where is not said.", hint="from is a position, or another moment.")
        pairs = [p for p in request.query_params.multi_items() if p[0] not in _OF_A_STEP]
        meant = asked(rally, segments(f"/{page}"), [*pairs, ("at", origin)])

        def stepped() -> str:
            here = self.site.settled(meant).question
            try:
                there = step(self.site.log(rally), here.position or 0, what, back=way == "prev")
            except NotFound:
                return f"{address(here)}#no-more"
            return address(here.at(there))

        return _redirect(await self.work.soon(stepped))

    async def _go(self, request: Request, rally: str) -> Response:
        """To a moment that was typed, on one axis or the other."""
        told = dict(request.query_params.multi_items())
        moment, axis = told.get("moment", "").strip(), told.get("axis", "board")
        page = told.get("page", "standings")
        pairs = [p for p in request.query_params.multi_items() if p[0] not in _OF_A_MOMENT]
        meant = asked(rally, segments(f"/{page}"), pairs)

        def there() -> str:
            return address(self.site.at_moment(meant.question, moment, axis))

        return _redirect(await self.work.soon(there))

    async def _exhibit(self, rally: str, wanted: str) -> Response:
        """What is bound to a record, to be kept by who asks for it."""
        found = await self.work.soon(lambda: files.exhibit(self.site, rally, wanted))
        headers = {
            "Content-Type": found.media,
            "Content-Length": str(found.size),
            "Content-Disposition": files.disposition(found.name),
            "Content-Security-Policy": OF_A_FILE,
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "no-store",  # what is taken away is gone
        }
        return StreamingResponse(found.parts(), headers=headers)

    async def _strip(self, request: Request, rally: str) -> Response:
        """The marks along the log, drawn: each leads to the page at it."""
        pairs = request.query_params.multi_items()
        page = dict(pairs).get("page", "standings")
        of_marks = [p for p in pairs if p[0] in ("at", "v")]
        settled = await self.work.soon(lambda: self.site.settled(asked(rally, ["marks"], of_marks)))
        state = [p for p in pairs if p[0] not in ("at", "v", "page")]
        meant = asked(rally, segments(f"/{page}"), state).question
        if settled.moved:
            where = address(settled.question).partition("?")[2]
            rest = urlencode([("page", page), *state])
            return _redirect(f"/{quote(rally, safe='')}/marks/strip?{where}&{rest}")
        body = await self.work.soon(lambda: strip.drawn(self.site, settled.question, meant))
        caching = FOR_EVER if settled.question.absolute else ASK_AGAIN
        return _response(body.encode(), MEDIA["html"], caching, request)

    async def _about_tiles(self, request: Request, rally: str) -> Response:
        """How far the tiles go and what is looked up in them."""
        found = await self.work.soon(lambda: tiles.about(self.site, rally))
        body = json_text(found).encode("utf-8", "backslashreplace")
        return _response(body, MEDIA["json"], ASK_AGAIN, request)

    async def _tile(self, request: Request, rally: str, name: str) -> Response:
        at, build = (request.query_params.get(each) for each in ("at", "v"))
        found = await self.work.soon(lambda: tiles.named(self.site, rally, name, at, build))
        if found.moved:
            return _redirect(found.moved)
        reply = await self._tiles.reply(found.question, lambda: _gone(request))
        return _response(reply.body, reply.media, FOR_EVER)

    async def _follow(self, request: Request, rally: str) -> Response:
        self.site.log(rally)
        said = request.headers.get("last-event-id") or request.query_params.get("since")
        since = whole("since", said) if said else None
        live = self._live.setdefault(rally, Live(self.site, self.work, rally, self.stopping))
        events = await live.events(since)
        return StreamingResponse(
            events, media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    # -- what goes wrong --------------------------------------------------------------------------

    async def _failed(self, request: Request, error: LedgerError, rally: str | None) -> Response:
        if isinstance(error, Told):
            return await self._told(request, error.status, error.said)

        def told() -> tuple[dict[str, Any], str]:
            try:
                return error_of(error, self.site.log(rally) if rally else None), rally or ""
            except LedgerError:
                return error_of(error, None), ""

        try:
            said, of = await self.work.soon(told)
        except LedgerError:
            said, of = {"kind": error.kind, "message": error.message, "hint": error.hint}, ""
        return await self._told(request, error.http_status, said, of)

    async def _told(
        self, request: Request, status: int, said: dict[str, Any], rally: str = ""
    ) -> Response:
        last = request.url.path.rpartition("/")[2]
        wants_page = "text/html" in request.headers.get("accept", "")
        if wants_page and not last.endswith((".json", ".csv", ".svg")):
            page = render.error_page(status, said["message"], said["hint"], rally)
            body, media = page.encode(), MEDIA["html"]
        else:
            body, media = f"{json_text({'error': said})}\n".encode(), MEDIA["json"]
        headers = {}
        if status == _UNAVAILABLE:
            headers = {"Retry-After": _AGAIN_S}
            if media == MEDIA["html"]:  # a page that is looked at asks again by itself
                headers["Refresh"] = _AGAIN_S
        response = _response(body, media, "no-store")
        response.status_code = status
        response.headers.update(headers)
        return response

    async def _only_reads(self, request: Request) -> Response:
        said = {"kind": "usage", "message": "The web face only reads.", "hint": "Ask with GET."}
        response = await self._told(request, 405, said)
        response.headers["Allow"] = "GET, HEAD"
        return response

    async def _broken(self, request: Request, _error: Exception) -> Response:
        said = {"kind": "error", "message": "Something went wrong here.", "hint": ""}
        return await self._told(request, 500, said)


def _as_drawn(response: Response, media: str, rally: str, path: Sequence[str]) -> Response:
    """What is drawn acts as little as it can, and a document has a name."""
    if (policy := OF_THE_DRAWN.get(media)) is not None:
        response.headers["Content-Security-Policy"] = policy
    if media == MEDIA["pdf"]:
        of = path[1:] if path[0] == "publications" else path
        name = files.name_of_sheet(rally, " ".join(of).removesuffix(".pdf"))
        response.headers["Content-Disposition"] = files.disposition(name, shown=True)
    return response


_FILES = "-"
_EXHIBIT = ("exhibit", "get")


_UNAVAILABLE, _AGAIN_S = 503, "5"
_OF_A_STEP = frozenset({"from", "to", "page", "at", "v", "known_at"})
_OF_A_MOMENT = frozenset(
    {"moment", "axis", "page", "at", "v", "known_at", "effective_at", "decided_by"}
)


def _path(request: Request) -> list[str]:
    raw = request.scope.get("raw_path") or quote(request.scope["path"]).encode()
    text = raw.decode("ascii").partition("?")[0]
    if len(text) + len(request.scope["query_string"]) > MARKUP_OF_OTHERS:
        raise Usage("The address is too long.", hint=f"At most {MARKUP_OF_OTHERS} characters.")
    found = segments(text)
    for each in (*found, *(v for pair in request.query_params.multi_items() for v in pair)):
        each.encode()  # what was quoted may be no text
        if "\x00" in each:
            raise Usage("A text can't hold the character 0.")
    return found


async def _gone(request: Request) -> None:
    """Wait until whoever asked is not there any more."""
    while not await request.is_disconnected():
        await asyncio.sleep(0.2)


def _target(request: Request) -> tuple[bytes, bytes]:
    return request.scope.get("raw_path") or b"", request.scope["query_string"]


def _response(body: bytes, media: str, caching: str, request: Request | None = None) -> Response:
    headers = {"Cache-Control": caching}
    if request is not None:
        tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
        headers["ETag"] = tag
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
    return Response(body, media_type=None, headers={**headers, "Content-Type": media})


def _redirect(where: str) -> Response:
    return RedirectResponse(where, 302, {"Cache-Control": ASK_AGAIN})


def _moved(settled: Settled) -> Response:
    """Where a moment is for ever; an address of another build says that it was one."""
    where = settled.moved
    if not settled.other_build:
        return _redirect(where)
    said = f"This address was made by another build than {BUILD}: the same moment is {where}"
    response = Response(f"{said}\n", 302, media_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = ASK_AGAIN
    response.headers["Location"] = f"{where}#other-build"
    return response


def _static(request: Request, name: str) -> Response:
    if name not in STATIC:
        raise NotFound(f"There is no file {name!r}.")
    return _response(static_file(name), STATIC[name], ASK_AGAIN, request)


class _Guarded:
    """Every response carries what a browser may do with it; nothing in one can add a header."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, guarded if scope["type"] == "http" else send)
