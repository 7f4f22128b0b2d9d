"""GPX files, read safely: the waypoints with what stands in their extensions, and on which line.

Only what a rally needs is kept, so the track may be as long as it likes. A file may not define
entities of its own (no road book needs them, an attack does), nor be larger or deeper than any
road book is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree.ElementTree import ParseError

from ledger.errors import Unreadable
from ledger.files import bytes_of, why

LARGEST = 64 << 20
DEEPEST = 100
OPENRALLY = re.compile(
    r"https?://(?:www\.)?openrally\.org/xmlschemas/GpxExtensions/(?P<version>.+)"
)


class Tag(NamedTuple):
    """An element of the extensions: its name, what it says, and its line.

    `known` tells whether it is of OpenRally; a foreign one keeps its namespace in its name.
    """

    name: str
    known: bool
    attributes: Mapping[str, str]
    text: str
    line: int


class Point(NamedTuple):
    """A waypoint of the file: its name there, its line and its extensions."""

    name: str
    line: int
    tags: tuple[Tag, ...]


class Route(NamedTuple):
    """A GPX file as far as it concerns a rally."""

    title: str
    metadata: tuple[Tag, ...]
    points: tuple[Point, ...]
    versions: frozenset[str]


def read_gpx(path: Path) -> Route:
    """Read a GPX file.

    Raises:
        Unreadable: no such file, too large, not XML, not GPX, or it defines entities.
    """
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser

    data, skipped = _bytes(path)
    reader = _Reader()
    parser: Any = DefusedXMLParser(target=reader, forbid_dtd=True)
    reader.line = lambda: skipped + int(parser.parser.CurrentLineNumber)
    try:
        parser.feed(data)
        parser.close()
    except ParseError as error:
        raise Unreadable(
            f"{path}:{skipped + error.position[0]}: not XML: {str(error).partition(':')[0]}.",
            hint="Export the file again; it may have been cut off.",
        ) from None
    except DefusedXmlException:
        raise Unreadable(
            f"{path} defines a document type or entities, which no road book needs.",
            hint="It was not read. Export it again from the program that made it.",
        ) from None
    except _Unfit as error:
        raise Unreadable(
            f"{path}:{reader.line()}: {error}.", hint="Export the road book as OpenRally GPX."
        ) from None
    except (LookupError, ValueError) as error:
        raise Unreadable(f"{path}: {error}.", hint="Export it as UTF-8.") from None
    return reader.route()


def _bytes(path: Path) -> tuple[bytes, int]:
    """The file from its declaration on, and how many lines some programs leave empty before it."""
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise Unreadable(
                f"{path} is too large for a road book ({size >> 20} MB).",
                hint=f"Up to {LARGEST >> 20} MB are read; export it without the drawings.",
            )
        data = bytes_of(path)
    except OSError as error:
        raise Unreadable(f"{path} can't be read: {why(error)}.") from None
    begins = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    return begins, data[: len(data) - len(begins)].count(b"\n")


class _Unfit(Exception):
    """What the parser met is no road book."""


class _Open(NamedTuple):
    """An element that has begun: its namespace and name, its attributes, its line, its text."""

    space: str
    name: str
    attributes: Mapping[str, str]
    line: int
    text: list[str]


_DRAWINGS = frozenset({"tulip", "notes"})


class _Reader:
    """Takes in the elements one by one, as the parser meets them."""

    line: Callable[[], int]

    def __init__(self) -> None:
        self._open: list[_Open] = []
        self._name = ""
        self._tags: list[Tag] = []
        self._title = ""
        self._metadata: tuple[Tag, ...] = ()
        self._points: list[Point] = []
        self._versions: set[str] = set()

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        space, _, name = tag.rpartition("}")
        if not self._open and name != "gpx":
            raise _Unfit(f"not GPX: it begins with <{name}>")
        if len(self._open) == DEEPEST:
            raise _Unfit(f"its elements lie more than {DEEPEST} deep")
        if len(self._open) == 1:
            self._name, self._tags = "", []
        self._open.append(_Open(space[1:], name, dict(attributes), self.line(), []))

    def data(self, text: str) -> None:
        """A piece of text within the element that is open."""
        if self._open and self._open[-1].name not in _DRAWINGS:
            self._open[-1].text.append(text)

    def end(self, _tag: str) -> None:
        """An element ends; of interest are waypoints, metadata, and what belongs to them."""
        ended = self._open.pop()
        within = tuple(each.name for each in self._open[1:])
        text = "".join(ended.text).strip()
        if within in _EXTENSIONS:
            self._tags.append(self._tag(ended, text))
        elif within in _HOLDERS and ended.name == "name":
            self._name = text
        elif not within and ended.name == "wpt":
            self._points.append(Point(self._name, ended.line, tuple(self._tags)))
        elif not within and ended.name == "metadata":
            self._title, self._metadata = self._name, tuple(self._tags)

    def _tag(self, ended: _Open, text: str) -> Tag:
        found = OPENRALLY.fullmatch(ended.space)
        if found:
            self._versions.add(found["version"])
        name = ended.name if found else f"{{{ended.space}}}{ended.name}"
        return Tag(name, bool(found), ended.attributes, text, ended.line)

    def close(self) -> None:
        """The file ends."""

    def route(self) -> Route:
        """What was read."""
        return Route(self._title, self._metadata, tuple(self._points), frozenset(self._versions))


_HOLDERS = (("wpt",), ("metadata",))
_EXTENSIONS = tuple((*holder, "extensions") for holder in _HOLDERS)
