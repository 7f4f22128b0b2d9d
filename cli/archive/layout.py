"""Where things lie in an archive, and how its scripts and its manifest are written.

Data are scripts that call a function of the player: a page that was opened as a file may load
those, and fetch nothing.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

MANIFEST, INDEX, ARCHIVE = "manifest.json", "index.html", "replay/archive.js"
MARKS, ROAD = "marks.html", "road.html"
CALLS = {"archive": b"RALLY.archive(", "tile": b"RALLY.tile("}
_END = b");\n"
_LONGEST, _DIGITS = 80, 16


def tile_file(number: int) -> str:
    """The file of a tile."""
    return f"replay/{number}.js"


def written(document: Any) -> bytes:
    """A document as the bytes of JSON, always the same: letters of ASCII, no blanks."""
    return json.dumps(document, separators=(",", ":"), allow_nan=False).encode()


def script(call: str, document: Any) -> bytes:
    """A document as a script that hands it to the player."""
    return CALLS[call] + written(document) + _END


def handed_over(call: str, data: bytes) -> Any:
    """The document that a script hands over.

    Raises:
        ValueError: it is no such script.
    """
    if not (data.startswith(CALLS[call]) and data.endswith(_END)):
        raise ValueError(f"it is no script that calls {CALLS[call].decode()}…)")
    return json.loads(data[len(CALLS[call]) : -len(_END)])


def digest(data: bytes) -> str:
    """The SHA-256 of a file, as the manifest has it."""
    return hashlib.sha256(data).hexdigest()


def is_inside(path: Any) -> bool:
    """Whether this is the path of a file in an archive, and of none beside it."""
    if not isinstance(path, str) or "\\" in path or "\0" in path or ":" in path:
        return False
    parts = path.split("/")
    return path != MANIFEST and all(part not in ("", ".", "..") for part in parts)


class Names:
    """Names of what a rally has as parts of paths: of stages, of crews, of categories.

    Any text gets a name that any file system takes, and no two the same, however it tells small
    letters from capitals.
    """

    def __init__(self) -> None:
        self._taken: dict[str, str] = {}

    def path(self, *parts: str, ending: str = ".json") -> str:
        """The path of a file; the first part is ours, the others are of the rally."""
        first, *others = parts
        named = str(PurePosixPath(first, *map(_part, others)))
        held = self._taken.setdefault(named.casefold(), "/".join(parts))
        if held != "/".join(parts):
            named += "~" + digest("/".join(parts).encode())[:_DIGITS]
        return named + ending


def _part(text: str) -> str:
    quoted = quote(text, safe="", errors="surrogatepass")
    if quoted[:1] in (".", "-", "~") or quoted[-1:] == ".":
        quoted = quoted.replace(".", "%2E").replace("-", "%2D").replace("~", "%7E")
    if len(quoted) > _LONGEST:
        quoted = quoted[:_LONGEST] + "~" + digest(text.encode("utf-8", "surrogatepass"))[:_DIGITS]
    return quoted or "%"
