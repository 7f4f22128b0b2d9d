"""Trees of leaves that say nothing: as the standard defines them, and as a log keeps them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cache

from ledger.merkle import Frontier, frontier_at, leaf_hash


def naive_root(leaves: Sequence[bytes], size: int, first: int = 0) -> bytes:
    """The root over leaves from one on, word for word as RFC 6962 defines it in section 2.1."""
    return _naive(tuple(leaves))(first, first + size)


@cache
def _naive(leaves: tuple[bytes, ...]) -> Callable[[int, int], bytes]:
    @cache
    def tree_hash(first: int, end: int) -> bytes:
        if first == end:
            return hashlib.sha256(b"").digest()
        if end - first == 1:
            return leaves[first]
        half = 1
        while half * 2 < end - first:
            half *= 2
        left, right = tree_hash(first, first + half), tree_hash(first + half, end)
        return hashlib.sha256(b"\x01" + left + right).digest()

    return tree_hash


class Grown:
    """A tree that grew leaf by leaf, with the tiles that it left behind."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.leaves = leaves
        self.frontier = Frontier()
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.roots = [self.frontier.root()]
        for leaf in leaves:
            for level, index, digest in self.frontier.append(leaf):
                assert (level, index) not in self.tiles
                self.tiles[level, index] = digest
            self.roots.append(self.frontier.root())

    def at(self, size: int, first: int = 0) -> Frontier:
        """The tree as it was, from the tiles and the leaves behind the last of them.

        Or that over so many leaves behind the first ones.
        """
        return frontier_at(
            size,
            lambda level, first, end: [self.tiles[level, index] for index in range(first, end)],
            lambda first, end: self.leaves[first:end],
            first,
        )

    def subtree(self, first: int, size: int) -> bytes:
        """The root over so many leaves from one on."""
        return self.at(size, first).root()


def some_leaves(count: int, salt: bytes = b"") -> list[bytes]:
    """So many leaves, each another one."""
    return [leaf_hash(salt + str(number).encode()) for number in range(count)]
