"""The files of an archive: the tiles of the replay, its player, and the answers of the ledger.

Everything is of one position of the log, and is made of its records and of nothing else: the same
log gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import cached_property
from importlib.resources import files as resources
from importlib.resources.abc import Traversable
from importlib.util import find_spec
from typing import Any
from urllib.parse import quote

from cli.archive.index import index
from cli.archive.layout import ARCHIVE, INDEX, digest, handed_over, script, tile_file, written
from cli.archive.marks import marks
from cli.archive.pages import Pages
from cli.archive.remembered import Remembered
from cli.archive.sheets import Sheet, as_posted, drawn_by, sheets
from cli.names import naming_of
from cli.office.basis import Basis
from cli.office.forms import plain
from cli.office.view import View
from cli.web.build import BUILD
from ledger.errors import Unavailable, how_to_install
from ledger.rally_time import constituted
from projections.replay.lookup import FORMAT
from projections.replay.tiles import SIZE, Tile, bounds_of, number_of
from projections.replay.walk import Walk
from projections.state.rally import EDITION

PLAYER = ("replay/lookup.js", "replay/player.js", "replay/player.css")
Held = Callable[[str], bytes | None]
"""What lies in the folder already, by its path."""


def must_draw() -> None:
    """Refuse an archive whose pages can't be drawn here.

    Raises:
        Unavailable: what draws them is not installed.
    """
    if not can_draw():
        raise Unavailable(
            "The pages of an archive need the module jinja2.", hint=how_to_install("web")
        )


def _files_of(folder: Traversable, path: str = "") -> Iterator[tuple[str, bytes]]:
    """The files in the folders of a package, by their paths: none of its modules is in one."""
    for each in folder.iterdir():
        here = f"{path}/{each.name}"
        if each.is_dir() and not each.name.startswith("_"):
            yield from _files_of(each, here)
        elif path and each.is_file():
            yield here, each.read_bytes()


def can_draw() -> bool:
    """Whether what draws pages is installed."""
    return find_spec("jinja2") is not None


class Publication:
    """The archive of a rally at the position of a view, of which the head is that position."""

    def __init__(self, seen: View) -> None:
        self.seen = seen
        self._lists: set[str] = set()

    @cached_property
    def basis(self) -> Basis:
        """On what it rests."""
        return self.seen.basis()

    @cached_property
    def title(self) -> str:
        """The rally, as it is called."""
        return self._founded.title if self._founded else self.seen.log.rally

    @property
    def build(self) -> str:
        """The edition of the rules and that of the pages."""
        return BUILD

    @property
    def made_of(self) -> str:
        """A digest of all that bears on its bytes: the moment, the build, what draws, the style."""
        told = [written(plain(self.basis)), self.build.encode(), drawn_by().encode()]
        for package in ("cli.archive", "cli.web"):
            told += (each for _, each in sorted(_files_of(resources(package))))
        return digest(b"\0".join(told))

    def files(self, held: Held) -> Iterator[tuple[str, bytes]]:
        """Every file with its path; what tells of others comes behind them.

        `held` is what was published before: a tile that is closed is not computed again.
        """
        drawn = set()
        for each in self._sheets:
            if (data := as_posted(self.seen, each, held)) is not None:
                drawn.add(each.path)
                yield each.path, data
        yield from self.told(held, sheets=drawn)
        for path in PLAYER:
            yield path, resources("cli.archive").joinpath("player", path.split("/")[1]).read_bytes()
        from cli.archive.drawing import looks

        yield from looks()
        yield INDEX, index(self.title, self.basis, self._pages.contents.groups())

    def told(
        self, held: Held | None = None, *, drawn: bool = True, sheets: Collection[str] = ()
    ) -> Iterator[tuple[str, bytes]]:
        """The files that tell of the log; not `drawn` they are the tiles and what is no page.

        Without what was published before all of them are computed, and nothing is remembered.
        `sheets` are the documents that it has as PDF, to which pages lead.
        """
        yield from self.replayed(held)
        pages = Pages(self.seen, sheets)
        yield from pages.files() if drawn else pages.told()

    def replayed(self, held: Held | None = None) -> Iterator[tuple[str, bytes]]:
        """What the replay looks up: the tiles, and behind them what it is of."""
        yield from self._tiles(held)
        yield ARCHIVE, script("archive", self._archive())

    def posted(self) -> dict[str, str]:
        """The digests of the documents that an archive may have as PDF, by their paths."""
        return {each.path: each.digest for each in self._sheets}

    @cached_property
    def _sheets(self) -> list[Sheet]:
        return list(sheets(self.seen, self._pages.contents))

    @cached_property
    def _pages(self) -> Pages:
        return Pages(self.seen)

    def _tiles(self, held: Held | None) -> Iterator[tuple[str, bytes]]:
        """The tiles up to the position; the last is open, unless it is full."""
        log, remembered = self.seen.log, Remembered(self.seen.log)
        for number in range(number_of(self.seen.position) + 1):
            path, (_, end) = tile_file(number), bounds_of(number)
            full = end <= self.seen.position
            data = held(path) if held and full else None
            if data is None or not remembered.is_of(number, log.root_at(end), digest(data)):
                data = self.tile(number)
            if full:
                remembered.take(number, log.root_at(end), digest(data))
            self._lists.update(handed_over("tile", data)["lists"])
            yield path, data
        if held:
            remembered.keep()

    def tile(self, number: int, going_on: Callable[[int], None] = lambda _: None) -> bytes:
        """A tile up to the position; best asked for in their order.

        `going_on` hears of each position before what was shown at it is computed, and may raise.
        """
        log, (first, end) = self.seen.log, bounds_of(number)
        last = min(end, self.seen.position)
        tile = Tile(first, lambda position: naming_of(lambda: log, position))
        for position in self._walk.steps(first, last):
            going_on(position)
            tile.take(position, self._walk.at(position))
        records = log.read(after=max(first, 1) - 1, until=last)
        received = [each.header.received_at for each in records]
        return script("tile", tile.document(last, received, EDITION, log.root_at(last)))

    @cached_property
    def _walk(self) -> Walk:
        return Walk(self.seen.timeline, self.seen.position)

    @cached_property
    def _founded(self) -> Any:
        return constituted(self.seen.log, self.seen.position)

    def _archive(self) -> dict[str, Any]:
        contents = self._pages.contents
        zone = self._founded.timezone if self._founded and self._founded.time_zone else ""
        return {
            "format": FORMAT,
            "basis": plain(self.basis),
            "title": self.title,
            "zone": zone,
            "size": SIZE,
            "lists": sorted(self._lists),
            "marks": marks(self.seen, self._pages.asking, contents),
            "crews": [
                [each.given["number"], quote(each.path("html"))]
                for each in contents
                if each.read == "crew"
            ],
        }
