"""Pages whose commands are run as they stand: what is printed has to be what the page shows."""

from __future__ import annotations

import re
import shlex
from typing import NamedTuple

FENCE = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ID = re.compile(r"\b([0-9a-f]{64}|[0-9a-f]{10})\b")


class Typed(NamedTuple):
    """A command of a page, and what the page shows below it."""

    words: list[str]
    shown: str


def commands_of(page: str) -> list[Typed]:
    """The commands of a page in their order: the lines that begin with "$ "."""
    found: list[Typed] = []
    for block in FENCE.findall(page):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            line, rest = _line(part)
            found.append(Typed(shlex.split(line), rest))
    return found


def _line(part: str) -> tuple[str, str]:
    """A command, that may go on behind a backslash, and what stands below it."""
    lines = part.split("\n")
    last = next(index for index, line in enumerate(lines) if not line.endswith("\\"))
    return "\n".join(lines[: last + 1]).replace("\\\n", " "), "\n".join(lines[last + 1 :])


def without_ids(text: str) -> str:
    """A text with `xxxxxxxxxx` for each id: they are hashes of what was recorded at that moment."""
    return _ID.sub("xxxxxxxxxx", text).rstrip()
