"""Remembered: which closed tiles this ledger computed, and which archive it published last.

That is kept beside the log, where nobody who only holds an archive can write: a tile in a folder
that is another one is computed again, whatever the manifest there says of it.
"""

from __future__ import annotations

import msgspec

from ledger.log import Log
from projections.replay.lookup import FORMAT
from projections.state.rally import EDITION

NAME = "replay"


class _Kept(msgspec.Struct):
    """The root at the end of each tile with the digest of its file, by the number of the tile.

    `last` is what the last archive was made of, with the digest of its manifest.
    """

    edition: int
    format: int
    tiles: dict[int, tuple[str, str]]
    last: tuple[str, str] = ("", "")


class Remembered:
    """The closed tiles of a log that were computed by the rules of today."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._kept = self._load()
        self._tiles = self._kept.tiles
        self._new = False

    def _load(self) -> _Kept:
        data = self._log.scan.load(NAME)
        try:
            kept = msgspec.json.decode(data or b"", type=_Kept)
        except msgspec.MsgspecError:
            kept = None
        if kept is None or (kept.edition, kept.format) != (EDITION, FORMAT):
            return _Kept(EDITION, FORMAT, {})
        return kept

    def published(self, made_of: str, manifest: str) -> bool:
        """Whether an archive with that manifest is what was published last of the same."""
        return self._kept.last == (made_of, manifest)

    def take_published(self, made_of: str, manifest: str) -> None:
        """Take in an archive that was published: of what, and the digest of its manifest."""
        self._new |= not self.published(made_of, manifest)
        self._kept.last = made_of, manifest

    def is_of(self, number: int, root: str, digest: str) -> bool:
        """Whether a file is the tile that was computed of a log with that root at its end."""
        return self._tiles.get(number) == (root, digest)

    def take(self, number: int, root: str, digest: str) -> None:
        """Take in a tile that was computed."""
        self._new |= not self.is_of(number, root, digest)
        self._tiles[number] = root, digest

    def keep(self) -> None:
        """Keep what is new beside the log; a ledger that can't be written does without."""
        if self._new:
            self._log.scan.save(NAME, msgspec.json.encode(self._kept))
