"""The Merkle tree over a log's leaves, as certificate logs use it (RFC 6962, section 2.1).

The frontier of a log is the short list of subtree hashes from which its root follows; it is kept
beside the log's size and grows with the logarithm of it. Every full run of 256 leaves leaves a tile
hash behind, and every 256 of those another one, so the root at any earlier size needs a few
hundred hashes and not the whole log.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

HASH_BYTES = 32
TILE_HEIGHT = 8
EMPTY_ROOT = sha256(b"").digest()
_LEAF, _NODE = b"\x00", b"\x01"


def leaf_hash(data: bytes) -> bytes:
    """The hash of one leaf: SHA-256 over a zero byte and the data."""
    return sha256(_LEAF + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: SHA-256 over a one byte and both children."""
    return sha256(_NODE + left + right).digest()


class Frontier:
    """The tree of a log of `size` leaves, as the hashes of its full subtrees, largest first."""

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        if len(hashes) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} full subtrees")
        self.size = size
        self._hashes = list(hashes)

    @classmethod
    def from_bytes(cls, size: int, stored: bytes) -> Frontier:
        """The frontier as it was stored: its hashes one behind another."""
        whole = range(0, len(stored), HASH_BYTES)
        return cls(size, [stored[start : start + HASH_BYTES] for start in whole])

    def hashes(self) -> list[bytes]:
        """The hashes of the full subtrees, largest first."""
        return list(self._hashes)

    def to_bytes(self) -> bytes:
        """The hashes one behind another, as they are stored."""
        return b"".join(self._hashes)

    def append(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add a leaf hash; answers the tiles that became full, as (level, index, hash)."""
        return self.extend((leaf,))

    def extend(self, leaves: Sequence[bytes]) -> list[tuple[int, int, bytes]]:
        """Add leaf hashes; answers the tiles that became full, as (level, index, hash).

        It goes up height by height: what waits there for its right half comes first, every pair
        makes a node of the next height, and what is left over waits.
        """
        run, height, waiting = list(leaves), 0, list[bytes]()
        tiles: list[tuple[int, int, bytes]] = []
        while run:
            first = self.size >> height
            if first & 1:
                run.insert(0, self._hashes.pop())
            if len(run) & 1:
                waiting.append(run.pop())
            pairs = zip(run[::2], run[1::2], strict=True)
            # As `node_hash` does: a root at any size takes a hundred of them.
            run = [sha256(_NODE + left + right).digest() for left, right in pairs]
            height += 1
            if height % TILE_HEIGHT == 0:
                level = height // TILE_HEIGHT - 1
                tiles.extend((level, index, full) for index, full in enumerate(run, first >> 1))
        self._hashes.extend(reversed(waiting))
        self.size += len(leaves)
        return tiles

    def root(self) -> bytes:
        """The root hash of the whole log."""
        if not self._hashes:
            return EMPTY_ROOT
        root = self._hashes[-1]
        for left in reversed(self._hashes[:-1]):
            root = node_hash(left, root)
        return root


Tiles = Callable[[int, int, int], Sequence[bytes]]
"""Gives the stored tile hashes of a level, from the first one up to an end, counted from zero."""
Leaves = Callable[[int, int], Sequence[bytes]]
"""Gives the leaf hashes from the first one up to an end, counted from zero."""


def frontier_at(size: int, tiles: Tiles, leaves: Leaves, first: int = 0) -> Frontier:
    """The frontier that a log had when it held `size` leaves, from its tiles and its last leaves.

    Or that of so many leaves behind the `first` ones, where these are a whole number of trees that
    are as large: such are all trees of which proofs are made.
    """
    hashes: list[bytes] = []
    last, level = first + size, 0
    while size >> (TILE_HEIGHT * (level + 1)):
        level += 1
    for each in range(level, -1, -1):
        begin, end = first >> (TILE_HEIGHT * each), last >> (TILE_HEIGHT * each)
        if begin == end:
            continue
        run = leaves(begin, end) if each == 0 else tiles(each - 1, begin, end)
        if len(run) != end - begin:
            raise ValueError(f"hashes are missing for the first {last} records")
        hashes.extend(_subtrees(run))
        first = end << (TILE_HEIGHT * each)
    return Frontier(size, hashes)


def _subtrees(run: Sequence[bytes]) -> list[bytes]:
    """The full binary subtrees over a run of fewer than 256 equal-sized hashes."""
    part = Frontier()
    part.extend(run)
    return part.hashes()
